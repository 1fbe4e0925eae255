"""What happens after too many failed logins."""

import math
from datetime import timedelta
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessFailureLog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.timezone import now
from django.utils.translation import gettext as _

from statuscodes.web.errors import error_page


class LockoutHandler(AxesDatabaseHandler):
    """Locks an account for one address, and an address that fails too often, with whichever accounts."""

    def is_locked(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> bool:
        return super().is_locked(request, credentials) or bool(remaining_lockout(request))

    def clean_expired_user_attempts(self, request: Any = None, credentials: Any = None) -> int:
        # Names and addresses are kept only as long as somebody may have to look into them.
        self.reset_failure_logs(age_days=settings.LOGIN_RECORDS_KEPT.days)
        self.reset_logs(age_days=settings.LOGIN_RECORDS_KEPT.days)
        return super().clean_expired_user_attempts(request, credentials)


def remaining_lockout(request: Any) -> timedelta:
    """Return how long until the address has failed less often than the limit within the window.

    Counted in the log of failures, which a successful login leaves alone: one good account must not buy new tries.
    """
    times = AccessFailureLog.objects.filter(ip_address=request.axes_ip_address).order_by("-attempt_time")
    decisive = times.values_list("attempt_time", flat=True)[settings.ADDRESS_FAILURE_LIMIT - 1 :].first()
    return max(decisive + settings.ADDRESS_FAILURE_WINDOW - now(), timedelta()) if decisive else timedelta()


def lockout_response(request: HttpRequest, response: Any = None, credentials: Any = None) -> HttpResponse:
    """Answer 429 and say how long to wait."""
    seconds = math.ceil(max(remaining_lockout(request), settings.AXES_COOLOFF_TIME).total_seconds())
    reason = _("Too many failed logins. Try again in %(minutes)d minutes.") % {"minutes": math.ceil(seconds / 60)}
    return error_page(request, 429, reason=reason, headers={"Retry-After": str(seconds)})
