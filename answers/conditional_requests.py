"""Conditional and range requests: a 304 answers a condition, a 206 a Range. Without one they would be wrong."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from .catalogue import Code
from .requests import Request

RANGE = re.compile(r"bytes=([0-9]{0,9})-([0-9]{0,9})", re.IGNORECASE)
NOT_ACCEPTED = re.compile(r";\s*q\s*=\s*0(?:\.0{0,3})?\s*$")
HTTP_DATE = re.compile(r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z][a-z] \d{4} \d\d:\d\d:\d\d GMT")


def entity_tag(code: Code, is_json: bool = False) -> str:
    """Return the ETag of what is at the address of a code; JSON and text are two representations of it."""
    return f'"{code.label}{"-json" if is_json and code.has_content else ""}"'


@dataclass(frozen=True)
class Span:
    """The bytes that a Range asks for, the last one included."""

    first: int
    last: int


def span(request: Request, length: int) -> Span | None:
    """Return the part that a Range of a single part asks for; None if there is none, or none within the length.

    Only GET has ranges (RFC 9110 section 14.2), and only if If-Range, where present, names the ETag: see `is_answered`.
    """
    asked = RANGE.fullmatch(request.field("Range").strip())
    if not asked or not any(asked.groups()):
        return None
    first, last = asked.groups()
    if not first:
        found = Span(max(0, length - int(last)), length - 1)
    else:
        found = Span(int(first), min(int(last), length - 1) if last else length - 1)
    return found if found.first <= found.last else None


def _asks_for_a_part(request: Request, code: Code) -> bool:
    return (
        request.method == "GET"
        and RANGE.fullmatch(request.field("Range").strip()) is not None
        and request.field("If-Range").strip() in ("", entity_tag(code, request.sends_json))
    )


def _lists_gzip(request: Request, _code: Code) -> bool:
    listed = [each for each in request.field("A-IM").lower().split(",") if not NOT_ACCEPTED.search(each)]
    return request.method == "GET" and "gzip" in [each.partition(";")[0].strip() for each in listed]


def _names_the_tag(request: Request, code: Code) -> bool:
    """Return whether If-None-Match fails where the code needs it: on GET and HEAD for 304, on others for 412."""
    tags = [tag.strip().removeprefix("W/") for tag in request.field("If-None-Match").split(",")]
    return request.is_read == (code.number == 304) and ("*" in tags or entity_tag(code) in tags)


def _is_unmodified(request: Request, code: Code) -> bool:
    """Return whether If-Modified-Since counts: only without If-None-Match (RFC 9110 section 13.1.3)."""
    dated = HTTP_DATE.fullmatch(request.field("If-Modified-Since").strip())
    return bool(dated) and request.is_read and not request.field("If-None-Match")


def _names_another_tag(request: Request, code: Code) -> bool:
    tags = [tag.strip() for tag in request.field("If-Match").split(",")]
    return tags != [""] and "*" not in tags and entity_tag(code) not in tags


def _is_modified(request: Request, code: Code) -> bool:
    dated = HTTP_DATE.fullmatch(request.field("If-Unmodified-Since").strip())
    return bool(dated) and not request.field("If-Match")


# By the request's field: whether a request with it is one that the code answers, and an example of such a value.
CONDITIONS: dict[str, tuple[Callable[[Request, Code], bool], str]] = {
    "Range": (_asks_for_a_part, "bytes=0-9"),
    "A-IM": (_lists_gzip, "gzip"),
    "If-None-Match": (_names_the_tag, '"{label}"'),
    "If-Modified-Since": (_is_unmodified, "Fri, 01 Jan 2027 00:00:00 GMT"),
    "If-Match": (_names_another_tag, '"another"'),
    "If-Unmodified-Since": (_is_modified, "Fri, 01 Jan 2021 00:00:00 GMT"),
    "Expect": (lambda request, code: bool(request.field("Expect")), "something"),
}


def is_answered(request: Request, code: Code) -> bool:
    """Return whether the code may answer the request."""
    if not code.answers_a_field:
        return True
    return any(CONDITIONS[name][0](request, code) for name in code.request_headers if name in CONDITIONS)


def example_field(code: Code) -> tuple[str, str] | None:
    """Return a field, as name and value, with which a GET gets the code; None if it needs none."""
    if not code.answers_a_field:
        return None
    name = next(name for name in code.request_headers if name in CONDITIONS)
    return name, CONDITIONS[name][1].format(label=code.label)
