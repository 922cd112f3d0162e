"""The button “Try” in the form of a concept, and the page that it opens."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.snippets.action_menu import ActionMenuItem

from glossary.models import Concept
from insight.access import may_see_searches
from insight.trying import MAX_TRIED, Trial, ordered_labels, try_labels
from search.engines.base import EngineUnavailable


class TryMenuItem(ActionMenuItem):
    """Sends the form as it stands to a page of its own, in a new tab; nothing is saved."""

    order = 20
    name = "try"
    template_name = "insight/admin/try_button.html"

    def is_shown(self, context: dict[str, Any]) -> bool:
        """For those who may see searches."""
        return may_see_searches(context["request"].user)

    def get_url(self, parent_context: dict[str, Any]) -> str:
        """Where the form is sent."""
        instance = parent_context.get("instance")
        if instance is not None and instance.pk:
            return reverse("insight_try_labels", args=[instance.pk])
        return reverse("insight_try_new_labels")


class TryLabelsView(WagtailAdminTemplateMixin, TemplateView):
    """The searches of the last month that would change with the labels of the form."""

    http_method_names = ["post"]
    template_name = "insight/admin/try_labels.html"
    page_title = gettext_lazy("What would change")
    header_icon = "tag"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Let in who may see searches and may store what is tried."""
        action = "change" if "concept" in kwargs else "add"
        if not (
            may_see_searches(request.user) and request.user.has_perm(f"glossary.{action}_concept")
        ):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def concept(self) -> Concept:
        """The stored concept, or a new one."""
        if "concept" in self.kwargs:
            return get_object_or_404(Concept, pk=self.kwargs["concept"])
        return Concept()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show what would change."""
        return self.render_to_response(self.get_context_data(**kwargs))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The searches that would change, or why they cannot be told."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        old_slug = self.concept.slug
        form = self._form()
        if not form.is_valid():
            return context | {"form": form, "problem": _("The form has mistakes: mend them first.")}
        labels = labels_of_form(form)
        try:
            trial = try_labels(form.cleaned_data["slug"], labels, old_slug)
        except EngineUnavailable:
            return context | {"problem": _("The search is resting just now. Try again later.")}
        return context | _shown(trial)

    def _form(self) -> Any:
        """The form of a concept with what was sent; it is asked for its labels and never saved."""
        handler = Concept.snippet_viewset.get_edit_handler()
        form_class = handler.get_form_class()
        return form_class(self.request.POST, instance=self.concept, for_user=self.request.user)


def labels_of_form(form: Any) -> dict[str, tuple[str, ...]]:
    """The labels that a valid form of a concept holds, per language, the preferred one first.

    Stored ones come in the order in which they were made, as a search takes them.
    """
    rows: dict[tuple[str, bool], list[str]] = defaultdict(list)
    forms = form.formsets["labels"].forms
    for label in sorted(forms, key=lambda one: (one.instance.pk is None, one.instance.pk or 0)):
        data = label.cleaned_data
        if data.get("text") and not data.get("DELETE"):
            rows[data["language"], data["kind"] == "preferred"].append(data["text"])
    return dict(ordered_labels(rows))


def _shown(trial: Trial) -> dict[str, Any]:
    seen = [difference for difference in trial.tried if difference.is_seen]
    return {
        "trial": trial,
        "seen": seen,
        "unseen": [difference for difference in trial.tried if not difference.is_seen],
        "left": trial.affected - len(trial.tried),
        "limit": MAX_TRIED,
    }
