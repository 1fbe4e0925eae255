"""How many requests are answered: so many a second from one client, and so many from all.

Each client has one number, the time at which its allowance is full again (the generic cell rate algorithm, a token
bucket without a clock of its own). The table is bounded: of clients that have not come for long, the number is
forgotten, which is to their favour only when their allowance was full again anyway or when thousands come at once.
"""

import ipaddress
from functools import lru_cache
from threading import Lock

PER_CLIENT, PER_CLIENT_BURST = 5.0, 20  # requests a second, and at once
TOTAL, TOTAL_BURST = 200.0, 400
MAX_CLIENTS = 20_000  # in each of the two halves of the table


class Limits:
    """The allowances of all clients."""

    def __init__(
        self,
        rate: float = PER_CLIENT,
        burst: int = PER_CLIENT_BURST,
        total: float = TOTAL,
        total_burst: int = TOTAL_BURST,
    ) -> None:
        self.step, self.slack = 1 / rate, burst / rate
        self.total_step, self.total_slack = 1 / total, total_burst / total
        self.total_full_at = 0.0
        self.recent: dict[str, float] = {}
        self.before: dict[str, float] = {}
        self.lock = Lock()

    def wait(self, client: str, now: float) -> float:
        """Count a request; return 0 if it may be answered, else the seconds after which the next one may be.

        `now` is of a clock that never goes back. A request that is refused is not counted.
        """
        with self.lock:
            full_at = self.recent.get(client)
            if full_at is None:
                full_at = self.before.get(client, 0.0)
            full_at = max(full_at, now) + self.step
            total_full_at = max(self.total_full_at, now) + self.total_step
            if (excess := full_at - now - self.slack) > 1e-9 or (
                excess := total_full_at - now - self.total_slack
            ) > 1e-9:
                return excess
            self.total_full_at = total_full_at
            self.recent[client] = full_at
            if len(self.recent) >= MAX_CLIENTS:
                self.recent, self.before = {}, self.recent
            return 0.0


def client_of(address: str) -> str:
    """Return whom an address belongs to: an IPv4 address, or the network of /64 within which a client may choose.

    A port behind the address, or brackets around it, do no harm.
    """
    return _client_of(address[:64])


@lru_cache(maxsize=4096)
def _client_of(address: str) -> str:
    host = address.removeprefix("[").partition("]")[0].partition("%")[0]
    if host.count(":") == 1:
        host = host.partition(":")[0]
    try:
        found = ipaddress.ip_address(host)
    except ValueError:
        return "unknown"
    if isinstance(found, ipaddress.IPv6Address):
        return str(found.ipv4_mapped or int(found) >> 64)
    return str(found)
