"""The admin of the catalogue, one file a kind of entry."""

from . import categories, codes, exchanges, groups, history

__all__ = ["categories", "codes", "exchanges", "groups", "history"]
