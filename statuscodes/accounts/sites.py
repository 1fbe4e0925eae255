"""The admin site: it requires a verified second factor from users who have one."""

from base64 import b32encode
from collections.abc import Iterable
from functools import wraps
from textwrap import wrap
from typing import Any

import django_otp
import qrcode
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import unquote
from django.core.exceptions import BadRequest, ValidationError
from django.db import DataError, models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.urls.resolvers import URLPattern, URLResolver
from django.utils.translation import gettext as _
from django_otp.plugins.otp_totp.models import TOTPDevice
from qrcode.image.svg import SvgPathFillImage

from .forms import LoginForm, OneTimePasswordForm
from .second_factor import switch_on, unconfirmed_device


class AdminSite(admin.AdminSite):
    """Django's admin with a second factor: required from users who have a device, or by a setting from everybody."""

    login_form = LoginForm
    open_without_second_factor = {"admin:second_factor", "admin:second_factor_qr", "admin:logout"}

    def has_permission(self, request: Any) -> bool:
        if self.must_set_up(request):
            return request.resolver_match.view_name in self.open_without_second_factor
        return super().has_permission(request) and (
            request.user.is_verified() or not django_otp.user_has_device(request.user)
        )

    def must_set_up(self, request: HttpRequest) -> bool:
        """Return whether this user has to set up a second factor before anything else."""
        return (
            settings.REQUIRE_SECOND_FACTOR
            and super().has_permission(request)
            and not django_otp.user_has_device(request.user)
        )

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Answer requests that no page of the admin sends, and that the database would refuse, with 400."""
        model = getattr(getattr(view, "__self__", None), "model", None)

        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            # A regular expression from an address could keep the server busy for good.
            if any("regex" in name for name in request.GET):
                raise BadRequest
            if model:
                _check_keys(model, [*request.POST.getlist(ACTION_CHECKBOX_NAME), kwargs.get("object_id")])
            try:
                return view(request, *args, **kwargs)
            except (OverflowError, DataError) as error:
                raise BadRequest from error

        return super().admin_view(checked, cacheable)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        # The admin redirects users without permission here.
        if request.method == "GET" and self.must_set_up(request):
            return redirect("admin:second_factor")
        return super().login(request, extra_context)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        return [
            path("second-factor/", self.admin_view(self.second_factor), name="second_factor"),
            path("second-factor/qr.svg", self.admin_view(self.second_factor_qr), name="second_factor_qr"),
            *super().get_urls(),
        ]

    def second_factor(self, request: HttpRequest) -> HttpResponse:
        """Let users set up their own device, and switch it off again."""
        is_on = django_otp.user_has_device(request.user)
        must_keep = is_on and settings.REQUIRE_SECOND_FACTOR
        form = None if must_keep else OneTimePasswordForm(request.user, confirmed=is_on, data=request.POST or None)
        if form and form.is_valid():
            if is_on:
                TOTPDevice.objects.filter(user=request.user).delete()
                messages.success(request, _("The second factor is off."))
            else:
                switch_on(request, form.device)
                messages.success(request, _("The second factor is on. The next login asks for it."))
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
            # Kept until it is confirmed, so that loading the page again shows the QR code that the phone has scanned.
            device = unconfirmed_device(request.user) or TOTPDevice.objects.create(
                user=request.user, name="authenticator", confirmed=False
            )
            context |= {"device": device, "key": " ".join(wrap(b32encode(device.bin_key).decode(), 4))}
        return TemplateResponse(request, "admin/second_factor.html", context)

    def second_factor_qr(self, request: HttpRequest) -> HttpResponse:
        """Return the QR code of the device that the user is setting up, as SVG."""
        device = unconfirmed_device(request.user)
        if not device:
            raise Http404
        response = HttpResponse(content_type="image/svg+xml")
        qrcode.make(device.config_url, image_factory=SvgPathFillImage).save(response)
        return response


def _check_keys(model: type[models.Model], keys: Iterable[str | None]) -> None:
    """Raise BadRequest for a key from a request that cannot be a primary key of the model."""
    for key in keys:
        try:
            model._meta.pk.to_python(None if key is None else unquote(key))
        except ValidationError as error:
            raise BadRequest from error
