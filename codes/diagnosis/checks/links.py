"""Checks of Link (RFC 8288)."""

import re
from collections.abc import Iterator
from difflib import get_close_matches

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
# Relations of the registry that people write by hand; of these a slip is likelier than another one.
RELATIONS = set(
    "alternate author canonical collection describedby dns-prefetch edit first help icon item last license manifest"
    " modulepreload next payment preconnect predecessor-version prefetch preload prev related search self"
    " service-desc service-doc stylesheet successor-version sunset deprecation up version-history".split()
)
AS_FONT = re.compile(r";[ \t]*as[ \t]*=[ \t]*\"?font", re.IGNORECASE)
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
            continue
        name = rel[1].strip().lower()
        near = [] if name in RELATIONS or ":" in name or len(name) > 40 else get_close_matches(name, RELATIONS, 1, 0.75)
        if meant := next(iter(near), ""):
            title = _("%(value)s is no registered relation. Is %(meant)s meant?") % {
                "value": shown(name),
                "meant": meant,
            }
            why = _("Recipients ignore a link whose relation they do not know.")
            send = f'Link: <{link[1][:200]}>; rel="{meant}"'
            yield Finding(Severity.UNSURE, "link", title, why, "Link", cited("RFC 8288 §2.1"), send)
        elif name == "preload" and AS_FONT.search(link[2]) and "crossorigin" not in link[2].lower():
            title = _("A preload of a font without crossorigin: %(value)s") % {"value": shown(link[0])}
            why = _("Browsers fetch fonts without cookies, so they load it again.")
            source = (("HTML", "https://html.spec.whatwg.org/multipage/links.html#link-type-preload"),)
            yield Finding(Severity.ADVISED, "link", title, why, "Link", source, f"Link: {link[0][:200]}; crossorigin")
        elif name == "preload" and not AS.search(link[2]):
            title = _("A preload without as: %(value)s") % {"value": shown(link[0])}
            why = _("Browsers need to know what is loaded, such as style, script, font or image, and ignore it.")
            source = (("HTML", "https://html.spec.whatwg.org/multipage/links.html#link-type-preload"),)
            yield Finding(Severity.ADVISED, "link", title, why, "Link", source, f"Link: {link[0][:200]}; as=style")
