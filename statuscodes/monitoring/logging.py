"""Logs as lines of JSON, each with the id of the request that it belongs to."""

import json
import logging
import os
import queue
import re
import sys
import threading
import time
from contextlib import suppress
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, TextIO

MAX_PENDING = 1_000  # lines that wait to be written; more are dropped
FLUSH_TIMEOUT = 1.0  # seconds for which the end of the process waits for lines to be written

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


class BackgroundHandler(logging.Handler):
    """Writes lines in a thread of its own, so that no request waits for a reader of the log.

    While nobody reads, MAX_PENDING lines wait and further ones are dropped. A line says how many, once somebody reads.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        super().__init__()
        # Past the stream's buffer: a thread that hangs in it would abort the interpreter at its end.
        self.descriptor = (stream or sys.stderr).fileno()
        self.lines: queue.Queue[str] = queue.Queue(MAX_PENDING)
        self.dropped = 0
        self.thread: threading.Thread | None = None
        # The lines that wait are written by the parent, whose thread may hold the queue's lock at this moment.
        os.register_at_fork(after_in_child=self._begin_anew)

    def _begin_anew(self) -> None:
        self.lines, self.dropped, self.thread = queue.Queue(MAX_PENDING), 0, None

    def emit(self, record: logging.LogRecord) -> None:
        try:
            # Here, because the request's id belongs to this thread.
            self.lines.put_nowait(self.format(record))
        except queue.Full:
            self.dropped += 1
        except Exception:
            self.handleError(record)
        if not (self.thread and self.thread.is_alive()):
            self.thread = threading.Thread(target=self._run, name="log", daemon=True)
            self.thread.start()

    def _run(self) -> None:
        while True:
            self._write(self.lines.get())
            dropped, self.dropped = self.dropped, 0
            if dropped:
                text = "%d lines were dropped because nobody read the log"
                fields = {"name": __name__, "levelno": logging.WARNING, "levelname": "WARNING", "msg": text}
                self._write(self.format(logging.makeLogRecord(fields | {"args": (dropped,)})))
            self.lines.task_done()

    def _write(self, line: str) -> None:
        data = f"{line}\n".encode(errors="backslashreplace")
        with suppress(OSError):  # a line that cannot be written is lost, and the site goes on
            while data:
                try:
                    data = data[os.write(self.descriptor, data) :]
                except BlockingIOError:
                    time.sleep(0.05)

    def flush(self) -> None:
        """Wait until every line is written, though not for long."""
        with self.lines.all_tasks_done:
            self.lines.all_tasks_done.wait_for(lambda: not self.lines.unfinished_tasks, FLUSH_TIMEOUT)
