"""App configurations: Django's admin with our site, and django-otp's devices under translatable names."""

from django.contrib.admin.apps import AdminConfig as DjangoAdminConfig
from django.utils.translation import gettext_lazy as _
from django_otp.plugins.otp_totp.apps import DefaultConfig as TOTPConfig


class AdminConfig(DjangoAdminConfig):
    default_site = "statuscodes.accounts.sites.AdminSite"

    def ready(self) -> None:
        super().ready()
        # After every app's own, some of which it replaces.
        from . import admin, audit  # noqa: F401

        audit.connect_signals()


class SecondFactorConfig(TOTPConfig):
    """django-otp's app under names that can be translated."""

    verbose_name = _("Second factor")

    def ready(self) -> None:
        super().ready()
        meta = self.get_model("TOTPDevice")._meta
        meta.verbose_name, meta.verbose_name_plural = _("one-time password device"), _("one-time password devices")
