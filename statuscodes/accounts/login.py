"""Logging in: name and password first, then, from users who have a second factor, a one-time password.

Between the two steps nobody is logged in. The session holds a signed note of who gave the right password and when.
"""

from typing import Any

import django_otp
from axes.handlers.proxy import AxesProxyHandler
from django.contrib.auth import get_user_model
from django.contrib.auth import login as auth_login
from django.contrib.auth.signals import user_login_failed
from django.contrib.auth.views import LoginView
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.crypto import constant_time_compare

from .forms import OneTimePasswordForm

PENDING = "pending_login"
PENDING_MAX_AGE = 5 * 60  # seconds from the password to the one-time password


class PasswordView(LoginView):
    """The first step. It logs in users who have no second factor."""

    def form_valid(self, form: Any) -> HttpResponse:
        user = form.get_user()
        if not django_otp.user_has_device(user):
            return super().form_valid(form)
        # A session that somebody else may have planted must not learn of the right password.
        self.request.session.cycle_key()
        note = {
            "user": user.pk,
            "backend": user.backend,
            "hash": user.get_session_auth_hash(),
            "next": self.get_success_url(),
        }
        self.request.session[PENDING] = signing.dumps(note, salt=PENDING)
        return redirect("admin:login_code")


class PendingLogin:
    """A login of which the first step is done."""

    def __init__(self, request: HttpRequest, user: Any, note: dict[str, Any]) -> None:
        self.request, self.user, self.note = request, user, note

    @classmethod
    def of(cls, request: HttpRequest) -> "PendingLogin | None":
        """Return the session's pending login, None if there is none, it is too old, or the account has changed."""
        try:
            note = signing.loads(request.session.get(PENDING, ""), salt=PENDING, max_age=PENDING_MAX_AGE)
        except signing.BadSignature:
            return None
        user: Any = get_user_model()._default_manager.filter(pk=note["user"], is_active=True, is_staff=True).first()
        if user is None or not constant_time_compare(user.get_session_auth_hash(), note["hash"]):
            return None
        return cls(request, user, note) if django_otp.user_has_device(user) else None

    def form(self) -> OneTimePasswordForm:
        """Return the form of the second step, with what was sent."""
        data = self.request.POST if self.request.method == "POST" else None
        return OneTimePasswordForm(self.user, confirmed=True, data=data)

    def is_locked(self) -> bool:
        """Return whether too many logins have failed; then the request is answered as AxesMiddleware answers those."""
        credentials = {"username": self.user.get_username()}
        if AxesProxyHandler.is_allowed(self.request, credentials):
            return False
        self.request.axes_locked_out = True  # type: ignore[attr-defined]
        return True

    def fail(self) -> None:
        """Count a wrong one-time password like a wrong password, or who knows the latter could guess freely."""
        credentials = {"username": self.user.get_username()}
        user_login_failed.send(__name__, credentials=credentials, request=self.request)

    def complete(self, device: Any) -> HttpResponse:
        """Log in, in a new session that the device has verified, and lead to the page that was asked for."""
        del self.request.session[PENDING]
        # django-otp's receiver of the login signal stores the user's device in the session.
        self.user.otp_device = device
        auth_login(self.request, self.user, backend=self.note["backend"])
        return HttpResponseRedirect(self.note["next"])
