"""Markdown to HTML for the catalogue's texts. Raw HTML stays text; [404](code:404) links to a code."""

import re
from functools import lru_cache
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from markdown_it import MarkdownIt

CODE_LINK = re.compile(r"code:([0-9]{3})")
GROUP_LINK = re.compile(r"vs:([-a-z0-9]+)")


def _link_open(renderer: Any, tokens: Any, index: int, options: Any, env: Any) -> str:
    """Render a link, with addresses of the catalogue in place of code: and vs:."""
    token = tokens[index]
    href = token.attrGet("href") or ""
    if match := CODE_LINK.fullmatch(href):
        token.attrSet("href", reverse("codes:detail", args=[int(match[1])]))
    elif match := GROUP_LINK.fullmatch(href):
        token.attrSet("href", reverse("codes:group", args=[match[1]]))
    return renderer.renderToken(tokens, index, options, env)


_parser = MarkdownIt("commonmark", {"html": False}).disable(["image", "heading", "lheading"])
_parser.add_render_rule("link_open", _link_open)


@lru_cache(maxsize=4096)
def _render(text: str, language: str | None) -> SafeString:
    return mark_safe(_parser.render(text))  # noqa: S308 - the parser escapes raw HTML and unsafe links


def render(text: str) -> SafeString:
    """Return the text as safe HTML, with links in the language of the page."""
    return _render(text, get_language())
