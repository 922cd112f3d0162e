"""The board: works by languages, each cell with where the work stands and what can be done."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import BaseColumn
from wagtail.admin.views.reports import ReportView
from wagtail.models import Locale
from wagtail.permission_policies.pages import PagePermissionPolicy

from cms.labels import language_label
from cms.languages import DEFAULT_LANGUAGE, INTERFACE_CODES
from glossary.models import Concept
from publications.models import SectionPage, Work
from translations.access import Translators
from translations.models import PAGE_LANGUAGES
from translations.requests import withdrawable
from translations.states import Cell, Standing, State, WorkRow, find_rows

ANY_PAGE_PERMISSION = ["add", "change", "publish", "lock", "unlock"]

WORKS_PER_PAGE = 50

LOOKS = {
    State.ORIGINAL: "w-status--primary",
    State.TRANSLATED: "w-status--primary",
}
"""States that need nobody stand out less."""


class ConceptChoices(django_filters.fields.ModelChoiceField):
    """Themes by their labels in the language of the page."""

    def label_from_instance(self, obj: Any) -> str:
        """The preferred label."""
        return str(obj.label())


class ThemeFilter(django_filters.ModelChoiceFilter):
    """The works of a theme."""

    field_class = ConceptChoices


def _sections(_request: Any) -> QuerySet[SectionPage]:
    """Each section once, by its page in the language of the admin."""
    language = get_language() if get_language() in INTERFACE_CODES else DEFAULT_LANGUAGE
    pages = SectionPage.objects.filter(alias_of__isnull=True)
    return pages.filter(locale__language_code=language).order_by("title")


class BoardFilters(WagtailFilterSet):
    """What the board can be narrowed to. With a language, only its column is shown."""

    language = django_filters.ChoiceFilter(
        label=gettext_lazy("Language"),
        choices=PAGE_LANGUAGES,
        empty_label=gettext_lazy("All"),
        widget=forms.RadioSelect,
        method="filter_nothing",
    )
    state = django_filters.ChoiceFilter(
        label=gettext_lazy("State"),
        choices=State.choices,
        empty_label=gettext_lazy("All"),
        widget=forms.RadioSelect,
        method="filter_state",
    )
    theme = ThemeFilter(
        label=gettext_lazy("Theme"),
        queryset=Concept.objects.themes().with_labels(),
        field_name="themes",
    )
    section = django_filters.ModelChoiceFilter(
        label=gettext_lazy("Section"), queryset=_sections, method="filter_section"
    )
    work = django_filters.NumberFilter(label=gettext_lazy("Number of the work"), field_name="pk")

    class Meta:
        model = Work
        fields = ["language", "state", "theme", "section", "work"]

    def filter_nothing(self, works: QuerySet[Work], _name: str, _value: str) -> QuerySet[Work]:
        """The language says which column is meant; the state looks at it."""
        return works

    def filter_state(self, works: QuerySet[Work], _name: str, value: str) -> QuerySet[Work]:
        """Works that stand so in the chosen language, or in any."""
        chosen = self.form.cleaned_data.get("language")
        languages = [chosen] if chosen else list(INTERFACE_CODES)
        rows = find_rows(list(works.values_list("pk", flat=True)))
        return works.filter(
            pk__in=[
                work
                for work, row in rows.items()
                if any(_stands(row.cells[code], State(value)) for code in languages)
            ]
        )

    def filter_section(
        self, works: QuerySet[Work], _name: str, value: SectionPage
    ) -> QuerySet[Work]:
        """Works with an edition in the section, in whatever language."""
        pages = SectionPage.objects.filter(translation_key=value.translation_key)
        below = Q(pk__in=[])
        for path in pages.values_list("path", flat=True):
            below |= Q(editions__path__startswith=path, editions__alias_of__isnull=True)
        return works.filter(below).distinct()


def _stands(cell: Cell, state: State) -> bool:
    return cell.state == state or (state == State.ASKED and cell.asked)


@dataclass(frozen=True, slots=True)
class Action:
    """Something to do about a cell: a button that posts to ``url``."""

    label: str
    name: str
    url: str


@dataclass(frozen=True, slots=True)
class ShownCell:
    """A cell as it is drawn. ``url`` leads to the edition, where the user may go there."""

    state: str
    look: str
    url: str = ""
    link_label: str = ""
    asked: bool = False
    actions: tuple[Action, ...] = ()


@dataclass(frozen=True, slots=True)
class ShownWork:
    """A row of the board."""

    number: int
    title: str
    language: str
    cells: Mapping[str, ShownCell]


class Drawing:
    """Draws the rows of one page for one user."""

    def __init__(self, rows: Mapping[int, WorkRow], translators: Translators) -> None:
        self._rows = rows
        self._translators = translators
        editions = [edition.key for row in rows.values() for edition in _editions(row)]
        seen = translators.visible_editions().filter(pk__in=editions)
        self._visible = frozenset(seen.values_list("pk", flat=True))
        self._editable = translators.editable(editions)
        self._withdrawable = withdrawable(list(rows), translators.user)
        self._locales = dict(Locale.objects.values_list("language_code", "pk"))
        self._groups = dict(SectionPage.objects.values_list("path", "translation_key"))

    def work(self, number: int) -> ShownWork:
        """The row of a work."""
        row = self._rows[number]
        named = self._named(row)
        title = named.title if named else str(number)
        cells = {code: self._cell(row, cell, title) for code, cell in row.cells.items()}
        return ShownWork(number, title, named.language if named else DEFAULT_LANGUAGE, cells)

    def _named(self, row: WorkRow) -> Standing | None:
        """The edition to call the work by: in the user's language, else the original."""
        seen = [edition for edition in _editions(row) if edition.key in self._visible]
        here = [edition for edition in seen if edition.language == get_language()]
        original = [edition for edition in seen if edition == row.original]
        return next(iter([*here, *original, *seen]), None)

    def _cell(self, row: WorkRow, cell: Cell, title: str) -> ShownCell:
        values = {"title": title, "language": language_label(cell.language)}
        url = self._url(cell.edition)
        return ShownCell(
            state=str(cell.state.label),
            look=LOOKS.get(cell.state, ""),
            url=url,
            link_label=_("%(title)s in %(language)s") % values if url else "",
            asked=cell.asked and cell.state != State.ASKED,
            actions=tuple(self._actions(row, cell, values)),
        )

    def _url(self, edition: Standing | None) -> str:
        if edition is None or edition.key not in self._visible:
            return ""
        if edition.key in self._editable:
            return reverse("wagtailadmin_pages:edit", args=[edition.key])
        return reverse("work_number", args=[edition.work]) if edition.live else ""

    def _actions(self, row: WorkRow, cell: Cell, values: dict[str, str]) -> Iterator[Action]:
        place = [row.work, cell.language]
        if cell.edition is None:
            if self._may_begin(row, cell.language):
                name = _("Translate “%(title)s” into %(language)s") % values
                yield Action(_("Translate"), name, reverse("translation_begin", args=place))
            if not cell.asked:
                name = _("Ask for “%(title)s” in %(language)s") % values
                yield Action(_("Ask for it"), name, reverse("translation_ask", args=place))
        elif cell.edition.key in self._editable:
            yield from self._review(cell.state, cell.edition.key, values)
        if (row.work, cell.language) in self._withdrawable:
            name = _("Withdraw the request for “%(title)s” in %(language)s") % values
            yield Action(_("Withdraw"), name, reverse("translation_withdraw", args=place))

    def _review(self, state: State, edition: int, values: dict[str, str]) -> Iterator[Action]:
        if state == State.MACHINE:
            name = _("Accept the machine translation of “%(title)s” into %(language)s") % values
            yield Action(_("Accept"), name, reverse("translation_accept", args=[edition]))
        elif state == State.OUT_OF_DATE:
            name = _("“%(title)s” in %(language)s is still right") % values
            yield Action(_("Still right"), name, reverse("translation_confirm", args=[edition]))

    def _may_begin(self, row: WorkRow, language: str) -> bool:
        original = row.original
        if original is None or original.key not in self._visible:
            return False
        group = self._groups.get(original.path[: -SectionPage.steplen])
        return (group, self._locales.get(language)) in self._translators.places


def _editions(row: WorkRow) -> Iterable[Standing]:
    return (cell.edition for cell in row.cells.values() if cell.edition is not None)


class WorkColumn(BaseColumn):
    """The work, by its title in its own language."""

    cell_template_name = "translations/admin/work.html"

    def get_cell_context_data(self, instance: Any, parent_context: Any) -> Any:
        """Add the row."""
        return super().get_cell_context_data(instance, parent_context) | {"work": instance}


class LanguageColumn(BaseColumn):
    """A language, with where each work stands in it."""

    cell_template_name = "translations/admin/cell.html"

    def get_cell_context_data(self, instance: Any, parent_context: Any) -> Any:
        """Add the cell."""
        context = super().get_cell_context_data(instance, parent_context)
        return context | {"cell": instance.cells[self.name]}


class TranslationBoard(ReportView):
    """Works by languages."""

    page_title = gettext_lazy("Translations")
    header_icon = "wagtail-localize-language"
    template_name = "translations/admin/board.html"
    results_template_name = "translations/admin/board_results.html"
    index_url_name = "translation_board"
    index_results_url_name = "translation_board_results"
    model = Work
    verbose_name_plural = gettext_lazy("works")
    is_searchable = False
    filterset_class = BoardFilters
    paginate_by = WORKS_PER_PAGE
    permission_policy = PagePermissionPolicy()
    any_permission_required = ANY_PAGE_PERMISSION

    @cached_property
    def translators(self) -> Translators:
        """What the user may do."""
        return Translators(self.request.user)

    @cached_property
    def columns(self) -> list[BaseColumn]:
        """The work, and the chosen language or all of them."""
        chosen = self.request.GET.get("language")
        codes = [chosen] if chosen in INTERFACE_CODES else list(INTERFACE_CODES)
        languages = [LanguageColumn(code, label=language_label(code)) for code in codes]
        return [WorkColumn("work", label=_("Work"), width="35%"), *languages]

    def get_base_queryset(self) -> QuerySet[Work]:
        """The works with an edition that the user may know of, the newest first."""
        editions = self.translators.visible_editions().order_by()
        return Work.objects.filter(pk__in=editions.values("work_id")).order_by("-pk")

    def get_filtered_queryset(self) -> QuerySet[Work]:
        """The query has been filtered already; states are not looked up twice."""
        return self.get_queryset()

    def get_table_kwargs(self) -> dict[str, Any]:
        """The table is named for who does not see the heading."""
        return super().get_table_kwargs() | {"caption": self.page_title}

    def get_table(self, object_list: Any) -> Any:
        """Draw the works of this page."""
        numbers = [work.pk for work in object_list]
        drawing = Drawing(find_rows(numbers), self.translators)
        return super().get_table([drawing.work(number) for number in numbers])

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add where the buttons lead back to."""
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)
        query = self.request.GET.urlencode()
        context["back_to"] = f"{self.index_url}?{query}" if query else self.index_url
        return context
