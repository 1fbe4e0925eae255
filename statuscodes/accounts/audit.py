"""The audit log: a line for each login, failure, and change of somebody's rights."""

import logging
from collections.abc import Callable
from typing import Any

from axes.signals import user_locked_out
from django.contrib.auth.models import Group, User
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_save
from django_otp.plugins.otp_totp.models import TOTPDevice

log = logging.getLogger(__package__)


def log_event(event: str, **facts: Any) -> None:
    """Log one line for people, with the facts as fields of the record. Users are numbers: the log names nobody."""
    text = ", ".join(f"{name} {value}" for name, value in facts.items() if value is not None)
    log.info("%s: %s", event, text or "unknown account", extra={"event": event, **facts})


def _account_receiver(event: str) -> Callable[..., None]:
    """Return a receiver that logs the event with the account's number."""

    def receive(sender: Any, user: Any = None, username: Any = None, credentials: Any = None, **kwargs: Any) -> None:
        user = user or User.objects.filter(username=username or (credentials or {}).get("username")).first()
        log_event(event, user=user.pk if user else None)

    return receive


def _remember_stored(sender: Any, instance: Any, **kwargs: Any) -> None:
    instance.stored = User.objects.filter(pk=instance.pk).first() or User()


def _log_changes(sender: Any, instance: Any, update_fields: Any, **kwargs: Any) -> None:
    changed = {
        field: getattr(instance, field)
        for field in ("is_active", "is_staff", "is_superuser")
        if getattr(instance, field) != getattr(instance.stored, field)
    }
    if changed:
        log_event("rights changed", user=instance.pk, **changed)
    # Saved by itself, the password is an old hash that Django renews at a login.
    if instance.password != instance.stored.password and update_fields != {"password"}:
        log_event("password changed", user=instance.pk)


def _log_relations(sender: Any, instance: Any, action: str, pk_set: Any, **kwargs: Any) -> None:
    if action.startswith("post_"):
        changed = {f"{sender.__name__}_{action.removeprefix('post_')}": sorted(pk_set or [])}
        log_event("rights changed", **{instance._meta.model_name: instance.pk}, **changed)


def _log_device_removed(sender: Any, instance: Any, **kwargs: Any) -> None:
    if instance.confirmed:
        log_event("second factor off", user=instance.user_id)


def connect_signals() -> None:
    """Connect the receivers. Called once when the apps are ready."""
    for signal, event in (
        (user_logged_in, "logged in"),
        (user_logged_out, "logged out"),
        (user_login_failed, "failed to log in"),
        (user_locked_out, "locked out"),
    ):
        signal.connect(_account_receiver(event), weak=False)
    pre_save.connect(_remember_stored, sender=User)
    post_save.connect(_log_changes, sender=User)
    for through in (User.groups.through, User.user_permissions.through, Group.permissions.through):
        m2m_changed.connect(_log_relations, sender=through)
    post_delete.connect(_log_device_removed, sender=TOTPDevice)
