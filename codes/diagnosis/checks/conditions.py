"""Checks of a response against the preconditions and the range of its request (RFC 9110 sections 13 and 14)."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from codes.diagnosis.messages.parsed import Request, Response
from codes.models import ResponseRule, StatusCode

from .content import media_type
from .dates import moment
from .findings import Finding, Severity, cited, shown
from .framing import TEXTUAL, possible_lengths

# The rules that say which code answers an If-None-Match that is false, by their English conditions: for GET and HEAD,
# and for every other method.
UNCHANGED = "if the If-None-Match of a GET or HEAD is false"
PREVENTED = "if the If-None-Match of a request other than GET and HEAD is false"
OTHER_CONDITIONS = ("If-Match", "If-Unmodified-Since")


def check_condition(response: Response, code: StatusCode | None) -> Iterator[Finding]:
    """Report an answer that the request's preconditions do not allow."""
    request = response.request
    if not request or not request.method or code is None:
        return
    if "If-None-Match" in request.fields:
        yield from _check_tags(response, request, code)
    elif "If-Modified-Since" in request.fields:
        yield from _check_date(response, request)


def _check_tags(response: Response, request: Request, code: StatusCode) -> Iterator[Finding]:
    is_read = request.method in ("GET", "HEAD")
    asked = {weakened(each) for each in (request.fields.get("If-None-Match") or "").split(",")}
    etag = response.fields.get("ETag")
    section = cited("RFC 9110 §13.1.2")
    codes = _answers()
    wanted, other = (codes[UNCHANGED], codes[PREVENTED]) if is_read else (codes[PREVENTED], codes[UNCHANGED])
    has_more = any(name in request.fields for name in OTHER_CONDITIONS)
    if other and wanted and code == other and not (is_read and has_more):
        title = _("A %(method)s whose If-None-Match is false is answered with %(wanted)s, not %(code)s") % {
            "method": request.method,
            "wanted": wanted.label,
            "code": code.label,
        }
        why = _("304 is for GET and HEAD, which have the content already; 412 prevents what other methods would do.")
        send = f"HTTP/1.1 {wanted.label} {wanted.name_en}"
        yield Finding(Severity.BROKEN, "condition", title, why, "status", section, send)
    elif is_read and etag and response.code.startswith("2") and weakened(etag) in asked:
        title = _("The client's If-None-Match names this ETag, and the content is sent all the same")
        why = _("It must be answered with 304 and without content.")
        yield Finding(Severity.BROKEN, "condition", title, why, "status", section, also=("ETag",))
    elif is_read and not etag and code == wanted and not response.full and asked - {"", "*"}:
        title = _("%(field)s is missing, and the client asked with one") % {"field": "ETag"}
        why = _("A 200 had it, so this answer must have it, too: by it the client finds the stored response.")
        send = f"ETag: {(request.fields.get('If-None-Match') or '').split(',')[0].strip()[:200]}"
        # The answer of a cache in between may have lost it.
        yield Finding(Severity.UNSURE, "condition", title, why, "ETag", cited("RFC 9110 §15.4.5"), send)
    elif is_read and etag and code == wanted and not {weakened(etag), "*"} & asked:
        title = _("The ETag is none of those that the client's If-None-Match names")
        why = _("The client has another representation: it needs the new content, not this answer.")
        yield Finding(Severity.ADVISED, "condition", title, why, "ETag", section)


def _check_date(response: Response, request: Request) -> Iterator[Finding]:
    known, changed = moment(request.fields.get("If-Modified-Since")), moment(response.fields.get("Last-Modified"))
    if request.method not in ("GET", "HEAD") or not response.code.startswith("2") or not known or not changed:
        return
    if "Range" not in request.fields and changed <= known:
        title = _("Not changed since the client's If-Modified-Since, and the content is sent all the same")
        why = _("It should be answered with 304 and without content.")
        yield Finding(
            Severity.ADVISED, "condition", title, why, "status", cited("RFC 9110 §13.1.3"), also=("Last-Modified",)
        )


def _answers() -> dict[str, StatusCode | None]:
    """Return the code that answers a false If-None-Match, by the condition of its rule."""
    rules = ResponseRule.objects.filter(condition_en__in=(UNCHANGED, PREVENTED)).select_related("code")
    return {UNCHANGED: None, PREVENTED: None} | {rule.condition_en: rule.code for rule in rules}


def weakened(tag: str) -> str:
    """Return an entity tag for the weak comparison (RFC 9110 section 8.8.3.2)."""
    return tag.strip().removeprefix("W/")


def check_range(response: Response, code: StatusCode | None) -> Iterator[Finding]:
    """Report another part than was asked for, one that If-Range excludes, and a refusal of a range that is there."""
    request = response.request or Request()
    asked = re.fullmatch(r"bytes=([0-9]{1,18})-([0-9]{0,18})", (request.fields.get("Range") or "").replace(" ", ""))
    value = response.fields.get("Content-Range") or ""
    sent = re.fullmatch(r"bytes ([0-9]{1,18})-([0-9]{1,18})/.{1,20}", value)
    if asked and sent and (sent[1] != asked[1] or (asked[2] and int(sent[2]) > int(asked[2]))):
        title = _("Another part was sent than was asked for")
        why = _("The request says %(asked)s, the response %(sent)s.") % {"asked": asked[0], "sent": sent[0]}
        yield Finding(Severity.ADVISED, "other-range", title, why, "Content-Range", cited("RFC 9110 §15.3.7"))
    unit = value.partition(" ")[0].lower()
    if asked and unit and unit != "bytes":
        title = _("The request asks for bytes, and Content-Range counts %(unit)s") % {"unit": shown(unit)}
        why = _("The client cannot put such a part to its own.")
        yield Finding(Severity.ADVISED, "range", title, why, "Content-Range", cited("RFC 9110 §14.4"))
    if sent and (response.fields.get("Accept-Ranges") or "").strip().lower() == "none":
        title = _("Accept-Ranges says none, and a part is sent")
        why = _("Clients that read it never ask for a part again.")
        source = cited("RFC 9110 §14.3")
        yield Finding(Severity.ADVISED, "range", title, why, "Accept-Ranges", source, "Accept-Ranges: bytes")
    yield from _check_part(response, sent)
    whole = re.fullmatch(r"bytes \*/([0-9]{1,18})", value)
    if asked and whole and int(asked[1]) < int(whole[1]) and "If-Range" not in request.fields:
        title = _("The range that was asked for is there: %(asked)s of %(length)s bytes") % {
            "asked": asked[0],
            "length": int(whole[1]),
        }
        why = _("A range is not satisfiable if it begins behind the end. Otherwise the part is sent up to the end.")
        yield Finding(Severity.ADVISED, "range", title, why, "status", cited("RFC 9110 §14.1.2"))
    if sent and (validator := (request.fields.get("If-Range") or "").strip()):
        yield from _check_if_range(response, validator)


def _check_part(response: Response, sent: re.Match[str] | None) -> Iterator[Finding]:
    """Report a content that is not as long as the part that Content-Range names."""
    has_length = "Content-Length" in response.fields or "Content-Encoding" in response.fields or response.is_framed
    if not sent or response.content is None or has_length or not TEXTUAL.match(media_type(response)):
        return
    expected, lengths = int(sent[2]) - int(sent[1]) + 1, possible_lengths(response)
    if expected not in lengths and not media_type(response).startswith("multipart/"):
        title = _("Content-Range is about %(expected)s bytes, and the content has %(found)s") % {
            "expected": expected,
            "found": min(lengths),
        }
        why = _("Pasting may have changed it. If it really differs, the client puts the parts together wrongly.")
        yield Finding(Severity.UNSURE, "range", title, why, "content", cited("RFC 9110 §14.4"))


def _check_if_range(response: Response, validator: str) -> Iterator[Finding]:
    """Report a part of a representation that has changed (RFC 9110 section 13.1.5)."""
    name = "ETag" if validator.endswith('"') else "Last-Modified"
    present = response.fields.get(name)
    if present is None or (present.strip() == validator and not validator.startswith("W/")):
        return
    title = _("The client's If-Range does not hold, and a part is sent all the same")
    why = _("The representation is another one than the client has a part of, so all of it must be sent, with 200.")
    source, also = cited("RFC 9110 §13.1.5"), ("If-Range", name)
    yield Finding(Severity.BROKEN, "condition", title, why, "status", source, also=also)
