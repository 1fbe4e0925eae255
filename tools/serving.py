"""A throw-away site for the tools that measure it: a database of its own, and servers on loopback."""

import http.client
import os
import secrets
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
START_LIMIT = 60  # seconds
SITE = "statuscodes.wsgi:application"
SITE_WITHOUT_FINISHED_PAGES = "statuscodes.wsgi:django_application"


class Failure(Exception):
    """Something did not run, so there is nothing to measure."""


@dataclass
class Answer:
    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name):
        return next((value for key, value in self.headers if key.lower() == name), "")


@dataclass
class Server:
    """A running server: where it listens, its process, and the seconds from its start to its first answer."""

    port: int
    process: subprocess.Popen
    seconds: float

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def worker(self):
        """The process that answers: the main process's only child, or else the main process itself."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return int(children[-1]) if children else self.process.pid

    def get(self, path, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", path, headers=headers or {})
            response = connection.getresponse()
            return Answer(response.status, response.getheaders(), response.read())
        finally:
            connection.close()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def running(command, port, log, *, env=None, path="/404/"):
    """Run a command that serves the port, from its first answer to the end of the block."""
    with log.open("w+b") as output:
        start = time.perf_counter()
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=output, stderr=output)
        try:
            server = Server(port, process, 0.0)
            _wait(server, path, start, log)
            server.seconds = time.perf_counter() - start
            yield server
        finally:
            process.terminate()
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait(server, path, start, log):
    while time.perf_counter() - start < START_LIMIT:
        if server.process.poll() is not None:
            break
        try:
            answer = server.get(path)
        except OSError:
            time.sleep(0.01)
            continue
        if answer.status == 200:
            return
        raise Failure(f"{server.process.args[0]} answers {path} with {answer.status}.")
    raise Failure(f"{server.process.args[0]} does not answer:\n{log.read_text(errors='replace')[-2000:]}")


@dataclass
class Site:
    """The site as `make serve` starts it, with production settings, over plain HTTP and one worker."""

    folder: Path
    granian: list[str]
    env: dict[str, str]

    @contextmanager
    def serving(self, target=SITE, **env):
        """Serve a WSGI application in the way the site is served."""
        port = free_port()
        command = [*self.granian, "--port", str(port), "--workers", "1", target]
        env = self.env | {"SITE_URL": f"http://127.0.0.1:{port}"} | env
        with running(command, port, self.folder / f"granian-{port}.log", env=env) as server:
            yield server


def make_site(folder, granian):
    """Make a site with the full catalogue. `granian` is the server's command without port, workers and target."""
    env = {
        "PATH": os.environ["PATH"],
        "SECRET_KEY": secrets.token_urlsafe(50),
        "DEBUG": "false",
        "ALLOWED_HOSTS": "",
        "SITE_URL": "http://127.0.0.1",
        "BEHIND_PROXY": "false",
        "ADMIN_PATH": "admin/",
        "REQUIRE_SECOND_FACTOR": "false",
        "DATABASE_URL": f"sqlite:///{folder / 'site.sqlite3'}",
        "CACHE_URL": "",
    }
    for arguments in (["migrate"], ["load_catalogue"]):
        command = [sys.executable, "manage.py", *arguments, "--verbosity", "0"]
        done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
        if done.returncode:
            raise Failure(f"manage.py {arguments[0]}:\n{done.stdout}{done.stderr}")
    return Site(folder, granian, env)
