"""Reading the lines of a log by the table of formats. static/js/log-reading.js does the same in the browser."""

import json
import re
from calendar import timegm
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from . import formats
from .formats import Kind

UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
REPLACEMENT = "\ufffd"
NUMBER = re.compile(r"^[0-9]{1,3}$")
METHOD = re.compile(r"^[A-Z]{3,20}$")

_FORMATS = [(each, re.compile(each.pattern)) for each in formats.FORMATS]
_CLOCKS = [re.compile(each) for each in formats.CLOCKS]
_PREFIX = re.compile(formats.PREFIX)
_COLOURS = re.compile(formats.COLOURS)
_PAIR = re.compile(formats.PAIR)
_EPOCH = re.compile(formats.EPOCH)
_ORIGIN = re.compile(formats.ORIGIN)
_IDENTIFIER = re.compile(formats.IDENTIFIER)
MAX_CLOCK = 19  # characters
MAX_REMEMBERED = 4096  # times and addresses that are read once


@dataclass(slots=True)
class Entry:
    """What a line says. `status` is 0 where the log has none, `seconds` is the time as written, None for none."""

    kind: Kind
    label: str
    status: int = 0
    seconds: int | None = None
    path: str = ""
    detail: str = ""
    level: str = ""
    message: str = ""


def shown(text: str) -> str:
    """Return the text with a mark for each character that nobody can see or that no encoding has."""
    return UNPRINTABLE.sub(REPLACEMENT, text)


class LineReader:
    """Reads one line after another, with what lines before said: the names of columns, a request that has begun."""

    def __init__(self) -> None:
        self.formats = list(_FORMATS)
        self.columns: list[str] = []
        self.started: dict[str, tuple[str, int | None]] = {}
        self.is_utc = False  # a time was read that is a number of seconds
        self._times: dict[str, int | None] = {}
        self._paths: dict[str, str] = {}

    def read(self, line: str) -> Entry | None:
        """Return what a line says, None if it is of no known format."""
        if not formats.MIN_LINE <= len(line) <= formats.MAX_LINE:
            return None
        if "\x1b" in line:
            line = _COLOURS.sub("", line)
        if entry := self._read(line):
            return entry
        prefix = _PREFIX.match(line)
        entry = self._read(line[prefix.end() :]) if prefix else None
        if entry and entry.seconds is None:
            entry.seconds = self.seconds(line[:MAX_CLOCK])
        return entry

    def _read(self, line: str) -> Entry | None:
        if line.startswith("#"):
            return self._directive(line)
        if line.startswith("{"):
            return self._object(line)
        if self.columns and (entry := self._row(line)):
            return entry
        for place, (form, pattern) in enumerate(self.formats):
            if match := pattern.match(line):
                if place:
                    self.formats.insert(0, self.formats.pop(place))
                return self._matched(form, match.groupdict(""))
        return self._pairs(line)

    def _matched(self, form: formats.Format, parts: dict[str, str]) -> Entry | None:
        seconds = self.seconds(parts.get("time", ""))
        if form.kind == "error":
            return Entry("error", form.label, 0, seconds, "", "", parts["level"].lower(), parts["message"])
        if form.kind == "context":
            return Entry("context", form.label)
        path = self.path(parts["path"]) if "path" in parts else self.requested(parts.get("request", ""))
        if form.kind == "start":
            if len(self.started) >= formats.MAX_STARTED:
                del self.started[next(iter(self.started))]
            self.started[parts["tag"]] = path, seconds
            return Entry("context", form.label)
        if form.kind == "end":
            path, seconds = self.started.pop(parts["tag"], ("", None))
        status = parts["status"]
        return Entry("access", form.label, int(status) if NUMBER.match(status) else 0, seconds, path, _detail(parts))

    def _directive(self, line: str) -> Entry | None:
        """Read a line that says something of the lines below (W3C Extended Log File Format)."""
        name, colon, value = line[1:].partition(":")
        if not colon or name not in {"Fields", "Version", "Software", "Date", "Start-Date", "End-Date", "Remark"}:
            return None
        if name == "Fields":
            self.columns = value.split()[:100]
        return Entry("context", "")

    def _row(self, line: str) -> Entry | None:
        values = line.split("\t" if "\t" in line else " ")
        if len(values) != len(self.columns):
            return None
        fields: dict[str, Any] = dict(zip(self.columns, values, strict=True))
        if "date" in fields and "time" in fields:
            fields["time"] = f"{fields['date']} {fields['time']}"
        return self._fields(fields)

    def _object(self, line: str) -> Entry | None:
        try:
            value = json.loads(line, parse_constant=_refuse)
        except (ValueError, RecursionError):
            return None
        return self._fields(value) if isinstance(value, dict) else None

    def _pairs(self, line: str) -> Entry | None:
        """Read name=value pairs, as Heroku's router writes them."""
        if "status=" not in line:
            return None
        return self._fields({name: quoted or plain for name, quoted, plain in _PAIR.findall(line)})

    def _fields(self, fields: dict[str, Any]) -> Entry | None:
        """Read what has names: a request has a status and an address or a method, an error has a level and a text."""
        label = _label(fields)
        seconds = self.seconds(next(_found(fields, "time"), ""))
        status = next((each for each in _found(fields, "status") if NUMBER.match(each)), "")
        method = next((each for each in _found(fields, "method") if METHOD.match(each)), "")
        path = next((each for each in _found(fields, "path") if each.startswith("/") or "://" in each), "")
        request = next(_found(fields, "request"), "")
        if status and (method or path or " " in request):
            read = self.path(path) if path else self.requested(request)
            return Entry(
                "access", label, int(status), seconds, read, _detail({"detail": next(_found(fields, "detail"), "")})
            )
        level, message = next(_found(fields, "level"), ""), next(_found(fields, "message"), "")
        if level and message and seconds is not None:
            return Entry("error", label, 0, seconds, "", "", level.lower(), message)
        return None

    def seconds(self, text: str) -> int | None:
        """Return the seconds from 1970 to a time, as if it was UTC; None if it is none."""
        if text not in self._times:
            if len(self._times) >= MAX_REMEMBERED:
                self._times.clear()
            self._times[text] = self._seconds(text)
        return self._times[text]

    def _seconds(self, text: str) -> int | None:
        for clock in _CLOCKS:
            if match := clock.match(text):
                return _within_calendar(_seconds_of(match.groupdict()))
        if not _EPOCH.match(text):
            return None
        self.is_utc = True
        whole = text.partition(".")[0]
        # Seconds, milliseconds, microseconds or nanoseconds
        return _within_calendar(int(whole[: len(whole) - len(whole[10:]) // 3 * 3]))

    def requested(self, request: str) -> str:
        """Return the folded address in a request line, "" if there is none."""
        words = request.split(" ")
        return self.path(words[1]) if len(words) > 1 else ""

    def path(self, address: str) -> str:
        """Return the path of an address, with a mark for each part that names one thing of many."""
        if address not in self._paths:
            if len(self._paths) >= MAX_REMEMBERED:
                self._paths.clear()
            self._paths[address] = fold_path(address)
        return self._paths[address]


def fold_path(address: str) -> str:
    """Return the path of an address, with ":id" for each part that names one thing of many."""
    path = _ORIGIN.sub("", address[:2000])
    for end in "?#;":
        path = path.partition(end)[0]
    path = shown(_IDENTIFIER.sub("/:id", path))
    return path if len(path) <= formats.MAX_PATH else f"{path[: formats.MAX_PATH - 1]}…"


def _refuse(name: str) -> None:
    raise ValueError(name)


def _detail(parts: dict[str, str]) -> str:
    detail = parts.get("detail", "")
    return "" if detail in {"-", "0", "----"} else shown(detail[:40])


def _label(fields: dict[str, Any]) -> str:
    for label, names in formats.NAMED_BY:
        if any(True for name in names for _value in _values(fields, name)):
            return label
    return "JSON"


def _found(fields: dict[str, Any], part: str) -> Iterator[str]:
    """Yield the values of a part, as text, in the order of preference."""
    for name in formats.FIELDS[part]:
        for value in _values(fields, name):
            if isinstance(value, str):
                yield value
            elif isinstance(value, float):
                yield str(int(value) if value.is_integer() and abs(value) < 2**53 else value)
            elif isinstance(value, int) and not isinstance(value, bool):
                yield str(value)


def _values(fields: dict[str, Any], name: str) -> Iterator[Any]:
    """Yield the value of a field, whether its name leads into objects or has dots itself."""
    if name in fields:
        yield fields[name]
    if "." in name:
        value: Any = fields
        for part in name.split("."):
            value = value.get(part) if isinstance(value, dict) else None
        if value is not None:
            yield value


def _within_calendar(seconds: int | None) -> int | None:
    """Return the seconds, None where a date has no way to say them."""
    return None if seconds is None or seconds > formats.MAX_SECONDS else seconds


def _seconds_of(parts: dict[str, str | None]) -> int | None:
    """Return the seconds from 1970 to a time in parts, None for one that no calendar has."""
    year, day, hour, minute, second = (int(parts[name] or 0) for name in ("y", "d", "h", "min", "s"))
    name = (parts.get("month") or "").lower()
    month = formats.MONTHS.index(name) + 1 if name in formats.MONTHS else int(parts.get("m") or 0)
    if not (year >= 1970 and 1 <= month <= 12 and 1 <= day <= 31 and hour < 24 and minute < 60 and second <= 60):
        return None
    return timegm((year, month, day, hour, minute, second))
