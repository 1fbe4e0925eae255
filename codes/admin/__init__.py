"""The admin of the catalogue, one file a kind of entry."""

from . import categories, changes, codes, errors, exchanges, groups, history, reports, situations

__all__ = ["categories", "changes", "codes", "errors", "exchanges", "groups", "history", "reports", "situations"]
