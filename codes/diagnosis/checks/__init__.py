"""What a response says about itself, whatever its code: checks that no row of a rule can say.

Each check takes a response and its code's entry and yields what it finds; none knows a single status code. What the
classes and a code's facts mean is asked of the catalogue.
"""

from collections.abc import Callable, Iterable, Iterator

from django.utils.translation import gettext as _

from codes.diagnosis.messages.parsed import Response
from codes.models import StatusCode

from .against_request import check_location, check_request_fit
from .caching import check_age, check_caching, check_stored_failure, check_vary
from .conditions import check_condition, check_range
from .content import check_hidden_error, check_problem, check_trace, check_type
from .cookies import check_cookies
from .cors import check_cors
from .error_documents import check_error_documents
from .findings import Finding, Severity, cited, shown
from .framing import (
    check_chunks,
    check_codings,
    check_connection,
    check_length,
    check_lines,
    check_names,
    check_repetition,
)
from .links import check_links
from .policies import check_policy
from .structured import check_digests, check_proxy_status, check_structured
from .units import check_units
from .values import check_challenges, check_content_range, check_dates, check_deprecation, check_transport, check_values
from .websocket import check_websocket

Check = Callable[[Response, StatusCode | None], Iterable[Finding]]


def check_message(response: Response, code: StatusCode | None) -> list[Finding]:
    """Return what the general checks say of a response with a code of the catalogue, or with none."""
    return [finding for check in CHECKS for finding in check(response, code)]


def check_code(response: Response, code: StatusCode | None) -> Iterator[Finding]:
    """Report a number that nobody registered."""
    if response.number is None or not 100 <= response.number <= 599:
        return
    if code is None:
        title = _("%(code)s is not registered") % {"code": response.code}
        why = _("Clients treat it as %(base)s, the first code of its class.") % {"base": f"{response.code[0]}00"}
        yield Finding(Severity.ADVISED, "unregistered", title, why, "status", cited("RFC 9110 §15"))
    elif code.is_vendors:
        title = _("%(code)s is a vendor's own code") % {"code": response.code}
        why = _("Clients treat it as %(base)s, the first code of its class.") % {"base": f"{response.code[0]}00"}
        yield Finding(Severity.UNSURE, "unregistered", title, why, "status", cited("RFC 9110 §15"))


def check_reason(response: Response, code: StatusCode | None) -> Iterator[Finding]:
    """Report the reason phrase of another code: one of both was changed and the other was forgotten."""
    if not code or not response.reason or response.reason.lower() == code.name_en.lower():
        return
    other = StatusCode.objects.filter(name_en__iexact=response.reason).exclude(number=code.number).first()
    if other:
        title = _("The reason phrase is that of %(other)s: %(reason)s") % {
            "other": other.label,
            "reason": shown(response.reason),
        }
        why = _("Clients read the number only. People who read the log read both.")
        send = f"HTTP/{response.version} {code.label} {code.name_en}" if response.version[:1] == "1" else ""
        yield Finding(Severity.ADVISED, "reason-phrase", title, why, "status", cited("RFC 9112 §4"), send)


def check_version(response: Response, code: StatusCode | None) -> Iterator[Finding]:
    """Report a version that does not exist."""
    if response.version and response.version not in VERSIONS:
        title = _("There is no HTTP/%(version)s") % {"version": response.version}
        why = _("The version of HTTP/1.x is written with a dot. Clients refuse the message.")
        send = f"HTTP/1.1 {response.code} {response.reason}".strip()
        yield Finding(Severity.BROKEN, "version", title, why, "status", cited("RFC 9112 §2.3"), send)


VERSIONS = {"0.9", "1.0", "1.1", "2", "3"}
CHECKS: tuple[Check, ...] = (
    check_code,
    check_version,
    check_reason,
    check_repetition,
    check_dates,
    check_values,
    check_content_range,
    check_challenges,
    check_transport,
    check_deprecation,
    check_names,
    check_codings,
    check_chunks,
    check_connection,
    check_request_fit,
    check_policy,
    check_websocket,
    check_condition,
    check_range,
    check_structured,
    check_digests,
    check_proxy_status,
    check_links,
    check_age,
    check_vary,
    check_location,
    check_caching,
    check_stored_failure,
    check_cookies,
    check_cors,
    check_type,
    check_problem,
    check_error_documents,
    check_units,
    check_trace,
    check_hidden_error,
    check_length,
    check_lines,
)
