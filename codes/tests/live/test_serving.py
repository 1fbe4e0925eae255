"""The production server under load and under faults: real processes, real sockets, both databases."""

import http.client
import itertools
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings

from conftest import free_url, serving, wait_for
from tools.serving import BEHIND_NGINX, UNFINISHED_FORM, connect, free_port, shipped_nginx, slow_requests

ON_POSTGRESQL = os.environ.get("DATABASE_URL", "").startswith("postgres")
EDIT = """
import time
from codes.models import StatusCode
code = StatusCode.objects.get(number=404)
code.name_ko = {name!r}
code.save()
print(time.time())
"""


@pytest.fixture
def site(own_site):
    """The tests here start and end its servers themselves."""
    return own_site


def ask(url, path="/404/", **headers):
    """Return (status, headers, text) of an answer over a new connection. Raise OSError if there is none."""
    request = urllib.request.Request(url + path, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=15) as answer:
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read().decode()
    except http.client.HTTPException as error:
        raise OSError(f"cut: {error}") from error


def name_of(url):
    return re.search(r"<h1[^>]*>(.*?)</h1>", ask(url)[2])[1]


def edit(site, name):
    """Change 404 in a process of its own; return the time just after it was saved."""
    return float(site.manage("shell", "--no-imports", "-c", EDIT.format(name=name)).stdout)


class Clients:
    """Threads that ask again and again until told to stop."""

    def __init__(self, number):
        self.stopped = threading.Event()
        self.threads = [threading.Thread(target=self._repeat, args=(each,)) for each in range(number)]

    def _repeat(self, client):
        for count in itertools.count():
            if self.stopped.is_set():
                return
            self.ask(f"{client}-{count}")

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stopped.set()
        for thread in self.threads:
            thread.join(timeout=30)


class Readers(Clients):
    """Clients of one page, or of a new one each time, and what they got."""

    def __init__(self, url, number=4, path=lambda count: "/404/"):
        super().__init__(number)
        self.url, self.path = url, path
        self.seen, self.lost = [], []

    def ask(self, count):
        began = time.time()
        try:
            status, headers, text = ask(self.url, self.path(count))
        except OSError as error:
            self.lost.append((began, repr(error)))
            time.sleep(0.02)
        else:
            self.seen.append((began, status, headers, text))


def test_an_edit_shows_in_every_process_of_every_host_within_a_second(site):
    other = free_url()
    with serving(site, "--workers", "2"), serving(site, "--workers", "2", url=other):
        for url in (site.url, other):
            name_of(url)
        with Readers(site.url, 2) as here, Readers(other, 2) as there:
            saved = []
            for name in ("하나", "둘", "셋"):
                saved.append((edit(site, name), name))
                time.sleep(2)
        assert here.lost == there.lost == []
        for number, (when, _name) in enumerate(saved):
            # A process that could not look at the revision for a second says that its pages are stale.
            fresh = [
                text
                for began, _, headers, text in here.seen + there.seen
                if began > when + 1 and "max-age=0" not in headers["Cache-Control"]
            ]
            assert fresh
            assert all(any(f">{name}</h1>" in text for _, name in saved[number:]) for text in fresh)
    edit(site, "찾을 수 없음")


def test_an_edit_that_is_rolled_back_changes_nothing(site):
    code = (
        "from django.db import transaction\nfrom codes.models import Revision, StatusCode\n"
        "before = Revision.current()\n"
        "try:\n    with transaction.atomic():\n"
        "        StatusCode.objects.get(number=404).save()\n        raise KeyError\n"
        "except KeyError:\n    print(Revision.current() - before)"
    )
    assert site.manage("shell", "--no-imports", "-c", code).stdout.strip() == "0"


def test_a_stop_cuts_no_answer(site):
    """Pages that nobody has asked for are being made when the server is told to stop."""
    path = "/search/?q=word{}".format
    with serving(site, "--workers", "2") as server, Readers(site.url, 6, path) as readers:
        wait_for(lambda: len(readers.seen) > 20 or None)
        told = time.time()
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=30)
    assert server.returncode == 0
    # Who comes in the last moment may find the door shut. Nobody is sent away with half an answer.
    assert [error for began, error in readers.lost if began < told - 0.2 or "Incomplete" in error] == []
    assert all(text.rstrip().endswith("</html>") for *_, text in readers.seen)


def test_slow_requests_requests_do_not_keep_others_waiting(site):
    with serving(site):
        held = [socket.create_connection(("127.0.0.1", int(site.url.rpartition(":")[2]))) for _ in range(40)]
        for connection in held:
            connection.sendall(b"GET /404/ HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")
        for _ in range(20):
            assert ask(site.url)[0] == 200
        for connection in held:
            connection.close()


COLLIDE = """
from django.db import transaction
from codes.models import Revision, StatusCode
for number in range(60):
    with transaction.atomic():
        code = StatusCode.objects.select_for_update().get(number=299)
        code.keywords = str(int(code.keywords or 0) + 1)
        code.save()
"""


def test_no_write_is_refused_or_lost_and_no_reader_turned_away_when_many_collide(site):
    site.manage(
        "shell",
        "--no-imports",
        "-c",
        "from codes.models import *; StatusCode.objects.filter(number=299).update(keywords='')",
    )
    command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", COLLIDE]
    writers = [
        subprocess.Popen(command, cwd=settings.BASE_DIR, env=site.env, stderr=subprocess.PIPE, text=True)
        for _ in range(8)
    ]
    # Every write makes the kept page an old one, so that each reading asks the database.
    with serving(site), Readers(site.url) as readers:
        assert [(writer.wait(timeout=240), writer.stderr.read()) for writer in writers] == [(0, "")] * 8
    assert readers.lost == []
    assert {status for _, status, *_ in readers.seen} == {200}
    counted = site.manage(
        "shell", "--no-imports", "-c", "from codes.models import *; print(StatusCode.objects.get(number=299).keywords)"
    )
    assert counted.stdout.strip() == "480"


SAVE_ON = """
from codes.models import StatusCode
code = StatusCode.objects.get(number=299)
for number in range(100_000):
    code.keywords = str(number)
    code.save()
    print(number, flush=True)
"""


def test_a_process_killed_while_it_saves_loses_no_save_that_it_reported(site, tmp_path):
    command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", SAVE_ON]
    for saves in (5, 20, 60):
        with subprocess.Popen(
            command, cwd=settings.BASE_DIR, env=site.env, stdout=subprocess.PIPE, text=True
        ) as writer:
            reported = [writer.stdout.readline() for _ in range(saves)]
            writer.kill()
            reported += writer.stdout.readlines()
        stored = site.manage(
            "shell", "--no-imports", "-c", "from codes.models import *; print(StatusCode.objects.get(pk=299).keywords)"
        )
        assert int(stored.stdout) >= int(reported[-1])
    site.manage("backup", str(tmp_path))  # it checks the copy


# Behind nginx


@contextmanager
def behind_nginx(site, folder, *options):
    """The site behind the shipped nginx, as (main process of the site, port for HTTP, port for HTTPS)."""
    with (
        serving(site, *options, env=BEHIND_NGINX) as server,
        shipped_nginx(folder, urlsplit(site.url).port) as (plain, secure),
    ):
        yield server, plain, secure


def ask_nginx(port, path="/404/", **headers):
    command = ["curl", "-s", "-k", "-i", "--max-time", "20", "--resolve", f"status.example:{port}:127.0.0.1"]
    for name, value in headers.items():
        command += ["-H", f"{name.replace('_', '-')}: {value}"]
    return subprocess.run(
        [*command, f"https://status.example:{port}{path}"], capture_output=True, text=True, check=False
    ).stdout


class NginxReaders(Clients):
    """Clients that ask nginx for pages that nobody has asked for yet, and the beginnings of the answers."""

    def __init__(self, port):
        super().__init__(3)
        self.port = port
        self.answers = []

    def ask(self, count):
        self.answers.append(ask_nginx(self.port, f"/search/?all=1&q=word{count}")[:10].strip())


def workers_of(server):
    return Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()


def test_a_reload_loses_no_request_behind_nginx(site, tmp_path):
    with (
        behind_nginx(site, tmp_path, "--workers", "2") as (server, _plain, secure),
        NginxReaders(secure) as readers,
    ):
        for _ in range(3):
            server.send_signal(signal.SIGHUP)
            time.sleep(2)
    assert len(readers.answers) > 30
    assert set(readers.answers) == {"HTTP/2 200"}


def test_a_worker_that_is_killed_loses_no_request_behind_nginx(site, tmp_path):
    options = ["--workers", "2", "--respawn-failed-workers"]
    with behind_nginx(site, tmp_path, *options) as (server, _plain, secure), NginxReaders(secure) as readers:
        for _ in range(3):
            time.sleep(1.5)
            os.kill(int(workers_of(server)[0]), signal.SIGKILL)
            wait_for(lambda: len(workers_of(server)) == 2 or None)
            time.sleep(3)  # until the new one has started to listen
    assert len(readers.answers) > 30
    assert set(readers.answers) == {"HTTP/2 200"}


def test_the_shipped_nginx_overwrites_what_a_client_says_about_itself(site, tmp_path):
    with behind_nginx(site, tmp_path) as (_server, plain, secure):
        answer = ask_nginx(secure, X_Forwarded_Proto="http", X_Forwarded_For="1.2.3.4")
        assert answer.startswith("HTTP/2 200")
        assert answer.lower().count("strict-transport-security:") == 1
        assert ask(f"http://127.0.0.1:{plain}", "/healthz", Host="status.example")[0] == 200


def test_an_edit_shows_behind_nginx_too(site, tmp_path):
    with behind_nginx(site, tmp_path) as (_server, _plain, secure):
        assert ">찾을 수 없음</h1>" in ask_nginx(secure)
        edit(site, "못 찾음")
        wait_for(lambda: ">못 찾음</h1>" in ask_nginx(secure) or None, seconds=5)
        edit(site, "찾을 수 없음")


def test_slow_requests_forms_do_not_keep_others_waiting_behind_nginx(site, tmp_path):
    with behind_nginx(site, tmp_path) as (_server, _plain, secure), slow_requests(secure, UNFINISHED_FORM):
        for number in range(20):
            assert ask_nginx(secure, f"/search/?all=1&q=word{number}").startswith("HTTP/2 200")


DOUBTFUL = [
    (400, ["Content-Length: 4", "Transfer-Encoding: chunked"]),
    (400, ["Content-Length: 4", "Content-Length: 5"]),
    (400, ["Transfer-Encoding: chunked", "Transfer-Encoding: chunked"]),
    (400, ["Host: evil.example"]),
    (400, ["X-Long: " + "x" * 20_000]),
    (431, [f"X-{number}: x" for number in range(200)]),
]


def test_a_request_that_two_servers_could_read_differently_is_refused(site, tmp_path):
    with behind_nginx(site, tmp_path) as (_server, _plain, secure):
        for status, lines in DOUBTFUL:
            request = ["POST /404/ HTTP/1.1", "Host: status.example", *lines, "", "0", "", "GET /410/ HTTP/1.1", "", ""]
            with connect(secure) as connection:
                connection.sendall("\r\n".join(request).encode())
                answer = b"".join(iter(lambda: connection.recv(65536), b""))
            assert answer.startswith(f"HTTP/1.1 {status} ".encode()), lines[0]
            assert b" 200 OK" not in answer, lines[0]


# When parts are away


class Cable:
    """A way to a server that can be cut and mended."""

    def __init__(self, host, port):
        self.target = (host, port)
        self.links = []
        self.listener = None
        self.port = free_port()
        self.mend()

    def mend(self):
        self.listener = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, args=(self.listener,), daemon=True).start()

    def cut(self):
        # A thread that waits in accept() would keep the port open.
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for link in self.links:
            link.close()
        self.links = []

    def _accept(self, listener):
        while True:
            try:
                near, _ = listener.accept()
                far = socket.create_connection(self.target)
            except OSError:
                return
            self.links += [near, far]
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=self._carry, args=(source, sink), daemon=True).start()

    def _carry(self, source, sink):
        try:
            while data := source.recv(65536):
                sink.sendall(data)
        except OSError:
            pass
        for end in (source, sink):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


@contextmanager
def breakable_database(site):
    """The site's database as (environment, take away, give back)."""
    if not ON_POSTGRESQL:
        path = Path(site.env["DATABASE_URL"].removeprefix("sqlite:///"))
        aside = path.with_suffix(".aside")

        def take_away():
            path.rename(aside)
            path.mkdir()  # what cannot be opened cannot be made anew either

        def give_back():
            path.rmdir()
            aside.rename(path)

        yield {}, take_away, give_back
        return
    url = site.env["DATABASE_URL"]
    host, _, rest = url.partition("@")[2].partition(":")
    cable = Cable(host, int(rest.partition("/")[0]))
    through = f"{url.partition('@')[0]}@127.0.0.1:{cable.port}/{rest.partition('/')[2]}"
    yield {"DATABASE_URL": through}, cable.cut, cable.mend


def test_without_its_database_the_site_serves_what_it_has_and_recovers_by_itself(site):
    with breakable_database(site) as (env, take_away, give_back), serving(site, env=env):
        kept = ask(site.url)
        assert ask(site.url, "/readyz")[0] == 200
        ask(site.url, "/search/?q=gateway")
        take_away()
        wait_for(lambda: ask(site.url, "/readyz")[0] == 503 or None)
        wait_for(lambda: "max-age=0" in ask(site.url)[1]["Cache-Control"] or None)
        status, headers, text = ask(site.url)
        assert (status, text) == (200, kept[2])
        assert ask(site.url, "/healthz")[0] == 200
        for path in ("/403/", "/admin/", "/en/403/"):
            status, headers, text = ask(site.url, path)
            assert (status, headers["Retry-After"]) == (503, "10")
            assert 'name="q"' in text
        assert "잘못된 게이트웨이" in ask(site.url, "/search/?q=bad+gateway&all=1")[2]
        give_back()
        wait_for(lambda: ask(site.url, "/403/")[0] == 200 or None)
        wait_for(lambda: "max-age=10" in ask(site.url)[1]["Cache-Control"] or None)
        assert ask(site.url, "/readyz")[0] == 200


@pytest.mark.skipif(ON_POSTGRESQL, reason="its database is no file that a test may damage")
def test_with_a_damaged_database_pages_get_503_and_files_are_served(fresh_site):
    Path(fresh_site.env["DATABASE_URL"].removeprefix("sqlite:///")).write_bytes(b"SQLite format 3\0" + b"x" * 5000)
    with serving(fresh_site):
        for path in ("/404/", "/en/search/?q=404", "/admin/"):
            status, headers, text = ask(fresh_site.url, path)
            assert (status, headers["Retry-After"]) == (503, "10")
            assert 'name="q"' in text
        assert ask(fresh_site.url, "/static/js/site.js")[0] == 200


@contextmanager
def redis_server(port):
    server = subprocess.Popen(
        ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
        stdout=subprocess.DEVNULL,
    )
    try:
        wait_for(lambda: socket.create_connection(("127.0.0.1", port), timeout=5))
        yield server
    finally:
        server.send_signal(signal.SIGCONT)
        server.terminate()
        server.wait(timeout=10)


def metric(url, name):
    text = ask(url, "/metrics", Authorization="Bearer only-for-tests")[2]
    return sum(float(line.rpartition(" ")[2]) for line in text.splitlines() if line.startswith(name))


KEPT = "statuscodes_page_cache_hits_total"


def test_every_answer_from_a_kept_page_is_counted_whichever_process_gave_it(fresh_site, tmp_path):
    env = {"METRICS_TOKEN": "only-for-tests", "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    with serving(fresh_site, "--workers", "2", env=env):
        for _ in range(40):
            ask(fresh_site.url, "/404/")
        # A process renders the page before it keeps it; which of the two answer is chance.
        wait_for(lambda: metric(fresh_site.url, KEPT) >= 38 or None)
        time.sleep(1)
        assert metric(fresh_site.url, KEPT) in (38, 39)


def test_hosts_share_pages_and_miss_nothing_when_their_cache_is_away(site):
    port, other = free_port(), free_url()
    env = {"CACHE_URL": f"redis://127.0.0.1:{port}/0", "METRICS_TOKEN": "only-for-tests"}
    made = "statuscodes_django_answers_total"
    with redis_server(port) as redis, serving(site, env=env), serving(site, url=other, env=env):
        first = ask(site.url, Host="127.0.0.1")
        before = metric(other, made)
        second = ask(other, Host="127.0.0.1")
        assert (second[2], second[1]["ETag"]) == (first[2], first[1]["ETag"])
        assert metric(other, made) == before + 1  # the question for the metrics itself

        edit(site, "나눈 이름")
        wait_for(lambda: name_of(other) == name_of(site.url) == "나눈 이름" or None)

        for fault in (signal.SIGSTOP, signal.SIGKILL):
            redis.send_signal(fault)
            for number in (400, 403, 405, 409):
                for url in (site.url, other):
                    assert ask(url, f"/{'en/' if fault == signal.SIGKILL else ''}{number}/")[0] == 200
    edit(site, "찾을 수 없음")


def test_a_host_that_is_killed_leaves_the_other_untouched(site):
    other = free_url()
    with serving(site), Readers(site.url, 2) as readers:
        with serving(site, url=other) as neighbour:
            assert name_of(other) == "찾을 수 없음"
            for worker in workers_of(neighbour):
                os.kill(int(worker), signal.SIGKILL)
            neighbour.kill()
            edit(site, "남은 곳")
        wait_for(lambda: name_of(site.url) == "남은 곳" or None)
    assert readers.lost == []
    edit(site, "찾을 수 없음")
