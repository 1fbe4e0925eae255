from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class CodesConfig(AppConfig):
    name = "codes"
    verbose_name = _("Catalogue")

    def ready(self):
        from .editors import ensure_editors_group
        from .revisions import watch

        post_migrate.connect(ensure_editors_group, sender=self)
        watch(self)
