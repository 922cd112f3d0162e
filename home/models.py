"""The site around the library: landing page, information pages, texts of every page."""

from __future__ import annotations

import datetime
from typing import Any, ClassVar

from django import forms
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, Panel
from wagtail.fields import RichTextField
from wagtail.forms import TaskStateCommentForm
from wagtail.models import AbstractGroupApprovalTask, Page, TaskState, TranslatableMixin

RICH_TEXT = ["h2", "h3", "bold", "italic", "ol", "ul", "link", "document-link", "image"]


class HomePage(Page):
    """The landing page of one locale."""

    introduction = models.TextField(_("introduction"), blank=True)
    search_prompt = models.CharField(
        _("question above the search field"), max_length=200, blank=True
    )
    example_queries = models.TextField(
        _("example questions"), blank=True, help_text=_("One per line; each is a link to a search.")
    )

    template = "home/home_page.html"
    parent_page_types: ClassVar[list[str]] = ["wagtailcore.Page"]
    subpage_types: ClassVar[list[str]] = ["publications.LibraryPage", "home.InformationPage"]
    content_panels: ClassVar[list[Panel]] = [
        *Page.content_panels,
        FieldPanel("introduction"),
        FieldPanel("search_prompt"),
        FieldPanel("example_queries"),
    ]

    class Meta:
        verbose_name = _("landing page")
        verbose_name_plural = _("landing pages")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the examples, the themes with works and the newest works."""
        from home.landing import landing_context

        context = super().get_context(request, *args, **kwargs)
        return context | landing_context(self, request)


class InformationPage(Page):
    """A page of text: about, help with searching, accessibility, privacy."""

    introduction = models.TextField(_("introduction"), blank=True)
    body = RichTextField(_("text"), blank=True, features=RICH_TEXT)

    template = "home/information_page.html"
    parent_page_types: ClassVar[list[str]] = ["home.HomePage", "home.InformationPage"]
    content_panels: ClassVar[list[Panel]] = [
        *Page.content_panels,
        FieldPanel("introduction"),
        FieldPanel("body"),
    ]

    class Meta:
        verbose_name = _("information page")
        verbose_name_plural = _("information pages")


class SiteTexts(TranslatableMixin, models.Model):
    """What stands around every page of one locale."""

    site_name = models.CharField(_("name of the site"), max_length=100, default="RESLOG Library")
    footer = RichTextField(_("footer"), blank=True, features=["bold", "italic", "link"])
    notice = models.CharField(
        _("notice"), max_length=300, blank=True, help_text=_("Shown above every page while set.")
    )

    panels: ClassVar[list[Panel]] = [
        FieldPanel("site_name"),
        FieldPanel("footer"),
        FieldPanel("notice"),
    ]

    class Meta(TranslatableMixin.Meta):
        verbose_name = _("site texts")
        verbose_name_plural = _("site texts")

    def __str__(self) -> str:
        return f"{self.site_name} ({self.locale.language_code})"


class ModerationTaskState(TaskState):
    """A page that waits for a moderator, and the day by which it should be looked at."""

    due_on = models.DateField(_("due on"))
    reminded_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("moderation of a page")
        verbose_name_plural = _("moderation of pages")

    def save(self, *args: Any, **kwargs: Any) -> None:
        """A new one is due as many days from now as its task allows."""
        if self.due_on is None:
            self.due_on = self.task.specific.due_from(timezone.localdate())
        super().save(*args, **kwargs)

    @property
    def is_overdue(self) -> bool:
        """Whether it still waits after its day."""
        waits = self.status == self.STATUS_IN_PROGRESS
        return waits and self.due_on < timezone.localdate()


class DecisionForm(TaskStateCommentForm):
    """Wagtail's form of a decision, which names its field in English for everybody."""

    comment = forms.CharField(
        label=_("Comment"), required=False, widget=forms.Textarea({"rows": 3, "dir": "auto"})
    )


class ModerationTask(AbstractGroupApprovalTask):
    """Approval by a group, due some days after the page was sent."""

    days = models.PositiveSmallIntegerField(
        _("days until it is due"),
        default=7,
        help_text=_("Moderators are reminded once when a page waits longer."),
    )

    task_state_class = ModerationTaskState
    admin_form_fields: ClassVar[list[str]] = [*AbstractGroupApprovalTask.admin_form_fields, "days"]

    class Meta:
        verbose_name = _("moderation with a due date")
        verbose_name_plural = _("moderation with a due date")

    def get_form_for_action(self, action: str) -> type[forms.Form]:
        """The form of a decision, with its field named in the moderator's language."""
        return DecisionForm

    def due_from(self, day: datetime.date) -> datetime.date:
        """When something sent on a day is due."""
        return day + datetime.timedelta(days=self.days)
