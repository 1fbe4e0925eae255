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
    """One result: what was found and how well it fits (small is better).

    `reason` is the alias or keyword that matched, where the result itself does not show it.
    """

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
    """Compare the query with each text of a thing; return the best Hit, or None."""
    wanted = squeeze(query)
    texts = [(weight, text, squeeze(text)) for weight, text in _texts(thing)]
    hits = [
        Hit(thing, weight + distance, text if weight in HIDDEN else "")
        for weight, text, candidate in texts
        if (distance := _distance(wanted, candidate)) is not None
    ]
    if hits:
        return min(hits, key=lambda hit: hit.rank)
    words = [word for word in map(squeeze, query.split()) if word]
    everything = "".join(candidate for _, _, candidate in texts)
    return Hit(thing, SCATTERED) if all(word in everything for word in words) else None


def _distance(wanted, candidate):
    """0 for the same text, more for a beginning, more again for a part, None for no match."""
    if wanted not in candidate:
        return None
    if wanted == candidate:
        return 0
    return 10 if candidate.startswith(wanted) else 20


# How telling a text is: names before aliases before keywords before sentences; last, words found here and there.
NAME, ALIAS, KEYWORD, SENTENCE, SCATTERED = 0, 1, 2, 40, 90
HIDDEN = {ALIAS, KEYWORD}  # what the list of results does not show anyway


def _texts(thing):
    """The texts by which a thing is found, each with its weight."""
    if isinstance(thing, ConfusionGroup):
        texts = [(NAME, thing.label), (SENTENCE, thing.question_ko), (SENTENCE, thing.question_en)]
    else:
        texts = [(NAME, thing.name_ko), (NAME, thing.name_en)]
        texts += [(SENTENCE, thing.summary_ko), (SENTENCE, thing.summary_en)]
    if isinstance(thing, StatusCode):
        texts += [(ALIAS, alias.phrase) for alias in thing.aliases.all()]
    return texts + [(KEYWORD, line) for line in lines_of(thing.keywords)]


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
