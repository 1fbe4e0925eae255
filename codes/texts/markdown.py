"""Markdown to HTML for the catalogue's texts. Raw HTML stays text; [404](code:404) links to a code."""

import re
from functools import lru_cache
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.html import linebreaks
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from markdown_it import MarkdownIt
from markdown_it.token import Token

from .citations import CITATION

CODE_LINK = re.compile(r"code:([0-9]{3})")
MARK = re.compile(r"[\[\]*_`~<&!\\]")
MIN_MARKS = 100  # that any text may have; no text of the catalogue has more
CHARACTERS_PER_MARK = 40  # in longer texts
MAX_CACHED_LENGTH = 5_000  # characters; three times the longest text, so that previews cannot fill the memory
GROUP_LINK = re.compile(r"vs:([-a-z0-9]+)")
DISABLED_RULES = ["image", "heading", "lheading"]  # the page has its own headings and pictures
# What other sites make of Markdown and ours does not, by the token that the parser makes of it.
LITERAL_TOKENS = {
    "heading_open": _("a heading"),
    "image": _("a picture"),
    "html_block": _("HTML"),
    "html_inline": _("HTML"),
    "table_open": _("a table"),
    "s_open": _("text that is struck through"),
}


def _link_open(renderer: Any, tokens: Any, index: int, options: Any, env: Any) -> str:
    """Render a link, with addresses of the catalogue in place of code: and vs:."""
    token = tokens[index]
    href = token.attrGet("href") or ""
    if match := CODE_LINK.fullmatch(href):
        token.attrSet("href", reverse("codes:detail", args=[int(match[1])]))
    elif match := GROUP_LINK.fullmatch(href):
        token.attrSet("href", reverse("codes:group", args=[match[1]]))
    return renderer.renderToken(tokens, index, options, env)


_parser = MarkdownIt("commonmark", {"html": False}).disable(DISABLED_RULES)
_block_parser = MarkdownIt("commonmark", {"html": False}).disable([*DISABLED_RULES, "inline", "text_join"])
_full_parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
_parser.add_render_rule("link_open", _link_open)


def _is_bounded(text: str) -> bool:
    """Return whether the text has few enough marks and lines to be parsed at once.

    The parser takes tens of microseconds for each: half a second for a text of nothing else.
    """
    limit = MIN_MARKS + len(text) // CHARACTERS_PER_MARK
    return len(MARK.findall(text)) <= limit and text.count("\n") <= limit


def _parse(text: str) -> SafeString:
    if not _is_bounded(text):
        return mark_safe(linebreaks(text, autoescape=True))  # noqa: S308 - escaped
    return mark_safe(_parser.render(text))  # noqa: S308 - the parser escapes raw HTML and unsafe links


class Step(NamedTuple):
    """One item of a list of advice, as HTML: the lead, which alone says what to do, and the rest, "" for none."""

    lead: SafeString
    rest: SafeString


def steps(text: str) -> list[Step]:
    """Return the items of a Markdown list. An item's lead is what is bold at its beginning, or else all of it."""
    if len(text) > MAX_CACHED_LENGTH:
        return _steps(text)
    return _steps_once(text, get_language())


@lru_cache(maxsize=2048)
def _steps_once(text: str, language: str | None) -> list[Step]:
    return _steps(text)


def _steps(text: str) -> list[Step]:
    if not _is_bounded(text):
        return [Step(_parse(text), SafeString())]
    items: list[list[Token]] = []
    for token in _parser.parse(text):
        if token.type == "list_item_open" and token.level == 1:
            items.append([])
        elif token.type == "inline" and items:
            items[-1].extend(([Token("hardbreak", "br", 0)] if items[-1] else []) + (token.children or []))
    return [_step(item) for item in items] or [Step(_parse(text), SafeString())]


def _step(item: list[Token]) -> Step:
    """Split the tokens of an item behind the bold text that it begins with."""
    types = [token.type for token in item]
    start = 1 if types[:2] == ["text", "strong_open"] and not item[0].content else 0
    if types[start : start + 1] != ["strong_open"]:
        return Step(_html(item), SafeString())
    end = types.index("strong_close")
    return Step(_html(item[start + 1 : end]), SafeString(_html(item[end + 1 :]).strip()))


def _html(tokens: list[Token]) -> SafeString:
    return mark_safe(_parser.renderer.render(tokens, _parser.options, {}))  # noqa: S308 - the parser escapes


@lru_cache(maxsize=4096)
def _render(text: str, language: str | None) -> SafeString:
    return _parse(text)


def render(text: str) -> SafeString:
    """Return the text as safe HTML, with links in the language of the page.

    A text that is mostly marks is shown as it is typed.
    """
    return _render(text, get_language()) if len(text) <= MAX_CACHED_LENGTH else _parse(text)


def shown_literally(text: str) -> list[str]:
    """Return the names of what a page shows as it is typed although it is Markdown elsewhere, each once."""
    if not _is_bounded(text):
        return [gettext("all of it, because it has too many marks")]
    kinds = {token.type for block in _full_parser.parse(text) for token in (block, *(block.children or []))}
    return list(dict.fromkeys(str(name) for kind, name in LITERAL_TOKENS.items() if kind in kinds))


LIST_MARK = re.compile(r"\s*(?:[-*+]|[0-9]+[.)])\s+")


class Paragraph(NamedTuple):
    """A paragraph of a text without its marks, and what comes before it: the mark of its list item, or ""."""

    mark: str
    text: str


def list_items(text: str) -> list[str]:
    """Return the items of a Markdown list, as Markdown; a text that is no list is one item."""
    if not _is_bounded(text):
        return [text]
    lines = text.split("\n")
    starts = [token.map for token in _block_parser.parse(text) if token.type == "list_item_open" and token.level == 1]
    items = ["\n".join(lines[slice(*place)]) for place in starts if place]
    return [LIST_MARK.sub("", item, count=1).strip() for item in items] or ([text] if text else [])


def paragraphs(text: str, own_page: re.Pattern[str]) -> list[Paragraph]:
    """Return what a Markdown text says without its marks.

    The address of a link follows its words, unless they name it: a section of a specification, which is put in
    brackets, and a page whose address matches `own_page`.
    """
    if not _is_bounded(text):
        return [Paragraph("", part) for part in text.split("\n\n")]
    found: list[Paragraph] = []
    lists: list[int | None] = []  # the next number of each open list, None for one without numbers
    mark = ""
    for token in _parser.parse(text):
        if token.type in ("bullet_list_open", "ordered_list_open"):
            lists.append(int(token.attrGet("start") or 1) if token.type == "ordered_list_open" else None)
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            lists.pop()
        elif token.type == "list_item_open":
            number = lists[-1]
            mark = "  " * (len(lists) - 1) + ("- " if number is None else f"{number}. ")
            lists[-1] = None if number is None else number + 1
        elif token.type == "inline":
            found.append(Paragraph(mark, _words(token.children or [], own_page)))
            mark = " " * len(mark) if lists else ""
        elif token.type in ("fence", "code_block"):
            found.append(Paragraph(mark, token.content.rstrip("\n")))
    return found


def _words(tokens: list[Token], own_page: re.Pattern[str]) -> str:
    """Return the words of inline tokens."""
    words: list[str] = []
    link, begins = "", 0
    for token in tokens:
        if token.type == "link_open":
            link, begins = str(token.attrGet("href") or ""), len(words)
        elif token.type == "link_close":
            linked = "".join(words[begins:])
            if CITATION.match(linked):
                words[begins:] = [f"[{linked}]"]
            elif link not in linked and not own_page.fullmatch(link):
                words.append(f" ({link})")
        elif token.type in ("softbreak", "hardbreak"):
            words.append(" ")
        else:
            words.append(token.content)
    return "".join(words)
