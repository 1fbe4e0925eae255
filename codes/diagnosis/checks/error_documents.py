"""Checks of the documents that tell errors in a form of their own: JSON:API, and problem details in XML."""

import re
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from codes.diagnosis.messages.parsed import Response
from codes.models import StatusCode

from .content import media_type, other_problem_status, read_json, untyped_problem
from .findings import Finding, Severity, shown

JSON_API = "application/vnd.api+json"
PROBLEM_XML = re.compile(r"\s{0,20}(?:<\?xml[^>]{0,200}>\s{0,20})?<problem\s[^>]{0,200}urn:ietf:rfc:7807")
XML_STATUS = re.compile(r"<status>\s{0,20}([0-9]{3})\s{0,20}</status>")
MAX_ERRORS = 50
MAX_XML = 16_000  # characters of a content


def check_error_documents(response: Response, code: StatusCode | None) -> Iterator[Finding]:
    """Report documents of errors whose type or members are not as their specification says."""
    yield from _check_problem_xml(response)
    data = read_json(response)
    if isinstance(data, dict) and (media_type(response) == JSON_API or _is_json_api(data)):
        yield from _check_json_api(response, data)


def _is_json_api(data: dict[str, Any]) -> bool:
    """Return whether a document calls itself one of JSON:API."""
    about = data.get("jsonapi")
    return isinstance(about, dict) and "version" in about


def _source(name: str, anchor: str) -> tuple[tuple[str, str], ...]:
    return ((f"JSON:API 1.1, {name}", f"https://jsonapi.org/format/#{anchor}"),)


def _check_json_api(response: Response, data: dict[str, Any]) -> Iterator[Finding]:
    kind = media_type(response)
    parameters = (response.fields.get("Content-Type") or "").partition(";")[2].lower()
    send, source = f"Content-Type: {JSON_API}", _source("Content Negotiation", "content-negotiation-all")
    if kind != JSON_API:
        title = _("The content is a document of JSON:API, but Content-Type does not say so")
        why = _("Clients of JSON:API know it by its type, %(type)s.") % {"type": JSON_API}
        yield Finding(Severity.ADVISED, "json-api", title, why, "Content-Type", source, send)
    elif any(each.partition("=")[0].strip() not in ("", "ext", "profile") for each in parameters.split(";")):
        title = _("%(type)s has no parameters but ext and profile") % {"type": JSON_API}
        why = _("Clients may refuse a type with others, such as charset.")
        yield Finding(Severity.ADVISED, "json-api", title, why, "Content-Type", source, send)
    if "data" in data and "errors" in data:
        title = _("data and errors in one document of JSON:API")
        why = _("It has one or the other: clients look for either first.")
        source = _source("Top Level", "document-top-level")
        yield Finding(Severity.ADVISED, "json-api", title, why, "content", source)
    errors = data.get("errors")
    if not isinstance(errors, list):
        return
    told = [each.get("status") for each in errors[:MAX_ERRORS] if isinstance(each, dict) and "status" in each]
    if any(not isinstance(status, str) for status in told):
        title = _("The status of an error in JSON:API is a string")
        why = _("Clients that compare strings do not know the number.")
        send = f'"status": "{response.code}"'
        yield Finding(
            Severity.ADVISED, "json-api", title, why, "content", _source("Error Objects", "error-objects"), send
        )
    numbers = {str(status) for status in told}
    # Of several different errors, the response has the code that fits them all best.
    if len(numbers) == 1 and response.code and numbers != {response.code}:
        title = _("The content says %(inside)s, the response says %(outside)s") % {
            "inside": shown(next(iter(numbers))),
            "outside": response.code,
        }
        why = _("A client that reads one acts differently from a client that reads the other.")
        source, send = _source("Error Objects", "error-objects"), f'"status": "{response.code}"'
        yield Finding(Severity.ADVISED, "json-api", title, why, "content", source, send, also=("status",))


def _check_problem_xml(response: Response) -> Iterator[Finding]:
    content = (response.content or "")[:MAX_XML]
    if not PROBLEM_XML.match(content):
        return
    if media_type(response) != "application/problem+xml":
        yield untyped_problem("application/problem+xml", "RFC 9457 §B")
    status = XML_STATUS.search(content)
    if status and response.code and status[1] != response.code:
        yield other_problem_status(status[1], response, f"<status>{response.code}</status>")
