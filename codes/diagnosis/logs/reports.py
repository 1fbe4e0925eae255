"""What is remarkable in a log, as rows and sentences. static/js/log-reading.js makes the same in the browser.

The result is plain data, so that one set of cases holds both readings against each other.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from codes.diagnosis.error_lines import marked, next_steps, read_parts
from codes.models import treated_as

from . import formats
from .tallies import ErrorTally, Span, StatusTally, Tally

MAX_ROWS = 20
MAX_ROW_PATHS = 3
MAX_ROW_DETAILS = 4
MIN_CLUSTER = 5  # lines
CLUSTER_SHARE = 80  # per cent of a code's lines, in a quarter of the log's time at most
CHART_HEIGHT, BAR_HEIGHT, BAR_WIDTH = 60, 58, 10
BAD_FROM = 400
MAX_BOXES = 5

_PROBE = re.compile(formats.PROBE)

# What is known of a code, by number: name, summary, step, url, boxes, finer.
# Of an error text: product, text, url, meaning, next, codes.
Codes = Callable[[list[int]], Mapping[int, dict[str, Any]]]
FindError = Callable[[str], dict[str, Any] | None]


@dataclass(frozen=True)
class LogReport:
    """What a page shows of a log, in the page's language. Its parts are dictionaries and lists of texts."""

    headline: str
    span: str
    totals: list[dict[str, str]]
    formats: str
    unread: str
    samples: list[str]
    rows: list[dict[str, Any]]
    more_rows: str
    fine: list[dict[str, str]]
    chart: dict[str, Any] | None
    errors: list[dict[str, Any]]
    more_errors: str
    next: list[str]
    markdown: str
    words: Mapping[str, str]

    def as_data(self) -> dict[str, Any]:
        """Return the report without the words that are the same in all."""
        data = asdict(self)
        del data["words"]
        return data


def build(tally: Tally, codes_of: Codes, find_error: FindError, words: Mapping[str, str]) -> LogReport:
    """Return the report on what was counted."""
    return _Builder(tally, codes_of, find_error, words).report()


class _Builder:
    def __init__(self, tally: Tally, codes_of: Codes, find_error: FindError, words: Mapping[str, str]) -> None:
        self.tally, self.words = tally, words
        span = tally.span
        self.has_dates = span.first is not None and _day(span.first) != _day(span.last)
        bad = [number for number in tally.statuses if _is_bad(number)]
        self.bad = sorted(bad, key=lambda number: (number // 100 != 5, -tally.statuses[number].count, number))
        good = [number for number in tally.statuses if not _is_bad(number)]
        self.good = sorted(good, key=lambda number: (-tally.statuses[number].count, number))
        found = self._found_errors(find_error)
        self.errors = found[: formats.MAX_ERRORS]
        self.more_errors = len(tally.errors) - len(self.errors)
        numbers = [*self.bad, *self.good]
        numbers += [number for _error, text in self.errors if text for number in text["codes"]]
        self.codes = codes_of(numbers)

    def report(self) -> LogReport:
        """Return the finished report."""
        tally = self.tally
        notable = sum(tally.statuses[number].count for number in self.bad) + tally.error_lines
        good = "headline_good" if tally.lines > 1 else "headline_good_one"
        headline = self.say("headline" if notable else good, count=_n(notable), lines=_n(tally.lines))
        labels = sorted(tally.labels, key=lambda label: -tally.labels[label])
        shown = self.bad[:MAX_ROWS]
        most = max((tally.statuses[number].count for number in shown), default=1)
        rows = [self._row(number, most) for number in shown]
        errors = [self._error(error, text) for error, text in self.errors]
        return LogReport(
            headline=headline,
            span=self._span_text(),
            totals=self._totals(),
            formats=self.say("read_as", formats=", ".join(labels)) if labels else "",
            unread=self.say("unread", count=_n(tally.unread)),
            samples=list(tally.samples),
            rows=rows,
            more_rows=self.say("more_rows", count=_n(len(self.bad) - len(shown))) if len(self.bad) > len(shown) else "",
            fine=[self._fine(number) for number in self.good[:MAX_ROWS]],
            chart=self._chart(shown[0]) if shown else None,
            errors=errors,
            more_errors=self.say("more_errors", count=_n(self.more_errors)) if self.more_errors else "",
            next=self._next(),
            markdown=self._markdown(headline, rows, errors),
            words=self.words,
        )

    def say(self, name: str, **values: str) -> str:
        """Return the words with this name, with values in their places."""
        return self.words[name] % values

    def time(self, seconds: int) -> str:
        """Return a time as a row shows it: with its day only if the log has several."""
        moment = _moment(seconds)
        return f"{moment:%m-%d %H:%M}" if self.has_dates else f"{moment:%H:%M}"

    def _span_text(self) -> str:
        span = self.tally.span
        if span.first is None or span.last is None:
            return ""
        first, last = f"{_moment(span.first):%Y-%m-%d %H:%M}", f"{_moment(span.last):%Y-%m-%d %H:%M}"
        if not self.has_dates:
            last = last[11:]
        text = f"{first}–{last}" if last != first[11:] else first
        return f"{text} UTC" if self.tally.reader.is_utc else text

    def _totals(self) -> list[dict[str, str]]:
        counts = {5: 0, 4: 0, 0: 0}
        for number in self.bad:
            digit = number // 100 if number // 100 in counts else 0
            counts[digit] += self.tally.statuses[number].count
        return [
            {"digit": str(digit or ""), "label": f"{digit}xx" if digit else "000", "share": self._share(count)}
            for digit, count in counts.items()
            if count
        ]

    def _share(self, count: int) -> str:
        """Return the share of a count as per cent with one decimal, in integers so that both languages round alike."""
        total = self.tally.requests
        tenths = (count * 2000 + total) // (2 * total)
        return f"{tenths // 10}.{tenths % 10}%" if tenths else "<0.1%"

    def _row(self, number: int, most: int) -> dict[str, Any]:
        status, code = self.tally.statuses[number], self.codes[number]
        notes = []
        if cluster := self._cluster(status):
            first, last, count = cluster
            name = "cluster" if first != last else "cluster_one"
            notes.append(self.say(name, count=_n(count), first=self.time(first), last=self.time(last)))
        paths = _most(status.paths, MAX_ROW_PATHS)
        if number // 100 == 4 and paths and all(_PROBE.match(path) for path, _count in paths[:2]):
            notes.append(self.say("probe"))
        return {
            **self._link(number),
            "summary": code["summary"] or self.say("unknown", base=str(treated_as(number))),
            "step": code["step"],
            "count": self._number(status.count),
            "share": self.say("share", share=self._share(status.count)),
            "width": max(1, status.count * 100 // most),
            "times": self._times(status.span),
            "notes": notes,
            "paths": [{"path": path, "count": _n(count)} for path, count in paths],
            "details": [
                {"value": finer, "meaning": meaning, "count": _n(count)}
                for detail, count in _most(status.details, MAX_ROW_DETAILS)
                for finer, meaning in [_finer(number, detail, code["finer"])]
            ],
            "log_only": self.say("log_only", boxes=", ".join(self._boxes(code["boxes"]))) if code["boxes"] else "",
        }

    def _number(self, count: int) -> str:
        return self.say("number" if count != 1 else "number_one", count=_n(count))

    def _boxes(self, boxes: list[str]) -> list[str]:
        """Return the products that write a code into logs: those that this log may be of, else the first of all."""
        labels = " ".join(self.tally.labels)
        named = [box for box in boxes if any(word in labels for word in box.split())]
        return (named or boxes)[:MAX_BOXES]

    def _link(self, number: int) -> dict[str, str]:
        code = self.codes[number]
        digit = str(number // 100) if 1 <= number // 100 <= 5 else ""
        return {"label": f"{number:03}", "digit": digit, "url": code["url"], "name": code["name"]}

    def _fine(self, number: int) -> dict[str, str]:
        return {**self._link(number), "count": _n(self.tally.statuses[number].count)}

    def _times(self, span: Span) -> str:
        if span.first is None or span.last is None:
            return ""
        first, last = self.time(span.first), self.time(span.last)
        return first if first == last else self.say("times", first=first, last=last)

    def _whole(self, unit: int) -> int:
        """Return how many units of time the log covers."""
        span, size = self.tally.span, formats.UNITS[unit]
        return 0 if span.first is None or span.last is None else span.last // size - span.first // size + 1

    def _cluster(self, status: StatusTally) -> tuple[int, int, int] | None:
        """Return the beginnings of the first and last unit of time in which most lines are, and how many those are."""
        timed = sum(status.buckets.values())
        keys = sorted(status.buckets)
        if timed < MIN_CLUSTER:
            return None
        best: tuple[int, int, int] | None = None
        start, inside = 0, 0
        for key in keys:
            inside += status.buckets[key]
            while (inside - status.buckets[keys[start]]) * 100 >= timed * CLUSTER_SHARE:
                inside -= status.buckets[keys[start]]
                start += 1
            if inside * 100 >= timed * CLUSTER_SHARE and (best is None or key - keys[start] < best[1] - best[0]):
                best = keys[start], key, inside
        if best is None or (best[1] - best[0] + 1) * 4 > self._whole(status.unit):
            return None
        size = formats.UNITS[status.unit]
        return best[0] * size, best[1] * size, best[2]

    def _chart(self, number: int) -> dict[str, Any] | None:
        """Return bars of the lines of a code by time over the whole log."""
        status, span = self.tally.statuses[number], self.tally.span
        whole = self._whole(status.unit)
        if whole < 3 or sum(status.buckets.values()) < MIN_CLUSTER or span.first is None:
            return None
        size = formats.UNITS[status.unit]
        step = -(-whole // formats.MAX_BARS)
        begin = span.first // size
        counts = [0] * -(-whole // step)
        for bucket, count in status.buckets.items():
            counts[(bucket - begin) // step] += count
        most = max(counts)
        ends = [len(counts) * part // 3 for part in range(3)] + [len(counts) - 1]
        starts = [(begin + place * step) * size for place in range(len(counts))]
        minutes = size * step // 60
        name, length = ("chart_hours", minutes // 60) if minutes % 60 == 0 else ("chart_minutes", minutes)
        return {
            "digit": self._link(number)["digit"],
            "caption": self.say(name, code=f"{number:03}", size=str(length)),
            "says": self.say("chart_says", time=self.time(starts[counts.index(most)]), count=_n(most)),
            "width": len(counts) * BAR_WIDTH,
            "bars": [_bar(place, max(1, count * BAR_HEIGHT // most)) for place, count in enumerate(counts) if count],
            "ticks": [self.time(starts[place]) for place in dict.fromkeys(ends)],
        }

    def _found_errors(self, find_error: FindError) -> list[tuple[ErrorTally, dict[str, Any] | None]]:
        """Return the most frequent error messages with their error texts, those with one first."""
        errors = sorted(self.tally.errors.values(), key=lambda error: -error.count)[: formats.MAX_MATCHED]
        found = [(error, find_error(error.entry.message[:1500])) for error in errors]
        return sorted(found, key=lambda pair: pair[1] is None)

    def _error(self, error: ErrorTally, text: dict[str, Any] | None) -> dict[str, Any]:
        parts = read_parts(error.line)
        parts = parts if len(parts) > 1 else []
        return {
            "count": self._number(error.count),
            "times": self._times(error.span),
            "level": error.entry.level,
            "says": self.say("says", product=text["product"]) if text else "",
            "text": text["text"] if text else "",
            "url": text["url"] if text else "",
            "meaning": text["meaning"] if text else self.say("no_text"),
            "next": text["next"] if text else "",
            "codes": [self._link(number) for number in text["codes"][:3]] if text else [],
            "pieces": [{"text": piece, "number": number} for piece, number in marked(error.line, parts)],
            "parts": [{"label": part.label, "meaning": part.meaning} for part in parts],
            "steps": [{"text": step.text, "command": step.command} for step in next_steps(parts)],
        }

    def _markdown(self, headline: str, rows: list[dict[str, Any]], errors: list[dict[str, Any]]) -> str:
        """Return the report for a ticket, without lines of the log: those hold what others should not see."""
        lines = [f"## {headline}", "", self._span_text(), ""]
        if rows:
            head = [self.words[name] for name in ("code", "lines", "when", "paths")]
            lines += [_cells(head), _cells(["---"] * len(head))]
        for row in rows:
            paths = ", ".join(f"{_code(path['path'])} {path['count']}" for path in row["paths"])
            when = " · ".join(text for text in [row["times"], *row["notes"]] if text)
            lines.append(_cells([f"{row['label']} {row['name']}", f"{row['count']} ({row['share']})", when, paths]))
        lines += [""] if rows else []
        for error in errors:
            said = f"{_code(error['text'])}: " if error["text"] else ""
            lines.append(f"- {error['count']}: {said}{error['meaning']} {error['next']}".rstrip())
        lines += [""] if errors else []
        if sentences := self._next():
            lines.append(f"**{self.words['first']}** {' '.join(sentences)}")
        return "\n".join(lines).strip() + "\n"

    def _next(self) -> list[str]:
        """Return what to do first, as sentences."""
        for _error, text in self.errors:
            if text:
                return [text["next"]]
        if not self.bad:
            return [] if self.tally.errors else [self.say("next_good")]
        sentences = []
        if cluster := self._cluster(self.tally.statuses[self.bad[0]]):
            sentences.append(self.say("next_cluster", time=self.time(cluster[0])))
        if step := self.codes[self.bad[0]]["step"]:
            sentences.append(step)
        if self.bad[0] // 100 == 5 and not self.tally.errors:
            sentences.append(self.say("next_paste"))
        return sentences


def _code(text: str) -> str:
    return "`" + text.replace("`", "'") + "`"


def _cells(texts: list[str]) -> str:
    return "| " + " | ".join(text.replace("|", "\\|") for text in texts) + " |"


def _finer(number: int, detail: str, known: Mapping[str, str]) -> tuple[str, str]:
    """Return a product's finer code as its product writes it, and what it means: 403.14, H12, UF, sH--."""
    value = f"{number:03}.{detail}" if detail.isdecimal() else detail
    # HAProxy's last two letters are about cookies; Envoy writes several flags.
    names = [value, f"{value[:2]}--", *value.split(",")]
    return value, next((known[name] for name in names if name in known), "")


def _is_bad(number: int) -> bool:
    return number >= BAD_FROM or number < 100


def _n(number: int) -> str:
    return f"{number:,}"


def _most(counts: dict[str, int], limit: int) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: -item[1])[:limit]


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _day(seconds: int | None) -> int:
    return (seconds or 0) // 86_400


def _bar(place: int, height: int) -> dict[str, int]:
    return {"x": place * BAR_WIDTH + 1, "y": CHART_HEIGHT - height, "height": height}
