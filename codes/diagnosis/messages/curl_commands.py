"""Requests as the curl commands that make them."""

import re
import shlex
from dataclasses import dataclass, field

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


def read_command(lines: list[str], place: int) -> tuple[Request | None, int]:
    """Return the request that a curl command makes, None if its quotes do not fit, and the line after it."""
    text, place = _joined(lines, place)
    try:
        words = shlex.split(text)
    except ValueError:
        return None, place
    words = words[next((n for n, word in enumerate(words) if word.startswith("curl")), 0) + 1 :]
    return _request(_read_options(words)), place


def _joined(lines: list[str], place: int) -> tuple[str, int]:
    """Return a command with the lines that go on after a backslash, and the line after it."""
    parts = []
    while place < len(lines):
        line = lines[place].rstrip()
        parts.append(line.removesuffix("\\"))
        place += 1
        if not line.endswith("\\") or sum(map(len, parts)) > MAX_COMMAND:
            break
    return " ".join(parts)[:MAX_COMMAND], place


@dataclass
class _Options:
    """What a command says of its request: the values of options by what they mean, and options without value."""

    values: dict[str, list[str]] = field(
        default_factory=lambda: {"method": [], "header": [], "data": [], "url": [], "range": []}
    )
    is_head: bool = False
    uploads: bool = False


def _read_options(words: list[str]) -> _Options:
    options = _Options()
    following = iter(words)
    for word in following:
        name, equals, value = word.partition("=")
        if word[:2] in VALUES and len(word) > 2 and word[1] != "-":
            name, equals, value = word[:2], "=", word[2:]
        if name in VALUES:
            value = value if equals else next(following, "")
            if VALUES[name]:
                options.values[VALUES[name]].append(value)
            options.uploads |= name in ("-T", "--upload-file")
        elif word == "--head" or (re.fullmatch("-[A-Za-z]+", word) and "I" in word):
            options.is_head = True
        elif not word.startswith("-"):
            options.values["url"].append(word)
        if re.fullmatch("-[A-Za-z]+[XHdFomw]", word) and word[-1] in "XHdF":
            options.values[VALUES[f"-{word[-1]}"]].append(next(following, ""))
    return options


def _request(options: _Options) -> Request:
    """Return the request that options describe."""
    given = options.values
    request = Request(content="&".join(given["data"]), has_fields=False)
    for header in given["header"][:MAX_FIELDS]:
        name, colon, value = header.partition(":")
        if colon and re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", name):
            request.fields.append(Field(name, value.strip()))
    if given["range"]:
        request.fields.append(Field("Range", f"bytes={given['range'][-1]}"))
    implied = "HEAD" if options.is_head else "POST" if given["data"] else "PUT" if options.uploads else "GET"
    request.method = (given["method"] or [implied])[-1] or implied
    request.target = (given["url"] or [""])[-1]
    if request.target and "://" not in request.target:
        request.target = f"http://{request.target}"
    return request
