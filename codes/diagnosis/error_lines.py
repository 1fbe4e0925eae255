"""The parts of a line of an error log, each with what it is; and commands that follow from it.

A line of nginx's or Apache httpd's error log holds an errno, the step at which it happened, the request and the
address behind. They are found by their context, so that the same patterns read both.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

MAX_LINE = 4000
SAFE_METHODS = {"GET", "HEAD", "OPTIONS", "TRACE"}
HOST = r"[A-Za-z0-9._-]{1,100}|\[[0-9A-Fa-f:]{2,45}\]"
ADDRESS = re.compile(rf"(?:(?:https?|fastcgi|uwsgi|grpc|scgi|ajp)://)?({HOST}):([0-9]{{1,5}})\b")
# What a shell reads as one word without quotes.
PLAIN_ADDRESS = re.compile(rf"https?://(?:{HOST})(?::[0-9]{{1,5}})?(?:/[A-Za-z0-9/._~%-]{{0,200}})?")


@dataclass(frozen=True)
class Part:
    """A part of a line: where it is, what it says in short, and what that means."""

    start: int
    end: int
    label: str
    meaning: str
    value: str = ""
    kind: str = ""  # "time" or "where" for what a next step needs


@dataclass(frozen=True)
class Step:
    """Something to do next, with a command if there is one."""

    text: str
    command: str = ""


TIME = re.compile(
    r"\b[0-9]{4}/[0-9]{2}/[0-9]{2} ([0-9]{2}:[0-9]{2}:[0-9]{2})"
    r"|\[[A-Z][a-z]{2} [A-Z][a-z]{2} [ 0-9]{2} ([0-9]{2}:[0-9]{2}:[0-9]{2})[.0-9]{0,8} [0-9]{4}\]"
    r"|\b[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]([0-9]{2}:[0-9]{2}:[0-9]{2})"
)
ERRNO = re.compile(
    r"(?:[A-Za-z0-9_()]{1,40} failed |[a-z ]{0,40})\(([0-9]{1,3})(?:: ([A-Za-z ]{3,60})\)|\)([A-Z][A-Za-z ]{3,60}))"
)
PHASE = re.compile(r"while ([a-zA-Z ]{5,80}?)(?=,|$)|attempt to connect to")
REQUEST = re.compile(r'request: "(([A-Z]{1,20}) [^"]{1,1000})"')
UPSTREAM = re.compile(r'upstream: "([^"]{3,1000})"|attempt to connect to (\S{3,120})')


# What an errno is called, by its number.
REASONS = {
    "2": gettext_noop("No such file"),
    "13": gettext_noop("Permission denied"),
    "24": gettext_noop("Too many open files"),
    "32": gettext_noop("Broken pipe"),
    "99": gettext_noop("No free address"),
    "104": gettext_noop("Connection reset"),
    "110": gettext_noop("Timed out"),
    "111": gettext_noop("Connection refused"),
    "113": gettext_noop("No route to host"),
}
_CONNECTING = (gettext_noop("Connecting (TCP)"), gettext_noop("The request did not reach the application."))
# What the steps of nginx's work with an upstream are called, and what each means.
PHASES = {
    "connecting to upstream": _CONNECTING,
    "": _CONNECTING,
    "SSL handshaking to upstream": (
        gettext_noop("TLS handshake"),
        gettext_noop("The request did not reach the application."),
    ),
    "sending request to upstream": (
        gettext_noop("Sending the request"),
        gettext_noop("The application may have received a part of it."),
    ),
    "reading response header from upstream": (
        gettext_noop("Waiting for the response"),
        gettext_noop("The application had the request, and may have acted on it."),
    ),
    "reading upstream": (gettext_noop("Reading the response"), gettext_noop("The response had begun.")),
    "reading client request headers": (
        gettext_noop("Reading the request"),
        gettext_noop("The client's request was not complete."),
    ),
    "sending to client": (
        gettext_noop("Sending to the client"),
        gettext_noop("The response was on its way to the client."),
    ),
}
SAYS = {
    "time": gettext_noop("When: compare it with the application's log."),
    "errno": gettext_noop("%(number)s is an errno of the operating system, not a status code."),
    "phase": gettext_noop("What was being done at that moment."),
    "safe": gettext_noop("A safe method: it may be sent again."),
    "unsafe": gettext_noop("Before it is sent again, check whether it was carried out."),
    "where": gettext_noop("Where it failed."),
    "listening": gettext_noop("Look for the process that listens on port %(port)s."),
    "asking": gettext_noop("Ask the application itself, past the proxy."),
    "reading": gettext_noop("Read the application's log around %(time)s for stops and restarts."),
}


def read_parts(line: str) -> list[Part]:
    """Return the parts of a line in their order; with fewer than two it is no line of an error log."""
    line = line[:MAX_LINE]
    readers: list[Callable[[str], Iterator[Part]]] = [_time, _errno, _phase, _request, _upstream]
    parts = sorted((part for read in readers for part in read(line)), key=lambda part: part.start)
    apart: list[Part] = []
    for part in parts:
        if not apart or part.start >= apart[-1].end:
            apart.append(part)
    return apart


def _time(line: str) -> Iterator[Part]:
    if found := TIME.search(line):
        clock = found[1] or found[2] or found[3]
        yield Part(found.start(), found.end(), clock, _(SAYS["time"]), clock, "time")


def _errno(line: str) -> Iterator[Part]:
    if found := ERRNO.search(line):
        number, said = found[1], (found[2] or found[3]).strip()
        label = _(REASONS[number]) if number in REASONS else said
        yield Part(found.start(), found.end(), label, _(SAYS["errno"]) % {"number": number}, number)


def _phase(line: str) -> Iterator[Part]:
    if found := PHASE.search(line):
        words = (found[1] or "").strip()
        label, meaning = map(_, PHASES[words]) if words in PHASES else (words, _(SAYS["phase"]))
        start = found.start(1) if found[1] else found.start()
        end = found.end(1) if found[1] else found.end()
        yield Part(start, end, label, meaning)


def _request(line: str) -> Iterator[Part]:
    if found := REQUEST.search(line):
        method = found[2]
        meaning = _(SAYS["safe" if method in SAFE_METHODS else "unsafe"])
        yield Part(found.start(1), found.end(1), method, meaning, method)


def _upstream(line: str) -> Iterator[Part]:
    if found := UPSTREAM.search(line):
        group = 1 if found[1] else 2
        value = found[group]
        address = ADDRESS.match(value)
        label = f"{address[1]}:{address[2]}" if address else value[:60]
        yield Part(found.start(group), found.end(group), label, _(SAYS["where"]), value, "where")


def next_steps(parts: list[Part]) -> list[Step]:
    """Return what to do after a failure on the way to an upstream, with commands filled in from the line."""
    where = next((part.value for part in parts if part.kind == "where"), "")
    if not where:
        return []
    steps = []
    if address := ADDRESS.match(where):
        text = _(SAYS["listening"]) % {"port": address[2]}
        steps.append(Step(text, f"ss -ltnp | grep ':{address[2]}'"))
    if found := PLAIN_ADDRESS.match(where):
        steps.append(Step(_(SAYS["asking"]), f"curl -v {found[0]}"))
    if clock := next((part.value for part in parts if part.kind == "time"), ""):
        steps.append(Step(_(SAYS["reading"]) % {"time": clock}))
    return steps


def marked(line: str, parts: list[Part]) -> list[tuple[str, int]]:
    """Return the pieces of a line, each with the number of its part, 0 for what is between."""
    pieces, place = [], 0
    for number, part in enumerate(parts, start=1):
        pieces += [(line[place : part.start], 0), (line[part.start : part.end], number)]
        place = part.end
    return [piece for piece in [*pieces, (line[place:], 0)] if piece[0]]
