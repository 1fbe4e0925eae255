"""Logging in: where it comes from, what happens after too many tries, and a line in the log for each."""

import logging

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db.models.signals import m2m_changed
from django.utils.translation import gettext as _

from .errors import error_page

log = logging.getLogger(__name__)


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
