"""Search: normalise what was typed, match it against every text of the catalogue, rank what matched.

Codes have three digits, so there are at most a thousand entries; their texts together are a few hundred kilobytes. An
index in memory answers in about half a millisecond, works the same on every database, and knows spacing, letter forms
and keyboards that SQL does not. It is rebuilt when the catalogue's revision has changed.
"""

from .highlight import highlight
from .index import Index, Results, current_index, is_outdated, search, use_revision
from .ranking import Hit

__all__ = [
    "Hit",
    "Index",
    "Results",
    "current_index",
    "highlight",
    "is_outdated",
    "search",
    "use_revision",
]
