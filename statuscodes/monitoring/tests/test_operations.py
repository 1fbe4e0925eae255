"""What those who run the site see: logs, metrics, health."""

import fcntl
import json
import logging
import os
import subprocess
import sys
import time
from contextlib import suppress

import pytest
from django.db import OperationalError, connection
from django.db.migrations.loader import MigrationLoader
from pytest_django.asserts import assertContains, assertRedirects

from codes import search
from codes.models import Revision
from statuscodes.monitoring.logging import MAX_PENDING, BackgroundHandler, JSONFormatter, LineFormatter
from statuscodes.page_cache.poller import RevisionPoller, poller

pytestmark = pytest.mark.django_db


@pytest.fixture
def lines():
    """The lines that the site writes to its log during a test, as data."""
    written = []

    class Keep(logging.Handler):
        def emit(self, record):
            written.append(json.loads(self.format(record)))

    handler = Keep()
    handler.setFormatter(JSONFormatter())
    logging.getLogger().addHandler(handler)
    yield written
    logging.getLogger().removeHandler(handler)


# The log


def test_a_request_is_one_line_without_what_was_searched_for(client, lines):
    client.get("/search/?q=my+secret+illness&all=1", REMOTE_ADDR="203.0.113.9", HTTP_USER_AGENT="Mozilla/5.0 somebody")
    (line,) = lines
    assert line["message"] == "GET /search/ 200"
    assert line["milliseconds"] > 0
    assert len(line["request_id"]) == 32
    for personal in ("secret", "203.0.113.9", "somebody"):
        assert personal not in json.dumps(line)


def test_lines_of_one_request_carry_one_number_which_the_reader_of_an_error_is_told(client, lines, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("broken")

    monkeypatch.setattr("codes.models.StatusCodeQuerySet.with_details", fail)
    client.raise_request_exception = False
    page = client.get("/404/")
    assert page.status_code == 500
    error, request = lines
    assert "RuntimeError: broken" in error["exception"]
    assert error["request_id"] == request["request_id"] == page["X-Request-ID"]


@pytest.mark.parametrize(
    ("behind", "given", "taken"),
    [
        (True, "0123456789abcdef", True),
        (False, "0123456789abcdef", False),
        (True, "x", False),
        (True, 'a"b\ninjected line', False),
        (True, "a" * 65, False),
    ],
)
def test_only_a_declared_proxy_numbers_the_requests(client, lines, settings, behind, given, taken):
    settings.BEHIND_PROXY = behind
    client.get("/404/", HTTP_X_REQUEST_ID=given)
    assert (lines[0]["request_id"] == given) is taken


def test_control_characters_cannot_forge_a_line(client, lines):
    client.get("/%0a%1b[31mfake/")
    assert len(lines) == 1
    assert "\n" not in json.dumps(lines[0])


UNSAFE = "\x00\x1b\x7f\x85\x9b\u061c\u200e\u2028\u202e\u2066\ufeff\ud800"


@pytest.mark.parametrize("character", UNSAFE, ids=map(ascii, UNSAFE))
def test_what_a_terminal_obeys_is_escaped_in_every_format(character):
    try:
        raise ValueError(f"a{character}b")
    except ValueError as error:
        record = logging.makeLogRecord({"msg": f"GET /{character}x\n", "exc_info": (type(error), error, None)})
    line = JSONFormatter().format(record)
    assert json.loads(line)["message"] == f"GET /{character}x\n"
    text = LineFormatter("{levelname} {message}", style="{").format(record)
    assert text.splitlines()[0].endswith(f"GET /\\u{ord(character):04x}x\\u000a")
    assert len(text.splitlines()) == 2
    for written in (line, text):
        assert character not in written
        assert written.encode().isascii()


@pytest.fixture
def pipe():
    """A pipe into which a page fits, as (descriptor to read, stream to write)."""
    reading, writing = os.pipe()
    fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, 4096)
    stream = os.fdopen(writing, "w")
    yield reading, stream
    for close in (stream.close, lambda: os.close(reading)):
        with suppress(OSError):
            close()


def log_to(stream):
    handler = BackgroundHandler(stream)
    handler.setFormatter(JSONFormatter())
    return handler


def test_nobody_waits_for_a_reader_of_the_log_who_does_not_read(pipe):
    reading, stream = pipe
    handler = log_to(stream)
    count = 3 * MAX_PENDING
    began = time.monotonic()
    for number in range(count):
        handler.handle(logging.makeLogRecord({"msg": f"line {number} {'x' * 100}"}))
    assert time.monotonic() - began < 20
    text = b""
    while b"were dropped" not in text or not text.endswith(b"\n"):
        text += os.read(reading, 65536)
    messages = [json.loads(line)["message"] for line in text.splitlines()]
    (said,) = [message for message in messages if "were dropped" in message]
    assert messages[0].startswith("line 0 ")
    assert int(said.split()[0]) > count - MAX_PENDING - 100


def test_the_site_goes_on_when_nobody_can_read_the_log(pipe):
    reading, stream = pipe
    os.close(reading)
    handler = log_to(stream)
    for _ in range(3):
        handler.handle(logging.makeLogRecord({"msg": "x" * 5000}))
        handler.flush()
    assert handler.lines.unfinished_tasks == 0
    assert handler.thread.is_alive()


def test_the_last_lines_of_a_process_are_written():
    code = "import django; django.setup()\nimport logging; logging.getLogger('statuscodes').error('last words')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["message"] == "last words"


# Metrics


COUNT = """
import sys
from statuscodes.monitoring import metrics
exec(sys.argv[1])
metrics.CACHE_HITS.inc()
text = metrics.render(revision=7, database_up=True).decode()
assert "statuscodes_page_cache_hits_total 1.0" in text, text
assert "statuscodes_revision 7.0" in text, text
"""


def count_into(folder, *, limit="unlimited", meanwhile=""):
    """Count one hit and read it back in a process that has this folder of metrics; return what it said."""
    command = ["sh", "-c", f'ulimit -f {limit}; exec "$@"', "sh", sys.executable, "-c", COUNT, meanwhile]
    environment = os.environ | {"PROMETHEUS_MULTIPROC_DIR": str(folder)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stderr


def test_metrics_of_all_processes_are_counted_in_a_folder_that_is_made(tmp_path):
    assert count_into(tmp_path / "new" / "folder") == ""
    assert len(list((tmp_path / "new" / "folder").iterdir())) == 3


def test_a_process_counts_for_itself_where_the_folder_is_unavailable(tmp_path):
    (tmp_path / "file").write_text("x")
    assert "counts its metrics for itself" in count_into(tmp_path / "file" / "folder")
    # As on a full disk: not a byte more than 8 kB.
    assert "counts its metrics for itself" in count_into(tmp_path / "full", limit=16)
    assert list((tmp_path / "full").iterdir()) == []


def test_a_folder_of_metrics_that_goes_away_later_does_no_harm(tmp_path):
    folder = tmp_path / "folder"
    said = count_into(folder, meanwhile=f"import shutil; shutil.rmtree({str(folder)!r})")
    assert "only the metrics of this process" in said


def metrics_of(client):
    page = client.get("/metrics", HTTP_AUTHORIZATION="Bearer only-for-tests")
    return dict(line.rsplit(" ", 1) for line in page.content.decode().splitlines() if not line.startswith("#"))


def test_metrics_count_what_was_answered(client, settings):
    settings.METRICS_TOKEN = "only-for-tests"
    before = metrics_of(client)
    client.get("/404/")
    client.get("/nope/")
    after = metrics_of(client)
    for status in ("200", "404"):
        name = f'statuscodes_django_answers_total{{status="{status}"}}'
        assert float(after[name]) > float(before.get(name, 0))
    assert float(after["statuscodes_django_seconds_count"]) > float(before["statuscodes_django_seconds_count"])
    for name in ("statuscodes_revision", "statuscodes_database_up", "statuscodes_page_cache_hits_total"):
        assert name in after


@pytest.mark.parametrize(
    ("token", "given"),
    [
        ("", ""),
        ("", "Bearer "),
        ("secret", ""),
        ("secret", "Bearer wrong"),
        ("secret", "secret"),
        ("secret", "Bearer é"),
    ],
)
def test_metrics_are_for_those_who_have_the_token(client, settings, token, given):
    settings.METRICS_TOKEN = token
    for method in ("GET", "HEAD", "POST", "DELETE", "OPTIONS"):
        assert client.generic(method, "/metrics", HTTP_AUTHORIZATION=given).status_code == 404


def test_metrics_are_only_read(client, settings):
    settings.METRICS_TOKEN = "secret"
    assert client.post("/metrics", HTTP_AUTHORIZATION="Bearer secret").status_code == 405


# Health


def test_the_process_is_healthy_without_asking_the_database(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get("/healthz").json() == {"status": "ok", "database": "ok"}


def test_the_site_is_ready_while_its_database_answers(client, monkeypatch):
    assert client.get("/readyz").json()["database"] == "ok"

    def fail(*args, **kwargs):
        raise OperationalError("connection refused")

    monkeypatch.setattr("django.db.backends.base.base.BaseDatabaseWrapper.cursor", fail)
    page = client.get("/readyz")
    assert (page.status_code, page.json()["database"], page["Retry-After"]) == (503, "away", "10")


def test_while_the_database_is_away_nobody_waits_for_it(client, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(poller, "is_unavailable", True)
    client.raise_request_exception = False
    with django_assert_num_queries(0):
        for path in ("/404/", "/admin/", "/sitemap.xml"):
            assert client.get(path).status_code == 503
        assert client.get("/healthz").json() == {"status": "ok", "database": "away"}


def test_while_the_database_is_away_search_goes_on(client, monkeypatch, django_assert_num_queries):
    revision = Revision.current()
    monkeypatch.setattr(search.index._cache, "read_revision", lambda: revision)
    monkeypatch.setattr(search.index._cache, "check_database", poller.require_database)
    client.get("/search/?q=gateway")
    monkeypatch.setattr(poller, "is_unavailable", True)
    with django_assert_num_queries(0):
        assertContains(client.get("/search/?q=못+찾음&all=1"), "찾을 수 없음")
        assertRedirects(client.get("/search/?q=404"), "/404/", fetch_redirect_response=False)
        assert client.get("/search/suggest/?q=40").json()["results"]
    monkeypatch.setattr(search.index._cache, "index", None)
    client.raise_request_exception = False
    assert client.get("/search/?q=404").status_code == 503


def test_the_page_of_an_absent_database_says_when_to_come_again(client, monkeypatch):
    monkeypatch.setattr(poller, "is_unavailable", True)
    client.raise_request_exception = False
    page = client.get("/en/404/")
    assertContains(page, "Service Unavailable", status_code=503)
    assert page["Retry-After"] == "10"


def test_a_process_notices_that_the_database_is_away_and_back(monkeypatch, lines):
    # The test's transaction ends with its connection.
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
    assert [line["message"] for line in lines] == [
        "the database is unavailable: connection refused",
        "the database is available again",
    ]


# Upgrades: while one host has the new version, another still runs the one before


def test_the_version_before_writes_on_the_schema_of_this_one():
    loader = MigrationLoader(connection)
    (newest,) = loader.graph.leaf_nodes("codes")
    (before,) = (parent.key for parent in loader.graph.node_map[newest].parents if parent.key[0] == "codes")
    written = set()
    for model in loader.project_state(before).apps.get_app_config("codes").get_models(include_auto_created=True):
        rows = model._base_manager
        if row := rows.first():
            rows.filter(pk=row.pk)._raw_delete(connection.alias)
            row.save(force_insert=True)
            written.add(model.__name__)
    assert written >= {"StatusCode", "Exchange", "Message", "Reference", "StatusCode_related", "Revision"}
