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

# One item of a list of entity-tags, or an empty one, with the comma after it (RFC 9110 sections 5.6.1 and 8.8.3).
LIST_ITEM = re.compile(r'[ \t]*+(?P<tag>(?:W/)?"[!#-~\x80-\xff]*+")?[ \t]*+(?:,|$)')


@lru_cache(maxsize=512)
def accepted_encoding(header: str, available: tuple[str, ...] = tuple(COMPRESS)) -> str:
    """Return the best of the available codings that an Accept-Encoding allows, "" for none (RFC 9110 section 12.5.3).

    Of codings that are equally welcome it is the first.
    """
    weights = {}
    for item in header.lower().split(","):
        coding, _, parameters = item.partition(";")
        match = re.search(r"\bq\s*=\s*([01](?:\.[0-9]{0,3})?)\s*$", parameters)
        weights[coding.strip()] = float(match[1]) if match else 1.0
    any_other = weights.get("*", 0.0)
    best = max(available, key=lambda coding: weights.get(coding, any_other), default="")
    return best if weights.get(best, any_other) else ""


def entity_tags(header: str) -> list[str]:
    """Return the entity-tags that a header field lists; none if it is malformed. A tag may contain commas."""
    tags, position = [], 0
    while position < len(header):
        match = LIST_ITEM.match(header, position)
        if not match:
            return []
        if match["tag"]:
            tags.append(match["tag"])
        position = match.end()
    return tags


def matches(header: str, etag: str, *, weak: bool = False) -> bool:
    """Return whether an If-Match (or, with `weak`, an If-None-Match) names our strong ETag.

    RFC 9110 sections 13.1.1 and 13.1.2.
    """
    tags = entity_tags(header)
    return header.strip() == "*" or etag in tags or (weak and f"W/{etag}" in tags)
