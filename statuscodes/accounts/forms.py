"""The login form with a one-time password, and the form that confirms one."""

import re
import unicodedata
from typing import Any

import django_otp
from django import forms
from django.contrib import messages
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth import get_user_model
from django.contrib.auth.forms import UsernameField
from django.contrib.auth.signals import user_login_failed
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django_otp.plugins.otp_static.models import StaticDevice

from .second_factor import match_device, recovery_codes_left


class OneTimePasswordField(forms.CharField):
    """Six digits from an authenticator app, or a recovery code."""

    widget = forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(label=_("One-time password"), max_length=16, **kwargs)

    def to_python(self, value: Any) -> str:
        # Apps and the list of codes show digits in groups, and people type what they see.
        return re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", super().to_python(value) or "")).lower()


class OneTimePasswordForm(forms.Form):
    """Asks for a one-time password of one user's devices: of the confirmed ones, or of the one that is being set up."""

    one_time_password = OneTimePasswordField(help_text=_("The six digits that the app shows now."))

    def __init__(self, user: Any, confirmed: bool, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.user, self.confirmed = user, confirmed
        if confirmed:
            self.fields["one_time_password"].help_text = _("The six digits that the app shows now, or a recovery code.")

    def clean_one_time_password(self) -> None:
        self.device = match_device(self.user, self.cleaned_data["one_time_password"], self.confirmed)


class LoginForm(AdminAuthenticationForm):
    """Name and password, and a one-time password from users who have a device."""

    # Django only tells the browser how long a name may be; a longer one does not fit the record of the failure.
    username = UsernameField(
        max_length=get_user_model()._meta.get_field("username").max_length,
        widget=forms.TextInput(attrs={"autofocus": True}),
    )
    one_time_password = OneTimePasswordField(
        required=False,
        help_text=_("Only if you have switched on a second factor: six digits from the app, or a recovery code."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        user: Any = self.get_user()
        if user and django_otp.user_has_device(user):
            try:
                # django-otp's receiver of the login signal stores the user's device in the session.
                user.otp_device = match_device(user, data.get("one_time_password"))
            except forms.ValidationError:
                # Django counts only wrong passwords; somebody who knows the password must not guess the rest freely.
                user_login_failed.send(__name__, credentials={"username": user.get_username()}, request=self.request)
                raise
            if isinstance(user.otp_device, StaticDevice):
                self._tell_codes_left(recovery_codes_left(user))
        return data

    def _tell_codes_left(self, count: int) -> None:
        text = ngettext(
            "You logged in with a recovery code. %(count)d is left; make new ones under “Second factor”.",
            "You logged in with a recovery code. %(count)d are left; make new ones under “Second factor”.",
            count,
        )
        request: Any = self.request
        messages.warning(request, text % {"count": count}, fail_silently=True)
