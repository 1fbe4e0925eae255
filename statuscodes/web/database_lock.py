"""The lock on the database in use: a restore must not replace it under a running site."""

import fcntl
import logging
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connection

log = logging.getLogger(__name__)
LOCK_TIMEOUT = 2.0  # seconds for what is about to end


class DatabaseInUse(Exception):
    """Raised when another process uses the database; says which, and what to do."""


def sqlite_path() -> Path | None:
    """Return the file of the site's SQLite database, None for PostgreSQL and for a database in memory."""
    default: Any = connection
    if default.vendor != "sqlite" or default.is_in_memory_db():
        return None
    return Path(connection.settings_dict["NAME"])


def lock_path(database: Path) -> Path:
    """Return the file whose lock tells that processes of the site use a SQLite database."""
    return database.with_name(f"{database.name}.in-use")


def mark_in_use() -> None:
    """Tell others that this process uses the database, until it ends. Wait for a restore that is under way.

    SQLite itself locks its file only during a transaction. PostgreSQL knows its connections.
    """
    if not (database := sqlite_path()):
        return
    try:
        # Never closed: the lock ends with the process, however that ends.
        fcntl.flock(os.open(lock_path(database), os.O_RDONLY | os.O_CREAT, 0o644), fcntl.LOCK_SH)
    except OSError as error:
        log.warning("a restore cannot know that this site runs: %s", error)


@contextmanager
def exclusive_use() -> Iterator[None]:
    """Use the database exclusively during the block. Raise DatabaseInUse if another process uses it."""
    if connection.vendor == "postgresql":
        _require_no_other_connection()
        yield
    elif database := sqlite_path():
        descriptor = os.open(lock_path(database), os.O_RDONLY | os.O_CREAT, 0o644)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                text = "The site is running: stop it first, for example with `systemctl stop statuscodes`."
                raise DatabaseInUse(text) from None
            _require_no_transaction(database)
            yield
        finally:
            os.close(descriptor)
    else:
        yield


def _require_no_other_connection() -> None:
    """Raise DatabaseInUse if another session is connected to this PostgreSQL database."""
    # Not through the pool: it may have connections of its own.
    default: Any = connection
    default.close()
    default.close_pool()
    deadline = time.monotonic() + LOCK_TIMEOUT
    with default.Database.connect(**default.get_connection_params(), autocommit=True) as own:
        while count := own.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
        ).fetchone()[0]:
            # The session of a process that has just ended is still there for a moment.
            if time.monotonic() > deadline:
                raise DatabaseInUse(
                    f"{count} other connections use the database: first stop the site on every host, for example with"
                    " `systemctl stop statuscodes`. The view pg_stat_activity says whose they are."
                )
            time.sleep(0.1)


def _require_no_transaction(database: Path) -> None:
    """Raise DatabaseInUse if a process, such as a command, writes to this SQLite database."""
    try:
        present = sqlite3.connect(f"{database.absolute().as_uri()}?mode=rw", uri=True, timeout=LOCK_TIMEOUT)
        try:
            present.execute("BEGIN EXCLUSIVE")
        finally:
            present.close()
    except sqlite3.OperationalError as error:
        if getattr(error, "sqlite_errorname", "").startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
            raise DatabaseInUse("Another process writes to the database: try again when it has ended.") from error
    except sqlite3.DatabaseError:
        pass  # damaged: that is what a restore is for
