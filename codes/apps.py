from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class CodesConfig(AppConfig):
    name = "codes"
    verbose_name = _("Catalogue")

    def ready(self):
        from . import editors, revisions

        post_migrate.connect(editors.ensure_groups, sender=self)
        revisions.watch(self)
