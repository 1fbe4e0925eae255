"""Status codes in what people paste, such as a line of an access log, or write as they say them: 사공사.

A number is read with the place where it is written, and the surest place counts: a status line tells more than the
words "error 502", and those more than a number by itself. Places that hold other numbers (errno, ports, lines of a
file, processes) are no places of a code.

A pattern may begin anywhere in a text of 20,000 characters, so nothing in it repeats without a bound over what it may
also begin with: the time would grow with the square of the length.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from .normalise import compact

MAX_TYPED_LENGTH = 80  # characters; a longer text is rather pasted than typed


class Place(StrEnum):
    """Where a number was read."""

    STATUS_LINE = "status line"
    ACCESS_LOG = "access log"
    HAPROXY = "HAProxy log"
    ALB = "ALB log"
    IIS = "IIS sub-status"
    FIELD = "status field"
    MESSAGE = "message"
    WORDS = "words"  # "error 404"
    BARE = "number"
    SPOKEN = "spoken number"


@dataclass
class Reading:
    """The numbers and the classes that a text names. `is_sure` tells if the place leaves no doubt."""

    numbers: list[int] = field(default_factory=list)
    place: Place | None = None
    classes: list[int] = field(default_factory=list)
    is_whole: bool = False  # nothing else of weight is in the text

    @property
    def is_sure(self) -> bool:
        """Whether the numbers were read at a place where only status codes are."""
        return self.place is not None and self.place is not Place.BARE


CODE = "([1-9][0-9]{2})"
# From the surest place to the least sure; the first pattern that matches decides.
PATTERNS = [
    (Place.STATUS_LINE, re.compile(rf"\bhttps?/[0-9](?:\.[0-9])?\s+{CODE}(?![0-9.])")),  # HTTP/1.1 404 Not Found
    # The status stands right after the request, whatever other numbers follow: "GET / HTTP/1.1" 503 UO - "-" 310 81
    (Place.ACCESS_LOG, re.compile(rf"\bhttps?/[0-9](?:\.[0-9])?[\"']\s+{CODE}\b")),
    (Place.ACCESS_LOG, re.compile(rf'"\s{CODE}\s+(?:[0-9]+|-)(?=\s|$)')),  # ..."GET /" 502 157 "-"
    (Place.ACCESS_LOG, re.compile(rf"\b(?:tcp|udp)_[a-z_]{{3,40}}/{CODE}\s[0-9]+\s")),  # Squid: TCP_MISS/503 4310 GET
    (Place.ACCESS_LOG, re.compile(rf"\.cloudfront\.net\s/\S*\s{CODE}\s")),
    (Place.ACCESS_LOG, re.compile(rf"\|\s*{CODE}\s*\|\s*[0-9.]+\s?(?:[nmuμ]?s|m)\b")),  # Gin: | 500 | 1.2ms |
    (Place.HAPROXY, re.compile(rf"[0-9]/\s*[-+]?[0-9]+\s+{CODE}\s+\+?[0-9]+\s+\S+\s+\S+\s+[a-z-]{{4}}\s")),
    # IIS: time, server, method, path, query, port, user, client, agent, referrer; status, sub-status, Windows' own
    (
        Place.ACCESS_LOG,
        re.compile(
            r"\b[0-9]{2}:[0-9]{2}:[0-9]{2}\s\S+\s(?:get|head|post|put|patch|delete|options)\s/\S*\s\S+\s[0-9]+\s\S+\s\S+"
            rf"\s\S+(?:\s\S+)?\s{CODE}\s[0-9]+\s[0-9]+(?=\s|$)"
        ),
    ),
    (Place.ALB, re.compile(rf"(?:\s-?[0-9.]+){{3}}\s{CODE}\s(?:[0-9]{{3}}|-)\s[0-9]+\s[0-9]+\s\"")),
    (Place.IIS, re.compile(r"\b(?:iis|http(?:\serror)?)\W{1,2}([1-5][0-9]{2})\.[0-9]{1,3}\b")),  # HTTP Error 403.14
    (Place.IIS, re.compile(r"^([45][0-9]{2})\.[0-9]{1,3}$")),
    # but actually found 403; got 503 for; returned error: 403; responded with a status of 500
    (
        Place.MESSAGE,
        re.compile(
            r"(?:\bbut(?:\s\w+)?\s(?:found|got|was|received)|\bgot|\breturn(?:s|ed)(?:\s(?:a|an|http|error|status|code))*"
            r"|\b(?:responded|failed|finished|answered)\swith(?:\s(?:a|an|http|status|code|of|response))*"
            rf"|\bawaiting\sresponse\.{{3}}):?\s{CODE}\b(?![.:][0-9])"
        ),
    ),
    # status=422, "statusCode": 500, response_code | 200, :status 404, HTTP code = 411, 상태코드 304
    (
        Place.FIELD,
        re.compile(
            r"(?<!exit )(?<!exit_)(?:status(?:[ _-]?code)?|(?:http|response)[ _-]?(?:status|code)(?:[ _-]?sent)?"
            r"|\bresp(?==)|상태\s?코드)"
            rf"[\"'\])]?(?:\s?(?:[=!]?[=:]|=>|is|of|was|\|)\s?|[\s(\[])[\"'(\[]?{CODE}(?![0-9]|[.:][0-9]|\s?번대)"
        ),
    ),
]
# 429 Client Error; error 403; API Error (529; 에러 500; error code: 502; return 421;
IN_WORDS = [
    re.compile(rf"(?<![\w.:/]){CODE}\W{{1,2}}(?:(?:client|server|http)\W{{1,2}})?(?:error|에러|오류)\b"),
    re.compile(
        r"(?:\bhttp|(?<!exit )\bcode|\berror|에러|오류|코드|응답|응답이)(?:[\s_-]?(?:code|page))?"
        rf"(?:\W{{1,3}}(?<!\s-)|(?<=[가-힣])){CODE}(?![0-9a-z]|#[0-9]|[.:]\s?[0-9]|\s?번대)"
    ),
    re.compile(rf"(?:^|[\s{{])return\s{CODE}(?=[\s;])"),
]
BESIDE = re.compile(r"(?<![0-9a-z.:_-])([1-9][0-9]{2})(?![0-9a-z_.-]|#[0-9])")
MAX_NAME_LENGTH = 60
# Three digits by themselves: not a part of a longer number, a word, an address, a time, a port, a version, a quantity,
# a place in a file, a process or an errno.
BARE_NUMBER = re.compile(
    r"(?<![0-9a-z.:_+@$%*])(?<![^0-9\s]-)(?<![0-9]{4},)(?<![^0-9]/)(?<![0-9a-z]\[)(?<![0-9]#)"
    r"(?<!errno )(?<!errno=)(?<!\bline )(?<!\bport )(?<!\bpid )(?<!exit code )(?<!exit status )(?<!\bcode )"
    r"(?<!instead of )(?<!rather than )(?<!other than )"
    r"(?<!worker )(?<!process )(?<!thread )(?<!row )(?<!column )(?<!issue #)(?<!id )(?<!id=)(?<!\bpr #)([0-9]{3})"
    r"(?![0-9a-z_%]|#[0-9]|[.:][0-9]|,[0-9]{3}[0-9,]|\s?번대|-[0-9a-z]|\s?(?:ms|px|kb|mb|gb|kib|mib|bytes?|초|분|개|원|명|일|시)\b"
    r"|\s?[번회]\s?(?:넘|이상|까지|이내|미만|초과|씩|정도|이나|쯤)|\s?(?:말고|아니라|아닌|대신)\b"
    r"|:\s[a-z]|\s(?:packages?|passed|failed|skipped|tests?|modules?|files?|lines?|items?|warnings?|seconds?|objects?"
    r"|chunks?|tasks?|rows?|deltas?|insertions?|deletions?|steps?)\b)"
)
PATH_NUMBER = re.compile(r"(?<![0-9])/([0-9]{3})(?![0-9])")  # an ID: elsewhere in the line it is one too
# Named numbers that are no codes: bytes=310, "duration_ms": 404, content-length: 512, pid: 410.
OTHER_NUMBER = re.compile(
    r"(?<![a-z])(?:[a-z]{1,12}[_-]){0,2}(?:pid|tid|uid|gid|ports?|lines?|conn|connection|stream|session|bytes|size|length"
    r"|duration|latency|elapsed|took|offset|count|total|age|attempts?|timeout|(?:request|response|upstream|connect)[_-]?time)"
    r"(?:[_-][a-z]{1,12})?[\"']?\s?[=:]\s?[\"']?[0-9]{3}(?![0-9])"
)
ERRNO = re.compile(r"\((?:errno\s)?[0-9]+:")  # connect() failed (111: Connection refused)
# 401 vs 403, 401과 403: several numbers of one question, however they are introduced.
ROW_OF_NUMBERS = re.compile(
    r"(?<![0-9])([1-9][0-9]{2})(?:\s?(?:,|/|-|\bvs\.?|\bor\b|\band\b|\bversus\b|와|과|및|또는|이랑|랑|하고)\s?[1-9][0-9]{2}(?![0-9]))+"
)
# Without any of these a line has nothing to do with HTTP, and a bare number in it is none of its codes.
ABOUT_HTTP = re.compile(
    r"http|\b(?:get|post|put|patch|delete|head|options) /|\burl\b|\bapi\b|status|(?<!cor)respon[sd]|\brequest"
    r"|\bredirect|\bserver\b|browser|upstream|\btls\b|\bssl\b|certificate|\bproxy\b|gateway|\bcors\b|nginx|\bconnection|\btcp\b"
    r"|서버|응답|요청|상태|브라우저|접속|페이지|업스트림|프록시|게이트웨이"
)
# 4xx, 400번대, 5.., 5\d\d, 5[0-9]{2}, 5**, [45]xx
CLASS = re.compile(
    r"(?<![0-9a-z.\]])(?:([1-5])|\[([1-5]+)\]|\(?([1-5](?:\|[1-5]){1,4})\)?)"
    r"(?:xx|00\s*번대|\.\.(?![.0-9a-z/])|\*\*|(?:\\{1,2}d){2}|\\{1,2}d\{2\}|(?:\[0-9\]){2}|\[0-9\]\{2\})(?![0-9a-z])"
)
AT_LEAST = re.compile(r"(?:^|(?:status|code)[^\s>]{0,30}+|상태\s?코드)\s?>=?\s?([1-5])00\b")
# A number as it is spoken, 사공사 or 사백사, perhaps with a word such as 에러, and nothing else: in a sentence it may
# mean anything, as 오백이 떠요 speaks of 500 and not of 502.
DIGITS = {"공": 0, "영": 0} | {digit: value for value, digit in enumerate("일이삼사오육칠팔구", start=1)}
DIGIT = f"[{''.join(DIGITS)}]"
SPOKEN_NUMBER = re.compile(
    rf"(?:([일이삼사오])({DIGIT})({DIGIT})|([이삼사오])백(?:({DIGIT}?)(십))?({DIGIT}?))번?(?:\s?(?:에러|오류|코드|응답))*"
)
# What may be beside a number without saying anything else.
AROUND = re.compile(
    r"https?(?:/[0-9.]+)?|status|code|error|response|#|[\W_]|상태|코드|에러|오류|응답|번|이란|란|뜻|의미|은|는|이|가|뭐야|뭔가요"
)


def read_codes(text: str, lines: str = "", names: Mapping[int, Sequence[str]] | None = None) -> Reading:
    """Return the Reading of a normalised text.

    `lines` is the same text with its line ends. `names` has the compact names of each known code: a number beside its
    own name is one, and known numbers go before others.
    """
    if spoken := SPOKEN_NUMBER.fullmatch(text):
        return Reading([_number(*spoken.groups(default=""))], Place.SPOKEN, is_whole=True)
    reading = Reading(classes=read_classes(text))
    text, lines = AT_LEAST.sub(" ", text), AT_LEAST.sub(" ", lines)
    places = _numbers_by_place(text, lines or text, names or {}, bare=not reading.classes)
    for place, numbers in places:
        known = [number for number in numbers if names is None or number in names]
        if known or reading.place is None:
            reading.numbers, reading.place = known or numbers, place
        if known:
            break
    if len(reading.numbers) == 1:
        reading.is_whole = not AROUND.sub("", text.replace(f"{reading.numbers[0]:03}", "", 1))
    return reading


def _numbers_by_place(
    text: str, lines: str, names: Mapping[int, Sequence[str]], *, bare: bool
) -> Iterator[tuple[Place, list[int]]]:
    """Yield the numbers of each place that has some, the surest place first."""
    if len(text) <= MAX_TYPED_LENGTH and (row := ROW_OF_NUMBERS.search(text)):
        numbers = [int(number) for number in re.findall("[0-9]{3}", row[0])]
        if len(set(numbers)) > 1:
            yield Place.BARE, list(dict.fromkeys(numbers))
    for place, pattern in PATTERNS:
        if found := pattern.findall(text):
            yield place, [_most_specific(place, [int(number) for number in found])]
    in_words = [(match.start(), int(match[1])) for pattern in IN_WORDS for match in pattern.finditer(text)]
    in_words += _beside_their_names(text, names)
    if in_words:
        yield Place.WORDS, list(dict.fromkeys(number for _start, number in sorted(in_words)))[:1]
    if bare and (numbers := _bare_numbers(lines)):
        yield Place.BARE, numbers


def _beside_their_names(text: str, names: Mapping[int, Sequence[str]]) -> Iterator[tuple[int, int]]:
    """Yield the place and the number of each code before or after one of its names: 403 Forbidden."""
    for match in BESIDE.finditer(text):
        number = int(match[1])
        before = compact(text[max(match.start() - MAX_NAME_LENGTH, 0) : match.start()])
        after = compact(text[match.end() : match.end() + MAX_NAME_LENGTH])
        known = tuple(names.get(number, ()))
        if after.startswith(known) or before.endswith(known):
            yield match.start(), number


def extract_codes(text: str) -> list[int]:
    """Return the status codes that the normalised text names, without repeats, in order; [] for none."""
    return read_codes(text).numbers


def read_classes(text: str) -> list[int]:
    """Return the first digits of the classes that the text names or describes by a pattern."""
    digits = ["".join(groups) for groups in CLASS.findall(text)] + AT_LEAST.findall(text)
    return list(dict.fromkeys(int(digit) for each in digits for digit in each if digit.isdigit()))


def _most_specific(place: Place, numbers: list[int]) -> int:
    """Return the one of several numbers of a place that the reader is after: the last answer, the commonest error."""
    if place is Place.STATUS_LINE:
        return next((number for number in reversed(numbers) if number >= 200), numbers[-1])
    if place is Place.ACCESS_LOG and (errors := [number for number in numbers if number >= 400]):
        return Counter(errors).most_common(1)[0][0]
    return numbers[0]


def _bare_numbers(text: str) -> list[int]:
    """Return the bare numbers; in a long text only in lines that are about HTTP."""
    typed = len(text) <= MAX_TYPED_LENGTH and "\n" not in text
    found: dict[int, None] = {}
    for line in text.split("\n"):
        if typed or ABOUT_HTTP.search(line):
            ids = set(PATH_NUMBER.findall(line))
            numbers = BARE_NUMBER.findall(OTHER_NUMBER.sub(" ", ERRNO.sub("(", line)))
            found |= dict.fromkeys(int(number) for number in numbers if number not in ids)
    return list(found)


def _number(first: str, second: str, third: str, hundreds: str, tens: str, ten: str, ones: str) -> int:
    """Return the number of a SPOKEN_NUMBER match: its three digits, or what is before and after 백 and 십."""
    if hundreds:
        first, second, third = hundreds, tens or ("일" if ten else "공"), ones or "공"
    return int("".join(str(DIGITS[digit]) for digit in (first, second, third)))
