"""The login form, and the form that asks for a one-time password."""

import re
import unicodedata
from typing import Any

from django import forms
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth import get_user_model
from django.contrib.auth.forms import UsernameField
from django.utils.translation import gettext_lazy as _

from .second_factor import match_device


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
    """Name and password."""

    # Django only tells the browser how long a name may be; a longer one does not fit the record of the failure.
    username = UsernameField(
        max_length=get_user_model()._meta.get_field("username").max_length,
        widget=forms.TextInput(attrs={"autofocus": True}),
    )
