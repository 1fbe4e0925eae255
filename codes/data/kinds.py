"""The kinds of documents: their addresses, their entries, and the function that makes a document of one."""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.db.models import QuerySet

from . import documents
from .documents import Data


class Kind(NamedTuple):
    """A kind of documents.

    `name` is that of its schema, `plural` that of the file with all of them. `pattern` is the address of an entry's
    page without its last slash, "" where entries have no page of their own.
    """

    name: str
    plural: str
    pattern: str
    entries: Callable[[], QuerySet[Any]]
    document: Callable[[Any], Data]

    def all(self) -> list[Data]:
        """Return all documents, in an order that changes only where entries do."""
        return [self.document(entry) for entry in self.entries()]


CODE = Kind("code", "codes", "<code:number>", documents.codes, documents.code_document)
CLASS = Kind("class", "classes", "<class:digit>", documents.classes, documents.class_document)
GROUP = Kind("group", "groups", "vs/<slug:slug>", documents.groups, documents.group_document)
SITUATION = Kind("situation", "situations", "choose/<slug:slug>", documents.situations, documents.situation_document)
ERROR = Kind("error", "errors", "", documents.error_texts, documents.error_document)
KINDS = [CODE, CLASS, GROUP, SITUATION, ERROR]
