"""Checks of the values of single fields that people write by hand."""

import re
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha1
from urllib.parse import quote

from django.utils.translation import gettext as _

from codes.diagnosis.messages.parsed import Fields, Response
from codes.models import StatusCode

from .caching import directives
from .dates import imf_fixdate, is_imf_fixdate, moment
from .findings import Finding, Severity, cited, shown, wrong_value
from .rules import tokens

TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
ENTITY_TAG = re.compile(r'(?:W/)?"[!#-~\x80-\U0010ffff]*"')
CHALLENGE = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+(?:$|[ \t]+\S.*|,.*)", re.DOTALL)
DATES = ("Date", "Expires", "Last-Modified")
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
PLACEHOLDERS = {"undefined", "null", "none", "nil", "nan", "[object object]", "false"}
CSP_KEYWORD = re.compile(r"(?:^|[\s])(self|unsafe-inline|unsafe-eval|strict-dynamic|none)(?=$|[\s;])", re.IGNORECASE)
RESERVED = "%/:?#[]@!$&'()*+,;=~"
# The registry of content codings; identity is for Accept-Encoding.
CODINGS = set("aes128gcm br compress dcb dcz deflate exi gzip pack200-gzip x-compress x-gzip zstd".split())
OBSOLETE = {"Warning": "RFC 9111 §5.5"}
REALM = re.compile(r"\brealm[ \t]{0,9}=[ \t]{0,9}(\"|[^\",]{0,200})", re.IGNORECASE)


def check_dates(response: Response, code: StatusCode | None) -> Iterator[Finding]:
    """Report dates in another form than the one that may be sent (RFC 9110 section 5.6.7)."""
    for name in DATES:
        for value in response.fields.all(name)[:1]:
            if is_imf_fixdate(value):
                yield Finding(Severity.PASSED, "date", name, field=name)
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
    """Report wrong syntax in fields that people write by hand."""
    fields = response.fields
    yield from _check_etag(fields)
    yield from _check_retry_after(fields)
    yield from _check_age(fields)
    yield from _check_allow(fields)
    yield from _check_location(fields)
    yield from _check_content_encoding(fields)
    yield from _check_obsolete(fields)


def _check_etag(fields: Fields) -> Iterator[Finding]:
    for value in fields.all("ETag")[:1]:
        if not ENTITY_TAG.fullmatch(value):
            why = _("An entity tag is in double quotes. Without them caches do not compare it.")
            send = 'ETag: "{}"'.format(value.replace('"', "").replace("\\", "").removeprefix("W/")[:100])
            yield wrong_value("ETag", value, why, "RFC 9110 §8.8.3", send)


def _check_retry_after(fields: Fields) -> Iterator[Finding]:
    for value in fields.all("Retry-After")[:1]:
        if not re.fullmatch("[0-9]+", value) and not is_imf_fixdate(value):
            why = _("It is a number of seconds, or a date such as Fri, 27 Nov 2026 09:00:00 GMT.")
            found = moment(value)
            send = f"Retry-After: {imf_fixdate(found)}" if found else "Retry-After: 120"
            yield wrong_value("Retry-After", value, why, "RFC 9110 §10.2.3", send)
        if re.fullmatch("[0-9]{8,30}", value):
            title = _("Retry-After asks to wait for years")
            why = _("It is a number of seconds from now, not a time of day and not milliseconds.")
            yield Finding(Severity.ADVISED, "field-value", title, why, "Retry-After", cited("RFC 9110 §10.2.3"))


def _check_age(fields: Fields) -> Iterator[Finding]:
    for value in fields.all("Age")[:1]:
        if not re.fullmatch("[0-9]+", value):
            yield wrong_value("Age", value, _("It is a number of seconds."), "RFC 9111 §5.1", "")


def _check_allow(fields: Fields) -> Iterator[Finding]:
    allow = fields.get("Allow") or ""
    methods = [each.strip() for each in allow.split(",")]
    if not all(TOKEN.fullmatch(method) for method in methods if method):
        send = f"Allow: {', '.join(re.findall('[A-Za-z]{3,20}', allow)[:9]).upper()}"
        yield wrong_value("Allow", allow, _("It is a list of methods with commas between."), "RFC 9110 §10.2.1", send)
    if any(method.islower() and method.upper() in METHODS for method in methods):
        why = _("Methods are case-sensitive, and these are written in capital letters.")
        title = _("The value of %(field)s is wrong: %(value)s") % {"field": "Allow", "value": shown(allow)}
        source = cited("RFC 9110 §9.1")
        yield Finding(Severity.ADVISED, "field-value", title, why, "Allow", source, f"Allow: {allow.upper()}")


def _check_location(fields: Fields) -> Iterator[Finding]:
    location = fields.get("Location")
    if location is None:
        return
    if location and (location.strip("/").lower() in PLACEHOLDERS or re.match(r"https?:(?!//[^/?#])", location)):
        why = _("It names no host, or what a program prints for no value.")
        yield wrong_value("Location", location, why, "RFC 9110 §10.2.2", "")
    elif not location or re.search(r"[\s<>\"{}|\\^`\x80-\U0010ffff]", location):
        why = _("It is an address, relative or absolute, in which spaces and the like are percent-encoded.")
        send = f"Location: {quote(location, safe=RESERVED)}" if location else ""
        yield wrong_value("Location", location, why, "RFC 9110 §10.2.2", send)


def _check_content_encoding(fields: Fields) -> Iterator[Finding]:
    for coding in [*dict.fromkeys(tokens(fields.get("Content-Encoding")))][:3]:
        if coding not in CODINGS:
            title = _("%(value)s is no content coding") % {"value": shown(coding)}
            why = _("Content-Encoding is about compression: gzip, br or zstd. A charset belongs in Content-Type.")
            source = cited("RFC 9110 §8.4.1")
            yield Finding(Severity.ADVISED, "content-coding", title, why, "Content-Encoding", source)


def _check_obsolete(fields: Fields) -> Iterator[Finding]:
    for name, section in OBSOLETE.items():
        if name in fields:
            title = _("%(field)s is obsolete") % {"field": name}
            yield Finding(Severity.ADVISED, "obsolete", title, _("Recipients ignore it."), name, cited(section))


def check_content_range(response: Response, code: StatusCode | None) -> Iterator[Finding]:
    """Report a Content-Range whose numbers or form do not fit (RFC 9110 section 14.4)."""
    value = response.fields.get("Content-Range")
    if value is None or not value.lower().startswith("bytes"):
        return
    match = re.fullmatch(r"bytes (?:([0-9]{1,18})-([0-9]{1,18})/([0-9]{1,18}|\*)|\*/([0-9]{1,18}))", value)
    if not match:
        why = _("It is written as bytes 0-99/1000, or as bytes */1000 where no part is sent.")
        yield wrong_value("Content-Range", value, why, "RFC 9110 §14.4", "")
        return
    first, last, whole, _unsatisfied = match.groups()
    if first is not None and (int(last) < int(first) or (whole != "*" and int(last) >= int(whole))):
        why = _("The last position is before the first, or not below the complete length.")
        yield wrong_value("Content-Range", value, why, "RFC 9110 §14.4", "")
        return
    is_part = response.code.startswith("2")
    if is_part == (first is None):
        why = (
            _("A part is sent, so its positions belong here: bytes 0-99/1000.")
            if is_part
            else _("No part is sent, so only the complete length belongs here: bytes */1000.")
        )
        send = "" if is_part or whole in (None, "*") else f"Content-Range: bytes */{whole}"
        yield wrong_value("Content-Range", value, why, "RFC 9110 §14.4", send)
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
    """Report a challenge without a scheme, or without what its scheme asks for (RFC 9110 section 11.3)."""
    for name in ("WWW-Authenticate", "Proxy-Authenticate"):
        for value in response.fields.all(name)[:5]:
            scheme = value.split(None, 1)[0].rstrip(",").lower() if value.strip() else ""
            if not CHALLENGE.fullmatch(value) or "=" in scheme:
                why = _("It begins with the name of an authentication scheme, such as Bearer or Basic.")
                yield wrong_value(name, value, why, "RFC 9110 §11.3", f'{name}: Bearer realm="api"')
            elif scheme == "basic" and "realm=" not in value.lower().replace(" ", ""):
                why = _("Basic needs a realm, which the browser shows and by which it remembers the password.")
                yield wrong_value(name, value, why, "RFC 7617 §2", f'{name}: Basic realm="example"')
            elif (realm := REALM.search(value)) and not realm[1].startswith('"'):
                why = _("The realm is a string in double quotes.")
                send = value.replace(realm[0], f'realm="{realm[1].strip()}"', 1)
                yield wrong_value(name, value, why, "RFC 9110 §11.5", f"{name}: {send}")
            elif scheme == "digest" and "nonce=" not in value.lower():
                why = _("Digest needs a nonce, from which the client computes its answer.")
                yield wrong_value(name, value, why, "RFC 7616 §3.3", "")
            elif scheme == "bearer" and "=" not in value:
                title = _("%(field)s has no parameters") % {"field": name}
                why = _("Bearer must be followed by at least one, such as realm or error; many clients do not mind.")
                send = f'{name}: Bearer realm="api", error="invalid_token"'
                yield Finding(Severity.ADVISED, "challenge", title, why, name, cited("RFC 6750 §3"), send)


def check_policy(response: Response, code: StatusCode | None) -> Iterator[Finding]:
    """Report keywords of Content-Security-Policy without their single quotes."""
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


def check_websocket(response: Response, code: StatusCode | None) -> Iterator[Finding]:
    """Report a WebSocket handshake that does not answer the client's key (RFC 6455 section 4.2.2)."""
    key = response.request.fields.get("Sec-WebSocket-Key") if response.request else None
    answer = response.fields.get("Sec-WebSocket-Accept")
    if not key or not answer:
        return
    digest = sha1(f"{key.strip()}258EAFA5-E914-47DA-95CA-C5AB0DC85B11".encode(), usedforsecurity=False).digest()
    wanted = b64encode(digest).decode()
    if answer.strip() != wanted:
        why = _("It is computed from the client's Sec-WebSocket-Key, and clients refuse any other value.")
        name = "Sec-WebSocket-Accept"
        yield wrong_value(name, answer, why, "RFC 6455 §4.2.2", f"{name}: {wanted}")


def check_transport(response: Response, code: StatusCode | None) -> Iterator[Finding]:
    """Report what belongs to secure connections only (RFC 6797 section 7.2)."""
    name = "Strict-Transport-Security"
    if name in response.fields and response.request and response.request.scheme == "http":
        why = _("Over plain HTTP it must not be sent, and browsers ignore it: redirect to https first.")
        title = _("%(field)s must not be here") % {"field": name}
        yield Finding(Severity.BROKEN, "transport", title, why, name, cited("RFC 6797 §7.2"))


def check_cors(response: Response, code: StatusCode | None) -> Iterator[Finding]:
    """Report CORS fields that browsers refuse (Fetch)."""
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
    elif origin not in ("", "*", "null"):
        may_be_stored = response.code[:1] == "2" and "no-store" not in directives(response)
        if may_be_stored and "origin" not in tokens(response.fields.get("Vary")):
            why = _("A cache may give the answer for one origin to another one.")
            title = _("Access-Control-Allow-Origin names an origin, but Vary does not name Origin")
            yield Finding(Severity.ADVISED, "cors", title, why, "Vary", cited("RFC 9110 §12.5.5"), "Vary: Origin")
