"""The kinds of documents: their addresses, their entries, and the function that makes a document of one."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from . import documents, lists
from .documents import Data

TEXTS = ("txt", "md")
ALL = ("json", *TEXTS)


class Kind(NamedTuple):
    """A kind of documents.

    `name` is that of its schema, `plural` that of the file with all of them, "" if there is none. `pattern` is the
    address of an entry's page without its last slash, "" where entries have no page of their own; a list's has no
    parameter. `entries` returns all entries, or the one with a key. `suffixes` are those of its alternates.
    """

    name: str
    plural: str
    pattern: str
    entries: Callable[[Any], Iterable[Any]]
    document: Callable[[Any], Data]
    suffixes: tuple[str, ...] = ALL

    def all(self) -> list[Data]:
        """Return all documents, in an order that changes only where entries do."""
        return [self.document(entry) for entry in self.entries(None)]

    def find(self, key: Any) -> Data | None:
        """Return the document of the entry with a key, None if there is none. A list's key is None."""
        return next((self.document(entry) for entry in self.entries(key)), None)

    def alternate(self, page: str, suffix: str) -> str:
        """Return the address of an alternate of a page that has an address of its own or is the home page."""
        stem = page.rstrip("/")
        return f"{stem}/{self.pattern}.{suffix}" if self.name == "code-list" else f"{stem}.{suffix}"


CODE = Kind("code", "codes", "<code:number>", documents.codes, documents.code_document)
CLASS = Kind("class", "classes", "<class:digit>", documents.classes, documents.class_document)
GROUP = Kind("group", "groups", "vs/<slug:slug>", documents.groups, documents.group_document)
SITUATION = Kind("situation", "situations", "choose/<slug:slug>", documents.situations, documents.situation_document)
ERROR = Kind("error", "errors", "", documents.error_texts, documents.error_document, ())
RULE_SET = Kind("rule-set", "rules", "rules/<slug:slug>", lists.rule_sets, lists.rule_set_document)
PRODUCT = Kind("product", "products", "<product:product>", lists.products, lists.product_document)
QUESTION = Kind("question", "questions", "choose/ask/<slug:slug>", lists.questions, lists.question_document)
CODE_ERRORS = Kind("code-errors", "", "<code:number>/errors", lists.code_errors, lists.code_errors_document)
PRODUCT_ERRORS = Kind(
    "product-errors", "", "errors/<slug:product>", lists.product_errors, lists.product_errors_document
)
CODE_LINES = Kind("code-lines", "", "<code:number>/code", lists.code_lines, lists.code_lines_document)
CODE_SITUATIONS = Kind(
    "code-situations", "", "choose/<code:number>", lists.code_situations, lists.code_situations_document
)
GROUP_LIST = Kind("group-list", "", "vs", lists.group_lists, lists.group_list_document)
SITUATION_LIST = Kind("situation-list", "", "choose", lists.situation_lists, lists.situation_list_document)
QUESTION_LIST = Kind("question-list", "", "choose/ask", lists.question_lists, lists.question_list_document)
# Of these the JSON is the file with all documents.
CODE_LIST = Kind("code-list", "", "codes", lists.code_lists, lists.code_list_document, TEXTS)
ERROR_LIST = Kind("error-list", "", "errors", lists.error_lists, lists.error_list_document, TEXTS)

# Those with a schema, and all: an address belongs to the first whose pattern it meets.
DESCRIBED = [CODE, CLASS, GROUP, ERROR, RULE_SET, PRODUCT, GROUP_LIST, SITUATION_LIST, QUESTION_LIST]
DESCRIBED += [QUESTION, CODE_ERRORS, PRODUCT_ERRORS, CODE_LINES, CODE_SITUATIONS, SITUATION]
KINDS = [*DESCRIBED, CODE_LIST, ERROR_LIST]
BULK = [kind for kind in KINDS if kind.plural]
