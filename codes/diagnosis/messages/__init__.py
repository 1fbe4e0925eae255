"""HTTP messages in what people paste: the output of curl, HTTPie and wget, and browsers' headers.

What is HTTP/1.1 goes through a real parser (h11) as well. What is not is read leniently, and each repair is named, so
that nobody takes a slip of the copying for a fault of the server. Every step is linear in the length of the text.
"""

import re
from urllib.parse import urljoin

from .browser_panels import read_bare, read_panel
from .commands import COMMANDS, read_command
from .curl_output import read_curl_output
from .dumps import read_dump, read_quoted
from .heads import MAX_VALUE
from .parsed import Repair, Response
from .plain import read_plain
from .strict import parse_strictly
from .transcripts import with_curl_marks

ANSI = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[()][A-Z0-9]")
# With what turns the direction of a text, so that a page would show it, and what follows, otherwise than it is.
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
STATUS_LINES = re.compile(r"^[ \t]{0,60}HTTP/[0-9](?:\.[0-9])?[ \t]", re.MULTILINE | re.IGNORECASE)
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
        _ask(responses, lines)
    elif STATUS_LINES.search(text):
        responses = read_plain(lines)
    else:
        quoted = read_quoted(text)
        responses = read_panel(lines) or read_plain(quoted or lines) or read_dump(text) or read_bare(lines)
        for response in responses if quoted else []:
            response.repaired(Repair.QUOTED)
    for response in responses:
        parse_strictly(response)
    _compare(responses)
    return responses


def _ask(responses: list[Response], lines: list[str]) -> None:
    """Give the first response, if its transcript has no request, the one of the command above."""
    for place, line in enumerate(lines[:20]):
        if responses and not responses[0].request and len(line) < MAX_VALUE and COMMANDS.match(line):
            responses[0].request, _place = read_command(lines, place)
            responses[0].repaired(Repair.COMMAND)


def _compare(responses: list[Response]) -> None:
    """Tell each response of a 200 to the same request before it."""
    for place, response in enumerate(responses):
        asked = response.request.target if response.request else ""
        for earlier in responses[:place]:
            same = earlier.request.target if earlier.request else ""
            if earlier.code == "200" and response.code != "200" and asked == same:
                response.full = earlier
    _follow(responses)
    for response in responses:
        if response.request and response.method == "HEAD" and response.request.target:
            response.twin = next((each for each in responses if _is_twin(each, response)), None)


def _follow(responses: list[Response]) -> None:
    """Tell the redirects that lead to where the chain of redirects has been."""
    address, visited = "", set[str]()
    for response in responses:
        asked = response.request.address if response.request else ""
        if asked and asked != address:
            visited = set()
        address = asked or address
        location = response.fields.get("Location") if response.code[:1] == "3" else None
        if not address or not location:
            address = ""
            continue
        visited.add(address)
        try:
            address = urljoin(address, location)
        except ValueError:
            address = ""
        response.leads_back = address in visited and address != asked


def _is_twin(other: Response, response: Response) -> bool:
    asked, request = response.request, other.request
    return (
        asked is not None
        and request is not None
        and request.method == "GET"
        and other.code == response.code
        and request.address == asked.address
        and request.fields.get("Range") is None
    )
