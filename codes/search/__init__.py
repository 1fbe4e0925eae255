"""Search: read what was typed or pasted, match it against every text of the catalogue, rank what matched.

Codes have three digits, so there are at most a thousand entries; with the texts of errors they are less than a
megabyte. An index in memory answers in about a millisecond, works the same on every database, and knows spacing, letter
forms and keyboards that SQL does not. It is rebuilt when the catalogue's revision has changed.
"""

from .current import current_index, is_outdated, prepare_index, search, use_revision
from .extraction import Place
from .highlight import highlight
from .index import Index
from .missed_searches import count_missed
from .privacy import NOTHING, is_private, reduced
from .results import Hit, Results

__all__ = [
    "NOTHING",
    "Hit",
    "Index",
    "Place",
    "Results",
    "count_missed",
    "current_index",
    "highlight",
    "is_outdated",
    "is_private",
    "prepare_index",
    "reduced",
    "search",
    "use_revision",
]
