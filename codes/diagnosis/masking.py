"""Values that nobody else should see, replaced before a text is sent or shared.

`mask_secrets` takes out what opens a door: static/js/masking.js does the same in the browser before a response is sent
to be checked, by the same patterns, and the tests run one set of cases through both. `mask_private` also takes out what
points to people and machines. The patterns repeat nothing without a bound that they could begin with again.
"""

import re

MASK = "masked"  # a token in every syntax, so that what is checked later still has its form
# What is masked in addresses and contents keeps its length: Content-Length still fits.
FILLER = "x"

# Fields that open a door: the value after an authentication scheme, if there is one, or all of it.
CREDENTIALS = re.compile(
    r"((?:^|[\s'\"<>*])(?:proxy-)?authorization[ \t]*:[ \t]*(?:(?:basic|bearer|digest|negotiate|token|apikey|hmac"
    r"|aws4-hmac-sha256)[ \t]+)?)([^\r\n'\"]+)",
    re.IGNORECASE | re.MULTILINE,
)
KEYS = re.compile(
    r"((?:^|[\s'\"<>*])(?:x-)?(?:api-?key|auth-?token|access-?token|csrf-?token|xsrf-?token|amz-security-token"
    r"|vault-token|goog-api-key|functions-key|session-?id|secret)[ \t]*:[ \t]*)([^\r\n'\"]+)",
    re.IGNORECASE | re.MULTILINE,
)
COOKIES = re.compile(r"((?:^|[\s'\"<>*])cookie[ \t]*:[ \t]*)([^\r\n'\"]+)", re.IGNORECASE | re.MULTILINE)
COOKIE_VALUE = re.compile(r"=[^;]*")
SET_COOKIE = re.compile(
    r"((?:^|[\s<>*])set-cookie[ \t]*:[ \t]*[^\r\n=;]{0,200}=)([^\r\n;]*)", re.IGNORECASE | re.MULTILINE
)
# Query values and members of JSON whose names say what they are.
TELLING = (
    r"access_?token|refresh_?token|id_?token|auth_?token|token|code|client_?secret|secret|password|passwd|pwd|api_?key"
    r"|apikey|key|servicekey|session_?id|sid|session|signature|sig|jwt|otp|assertion|saml(?:request|response)|ticket"
    r"|x-amz-(?:signature|credential|security-token)|x-goog-(?:signature|credential)|awsaccesskeyid"
)
IN_ADDRESS = re.compile(rf"([?&;#](?:{TELLING})=)([^\s&;#'\"<>]+)", re.IGNORECASE)
IN_JSON = re.compile(
    r"(\"(?:access_?token|refresh_?token|id_?token|client_?secret|password|secret|api_?key|jwt)\"\s{0,9}:\s{0,9}\")"
    r"([^\"\\]+)",
    re.IGNORECASE,
)
USER_INFO = re.compile(r"(\b[a-z][a-z0-9+.-]{1,15}://[^\s/@:'\"<>]{0,100}:)([^\s/@'\"<>]{1,200})(?=@)", re.IGNORECASE)
JWT = re.compile(r"()(?<![\w-])(eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*)")

# What points to people and machines.
MAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
IPV4 = re.compile(r"(?<![\w.])(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?!\.?\w)")
# Not a time of day: eight groups, or :: instead of some.
IPV6 = re.compile(
    r"(?<![\w:.])(?=[0-9a-f:]*::|(?:[0-9a-f]{1,4}:){7})(?:[0-9a-f]{0,4}:){2,8}[0-9a-f]{0,4}(?![\w:])", re.IGNORECASE
)
QUERY = re.compile(r"([?&][^\s=&#'\"<>]{1,100}=)[^\s&#'\"<>]+")
LOOPBACK = {"127.0.0.1", "0.0.0.0", "::1"}  # noqa: S104 - an address in a text


def mask_secrets(text: str) -> str:
    """Return the text without credentials, cookies and tokens. Attributes of cookies stay."""
    text = CREDENTIALS.sub(rf"\g<1>{MASK}", text)
    text = KEYS.sub(rf"\g<1>{MASK}", text)
    text = COOKIES.sub(lambda found: found[1] + COOKIE_VALUE.sub(f"={MASK}", found[2]), text)
    text = SET_COOKIE.sub(rf"\g<1>{MASK}", text)
    for pattern in (IN_ADDRESS, IN_JSON, USER_INFO, JWT):
        text = pattern.sub(_filled, text)
    return text


def mask_private(text: str) -> str:
    """Return the text also without mail and IP addresses and the values of queries."""
    text = QUERY.sub(r"\1…", mask_secrets(text))
    text = MAIL.sub("…@…", text)
    return IPV6.sub(_address, IPV4.sub(_address, text))


def _filled(found: re.Match[str]) -> str:
    return found[1] + FILLER * len(found[2])


def _address(found: re.Match[str]) -> str:
    """Return an IP address masked; those that are the same on every machine tell nothing."""
    return found[0] if found[0] in LOOPBACK else "…"
