"""Checks of Link (RFC 8288)."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from codes.diagnosis.messages.parsed import Response
from codes.models import StatusCode

from .findings import Finding, Severity, cited, shown, wrong_value

MAX_VALUE = 8000  # characters
MAX_LINKS = 20
# A target, and parameters whose values are tokens or quoted.
LINK = re.compile(
    r"<([^<>]{0,2000})>((?:[ \t]{0,5};[ \t]{0,5}[\w*!#$%&'+.^`|~-]{1,60}"
    r"(?:[ \t]{0,3}=[ \t]{0,3}(?:\"[^\"]{0,2000}\"|[^\s\";,]{1,500}))?){0,30})"
)
REL = re.compile(r";[ \t]*rel[ \t]*=[ \t]*\"?([^\";,]+)", re.IGNORECASE)
AS = re.compile(r";[ \t]*as[ \t]*=", re.IGNORECASE)


def check_links(response: Response, code: StatusCode | None) -> Iterator[Finding]:
    """Report a link without its relation, or one that browsers ignore."""
    value = response.fields.get("Link") or ""
    if not value or len(value) > MAX_VALUE:
        return
    found = [*LINK.finditer(value)][:MAX_LINKS]
    if not found:
        why = _('A link is an address in angle brackets, and its relation: </page/2>; rel="next".')
        yield wrong_value("Link", value, why, "RFC 8288 §3", 'Link: </page/2>; rel="next"')
        return
    for link in found:
        rel = REL.search(link[2])
        if not rel:
            title = _("A link has no relation: %(value)s") % {"value": shown(link[0])}
            why = _("What the link is for must stand in rel; recipients ignore one without it.")
            send = f'Link: <{link[1][:200]}>; rel="…"'
            yield Finding(Severity.BROKEN, "link", title, why, "Link", cited("RFC 8288 §3.3"), send)
        elif rel[1].strip().lower() == "preload" and not AS.search(link[2]):
            title = _("A preload without as: %(value)s") % {"value": shown(link[0])}
            why = _("Browsers need to know what is loaded, such as style, script, font or image, and ignore it.")
            source = (("HTML", "https://html.spec.whatwg.org/multipage/links.html#link-type-preload"),)
            yield Finding(Severity.ADVISED, "link", title, why, "Link", source, f"Link: {link[0][:200]}; as=style")
