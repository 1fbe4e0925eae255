"""What fields and content of a response say about each other, whatever its code: checks that no row of a rule can say.

Each check takes a response and yields what it finds; none knows a single status code. What the classes and a code's
facts mean is asked of the catalogue.
"""

import json
import re
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator
from difflib import get_close_matches
from hashlib import sha1
from typing import Any
from urllib.parse import quote, urljoin

from django.utils.translation import gettext as _

from codes.models import Caching, RedirectMethod, StatusCode

from .dates import imf_fixdate, is_imf_fixdate, moment
from .findings import Finding, Severity, cited, shown
from .messages import KNOWN, Repair, Response, host_of
from .rules import tokens

MAX_JSON = 64_000  # characters of a content that are read as JSON
TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
ENTITY_TAG = re.compile(r'(?:W/)?"[!#-~\x80-\U0010ffff]*"')
CHALLENGE = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+(?:$|[ \t]+\S.*|,.*)", re.DOTALL)
SINGLETONS = (
    *("Age", "Content-Length", "Content-Location", "Content-Range", "Content-Type", "Date", "ETag", "Expires"),
    *("Last-Modified", "Location", "Retry-After", "Access-Control-Allow-Origin"),
)
DATES = ("Date", "Expires", "Last-Modified")
HTML = re.compile(r"\s*<(?:!doctype html|html|head|body)\b", re.IGNORECASE)
HTML_TITLE = re.compile(r"<title[^>]{0,100}>([^<]{1,200})", re.IGNORECASE)
FAILURE_TITLE = re.compile(
    r"\b[45][0-9]{2}\b|not found|error|forbidden|unavailable|오류|에러|찾을 수 없", re.IGNORECASE
)
FAILED_WORDS = {"error", "err", "fail", "failed", "failure", "ko", "실패", "오류"}
TEXTUAL = re.compile(
    r"$|text/|message/|application/(?:[\w.-]{1,80}\+)?(?:json|xml|javascript|yaml|x-www-form|x-ndjson|graphql)"
)
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
PLACEHOLDERS = {"undefined", "null", "none", "nil", "nan", "[object object]", "false"}
# Fields that a recipient needs before the content (RFC 9110 section 6.5.1).
NOT_FOR_TRAILERS = set(
    "authorization cache-control content-encoding content-length content-range content-type date expires host location"
    " retry-after set-cookie trailer transfer-encoding vary www-authenticate".split()
)
DIRECTIVES = set(
    "max-age s-maxage no-cache no-store no-transform must-revalidate proxy-revalidate must-understand private public"
    " immutable stale-while-revalidate stale-if-error".split()
)
CSP_KEYWORD = re.compile(r"(?:^|[\s])(self|unsafe-inline|unsafe-eval|strict-dynamic|none)(?=$|[\s;])", re.IGNORECASE)
COOKIES_JOINED = re.compile(r",[ \t]{0,5}[A-Za-z_][\w.-]{0,60}=[^;,]{0,200}(?:;|$)")
FAILED_ELEMENT = re.compile(
    r"\s*(?:<\?xml[^>]{0,200}>\s*)?<(?:\w{1,30}:)?(error\w{0,20}|fault|exception|OpenAPI_ServiceResponse)[\s>/]",
    re.IGNORECASE,
)
MISNAMED_CHARSET = re.compile(r"charset\s{0,5}=\s{0,5}\"?utf8\b", re.IGNORECASE)
RESERVED = "%/:?#[]@!$&'()*+,;=~"
# The registry of content codings; identity is for Accept-Encoding.
CODINGS = set("aes128gcm br compress dcb dcz deflate exi gzip pack200-gzip x-compress x-gzip zstd".split())
TRANSFER_CODINGS = set("chunked compress deflate gzip x-compress x-gzip".split())
MAX_NAMES = 60  # fields whose names are compared
OBSOLETE = {"Warning": "RFC 9111 §5.5", "Set-Cookie2": "RFC 6265 §9.3", "Content-MD5": "RFC 7231 §B"}
REALM = re.compile(r"\brealm[ \t]{0,9}=[ \t]{0,9}(\"|[^\",]{0,200})", re.IGNORECASE)
CODE_KEYS = ("code", "status", "statusCode", "status_code", "errorCode", "error_code", "resultCode", "httpStatus")
FRESH = ("max-age", "s-maxage")

Check = Callable[[Response, StatusCode | None], Iterable[Finding]]


def check_message(response: Response, code: StatusCode | None) -> list[Finding]:
    """Return what the general checks say of a response with a code of the catalogue, or with none."""
    return [finding for check in CHECKS for finding in check(response, code)]


# Framing


def check_length(response: Response, code: StatusCode | None) -> Iterator[Finding]:
    """RFC 9112 section 6.3: whoever reads the message counts on the length."""
    value = response.fields.get("Content-Length")
    if value is None or not re.fullmatch("[0-9]{1,18}", value) or response.content is None or response.is_framed:
        return
    if response.method == "HEAD" or "Transfer-Encoding" in response.fields or "Content-Encoding" in response.fields:
        return
    if not TEXTUAL.match(_media_type(response)):
        return
    lengths = possible_lengths(response)
    if int(value) in lengths:
        yield Finding(Severity.KEPT, "content-length", "Content-Length", field="Content-Length")
        return
    title = _("Content-Length is %(given)s, but the content has %(found)s bytes") % {
        "given": int(value),
        "found": min(lengths),
    }
    why = _("Pasting may have changed it. If it really differs, recipients wait for more, or cut it off.")
    send = f"Content-Length: {min(lengths)}"
    yield Finding(Severity.UNSURE, "content-length", title, why, "Content-Length", cited("RFC 9112 §6.3"), send)


def possible_lengths(response: Response) -> set[int]:
    """Return the lengths in bytes that the content may have had before its line ends were changed by pasting."""
    content = response.content or ""
    lengths = set()
    charset = re.search(r"charset=\"?([\w-]{1,20})", response.fields.get("Content-Type") or "")
    for encoding in {"utf-8", (charset[1] if charset else "utf-8").lower()}:
        for line_end in ("\n", "\r\n") if "\n" in content else ("\n",):
            text = content.replace("\n", line_end)
            for end in ("", line_end):
                try:
                    lengths.add(len((text + end).encode(encoding, "replace")))
                except LookupError:
                    continue
    return lengths | _compact_lengths(response)


def _compact_lengths(response: Response) -> set[int]:
    """Return the lengths of JSON that a tool may have laid out anew."""
    data = read_json(response)
    if "\n" not in (response.content or "") or data is None:
        return set()
    try:
        texts = [
            json.dumps(data, ensure_ascii=plain, separators=separators)
            for plain in (True, False)
            for separators in ((",", ":"), (", ", ": "))
        ]
    except (ValueError, RecursionError):
        return set()
    return {len(text.encode("utf-8", "replace")) + end for text in texts for end in (0, 1)}


def check_repetition(response: Response, code: StatusCode | None) -> Iterator[Finding]:
    """RFC 9110 section 5.3: only fields that are lists may have several lines."""
    for name in SINGLETONS:
        values = response.fields.all(name)
        if len(values) > 1:
            title = _("%(field)s is sent %(count)s times") % {"field": name, "count": len(values)}
            why = _("It is not a list: recipients take one of the values, and not all take the same.")
            yield Finding(
                Severity.BROKEN, "repeated-field", title, why, name, cited("RFC 9110 §5.3"), f"{name}: {values[0]}"
            )


def check_lines(response: Response, code: StatusCode | None) -> Iterator[Finding]:
    """What had to be repaired and may be the sender's mistake."""
    for name in response.spaced[:5]:
        why = _("No space is allowed there: a proxy must remove it, and some let it change what a field is.")
        title = _("%(field)s has a space before its colon") % {"field": name}
        yield Finding(Severity.UNSURE, "space-before-colon", title, why, name, cited("RFC 9112 §5.1"))
    if Repair.FOLDED in response.repairs:
        why = _("Header fields of several lines are obsolete. The terminal may have wrapped the line.")
        yield Finding(
            Severity.UNSURE, "folded-field", _("A field that goes on in the next line"), why, "", cited("RFC 9112 §5.2")
        )
    for name in response.misnamed[:5]:
        why = _("The name of a field has letters, digits and hyphens, and no spaces. Recipients refuse the message.")
        title = _("“%(name)s” cannot be the name of a field") % {"name": shown(name)}
        yield Finding(Severity.BROKEN, "field-name", title, why, name, cited("RFC 9110 §5.1"))
    known = {Repair.SPACE, Repair.FOLDED, Repair.WRAPPED, Repair.CONTROL, Repair.MANY}
    if response.refusal and not known & set(response.repairs) and response.number is not None:
        why = _("A strict parser (h11) does not take this header section. It says: “%(reason)s”") % {
            "reason": response.refusal
        }
        yield Finding(
            Severity.UNSURE, "syntax", _("Not quite HTTP/%(version)s") % {"version": response.version}, why, "",
            cited("RFC 9112 §2.1"),
        )  # fmt: skip


# Values


def check_dates(response: Response, code: StatusCode | None) -> Iterator[Finding]:
    """RFC 9110 section 5.6.7: one form may be sent."""
    for name in DATES:
        for value in response.fields.all(name)[:1]:
            if is_imf_fixdate(value):
                yield Finding(Severity.KEPT, "date", name, field=name)
                continue
            found = moment(value)
            title = _("The date in %(field)s is not in the one form that may be sent: %(value)s") % {
                "field": name,
                "value": shown(value),
            }
            if name == "Expires" and not found:
                # Recipients take it for the past (RFC 9111 section 5.3), and many senders count on that.
                why = _("Recipients take it for a time in the past. Cache-Control says the same without a mistake.")
                yield Finding(
                    Severity.ADVISED, "date", title, why, name, cited("RFC 9111 §5.3"), "Cache-Control: no-cache"
                )
                continue
            why = _("Recipients may ignore it, or read another time.")
            send = f"{name}: {imf_fixdate(found)}" if found else ""
            yield Finding(Severity.BROKEN, "date", title, why, name, cited("RFC 9110 §5.6.7"), send)


def check_values(response: Response, code: StatusCode | None) -> Iterator[Finding]:
    """The syntax of fields that people write by hand."""
    fields = response.fields
    etag = fields.all("ETag")[:1]
    if etag and not ENTITY_TAG.fullmatch(etag[0]):
        why = _("An entity tag is in double quotes. Without them caches do not compare it.")
        send = 'ETag: "{}"'.format(etag[0].replace('"', "").replace("\\", "").removeprefix("W/")[:100])
        yield _value("ETag", etag[0], why, "RFC 9110 §8.8.3", send)
    retry = fields.all("Retry-After")[:1]
    if retry and not re.fullmatch("[0-9]+", retry[0]) and not is_imf_fixdate(retry[0]):
        why = _("It is a number of seconds, or a date such as Fri, 27 Nov 2026 09:00:00 GMT.")
        found = moment(retry[0])
        send = f"Retry-After: {imf_fixdate(found)}" if found else "Retry-After: 120"
        yield _value("Retry-After", retry[0], why, "RFC 9110 §10.2.3", send)
    age = fields.all("Age")[:1]
    if age and not re.fullmatch("[0-9]+", age[0]):
        yield _value("Age", age[0], _("It is a number of seconds."), "RFC 9111 §5.1", "")
    allow = fields.get("Allow")
    if allow and not all(TOKEN.fullmatch(each.strip()) for each in allow.split(",") if each.strip()):
        send = f"Allow: {', '.join(re.findall('[A-Za-z]{3,20}', allow)[:9]).upper()}"
        yield _value("Allow", allow, _("It is a list of methods with commas between."), "RFC 9110 §10.2.1", send)
    if allow and any(each.strip().islower() and each.strip().upper() in METHODS for each in allow.split(",")):
        why = _("Methods are case-sensitive, and these are written in capital letters.")
        title = _("The value of %(field)s is wrong: %(value)s") % {"field": "Allow", "value": shown(allow)}
        source = cited("RFC 9110 §9.1")
        yield Finding(Severity.ADVISED, "field-value", title, why, "Allow", source, f"Allow: {allow.upper()}")
    if retry and re.fullmatch("[0-9]{8,30}", retry[0]):
        title = _("Retry-After asks to wait for years")
        why = _("It is a number of seconds from now, not a time of day and not milliseconds.")
        yield Finding(Severity.ADVISED, "field-value", title, why, "Retry-After", cited("RFC 9110 §10.2.3"))
    location = fields.get("Location")
    if location and (location.strip("/").lower() in PLACEHOLDERS or re.match(r"https?:(?!//[^/?#])", location)):
        yield _value("Location", location, _("It names no host, or what a program prints for no value."),
                     "RFC 9110 §10.2.2", "")  # fmt: skip
    elif location is not None and (not location or re.search(r"[\s<>\"{}|\\^`\x80-\U0010ffff]", location)):
        why = _("It is an address, relative or absolute, in which spaces and the like are percent-encoded.")
        send = f"Location: {quote(location, safe=RESERVED)}" if location else ""
        yield _value("Location", location, why, "RFC 9110 §10.2.2", send)
    for coding in [*dict.fromkeys(tokens(fields.get("Content-Encoding")))][:3]:
        if coding not in CODINGS:
            title = _("%(value)s is no content coding") % {"value": shown(coding)}
            why = _("Content-Encoding is about compression: gzip, br or zstd. A charset belongs in Content-Type.")
            source = cited("RFC 9110 §8.4.1")
            yield Finding(Severity.ADVISED, "content-coding", title, why, "Content-Encoding", source)
    for name, section in OBSOLETE.items():
        if name in fields:
            title = _("%(field)s is obsolete") % {"field": name}
            yield Finding(Severity.ADVISED, "obsolete", title, _("Recipients ignore it."), name, cited(section))


def check_names(response: Response, code: StatusCode | None) -> Iterator[Finding]:
    """A field that nobody knows, and whose name is almost that of a field that everybody knows."""
    for name in dict.fromkeys(each.name for each in response.fields[:MAX_NAMES]):
        small = name.lower()
        if small in KNOWN or small.startswith("x-") or len(small) < 4 or len(small) > 40:
            continue
        meant = next(iter(get_close_matches(small, KNOWN, 1, 0.86)), "")
        if meant and meant not in response.fields and abs(len(meant) - len(small)) < 3:
            title = _("%(field)s is not a field that is known. Is %(meant)s meant?") % {"field": name, "meant": meant}
            why = _("Recipients ignore a field that they do not know.")
            yield Finding(Severity.UNSURE, "misspelt-field", title, why, name, cited("RFC 9110 §5.1"))


def check_codings(response: Response, code: StatusCode | None) -> Iterator[Finding]:
    """RFC 9112 sections 6.1 and 7: chunked comes once, and last."""
    name, section = "Transfer-Encoding", "RFC 9112 §6.1"
    codings = [each.partition(";")[0].strip() for each in tokens(response.fields.get(name))]
    if codings.count("chunked") > 1 or "chunked" in codings[:-1]:
        why = _("chunked is applied once, and last: it tells where the message ends.")
        yield _value(name, response.fields.get(name) or "", why, section, f"{name}: chunked")
    elif unknown := [each for each in codings if each not in TRANSFER_CODINGS]:
        title = _("%(value)s is no transfer coding") % {"value": shown(unknown[0])}
        why = _("Who does not know it cannot read the message.")
        yield Finding(Severity.ADVISED, "transfer-coding", title, why, name, cited("RFC 9112 §7"), f"{name}: chunked")


def check_websocket(response: Response, code: StatusCode | None) -> Iterator[Finding]:
    """RFC 6455 section 4.2.2: the server answers the client's key."""
    key = response.request.fields.get("Sec-WebSocket-Key") if response.request else None
    answer = response.fields.get("Sec-WebSocket-Accept")
    if not key or not answer:
        return
    digest = sha1(f"{key.strip()}258EAFA5-E914-47DA-95CA-C5AB0DC85B11".encode(), usedforsecurity=False).digest()
    wanted = b64encode(digest).decode()
    if answer.strip() != wanted:
        why = _("It is computed from the client's Sec-WebSocket-Key, and clients refuse any other value.")
        name = "Sec-WebSocket-Accept"
        yield _value(name, answer, why, "RFC 6455 §4.2.2", f"{name}: {wanted}")


def check_condition(response: Response, code: StatusCode | None) -> Iterator[Finding]:
    """RFC 9110 section 13.1.2: the client has what the server sends."""
    asked = response.request.fields.get("If-None-Match") if response.request else None
    etag = response.fields.get("ETag")
    if not asked or not etag or response.method not in ("GET", "HEAD") or not response.code.startswith("2"):
        return
    if etag.removeprefix("W/") in {each.strip().removeprefix("W/") for each in asked.split(",")}:
        title = _("The client's If-None-Match names this ETag, and the content is sent all the same")
        why = _("It must be answered with 304 and without content.")
        yield Finding(Severity.BROKEN, "condition", title, why, "status", cited("RFC 9110 §13.1.2"))


def check_connection(response: Response, code: StatusCode | None) -> Iterator[Finding]:
    """RFC 9112 section 9.3: the connection is kept or closed; and RFC 9110 section 6.5.1: what trailers may hold."""
    options = tokens(response.fields.get("Connection"))
    if "close" in options and "keep-alive" in options:
        title = _("Connection says keep-alive and close")
        why = _("close wins: the connection ends after this response.")
        source = cited("RFC 9112 §9.3")
        yield Finding(Severity.ADVISED, "connection", title, why, "Connection", source, "Connection: close")
    if wrong := [each for each in tokens(response.fields.get("Trailer")) if each in NOT_FOR_TRAILERS]:
        title = _("Trailer announces what cannot come after the content: %(names)s") % {"names": ", ".join(wrong)}
        why = _("Recipients need it before the content, and drop it from a trailer section.")
        yield Finding(Severity.BROKEN, "trailer", title, why, "Trailer", cited("RFC 9110 §6.5.1"))


def check_request_fit(response: Response, code: StatusCode | None) -> Iterator[Finding]:
    """What the request asked for, and what came."""
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


def check_policy(response: Response, code: StatusCode | None) -> Iterator[Finding]:
    """Keywords of Content-Security-Policy stand in single quotes."""
    name = "Content-Security-Policy"
    found = CSP_KEYWORD.findall(response.fields.get(name) or "")
    if found:
        title = _("Keywords without quotes in %(field)s: %(values)s") % {
            "field": name,
            "values": ", ".join(dict.fromkeys(found)),
        }
        why = _("Without single quotes a browser takes it for the name of a host.")
        source = (("CSP Level 3 §2.3.1", "https://www.w3.org/TR/CSP3/#framework-directive-source-list"),)
        yield Finding(Severity.ADVISED, "policy", title, why, name, source)


def check_transport(response: Response, code: StatusCode | None) -> Iterator[Finding]:
    """RFC 6797 section 7.2: what belongs to secure connections only."""
    name = "Strict-Transport-Security"
    if name in response.fields and response.request and response.request.scheme == "http":
        why = _("Over plain HTTP it must not be sent, and browsers ignore it: redirect to https first.")
        title = _("%(field)s must not be here") % {"field": name}
        yield Finding(Severity.BROKEN, "transport", title, why, name, cited("RFC 6797 §7.2"))


def _value(name: str, value: str, why: str, section: str, send: str) -> Finding:
    title = _("The value of %(field)s is wrong: %(value)s") % {"field": name, "value": shown(value)}
    return Finding(Severity.BROKEN, "field-value", title, why, name, cited(section), send)


def check_content_range(response: Response, code: StatusCode | None) -> Iterator[Finding]:
    """RFC 9110 section 14.4: the numbers must fit each other, and the form the answer."""
    value = response.fields.get("Content-Range")
    if value is None or not value.lower().startswith("bytes"):
        return
    match = re.fullmatch(r"bytes (?:([0-9]{1,18})-([0-9]{1,18})/([0-9]{1,18}|\*)|\*/([0-9]{1,18}))", value)
    if not match:
        why = _("It is written as bytes 0-99/1000, or as bytes */1000 where no part is sent.")
        yield _value("Content-Range", value, why, "RFC 9110 §14.4", "")
        return
    first, last, whole, _unsatisfied = match.groups()
    if first is not None and (int(last) < int(first) or (whole != "*" and int(last) >= int(whole))):
        why = _("The last position is before the first, or not below the complete length.")
        yield _value("Content-Range", value, why, "RFC 9110 §14.4", "")
        return
    is_part = response.code.startswith("2")
    if is_part == (first is None):
        why = (
            _("A part is sent, so its positions belong here: bytes 0-99/1000.")
            if is_part
            else _("No part is sent, so only the complete length belongs here: bytes */1000.")
        )
        send = "" if is_part or whole in (None, "*") else f"Content-Range: bytes */{whole}"
        yield _value("Content-Range", value, why, "RFC 9110 §14.4", send)
        return
    length = response.fields.get("Content-Length")
    if first is not None and length and length.isdecimal() and len(length) < 19:
        expected = int(last) - int(first) + 1
        if int(length) != expected and "multipart" not in (response.fields.get("Content-Type") or ""):
            title = _("Content-Range is about %(expected)s bytes, Content-Length says %(length)s") % {
                "expected": expected,
                "length": int(length),
            }
            why = _("The client puts the parts together by these numbers.")
            send = f"Content-Length: {expected}"
            yield Finding(Severity.BROKEN, "content-range", title, why, "Content-Length", cited("RFC 9110 §14.4"), send)


def check_challenges(response: Response, code: StatusCode | None) -> Iterator[Finding]:
    """RFC 9110 section 11.3: a scheme, and what it asks for."""
    for name in ("WWW-Authenticate", "Proxy-Authenticate"):
        for value in response.fields.all(name)[:5]:
            scheme = value.split(None, 1)[0].rstrip(",").lower() if value.strip() else ""
            if not CHALLENGE.fullmatch(value) or "=" in scheme:
                why = _("It begins with the name of an authentication scheme, such as Bearer or Basic.")
                yield _value(name, value, why, "RFC 9110 §11.3", f'{name}: Bearer realm="api"')
            elif scheme == "basic" and "realm=" not in value.lower().replace(" ", ""):
                why = _("Basic needs a realm, which the browser shows and by which it remembers the password.")
                yield _value(name, value, why, "RFC 7617 §2", f'{name}: Basic realm="example"')
            elif (realm := REALM.search(value)) and not realm[1].startswith('"'):
                why = _("The realm is a string in double quotes.")
                send = value.replace(realm[0], f'realm="{realm[1].strip()}"', 1)
                yield _value(name, value, why, "RFC 9110 §11.5", f"{name}: {send}")
            elif scheme == "digest" and "nonce=" not in value.lower():
                why = _("Digest needs a nonce, from which the client computes its answer.")
                yield _value(name, value, why, "RFC 7616 §3.3", "")
            elif scheme == "bearer" and "=" not in value:
                title = _("%(field)s has no parameters") % {"field": name}
                why = _("Bearer must be followed by at least one, such as realm or error; many clients do not mind.")
                send = f'{name}: Bearer realm="api", error="invalid_token"'
                yield Finding(Severity.ADVISED, "challenge", title, why, name, cited("RFC 6750 §3"), send)


def check_reason(response: Response, code: StatusCode | None) -> Iterator[Finding]:
    """The reason phrase of another code is a sign that one of both was changed and the other was forgotten."""
    if not code or not response.reason or response.reason.lower() == code.name_en.lower():
        return
    other = StatusCode.objects.filter(name_en__iexact=response.reason).exclude(number=code.number).first()
    if other:
        title = _("The reason phrase is that of %(other)s: %(reason)s") % {
            "other": other.label,
            "reason": shown(response.reason),
        }
        why = _("Clients read the number only. Whoever reads the log reads both.")
        send = f"HTTP/{response.version} {code.label} {code.name_en}" if response.version[:1] == "1" else ""
        yield Finding(Severity.ADVISED, "reason-phrase", title, why, "", cited("RFC 9112 §4"), send)


# Where a redirect leads


def check_location(response: Response, code: StatusCode | None) -> Iterator[Finding]:
    """A redirect to another host, to less security, or to where it came from."""
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
                Severity.UNSURE, "insecure-location", title, why, "Location", cited("RFC 9110 §17.9"),
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
        yield Finding(severity, "insecure-location", title, why, "Location", cited("RFC 9110 §17.9"), send)
    elif host_of(target) != host_of(asked):
        title = _("The redirect leads to another host: %(host)s") % {"host": shown(host_of(target))}
        why = _("Is that meant? Clients drop Authorization there, and an attacker may have chosen the address.")
        yield Finding(Severity.UNSURE, "other-host", title, why, "Location", source)


# Caching


def directives(response: Response) -> dict[str, str]:
    """Return the directives of Cache-Control with their values."""
    found: dict[str, str] = {}
    for each in tokens(response.fields.get("Cache-Control")):
        name, _equals, value = each.partition("=")
        found.setdefault(name.strip(), value.strip().strip('"'))
    return found


def _lifetime(found: dict[str, str], *names: str) -> int:
    return max(
        (int(found[name]) for name in names if found.get(name, "").isdecimal() and len(found[name]) < 12), default=0
    )


def check_caching(response: Response, code: StatusCode | None) -> Iterator[Finding]:
    """Directives that say the opposite of each other, and fields beside them that do."""
    found = directives(response)
    section = cited("RFC 9111 §5.2.2")

    def conflict(title: str, why: str, send: str) -> Finding:
        return Finding(Severity.ADVISED, "caching", title, why, "Cache-Control", section, f"Cache-Control: {send}")

    lifetime = _lifetime(found, *FRESH)
    if "*" in tokens(response.fields.get("Vary")) and lifetime:
        title = _("Vary: * beside a lifetime")
        why = _("A stored response with Vary: * never fits another request, so the lifetime does nothing.")
        yield Finding(Severity.ADVISED, "caching", title, why, "Vary", cited("RFC 9111 §4.1"))
    if "public" in found and "private" in found:
        why = _("public lets every cache store it, private only the browser's. A cache takes one of them.")
        yield conflict(_("Cache-Control says public and private"), why, "private")
    elif "no-store" in found and (lifetime or "public" in found):
        other = "public" if "public" in found else "max-age" if _lifetime(found, "max-age") else "s-maxage"
        why = _("What may not be stored cannot be kept: no-store wins, and the other directive does nothing.")
        yield conflict(_("Cache-Control says no-store and %(other)s") % {"other": other}, why, "no-store")
    elif "no-cache" in found and not found["no-cache"] and (lifetime or "immutable" in found):
        other = "immutable" if "immutable" in found else "max-age"
        why = _("no-cache asks the server before each use, so the lifetime beside it does nothing.")
        yield conflict(_("Cache-Control says no-cache and %(other)s") % {"other": other}, why, "no-cache")
    elif "private" in found and "s-maxage" in found:
        why = _("s-maxage is for shared caches, which may not store what is private.")
        yield conflict(_("Cache-Control says private and s-maxage"), why, "private")
    ages = [each for each in tokens(response.fields.get("Cache-Control")) if each.startswith("max-age")]
    if len(set(ages)) > 1:
        why = _("Of several values a cache takes the first, or takes the response for stale.")
        yield conflict(_("Cache-Control has max-age several times"), why, ages[0])
    for name in [each for each in found if each not in DIRECTIVES][:3]:
        if meant := next(iter(get_close_matches(name, DIRECTIVES, 1, 0.8)), ""):
            title = _("%(value)s is no directive. Is %(meant)s meant?") % {"value": shown(name), "meant": meant}
            why = _("Caches ignore a directive that they do not know.")
            yield Finding(Severity.ADVISED, "caching", title, why, "Cache-Control", section)
    for name in (*FRESH, "stale-while-revalidate", "stale-if-error"):
        if name in found and not found[name].isdecimal():
            value = f"{name}={found[name]}" if found[name] else name
            yield _value("Cache-Control", value, _("It takes a number of seconds."), "RFC 9111 §5.2.2", "")
    pragma = tokens(response.fields.get("Pragma"))
    if "no-cache" in pragma and lifetime and "no-store" not in found and "no-cache" not in found:
        why = _("Pragma means nothing in a response; caches follow Cache-Control.")
        title = _("Pragma: no-cache beside a lifetime")
        yield Finding(Severity.ADVISED, "caching", title, why, "Pragma", cited("RFC 9111 §5.4"))
    yield from _check_expires(response, found)


def _check_expires(response: Response, found: dict[str, str]) -> Iterator[Finding]:
    expires, made = moment(response.fields.get("Expires")), moment(response.fields.get("Date"))
    if not (expires and made) or "no-store" in found or "no-cache" in found or "max-age" not in found:
        return
    seconds, lifetime = (expires - made).total_seconds(), _lifetime(found, "max-age")
    if (seconds <= 0) != (lifetime == 0):
        title = _("Expires and max-age say the opposite")
        why = _("max-age wins wherever it is understood, Expires elsewhere.")
        send = f"Expires: {imf_fixdate(made)}" if not lifetime else ""
        yield Finding(Severity.ADVISED, "caching", title, why, "Expires", cited("RFC 9111 §5.3"), send)


def check_age(response: Response, code: StatusCode | None) -> Iterator[Finding]:
    """RFC 9111 section 4.2.4: what is older than it may be was served all the same."""
    age, found = response.fields.get("Age") or "", directives(response)
    lifetime = _lifetime(found, "s-maxage") if "s-maxage" in found else _lifetime(found, "max-age")
    if not re.fullmatch("[0-9]{1,10}", age) or not {*FRESH} & found.keys() or int(age) <= lifetime:
        return
    title = _("Age %(age)s is more than the lifetime of %(lifetime)s seconds") % {"age": int(age), "lifetime": lifetime}
    if {"must-revalidate", "s-maxage"} & found.keys():
        why = _("A cache served it after its time, which this Cache-Control forbids.")
        severity = Severity.ADVISED
    else:
        why = _("A cache served it after its time. That is allowed while the origin server cannot be reached.")
        severity = Severity.UNSURE
    yield Finding(severity, "stale", title, why, "Age", cited("RFC 9111 §4.2.4"))


def check_vary(response: Response, code: StatusCode | None) -> Iterator[Finding]:
    """RFC 9110 section 12.5.5: a compressed response was chosen by Accept-Encoding."""
    found = directives(response)
    varies = tokens(response.fields.get("Vary"))
    is_shared = _lifetime(found, *FRESH) or "public" in found
    if "Content-Encoding" not in response.fields or not is_shared or {"private", "no-store"} & found.keys():
        return
    if not {"accept-encoding", "*"} & set(varies):
        title = _("A compressed response that caches may store, without Vary: Accept-Encoding")
        why = _("A cache may give it to a client that cannot decompress it.")
        send = f"Vary: {', '.join([*filter(None, [response.fields.get('Vary')]), 'Accept-Encoding'])}"
        yield Finding(Severity.ADVISED, "vary", title, why, "Vary", cited("RFC 9110 §12.5.5"), send)


def check_stored_failure(response: Response, code: StatusCode | None) -> Iterator[Finding]:
    """A failure that caches repeat after its cause is gone, where caches would not do so by themselves."""
    if response.code[:1] not in ("4", "5") or not code or code.caching == Caching.HEURISTIC:
        return
    found = directives(response)
    lifetime = _lifetime(found, *FRESH)
    if "no-store" in found or "no-cache" in found or not (lifetime or "public" in found):
        return
    is_forbidden = code.caching == Caching.NEVER
    title = (
        _("Caches keep this %(code)s for %(seconds)s seconds") % {"code": code.label, "seconds": lifetime}
        if lifetime
        else _("Caches may keep this %(code)s") % {"code": code.label}
    )
    why = (
        _("A response with this code must not be stored by a cache.")
        if is_forbidden
        else _("The next client may get the stored failure after its cause is gone.")
    )
    section = code.caching_source if is_forbidden and code.caching_source else "RFC 9111 §5.2.2.9"
    yield Finding(
        Severity.ADVISED, "stored-failure", title, why, "Cache-Control",
        cited(section), "Cache-Control: no-store",
    )  # fmt: skip


def check_cookies(response: Response, code: StatusCode | None) -> Iterator[Finding]:
    """RFC 9111 section 7.3: Set-Cookie does not keep a response out of caches."""
    cookies = response.fields.all("Set-Cookie")[:50]
    found = directives(response)
    is_public = "public" in found or _lifetime(found, "s-maxage") or _lifetime(found, "max-age")
    if cookies and is_public and not {"private", "no-store", "no-cache"} & set(found):
        why = _("A shared cache may give one visitor's cookie to everybody: Set-Cookie does not prevent storing.")
        title = _("Set-Cookie in a response that shared caches may store")
        yield Finding(
            Severity.ADVISED,
            "cookie-cached",
            title,
            why,
            "Set-Cookie",
            cited("RFC 9111 §7.3"),
            "Cache-Control: private",
        )
    for cookie in cookies:
        yield from _check_cookie(cookie)
        if COOKIES_JOINED.search(cookie[:8000]):
            title = _("Several cookies in one Set-Cookie")
            why = _("Each cookie has a field line of its own: a comma separates nothing here.")
            yield Finding(Severity.ADVISED, "cookie", title, why, "Set-Cookie", cited("RFC 6265 §3"))


def _check_cookie(cookie: str) -> Iterator[Finding]:
    pair, *parts = (part.strip() for part in cookie[:8000].split(";"))
    attributes = {
        name.strip().lower(): value.strip() for name, _equals, value in (part.partition("=") for part in parts)
    }
    name = pair.partition("=")[0].strip()
    source = (("RFC 6265bis §5.6", "https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-5.6"),)
    wrong = ""
    if attributes.get("samesite", "").lower() == "none" and "secure" not in attributes:
        wrong = _("SameSite=None without Secure: browsers refuse the cookie.")
    elif name.startswith("__Secure-") and "secure" not in attributes:
        wrong = _("The name begins with __Secure-, but Secure is missing: browsers refuse the cookie.")
    elif name.startswith("__Host-") and (
        "secure" not in attributes or "domain" in attributes or attributes.get("path") != "/"
    ):
        wrong = _(
            "The name begins with __Host-, which needs Secure and Path=/ and no Domain: browsers refuse the cookie."
        )
    if wrong:
        title = _("The cookie %(name)s is not stored") % {"name": shown(name)}
        send = f"Set-Cookie: {name}=…; Path=/; Secure; HttpOnly"
        yield Finding(Severity.ADVISED, "cookie", title, wrong, "Set-Cookie", source, send)


def check_cors(response: Response, code: StatusCode | None) -> Iterator[Finding]:
    """Fetch: what browsers refuse."""
    source = (("Fetch §3.3", "https://fetch.spec.whatwg.org/#cors-protocol-and-credentials"),)
    origin = (response.fields.get("Access-Control-Allow-Origin") or "").strip()
    credentials = (response.fields.get("Access-Control-Allow-Credentials") or "").strip()
    if origin == "*" and credentials == "true":
        why = _("Browsers refuse such an answer to a request with cookies: name the one origin instead.")
        title = _("Access-Control-Allow-Origin: * together with credentials")
        send = "Access-Control-Allow-Origin: https://app.example"
        yield Finding(Severity.ADVISED, "cors", title, why, "Access-Control-Allow-Origin", source, send)
    elif re.fullmatch(r"https?://[^/\s,]{1,255}/\S{0,500}", origin):
        why = _("An origin has no path and no slash at its end, so it equals none that a browser sends.")
        title = _("The value of %(field)s is wrong: %(value)s") % {
            "field": "Access-Control-Allow-Origin",
            "value": shown(origin),
        }
        name = "Access-Control-Allow-Origin"
        send = f"{name}: {'/'.join(origin.split('/')[:3])}"
        yield Finding(Severity.ADVISED, "cors", title, why, name, source, send)
    elif "," in origin or " " in origin:
        why = _("Browsers take exactly one origin, or *.")
        title = _("The value of %(field)s is wrong: %(value)s") % {
            "field": "Access-Control-Allow-Origin",
            "value": shown(origin),
        }
        yield Finding(Severity.ADVISED, "cors", title, why, "Access-Control-Allow-Origin", source)
    elif origin not in ("", "*", "null") and "origin" not in tokens(response.fields.get("Vary")) + ["origin"] * (
        response.code[:1] != "2" or "no-store" in directives(response)
    ):
        why = _("A cache may give the answer for one origin to another one.")
        title = _("Access-Control-Allow-Origin names an origin, but Vary does not name Origin")
        yield Finding(Severity.ADVISED, "cors", title, why, "Vary", cited("RFC 9110 §12.5.5"), "Vary: Origin")


# Content


def read_json(response: Response) -> Any:
    """Return the content as JSON, None if it is none, is cut off, or is nested too deeply."""
    content = (response.content or "").strip()
    if content[:1] not in ("{", "[") or len(content) > MAX_JSON:
        return None
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


def _media_type(response: Response) -> str:
    return (response.fields.get("Content-Type") or "").partition(";")[0].strip().lower()


def check_type(response: Response, code: StatusCode | None) -> Iterator[Finding]:
    """Content that is plainly of another type than it says."""
    content, kind = (response.content or "").strip(), _media_type(response)
    if not content or not kind or response.is_framed or "Content-Encoding" in response.fields:
        return
    is_json = kind == "application/json" or kind.endswith("+json")
    wrong = ""
    if MISNAMED_CHARSET.search(response.fields.get("Content-Type") or ""):
        title = _("The charset is called utf-8, not utf8")
        why = _("Browsers know both, other recipients only the registered name.")
        send = f"Content-Type: {kind}; charset=utf-8"
        yield Finding(Severity.ADVISED, "content-type", title, why, "Content-Type", cited("RFC 9110 §8.3.2"), send)
    is_medium = kind.startswith(("image/", "video/", "audio/", "font/"))
    if (is_json or is_medium) and HTML.match(content):
        wrong = _("The content is HTML, but Content-Type says %(type)s") % {"type": shown(kind)}
        send = "Content-Type: text/html; charset=utf-8"
    elif kind in ("text/html", "text/plain") and content[:1] in ("{", "[") and read_json(response) is not None:
        wrong = _("The content is JSON, but Content-Type says %(type)s") % {"type": shown(kind)}
        send = "Content-Type: application/json"
    if wrong:
        why = _("Clients choose their parser by the type. An error page of something in between looks like this too.")
        yield Finding(Severity.ADVISED, "content-type", wrong, why, "Content-Type", cited("RFC 9110 §8.3"), send)
    elif is_json and content[:1] in ("{", "[") and len(content) <= MAX_JSON and read_json(response) is None:
        why = _("It may have been cut off or changed by pasting. If not, clients fail to read it.")
        yield Finding(
            Severity.UNSURE, "json", _("The content is not valid JSON"), why, "Content-Type", cited("RFC 8259 §2")
        )


def check_problem(response: Response, code: StatusCode | None) -> Iterator[Finding]:
    """RFC 9457: problem details."""
    kind, data = _media_type(response), read_json(response)
    if not isinstance(data, dict):
        return
    if kind != "application/problem+json":
        if (
            response.code[:1] in ("4", "5")
            and kind == "application/json"
            and {"title", "status", "detail"} <= data.keys()
        ):
            title = _("The content is problem details, but Content-Type does not say so")
            why = _("Clients know problem details by their type.")
            send = "Content-Type: application/problem+json"
            yield Finding(Severity.ADVISED, "problem", title, why, "Content-Type", cited("RFC 9457 §3"), send)
        return
    status = data.get("status")
    if isinstance(status, int) and not isinstance(status, bool) and response.number not in (None, status):
        title = _("The problem details say %(inside)s, the response says %(outside)s") % {
            "inside": shown(str(status)),
            "outside": response.code,
        }
        why = _("The generator must use the same code in both. A proxy that changed the code is the other explanation.")
        send = f'"status": {response.number}'
        yield Finding(Severity.BROKEN, "problem-status", title, why, "content", cited("RFC 9457 §3.1.2"), send)
    elif status is not None and (isinstance(status, bool) or not isinstance(status, int)):
        title = _("The status of the problem details is not a number")
        why = _("Clients ignore a member of another type than the specification says.")
        send = f'"status": {response.number}' if response.number else ""
        yield Finding(Severity.ADVISED, "problem-status", title, why, "content", cited("RFC 9457 §3.1.2"), send)
    wrong = [name for name in ("type", "title", "detail", "instance") if not isinstance(data.get(name, ""), str)]
    if wrong:
        title = _("Members of the problem details are not strings: %(names)s") % {"names": ", ".join(wrong)}
        why = _("Clients ignore a member of another type than the specification says.")
        yield Finding(Severity.ADVISED, "problem", title, why, wrong[0], cited("RFC 9457 §3.1"))
    if response.code[:1] in ("2", "3"):
        title = _("Problem details in a response that is no error")
        why = _("Clients, caches and monitoring go by the code, and take this for a success.")
        yield Finding(Severity.ADVISED, "hidden-error", title, why, "status", cited("RFC 9457 §1"))


def failure_in(data: Any) -> str:
    """Return what in a JSON content tells of a failure, "" if nothing does."""
    if not isinstance(data, dict):
        return ""
    for name in ("success", "ok", "isSuccess", "isSuccessful", "succeeded"):
        if data.get(name) is False or str(data.get(name)).lower() == "false":
            return f'"{name}": false'
    for name in ("status", "result", "resultStatus"):
        value = data.get(name)
        if isinstance(value, str) and value.lower() in FAILED_WORDS:
            return f'"{name}": "{value}"'
    for name in CODE_KEYS:
        if number := _failure_number(data.get(name)):
            return f'"{name}": {number}'
    for name in ("error", "errors", "exception", "errorMessage", "error_message"):
        value = data.get(name)
        if value and value is not True and not (name == "errors" and "data" in data):
            return f'"{name}"'
        if value is True:
            return f'"{name}": true'
    return ""


def _failure_number(value: Any) -> int:
    """Return the number of an error's status code that a member has, 0 for anything else."""
    if isinstance(value, str) and re.fullmatch("[45][0-9]{2}", value):
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and 400 <= value <= 599 else 0


def check_hidden_error(response: Response, code: StatusCode | None) -> Iterator[Finding]:
    """A failure that only the content tells."""
    if not response.code.startswith("2"):
        yield from _check_other_number(response)
        return
    if _media_type(response) == "application/problem+json":
        return
    data = read_json(response)
    sign = failure_in(data)
    if not sign and isinstance(data, dict):
        inner = [value for name, value in data.items() if name in ("response", "header", "meta", "result", "body")]
        sign = next((found for found in map(failure_in, inner) if found), "")
    if sign:
        title = _("An error in a %(code)s: %(sign)s") % {"code": response.code, "sign": shown(sign)}
        why = _("Clients, caches and monitoring go by the code, and take this for a success.")
        yield Finding(Severity.ADVISED, "hidden-error", title, why, "status", cited("RFC 9110 §15"))
        return
    if isinstance(data, dict) and data.get("errors") and "data" in data:
        title = _("GraphQL errors in a %(code)s") % {"code": response.code}
        why = _("GraphQL over HTTP allows that for application/json; whoever counts failures has to read the content.")
        yield Finding(Severity.UNSURE, "hidden-error", title, why, "status", cited("RFC 9110 §15"))
        return
    if element := FAILED_ELEMENT.match((response.content or "")[:1000]):
        title = _("An error in a %(code)s: %(sign)s") % {"code": response.code, "sign": f"<{element[1]}>"}
        why = _("Clients, caches and monitoring go by the code, and take this for a success.")
        yield Finding(Severity.ADVISED, "hidden-error", title, why, "status", cited("RFC 9110 §15"))
        return
    words = (response.content or "").strip().rstrip(".!")
    other = _failure_named(words) if 4 < len(words) < 60 else ""
    if other:
        title = _("The content is “%(words)s”, the code says success") % {"words": shown(words)}
        why = _("That is the reason phrase of %(code)s.") % {"code": other}
        yield Finding(Severity.UNSURE, "hidden-error", title, why, "status", cited("RFC 9110 §15"))
        return
    html = HTML_TITLE.search((response.content or "")[:4000])
    if html and FAILURE_TITLE.search(html[1]):
        title = _("The page is called “%(title)s”, the code says success") % {"title": shown(html[1])}
        why = _("Search engines keep such a page, and monitoring does not notice it.")
        yield Finding(Severity.UNSURE, "hidden-error", title, why, "status", cited("RFC 9110 §15"))


def _failure_named(words: str) -> str:
    """Return the label of the failure whose reason phrase is the whole content, "" for none."""
    phrase = re.sub(r"^[45][0-9]{2}[ :-]{1,3}", "", words)
    code = StatusCode.objects.filter(name_en__iexact=phrase, category__in=(4, 5)).first()
    return code.label if code else ""


def _check_other_number(response: Response) -> Iterator[Finding]:
    """The number in the content of a failure that is another one than the response's."""
    data = read_json(response)
    if not isinstance(data, dict) or _media_type(response) == "application/problem+json":
        return
    if response.code[:1] not in ("4", "5"):
        return
    inner = data.get("error") if isinstance(data.get("error"), dict) else {}
    for name in ("status", "statusCode", "status_code", "code"):
        for place in (data, inner):
            number = _failure_number(place.get(name)) if isinstance(place, dict) else 0
            if number and number != response.number:
                title = _("The content says %(inside)s, the response says %(outside)s") % {
                    "inside": number,
                    "outside": response.code,
                }
                why = _("Whoever reads one and whoever reads the other act differently.")
                yield Finding(Severity.ADVISED, "other-number", title, why, "status", cited("RFC 9110 §15"))
                return
    if any(data.get(name) is True for name in ("success", "ok")):
        title = _("The content tells of success, the response of a failure")
        why = _("Whoever reads one and whoever reads the other act differently.")
        yield Finding(Severity.ADVISED, "other-number", title, why, "status", cited("RFC 9110 §15"))


def check_code(response: Response, code: StatusCode | None) -> Iterator[Finding]:
    """A number that nobody registered."""
    if response.number is None or not 100 <= response.number <= 599:
        return
    if code is None:
        title = _("%(code)s is not registered") % {"code": response.code}
        why = _("Clients treat it as %(base)s, the first code of its class.") % {"base": f"{response.code[0]}00"}
        yield Finding(Severity.ADVISED, "unregistered", title, why, "", cited("RFC 9110 §15"))
    elif code.is_vendors:
        title = _("%(code)s is a vendor's own code") % {"code": response.code}
        why = _("Clients treat it as %(base)s, the first code of its class.") % {"base": f"{response.code[0]}00"}
        yield Finding(Severity.UNSURE, "unregistered", title, why, "", cited("RFC 9110 §15"))


CHECKS: tuple[Check, ...] = (
    check_code,
    check_reason,
    check_repetition,
    check_dates,
    check_values,
    check_content_range,
    check_challenges,
    check_transport,
    check_names,
    check_codings,
    check_connection,
    check_request_fit,
    check_policy,
    check_websocket,
    check_condition,
    check_age,
    check_vary,
    check_location,
    check_caching,
    check_stored_failure,
    check_cookies,
    check_cors,
    check_type,
    check_problem,
    check_hidden_error,
    check_length,
    check_lines,
)
