"""One-time passwords: which device made one, and switching a device on."""

import math
from typing import Any

import django_otp
from django import forms
from django.db import transaction
from django.http import HttpRequest
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_otp.plugins.otp_totp.models import TOTPDevice

from .audit import log_event


def match_device(user: Any, password: str | None, confirmed: bool = True) -> Any:
    """Return the user's device that made this one-time password.

    Raise ValidationError with a sentence for people if none did, or if the device has to wait after a wrong one.
    """
    if not password:
        raise forms.ValidationError(_("The one-time password is missing."))
    with transaction.atomic():
        devices = list(django_otp.devices_for_user(user, confirmed, for_verify=True))
        refusals = [why for allowed, why in (device.verify_is_allowed() for device in devices) if not allowed]
        device = next((device for device in devices if device.verify_token(password)), None)
    # Outside the transaction: an error inside would undo the count of wrong tries.
    if device:
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
    raise forms.ValidationError(_("This one-time password is wrong or was used before. Wait for the next one."))


def unconfirmed_device(user: Any) -> TOTPDevice | None:
    """Return the device that the user has begun to set up."""
    return TOTPDevice.objects.devices_for_user(user, confirmed=False).first()


def switch_on(request: HttpRequest, device: TOTPDevice) -> None:
    """Confirm a device, and count the session as verified by it."""
    device.confirmed = True
    device.save(update_fields=["confirmed"])
    django_otp.login(request, device)
    log_event("second factor on", user=request.user.pk)
