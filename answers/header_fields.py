"""The header fields that come with a code: the catalogue's rules say which, and this module has their values."""

from collections.abc import Callable

from .catalogue import Code, Rule
from .conditional_requests import entity_tag
from .requests import Request

RETRY_AFTER = 5  # seconds
METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"

# Of every answer, refusals included. no-store, because a cached 301 or 404 would outlive its purpose.
COMMON = [
    ("Cache-Control", "no-store"),
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Expose-Headers", "*"),
    ("Timing-Allow-Origin", "*"),
    ("Cross-Origin-Resource-Policy", "cross-origin"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Robots-Tag", "noindex"),
]
PREFLIGHT = [
    ("Access-Control-Allow-Methods", "*"),
    # The asterisk does not stand for Authorization.
    ("Access-Control-Allow-Headers", "*, Authorization"),
    ("Access-Control-Max-Age", "86400"),
]


def _accept(request: Request, _code: Code, _rule: Rule) -> str | None:
    """Return a media type unless the request's content has a coding, which is refused first."""
    return None if request.field("Content-Encoding") else "application/json"


def _accept_encoding(request: Request, _code: Code, _rule: Rule) -> str | None:
    return "identity" if request.field("Content-Encoding") else None


def _accept_patch(request: Request, _code: Code, _rule: Rule) -> str | None:
    return "application/merge-patch+json" if request.method in ("PATCH", "OPTIONS") else None


def _allow(request: Request, code: Code, rule: Rule) -> str | None:
    """Return methods other than the one that a 405 refuses; for a successful OPTIONS, all."""
    if rule in code.rules:
        return "POST" if request.is_read else "GET, HEAD"
    return METHODS if request.method == "OPTIONS" else None


def _connection(request: Request, code: Code, _rule: Rule) -> str | None:
    if not request.keeps_connection_fields:
        return None
    return "Upgrade" if "Upgrade" in code.demanded else "close"


def _etag(request: Request, code: Code, _rule: Rule) -> str | None:
    """Return an entity tag where the answer is about a condition or a range: only that has a state to name."""
    return entity_tag(code, request.sends_json) if code.answers_a_field else None


def _link(request: Request, _code: Code, rule: Rule) -> str | None:
    if "alternate" in rule.note:
        text, json = (f"{request.prefix}/200{suffix}" for suffix in (".txt", ".json"))
        return f'<{text}>; rel="alternate"; type="text/plain", <{json}>; rel="alternate"; type="application/json"'
    return f'<{request.prefix or "/"}>; rel="blocked-by"'


def _always(value: str) -> Callable[[Request, Code, Rule], str | None]:
    return lambda _request, _code, _rule: value


# The value of a field for a request, a code and the rule that asks for the field; None where its condition is not met.
VALUES: dict[str, Callable[[Request, Code, Rule], str | None]] = {
    "Accept": _accept,
    "Accept-Encoding": _accept_encoding,
    "Accept-Patch": _accept_patch,
    "Accept-Ranges": _always("bytes"),
    "Allow": _allow,
    "Connection": _connection,
    "ETag": _etag,
    "IM": _always("gzip"),
    "Link": _link,
    "Location": lambda request, _code, _rule: f"{request.prefix}/200",
    "Proxy-Authenticate": _always('Bearer realm="answers"'),
    "Retry-After": _always(str(RETRY_AFTER)),
    "Upgrade": _always("websocket"),
    "WWW-Authenticate": _always('Bearer realm="answers"'),
}
# Those whose value depends on other fields of the request than Accept.
READ_OTHER_FIELDS = {"Accept", "Accept-Encoding"}
# Fields that a rule asks for and that no function above makes, each with the reason.
NOT_SENT = {
    "Accept-Query": "may come with a 400 or 415 to QUERY, of which nothing is read here",
    "Content-Length": "the length of the content is the server's business",
    "Content-Location": "no answer has another address than its own",
    "Date": "sent by the server, with every answer",
    "Delta-Base": "a 226 is compressed here, and no delta",
    "Expires": "no answer may be stored",
    "Last-Modified": "no answer has a date of its own",
    "Lock-Token": "nothing is locked, so that no lock has a token",
    "Proxy-Status": "for intermediaries, which this server is not",
    "Sec-WebSocket-Version": "a version of WebSocket is never the reason",
    "Transfer-Encoding": "all content has a known length",
    "Upload-Complete": "nothing is uploaded",
    "Upload-Limit": "nothing is uploaded",
    "Upload-Offset": "nothing is uploaded",
}
# Made together with the content, in responses.py, or the same in every answer.
WITH_CONTENT = {"Cache-Control", "Content-Range", "Content-Type", "Vary"}


def own_fields(request: Request, code: Code) -> list[tuple[str, str]]:
    """Return the fields that come with a code in an answer to a request."""
    found = []
    for name, rule in code.demanded.items():
        if name in VALUES and (value := VALUES[name](request, code, rule)) is not None:
            found.append((name, value))
    return found


def depends_on_fields(code: Code) -> bool:
    """Return whether an answer with a code depends on other fields of the request than Accept."""
    return code.answers_a_field or not READ_OTHER_FIELDS.isdisjoint(code.demanded)
