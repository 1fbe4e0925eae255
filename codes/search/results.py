"""What a search returns: hits in their order, and how the query was understood."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from .extraction import Place


class Rank(NamedTuple):
    """The sort key of a result, small is better.

    `score` is match kind plus field weight plus penalties; negative for a document that the query names outright.
    `detail` compares matches of one kind: surplus letters, edit distance or negative similarity. `tie` orders equals:
    common codes first, vendors' last, then by number.
    """

    score: float
    detail: float
    tie: tuple[Any, ...]


@dataclass
class Hit:
    """One result. `text` is the text of the document that matched, "" for what the query names outright.

    `codes` are those that a text of an error stands for, the likeliest first.
    """

    found: Any
    kind: str
    rank: Rank
    text: str = ""
    codes: list[int] = field(default_factory=list)


@dataclass
class Results:
    """What a query found, best first.

    `direct` is the one entry that the query names outright, if there is one. `unassigned` is the one number in the
    query if no entry has it and there is nothing else. `place` is where the number was read, `found_as` the text for
    which the query was taken (typed with another keyboard layout, or with a slip). `is_sure` is false where the
    results rest on little and are merely similar. `has_error_text` tells whether the query holds the text of an error.
    """

    query: str
    hits: list[Hit] = field(default_factory=list)
    direct: Any = None
    unassigned: int | None = None
    number: int | None = None
    place: Place | None = None
    found_as: str = ""
    is_sure: bool = True
    is_pasted: bool = False
    has_error_text: bool = False

    @property
    def sections(self) -> list[tuple[str, list[Hit]]]:
        """The hits by kind, the kind of the best hit first."""
        kinds = defaultdict(list)
        for hit in self.hits:
            kinds[hit.kind].append(hit)
        return list(kinds.items())

    @property
    def in_order(self) -> list[Hit]:
        """The hits as a page lists them: section by section."""
        return [hit for _kind, hits in self.sections for hit in hits]

    @property
    def marked(self) -> str:
        """What to mark in the texts of the hits."""
        return self.found_as or self.query
