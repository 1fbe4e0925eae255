"""Requests as the commands that make them: curl, HTTPie and xh, wget, and PowerShell's Invoke-WebRequest."""

import re
import shlex

from .heads import MAX_FIELDS
from .parsed import Field, Request

MAX_COMMAND = 8000  # characters of a curl command that are read
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


PROMPT = r"\s{0,8}(?:(?:PS )?[^\s$#%>❯➜]{0,80}\s?[$#%>❯➜] {0,2})"
METHODS = "(?i:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)"
ADDRESS = r"(?:https?://|:?/|localhost|:[0-9]|[\w-]{1,63}\.)\S*"
COMMANDS = re.compile(
    rf"(?:{PROMPT})?(?:curl(?:\.exe)?\s|wget\s"
    rf"|(?:https?|xhs?) (?:-\S{{1,40}} ){{0,8}}(?:(?:{METHODS}) )?['\"]?{ADDRESS}"
    r"|(?:Invoke-WebRequest|Invoke-RestMethod|iwr|irm)\s)",
)
AFTER_PROMPT = re.compile(rf"{PROMPT}(?=[a-zA-Z])")
TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
# The options of HTTPie that take a value.
HTTPIE_VALUES = set(
    "-a --auth -A --auth-type -s --style -p --print -o --output --proxy --verify --timeout --session".split()
)


def read_command(lines: list[str], place: int) -> tuple[Request | None, int]:
    """Return the request that a command makes, and the line after it."""
    parts = []
    while place < len(lines):
        line = lines[place].rstrip()
        parts.append(line.removesuffix("\\").removesuffix("`"))
        place += 1
        if not line.endswith(("\\", "`")) or sum(map(len, parts)) > MAX_COMMAND:
            break
    try:
        words = shlex.split(" ".join(parts)[:MAX_COMMAND])
    except ValueError:
        return None, place
    place_of_name = next((n for n, word in enumerate(words) if tool_of(word)), 0)
    reader = READERS.get(tool_of(words[place_of_name]) if words else "", _curl)
    return reader(words[place_of_name + 1 :]), place


def tool_of(word: str) -> str:
    """Return the tool that a word of a command line starts, "" for none."""
    word = word.lower().removesuffix(".exe")
    names = {"https": "http", "xh": "http", "xhs": "http", "invoke-restmethod": "invoke-webrequest"}
    names |= {"iwr": "invoke-webrequest", "irm": "invoke-webrequest"}
    tool = names.get(word, word)
    return tool if tool in READERS else ""


def _curl(words: list[str]) -> Request:
    request = Request(has_fields=False)
    given: dict[str, list[str]] = {"method": [], "header": [], "data": [], "url": [], "range": []}
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
        _add(request, header)
    if given["range"]:
        request.fields.append(Field("Range", f"bytes={given['range'][-1]}"))
    implied = "HEAD" if is_head else "POST" if given["data"] else request.method or "GET"
    request.method = (given["method"] or [implied])[-1] or implied
    request.target = (given["url"] or [""])[-1]
    request.target = _with_scheme(request.target)
    request.content = "&".join(given["data"])
    return request


def _add(request: Request, header: str) -> None:
    name, colon, value = header.partition(":")
    if colon and TOKEN.fullmatch(name) and len(request.fields) < MAX_FIELDS:
        request.fields.append(Field(name, value.strip()))


def _with_scheme(target: str) -> str:
    return f"http://{target}" if target and "://" not in target else target


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
    request.target = _with_scheme(
        f"localhost{target.removeprefix(':') if target[1:2] == '/' else target}" if target[:1] == ":" else target
    )
    data = [item for item in plain if re.match(r"[^:=\s]{1,80}(?::=|=(?!=)|@)", item)]
    for item in plain[:MAX_FIELDS]:
        if item not in data:
            _add(request, item)
    request.content = "&".join(data)
    request.method = request.method or ("POST" if data else "GET")
    return request


def _wget(words: list[str]) -> Request:
    request = Request("GET", has_fields=False)
    following = iter(words)
    for word in following:
        name, equals, value = word.partition("=")
        if name in (
            "--method",
            "--header",
            "--post-data",
            "--post-file",
            "--body-data",
            "-O",
            "-o",
            "--user-agent",
            "-U",
        ):
            value = value if equals else next(following, "")
        if name == "--method":
            request.method = value.upper()
        elif name == "--header":
            _add(request, value)
        elif name in ("--post-data", "--post-file"):
            request.method = "POST"
        elif name == "--spider":
            request.method = "HEAD"
        elif not word.startswith("-"):
            request.target = _with_scheme(word)
    return request


def _powershell(words: list[str]) -> Request:
    request = Request("GET", has_fields=False)
    following = iter(words)
    for word in following:
        name = word.lower()
        if name == "-method":
            request.method = next(following, "GET").upper()
        elif name == "-uri":
            request.target = _with_scheme(next(following, ""))
        elif not word.startswith(("-", "@", "$")) and "://" in word:
            request.target = word
    return request


READERS = {"curl": _curl, "http": _httpie, "wget": _wget, "invoke-webrequest": _powershell}
