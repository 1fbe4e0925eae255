"""Readers get their pages and load balancers their health checks while other requests hang or compute for long."""

import http.cookiejar
import os
import re
import signal
import subprocess
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from contextlib import contextmanager
from statistics import quantiles
from types import SimpleNamespace

import psycopg
import pytest

from codes.tests.hostile_tables import CSV, XLSX
from codes.tests.html_forms import fields_of

from .servers import ADD_ACCOUNTS, ON_POSTGRESQL, PASSWORD, make_site

MAX_WAIT = 5  # seconds; a request that waits for what is held here waits for longer
HELD = 8  # seconds for which a database is locked or frozen
ON_SQLITE_ONLY = pytest.mark.skipif(ON_POSTGRESQL, reason="SQLite only")
ON_POSTGRESQL_ONLY = pytest.mark.skipif(not ON_POSTGRESQL, reason="PostgreSQL only")


class Browser:
    """A client that keeps cookies, as an editor's browser does."""

    def __init__(self, url):
        self.url = url
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(cookies)

    def request(self, path, data=None, **headers):
        """Return (status, text) of an answer; a form is sent with the token of the page before."""
        request = urllib.request.Request(self.url + path, data, {"Referer": self.url + path, **headers})
        try:
            with self.opener.open(request, timeout=60) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def submit(self, path, form, **changed):
        """Submit the form with this id on a page, with what it holds and these changes."""
        status, text = self.request(path)
        if status != 200:
            return status, text
        fields = fields_of(SimpleNamespace(content=text.encode()), form) | changed
        return self.request(path, urllib.parse.urlencode(fields, doseq=True).encode())

    def upload(self, path, name, content):
        token = re.search(r'name="csrfmiddlewaretoken" value="(.*?)"', self.request(path)[1])[1]
        part = "--part\r\nContent-Disposition: form-data; name={}\r\n\r\n".format
        fields = f"{part('csrfmiddlewaretoken')}{token}\r\n{part(f'table; filename={name}')}"
        form = fields.encode() + content + b"\r\n--part--\r\n"
        return self.request(path, form, **{"Content-Type": "multipart/form-data; boundary=part"})


def log_in(url, name):
    browser = Browser(url)
    status, _text = browser.submit(
        "/admin/login/?next=/admin/password_change/", "login-form", username=name, password=PASSWORD
    )
    assert status == 200
    return browser


@contextmanager
def readers(url):
    """Ask for a cached page and the health check over and over; at the end, all were answered at once."""
    paths = ("/404/", "/en/404/", "/healthz")
    for path in paths:
        urllib.request.urlopen(url + path, timeout=30).close()
    stopped, seconds, failed = threading.Event(), [], []

    def read(path):
        while not stopped.is_set():
            began = time.perf_counter()
            try:
                with urllib.request.urlopen(url + path, timeout=MAX_WAIT) as answer:
                    assert answer.read()
            except OSError as error:
                failed.append((path, repr(error)))
            seconds.append(time.perf_counter() - began)
            time.sleep(0.01)

    threads = [threading.Thread(target=read, args=(path,)) for path in paths]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stopped.set()
        for thread in threads:
            thread.join()
    # Shown by pytest's -rP: what docs/measurements.md says of these tests.
    print(f"{len(seconds)} answers, p99 {quantiles(seconds, n=100)[98] * 1000:.0f}, max {max(seconds) * 1000:.0f} ms")
    assert failed == []
    assert len(seconds) > 20


@contextmanager
def at_once(*calls):
    """Run functions in threads of their own until the end of the block; yield the list of what they returned."""
    returned = []
    threads = [threading.Thread(target=lambda call=call: returned.append(call())) for call in calls]
    for thread in threads:
        thread.start()
    yield returned
    for thread in threads:
        thread.join()


@pytest.fixture
def served(tmp_path, django_db_blocker):
    """A served site with the full catalogue and an editor."""
    site = make_site(tmp_path, django_db_blocker, ADD_ACCOUNTS)
    with site.serving() as server:
        site.url = server.url
        yield site


@ON_SQLITE_ONLY
def test_while_another_process_holds_sqlites_write_lock_and_editors_save(served):
    editors = [(log_in(served.url, "chief"), digit) for digit in (4, 5)]
    path = served.env["DATABASE_URL"].removeprefix("sqlite:///")
    hold = (
        "import sqlite3, sys, time; connection = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "connection.execute('BEGIN IMMEDIATE'); print(flush=True); time.sleep(float(sys.argv[2]))"
    )
    with subprocess.Popen(["python3", "-c", hold, path, str(HELD)], stdout=subprocess.PIPE) as holder:
        holder.stdout.readline()
        saves = [
            lambda editor=editor, digit=digit: editor.submit(
                f"/admin/codes/category/{digit}/change/", "category_form", summary_ko="잠긴 동안 고친 글"
            )[0]
            for editor, digit in editors
        ]
        with at_once(*saves) as statuses, readers(served.url):
            holder.wait()
    assert statuses == [200, 200]
    assert "잠긴 동안 고친 글" in urllib.request.urlopen(f"{served.url}/4xx/").read().decode()


@ON_POSTGRESQL_ONLY
def test_while_a_table_is_locked(served):
    editor = log_in(served.url, "editor")
    asking = [lambda number=number: editor.request(f"/{number}/")[0] for number in range(400, 412)]
    with readers(served.url), psycopg.connect(served.env["DATABASE_URL"]) as connection:
        connection.execute("LOCK TABLE codes_statuscode IN ACCESS EXCLUSIVE MODE")
        with at_once(*asking) as statuses:
            time.sleep(HELD)
    assert set(statuses) <= {200, 503}


@ON_POSTGRESQL_ONLY
def test_while_the_database_is_frozen(served):
    name = served.env["DATABASE_URL"].rpartition("/")[2]
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        find = "SELECT pid FROM pg_stat_activity WHERE datname = %s"
        processes = [pid for (pid,) in connection.execute(find, [name])]
    assert processes
    editor = log_in(served.url, "editor")
    asking = [lambda number=number: editor.request(f"/{number}/")[0] for number in range(400, 412)]
    try:
        with readers(served.url):
            for process in processes:
                os.kill(process, signal.SIGSTOP)
            with at_once(*asking) as statuses:
                time.sleep(HELD)
    finally:
        for process in processes:
            os.kill(process, signal.SIGCONT)
    assert set(statuses) <= {200, 503}


WORST_SNAPSHOTS = """
import random
from codes.editing import history
from codes.models import StatusCode
for number in (404, 410, 418, 451):
    code = StatusCode.objects.get(number=number)
    for seed in (1, 2):
        draw = random.Random(seed)
        for field in ("description_ko", "description_en", "history_ko", "history_en", "misunderstanding_ko"):
            setattr(code, field, " ".join(draw.choices("abcdefgh", k=9_900)))
        code.save()
        snapshot = history.record(f"statuscode {number}")
    print(snapshot.pk)
"""


def test_while_an_editor_opens_the_worst_pages_and_uploads_the_worst_tables(served):
    snapshots = served.shell(WORST_SNAPSHOTS).split()
    editor = log_in(served.url, "editor")
    tables = [("a.xlsx", XLSX["many rows"]()), ("b.csv", CSV["lines of commas"]())]
    opening = [lambda pk=pk: editor.request(f"/admin/codes/entrysnapshot/{pk}/change/")[0] for pk in snapshots]
    uploading = [lambda table=table: editor.upload("/admin/codes/statuscode/texts/", *table)[0] for table in tables]
    answers = []
    with readers(served.url):
        for _ in range(5):
            with at_once(*opening, *uploading) as statuses:
                pass
            answers += statuses
    assert answers.count(200) >= 15
    assert set(answers) <= {200, 503}
