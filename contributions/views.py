"""Offering a practice, step by step, for people with an account. Works without JavaScript."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from contributions.files import MAX_FILES, FileForm, add_file, follow_union, remove_file
from contributions.models import Contribution, own_contributions
from contributions.returning import differences, follow_page
from contributions.sending import CannotSend, PageChanged, is_with_author, send
from contributions.standing import standing_of
from contributions.steps import BY_NAME, STEPS, Step, missing, neighbours, step_form
from network.models import Role
from network.roles import organisations_of

MAX_DRAFTS = 50
"""Contributions that one author may have at once."""

View = Callable[..., HttpResponse]


def for_authors(view: View) -> View:
    """A page for people with an account; it is in no cache and no search engine."""
    guarded = login_required(view, login_url="login")

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = guarded(request, *args, **kwargs)
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    return cast(View, never_cache(wrapped))


def _unions(request: HttpRequest) -> Any:
    """The organisations that this user may send a practice to."""
    kinds = (Role.Kind.CONTRIBUTORS, Role.Kind.EDITORS)
    return organisations_of(request.user, *kinds)


def _own_or_404(request: HttpRequest, key: int) -> Contribution:
    return get_object_or_404(own_contributions(request.user), pk=key)


@for_authors
@require_GET
def my_practices(request: HttpRequest) -> HttpResponse:
    """Everything this user offered, and where it stands."""
    rows = [standing_of(row) for row in own_contributions(request.user)]
    context = {"rows": rows, "unions": _unions(request), "sent": request.GET.get("sent")}
    return TemplateResponse(request, "contributions/my_practices.html", context)


@for_authors
@require_http_methods(["GET", "POST"])
def begin(request: HttpRequest) -> HttpResponse:
    """The first step of a new practice; it is kept from then on."""
    unions = _unions(request)
    if not unions or own_contributions(request.user).count() >= MAX_DRAFTS:
        raise PermissionDenied
    instance = Contribution(author=cast(Any, request.user))
    return _step(request, STEPS[0], instance, unions)


@for_authors
@require_http_methods(["GET", "POST"])
def step(request: HttpRequest, key: int, name: str) -> HttpResponse:
    """One step of a practice that is still, or again, with its author."""
    found = BY_NAME.get(name)
    if found is None:
        raise Http404
    contribution = _own_or_404(request, key)
    if not is_with_author(contribution):
        return redirect("contributions")
    if request.method == "GET":
        follow_page(contribution)
    if name == "files":
        return _files(request, found, contribution)
    if name == "send":
        return _send(request, found, contribution)
    return _step(request, found, contribution, _unions(request))


def _step(
    request: HttpRequest, step: Step, contribution: Contribution, unions: Any
) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    form = step_form(step)(data, instance=contribution, organisations=unions)
    if form.is_valid():
        saved = form.save()
        if "organisation" in form.changed_data:
            follow_union(saved)
        return redirect(_after(request, step, saved))
    return _page(request, step, contribution, form=form)


def _after(request: HttpRequest, step: Step, contribution: Contribution) -> str:
    """Where the button that was pressed leads."""
    before, following = neighbours(step)
    chosen = BY_NAME.get(request.POST.get("to", ""))
    wanted = chosen or (before if "back" in request.POST else following)
    if "leave" in request.POST or wanted is None:
        return reverse("contributions")
    return reverse("contribution_step", args=[contribution.pk, wanted.name])


def _files(request: HttpRequest, step: Step, contribution: Contribution) -> HttpResponse:
    stays = "add" in request.POST
    # A file that was chosen and not yet added is kept, whichever button is pressed.
    adds = request.method == "POST" and (stays or "file" in request.FILES)
    form = FileForm(request.POST if adds else None, request.FILES if adds else None)
    form.contribution = contribution
    if request.method == "POST" and not adds:
        return redirect(_after(request, step, contribution))
    if form.is_valid():
        add_file(contribution, form.document)
        own = reverse("contribution_step", args=[contribution.pk, step.name])
        return redirect(own if stays else _after(request, step, contribution))
    full = contribution.files.count() >= MAX_FILES
    return _page(request, step, contribution, form=form, is_full=full)


def _send(request: HttpRequest, step: Step, contribution: Contribution) -> HttpResponse:
    lacking = list(missing(contribution))
    if request.method == "POST" and "send" not in request.POST:
        return redirect(_after(request, step, contribution))
    problem = ""
    if request.method == "POST" and not lacking:
        try:
            send(contribution, _choices(request), _number(request.POST.get("seen", "")))
        except CannotSend:
            problem = "refused"
        except PageChanged:
            contribution, problem = _own_or_404(request, contribution.pk), "changed"
        else:
            return redirect(reverse("contributions") + f"?sent={contribution.pk}")
    changed = differences(contribution, _choices(request))
    context = {"lacking": lacking, "problem": problem, "changed": changed}
    return _page(request, step, contribution, **context)


def _choices(request: HttpRequest) -> dict[str, str]:
    """Which text to send of what editors changed, by names of answers."""
    prefix = "choice-"
    posted = request.POST.items()
    return {
        name.removeprefix(prefix): str(value) for name, value in posted if name.startswith(prefix)
    }


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and text.isascii() else None


def _page(
    request: HttpRequest, step: Step, contribution: Contribution, **context: Any
) -> HttpResponse:
    before, following = neighbours(step)
    context |= {
        "step": step,
        "steps": STEPS,
        "number": STEPS.index(step) + 1,
        "before": before,
        "following": following,
        "contribution": contribution,
        "standing": standing_of(contribution) if contribution.pk else None,
    }
    form = context.get("form")
    status = 422 if (form is not None and form.is_bound) or context.get("problem") else 200
    template = f"contributions/step_{step.name if step.name in ('files', 'send') else 'texts'}.html"
    return TemplateResponse(request, template, context, status=status)


@for_authors
@require_POST
def change_again(request: HttpRequest, key: int) -> HttpResponse:
    """Take up a returned practice: as editors left it, or as its author has begun to change it."""
    contribution = _own_or_404(request, key)
    if contribution.sent_at is None or not is_with_author(contribution):
        raise PermissionDenied
    follow_page(contribution)
    return redirect("contribution_step", contribution.pk, STEPS[0].name)


@for_authors
@require_POST
def drop_file(request: HttpRequest, key: int, file: int) -> HttpResponse:
    """Take a file away again."""
    contribution = _own_or_404(request, key)
    if not is_with_author(contribution):
        raise PermissionDenied
    remove_file(get_object_or_404(contribution.files, pk=file))
    return redirect("contribution_step", contribution.pk, "files")


@for_authors
@require_http_methods(["GET", "POST"])
def remove(request: HttpRequest, key: int) -> HttpResponse:
    """Remove a practice that was never sent, after asking."""
    contribution = _own_or_404(request, key)
    if contribution.sent_at is not None:
        raise PermissionDenied
    if request.method == "POST":
        for file in contribution.files.all():
            remove_file(file)
        contribution.delete()
        return redirect("contributions")
    context = {"contribution": contribution}
    return TemplateResponse(request, "contributions/remove.html", context)
