"""The live answer of a code, as its page shows it: the request, and what a server of live answers sends."""

from collections.abc import Callable
from typing import Any

from django.conf import settings

from codes.data.live_answers import answers_document
from codes.models import StatusCode

# Takes the document of a code, its number and the server's address; returns what has `command` and `response`, or None.
Preview = Callable[[dict[str, Any], int, str], Any]


class _Handed:
    preview: Preview | None = None


def use_preview(preview: Preview | None) -> None:
    """Let the pages of codes show live answers. Without a preview, or without ANSWERS_URL, they show none."""
    _Handed.preview = preview


def live_answer_of(code: StatusCode) -> Any:
    """Return the request for a code and its answer; None if there is no server, or if it cannot send the code."""
    if not settings.ANSWERS_URL or _Handed.preview is None:
        return None
    return _Handed.preview(answers_document([code]), code.number, settings.ANSWERS_URL)
