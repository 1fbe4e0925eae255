"""Every change of the catalogue advances its revision, in the same transaction."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import AppConfig
from django.db.models.signals import m2m_changed, post_delete, post_save

from codes.models import Draft, LoadedEntry, MissedSearch, QuestionChoice, ReaderReport, Revision, StatusCode
from statuscodes.web.signals import database_restored

# No public page shows anything of them.
NOT_PUBLIC = {Draft, LoadedEntry, MissedSearch, ReaderReport, Revision}


def connect_signals(app: AppConfig) -> None:
    """Advance the revision with every save and deletion of the app's models, and renew it after a restore.

    What bypasses signals (bulk_create, QuerySet.update) has to call Revision.advance().
    """
    for model in app.get_models():
        if model not in NOT_PUBLIC:
            post_save.connect(_advance, sender=model)
            post_delete.connect(_advance, sender=model)
    for relation in (StatusCode.related, QuestionChoice.situations):
        m2m_changed.connect(_advance, sender=relation.through)
    database_restored.connect(_renew)


class _Pending(threading.local):
    """Whether this thread puts the advance off, and whether there is one to make."""

    active = False
    changed = False


_pending = _Pending()


def _advance(sender: Any, **kwargs: Any) -> None:
    if _pending.active:
        _pending.changed = True
    else:
        Revision.advance()


def _renew(sender: Any, **kwargs: Any) -> None:
    """Take a revision that was never used before, so that no cached page of another state counts as current."""
    Revision.advance()


@contextmanager
def single_advance() -> Iterator[None]:
    """Advance the revision once, at the end of the block, for all changes in it: for use inside one transaction."""
    _pending.active, _pending.changed = True, False
    try:
        yield
    finally:
        _pending.active = False
    if _pending.changed:
        Revision.advance()
