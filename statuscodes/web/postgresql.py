"""A connection to PostgreSQL that notices when the server is frozen."""

from typing import Any

import psycopg
from psycopg.pq import TransactionStatus

MAX_SILENCE = 10  # seconds without an answer, after which the server counts as frozen


class LimitedConnection(psycopg.Connection[Any]):
    """A connection that ends when the server does not answer for MAX_SILENCE.

    A frozen server keeps its connections open, so neither its own timeouts nor TCP's notice it.
    """

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        try:
            return super().wait(gen, interval=interval, timeout=timeout or MAX_SILENCE)
        except psycopg.OperationalError:
            if self.pgconn.transaction_status == TransactionStatus.ACTIVE:
                # The answer may still come, so the connection is of no use to anybody else.
                self.pgconn.finish()
            raise
