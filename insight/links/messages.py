"""What editors are told of a link that failed."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

_PROBLEMS: dict[str, str | Promise] = {
    "404": gettext_lazy("The page is not there any more."),
    "410": gettext_lazy("The page was removed."),
    "no_such_server": gettext_lazy("There is no such server."),
    "unreachable": gettext_lazy("The server cannot be reached."),
    "slow": gettext_lazy("The server did not answer in time."),
    "certificate": gettext_lazy("The server's certificate is not valid: browsers warn of it."),
    "redirects": gettext_lazy("It sends readers round in circles."),
}


def problem_text(problem: str) -> str:
    """What is wrong with a link."""
    if problem in _PROBLEMS:
        return str(_PROBLEMS[problem])
    return _("The server answers with error %(status)s.") % {"status": problem}
