"""Checks of what caches may do with a response, and of its cookies."""

import re
from collections.abc import Iterator
from difflib import get_close_matches

from django.utils.translation import gettext as _

from codes.diagnosis.messages.parsed import Response
from codes.models import Caching, StatusCode

from .dates import imf_fixdate, moment
from .findings import Finding, Severity, cited, shown, wrong_value
from .rules import tokens

DIRECTIVES = set(
    "max-age s-maxage no-cache no-store no-transform must-revalidate proxy-revalidate must-understand private public"
    " immutable stale-while-revalidate stale-if-error".split()
)
# Fields of requests by which responses differ.
VARYING = set(
    "accept accept-charset accept-encoding accept-language access-control-request-headers access-control-request-method"
    " authorization cookie device-memory dpr host origin prefer range referer rsc save-data sec-fetch-dest"
    " sec-fetch-mode sec-fetch-site sec-fetch-user user-agent viewport-width width x-requested-with".split()
)
FRESH = ("max-age", "s-maxage")
SECTION = "RFC 9111 §5.2.2"  # of the directives of a response


def directives(response: Response) -> dict[str, str]:
    """Return the directives of Cache-Control with their values."""
    found: dict[str, str] = {}
    for each in tokens(response.fields.get("Cache-Control")):
        name, _equals, value = each.partition("=")
        found.setdefault(name.strip(), value.strip().strip('"'))
    return found


def lifetime_of(found: dict[str, str], *names: str) -> int:
    """Return the longest of the lifetimes that the directives with these names state, in seconds; 0 for none."""
    return max(
        (int(found[name]) for name in names if found.get(name, "").isdecimal() and len(found[name]) < 12), default=0
    )


def check_caching(response: Response, code: StatusCode | None) -> Iterator[Finding]:
    """Report directives that contradict each other or the fields beside them."""
    found = directives(response)
    lifetime = lifetime_of(found, *FRESH)
    if "*" in tokens(response.fields.get("Vary")) and lifetime:
        title = _("Vary: * beside a lifetime")
        why = _("A stored response with Vary: * never fits another request, so the lifetime does nothing.")
        yield Finding(Severity.ADVISED, "caching", title, why, "Vary", cited("RFC 9111 §4.1"), also=("Cache-Control",))
    yield from _check_contradictions(found, lifetime)
    yield from _check_directives(response, found)
    yield from _check_unlimited(response, found)
    pragma = tokens(response.fields.get("Pragma"))
    if "no-cache" in pragma and lifetime and "no-store" not in found and "no-cache" not in found:
        why = _("Pragma means nothing in a response; caches follow Cache-Control.")
        title = _("Pragma: no-cache beside a lifetime")
        yield Finding(
            Severity.ADVISED, "caching", title, why, "Pragma", cited("RFC 9111 §5.4"), also=("Cache-Control",)
        )
    yield from _check_expires(response, found)


def _check_contradictions(found: dict[str, str], lifetime: int) -> Iterator[Finding]:
    """Report the first pair of directives of which one makes the other do nothing."""
    if "public" in found and "private" in found:
        why = _("public lets every cache store it, private only the browser's. A cache takes one of them.")
        yield _conflict(_("Cache-Control says public and private"), why, "private")
    elif "no-store" in found and (lifetime or "public" in found):
        other = "public" if "public" in found else "max-age" if lifetime_of(found, "max-age") else "s-maxage"
        why = _("What may not be stored cannot be kept: no-store wins, and the other directive does nothing.")
        yield _conflict(_("Cache-Control says no-store and %(other)s") % {"other": other}, why, "no-store")
    elif "no-cache" in found and not found["no-cache"] and (lifetime or "immutable" in found):
        other = "immutable" if "immutable" in found else "max-age"
        why = _("no-cache asks the server before each use, so the lifetime beside it does nothing.")
        yield _conflict(_("Cache-Control says no-cache and %(other)s") % {"other": other}, why, "no-cache")
    elif "private" in found and "s-maxage" in found:
        why = _("s-maxage is for shared caches, which may not store what is private.")
        yield _conflict(_("Cache-Control says private and s-maxage"), why, "private")


def _check_directives(response: Response, found: dict[str, str]) -> Iterator[Finding]:
    """Report directives that are repeated, misspelt, or have a wrong value."""
    ages = [each for each in tokens(response.fields.get("Cache-Control")) if each.startswith("max-age")]
    if len(set(ages)) > 1:
        why = _("Of several values a cache takes the first, or takes the response for stale.")
        yield _conflict(_("Cache-Control has max-age several times"), why, ages[0])
    for name in [each for each in found if each not in DIRECTIVES][:3]:
        if meant := next(iter(get_close_matches(name, DIRECTIVES, 1, 0.8)), ""):
            title = _("%(value)s is no directive. Is %(meant)s meant?") % {"value": shown(name), "meant": meant}
            why = _("Caches ignore a directive that they do not know.")
            yield Finding(Severity.ADVISED, "caching", title, why, "Cache-Control", cited(SECTION))
    for name in (*FRESH, "stale-while-revalidate", "stale-if-error"):
        if name in found and not found[name].isdecimal():
            value = f"{name}={found[name]}" if found[name] else name
            yield wrong_value("Cache-Control", value, _("It takes a number of seconds."), SECTION, "")


def _check_unlimited(response: Response, found: dict[str, str]) -> Iterator[Finding]:
    """Report directives that need a lifetime, where none is stated."""
    if {*FRESH, "no-cache", "no-store"} & found.keys() or "Expires" in response.fields:
        return
    stale = {"stale-while-revalidate", "stale-if-error"} & found.keys()
    if "immutable" in found:
        why = _("It says that nothing changes while the response is fresh, and no lifetime says how long that is.")
        yield _conflict(_("immutable without a lifetime"), why, "max-age=31536000, immutable")
    elif stale:
        name = min(stale)
        title = _("%(directive)s without a lifetime") % {"directive": name}
        why = _("It begins when the response gets stale, and no lifetime says when that is.")
        send = f"Cache-Control: max-age=60, {name}={found[name] or 60}"
        yield Finding(Severity.UNSURE, "caching", title, why, "Cache-Control", cited("RFC 5861 §3"), send)


def _conflict(title: str, why: str, send: str) -> Finding:
    return Finding(Severity.ADVISED, "caching", title, why, "Cache-Control", cited(SECTION), f"Cache-Control: {send}")


def _check_expires(response: Response, found: dict[str, str]) -> Iterator[Finding]:
    expires, made = moment(response.fields.get("Expires")), moment(response.fields.get("Date"))
    if not (expires and made) or "no-store" in found or "no-cache" in found or "max-age" not in found:
        return
    seconds, lifetime = (expires - made).total_seconds(), lifetime_of(found, "max-age")
    if (seconds <= 0) != (lifetime == 0):
        title = _("Expires and max-age say the opposite")
        why = _("max-age wins wherever it is understood, Expires elsewhere.")
        send = f"Expires: {imf_fixdate(made)}" if not lifetime else ""
        yield Finding(
            Severity.ADVISED, "caching", title, why, "Expires", cited("RFC 9111 §5.3"), send, also=("Cache-Control",)
        )


def check_age(response: Response, code: StatusCode | None) -> Iterator[Finding]:
    """Report a stored response that was served although it is stale (RFC 9111 section 4.2.4)."""
    age, found = response.fields.get("Age") or "", directives(response)
    if re.fullmatch("[0-9]{1,10}", age) and int(age) and "no-store" in found:
        title = _("Age %(age)s beside no-store") % {"age": int(age)}
        why = _("A cache answered, though this Cache-Control lets none store it.")
        yield Finding(Severity.ADVISED, "stale", title, why, "Age", cited("RFC 9111 §5.2.2.5"), also=("Cache-Control",))
        return
    lifetime = lifetime_of(found, "s-maxage") if "s-maxage" in found else lifetime_of(found, "max-age")
    if not re.fullmatch("[0-9]{1,10}", age) or not {*FRESH} & found.keys() or int(age) <= lifetime:
        return
    title = _("Age %(age)s is more than the lifetime of %(lifetime)s seconds") % {"age": int(age), "lifetime": lifetime}
    if {"must-revalidate", "s-maxage"} & found.keys():
        why = _("A cache served it after its time, which this Cache-Control forbids.")
        severity = Severity.ADVISED
    else:
        why = _("A cache served it after its time. That is allowed while the origin server cannot be reached.")
        severity = Severity.UNSURE
    yield Finding(severity, "stale", title, why, "Age", cited("RFC 9111 §4.2.4"), also=("Cache-Control",))


def check_vary(response: Response, code: StatusCode | None) -> Iterator[Finding]:
    """Report a compressed response without Vary: Accept-Encoding (RFC 9110 section 12.5.5)."""
    found = directives(response)
    varies = tokens(response.fields.get("Vary"))
    for name in varies[:20]:
        if len(name) < 40 and name not in VARYING and (meant := get_close_matches(name, VARYING, 1, 0.86)):
            title = _("%(field)s is not a field that is known. Is %(meant)s meant?") % {
                "field": shown(name),
                "meant": meant[0],
            }
            why = _("Caches compare a field that no request has, and take all requests for alike.")
            send = f"Vary: {', '.join([*(each for each in varies if each != name), meant[0]])[:300]}"
            yield Finding(Severity.UNSURE, "vary", title, why, "Vary", cited("RFC 9110 §12.5.5"), send)
    is_shared = lifetime_of(found, *FRESH) or "public" in found
    if "Content-Encoding" not in response.fields or not is_shared or {"private", "no-store"} & found.keys():
        return
    if not {"accept-encoding", "*"} & set(varies):
        title = _("A compressed response that caches may store, without Vary: Accept-Encoding")
        why = _("A cache may give it to a client that cannot decompress it.")
        send = f"Vary: {', '.join([*filter(None, [response.fields.get('Vary')]), 'Accept-Encoding'])}"
        yield Finding(Severity.ADVISED, "vary", title, why, "Vary", cited("RFC 9110 §12.5.5"), send)


def check_stored_failure(response: Response, code: StatusCode | None) -> Iterator[Finding]:
    """Report a failure that caches repeat after its cause is gone, where caches would not do so by themselves."""
    if response.code[:1] not in ("4", "5") or not code or code.caching == Caching.HEURISTIC:
        return
    found = directives(response)
    lifetime = lifetime_of(found, *FRESH)
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
