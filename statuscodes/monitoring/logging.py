"""Logs as lines of JSON, each with the id of the request that it belongs to."""

import json
import logging
import re
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)

# The attributes of every record; all others are facts of the event.
STANDARD_ATTRS = {*vars(logging.makeLogRecord({})), "message", "asctime", "request", "server_time"}
# What a terminal or an editor obeys rather than shows: control characters, line separators, marks that turn the
# direction of a text, and lone surrogates, which no encoding can write.
UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]")


def escape(text: str) -> str:
    """Return the text with every unsafe character as JSON would escape it."""
    return UNSAFE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


class LineFormatter(logging.Formatter):
    """Formats a record as a line to read, followed by the traceback if there is one."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        return escape(super().formatMessage(record))

    def formatException(self, ei: Any) -> str:
        return "\n".join(map(escape, super().formatException(ei).split("\n")))


class JSONFormatter(logging.Formatter):
    """Formats a record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if number := request_id.get():
            line["request_id"] = number
        line |= {name: value for name, value in vars(record).items() if name not in STANDARD_ATTRS}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return escape(json.dumps(line, ensure_ascii=False, default=str))
