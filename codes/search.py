"""Search: normalise what was typed, match it against every entry, rank what matched.

The numbers have three digits, so there are never more than a thousand entries; looking at each of them in memory is
fast, works the same on every database, and knows spacing and letter forms that SQL does not.
"""

import re
import unicodedata
from dataclasses import dataclass, field

from django.utils.html import escape

from .fields import lines_of
from .models import Category, ConfusionGroup, StatusCode

MAX_LENGTH = 200  # characters; nobody types more, and longer texts are cut

FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
NUMBER = re.compile(
    r"(?:https?(?:/[0-9](?:\.[0-9])?)?|status|code|error|상태|코드|에러|오류|\s|[:#=])*"
    r"([0-9]{3})"
    r"(?:\s|error|status|code|에러|오류|상태|코드|번)*"
)
CLASS = re.compile(r"([1-5])(?:xx|00\s*번대)")


def normalise(text):
    """One form for what reads the same: composed Hangul, plain digits and letters, lower case, single spaces.

    NFC, not NFKC: that would turn a lone typed ㅊ into another character.
    """
    text = unicodedata.normalize("NFC", text[:MAX_LENGTH]).translate(FULL_WIDTH).casefold()
    text = "".join(character for character in text if character.isspace() or unicodedata.category(character)[0] != "C")
    return " ".join(text.split())


def squeeze(text):
    """The normalised text without spaces and punctuation: Korean is typed with any spacing."""
    return "".join(character for character in normalise(text) if character.isalnum())


def number_in(query):
    """Return the status code that the query names and nothing besides, or None: 404, " ４０４ ", HTTP 404."""
    match = NUMBER.fullmatch(normalise(query))
    return int(match[1]) if match else None


@dataclass
class Hit:
    """One result: what was found, why (a message and the text that matched), and how well (small is better)."""

    found: object
    rank: int
    reason: str = ""


@dataclass
class Results:
    query: str
    categories: list = field(default_factory=list)
    codes: list = field(default_factory=list)
    groups: list = field(default_factory=list)

    def __bool__(self):
        return bool(self.categories or self.codes or self.groups)


def search(query):
    """Return Results for words, a class or the beginning of a number, best first."""
    query = normalise(query)
    results = Results(query)
    if not squeeze(query):
        return results
    codes = StatusCode.objects.prefetch_related("aliases")
    if re.fullmatch("[0-9]{1,2}", query):
        results.codes = [Hit(code, 0) for code in codes if code.label.startswith(query)]
        results.categories = [Hit(category, 0) for category in Category.objects.filter(digit=query[0])]
        return results
    if match := CLASS.fullmatch(query):
        results.categories = [Hit(category, 0) for category in Category.objects.filter(digit=match[1])]
        results.codes = [Hit(code, 0) for code in codes.in_class(int(match[1]))]
        return results
    results.categories = _best(query, Category.objects.all())
    results.codes = _best(query, codes)
    results.groups = _best(query, ConfusionGroup.objects.prefetch_related("members__code"))
    return results


def _best(query, things):
    hits = [hit for thing in things if (hit := _match(query, thing))]
    return sorted(hits, key=lambda hit: hit.rank)


def _match(query, thing):
    """Compare the query with each text of a thing, the most telling first; return the best Hit or None."""
    wanted = squeeze(query)
    words = [squeeze(word) for word in query.split() if squeeze(word)]
    texts = _texts(thing)
    best = None
    for weight, text in texts:
        candidate = squeeze(text)
        if candidate == wanted:
            rank = weight
        elif candidate.startswith(wanted):
            rank = weight + 10
        elif wanted in candidate:
            rank = weight + 20
        else:
            continue
        if best is None or rank < best.rank:
            best = Hit(thing, rank, text)
    if best is None and len(words) > 1:
        everything = squeeze(" ".join(text for _, text in texts))
        if all(word in everything for word in words):
            best = Hit(thing, 60)
    return best


def _texts(thing):
    """The texts by which a thing is found, each with its weight: names before keywords before sentences."""
    if isinstance(thing, ConfusionGroup):
        return [(0, thing.label), *[(1, line) for line in lines_of(thing.keywords)], (40, thing.question_ko), (40, thing.question_en)]
    texts = [(0, thing.name_ko), (0, thing.name_en)]
    if isinstance(thing, StatusCode):
        texts += [(1, alias.phrase) for alias in thing.aliases.all()]
    texts += [(2, line) for line in lines_of(thing.keywords)]
    texts += [(40, thing.summary_ko), (40, thing.summary_en)]
    return texts


def highlight(text, query):
    """The text as HTML with the query, or its words, in <mark>; letter case and spacing need not agree."""
    words = [re.escape(character) for character in squeeze(query)]
    if not words:
        return escape(text)
    pattern = re.compile(r"[\s\W]*".join(words), re.IGNORECASE)
    if not pattern.search(text):
        parts = [re.escape(word) for word in normalise(query).split() if len(word) > 1]
        if not parts:
            return escape(text)
        pattern = re.compile("|".join(parts), re.IGNORECASE)
    marked, end = [], 0
    for match in pattern.finditer(text):
        marked += [escape(text[end : match.start()]), "<mark>", escape(match[0]), "</mark>"]
        end = match.end()
    return "".join(marked) + escape(text[end:])
