"""HTTP messages in what people paste: the output of curl, HTTPie and wget, and browsers' headers.

What is HTTP/1.1 goes through a real parser (h11) as well. What is not is read leniently, and each repair is named, so
that nobody takes a slip of the copying for a fault of the server. Every step is linear in the length of the text.
"""

import re

from .browser_panels import read_bare, read_panel
from .curl_output import read_curl_output
from .parsed import Repair, Response
from .plain import read_plain
from .strict import parse_strictly
from .transcripts import with_curl_marks

ANSI = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[()][A-Z0-9]")
# With what turns the direction of a text, so that a page would show it, and what follows, otherwise than it is.
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
MARKED = re.compile(r"^< ?(?:HTTP/[0-9]|:status)", re.MULTILINE | re.IGNORECASE)


def clean(text: str) -> tuple[str, list[Repair]]:
    """Return the text with one kind of line end, without colours and control characters, and what was removed."""
    repairs = []
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    text, count = ANSI.subn("", text)
    if count:
        repairs.append(Repair.ANSI)
    text, count = CONTROL.subn("\ufffd", text)
    if count:
        repairs.append(Repair.CONTROL)
    return text, repairs


def read_responses(text: str) -> list[Response]:
    """Return the responses in a cleaned text in their order, each with its request; none if there is none."""
    lines = text.split("\n")
    if MARKED.search(text):
        responses = read_curl_output(lines)
    elif marked := with_curl_marks(lines):
        responses = read_curl_output(marked)
    else:
        responses = read_plain(lines) or read_panel(lines) or read_bare(lines)
    for response in responses:
        parse_strictly(response)
    _compare(responses)
    return responses


def _compare(responses: list[Response]) -> None:
    """Tell each response of a 200 to the same request before it."""
    for place, response in enumerate(responses):
        asked = response.request.target if response.request else ""
        for earlier in responses[:place]:
            same = earlier.request.target if earlier.request else ""
            if earlier.code == "200" and response.code != "200" and asked == same:
                response.full = earlier
