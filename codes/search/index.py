"""The index in memory of every text by which a class, a code or a group is found."""

import re
import threading
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from math import log
from typing import Any, NamedTuple, cast

from django.db import Error
from django.utils.translation import override

from codes.fields import lines_of
from codes.models import (
    Category,
    CheckNeeds,
    ConfusionGroup,
    Level,
    Product,
    ProductCode,
    Revision,
    StatusCode,
)
from codes.texts.localized import LANGUAGES

from . import hangul
from .extraction import extract_codes
from .normalise import compact, normalise
from .ranking import (
    ALIAS,
    EQUAL,
    GROUP_PENALTY,
    HEADER,
    INITIALS,
    KEYS,
    KEYWORD,
    LONG_QUERY_LENGTH,
    MAX_NEAR,
    MAX_RESULTS,
    MAX_SIMILAR,
    MAX_WORDS_LENGTH,
    MIN_PHRASE_LENGTH,
    MIN_SIMILARITY,
    NAME,
    PART,
    REQUEST_HEADER,
    SENTENCE,
    SHOWN,
    SIMILAR,
    STARTS,
    STOP_WORDS,
    TYPO,
    VENDOR_PENALTY,
    WORDS,
    Hit,
    Rank,
    edit_distance,
    trigrams,
)

CLASS = re.compile(r"(?<![0-9a-z])([1-5])(?:xx|00\s*번대)(?![0-9a-z])")


@dataclass
class Results:
    """What a query found, best first.

    `direct` is the one entry that the query names outright, if there is one. `unassigned` is the one number in the
    query if no entry has it.
    """

    query: str
    hits: list[Hit] = field(default_factory=list)
    direct: Any = None
    unassigned: int | None = None

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


class Haystack:
    """Many short texts in one long string, so that one fast scan finds a query in all of them."""

    def __init__(self, texts: Iterable[str]) -> None:
        texts = list(texts)
        self.whole = "\n" + "\n".join(texts) + "\n"
        self.starts = []
        position = 1
        for text in texts:
            self.starts.append(position)
            position += len(text) + 1

    def find(self, wanted: str) -> Iterator[tuple[int, int, int]]:
        """Yield (number of the text, EQUAL or STARTS or PART, letters more than wanted)."""
        position = self.whole.find(wanted)
        while position >= 0:
            number = bisect_right(self.starts, position) - 1
            end = self.whole.find("\n", position)
            starts = self.starts[number] == position
            more = end - self.starts[number] - len(wanted)
            yield number, (EQUAL if starts and not more else STARTS if starts else PART), more
            position = self.whole.find(wanted, end)  # once is enough for a text


class Document(NamedTuple):
    """What can be found: a class, a code or a group. `tie` orders documents that match equally well."""

    kind: str
    instance: Any
    tie: tuple[Any, ...]


class Text(NamedTuple):
    """A text by which a document is found. `weight` is small for a telling text."""

    document: int
    weight: int
    original: str
    reason: str


class Index:
    """Every text by which something is found, in the forms that are compared."""

    def __init__(self, catalogue: Iterable[tuple[str, Iterable[Any]]] | None = None) -> None:
        self.documents: list[Document] = []
        self.texts: list[Text] = []
        for kind, instances in catalogue or read_catalogue():
            for instance in instances:
                self.documents.append(Document(kind, instance, _tie(instance)))
                for weight, text in _weighted_texts(instance):
                    reason = "" if weight in SHOWN else text
                    self.texts.append(Text(len(self.documents) - 1, weight + penalty(instance), text, reason))
        self.codes = {each.instance.number: each.instance for each in self.documents if each.kind == "code"}
        self.categories = [each.instance for each in self.documents if each.kind == "class"]
        self.groups = {
            frozenset(member.code_id for member in each.instance.members.all()): each.instance
            for each in self.documents
            if each.kind == "group"
        }
        self.as_written: defaultdict[str, list[int]] = defaultdict(list)
        for number, each_text in enumerate(self.texts):
            self.as_written[each_text.original.rstrip("-")].append(number)
        self.plain = plain = [compact(text.original) for text in self.texts]
        self.keys = [hangul.keys(text) for text in plain]
        self.texts_of: defaultdict[int, list[int]] = defaultdict(list)
        for number, each_text in enumerate(self.texts):
            self.texts_of[each_text.document].append(number)
        self.plain_haystack = Haystack(plain)
        self.keys_haystack = Haystack(self.keys)
        self.initials_haystack = Haystack(hangul.initials(text) for text in plain)
        self._index_trigrams()

    def _index_trigrams(self) -> None:
        """Record which documents and which texts contain a trigram, and its inverse document frequency."""
        self.texts_with = defaultdict(list)
        weights: defaultdict[str, dict[int, float]] = defaultdict(dict)
        for number, text in enumerate(self.texts):
            for gram in trigrams(self.keys[number]):
                if gram.isdigit():  # numbers are the same or different, not alike
                    continue
                self.texts_with[gram].append(number)
                known = weights[gram].get(text.document, 0)
                weights[gram][text.document] = max(known, 1 / (1 + text.weight / 10))
        self.documents_with = {gram: list(documents.items()) for gram, documents in weights.items()}
        self.idf = {gram: log(1 + len(self.documents) / len(documents)) for gram, documents in weights.items()}

    def search(self, query: str) -> Results:
        """Return the Results for what a person typed or pasted."""
        written, query = query.strip().rstrip("-"), normalise(query)
        results = Results(query)
        best: dict[int, Hit] = {}  # by number of the document
        named = extract_codes(query)
        numbers = [number for number in named if number in self.codes]
        results.unassigned = named[0] if len(named) == 1 and not numbers else None
        self._add_named(query, numbers, best, results)
        self._add_contained(compact(query), best)
        words = query[:MAX_WORDS_LENGTH]
        self._match(words, best, 0)
        meant = " ".join(hangul.stem(word) for word in words.split() if word not in STOP_WORDS)
        if meant and meant != words:
            self._match(meant, best, 3)
        for number in self.as_written.get(written, ()):  # among equals, the same letter case first: sH is not SH
            text = self.texts[number]
            self._offer(best, text.document, EQUAL + text.weight, -1, text.reason)
        results.hits = sorted(best.values(), key=lambda hit: hit.rank)[:MAX_RESULTS]
        return results

    def _add_named(self, query: str, numbers: list[int], best: dict[int, Hit], results: Results) -> None:
        """Add what the query names outright: a code, a group of codes, a class, the beginning of a number."""
        if numbers:
            pair = min(
                (codes for codes in self.groups if len(numbers) > 1 and codes.issuperset(numbers)),
                key=len,
                default=None,
            )
            results.direct = self.groups[pair] if pair else self.codes.get(numbers[0]) if len(numbers) == 1 else None
            for number, (kind, instance, tie) in enumerate(self.documents):
                if kind == "group" and pair and instance is self.groups[pair]:
                    best[number] = Hit(instance, kind, Rank(-2, 0, tie))
                elif kind == "code" and instance.number in numbers:
                    best[number] = Hit(instance, kind, Rank(-1, numbers.index(instance.number), tie))
        classes = {int(digit) for digit in CLASS.findall(query)}
        beginning = query if re.fullmatch("[0-9]{1,2}", query) else None
        for number, (kind, instance, tie) in enumerate(self.documents):
            if kind == "class" and (instance.digit in classes or beginning == str(instance.digit)):
                best[number] = Hit(instance, kind, Rank(-1, 0, tie))
            elif kind == "code" and (
                instance.category_id in classes or (beginning and instance.label.startswith(beginning))
            ):
                rank = Rank(-1 if beginning else 0, 1, (instance.is_vendors, instance.number))
                best.setdefault(number, Hit(instance, kind, rank))

    def _add_contained(self, message: str, best: dict[int, Hit]) -> None:
        """Add documents of which a text is part of a long message, as "upstream timed out" in a line of a log."""
        if len(message) <= LONG_QUERY_LENGTH:
            return
        for number, phrase in enumerate(self.plain):
            if len(phrase) >= MIN_PHRASE_LENGTH and phrase in message:
                text = self.texts[number]
                self._offer(best, text.document, PART + text.weight, -len(phrase), text.reason)

    def _match(self, words: str, best: dict[int, Hit], extra: int) -> None:
        """Add the documents whose texts match, surest way first; unsure ways only where the sure ones found little.

        `extra` is added to every score.
        """
        wanted = compact(words)
        if not wanted:
            return
        if len(wanted) > 1 or not wanted.isascii():
            self._add(self.plain_haystack.find(wanted), best, extra)
            self._add_words(words, best, extra)
        sure = any(hit.rank.score < WORDS for hit in best.values())
        if typed := hangul.typed_initials(wanted):
            self._add(self.initials_haystack.find(typed), best, extra + INITIALS)
        typed = hangul.keys(wanted)
        if len(typed) > 2 and (not sure or typed != wanted):
            self._add(self.keys_haystack.find(typed), best, extra + KEYS)
        if not sure and 4 <= len(typed) <= 40:
            self._add_typos(typed, best, extra)
        if len(best) < 5:
            self._add_similar(typed, best, extra)

    def _add(self, found: Iterable[tuple[int, int, int]], best: dict[int, Hit], extra: int) -> None:
        for number, how, more in found:
            text = self.texts[number]
            self._offer(best, text.document, extra + how + text.weight, more, text.reason)

    def _offer(self, best: dict[int, Hit], number: int, score: int, detail: float, reason: str = "") -> None:
        """Keep the better of the document's hits."""
        kind, instance, tie = self.documents[number]
        rank = Rank(score, detail, tie)
        if number not in best or rank < best[number].rank:
            best[number] = Hit(instance, kind, rank, reason)

    def _add_words(self, words: str, best: dict[int, Hit], extra: int) -> None:
        """Add documents that have every word of the query somewhere in their texts."""
        each = [word for word in map(compact, words.split()) if word]
        if not 1 < len(each) <= 8:
            return
        # The longest word first: it leaves the fewest documents to be looked through for the others.
        first, *others = sorted(dict.fromkeys(each), key=len, reverse=True)
        total: dict[int, int] = {}
        for number, _how, _more in self.plain_haystack.find(first):
            text = self.texts[number]
            total[text.document] = min(text.weight, total.get(text.document, text.weight))
        for word in others:
            total = {
                document: weight + min(weights)
                for document, weight in total.items()
                if (
                    weights := [
                        self.texts[number].weight for number in self.texts_of[document] if word in self.plain[number]
                    ]
                )
            }
        for document, weight in total.items():
            self._offer(best, document, extra + WORDS, weight)

    def _add_typos(self, typed: str, best: dict[int, Hit], extra: int) -> None:
        """Add texts that differ by a few keys, swaps included; the more keys, the more may be wrong."""
        limit = max(1, len(typed) // 5)
        shared: Counter[int] = Counter()
        for gram in trigrams(typed):
            shared.update(self.texts_with.get(gram, ()))
        near = sorted(shared, key=lambda number: (-shared[number], abs(len(self.keys[number]) - len(typed))))
        for number in near[:MAX_NEAR]:
            text = self.texts[number]
            whole = abs(len(self.keys[number]) - len(typed)) <= limit
            distance = edit_distance(typed, self.keys[number], limit)
            if distance is not None:
                detail = distance * 10 + (0 if whole else 5)
                self._offer(best, text.document, extra + TYPO + text.weight, detail, text.reason)

    def _add_similar(self, typed: str, best: dict[int, Hit], extra: int) -> None:
        """Add the most similar documents by shared trigrams: finds other word orders and endings."""
        grams = trigrams(typed)
        most = sum(self.idf.get(gram, 3) for gram in grams)
        similarity: defaultdict[int, float] = defaultdict(float)
        for gram in grams:
            for document, weight in self.documents_with.get(gram, ()):
                similarity[document] += weight * self.idf[gram]
        nearest = sorted(similarity, key=lambda document: similarity[document], reverse=True)[:MAX_SIMILAR]
        for document in nearest:
            if similarity[document] >= MIN_SIMILARITY * most:
                self._offer(best, document, extra + SIMILAR, -similarity[document] / most)


def read_catalogue() -> list[tuple[str, Iterable[Any]]]:
    """Return everything that can be found, as (kind, model instances), with the details whose texts count."""
    return [
        ("class", Category.objects.all()),
        ("group", ConfusionGroup.objects.prefetch_related("members__code")),
        (
            "code",
            StatusCode.objects.select_related("category").prefetch_related(
                "aliases", "rules", "identifiers", "vendor_meanings", "product_codes"
            ),
        ),
        ("product", Product),
    ]


def _tie(instance: Any) -> tuple[Any, ...]:
    """Order equals: common codes first, vendors' last, then by number."""
    if isinstance(instance, StatusCode):
        return (instance.is_vendors, not instance.common, instance.number)
    return (False, False, instance.digit if isinstance(instance, Category) else instance.position)


def penalty(instance: Any) -> int:
    """Return what is added to the weight of every text of this document."""
    if isinstance(instance, ConfusionGroup):
        return GROUP_PENALTY
    return VENDOR_PENALTY if isinstance(instance, StatusCode) and instance.is_vendors else 0


def _weighted_texts(instance: Any) -> list[tuple[int, str]]:
    """Return the texts by which a document is found, each with its field weight."""
    if isinstance(instance, Product):
        return [(KEYWORD, text) for text in _texts_of_product(instance)]
    keywords = [(KEYWORD, line) for line in lines_of(instance.keywords)]
    if isinstance(instance, ConfusionGroup):
        texts = [(NAME, instance.name_ko), (NAME, instance.name_en), *keywords]
        texts += [(SENTENCE, instance.question_ko), (SENTENCE, instance.question_en)]
        return [(weight, text) for weight, text in texts if text]
    names = [instance.name_ko, instance.name_en, instance.plain_name_ko, instance.plain_name_en]
    texts = [*((NAME, name) for name in names), *keywords]
    texts += [(SENTENCE, instance.summary_ko), (SENTENCE, instance.summary_en)]
    if isinstance(instance, StatusCode):
        texts += [(ALIAS, alias.phrase) for alias in instance.aliases.all()]
        names = [identifier.identifier for identifier in instance.identifiers.all()]
        texts += [(ALIAS, name) for name in names if "(" not in name]  # an idiom with arguments is not a name
        texts += [(REQUEST_HEADER, header) for header in instance.request_header_list]
        texts += [(HEADER, header) for header in dict.fromkeys(_headers_sent_with(instance))]
        for meaning in instance.vendor_meanings.all():
            texts += [(ALIAS, f"{meaning.issuer} {meaning.phrase}"), (KEYWORD, meaning.phrase)]
        for each in instance.product_codes.all():
            if each.direction != ProductCode.Direction.FROM_HTTP:
                name = each.get_product_display()
                texts += [(KEYWORD, each.value), (KEYWORD, f"{name} {each.value}"), (KEYWORD, each.phrase)]
    return [(weight, text) for weight, text in texts if text]


def _texts_of_product(product: Product) -> Iterator[str]:
    """Yield the product's name, alone and with what people call its codes."""
    yield product.label
    for words in ("상태코드", "에러 코드", "오류", "status codes", "error codes"):
        yield f"{product.label} {words}"
    for language in LANGUAGES:
        with override(language):
            yield str(product.heading)


def _headers_sent_with(code: StatusCode) -> Iterator[str]:
    """Yield the header fields that a response with this code must, should or may have.

    A field that depends on the HTTP version tells nothing about the code: Connection at 408.
    """
    for rule in code.rules.all():
        if rule.level in (Level.MUST, Level.SHOULD, Level.MAY) and rule.check_needs != CheckNeeds.VERSION:
            yield rule.header


class _Cache:
    """The newest index, and how this process learns of the catalogue's revision."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.index: Index | None = None
        self.revision: int | None = None  # of which the index is, at least
        self.newest_revision: int | None = None  # that was read
        self.read_revision: Callable[[], int] = Revision.current
        self.check_database: Callable[[], None] = lambda: None


_cache = _Cache()


def use_revision(read: Callable[[], int], check_database: Callable[[], None]) -> None:
    """Let the index learn of the catalogue's revision from `read` instead of asking the database for each search.

    `check_database` raises django.db.OperationalError while the database is known to be unavailable: building an index
    then fails at once instead of waiting for a timeout.
    """
    _cache.read_revision, _cache.check_database = read, check_database


def current_index() -> Index:
    """Return the index of the catalogue's current revision, or the one before while another thread builds it.

    Raise django.db.Error if there is none and the catalogue cannot be read. What is made from an outdated index may be
    shown and not stored: see `is_outdated`.
    """
    # The revision is read before the index is built, and recorded after it: the index is at least as new.
    index = _cache.index
    if index and not _is_due():
        return index
    if not _cache.lock.acquire(blocking=index is None) and index:
        return index
    try:
        if _is_due():
            revision = _cache.newest_revision
            _cache.check_database()
            _cache.index = Index()
            _cache.revision = revision
    except Error:
        if _cache.index is None:
            raise
    finally:
        _cache.lock.release()
    return cast("Index", _cache.index)


def _is_due() -> bool:
    """Return whether the catalogue has changed since the newest index was built."""
    built = _cache.revision
    _cache.newest_revision = _cache.read_revision()
    return _cache.index is None or _cache.newest_revision != built


def is_outdated(index: Index) -> bool:
    """Return whether there is a newer index, or was to be one when the revision was last read."""
    return index is not _cache.index or _cache.newest_revision != _cache.revision


def search(query: str) -> Results:
    """Return the Results for what a person typed or pasted."""
    return current_index().search(query)
