"""The poller follows the revision, and notices when the database is unavailable."""

import pytest
from django.db import OperationalError

from codes.models import Revision
from statuscodes.page_cache.poller import RevisionPoller

pytestmark = pytest.mark.django_db


def test_the_poller_notices_that_the_database_is_unavailable_and_available_again(monkeypatch, caplog):
    # Closing the connection would end the test's transaction.
    monkeypatch.setattr("django.db.connection.close_if_unusable_or_obsolete", lambda: None)
    own = RevisionPoller(lambda: Revision.current())
    own.poll()
    assert own.is_fresh
    with monkeypatch.context() as patch:

        def fail():
            raise OperationalError("connection refused")

        patch.setattr("codes.models.Revision.current", fail)
        patch.setattr("django.db.connection.close", lambda: None)
        own.poll()
        own.poll()
        assert own.is_unavailable
    own.poll()
    assert not own.is_unavailable
    assert [record.getMessage() for record in caplog.records] == [
        "the database is unavailable: connection refused",
        "the database is available again",
    ]
