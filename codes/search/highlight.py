"""Mark in a text what a query matched."""

import re

from django.utils.html import escape

from .normalise import compact, normalise
from .ranking import MAX_WORDS_LENGTH


def highlight(text: str, query: str) -> str:
    """Return the text as safe HTML with the query, or its words, in <mark>. Letter case and spacing may differ."""
    letters = [re.escape(character) for character in compact(query)[:MAX_WORDS_LENGTH]]
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
