"""Logging in: on the public site in the language of the page, and into Wagtail's admin.

Passwords are not tried without end: both count how many one network tries in a day.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from wagtail.admin.views import account

from contributions.limits import within_limit

TRIES_A_DAY = 100
"""Passwords that may be tried from one network in a day."""


class LoginForm(AuthenticationForm):
    """Name and password, in the look of the site's forms."""

    template_name = "contributions/includes/form.html"


class LimitedLoginView(LoginView):
    """A login page that stops trying passwords when there were too many today."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Try a password, if not too many were tried today."""
        if within_limit(request, "login", TRIES_A_DAY):
            response: HttpResponse = super().post(request, *args, **kwargs)
            return response
        # A form with what was sent would try the password in order to show its faults.
        form = self.get_form_class()(request)
        context = self.get_context_data(form=form, too_many=True)
        return self.render_to_response(context, status=429)


@method_decorator(never_cache, name="dispatch")
class PublicLoginView(LimitedLoginView):
    """The site's own login page. Accounts are made by administrators."""

    template_name = "contributions/login.html"
    authentication_form = LoginForm
    redirect_authenticated_user = True

    def get_default_redirect_url(self) -> str:
        """Where somebody goes who came from nowhere in particular."""
        return reverse("contributions")


class AdminLoginView(LimitedLoginView, account.LoginView):
    """Wagtail's login page, with the same limit."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say that there were too many, in the place of the form's own faults."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        if context.get("too_many"):
            text = _("Too many passwords were tried today from where you are. Try again tomorrow.")
            messages.error(self.request, text)
        return context
