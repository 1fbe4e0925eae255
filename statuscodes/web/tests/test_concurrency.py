"""A few requests wait for something slow; the others are answered."""

import re
import threading
import time

import psycopg
import pytest
from django.conf import settings
from django.db import connection, connections
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import resolve

from statuscodes.page_cache.wsgi import MAX_WAITING
from statuscodes.web import concurrency, database, postgresql
from statuscodes.web.concurrency import ADMIN_SLOTS, PUBLIC_SLOTS, RESERVED_THREADS, THREADS, Slots

pytestmark = pytest.mark.django_db

PUBLIC = ["/404/", "/", "/search/?q=gateway", "/sitemap.xml", "/robots.txt", "/en/vs/"]


@pytest.fixture
def full(monkeypatch):
    """All slots are taken by requests that do not end."""
    for name in ("PUBLIC_SLOTS", "ADMIN_SLOTS"):
        slots = Slots(running=1, waiting=0, max_wait=0)
        assert slots.acquire()
        monkeypatch.setattr(concurrency, name, slots)


@pytest.mark.parametrize("path", [*PUBLIC, "/admin/", "/en/admin/login/"])
def test_over_the_limit_a_request_is_told_when_to_come_again(client, full, path, django_assert_num_queries):
    with django_assert_num_queries(0):
        page = client.get(path)
    assert (page.status_code, page["Retry-After"]) == (503, "5")
    assert b'name="q"' in page.content


@pytest.mark.parametrize("path", ["/healthz", "/metrics", "/nope"])
def test_over_the_limit_what_costs_nothing_is_answered(client, full, path):
    assert client.get(path).status_code in (200, 404)


def test_readers_do_not_wait_for_editors(client, monkeypatch):
    monkeypatch.setattr(concurrency, "ADMIN_SLOTS", Slots(running=0, waiting=0, max_wait=0))
    assert client.get("/404/").status_code == 200
    assert client.get("/admin/").status_code == 503


@pytest.mark.parametrize("path", ["/404/", "/nope/", "/admin/", "/search/?q=404", "/healthz", "/vs/nope/"])
def test_every_slot_is_given_back(client, monkeypatch, path):
    for name in ("PUBLIC_SLOTS", "ADMIN_SLOTS"):
        monkeypatch.setattr(concurrency, name, Slots(running=1, waiting=0, max_wait=0))
    for _ in range(3):
        assert client.get(path).status_code != 503


def test_a_slot_is_given_back_after_a_fault(client, monkeypatch):
    monkeypatch.setattr(concurrency, "PUBLIC_SLOTS", Slots(running=1, waiting=0, max_wait=0))
    monkeypatch.setattr("codes.models.StatusCodeQuerySet.linked_from", lambda queryset: 1 / 0)
    client.raise_request_exception = False
    for _ in range(3):
        assert client.get("/404/").status_code == 500


def test_some_wait_for_their_turn_and_the_rest_are_refused_at_once():
    slots = Slots(running=2, waiting=1, max_wait=20)
    assert slots.acquire()
    assert slots.acquire()
    got = []
    waiter = threading.Thread(target=lambda: got.append(slots.acquire()))
    waiter.start()
    deadline = time.monotonic() + 10
    while slots.admitted._value:
        assert time.monotonic() < deadline
    assert not slots.acquire()
    slots.release()
    waiter.join(timeout=10)
    assert got == [True]


def test_who_waits_for_too_long_leaves_no_trace():
    slots = Slots(running=1, waiting=1, max_wait=0.01)
    assert slots.acquire()
    assert not slots.acquire()
    slots.release()
    assert slots.acquire()


def test_threads_are_left_when_all_who_may_wait_do():
    assert PUBLIC_SLOTS.max_threads + ADMIN_SLOTS.max_threads + MAX_WAITING + RESERVED_THREADS <= THREADS
    for name in ("Makefile", "deploy/statuscodes.service"):
        text = (settings.BASE_DIR / name).read_text(encoding="utf-8")
        assert re.findall(r"--blocking-threads (\d+)", text) == [str(THREADS)]


# Waiting for the database


@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite only")
def test_an_editors_save_waits_longer_for_its_turn_than_a_reader(client, monkeypatch):
    """SQLite's own waiting; PostgreSQL's limits are options of the connection."""
    seen = {}

    def look(request, *args, **kwargs):
        with connection.cursor() as cursor:
            seen[request.method] = cursor.execute("PRAGMA busy_timeout").fetchone()[0]
        return HttpResponse()

    before = connection.connection.execute("PRAGMA busy_timeout").fetchone()[0]
    for method in ("get", "post"):
        request = getattr(RequestFactory(), method)("/admin/login/")
        request.resolver_match = resolve("/admin/login/")
        middleware = concurrency.ConcurrencyLimitMiddleware(look)
        middleware.process_view(request, look, (), {})
        middleware(request)
    connection.connection.execute(f"PRAGMA busy_timeout = {before}")
    assert seen == {"GET": before, "POST": database.SQLITE_WRITE_WAIT * 1000}


def test_the_server_waits_less_for_sqlite_than_commands_do():
    data = {"ENGINE": "django.db.backends.sqlite3", "OPTIONS": {"timeout": 20}}
    database.limit_waiting(data, 12)
    assert data["OPTIONS"]["timeout"] == database.SQLITE_READ_WAIT < database.SQLITE_WRITE_WAIT < 20


def test_postgresql_is_told_the_servers_limits():
    options = {"pool": {"min_size": 1, "max_size": 4}, "options": "-c search_path=codes"}
    data = {"ENGINE": "django.db.backends.postgresql", "OPTIONS": options}
    database.limit_waiting(data, 12)
    assert options["options"].startswith("-c search_path=codes -c statement_timeout=")
    assert options["pool"]["max_size"] == 12
    assert options["pool"]["connection_class"] is postgresql.LimitedConnection


@pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL only")
def test_a_server_that_does_not_answer_is_given_up(monkeypatch):
    monkeypatch.setattr(postgresql, "MAX_SILENCE", 0.2)
    parameters = connections["default"].get_connection_params() | {"cursor_factory": None}
    link = postgresql.LimitedConnection.connect(**parameters)
    with pytest.raises(psycopg.OperationalError):
        link.execute("SELECT pg_sleep(30)")
    assert link.closed
