"""One-time passwords and recovery codes: who made one, switching the second factor on and off, and making codes."""

import math
import re
import secrets
import time
from typing import Any

import django_otp
from django import forms
from django.db import transaction
from django.db.models.signals import post_delete
from django.http import HttpRequest
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from .audit import log_event
from .lockout import MAX_CLOCK_SKEW

RECOVERY_CODES = 10
# Digits, because a Korean keyboard may be writing Hangul. As many as leave guessing hopeless, and no one-time password
# has as many: what was typed tells which of the two it is.
RECOVERY_CODE_DIGITS = 12
ONE_TIME_PASSWORD = re.compile("[0-9]{6}")


def match_device(user: Any, password: str | None, confirmed: bool = True) -> Any:
    """Return the user's device that made this one-time password, or whose list has this recovery code.

    Raise ValidationError with a sentence for people if none did, or if the device has to wait after a wrong one.
    """
    if not password:
        raise forms.ValidationError(_("The one-time password is missing."))
    is_code = confirmed and not ONE_TIME_PASSWORD.fullmatch(password)
    with transaction.atomic():
        devices = [
            device
            for device in django_otp.devices_for_user(user, confirmed, for_verify=True)
            if isinstance(device, StaticDevice) == is_code
        ]
        for device in devices:
            _forget_password_to_come(device)
        refusals = [why for allowed, why in (device.verify_is_allowed() for device in devices) if not allowed]
        device = next((device for device in devices if device.verify_token(password)), None)
    # Outside the transaction: an error inside would undo the count of wrong tries.
    if device:
        if is_code:
            log_event("recovery code used", user=user.pk, left=recovery_codes_left(user))
        return device
    if refusals:
        wait = min(why["locked_until"] for why in refusals) - now()
        seconds = max(math.ceil(wait.total_seconds()), 1)
        raise forms.ValidationError(
            ngettext(
                "That follows a wrong one-time password too soon. Try again in %(seconds)d second.",
                "That follows a wrong one-time password too soon. Try again in %(seconds)d seconds.",
                seconds,
            )
            % {"seconds": seconds}
        )
    if is_code:
        raise forms.ValidationError(_("This is neither a one-time password of six digits nor an unused recovery code."))
    raise forms.ValidationError(_("This one-time password is wrong or was used before. Wait for the next one."))


def _forget_password_to_come(device: Any) -> None:
    """Let a device forget a password of a time to come: until then it would refuse every right one."""
    if isinstance(device, TOTPDevice):
        latest = (time.time() + MAX_CLOCK_SKEW.total_seconds() - device.t0) / device.step
        if device.last_t > latest:
            device.last_t = -1


def unconfirmed_device(user: Any) -> TOTPDevice | None:
    """Return the device that the user has begun to set up."""
    return TOTPDevice.objects.devices_for_user(user, confirmed=False).first()


def switch_on(request: HttpRequest, device: TOTPDevice) -> None:
    """Confirm a device, and count the session as verified by it."""
    device.confirmed = True
    device.save(update_fields=["confirmed"])
    django_otp.login(request, device)
    log_event("second factor on", user=request.user.pk)


def switch_off(user: Any) -> None:
    """Remove the user's devices, confirmed or not, and with them the recovery codes."""
    TOTPDevice.objects.filter(user=user).delete()
    StaticDevice.objects.filter(user=user).delete()


def recovery_codes_left(user: Any) -> int:
    """Return how many recovery codes the user has not used yet."""
    return StaticToken.objects.filter(device__user=user).count()


def make_recovery_codes(user: Any) -> list[str]:
    """Replace the user's recovery codes and return the new ones, in groups of four digits.

    The device stays, because sessions that began with a code are verified by it.
    """
    codes = [
        f"{secrets.randbelow(10**RECOVERY_CODE_DIGITS):0{RECOVERY_CODE_DIGITS}}" for _code in range(RECOVERY_CODES)
    ]
    with transaction.atomic():
        StaticToken.objects.filter(device__user=user).delete()
        device = StaticDevice.objects.devices_for_user(user, confirmed=True).first() or StaticDevice.objects.create(
            user=user, name="recovery codes"
        )
        StaticToken.objects.bulk_create(StaticToken(device=device, token=code) for code in codes)
    log_event("recovery codes made", user=user.pk)
    return [" ".join(re.findall("....", code)) for code in codes]


def _remove_recovery_codes(sender: Any, instance: TOTPDevice, **kwargs: Any) -> None:
    """Remove the recovery codes together with the last device that they replace."""
    if not TOTPDevice.objects.filter(user_id=instance.user_id, confirmed=True).exists():
        StaticDevice.objects.filter(user_id=instance.user_id).delete()


def connect_signals() -> None:
    """Connect the receivers. Called once when the apps are ready."""
    post_delete.connect(_remove_recovery_codes, sender=TOTPDevice)
