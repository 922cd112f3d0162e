"""Editors' pages for joining two works and for splitting one, each with a preview."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from cms.dates import partial_display
from publications.editable import editable_works
from publications.forms import describe_fact
from publications.joining import (
    BOTH,
    GONE,
    KEPT,
    CannotJoin,
    FactConflict,
    JoinPlan,
    check_rights,
    join_works,
    plan_join,
    real_editions,
    split_work,
)
from publications.models import Edition, Work


class _WorkView(WagtailAdminTemplateMixin, TemplateView):
    """What joining and splitting have in common."""

    header_icon = "link"

    @cached_property
    def work(self) -> Work:
        """The work that the editor came from."""
        return get_object_or_404(Work, pk=self.kwargs["work"])

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Let in who may change and publish every edition of the work.

        A work without editions, as one that was joined into another, has nothing to do here.
        """
        if not self.editions:
            raise Http404
        try:
            check_rights(request.user, self.editions)
        except CannotJoin as error:
            raise PermissionDenied(str(error)) from error
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def editions(self) -> list[Edition]:
        """The work's editions."""
        return real_editions(self.work)

    def _to_form(self, work: Work) -> HttpResponse:
        first = real_editions(work)[0]
        return redirect("wagtailadmin_pages:edit", first.pk)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """The way here from the first edition."""
        url = reverse("wagtailadmin_pages:edit", args=[self.editions[0].pk])
        return [
            *self.breadcrumbs_items,
            {"url": url, "label": self.editions[0].title},
            {"url": "", "label": self.get_page_title()},
        ]


class JoinView(_WorkView):
    """Choose the other work, see what becomes of both, join them."""

    template_name = "publications/admin/join.html"
    page_title = gettext_lazy("Join with another work")

    def _plan(self, number: str) -> JoinPlan:
        works = editable_works(self.request.user)
        other = works.filter(pk=int(number)).first() if number.isdecimal() else None
        if other is None:
            raise CannotJoin(_("There is no work with this number that you may change."))
        return plan_join(self.work, other, self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The preview, once the other work is named."""
        context = super().get_context_data(**kwargs) | {"work": self.work, "error": ""}
        number = context["other"] = self.request.GET.get("other", "").strip()[:12]
        if number:
            try:
                plan = context["plan"] = self._plan(number)
                context["conflicts"] = [_shown(conflict, plan) for conflict in plan.conflicts]
            except CannotJoin as error:
                context["error"] = str(error)
        return context

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Join, as the editor chose."""
        try:
            plan = self._plan(request.POST.get("other", ""))
            names = [conflict.name for conflict in plan.conflicts]
            chosen = {name: request.POST.get(f"fact-{name}", KEPT) for name in names}
            join_works(plan, chosen, request.user)
        except CannotJoin as error:
            messages.error(request, str(error))
            return redirect("join_works", self.work.pk)
        text = _("Work %(gone)s is now part of work %(kept)s. Its addresses lead there.")
        messages.success(request, text % {"gone": plan.gone.pk, "kept": plan.kept.pk})
        return self._to_form(self.work)


def _shown(conflict: FactConflict, plan: JoinPlan) -> dict[str, Any]:
    """A fact with what both works say of it, each with whose it is."""
    choices = [
        (KEPT, _described(conflict.name, conflict.kept, plan.kept), _("as in this work")),
        (GONE, _described(conflict.name, conflict.gone, plan.gone), _("as in the other work")),
    ]
    if conflict.can_have_both:
        choices.insert(0, (BOTH, _("Both"), ""))
    return {"name": conflict.name, "label": conflict.label, "choices": choices}


def _described(name: str, value: Any, work: Work) -> str:
    """A fact in words; a date as exactly as it is known."""
    if name in ("date", "date_precision"):
        return partial_display(work.date, work.date_precision)
    return describe_fact(name, value)


class SplitView(_WorkView):
    """Choose the editions that become a work of their own."""

    template_name = "publications/admin/split.html"
    page_title = gettext_lazy("Split this work")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The editions, and the works that were joined into this one."""
        joined = list(Work.objects.filter(joined_into=self.work))
        given = joined[0].joined_editions if len(joined) == 1 else []
        return super().get_context_data(**kwargs) | {
            "work": self.work,
            "editions": self.editions,
            "joined": joined,
            "given": given,
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Split, as the editor chose."""
        wanted = set(request.POST.getlist("editions"))
        chosen = [edition for edition in self.editions if str(edition.pk) in wanted]
        number = request.POST.get("number", "")
        joined = Work.objects.filter(joined_into=self.work)
        back_to = joined.filter(pk=int(number)).first() if number.isdecimal() else None
        try:
            target = split_work(self.work, chosen, request.user, back_to=back_to)
        except CannotJoin as error:
            messages.error(request, str(error))
            return redirect("split_work", self.work.pk)
        text = _("The editions are now work %(number)s.") % {"number": target.pk}
        messages.success(request, text)
        return self._to_form(target)
