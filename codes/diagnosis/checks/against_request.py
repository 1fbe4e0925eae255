"""Checks of a response against its request: what was asked for, and where a redirect leads."""

import re
from collections.abc import Iterator
from urllib.parse import urljoin

from django.utils.translation import gettext as _

from codes.diagnosis.messages.parsed import Response, host_of
from codes.models import RedirectMethod, StatusCode

from .findings import Finding, Severity, cited, shown
from .rules import tokens
from .values import CODINGS


def check_condition(response: Response, code: StatusCode | None) -> Iterator[Finding]:
    """Report content that the client's condition says it has already (RFC 9110 section 13.1.2)."""
    asked = response.request.fields.get("If-None-Match") if response.request else None
    etag = response.fields.get("ETag")
    if not asked or not etag or response.method not in ("GET", "HEAD") or not response.code.startswith("2"):
        return
    if etag.removeprefix("W/") in {each.strip().removeprefix("W/") for each in asked.split(",")}:
        title = _("The client's If-None-Match names this ETag, and the content is sent all the same")
        why = _("It must be answered with 304 and without content.")
        yield Finding(Severity.BROKEN, "condition", title, why, "status", cited("RFC 9110 §13.1.2"))


def check_request_fit(response: Response, code: StatusCode | None) -> Iterator[Finding]:
    """Report a response that is not what the request asked for."""
    request = response.request
    if not request:
        return
    accepted = request.fields.get("Accept-Encoding")
    coding = (response.fields.get("Content-Encoding") or "").strip().lower()
    if accepted is not None and coding in CODINGS and not accepts(accepted, coding):
        title = _("The request does not accept the coding %(value)s") % {"value": coding}
        why = _("The client may not be able to decompress it: without a coding that it accepts, send none.")
        yield Finding(Severity.ADVISED, "unwanted-coding", title, why, "Content-Encoding", cited("RFC 9110 §12.5.3"))
    asked = re.fullmatch(r"bytes=([0-9]{1,18})-([0-9]{0,18})", (request.fields.get("Range") or "").replace(" ", ""))
    sent = re.fullmatch(r"bytes ([0-9]{1,18})-([0-9]{1,18})/.{1,20}", response.fields.get("Content-Range") or "")
    if asked and sent and (sent[1] != asked[1] or (asked[2] and int(sent[2]) > int(asked[2]))):
        title = _("Another part was sent than was asked for")
        why = _("The request says %(asked)s, the response %(sent)s.") % {"asked": asked[0], "sent": sent[0]}
        yield Finding(Severity.ADVISED, "other-range", title, why, "Content-Range", cited("RFC 9110 §15.3.7"))
    if code and code.redirect_method == RedirectMethod.MAY_CHANGE and response.method in ("POST", "PUT", "PATCH"):
        title = _("After this redirect the client may send GET instead of %(method)s") % {"method": response.method}
        why = _("Browsers change POST. 307 and 308 keep the method, 303 changes it for certain.")
        yield Finding(Severity.UNSURE, "redirect-method", title, why, "Location", cited(code.redirect_method_source))


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
