"""Addresses of what readers send: practices, questions about works, whether a page helped."""

from __future__ import annotations

from django.contrib.auth.views import LogoutView
from django.urls import path

import cms.numbers  # noqa: F401 - registers "row"
from contributions import feedback, views
from contributions.accounts import PublicLoginView

account_urls = [
    path("login", PublicLoginView.as_view(), name="login"),
    path("logout", LogoutView.as_view(next_page="/"), name="logout"),
]

practice_urls = [
    path("", views.my_practices, name="contributions"),
    path("new", views.begin, name="contribution_new"),
    path("<row:key>/change", views.change_again, name="contribution_change"),
    path("<row:key>/remove", views.remove, name="contribution_remove"),
    path("<row:key>/files/<row:file>/remove", views.drop_file, name="contribution_drop_file"),
    path("<row:key>/<slug:name>", views.step, name="contribution_step"),
]

work_urls = [
    path("<row:work>/reader/question", feedback.ask, name="work_ask"),
    path("<row:work>/reader/question/sent", feedback.asked, name="work_asked"),
    path("<row:work>/reader/helped", feedback.helped, name="work_helped"),
    path("<row:work>/reader/helped/sent", feedback.noted, name="work_noted"),
]
