"""Checks of a response against its request: what was asked for, and where a redirect leads."""

import re
from collections.abc import Iterator
from urllib.parse import urljoin

from django.utils.translation import gettext as _

from codes.diagnosis.messages.parsed import Response, host_of
from codes.models import RedirectMethod, StatusCode

from .content import media_type
from .findings import Finding, Severity, cited, shown
from .framing import possible_lengths
from .rules import tokens
from .values import CODINGS

# What stands for bytes that were not pasted.
INSTEAD = re.compile(
    r"[(\[<*.…+|-]{0,5} ?(?:.{0,60}\b(?:binary|compressed|gzip|gzipped|brotli|bytes|data not shown|omitted)\b"
    r"|.{0,60}\b(?:truncated|body)\b"
    r"|warning\b|\.{3}|…|NOTE: )",
    re.IGNORECASE,
)


def check_request_fit(response: Response, code: StatusCode | None) -> Iterator[Finding]:
    """Report a response that is not what the request asked for."""
    request = response.request
    yield from _check_coded(response)
    if not request:
        return
    accepted = request.fields.get("Accept-Encoding")
    coding = (response.fields.get("Content-Encoding") or "").strip().lower()
    if accepted is not None and coding in CODINGS and not accepts(accepted, coding):
        title = _("The request does not accept the coding %(value)s") % {"value": coding}
        why = _("The client may not be able to decompress it: without a coding that it accepts, send none.")
        yield Finding(Severity.ADVISED, "unwanted-coding", title, why, "Content-Encoding", cited("RFC 9110 §12.5.3"))
    yield from _check_accept(response)
    if "Preference-Applied" in response.fields and "Prefer" not in request.fields and request.has_fields:
        title = _("Preference-Applied answers a request without Prefer")
        why = _("It tells which of the client's preferences were followed, and the client has told none.")
        source = cited("RFC 7240 §3")
        yield Finding(Severity.ADVISED, "unasked", title, why, "Preference-Applied", source)
    if code and code.redirect_method == RedirectMethod.MAY_CHANGE and response.method in ("POST", "PUT", "PATCH"):
        title = _("After this redirect the client may send GET instead of %(method)s") % {"method": response.method}
        why = _("Browsers change POST. 307 and 308 keep the method, 303 changes it for certain.")
        yield Finding(Severity.UNSURE, "redirect-method", title, why, "Location", cited(code.redirect_method_source))


def _check_coded(response: Response) -> Iterator[Finding]:
    """Report content that is plain text, though it is said to be compressed."""
    request = response.request
    codings = [each for each in tokens(response.fields.get("Content-Encoding")) if each in CODINGS]
    if not codings or not _is_readable(response):
        return
    length = response.fields.get("Content-Length") or ""
    is_whole = re.fullmatch("[0-9]{1,18}", length) and int(length) in possible_lengths(response)
    is_unasked = request is not None and request.has_fields and "Accept-Encoding" not in request.fields
    is_raw = request is not None and request.is_raw
    if not (is_raw or is_whole or is_unasked):
        return
    title = _("The content can be read, and Content-Encoding says %(value)s") % {"value": ", ".join(codings[:3])}
    if is_raw:
        why = _("The tool shows what came, without decompressing it: clients that decompress it fail.")
    elif is_unasked:
        why = _("The request did not ask for compression. If nothing was decompressed here, clients fail to read it.")
    else:
        why = _("Content-Length is that of the plain text. If it came like this, clients fail to decompress it.")
    severity = Severity.ADVISED if is_raw else Severity.UNSURE
    also = ("content",)
    yield Finding(severity, "unwanted-coding", title, why, "Content-Encoding", cited("RFC 9110 §8.4"), also=also)


def _is_readable(response: Response) -> bool:
    """Return whether the content is text, and not a placeholder for bytes that were left out."""
    start = (response.content or "").strip()[:400]
    if len(start) < 2 or "\ufffd" in start or not all(each.isprintable() or each in "\n\t" for each in start):
        return False
    return "\n" in start or not INSTEAD.match(start)


def _check_accept(response: Response) -> Iterator[Finding]:
    """Report content of a type that the request does not accept (RFC 9110 section 12.5.1)."""
    accepted = tokens(response.request.fields.get("Accept") if response.request else "")
    kind = media_type(response)
    if not accepted or not kind or response.code[:1] != "2" or not response.content:
        return
    ranges = {each.partition(";")[0].strip() for each in accepted}
    main = kind.partition("/")[0]
    is_alike = any(each.rpartition("+")[2] == kind.rpartition("/")[2] for each in ranges)
    if not {"*/*", "*", f"{main}/*", kind} & ranges and not is_alike:
        title = _("The request accepts %(accepted)s, and gets %(type)s") % {
            "accepted": shown(", ".join(sorted(ranges))),
            "type": shown(kind),
        }
        why = _("A server may do so, or answer 406. A client that asks for JSON seldom expects a page.")
        source = cited("RFC 9110 §12.5.1")
        yield Finding(Severity.UNSURE, "accept", title, why, "Content-Type", source)


def accepts(field: str, coding: str) -> bool:
    """Return whether an Accept-Encoding accepts a content coding."""
    weights: dict[str, str] = {}
    for each in tokens(field):
        name, _semicolon, weight = each.partition(";")
        weights[name.strip()] = weight.strip().removeprefix("q=")
    weight = weights.get(coding, weights.get(f"x-{coding}", weights.get("*", "0")))
    return not re.fullmatch(r"0(?:\.0{0,3})?", weight)


def check_location(response: Response, code: StatusCode | None) -> Iterator[Finding]:
    """Report a redirect to another host, to less security, or to where it came from."""
    location = response.fields.get("Location")
    if not location or not response.code.startswith("3"):
        return
    source = cited("RFC 9110 §10.2.2")
    if response.leads_back:
        title = _("The redirects go round in circles: %(value)s") % {"value": shown(location)}
        why = _("An address that was asked for before comes again. Clients give up after some rounds.")
        yield Finding(Severity.ADVISED, "redirect-loop", title, why, "Location", cited("RFC 9110 §15.4"))
        return
    asked = response.request.address if response.request else ""
    if not asked:
        if location.startswith("http://"):
            title = _("The redirect leads to http://")
            why = _("From an https page that is a step back: the request travels in plain text.")
            yield Finding(
                Severity.UNSURE, "insecure-location", title, why, "Location", cited("RFC 9110 §10.2.2"),
                f"Location: https://{location[7:]}",
            )  # fmt: skip
        return
    try:
        target = urljoin(asked, location)
    except ValueError:
        return
    if target.partition("#")[0] == asked.partition("#")[0] and response.method in ("GET", "HEAD", ""):
        title = _("The redirect leads to the address that was asked for")
        why = _("Unless a cookie or another field changes the next answer, the client goes round in circles.")
        yield Finding(Severity.ADVISED, "redirect-loop", title, why, "Location", cited("RFC 9110 §15.4"))
    elif asked.startswith("https://") and target.startswith("http://") and response.request:
        title = _("The redirect leads from https to http")
        why = _("The next request travels in plain text, and with it cookies that are not marked Secure.")
        send = f"Location: https://{target[7:]}"
        severity = Severity.ADVISED if response.request.scheme else Severity.UNSURE
        yield Finding(severity, "insecure-location", title, why, "Location", cited("RFC 9110 §10.2.2"), send)
    elif host_of(target) != host_of(asked):
        title = _("The redirect leads to another host: %(host)s") % {"host": shown(host_of(target))}
        why = _("Is that meant? Clients drop Authorization there, and an attacker may have chosen the address.")
        yield Finding(Severity.UNSURE, "other-host", title, why, "Location", source)
