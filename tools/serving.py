"""A throw-away site for tools and tests: a database of its own, and servers on loopback."""

import getpass
import http.client
import os
import re
import secrets
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
START_LIMIT = 60  # seconds
SITE = "statuscodes.wsgi:application"
SITE_WITHOUT_PAGE_CACHE = "statuscodes.wsgi:django_application"
BEHIND_NGINX = {"SITE_URL": "https://status.example", "BEHIND_PROXY": "true"}
SLOW_REQUESTS = 40
# A login whose content never arrives; with a cookie, because without one the site does not read the content.
UNFINISHED_FORM = (
    f"POST /admin/login/ HTTP/1.1\r\nHost: status.example\r\nCookie: __Host-csrftoken={'a' * 32}\r\n"
    "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\nusername="
)


class Failure(Exception):
    """Raised when something did not start, so that there is nothing to measure."""


@dataclass
class Answer:
    """A response: its status, its header field lines as (name, value), and its content as it was sent."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name):
        """Return the value of the first field line with this name in lower case, "" for none."""
        return next((value for key, value in self.headers if key.lower() == name), "")


@dataclass
class Server:
    """A running server: where it listens, its process, and the seconds from its start to its first answer."""

    port: int
    process: subprocess.Popen
    seconds: float = 0.0

    @property
    def url(self):
        """The address of the server, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def children(self):
        """The process ids of what the main process has started, workers that are starting included."""
        text = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(pid) for pid in text.split()]

    @property
    def worker(self):
        """The process that answers: the main process's only child, or else the main process itself."""
        return [self.process.pid, *self.children][-1]

    def get(self, path, headers=None):
        """Return the answer to a GET over a new connection. Raise OSError if there is none within 30 seconds."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", path, headers=headers or {})
            response = connection.getresponse()
            return Answer(response.status, response.getheaders(), response.read())
        finally:
            connection.close()


def free_port():
    """Return a port of the loopback interface that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def running(command, port, log, *, env=None, path="/404/", host="127.0.0.1"):
    """Run a command that serves the port, from its first answer to the end of the block.

    The command leads a process group of its own, so that its workers end with it.
    """
    with log.open("w+b") as output:
        start = time.perf_counter()
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=output, stderr=output, start_new_session=True)
        try:
            server = Server(port, process)
            _wait(server, path, host, start, log)
            server.seconds = time.perf_counter() - start
            yield server
        finally:
            end(process)


def end(process, limit=15):
    """End a process that leads a group, and whatever is left of the group after some seconds."""
    if process.returncode is not None:  # its id may belong to another process by now
        return
    os.kill(process.pid, signal.SIGTERM)
    deadline = time.monotonic() + limit
    while not os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) and time.monotonic() < deadline:
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _wait(server, path, host, start, log):
    """Wait until the server answers 200. Raise Failure for another status, for its end, or after START_LIMIT."""
    while time.perf_counter() - start < START_LIMIT:
        if server.process.poll() is not None:
            break
        try:
            answer = server.get(path, {"Host": host})
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
    def serving(self, target=SITE, path="/404/", **env):
        """Serve a WSGI application in the way the site is served; `path` is asked for until it answers."""
        port = free_port()
        command = [*self.granian, "--port", str(port), "--workers", "1", target]
        env = self.env | {"SITE_URL": f"http://127.0.0.1:{port}"} | env
        with running(command, port, self.folder / f"granian-{port}.log", env=env, path=path) as server:
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
        "REQUIRE_FOUR_EYES": "false",
        "DATABASE_URL": f"sqlite:///{folder / 'site.sqlite3'}",
        "CACHE_URL": "",
    }
    for arguments in (["migrate"], ["load_catalogue"]):
        command = [sys.executable, "manage.py", *arguments, "--verbosity", "0"]
        done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
        if done.returncode:
            raise Failure(f"manage.py {arguments[0]}:\n{done.stdout}{done.stderr}")
    return Site(folder, granian, env)


def nginx_program():
    """Return the path of nginx, which Debian installs outside the PATH of ordinary users, or None."""
    return shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")


@contextmanager
def shipped_nginx(folder, port, changed=lambda text: text, answers_port=None):
    """Run the shipped nginx.conf in front of a site on this port; yield the ports for HTTP and for HTTPS.

    Ports, paths, the certificate and the rate limit are its own. The site has to be served with BEHIND_NGINX, and its
    host name is status.example. `changed` may add to the file. With the port of live answers, these are there under
    the name of answers.example.
    """
    folder.mkdir(exist_ok=True)
    plain, secure = free_port(), free_port()
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2".split()
    command += ["-subj", "/CN=status.example", "-keyout", folder / "privkey.pem", "-out", folder / "fullchain.pem"]
    subprocess.run(command, check=True, capture_output=True)
    path = os.pathsep.join([os.environ["PATH"], str(Path(nginx_program() or "nginx").parent)])
    command = [ROOT / "deploy" / "nginx-site", "status.example"] + ["answers.example"] * (answers_port is not None)
    text = subprocess.run(command, check=True, capture_output=True, text=True, env={"PATH": path}).stdout
    replaced = {
        "127.0.0.1:8000": f"127.0.0.1:{port}",
        "/etc/letsencrypt/live/status.example": str(folder),
        "/var/log/nginx": str(folder),
        "/var/cache": str(folder),
        "rate=30r/s": "rate=10000r/s",
        "listen 80": f"listen 127.0.0.1:{plain}",
        "listen 443": f"listen 127.0.0.1:{secure}",
    }
    if answers_port is not None:
        replaced |= {
            "127.0.0.1:8090": f"127.0.0.1:{answers_port}",
            "/etc/letsencrypt/live/answers.example": str(folder),
        }
    for old, new in replaced.items():
        if old not in text:
            raise Failure(f"deploy/nginx.conf no longer holds {old!r}.")
        text = text.replace(old, new)
    (folder / "site.conf").write_text(changed(re.sub(r"\n *listen \[::\].*", "", text)))
    (folder / "nginx.conf").write_text(
        f"daemon off; user {getpass.getuser()}; pid {folder}/pid; error_log {folder}/error.log;"
        f" events {{}} http {{ access_log off; sendfile on; tcp_nopush on; include {folder}/site.conf; }}"
    )
    command = [nginx_program(), "-p", folder, "-e", "stderr", "-c", folder / "nginx.conf"]
    with running(command, plain, folder / "output.log", path="/healthz", host="status.example"):
        yield plain, secure


def connect(port, timeout=20, name="status.example", protocol="http/1.1"):
    """Return a TLS connection to the shipped nginx on this port, for requests that no HTTP client sends."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # it made its certificate itself
    context.set_alpn_protocols([protocol])
    connection = socket.create_connection(("127.0.0.1", port), timeout=timeout)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # as browsers do
    return context.wrap_socket(connection, server_hostname=name)


def post_by_http2(port, path, content, name="status.example"):
    """Send a form to the shipped nginx as browsers do (RFC 9113); return the content of the answer in bytes."""

    def frame(kind, flags, stream, payload=b""):
        return len(payload).to_bytes(3) + bytes([kind, flags]) + stream.to_bytes(4) + payload

    def literal(index, value):  # a field of HPACK's static table (RFC 7541 appendix A), never indexed
        return bytes([index] if index < 15 else [15, index - 15]) + bytes([len(value)]) + value

    fields = b"\x83\x87" + literal(1, name.encode()) + literal(4, path.encode())  # POST, https, authority, path
    fields += literal(28, b"%d" % len(content))
    received, answer = b"", b""
    with connect(port, name=name, protocol="h2") as connection:
        connection.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(4, 0, 0) + frame(1, 4, 1, fields))
        connection.sendall(frame(0, 0, 1, content[:16_384]))  # nginx answers before it has everything
        while data := connection.recv(65_536):
            received += data
            while len(received) >= 9 and len(received) >= (end := 9 + int.from_bytes(received[:3])):
                kind, flags, payload, received = received[3], received[4], received[9:end], received[end:]
                answer += payload if kind == 0 else b""
                if kind in {3, 7} or (kind in {0, 1} and flags & 1):  # RST_STREAM, GOAWAY, END_STREAM
                    return answer
    return answer


@contextmanager
def slow_requests(port, beginning):
    """Hold many connections to the shipped nginx open, each with the beginning of a request."""
    held = [connect(port) for _ in range(SLOW_REQUESTS)]
    try:
        for connection in held:
            connection.sendall(beginning.encode())
        yield
    finally:
        for connection in held:
            connection.close()
