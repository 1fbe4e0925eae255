"""Every change of the catalogue advances its revision, in the same transaction; every process follows it."""

import logging
import threading
import time
from contextlib import contextmanager

from django.db import Error, OperationalError, connection
from django.db.models.signals import m2m_changed, post_delete, post_save

from .models import LoadedEntry, Revision, StatusCode

log = logging.getLogger(__name__)


def watch(app):
    """Connect the signals. What bypasses them (bulk_create, QuerySet.update) has to call Revision.advance()."""
    for model in app.get_models():
        if model not in (LoadedEntry, Revision):
            post_save.connect(_advance, sender=model)
            post_delete.connect(_advance, sender=model)
    m2m_changed.connect(_advance, sender=StatusCode.related.through)


class _Gathering(threading.local):
    active = found = False


_gathering = _Gathering()


def _advance(sender, using, **kwargs):
    if _gathering.active:
        _gathering.found = True
    else:
        Revision.advance()


@contextmanager
def one_advance():
    """Advance the revision once, at the end, for however many changes there are within: all in one transaction."""
    _gathering.active, _gathering.found = True, False
    try:
        yield
    finally:
        _gathering.active = False
    if _gathering.found:
        Revision.advance()


class Follower(threading.Thread):
    """Reads the revision several times a second, so that no request has to ask, or to wait for, the database.

    `number` is the newest revision that was read. What was made after reading it is at least as new.
    """

    EVERY = 0.25  # seconds between two looks
    FRESH_FOR = 1.0  # seconds for which a look holds

    def __init__(self):
        super().__init__(name="revision", daemon=True)
        self.number = 0
        self.looked_at = None  # time.monotonic() before the last look that succeeded
        self.is_away = False  # the last look failed
        self.at_each_look = []  # called in this thread, without arguments

    @property
    def is_fresh(self):
        """False before the first look, and while the database does not answer."""
        return self.looked_at is not None and time.monotonic() - self.looked_at < self.FRESH_FOR

    def run(self):
        while True:
            self.look()
            for call in self.at_each_look:
                call()
            time.sleep(self.EVERY)

    def look(self):
        began = time.monotonic()
        try:
            connection.close_if_unusable_or_obsolete()
            self.number = Revision.current()
        except Error as error:
            if not self.is_away:
                log.error("the database is away: %s", error)
            self.is_away = True
            connection.close()
        else:
            if self.is_away:
                log.warning("the database is back")
            self.is_away = False
            self.looked_at = began


follower = Follower()


def require_database():
    """Raise OperationalError while the database is known to be away: nobody waits for a time limit to pass."""
    if follower.is_away:
        raise OperationalError("the database is away")


def current():
    """The catalogue's revision: as the process follows it, or asked for where nothing follows (commands, tests)."""
    return follower.number if follower.is_alive() else Revision.current()
