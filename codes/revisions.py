"""Every change of the catalogue advances its revision, in the same transaction."""

from django.db.models.signals import m2m_changed, post_delete, post_save

from .models import LoadedEntry, Revision, StatusCode


def watch(app):
    """Connect the signals. What bypasses them (bulk_create, QuerySet.update) has to call Revision.advance()."""
    for model in app.get_models():
        if model not in (LoadedEntry, Revision):
            post_save.connect(_advance, sender=model)
            post_delete.connect(_advance, sender=model)
    m2m_changed.connect(_advance, sender=StatusCode.related.through)


def _advance(sender, using, **kwargs):
    Revision.advance()
