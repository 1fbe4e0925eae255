"""The admin of the catalogue, one file a kind of entry."""

from . import announcements, categories, codes, errors, exchanges, groups, history, reports, situations

__all__ = ["announcements", "categories", "codes", "errors", "exchanges", "groups", "history", "reports", "situations"]
