"""The editors' home: translations that wait for this user."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.db.models import Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.labels import language_label, list_label
from cms.panels import ListPanel, Row
from publications.editable import editable_pages
from publications.models import Edition
from translations.access import Translators
from translations.elsewhere import counted_since
from translations.models import EditionText, TranslationRequest
from translations.states import State

ROWS = 5
"""Rows of a panel; the board has them all."""

WEEKS_BACK = 91
"""Days of searches that say what to translate next."""


def build_panels(user: Any) -> list[ListPanel]:
    """The panels of a user; each is empty where nothing waits."""
    translators = Translators(user)
    if not translators.languages:
        return []
    return [_out_of_date(user), _asked_for(translators), _missed(translators)]


def _board(**query: Any) -> str:
    return f"{reverse('translation_board')}?{urlencode(query)}"


def _out_of_date(user: Any) -> ListPanel:
    pages = editable_pages(user)
    texts = EditionText.objects.out_of_date().filter(edition__in=pages.values("pk"))
    rows = texts.select_related("edition__locale").order_by("-edition__last_published_at")
    return ListPanel(
        "translations-out-of-date",
        gettext_lazy("Translations out of date"),
        [
            Row(
                text.edition.title,
                reverse("wagtailadmin_pages:edit", args=[text.edition_id]),
                language_label(text.edition.language),
            )
            for text in rows[:ROWS]
        ],
        order=310,
        total=texts.count(),
        url=_board(state=State.OUT_OF_DATE),
    )


def _asked_for(translators: Translators) -> ListPanel:
    works = translators.visible_editions().order_by().values("work_id")
    requests = TranslationRequest.objects.filter(
        done_at__isnull=True, language__in=translators.languages, work__in=works
    )
    shown = list(requests.order_by("-asked_at", "-pk")[:ROWS])
    titles = _titles([request.work_id for request in shown], translators)
    return ListPanel(
        "translations-asked-for",
        gettext_lazy("Translations asked for"),
        [
            Row(
                titles.get(request.work_id, str(request.work_id)),
                _board(work=request.work_id),
                list_label(filter(None, (language_label(request.language), request.reason))),
            )
            for request in shown
        ],
        order=320,
        total=requests.count(),
        url=_board(state=State.ASKED),
    )


def _missed(translators: Translators) -> ListPanel:
    works = translators.visible_editions().order_by().values("work_id")
    counters = counted_since(WEEKS_BACK).filter(language__in=translators.languages, work__in=works)
    sums = counters.order_by().values("work", "language").annotate(total=Sum("count"))
    shown = list(sums.order_by("-total", "work")[:ROWS])
    titles = _titles([row["work"] for row in shown], translators)
    note = _("%(language)s: %(number)s")
    return ListPanel(
        "answered-elsewhere",
        gettext_lazy("Answered only in another language"),
        [
            Row(
                titles.get(row["work"], str(row["work"])),
                _board(work=row["work"]),
                note % {"language": language_label(row["language"]), "number": row["total"]},
            )
            for row in shown
        ],
        order=330,
        total=sums.count(),
        url=reverse("answered_elsewhere"),
    )


def _titles(works: list[int], translators: Translators) -> dict[int, str]:
    """What some works are called, by their oldest visible edition."""
    editions: Any = translators.visible_editions().filter(work_id__in=works).order_by("-pk")
    rows: list[Edition] = list(editions.only("title", "work_id"))
    return {edition.work_id: edition.title for edition in rows}
