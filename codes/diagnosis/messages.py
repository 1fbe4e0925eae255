"""HTTP messages in what people paste: the output of curl, HTTPie and wget, and browsers' headers.

What is HTTP/1.1 goes through a real parser (h11) as well. What is not is read leniently, and each repair is named, so
that nobody takes a slip of the copying for a fault of the server. Every step is linear in the length of the text.
"""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import h11
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

MAX_FIELDS = 300  # of one message
MAX_RESPONSES = 6  # that are checked
MAX_COMMAND = 8000  # characters of a curl command that are read
MAX_VALUE = 16_000  # characters of a field's value that are read


class Repair(TextChoices):
    """What had to be put right before a message could be read."""

    ANSI = "ansi", _("Removed the colours of the terminal (ANSI codes).")
    CONTROL = "control", _("Replaced control characters, which no message may contain, with �.")
    MARKS = "marks", _("Removed curl's marks (*, >, <) from the beginnings of lines.")
    INDENT = "indent", _("Removed the indentation of the header section.")
    PANEL = "panel", _("Joined names and values that a browser's panel shows on lines of their own.")
    VERSION = "version", _("The status line has no HTTP version, so rules about versions were left out.")
    STATUS = "status", _("There is no status line, so only rules about every response were checked.")
    BLANK = "blank", _("Skipped empty lines inside the header section.")
    NO_BLANK = "no-blank", _("Found no empty line before the content; it begins where the header fields end.")
    WRAPPED = "wrapped", _("Joined a line without a colon to the header field before it.")
    FOLDED = "folded", _("Joined a header field that goes on in an indented line.")
    SPACE = "space", _("Removed a space between a field's name and its colon.")
    CHUNKED = "chunked", _("Removed the chunked transfer coding from the content.")
    COMMAND = "command", _("Took the request from the curl command above the response.")
    MANY = "many", _("There is more than can be read: the rest was left out.")


@dataclass(frozen=True)
class Field:
    """A header field line."""

    name: str
    value: str


class Fields(list[Field]):
    """The header section of a message."""

    def all(self, name: str) -> list[str]:
        """Return the values of all lines of a field."""
        return [each.value for each in self if each.name.lower() == name.lower()]

    def get(self, name: str) -> str | None:
        """Return the value of a field, several lines joined as RFC 9110 section 5.3 says; None without one."""
        values = self.all(name)
        return ", ".join(values) if values else None

    def __contains__(self, name: object) -> bool:
        return any(each.name.lower() == str(name).lower() for each in self)


@dataclass
class Request:
    """A request, as far as it is known."""

    method: str = ""
    target: str = ""
    version: str = ""
    fields: Fields = field(default_factory=Fields)
    content: str = ""
    has_fields: bool = True  # whether a field that is not here was not sent
    seen_scheme: str = ""  # of a connection that a transcript tells of

    @property
    def scheme(self) -> str:
        """http or https, "" if the text does not tell."""
        named = self.target.partition("://")[0] if "://" in self.target else self.fields.get(":scheme")
        return (named or self.seen_scheme).lower()

    @property
    def address(self) -> str:
        """The full address that was asked for, taken for https if nothing tells; "" if the host is not known."""
        if "://" in self.target:
            return self.target
        host = self.fields.get("Host") or self.fields.get(":authority")
        return f"{self.scheme or 'https'}://{host}{self.target}" if host and self.target.startswith("/") else ""


@dataclass
class Response:
    """A response, and the request that it answers if that was pasted too.

    `number` is None without a status line, or for one whose code is no number. `content` is None where nothing follows
    the header section: it may be empty, or not have been copied.
    """

    code: str = ""
    reason: str = ""
    version: str = ""
    fields: Fields = field(default_factory=Fields)
    content: str | None = None
    request: Request | None = None
    repairs: list[Repair] = field(default_factory=list)
    head: str = ""  # the header section as it was pasted, repaired
    refusal: str = ""  # what a strict parser says of it, in English
    is_framed: bool = False  # the content still has the chunks of its transfer coding
    has_excess: bool = False  # a transcript tells of bytes behind the end of the message
    spaced: list[str] = field(default_factory=list)  # fields with a space before the colon
    misnamed: list[str] = field(default_factory=list)  # lines that would be fields but for their names
    full: "Response | None" = None  # a 200 to the same request, in the same text

    @property
    def number(self) -> int | None:
        return int(self.code) if re.fullmatch("[0-9]{3}", self.code, re.ASCII) else None

    @property
    def status_line(self) -> str:
        protocol = f"HTTP/{self.version}" if self.version else ""
        return " ".join(part for part in (protocol, self.code, self.reason) if part)

    @property
    def method(self) -> str:
        """The method of the request, "" if it is not known."""
        return self.request.method if self.request else ""

    def repaired(self, repair: Repair) -> None:
        if repair not in self.repairs:
            self.repairs.append(repair)


ANSI = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[()][A-Z0-9]")
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
STATUS_LINE = re.compile(r"HTTP/([0-9](?:\.[0-9])?)[ \t]+([^\s:]{1,12})(?:[ \t]+(.*))?", re.IGNORECASE)
REQUEST_LINE = re.compile(r"([A-Z][A-Z-]{1,19}) (\S+) HTTP/([0-9](?:\.[0-9])?)")
# What would be a field if its name had no space, bracket or letter outside ASCII.
MISNAMED = re.compile(r"[^\s:<>{}\[\]\"'][^:<>{}\[\]\"']{0,60}:[ \t]")
PSEUDO_STATUS = re.compile(r":status:?[ \t]+([0-9]{1,12})([ \t].{0,200})?")
FIELD = re.compile(r"(:?[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100})([ \t]{0,8}):(.*)", re.DOTALL)
BARE_STATUS = re.compile(r"(?:status(?: code)?:? *)?([1-9][0-9]{2})(?: ([A-Za-z][A-Za-z' -]{1,60}))?", re.IGNORECASE)
CONTENT_BEGINS = re.compile(r"\s*(?:[{\[<\"]|--)")
PROMPT = re.compile(r"[^<>{}\"]{0,80}[@~][^<>{}\"]{0,80}[$#%] ?|[$#%] ?")  # of a shell behind the output
CURL_COMMAND = re.compile(r"\s{0,8}(?:\S{0,80}[$#%>] )?curl(?:\.exe)?\s")
NEXT_COMMAND = re.compile(r"\s{0,8}(?:\S{0,80} ?[$#%>] )curl(?:\.exe)?\s")
# Lines of curl -v about the transfer, and its progress.
CONNECTION = re.compile(
    r"\* (?:Connected to \S{1,255} \(\S{1,64}\) port (80)\b|(?:SSL|TLS|ALPN|using HTTP/[23]|Using HTTP2|.{0,40}SSL))"
)
TRANSFER = re.compile(
    r"curl: \([0-9]+\) .*|[{}] \[[0-9]+ bytes data\]|\s*% +Total .*|\s+Dload +Upload.*|.*--:--:-- .*|\* .*|\*"
)
LEFT_INTACT = re.compile(r"\* (?:Connection #[0-9]+ to host \S{1,255} left intact|Closing connection(?: [0-9]+)?)$")
MARKED = re.compile(r"^< ?(?:HTTP/[0-9]|:status)", re.MULTILINE | re.IGNORECASE)
# Names that tell a header section, where nothing else does.
KNOWN = set(
    "accept-ch accept-patch accept-post accept-ranges access-control-allow-credentials access-control-allow-"
    " headers access-control-allow-methods access-control-allow-origin access-control-expose-headers access-"
    " control-max-age age allow alt-svc cache-control cdn-cache-control cf-ray clear-site-data connection content-"
    " disposition content-encoding content-language content-length content-location content-range content-"
    " security-policy content-type cross-origin-embedder-policy cross-origin-opener-policy cross-origin-resource-"
    " policy date etag expires keep-alive last-modified link location permissions-policy pragma proxy-authenticate"
    " proxy-status referrer-policy retry-after server server-timing set-cookie strict-transport-security trailer"
    " transfer-encoding upgrade vary via warning www-authenticate x-cache x-content-type-options x-frame-options"
    " x-powered-by x-request-id".split()
)
# What browsers' panels call the parts of a status line and of a request.
PANEL = {
    "request url": "url",
    "request method": "method",
    "status code": "status",
    "요청 url": "url",
    "요청 메서드": "method",
    "요청 방법": "method",
    "상태 코드": "status",
    "remote address": "",
    "referrer policy": "",
    "원격 주소": "",
    "리퍼러 정책": "",
    "scheme": "",
    "host": "",
    "filename": "",
    "address": "",
    "version": "version",
    "transferred": "",
    "request priority": "",
    "status": "status",
}
PANEL_TITLES = {
    "general": "general",
    "일반": "general",
    "response headers": "response",
    "응답 헤더": "response",
    "request headers": "request",
    "요청 헤더": "request",
}


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
    if MARKED.search(text):
        responses = _read_marked(text.split("\n"))
    else:
        lines = text.split("\n")
        responses = _read_plain(lines) or _read_panel(lines) or _read_bare(lines)
    for response in responses:
        _finish(response)
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


def _status(line: str) -> Response | None:
    match = STATUS_LINE.fullmatch(line.strip())
    if not match:
        return None
    version = match[1].removesuffix(".0") if match[1][0] in "23" else match[1]
    return Response(match[2], (match[3] or "").strip()[:200], version)


def _request(line: str) -> Request | None:
    match = REQUEST_LINE.fullmatch(line.strip())
    return Request(match[1], match[2], match[3]) if match else None


@dataclass
class _Head:
    """Header fields as they are read, line by line."""

    fields: Fields
    repairs: list[Repair] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    spaced: list[str] = field(default_factory=list)
    misnamed: list[str] = field(default_factory=list)

    def fill(self, response: "Response") -> None:
        """Hand what was read to its response."""
        response.head = "\n".join(self.lines)
        response.spaced, response.misnamed = self.spaced, self.misnamed
        response.repairs += self.repairs

    def add(self, line: str) -> bool:
        """Read a line; return whether it is part of a header section."""
        match = FIELD.fullmatch(line)
        if match and not line[0].isspace():
            if len(self.fields) >= MAX_FIELDS:
                self.repairs.append(Repair.MANY)
                return True
            if match[2]:
                self.repairs.append(Repair.SPACE)
                self.spaced.append(match[1])
            if len(match[3]) > MAX_VALUE:
                self.repairs.append(Repair.MANY)
            self.fields.append(Field(match[1], match[3].strip()[:MAX_VALUE]))
            self.lines.append(line[: MAX_VALUE + 100])
            return True
        if self.fields and line[:1] in (" ", "\t") and line.strip():
            self.join(line)
            self.repairs.append(Repair.FOLDED)
            return True
        return False

    def join(self, line: str) -> None:
        """Take the line for the rest of the field before it."""
        last = self.fields[-1]
        if len(last.value) < MAX_VALUE:
            self.fields[-1] = Field(last.name, f"{last.value} {line.strip()}".strip())
            self.lines[-1] = f"{self.lines[-1]} {line.strip()}"


def _is_field(line: str) -> bool:
    match = FIELD.fullmatch(line.strip())
    return bool(match) and match[1].lower() in KNOWN  # type: ignore[index]


# Transcripts with curl's marks


def _read_marked(lines: list[str]) -> list[Response]:
    """Read the output of curl -v."""
    responses: list[Response] = []
    request: Request | None = None
    head: _Head | None = None
    content: list[str] = []
    response: Response | None = None

    def close() -> None:
        nonlocal response, content
        if response and head:
            head.fill(response)
            response.content = _content(content)
        content = []

    sent: _Head | None = None
    scheme = ""
    for line in lines:
        if told := CONNECTION.match(line):
            scheme = "http" if told[1] else "https"
        if response and line.startswith("* Excess found"):
            response.has_excess = True
        if line.startswith(">"):
            rest = line[1:].removeprefix(" ")
            if found := _request(rest):
                request, sent = found, _Head(found.fields)
                request.seen_scheme = scheme
            elif sent and rest.strip():
                sent.add(rest)
        elif line.startswith("<") and (not response or head is not None) and not _looks_like_html(line):
            rest = line[1:].removeprefix(" ")
            if found_response := (_status(rest) or _pseudo_status(rest)):
                close()
                if len(responses) >= MAX_RESPONSES:
                    response = None
                    break
                response, head = found_response, _Head(found_response.fields)
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


# Messages as they are


def _read_plain(lines: list[str]) -> list[Response]:
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
            current.content = _content(content)
        elif isinstance(current, Request):
            current.content = _content(content) or ""
        content = []

    while place < len(lines):
        line = lines[place]
        begins = _begins(lines, place, current, content)
        if begins is None:
            if (CURL_COMMAND if current is None else NEXT_COMMAND).match(line):
                close()
                current = None
                command, place = _read_command(lines, place)
                request = command
                continue
            if current is not None:
                content.append(line)
            place += 1
            continue
        close()
        if isinstance(begins, Request):
            request = current = begins
            place = _read_head(lines, place + 1, _Head(begins.fields), None)
            continue
        if len(responses) >= MAX_RESPONSES:
            responses[-1].repaired(Repair.MANY)
            return responses
        current = begins
        current.request = request
        if request is command and command:
            current.repaired(Repair.COMMAND)
        head = _Head(current.fields)
        place = _read_head(lines, place + 1, head, current, indented=line[:1].isspace())
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
            return _status(line) if _is_field(following) else None
    if response := _status(line):
        return response
    return _pseudo_status(line) or _request(line)


def _pseudo_status(line: str) -> Response | None:
    """Return the response that begins with the pseudo-header field :status (RFC 9113 section 8.3.2)."""
    match = PSEUDO_STATUS.fullmatch(line.strip())
    return Response(match[1], (match[2] or "").strip(), "2") if match else None


def _read_head(lines: list[str], place: int, head: _Head, response: Response | None, indented: bool = False) -> int:
    """Read header fields from a line on; return the line at which the content begins."""
    spaced = False
    while place < len(lines):
        line = lines[place]
        if indented and line.strip():
            line = line.strip()
            head.repairs.append(Repair.INDENT)
        following = lines[place + 1] if place + 1 < len(lines) else ""
        if not line.strip():
            if response and (spaced or not head.fields) and _is_field(following):
                spaced = True
                head.repairs.append(Repair.BLANK)
                place += 1
                continue
            return place + 1
        if head.add(line):
            place += 1
            continue
        if _status(line) or _request(line):
            return place
        if response and MISNAMED.match(line) and (_is_field(following) or (head.fields and not following.strip())):
            head.misnamed.append(line[:200].partition(":")[0])
            place += 1
            continue
        if head.fields and not CONTENT_BEGINS.match(line) and _is_field(following):
            head.join(line)
            head.repairs.append(Repair.WRAPPED)
            place += 1
            continue
        head.repairs.append(Repair.NO_BLANK)
        return place
    return place


def _content(lines: list[str]) -> str | None:
    """Return the content of a message, without the shell's prompt behind it; None if nothing is there."""
    while lines and not lines[-1].strip():
        lines.pop()
    if lines and PROMPT.fullmatch(lines[-1]):
        lines.pop()
    return "\n".join(lines) if any(line.strip() for line in lines) else None


# Requests as curl commands

VALUES = {
    "-X": "method",
    "--request": "method",
    "-H": "header",
    "--header": "header",
    "-d": "data",
    "--data": "data",
    "--data-raw": "data",
    "--data-binary": "data",
    "--data-urlencode": "data",
    "--json": "data",
    "-F": "data",
    "--form": "data",
    "--url": "url",
    "-r": "range",
    "--range": "range",
    **dict.fromkeys(
        "-u --user -A --user-agent -b --cookie -o --output -e --referer -x --proxy -m --max-time --connect-timeout"
        " --resolve --cacert --cert -E --key -w --write-out -T --upload-file --retry -c --cookie-jar -D --dump-header"
        " --connect-to --interface --ciphers -C --limit-rate --max-redirs --noproxy".split(),
        "",
    ),
}


def _read_command(lines: list[str], place: int) -> tuple[Request | None, int]:
    """Return the request that a curl command makes, and the line after it."""
    parts = []
    while place < len(lines):
        line = lines[place].rstrip()
        parts.append(line.removesuffix("\\"))
        place += 1
        if not line.endswith("\\") or sum(map(len, parts)) > MAX_COMMAND:
            break
    try:
        words = shlex.split(" ".join(parts)[:MAX_COMMAND])
    except ValueError:
        return None, place
    request = Request(has_fields=False)
    given: dict[str, list[str]] = {"method": [], "header": [], "data": [], "url": [], "range": []}
    words = words[next((n for n, word in enumerate(words) if word.startswith("curl")), 0) + 1 :]
    is_head = False
    following = iter(words)
    for word in following:
        name, equals, value = word.partition("=")
        if word[:2] in VALUES and len(word) > 2 and word[1] != "-":
            name, equals, value = word[:2], "=", word[2:]
        if name in VALUES:
            value = value if equals else next(following, "")
            if VALUES[name]:
                given[VALUES[name]].append(value)
            request.method = "PUT" if name in ("-T", "--upload-file") else request.method
        elif word in ("--head",) or (re.fullmatch("-[A-Za-z]+", word) and "I" in word):
            is_head = True
        elif not word.startswith("-"):
            given["url"].append(word)
        if re.fullmatch("-[A-Za-z]+[XHdFomw]", word) and word[-1] in "XHdF":
            given[VALUES[f"-{word[-1]}"]].append(next(following, ""))
    for header in given["header"][:MAX_FIELDS]:
        header_name, colon, header_value = header.partition(":")
        if colon and re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", header_name):
            request.fields.append(Field(header_name, header_value.strip()))
    if given["range"]:
        request.fields.append(Field("Range", f"bytes={given['range'][-1]}"))
    implied = "HEAD" if is_head else "POST" if given["data"] else request.method or "GET"
    request.method = (given["method"] or [implied])[-1] or implied
    request.target = (given["url"] or [""])[-1]
    if request.target and "://" not in request.target:
        request.target = f"http://{request.target}"
    request.content = "&".join(given["data"])
    return request, place


# Browsers' panels, and header fields alone


def _pairs(lines: list[str]) -> Iterator[tuple[str, str]]:
    """Yield names and values of a panel, whether on one line or on two, and the titles of its parts."""
    waiting = ""
    for line in lines:
        text = line.strip()
        if not text:
            continue
        if not waiting and text.rstrip(":").lower() in PANEL_TITLES:
            yield "title", PANEL_TITLES[text.rstrip(":").lower()]
        elif waiting:
            yield waiting, text
            waiting = ""
        else:
            name, colon, value = text[1:].partition(":") if text.startswith(":") else text.partition(":")
            name = f":{name}" if text.startswith(":") else name
            if colon and value.strip():
                yield name, value.strip()
            elif text.lower().rstrip(":") in PANEL or FIELD.fullmatch(f"{text.rstrip(':')}:"):
                waiting = text.rstrip(":")


def _read_panel(lines: list[str]) -> list[Response]:
    """Read what is copied from the panel of a browser's developer tools."""
    labels = {line.strip().partition(":")[0].rstrip(":").lower() for line in lines[:60]}
    if not labels & {"status code", "상태 코드"} and not ("status" in labels and labels & {"version", "scheme"}):
        return []
    response, request = Response(), Request()
    head = _Head(response.fields)
    part = "general"
    for name, value in _pairs(lines):
        meaning = PANEL.get(name.lower()) if part == "general" else None
        if name == "title":
            part = value
        elif meaning is not None:
            words = value.split()
            if meaning == "status" and words:
                response.code, response.reason = words[0][:12], " ".join(words[1:])[:200]
            elif meaning == "version":
                response.version = value.upper().removeprefix("HTTP/").removesuffix(".0")[:3]
            elif meaning == "url":
                request.target = value
            elif meaning == "method":
                request.method = value
        elif FIELD.fullmatch(f"{name}:"):
            is_request = name.startswith(":") or name.lower() in ("host", "accept", "user-agent")
            if part != "request" and is_request and name.lower() != ":status":
                part = "request"
            elif part == "general":
                part = "response"
            if part == "request":
                _Head(request.fields).add(f"{name}: {value}")
                response.version = response.version or ("2" if name == ":authority" else "")
            else:
                head.add(f"{name}: {value}")
    if not response.code or not (response.fields or request.target):
        return []
    request.has_fields = bool(request.fields)
    response.request = request if request.method else None
    response.repaired(Repair.PANEL)
    head.fill(response)
    if not response.version:
        response.repaired(Repair.VERSION)
    return [response]


def _read_bare(lines: list[str]) -> list[Response]:
    """Read a header section that has a status without a version, or none at all."""
    first = next((number for number, line in enumerate(lines) if line.strip()), 0)
    beginning = [line for line in lines[first : first + 4] if line.strip()]
    if not beginning:
        return []
    match = BARE_STATUS.fullmatch(beginning[0].strip())
    known = sum(_is_field(line) for line in beginning[1 if match else 0 :])
    if not known or (not match and (known < 2 or not _is_field(beginning[0]))):
        return []
    response = Response(match[1], match[2] or "") if match else Response()
    response.repaired(Repair.VERSION if match else Repair.STATUS)
    head = _Head(response.fields)
    start = first + (1 if match else 0)
    place = _read_head(lines, start, head, response, indented=lines[first][:1].isspace())
    head.fill(response)
    response.content = _content(lines[place:])
    return [response]


# What a strict parser says


def _finish(response: Response) -> None:
    """Ask the strict parser, and undo the transfer coding of a content that still has it."""
    response.repairs = list(dict.fromkeys(response.repairs))
    response.fields[:] = [each for each in response.fields if not each.name.startswith(":")]
    if response.version not in ("1.0", "1.1"):
        return
    head = _raw_head(response)
    response.refusal = _refusal(head, response)
    coding = (response.fields.get("Transfer-Encoding") or "").lower()
    first = (response.content or "").partition("\n")[0].strip()
    if "chunked" in coding and re.fullmatch("[0-9a-fA-F]{1,8}(?:;.{0,200})?", first):
        response.is_framed = True
        lines = response.content or ""
        content = _dechunked(head, (lines + "\n\n").replace("\n", "\r\n").encode("utf-8", "replace"))
        if content is not None:
            response.content = content.decode("utf-8", "replace").replace("\r\n", "\n") or None
            response.is_framed = False
            response.repaired(Repair.CHUNKED)


def _raw_head(response: Response) -> bytes:
    """Return the header section as it goes over the wire."""
    line = f"HTTP/{response.version} {response.code} {response.reason}".rstrip(" ") + (" " * (not response.reason))
    return "\r\n".join([line, *response.head.split("\n"), "", ""]).encode("utf-8", "replace")


def _connection(response: Response | None = None) -> h11.Connection:
    connection = h11.Connection(h11.CLIENT, max_incomplete_event_size=512 * 1024)
    method = response.method if response and re.fullmatch("[A-Z]{1,20}", response.method) else "GET"
    proposal = [("Upgrade", "x"), ("Connection", "upgrade")] if response and response.code == "101" else []
    connection.send(h11.Request(method=method, target="/", headers=[("Host", "x"), *proposal]))
    return connection


def _refusal(head: bytes, response: Response) -> str:
    """Return why a strict parser does not take the header section, "" if it does."""
    try:
        connection = _connection(response)
        connection.receive_data(head)
        connection.next_event()
    except h11.ProtocolError as problem:
        return str(problem)[:200]
    return ""


def _dechunked(head: bytes, content: bytes) -> bytes | None:
    """Return the content without its chunks, None if they are broken."""
    pieces = []
    try:
        connection = _connection()
        connection.receive_data(head + content)
        connection.next_event()
        while True:
            event = connection.next_event()
            if isinstance(event, h11.Data):
                pieces.append(bytes(event.data))
            else:
                return b"".join(pieces) if isinstance(event, h11.EndOfMessage) else None
    except h11.ProtocolError:
        return None


def same_host(one: str, other: str) -> bool:
    """Return whether two addresses name the same host."""
    return host_of(one) == host_of(other)


def host_of(address: str) -> str:
    """Return the host of an address, "" if it has none or is none."""
    try:
        return (urlsplit(address).hostname or "").lower()
    except ValueError:
        return ""
