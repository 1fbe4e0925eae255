"""Counting what the lines of a log say, in bounded memory. static/js/log-reading.js does the same in the browser."""

import re
from dataclasses import dataclass, field

from . import formats
from .lines import Entry, LineReader, shown

_VARYING = re.compile(formats.VARYING)


@dataclass
class Span:
    """The first and the last time, None before there is one."""

    first: int | None = None
    last: int | None = None

    def add(self, seconds: int | None) -> None:
        """Take the time of a line into account, in seconds; None for a line without one."""
        if seconds is None:
            return
        if self.first is None or seconds < self.first:
            self.first = seconds
        if self.last is None or seconds > self.last:
            self.last = seconds


@dataclass
class StatusTally:
    """What was counted of one status code."""

    count: int = 0
    span: Span = field(default_factory=Span)
    paths: dict[str, int] = field(default_factory=dict)
    details: dict[str, int] = field(default_factory=dict)
    buckets: dict[int, int] = field(default_factory=dict)  # lines by time, in units of UNITS[unit]
    unit: int = 0

    def add(self, entry: Entry) -> None:
        """Count a line that has the status code."""
        self.count += 1
        self.span.add(entry.seconds)
        if entry.path:
            if len(self.paths) >= formats.MAX_PATHS and entry.path not in self.paths:
                self.paths = _more_frequent(self.paths)
            self.paths[entry.path] = self.paths.get(entry.path, 0) + 1
        if entry.detail and (entry.detail in self.details or len(self.details) < formats.MAX_DETAILS):
            self.details[entry.detail] = self.details.get(entry.detail, 0) + 1
        if entry.seconds is not None:
            bucket = entry.seconds // formats.UNITS[self.unit]
            self.buckets[bucket] = self.buckets.get(bucket, 0) + 1
            while len(self.buckets) > formats.MAX_BUCKETS and self.unit + 1 < len(formats.UNITS):
                self.lengthen()

    def lengthen(self) -> None:
        """Make the buckets longer by one step."""
        factor = formats.UNITS[self.unit + 1] // formats.UNITS[self.unit]
        self.unit += 1
        longer: dict[int, int] = {}
        for bucket, count in self.buckets.items():
            longer[bucket // factor] = longer.get(bucket // factor, 0) + count
        self.buckets = longer


@dataclass
class ErrorTally:
    """Error messages that differ in numbers and names only."""

    entry: Entry  # the first
    line: str
    count: int = 0
    span: Span = field(default_factory=Span)


class Tally:
    """Counts the lines of a log."""

    def __init__(self) -> None:
        self.reader = LineReader()
        self.lines = 0
        self.requests = 0
        self.unread = 0
        self.samples: list[str] = []  # of lines that could not be read
        self.labels: dict[str, int] = {}
        self.span = Span()
        self.statuses: dict[int, StatusTally] = {}
        self.errors: dict[str, ErrorTally] = {}
        self.error_lines = 0

    def add(self, line: str) -> None:
        """Count a line."""
        line = line.removesuffix("\r")
        if not line.strip(" \t"):
            return
        self.lines += 1
        entry = self.reader.read(line)
        if entry is None:
            self.unread += 1
            if len(self.samples) < formats.MAX_SAMPLES:
                self.samples.append(_sample(line))
            return
        if entry.label:
            self.labels[entry.label] = self.labels.get(entry.label, 0) + 1
        if entry.kind == "access":
            self.requests += 1
            self.span.add(entry.seconds)
            if entry.status not in self.statuses:
                self.statuses[entry.status] = StatusTally()
            self.statuses[entry.status].add(entry)
        elif entry.kind == "error":
            self.span.add(entry.seconds)
            if entry.level not in formats.QUIET:
                self._add_error(entry, line)

    def _add_error(self, entry: Entry, line: str) -> None:
        self.error_lines += 1
        message = entry.message.partition(formats.MESSAGE_END)[0]
        shape = _VARYING.sub("0", message[:400])[:200]
        if shape not in self.errors:
            if len(self.errors) >= formats.MAX_SHAPES:
                return
            self.errors[shape] = ErrorTally(entry, shown(line[:2000]))
        self.errors[shape].count += 1
        self.errors[shape].span.add(entry.seconds)


def _sample(line: str) -> str:
    text = shown(line[: formats.MAX_SAMPLE])
    return f"{text}…" if len(line) > formats.MAX_SAMPLE else text


def _more_frequent(counts: dict[str, int]) -> dict[str, int]:
    """Return the more frequent half, in the order in which they came."""
    kept = sorted(counts, key=lambda key: -counts[key])[: len(counts) // 2]
    chosen = set(kept)
    return {key: count for key, count in counts.items() if key in chosen}
