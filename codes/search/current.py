"""The index of the catalogue's current revision, one for each process."""

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import cast

from django.db import Error

from codes.models import Revision

from .index import Index
from .results import Results


class _Cache:
    """The newest index, and how this process learns of the catalogue's revision."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.index: Index | None = None
        self.revision: int | None = None  # of which the index is, at least
        self.newest_revision: int | None = None  # that was read
        self.read_revision: Callable[[], int] = Revision.current
        self.check_database: Callable[[], None] = lambda: None


_cache = _Cache()


def use_revision(read: Callable[[], int], check_database: Callable[[], None]) -> None:
    """Let the index learn of the catalogue's revision from `read` instead of asking the database for each search.

    `check_database` raises django.db.OperationalError while the database is known to be unavailable: building an index
    then fails at once instead of waiting for a timeout.
    """
    _cache.read_revision, _cache.check_database = read, check_database


def current_index() -> Index:
    """Return the index of the catalogue's current revision, or the one before while another thread builds it.

    Raise django.db.Error if there is none and the catalogue cannot be read. What is made from an outdated index may be
    shown and not stored: see `is_outdated`.
    """
    # The revision is read before the index is built, and recorded after it: the index is at least as new.
    index = _cache.index
    if index and not _is_due():
        return index
    if not _cache.lock.acquire(blocking=index is None) and index:
        return index
    try:
        if _is_due():
            revision = _cache.newest_revision
            _cache.check_database()
            _cache.index = Index()
            _cache.revision = revision
    except Error:
        if _cache.index is None:
            raise
    finally:
        _cache.lock.release()
    return cast("Index", _cache.index)


def prepare_index() -> None:
    """Build the index before the first search needs it. If the catalogue cannot be read, that search builds it."""
    with suppress(Error):
        current_index()


def _is_due() -> bool:
    """Return whether the catalogue has changed since the newest index was built."""
    built = _cache.revision
    _cache.newest_revision = _cache.read_revision()
    return _cache.index is None or _cache.newest_revision != built


def is_outdated(index: Index) -> bool:
    """Return whether there is a newer index, or was to be one when the revision was last read."""
    return index is not _cache.index or _cache.newest_revision != _cache.revision


def search(query: str) -> Results:
    """Return the Results for what a person typed or pasted."""
    return current_index().search(query)
