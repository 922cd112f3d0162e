"""Editors' pages of the intake: adding files, a batch, and the review of a work's files."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBadRequest,
    HttpResponseRedirect,
    JsonResponse,
)
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView, View
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.documents.views import multiple

from intake import joining, listing, unsaved
from intake.drafting import Drafted, NotDrafted, make_drafts, send_to_moderation
from intake.forms import ReviewForm
from intake.likeness import visible_likenesses
from intake.models import Batch, IncomingFile, Kinship
from intake.places import OpenSection, open_batches, open_section, open_sections
from intake.receiving import batch_for, leave_out, take_in, upload_form
from publications.facts_panels import FACTS_PERMISSION
from publications.serving import send_image

WORKS_ON_A_PAGE = 50
RECENT = 10

ADD = "intake_add"


class TargetForm(forms.Form):
    """For which section, and as which kind of work."""

    section = forms.ChoiceField(label=gettext_lazy("Section"))
    kind = forms.ChoiceField(label=gettext_lazy("They become"), choices=Batch.Kind.choices)
    batch = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, sections: Sequence[OpenSection], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._sections = {str(section.first.pk): section for section in sections}
        choices = [(key, section.title) for key, section in self._sections.items()]
        cast(forms.ChoiceField, self.fields["section"]).choices = choices

    @property
    def chosen_section(self) -> OpenSection:
        """The chosen section of a valid form."""
        return self._sections[self.cleaned_data["section"]]


class AddFilesView(multiple.AddView):
    """Drop files, or choose them. Wagtail's own script sends them one by one, with progress.

    Without it the same form sends all of them at once.
    """

    template_name = "intake/admin/add.html"
    page_title = gettext_lazy("Add files")
    header_icon = "upload"

    def dispatch(self, request: HttpRequest) -> HttpResponseBase:
        """Let in who may bring files into some section."""
        self.sections = open_sections(request.user)
        if not self.sections:
            raise PermissionDenied
        return cast(HttpResponseBase, super().dispatch(request))

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """The way here."""
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_title()}]

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Take files in: one for the script, which shows the answer, or all of a form."""
        target = TargetForm(self.sections, request.POST)
        files = request.FILES.getlist("files[]")
        if not files or not target.is_valid():
            return HttpResponseBadRequest(_("Choose a section and at least one file."))
        batch = batch_for(
            request.user,
            target.cleaned_data["batch"],
            target.chosen_section,
            target.cleaned_data["kind"],
        )
        if request.headers.get("X-Requested-With") == "XMLHttpRequest":
            return self._answer_script(files[0], batch, target.chosen_section)
        return self._answer_form(files, batch, target.chosen_section)

    def _answer_script(
        self, file: UploadedFile, batch: Batch, section: OpenSection
    ) -> HttpResponse:
        form = upload_form(self.request.user, section, file)
        if not form.is_valid():
            # The script writes this into the page as it is.
            return JsonResponse({"success": False, "error_message": escape(_errors(form))})
        incoming = take_in(form, batch, section, self.request.user)
        context = {
            "file": incoming,
            "likenesses": visible_likenesses(incoming, self.request.user),
        }
        row = render_to_string("intake/admin/received.html", context, request=self.request)
        return JsonResponse({"success": True, "doc_id": incoming.document_id, "form": row})

    def _answer_form(
        self, files: Sequence[UploadedFile], batch: Batch, section: OpenSection
    ) -> HttpResponse:
        for file in files:
            form = upload_form(self.request.user, section, file)
            if form.is_valid():
                incoming = take_in(form, batch, section, self.request.user)
                for row, _address in visible_likenesses(incoming, self.request.user):
                    text = _("“%(name)s” is here already, as “%(title)s”.")
                    names = {"name": incoming.name, "title": row.document.title}
                    messages.warning(self.request, text % names)
            else:
                messages.error(self.request, f"{file.name}: {_errors(form)}")
        return redirect("intake_batch", batch.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The form, the limits that the script checks, and what was dropped lately."""
        key = uuid.uuid4()
        recent = open_batches(self.request.user)[:RECENT]
        return super().get_context_data(**kwargs) | {
            "target": TargetForm(self.sections, initial={"batch": key}),
            "batch_url": reverse("intake_batch", args=[key]),
            "recent": listing.summaries(recent),
        }


class _BatchMixin(WagtailAdminTemplateMixin):
    """What the pages of one batch have in common: only who may work on it gets in."""

    request: HttpRequest
    kwargs: dict[str, Any]
    header_icon = "upload"

    @cached_property
    def batch(self) -> Batch:
        """The batch; one of a section that this editor may not use is not found."""
        batch = Batch.objects.select_related("section").filter(pk=self.kwargs["batch"]).first()
        if batch is None or open_section(self.request.user, batch.section) is None:
            raise Http404
        return batch

    @property
    def batch_url(self) -> str:
        """The page of the batch."""
        return reverse("intake_batch", args=[self.batch.pk])

    def files(self) -> list[IncomingFile]:
        """The files of the batch whose document is still there."""
        rows = self.batch.files.filter(document__isnull=False).exclude(
            state=IncomingFile.State.LEFT_OUT
        )
        return list(rows.select_related("document__reading", "edition__locale").order_by("pk"))


class BatchView(_BatchMixin, TemplateView):
    """The files of a batch, work by work, with their state and what looks like one work."""

    template_name = "intake/admin/batch.html"
    page_title = gettext_lazy("Files that came in")

    def get_template_names(self) -> list[str]:
        """Only the list for the script that looks again while files are being read."""
        if "results" in self.request.GET:
            return ["intake/admin/batch_results.html"]
        return [self.template_name]

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """The way here from the upload."""
        return [
            *self.breadcrumbs_items,
            {"url": reverse(ADD), "label": _("Add files")},
            {"url": "", "label": self.get_page_title()},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """A page of works; the proposals are those of all files."""
        found = listing.list_batch(self.files())
        page = Paginator(found.works, WORKS_ON_A_PAGE).get_page(self.request.GET.get("p"))
        return super().get_context_data(**kwargs) | {
            "batch": self.batch,
            "works": listing.with_likenesses(list(page), self.request.user),
            "page": page,
            "proposals": found.proposals[:WORKS_ON_A_PAGE],
            "waiting": found.waiting,
            "ready": found.ready,
            "drafted": found.drafted,
            "batch_url": self.batch_url,
        }

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        """Confirm or refuse that some files are editions of one work."""
        keys = [key for key in request.POST.getlist("file") if key.isdecimal()]
        files = [file for file in self.files() if str(file.pk) in keys and file.is_open]
        if len(files) < 2:
            return redirect(self.batch_url)
        if request.POST.get("action") == "apart":
            joining.refuse_group(files)
            return redirect(self.batch_url)
        key = joining.join_files(files, request.user)
        return redirect("intake_review", self.batch.pk, key)


class ReviewView(_BatchMixin, TemplateView):
    """What is suggested for the files of one work, and the button that makes their drafts."""

    template_name = "intake/admin/review.html"
    page_title = gettext_lazy("Suggestions")

    @cached_property
    def work_files(self) -> list[IncomingFile]:
        """The open files of the work that were looked through."""
        ready = IncomingFile.State.READY
        key = self.kwargs["work"]
        return [file for file in self.files() if file.work_key == key and file.state == ready]

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """The way here from the batch."""
        return [
            *self.breadcrumbs_items,
            {"url": reverse(ADD), "label": _("Add files")},
            {"url": self.batch_url, "label": _("Files that came in")},
            {"url": "", "label": self.get_page_title()},
        ]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The page, or back to the batch where nothing is left to decide."""
        if not self.work_files:
            return redirect(self.batch_url)
        return super().get(request, *args, **kwargs)

    def _form(self, data: Any = None) -> ReviewForm:
        allowed = self.request.user.has_perm(FACTS_PERMISSION)
        left = unsaved.kept(self.request.session, self.work_files)
        return ReviewForm(self.work_files, data, facts_allowed=allowed, unsaved=left)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The form, and what there is to know before a draft is made."""
        form = kwargs.pop("form", None) or self._form()
        return super().get_context_data(**kwargs) | {
            "form": form,
            "batch": self.batch,
            "files": listing.details(self.work_files, self.request.user),
            "kin": listing.visible_kin(self.work_files, self.request.user),
            "joined": listing.joined_work(self.work_files[0], self.request.user),
            "several": len(self.work_files) > 1,
            "review_url": self.request.path,
            "batch_url": self.batch_url,
            "moderated": self._is_moderated(),
        }

    def _is_moderated(self) -> bool:
        return self.batch.section.get_workflow() is not None

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        """Do what the button says."""
        if not self.work_files:
            messages.warning(request, _("Somebody else has decided about these files meanwhile."))
            return redirect(self.batch_url)
        action = request.POST.get("action", "")
        if action in ("draft", "moderate"):
            return self._draft(moderate=action == "moderate")
        if action == "leave_out":
            return self._leave()
        unsaved.keep(request.session, self._form(request.POST).unsaved())
        if action == "leave":
            context = self.get_context_data()
            return TemplateResponse(request, "intake/admin/leave.html", context)
        return self._relate()

    def _draft(self, *, moderate: bool) -> HttpResponse:
        form = self._form(self.request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        try:
            drafted = make_drafts(self.request.user, form.chosen(), form.chosen_facts())
        except NotDrafted as problem:
            messages.error(self.request, str(problem))
            return self.render_to_response(self.get_context_data(form=form))
        form.remember()
        unsaved.forget(self.request.session, self.work_files)
        sent = send_to_moderation(drafted.editions, self.request.user) if moderate else 0
        self._say(drafted, sent)
        return redirect(self.batch_url)

    def _say(self, drafted: Drafted, sent: int) -> None:
        for edition in drafted.editions:
            text = _("The draft “%(title)s” is made.") % {"title": edition.title}
            url = reverse("wagtailadmin_pages:edit", args=[edition.pk])
            messages.success(self.request, text, buttons=[messages.button(url, _("Edit"))])
        if sent:
            text = ngettext(
                "%(count)s draft was sent to moderation.",
                "%(count)s drafts were sent to moderation.",
                sent,
            )
            messages.success(self.request, text % {"count": sent})

    def _leave(self) -> HttpResponse:
        for file in self.work_files:
            leave_out(file, self.request.user)
        unsaved.forget(self.request.session, self.work_files)
        messages.success(self.request, _("Left out."))
        return redirect(self.batch_url)

    def _relate(self) -> HttpResponse:
        """Join the files to what they look like an edition of, refuse that, or take it back."""
        posted = self.request.POST
        if "separate" in posted:
            file = next((one for one in self.work_files if str(one.pk) == posted["separate"]), None)
            work = joining.separate(file) if file else self.kwargs["work"]
            return redirect("intake_review", self.batch.pk, work)
        key = posted.get("join", posted.get("refuse", ""))
        keys = [file.pk for file in self.work_files]
        rows = Kinship.objects.filter(file__in=keys) | Kinship.objects.filter(other__in=keys)
        kinship = get_object_or_404(rows, pk=int(key) if key.isdecimal() else 0)
        if "join" in posted:
            work = joining.join_kin(kinship, self.request.user)
            return redirect("intake_review", self.batch.pk, work)
        Kinship.objects.filter(pk=kinship.pk).update(refused=True)
        return HttpResponseRedirect(self.request.path)


class CoverView(_BatchMixin, View):
    """The image of an incoming file's first page."""

    def get(self, _request: HttpRequest, file: int, **_kwargs: Any) -> HttpResponseBase:
        """The image, for who may work on the batch."""
        incoming = next((one for one in self.files() if one.pk == file), None)
        reading = getattr(incoming.document, "reading", None) if incoming else None
        if reading is None or not reading.cover:
            raise Http404
        return send_image(reading.cover.name)


def _errors(form: forms.BaseForm) -> str:
    return " ".join(str(error) for errors in form.errors.values() for error in errors)
