"""Values that nobody else should see, replaced before a text is sent or shared.

`mask_secrets` takes out what opens a door: static/js/masking.js does the same in the browser before a response is sent
to be checked, by the same patterns, and the tests run one set of cases through both. `mask_private` also takes out what
points to people and machines. The patterns repeat nothing without a bound that they could begin with again.
"""

import re

MASK = "masked"  # a token in every syntax, so that what is checked later still has its form
# What is masked in addresses and contents keeps its length: Content-Length still fits.
FILLER = "x"

# A field begins where no other name goes on, or after a line end as Python prints it, or in a terminal's colour. In
# quotes it ends with them: QUOTED.
COLOUR = r"\x1b\[[0-9;]{0,20}m"
BEGINS = rf"(?:(?<![0-9A-Za-z_'\"`-])|(?<=\\n)|{COLOUR})"
QUOTE = r"([\"'`])"
COLON = rf"(?:{COLOUR}){{0,3}}[ \t]*:(?:{COLOUR}){{0,3}}[ \t]*(?:\r?\n[ \t]*)?"
# The rest of a line and the lines in which it goes on, indented or counted by curl --trace-ascii.
VALUE = r"((?:(?!\\r\\n)[^\r\n])+(?:\r?\n(?:[ \t]+|[0-9a-f]{4,8}: (?![!-9;-~]{1,60}: ))[^\r\n]+)*)"
QUOTED = r"((?:\\.|(?!\2)[^\\\r\n])+)"
AUTHORIZATION = (
    r"(?:proxy-)?authorization{COLON}(?:(?:basic|bearer|digest|negotiate|token|apikey|hmac|aws4-hmac-sha256)[ \t]+)?"
).replace("{COLON}", COLON)
KEY_WORDS = r"(?:token|secret|passwd|password|api[_-]?key|access[_-]?key|subscription-key|functions-key|session-?id)"
# A name of several words, or one of a single word where a line begins.
KEY = (
    rf"(?:[0-9a-z]{{1,40}}[_-](?:[0-9a-z_-]{{0,60}}[_-])?{KEY_WORDS}|api[_-]?key|auth-?token|access-?token|session-?id"
    r"|x-auth|dpop)"
)
FLAGS = re.IGNORECASE | re.MULTILINE
# What opens a door: the value after an authentication scheme, if there is one, or all of it.
CREDENTIALS = [
    re.compile(rf"({QUOTE}(?:{AUTHORIZATION})){QUOTED}", FLAGS),
    re.compile(rf"({BEGINS}{AUTHORIZATION})()(?!masked){VALUE}", FLAGS),
    re.compile(rf"({QUOTE}{KEY}{COLON}){QUOTED}", FLAGS),
    re.compile(rf"((?:{BEGINS}{KEY}|^[<> \t]{{0,4}}(?:token|secret|password)){COLON})()(?!masked){VALUE}", FLAGS),
    re.compile(r"((?:^|[ \t])--(?:oauth2-bearer|pass|proxy-pass)[ \t=]+)()([^ \t\r\n]+)", FLAGS),
]
COOKIES = [
    re.compile(rf"({QUOTE}cookie{COLON}){QUOTED}", FLAGS),
    re.compile(rf"({BEGINS}cookie{COLON})(){VALUE}", FLAGS),
    re.compile(r"((?:^|[ \t])(?:-b[ \t]*|--cookie[ \t=]+)([\"']))((?:(?!\2)[^\r\n])*=(?:(?!\2)[^\r\n])*)", FLAGS),
    re.compile(r"((?:^|[ \t])(?:-b[ \t]*|--cookie[ \t=]+))()([^ \t\r\n'\"=]+=[^ \t\r\n'\"]*)", FLAGS),
]
SET_COOKIE = re.compile(rf"({BEGINS}set-cookie2?{COLON})(){VALUE}", FLAGS)
COOKIE = re.compile(r"([^;=]*=)?[^;]+")
COOKIE_BEHIND_COMMA = re.compile(r"(,[ \t]*[^ \t=;,]{1,200}=)[^;,\r\n]+")
# Query values and members of JSON whose names say what they are.
SURE = (
    r"access_?token|refresh_?token|id_?token|auth_?token|token|client_?secret|secret|password|passwd|pwd|api_?key"
    r"|session_?id|jwt|otp|assertion|private_?key"
)
TELLING = (
    rf"{SURE}|code|key|servicekey|sid|session|signature|sig|saml(?:request|response)|ticket|jsessionid|phpsessid"
    r"|x-amz-(?:signature|credential|security-token)|x-goog-(?:signature|credential)|awsaccesskeyid"
)
MEMBER = rf"(?:{SURE}|authorization|cookie)"
IN_ADDRESS = re.compile(rf"([?&;#](?:{TELLING})=)([^\s&;#'\"<>]+)", re.IGNORECASE)
IN_INNER_ADDRESS = re.compile(rf"((?:%3F|%26)(?:{TELLING})%3D)([^\s&;#'\"<>%]+)", re.IGNORECASE)
IN_FORM = re.compile(rf"((?:^|[ \t'\"])(?:{SURE})=)([^\s&;#'\"<>]+)", FLAGS)
IN_JSON = [
    re.compile(rf"(\"{MEMBER}\"\s{{0,9}}:\s{{0,9}}\")((?:[^\"\\\r\n]|\\.)+)", re.IGNORECASE),
    re.compile(rf"('{MEMBER}'\s{{0,9}}:\s{{0,9}}')((?:[^'\\\r\n]|\\.)+)", re.IGNORECASE),
    re.compile(rf"(\\\"{MEMBER}\\\"\s{{0,9}}:\s{{0,9}}\\\")([^\"\\\r\n]+)", re.IGNORECASE),
]
USER_INFO = [
    re.compile(r"(\b[a-z][a-z0-9+.-]{1,15}://[^\s/?#@:'\"<>]{0,100}:)([^\s/?#'\"<>]{1,200})(?=@)", re.IGNORECASE),
    re.compile(r"(\b[a-z][a-z0-9+.-]{1,15}://)([^\s/?#@:'\"<>]{1,200})(?=@)", re.IGNORECASE),
    re.compile(r"((?:^|[ \t])(?:-u[ \t]*|--(?:proxy-)?user[ \t=]+)['\"]?[^\s:'\"]{0,100}:)([^\s'\"]+)", FLAGS),
]
JWT = re.compile(r"()(?<![\w-])(eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*)")
# https://github.blog/changelog/2021-03-31-authentication-token-format-updates-are-generally-available
GITHUB_TOKEN = re.compile(r"()(?<![\w-])((?:gh[oprsu]|github_pat)_[0-9A-Za-z_]{30,255})")
KEPT_LENGTH = [IN_ADDRESS, IN_INNER_ADDRESS, IN_FORM, *IN_JSON, *USER_INFO, JWT, GITHUB_TOKEN]

# What points to people and machines.
MAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
IPV4 = re.compile(r"(?<![\w.])(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?!\.?\w)")
# Not a time of day: eight groups, or :: instead of some.
IPV6 = re.compile(
    r"(?<![\w:.])(?=[0-9a-f:]*::|(?:[0-9a-f]{1,4}:){7})(?:[0-9a-f]{0,4}:){2,8}[0-9a-f]{0,4}(?![\w:])", re.IGNORECASE
)
# A part of a path that nobody can guess opens a door as a password does: a link that resets one, or invites.
WITH_DIGIT, WITH_LETTER = r"(?=[A-Za-z_-]{0,200}[0-9])", r"(?=[0-9_-]{0,200}[A-Za-z])"
PATH_SECRET = re.compile(
    r"(?<=/)(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-fA-F]{16,200}"
    rf"|{WITH_DIGIT}{WITH_LETTER}[0-9a-z]{{20,200}}"
    rf"|{WITH_DIGIT}(?=[0-9A-Z_-]{{0,200}}[a-z])(?=[0-9a-z_-]{{0,200}}[A-Z])[0-9A-Za-z_-]{{16,200}}={{0,2}})"
    r"(?![0-9A-Za-z_=-])"
)
QUERY = re.compile(r"([?&][^\s=&#'\"<>]{1,100}=)[^\s&#'\"<>]+")
LOOPBACK = {"127.0.0.1", "0.0.0.0", "::1"}  # noqa: S104 - an address in a text


def mask_secrets(text: str) -> str:
    """Return the text without credentials, cookies and tokens. Attributes of cookies stay."""
    for pattern in CREDENTIALS:
        text = pattern.sub(rf"\g<1>{MASK}", text)
    for pattern in COOKIES:
        text = pattern.sub(lambda found: found[1] + _cookies(found[3]), text)
    text = SET_COOKIE.sub(_set_cookie, text)
    for pattern in KEPT_LENGTH:
        text = pattern.sub(_filled, text)
    return text


def mask_private(text: str) -> str:
    """Return the text also without mail and IP addresses, the values of queries, and what a path has of secrets."""
    text = PATH_SECRET.sub("…", QUERY.sub(r"\1…", mask_secrets(text)))
    text = MAIL.sub("…@…", text)
    return IPV6.sub(_address, IPV4.sub(_address, text))


def _cookies(pairs: str) -> str:
    return COOKIE.sub(lambda found: f"{found[1] or ''}{MASK}", pairs)


def _set_cookie(found: re.Match[str]) -> str:
    """Return the field with its attributes; several cookies may have been joined with commas."""
    pair, semicolon, attributes = found[3].partition(";")
    return found[1] + _cookies(pair) + semicolon + COOKIE_BEHIND_COMMA.sub(rf"\g<1>{MASK}", attributes)


def _filled(found: re.Match[str]) -> str:
    return found[1] + FILLER * len(found[2])


def _address(found: re.Match[str]) -> str:
    """Return an IP address masked; those that are the same on every machine tell nothing."""
    return found[0] if found[0] in LOOPBACK else "…"
