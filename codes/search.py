"""Search: normalise what was typed, match it against every text of the catalogue, rank what matched.

Codes have three digits, so there are at most a thousand entries; all their texts together are a few hundred kilobytes.
An index in memory answers in about half a millisecond, works the same on every database, and knows spacing,
letter forms and keyboards that SQL does not. It is built from the catalogue when the catalogue's revision has changed.
"""

import re
import threading
import unicodedata
from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass, field
from math import log
from typing import NamedTuple

from django.utils.html import escape

from . import hangul, revisions
from .fields import lines_of
from .models import Category, ConfusionGroup, StatusCode
from .pasted import codes_in

MAX_LENGTH = 1000  # characters that are looked at for a code: a pasted line may be long
MAX_WORDS_LENGTH = 80  # characters that are matched against texts
MOST_RESULTS = 40
MOST_LIKE = 3  # results that are merely like the query

FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
CLASS = re.compile(r"(?<![0-9a-z])([1-5])(?:xx|00\s*번대)(?![0-9a-z])")

# How a query may match a text, from sure to unsure; how telling a text is comes on top.
EQUAL, STARTS, PART, WORDS, INITIALS, KEYS, TYPO, LIKE = range(0, 80, 10)
NAME, ALIAS, KEYWORD, REQUEST_HEADER, HEADER, SENTENCE = 0, 1, 2, 3, 4, 8
VENDORS, COMPARISON = 11, 15  # on top for vendors' numbers and for groups: words alone rarely mean them
SHOWN = {NAME, SENTENCE}  # what a list of results shows anyway; for other texts the reason is told
SHORTEST_PHRASE = 9  # letters of a text that is worth finding in a long message
LONG = 30  # letters: a longer text is rather a message that holds a phrase than a phrase
LEAST_LIKENESS = 0.32  # part of the query's letter groups, weighed by rarity, that must be there

# Words that say nothing about which code is meant; without them the rest of the query gets a second try.
NOISE = set(
    "http https status statuscode code codes error errors header response vs versus and or the a an is are what which "
    "difference between meaning mean means "
    "상태 상태코드 코드 에러 오류 헤더 응답 번 차이 뜻 의미 이란 란 뭐야 뭐지 무엇 와 과".split()
)


def normalise(text):
    """One form for what reads the same: composed Hangul, plain digits and letters, lower case, single spaces.

    NFC, not NFKC: that would turn a lone typed ㅊ into another character.
    """
    text = unicodedata.normalize("NFC", text[:MAX_LENGTH]).translate(FULL_WIDTH).casefold()
    text = "".join(" " if character.isspace() else character for character in text if _is_text(character))
    return " ".join(text.split())


def _is_text(character):
    return character.isspace() or unicodedata.category(character)[0] != "C"


def squeeze(text):
    """The normalised text without spaces and punctuation: Korean is typed with any spacing."""
    return "".join(character for character in normalise(text) if character.isalnum())


@dataclass
class Hit:
    """One result. `rank` sorts (small is better); `reason` is the text that matched, if a list does not show it."""

    found: object
    kind: str
    rank: tuple
    reason: str = ""


@dataclass
class Results:
    """What a query found, best first, and `direct`: the one thing that it names outright, if there is one."""

    query: str
    hits: list = field(default_factory=list)
    direct: object = None
    unassigned: int | None = None

    @property
    def sections(self):
        """The hits by kind, the kind of the best hit first."""
        kinds = defaultdict(list)
        for hit in self.hits:
            kinds[hit.kind].append(hit)
        return list(kinds.items())

    @property
    def in_order(self):
        """The hits as a page lists them: section by section."""
        return [hit for _kind, hits in self.sections for hit in hits]


class Haystack:
    """Many short texts in one long string, so that one fast scan finds a query in all of them."""

    def __init__(self, texts):
        self.whole = "\n" + "\n".join(texts) + "\n"
        self.starts = []
        position = 1
        for text in texts:
            self.starts.append(position)
            position += len(text) + 1

    def find(self, wanted):
        """Yield (number of the text, EQUAL or STARTS or PART, letters more than wanted)."""
        position = self.whole.find(wanted)
        last = -1
        while position >= 0:
            number = bisect_right(self.starts, position) - 1
            end = self.whole.find("\n", position)
            if number != last:
                starts = self.starts[number] == position
                more = end - self.starts[number] - len(wanted)
                yield number, (EQUAL if starts and not more else STARTS if starts else PART), more
                last = number
            position = self.whole.find(wanted, position + 1)


class Text(NamedTuple):
    """A text by which a thing is found: the thing's number, how telling the text is (small is better), itself."""

    thing: int
    weight: int
    original: str
    reason: str


class Index:
    """Every text by which something is found, in the forms that are compared."""

    def __init__(self, catalogue=None):
        self.things = []  # (kind, model instance, sort key among equals)
        self.texts = []
        for kind, things in catalogue or read_catalogue():
            for thing in things:
                self.things.append((kind, thing, _sort_key(thing)))
                for weight, text in _texts_of(thing):
                    reason = "" if weight in SHOWN else text
                    self.texts.append(Text(len(self.things) - 1, weight + handicap(thing), text, reason))
        self.codes = {thing.number: thing for kind, thing, _ in self.things if kind == "code"}
        self.categories = [thing for kind, thing, _ in self.things if kind == "class"]
        self.groups = {
            frozenset(member.code_id for member in thing.members.all()): thing
            for kind, thing, _ in self.things
            if kind == "group"
        }
        self.plain = plain = [squeeze(text.original) for text in self.texts]
        self.keys = [hangul.keys(text) for text in plain]
        self.plain_haystack = Haystack(plain)
        self.keys_haystack = Haystack(self.keys)
        self.initials_haystack = Haystack([hangul.initials(text) for text in plain])
        self._index_grams()

    def _index_grams(self):
        """Which things and which texts hold a group of three keys, and how telling the group is."""
        self.texts_with = defaultdict(list)
        best = defaultdict(dict)
        for number, text in enumerate(self.texts):
            for gram in _grams(self.keys[number]):
                self.texts_with[gram].append(number)
                best[gram][text.thing] = max(best[gram].get(text.thing, 0), 1 / (1 + text.weight / 10))
        self.things_with = {gram: list(things.items()) for gram, things in best.items()}
        self.rarity = {gram: log(1 + len(self.things) / len(things)) for gram, things in best.items()}

    def search(self, query):
        """Return the Results for what a person typed or pasted."""
        query = normalise(query)
        results = Results(query)
        best = {}  # number of the thing -> Hit
        named = codes_in(query)
        numbers = [number for number in named if number in self.codes]
        results.unassigned = named[0] if len(named) == 1 and not numbers else None
        self._name(query, numbers, best, results)
        self._add_contained(squeeze(query), best)
        words = query[:MAX_WORDS_LENGTH]
        self._match(words, best, 0)
        meant = " ".join(hangul.stem(word) for word in words.split() if word not in NOISE)
        if meant and meant != words:
            self._match(meant, best, 3)
        results.hits = sorted(best.values(), key=lambda hit: hit.rank)[:MOST_RESULTS]
        return results

    def _name(self, query, numbers, best, results):
        """What the query names outright: a code, a pair of codes, a class, the beginning of a number."""
        if numbers:
            pair = min(
                (codes for codes in self.groups if len(numbers) > 1 and codes.issuperset(numbers)),
                key=len,
                default=None,
            )
            results.direct = self.groups[pair] if pair else self.codes.get(numbers[0]) if len(numbers) == 1 else None
            for number, (kind, thing, key) in enumerate(self.things):
                if kind == "group" and pair and thing is self.groups[pair]:
                    best[number] = Hit(thing, kind, (-2, 0, key))
                elif kind == "code" and thing.number in numbers:
                    best[number] = Hit(thing, kind, (-1, numbers.index(thing.number), key))
        classes = {int(digit) for digit in CLASS.findall(query)}
        beginning = query if re.fullmatch("[0-9]{1,2}", query) else None
        for number, (kind, thing, key) in enumerate(self.things):
            if kind == "class" and (thing.digit in classes or beginning == str(thing.digit)):
                best[number] = Hit(thing, kind, (-1, 0, key))
            elif kind == "code" and (thing.category_id in classes or (beginning and thing.label.startswith(beginning))):
                best.setdefault(number, Hit(thing, kind, (-1 if beginning else 0, 1, (thing.is_vendors, thing.number))))

    def _add_contained(self, message, best):
        """Things of which a text stands in a long message, as "upstream timed out" in a line of a log."""
        if len(message) <= LONG:
            return
        for number, phrase in enumerate(self.plain):
            if len(phrase) >= SHORTEST_PHRASE and phrase in message:
                text = self.texts[number]
                self._offer(best, text.thing, (PART + text.weight, -len(phrase)), text.reason)

    def _match(self, words, best, penalty):
        """Add the things whose texts match, surest way first; unsure ways only where the sure ones found little."""
        wanted = squeeze(words)
        if not wanted:
            return
        if len(wanted) > 1 or not wanted.isascii():
            self._add(self.plain_haystack.find(wanted), best, penalty)
            self._add_words(words, best, penalty)
        sure = any(hit.rank[0] < WORDS for hit in best.values())
        if typed := hangul.typed_initials(wanted):
            self._add(self.initials_haystack.find(typed), best, penalty + INITIALS)
        typed = hangul.keys(wanted)
        if len(typed) > 2 and (not sure or typed != wanted):
            self._add(self.keys_haystack.find(typed), best, penalty + KEYS)
        if not sure and 4 <= len(typed) <= 40:
            self._add_typos(typed, best, penalty)
        if len(best) < 5:
            self._add_likeness(typed, best, penalty)

    def _add(self, found, best, penalty):
        for number, how, more in found:
            text = self.texts[number]
            self._offer(best, text.thing, (penalty + how + text.weight, more), text.reason)

    def _offer(self, best, number, rank, reason=""):
        kind, thing, key = self.things[number]
        rank = (*rank, key)
        if number not in best or rank < best[number].rank:
            best[number] = Hit(thing, kind, rank, reason)

    def _add_words(self, words, best, penalty):
        """Things that have every word of the query somewhere in their texts."""
        each = [squeeze(word) for word in words.split()]
        each = [word for word in each if word]
        if not 1 < len(each) <= 8:
            return
        common = None
        for word in each:
            weights = {}
            for number, _how, _more in self.plain_haystack.find(word):
                text = self.texts[number]
                weights[text.thing] = min(text.weight, weights.get(text.thing, text.weight))
            common = weights if common is None else {t: common[t] + w for t, w in weights.items() if t in common}
        for thing, weight in common.items():
            self._offer(best, thing, (penalty + WORDS, weight))

    def _add_typos(self, typed, best, penalty):
        """Texts that differ by a few keys, transpositions included; the more keys, the more may be wrong."""
        limit = max(1, len(typed) // 5)
        shared = defaultdict(int)
        for gram in _grams(typed):
            for number in self.texts_with.get(gram, ()):
                shared[number] += 1
        near = sorted(shared, key=lambda number: (-shared[number], abs(len(self.keys[number]) - len(typed))))
        for number in near[:40]:
            text = self.texts[number]
            whole = abs(len(self.keys[number]) - len(typed)) <= limit
            distance = edit_distance(typed, self.keys[number], limit)
            if distance is not None:
                rank = (penalty + TYPO + text.weight, distance * 10 + (0 if whole else 5))
                self._offer(best, text.thing, rank, text.reason)

    def _add_likeness(self, typed, best, penalty):
        """The nearest things by shared groups of keys: finds other word orders and endings."""
        grams = _grams(typed)
        most = sum(self.rarity.get(gram, 3) for gram in grams)
        likeness = defaultdict(float)
        for gram in grams:
            for thing, telling in self.things_with.get(gram, ()):
                likeness[thing] += telling * self.rarity[gram]
        nearest = sorted(likeness, key=likeness.get, reverse=True)[:MOST_LIKE]
        for thing in nearest:
            if likeness[thing] >= LEAST_LIKENESS * most:
                self._offer(best, thing, (penalty + LIKE, -likeness[thing] / most))


def read_catalogue():
    """Everything that can be found, as (kind, model instances), with the rows whose texts count."""
    return [
        ("class", Category.objects.all()),
        ("group", ConfusionGroup.objects.prefetch_related("members__code")),
        (
            "code",
            StatusCode.objects.select_related("category").prefetch_related(
                "aliases", "header_rules", "identifiers", "vendor_meanings"
            ),
        ),
    ]


def _sort_key(thing):
    """Among equals: often met codes first, vendors' last, then by number."""
    if isinstance(thing, StatusCode):
        return (thing.is_vendors, not thing.common, thing.number)
    return (False, False, thing.digit if isinstance(thing, Category) else thing.position)


def handicap(thing):
    if isinstance(thing, ConfusionGroup):
        return COMPARISON
    return VENDORS if isinstance(thing, StatusCode) and thing.is_vendors else 0


def _texts_of(thing):
    """The texts by which a thing is found, each with its weight."""
    keywords = [(KEYWORD, line) for line in lines_of(thing.keywords)]
    if isinstance(thing, ConfusionGroup):
        return [(SENTENCE, thing.question_ko), (SENTENCE, thing.question_en), *keywords]
    texts = [(NAME, thing.name_ko), (NAME, thing.name_en), *keywords]
    texts += [(SENTENCE, thing.summary_ko), (SENTENCE, thing.summary_en)]
    if isinstance(thing, StatusCode):
        texts += [(ALIAS, alias.phrase) for alias in thing.aliases.all()]
        names = [identifier.identifier for identifier in thing.identifiers.all()]
        texts += [(ALIAS, name) for name in names if "(" not in name]  # an idiom with arguments is no name
        texts += [(REQUEST_HEADER, header) for header in thing.request_header_list]
        texts += [(HEADER, rule.header) for rule in thing.header_rules.all()]
        for meaning in thing.vendor_meanings.all():
            texts += [(ALIAS, f"{meaning.issuer} {meaning.phrase}"), (KEYWORD, meaning.phrase)]
    return [(weight, text) for weight, text in texts if text]


def _grams(typed):
    """The groups of three keys, the ends marked so that beginnings count."""
    marked = f"^{typed}$"
    return {marked[start : start + 3] for start in range(len(marked) - 2)}


def edit_distance(wanted, text, limit):
    """The fewest keys to insert, drop, replace or swap so that `wanted` becomes some part of `text`.

    None if that is more than `limit`.
    """
    before, above = None, [0] * (len(text) + 1)
    for row, key in enumerate(wanted, start=1):
        current = [row]
        for column, other in enumerate(text, start=1):
            cost = min(above[column] + 1, current[-1] + 1, above[column - 1] + (key != other))
            if before and column > 1 and key == text[column - 2] and wanted[row - 2] == other:
                cost = min(cost, before[column - 2] + 1)
            current.append(cost)
        if min(current) > limit:
            return None
        before, above = above, current
    return min(above)


_lock = threading.Lock()
_state = {"index": None, "revision": None}


def index():
    """The index of the catalogue in its current revision."""
    with _lock:
        # Read before the index is made: the index is at least as new as this.
        revision = revisions.current()
        if _state["index"] is None or revision != _state["revision"]:
            revisions.require_database()
            _state.update(index=Index(), revision=revision)
        return _state["index"]


def search(query):
    return index().search(query)


def highlight(text, query):
    """The text as HTML with the query, or its words, in <mark>; letter case and spacing need not agree."""
    letters = [re.escape(character) for character in squeeze(query)[:MAX_WORDS_LENGTH]]
    if not letters:
        return escape(text)
    pattern = re.compile(r"[\s\W]*".join(letters), re.IGNORECASE)
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
