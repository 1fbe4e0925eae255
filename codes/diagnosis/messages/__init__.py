"""HTTP messages in what people paste: the output of curl, HTTPie and wget, and browsers' headers.

What is HTTP/1.1 goes through a real parser (h11) as well. What is not is read leniently, and each repair is named, so
that nobody takes a slip of the copying for a fault of the server. Every step is linear in the length of the text.
"""

import re
from urllib.parse import urljoin

from .browser_panels import read_bare, read_panel
from .commands import AFTER_PROMPT, COMMANDS, METHODS, read_command
from .dumps import read_dump, read_quoted
from .heads import (
    MAX_VALUE,
    WGET,
    Head,
    content_of,
    is_known_field,
    read_head,
    read_pseudo_status,
    read_request,
    read_status,
)
from .parsed import Repair, Request, Response
from .strict import parse_strictly
from .transcripts import with_curl_marks

ANSI = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[()][A-Z0-9]")
# With what turns the direction of a text, so that a page would show it, and what follows, otherwise than it is.
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
MAX_RESPONSES = 6  # that are checked
# Lines of curl -v about the transfer, and its progress.
CONNECTION = re.compile(
    r"\* (?:Connected to \S{1,255} \(\S{1,64}\) port (80)\b|(?:SSL|TLS|ALPN|using HTTP/[23]|Using HTTP2|.{0,40}SSL))"
)
TRANSFER = re.compile(
    r"curl: \([0-9]+\) .*|[{}] \[[0-9]+ bytes data\]|\s*% +Total .*|\s+Dload +Upload.*|.*--:--:-- .*|\* .*|\*"
)
# The step of wget that a request belongs to.
WGET_STEP = re.compile(r"--[0-9]{4}-[0-9-]{5} [0-9:]{8}--  (\S{1,2000})$")
CURL_ERROR = re.compile(r"curl: \([0-9]{1,3}\) .*")
CUT_OFF = re.compile(r"transfer closed with [0-9]+ bytes remaining|end of response with [0-9]+ bytes missing")
LEFT_INTACT = re.compile(r"\* (?:Connection #[0-9]+ to host \S{1,255} left intact|Closing connection(?: [0-9]+)?)$")
STATUS_LINES = re.compile(r"^[ \t]{0,60}HTTP/[0-9](?:\.[0-9])?[ \t]", re.MULTILINE | re.IGNORECASE)
# A request without its version, as IntelliJ's HTTP client and Postman show it.
ADDRESSED = re.compile(rf"({METHODS}) (https?://\S{{1,2000}})")
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
        responses = read_marked(lines)
    elif marked := with_curl_marks(lines):
        responses = read_marked(marked)
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


def read_marked(lines: list[str]) -> list[Response]:
    """Read the output of curl -v."""
    responses: list[Response] = []
    request: Request | None = None
    head: Head | None = None
    content: list[str] = []
    response: Response | None = None

    def close() -> None:
        nonlocal response, content
        if response and head:
            head.fill(response)
            response.content = content_of(content)
        content = []

    sent: Head | None = None
    scheme = ""
    for line in lines:
        if told := CONNECTION.match(line):
            scheme = "http" if told[1] else "https"
        if response and CUT_OFF.search(line[:200]):
            response.is_cut_off = True
        if response and line.startswith("* Excess found"):
            response.has_excess = True
        if line.startswith(">"):
            rest = line[1:].removeprefix(" ")
            if found := read_request(rest):
                request, sent = found, Head(found.fields)
                request.seen_scheme = scheme
            elif sent and rest.strip():
                sent.add(rest)
        elif line.startswith("<") and (not response or head is not None) and not _looks_like_html(line):
            rest = line[1:].removeprefix(" ")
            if found_response := (read_status(rest) or read_pseudo_status(rest)):
                close()
                if len(responses) >= MAX_RESPONSES:
                    response = None
                    break
                response, head = found_response, Head(found_response.fields)
                response.request = request
                response.repaired(Repair.MARKS)
                responses.append(response)
                if response.code[:1] != "1":
                    request = None
            elif head and rest.strip():
                head.add(rest)
        elif response and not TRANSFER.fullmatch(line):
            content.append(LEFT_INTACT.sub("", line))
    close()
    return responses


def _looks_like_html(line: str) -> bool:
    return line[1:2] not in (" ", "") and line[1:5].upper() != "HTTP"


def read_plain(lines: list[str]) -> list[Response]:
    """Read messages one after another, each beginning with its start line."""
    responses: list[Response] = []
    request: Request | None = None
    command: Request | None = None
    current: Request | Response | None = None
    content: list[str] = []
    place = 0

    def close() -> None:
        nonlocal content
        if isinstance(current, Response):
            while content and (not content[-1].strip() or CURL_ERROR.match(content[-1])):
                current.is_cut_off |= bool(CUT_OFF.search(content.pop()[:200]))
            current.content = content_of([line for line in content if not WGET.match(line)])
        elif isinstance(current, Request):
            current.content = content_of(content) or ""
        content = []

    while place < len(lines):
        line = lines[place]
        begins = _begins(lines, place, current, content)
        if begins is None:
            if step := WGET_STEP.match(line):
                close()
                method = command.method if command else "GET"
                request, current = Request(method, step[1], has_fields=False), None
                place += 1
                continue
            if len(line) < MAX_VALUE and COMMANDS.match(line) and (current is None or AFTER_PROMPT.match(line)):
                close()
                current = None
                command, place = read_command(lines, place)
                request = command
                continue
            if current is not None:
                content.append(line)
            place += 1
            continue
        close()
        if isinstance(begins, Request):
            request = current = begins
            place = read_head(lines, place + 1, Head(begins.fields), None)
            continue
        if len(responses) >= MAX_RESPONSES:
            responses[-1].repaired(Repair.MANY)
            return responses
        current = begins
        current.request = request
        if request is command and command:
            current.repaired(Repair.COMMAND)
        head = Head(current.fields)
        place = read_head(lines, place + 1, head, current, indented=line[:1].isspace())
        head.fill(current)
        responses.append(current)
        if current.code[:1] != "1":
            # What follows a redirect is asked with the same method at most; a HEAD stays one.
            request = Request("HEAD", has_fields=False) if command and command.method == "HEAD" else None
    close()
    return responses


def _begins(
    lines: list[str], place: int, current: Request | Response | None, content: list[str]
) -> Request | Response | None:
    """Return the message that begins at a line; None for any other line."""
    line = lines[place]
    if not line.strip() or len(line) > MAX_VALUE:
        return None
    start = line.lstrip()
    if not (start[:4].upper() == "HTTP" or start[:1].isupper() or start[:1] == ":"):
        return None
    if current is not None:
        # A message inside a message: the content of a TRACE or of a batch.
        kind = (current.fields.get("Content-Type") or "").lower()
        if kind.startswith(("message/", "multipart/")):
            return None
        if content and content[-1].strip():
            # A content without a line end: the next response of curl -L follows at once.
            following = lines[place + 1] if place + 1 < len(lines) else ""
            return read_status(line) if is_known_field(following) else None
    if response := read_status(line):
        return response
    if current is None and (found := ADDRESSED.fullmatch(start.rstrip())):
        return Request(found[1], found[2], has_fields=False)
    return read_pseudo_status(line) or read_request(line)
