"""Mark in a text what a query matched."""

import re
from functools import lru_cache

from django.utils.html import escape

from .normalise import compact, normalise
from .ranking import MAX_WORDS_LENGTH


def highlight(text: str, query: str) -> str:
    """Return the text as safe HTML with the query, or its words, in <mark>. Letter case and spacing may differ."""
    pattern = next((each for each in _patterns(query) if each.search(text)), None)
    if not pattern:
        return escape(text)
    marked, end = [], 0
    for match in pattern.finditer(text):
        marked += [escape(text[end : match.start()]), "<mark>", escape(match[0]), "</mark>"]
        end = match.end()
    return "".join(marked) + escape(text[end:])


@lru_cache(maxsize=64)
def _patterns(query: str) -> list[re.Pattern[str]]:
    """Return what to look for: the whole query, else any of its words. A page asks for each of its texts."""
    letters = [re.escape(character) for character in compact(query)[:MAX_WORDS_LENGTH]]
    if not letters:
        return []
    words = dict.fromkeys(normalise(query)[:MAX_WORDS_LENGTH].split())
    parts = [re.escape(word) for word in words if len(word) > 1]
    patterns = [r"[\s\W]*".join(letters), *(["|".join(parts)] if parts else [])]
    return [re.compile(pattern, re.IGNORECASE) for pattern in patterns]
