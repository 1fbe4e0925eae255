"""Logging in: what has to be given, what happens after too many tries, and a line in the log for each."""

import logging
import math
from base64 import b32encode
from datetime import timedelta
from functools import wraps
from ipaddress import ip_address, ip_network
from textwrap import wrap

import django_otp
import qrcode
from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessFailureLog
from axes.signals import user_locked_out
from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.forms import UsernameField
from django.contrib.auth.models import Group, User
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.core.exceptions import BadRequest
from django.db import DataError, transaction
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_save
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django_otp.plugins.otp_totp.models import TOTPDevice
from qrcode.image.svg import SvgPathFillImage

from .errors import error_page

log = logging.getLogger(__name__)


# One-time passwords


class OneTimePasswordField(forms.CharField):
    widget = forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"})

    def __init__(self, **kwargs):
        super().__init__(label=gettext_lazy("One-time password"), max_length=16, **kwargs)

    def to_python(self, value):
        # Apps show the digits in two groups, and people type what they see.
        return super().to_python(value).replace(" ", "")


def device_of(user, password, confirmed=True):
    """The user's device that made this one-time password, or an error that says why there is none."""
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


class OneTimePasswordForm(forms.Form):
    one_time_password = OneTimePasswordField(help_text=gettext_lazy("The six digits that the app shows now."))

    def __init__(self, user, confirmed, **kwargs):
        super().__init__(**kwargs)
        self.user, self.confirmed = user, confirmed

    def clean_one_time_password(self):
        self.device = device_of(self.user, self.cleaned_data["one_time_password"], self.confirmed)


class LogInForm(AdminAuthenticationForm):
    """Name and password, and a one-time password from whoever has a device for it."""

    # Django's own only tells the browser how long a name may be; a longer one does not fit the record of the failure.
    username = UsernameField(
        max_length=User._meta.get_field("username").max_length, widget=forms.TextInput(attrs={"autofocus": True})
    )
    one_time_password = OneTimePasswordField(
        required=False, help_text=gettext_lazy("Only if you have switched on a second factor.")
    )

    def clean(self):
        data = super().clean()
        user = self.get_user()
        if user and django_otp.user_has_device(user):
            try:
                # The device travels with the user: django-otp's receiver of the log-in signal keeps it in the session.
                user.otp_device = device_of(user, data.get("one_time_password"))
            except forms.ValidationError:
                # Django counts only wrong passwords; who knows the password must not guess the rest at leisure.
                user_login_failed.send(__name__, credentials={"username": user.get_username()}, request=self.request)
                raise
        return data


class AdminSite(admin.AdminSite):
    """Django's admin, open only to those who have given all that they have to give."""

    login_form = LogInForm
    login_template = "admin/log_in.html"
    open_without_second_factor = {"admin:second_factor", "admin:second_factor_qr", "admin:logout"}

    def has_permission(self, request):
        if self.must_set_up(request):
            return request.resolver_match.view_name in self.open_without_second_factor
        return super().has_permission(request) and (
            request.user.is_verified() or not django_otp.user_has_device(request.user)
        )

    def must_set_up(self, request):
        """Whether somebody who has no second factor yet has to get one before anything else."""
        return (
            settings.REQUIRE_SECOND_FACTOR
            and super().has_permission(request)
            and not django_otp.user_has_device(request.user)
        )

    def admin_view(self, view, cacheable=False):
        """Refuse what no page of the admin sends: Django's own hands it to the database, which fails."""

        @wraps(view)
        def checked(request, *args, **kwargs):
            # Anybody's expression could keep the server busy for good.
            if any("regex" in name for name in request.GET):
                raise BadRequest
            try:
                return view(request, *args, **kwargs)
            except (OverflowError, DataError, ValueError) as error:
                if isinstance(error, ValueError) and "expected a number" not in str(error):
                    raise
                raise BadRequest from error

        return super().admin_view(checked, cacheable)

    def login(self, request, extra_context=None):
        # Whoever may not see a page is sent here.
        if request.method == "GET" and self.must_set_up(request):
            return redirect("admin:second_factor")
        return super().login(request, extra_context)

    def get_urls(self):
        return [
            path("second-factor/", self.admin_view(self.second_factor), name="second_factor"),
            path("second-factor/qr.svg", self.admin_view(self.second_factor_qr), name="second_factor_qr"),
            *super().get_urls(),
        ]

    def second_factor(self, request):
        """Everybody's own: to set up a device, and to switch it off again."""
        is_on = django_otp.user_has_device(request.user)
        must_keep = is_on and settings.REQUIRE_SECOND_FACTOR
        form = None if must_keep else OneTimePasswordForm(request.user, confirmed=is_on, data=request.POST or None)
        if form and form.is_valid():
            if is_on:
                TOTPDevice.objects.filter(user=request.user).delete()
                messages.success(request, _("The second factor is off."))
            else:
                switch_on(request, form.device)
                messages.success(request, _("The second factor is on. The next log-in asks for it."))
            return redirect("admin:index")
        must_set_up = self.must_set_up(request)
        context = {
            **self.each_context(request),
            "title": _("Second factor"),
            "form": form,
            "is_on": is_on,
            "must_set_up": must_set_up,
            "is_nav_sidebar_enabled": not must_set_up,
        }
        if not is_on:
            # Kept until it is confirmed: who loads the page again finds the QR code that the phone has scanned.
            device = unconfirmed_device(request.user) or TOTPDevice.objects.create(
                user=request.user, name="authenticator", confirmed=False
            )
            context |= {"device": device, "key": " ".join(wrap(b32encode(device.bin_key).decode(), 4))}
        return TemplateResponse(request, "admin/second_factor.html", context)

    def second_factor_qr(self, request):
        device = unconfirmed_device(request.user)
        if not device:
            raise Http404
        response = HttpResponse(content_type="image/svg+xml")
        qrcode.make(device.config_url, image_factory=SvgPathFillImage).save(response)
        return response


def unconfirmed_device(user):
    return TOTPDevice.objects.devices_for_user(user, confirmed=False).first()


def switch_on(request, device):
    device.confirmed = True
    device.save(update_fields=["confirmed"])
    django_otp.login(request, device)
    note("second factor on", user=request.user.pk)


# Too many tries


def client_address(request):
    """The address that our own proxy saw, where there is one: only the last entry of the header is not forgeable.

    Of IPv6 its first half, for a household or a server has all addresses that begin with it.
    """
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")[-1].strip() if settings.BEHIND_PROXY else ""
    address = forwarded or request.META.get("REMOTE_ADDR", "")
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4 or parsed.ipv4_mapped:
        return address
    return str(ip_network((address, 64), strict=False).network_address)


class LockoutHandler(AxesDatabaseHandler):
    """Locks an account for the address that guesses it, and an address that guesses too much whatever the accounts."""

    def is_locked(self, request, credentials=None):
        return super().is_locked(request, credentials) or bool(address_wait(request))

    def clean_expired_user_attempts(self, request=None, credentials=None):
        # Names and addresses are kept no longer than somebody may have to look into them.
        self.reset_failure_logs(age_days=settings.LOG_IN_RECORDS_KEPT.days)
        self.reset_logs(age_days=settings.LOG_IN_RECORDS_KEPT.days)
        return super().clean_expired_user_attempts(request, credentials)


def address_wait(request):
    """How long until the address has failed less often than the limit within the window.

    Counted in the log of failures, which a successful log-in leaves alone: one good account must not buy new tries.
    """
    times = AccessFailureLog.objects.filter(ip_address=request.axes_ip_address).order_by("-attempt_time")
    decisive = times.values_list("attempt_time", flat=True)[settings.ADDRESS_FAILURE_LIMIT - 1 :].first()
    return max(decisive + settings.ADDRESS_FAILURE_WINDOW - now(), timedelta()) if decisive else timedelta()


def locked_out(request, response=None, credentials=None):
    seconds = math.ceil(max(address_wait(request), settings.AXES_COOLOFF_TIME).total_seconds())
    reason = _("Too many failed log-ins. Try again in %(minutes)d minutes.") % {"minutes": math.ceil(seconds / 60)}
    return error_page(request, 429, reason=reason, headers={"Retry-After": str(seconds)})


# The log


def note(event, **facts):
    """One line for people, and the same facts as fields of the record. Numbers only: the log names nobody."""
    text = ", ".join(f"{name} {value}" for name, value in facts.items() if value is not None)
    log.info("%s: %s", event, text or "unknown account", extra={"event": event, **facts})


def _note_account(event):
    def receive(sender, user=None, username=None, credentials=None, **kwargs):
        user = user or User.objects.filter(username=username or (credentials or {}).get("username")).first()
        note(event, user=user.pk if user else None)

    return receive


def _remember(sender, instance, **kwargs):
    instance.stored = User.objects.filter(pk=instance.pk).first() or User()


def _note_changes(sender, instance, update_fields, **kwargs):
    changed = {
        field: getattr(instance, field)
        for field in ("is_active", "is_staff", "is_superuser")
        if getattr(instance, field) != getattr(instance.stored, field)
    }
    if changed:
        note("rights changed", user=instance.pk, **changed)
    # Saved alone it is an old hash that Django renews at a log-in.
    if instance.password != instance.stored.password and update_fields != {"password"}:
        note("password changed", user=instance.pk)


def _note_relations(sender, instance, action, pk_set, **kwargs):
    if action.startswith("post_"):
        changed = {f"{sender.__name__}_{action.removeprefix('post_')}": sorted(pk_set or [])}
        note("rights changed", **{instance._meta.model_name: instance.pk}, **changed)


def _note_device_gone(sender, instance, **kwargs):
    if instance.confirmed:
        note("second factor off", user=instance.user_id)


def watch():
    """Connect the receivers; called once when the apps are ready."""
    for signal, event in (
        (user_logged_in, "logged in"),
        (user_logged_out, "logged out"),
        (user_login_failed, "failed to log in"),
        (user_locked_out, "locked out"),
    ):
        signal.connect(_note_account(event), weak=False)
    pre_save.connect(_remember, sender=User)
    post_save.connect(_note_changes, sender=User)
    for through in (User.groups.through, User.user_permissions.through, Group.permissions.through):
        m2m_changed.connect(_note_relations, sender=through)
    post_delete.connect(_note_device_gone, sender=TOTPDevice)
