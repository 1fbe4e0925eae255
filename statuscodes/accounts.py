"""Logging in: where it comes from, what happens after too many tries, and a line in the log for each."""

import logging

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.models import Group, User
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db.models.signals import m2m_changed
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_otp import match_token, user_has_device

from .errors import error_page

log = logging.getLogger(__name__)


class LogInForm(AdminAuthenticationForm):
    """Name and password, and a one-time password from whoever has a device for it or has to have one."""

    one_time_password = forms.CharField(
        label=gettext_lazy("One-time password"),
        required=False,
        max_length=16,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
        help_text=gettext_lazy("Only if you have switched on a second factor."),
    )

    def clean(self):
        data = super().clean()
        user = self.get_user()
        if user and needs_second_factor(user):
            # The device travels with the user: django-otp's receiver of the log-in signal keeps it in the session.
            password = data.get("one_time_password")
            user.otp_device = match_token(user, password) if password else None
            if not user.otp_device:
                raise forms.ValidationError(_("The one-time password is missing or wrong."), code="second_factor")
        return data


def needs_second_factor(user):
    return settings.REQUIRE_SECOND_FACTOR or user_has_device(user)


class AdminSite(admin.AdminSite):
    """Django's admin, open only to those who have given all that they have to give."""

    login_form = LogInForm
    login_template = "admin/log_in.html"

    def has_permission(self, request):
        return super().has_permission(request) and (request.user.is_verified() or not needs_second_factor(request.user))


def client_address(request):
    """The address that our own proxy saw, where there is one: only the last entry of the header is not forgeable."""
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")[-1].strip() if settings.BEHIND_PROXY else ""
    return forwarded or request.META.get("REMOTE_ADDR", "")


def locked_out(request, response=None, credentials=None, *args, **kwargs):
    wait = settings.AXES_COOLOFF_TIME
    reason = _("Too many failed log-ins. Try again in %(minutes)d minutes.") % {"minutes": wait.total_seconds() // 60}
    return error_page(request, 429, reason=reason, headers={"Retry-After": str(int(wait.total_seconds()))})


def _say(event):
    def receive(sender, request=None, user=None, credentials=None, **kwargs):
        name = user.get_username() if user else (credentials or {}).get("username", "")
        log.info("%s: %r from %s", event, name, client_address(request) if request else "-")

    return receive


def _say_rights(sender, instance, action, pk_set, **kwargs):
    if action.startswith("post_"):
        log.info("%s of %r: %s %s", sender.__name__, str(instance), action.removeprefix("post_"), sorted(pk_set or []))


RECEIVERS = [
    (user_logged_in, _say("logged in")),
    (user_logged_out, _say("logged out")),
    (user_login_failed, _say("failed to log in")),
]


def watch():
    """Connect the receivers; called once when the apps are ready."""
    for signal, receiver in RECEIVERS:
        signal.connect(receiver, weak=False)
    for through in (User.groups.through, User.user_permissions.through, Group.permissions.through):
        m2m_changed.connect(_say_rights, sender=through)
