"""The index in memory of every text by which something is found, and the one ranking of what was found."""

import gc
import re
from collections import defaultdict
from collections.abc import Collection, Container, Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property
from heapq import nlargest
from itertools import chain

from codes.models import SituationTopic

from . import hangul
from .documents import (
    ALIAS,
    HEADERS,
    KEYWORD,
    NAME,
    SENTENCE,
    WORDS_ONLY,
    Catalogue,
    Text,
    documents_of,
    read_catalogue,
)
from .error_texts import ErrorMatcher
from .extraction import Place, Reading, read_codes
from .letters import Lettered, LetterIndex
from .mentions import (
    MAX_PROSE_LENGTH,
    Name,
    codes_happening,
    exceptions_in,
    is_about_http,
    is_name,
    is_pasted,
    names_in,
    quoted_in,
    tells_failure,
    values_in,
    without_frames,
)
from .normalise import clean, compact, normalise, normalise_lines
from .ranking import (
    EQUAL,
    HALF_TEXT_COVERAGE,
    HIGH_QUERY_COVERAGE,
    HIGH_TEXT_COVERAGE,
    INITIALS,
    KEYS,
    LOOSE,
    MAIN_WORD_COVERAGE,
    MAX_RESULTS,
    MAX_SIMILAR,
    MAX_WHOLE_INITIALS,
    MAX_WORDS_LENGTH,
    MIN_ONE_WORD_COVERAGE,
    MIN_QUERY_COVERAGE,
    MIN_SENTENCE_COVERAGE,
    MIN_TEXT_COVERAGE,
    NEAR,
    PART,
    SIMILAR,
    STARTS,
    TYPO,
    WHOLE_TEXT_COVERAGE,
    WORDS,
)
from .results import Hit, Rank, Results
from .words import STOP_WORDS, WordIndex, WordMatch, stem, words_of, words_of_each

# Ranks of what the query names outright: a pair of codes, a number at a sure place, a text of an error, what that text
# means, a number by itself among other things.
PAIR, NUMBER, ERROR, CODE_OF_ERROR, BARE_NUMBER = -20, -10, -5, -4, -1
# A framework's line in a stack trace tells that a request failed, and anything else says better how.
TRACE, CODE_OF_TRACE = LOOSE - 2, LOOSE - 1
NAMED_HEADER = re.compile(r"\b([a-z][a-z-]{2,})\s(?:request\s|response\s)?(?:header|헤더)")
OWN_FACTOR = 0.3  # what it adds to a situation that its own words count in the whole catalogue
# What a situation counts whose answer the query names, or is found by the same words.
NAMED_FACTOR, LIKELY_FACTORS = 2, (1.15, 1.1)  # the likeliest codes first
# What somebody wants to do, by the words for it, and what a situation counts that is about doing something else.
TOPIC_OF = {
    stem(word): topic
    for topic, said in {
        SituationTopic.DELETE: "삭제 지우면 delete remove deleting",
        SituationTopic.CHANGE: "수정 변경 patch update edit",
        SituationTopic.CREATE: "생성 create insert",
    }.items()
    for word in said.split()
}
TOPICS_TOLD = {SituationTopic.DELETE, SituationTopic.CHANGE, SituationTopic.CREATE, SituationTopic.READ}
OTHER_TOPIC_FACTOR = 0.8
WORD_FACTORS = {NAME: 1.15, ALIAS: 1.0, KEYWORD: 1.1, SENTENCE: 0.8}


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Pause the garbage collector: nothing of an index is garbage, and looking for it took two fifths of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _words_to_share(text: Text) -> str:
    """Return the words by which others share a text: none for a header's name of one word, such as Connection."""
    return "" if text.weight in HEADERS and "-" not in text.original else text.original


class Found:
    """The best hit of each document so far, for a cleaned text."""

    def __init__(self, index: "Index", text: str) -> None:
        self.index = index
        self.text = text
        self.best: dict[int, Hit] = {}

    @cached_property
    def matches(self) -> dict[int, WordMatch]:
        """How the documents match the words of the text, by number of the document."""
        return self.index.words.search(words_of(self.text))

    def offer(self, document: int, score: float, detail: float, text: int | None = None) -> None:
        """Take a hit of a document, by the text with this number, unless there is a better one."""
        kind, instance, tie, _penalty = self.index.documents[document]
        rank = Rank(score, detail, tie)
        if document not in self.best or rank < self.best[document].rank:
            original = "" if text is None else self.index.texts[text].original
            self.best[document] = Hit(instance, kind, rank, original, list(instance.codes) if kind == "error" else [])

    def offer_text(self, number: int, how: float, detail: float) -> None:
        """Take a hit of a text that matches in this way."""
        text = self.index.texts[number]
        self.offer(text.document, how + text.weight + self.index.documents[text.document].penalty, detail, number)

    @property
    def has_sure(self) -> bool:
        """Whether something was found by more than words in common."""
        return any(hit.rank.score < WORDS for hit in self.best.values())


class Index:
    """Every text by which something is found, in the forms that are compared."""

    def __init__(self, catalogue: Catalogue | None = None) -> None:
        with _collector_paused():
            self._build(catalogue)

    def _build(self, catalogue: Catalogue | None) -> None:
        self.documents, self.texts = documents_of(catalogue or read_catalogue())
        by_kind = defaultdict(list)
        for number, document in enumerate(self.documents):
            by_kind[document.kind].append(number)
        self.numbers_of_codes = {self.documents[number].instance.number: number for number in by_kind["code"]}
        self.codes = {code: self.documents[number].instance for code, number in self.numbers_of_codes.items()}
        self.categories = [self.documents[number].instance for number in by_kind["class"]]
        self.groups = {
            frozenset(member.code_id for member in self.documents[number].instance.members.all()): number
            for number in by_kind["group"]
        }
        self.errors = ErrorMatcher(self.documents[number].instance for number in by_kind["error"])
        self.numbers_of_errors = {self.documents[number].instance.slug: number for number in by_kind["error"]}
        self.letters = LetterIndex(self._lettered())
        self._index_names()
        self.as_written: defaultdict[str, list[int]] = defaultdict(list)
        for number, text in enumerate(self.texts):
            self.as_written[text.original.rstrip("-")].append(number)
        words = words_of_each(map(_words_to_share, self.texts))
        self.words = WordIndex(
            (text.document, self._factor(text.document, text.weight), its_words)
            for text, its_words in zip(self.texts, words, strict=True)
        )
        self.numbers_told = [
            number for number, text in enumerate(self.texts) if self.documents[text.document].kind == "situation"
        ]
        self.situations = WordIndex(
            ((self.texts[number].document, 1, words[number]) for number in self.numbers_told),
            told=True,
        )

    def _factor(self, document: int, weight: int) -> float:
        """Return what the words of a text count: less for groups, classes and vendors' numbers."""
        kind, _instance, _tie, penalty = self.documents[document]
        factor = WORD_FACTORS.get(weight, 0.5)
        return factor * (0.6 if kind in {"group", "class"} else 0.85 if kind == "error" else 0.75 if penalty else 1)

    def _lettered(self) -> Iterator[Lettered]:
        """Yield the texts that are compared letter by letter; names and keywords also with typing errors."""
        for number, (document, weight, original) in enumerate(self.texts):
            kind, _instance, _tie, penalty = self.documents[document]
            if kind not in WORDS_ONLY:
                # A situation has so many texts that it is like anything.
                worth = 0.0 if kind == "situation" else 10 / (10 + weight + penalty)
                yield Lettered(number, document, worth, weight != SENTENCE, original)

    def _index_names(self) -> None:
        """Record which texts have a name as a whole, the names of each code, and which documents name a header."""
        self.texts_named: defaultdict[str, list[int]] = defaultdict(list)
        self.names_of: defaultdict[int, list[str]] = defaultdict(list, {code: [] for code in self.codes})
        self.texts_of_header: defaultdict[str, list[int]] = defaultdict(list)
        for name, numbers in zip(self.letters.plain, self.letters.numbers, strict=True):
            for number in numbers:
                document, weight, original = self.texts[number]
                kind, instance, _tie, _penalty = self.documents[document]
                if weight in HEADERS:
                    self.texts_of_header[original.casefold()].append(number)
                else:
                    self.texts_named[name].append(number)
                if kind == "code" and weight in {NAME, ALIAS} and len(name) > 1:
                    self.names_of[instance.number].append(name)

    def search(self, query: str) -> Results:
        """Return the Results for what a person typed or pasted."""
        cleaned, text = clean(query), normalise(query)
        pasted = is_pasted(cleaned)
        lines = normalise_lines(cleaned) if pasted else text
        # A number in a stack frame is a line of a file.
        reading = read_codes(text, normalise_lines(without_frames(cleaned)) if pasted else text, self.names_of)
        results, found = Results(text, is_pasted=pasted and not reading.is_whole), Found(self, cleaned)
        self._add_named(text, reading, found, results)
        self._add_errors(cleaned, reading, found, results)
        if not results.is_pasted:
            self._match_typed(cleaned, text, found, results)
        elif all(hit.rank.score >= TRACE for hit in found.best.values()):
            self._match_pasted(cleaned, lines, found, is_trace=bool(found.best))
        elif reading.place is Place.BARE:
            self._match_pasted(cleaned, lines, found)
        if "\n" not in lines and len(text.split()) > 1 and (not results.is_pasted or is_about_http(lines)):
            self._add_situations(set(reading.numbers), found)
        hits = sorted(found.best.values(), key=lambda hit: hit.rank)
        # The codes of a class crowd nothing out: "returns 500 instead of 4xx" tells of a situation.
        told = [hit for hit in hits[MAX_RESULTS:] if hit.kind == "situation"]
        results.hits = hits[:MAX_RESULTS] + told[:MAX_SIMILAR]
        results.is_sure = not results.hits or results.hits[0].rank.score < LOOSE
        if results.hits and (results.hits[0].rank.score >= 0 or self._tells_more(results.hits[0], reading, results)):
            results.direct = None
        if results.unassigned is not None and results.hits and not reading.is_whole:
            results.unassigned = None
        return results

    def _tells_more(self, best: Hit, reading: Reading, results: Results) -> bool:
        """Return whether the best hit is the text of an error that tells more than the number that was read.

        A number by itself in a log may count anything, and one that belongs to the text is no answer.
        """
        if best.kind != "error":
            return False
        return best.rank.score < NUMBER or (any(best.codes) and results.is_pasted and reading.place is Place.BARE)

    def _add_named(self, text: str, reading: Reading, found: Found, results: Results) -> None:
        """Add what the query names outright: a code, a group of codes, a class, the beginning of a number."""
        numbers = [number for number in reading.numbers if number in self.codes]
        sure = reading.is_sure or not results.is_pasted
        if numbers:
            pair = min(
                (codes for codes in self.groups if len(numbers) > 1 and codes.issuperset(numbers)),
                key=len,
                default=None,
            )
            if pair:
                found.offer(self.groups[pair], PAIR, 0)
                results.direct = self.documents[self.groups[pair]].instance
            elif len(numbers) == 1:
                results.direct, results.number, results.place = self.codes[numbers[0]], numbers[0], reading.place
            for position, number in enumerate(numbers):
                found.offer(self.numbers_of_codes[number], NUMBER if sure else BARE_NUMBER, position)
        elif len(reading.numbers) == 1 and (
            reading.is_whole or (reading.is_sure and (not results.is_pasted or reading.place is Place.STATUS_LINE))
        ):
            results.unassigned = reading.numbers[0]
        beginning = text if re.fullmatch("[0-9]{1,2}", text) else None
        if not reading.classes and not beginning:
            return
        for number, (kind, instance, _tie, _penalty) in enumerate(self.documents):
            if kind == "class" and (instance.digit in reading.classes or beginning == str(instance.digit)):
                place = reading.classes.index(instance.digit) if instance.digit in reading.classes else 0
                found.offer(number, BARE_NUMBER, place - len(reading.classes))
            elif kind == "code" and instance.category_id in reading.classes:
                found.offer(number, 0, 1)
            elif kind == "code" and beginning and instance.label.startswith(beginning):
                rank = Rank(BARE_NUMBER, 1, (instance.is_vendors, instance.number))
                found.best.setdefault(number, Hit(instance, kind, rank))

    def _add_errors(self, cleaned: str, reading: Reading, found: Found, results: Results) -> None:
        """Add the texts of errors that the query holds, and the codes that they stand for."""
        # The one who answered tells more than that no connection came about, as a proxy's log says in one line.
        matches = sorted(self.errors.find(cleaned), key=lambda match: (match.is_frame, not any(match.found.codes)))
        results.has_error_text = bool(matches)
        named = set(reading.numbers)
        if any(len(match.found.codes) > 1 for match in matches):
            names = list(names_in(cleaned, self.texts_named))
            named |= self._codes_named(names)
            # An identifier of another code tells more than an exception that stands for several.
            identified = self._codes_named(name for name in names if name.is_identifier)
            if len(identified) == 1 and not any(identified & set(match.found.codes) for match in matches):
                found.offer(self.numbers_of_codes[identified.pop()], ERROR, -1)
        for position, match in enumerate(matches):
            # Of several codes, one that the rest of the query names is meant.
            codes = sorted(match.found.codes, key=lambda code: code not in named)
            document = self.numbers_of_errors[match.found.slug]
            # "failed with status 200 due to ..." says 200 of the call before, not of the answer.
            own = set(map(int, re.findall(r"\b[0-9]{3}\b", match.found.text)))
            is_own = bool(reading.numbers) and own.issuperset(reading.numbers) and own.isdisjoint(codes)
            score = TRACE if match.is_frame else NUMBER - 1 if is_own else ERROR
            found.offer(document, score, position)
            found.best[document].codes = codes
            for place, code in enumerate(codes):
                if code in self.numbers_of_codes:
                    score = CODE_OF_TRACE if match.is_frame else CODE_OF_ERROR
                    found.offer(self.numbers_of_codes[code], score, position + place / 10)

    def _codes_named(self, names: Iterable[Name]) -> set[int]:
        """Return the codes that have one of these names."""
        documents = (
            self.documents[self.texts[number].document] for name in names for number in self.texts_named[name.name]
        )
        return {document.instance.number for document in documents if document.kind == "code"}

    def _match_pasted(self, cleaned: str, lines: str, found: Found, *, is_trace: bool = False) -> None:
        """Add what a pasted text names: identifiers and whole phrases, else what most of a line is about.

        Of a stack trace, only the identifiers in what is said, and not where it happened.
        """
        about, fails = is_about_http(lines) and not is_trace, tells_failure(lines)
        if is_trace:
            cleaned = without_frames(cleaned)
        self._match_errors_named(cleaned, found)
        for position, name in enumerate(names_in(cleaned, self.texts_named)):
            for number in self.texts_named[name.name] if about or name.is_identifier else ():
                document = self.texts[number].document
                if self._is_meant(document, name, about=about, fails=fails) and (
                    self.documents[document].kind != "class" or not found.best
                ):
                    # One of a product's codes says more than its name, however long that is.
                    length = 0 if self.documents[document].kind == "product" else len(name.name)
                    found.offer_text(number, PART, -length + position / 1000)
        if is_trace:
            return
        for header in re.findall(r"(?m)^[<> ]{0,2}([a-z][a-z-]{3,}):", lines):
            for number in self.texts_of_header.get(header, ()):
                found.offer_text(number, TYPO, 0)
        if about:
            self._add_words(found, HALF_TEXT_COVERAGE, min_words=2)
        else:
            self._add_words(found, HIGH_TEXT_COVERAGE, HIGH_QUERY_COVERAGE, kinds={"error"})

    def _match_errors_named(self, cleaned: str, found: Found) -> None:
        """Add the codes after which an exception is called, NotFoundError, or that a field names: "code: NOT_FOUND"."""
        called = chain(
            ((name, {NAME, ALIAS}) for name in exceptions_in(cleaned)),
            ((name, {NAME, ALIAS, KEYWORD}) for name in values_in(cleaned)),
        )
        for position, (wanted, weights) in enumerate(called):
            for number in self.texts_named.get(wanted, ()):
                document, weight, _original = self.texts[number]
                kind, instance, _tie, _penalty = self.documents[document]
                if kind == "code" and weight in weights and instance.number >= 400 and not instance.is_vendors:
                    found.offer_text(number, PART, -len(wanted) + position / 1000)

    def _is_meant(self, document: int, name: Name, *, about: bool, fails: bool) -> bool:
        """Return whether a pasted text with this name means the document.

        `about` tells if the text is about HTTP, `fails` if it tells of a failure: "Request processing failed" does not
        speak of 102.
        """
        kind, instance, _tie, _penalty = self.documents[document]
        if kind == "code":
            return name.is_identifier or not fails or not 100 <= instance.number < 400
        return about or kind != "situation"

    def _match_typed(self, cleaned: str, text: str, found: Found, results: Results) -> None:
        """Add what a typed query means, with and without the words that say little."""
        words = text[:MAX_WORDS_LENGTH]
        meant = " ".join(hangul.stem(word) for word in words.split() if word not in STOP_WORDS)
        forms = [(words, 0), (meant, 3)] if meant != words else [(words, 0)]
        for form, extra in forms:
            self._match(form, found, extra)
        for number in self.as_written.get(cleaned.strip().rstrip("-"), ()):
            found.offer_text(number, EQUAL, -1)  # among equals, the same letter case first: sH is not SH
        for header in NAMED_HEADER.findall(text[:MAX_PROSE_LENGTH]):
            for number in self.texts_of_header.get(header, ()):
                found.offer_text(number, PART, 0)
        for said in quoted_in(cleaned):
            for form in {compact(said), compact(" ".join(map(hangul.stem, said.split())))}:
                for number in self.texts_named.get(form, ()):
                    kind, instance, _tie, _penalty = self.documents[self.texts[number].document]
                    if kind == "code" and instance.number >= 400:
                        found.offer_text(number, PART, -1)
        is_identifier = is_name(cleaned)
        if not is_identifier:
            for name in names_in(cleaned, self.texts_named):
                for number in self.texts_named[name.name] if name.is_identifier else ():
                    found.offer_text(number, PART, 0)
        if is_identifier or len(text.split()) > 1:
            self._add_words(found, MIN_TEXT_COVERAGE, HIGH_QUERY_COVERAGE if is_identifier else MIN_QUERY_COVERAGE)
        # Letters in common say nothing of an identifier: its words are known or they are not.
        if not is_identifier and not any(hit.rank.score < LOOSE for hit in found.best.values()):
            for form, extra in forms:
                for document, similarity, number in self.letters.similar(hangul.keys(compact(form))):
                    found.offer(document, extra + SIMILAR, -similarity, number)
        best = min(found.best.values(), key=lambda hit: hit.rank, default=None)
        if best and best.text and KEYS <= best.rank.score < LOOSE and compact(best.text) != compact(words):
            results.found_as = best.text

    def _match(self, words: str, found: Found, extra: float) -> None:
        """Add the documents whose texts match, surest way first; unsure ways only where the sure ones found little.

        `extra` is added to every score.
        """
        wanted = compact(words)
        if not wanted:
            return
        letters = self.letters
        if len(wanted) > 1 or not wanted.isascii():
            for number, how, more in letters.find(letters.plain_haystack, wanted):
                found.offer_text(number, extra + how, more)
        sure = found.has_sure
        if typed := hangul.typed_initials(wanted):
            for number, how, more in letters.find(letters.initials_haystack, typed):
                if len(typed) > MAX_WHOLE_INITIALS or how < PART:
                    found.offer_text(number, extra + INITIALS + how, more)
        typed = hangul.keys(wanted)
        if len(typed) > 2 and (not sure or typed != wanted):
            for number, how, more in letters.find(letters.keys_haystack, typed):
                found.offer_text(number, extra + KEYS + how, more)
        if not sure and 4 <= len(typed) <= 40:
            for number, detail in letters.with_slips(typed):
                found.offer_text(number, extra + TYPO, detail)

    def _add_situations(self, numbers: Collection[int], found: Found) -> None:
        """Add the situations that share most with a text of one line, also where that is little of the text.

        A situation is told in many words, of which the catalogue has few. What a code says of itself helps: the
        situations that it answers count more, most if the text names its number.
        """
        codes = sorted((hit for hit in found.best.values() if hit.kind == "code"), key=lambda hit: hit.rank)
        factors = {hit.found.number: factor for hit, factor in zip(codes, LIKELY_FACTORS, strict=False)}
        factors |= dict.fromkeys(numbers, NAMED_FACTOR)
        factors |= dict.fromkeys(codes_happening(found.text.casefold()), 1)
        near: list[tuple[float, int, int]] = []
        scores: dict[int, float] = {}
        words = words_of(found.text)
        topics = {topic for word in words if (topic := TOPIC_OF.get(word))}
        for document, match in self.situations.search(words).items():
            situation = self.documents[document].instance
            own = found.matches[document].score if document in found.matches else 0
            score = (match.score + OWN_FACTOR * own) * factors.get(situation.answer_id, 1)
            if topics and situation.topic in TOPICS_TOLD - topics:
                score *= OTHER_TOPIC_FACTOR
            scores[document] = score
            of_text, of_query = match.text_coverage, match.query_coverage
            if not match.words or (of_text < MIN_TEXT_COVERAGE and of_query < MIN_QUERY_COVERAGE):
                continue
            is_little = of_query < MIN_SENTENCE_COVERAGE or (
                match.words < 2
                and of_query < MAIN_WORD_COVERAGE
                and (of_text < HALF_TEXT_COVERAGE or of_query < MIN_ONE_WORD_COVERAGE)
            )
            if not is_little or situation.answer_id in numbers:
                near.append((score, document, self.numbers_told[match.text]))
        levels = []
        for document, hit in found.best.items():
            if hit.kind == "situation":
                levels.append(hit.rank.score)
                if hit.rank.score >= WORDS:
                    hit.rank = Rank(hit.rank.score, -scores.get(document, 0), hit.rank.tie)
        # What shares more goes before situations that were found by their words; it is no surer than they are.
        level = next((level for level in (WORDS, LOOSE) if min(levels, default=NEAR) == level), NEAR)
        for score, document, number in nlargest(MAX_SIMILAR, near):
            found.offer(document, level, -score, number)

    def _add_words(
        self,
        found: Found,
        min_text: float,
        min_query: float = MIN_QUERY_COVERAGE,
        min_words: int = 1,
        kinds: Container[str] | None = None,
    ) -> None:
        """Add documents of these kinds that share so much of their text and of the query, and so many words."""
        for document, match in sorted(found.matches.items(), key=lambda item: -item[1].score)[:MAX_RESULTS]:
            kind = self.documents[document].kind
            # A whole phrase may be a small part of a long query.
            is_whole = match.text_coverage >= WHOLE_TEXT_COVERAGE and min_query == MIN_QUERY_COVERAGE
            needed = min_query / 2 if is_whole else min_query
            if match.text_coverage < min_text or match.query_coverage < needed or match.words < min_words:
                continue
            if kinds is not None and kind not in kinds:
                continue
            sure = match.query_coverage >= HIGH_QUERY_COVERAGE and match.text_coverage >= HALF_TEXT_COVERAGE
            if kind == "code" and self.documents[document].penalty:
                sure = False  # words alone rarely mean a vendor's number
            how = WORDS if sure else LOOSE
            if sure and match.text_coverage >= HIGH_TEXT_COVERAGE and kind == "error":
                how = STARTS  # most of what a product prints
            found.offer(document, how, -match.score, match.text)
