"""App configurations: our accounts, Django's admin with our site, and django-otp's devices under translatable names."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig as DjangoAdminConfig
from django.utils.translation import gettext_lazy as _
from django_otp.plugins.otp_static.apps import DefaultConfig as StaticConfig
from django_otp.plugins.otp_totp.apps import DefaultConfig as TOTPConfig


class AccountsConfig(AppConfig):
    """Comes after the apps whose ModelAdmin it replaces."""

    name = "statuscodes.accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        from . import audit, second_factor

        audit.connect_signals()
        second_factor.connect_signals()


class AdminConfig(DjangoAdminConfig):
    default_site = "statuscodes.accounts.sites.AdminSite"


class SecondFactorConfig(TOTPConfig):
    """django-otp's app under names that can be translated."""

    verbose_name = _("Second factor")

    def ready(self) -> None:
        super().ready()
        meta = self.get_model("TOTPDevice")._meta
        meta.verbose_name, meta.verbose_name_plural = _("one-time password device"), _("one-time password devices")


class RecoveryCodesConfig(StaticConfig):
    """django-otp's app for codes on paper, under names that can be translated. Its ModelAdmin shows secrets."""

    verbose_name = _("Recovery codes")

    def ready(self) -> None:
        super().ready()
        device, code = self.get_model("StaticDevice")._meta, self.get_model("StaticToken")._meta
        device.verbose_name = device.verbose_name_plural = _("list of recovery codes")
        code.verbose_name = code.verbose_name_plural = _("recovery code")
