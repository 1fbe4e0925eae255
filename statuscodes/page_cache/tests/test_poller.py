"""The poller follows the revision, and notices when the database is unavailable."""

import threading
import time

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


@pytest.fixture
def polling(monkeypatch):
    """A poller in a thread that replaces the process's own; the test gives it what to read."""
    monkeypatch.setattr("django.db.connection.close_if_unusable_or_obsolete", lambda: None)
    own = RevisionPoller()
    for name, seconds in {"INTERVAL": 0.01, "MAX_POLL": 0.1, "RESTART_INTERVAL": 0, "ABANDON_AFTER": 0.3}.items():
        monkeypatch.setattr(own, name, seconds, raising=False)
    monkeypatch.setattr("statuscodes.web.views.poller", own)
    monkeypatch.setattr("statuscodes.web.middleware.poller", own)
    yield own
    own.abandoned.append(own.thread)  # ends it


def until(condition):
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.parametrize("error", [OSError("sleep"), MemoryError(), ValueError("abc"), RuntimeError("x")])
def test_no_error_ends_the_polling(polling, error, caplog):
    results = iter([1, error, 3])

    def read():
        result = next(results, 3)
        if isinstance(result, Exception):
            raise result
        return result

    polling.callbacks.append(lambda: 1 / 0)
    polling.start(read)
    until(lambda: polling.number == 3)
    assert polling.is_alive
    assert not polling.is_unavailable
    assert {"a callback of the poller failed", "the revision cannot be read"} <= {
        record.getMessage() for record in caplog.records
    }


def test_a_revision_that_is_no_number_is_an_unavailable_database(polling):
    polling.start(lambda: "abc")
    until(lambda: polling.is_unavailable)
    assert polling.number == 0
    assert not polling.is_fresh


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_poller_that_died_is_said_and_started_again_by_the_next_request(polling, client, monkeypatch):
    with monkeypatch.context() as patch:

        def end():
            raise SystemExit

        polling.start(end)
        until(lambda: not polling.is_alive)
        patch.setattr(polling, "RESTART_INTERVAL", 60)
        assert client.get("/healthz").json()["poller"] == "dead"
        page = client.get("/readyz")
        assert (page.status_code, page.json()["poller"]) == (503, "dead")
        assert not polling.is_fresh
        polling.read = lambda: 7
    client.get("/healthz")
    until(lambda: polling.number == 7)
    assert client.get("/readyz").status_code == 200


def test_a_poll_that_hangs_is_said_and_another_thread_polls(polling, client, monkeypatch):
    go_on = threading.Event()
    monkeypatch.setattr(polling, "ABANDON_AFTER", 60)
    polling.start(lambda: go_on.wait(30) and 5)
    until(lambda: polling.is_unavailable)
    assert client.get("/healthz").json() == {"status": "ok", "database": "away", "poller": "hung"}
    page = client.get("/readyz")
    assert (page.status_code, page.json()["poller"]) == (503, "hung")
    assert not polling.is_fresh
    with pytest.raises(OperationalError):
        polling.require_database()

    polling.read = lambda: 8
    polling.round_began_at -= polling.ABANDON_AFTER
    client.get("/healthz")
    until(lambda: polling.number == 8)
    (hung,) = polling.abandoned
    go_on.set()
    hung.join(timeout=10)
    assert polling.number == 8
    assert not polling.is_unavailable


def test_threads_that_hang_do_not_pile_up(polling):
    go_on = threading.Event()
    polling.start(lambda: go_on.wait(30) and 5)
    for _ in range(20):
        time.sleep(polling.INTERVAL)
        polling.round_began_at -= polling.ABANDON_AFTER
        polling.ensure_running()
    assert len(polling.abandoned) == polling.MAX_ABANDONED
    go_on.set()
    until(lambda: polling.number == 5)
