"""Checks of a response's content: its type, problem details, and failures that only the content tells."""

import json
import re
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from codes.diagnosis.messages.parsed import Response
from codes.models import StatusCode

from .findings import Finding, Severity, cited, shown

MAX_JSON = 64_000  # characters of a content that are read as JSON
HTML = re.compile(r"\s*<(?:!doctype html|html|head|body)\b", re.IGNORECASE)
HTML_TITLE = re.compile(r"<title[^>]{0,100}>([^<]{1,200})", re.IGNORECASE)
FAILURE_TITLE = re.compile(
    r"\b[45][0-9]{2}\b|not found|error|forbidden|unavailable|오류|에러|찾을 수 없", re.IGNORECASE
)
FAILED_WORDS = {"error", "err", "fail", "failed", "failure", "ko", "실패", "오류"}
FAILED_ELEMENT = re.compile(
    r"\s*(?:<\?xml[^>]{0,200}>\s*)?<(?:\w{1,30}:)?(error\w{0,20}|fault|exception|OpenAPI_ServiceResponse)[\s>/]",
    re.IGNORECASE,
)
MISNAMED_CHARSET = re.compile(r"charset\s{0,5}=\s{0,5}\"?utf8\b", re.IGNORECASE)
CODE_KEYS = ("code", "status", "statusCode", "status_code", "errorCode", "error_code", "resultCode", "httpStatus")


def read_json(response: Response) -> Any:
    """Return the content as JSON, None if it is none, is cut off, or is nested too deeply."""
    content = (response.content or "").strip()
    if content[:1] not in ("{", "[") or len(content) > MAX_JSON:
        return None
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


def media_type(response: Response) -> str:
    """Return the media type of Content-Type in lower case, without parameters; "" for none."""
    return (response.fields.get("Content-Type") or "").partition(";")[0].strip().lower()


def check_type(response: Response, code: StatusCode | None) -> Iterator[Finding]:
    """Report content that is plainly of another type than it says."""
    content, kind = (response.content or "").strip(), media_type(response)
    if not content or not kind or response.is_framed or "Content-Encoding" in response.fields:
        return
    is_json = kind == "application/json" or kind.endswith("+json")
    wrong = ""
    if MISNAMED_CHARSET.search(response.fields.get("Content-Type") or ""):
        title = _("The charset is called utf-8, not utf8")
        why = _("Browsers know both, other recipients only the registered name.")
        send = f"Content-Type: {kind}; charset=utf-8"
        yield Finding(Severity.ADVISED, "content-type", title, why, "Content-Type", cited("RFC 9110 §8.3.2"), send)
    is_medium = kind.startswith(("image/", "video/", "audio/", "font/"))
    if (is_json or is_medium) and HTML.match(content):
        wrong = _("The content is HTML, but Content-Type says %(type)s") % {"type": shown(kind)}
        send = "Content-Type: text/html; charset=utf-8"
    elif kind in ("text/html", "text/plain") and content[:1] in ("{", "[") and read_json(response) is not None:
        wrong = _("The content is JSON, but Content-Type says %(type)s") % {"type": shown(kind)}
        send = "Content-Type: application/json"
    if wrong:
        why = _("Clients choose their parser by the type. An error page of something in between looks like this too.")
        yield Finding(Severity.ADVISED, "content-type", wrong, why, "Content-Type", cited("RFC 9110 §8.3"), send)
    elif is_json and content[:1] in ("{", "[") and len(content) <= MAX_JSON and read_json(response) is None:
        why = _("It may have been cut off or changed by pasting. If not, clients fail to read it.")
        yield Finding(
            Severity.UNSURE, "json", _("The content is not valid JSON"), why, "Content-Type", cited("RFC 8259 §2")
        )


def check_problem(response: Response, code: StatusCode | None) -> Iterator[Finding]:
    """Report problem details that do not follow RFC 9457."""
    kind, data = media_type(response), read_json(response)
    if not isinstance(data, dict):
        return
    if kind != "application/problem+json":
        if (
            response.code[:1] in ("4", "5")
            and kind == "application/json"
            and {"title", "status", "detail"} <= data.keys()
        ):
            title = _("The content is problem details, but Content-Type does not say so")
            why = _("Clients know problem details by their type.")
            send = "Content-Type: application/problem+json"
            yield Finding(Severity.ADVISED, "problem", title, why, "Content-Type", cited("RFC 9457 §3"), send)
        return
    status = data.get("status")
    if isinstance(status, int) and not isinstance(status, bool) and response.number not in (None, status):
        title = _("The problem details say %(inside)s, the response says %(outside)s") % {
            "inside": shown(str(status)),
            "outside": response.code,
        }
        why = _("The generator must use the same code in both. A proxy that changed the code is the other explanation.")
        send = f'"status": {response.number}'
        yield Finding(Severity.BROKEN, "problem-status", title, why, "content", cited("RFC 9457 §3.1.2"), send)
    elif status is not None and (isinstance(status, bool) or not isinstance(status, int)):
        title = _("The status of the problem details is not a number")
        why = _("Clients ignore a member of another type than the specification says.")
        send = f'"status": {response.number}' if response.number else ""
        yield Finding(Severity.ADVISED, "problem-status", title, why, "content", cited("RFC 9457 §3.1.2"), send)
    wrong = [name for name in ("type", "title", "detail", "instance") if not isinstance(data.get(name, ""), str)]
    if wrong:
        title = _("Members of the problem details are not strings: %(names)s") % {"names": ", ".join(wrong)}
        why = _("Clients ignore a member of another type than the specification says.")
        yield Finding(Severity.ADVISED, "problem", title, why, wrong[0], cited("RFC 9457 §3.1"))
    if response.code[:1] in ("2", "3"):
        title = _("Problem details in a response that is no error")
        why = _("Clients, caches and monitoring go by the code, and take this for a success.")
        yield Finding(Severity.ADVISED, "hidden-error", title, why, "status", cited("RFC 9457 §1"))


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
    for name in ("error", "errors", "exception", "errorMessage", "error_message"):
        value = data.get(name)
        if value and value is not True and not (name == "errors" and "data" in data):
            return f'"{name}"'
        if value is True:
            return f'"{name}": true'
    return ""


def _failure_number(value: Any) -> int:
    """Return the number of an error's status code that a member has, 0 for anything else."""
    if isinstance(value, str) and re.fullmatch("[45][0-9]{2}", value):
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and 400 <= value <= 599 else 0


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
        why = _("Clients, caches and monitoring go by the code, and take this for a success.")
        # What a job came to is told by a good answer to the question for it.
        severity = Severity.UNSURE if sign.startswith('"status": "') else Severity.ADVISED
        yield Finding(severity, "hidden-error", title, why, "status", cited("RFC 9110 §15"))
        return
    if isinstance(data, dict) and data.get("errors") and "data" in data:
        title = _("GraphQL errors in a %(code)s") % {"code": response.code}
        why = _("GraphQL over HTTP allows that for application/json; a tool that counts failures reads the content.")
        yield Finding(Severity.UNSURE, "hidden-error", title, why, "status", cited("RFC 9110 §15"))
        return
    if element := FAILED_ELEMENT.match((response.content or "")[:1000]):
        title = _("An error in a %(code)s: %(sign)s") % {"code": response.code, "sign": f"<{element[1]}>"}
        why = _("Clients, caches and monitoring go by the code, and take this for a success.")
        yield Finding(Severity.ADVISED, "hidden-error", title, why, "status", cited("RFC 9110 §15"))
        return
    words = (response.content or "").strip().rstrip(".!")
    other = _failure_named(words) if 4 < len(words) < 60 else ""
    if other:
        title = _("The content is “%(words)s”, the code says success") % {"words": shown(words)}
        why = _("That is the reason phrase of %(code)s.") % {"code": other}
        yield Finding(Severity.UNSURE, "hidden-error", title, why, "status", cited("RFC 9110 §15"))
        return
    html = HTML_TITLE.search((response.content or "")[:4000])
    if html and FAILURE_TITLE.search(html[1]):
        title = _("The page is called “%(title)s”, the code says success") % {"title": shown(html[1])}
        why = _("Search engines keep such a page, and monitoring does not notice it.")
        yield Finding(Severity.UNSURE, "hidden-error", title, why, "status", cited("RFC 9110 §15"))


def _failure_named(words: str) -> str:
    """Return the label of the failure whose reason phrase is the whole content, "" for none."""
    phrase = re.sub(r"^[45][0-9]{2}[ :-]{1,3}", "", words)
    code = StatusCode.objects.filter(name_en__iexact=phrase, category__in=(4, 5)).first()
    return code.label if code else ""


def _check_other_number(response: Response) -> Iterator[Finding]:
    """Report a number in the content of a failure that is another one than the response's."""
    data = read_json(response)
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
    if any(data.get(name) is True for name in ("success", "ok")):
        title = _("The content tells of success, the response of a failure")
        why = _("A client that reads one acts differently from a client that reads the other.")
        yield Finding(Severity.ADVISED, "other-number", title, why, "status", cited("RFC 9110 §15"))
