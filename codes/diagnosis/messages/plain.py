"""Messages one after another, each beginning with its start line, and the curl commands above them."""

import re

from .curl_commands import read_command
from .heads import MAX_VALUE, Head, content_of, is_known_field, read_head, read_pseudo_status, read_request, read_status
from .parsed import MAX_RESPONSES, Repair, Request, Response

CURL_COMMAND = re.compile(r"\s{0,8}(?:\S{0,80}[$#%>] )?curl(?:\.exe)?\s")
NEXT_COMMAND = re.compile(r"\s{0,8}(?:\S{0,80} ?[$#%>] )curl(?:\.exe)?\s")


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
        self.command: Request | None = None  # that the last curl command makes

    def read(self, begins: Request | Response | None) -> None:
        """Read the message that begins here, the curl command here, or a line of content."""
        line = self.lines[self.place]
        if isinstance(begins, Request):
            self._read_request(begins)
        elif isinstance(begins, Response):
            self._read_response(begins)
        elif (CURL_COMMAND if self.message is None else NEXT_COMMAND).match(line):
            self.end_message()
            self.command, self.place = read_command(self.lines, self.place)
            self.request = self.command
        else:
            if self.message is not None:
                self.content.append(line)
            self.place += 1

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
            self.message.content = content_of(self.content)
        elif isinstance(self.message, Request):
            self.message.content = content_of(self.content) or ""
        self.message, self.content = None, []

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
        return read_status(line) or read_pseudo_status(line) or read_request(line)
