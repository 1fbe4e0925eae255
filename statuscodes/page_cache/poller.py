"""Follows the revision of what pages are made from, so that no request has to ask, or wait for, the database."""

import logging
import threading
import time
from collections.abc import Callable

from django.db import Error, OperationalError, connection

log = logging.getLogger(__name__)


class RevisionPoller:
    """Reads a revision several times a second in a thread of its own.

    `number` is the newest revision that was read. A page made after reading it is at least as new.
    """

    INTERVAL = 0.25  # seconds between two polls
    MAX_AGE = 1.0  # seconds for which a poll holds

    def __init__(self, read: Callable[[], int] | None = None) -> None:
        self.number = 0
        self.polled_at: float | None = None  # time.monotonic() before the last poll that succeeded
        self.is_unavailable = False  # the last poll failed
        self.callbacks: list[Callable[[], None]] = []  # called in the poller's thread after each poll
        self.read = read or (lambda: self.number)  # returns the current revision or raises django.db.Error
        self.thread: threading.Thread | None = None

    @property
    def is_running(self) -> bool:
        return self.thread is not None and self.thread.is_alive()

    @property
    def is_fresh(self) -> bool:
        """Whether a poll succeeded within MAX_AGE."""
        return self.polled_at is not None and time.monotonic() - self.polled_at < self.MAX_AGE

    def start(self, read: Callable[[], int]) -> None:
        """Start polling in a thread of its own."""
        self.read = read
        self.thread = threading.Thread(target=self._run, name="revision-poller", daemon=True)
        self.thread.start()

    def _run(self) -> None:
        while True:
            self.poll()
            for call in self.callbacks:
                call()
            time.sleep(self.INTERVAL)

    def poll(self) -> None:
        """Read the revision once."""
        began = time.monotonic()
        try:
            connection.close_if_unusable_or_obsolete()
            self.number = self.read()
        except Error as error:
            if not self.is_unavailable:
                log.error("the database is unavailable: %s", error)
            self.is_unavailable = True
            connection.close()
        else:
            if self.is_unavailable:
                log.warning("the database is available again")
            self.is_unavailable = False
            self.polled_at = began

    def current(self) -> int:
        """Return the newest revision: the polled one, or read now where nothing polls (commands, tests)."""
        return self.number if self.is_running else self.read()

    def require_database(self) -> None:
        """Raise OperationalError while the database is known to be unavailable, instead of waiting for a timeout."""
        if self.is_unavailable:
            raise OperationalError("the database is unavailable")


poller = RevisionPoller()  # this process's own; statuscodes.wsgi starts it
