"""Requests as the curl commands that make them."""

import re
from dataclasses import dataclass, field

from .heads import MAX_FIELDS, add_field, with_scheme
from .parsed import Field, Request

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


def read_curl(words: list[str]) -> Request:
    """Return the request that the words behind curl make."""
    return _request(_read_options(words))


@dataclass
class _Options:
    """What a command says of its request: the values of options by what they mean, and options without value."""

    values: dict[str, list[str]] = field(
        default_factory=lambda: {"method": [], "header": [], "data": [], "url": [], "range": []}
    )
    is_head: bool = False
    is_compressed: bool = False
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
        elif word.startswith("--compressed"):
            options.is_compressed = True
        elif not word.startswith("-"):
            options.values["url"].append(word)
        if re.fullmatch("-[A-Za-z]+[XHdFomw]", word) and word[-1] in "XHdF":
            options.values[VALUES[f"-{word[-1]}"]].append(next(following, ""))
    return options


def _request(options: _Options) -> Request:
    """Return the request that options describe."""
    given = options.values
    request = Request(content="&".join(given["data"]), has_fields=False, is_raw=not options.is_compressed)
    for header in given["header"][:MAX_FIELDS]:
        add_field(request, header)
    if given["range"]:
        request.fields.append(Field("Range", f"bytes={given['range'][-1]}"))
    implied = "HEAD" if options.is_head else "POST" if given["data"] else "PUT" if options.uploads else "GET"
    request.method = (given["method"] or [implied])[-1] or implied
    request.target = with_scheme((given["url"] or [""])[-1])
    return request
