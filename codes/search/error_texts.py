"""Texts of errors as products print them, found inside what people paste.

A text is a row of the model ErrorText, or anything with its fields: "…" in it stands for whatever changes, and the
fixed fragments between are looked for in their order. Rare words lead from a query to the few texts that it may hold,
so that a long catalogue and a long paste do not multiply.
"""

import builtins
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from codes import models

VARIABLE = "…"
FRAME = "frame"  # the match of a line of a stack trace
MAX_GAP = 300  # characters that "…" may stand for
MAX_MATCHES = 5
MAX_PLACES = 20  # of a text's first fragment that are tried
MIN_FRAGMENT = 40  # letters of a fragment that tells a text by itself
NUMBERED = re.compile(r"[45][0-9]{2}:? (?=.{36})")  # what follows is more than the name of a code
# A status and Envoy's response flag; where no response was sent, the log has 0 before the flag.
FLAGGED = re.compile(r"[45][0-9]{2} ([A-Z]{2,5})")
MIN_MESSAGE = 24  # letters of an exception's message that tells without the class
MIN_SWAPPED = 8  # letters of each of two fragments that may be printed in the other order
WORD = re.compile(r"[a-z0-9]+|[가-힣]+|[\u3041-\u30ff\u4e00-\u9fff]+|[^\s\w]{2,}")
# Quotes are typed, copied and escaped in many ways, and a message is wrapped anywhere.
SAME = str.maketrans({**dict.fromkeys('"`´“”„‘’‚«»', "'"), **dict.fromkeys("–—‑−", "-"), "İ": "I"})
SPACES = re.compile(r"(?<=[:,])\s+|\\(?=')")
CASE_MATTERS = re.compile(r"[A-Za-z][A-Za-z-]{3}")  # a termination state of HAProxy: CH-- and cH-- differ
# An exception before what it says, which changes with the version; one word with Error after it says too little.
EXCEPTION = re.compile(
    r"(?:\w+(?:\.|::|\\))*(?:[A-Z]+[a-z0-9]+){2,}(?:Exception|Error)(?=[:\s])|(?:[A-Z]\w+::)+[A-Z]\w+(?=[:\s])"
)
PATH = re.compile(r"[\w.:\\$]+[.:\\$]([A-Z]\w*[a-z][A-Z]\w+)")  # an exception with its package
BUILT_IN = frozenset(vars(builtins))  # of Python: its PermissionError is not Stripe's
CLASS = re.compile(r"[A-Z]\w+(?:Exception|Error)")
IN_PATH = re.compile(r"(?:::|[-_.\\$])$")  # before a name that is the end of another's path


class ErrorText(Protocol):
    """What is known about a text of an error."""

    slug: str
    text: str
    product: str
    sure: str
    match: str

    @property
    def codes(self) -> Sequence[int]: ...

    @property
    def meaning(self) -> str: ...

    @property
    def next(self) -> str: ...

    def get_absolute_url(self) -> str: ...


@dataclass(frozen=True)
class ErrorMatch:
    """A text that a query holds. `length` counts the letters of its fixed parts, `whole` tells if that was all."""

    found: ErrorText
    length: int
    whole: bool

    @property
    def is_frame(self) -> bool:
        """Whether it is a line of a stack trace: what else the query holds tells more."""
        return self.found.match == FRAME


@dataclass(frozen=True)
class _Pattern:
    found: ErrorText
    fragments: tuple[str, ...]  # in lower case
    exact: str  # in the given case; "" for a text that may be written in any
    starts: bool
    ends: bool

    @property
    def length(self) -> int:
        return sum(map(len, self.fragments))


class _Query:
    """A query as it is compared: in its own and in lower case, and where its first and last letter or digit are."""

    def __init__(self, text: str) -> None:
        self.shape = fold(text)
        self.small = self.shape.lower()
        length = len(self.small)
        self.first = next((place for place in range(length) if self.small[place].isalnum()), length)
        self.last = next((place for place in reversed(range(length)) if self.small[place].isalnum()), -1)

    def is_all(self, begin: int, end: int) -> bool:
        """Return whether this part has all letters and digits of the query."""
        return begin <= self.first and self.last < end


def read_error_texts() -> Iterable[ErrorText]:
    """Return every text of the catalogue."""
    return models.ErrorText.objects.prefetch_related("code_links")


def fold(text: str) -> str:
    """Return the text with one kind of quote, hyphen and space; its case stays."""
    return " ".join(SPACES.sub("", text.translate(SAME)).split())


class ErrorMatcher:
    """Finds texts of errors in a query."""

    def __init__(self, texts: Iterable[ErrorText]) -> None:
        texts = list(texts)
        self.patterns = [pattern for text in texts for pattern in _patterns_of(text)]
        self.patterns += _exceptions_of(texts)
        self.by_word: defaultdict[str, list[_Pattern]] = defaultdict(list)
        words_of = [_words_of(pattern) for pattern in self.patterns]
        frequency = Counter(word for words in words_of for word in words)
        for pattern, words in zip(self.patterns, words_of, strict=True):
            if words:
                self.by_word[min(words, key=lambda word: (frequency[word], -len(word)))].append(pattern)

    def find(self, text: str) -> list[ErrorMatch]:
        """Return the texts that the query holds, the longest first; of several products with one text, each.

        Texts that stand for their codes in some cases only come after the others, and lines of stack traces last.
        """
        query = _Query(text)
        found: dict[str, ErrorMatch] = {}
        for word in dict.fromkeys(WORD.findall(query.small)):
            for pattern in self.by_word.get(word, ()):
                if (match := _match(pattern, query)) and (
                    pattern.found.slug not in found or match.length > found[pattern.found.slug].length
                ):
                    found[pattern.found.slug] = match
        order = sorted(
            found.values(),
            key=lambda match: (match.is_frame, match.found.sure == "maybe", not match.whole, -match.length),
        )
        return order[:MAX_MATCHES]


def _patterns_of(text: ErrorText) -> Iterator[_Pattern]:
    """Yield the text as it is looked for; an exception also without its package."""
    is_exact = text.match == "exact"
    forms = [text.text]
    if is_exact and (path := PATH.fullmatch(text.text)) and path[1] not in BUILT_IN:
        forms.append(path[1])
    if numbered := NUMBERED.match(text.text):  # a page's heading is copied without the title
        forms.append(text.text[numbered.end() :])
    if is_exact and CLASS.fullmatch(text.text):  # printed with its package
        forms.append(f".{text.text}")
    if not is_exact and (said := EXCEPTION.match(fold(text.text))):
        # An exception's message is copied without its class.
        message = fold(text.text)[said.end() :].strip(": ")
        if sum(map(len, message.split(VARIABLE))) >= MIN_MESSAGE and message[:1].isalnum():
            forms.append(message)
    if flagged := FLAGGED.fullmatch(text.text):
        forms.append(f"0 {flagged[1]}")
    prefix = text.product.split()[-1]
    if is_exact and prefix.endswith(":"):  # net::ERR_FAILED
        forms.append(prefix + text.text)
    for form in forms:
        shape = fold(form)
        fragments = tuple(each for part in shape.lower().split(VARIABLE) if (each := part.strip(" ")))
        if fragments and not is_exact:
            fragments = (*fragments[:-1], fragments[-1].rstrip(".!") or fragments[-1])
        if any(letter.isalnum() for letter in "".join(fragments)):
            starts, ends = not shape.startswith(VARIABLE), not shape.endswith(VARIABLE)
            yield _Pattern(text, fragments, shape if is_exact else "", starts, ends)
        if len(fragments) == 2 and min(map(len, fragments)) >= MIN_SWAPPED and not is_exact:
            yield _Pattern(text, fragments[::-1], "", starts=True, ends=True)
        # A long fragment that is most of the text tells it, whatever is printed around it.
        longest = max(fragments, key=len, default="").strip("'\"() :,;-")
        if len(fragments) > 1 and len(longest) >= max(MIN_FRAGMENT, sum(map(len, fragments)) * 0.6):
            yield _Pattern(text, (longest,), "", starts=True, ends=True)


def _exceptions_of(texts: Iterable[ErrorText]) -> Iterator[_Pattern]:
    """Yield the exceptions that mean the same codes whatever they say, each once."""
    named: defaultdict[str, list[ErrorText]] = defaultdict(list)
    for text in texts:
        if text.match == "phrase" and (found := EXCEPTION.match(fold(text.text))):
            named[found[0]].append(text)
    for name, same in named.items():
        if len({tuple(text.codes) for text in same}) == 1:
            yield _Pattern(same[0], (name.lower(),), name, starts=True, ends=True)


def _words_of(pattern: _Pattern) -> set[str]:
    """Return the words that a query must have to hold the text."""
    words = set()
    for fragment in pattern.fragments:
        for match in WORD.finditer(fragment):
            # At the edge of a fragment a word may go on in the variable part.
            edge = (match.start() == 0 and not (pattern.starts and fragment == pattern.fragments[0])) or (
                match.end() == len(fragment) and not (pattern.ends and fragment == pattern.fragments[-1])
            )
            if not edge or len(pattern.fragments) + match.end() - match.start() == len(fragment) + 1:
                words.add(match[0])
    return words or {match[0] for fragment in pattern.fragments for match in WORD.finditer(fragment)}


def _match(pattern: _Pattern, query: _Query) -> ErrorMatch | None:
    """Return how the query holds the pattern, None if it does not."""
    first, *others = pattern.fragments
    small = query.small
    begin = small.find(first)
    for _place in range(MAX_PLACES):
        if begin < 0:
            return None
        end = begin + len(first)
        for fragment in others:
            place = small.find(fragment, end, end + MAX_GAP + len(fragment))
            if place < 0:
                break
            end = place + len(fragment)
        else:
            if _fits(pattern, query, begin, end):
                return ErrorMatch(pattern.found, pattern.length, query.is_all(begin, end))
        begin = small.find(first, begin + 1)
    return None


def _fits(pattern: _Pattern, query: _Query, begin: int, end: int) -> bool:
    """Return whether what was found occurs as its kind of match wants it."""
    shape, small = query.shape, query.small
    before, after = small[begin - 1 : begin] if begin else "", small[end : end + 1]
    if (pattern.starts and _joins(before, small[begin])) or (pattern.ends and _joins(small[end - 1], after)):
        return False
    alone = query.is_all(begin, end)
    if pattern.exact:
        if CASE_MATTERS.fullmatch(pattern.exact) or not alone:
            if shape[begin:end] != pattern.exact and len(pattern.fragments) == 1:
                return False
            # A dot ends a sentence, or goes on with a path.
            if after in {"-", "_"} or (after == "." and small[end + 1 : end + 2].isalnum()):
                return False
        return not IN_PATH.search(small[max(begin - 2, 0) : begin])
    if pattern.found.match == "weak":
        product = pattern.found.product.lower().split()[0]
        return alone or (len(product) > 3 and re.search(rf"\b{re.escape(product)}\b", small) is not None)
    return True


def _joins(left: str, right: str) -> bool:
    """Return whether two characters belong to one word; a Korean word may have a particle after it."""
    return left.isascii() and right.isascii() and (left.isalnum() or left == "_") and (right.isalnum() or right == "_")
