"""Measure what a page costs against alternatives, all in one run: `make bench`.

The table holds ratios, each taken within a round: their median and range. Absolute numbers depend on the machine and
are for orientation only.
"""

import argparse
import itertools
import json
import os
import platform
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from statistics import median, quantiles
from urllib.parse import quote

from tools.serving import (
    BEHIND_NGINX,
    ROOT,
    SITE_WITHOUT_PAGE_CACHE,
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

from . import nginx, rendering

PAGE = "/404/"
LIVE = "/200"  # of the live answers: wrk takes other codes for failures
CONNECTIONS = 16
UNCACHED_CONNECTIONS = 8  # as many renderings as work and wait; more get a 503
READS = 800  # of a normal reader in a round
READ_LIMIT = 3.0  # seconds
SEARCHES = 30  # a second
WARM_UPS = 2  # workers whose memory is looked at
UNFINISHED_HEAD = f"GET {PAGE} HTTP/1.1\r\nHost: status.example\r\nAccept: "
READ = "GET {} HTTP/1.1\r\nHost: status.example\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n"
STARTED = time.perf_counter()
ALTERNATIVES = ROOT / ".venv" / "bench-python" / "bin" / "python"  # with gunicorn and httpbin

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
    """A ratio or another number, once a round. `seen` are the absolute numbers, for orientation."""

    what: str
    ratios: list[float]
    seen: str = ""
    at_least: float | None = None
    at_most: float | None = None

    @property
    def goal(self):
        """What the median has to reach, "" for a number without a goal."""
        if self.at_least is not None:
            return f"≥ {self.at_least:g}"
        return f"≤ {self.at_most:g}" if self.at_most is not None else ""

    @property
    def verdict(self):
        """Whether the median meets the goal, in words; "" without a goal."""
        middle = median(self.ratios)
        if not self.goal:
            return ""
        met = middle >= self.at_least if self.at_least is not None else middle <= self.at_most
        return "met" if met else "not met"

    def __str__(self):
        return f"| {self.what} | {spread(self.ratios)} | {self.goal} | {self.verdict} | {self.seen} |"


@dataclass
class Load:
    """A request that wrk repeats."""

    url: str
    headers: dict[str, str]
    connections: int = CONNECTIONS

    def run(self):
        """Run wrk for a second; return the requests answered in a second."""
        command = ["wrk", "-t1", f"-c{self.connections}", "-d1s", "--timeout", "10s"]
        for name, value in self.headers.items():
            command += ["-H", f"{name}: {value}"]
        done = subprocess.run([*command, self.url], capture_output=True, text=True, timeout=30)
        rate = re.search(r"Requests/sec: +([0-9.]+)", done.stdout)
        if not rate or "Socket errors" in done.stdout or "Non-2xx" in done.stdout:
            raise Failure(f"wrk on {self.url}:\n{done.stdout}{done.stderr}")
        return float(rate[1])


def spread(ratios):
    """Return the median and the range of some numbers, as "0.96 (0.86–1.00)"."""
    digits = 2 if median(ratios) < 20 else 0
    return f"{median(ratios):.{digits}f} ({min(ratios):.{digits}f}–{max(ratios):.{digits}f})"


def divided(ours, theirs):
    """Return our numbers divided by theirs, round by round."""
    return [one / other for one, other in zip(ours, theirs, strict=True)]


def say(text):
    """Print a line about the progress, with the seconds since the start."""
    print(f"{time.perf_counter() - STARTED:4.0f} s  {text}", file=sys.stderr, flush=True)


def main():
    """Make a site, measure it and print the tables. Exit with a message if something does not start."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--granian", required=True, help="the server's command without port, workers and target")
    parser.add_argument("--turns", type=int, default=25, help="of each load, a second each")
    parser.add_argument("--rounds", type=int, default=9, help="of everything else")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the servers go too
    try:
        require_tools()
        # The poller of this process may open its database again while the folder is being removed.
        with tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True) as folder:
            run(make_site(Path(folder), shlex.split(options.granian)), options)
    except Failure as failure:
        sys.exit(str(failure))


def require_tools():
    """Raise Failure if a program that the measurements need is missing."""
    if nginx_program() is None or not shutil.which("wrk"):
        raise Failure("nginx or wrk is missing: apt-get install nginx-light wrk")
    if not ALTERNATIVES.exists():
        raise Failure("The environment of the alternatives is missing: make bench makes it.")


def run(site, options):
    """Take all measurements and print them as Markdown tables."""
    measurements = [
        *loads(site, options),
        *live_answers(site, options),
        *outages(site, options),
        *noisy_neighbours(site, options),
        *starts(site, options),
        *memory(site),
    ]
    say("renderings")
    timings = rendering.measure(site.env, options.rounds)
    measurements += renderings(timings[0])
    print_conditions(options)
    print("\n| what | median (min–max) | goal | | for orientation |\n| --- | --- | --- | --- | --- |")
    for measurement in measurements:
        print(measurement)
    print_growth(timings)
    say("done")


# Under load: the page cache, the baseline, httpbin, and nginx in front


def loads(site, options):
    """Return how many requests a second the page cache answers, against the alternatives."""
    with ExitStack() as stack:
        ours = stack.enter_context(site.serving())
        plain = stack.enter_context(site.serving(SITE_WITHOUT_PAGE_CACHE))
        httpbin = stack.enter_context(serving_httpbin(site.folder))
        behind = stack.enter_context(site.serving(path="/healthz", **BEHIND_NGINX))
        asked = {name: BROWSER | {"Accept-Encoding": accepted} for name, accepted in ENCODINGS.items()}
        proxy = stack.enter_context(nginx.serving(site.folder / "nginx", behind, PAGE, asked))
        wanted = {
            "uncached": Load(plain.url + PAGE, asked["gzip"], UNCACHED_CONNECTIONS),
            "httpbin": Load(httpbin.url + "/status/200", asked["gzip"]),
        }
        answers = {}
        for name, headers in asked.items():
            page = answers[name] = ours.get(PAGE, headers)
            baseline = stack.enter_context(serving_baseline(site, name, page))
            require_same(page, baseline.get(PAGE, headers), "the baseline")
            wanted[name] = Load(ours.url + PAGE, headers)
            wanted[f"{name} baseline"] = Load(baseline.url + PAGE, headers)
            named = headers | {"Host": "status.example"}
            require_same(proxy.get(PAGE, named), proxy.get(nginx.file_of(name), named), "nginx with a file")
            wanted[f"{name} nginx"] = Load(proxy.url + PAGE, named)
            wanted[f"{name} file"] = Load(proxy.url + nginx.file_of(name), named)
        revisit = asked["gzip"] | {"If-None-Match": answers["gzip"].header("etag")}
        if ours.get(PAGE, revisit).status == 304:
            wanted["304"] = Load(ours.url + PAGE, revisit)
        return [*compared(answers, rates(wanted, options))]


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
    """Yield the ratios of the loads. `found` has the requests a second of each load, turn by turn."""

    def against(what, ours, theirs, **goal):
        seen = f"{median(found[ours]):,.0f} / {median(found[theirs]):,.0f} requests/s"
        return Measurement(what, divided(found[ours], found[theirs]), seen, **goal)

    for name, answer in answers.items():
        page = f"cached page ({answer.header('content-encoding') or 'not compressed'}, {len(answer.body):,} bytes)"
        file = f"{page} behind nginx against the same nginx with it in a file"
        yield against(file, f"{name} nginx", f"{name} file", at_least=0.9)
        yield against(f"{page} against a WSGI baseline with the same bytes", name, f"{name} baseline", at_least=0.85)
    if "304" in found:
        yield against("304 to a known ETag against 200 of the same page", "304", "gzip")
    else:
        say("Nothing answers If-None-Match with 304.")
    yield against("cached page (gzip) against httpbin's /status/200", "gzip", "httpbin")
    yield against("uncached page against httpbin's /status/200", "uncached", "httpbin")
    yield against("cached page (gzip) against uncached page", "gzip", "uncached")


def require_same(page, other, name):
    """Raise Failure if two answers differ in anything but what each server writes itself."""

    def shared(answer):
        return sorted((key.lower(), value) for key, value in answer.headers if key.lower() not in SERVERS_OWN)

    if (other.status, other.body) != (page.status, page.body):
        raise Failure(f"{name} does not answer with the same bytes.")
    if shared(other) != shared(page):
        raise Failure(f"{name} answers with other header fields: {set(shared(other)) ^ set(shared(page))}")


@contextmanager
def serving_baseline(site, name, page):
    """Serve a stored page by the smallest WSGI application there is, with the server of the site."""
    saved = site.folder / f"{name}.json"
    headers = [(key, value) for key, value in page.headers if key.lower() not in SERVERS_OWN]
    saved.write_text(json.dumps({"headers": headers, "body": page.body.decode("latin-1")}))
    with site.serving("tools.bench.baseline_wsgi:application", BASELINE_ANSWER=str(saved)) as server:
        yield server


@contextmanager
def serving_httpbin(folder):
    """Serve httpbin with gunicorn and one worker."""
    port = free_port()
    command = [ALTERNATIVES, "-m", "gunicorn", "--workers", "1", "--worker-class", "sync", "--no-control-socket"]
    command += ["--bind", f"127.0.0.1:{port}", "httpbin:app"]
    with running(command, port, folder / f"httpbin-{port}.log", path="/status/200") as server:
        yield server


# The live answers, a process of their own


def live_answers(site, options):
    """Yield the rate of live answers, against a WSGI baseline that always gives the same bytes."""
    file = site.folder / "answers.json"
    command = [sys.executable, "manage.py", "export_answers", file, "--verbosity", "0"]
    subprocess.run(command, cwd=ROOT, env=site.env, check=True)
    own = {"ANSWERS_FILE": str(file), "ANSWERS_UNLIMITED": "1"}
    with site.serving("answers.wsgi:application", path=LIVE, **own) as ours:
        answer = ours.get(LIVE, BROWSER)
        with serving_baseline(site, "answers", answer) as baseline:
            require_same(answer, baseline.get(LIVE, BROWSER), "the baseline")
            found = rates(
                {"live": Load(ours.url + LIVE, BROWSER), "baseline": Load(baseline.url + LIVE, BROWSER)}, options
            )
    seen = f"{median(found['live']):,.0f} / {median(found['baseline']):,.0f} requests/s"
    what = f"live answer ({len(answer.body)} bytes) against a WSGI baseline with the same bytes"
    yield Measurement(what, divided(found["live"], found["baseline"]), seen, at_least=0.8)


# Behind nginx: an edit, and a site that is killed


def outages(site, options):
    """Yield how soon an edit shows behind nginx, and the share of right answers while the site is dead."""
    with (
        site.serving(path="/healthz", **BEHIND_NGINX) as server,
        nginx.serving(site.folder / "outage", server, PAGE, {}) as proxy,
    ):
        seconds = []
        for number in range(1, options.rounds + 1):
            say(f"edits, round {number} of {options.rounds}")
            seconds.append(nginx.seconds_until_shown(site, proxy, PAGE, f"Edit {number}"))
        yield Measurement("seconds until an edit shows behind nginx", seconds, at_most=2)
        nginx.kill(server)
        time.sleep(2)  # nothing is fresh any more
        answers = [proxy.get(PAGE, nginx.HOST).status for _ in range(READS)]
        share = answers.count(200) / READS
        yield Measurement("answers with 200 while the site is killed, of all", [share], at_least=1)


# A reader beside others


def noisy_neighbours(site, options):
    """Yield how long a reader waits beside clients that take more than their share, against alone."""
    kinds = {
        f"{SLOW_REQUESTS} requests with half a head": (partial(slow_requests, beginning=UNFINISHED_HEAD), {"p99": 3}),
        f"{SLOW_REQUESTS} requests with half a form": (partial(slow_requests, beginning=UNFINISHED_FORM), {"p99": 3}),
        f"{SEARCHES} searches a second": (searches, {"p50": 2}),
    }
    alone = {kind: [] for kind in kinds}
    beside = {kind: [] for kind in kinds}
    with (
        site.serving(path="/healthz", **BEHIND_NGINX) as server,
        shipped_nginx(site.folder / "shipped", server.port) as (_plain, port),
    ):
        read_times(port)
        for number in range(1, options.rounds + 1):
            say(f"noisy neighbours, round {number} of {options.rounds}")
            for kind, (neighbour, _goals) in kinds.items():
                alone[kind].append(read_times(port))
                with neighbour(port):
                    beside[kind].append(read_times(port))
    for kind, (_neighbour, goals) in kinds.items():
        for name, place in {"p50": 49, "p99": 98}.items():
            with_them, without = ([quantiles(times, n=100)[place] for times in each[kind]] for each in (beside, alone))
            seen = f"{median(with_them) * 1000:,.2f} / {median(without) * 1000:.2f} ms"
            what = f"{name} of a reader beside {kind}, against alone"
            yield Measurement(what, divided(with_them, without), seen, at_most=goals.get(name))


@contextmanager
def searches(port):
    """Search for one letter SEARCHES times a second: as much as the shipped nginx lets one address ask."""
    stopped = threading.Event()
    letters = itertools.cycle("abcdefghijklmnopqrstuvwxyz가나다라마바사아자차카타파하")

    def search():
        for number in itertools.count():
            if stopped.wait(1 / SEARCHES):
                return
            read(port, f"/search/?q={quote(next(letters))}&all={number}")

    thread = threading.Thread(target=search)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join()


def read_times(port):
    """Return the seconds of each of many reads, one after the other, over new connections.

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


def read(port, address=PAGE):
    """Read an address as a browser does that is here for the first time. Raise TimeoutError after READ_LIMIT."""
    with connect(port, READ_LIMIT) as connection:
        connection.sendall(READ.format(address).encode())
        answer = b""
        while part := connection.recv(65536):
            answer += part
    if not answer.startswith(b"HTTP/1.1 200"):
        raise Failure(f"A reader was answered {answer[:40]!r}.")


# Start and memory


def starts(site, options):
    """Yield the seconds from the start of a server to its first answer, against httpbin."""
    ours, theirs = [], []
    for number in range(1, options.rounds + 1):
        say(f"starts, round {number} of {options.rounds}")
        with site.serving() as server:
            ours.append(server.seconds)
        with serving_httpbin(site.folder) as server:
            theirs.append(server.seconds)
    seen = f"{median(ours):.2f} / {median(theirs):.2f} s"
    yield Measurement("seconds from start to first answer, against httpbin", divided(ours, theirs), seen)


def memory(site):
    """Yield the memory of a worker that has rendered all pages, against itself before and against httpbin."""
    first, warm, theirs = [], [], []
    for number in range(1, WARM_UPS + 1):
        say(f"memory, round {number} of {WARM_UPS}")
        with site.serving() as server:
            first.append(megabytes(server.worker))
            visit_all(server)
            warm.append(megabytes(server.worker))
        with serving_httpbin(site.folder) as server:
            theirs.append(megabytes(server.worker))
    for name, others in [("itself after one page", first), ("httpbin's worker", theirs)]:
        ratios = [one["Pss"] / other["Pss"] for one, other in zip(warm, others, strict=True)]
        pairs = [f"{kind.upper()} {warm[-1][kind]:.0f} / {others[-1][kind]:.0f} MB" for kind in ("Pss", "Rss")]
        yield Measurement(f"memory of a worker that made all pages, against {name}", ratios, ", ".join(pairs))


def megabytes(pid):
    """Return the resident (Rss) and the proportional (Pss) memory of a process, in MB."""
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

RENDERING_GOALS = {"list": 14, "category": 8, "detail": 12}


def renderings(timings):
    """Yield the time to render each kind of page, against the frame that all pages share."""
    frame = median(timings.seconds[rendering.FRAME]) * 1000
    for name in rendering.ADDRESSES:
        if name != rendering.FRAME:
            seen = f"{median(timings.seconds[name]) * 1000:.1f} / {frame:.2f} ms"
            what = f"time to render the {name}, against the empty frame"
            yield Measurement(what, timings.ratios(name), seen, at_most=RENDERING_GOALS.get(name))


def print_growth(timings):
    """Print how the time to render a page grows with the catalogue."""
    sizes = sorted(timings, key=lambda each: each.entries)
    print("\nTime to render, against the empty frame, by the number of entries:\n")
    print(f"| | {' | '.join(str(each.entries) for each in sizes)} |\n| --- |{' --- |' * len(sizes)}")
    for name in rendering.ADDRESSES:
        if name != rendering.FRAME:
            print(f"| {name} | {' | '.join(spread(each.ratios(name)) for each in sizes)} |")


def print_conditions(options):
    """Print on which machine and with which versions the measurements were taken."""
    model = re.search(r"^model name\s*: (.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    command = [ALTERNATIVES, "-c", "from importlib.metadata import version as v; print(v('gunicorn'), v('httpbin'))"]
    gunicorn, httpbin = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    nginx_version = subprocess.run([nginx_program(), "-v"], capture_output=True, text=True).stderr
    print(
        f"{datetime.now():%Y-%m-%d}, {model[1] if model else platform.machine()}, {os.cpu_count()} cores,"
        f" Python {platform.python_version()}, Django {version('django')}, granian {version('granian')},"
        f" nginx {nginx_version.strip().rpartition('/')[2]}, gunicorn {gunicorn}, httpbin {httpbin};"
        f" one worker each, wrk with one thread and {CONNECTIONS} connections,"
        f" {options.turns} turns of a second each; {options.rounds} rounds of everything else."
    )


if __name__ == "__main__":
    main()
