"""Texts compared letter by letter: in part, by initial consonants, by keys, with typing errors, by similarity."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from heapq import nsmallest
from math import log
from typing import NamedTuple

from . import hangul
from .haystack import Haystack
from .normalise import compact
from .ranking import GRAMS_OF_A_SLIP, MAX_NEAR, MAX_SIMILAR, MIN_SIMILARITY, edit_distance, trigrams

UNKNOWN_IDF = 2  # of a trigram that no text has


class Lettered(NamedTuple):
    """A text to compare: its number and document, what similarity to it counts (0 to 1), if it may have slips."""

    number: int
    document: int
    worth: float
    has_slips: bool
    original: str


class LetterIndex:
    """The texts in the forms in which they are compared. Texts that read the same are compared once."""

    def __init__(self, texts: Iterable[Lettered]) -> None:
        texts_at: defaultdict[str, list[Lettered]] = defaultdict(list)
        for text in texts:
            texts_at[compact(text.original)].append(text)
        self.plain = list(texts_at)
        self.keys = [hangul.keys(text) for text in self.plain]
        self.numbers = [[text.number for text in same] for same in texts_at.values()]
        self.plain_haystack = Haystack(self.plain)
        self.keys_haystack = Haystack(self.keys)
        self.initials_haystack = Haystack(hangul.initials(text) for text in self.plain)
        self.places_with: defaultdict[str, list[int]] = defaultdict(list)
        self.texts_of: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)  # (place, number) by document
        self.documents_with: defaultdict[str, dict[int, float]] = defaultdict(dict)
        for place, same in enumerate(texts_at.values()):
            self._add_trigrams(place, same)
        self.idf = {gram: log(1 + len(self.texts_of) / len(each)) for gram, each in self.documents_with.items()}

    def _add_trigrams(self, place: int, texts: list[Lettered]) -> None:
        """Add the trigrams of the texts at a place. A document counts as its text that is worth most."""
        keys = self.keys[place]
        grams = trigrams(keys)
        if not keys.isalpha():  # numbers are the same or different, not alike
            grams = {gram for gram in grams if not gram.isdigit()}
        if any(text.has_slips for text in texts):
            for gram in grams:
                self.places_with[gram].append(place)
        for text in texts:
            self.texts_of[text.document].append((place, text.number))
            for gram in grams if text.worth else ():
                documents = self.documents_with[gram]
                if documents.get(text.document, 0.0) < text.worth:
                    documents[text.document] = text.worth

    def find(self, haystack: Haystack, wanted: str) -> Iterator[tuple[int, int, int]]:
        """Yield (number of a text, EQUAL or STARTS or PART, letters more than wanted)."""
        for place, how, more in haystack.find(wanted):
            for number in self.numbers[place]:
                yield number, how, more

    def with_slips(self, typed: str) -> Iterator[tuple[int, int]]:
        """Yield (number of a text, detail) for texts a few typing errors apart: more errors in a longer text."""
        limit = max(1, len(typed) // 5)
        grams = trigrams(typed)
        shared: Counter[int] = Counter()
        for gram in grams:
            shared.update(self.places_with.get(gram, ()))
        least = len(grams) - GRAMS_OF_A_SLIP * limit - 2  # the ends may be of other words
        likely = [
            (-count, abs(len(self.keys[place]) - len(typed)), place)
            for place, count in shared.items()
            if count >= least
        ]
        for _count, difference, place in nsmallest(MAX_NEAR, likely):
            distance = edit_distance(typed, self.keys[place], limit)
            if distance is not None:
                for number in self.numbers[place]:
                    yield number, distance * 10 + (0 if difference <= limit else 5)

    def similar(self, typed: str) -> Iterator[tuple[int, float, int]]:
        """Yield (document, similarity, number of its most similar text) for the documents that share most trigrams."""
        grams = trigrams(typed)
        whole = sum(self.idf.get(gram, UNKNOWN_IDF) for gram in grams)
        similarity: defaultdict[int, float] = defaultdict(float)
        for gram in grams:
            for document, weight in self.documents_with[gram].items() if gram in self.idf else ():
                similarity[document] += weight * self.idf[gram]
        for document in sorted(similarity, key=lambda document: similarity[document], reverse=True)[:MAX_SIMILAR]:
            if similarity[document] >= MIN_SIMILARITY * whole:
                _shared, number = max(
                    (sum(gram in self.keys[place] for gram in grams), -number)
                    for place, number in self.texts_of[document]
                )
                yield document, similarity[document] / whole, -number
