"""A response against the catalogue's rules: those of its code, of its class and of every response.

The rows say what must, should and must not be there, and under which condition. A condition is a phrase, and this
module knows how to tell from a message whether it holds: CONDITIONS has the English phrase of each that can be told.
What a row demands of a value is in DEMANDS, in the same way. A phrase that is in neither is for people to judge.
"""

import re
from collections.abc import Callable, Iterable

from django.utils.translation import gettext as _

from codes.diagnosis.messages.parsed import Response
from codes.models import (
    CategoryRule,
    CheckNeeds,
    GeneralRule,
    Level,
    Message,
    ResponseRule,
    RuleBase,
    StatusCode,
    Topic,
)
from codes.models.rules import Basis

from .dates import moment
from .findings import Finding, Severity, shown

Test = Callable[[Response], bool | None]  # None: it cannot be told
FORBIDDEN = (Level.MUST_NOT, Level.SHOULD_NOT)
BINDING = (Level.MUST, Level.MUST_NOT)
HOP_BY_HOP = ("Upgrade", "Keep-Alive")
OF_CONNECTION = ("Connection", "Keep-Alive", "Proxy-Connection", "Transfer-Encoding", "Upgrade")
OF_REPRESENTATION = ("Content-Type", "Content-Encoding", "Content-Language", "Content-Range")
RANGED = ("GET", "QUERY")
WEBSOCKET_VERSION = "13"
PRECONDITIONS = ("If-Match", "If-Unmodified-Since")
NEGOTIATING = ("Accept-Language", "Accept-Encoding", "Accept-Charset")
# A client that is told to wait needs to know how long, so the absence of an optional field is worth a word.
WANTED = {"Retry-After"}


def tokens(value: str | None) -> list[str]:
    """Return the members of a list in lower case."""
    return [each.strip().lower() for each in (value or "").split(",") if each.strip()]


def _method_is(*methods: str) -> Test:
    return lambda response: response.method in methods if response.method else None


def _has(name: str) -> Test:
    return lambda response: name in response.fields


def _not(answer: bool | None) -> bool | None:
    return None if answer is None else not answer


def _is_preflight(response: Response) -> bool:
    request = response.request
    asks = request is not None and "Access-Control-Request-Method" in request.fields
    return asks or "Access-Control-Allow-Methods" in response.fields


def _is_multipart(response: Response) -> bool:
    return (response.fields.get("Content-Type") or "").lower().startswith("multipart/byteranges")


def _requested(name: str) -> Test:
    """Return a test of whether the request has a field, which only a request with its fields can tell."""

    def test(response: Response) -> bool | None:
        request = response.request
        if not request:
            return None
        if name in request.fields:
            return True
        return False if request.has_fields else None

    return test


def _is_http_1_1(response: Response) -> bool | None:
    return response.version == "1.1" if response.version else None


def _is_old_request(response: Response) -> bool | None:
    request = response.request
    if response.version == "1.0":  # so nobody asked in a newer version, or the sender knows none
        return True
    return request.version == "1.0" if request and request.version else None


def _names_hop_fields(response: Response) -> bool | None:
    if response.version == "1.0" or response.version in ("2", "3"):
        return False
    return any(name in response.fields for name in HOP_BY_HOP)


def _is_websocket(response: Response) -> bool:
    return "websocket" in tokens(response.fields.get("Upgrade"))


def _asks_bytes(response: Response) -> bool | None:
    request = response.request
    if not request or not request.has_fields:
        return True
    return (request.fields.get("Range") or "bytes=").lower().startswith("bytes")


def _reads(response: Response) -> bool | None:
    """Return whether the request is one for a representation, of which ranges are parts."""
    return response.method in RANGED if response.method else None


def _all(*tests: Test) -> Test:
    """Return a test of whether all hold; None if that cannot be told."""

    def test(response: Response) -> bool | None:
        answers = [each(response) for each in tests]
        return False if False in answers else None if None in answers else True

    return test


def _is_early(response: Response) -> bool | None:
    """Return False for a request that says to have been sent early. Whether another was is not in its text."""
    return False if response.request and "Early-Data" in response.request.fields else None


def _is_other_websocket(response: Response) -> bool | None:
    version = response.request.fields.get("Sec-WebSocket-Version") if response.request else None
    return version.strip() != WEBSOCKET_VERSION if version else None


def _has_preconditions(response: Response) -> bool | None:
    request = response.request
    return any(name in request.fields for name in PRECONDITIONS) if request and request.has_fields else None


def _negotiates(response: Response) -> bool | None:
    request = response.request
    if not request or not request.has_fields:
        return None
    accepted = {each.partition(";")[0].strip() for each in tokens(request.fields.get("Accept"))}
    return bool(accepted - {"*/*"}) or any(name in request.fields for name in NEGOTIATING)


def _patches(response: Response) -> bool | None:
    return "patch" in tokens(response.fields.get("Allow"))


def _is_xml(response: Response) -> bool:
    return (response.content or "").lstrip().startswith("<?xml")


def _is_upload(response: Response) -> bool:
    request = response.request
    return bool(request) and "Upload-Offset" in request.fields  # type: ignore[union-attr]


# The conditions of rules, by their English phrase.
CONDITIONS: dict[str, Test] = {
    "": lambda response: True,
    "if the origin server has a clock": lambda response: True,
    "in HTTP/1.1": _is_http_1_1,
    "in HTTP/1.1, when the server closes the connection": _is_http_1_1,
    "in HTTP/1.1, when Upgrade or another field for this connection only is sent": _names_hop_fields,
    "from an origin server with a clock": _has("Date"),
    "together with Transfer-Encoding": _has("Transfer-Encoding"),
    "if the request had a version below HTTP/1.1": _is_old_request,
    "in HTTP/2; likewise Keep-Alive, Proxy-Connection, Transfer-Encoding and Upgrade": (
        lambda response: response.version in ("2", "3") if response.version else None
    ),
    "in a response to HEAD": _method_is("HEAD"),
    "when there is content and the sender knows its type": lambda response: bool(response.content),
    "when must-understand is present": (
        lambda response: "must-understand" in tokens(response.fields.get("Cache-Control"))
    ),
    "in a response to CONNECT": _method_is("CONNECT"),
    # A preflight request asks for the CORS fields only.
    "in a response to OPTIONS": _all(_method_is("OPTIONS"), lambda response: not _is_preflight(response)),
    "in a response to OPTIONS where PATCH is supported": (
        lambda response: _patches(response) if response.method == "OPTIONS" else False
    ),
    "except in a response to HEAD": lambda response: response.method != "HEAD",
    "when switching to WebSocket": _is_websocket,
    "except in a response to CONNECT, or where the length is given as zero": lambda response: False,
    "after a POST": _method_is("POST"),
    "when a single part is sent": lambda response: not _is_multipart(response),
    "when several parts are sent": lambda response: (
        (response.content or "").startswith("--") and "Content-Range" not in response.fields
    ),
    "in the header section, when several parts are sent": _is_multipart,
    "if the request asked for one range": (
        lambda response: (
            "," not in (response.request.fields.get("Range") or "") and "Range" in response.request.fields
            if response.request
            else None
        )
    ),
    "with XML content": _is_xml,
    "unless they help to update a cache": lambda response: True,
    "in a resumable upload with a wrong offset": _is_upload,
    "if the format of a PATCH document is the cause": _method_is("PATCH"),
    "for byte-range requests": _asks_bytes,
    "for a request that neither came in early data nor had Early-Data: 1": _is_early,
    "only when the WebSocket version is the reason": _is_other_websocket,
    "in a delta response": lambda response: True,
    "in a delta response, if If-None-Match had several values": (
        lambda response: "," in (response.request.fields.get("If-None-Match") or "") if response.request else None
    ),
}
# Conditions that the message does not tell, and that hold of most such responses: worth a question.
LIKELY = {"after a POST", "for a request that neither came in early data nor had Early-Data: 1"}


def _connection_names(response: Response) -> str:
    named = tokens(response.fields.get("Connection"))
    missing = [name for name in HOP_BY_HOP if name in response.fields and name.lower() not in named]
    return ", ".join(missing)


def _is_late(response: Response) -> bool:
    made, changed = moment(response.fields.get("Date")), moment(response.fields.get("Last-Modified"))
    return bool(made and changed and changed > made)


def _is_no_length(response: Response) -> bool:
    values = set(response.fields.all("Content-Length"))
    return len(values) > 1 or not all(re.fullmatch("[0-9]+", value) for value in values)


def _differs(response: Response, name: str) -> bool | None:
    """Return whether a HEAD says something else than the GET in the same text, if both are of the same state."""
    twin = response.twin
    if not twin or name not in response.fields or name not in twin.fields:
        return None
    is_same = all(response.fields.get(each) == twin.fields.get(each) for each in ("ETag", "Content-Encoding"))
    return is_same and response.fields.get(name) != twin.fields.get(name)


def _offers(response: Response) -> bool | None:
    request = response.request
    if not request or not request.has_fields or "Upgrade" not in response.fields:
        return None
    offered = {each.partition("/")[0] for each in tokens(request.fields.get("Upgrade"))}
    return all(each.partition("/")[0] in offered for each in tokens(response.fields.get("Upgrade")))


def _is_conditional(response: Response) -> bool | None:
    request = response.request
    if not request:
        return None
    has_condition = any(each.name.lower().startswith("if-") for each in request.fields)
    return has_condition or (False if request.has_fields else None)


# What a value or a message must be, or must not be, by the English note of the rule: a test of whether it is so.
DEMANDS: dict[str, Test] = {
    "Lists the name of that field.": lambda response: not _connection_names(response),
    "names Upgrade as a field for this hop only": (
        lambda response: "upgrade" in tokens(response.fields.get("Connection"))
    ),
    "A sender of Upgrade also sends Connection: Upgrade.": (
        lambda response: "upgrade" in tokens(response.fields.get("Connection"))
    ),
    "a time later than Date": _is_late,
    "a value that is not one decimal number, or known to be wrong": _is_no_length,
    "Carries no-store as well.": lambda response: "no-store" in tokens(response.fields.get("Cache-Control")),
    "multipart/byteranges and its boundary": (
        lambda response: _is_multipart(response) and "boundary=" in (response.fields.get("Content-Type") or "")
    ),
    "It stands inside each part.": _has("Content-Range"),
    "application/xml": lambda response: "xml" in (response.fields.get("Content-Type") or "").lower(),
    "close; the rule applies to every response": lambda response: "close" in tokens(response.fields.get("Connection")),
    "listing the method that was just refused": (
        lambda response: response.method.lower() in tokens(response.fields.get("Allow")) if response.method else None
    ),
    "a three-digit number from 100 to 599": (
        lambda response: response.number is not None and 100 <= response.number <= 599
    ),
    "Answers a range request (Range).": _all(_requested("Range"), _reads),
    "Answers a request with Expect.": _requested("Expect"),
    "Is for a request with Expect: 100-continue; with any other, the client can discard it.": _requested("Expect"),
    "Switches only to a protocol that the request's Upgrade offers.": _offers,
    "It answers a request whose A-IM lists at least one manipulation.": _requested("A-IM"),
    "Answers a conditional GET or HEAD.": _all(_is_conditional, _method_is("GET", "HEAD")),
    "Answers a request with preconditions.": _is_conditional,
    "Answers a request without preconditions.": lambda response: _not(_has_preconditions(response)),
    "Answers a request without Content-Length.": lambda response: _not(_requested("Content-Length")(response)),
    "Answers a request that asks for one form and not another (Accept and the like).": _negotiates,
    "sending it": lambda response: True,
    "sending it to an HTTP/1.0 client": _is_old_request,
    "answering an HTTP/1.0 request, whose Upgrade is ignored": _is_old_request,
    "HTTP/2 and HTTP/3, which do not have this code": (
        lambda response: response.version in ("2", "3") if response.version else None
    ),
    "any use: it is deprecated": lambda response: True,
    "any use: it is no longer used and reserved": lambda response: True,
    "any use: it is reserved and cannot get another meaning": lambda response: True,
    "Is only a status inside multistatus content, not that of a response.": lambda response: False,
    "representation fields other than the six above": (
        lambda response: any(name in response.fields for name in OF_REPRESENTATION)
    ),
    "a challenge or a login form in the response itself": _has("WWW-Authenticate"),
    "a value other than that of a GET": lambda response: _differs(response, "Content-Length"),
    "identifies the party that implements the block": (
        lambda response: "blocked-by" in (response.fields.get("Link") or "")
    ),
    "the multipart form": _is_multipart,
}
# Fields of the request or the response that a rule is about beside its own, by its English note or condition.
ABOUT: dict[str, tuple[str, ...]] = {
    "Answers a range request (Range).": ("Range",),
    "Answers a request with Expect.": ("Expect",),
    "Is for a request with Expect: 100-continue; with any other, the client can discard it.": ("Expect",),
    "Switches only to a protocol that the request's Upgrade offers.": ("Upgrade",),
    "Answers a request without Content-Length.": ("Content-Length",),
    "together with Transfer-Encoding": ("Transfer-Encoding",),
}
# The one rule that also forbids to announce content.
EMPTY = "generating content; a zero length or an empty chunked body is fine"
# Rows whose header field stands for others too, by their condition.
LIKEWISE = {"in HTTP/2; likewise Keep-Alive, Proxy-Connection, Transfer-Encoding and Upgrade": OF_CONNECTION}
# Conditions that another response tells, a 200 to the same request.
DIFFERS = "if it differs from that of a 200 to the same request"
COMPARED = {"if a 200 would have had it", "if a 200 to the same request would have it"}
ANSWERABLE = (CheckNeeds.RESPONSE, CheckNeeds.REQUEST, CheckNeeds.VERSION)


def rules_of(response: Response) -> list[RuleBase]:
    """Return the rules that hold for a response and can be checked with what is known of it, its code's own first."""
    number = response.number
    answerable = {"check_needs__in": [*ANSWERABLE, *([CheckNeeds.COMPARISON] if response.full else [])]}
    rules: list[RuleBase] = []
    if number is not None:
        rules += ResponseRule.objects.filter(code=number, **answerable).select_related("code")
        rules += CategoryRule.objects.filter(category=number // 100, **answerable).select_related("category")
    return rules + list(GeneralRule.objects.filter(**answerable))


def rules_for_people(response: Response) -> list[ResponseRule]:
    """Return the binding rules of the code that the message alone does not show to be followed."""
    rules = ResponseRule.objects.filter(code=response.number).exclude(level=Level.MAY)
    needs_more = {CheckNeeds.KNOWLEDGE, *([] if response.full else [CheckNeeds.COMPARISON])}
    return [
        rule
        for rule in rules
        if rule.check_needs in needs_more or (rule.check_needs in ANSWERABLE and rule.condition_en not in CONDITIONS)
    ]


def check_rules(response: Response, rules: Iterable[RuleBase]) -> list[Finding]:
    """Return what the rules say of a response."""
    findings: list[Finding] = []
    for rule in rules:
        if (response.number is None and rule.topic == Topic.NUMBER and not response.code) or not _is_new(
            rule, findings
        ):
            continue
        if rule.header == "Connection" and rule.level not in FORBIDDEN and response.version in ("2", "3"):
            continue  # where it is forbidden
        condition = CONDITIONS.get(rule.condition_en)
        holds = condition(response) if condition else False
        if rule.condition_en in COMPARED and response.full:
            holds = bool(rule.header) and rule.header in response.full.fields
        if rule.condition_en == DIFFERS and response.full:
            holds = response.full.fields.get(rule.header) not in (None, response.fields.get(rule.header))
        if holds is None and rule.condition_en in LIKELY:
            missing = rule.topic == Topic.FIELD and rule.level not in FORBIDDEN and rule.header not in response.fields
            if missing and rule.level != Level.MAY:
                findings.append(_finding(rule, response, Severity.UNSURE, rule.header))
            elif rule.topic == Topic.USE and response.request and response.request.has_fields:
                findings.append(_finding(rule, response, Severity.UNSURE, ""))
        elif holds:
            findings += _judge(rule, response)
    return findings


def _is_new(rule: RuleBase, findings: list[Finding]) -> bool:
    """Return whether no rule before has found fault with the field of this one."""
    return not (
        rule.header and any(each.field == rule.header and each.severity != Severity.PASSED for each in findings)
    )


def _judge(rule: RuleBase, response: Response) -> Iterable[Finding]:
    """Yield what a rule whose condition holds says."""
    if rule.topic == Topic.CONTENT:
        yield from _judge_content(rule, response)
    elif rule.header:
        yield from _judge_field(rule, response)
    elif demand := DEMANDS.get(rule.note_en):
        answer = demand(response)
        if answer is not None:
            yield from _judge_message(rule, response, answer if rule.level in FORBIDDEN else not answer)


def _judge_message(rule: RuleBase, response: Response, is_broken: bool) -> Iterable[Finding]:
    """Yield what a rule says that is about the message as a whole."""
    if is_broken and rule.topic == Topic.FIELDS:
        names = [name for name in OF_REPRESENTATION if name in response.fields]
        yield from (_finding(rule, response, severity_of(rule), name) for name in names)
    elif is_broken:
        yield _finding(rule, response, severity_of(rule), "")
    elif rule.topic not in (Topic.USE, Topic.NUMBER):
        yield _finding(rule, response, Severity.PASSED, "")


def _judge_field(rule: RuleBase, response: Response) -> Iterable[Finding]:
    names = LIKEWISE.get(rule.condition_en, (rule.header,))
    demand = DEMANDS.get(rule.note_en)
    for name in names:
        is_there = name in response.fields
        if rule.level in FORBIDDEN:
            # Without a note the field itself is forbidden; with one, a value that a test must know.
            wrong = is_there and (demand(response) if demand else not rule.note_en)
            if wrong:
                yield _finding(rule, response, severity_of(rule), name)
            continue
        if not is_there:
            if rule.level != Level.MAY:
                yield _finding(rule, response, severity_of(rule, is_absent=True), name)
            elif name in WANTED and isinstance(rule, ResponseRule):
                yield _finding(rule, response, Severity.ADVISED, name)
        elif demand and demand(response) is False:
            yield _finding(rule, response, severity_of(rule), name)
        elif rule.level != Level.MAY:
            yield _finding(rule, response, Severity.PASSED, name)


def _judge_content(rule: RuleBase, response: Response) -> Iterable[Finding]:
    if rule.level in FORBIDDEN:
        demand = DEMANDS.get(rule.note_en)
        has_content = response.content is not None or response.has_excess
        length = response.fields.get("Content-Length") or ""
        # Even an empty chunked body is content: a client that expects none takes it for the next message.
        has_content |= response.had_chunks and rule.note_en != EMPTY
        has_content |= rule.note_en == EMPTY and length.isdecimal() and int(length[:18]) > 0
        if has_content and (demand is None or demand(response)):
            yield _finding(rule, response, severity_of(rule), "")
        return
    # Content that was not copied is not content that was not sent.
    is_empty = response.content is None and response.fields.get("Content-Length") == "0" and response.method != "HEAD"
    if is_empty:
        # A short answer whose fields say it all is as usual as one with content.
        is_idle = rule.basis or isinstance(rule, CategoryRule)
        yield _finding(rule, response, Severity.UNSURE if is_idle else Severity.ADVISED, "")
    elif response.content is not None:
        yield _finding(rule, response, Severity.PASSED, "")


def severity_of(rule: RuleBase, *, is_absent: bool = False) -> Severity:
    """Return how much it matters that a rule is broken."""
    if is_absent and rule.condition_en == "if the origin server has a clock":
        return Severity.UNSURE
    return Severity.BROKEN if rule.level in BINDING and rule.basis != Basis.NONE else Severity.ADVISED


def _finding(rule: RuleBase, response: Response, severity: Severity, name: str) -> Finding:
    kind = rule.topic if not rule.header else "forbidden-field" if rule.level in FORBIDDEN else "missing-field"
    if rule.header and rule.level not in FORBIDDEN and name in response.fields:
        kind = "field-value"
    return Finding(
        severity,
        str(kind),
        _title(rule, response, severity, name),
        "" if severity == Severity.PASSED else _why(rule, severity),
        name or ("content" if rule.topic == Topic.CONTENT else "status"),
        tuple(rule.sources),
        example_line(response, name)
        if kind in ("missing-field", "field-value") and severity != Severity.PASSED
        else "",
        also=ABOUT.get(rule.note_en) or ABOUT.get(rule.condition_en, ()),
    )


def _title(rule: RuleBase, response: Response, severity: Severity, name: str) -> str:
    if severity == Severity.PASSED:
        return name or str(rule.get_topic_display()).capitalize()
    if name and rule.level in FORBIDDEN:
        if rule.level == Level.SHOULD_NOT and rule.topic == Topic.FIELDS:
            return _("%(field)s should not be here") % {"field": name}
        if rule.note_en in DEMANDS and rule.note_en != "It stands inside each part.":
            value = shown(response.fields.get(name) or "")
            return _("The value of %(field)s is wrong: %(value)s") % {"field": name, "value": value}
        return _("%(field)s must not be here") % {"field": name}
    if name:
        if name not in response.fields:
            return _("%(field)s is missing") % {"field": name}
        value = shown(response.fields.get(name) or "")
        return _("The value of %(field)s is wrong: %(value)s") % {"field": name, "value": value}
    if rule.topic == Topic.CONTENT:
        return _("There must be no content") if rule.level in FORBIDDEN else _("The content is empty")
    titles = {
        Topic.NUMBER: _("%(code)s is no status code") % {"code": shown(response.code)},
        Topic.USE: _("%(code)s is not for a response") % {"code": response.code},
        Topic.REQUEST: _("%(code)s does not fit the request") % {"code": response.code},
        Topic.VERSION: _("%(code)s does not fit the HTTP version") % {"code": response.code},
    }
    topic = Topic.REQUEST if rule.check_needs == CheckNeeds.REQUEST and rule.topic == Topic.USE else Topic(rule.topic)
    return str(titles.get(topic, rule.get_topic_display()))


def _why(rule: RuleBase, severity: Severity) -> str:
    """Return a sentence on what the rule demands of whom."""
    subject = _subject(rule)
    sentences = {
        Level.MUST: _("A sender that generates %(subject)s must send it."),
        Level.MUST_NOT: _("A sender that generates %(subject)s must not send it."),
        Level.SHOULD: _("A sender that generates %(subject)s should send it."),
        Level.SHOULD_NOT: _("A sender that generates %(subject)s should not send it."),
        Level.MAY: _("It is optional in %(subject)s, but without it clients can only guess."),
    }
    parts = []
    if rule.header or rule.topic == Topic.CONTENT:
        parts.append(sentences[Level(rule.level)] % {"subject": subject})
    if rule.condition:
        parts.append(_("Condition: %(condition)s.") % {"condition": str(rule.condition).rstrip(".")})
    if rule.note:
        note = str(rule.note).removesuffix(".")
        # One word is a value, and keeps its letters; more begin a sentence.
        parts.append(f"{note[0].upper()}{note[1:]}." if " " in note else f"{note}.")
    if severity == Severity.UNSURE and rule.condition_en in LIKELY:
        parts.append(_("Paste the request as well to be sure."))
    return " ".join(parts)


def _subject(rule: RuleBase) -> str:
    if isinstance(rule, ResponseRule):
        return _("a %(code)s") % {"code": f"{rule.code_id:03}"}
    if isinstance(rule, CategoryRule):
        return _("a %(code)s") % {"code": f"{rule.category_id}xx"}
    return _("any response")


# Lines to send, where no exchange of the code's page has one.
LINES = {
    "Allow": "GET, HEAD",
    "Cache-Control": "no-store",
    "Connection": "close",
    "Content-Type": "application/json",
    "Location": "/new-address",
    "Retry-After": "120",
}


# The line of an example would be of another time or of another content.
SENT_BY_ITSELF = {"Date", "Content-Length", "ETag", "Last-Modified", "Expires"}


def example_line(response: Response, name: str) -> str:
    """Return a line with the field as the exchanges of the code's page send it, "" if none does."""
    if not name or response.number is None or name in SENT_BY_ITSELF:
        return ""
    start = re.compile(rf"HTTP/1\.1 {response.number}\b")
    texts = Message.objects.filter(exchange__code=response.number).values_list("text_ko", flat=True)
    lines = [
        line
        for text in texts
        if start.match(text)
        for line in text.partition("\n\n")[0].split("\n")[1:]
        if line.lower().startswith(f"{name.lower()}:")
    ]
    if name == "WWW-Authenticate" and "json" in (response.fields.get("Content-Type") or "").lower():
        # An answer in JSON is for a program, which has no password dialogue.
        lines.sort(key=lambda line: "Bearer" not in line)
    return lines[0] if lines else f"{name}: {LINES[name]}" if name in LINES else ""


def known_code(number: int | None) -> StatusCode | None:
    """Return the entry of a code, None for a number without one."""
    return None if number is None else StatusCode.objects.filter(number=number).first()
