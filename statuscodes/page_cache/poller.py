"""Follows the revision of what pages are made from, so that no request has to ask, or wait for, the database."""

import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from django.db import Error, OperationalError, connection

log = logging.getLogger(__name__)


class RevisionPoller:
    """Reads a revision several times a second in a thread of its own.

    `number` is the newest revision that was read. A page made after reading it is at least as new.

    Nothing here may hold up a request: how long a poll has taken is read from the clock, not from the thread, so that a
    thread that hangs or is gone is noticed without asking it.
    """

    INTERVAL = 0.25  # seconds between two polls
    MAX_AGE = 1.0  # seconds for which a poll holds
    MAX_POLL = 2.0  # seconds; a round that takes longer hangs
    ABANDON_AFTER = 20.0  # seconds; longer than the database's own limits in statuscodes.web.database
    RESTART_INTERVAL = 1.0  # seconds between two starts of a thread
    MAX_ABANDONED = 3  # threads that hang; with as many, no other is started beside them

    def __init__(self, read: Callable[[], int] | None = None) -> None:
        self.number = 0
        self.polled_at: float | None = None  # time.monotonic() before the last poll that succeeded
        self.has_failed = False  # the last poll failed
        self.callbacks: list[Callable[[], None]] = []  # called in the poller's thread after each poll
        self.read = read or (lambda: self.number)  # returns the current revision or raises django.db.Error
        self.thread: threading.Thread | None = None
        self.started_at = 0.0  # time.monotonic() at the last start of a thread
        self.round_began_at = 0.0  # time.monotonic() before the current poll, or the one before the current pause
        self.abandoned: list[threading.Thread] = []
        self.restarting = threading.Lock()

    @property
    def is_started(self) -> bool:
        """Whether this process polls; the thread may have died or hang."""
        return self.thread is not None

    @property
    def is_alive(self) -> bool:
        """Whether the polling thread runs."""
        return self.thread is not None and self.thread.is_alive()

    @property
    def is_hung(self) -> bool:
        """Whether the current poll, or a callback after it, takes longer than any should."""
        return self.is_alive and time.monotonic() - self.round_began_at > self.INTERVAL + self.MAX_POLL

    @property
    def is_fresh(self) -> bool:
        """Whether a poll succeeded within MAX_AGE."""
        return self.polled_at is not None and time.monotonic() - self.polled_at < self.MAX_AGE

    @property
    def is_unavailable(self) -> bool:
        """Whether the database is known not to answer: the last poll failed, or the current one hangs."""
        return self.has_failed or self.is_hung

    @property
    def is_ready(self) -> bool:
        """Whether the thread runs and its last poll succeeded. Unlike `is_fresh`, a busy second does not change it."""
        return self.state == "ok" and self.polled_at is not None and not self.has_failed

    @property
    def state(self) -> str:
        """What health checks say of the poller: "off", "ok", "hung" or "dead"."""
        if not self.is_started:
            return "off"
        return "dead" if not self.is_alive else "hung" if self.is_hung else "ok"

    def start(self, read: Callable[[], int]) -> None:
        """Start polling in a thread of its own."""
        self.read = read
        self._start_thread()

    def ensure_running(self) -> None:
        """Start another thread in place of one that died or has hung for long. Never waits; any request may call it."""
        old = self.thread
        hangs = time.monotonic() - self.round_began_at > self.ABANDON_AFTER
        if old is None or (old.is_alive() and not hangs) or not self.restarting.acquire(blocking=False):
            return
        try:
            self.abandoned = [thread for thread in self.abandoned if thread.is_alive()]
            recently = time.monotonic() - self.started_at < self.RESTART_INTERVAL
            if old is not self.thread or recently or len(self.abandoned) >= self.MAX_ABANDONED:
                return
            log.error("the poller %s and is started again", "hangs" if old.is_alive() else "died")
            if old.is_alive():
                self.abandoned.append(old)
            self._start_thread()
        finally:
            self.restarting.release()

    def _start_thread(self) -> None:
        self.started_at = self.round_began_at = time.monotonic()
        self.thread = threading.Thread(target=self._run, name="revision-poller", daemon=True)
        self.thread.start()

    def _run(self) -> None:
        while not self._is_superseded():
            self.poll()
            for call in self.callbacks:
                try:
                    call()
                except Exception:
                    log.exception("a callback of the poller failed")
            # Outside any try: if even sleeping fails, the thread ends, and the next request starts another.
            time.sleep(self.INTERVAL)

    def _is_superseded(self) -> bool:
        """Return whether the current thread was given up: what it still reads is old."""
        return threading.current_thread() in self.abandoned

    def poll(self) -> None:
        """Read the revision once."""
        began = time.monotonic()
        if not self._is_superseded():
            self.round_began_at = began
        try:
            connection.close_if_unusable_or_obsolete()
            number = int(self.read())
        except Exception as error:  # whatever it is, the next poll may succeed
            if self._is_superseded():
                return
            if not self.has_failed:
                if isinstance(error, Error):
                    log.error("the database is unavailable: %s", error)
                else:
                    log.exception("the revision cannot be read")
            self.has_failed = True
            with suppress(Exception):
                connection.close()
        else:
            if self._is_superseded():
                return
            if self.has_failed:
                log.warning("the database is available again")
            self.number, self.has_failed, self.polled_at = number, False, began

    def current(self) -> int:
        """Return the newest revision: the polled one, or read now where nothing polls (commands, tests)."""
        return self.number if self.is_started else self.read()

    def require_database(self) -> None:
        """Raise OperationalError while the database is known to be unavailable, instead of waiting for a timeout."""
        if self.is_unavailable:
            raise OperationalError("the database is unavailable")


poller = RevisionPoller()  # this process's own; statuscodes.wsgi starts it
