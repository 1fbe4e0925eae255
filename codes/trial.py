"""How to try a code: the request to a server of live answers, and its answer."""

from collections.abc import Callable
from typing import Any

from django.conf import settings

from codes.data.answers import answers_document
from codes.models import StatusCode

# Takes the document of a code, its number and the server's address; returns what has `command` and `response`, or None.
Maker = Callable[[dict[str, Any], int, str], Any]


class _Maker:
    make: Maker | None = None


def use_answers(make: Maker | None) -> None:
    """Let the pages of codes show how to try them. Without a maker, or without ANSWERS_URL, they show nothing."""
    _Maker.make = make


def trial_of(code: StatusCode) -> Any:
    """Return the request for a code and its answer; None if there is no server, or if it cannot send the code."""
    if not settings.ANSWERS_URL or _Maker.make is None:
        return None
    return _Maker.make(answers_document([code]), code.number, settings.ANSWERS_URL)
