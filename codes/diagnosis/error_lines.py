"""The parts of a line of an error log, each with what it is; and commands that follow from it.

A line of nginx's or Apache httpd's error log holds an errno, the step at which it happened, the request and the
address behind. They are found by what stands around them, so that the same patterns read both.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

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
    r"(?:[\w()]{1,40} failed |[a-z ]{0,40})\(([0-9]{1,3})(?:: ([A-Za-z ]{3,60})\)|\)([A-Z][A-Za-z ]{3,60}))"
)
PHASE = re.compile(r"while ([a-zA-Z ]{5,80}?)(?=,|$)|attempt to connect to")
REQUEST = re.compile(r'request: "(([A-Z]{1,20}) [^"]{1,1000})"')
UPSTREAM = re.compile(r'upstream: "([^"]{3,1000})"|attempt to connect to (\S{3,120})')


def _reasons() -> dict[str, str]:
    return {
        "2": _("No such file"),
        "13": _("Permission denied"),
        "24": _("Too many open files"),
        "32": _("Broken pipe"),
        "99": _("No free address"),
        "104": _("Connection reset"),
        "110": _("Timed out"),
        "111": _("Connection refused"),
        "113": _("No route to host"),
    }


def _phases() -> dict[str, tuple[str, str]]:
    """Return what the steps of nginx's work with an upstream are called, and what each means."""
    connecting = (_("Connecting (TCP)"), _("The request did not reach the application."))
    return {
        "connecting to upstream": connecting,
        "": connecting,
        "SSL handshaking to upstream": (_("TLS handshake"), _("The request did not reach the application.")),
        "sending request to upstream": (
            _("Sending the request"),
            _("The application may have received a part of it."),
        ),
        "reading response header from upstream": (
            _("Waiting for the response"),
            _("The application had the request, and may have acted on it."),
        ),
        "reading upstream": (_("Reading the response"), _("The response had begun.")),
        "reading client request headers": (_("Reading the request"), _("The client's request was not complete.")),
        "sending to client": (_("Sending to the client"), _("The response was on its way to the client.")),
    }


def read_parts(line: str) -> list[Part]:
    """Return the parts of a line in their order; less than two say that it is no line of an error log."""
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
        yield Part(found.start(), found.end(), clock, _("When: compare it with the application's log."), clock)


def _errno(line: str) -> Iterator[Part]:
    if found := ERRNO.search(line):
        number, said = found[1], (found[2] or found[3]).strip()
        meaning = _("%(number)s is an errno of the operating system, not a status code.") % {"number": number}
        yield Part(found.start(), found.end(), _reasons().get(number, said), meaning, number)


def _phase(line: str) -> Iterator[Part]:
    if found := PHASE.search(line):
        words = (found[1] or "").strip()
        label, meaning = _phases().get(words, (words, _("What was being done at that moment.")))
        start = found.start(1) if found[1] else found.start()
        end = found.end(1) if found[1] else found.end()
        yield Part(start, end, label, meaning)


def _request(line: str) -> Iterator[Part]:
    if found := REQUEST.search(line):
        method = found[2]
        meaning = (
            _("A safe method: it may be sent again.")
            if method in SAFE_METHODS
            else _("Before it is sent again, check whether it was carried out.")
        )
        yield Part(found.start(1), found.end(1), method, meaning, method)


def _upstream(line: str) -> Iterator[Part]:
    if found := UPSTREAM.search(line):
        group = 1 if found[1] else 2
        value = found[group]
        address = ADDRESS.match(value)
        label = f"{address[1]}:{address[2]}" if address else value[:60]
        yield Part(found.start(group), found.end(group), label, _("Where it failed."), value)


def next_steps(parts: list[Part]) -> list[Step]:
    """Return what to do after a failure on the way to an upstream, with commands filled in from the line."""
    where = next((part for part in parts if part.value and part.meaning == _("Where it failed.")), None)
    if not where:
        return []
    steps = []
    if address := ADDRESS.match(where.value):
        port = address[2]
        steps.append(Step(_("Look for the process that listens on port %(port)s.") % {"port": port},
                          f"ss -ltnp | grep ':{port}'"))  # fmt: skip
    if found := PLAIN_ADDRESS.match(where.value):
        steps.append(Step(_("Ask the application itself, past the proxy."), f"curl -v {found[0]}"))
    clock = next((part.value for part in parts if re.fullmatch("[0-9:]{8}", part.value)), "")
    if clock:
        steps.append(Step(_("Read the application's log around %(time)s for stops and restarts.") % {"time": clock}))
    return steps


def marked(line: str, parts: list[Part]) -> list[tuple[str, int]]:
    """Return the pieces of a line, each with the number of its part, 0 for what is between."""
    pieces, place = [], 0
    for number, part in enumerate(parts, start=1):
        pieces += [(line[place : part.start], 0), (line[part.start : part.end], number)]
        place = part.end
    return [piece for piece in [*pieces, (line[place:], 0)] if piece[0]]
