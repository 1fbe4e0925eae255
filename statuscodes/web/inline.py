"""Styles, and the one script, that a public page contains, so that a first view takes one round trip.

Every page has the style `base` and the script `theme`; some have a style for their own parts. What a page contains is
noted on its request, so that its Content-Security-Policy allows that and nothing else.
"""

import re
from base64 import b64encode
from functools import lru_cache
from hashlib import sha256

import rcssmin
from django.conf import settings
from django.http import HttpRequest

STATIC = settings.BASE_DIR / "static"
COMMENT_LINE = re.compile(r"^\s*//.*\n", re.MULTILINE)


def _style(name: str) -> str:
    return rcssmin.cssmin((STATIC / "css" / "site" / f"{name}.css").read_text(encoding="utf-8"))


def _script(name: str) -> str:
    return COMMENT_LINE.sub("", (STATIC / "js" / f"{name}.js").read_text(encoding="utf-8")).strip()


READERS = {"style-src": _style, "script-src": _script}


def _read(directive: str, name: str) -> tuple[str, str]:
    """Return a text and its source expression for Content-Security-Policy: its digest."""
    text = READERS[directive](name)
    return text, f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


_read_once = lru_cache(_read)


def contain(request: HttpRequest, directive: str, name: str) -> str:
    """Return the style ("style-src") or script ("script-src") with this name for a page, and note it on its request.

    While DEBUG is on, it is re-read on every call. Raise OSError if there is none.
    """
    text, source = _read(directive, name) if settings.DEBUG else _read_once(directive, name)
    request.__dict__.setdefault("contained", {}).setdefault(directive, []).append(source)
    return text


def contained_sources(request: HttpRequest) -> dict[str, list[str]]:
    """Return the digests of what the answer to a request contains, by directive of Content-Security-Policy."""
    return getattr(request, "contained", {})
