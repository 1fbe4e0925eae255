"""Texts compared word by word, as HTML, with a bound on the work that one page may cause.

difflib finds the longest common run of words again and again. For texts of a few words that repeat thousands of times
that takes minutes, so its steps are counted: what is too much to compare is shown as one removal and one addition.
"""

import re
from difflib import Match, SequenceMatcher

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

MAX_STEPS = 1_000_000  # pairs of equal words that one page looks at, which takes about a tenth of a second
MAX_STEPS_PER_TEXT = 500_000  # so that one text leaves something for the others
SHORT = 60  # characters; longer texts are compared word by word
WORDS = re.compile(r"\s*\S+|\s+\Z")  # each with the space before it, so that lines stay lines


class Budget:
    """The steps that are left for the texts of one page."""

    def __init__(self, steps: int = MAX_STEPS) -> None:
        self.steps = steps

    def take(self, steps: int) -> bool:
        """Use up some steps; return False if there are not as many."""
        if steps > self.steps:
            return False
        self.steps -= steps
        return True


class _Matcher(SequenceMatcher[str]):
    """A SequenceMatcher that stops looking for matches when its budget is used up."""

    a: list[str]
    b2j: dict[str, list[int]]

    def __init__(self, before: list[str], after: list[str], page: Budget) -> None:
        super().__init__(None, before, after, autojunk=False)
        self.page, self.text = page, Budget(MAX_STEPS_PER_TEXT)
        self.steps_before = [0]  # for each word of `before`: the steps of looking for all words up to it
        for word in before:
            self.steps_before.append(self.steps_before[-1] + 1 + len(self.b2j.get(word, ())))

    def find_longest_match(self, alo: int = 0, ahi: int | None = None, blo: int = 0, bhi: int | None = None) -> Match:
        """Find the longest match, or none if looking for it takes too long."""
        steps = self.steps_before[len(self.a) if ahi is None else ahi] - self.steps_before[alo]
        if not self.text.take(steps) or not self.page.take(steps):
            return Match(alo, blo, 0)
        return super().find_longest_match(alo, ahi, blo, bhi)


def difference_html(before: str, after: str, page: Budget) -> SafeString:
    """Return the words, removed ones in <del> and added ones in <ins>; short texts whole."""
    if len(before) < SHORT and len(after) < SHORT:
        return mark_safe(f"{_marked('del', before)} {_marked('ins', after)}")  # noqa: S308 - escaped
    old, new = WORDS.findall(before), WORDS.findall(after)
    start = _equal_words(old, new)
    end = _equal_words(old[start:][::-1], new[start:][::-1])
    parts: list[str] = [escape("".join(old[:start]))]
    old_middle, new_middle = old[start : len(old) - end], new[start : len(new) - end]
    for kind, a, b, c, d in _Matcher(old_middle, new_middle, page).get_opcodes():
        if kind == "equal":
            parts.append(escape("".join(old_middle[a:b])))
        else:
            parts += [_marked("del", "".join(old_middle[a:b])), _marked("ins", "".join(new_middle[c:d]))]
    parts.append(escape("".join(old[len(old) - end :])))
    return mark_safe("".join(parts))  # noqa: S308 - every part is escaped


def _equal_words(old: list[str], new: list[str]) -> int:
    """Return how many words both begin with."""
    count = 0
    for one, other in zip(old, new, strict=False):
        if one != other:
            break
        count += 1
    return count


def _marked(tag: str, text: str) -> str:
    return f"<{tag}>{escape(text)}</{tag}>" if text else ""
