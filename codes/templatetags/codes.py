"""Template tags of the public pages and of the admin's front page."""

import json
import re
from typing import Any
from urllib.parse import quote, urlencode

from django import template
from django.conf import settings
from django.template.context import Context, RequestContext
from django.template.loader_tags import BLOCK_CONTEXT_KEY
from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from codes import cards, search
from codes.data.alternates import alternate_addresses
from codes.editing import drafts, fixtures, page_links, review
from codes.models import ErrorText, MissedSearch, ReaderReport, ReportState, Situation, StatusCode
from codes.texts import header_fields
from codes.texts import markdown as markdown_module
from codes.texts.localized import LocalizedText, in_language
from statuscodes.web.inline import contain

register = template.Library()
register.filter(in_language)

MAX_SHOWN = 5  # reports and searches of readers on the admin's front page
LOCALES = {"ko": "ko_KR", "en": "en_US"}
# What would end the script element, or begin another (as in Django's json_script).
JSON_ESCAPES = {ord(character): f"\\u{ord(character):04x}" for character in "<>&"}
BREAK = re.compile(r"(\.|_|::)(?=[\w])")


@register.filter
def markdown(text: object) -> SafeString:
    """Render a text of the catalogue as HTML."""
    return markdown_module.render(str(text))


@register.filter(name="lang")
def lang_attribute(text: LocalizedText) -> SafeString:
    """Return the lang attribute that a text needs, with a space before it; "" for a text in the page's language."""
    return SafeString() if text.lang == get_language() else format_html(' lang="{}"', text.lang)


@register.filter
def breakable(identifier: str) -> SafeString:
    """Return an identifier, escaped, that breaks only behind a dot, an underscore or a colon."""
    return mark_safe(BREAK.sub(r"\1<wbr>", escape(identifier)))  # noqa: S308 - escaped


@register.filter
def header_field(name: str) -> SafeString:
    """Return the name of a header field as code, with a link to the section that defines it."""
    code = format_html("<code>{}</code>", name)
    url = header_fields.definition_url(name)
    return format_html('<a href="{}">{}</a>', url, code) if url else code


@register.simple_tag
def has_feedback() -> bool:
    """Return whether mistakes can be reported."""
    return settings.READER_REPORTS or bool(settings.FEEDBACK_URL)


@register.simple_tag(takes_context=True)
def feedback(context: RequestContext, anchor: str = "", heading: str = "") -> SafeString:
    """Return a link with which a reader reports a mistake on this page, or in the section with an anchor.

    It is "" where mistakes cannot be reported.
    """
    if not has_feedback():
        return SafeString()
    page = f"{context.request.path}#{anchor}" if anchor else context.request.path
    if settings.READER_REPORTS:
        url = f"{reverse('codes:report')}?{urlencode({'about': page})}"
    else:
        url = settings.FEEDBACK_URL.replace("{page}", quote(page, safe=""))
    text = _("Report a mistake")
    label = format_html(' aria-label="{}: {}"', text, heading) if heading else ""
    return format_html('<a class="report" href="{}" rel="nofollow"{}>{}</a>', url, label, text)


@register.simple_tag
def counts_missed_searches() -> bool:
    """Return whether searches that found nothing are counted."""
    return settings.COUNT_MISSED_SEARCHES


@register.inclusion_tag("admin/codes/includes/from_readers.html")
def from_readers(perms: Any) -> dict[str, Any]:
    """Show what readers left for the editors, of what the user may see."""
    shown: dict[str, Any] = {"reports": [], "open_count": 0, "searches": []}
    if "codes.view_readerreport" in perms:
        waiting = ReaderReport.objects.filter(state=ReportState.OPEN)
        shown |= {"reports": waiting.order_by("pk")[:MAX_SHOWN], "open_count": waiting.count()}
    if "codes.view_missedsearch" in perms:
        shown["searches"] = MissedSearch.objects.all()[: 2 * MAX_SHOWN]
    return shown


@register.simple_tag
def site_url(path: str = "") -> str:
    """Return the full address of a path."""
    return f"{settings.SITE_URL}{path}"


@register.simple_tag(takes_context=True)
def site_style(context: Context, name: str) -> SafeString:
    """Return a style for the page's head, and let the page's Content-Security-Policy allow it."""
    return mark_safe(contain(context["request"], "style-src", name))  # noqa: S308 - a file of ours


@register.simple_tag(takes_context=True)
def site_script(context: Context, name: str) -> SafeString:
    """Return a script for the page's head, and let the page's Content-Security-Policy allow it."""
    return mark_safe(contain(context["request"], "script-src", name))  # noqa: S308 - a file of ours


@register.inclusion_tag("codes/includes/alternates.html", takes_context=True)
def alternates(context: RequestContext, stem: str = "") -> dict[str, str]:
    """Name the alternates of a page: the document in both languages, the text and the Markdown of this one."""
    return alternate_addresses(context.request.path, stem)


@register.inclusion_tag("codes/includes/share.html", takes_context=True)
def share(context: Any) -> dict[str, Any]:
    """Show what links to the page show elsewhere (Open Graph): its title, and its card or else the site's."""
    card = context.get("card") or cards.site_card()
    site = _("HTTP status codes")
    title = SafeString(context.render_context[BLOCK_CONTEXT_KEY].get_block("title").render(context))
    return {
        "title": mark_safe(title.removesuffix(f" · {site}")),  # noqa: S308 - rendered, and so escaped
        "address": site_url(context["request"].path),
        "card": card if cards.is_available(card) else None,
        "image": site_url(card.url),
        "locale": LOCALES[get_language() or settings.LANGUAGE_CODE],
        "other_locales": [locale for language, locale in LOCALES.items() if language != get_language()],
        "site": site,
    }


@register.simple_tag
def json_ld(things: list[dict[str, Any]]) -> SafeString:
    """Return linked data in a data block, which no browser executes."""
    text = json.dumps({"@context": "https://schema.org", "@graph": things}, ensure_ascii=False, separators=(",", ":"))
    return mark_safe(f'<script type="application/ld+json">{text.translate(JSON_ESCAPES)}</script>')  # noqa: S308


@register.filter
def highlight(text: str, query: str) -> SafeString:
    """Return the text, escaped, with what the query matched in <mark>."""
    return mark_safe(search.highlight(text, query))  # noqa: S308 - highlight() escapes


@register.simple_tag
def note_for_browser(perms: Any) -> str:
    """Return what the browser of an editor needs for links from public pages to the forms."""
    return page_links.note_for_browser(perms)


@register.simple_tag
def waiting_drafts(perms: Any) -> list[dict[str, Any]]:
    """Return the drafts of what the user may change, each with the address of its form, for the admin's front page."""
    names = [str(model._meta.model_name) for model in fixtures.DETAILS_OF]
    return drafts.waiting([name for name in names if f"codes.change_{name}" in perms])


@register.simple_tag
def review_queues(perms: Any) -> list[dict[str, Any]]:
    """Return the review queues of what the user may change, for the admin's front page."""
    return [
        {"opts": model._meta, "checks": review.queue(model)}
        for model in (StatusCode, ErrorText, Situation)
        if f"codes.change_{model._meta.model_name}" in perms
    ]
