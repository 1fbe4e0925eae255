"""Measure what a page costs, beside what people would use instead, all in one run: `make bench`.

The table holds ratios, taken within a round and spread over the rounds; absolute numbers depend on the machine and
stand beside them for orientation only.
"""

import argparse
import grp
import json
import os
import platform
import pwd
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median, quantiles

from . import rendering
from .serving import (
    BEHIND_NGINX,
    ROOT,
    SITE_WITHOUT_FINISHED_PAGES,
    SLOW_REQUESTS,
    UNFINISHED_FORM,
    Failure,
    connect,
    free_port,
    make_site,
    nginx_program,
    running,
    shipped_nginx,
    slow_requests,
)

PAGE = "/404/"
FILE = "404.html"  # the same page in nginx: an address without a slash at its end is a file at once
CONNECTIONS = 16
READS = 800  # of a normal reader in a round
READ_LIMIT = 3.0  # seconds
WARM_UPS = 2  # workers whose memory is looked at
UNFINISHED_HEAD = f"GET {PAGE} HTTP/1.1\r\nHost: status.example\r\nAccept: "
READ = f"{UNFINISHED_HEAD}*/*\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n"
STARTED = time.perf_counter()
PEER = ROOT / ".venv" / "bench-python" / "bin" / "python"

# What a browser sends, so that servers have as much to read as in life.
BROWSER = {
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0",
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
    "Accept-Language": "ko-KR,ko;q=0.9,en-US;q=0.8,en;q=0.7",
    "Sec-Fetch-Dest": "document",
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Site": "none",
}
ENCODINGS = {"gzip": "gzip, deflate", "br": "gzip, deflate, br, zstd"}
# Header fields that a server writes itself; all others have to be the same for everybody.
SERVERS_OWN = {"server", "date", "connection"}


@dataclass
class Measurement:
    """Something held against something else, once a round. `seen` are the absolute numbers, for orientation."""

    what: str
    ratios: list[float]
    seen: str = ""
    at_least: float | None = None
    at_most: float | None = None

    @property
    def goal(self):
        if self.at_least is not None:
            return f"≥ {self.at_least:g}"
        return f"≤ {self.at_most:g}" if self.at_most is not None else ""

    @property
    def verdict(self):
        middle = median(self.ratios)
        if not self.goal:
            return ""
        met = middle >= self.at_least if self.at_least is not None else middle <= self.at_most
        return "met" if met else "not met"

    def __str__(self):
        return f"| {self.what} | {spread(self.ratios)} | {self.goal} | {self.verdict} | {self.seen} |"


@dataclass
class Load:
    """What wrk asks for, again and again."""

    url: str
    headers: dict[str, str]

    def run(self):
        """Ask for a second; return the requests answered in it."""
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", "-d1s", "--timeout", "10s"]
        for name, value in self.headers.items():
            command += ["-H", f"{name}: {value}"]
        done = subprocess.run([*command, self.url], capture_output=True, text=True, timeout=30)
        rate = re.search(r"Requests/sec: +([0-9.]+)", done.stdout)
        if not rate or "Socket errors" in done.stdout or "Non-2xx" in done.stdout:
            raise Failure(f"wrk on {self.url}:\n{done.stdout}{done.stderr}")
        return float(rate[1])


def spread(ratios):
    digits = 2 if median(ratios) < 20 else 0
    return f"{median(ratios):.{digits}f} ({min(ratios):.{digits}f}–{max(ratios):.{digits}f})"


def divided(ours, theirs):
    return [one / other for one, other in zip(ours, theirs, strict=True)]


def say(text):
    print(f"{time.perf_counter() - STARTED:4.0f} s  {text}", file=sys.stderr, flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--granian", required=True, help="the server's command without port, workers and target")
    parser.add_argument("--turns", type=int, default=25, help="of each load, a second each")
    parser.add_argument("--rounds", type=int, default=9, help="of everything else")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the servers go too
    try:
        require_tools()
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            run(make_site(Path(folder), shlex.split(options.granian)), options)
    except Failure as failure:
        sys.exit(str(failure))


def require_tools():
    if nginx_program() is None or not shutil.which("wrk"):
        raise Failure("nginx or wrk is missing: apt-get install nginx-light wrk")
    if not PEER.exists():
        raise Failure("The environment of the peer is missing: make bench makes it.")


def run(site, options):
    measurements = [*loads(site, options), *slow_clients(site, options), *starts(site, options), *memory(site)]
    say("renderings")
    timings = rendering.measure(site.env, options.rounds)
    measurements += renderings(timings[0])
    print_conditions(options)
    print("\n| what | ratio: median (min–max) | goal | | for orientation |\n| --- | --- | --- | --- | --- |")
    for measurement in measurements:
        print(measurement)
    print_growth(timings)
    say("done")


# Under load: ours, nginx, bare WSGI, the peer


def loads(site, options):
    with ExitStack() as stack:
        ours = stack.enter_context(site.serving())
        plain = stack.enter_context(site.serving(SITE_WITHOUT_FINISHED_PAGES))
        peer = stack.enter_context(serving_peer(site.folder))
        asked = {name: BROWSER | {"Accept-Encoding": accepted} for name, accepted in ENCODINGS.items()}
        wanted = {
            "uncached": Load(plain.url + PAGE, asked["gzip"]),
            "peer": Load(peer.url + "/status/200", asked["gzip"]),
        }
        answers = {}
        for name, headers in asked.items():
            page = answers[name] = ours.get(PAGE, headers)
            nginx = stack.enter_context(serving_file(site.folder / name, page))
            bare = stack.enter_context(serving_bare(site, name, page))
            require_same(page, nginx.get(f"/{FILE}", headers), "nginx")
            require_same(page, bare.get(PAGE, headers), "bare WSGI")
            wanted[name] = Load(ours.url + PAGE, headers)
            wanted[f"{name} bare"] = Load(bare.url + PAGE, headers)
            wanted[f"{name} nginx"] = Load(f"{nginx.url}/{FILE}", headers)
        revisit = asked["gzip"] | {"If-None-Match": answers["gzip"].header("etag")}
        if ours.get(PAGE, revisit).status == 304:
            wanted["304"] = Load(ours.url + PAGE, revisit)
        return compared(answers, rates(wanted, options))


def rates(wanted, options):
    """Run every load for a second and in turn, again and again; return the requests a second of each.

    Turns are short so that those that are compared suffer alike from what else the machine does.
    """
    for load in wanted.values():
        load.run()
    found = {name: [] for name in wanted}
    for number in range(1, options.turns + 1):
        say(f"loads, turn {number} of {options.turns}")
        for name, load in wanted.items():
            found[name].append(load.run())
    return found


def compared(answers, found):
    def against(what, ours, theirs, **goal):
        seen = f"{median(found[ours]):,.0f} / {median(found[theirs]):,.0f} requests/s"
        return Measurement(what, divided(found[ours], found[theirs]), seen, **goal)

    for name, answer in answers.items():
        page = f"cached page ({answer.header('content-encoding') or 'not compressed'}, {len(answer.body):,} bytes)"
        yield against(f"{page} against nginx with the same bytes in a file", name, f"{name} nginx", at_least=1)
        yield against(f"{page} against bare WSGI with the same bytes", name, f"{name} bare", at_least=0.85)
    if "304" in found:
        yield against("304 to a known ETag against 200 of the same page", "304", "gzip")
    else:
        say("Nothing answers If-None-Match with 304.")
    yield against("cached page (gzip) against httpbin's /status/200", "gzip", "peer")
    yield against("uncached page against httpbin's /status/200", "uncached", "peer")
    yield against("cached page (gzip) against uncached page", "gzip", "uncached")


def require_same(page, other, name):
    def shared(answer):
        return sorted((key.lower(), value) for key, value in answer.headers if key.lower() not in SERVERS_OWN)

    if (other.status, other.body) != (page.status, page.body):
        raise Failure(f"{name} does not answer with the same bytes.")
    if shared(other) != shared(page):
        raise Failure(f"{name} answers with other header fields: {set(shared(other)) ^ set(shared(page))}")


NGINX = """
daemon off;
worker_processes 1;
user {user} {group};
pid {folder}/pid;
error_log stderr error;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    sendfile on;
    tcp_nopush on;
    keepalive_requests 1000000000;
    open_file_cache max=100 inactive=1h;
    open_file_cache_valid 1h;
    server_tokens off;
    etag off;
    max_ranges 0;
    client_body_temp_path {folder}/client;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    types {{ }}
    default_type "{content_type}";
    server {{
        listen 127.0.0.1:{port};
        root {folder};
        {headers}
    }}
}}
"""


@contextmanager
def serving_file(folder, page):
    """nginx with one worker, and the page's body in a file as it goes over the wire."""
    folder.mkdir()
    (folder / FILE).write_bytes(page.body)
    own = SERVERS_OWN | {"content-type", "content-length"}
    headers = [(name, value) for name, value in page.headers if name.lower() not in own]
    if not page.header("last-modified"):
        headers.append(("Last-Modified", ""))  # else nginx tells the file's
    port = free_port()
    config = NGINX.format(
        user=pwd.getpwuid(os.getuid()).pw_name,
        group=grp.getgrgid(os.getgid()).gr_name,
        folder=folder,
        port=port,
        content_type=page.header("content-type"),
        headers="\n        ".join(f"add_header {name} {quoted(value)};" for name, value in headers),
    )
    (folder / "nginx.conf").write_text(config)
    command = [nginx_program(), "-p", str(folder), "-c", "nginx.conf", "-e", "stderr"]
    with running(command, port, folder / "log", path=f"/{FILE}") as server:
        yield server


def quoted(value):
    """A text as nginx reads it."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


@contextmanager
def serving_bare(site, name, page):
    saved = site.folder / f"{name}.json"
    headers = [(key, value) for key, value in page.headers if key.lower() not in SERVERS_OWN]
    saved.write_text(json.dumps({"headers": headers, "body": page.body.decode("latin-1")}))
    with site.serving("tools.bare:application", BARE_ANSWER=str(saved)) as server:
        yield server


@contextmanager
def serving_peer(folder):
    port = free_port()
    command = [PEER, "-m", "gunicorn", "--workers", "1", "--worker-class", "sync", "--no-control-socket"]
    command += ["--bind", f"127.0.0.1:{port}", "httpbin:app"]
    with running(command, port, folder / f"peer-{port}.log", path="/status/200") as server:
        yield server


# Slow clients


def slow_clients(site, options):
    """A normal reader of the shipped stack, alone and beside clients that never finish their requests."""
    kinds = {"head": UNFINISHED_HEAD, "form": UNFINISHED_FORM}
    alone = {kind: [] for kind in kinds}
    beside = {kind: [] for kind in kinds}
    with (
        site.serving(path="/healthz", **BEHIND_NGINX) as server,
        shipped_nginx(site.folder / "shipped", server.port) as (_plain, port),
    ):
        read_times(port)
        for number in range(1, options.rounds + 1):
            say(f"slow clients, round {number} of {options.rounds}")
            for kind, half in kinds.items():
                alone[kind].append(read_times(port))
                with slow_requests(port, half):
                    beside[kind].append(read_times(port))
    for kind in kinds:
        for name, place, goal in [("p50", 49, {}), ("p99", 98, {"at_most": 3})]:
            with_them, without = ([quantiles(times, n=100)[place] for times in each[kind]] for each in (beside, alone))
            seen = f"{median(with_them) * 1000:,.2f} / {median(without) * 1000:.2f} ms"
            what = f"{name} of a reader beside {SLOW_REQUESTS} requests with half a {kind}, against alone"
            yield Measurement(what, divided(with_them, without), seen, **goal)


def read_times(port):
    """The seconds of each of many reads, one after the other, over new connections.

    When a reader waits too long, nobody else gets an answer either: then all reads count as that long.
    """
    seconds = []
    try:
        for _ in range(READS):
            start = time.perf_counter()
            read(port)
            seconds.append(time.perf_counter() - start)
    except TimeoutError:
        return [READ_LIMIT] * READS
    return seconds


def read(port):
    with connect(port, READ_LIMIT) as connection:
        connection.sendall(READ.encode())
        answer = b""
        while part := connection.recv(65536):
            answer += part
    if not answer.startswith(b"HTTP/1.1 200"):
        raise Failure(f"A reader was answered {answer[:40]!r}.")


# Start and memory


def starts(site, options):
    ours, peers = [], []
    for number in range(1, options.rounds + 1):
        say(f"starts, round {number} of {options.rounds}")
        with site.serving() as server:
            ours.append(server.seconds)
        with serving_peer(site.folder) as server:
            peers.append(server.seconds)
    seen = f"{median(ours):.2f} / {median(peers):.2f} s"
    yield Measurement("seconds from start to first answer, against httpbin", divided(ours, peers), seen)


def memory(site):
    first, warm, peers = [], [], []
    for number in range(1, WARM_UPS + 1):
        say(f"memory, round {number} of {WARM_UPS}")
        with site.serving() as server:
            first.append(megabytes(server.worker))
            visit_all(server)
            warm.append(megabytes(server.worker))
        with serving_peer(site.folder) as server:
            peers.append(megabytes(server.worker))
    for name, others in [("itself after one page", first), ("httpbin's worker", peers)]:
        ratios = [ours["Pss"] / theirs["Pss"] for ours, theirs in zip(warm, others, strict=True)]
        pairs = [f"{kind.upper()} {warm[-1][kind]:.0f} / {others[-1][kind]:.0f} MB" for kind in ("Pss", "Rss")]
        yield Measurement(f"memory of a worker that made all pages, against {name}", ratios, ", ".join(pairs))


def megabytes(pid):
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return {name: int(size) / 1024 for name, size in re.findall(r"^(Rss|Pss): +(\d+) kB", text, re.MULTILINE)}


def visit_all(server):
    """Ask for the list, the classes and all codes, in both languages."""
    labels = [path.stem for path in sorted((ROOT / "fixtures" / "codes").glob("*.yaml"))]
    for address in ["", *(f"{digit}xx/" for digit in range(1, 6)), *(f"{label}/" for label in labels)]:
        for prefix in ("/", "/en/"):
            answer = server.get(f"{prefix}{address}", {"Accept-Encoding": ENCODINGS["br"]})
            if answer.status != 200:
                raise Failure(f"{prefix}{address} answers {answer.status}.")


# First renderings


def renderings(timings):
    bare = median(timings.seconds[rendering.BARE]) * 1000
    for name, goal in [("list", 8), ("category", None), ("detail", 4), (rendering.FIRST, None), ("search", None)]:
        seen = f"{median(timings.seconds[name]) * 1000:.1f} / {bare:.2f} ms"
        yield Measurement(
            f'time to render the {name}, against a view that says "ok"', timings.ratios(name), seen, at_most=goal
        )


def print_growth(timings):
    sizes = sorted(timings, key=lambda each: each.entries)
    print('\nTime to render, against a view that says "ok", by the number of entries:\n')
    print(f"| | {' | '.join(str(each.entries) for each in sizes)} |\n| --- |{' --- |' * len(sizes)}")
    for name in rendering.ADDRESSES:
        if name != rendering.BARE:
            print(f"| {name} | {' | '.join(spread(each.ratios(name)) for each in sizes)} |")


def print_conditions(options):
    model = re.search(r"^model name\s*: (.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    peers = [PEER, "-c", "from importlib.metadata import version as v; print(v('gunicorn'), v('httpbin'))"]
    gunicorn, httpbin = subprocess.run(peers, capture_output=True, text=True, check=True).stdout.split()
    nginx = subprocess.run([nginx_program(), "-v"], capture_output=True, text=True).stderr
    print(
        f"{datetime.now():%Y-%m-%d}, {model[1] if model else platform.machine()}, {os.cpu_count()} cores,"
        f" Python {platform.python_version()}, Django {version('django')}, granian {version('granian')},"
        f" nginx {nginx.strip().rpartition('/')[2]}, gunicorn {gunicorn}, httpbin {httpbin};"
        f" one worker each, wrk with one thread and {CONNECTIONS} connections,"
        f" {options.turns} turns of a second each; {options.rounds} rounds of everything else."
    )


if __name__ == "__main__":
    main()
