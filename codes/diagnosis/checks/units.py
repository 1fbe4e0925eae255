"""Checks of numbers against other numbers of the same message: milliseconds or minutes where seconds are meant."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from codes.diagnosis.messages.parsed import Response
from codes.models import StatusCode

from .caching import directives
from .content import read_json
from .cookies import attributes_of, cookies_of
from .dates import moment
from .findings import Finding, Severity, cited

DAY = 86_400
YEAR = 31_536_000
RESETS = ("X-RateLimit-Reset", "RateLimit-Reset", "X-Rate-Limit-Reset", "X-RateLimit-Reset-After", "RateLimit")
REMAINING = ("X-RateLimit-Remaining", "RateLimit-Remaining", "X-Rate-Limit-Remaining")
MEMBERS = ("retryAfter", "retry_after", "retryAfterSeconds", "retry_after_seconds", "retry-after")
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": DAY, "초": 1, "분": 60, "시": 3600}
MAX_TEXT = 4000  # characters of a content that are searched for a time
SAID = re.compile(
    r"\b(?:in|after|for|within|wait|another)\s{1,3}(?:about |at least )?([0-9]{1,6}|an?|one)\s{0,2}"
    r"(s|secs?|seconds?|m|mins?|minutes?|h|hours?|days?)\b(?!\s{0,2}[-/])",
    re.IGNORECASE,
)
SAID_IN_KOREAN = re.compile(r"([0-9]{1,6})\s?(초|분|시간)\s?(?:후|뒤|동안|이후|만|을 기다|를 기다)")
MAX_AGE = re.compile(r"max-age\s{0,3}=\s{0,3}\"?([0-9]{1,15})", re.IGNORECASE)


def is_thousandfold(value: int, seconds: float) -> bool:
    """Return whether a number is what another one in seconds is in milliseconds."""
    return seconds >= 1 and 500 <= value / seconds <= 2000


def check_units(response: Response, code: StatusCode | None) -> Iterator[Finding]:
    """Report times that another part of the message tells to be in another unit, and counts that do not fit."""
    yield from _check_retry_after(response)
    yield from _check_max_age(response)
    yield from _check_limits(response)
    yield from _check_long(response)


def _number(value: str | None) -> int | None:
    return int(value) if value and re.fullmatch("[0-9]{1,15}", value.strip(), re.ASCII) else None


def _waits(response: Response) -> Iterator[tuple[str, float]]:
    """Yield the times to wait that other parts of the message tell: their names, and seconds."""
    made = moment(response.fields.get("Date"))
    for name in RESETS:
        value = (response.fields.get(name) or "").strip()
        if name == "RateLimit" and (found := re.search(r"\b(?:t|reset)=([0-9]{1,10})\b", value[:500])):
            value = found[1]
        number = _number(value)
        if number is None:
            continue
        if number < 10**8:
            yield name, number
        elif made:
            yield name, (number / 1000 if number > 10**11 else number) - made.timestamp()
    data = read_json(response)
    for name in MEMBERS:
        for place in (data, data.get("error")) if isinstance(data, dict) else ():
            told: Any = place.get(name) if isinstance(place, dict) else None
            if isinstance(told, int | float) and not isinstance(told, bool) and 0 < told < 10**8:
                yield "content", told
    text = (response.content or "")[:MAX_TEXT]
    if found := SAID.search(text):
        count = 1 if not found[1].isdecimal() else int(found[1])
        yield "content", count * SECONDS[found[2][0].lower()]
    elif found := SAID_IN_KOREAN.search(text):
        yield "content", int(found[1]) * SECONDS[found[2][0]]


def _check_retry_after(response: Response) -> Iterator[Finding]:
    name, section = "Retry-After", cited("RFC 9110 §10.2.3")
    asked = _number(response.fields.get(name))
    if not asked or asked >= 10**7:  # which another check reports
        return
    for place, seconds in _waits(response):
        told = round(seconds)
        values = {"given": asked, "told": told, "place": _("the content") if place == "content" else place}
        if is_thousandfold(asked, seconds) and asked >= 1000:
            title = _("Retry-After is in milliseconds: %(given)s, where %(place)s says %(told)s seconds") % values
        elif (seconds >= 1 and asked > DAY and asked > 10 * seconds) or (
            place == "content" and told in (asked * 60, asked * 3600) and told != asked
        ):
            title = _("Retry-After says %(given)s seconds, %(place)s says %(told)s") % values
        else:
            continue
        why = _("It is a number of seconds, and clients wait for as many.")
        send = f"{name}: {max(told, 1)}"
        yield Finding(Severity.ADVISED, "unit", title, why, name, section, send, also=(place,))
        return
    if asked >= 5000 and asked % 1000 == 0 and asked % 3600:
        title = _("Retry-After asks to wait for %(hours)s hours. Is it in milliseconds?") % {
            "hours": f"{asked / 3600:.1f}"
        }
        why = _("It is a number of seconds, and clients wait for as many.")
        yield Finding(Severity.UNSURE, "unit", title, why, name, section, f"{name}: {asked // 1000}")


def _check_max_age(response: Response) -> Iterator[Finding]:
    """Compare Max-Age of a cookie and max-age of Cache-Control with the Expires beside them."""
    made = moment(response.fields.get("Date"))
    if not made:
        return
    until, age = response.fields.get("Expires"), directives(response).get("max-age")
    if seconds := _thousandth(made, until, age):
        title = _("max-age is in milliseconds: %(given)s, where Expires says %(told)s seconds") % {
            "given": _number(age),
            "told": seconds,
        }
        why = _("It is a number of seconds.")
        source = cited("RFC 9111 §5.2.2.1")
        send = f"Cache-Control: max-age={seconds}"
        yield Finding(Severity.ADVISED, "unit", title, why, "Cache-Control", source, send, also=("Expires",))
    for attributes in map(attributes_of, cookies_of(response)):
        until, age = attributes.get("expires"), attributes.get("max-age")
        if seconds := _thousandth(made, until, age):
            title = _("Max-Age of a cookie is in milliseconds: %(given)s, where Expires says %(told)s seconds") % {
                "given": _number(age),
                "told": seconds,
            }
            why = _("It is a number of seconds, and browsers take it rather than Expires.")
            source = cited("RFC 6265 §4.1.2.2")
            yield Finding(Severity.ADVISED, "unit", title, why, "Set-Cookie", source, f"Max-Age={seconds}")


def _thousandth(made: datetime, expires: str | None, max_age: str | None) -> int:
    """Return the seconds up to a date if an age is as many milliseconds, 0 for anything else."""
    until, age = moment(expires), _number(max_age)
    if not until or not age:
        return 0
    seconds = (until - made).total_seconds()
    return round(seconds) if is_thousandfold(age, seconds) else 0


def _check_limits(response: Response) -> Iterator[Finding]:
    """Report counts of requests that contradict each other."""
    for name in REMAINING:
        limit = _number(response.fields.get(name.replace("Remaining", "Limit")))
        left = _number(response.fields.get(name))
        if left is not None and limit is not None and left > limit:
            title = _("%(field)s is %(left)s, more than the limit of %(limit)s") % {
                "field": name,
                "left": left,
                "limit": limit,
            }
            why = _("Clients plan their requests by these numbers.")
            other = name.replace("Remaining", "Limit")
            yield Finding(Severity.ADVISED, "limit", title, why, name, (), f"{name}: {limit}", also=(other,))
        elif left and response.code[:1] == "4" and "Retry-After" in response.fields:
            title = _("%(code)s, and %(field)s says that %(left)s requests are left") % {
                "code": response.code,
                "field": name,
                "left": left,
            }
            why = _("Perhaps another limit was reached than the one that the field tells.")
            yield Finding(Severity.UNSURE, "limit", title, why, name, cited("RFC 6585 §4"), f"{name}: 0")


def _check_long(response: Response) -> Iterator[Finding]:
    """Report lifetimes that only make sense in milliseconds."""
    for name, longest, section in (
        ("Strict-Transport-Security", 100 * YEAR, "RFC 6797 §6.1.1"),
        ("Access-Control-Max-Age", YEAR, ""),
    ):
        value = response.fields.get(name) or ""
        found = MAX_AGE.search(value[:500]) if name.startswith("Strict") else re.fullmatch("([0-9]{1,15})", value)
        if found and int(found[1]) > longest:
            title = _("%(field)s lasts for %(days)s days. Is it in milliseconds?") % {
                "field": name,
                "days": int(found[1]) // DAY,
            }
            send = f"{name}: {value[:500].replace(found[1], str(int(found[1]) // 1000), 1)}"
            yield Finding(
                Severity.ADVISED, "unit", title, _("It is a number of seconds."), name,
                cited(section) or (("Fetch §3.3", "https://fetch.spec.whatwg.org/#http-access-control-max-age"),), send,
            )  # fmt: skip
