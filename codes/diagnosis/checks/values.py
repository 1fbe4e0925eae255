"""Checks of the values of single fields that people write by hand."""

import re
from collections.abc import Iterator
from urllib.parse import quote

from django.utils.translation import gettext as _

from codes.diagnosis.messages.heads import TOKEN
from codes.diagnosis.messages.parsed import Fields, Response
from codes.models import StatusCode

from .dates import imf_fixdate, is_imf_fixdate, moment
from .findings import Finding, Severity, cited, shown, wrong_value
from .rules import tokens

ENTITY_TAG = re.compile(r'(?:W/)?"[!#-~\x80-\U0010ffff]*"')
CHALLENGE = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+(?:$|[ \t]+\S.*|,.*)", re.DOTALL)
DATES = ("Date", "Expires", "Last-Modified", "Sunset")
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
PLACEHOLDERS = {"undefined", "null", "none", "nil", "nan", "[object object]", "false"}
RESERVED = "%/:?#[]@!$&'()*+,;=~"
# The registry of content codings; identity is for Accept-Encoding.
CODINGS = set("aes128gcm br compress dcb dcz deflate exi gzip pack200-gzip x-compress x-gzip zstd".split())
# Addresses of these schemes are not followed after a redirect.
NOT_FOLLOWED = re.compile(r"(javascript|data|file|blob|about):", re.IGNORECASE)
TWO_SCHEMES = re.compile(r"https?:/{1,2}(https?:/{1,2})", re.IGNORECASE)
HOST_FIRST = re.compile(
    r"(?:www\.[\w-]{1,63}\.\w|localhost:[0-9]|(?:[\w-]{1,63}\.){1,4}(?:com|net|org|io|dev|kr|example)(?:[:/]|$))",
    re.IGNORECASE,
)
USER_INFO = re.compile(r"https?://[^/?#@\s]{1,200}@", re.IGNORECASE)
WRONG_PORT = re.compile(r"(?:https://[^/?#@\s]{1,255}:80|http://[^/?#@\s]{1,255}:443)(?=[/?#]|$)", re.IGNORECASE)
OBSOLETE = {"Warning": "RFC 9111 §5.5", "Proxy-Connection": "RFC 9112 §C.2.2"}
# The code that goes with an error of Bearer (RFC 6750 section 3.1).
BEARER_ERRORS = {"invalid_request": 400, "invalid_token": 401, "insufficient_scope": 403}
# Registered since, for the same scheme (RFC 9470 section 3).
KNOWN_ERRORS = {*BEARER_ERRORS, "insufficient_user_authentication"}
AUTH_CHARSET = re.compile(r"\bcharset[ \t]{0,9}=[ \t]{0,9}\"?([\w-]{1,40})\"?", re.IGNORECASE)
BEARER_ERROR = re.compile(r"\berror[ \t]{0,9}=[ \t]{0,9}\"?([a-z_]{1,40})", re.IGNORECASE)
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
    yield from _check_location(response)
    yield from _check_content_location(fields)
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
        made, until = moment(fields.get("Date")), moment(value) if is_imf_fixdate(value) else None
        if made and until and until < made:
            title = _("Retry-After is before Date: %(value)s") % {"value": shown(value)}
            why = _("The time to wait is over when the response is sent, so clients repeat the request at once.")
            source = cited("RFC 9110 §10.2.3")
            yield Finding(Severity.ADVISED, "field-value", title, why, "Retry-After", source, "Retry-After: 120")


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
    if any(map(is_in_small_letters, methods)):
        why = _("Methods are case-sensitive, and these are written in capital letters.")
        yield wrong_value("Allow", allow, why, "RFC 9110 §9.1", f"Allow: {allow.upper()}", Severity.ADVISED)


def is_in_small_letters(method: str) -> bool:
    """Return whether a method is written in small letters that is written in capital ones (RFC 9110 section 9.1)."""
    return method.islower() and method.upper() in METHODS


def _wrong_address(name: str, address: str | None, section: str) -> Finding | None:
    """Return what is wrong with the syntax of an address in a field; None for a good one, and for no field."""
    if address is None:
        return None
    if address.strip("/").lower() in PLACEHOLDERS or re.match(r"https?:(?!//[^/?#])", address):
        return wrong_value(name, address, _("It names no host, or what a program prints for no value."), section, "")
    if not address or re.search(r"[\s<>\"{}|\\^`\x80-\U0010ffff]", address):
        why = _("It is an address, relative or absolute, in which spaces and the like are percent-encoded.")
        send = f"{name}: {quote(address, safe=RESERVED)}" if address else ""
        return wrong_value(name, address, why, section, send)
    return None


def _check_content_location(fields: Fields) -> Iterator[Finding]:
    if wrong := _wrong_address("Content-Location", fields.get("Content-Location"), "RFC 9110 §8.7"):
        yield wrong


def _check_content_encoding(fields: Fields) -> Iterator[Finding]:
    codings = tokens(fields.get("Content-Encoding"))
    if twice := next((each for each in codings if codings.count(each) > 1), ""):
        title = _("Content-Encoding names %(value)s twice") % {"value": shown(twice)}
        why = _("So the content was compressed twice, and most clients decompress it once.")
        source, send = cited("RFC 9110 §8.4"), f"Content-Encoding: {shown(twice)}"
        yield Finding(Severity.ADVISED, "content-coding", title, why, "Content-Encoding", source, send)
    for coding in [*dict.fromkeys(codings)][:3]:
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


def _check_location(response: Response) -> Iterator[Finding]:
    """Report an address that nobody can follow."""
    location = response.fields.get("Location")
    name, section = "Location", "RFC 9110 §10.2.2"
    if wrong := _wrong_address(name, location, section):
        yield wrong
    elif location and (double := TWO_SCHEMES.match(location)):
        why = _("It has two schemes, of which the first makes a host of the second.")
        yield wrong_value(name, location, why, section, f"{name}: {double[1]}{location[double.end() :]}"[:300])
    elif location and HOST_FIRST.match(location):
        title = _("Location has a host and no scheme: %(value)s") % {"value": shown(location)}
        why = _("Clients read it as a path below the address that was asked for.")
        send = f"{name}: https://{location}"[:300]
        yield Finding(Severity.ADVISED, "field-value", title, why, name, cited("RFC 3986 §4.2"), send)
    elif location and USER_INFO.match(location):
        why = _("An address in a message must not hold a name or a password before @.")
        yield wrong_value(name, location, why, "RFC 9110 §4.2.4", f"{name}: {USER_INFO.sub('https://', location)}")
    elif location and (found := NOT_FOLLOWED.match(location)) and response.code.startswith("3"):
        title = _("Location has the scheme %(scheme)s:") % {"scheme": found[1].lower()}
        why = _("Clients follow addresses of http and https, and show an error instead of this one.")
        yield Finding(
            Severity.ADVISED,
            "field-value",
            title,
            why,
            name,
            (("Fetch §4.4", "https://fetch.spec.whatwg.org/#http-redirect-fetch"),),
        )
    elif location and WRONG_PORT.match(location):
        title = _("The port of Location is that of the other scheme: %(value)s") % {"value": shown(location)}
        why = _("Port 80 speaks http and port 443 https, unless a server was set up otherwise.")
        send = f"{name}: {re.sub(r':(?:80|443)(?=[/?#]|$)', '', location, count=1)}"
        yield Finding(Severity.ADVISED, "field-value", title, why, name, cited(section), send)


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
        sent = response.fields.get("Content-Length") or ""
        if whole != "*" and re.fullmatch("[0-9]{1,18}", sent) and int(sent) > int(whole):
            why = _("No part is longer than the whole, which has %(count)s bytes.") % {"count": int(whole)}
            yield wrong_value("Content-Length", sent, why, "RFC 9110 §8.6", "")
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
            elif scheme == "basic" and (charset := AUTH_CHARSET.search(value)) and charset[1].upper() != "UTF-8":
                why = _("The only charset that Basic can name is UTF-8.")
                send = value.replace(charset[0], 'charset="UTF-8"', 1)
                yield wrong_value(name, value, why, "RFC 7617 §2.1", f"{name}: {send}")
            elif scheme == "digest" and "nonce=" not in value.lower():
                why = _("Digest needs a nonce, from which the client computes its answer.")
                yield wrong_value(name, value, why, "RFC 7616 §3.3", "")
            elif scheme == "bearer" and (error := BEARER_ERROR.search(value)) and _is_other_code(error[1], response):
                wanted = BEARER_ERRORS[error[1].lower()]
                title = _("%(error)s goes with %(wanted)s, not with %(code)s") % {
                    "error": error[1],
                    "wanted": wanted,
                    "code": response.code,
                }
                why = _("Clients decide by it whether to fetch a new token, or to ask for more rights.")
                yield Finding(Severity.ADVISED, "challenge", title, why, "status", cited("RFC 6750 §3.1"), also=(name,))
            elif scheme == "bearer" and error and error[1].lower() not in KNOWN_ERRORS:
                title = _("%(value)s is no registered error of Bearer") % {"value": shown(error[1])}
                why = _(
                    "Clients know invalid_request, invalid_token and insufficient_scope. An expired token is invalid."
                )
                send = value.replace(error[1], "invalid_token", 1)
                yield Finding(
                    Severity.ADVISED, "challenge", title, why, name, cited("RFC 6750 §3.1"), f"{name}: {send}"
                )
            elif scheme == "bearer" and "=" not in value:
                title = _("%(field)s has no parameters") % {"field": name}
                why = _("Bearer must be followed by at least one, such as realm or error; many clients do not mind.")
                send = f'{name}: Bearer realm="api", error="invalid_token"'
                yield Finding(Severity.ADVISED, "challenge", title, why, name, cited("RFC 6750 §3"), send)


def _is_other_code(error: str, response: Response) -> bool:
    wanted = BEARER_ERRORS.get(error.lower())
    return wanted is not None and response.number not in (wanted, None)


def check_deprecation(response: Response, code: StatusCode | None) -> Iterator[Finding]:
    """Report a resource that ends before it is deprecated (RFC 9745 section 4)."""
    since = re.fullmatch("@(-?[0-9]{1,11})", (response.fields.get("Deprecation") or "").strip())
    until = moment(response.fields.get("Sunset"))
    if since and until and until.timestamp() < int(since[1]):
        title = _("Sunset is before Deprecation")
        why = _("What ends must have been deprecated by then.")
        source = cited("RFC 9745 §4")
        yield Finding(Severity.BROKEN, "deprecation", title, why, "Sunset", source, also=("Deprecation",))


def check_transport(response: Response, code: StatusCode | None) -> Iterator[Finding]:
    """Report what belongs to secure connections only (RFC 6797 section 7.2)."""
    name = "Strict-Transport-Security"
    if name in response.fields and response.request and response.request.scheme == "http":
        why = _("Over plain HTTP it must not be sent, and browsers ignore it: redirect to https first.")
        title = _("%(field)s must not be here") % {"field": name}
        yield Finding(Severity.BROKEN, "transport", title, why, name, cited("RFC 6797 §7.2"))
