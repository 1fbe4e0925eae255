"""The production server under load and under faults: real processes, real sockets, both databases."""

import http.client
import itertools
import json
import os
import re
import shutil
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

import pytest
from django.db import connection, transaction

from codes.models import Revision, StatusCode
from tools.serving import (
    BEHIND_NGINX,
    UNFINISHED_FORM,
    Server,
    connect,
    free_port,
    shipped_nginx,
    slow_requests,
)
from tools.serving import (
    end as end_process,
)

from .servers import KEEP_LITTLE, ON_POSTGRESQL, make_site, wait_for


@pytest.fixture
def site(small_site):
    """A site whose servers each test starts and stops itself."""
    return small_site


@pytest.fixture(scope="module")
def common_site(tmp_path_factory, django_db_blocker):
    """A site for the tests that leave it as it was."""
    return make_site(tmp_path_factory.mktemp("common"), django_db_blocker, KEEP_LITTLE)


@pytest.fixture(scope="module")
def common_server(common_site):
    """A server for the tests that leave it as it was."""
    with common_site.serving() as server:
        yield server


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
    """Rename 404 in this process, which is none of the server's; return the time just after it was saved."""
    with site.connected():
        return rename(StatusCode.objects.get(number=404), name)


def rename(code, name):
    """Rename a code; return the time just after it was saved."""
    code.name_ko = name
    code.save()
    return time.time()


class Readers:
    """Clients that read one page, or a new one each time, until the block ends, and what they received."""

    def __init__(self, url, number=4, path=lambda count: "/404/"):
        self.url, self.path = url, path
        self.seen, self.lost = [], []
        self.stopped = threading.Event()
        self.threads = [threading.Thread(target=self._read, args=(each,)) for each in range(number)]

    def _read(self, client):
        for count in itertools.count():
            if self.stopped.is_set():
                return
            began = time.time()
            try:
                status, headers, text = ask(self.url, self.path(f"{client}-{count}"))
            except OSError as error:
                self.lost.append((began, repr(error)))
            else:
                self.seen.append((began, status, headers, text))
            time.sleep(0.05)  # leaves the server most of the machine

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stopped.set()
        for thread in self.threads:
            thread.join(timeout=30)

    def seen_after(self, moment):
        """Return the answers to requests that began after this moment."""
        return [answer for answer in self.seen if answer[0] > moment]


def test_the_first_search_after_a_start_waits_for_no_index(site):
    with site.serving() as server:
        with site.connected(), connection.cursor() as cursor:
            cursor.execute("ALTER TABLE codes_errortext RENAME TO elsewhere")  # no index can be built any more
        status, _headers, text = ask(server.url, "/search/?q=bad+gateway&all=1")
    assert status == 200
    assert 'href="/502/"' in text


FIRST_REQUEST = """
import sys
from wsgiref.util import setup_testing_defaults
from statuscodes.wsgi import application
environ = {"PATH_INFO": "/404/", "HTTP_HOST": "127.0.0.1"}
setup_testing_defaults(environ)
before = set(sys.modules)
statuses = []
application(environ, lambda status, *_: statuses.append(status))
print(*statuses, *sorted(name for name in set(sys.modules) - before if name.startswith("codes")))
"""


def test_the_first_request_after_a_start_waits_for_no_import_of_a_page(common_site):
    written = common_site.shell(FIRST_REQUEST).splitlines()
    assert [line for line in written if not line.startswith("{")] == ["200 OK"]  # the others are of the log


def test_an_edit_shows_in_every_process_of_every_host_within_a_second(site):
    same_address = {"SITE_URL": "http://127.0.0.1"}
    with (
        site.serving("--workers", "2", env=same_address) as one,
        site.serving("--workers", "2", env=same_address) as other,
        Readers(one.url, 2) as here,
        Readers(other.url, 2) as there,
    ):
        saved = []
        for name in ("하나", "둘", "셋"):
            saved.append((edit(site, name), name))
            wait_for(lambda: all(len(readers.seen_after(saved[-1][0] + 1)) > 20 for readers in (here, there)))
    assert here.lost == there.lost == []
    for number, (when, _name) in enumerate(saved):
        # A process that could not read the revision for a second says that its pages are stale.
        fresh = [
            text
            for _, _, headers, text in here.seen_after(when + 1) + there.seen_after(when + 1)
            if "max-age=0" not in headers["Cache-Control"]
        ]
        assert fresh
        assert all(any(f">{name}</h1>" in text for _, name in saved[number:]) for text in fresh)


def test_search_in_another_process_finds_an_edited_keyword_within_two_seconds(common_site, common_server):
    def first_suggestion():
        query = urllib.parse.urlencode({"q": "갑자기 생긴 말"})
        text = ask(common_server.url, f"/search/suggest/?{query}")[2]
        return [each["label"] for each in json.loads(text)["results"][:1]]

    assert first_suggestion() != ["418"]
    with common_site.connected():
        code = StatusCode.objects.get(number=418)
        code.keywords, before = f"{code.keywords}\n갑자기 생긴 말", code.keywords
        code.save()
    wait_for(lambda: first_suggestion() == ["418"], seconds=2)
    with common_site.connected():
        code.keywords = before
        code.save()


def test_an_edit_that_is_rolled_back_changes_no_revision(common_site):
    with common_site.connected():
        before = Revision.current()
        with suppress(KeyError), transaction.atomic():
            StatusCode.objects.get(number=404).save()
            raise KeyError
        assert Revision.current() == before


def test_a_server_that_is_stopped_completes_its_answers(site):
    """It is rendering pages that were not cached when it is told to stop."""
    path = "/search/?q=word{}".format
    with site.serving("--workers", "2") as server, Readers(server.url, 6, path) as readers:
        wait_for_two_workers(server, without=set())
        wait_for(lambda: len(readers.seen) > 20)
        told = time.time()
        server.process.send_signal(signal.SIGTERM)
        server.process.wait(timeout=30)
    assert server.process.returncode == 0
    # A connection may be refused in the last moment. No client gets half an answer.
    assert [error for began, error in readers.lost if began < told - 0.2 or "Incomplete" in error] == []
    assert all(text.rstrip().endswith("</html>") for *_, text in readers.seen)


def test_a_server_that_is_stopped_while_its_workers_start_ends(site):
    with site.serving("--workers", "4") as server:  # the first one answers
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(timeout=30) == 0


def test_slow_requests_do_not_keep_other_clients_waiting(common_server):
    slow = [socket.create_connection(("127.0.0.1", common_server.port)) for _ in range(40)]
    for link in slow:
        link.sendall(b"GET /404/ HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")
    for _ in range(20):
        assert ask(common_server.url)[0] == 200
    for link in slow:
        link.close()


WRITERS, WRITES = 4, 60
COLLIDE = f"""
from django.db import transaction
from codes.models import Revision, StatusCode
for number in range({WRITES}):
    with transaction.atomic():
        code = StatusCode.objects.select_for_update().get(number=299)
        code.keywords = str(int(code.keywords or 0) + 1)
        code.save()
"""


def keywords_of_299(site):
    with site.connected():
        return StatusCode.objects.get(number=299).keywords


def test_colliding_writes_are_all_saved_and_turn_no_reader_away(site):
    with site.connected():
        StatusCode.objects.filter(number=299).update(keywords="")
    # Every write makes the cached page stale, so that readers keep asking the database.
    with site.serving() as server, Readers(server.url) as readers:
        writers = [site.start(COLLIDE, stderr=subprocess.PIPE) for _ in range(WRITERS)]
        ended = [(writer.communicate(timeout=240)[1], writer.returncode) for writer in writers]
    assert ended == [("", 0)] * WRITERS
    assert readers.lost == []
    assert {status for _, status, *_ in readers.seen} == {200}
    assert keywords_of_299(site) == str(WRITERS * WRITES)


SAVE_ON = """
from codes.models import StatusCode
code = StatusCode.objects.get(number=299)
for number in range(100_000):
    code.keywords = str(number)
    code.save()
    print(number, flush=True)
"""


def test_a_process_killed_while_it_saves_loses_no_save_that_it_reported(site, tmp_path):
    for saves in (5, 20, 60):
        with site.start(SAVE_ON, stdout=subprocess.PIPE) as writer:
            reported = [writer.stdout.readline() for _ in range(saves)]
            writer.kill()
            reported += writer.stdout.readlines()
        assert int(keywords_of_299(site)) >= int(reported[-1])
    site.call("backup", str(tmp_path / "backup"))  # it checks the copy


# Behind nginx


@contextmanager
def behind_nginx(site, folder, *options):
    """Serve the site behind the shipped nginx; yield (the site's server, nginx's port for HTTP, that for HTTPS)."""
    with (
        site.serving(*options, env=BEHIND_NGINX) as server,
        shipped_nginx(folder / "nginx", server.port) as (plain, secure),
    ):
        yield server, plain, secure


CURL = ["curl", "-s", "-k", "--max-time", "20"]


def address(port, path):
    """Return curl's arguments for a path of the site behind nginx."""
    return ["--resolve", f"status.example:{port}:127.0.0.1", f"https://status.example:{port}{path}"]


def ask_nginx(port, path="/404/", **headers):
    fields = [word for name, value in headers.items() for word in ("-H", f"{name.replace('_', '-')}: {value}")]
    command = [*CURL, "-i", *fields, *address(port, path)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


class NginxReaders:
    """Clients that ask nginx ten times a second each until the block ends, and how the answers began.

    They ask for pages that are not cached, or for one path. The numbers in brackets make curl repeat the request.
    """

    def __init__(self, port, path="/search/?all=1&q=word{client}-[0-99999]"):
        self.answers = []
        result = "%{stderr}HTTP/%{http_version} %{http_code} %{exitcode}\n"  # of each transfer, and at once
        self.commands = [
            [*CURL, "-o", "/dev/null", "-w", result, "--rate", "10/s", *address(port, path.format(client=client))]
            for client in range(3)
        ]

    def __enter__(self):
        output = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, "text": True}
        self.processes = [subprocess.Popen(command, **output) for command in self.commands]
        self.threads = [threading.Thread(target=self._read, args=(process,)) for process in self.processes]
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        for process in self.processes:
            process.terminate()
        for thread, process in zip(self.threads, self.processes, strict=True):
            thread.join()
            process.stderr.close()
            process.wait()

    def _read(self, process):
        self.answers += (line.strip().removesuffix(" 0") for line in process.stderr)

    def wait_for_answers(self, number):
        """Wait until this many more answers have arrived."""
        before = len(self.answers)
        wait_for(lambda: len(self.answers) >= before + number)


def start_of(pid):
    """Return when a process was started; numbers of processes begin again at 1 some day."""
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19])


def workers_of(server):
    """Return the process ids of the server's workers that accept connections."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()]
    listening = {f"socket:[{row[9]}]" for row in rows if row[3] == "0A"}
    return {child for child in server.children if listening & set(files_of(child))}


def files_of(process):
    """Return what the files are that a process has open; none if one was closed meanwhile, or the process has ended."""
    with suppress(FileNotFoundError):
        return [str(file.readlink()) for file in Path(f"/proc/{process}/fd").iterdir()]
    return []


def wait_for_two_workers(server, without):
    """Wait until two workers accept connections and none of them is one of these."""

    def are_there():
        workers = workers_of(server)
        return len(workers) == 2 and not workers & without

    wait_for(are_there, pause=0.2)  # reading the system's table of sockets takes milliseconds


@pytest.fixture
def respawn_interval(common_server):
    """The option by which a worker is stopped only when the one started before it must have begun to listen."""
    return "--respawn-interval", str(max(2.5, 4 * common_server.seconds))


def test_a_reload_loses_no_request_behind_nginx(site, tmp_path, respawn_interval):
    options = ["--workers", "2", *respawn_interval]
    with behind_nginx(site, tmp_path, *options) as (server, _plain, secure), NginxReaders(secure) as readers:
        wait_for_two_workers(server, without=set())
        for _ in range(2):
            old = workers_of(server)
            server.process.send_signal(signal.SIGHUP)
            wait_for_two_workers(server, without=old)
            readers.wait_for_answers(10)
    assert set(readers.answers) == {"HTTP/2 200"}


def test_a_worker_that_is_killed_loses_no_request_behind_nginx(site, tmp_path):
    options = ["--workers", "2", "--respawn-failed-workers"]
    with behind_nginx(site, tmp_path, *options) as (server, _plain, secure), NginxReaders(secure) as readers:
        wait_for_two_workers(server, without=set())
        for _ in range(3):
            readers.wait_for_answers(10)
            wait_for_two_workers(server, without={kill_a_worker(server)})
    assert set(readers.answers) == {"HTTP/2 200"}


@pytest.fixture(scope="module")
def common_ports(common_site, tmp_path_factory):
    """The ports, for HTTP and for HTTPS, of an nginx for the tests that leave the site as it was."""
    with behind_nginx(common_site, tmp_path_factory.mktemp("nginx")) as (_server, plain, secure):
        yield plain, secure


def test_the_shipped_nginx_overwrites_forwarded_fields_of_a_client(common_ports):
    plain, secure = common_ports
    answer = ask_nginx(secure, X_Forwarded_Proto="http", X_Forwarded_For="1.2.3.4")
    assert answer.startswith("HTTP/2 200")
    assert answer.lower().count("strict-transport-security:") == 1
    assert ask(f"http://127.0.0.1:{plain}", "/healthz", Host="status.example")[0] == 200


def test_an_edit_shows_behind_nginx_too(common_site, common_ports):
    _plain, secure = common_ports
    assert ">찾을 수 없음</h1>" in ask_nginx(secure)
    edit(common_site, "못 찾음")
    wait_for(lambda: ">못 찾음</h1>" in ask_nginx(secure), seconds=5)
    edit(common_site, "찾을 수 없음")


def test_slow_forms_do_not_keep_other_clients_waiting_behind_nginx(common_ports):
    _plain, secure = common_ports
    with slow_requests(secure, UNFINISHED_FORM):
        for number in range(20):
            assert ask_nginx(secure, f"/search/?all=1&q=word{number}").startswith("HTTP/2 200")


DOUBTFUL = [
    (400, ["Content-Length: 4", "Transfer-Encoding: chunked"]),
    (400, ["Content-Length: 4", "Content-Length: 5"]),
    (400, ["Transfer-Encoding: chunked", "Transfer-Encoding: chunked"]),
    (400, ["Host: evil.example"]),
    (400, ["X-Long: " + "x" * 60_000]),
    (431, [f"X-{number}: x" for number in range(200)]),
]


def test_a_request_that_two_servers_could_read_differently_is_refused(common_ports):
    _plain, secure = common_ports
    for status, lines in DOUBTFUL:
        request = ["POST /404/ HTTP/1.1", "Host: status.example", *lines, "", "0", "", "GET /410/ HTTP/1.1", "", ""]
        with connect(secure) as link:
            link.sendall("\r\n".join(request).encode())
            answer = b"".join(iter(lambda: link.recv(65536), b""))
        assert answer.startswith(f"HTTP/1.1 {status} ".encode()), lines[0]
        assert b" 200 OK" not in answer, lines[0]


# When parts are unavailable


class Cable:
    """A TCP forwarder to a server that can be cut and repaired."""

    def __init__(self, host, port):
        self.target = (host, port)
        self.links = []
        self.listener = None
        self.port = free_port()
        self.repair()

    def repair(self):
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
    """Yield (environment for servers, function that makes the database unavailable, function that brings it back)."""
    if not ON_POSTGRESQL:
        path = Path(site.env["DATABASE_URL"].removeprefix("sqlite:///"))
        aside = path.with_suffix(".aside")

        def take_away():
            path.rename(aside)
            path.mkdir()  # so that SQLite cannot create the file again

        def give_back():
            path.rmdir()
            aside.rename(path)

        yield {}, take_away, give_back
        return
    url = site.env["DATABASE_URL"]
    host, _, rest = url.partition("@")[2].partition(":")
    cable = Cable(host, int(rest.partition("/")[0]))
    through = f"{url.partition('@')[0]}@127.0.0.1:{cable.port}/{rest.partition('/')[2]}"
    yield {"DATABASE_URL": through}, cable.cut, cable.repair


def test_without_its_database_the_site_serves_what_is_cached_and_recovers_by_itself(site):
    with breakable_database(site) as (env, take_away, give_back), site.serving(env=env) as server:
        cached = ask(server.url)
        assert ask(server.url, "/readyz")[0] == 200
        ask(server.url, "/search/?q=gateway")
        take_away()
        wait_for(lambda: ask(server.url, "/readyz")[0] == 503)
        wait_for(lambda: "max-age=0" in ask(server.url)[1]["Cache-Control"])
        status, headers, text = ask(server.url)
        assert (status, text) == (200, cached[2])
        assert ask(server.url, "/healthz")[0] == 200
        for path in ("/403/", "/admin/", "/en/403/"):
            status, headers, text = ask(server.url, path)
            assert (status, headers["Retry-After"]) == (503, "10")
            assert 'name="q"' in text
        assert "잘못된 게이트웨이" in ask(server.url, "/search/?q=bad+gateway&all=1")[2]
        give_back()
        wait_for(lambda: ask(server.url, "/403/")[0] == 200)
        wait_for(lambda: "max-age=10" in ask(server.url)[1]["Cache-Control"])
        assert ask(server.url, "/readyz")[0] == 200


@pytest.mark.skipif(ON_POSTGRESQL, reason="a test cannot damage its files")
def test_with_a_damaged_database_pages_get_503_and_files_are_served(site):
    Path(site.env["DATABASE_URL"].removeprefix("sqlite:///")).write_bytes(b"SQLite format 3\0" + b"x" * 5000)
    with site.serving() as server:
        for path in ("/404/", "/en/search/?q=404", "/admin/"):
            status, headers, text = ask(server.url, path)
            assert (status, headers["Retry-After"]) == (503, "10")
            assert 'name="q"' in text
        assert ask(server.url, "/static/js/site.js")[0] == 200


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


CACHE_HITS = "statuscodes_page_cache_hits_total"


def settled(read, seconds=1):
    """Return what a function returns once that has not changed for some seconds."""
    value, since = read(), time.monotonic()
    while time.monotonic() - since < seconds:
        time.sleep(0.05)
        if (now := read()) != value:
            value, since = now, time.monotonic()
    return value


def test_every_cache_hit_is_counted_in_whichever_process_it_was(site, tmp_path):
    env = {"METRICS_TOKEN": "only-for-tests", "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    with site.serving("--workers", "2", env=env) as server:
        for _ in range(40):
            ask(server.url, "/404/")
        # The first request to each process is a miss, and one process may have answered them all.
        assert settled(lambda: metric(server.url, CACHE_HITS)) in (38, 39)


def test_hosts_share_pages_and_answer_every_request_while_their_cache_is_unavailable(site):
    port = free_port()
    env = {
        "CACHE_URL": f"redis://127.0.0.1:{port}/0",
        "METRICS_TOKEN": "only-for-tests",
        "SITE_URL": "http://127.0.0.1",
    }
    made = "statuscodes_django_answers_total"
    with redis_server(port) as redis, site.serving(env=env) as one, site.serving(env=env) as other:
        first = ask(one.url, Host="127.0.0.1")
        before = metric(other.url, made)
        second = ask(other.url, Host="127.0.0.1")
        assert (second[2], second[1]["ETag"]) == (first[2], first[1]["ETag"])
        assert metric(other.url, made) == before + 1  # the request for the metrics itself

        edit(site, "나눈 이름")
        wait_for(lambda: name_of(other.url) == name_of(one.url) == "나눈 이름")

        for fault in (signal.SIGSTOP, signal.SIGKILL):
            redis.send_signal(fault)
            for number in (400, 403, 405, 409):
                for url in (one.url, other.url):
                    assert ask(url, f"/{'en/' if fault == signal.SIGKILL else ''}{number}/")[0] == 200


def test_a_host_that_is_killed_leaves_the_other_untouched(site):
    with site.serving() as one, Readers(one.url, 2) as readers:
        with site.serving() as other:
            assert name_of(other.url) == "찾을 수 없음"
            for worker in workers_of(other):
                os.kill(worker, signal.SIGKILL)
            other.process.kill()
            edit(site, "남은 곳")
        wait_for(lambda: name_of(one.url) == "남은 곳")
    assert readers.lost == []


# When workers die


def kill_a_worker(server):
    """Kill one of the workers; return its process id."""
    worker = min(workers_of(server), key=start_of)
    os.kill(worker, signal.SIGKILL)
    return worker


def test_a_worker_that_dies_after_the_folder_of_metrics_is_replaced(site, tmp_path):
    folder = tmp_path / "metrics"
    folder.mkdir()
    env = {"METRICS_TOKEN": "only-for-tests", "PROMETHEUS_MULTIPROC_DIR": str(folder)}
    with site.serving("--workers", "2", "--respawn-failed-workers", env=env) as server:
        wait_for(lambda: len(workers_of(server)) == 2)
        shutil.rmtree(folder)
        folder.write_text("in its place")
        wait_for_two_workers(server, without={kill_a_worker(server)})
        for _ in range(10):
            assert ask(server.url)[0] == 200
            assert ask(server.url, "/metrics", Authorization="Bearer only-for-tests")[0] == 200


def kill_twice(server, number):
    """Kill this many workers, and their successors as soon as there are any; return the process ids of all of them."""
    before = set(server.children)
    killed = set(sorted(workers_of(server), key=start_of)[:number])
    for worker in killed:
        os.kill(worker, signal.SIGKILL)
    successors = wait_for(lambda: len(found := set(server.children) - before) >= number and found)
    for worker in successors:
        os.kill(worker, signal.SIGKILL)
    return killed | successors


def test_a_worker_that_dies_twice_within_a_second_takes_nobody_along(site, tmp_path):
    options = ["--workers", "2", "--respawn-failed-workers"]
    with (
        behind_nginx(site, tmp_path, *options) as (server, _plain, secure),
        NginxReaders(secure, "/404/#[0-99999]") as readers,
    ):
        for _ in range(3):
            wait_for_two_workers(server, without=set())
            readers.wait_for_answers(10)
            killed = kill_twice(server, 1)
            assert ask(server.url, "/healthz")[0] == 200
            wait_for_two_workers(server, without=killed)
    assert set(readers.answers) == {"HTTP/2 200"}


def test_readers_have_their_pages_while_all_workers_die_twice_within_a_second(site, tmp_path):
    options = ["--workers", "2", "--respawn-failed-workers"]
    with behind_nginx(site, tmp_path, *options) as (server, _plain, secure):
        wait_for_two_workers(server, without=set())
        assert ask_nginx(secure, "/404/").startswith("HTTP/2 200")
        with NginxReaders(secure, "/404/#[0-99999]") as readers:
            killed = kill_twice(server, 2)
            wait_for_two_workers(server, without=killed)
            readers.wait_for_answers(10)
        assert ask_nginx(secure, "/rules/any/").startswith("HTTP/2 200")
    assert set(readers.answers) == {"HTTP/2 200"}


def test_a_server_whose_log_nobody_reads_replaces_its_workers_and_ends_when_it_is_told(site, full_pipe):
    port = free_port()
    command = [sys.executable, "-m", "statuscodes.server", "--interface", "wsgi", "--port", str(port), "--workers", "2"]
    command += ["--respawn-failed-workers", "statuscodes.wsgi:application"]
    output = {"stdout": full_pipe, "stderr": full_pipe}
    server = Server(port, subprocess.Popen(command, env=site.env, start_new_session=True, **output))
    try:
        wait_for(lambda: ask(server.url, "/healthz")[0] == 200)
        wait_for_two_workers(server, without=set())
        wait_for_two_workers(server, without={kill_a_worker(server)})
        server.process.terminate()
        assert server.process.wait(30) == 0
    finally:
        end_process(server.process)


def test_a_server_whose_workers_cannot_start_ends_with_an_error(site):
    """So the log says why, once a second, instead of a site that is always about to start."""
    command = [sys.executable, "-m", "statuscodes.server", "--interface", "wsgi", "--port", str(free_port())]
    command += ["--respawn-failed-workers", "statuscodes.nothing:application"]
    assert subprocess.run(command, env=site.env, capture_output=True, timeout=120).returncode == 1
