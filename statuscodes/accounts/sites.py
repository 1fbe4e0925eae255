"""The admin site: it requires a verified second factor from users who have one."""

from base64 import b32encode
from functools import wraps
from textwrap import wrap
from typing import Any

import django_otp
import qrcode
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.core.exceptions import BadRequest
from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import SimpleTemplateResponse, TemplateResponse
from django.urls import path, reverse
from django.urls.resolvers import URLPattern, URLResolver
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.common import no_append_slash
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice
from qrcode.image.svg import SvgPathFillImage

from statuscodes.web.methods import allow_methods
from statuscodes.web.middleware import redirect_permanently

from .forms import LoginForm, OneTimePasswordForm
from .login import PasswordView, PendingLogin
from .lookups import StrictAutocompleteView, check_keys, strict
from .second_factor import make_recovery_codes, recovery_codes_left, switch_off, switch_on, unconfirmed_device


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

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Register models, each with a ModelAdmin that is strict about addresses, third-party ones included."""
        super().register(model_or_iterable, strict(admin_class or admin.ModelAdmin), **options)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Answer requests that no page of the admin sends, and that the database would refuse, with 400."""
        model = getattr(getattr(view, "__self__", None), "model", None)

        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if model:
                in_address = [value for value in kwargs.values() if isinstance(value, str)]
                check_keys(model, [*request.POST.getlist(ACTION_CHECKBOX_NAME), *in_address])
            try:
                response = view(request, *args, **kwargs)
                # Here and not later, so that what a lazy query refuses is caught as well.
                return response.render() if isinstance(response, SimpleTemplateResponse) else response
            except (OverflowError, DataError) as error:
                raise BadRequest from error

        return super().admin_view(checked, cacheable)

    def autocomplete_view(self, request: HttpRequest) -> Any:
        return StrictAutocompleteView.as_view(admin_site=self)(request)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        # The admin redirects users without permission here.
        if request.method == "GET" and self.must_set_up(request):
            return redirect("admin:second_factor")
        if request.method == "GET" and self.has_permission(request):
            return redirect("admin:index")
        context = {
            **self.each_context(request),
            "title": _("Log in"),
            "subtitle": None,
            "app_path": request.get_full_path(),
            "username": request.user.get_username(),
            **(extra_context or {}),
        }
        if REDIRECT_FIELD_NAME not in request.GET and REDIRECT_FIELD_NAME not in request.POST:
            context[REDIRECT_FIELD_NAME] = reverse("admin:index")
        view: Any = PasswordView.as_view(
            extra_context=context, authentication_form=LoginForm, template_name="admin/login.html"
        )
        return view(request)

    @method_decorator([sensitive_post_parameters(), csrf_protect, never_cache])
    def login_code(self, request: HttpRequest) -> HttpResponse:
        """Ask a user who has just given the right password for a one-time password."""
        pending = PendingLogin.of(request)
        if pending is None:
            messages.info(request, _("Start again with name and password: too much time has passed."))
            return redirect("admin:login")
        form = pending.form()
        if request.method == "POST" and not pending.is_locked():
            if form.is_valid():
                response = pending.complete(form.device)
                if isinstance(form.device, StaticDevice):
                    self._tell_codes_left(request, recovery_codes_left(pending.user))
                return response
            pending.fail()
        form.fields["one_time_password"].widget.attrs["autofocus"] = True
        context = {**self.each_context(request), "title": _("One-time password"), "subtitle": None, "form": form}
        return TemplateResponse(request, "admin/login_code.html", context | {"account": pending.user.get_username()})

    def _tell_codes_left(self, request: HttpRequest, count: int) -> None:
        text = ngettext(
            "You logged in with a recovery code. %(count)d is left; make new ones under “Second factor”.",
            "You logged in with a recovery code. %(count)d are left; make new ones under “Second factor”.",
            count,
        )
        messages.warning(request, text % {"count": count})

    @allow_methods("POST")
    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().logout(request, extra_context)

    @no_append_slash
    def catch_all_view(self, request: HttpRequest, url: str) -> HttpResponse:
        """Redirect to the address with a slash, and keep the method and content of a form. Raise Http404."""
        answer: Any = super().catch_all_view(request, url)
        return redirect_permanently(request, answer.url)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        return [
            path("login/code/", self.login_code, name="login_code"),
            path("second-factor/", self.admin_view(self.second_factor), name="second_factor"),
            path("second-factor/qr.svg", self.admin_view(self.second_factor_qr), name="second_factor_qr"),
            *super().get_urls(),
        ]

    def second_factor(self, request: HttpRequest) -> HttpResponse:
        """Let users set up their own device, make recovery codes, and switch the second factor off again."""
        user = request.user
        is_on = django_otp.user_has_device(user)
        can_switch_off = is_on and not settings.REQUIRE_SECOND_FACTOR
        chosen = request.POST.get("action")
        forms = {
            action: OneTimePasswordForm(
                user, confirmed=is_on, data=request.POST if action == chosen else None, auto_id=f"id_{action}_%s"
            )
            for action, is_offered in (("on", not is_on), ("renew", is_on), ("off", can_switch_off))
            if is_offered
        }
        form = forms.get(chosen or "")
        if form and form.is_valid():
            if chosen == "off":
                switch_off(user)
                messages.success(request, _("The second factor is off."))
                return redirect("admin:index")
            if chosen == "on":
                switch_on(request, form.device)
                messages.success(request, _("The second factor is on. The next login asks for it."))
            return self._recovery_codes(request, is_renewal=is_on)
        must_set_up = self.must_set_up(request)
        context = {
            **self.each_context(request),
            "title": _("Second factor"),
            "forms": forms,
            "errors": form and form.errors,
            "is_on": is_on,
            "must_set_up": must_set_up,
            "is_nav_sidebar_enabled": not must_set_up,
        }
        if is_on:
            context["codes_left"] = recovery_codes_left(user)
        else:
            # Kept until it is confirmed, so that loading the page again shows the QR code that the phone has scanned.
            device = unconfirmed_device(user) or TOTPDevice.objects.create(
                user=user, name="authenticator", confirmed=False
            )
            context |= {"device": device, "key": " ".join(wrap(b32encode(device.bin_key).decode(), 4))}
        return TemplateResponse(request, "admin/second_factor.html", context)

    def _recovery_codes(self, request: HttpRequest, is_renewal: bool) -> HttpResponse:
        """Make new recovery codes and show them. It is the answer to a form, so no address shows them again."""
        codes = make_recovery_codes(request.user)
        context = {
            **self.each_context(request),
            "title": _("Recovery codes"),
            "codes": codes,
            "is_renewal": is_renewal,
        }
        return TemplateResponse(request, "admin/recovery_codes.html", context)

    def second_factor_qr(self, request: HttpRequest) -> HttpResponse:
        """Return the QR code of the device that the user is setting up, as SVG."""
        device = unconfirmed_device(request.user)
        if not device:
            raise Http404
        response = HttpResponse(content_type="image/svg+xml")
        qrcode.make(device.config_url, image_factory=SvgPathFillImage).save(response)
        return response
