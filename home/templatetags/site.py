"""What stands around every page, in templates."""

from __future__ import annotations

from typing import Any

from django import template

from home import navigation

register = template.Library()


@register.simple_tag(takes_context=True)
def language_links(context: template.Context) -> list[navigation.LanguageLink]:
    """This page's address in every language of the interface.

    On the page that says there is none (Django gives it ``request_path``) and without a request
    there is nothing to keep: these are the landing pages.
    """
    request: Any = None if "request_path" in context else context.get("request")
    return navigation.language_links(request, context.get("page"))


@register.simple_tag(takes_context=True)
def section_links(context: template.Context) -> list[navigation.SectionLink]:
    """The parts of the site."""
    request: Any = context.get("request")
    return navigation.section_links(request.path if request else "")


@register.inclusion_tag("includes/alternates.html", takes_context=True)
def path_alternates(context: template.Context) -> dict[str, Any]:
    """The canonical address of a page without parameters, and its addresses in other languages."""
    request = context["request"]
    return {
        "canonical": request.build_absolute_uri(request.path),
        "alternates": navigation.path_alternates(request),
    }


@register.inclusion_tag("includes/alternates.html", takes_context=True)
def page_alternates(context: template.Context) -> dict[str, Any]:
    """The canonical address of a page of the site, and its addresses in other languages."""
    request, page = context["request"], context["page"]
    return {
        "canonical": page.get_full_url(request),
        "alternates": navigation.alternates(request, page),
    }
