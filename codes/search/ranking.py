"""How well a query matches: match kinds, field weights, ranks, and the distance between two texts."""

from dataclasses import dataclass
from typing import Any, NamedTuple

MAX_WORDS_LENGTH = 80  # characters that are matched against texts
MAX_RESULTS = 40
MAX_NEAR = 40  # texts that are compared letter by letter for typing errors
MAX_SIMILAR = 3  # results that are merely similar to the query

# Match kinds, best first; field weight is added.
EQUAL, STARTS, PART, WORDS, INITIALS, KEYS, TYPO, SIMILAR = range(0, 80, 10)
# Field weights, from the most telling field to the least.
NAME, ALIAS, KEYWORD, REQUEST_HEADER, HEADER, SENTENCE = 0, 1, 2, 3, 4, 8
# Added for vendors' numbers and for groups: words alone rarely mean them.
VENDOR_PENALTY, GROUP_PENALTY = 11, 15
SHOWN = {NAME, SENTENCE}  # fields that a list of results shows anyway; for others the reason is told
MIN_PHRASE_LENGTH = 9  # letters of a text that is worth finding in a long message
LONG_QUERY_LENGTH = 30  # letters; a longer query is rather a message that contains a phrase than a phrase
MIN_SIMILARITY = 0.32  # part of the query's trigrams, weighed by idf, that must be present

# Words that say nothing about which code is meant; without them the rest of the query gets a second try.
STOP_WORDS = set(
    "http https status statuscode code codes error errors header response vs versus and or the a an is are what which "
    "difference between meaning mean means "
    "상태 상태코드 코드 에러 오류 헤더 응답 번 차이 뜻 의미 이란 란 뭐야 뭐지 무엇 와 과".split()
)


class Rank(NamedTuple):
    """The sort key of a result, small is better.

    `score` is match kind plus field weight plus penalties; negative for a document that the query names outright.
    `detail` compares matches of one kind: surplus letters, edit distance or negative similarity. `tie` orders equals:
    common codes first, vendors' last, then by number.
    """

    score: int
    detail: float
    tie: tuple[Any, ...]


@dataclass
class Hit:
    """One result. `reason` is the text that matched, if a list of results does not show it."""

    found: Any
    kind: str
    rank: Rank
    reason: str = ""


def trigrams(keys: str) -> set[str]:
    """Return the groups of three keys, with the ends marked so that beginnings count."""
    marked = f"^{keys}$"
    return {marked[start : start + 3] for start in range(len(marked) - 2)}


def edit_distance(wanted: str, text: str, limit: int) -> int | None:
    """Return the fewest insertions, deletions, replacements and swaps that turn `wanted` into some part of `text`.

    None if that is more than `limit`. A column of the usual table is one number here, with a bit for each key of
    `wanted` (Hyyrö 2003, "A bit-vector algorithm for computing Levenshtein and Damerau edit distances").
    """
    whole, last = (1 << len(wanted)) - 1, 1 << (len(wanted) - 1)
    places: dict[str, int] = {}  # of each key in `wanted`, as bits
    for number, key in enumerate(wanted):
        places[key] = places.get(key, 0) | 1 << number
    larger, smaller, equal, before = whole, 0, 0, 0  # than the row above; no dearer than the cell before both; places
    distance = best = len(wanted)
    for key in text:
        here = places.get(key, 0)
        swapped = ((~equal & here) << 1) & before
        equal = (((here & larger) + larger) ^ larger | here | smaller | swapped) & whole
        up, down = smaller | whole & ~(equal | larger), equal & larger
        distance += 1 if up & last else -1 if down & last else 0
        best = min(best, distance)
        up, down = up << 1, down << 1
        larger, smaller = (down | ~(equal | up)) & whole, equal & up
        before = here
    return best if best <= limit else None
