"""Start lines and header sections, read line by line and leniently. Each repair is named."""

import re
from dataclasses import dataclass, field

from .parsed import Field, Fields, Repair, Request, Response

MAX_FIELDS = 300  # of one message
MAX_VALUE = 16_000  # characters of a field's value that are read
STATUS_LINE = re.compile(r"HTTP/([0-9]{1,2}(?:\.[0-9]{1,2})?)[ \t]+([^\s:]{1,12})(?:[ \t]+(.*))?", re.IGNORECASE)
REQUEST_LINE = re.compile(r"([A-Z][A-Z-]{1,19}) (\S+) HTTP/([0-9](?:\.[0-9])?)")
# What would be a field if its name had no space, bracket or letter outside ASCII.
MISNAMED = re.compile(r"[^\s:<>{}\[\]\"'][^:<>{}\[\]\"']{0,60}:[ \t]")
# What wget -S says behind the header section, which it indents.
WGET = re.compile(
    r"(?:Length: (?:[0-9]|unspecified)|Saving to: |Remote file |Location: (?:\S{1,2000} \[following\]|unspecified$)|"
    r"Resolving \S{1,255}|"
    r"Connecting to \S{1,255}|Reusing existing connection|HTTP request sent|Spider mode enabled|[0-9-]{10} [0-9:]{8} |"
    r"Username/Password Authentication Failed|Authentication selected: |ERROR: Redirection )"
)
PSEUDO_STATUS = re.compile(r":status:?[ \t]+([0-9]{1,12})([ \t].{0,200})?")
FIELD = re.compile(r"(:?[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100})([ \t]{0,8}):(.*)", re.DOTALL)
CONTENT_BEGINS = re.compile(r"\s*(?:[{\[<\"]|--)")
# What IntelliJ's HTTP client says behind a response.
INTELLIJ = re.compile(
    r"(?:Response code: [0-9]{3}\b.{0,80}; Time: .{0,120}|(?:>|<>) [0-9]{4}-[0-9-]{5}T\S{1,60}"
    r"|> .{1,300}\.(?:json|html|txt|xml)|Response file saved\.?|\(Response body is empty\)|<Response body is empty>)"
)
PROMPT = re.compile(r"[^<>{}\"]{0,80}[@~][^<>{}\"]{0,80}[$#%] ?|[$#%] ?")  # of a shell behind the output
TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110 section 5.6.2
# Names that tell a header section, where nothing else does.
KNOWN = set(
    "accept-ch accept-patch accept-post accept-ranges access-control-allow-credentials"
    " access-control-allow-headers access-control-allow-methods access-control-allow-origin"
    " access-control-expose-headers access-control-max-age age allow alt-svc cache-control cdn-cache-control"
    " cf-ray clear-site-data connection content-disposition content-encoding content-language content-length"
    " content-location content-range content-security-policy content-type cross-origin-embedder-policy"
    " cross-origin-opener-policy cross-origin-resource-policy date etag expires keep-alive last-modified link"
    " location permissions-policy pragma proxy-authenticate proxy-status referrer-policy retry-after server"
    " server-timing set-cookie strict-transport-security trailer transfer-encoding upgrade vary via warning"
    " www-authenticate x-cache x-content-type-options x-frame-options x-powered-by x-request-id".split()
)


def read_status(line: str) -> Response | None:
    """Return the response that begins with a status line, None if the line is none."""
    match = STATUS_LINE.fullmatch(line.strip())
    if not match:
        return None
    version = match[1].removesuffix(".0") if match[1][0] in "23" else match[1]
    return Response(match[2], (match[3] or "").strip()[:200], version)


def read_request(line: str) -> Request | None:
    """Return the request that begins with a request line, None if the line is none."""
    match = REQUEST_LINE.fullmatch(line.strip())
    return Request(match[1], match[2], match[3]) if match else None


def read_pseudo_status(line: str) -> Response | None:
    """Return the response that begins with the pseudo-header field :status (RFC 9113 section 8.3.2)."""
    match = PSEUDO_STATUS.fullmatch(line.strip())
    return Response(match[1], (match[2] or "").strip(), "2") if match else None


@dataclass
class Head:
    """Header fields as they are read, line by line."""

    fields: Fields
    repairs: list[Repair] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    spaced: list[str] = field(default_factory=list)
    folded: list[str] = field(default_factory=list)
    misnamed: list[str] = field(default_factory=list)
    without_colon: list[str] = field(default_factory=list)

    def fill(self, response: "Response") -> None:
        """Hand what was read to its response."""
        response.head = "\n".join(self.lines)
        response.spaced, response.folded, response.misnamed = self.spaced, self.folded, self.misnamed
        response.without_colon = self.without_colon
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
            self.folded.append(self.fields[-1].name)
            self.repairs.append(Repair.FOLDED)
            return True
        return False

    def join(self, line: str) -> None:
        """Take the line for the rest of the field before it."""
        last = self.fields[-1]
        if len(last.value) < MAX_VALUE:
            self.fields[-1] = Field(last.name, f"{last.value} {line.strip()}".strip())
            self.lines[-1] = f"{self.lines[-1]} {line.strip()}"


def is_known_field(line: str) -> bool:
    """Return whether a line is a field with a well-known name."""
    match = FIELD.fullmatch(line.strip())
    return bool(match) and match[1].lower() in KNOWN  # type: ignore[index]


def read_head(lines: list[str], place: int, head: Head, response: Response | None, indented: bool = False) -> int:
    """Read header fields from a line on; return the line at which the content begins."""
    spaced = False
    while place < len(lines):
        line = lines[place]
        if indented and WGET.match(line):
            place += 1
            continue
        if indented and line.strip():
            line = line.strip()
            head.repairs.append(Repair.INDENT)
        following = lines[place + 1] if place + 1 < len(lines) else ""
        if not line.strip():
            if response and (spaced or not head.fields) and is_known_field(following):
                spaced = True
                head.repairs.append(Repair.BLANK)
                place += 1
                continue
            return place + 1
        if head.add(line):
            place += 1
            continue
        if read_status(line) or read_request(line):
            return place
        if response and MISNAMED.match(line) and (is_known_field(following) or (head.fields and not following.strip())):
            head.misnamed.append(line[:200].partition(":")[0])
            place += 1
            continue
        if response and line[0] == ":" and head.fields:
            head.misnamed.append("")
            place += 1
            continue
        if response and line.strip().lower() in KNOWN and (is_known_field(following) or not following.strip()):
            head.without_colon.append(line.strip())
            place += 1
            continue
        if head.fields and not CONTENT_BEGINS.match(line) and is_known_field(following):
            head.join(line)
            head.repairs.append(Repair.WRAPPED)
            place += 1
            continue
        head.repairs.append(Repair.NO_BLANK)
        return place
    return place


def content_of(lines: list[str]) -> str | None:
    """Return the content of a message, without the shell's prompt behind it; None if nothing is there."""
    while lines and not lines[-1].strip():
        lines.pop()
    if lines and PROMPT.fullmatch(lines[-1]):
        lines.pop()
    while lines and (not lines[-1].strip() or INTELLIJ.fullmatch(lines[-1].strip())):
        lines.pop()
    return "\n".join(lines) if any(line.strip() for line in lines) else None


def add_field(request: Request, line: str) -> None:
    """Add a field that a command names, unless its name is none or there are too many."""
    name, colon, value = line.partition(":")
    if colon and TOKEN.fullmatch(name) and len(request.fields) < MAX_FIELDS:
        request.fields.append(Field(name, value.strip()))


def with_scheme(target: str) -> str:
    """Return the address that a command asks for: for one without a scheme the tools take http."""
    return f"http://{target}" if target and "://" not in target else target
