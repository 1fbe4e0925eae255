"""Checks of what a browser lets another origin's page read (the CORS protocol of Fetch)."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from codes.diagnosis.messages.parsed import Request, Response, host_of
from codes.models import StatusCode

from .caching import directives
from .findings import Finding, Severity, cited, shown
from .rules import tokens
from .values import is_in_small_letters

ORIGIN, CREDENTIALS = "Access-Control-Allow-Origin", "Access-Control-Allow-Credentials"
METHODS, HEADERS = "Access-Control-Allow-Methods", "Access-Control-Allow-Headers"
ASKED_METHOD, ASKED_HEADERS = "Access-Control-Request-Method", "Access-Control-Request-Headers"
CREDENTIALED = (("Fetch §3.3", "https://fetch.spec.whatwg.org/#cors-protocol-and-credentials"),)
PROTOCOL = (("Fetch §3.3", "https://fetch.spec.whatwg.org/#http-access-control-allow-origin"),)
PREFLIGHT = (("Fetch §4.8", "https://fetch.spec.whatwg.org/#cors-preflight-fetch"),)
CHECK = (("Fetch §4.9", "https://fetch.spec.whatwg.org/#cors-check"),)
EXPOSED = "Access-Control-Expose-Headers"
# Methods that need no permission.
SAFELISTED = {"GET", "HEAD", "POST"}


def is_preflight(request: Request | None) -> bool:
    """Return whether a browser asks whether it may send a request."""
    return request is not None and request.method == "OPTIONS" and ASKED_METHOD in request.fields


def check_cors(response: Response, code: StatusCode | None) -> Iterator[Finding]:
    """Report CORS fields that browsers refuse."""
    origins = response.fields.all(ORIGIN)
    origin = (response.fields.get(ORIGIN) or "").strip()
    credentials = (response.fields.get(CREDENTIALS) or "").strip()
    if not origins and credentials:
        why = _("Without it the other field does nothing: browsers show the response to no other origin's page.")
        title = _("%(field)s is missing beside %(other)s") % {"field": ORIGIN, "other": CREDENTIALS}
        yield Finding(Severity.ADVISED, "cors", title, why, ORIGIN, PROTOCOL, f"{ORIGIN}: https://app.example")
    elif origin == "*" and credentials == "true":
        why = _("Browsers refuse such an answer to a request with cookies: name the one origin instead.")
        title = _("Access-Control-Allow-Origin: * together with credentials")
        yield Finding(
            Severity.ADVISED,
            "cors",
            title,
            why,
            ORIGIN,
            CREDENTIALED,
            f"{ORIGIN}: https://app.example",
            also=(CREDENTIALS,),
        )
    elif wrong := _wrong_origin(origin):
        title = _("The value of %(field)s is wrong: %(value)s") % {"field": ORIGIN, "value": shown(origin)}
        why, send = wrong
        yield Finding(Severity.ADVISED, "cors", title, why, ORIGIN, PROTOCOL, f"{ORIGIN}: {send}" if send else "")
    elif origin not in ("", "*"):
        may_be_stored = response.code[:1] == "2" and "no-store" not in directives(response)
        if may_be_stored and not {"origin", "*"} & set(tokens(response.fields.get("Vary"))):
            why = _("A cache may give the answer for one origin to another one.")
            title = _("Access-Control-Allow-Origin names an origin, but Vary does not name Origin")
            send = f"Vary: {', '.join([*filter(None, [response.fields.get('Vary')]), 'Origin'])}"
            yield Finding(Severity.ADVISED, "cors", title, why, "Vary", cited("RFC 9110 §12.5.5"), send)
    allowed = [each.strip() for each in (response.fields.get(METHODS) or "").split(",")]
    if any(map(is_in_small_letters, allowed)):
        title = _("The value of %(field)s is wrong: %(value)s") % {
            "field": METHODS,
            "value": shown(response.fields.get(METHODS) or ""),
        }
        why = _("Methods are case-sensitive, and these are written in capital letters.")
        send = f"{METHODS}: {', '.join(allowed)[:300].upper()}"
        yield Finding(Severity.ADVISED, "cors", title, why, METHODS, PREFLIGHT, send)
    if credentials == "true":
        for name in (METHODS, HEADERS, EXPOSED):
            if "*" in tokens(response.fields.get(name)):
                title = _("%(field)s: * together with credentials") % {"field": name}
                why = _("With credentials * is a name like any other, and allows nothing.")
                yield Finding(Severity.ADVISED, "cors", title, why, name, CREDENTIALED)
    if response.request:
        yield from _check_asked(response, response.request, origin, credentials)


def _wrong_origin(origin: str) -> tuple[str, str] | None:
    """Return why a value equals no origin that a browser sends, and the value to send instead; None for a good one."""
    if origin == "null":
        return _("Any page in a sandbox has this origin, an attacker's too."), "https://app.example"
    if re.fullmatch(r"https?://[^/\s,]{1,255}/\S{0,500}", origin):
        why = _("An origin has no path and no slash at its end, so it equals none that a browser sends.")
        return why, "/".join(origin.split("/")[:3])
    if "," in origin or " " in origin:
        return _("Browsers take exactly one origin, or *."), re.split("[ ,]+", origin)[0]
    if "*" in origin and origin != "*":
        why = _("There are no patterns: send back the request's Origin if it is one of yours.")
        return why, "https://app.example"
    if origin not in ("", "*") and "://" not in origin:
        return _("An origin begins with its scheme, such as https://."), f"https://{origin}"[:200]
    return None


def _check_asked(response: Response, request: Request, origin: str, credentials: str) -> Iterator[Finding]:
    """Report what a browser that sent this request would refuse."""
    asked = (request.fields.get("Origin") or "").strip()
    if not asked or "," in asked:
        return
    preflight = is_preflight(request)
    # An answer to what the page's own origin sends needs no permission.
    is_foreign = host_of(asked) != host_of(request.address)
    if preflight and not response.code.startswith("2"):
        title = _("A preflight request is answered with %(code)s") % {"code": response.code}
        why = _("Browsers go on after a code of 2xx only. They send no credentials with it and follow no redirect.")
        yield Finding(Severity.ADVISED, "preflight", title, why, "status", PREFLIGHT, "HTTP/1.1 204 No Content")
        return
    if origin not in ("", "*", asked) and not _wrong_origin(origin):
        title = _("%(field)s names another origin than the request: %(value)s") % {
            "field": ORIGIN,
            "value": shown(origin),
        }
        why = _("The browser compares both letter by letter, and refuses.")
        yield Finding(Severity.ADVISED, "cors", title, why, ORIGIN, CHECK, f"{ORIGIN}: {asked[:200]}")
    elif not origin and not credentials and is_foreign and request.has_fields:
        title = _("%(field)s is missing, and the request has an Origin") % {"field": ORIGIN}
        why = _("A browser gives the response to no page of that origin. That may be meant.")
        severity = Severity.ADVISED if preflight else Severity.UNSURE
        yield Finding(severity, "cors", title, why, ORIGIN, CHECK, f"{ORIGIN}: {asked[:200]}")
    if preflight:
        yield from _check_preflight(response, request, credentials == "true")


def _check_preflight(response: Response, request: Request, has_credentials: bool) -> Iterator[Finding]:
    """Report methods and fields that the answer to a preflight request does not allow."""
    wanted = (request.fields.get(ASKED_METHOD) or "").strip()
    allowed = [each.strip() for each in (response.fields.get(METHODS) or "").split(",") if each.strip()]
    if wanted not in {*SAFELISTED, *allowed} and (has_credentials or "*" not in allowed):
        yield _not_allowed(METHODS, wanted, allowed, has_credentials)
    names = tokens(request.fields.get(ASKED_HEADERS))[:50]
    permitted = tokens(response.fields.get(HEADERS))
    is_open = "*" in permitted and not has_credentials
    missing = [name for name in names if name not in permitted and (not is_open or name == "authorization")]
    if missing:
        yield _not_allowed(HEADERS, ", ".join(missing), permitted, has_credentials)


def _not_allowed(field: str, missing: str, allowed: list[str], has_credentials: bool) -> Finding:
    title = _("%(field)s does not allow %(value)s, which the request asks for") % {
        "field": field,
        "value": shown(missing),
    }
    why = _("The browser does not send the request that it asks about.")
    if "*" in allowed:
        why += " " + (
            _("With credentials * is a name like any other, and allows nothing.")
            if has_credentials
            else _("* does not stand for Authorization.")
        )
    named = [each for each in allowed if each != "*"]
    return Finding(
        Severity.ADVISED, "preflight", title, why, field, PREFLIGHT, f"{field}: {', '.join([*named, missing])[:300]}"
    )
