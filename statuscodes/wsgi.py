"""The WSGI entry point: Django, and in production the page cache in front of it.

Only this file and urls.py know both the project's apps and the catalogue, and only this file the live answers.
"""

import gc
import os

import django

# Little that is made while a process starts is garbage, and looking for it again and again took a tenth of that time.
gc.disable()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "statuscodes.settings")
django.setup(set_prefix=False)

from importlib import import_module  # noqa: E402
from typing import Any  # noqa: E402

from django.conf import settings  # noqa: E402
from django.db import connection, connections  # noqa: E402
from django.template import engines  # noqa: E402

from answers.app import Application as LiveAnswers  # noqa: E402
from answers.catalogue import Catalogue  # noqa: E402
from answers.mount import Mount  # noqa: E402
from answers.preview import preview  # noqa: E402
from answers.responses import Responder  # noqa: E402
from codes.data.live_answers import answers_document  # noqa: E402
from codes.live_answers import use_preview  # noqa: E402
from codes.models import Revision  # noqa: E402
from codes.search import prepare_index, use_revision  # noqa: E402
from statuscodes.page_cache.poller import poller  # noqa: E402
from statuscodes.page_cache.wsgi import PageCache, release_digest  # noqa: E402
from statuscodes.web.concurrency import ADMIN_SLOTS, PUBLIC_SLOTS  # noqa: E402
from statuscodes.web.database import limit_waiting  # noqa: E402
from statuscodes.web.database_lock import mark_in_use  # noqa: E402
from statuscodes.web.handler import Handler  # noqa: E402

mark_in_use()
# Every request that runs may hold a connection; so may the poller, and requests that have just given their slots back.
limit_waiting(connections.settings["default"], PUBLIC_SLOTS.max_running + ADMIN_SLOTS.max_running + 5)

django_application = Handler()
application: Any
if settings.DEBUG:
    # Templates and styles are being changed, and no revision tells of that.
    application = django_application
else:
    # Before the server listens: the first page and the first search after a start or a reload wait for nothing. Without
    # a database the process starts all the same.
    import_module(settings.ROOT_URLCONF)
    engines.all()  # imports the template tags
    gc.freeze()  # modules stay for good; not the index, which an edit replaces
    poller.read = Revision.current
    poller.poll()
    use_revision(poller.current, poller.require_database)
    if not poller.has_failed:
        prepare_index()
    connection.close()
    poller.start(Revision.current)
    application = PageCache(django_application, poller, release_digest())

use_preview(preview)


def live_answers() -> LiveAnswers:
    """Make the live answers from the database as it is now."""
    try:
        return LiveAnswers(Responder(Catalogue(answers_document())))
    finally:
        connection.close()


if settings.ANSWERS_ARE_HERE:
    application = Mount(settings.ANSWERS.path, live_answers, application)

gc.collect()  # here, so that no request waits for it
gc.enable()
