"""What an address asks for beyond one code: a choice among several, and an outage that ends.

All of it follows from the address and the clock. Nothing is remembered between two requests.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime

MAX_CHOICES = 8
UNITS = 10_000  # in which shares are counted
MAX_AHEAD = 3600  # seconds that an outage may last
MAX_NUMBER = 10**9
SHARE = re.compile(r"([0-9]{3})(?::(0?\.[0-9]{1,4}|[01](?:\.0{1,4})?))?")
SEED = re.compile(r"[0-9A-Za-z_-]{1,32}")
DIGITS = re.compile(r"[0-9]{1,10}")
PERIOD = re.compile(r"(?:\+|%2[Bb]|%20)([0-9]{1,4})s")


class BadAddress(Exception):
    """Raised with the name of what is wrong with an address: see `answers.refusals`."""


@dataclass(frozen=True)
class Share:
    """A code of a choice, and how often it is chosen."""

    number: int
    units: int | None  # of UNITS; None for a part of what the others leave


def parameters(query: str, *names: str) -> dict[str, str]:
    """Return the values of these names in a query. Raise BadAddress if one is there twice."""
    found: dict[str, str] = {}
    for part in query.split("&"):
        name, _, value = part.partition("=")
        if name in names:
            if name in found:
                raise BadAddress("twice")
            found[name] = value
    return found


def shares(text: str) -> list[Share]:
    """Read "200,503:0.2". Raise BadAddress."""
    parts = text.split(",", MAX_CHOICES)
    if len(parts) > MAX_CHOICES:
        raise BadAddress("too-many")
    found = []
    for part in parts:
        match = SHARE.fullmatch(part)
        if not match:
            raise BadAddress("choice")
        found.append(Share(int(match[1]), round(float(match[2]) * UNITS) if match[2] else None))
    given = sum(share.units or 0 for share in found)
    open_ended = any(share.units is None for share in found)
    if given > UNITS or (given != UNITS and not open_ended):
        raise BadAddress("shares")
    return found


def chosen(among: list[Share], query: str) -> int:
    """Return the number that a query chooses: `n` counts the requests, `seed` begins another series.

    Raise BadAddress if the query does not say n: the address alone decides, so without it the answer never changes.
    """
    found = parameters(query, "seed", "n")
    number, seed = found.get("n", ""), found.get("seed", "0")
    if not DIGITS.fullmatch(number) or int(number) > MAX_NUMBER:
        raise BadAddress("n")
    if not SEED.fullmatch(seed):
        raise BadAddress("seed")
    digest = hashlib.sha256(f"{seed}:{number}".encode()).digest()
    point = int.from_bytes(digest[:8], "big") * UNITS / 2**64
    rest = (UNITS - sum(share.units or 0 for share in among)) / max(1, sum(share.units is None for share in among))
    for share in among:
        point -= rest if share.units is None else share.units
        if point < 0:
            return share.number
    return among[-1].number


@dataclass(frozen=True)
class Outage:
    """Whether a pretended outage lasts, and the second in which it ends or ended."""

    end: int
    seconds: int  # from now, rounded up; 0 when it is over

    @property
    def shown(self) -> str:
        """The end, as a date and as a Unix time."""
        return f"{datetime.fromtimestamp(self.end, UTC):%Y-%m-%dT%H:%M:%SZ} ({self.end})"


def outage(text: str, now: float) -> Outage:
    """Read `until`: a Unix time, or +30s for 30 s without and 30 s with service, in turn by the clock.

    The clock's turns make the second kind stateless: a client that waits as long as Retry-After says meets the service.
    Raise BadAddress for anything else, and for an end more than an hour ahead.
    """
    if period := PERIOD.fullmatch(text):
        length = int(period[1])
        if not 1 <= length <= MAX_AHEAD:
            raise BadAddress("until")
        turn = int(now) // length
        end = (turn + 1) * length if turn % 2 == 0 else turn * length
    elif DIGITS.fullmatch(text):
        end = int(text)
        if end - now > MAX_AHEAD:
            raise BadAddress("too-far")
    else:
        raise BadAddress("until")
    return Outage(end, max(0, -int((now - end) // 1)))
