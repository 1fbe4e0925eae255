"""What a request's header fields ask of a stored page: its content coding and its preconditions (RFC 9110)."""

import gzip
import re
from collections.abc import Callable
from functools import lru_cache

import brotli

COMPRESS: dict[str, Callable[[bytes], bytes]] = {
    "br": lambda body: brotli.compress(body, quality=7),
    "gzip": lambda body: gzip.compress(body, 7, mtime=0),
}


@lru_cache(maxsize=512)
def accepted_encoding(header: str) -> str:
    """Return the best of br and gzip that an Accept-Encoding allows, "" for neither (RFC 9110 section 12.5.3)."""
    weights = {}
    for item in header.lower().split(","):
        coding, _, parameters = item.partition(";")
        match = re.search(r"\bq\s*=\s*([01](?:\.[0-9]{0,3})?)\s*$", parameters)
        weights[coding.strip()] = float(match[1]) if match else 1.0
    any_other = weights.get("*", 0.0)
    best = max(COMPRESS, key=lambda coding: weights.get(coding, any_other))
    return best if weights.get(best, any_other) else ""


def matches(header: str, etag: str, *, weak: bool = False) -> bool:
    """Return whether an If-Match (or, with `weak`, an If-None-Match) names our strong ETag.

    RFC 9110 sections 13.1.1 and 13.1.2.
    """
    tags = [item.strip() for item in header.split(",")]
    return tags == ["*"] or etag in tags or (weak and f"W/{etag}" in tags)
