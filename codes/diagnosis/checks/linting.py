"""What httplint, the linter of an author of the HTTP specifications, says of fields and caching in general.

Its notes are in English. Those that people meet have sentences of ours in both languages here; the others are shown as
they are and marked as English. What a rule or a check of ours judges is left out.
"""

import re
from collections import deque
from collections.abc import Iterable, Iterator

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy
from httplint import HttpRequestLinter, HttpResponseLinter, Note, levels

from codes.diagnosis.messages.parsed import Fields, Response

from .findings import Finding, Severity, cited

MAX_NOTES = 30
MAX_HEAD = 64_000  # bytes of a header section that are linted
MAX_CONTENT = 64_000  # bytes of a content
# Senders must not generate what does not match the grammar (RFC 9110 section 2.2).
GRAMMAR = {"BAD_SYNTAX", "BAD_SYNTAX_DETAILED", "STRUCTURED_FIELD_PARSE_ERROR", "FIELD_NAME_BAD_SYNTAX"}
REFERRER_POLICIES = set(
    "no-referrer no-referrer-when-downgrade origin origin-when-cross-origin same-origin strict-origin"
    " strict-origin-when-cross-origin unsafe-url".split()
)
VARIABLES = re.compile(r"%\((\w+)\)s")

# Notes about what rules and checks of ours judge, about what every reader of the page sees, and about the linter's
# guesses at what was not pasted.
JUDGED = set(
    "ACAO_MULTIPLE_VALUES AGE_NEGATIVE AGE_NOT_INT BAD_DATE_SYNTAX CC_BAD_VALUE_TYPE CC_CONFLICTING CC_DUP"
    " CC_MISSING_VALUE CL_AND_TE_PRESENT CL_BAD_SYNTAX CL_CORRECT CL_INCORRECT CONTENT_NOT_ALLOWED"
    " CONTENT_RANGE_SATISFIED_IN_416 CONTENT_RANGE_UNSATISFIED_BAD_SC CONTENT_TYPE_MISMATCH CREATED_WITHOUT_LOCATION"
    " DATE_CLOCKLESS DATE_CLOCKLESS_BAD_HDR DATE_OBSOLETE FRESHNESS_HEURISTIC HEADER_SHOULD_NOT_BE_IN_304"
    " LOCATION_BAD_URI"
    " MISSING_USER_AGENT NO_DATE_304 PARTIAL_NOT_REQUESTED PARTIAL_WITHOUT_RANGE RANGE_INVALID"
    " REDIRECT_WITHOUT_LOCATION SET_COOKIE_PREFIX_HOST_BAD_DOMAIN SET_COOKIE_PREFIX_HOST_BAD_PATH"
    " SET_COOKIE_PREFIX_SECURE_MISSING SINGLE_HEADER_REPEAT STATUS_405_METHOD_IN_ALLOW"
    " STATUS_416_WITHOUT_CONTENT_RANGE STATUS_416_WITHOUT_RANGE STATUS_417_WITHOUT_EXPECT STATUS_BAD_REQUEST"
    " STATUS_CODE_NON_NUMERIC STATUS_DEPRECATED STATUS_IM_A_TEAPOT STATUS_NONSTANDARD STATUS_RESERVED"
    " STATUS_URI_TOO_LONG STATUS_VERSION_NOT_SUPPORTED STORE_PRIVATE_PUBLIC_CONFLICT UNEXPECTED_CONTINUE"
    " UPGRADE_NOT_REQUESTED BAD_BROTLI BAD_DEFLATE BAD_GZIP BAD_ZLIB FIELD_NAME_WHITESPACE URI_BAD_SYNTAX"
    " REQUEST_TARGET_FORM STATUS_PHRASE_ENCODING ENCODING_UNWANTED TRANSFER_CODING_UNWANTED LM_FUTURE AGE_PENALTY"
    " STORE_PUBLIC_UNNECESSARY CHARSET_MISMATCH CHARSET_UNDECODABLE CHARSET_IMPLICIT_MISMATCH"
    " SUNSET_PAST DEPRECATION_PAST".split()
)
# Advice that fits some sites and not others, and what may be meant.
OPINIONS = set(
    "CORS_PREFLIGHT_ONLY"
    " CSP_DEPRECATED_REPORT_URI CSP_HTTP_URI CSP_UNSAFE_EVAL CSP_UNSAFE_INLINE CSP_WIDE_OPEN DISPOSITION_OMITS_FILENAME"
    " FIELD_DEPRECATED FRESHNESS_NO_CACHE_NO_VALIDATOR HSTS_MAX_AGE_ZERO HSTS_NO_SUBDOMAINS HSTS_SHORT_MAX_AGE"
    " LOCATION_UNDEFINED PERMISSIONS_POLICY_WILDCARD VARY_ASTERISK VARY_COMPLEX VARY_HOST"
    " VARY_USER_AGENT".split()
)
# Fields of requests that a response may have, too: what the server would take (RFC 9110 sections 12.5.1 and 12.5.3).
# Pragma beside a lifetime is a check of ours; alone, and beside no-store, it does no harm.
OF_BOTH = {"accept", "accept-encoding", "pragma"}
# Deprecated by nobody but the linter: servers send it to HTTP/1.1 clients by default.
USUAL = {"keep-alive"}
# Our sentences for notes that people meet; the names in parentheses are the linter's.
SENTENCES: dict[str, str | Promise] = {
    "ACAC_NOT_TRUE": pgettext_lazy("httplint", "Access-Control-Allow-Credentials has one value only: true."),
    "AGE_LARGE": pgettext_lazy("httplint", "Age is very large: the response has been in a cache for long."),
    "BAD_SYNTAX": pgettext_lazy("httplint", "%(field_name)s does not have the form that its specification gives it."),
    "BAD_SYNTAX_DETAILED": pgettext_lazy(
        "httplint", "%(field_name)s does not have the form that its specification gives it."
    ),
    "CC_MAX_AGE_TOO_LARGE": pgettext_lazy("httplint", "%(directive)s of Cache-Control is larger than caches count."),
    "CC_MISCAP": pgettext_lazy("httplint", "Write %(directive)s of Cache-Control in small letters."),
    "CC_QUOTED_VALUE": pgettext_lazy("httplint", "Write the number of %(directive)s without quotes."),
    "CC_SHOULD_NOT_HAVE_VALUE": pgettext_lazy("httplint", "%(directive)s of Cache-Control takes no value."),
    "CC_WRONG_MESSAGE": pgettext_lazy("httplint", "%(directive)s of Cache-Control means nothing in a response."),
    "CHARSET_UNKNOWN": pgettext_lazy("httplint", "Recipients do not know the character encoding %(charset)s."),
    "CONTENT_RANGE_MEANINGLESS": pgettext_lazy("httplint", "Content-Range means nothing in this response."),
    "CONTENT_TYPE_OPTIONS_UNKNOWN": pgettext_lazy(
        "httplint", "X-Content-Type-Options has one value only: nosniff."
    ),
    "CORS_PREFLIGHT_ONLY": pgettext_lazy(
        "httplint", "Some CORS fields here are read only in the answer to a preflight request."
    ),
    "CREATED_SAFE_METHOD": pgettext_lazy("httplint", "GET and HEAD should not create anything."),
    "CSP_DEPRECATED_REPORT_URI": pgettext_lazy("httplint", "report-uri is deprecated in favour of report-to."),
    "CSP_DUPLICATE_DIRECTIVE": pgettext_lazy("httplint", "A directive occurs twice; browsers take the first."),
    "CSP_HTTP_URI": pgettext_lazy("httplint", "The policy allows to load from http: addresses."),
    "CSP_UNSAFE_EVAL": pgettext_lazy("httplint", "The policy allows eval in scripts."),
    "CSP_UNSAFE_INLINE": pgettext_lazy("httplint", "The policy allows inline scripts, and with them injected ones."),
    "CSP_WIDE_OPEN": pgettext_lazy("httplint", "The policy allows every source for at least one directive."),
    "DISPOSITION_FILENAME_PATH_CHAR": pgettext_lazy("httplint", "The file name of Content-Disposition holds a slash."),
    "DISPOSITION_FILENAME_PERCENT": pgettext_lazy(
        "httplint", "Browsers read a percent sign in filename differently: use filename*."
    ),
    "DISPOSITION_OMITS_FILENAME": pgettext_lazy("httplint", "Content-Disposition names no file."),
    "FIELD_DEPRECATED": pgettext_lazy("httplint", "%(field_name)s is deprecated."),
    "FIELD_NAME_BAD_SYNTAX": pgettext_lazy("httplint", "“%(field_name)s” cannot be the name of a field."),
    "FIELD_SECTION_TOO_LARGE": pgettext_lazy(
        "httplint", "The header section is very large; many servers and proxies take 8 to 16 KB."
    ),
    "FIELD_TOO_LARGE": pgettext_lazy("httplint", "%(field_name)s is very large (%(field_size)s bytes)."),
    "FIELD_VALUE_ENCODING": pgettext_lazy(
        "httplint", "The value of %(field_name)s is not ASCII, and recipients may read other characters."
    ),
    "FRAME_OPTIONS_ALLOW_FROM": pgettext_lazy("httplint", "Browsers ignore ALLOW-FROM: use frame-ancestors of CSP."),
    "FRAME_OPTIONS_UNKNOWN": pgettext_lazy("httplint", "X-Frame-Options has two values only: DENY and SAMEORIGIN."),
    "FRESHNESS_NO_CACHE_NO_VALIDATOR": pgettext_lazy(
        "httplint", "no-cache asks before each use, but there is no ETag or Last-Modified to ask with."
    ),
    "HSTS_BAD_MAX_AGE": pgettext_lazy("httplint", "max-age of Strict-Transport-Security is not a number."),
    "HSTS_INVALID": pgettext_lazy("httplint", "Browsers ignore this Strict-Transport-Security."),
    "HSTS_MAX_AGE_ZERO": pgettext_lazy("httplint", "max-age=0 switches Strict-Transport-Security off."),
    "HSTS_NO_MAX_AGE": pgettext_lazy("httplint", "Strict-Transport-Security does nothing without max-age."),
    "HSTS_NO_SUBDOMAINS": pgettext_lazy("httplint", "Strict-Transport-Security leaves out subdomains."),
    "HSTS_OVER_HTTP": pgettext_lazy("httplint", "Browsers ignore Strict-Transport-Security over plain HTTP."),
    "HSTS_PRELOAD_NOT_SUITABLE": pgettext_lazy(
        "httplint", "preload needs includeSubDomains and a max-age of a year or more."
    ),
    "HSTS_SHORT_MAX_AGE": pgettext_lazy("httplint", "max-age of Strict-Transport-Security is shorter than a year."),
    "LOCATION_UNDEFINED": pgettext_lazy("httplint", "Location has no meaning with this status code."),
    "PARAM_REPEATS": pgettext_lazy("httplint", "The parameter %(param)s of %(field_name)s occurs twice."),
    "PARAM_SINGLE_QUOTED": pgettext_lazy(
        "httplint", "The parameter %(param)s of %(field_name)s is in single quotes, which mean nothing there."
    ),
    "PRAGMA_OTHER": pgettext_lazy("httplint", "Pragma means nothing in a response."),
    "REFERRER_POLICY_UNKNOWN": pgettext_lazy("httplint", "Browsers do not know the Referrer-Policy %(policy)s."),
    "REFERRER_POLICY_UNSAFE": pgettext_lazy(
        "httplint", "This Referrer-Policy gives full addresses to other sites."
    ),
    "REQUEST_HDR_IN_RESPONSE": pgettext_lazy("httplint", "%(field_name)s belongs to requests."),
    "SET_COOKIE_ATTRIBUTE_DUP": pgettext_lazy(
        "httplint", "The cookie %(cookie_name)s has %(attribute)s twice; browsers take the last."
    ),
    "SET_COOKIE_BAD_DATE": pgettext_lazy("httplint", "Expires of the cookie %(cookie_name)s is not a date."),
    "SET_COOKIE_LIFETIME_TOO_LONG": pgettext_lazy(
        "httplint", "Browsers shorten the lifetime of the cookie %(cookie_name)s to 400 days."
    ),
    "SET_COOKIE_NAME_DUP": pgettext_lazy("httplint", "One cookie is set twice."),
    "SET_COOKIE_NON_DIGIT_MAX_AGE": pgettext_lazy("httplint", "Max-Age of the cookie %(cookie_name)s is not a number."),
    "SET_COOKIE_NOT_SECURE": pgettext_lazy(
        "httplint", "The cookie %(cookie_name)s lacks Secure, so it travels over plain HTTP too."
    ),
    "SET_COOKIE_NO_NAME": pgettext_lazy("httplint", "A cookie has no name."),
    "SET_COOKIE_PARTITIONED_NO_SECURE": pgettext_lazy(
        "httplint", "The cookie %(cookie_name)s has Partitioned, which needs Secure."
    ),
    "SET_COOKIE_TOO_LARGE": pgettext_lazy("httplint", "The cookie %(cookie_name)s is larger than browsers store."),
    "SET_COOKIE_UNKNOWN_ATTRIBUTE": pgettext_lazy(
        "httplint", "Browsers do not know the attribute %(attribute)s of the cookie %(cookie_name)s."
    ),
    "SET_COOKIE_UNKNOWN_ATTRIBUTE_VALUE": pgettext_lazy(
        "httplint", "Browsers do not know this value of %(attribute_name)s of the cookie %(cookie_name)s."
    ),
    "STATUS_406_WITHOUT_NEGOTIATION": pgettext_lazy("httplint", "The request asked for no particular form."),
    "STATUS_412_WITHOUT_PRECONDITION": pgettext_lazy("httplint", "The request had no precondition (If-…)."),
    "STRUCTURED_FIELD_PARSE_ERROR": pgettext_lazy("httplint", "%(field_name)s is no valid structured field."),
    "VARY_ASTERISK": pgettext_lazy("httplint", "Vary: * keeps the response out of every cache."),
    "VARY_COMPLEX": pgettext_lazy("httplint", "Vary names so many fields that caches rarely find a stored response."),
    "VARY_DUPLICATE": pgettext_lazy("httplint", "Vary names a field twice."),
    "VARY_HOST": pgettext_lazy("httplint", "Vary need not name Host: it is part of the address."),
    "VARY_USER_AGENT": pgettext_lazy(
        "httplint", "Vary: User-Agent makes caches store a copy for almost every browser."
    ),
}  # fmt: skip


def lint(response: Response, found: Iterable[Finding]) -> list[Finding]:
    """Return the linter's warnings about a response, without those about what was found already."""
    about = {each.field.lower() for each in found if each.severity != Severity.PASSED}
    notes: dict[str, Finding] = {}
    seen: set[tuple[str, ...]] = set()
    for note in _notes(_linted(response)):
        name = type(note).__name__
        subject = str(note.subject).partition(" ")[0]
        said = (name, subject, *(str(value)[:100] for value in note.vars.values()))
        if said in seen:  # thousands of times for a list of empty members
            continue
        seen.add(said)
        named = subject.removeprefix("field-") if subject.startswith("field-") else note.vars.get("field_name", "")
        field = str(named or "").lower()
        if note.level not in (levels.WARN, levels.BAD) or name in JUDGED:
            continue
        if name == "REQUEST_HDR_IN_RESPONSE" and field in OF_BOTH:
            continue
        if _is_idle(name, field, response):
            continue
        if name.startswith(("BAD_SYNTAX", "STRUCTURED")) and field in about:
            continue
        place = _spelt(field, response.fields) or ("status" if subject.startswith("status") else "")
        finding = _finding(note, name, place)
        notes.setdefault(finding.title, finding)
        if len(notes) == MAX_NOTES:
            break
    return list(notes.values())


def _is_idle(name: str, field: str, response: Response) -> bool:
    """Return whether a note says what no reviewer would: the response is right, and the other way is no better."""
    value = (response.fields.get(field) or "").lower()
    if name == "FIELD_DEPRECATED":
        return field in USUAL
    if name == "CORS_PREFLIGHT_ONLY":  # whose request was not pasted
        return not response.method and not response.content
    if name == "HSTS_NO_SUBDOMAINS":
        return re.search(r'max-age="?0+"?(?![0-9])', value) is not None
    if name == "FRESHNESS_NO_CACHE_NO_VALIDATOR":
        is_stream = (response.fields.get("Content-Type") or "").lower().startswith("text/event-stream")
        return is_stream or "no-cache=" in (response.fields.get("Cache-Control") or "").lower()
    if name.startswith("REFERRER_POLICY_") and "," in value:
        # A list is for browsers that do not know its last member.
        return all(each.strip() in REFERRER_POLICIES for each in value.split(","))
    return False


def _linted(response: Response) -> HttpResponseLinter:
    linter = HttpResponseLinter(no_content=response.content is None or response.is_framed)
    request = response.request
    linter.base_uri = (request.address if request else "") or "https://example.com/"
    if request and request.has_fields and request.method:
        asked = HttpRequestLinter()
        asked.process_request_topline(request.method.encode("ascii", "replace"), b"/", b"1.1")
        asked.process_headers(_encoded(request.fields))
        asked.finish_content(True)
        linter.request = asked
    elif response.method == "HEAD":
        linter.is_head_response = True
    version = response.version if "." in response.version else "1.1"
    linter.process_response_topline(version.encode(), response.code.encode("ascii", "replace") or b"200")
    linter.process_headers(_encoded(response.fields))
    if response.content and "Content-Encoding" not in response.fields:
        linter.feed_content(response.content.encode("utf-8", "replace")[:MAX_CONTENT])
    linter.finish_content(True)
    return linter


def _encoded(fields: Fields) -> list[tuple[bytes, bytes]]:
    """Return the fields as the linter takes them, up to its limit."""
    encoded, size = [], 0
    for each in fields:
        pair = each.name.encode("ascii", "replace"), each.value.encode("utf-8", "replace")
        size += sum(map(len, pair))
        if size > MAX_HEAD:
            break
        encoded.append(pair)
    return encoded


def _notes(linter: HttpResponseLinter) -> Iterator[Note]:
    waiting = deque(linter.notes)
    while waiting:
        note = waiting.popleft()
        yield note
        waiting.extendleft(reversed(note.subnotes))


def _finding(note: Note, name: str, field: str) -> Finding:
    variables = {key: str(value)[:100] for key, value in note.vars.items()}
    severity, sources = (Severity.BROKEN, cited("RFC 9110 §2.2")) if name in GRAMMAR else (Severity.ADVISED, cited())
    severity = Severity.UNSURE if name in OPINIONS else severity
    if sentence := SENTENCES.get(name):
        text = str(sentence)
        if set(VARIABLES.findall(text)) <= variables.keys():
            return Finding(severity, name, text % variables, field=field, sources=sources)
    return Finding(severity, name, str(note.summary)[:300], field=field, sources=sources, lang="en")


def _spelt(name: str, fields: Fields) -> str:
    """Return the name of a field as the message spells it."""
    return next((each.name for each in fields if each.name.lower() == name), "")
