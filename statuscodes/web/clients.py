"""Which client a request comes from, and how often it may do something. What is counted stays in memory."""

import hashlib
import re
import secrets
import threading
import time
from collections import OrderedDict
from ipaddress import IPv4Address, IPv6Address, ip_address

from django.conf import settings
from django.http import HttpRequest

# An address as proxies write it: [2001:db8::1], [2001:db8::1]:443, 192.0.2.1:5678, or without anything around it.
PORT = "(?::[0-9]{1,5})?"
ENTRY = re.compile(rf"\[(?P<bracketed>[^\]]*)\]{PORT}|(?P<dotted>[0-9.]+){PORT}|(?P<bare>.*)")


def client_address(request: HttpRequest) -> str | None:
    """Return the client's address, None if unknown; of IPv6 the /64 network, which belongs to one household.

    Behind our own proxy only the last entry of X-Forwarded-For cannot be forged. Some balancers add the port to it, or
    write a word in its place.
    """
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")[-1].strip() if settings.BEHIND_PROXY else ""
    match = ENTRY.fullmatch(forwarded or request.META.get("REMOTE_ADDR", ""))
    try:
        address = ip_address(match["bracketed"] or match["dotted"] or match["bare"] if match else "")
    except ValueError:
        return None
    if isinstance(address, IPv4Address):
        return str(address)
    # As a number it has no zone ("%eth0"), which databases do not store.
    return str(address.ipv4_mapped or IPv6Address(int(address) >> 64 << 64))


class RateLimit:
    """Lets each client do something `tries` times in `window` seconds, and all clients together `total` times.

    Of a client only a keyed digest is kept, for the window, in this process.
    """

    MAX_CLIENTS = 5_000  # the one that was seen longest ago makes room

    def __init__(self, tries: int, total: int, window: float) -> None:
        self.tries, self.total, self.window = tries, total, window
        self.key = secrets.token_bytes(16)
        self.lock = threading.Lock()
        self.seen: OrderedDict[bytes, list[float]] = OrderedDict()
        self.all: list[float] = []

    def wait(self, request: HttpRequest) -> float:
        """Count a try and return 0, or return after how many seconds the client may try again."""
        client = hashlib.blake2b((client_address(request) or "").encode(), key=self.key, digest_size=8).digest()
        now = time.monotonic()
        with self.lock:
            while self.seen and next(iter(self.seen.values()))[-1] <= now - self.window:
                self.seen.popitem(last=False)
            self.all = [at for at in self.all if at > now - self.window]
            own = [at for at in self.seen.get(client, []) if at > now - self.window]
            for times, limit in ((own, self.tries), (self.all, self.total)):
                if len(times) >= limit:
                    return times[-limit] + self.window - now
            self.all.append(now)
            self.seen[client] = [*own, now]
            self.seen.move_to_end(client)
            while len(self.seen) > self.MAX_CLIENTS:
                self.seen.popitem(last=False)
        return 0
