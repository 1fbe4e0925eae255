"""How long the server's processes wait for the database. Commands, such as a migration, may take their time.

Three limits, one inside another: the database ends a statement that takes long or waits for a lock; the client gives
up on a database that does not even say that; and statuscodes.web.middleware lets only a few requests wait at all.
"""

from typing import Any

from django.db import connection

MAX_LOCK_WAIT = 4  # seconds; longer than any save, shorter than a migration
MAX_STATEMENT = 8  # seconds; the slowest statement of the site takes a fraction of one
MAX_IDLE_IN_TRANSACTION = 30  # seconds in which a request that holds locks may compute
MAX_RECONNECT = 2  # seconds of trying to connect, after which the next request tries again
SQLITE_READ_WAIT = 3  # seconds for which reading waits while another process writes
SQLITE_WRITE_WAIT = 15  # seconds for which an editor's save waits for its turn: as long as loading the catalogue takes


def limit_waiting(database: dict[str, Any], max_connections: int) -> None:
    """Set the limits of a database of settings.DATABASES, before the first connection to it."""
    options = database["OPTIONS"]
    if database["ENGINE"].endswith("sqlite3"):
        options["timeout"] = SQLITE_READ_WAIT
        return
    from .postgresql import LimitedConnection  # sites on SQLite start sooner without psycopg

    limits = {
        "statement_timeout": MAX_STATEMENT,
        "lock_timeout": MAX_LOCK_WAIT,
        "idle_in_transaction_session_timeout": MAX_IDLE_IN_TRANSACTION,
    }
    given = options.get("options", "")
    options["options"] = " ".join([given, *(f"-c {name}={seconds}s" for name, seconds in limits.items())]).strip()
    options["pool"] |= {
        "max_size": max_connections,
        "connection_class": LimitedConnection,
        # The pool waits longer before each new try, up to this: so long may it take until a database that is back is
        # noticed.
        "reconnect_timeout": MAX_RECONNECT,
    }


def wait_for_turn_to_write() -> None:
    """Let this request's connection wait for as long as an editor's save may."""
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        connection.connection.execute(f"PRAGMA busy_timeout = {SQLITE_WRITE_WAIT * 1000}")
