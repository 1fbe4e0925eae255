"""Checks of Set-Cookie (RFC 6265 and the draft that takes its place)."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from codes.diagnosis.messages.heads import TOKEN
from codes.diagnosis.messages.parsed import Request, Response, host_of
from codes.models import StatusCode

from .caching import FRESH, directives, lifetime_of
from .findings import Finding, Severity, cited, shown

MAX_COOKIES = 50
MAX_COOKIE = 8000  # characters
COOKIES_JOINED = re.compile(r",[ \t]{0,5}[A-Za-z_][\w.-]{0,60}=[^;,]{0,200}(?:;|$)")
VALUE = re.compile(r"\"?[!#-+\--:<-\[\]-~]*\"?")
SESSION = re.compile(
    r"(?:^|[._-])(?:sid|sess(?:ion)?(?:[_-]?id)?|[a-z]{1,10}sessi?o?n?id|auth|token|jwt)$", re.IGNORECASE
)
LOCAL = {"localhost", "127.0.0.1", "::1"}
STORING = (("RFC 6265bis §5.6", "https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-5.6"),)


def cookies_of(response: Response) -> list[str]:
    """Return the values of Set-Cookie, as many and as much of them as are read."""
    return [cookie[:MAX_COOKIE] for cookie in response.fields.all("Set-Cookie")[:MAX_COOKIES]]


def attributes_of(cookie: str) -> dict[str, str]:
    """Return the attributes of a cookie, their names in lower case, "" for one without a value."""
    parts = (part.partition("=") for part in cookie.split(";")[1:])
    return {name.strip().lower(): value.strip() for name, _equals, value in parts}


def check_cookies(response: Response, code: StatusCode | None) -> Iterator[Finding]:
    """Report cookies that browsers refuse or shorten, and those that caches may store (RFC 9111 section 7.3)."""
    cookies = cookies_of(response)
    found = directives(response)
    is_public = "public" in found or lifetime_of(found, *FRESH)
    if cookies and is_public and not {"private", "no-store", "no-cache"} & set(found):
        why = _("A shared cache may give one visitor's cookie to everybody: Set-Cookie does not prevent storing.")
        title = _("Set-Cookie in a response that shared caches may store")
        send = "Cache-Control: private"
        yield Finding(
            Severity.ADVISED,
            "cookie-cached",
            title,
            why,
            "Set-Cookie",
            cited("RFC 9111 §7.3"),
            send,
            also=("Cache-Control",),
        )
    for cookie in cookies:
        if COOKIES_JOINED.search(cookie):
            title = _("Several cookies in one Set-Cookie")
            why = _("Each cookie has a field line of its own: a comma separates nothing here.")
            yield Finding(Severity.ADVISED, "cookie", title, why, "Set-Cookie", cited("RFC 6265 §3"))
        else:
            yield from _check_cookie(cookie, response.request)


def _check_cookie(cookie: str, request: Request | None) -> Iterator[Finding]:
    attributes = attributes_of(cookie)
    name, equals, value = (part.strip() for part in cookie.partition(";")[0].partition("="))
    if why := _refused(name, attributes, request):
        title = _("The cookie %(name)s is not stored") % {"name": shown(name)}
        send = f"Set-Cookie: {name[:100]}=…; Path=/; Secure; HttpOnly"
        yield Finding(Severity.ADVISED, "cookie", title, why, "Set-Cookie", STORING, send)
    grammar = cited("RFC 6265 §4.1.1")
    if equals and name and not TOKEN.fullmatch(name):
        title = _("“%(name)s” cannot be the name of a cookie") % {"name": shown(name)}
        why = _("It has letters, digits and hyphens, and no spaces. Servers and libraries read others differently.")
        yield Finding(Severity.ADVISED, "cookie", title, why, "Set-Cookie", grammar)
    elif equals and not VALUE.fullmatch(value):
        title = _("The value of the cookie %(name)s has characters that none may have") % {"name": shown(name)}
        why = _("Spaces, quotes, commas, backslashes and letters outside ASCII are encoded, as with percent signs.")
        yield Finding(Severity.ADVISED, "cookie", title, why, "Set-Cookie", grammar)
    path = attributes.get("path")
    if path and not path.startswith("/"):
        title = _("Path of the cookie %(name)s does not begin with /: %(value)s") % {
            "name": shown(name),
            "value": shown(path),
        }
        why = _("Browsers ignore it and take the folder of the address.")
        yield Finding(Severity.ADVISED, "cookie", title, why, "Set-Cookie", cited("RFC 6265 §5.2.4"))
    for attribute in ("secure", "httponly", "partitioned"):
        said = attributes.get(attribute, "").lower()
        if said in ("false", "0", "no", "off"):
            shows = {"secure": "Secure", "httponly": "HttpOnly", "partitioned": "Partitioned"}[attribute]
            title = _("%(attribute)s=%(value)s of the cookie %(name)s switches it on") % {
                "attribute": shows,
                "value": said,
                "name": shown(name),
            }
            why = _("Browsers look for its name alone, and ignore the value.")
            yield Finding(Severity.ADVISED, "cookie", title, why, "Set-Cookie", cited("RFC 6265 §5.2.5"))
        elif said:
            title = _("An attribute of the cookie %(name)s takes no value: %(value)s") % {
                "name": shown(name),
                "value": shown(f"{attribute}={said}"),
            }
            why = _("Browsers look for its name alone, and ignore the value.")
            yield Finding(Severity.UNSURE, "cookie", title, why, "Set-Cookie", grammar)
    if SESSION.search(name) and "httponly" not in attributes:
        title = _("The cookie %(name)s lacks HttpOnly") % {"name": shown(name)}
        why = _("Scripts can read it, injected ones too. A session needs no script.")
        yield Finding(Severity.UNSURE, "cookie", title, why, "Set-Cookie", cited("RFC 6265 §4.1.2.6"))


def _refused(name: str, attributes: dict[str, str], request: Request | None) -> str:
    """Return why browsers refuse a cookie, "" if they take it."""
    is_secure = "secure" in attributes
    domain = attributes.get("domain", "").lstrip(".").lower()
    host = host_of(request.address) if request else ""
    if attributes.get("samesite", "").lower() == "none" and not is_secure:
        return _("SameSite=None without Secure: browsers refuse the cookie.")
    if name.startswith("__Secure-") and not is_secure:
        return _("The name begins with __Secure-, but Secure is missing: browsers refuse the cookie.")
    if name.startswith("__Host-") and (not is_secure or "domain" in attributes or attributes.get("path") != "/"):
        return _(
            "The name begins with __Host-, which needs Secure and Path=/ and no Domain: browsers refuse the cookie."
        )
    if re.search("[:/]", domain):
        return _("Domain is the name of a host, without scheme and port.")
    if domain and host and host != domain and not host.endswith(f".{domain}"):
        return _("Domain %(domain)s is not that of the host %(host)s, or of one above it.") % {
            "domain": shown(domain),
            "host": shown(host),
        }
    if domain and "." not in domain and domain not in LOCAL:
        return _("Domain %(domain)s is too wide: browsers take none that many sites share.") % {"domain": shown(domain)}
    if is_secure and request and request.scheme == "http" and host not in LOCAL and not host.endswith(".localhost"):
        return _("Over plain HTTP browsers refuse a cookie with Secure.")
    return ""
