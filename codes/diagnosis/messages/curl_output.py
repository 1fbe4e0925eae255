"""The output of curl -v: lines that begin with > were sent, those with < were received, and * is about the transfer."""

import re

from .heads import Head, content_of, read_pseudo_status, read_request, read_status
from .parsed import MAX_RESPONSES, Repair, Request, Response

# Lines about the transfer, and its progress.
CONNECTION = re.compile(
    r"\* (?:Connected to \S{1,255} \(\S{1,64}\) port (80)\b|(?:SSL|TLS|ALPN|using HTTP/[23]|Using HTTP2|.{0,40}SSL))"
)
TRANSFER = re.compile(
    r"curl: \([0-9]+\) .*|[{}] \[[0-9]+ bytes data\]|\s*% +Total .*|\s+Dload +Upload.*|.*--:--:-- .*|\* .*|\*"
)
LEFT_INTACT = re.compile(r"\* (?:Connection #[0-9]+ to host \S{1,255} left intact|Closing connection(?: [0-9]+)?)$")


def read_curl_output(lines: list[str]) -> list[Response]:
    """Return the responses in the output of curl -v, each with its request."""
    reader = _Reader()
    for line in lines:
        if len(reader.responses) == MAX_RESPONSES and reader.begins_response(line):
            break
        reader.read(line)
    reader.end_response()
    return reader.responses


class _Reader:
    """What was read so far."""

    def __init__(self) -> None:
        self.responses: list[Response] = []
        self.scheme = ""  # of the connection
        self.request: Request | None = None  # that the next response answers
        self.sent: Head | None = None
        self.received: Head | None = None
        self.content: list[str] = []

    @property
    def response(self) -> Response | None:
        """The response that is being read."""
        return self.responses[-1] if self.responses else None

    def begins_response(self, line: str) -> bool:
        """Return whether a line is the start line of a received message."""
        return _is_received(line) and _start_of(line) is not None

    def read(self, line: str) -> None:
        """Read a line of the output."""
        if found := CONNECTION.match(line):
            self.scheme = "http" if found[1] else "https"
        if self.response and line.startswith("* Excess found"):
            self.response.has_excess = True
        if line.startswith(">"):
            self._read_sent(_unmarked(line))
        elif _is_received(line):
            self._read_received(line)
        elif self.response and not TRANSFER.fullmatch(line):
            self.content.append(LEFT_INTACT.sub("", line))

    def _read_sent(self, line: str) -> None:
        if request := read_request(line):
            request.seen_scheme = self.scheme
            self.request, self.sent = request, Head(request.fields)
        elif self.sent and line.strip():
            self.sent.add(line)

    def _read_received(self, line: str) -> None:
        if response := _start_of(line):
            self.end_response()
            self.received = Head(response.fields)
            response.request = self.request
            response.repaired(Repair.MARKS)
            self.responses.append(response)
            if not response.is_interim:
                self.request = None
        elif self.received and _unmarked(line).strip():
            self.received.add(_unmarked(line))

    def end_response(self) -> None:
        """Hand what was read to its response."""
        if self.response and self.received:
            self.received.fill(self.response)
            self.response.content = content_of(self.content)
        self.content = []


def _is_received(line: str) -> bool:
    """Return whether curl received the line; what begins like a tag of HTML is content."""
    return line.startswith("<") and (line[1:2] in (" ", "") or line[1:5].upper() == "HTTP")


def _start_of(line: str) -> Response | None:
    return read_status(_unmarked(line)) or read_pseudo_status(_unmarked(line))


def _unmarked(line: str) -> str:
    return line[1:].removeprefix(" ")
