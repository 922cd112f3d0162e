"""Addresses of what readers send: practices, questions about works, whether a page helped."""

from __future__ import annotations

from django.contrib.auth.views import LogoutView
from django.urls import path

from contributions import feedback, views
from contributions.accounts import PublicLoginView

account_urls = [
    path("login", PublicLoginView.as_view(), name="login"),
    path("logout", LogoutView.as_view(next_page="/"), name="logout"),
]

practice_urls = [
    path("", views.my_practices, name="contributions"),
    path("new", views.begin, name="contribution_new"),
    path("<number:key>/change", views.change_again, name="contribution_change"),
    path("<number:key>/remove", views.remove, name="contribution_remove"),
    path("<number:key>/files/<number:file>/remove", views.drop_file, name="contribution_drop_file"),
    path("<number:key>/<slug:name>", views.step, name="contribution_step"),
]

work_urls = [
    path("<number:work>/reader/question", feedback.ask, name="work_ask"),
    path("<number:work>/reader/question/sent", feedback.asked, name="work_asked"),
    path("<number:work>/reader/helped", feedback.helped, name="work_helped"),
    path("<number:work>/reader/helped/sent", feedback.noted, name="work_noted"),
]
