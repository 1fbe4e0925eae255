"""The catalogue's app."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class CodesConfig(AppConfig):
    name = "codes"
    verbose_name = _("Catalogue")

    def ready(self) -> None:
        from .editing import invalidation, permissions

        post_migrate.connect(permissions.create_groups, sender=self)
        invalidation.connect_signals(self)
