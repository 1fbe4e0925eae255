from django.contrib.admin.apps import AdminConfig as DjangoAdminConfig
from django.utils.translation import gettext_lazy as _
from django_otp.plugins.otp_totp.apps import DefaultConfig as TOTPConfig


class AdminConfig(DjangoAdminConfig):
    default_site = "statuscodes.accounts.AdminSite"

    def ready(self):
        super().ready()
        # After every app's own, some of which it replaces.
        from . import accounts, admin  # noqa: F401

        accounts.watch()


class SecondFactorConfig(TOTPConfig):
    """django-otp's app under names that can be translated."""

    verbose_name = _("Second factor")

    def ready(self):
        super().ready()
        meta = self.get_model("TOTPDevice")._meta
        meta.verbose_name, meta.verbose_name_plural = _("one-time password device"), _("one-time password devices")
