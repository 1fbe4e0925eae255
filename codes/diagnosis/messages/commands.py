"""Requests as the commands that make them: curl, HTTPie and xh, wget, and PowerShell's Invoke-WebRequest."""

import re
import shlex

from .curl_commands import read_curl
from .heads import MAX_FIELDS, add_field, with_scheme
from .parsed import Request

MAX_COMMAND = 8000  # characters of a curl command that are read
PROMPT = r"\s{0,8}(?:(?:PS )?[^\s$#%>❯➜]{0,80}\s?[$#%>❯➜] {0,2})"
METHODS = "(?i:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)"
ADDRESS = r"(?:https?://|:?/|localhost|:[0-9]|[\w-]{1,63}\.)\S*"
COMMANDS = re.compile(
    rf"(?:{PROMPT})?(?:curl(?:\.exe)?\s|wget\s"
    rf"|(?:https?|xhs?) (?:-\S{{1,40}} ){{0,8}}(?:(?:{METHODS}) )?['\"]?{ADDRESS}"
    r"|(?:Invoke-WebRequest|Invoke-RestMethod|iwr|irm)\s"
    r"|(?:\( ?)?(?:printf|echo|nc|ncat|netcat|openssl|socat|telnet)\s(?=.{0,2000}\bHTTP/1\.[01]\b))",
)
AFTER_PROMPT = re.compile(rf"{PROMPT}(?=[a-zA-Z])")
# A request in quotes, that a shell hands to a connection.
QUOTED = re.compile(r"['\"](?P<line>[A-Z]{3,10} \S{1,2000} HTTP/1\.[01])(?P<rest>(?:\\[rn].{0,4000}?)?)['\"]")
# The options that take a value.
HTTPIE_VALUES = set(
    "-a --auth -A --auth-type -s --style -p --print -o --output --proxy --verify --timeout --session".split()
)
WGET_VALUES = set("--method --header --post-data --post-file --body-data -O -o --user-agent -U".split())


def read_command(lines: list[str], place: int) -> tuple[Request | None, int]:
    """Return the request that a command makes, None if its quotes do not fit, and the line after it."""
    text, place = _joined(lines, place)
    if typed := QUOTED.search(text):
        return _typed(typed), place
    try:
        words = shlex.split(text)
    except ValueError:
        return None, place
    named = next((number for number, word in enumerate(words) if tool_of(word)), 0)
    read = READERS.get(tool_of(words[named]) if words else "", read_curl)
    return read(words[named + 1 :]), place


def _typed(found: re.Match[str]) -> Request:
    """Return the request that a shell's printf or echo writes to a connection."""
    method, target, protocol = found["line"].split(" ")
    request = Request(method, target, protocol.removeprefix("HTTP/"), is_raw=True)
    head, _end, request.content = found["rest"].replace("\\r", "").replace("\\n", "\n").lstrip("\n").partition("\n\n")
    for line in head.split("\n")[:MAX_FIELDS]:
        add_field(request, line)
    return request


def _joined(lines: list[str], place: int) -> tuple[str, int]:
    """Return a command with the lines that go on after a backslash or PowerShell's backtick, and the line after it."""
    parts = []
    while place < len(lines):
        line = lines[place].rstrip()
        parts.append(line.removesuffix("\\").removesuffix("`"))
        place += 1
        if not line.endswith(("\\", "`")) or sum(map(len, parts)) > MAX_COMMAND:
            break
    return " ".join(parts)[:MAX_COMMAND], place


def tool_of(word: str) -> str:
    """Return the tool that a word of a command line starts, "" for none."""
    word = word.lower().removesuffix(".exe")
    names = {"https": "http", "xh": "http", "xhs": "http", "invoke-restmethod": "invoke-webrequest"}
    names |= {"iwr": "invoke-webrequest", "irm": "invoke-webrequest"}
    tool = names.get(word, word)
    return tool if tool in READERS else ""


def _httpie(words: list[str]) -> Request:
    """Read METHOD URL ITEM …: an item with a colon is a field, one with = is content."""
    request = Request(has_fields=False)
    following = iter(words)
    plain = []
    for word in following:
        if word in HTTPIE_VALUES:
            next(following, "")
        elif not word.startswith("-"):
            plain.append(word)
    if plain and re.fullmatch(METHODS, plain[0]):
        request.method = plain.pop(0).upper()
    target = plain.pop(0) if plain else ""
    request.target = with_scheme(
        f"localhost{target.removeprefix(':') if target[1:2] == '/' else target}" if target[:1] == ":" else target
    )
    data = [item for item in plain if re.match(r"[^:=\s]{1,80}(?::=|=(?!=)|@)", item)]
    for item in plain[:MAX_FIELDS]:
        if item not in data:
            add_field(request, item)
    request.content = "&".join(data)
    request.method = request.method or ("POST" if data else "GET")
    return request


def _wget(words: list[str]) -> Request:
    request = Request("GET", has_fields=False)
    following = iter(words)
    for word in following:
        name, equals, value = word.partition("=")
        if name in WGET_VALUES:
            value = value if equals else next(following, "")
        if name == "--method":
            request.method = value.upper()
        elif name == "--header":
            add_field(request, value)
        elif name in ("--post-data", "--post-file"):
            request.method = "POST"
        elif name == "--spider":
            request.method = "HEAD"
        elif not word.startswith("-"):
            request.target = with_scheme(word)
    return request


def _powershell(words: list[str]) -> Request:
    request = Request("GET", has_fields=False)
    following = iter(words)
    for word in following:
        name = word.lower()
        if name == "-method":
            request.method = next(following, "GET").upper()
        elif name == "-uri":
            request.target = with_scheme(next(following, ""))
        elif not word.startswith(("-", "@", "$")) and "://" in word:
            request.target = word
    return request


READERS = {"curl": read_curl, "http": _httpie, "wget": _wget, "invoke-webrequest": _powershell}
