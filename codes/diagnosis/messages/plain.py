"""Messages one after another, each beginning with its start line, and the commands above them."""

import re

from .commands import AFTER_PROMPT, COMMANDS, METHODS, read_command
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
from .parsed import MAX_RESPONSES, Repair, Request, Response

# The step of wget that a request belongs to.
WGET_STEP = re.compile(r"--[0-9]{4}-[0-9-]{5} [0-9:]{8}--  (\S{1,2000})$")
# A request without its version, as IntelliJ's HTTP client and Postman show it.
ADDRESSED = re.compile(rf"({METHODS}) (https?://\S{{1,2000}})")
CURL_ERROR = re.compile(r"curl: \([0-9]{1,3}\) .*")
CUT_OFF = re.compile(r"transfer closed with [0-9]+ bytes remaining|end of response with [0-9]+ bytes missing")


def read_plain(lines: list[str]) -> list[Response]:
    """Return the responses that begin with a start line, each with the request before it."""
    reader = _Reader(lines)
    while reader.place < len(lines):
        begins = reader.message_here()
        if isinstance(begins, Response) and len(reader.responses) == MAX_RESPONSES:
            reader.end_message()
            reader.responses[-1].repaired(Repair.MANY)
            return reader.responses
        reader.read(begins)
    reader.end_message()
    return reader.responses


class _Reader:
    """What was read so far, and the line that is next."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.place = 0
        self.responses: list[Response] = []
        self.message: Request | Response | None = None  # whose content is being read
        self.content: list[str] = []
        self.request: Request | None = None  # that the next response answers
        self.command: Request | None = None  # that the last command makes

    def read(self, begins: Request | Response | None) -> None:
        """Read the message, the command or the step of wget that begins here, or a line of content."""
        line = self.lines[self.place]
        if isinstance(begins, Request):
            self._read_request(begins)
        elif isinstance(begins, Response):
            self._read_response(begins)
        elif step := WGET_STEP.match(line):
            self.end_message()
            method = self.command.method if self.command else "GET"
            self.request = Request(method, step[1], has_fields=False)
            self.place += 1
        elif self._is_command(line):
            self.end_message()
            self.command, self.place = read_command(self.lines, self.place)
            self.request = self.command
        else:
            if self.message is not None:
                self.content.append(line)
            self.place += 1

    def _is_command(self, line: str) -> bool:
        """Return whether a command begins; after a message only one behind a prompt does."""
        is_command = len(line) < MAX_VALUE and COMMANDS.match(line) is not None
        return is_command and (self.message is None or AFTER_PROMPT.match(line) is not None)

    def _read_request(self, request: Request) -> None:
        self.end_message()
        self.request = self.message = request
        self.place = read_head(self.lines, self.place + 1, Head(request.fields), None)

    def _read_response(self, response: Response) -> None:
        self.end_message()
        self.message = response
        response.request = self.request
        if self.command and self.request is self.command:
            response.repaired(Repair.COMMAND)
        head = Head(response.fields)
        is_indented = self.lines[self.place][:1].isspace()
        self.place = read_head(self.lines, self.place + 1, head, response, indented=is_indented)
        head.fill(response)
        self.responses.append(response)
        if not response.is_interim:
            # What follows a redirect is asked with the same method at most; a HEAD stays one.
            is_head = self.command is not None and self.command.method == "HEAD"
            self.request = Request("HEAD", has_fields=False) if is_head else None

    def end_message(self) -> None:
        """Hand what was read to the message whose content it is."""
        if isinstance(self.message, Response):
            self.message.content = self._content_of(self.message)
        elif isinstance(self.message, Request):
            self.message.content = content_of(self.content) or ""
        self.message, self.content = None, []

    def _content_of(self, response: Response) -> str | None:
        """Return the content, without what curl and wget say behind it."""
        lines = self.content
        while lines and (not lines[-1].strip() or CURL_ERROR.match(lines[-1])):
            response.is_cut_off |= bool(CUT_OFF.search(lines.pop()[:200]))
        return content_of([line for line in lines if not WGET.match(line)])

    def message_here(self) -> Request | Response | None:
        """Return the message that begins at this line; None for any other line."""
        line = self.lines[self.place]
        if not line.strip() or len(line) > MAX_VALUE:
            return None
        start = line.lstrip()
        if not (start[:4].upper() == "HTTP" or start[:1].isupper() or start[:1] == ":"):
            return None
        if self.message is not None:
            # A message inside a message: the content of a TRACE or of a batch.
            kind = (self.message.fields.get("Content-Type") or "").lower()
            if kind.startswith(("message/", "multipart/")):
                return None
            if self.content and self.content[-1].strip():
                # A content without a line end: the next response of curl -L follows at once.
                following = self.lines[self.place + 1] if self.place + 1 < len(self.lines) else ""
                return read_status(line) if is_known_field(following) else None
        addressed = ADDRESSED.fullmatch(start.rstrip()) if self.message is None else None
        if addressed:
            return Request(addressed[1], addressed[2], has_fields=False)
        return read_status(line) or read_pseudo_status(line) or read_request(line)
