"""An outline as plain text for a terminal, and as Markdown to paste into a document."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from django.conf import settings

from codes.texts.markdown import paragraphs

from .outlines import Block, Heading, Items, Raw

WIDTH = 72  # columns of a terminal; a word that is longer, such as an address, is left whole
UNDERLINES = {1: "=", 2: "-"}


def columns(text: str) -> int:
    """Return how many columns of a terminal a text takes: a Hangul syllable takes two."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(letter) else 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        for letter in text
    )


def wrap(text: str, first: str = "", rest: str = "") -> str:
    """Return a text in lines of at most WIDTH columns, the first beginning with `first`, the others with `rest`."""
    lines, line, width, is_empty = [], first, columns(first), True
    for word in text.split():
        needed = columns(word)
        if not is_empty and width + 1 + needed > WIDTH:
            lines.append(line)
            line, width, is_empty = rest, columns(rest), True
        line += word if is_empty else f" {word}"
        width += needed + (not is_empty)
        is_empty = False
    return "\n".join([*lines, line])


@lru_cache
def _own_page() -> re.Pattern[str]:
    """Return what the addresses of codes and groups match: their numbers name them."""
    return re.compile(rf"{re.escape(settings.SITE_URL)}(?:/[a-z]{{2}})?/(?:[0-9]{{3}}|vs/[-a-z0-9]+)/")


def as_text(blocks: Iterable[Block]) -> str:
    """Return the blocks as plain text of WIDTH columns. HTTP messages keep their lines and are indented."""
    parts = []
    for block in blocks:
        if isinstance(block, Heading):
            parts.append(_underlined(block))
        elif isinstance(block, Raw):
            parts.append("\n".join(f"    {line}".rstrip() for line in block.text.split("\n")))
        elif isinstance(block, Items):
            parts.append("\n".join(_prose(text, f"{mark} ") for mark, text in _marked(block)))
        elif block.text:
            parts.append(_prose(block.text))
    return "\n\n".join(filter(None, parts)) + "\n"


def _marked(items: Items) -> list[tuple[str, str]]:
    """Return the items, each with its mark."""
    return [(f"{place}." if items.is_numbered else "-", text) for place, text in enumerate(items.texts, start=1)]


def _underlined(heading: Heading) -> str:
    text = wrap(heading.text)
    sign = UNDERLINES.get(heading.level)
    return f"{text}\n{sign * max(map(columns, text.splitlines()))}" if sign else text


def _prose(text: str, mark: str = "") -> str:
    """Return a Markdown text without its marks, with a mark of its own before it."""
    found = paragraphs(text, _own_page())
    lines = []
    for place, part in enumerate(found):
        first = (mark if not place else " " * len(mark)) + part.mark
        # The items of a list follow each other; paragraphs are apart.
        if place and not (part.mark and found[place - 1].mark):
            lines.append("")
        lines.append(wrap(part.text, first, " " * len(first)))
    return "\n".join(lines)


def as_markdown(blocks: Iterable[Block]) -> str:
    """Return the blocks as Markdown."""
    parts = []
    for block in blocks:
        if isinstance(block, Heading):
            parts.append(f"{'#' * block.level} {block.text}")
        elif isinstance(block, Raw):
            parts.append(f"```{block.language}\n{block.text}\n```")
        elif isinstance(block, Items):
            lines = [f"{mark} " + text.replace("\n", "\n" + " " * (len(mark) + 1)) for mark, text in _marked(block)]
            parts.append("\n".join(lines))
        else:
            parts.append(block.text)
    return "\n\n".join(filter(None, parts)) + "\n"
