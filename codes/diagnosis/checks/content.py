"""Checks of a response's content: its type, problem details, and failures that only the content tells."""

import json
import re
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from codes.diagnosis.messages.parsed import Response
from codes.models import StatusCode

from .findings import Finding, Severity, cited, shown, wrong_value

MAX_JSON = 64_000  # characters of a content that are read as JSON
PLAIN_JSON = {"", "application/json", "text/json", "text/plain", "application/xml", "text/html"}
OF_TEXT = ("text/html", "text/plain", "application/xml", "text/xml")
UTF_8 = {"utf-8", "utf8"}  # the second is not its name, which another check says
HTML = re.compile(r"\s*<(?:!doctype html|html|head|body)\b", re.IGNORECASE)
HTML_TITLE = re.compile(r"<title[^>]{0,100}>([^<]{1,200})", re.IGNORECASE)
FAILURE_TITLE = re.compile(
    r"\b[45][0-9]{2}\b|not found|error|forbidden|unavailable|오류|에러|찾을 수 없", re.IGNORECASE
)
FAILED_WORDS = {"error", "err", "fail", "failed", "failure", "ko", "실패", "오류"}
OWN_CODES = ("resultCode", "result_code", "returnCode", "retCode", "errorCode", "error_code", "errcode", "errno", "rc")
MESSAGES = ("resultMsg", "result_msg", "resultMessage", "returnMsg", "errorMessage", "errmsg", "message", "msg")
TELLS_FAILURE = re.compile(
    r"\b(?:fail|error|invalid|not found|denied|unauthori[sz]ed|forbidden|expired|missing|exception|unknown)"
    r"|실패|오류|에러|없습니다|않습니다|만료|잘못",
    re.IGNORECASE,
)
FAILED_ELEMENT = re.compile(
    r"\s*(?:<\?xml[^>]{0,200}>\s*)?<(?:\w{1,30}:)?(error\w{0,20}|fault|exception|OpenAPI_ServiceResponse)[\s>/]",
    re.IGNORECASE,
)
# XML or a sentence, which is not JSON. A remark of the person who pasted it would be in brackets.
NO_JSON = re.compile(r"<(?:\?xml|!|\w{1,40}[\s>/](?=.{0,2000}(?:</|/>)))|[A-Za-z가-힣][^\n{}\[\]]{2,200}$", re.DOTALL)
CHARSET = re.compile(r";\s{0,5}charset\s{0,5}=\s{0,5}\"?([\w.:-]{1,40})", re.IGNORECASE)
INNER_CHARSET = re.compile(
    r"(?:<meta[^>]{0,100}charset\s{0,3}=\s{0,3}[\"']?|<\?xml[^>]{0,100}encoding\s{0,3}=\s{0,3}[\"'])([\w.:-]{2,40})",
    re.IGNORECASE,
)
META_CHARSET = re.compile(r"<meta[^>]{0,200}charset", re.IGNORECASE)
TRACE = re.compile(
    r"Traceback \(most recent call last\)|^\s{1,8}at [\w.$<>\[\]]{2,200}\(?.{0,200}:[0-9]+\)?"
    r"|^\s{0,4}#0 /\S{1,200}\([0-9]+\)|^\s{1,8}at [\w.$]{2,200}\([\w.]{1,100}\)|goroutine [0-9]+ \[running\]",
    re.MULTILINE,
)
SAYS_FAILURE = re.compile(
    r"(?:fatal |internal |unhandled |uncaught )?(?:error|exception)\b ?[:!-]|(?:PHP )?(?:Fatal|Parse) error:"
    r"|Traceback \(most",
    re.IGNORECASE,
)
HEADING = re.compile(r"<h[12][^>]{0,100}>([^<]{3,120})</h[12]>", re.IGNORECASE)
FAILURE_HEADING = re.compile(
    r"(?:error\b ?)?[45][0-9]{2}\b|(?:the )?(?:requested )?page (?:was |could )?not (?:be )?found|not found\b"
    r"|(?:internal )?server error|access denied|forbidden\b|service unavailable"
    r"|페이지를 찾을 수 없|접근 권한이 없|서버 오류",
    re.IGNORECASE,
)
FAILED_LOGIN = re.compile(
    r"(?:invalid|incorrect|wrong|bad) (?:user ?name|e-?mail|login|password|credentials|id)\b[^<]{0,60}"
    r"|(?:login|sign-?in|authentication) failed\b[^<]{0,60}"
    r"|(?:아이디|비밀번호|이메일)[^<]{0,30}(?:일치하지 않|틀렸|잘못|올바르지 않)[^<]{0,30}|로그인에 실패[^<]{0,30}",
    re.IGNORECASE,
)
SOAP_FAULT = re.compile(r"<(?:\w{1,30}:)?Body>\s{0,100}<(?:\w{1,30}:)?(Fault)[\s>]")
NUMBERED = re.compile(r"\s{0,20}([45][0-9]{2}) [A-Z][A-Za-z' -]{2,40}")
MISNAMED_CHARSET = re.compile(r"charset\s{0,5}=\s{0,5}\"?utf8\b", re.IGNORECASE)
# Names that no registry has, by what is meant (browsers guess some of them).
MISCALLED = {
    "text/json": "application/json",
    "text/x-json": "application/json",
    "application/x-json": "application/json",
    "application/jsonp": "text/javascript",
    "application/problem-json": "application/problem+json",
    "application/json+problem": "application/problem+json",
    "application/html": "text/html",
    "text/htm": "text/html",
    "application/text": "text/plain",
    "text/txt": "text/plain",
    "application/txt": "text/plain",
    "plain/text": "text/plain",
    "application/csv": "text/csv",
    "image/jpg": "image/jpeg",
    "image/svg": "image/svg+xml",
    "application/x-pdf": "application/pdf",
    "application/octetstream": "application/octet-stream",
    "application/octet": "application/octet-stream",
    "text/js": "text/javascript",
    "application/js": "text/javascript",
}
CODE_KEYS = ("code", "status", "statusCode", "status_code", "errorCode", "error_code", "resultCode", "httpStatus")


def _refuse(name: str) -> None:
    """Refuse NaN and Infinity, which JSON does not have."""
    raise ValueError(name)


def read_json(response: Response) -> Any:
    """Return the content as JSON, None if it is none, is cut off, or is nested too deeply."""
    content = (response.content or "").strip()
    if content[:1] not in ("{", "[") or len(content) > MAX_JSON:
        return None
    try:
        return json.loads(content, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None


def media_type(response: Response) -> str:
    """Return the media type of Content-Type in lower case, without parameters; "" for none."""
    return (response.fields.get("Content-Type") or "").partition(";")[0].strip().lower()


def is_json_type(kind: str) -> bool:
    """Return whether a media type is JSON, or one of its structured suffix (RFC 6839 section 3.1)."""
    return kind == "application/json" or kind.endswith("+json")


def check_type(response: Response, code: StatusCode | None) -> Iterator[Finding]:
    """Report content that is plainly of another type than it says."""
    if media_type(response).startswith("multipart/") and "boundary=" not in (
        (response.fields.get("Content-Type") or "").lower()
    ):
        why = _("Without its boundary nobody finds where a part begins.")
        kind = media_type(response)
        value = response.fields.get("Content-Type") or ""
        yield wrong_value("Content-Type", value, why, "RFC 2046 §5.1.1", f"Content-Type: {kind}; boundary=part")
    content, kind = (response.content or "").strip(), media_type(response)
    is_sent_empty = response.content is None and response.fields.get("Content-Length") == "0"
    if kind == "application/json" and is_sent_empty and response.method != "HEAD" and response.code[:1] == "2":
        title = _("The content is empty, and Content-Type says %(type)s") % {"type": kind}
        why = _("An empty text is no JSON, and parsers fail. 204 has no content.")
        yield Finding(Severity.UNSURE, "json", title, why, "content", cited("RFC 8259 §2"), also=("Content-Type",))
    if not content or not kind or response.is_framed or "Content-Encoding" in response.fields:
        return
    is_json = is_json_type(kind)
    wrong = ""
    if meant := MISCALLED.get(kind):
        title = _("%(value)s is no registered type. Is %(meant)s meant?") % {"value": kind, "meant": meant}
        why = _("Clients choose what to do with the content by its type.")
        send = f"Content-Type: {meant}"
        yield Finding(Severity.ADVISED, "content-type", title, why, "Content-Type", cited("RFC 9110 §8.3.1"), send)
    if MISNAMED_CHARSET.search(response.fields.get("Content-Type") or ""):
        title = _("The charset is called utf-8, not utf8")
        why = _("Browsers know both, other recipients only the registered name.")
        send = f"Content-Type: {kind}; charset=utf-8"
        yield Finding(Severity.ADVISED, "content-type", title, why, "Content-Type", cited("RFC 9110 §8.3.2"), send)
    yield from _check_charset(response, kind, content)
    is_medium = kind.startswith(("image/", "video/", "audio/", "font/"))
    if (is_json or is_medium) and HTML.match(content):
        wrong = _("The content is HTML, but Content-Type says %(type)s") % {"type": shown(kind)}
        send = "Content-Type: text/html; charset=utf-8"
    elif (kind in OF_TEXT or is_medium) and content[:1] in ("{", "[") and read_json(response) is not None:
        wrong = _("The content is JSON, but Content-Type says %(type)s") % {"type": shown(kind)}
        send = "Content-Type: application/json"
    if wrong:
        why = _("Clients choose their parser by the type. An error page of something in between looks like this too.")
        yield Finding(Severity.ADVISED, "content-type", wrong, why, "Content-Type", cited("RFC 9110 §8.3"), send)
    elif is_json and content not in ("true", "false", "null") and NO_JSON.match(content):
        title = _("The content is not JSON, but Content-Type says %(type)s") % {"type": shown(kind)}
        why = _("Clients choose their parser by the type. An error page of something in between looks like this too.")
        send = "Content-Type: text/plain; charset=utf-8" if content[0] != "<" else "Content-Type: application/xml"
        source = cited("RFC 9110 §8.3")
        yield Finding(Severity.ADVISED, "content-type", title, why, "Content-Type", source, send, also=("content",))
    elif is_json and content[:1] in ("{", "[") and len(content) <= MAX_JSON and read_json(response) is None:
        why = _("It may have been cut off or changed by pasting. If not, clients fail to read it.")
        yield Finding(Severity.UNSURE, "json", _("The content is not valid JSON"), why, "content", cited("RFC 8259 §2"))


def _check_charset(response: Response, kind: str, content: str) -> Iterator[Finding]:
    """Report a charset that its type does not have, and one that is needed and not named."""
    charset = CHARSET.search(response.fields.get("Content-Type") or "")
    section = ""
    inner = INNER_CHARSET.search(content[:1024]) if kind.endswith(("html", "xml")) else None
    if charset and inner and {charset[1].lower(), inner[1].lower()} - UTF_8 and charset[1].lower() != inner[1].lower():
        said = _("Content-Type says %(outer)s, the content says %(inner)s") % {
            "outer": shown(charset[1]),
            "inner": shown(inner[1]),
        }
        why = _("Content-Type wins. If the content is right, its letters come out wrong.")
        send = f"Content-Type: {kind}; charset={inner[1]}"
        yield Finding(Severity.ADVISED, "charset", said, why, "Content-Type", cited("RFC 9110 §8.3.2"), send)
    if content.startswith("\ufeff") and is_json_type(kind):
        said = _("A byte order mark (BOM) before the JSON")
        why = _("It must not be sent, and many parsers refuse it.")
        yield Finding(Severity.ADVISED, "json", said, why, "content", cited("RFC 8259 §8.1"))
    if is_json_type(kind) and charset and charset[1].lower() not in UTF_8:
        section, send = "RFC 8259 §8.1", f"Content-Type: {kind}"
        title = _("JSON has no other charset than UTF-8: %(value)s") % {"value": shown(charset[1])}
        why = _("Recipients read it as UTF-8 whatever charset says.")
        severity = Severity.ADVISED
    elif kind in ("text/html", "text/plain", "text/csv") and not charset and not content.isascii():
        if kind == "text/html" and META_CHARSET.search(content[:1024]):
            return
        section, send = "RFC 9110 §8.3.2", f"Content-Type: {kind}; charset=utf-8"
        title = _("The content has letters outside ASCII, and Content-Type names no charset")
        why = _("Browsers guess it from the content or the reader's language.")
        severity = Severity.ADVISED if kind == "text/html" and "</html>" in content else Severity.UNSURE
    if section:
        yield Finding(severity, "charset", title, why, "Content-Type", cited(section), send)


def check_trace(response: Response, code: StatusCode | None) -> Iterator[Finding]:
    """Report what tells a stranger how the server is built."""
    if response.code[:1] in ("4", "5") and TRACE.search((response.content or "")[:MAX_JSON]):
        title = _("The content shows a stack trace")
        why = _("It helps attackers and nobody else: log it, and send the number by which you find it there.")
        source = (("CWE-209", "https://cwe.mitre.org/data/definitions/209.html"),)
        yield Finding(Severity.UNSURE, "trace", title, why, "content", source)


def check_problem(response: Response, code: StatusCode | None) -> Iterator[Finding]:
    """Report problem details that do not follow RFC 9457."""
    kind, data = media_type(response), read_json(response)
    if kind == "application/problem+json" and isinstance(data, list):
        title = _("Problem details are an object, and this is a list")
        why = _("Clients look for the members of one object. Several mistakes belong into a member such as errors.")
        yield Finding(Severity.ADVISED, "problem", title, why, "content", cited("RFC 9457 §3"))
    if not isinstance(data, dict):
        return
    if kind != "application/problem+json":
        if response.code[:1] in ("4", "5") and kind in PLAIN_JSON and _is_problem(data, response):
            yield untyped_problem("application/problem+json", "RFC 9457 §3")
        return
    status = data.get("status")
    if isinstance(status, int) and not isinstance(status, bool) and response.number not in (None, status):
        yield other_problem_status(str(status), response, f'"status": {response.number}')
    elif status is not None and (isinstance(status, bool) or not isinstance(status, int)):
        title = _("The status of the problem details is not a number")
        why = _("Clients ignore a member of another type than the specification says.")
        send = f'"status": {response.number}' if response.number else ""
        yield Finding(Severity.ADVISED, "problem-status", title, why, "content", cited("RFC 9457 §3.1.2"), send)
    wrong = [name for name in ("type", "title", "detail", "instance") if not isinstance(data.get(name, ""), str)]
    if wrong:
        title = _("Members of the problem details are not strings: %(names)s") % {"names": ", ".join(wrong)}
        why = _("Clients ignore a member of another type than the specification says.")
        yield Finding(Severity.ADVISED, "problem", title, why, "content", cited("RFC 9457 §3.1"))
    yield from _check_problem_type(response, code, data)
    if response.code[:1] in ("2", "3"):
        title = _("Problem details in a response that is no error")
        why = _("Clients, caches and monitoring go by the code, and take this for a success.")
        yield Finding(Severity.ADVISED, "hidden-error", title, why, "status", cited("RFC 9457 §1"))


def untyped_problem(media_type: str, section: str) -> Finding:
    """Return a finding about problem details that are sent under another type than theirs."""
    title = _("The content is problem details, but Content-Type does not say so")
    why = _("Clients know problem details by their type.")
    send = f"Content-Type: {media_type}"
    return Finding(Severity.ADVISED, "problem", title, why, "Content-Type", cited(section), send)


def other_problem_status(inside: str, response: Response, send: str) -> Finding:
    """Return a finding about problem details with another status than the response's."""
    title = _("The problem details say %(inside)s, the response says %(outside)s") % {
        "inside": shown(inside),
        "outside": response.code,
    }
    why = _("The generator must use the same code in both. A proxy that changed the code is the other explanation.")
    return Finding(Severity.BROKEN, "problem-status", title, why, "content", cited("RFC 9457 §3.1.2"), send)


def _is_problem(data: dict[str, Any], response: Response) -> bool:
    """Return whether an object has the members of problem details, with values of their kinds."""
    if not isinstance(data.get("title"), str) or data.get("status") not in (response.number, response.code):
        return False
    return isinstance(data.get("detail"), str) or any(
        re.match(r"[a-z][a-z0-9+.-]{1,20}:\S|/", str(data.get(name) or "")) for name in ("type", "instance")
    )


def _check_problem_type(response: Response, code: StatusCode | None, data: dict[str, Any]) -> Iterator[Finding]:
    kind, title = data.get("type"), data.get("title")
    if isinstance(kind, str) and re.search(r"[\s<>\"{}|\\^`]", kind):
        said = _("The type of the problem details is no address: %(value)s") % {"value": shown(kind)}
        why = _("It is a URI by which programs tell one kind of problem from another, best an absolute one.")
        send = '"type": "https://api.example/problems/out-of-stock"'
        yield Finding(Severity.ADVISED, "problem", said, why, "content", cited("RFC 9457 §3.1.1"), send)
    elif kind == "about:blank" and code and isinstance(title, str) and title.isascii():
        names = {
            name.lower()
            for name in (code.name_en, response.reason, *code.aliases.values_list("phrase", flat=True))
            if name
        }
        if title.strip().lower() not in names:
            said = _("With about:blank the title is the code's name, and not “%(title)s”") % {"title": shown(title)}
            why = _("about:blank says no more than the code. A problem of your own has a type of its own.")
            send = f'"title": "{code.name_en}"'
            yield Finding(Severity.ADVISED, "problem", said, why, "content", cited("RFC 9457 §4.2.1"), send)


def failure_in(data: Any) -> str:
    """Return what in a JSON content tells of a failure, "" if nothing does."""
    if not isinstance(data, dict):
        return ""
    for name in ("success", "ok", "isSuccess", "isSuccessful", "succeeded"):
        if data.get(name) is False or str(data.get(name)).lower() == "false":
            return f'"{name}": false'
    for name in ("status", "result", "resultStatus"):
        value = data.get(name)
        if isinstance(value, str) and value.lower() in FAILED_WORDS:
            return f'"{name}": "{value}"'
    for name in CODE_KEYS:
        if number := _failure_number(data.get(name)):
            return f'"{name}": {number}'
    if told := _own_code(data):
        return told
    for name in ("error", "errors", "exception", "errorMessage", "error_message"):
        value = data.get(name)
        if value and value is not True and not (name == "errors" and "data" in data):
            return f'"{name}"'
        if value is True:
            return f'"{name}": true'
    return ""


def _own_code(data: dict[str, Any]) -> str:
    """Return a code of an application's own that tells of a failure, beside a sentence that does so; "" for none."""
    said = next((data[name] for name in MESSAGES if isinstance(data.get(name), str)), "")
    for name in OWN_CODES:
        value = data.get(name)
        if isinstance(value, bool) or not isinstance(value, str | int) or not value or not TELLS_FAILURE.search(said):
            continue
        if str(value).strip("0") and str(value).upper() not in ("200", "OK", "SUCCESS"):
            return f'"{name}": {json.dumps(value, ensure_ascii=False)}'
    return ""


def _failure_number(value: Any) -> int:
    """Return the number of an error's status code that a member has, 0 for anything else."""
    if isinstance(value, str) and re.fullmatch("[45][0-9]{2}", value):
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and 400 <= value <= 599 else 0


def _hidden_error(severity: Severity, title: str, why: str = "") -> Finding:
    """Return a finding about a failure under a code of success."""
    why = why or _("Clients, caches and monitoring go by the code, and take this for a success.")
    return Finding(severity, "hidden-error", title, why, "status", cited("RFC 9110 §15"))


def check_hidden_error(response: Response, code: StatusCode | None) -> Iterator[Finding]:
    """Report a failure that only the content tells."""
    if not response.code.startswith("2"):
        yield from _check_other_number(response)
        return
    if media_type(response) == "application/problem+json":
        return
    data = read_json(response)
    sign = failure_in(data)
    if not sign and isinstance(data, dict):
        inner = [value for name, value in data.items() if name in ("response", "header", "meta", "result", "body")]
        sign = next((found for found in map(failure_in, inner) if found), "")
    if sign:
        title = _("An error in a %(code)s: %(sign)s") % {"code": response.code, "sign": shown(sign)}
        # What a job came to is told by a good answer to the question for it.
        severity = Severity.UNSURE if sign.startswith('"status": "') else Severity.ADVISED
        yield _hidden_error(severity, title)
        return
    if isinstance(data, dict) and data.get("errors") and "data" in data:
        title = _("GraphQL errors in a %(code)s") % {"code": response.code}
        why = _("GraphQL over HTTP allows that for application/json; a tool that counts failures reads the content.")
        yield _hidden_error(Severity.UNSURE, title, why)
        return
    element = FAILED_ELEMENT.match((response.content or "")[:1000]) or SOAP_FAULT.search(
        (response.content or "")[:4000]
    )
    if element:
        title = _("An error in a %(code)s: %(sign)s") % {"code": response.code, "sign": f"<{element[1]}>"}
        yield _hidden_error(Severity.ADVISED, title)
        return
    text = (response.content or "").lstrip()[:200]
    if media_type(response) in ("", "text/plain", "text/html") and SAYS_FAILURE.match(text):
        title = _("An error in a %(code)s: %(sign)s") % {"code": response.code, "sign": shown(text.partition("\n")[0])}
        yield _hidden_error(Severity.UNSURE, title)
        return
    words = (response.content or "").strip().rstrip(".!")
    other = _failure_named(words) if 4 < len(words) < 60 else ""
    if other:
        title = _("The content is “%(words)s”, the code says success") % {"words": shown(words)}
        why = _("That is the reason phrase of %(code)s.") % {"code": other}
        yield _hidden_error(Severity.UNSURE, title, why)
        return
    yield from _check_page(response)


def _check_page(response: Response) -> Iterator[Finding]:
    """Report a page of a success that tells people of a failure."""
    html = HTML_TITLE.search((response.content or "")[:4000])
    text = (response.content or "")[:16_000]
    if response.method == "POST" and "html" in media_type(response) and (said := FAILED_LOGIN.search(text)):
        title = _("A failed login in a %(code)s: %(sign)s") % {"code": response.code, "sign": shown(said[0])}
        why = _("Browsers show any code alike; password managers, monitoring and scripts go by 401, 403 or 422.")
        yield _hidden_error(Severity.UNSURE, title, why)
        return
    heading = HEADING.search(text) if HTML.match(text) or "html" in media_type(response) else None
    tells = html is not None and FAILURE_TITLE.search(html[1])
    if heading and not tells and FAILURE_HEADING.match(heading[1].strip()):
        html = heading
    if html and FAILURE_TITLE.search(html[1]):
        title = _("The page is called “%(title)s”, the code says success") % {"title": shown(html[1])}
        why = _("Search engines keep such a page, and monitoring does not notice it.")
        yield _hidden_error(Severity.UNSURE, title, why)


def _failure_named(words: str) -> str:
    """Return the label of the failure whose reason phrase is the whole content, "" for none."""
    phrase = re.sub(r"^[45][0-9]{2}[ :-]{1,3}", "", words)
    code = StatusCode.objects.filter(name_en__iexact=phrase, category__in=(4, 5)).first()
    return code.label if code else ""


def _check_other_number(response: Response) -> Iterator[Finding]:
    """Report a number in the content of a failure that is another one than the response's."""
    data = read_json(response)
    page = HTML_TITLE.search((response.content or "")[:4000])
    told = NUMBERED.match(page[1] if page else response.content or "")
    if told and response.code[:1] in ("4", "5") and told[1] != response.code and _failure_named(told[0].strip()):
        title = _("The content says %(inside)s, the response says %(outside)s") % {
            "inside": told[1],
            "outside": response.code,
        }
        why = _("A client that reads one acts differently from a client that reads the other.")
        yield Finding(Severity.UNSURE, "other-number", title, why, "status", cited("RFC 9110 §15"))
        return
    if not isinstance(data, dict) or media_type(response) == "application/problem+json":
        return
    if response.code[:1] not in ("4", "5"):
        return
    inner = data.get("error") if isinstance(data.get("error"), dict) else {}
    for name in ("status", "statusCode", "status_code", "code"):
        for place in (data, inner):
            number = _failure_number(place.get(name)) if isinstance(place, dict) else 0
            if number and number != response.number:
                title = _("The content says %(inside)s, the response says %(outside)s") % {
                    "inside": number,
                    "outside": response.code,
                }
                why = _("A client that reads one acts differently from a client that reads the other.")
                yield Finding(Severity.ADVISED, "other-number", title, why, "status", cited("RFC 9110 §15"))
                return
    said = [data.get(name) for name in ("status", "statusCode", "status_code")]
    said += [200 for each in said if isinstance(each, str) and each.lower() in ("success", "succeeded")]
    if any(data.get(name) is True for name in ("success", "ok")) or any(
        type(each) is int and 200 <= each <= 299 for each in said
    ):
        title = _("The content tells of success, the response of a failure")
        why = _("A client that reads one acts differently from a client that reads the other.")
        yield Finding(Severity.ADVISED, "other-number", title, why, "status", cited("RFC 9110 §15"))
