"""What of a query may become an address: an address stays in histories and logs, and is shared.

What was typed is short and meant. What was pasted may hold addresses, tokens and names: only what the catalogue knows
of it is passed on.
"""

import re

from .results import Results

MAX_TYPED_LENGTH = 80
PRIVATE = re.compile(r"@|://|\b[0-9]{1,3}(?:\.[0-9]{1,3}){3}\b|[0-9]{7,}|[0-9a-f-]{16,}|\S{40,}")
NOTHING = "…"  # stands for a pasted text in which nothing was found


def is_private(query: str, results: Results) -> bool:
    """Return whether the query is not for an address as it is."""
    return results.is_pasted or len(query) > MAX_TYPED_LENGTH or PRIVATE.search(query.casefold()) is not None


def reduced(query: str, results: Results) -> str:
    """Return a query that finds the same first result and holds nothing that the catalogue does not have."""
    if not is_private(query, results):
        return query
    if not results.hits:
        return NOTHING
    first = results.in_order[0]
    if first.kind == "error":
        return str(first.found.text)
    return first.text or (first.found.slug.replace("-", " ") if first.kind == "group" else str(first.found.label))
