"""Logging in on the public site, in the language of the page."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from contributions.limits import within_limit

TRIES_A_DAY = 100
"""Passwords that may be tried from one network in a day."""


class LoginForm(AuthenticationForm):
    """Name and password, in the look of the site's forms."""

    template_name = "contributions/includes/form.html"


@method_decorator(never_cache, name="dispatch")
class PublicLoginView(LoginView):
    """The site's own login page. Accounts are made by administrators."""

    template_name = "contributions/login.html"
    authentication_form = LoginForm
    redirect_authenticated_user = True

    def get_default_redirect_url(self) -> str:
        """Where somebody goes who came from nowhere in particular."""
        return reverse("contributions")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Try a password, if not too many were tried today."""
        if within_limit(request, "login", TRIES_A_DAY):
            response: HttpResponse = super().post(request, *args, **kwargs)
            return response
        context = self.get_context_data(form=self.get_form(), too_many=True)
        return self.render_to_response(context, status=429)
