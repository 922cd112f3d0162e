"""What readers tell a union's editors about a work: questions, and whether its page helped.

The work's own page sets no cookie. A question has a page of its own, whose form carries a token
as every form does; the two buttons on the work's page have none, so their request must say that
it comes from this site (browsers do), or is asked again on a page with a token.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods

from cms.languages import DEFAULT_LANGUAGE
from contributions.counting import count_answer
from contributions.feedback_forms import NoteForm, QuestionForm
from contributions.limits import within_limit, within_total
from contributions.models import Note, Question
from contributions.tasks import mail_question
from network.models import Organisation
from publications.access import Reader, may_see_edition
from publications.models import Edition, SectionPage
from publications.nearest import nearest_edition

QUESTIONS_A_DAY = 5
"""From one network; and ``ALL_QUESTIONS_A_DAY`` from everybody, which bounds the mail."""

ALL_QUESTIONS_A_DAY = 500
NOTES_A_DAY = 10
ANSWERS_A_DAY = 3
"""How often one network may say of one work that it helped, or did not."""


def _edition_or_404(request: HttpRequest, work: int) -> Edition:
    reader, language = Reader.of(request.user), get_language() or DEFAULT_LANGUAGE
    edition = nearest_edition(work, reader, language)
    if edition is None or not may_see_edition(edition, reader):
        raise Http404
    return edition


def _addressee(edition: Edition) -> Organisation | None:
    """The organisation in whose section a work stands."""
    section = edition.get_parent().specific
    return section.organisation if isinstance(section, SectionPage) else None


def _about(edition: Edition, text: str) -> dict[str, Any]:
    return {
        "work_id": edition.work_id,
        "organisation": _addressee(edition),
        "language": get_language() or DEFAULT_LANGUAGE,
        "title": edition.title,
        "text": text,
    }


def _page(request: HttpRequest, name: str, edition: Edition, **context: Any) -> HttpResponse:
    context |= {"edition": edition, "organisation": _addressee(edition)}
    status = context.pop("status", 200)
    return TemplateResponse(request, f"contributions/{name}.html", context, status=status)


@never_cache
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, work: int) -> HttpResponse:
    """Ask the editors about a work. A filled trap is thanked for, and forgotten."""
    edition = _edition_or_404(request, work)
    form = QuestionForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _page(request, "ask", edition, form=form, status=422 if form.is_bound else 200)
    if not form.is_trapped:
        allowed = within_limit(request, "question", QUESTIONS_A_DAY)
        if not (allowed and within_total("questions", ALL_QUESTIONS_A_DAY)):
            return _page(request, "ask", edition, form=form, too_many=True, status=429)
        sender = {name: form.cleaned_data[name] for name in ("name", "email")}
        question = Question.objects.create(**_about(edition, form.cleaned_data["text"]), **sender)
        mail_question.enqueue(question.pk)
    return redirect("work_asked", work)


@require_GET
def asked(request: HttpRequest, work: int) -> HttpResponse:
    """The question was sent."""
    return _page(request, "asked", _edition_or_404(request, work))


def _comes_from_here(request: HttpRequest) -> bool:
    """Whether the browser says that a page of this site sent the request."""
    origin = request.headers.get("Origin")
    if origin:
        parts = urlsplit(origin)
        return (parts.scheme, parts.netloc) == (request.scheme, request.get_host())
    return request.headers.get("Sec-Fetch-Site") == "same-origin"


@csrf_exempt
@never_cache
@require_http_methods(["GET", "POST"])
def helped(request: HttpRequest, work: int) -> HttpResponse:
    """Count a yes or no; then there is room for a note."""
    if request.method == "POST" and "answer" in request.POST and _comes_from_here(request):
        return _count(request, work)
    return _guarded(request, work)


@csrf_protect
def _guarded(request: HttpRequest, work: int) -> HttpResponse:
    if request.method == "POST":
        return _count(request, work) if "answer" in request.POST else _keep_note(request, work)
    edition = _edition_or_404(request, work)
    return _page(request, "helped", edition, form=NoteForm(), counted="counted" in request.GET)


def _count(request: HttpRequest, work: int) -> HttpResponse:
    edition, answer = _edition_or_404(request, work), request.POST["answer"]
    if answer in ("yes", "no") and within_limit(request, f"helped {work}", ANSWERS_A_DAY):
        count_answer(edition.work_id, get_language() or DEFAULT_LANGUAGE, helped=answer == "yes")
    response = redirect("work_helped", work)
    response.headers["Location"] += "?counted"
    return response


def _keep_note(request: HttpRequest, work: int) -> HttpResponse:
    edition, form = _edition_or_404(request, work), NoteForm(request.POST)
    if not form.is_valid():
        return _page(request, "helped", edition, form=form, counted=True, status=422)
    if not form.is_trapped:
        if not within_limit(request, "note", NOTES_A_DAY):
            context = {"form": form, "counted": True, "too_many": True}
            return _page(request, "helped", edition, **context, status=429)
        Note.objects.create(**_about(edition, form.cleaned_data["text"]))
    return redirect("work_noted", work)


@require_GET
def noted(request: HttpRequest, work: int) -> HttpResponse:
    """The note was sent."""
    return _page(request, "noted", _edition_or_404(request, work))
