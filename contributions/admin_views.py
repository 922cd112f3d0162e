"""What editors see of what readers send: questions to answer, notes, how often a page helped."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from cms.panels import ListPanel, Row
from cms.reports import GuardedExport
from contributions.models import Helpfulness, Note, Question
from network.models import Role
from network.roles import has_role, organisations_of
from publications.models import Edition

SHOWN = 5
"""Rows of the panel; the report has all."""


def may_read(user: Any) -> bool:
    """Whether a user looks after what readers send to anybody."""
    return has_role(user, Role.Kind.EDITORS) or reads_all(user)


def reads_all(user: Any) -> bool:
    """Moderators and administrators look after all unions, and after works of none."""
    return bool(user.is_superuser) or has_role(user, Role.Kind.MODERATORS)


def sent_to(user: Any, model: type[Model]) -> QuerySet[Any]:
    """The questions or notes that were sent to a user's unions."""
    rows = model._default_manager.all()
    if reads_all(user):
        return rows
    return rows.filter(organisation__in=organisations_of(user, Role.Kind.EDITORS))


def counted_for(user: Any) -> QuerySet[Helpfulness]:
    """How often pages helped, of the works in the sections of a user's unions."""
    rows = Helpfulness.objects.select_related("work")
    if reads_all(user):
        return rows
    sections = Q()
    for organisation in organisations_of(user, Role.Kind.EDITORS).prefetch_related("sections"):
        for section in organisation.sections.all():
            sections |= Q(path__startswith=section.path)
    if not sections:
        return rows.none()
    return rows.filter(work__in=Edition.objects.filter(sections).values("work"))


class FromReadersReport(GuardedExport):
    """What all three reports share: who may open them, no search."""

    header_icon = "help"
    is_searchable = False

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Only for those whom readers write to."""
        if not may_read(request.user):
            raise PermissionDenied
        response: HttpResponse = super().dispatch(request, *args, **kwargs)
        return response

    def get_base_queryset(self) -> QuerySet[Any]:
        """What was sent to this user's unions."""
        return sent_to(self.request.user, self.model)


def _state(question: Question) -> str:
    if question.answered_at is None:
        return _("Open")
    return _("Answered on %(date)s") % {"date": date_format(question.answered_at)}


class QuestionsReport(FromReadersReport):
    """Questions from readers, the open ones first."""

    page_title = gettext_lazy("Questions from readers")
    model = Question
    index_url_name = "reader_questions"
    index_results_url_name = "reader_questions_results"
    list_export = ["title", "language", "name", "email", "text", "sent_at", "answered_at"]
    columns = [
        TitleColumn(
            "title",
            label=gettext_lazy("Work"),
            get_url=lambda question: reverse("reader_question", args=[question.pk]),
        ),
        Column("name", label=gettext_lazy("From")),
        DateColumn("sent_at", label=gettext_lazy("Sent")),
        Column("state", label=gettext_lazy("State"), accessor=_state),
    ]

    def get_base_queryset(self) -> QuerySet[Question]:
        """Open ones first, then the newest."""
        rows: QuerySet[Question] = super().get_base_queryset()
        return rows.order_by("answered_at", "-sent_at")


class NotesReport(FromReadersReport):
    """What readers wrote after saying whether a page helped."""

    page_title = gettext_lazy("Notes from readers")
    model = Note
    index_url_name = "reader_notes"
    index_results_url_name = "reader_notes_results"
    list_export = ["title", "language", "text", "sent_at"]
    columns = [
        Column("title", label=gettext_lazy("Work")),
        Column("text", label=gettext_lazy("Note")),
        Column("language", label=gettext_lazy("Language")),
        DateColumn("sent_at", label=gettext_lazy("Sent")),
    ]


def _work_title(row: Helpfulness) -> str:
    editions = Edition.objects.filter(work=row.work_id, alias_of=None)
    own = editions.filter(locale__language_code=row.language).first()
    edition = own or editions.first()
    return edition.title if edition else str(row.work)


class HelpfulnessReport(FromReadersReport):
    """How often each page helped, those that did not first."""

    page_title = gettext_lazy("Did pages help?")
    model = Helpfulness
    index_url_name = "helpfulness"
    index_results_url_name = "helpfulness_results"
    list_export = ["work_id", "language", "helped", "did_not"]
    columns = [
        TitleColumn(
            "work",
            label=gettext_lazy("Work"),
            accessor=_work_title,
            get_url=lambda row: reverse("work_number", args=[row.work_id]),
        ),
        Column("language", label=gettext_lazy("Language")),
        Column("helped", label=gettext_lazy("It helped")),
        Column("did_not", label=gettext_lazy("It did not")),
    ]

    def get_base_queryset(self) -> QuerySet[Helpfulness]:
        """The works of this user's unions."""
        return counted_for(self.request.user)


class QuestionView(WagtailAdminTemplateMixin, TemplateView):
    """One question, with its sender's address for the answer, and whether it was answered."""

    template_name = "contributions/admin/question.html"
    page_title = gettext_lazy("Question")
    header_icon = "help"
    _show_breadcrumbs = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Of this user's unions only."""
        self.question = get_object_or_404(sent_to(request.user, Question), pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def get_page_subtitle(self) -> str:
        """About which work."""
        return self.question.title

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """The way back to the list."""
        own = [
            {"url": reverse("reader_questions"), "label": QuestionsReport.page_title},
            {"url": "", "label": self.question.title},
        ]
        return [*super().get_breadcrumbs_items(), *own]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the question."""
        return {**super().get_context_data(**kwargs), "question": self.question}

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Mark it as answered, or as open again."""
        answered = "answered" in request.POST
        self.question.answered_at = timezone.now() if answered else None
        self.question.answered_by_id = request.user.pk if answered else None
        self.question.save(update_fields=["answered_at", "answered_by"])
        messages.success(request, _("Marked as answered.") if answered else _("Open again."))
        return redirect("reader_questions")


def questions_panel(user: Any) -> ListPanel:
    """The questions that wait for this user's unions, the oldest first."""
    waiting = sent_to(user, Question).filter(answered_at=None).order_by("sent_at")
    rows = [
        Row(row.title, reverse("reader_question", args=[row.pk]), date_format(row.sent_at))
        for row in waiting[:SHOWN]
    ]
    return ListPanel(
        "reader_questions",
        QuestionsReport.page_title,
        rows,
        order=230,
        total=waiting.count(),
        url=reverse("reader_questions"),
    )
