"""Make odd requests from the corpus, send them to a site, and check every answer.

Request n follows from the seed and n alone. Every request is an entry of one of the corpus's tables, sent to one of the
site's addresses; every second one is then mutated at random. It uses plain sockets, because odd bytes must go out
unchanged.
"""

import gzip
import re
import select
import socket
import threading
import time
import traceback
from collections import Counter
from dataclasses import dataclass, field
from random import Random

from .corpus import (
    ADDRESSES,
    CODINGS,
    CONDITIONS,
    FORMS,
    FRAMES,
    FRONTS,
    HEADERS,
    HOST,
    HOSTS,
    HTML,
    METHODS,
    PROBLEM,
    QUERIES,
    READABLE,
    SCRAPS,
    TAILS,
    TEXT,
    TOKEN,
    TYPES,
    VERSIONS,
)

LIMIT = 10  # seconds in which an answer must be complete
QUIET = 0.3  # seconds of silence after which no more answers to a broken request are expected
CONNECTIONS = 4
MAX_FAILURES = 20  # then the run stops


def message(target, *headers, method=b"GET", version=b"HTTP/1.1", host=HOST, body=b""):
    """Return a request with these header field lines. Without a `host` it has no Host field."""
    lines = [b" ".join((method, target, version)), *([] if host is None else [b"Host: " + host]), *headers]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


@dataclass
class Case:
    """A request as it is sent: the table that it is from, and its bytes."""

    kind: str
    data: bytes
    abandoned: bool = False  # cut off somewhere, and the connection closed


# Each function makes a request from an entry of its table and one of the addresses.
def odd_path(entry, address, rng):
    """Make a request whose path begins or ends with the entry."""
    path, mark, query = address.partition(b"?")
    return message(entry + address if entry in FRONTS else path + entry + mark + query)


def odd_query(entry, address, rng):
    """Make a request with the entry as its query."""
    return message(address.partition(b"?")[0] + entry, method=rng.choice([b"GET", b"GET", b"HEAD"]))


def odd_version(entry, address, rng):
    """Make a request with the entry as its version, or one of no version that we speak."""
    others = [b"GET " + address + b"\r\n\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"\r\n\r\n" + message(address)]
    return rng.choice(others) if rng.random() < 0.1 else message(address, version=entry)


def odd_header(entry, address, rng):
    """Make a request with the entry as a header field, and perhaps some others."""
    others = rng.sample(HEADERS, rng.choice([0, 0, 1, 3]))
    return message(address, entry, *others, method=rng.choice([b"GET", b"GET", b"HEAD", b"POST"]))


def odd_condition(entry, address, rng):
    """Make a conditional request with the entry as its condition."""
    method = rng.choice([b"GET", b"GET", b"HEAD", b"POST"])
    return message(rng.choice(READABLE), entry, b"Accept-Encoding: " + rng.choice(CODINGS[:12]), method=method)


def odd_frame(entry, address, rng):
    """Make a request whose length or transfer coding is the entry."""
    return b"%s %s HTTP/1.1\r\nHost: %s\r\n%s" % (rng.choice([b"POST", b"GET", b"PUT"]), address, HOST, entry)


def odd_form(entry, address, rng):
    """Make a POST of the entry, which is its header fields and its content."""
    headers, body = entry
    target = rng.choice(
        [
            b"/admin/login/",
            b"/en/admin/login/",
            b"/admin/login/?next=//evil.example/",
            b"/diagnose/",
            b"/en/diagnose/",
            address,
        ]
    )
    length = b"Content-Length: %d" % len(body)
    cookie = b"Cookie: csrftoken=" + (TOKEN if rng.random() < 0.9 else rng.choice([b"", b"x", b"\xff"]))
    return message(target, headers.strip() or b"A: b", length, cookie, method=b"POST", body=body)


def odd_pipeline(entry, address, rng):
    """Make two to six good requests at once."""
    return b"".join(
        message(rng.choice(ADDRESSES), method=rng.choice([b"GET", b"HEAD", b"OPTIONS"]))
        for _ in range(rng.randint(2, 6))
    )


def twins(entry, address, rng):
    """Make HEAD and GET requests for the same address; their answers must agree."""
    address = rng.choice(READABLE)
    headers = [b"Accept-Encoding: " + entry] + ([rng.choice(CONDITIONS)] if rng.random() < 0.5 else [])
    return message(address, *headers, method=b"HEAD") + message(address, *headers)


def half(entry, address, rng):
    """Make the beginning of another request, cut off anywhere."""
    make, table = KINDS[rng.choice(["header", "frame", "form", "form", "pipeline"])]
    data = make(rng.choice(table), address, rng)
    return data[: rng.randrange(1, min(len(data), 20_000))]


KINDS = {
    "path": (odd_path, TAILS + FRONTS),
    "query": (odd_query, QUERIES),
    "method": (lambda entry, address, rng: message(address, method=entry), METHODS),
    "version": (odd_version, VERSIONS),
    "host": (lambda entry, address, rng: message(address, host=entry), HOSTS),
    "header": (odd_header, HEADERS),
    "condition": (odd_condition, CONDITIONS),
    "frame": (odd_frame, FRAMES),
    "form": (odd_form, FORMS),
    "pipeline": (odd_pipeline, [None]),
    "twins": (twins, CODINGS),
    "half": (half, [None]),
}
# The order of the kinds; those with long tables come more often.
TURNS = [*KINDS, "header", "header", "condition", "path", "query", "twins"]


def changed(data, rng):
    """Return the request with one to three random mutations near its beginning, where the meaning is."""
    head, rest = bytearray(data[:3000]), data[3000:]
    for _ in range(rng.randint(1, 3)):
        start = rng.randrange(len(head) + 1)
        end = min(len(head), start + rng.choice([1, 1, 2, 10, 100]))
        how = rng.randrange(6)
        if how == 0:
            head[start:start] = rng.choice(SCRAPS)
        elif how == 1:
            head[start:end] = rng.choice(SCRAPS)
        elif how == 2:
            del head[start:end]
        elif how == 3:
            head[start:start] = head[start:end] * rng.choice([1, 3, 50])
        elif how == 4:
            head[start:end] = rng.randbytes(end - start)
        else:
            lines = head.split(b"\r\n")
            rng.shuffle(lines)
            head = bytearray(b"\r\n".join(lines))
    return bytes(head) + rest


def case(seed, number, known):
    """Return request `number` of the run; `known` holds the ETag and date that the site sent for an address."""
    rng = Random(f"{seed} {number}")
    kind = TURNS[number % len(TURNS)]
    make, table = KINDS[kind]
    # The seed decides where in its table a run begins, so that a short run is not always the same one.
    entry = table[(number // len(TURNS) + Random(f"{seed} {kind}").randrange(len(table))) % len(table)]
    data = make(entry, rng.choice(ADDRESSES), rng)
    if b"<" in data[:3000]:
        target = data.split(b" ", 2)[1] if data.count(b" ") > 1 else b""
        etag, date = known.get(target, (b'"a"', b"Thu, 01 Jan 2026 00:00:00 GMT"))
        data = data.replace(b"<etag>", etag).replace(b"<opaque>", etag.removeprefix(b"W/")).replace(b"<date>", date)
    if kind == "half":
        return Case(kind, data, abandoned=True)
    return Case("changed", changed(data, rng)) if rng.random() < 0.5 else Case(kind, data)


NAME = rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
FIRST_LINE = re.compile(rb"(%s) (/[!$&'()*+,;=:@A-Za-z0-9._~/?%%-]*) HTTP/1\.[01]" % NAME)
FIELD = re.compile(rb"(%s):[ \t]*([\t -~\x80-\xff]*)" % NAME)
CHUNK = re.compile(rb"([0-9A-Fa-f]{1,8})\r\n")


@dataclass
class Asked:
    """A request as the server should read it."""

    method: bytes
    target: bytes = b""
    headers: dict = field(default_factory=dict)


def requests_in(data):
    """Return (the requests in `data`, whether all of it is good HTTP/1 that any server must answer).

    Strict on purpose: what is not good here may still be answered, but need not be.
    """
    found = []
    while data:
        asked, rest = _first_request(data)
        if asked is None:
            return [*found, Asked(data.lstrip(b"\r\n").partition(b" ")[0])], False
        found.append(asked)
        data = rest
    return found or [Asked(b"")], bool(found)


def _first_request(data):
    """Return (the request at the beginning, the rest), or (None, data) if it is not good."""
    head, end, rest = data.partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    first = FIRST_LINE.fullmatch(lines[0])
    fields = [FIELD.fullmatch(line) for line in lines[1:]]
    # The server says 414 or 431 beyond 65,534 bytes of address, 100 headers or 400 kB.
    if not (end and first and all(fields)) or len(first[2]) > 60_000 or len(fields) > 90 or len(head) > 300_000:
        return None, data
    # CONNECT, PRI and Upgrade do not ask for an ordinary answer. "head" is another method than HEAD, but Django
    # takes it for the same: the server, which knows better, then misses the body that was announced.
    if first[1] in (b"CONNECT", b"PRI") or (first[1] != b"HEAD" and first[1].upper() == b"HEAD"):
        return None, data
    headers = [(match[1].lower(), match[2].strip()) for match in fields]
    hosts, lengths, codings, upgrades = (
        [value for name, value in headers if name == wanted]
        for wanted in (b"host", b"content-length", b"transfer-encoding", b"upgrade")
    )
    if len(hosts) != 1 or not re.fullmatch(rb"[0-9A-Za-z.:\[\]-]+", hosts[0]) or upgrades:
        return None, data
    if codings:
        rest = None if lengths or codings != [b"chunked"] or lines[0].endswith(b"0") else _after_chunks(rest)
    elif lengths:
        good = len(lengths) == 1 and re.fullmatch(rb"[0-9]{1,9}", lengths[0]) and len(rest) >= int(lengths[0])
        rest = rest[int(lengths[0]) :] if good else None
    if rest is None:
        return None, data
    together = {}  # lines of one name are one list
    for name, value in headers:
        text = value.decode("latin-1")
        together[name] = f"{together[name]}, {text}" if name in together else text
    return Asked(first[1], first[2], together), rest


def _after_chunks(data):
    """Return what follows a chunked body, or None if the chunks are malformed or incomplete."""
    while size := CHUNK.match(data):
        length = int(size[1], 16)
        data = data[size.end() + length :]
        if not data.startswith(b"\r\n"):
            return None
        data = data[2:]
        if not length:
            return data
    return None


class BrokenAnswer(Exception):
    pass


@dataclass
class Answer:
    """A response: its status, its header field lines with names in lower case, and its content."""

    status: int
    headers: list
    body: bytes

    def all(self, name):
        """Return the values of all lines of a field."""
        return [value for each, value in self.headers if each == name]

    def get(self, name):
        """Return the value of a field, several lines joined by commas; "" without one."""
        return ", ".join(self.all(name))

    @property
    def from_app(self):
        """Whether our code answered: granian names itself on those answers, and not on its own refusals."""
        return bool(self.all("server"))


def parse(data, method, closed):
    """Return (the first answer in `data` or None if it is not complete, the rest)."""
    head, end, rest = data.partition(b"\r\n\r\n")
    if not end:
        return None, data
    first, *lines = head.split(b"\r\n")
    status = re.fullmatch(rb"HTTP/1\.[01] ([1-5][0-9]{2}) [ -~]*", first)
    fields = [FIELD.fullmatch(line) for line in lines]
    if not status or not all(fields):
        raise BrokenAnswer(f"no HTTP/1 answer: {head[:200]!r}")
    headers = [(match[1].decode().lower(), match[2].decode("latin-1").strip()) for match in fields]
    answer = Answer(int(status[1]), headers, b"")
    if answer.status < 200:
        return parse(rest, method, closed)
    if method == b"HEAD" or answer.status in (204, 304):
        return answer, rest
    if answer.get("transfer-encoding") == "chunked":
        while size := CHUNK.match(rest):
            length, start = int(size[1], 16), size.end()
            if len(rest) < start + length + 2:
                return None, data
            if rest[start + length : start + length + 2] != b"\r\n":
                raise BrokenAnswer("a chunk does not end where it says")
            answer.body += rest[start : start + length]
            rest = rest[start + length + 2 :]
            if not length:
                return answer, rest
        return None, data
    if length := answer.get("content-length"):
        if not length.isdecimal():
            raise BrokenAnswer(f"Content-Length: {length}")
        answer.body, rest = rest[: int(length)], rest[int(length) :]
        return (answer, rest) if len(answer.body) == int(length) else (None, data)
    answer.body = rest
    return (answer, b"") if closed else (None, data)


class Wire:
    """A connection that sends and reads at the same time: a server may answer before it has read everything."""

    def __init__(self, address):
        self.socket = socket.create_connection(address, timeout=LIMIT)
        self.socket.setblocking(False)
        self.closed = False

    def exchange(self, data, asked, good=True):
        """Send, and return the answers: all of them to good requests; to broken ones those before the first silence."""
        received, answers, unsent = b"", [], memoryview(data)
        deadline, quiet, ended = time.monotonic() + LIMIT, time.monotonic() + QUIET, False
        while len(answers) < len(asked):
            answer, received = parse(received, asked[len(answers)].method, self.closed)
            if answer:
                answers.append(answer)
                continue
            now = time.monotonic()
            if self.closed:
                break
            if now > deadline:
                raise TimeoutError
            if not good and not unsent and now > quiet:
                if answers or ended:  # the server waits for the rest of a request until its own time limit
                    break
                self._end()  # there is nothing more to send
                quiet, ended = now + QUIET, True
            wait = max(0.0, (deadline if good or unsent else quiet) - now)
            readable, writable, _ = select.select([self.socket], [self.socket] if unsent else [], [], wait)
            try:
                if writable:
                    unsent = unsent[self.socket.send(unsent[:65536]) :]
                if readable:
                    new = self.socket.recv(262_144)
                    received += new
                    self.closed = not new
                if readable or writable:
                    quiet = time.monotonic() + QUIET
            except ConnectionError:
                unsent = memoryview(b"")
                received += self._last_words()
                self.closed = True
        if unsent:  # the server answered before it had read everything, and will not read the rest as a request
            self.closed = True
        if received and len(answers) < len(asked) and b"PRI * HTTP/2.0" not in data:
            raise BrokenAnswer(f"an answer that is not complete: {received[:300]!r}")
        if received and good:
            raise BrokenAnswer(f"more than the answers: {received[:300]!r}")
        return answers

    def _end(self):
        try:
            self.socket.shutdown(socket.SHUT_WR)
        except OSError:
            self.closed = True

    def _last_words(self):
        """Return what had arrived before the server closed the connection."""
        words = b""
        try:
            while new := self.socket.recv(262_144):
                words += new
        except OSError:
            pass
        return words

    def close(self):
        """Close the connection."""
        self.socket.close()
        self.closed = True


def accepts(coding, header):
    """Return whether an Accept-Encoding field allows a coding (RFC 9110 section 12.5.3)."""
    chances = {}
    for item in header.lower().split(","):
        name, *parameters = (part.strip() for part in item.split(";"))
        chances[name] = not any(re.fullmatch(r"q\s*=\s*0(\.0*)?", parameter) for parameter in parameters)
    return chances.get(coding, chances.get("*", False))


FOREIGN_LINK = re.compile(rb'(?:href|src|action)="(?:[a-z]+:)?[/\\]{2,}evil', re.IGNORECASE)
INSIDE = re.compile(rb"Traceback|settings\.DEBUG|DJANGO_SETTINGS_MODULE|site-packages|File &quot;|SECRET_KEY")
REFUSALS = {400, 405, 408, 411, 413, 414, 417, 431, 501, 505}  # of the server itself


def faults(asked, answer, site_url, *, good):
    """Return what is wrong with an answer, as a list of sentences. `good`: the request was well-formed HTTP."""
    found = []
    if not answer.from_app:
        if good or answer.status not in REFUSALS:
            found.append(f"the server itself answered {answer.status}")
        return found
    if answer.get("timing-allow-origin"):
        return _live_faults(answer)
    if answer.status >= 500 and answer.status != 501:  # a method that nobody knows
        found.append(f"{answer.status} from the site")
    if match := INSIDE.search(answer.body):
        found.append(f"it shows its inside: {match[0]!r}")
    if match := FOREIGN_LINK.search(answer.body):
        found.append(f"a link to elsewhere: {match[0]!r}")
    if "default-src 'none'" not in answer.get("content-security-policy"):
        found.append("no Content-Security-Policy")
    if answer.get("x-content-type-options") != "nosniff":
        found.append("no X-Content-Type-Options")
    for location in answer.all("location"):
        if not re.fullmatch(rf"({re.escape(site_url)})?/(?![/\\])[!-\[\]-~]*", location):
            found.append(f"Location: {location}")
    declared = answer.get("content-type")
    if answer.body and declared not in TYPES.values():
        found.append(f"Content-Type: {declared!r}")
    elif answer.body and answer.status >= 400 and declared not in (HTML, PROBLEM):
        found.append(f"an error as {declared}")
    if good:
        if answer.status == 200 and TYPES.get(asked.target, declared) != declared:
            found.append(f"{declared} instead of {TYPES[asked.target]}")
        # The site deletes a malformed cookie of its own from any client that sends one.
        ours = re.search("sessionid|csrftoken", asked.headers.get(b"cookie", ""))
        if answer.all("set-cookie") and b"admin" not in asked.target and not ours:
            found.append("Set-Cookie on a public page")
        found += _negotiation_faults(asked, answer)
    return found


def _live_faults(answer):
    """Return what is wrong with a live answer: only these have Timing-Allow-Origin."""
    found = []
    mark = answer.get("requested-status")
    if mark and mark != str(answer.status):
        found.append(f"{answer.status} marked as {mark}")
    if not mark and (answer.status >= 500 or answer.get("content-type") not in (TEXT, PROBLEM, "")):
        found.append(f"{answer.status} that nobody asked for, as {answer.get('content-type')}")
    if len(answer.body) > 1024:
        found.append(f"{len(answer.body)} bytes of content")
    if set(answer.all("location")) - {"/status/200"}:
        found.append(f"Location: {answer.get('location')}")
    if answer.all("set-cookie") or INSIDE.search(answer.body) or answer.get("x-content-type-options") != "nosniff":
        found.append("a cookie, its inside or no nosniff")
    return found


def _negotiation_faults(asked, answer):
    found = []
    sent = asked.headers
    coding = answer.get("content-encoding")
    # WhiteNoise only looks for the name of the coding, so a static file may be sent as gzip to "gzip;q=0".
    if coding and not asked.target.startswith(b"/static/") and not accepts(coding, sent.get(b"accept-encoding", "")):
        found.append(f"{coding} to Accept-Encoding: {sent.get(b'accept-encoding')}")
    if coding and "accept-encoding" not in answer.get("vary").lower():
        found.append("a content coding without Vary")
    if coding == "gzip" and answer.body and answer.status == 200:
        try:
            gzip.decompress(answer.body)
        except (OSError, EOFError):
            found.append("gzip that cannot be read")
    needed = {
        304: (b"if-none-match", b"if-modified-since"),
        412: (b"if-match", b"if-unmodified-since"),
        206: (b"range",),
    }
    if answer.status in needed and not any(name in sent for name in needed[answer.status]):
        found.append(f"{answer.status} without being asked")
    match = sent.get(b"if-none-match", "*")
    if answer.status == 304 and "*" not in match and answer.get("etag").removeprefix("W/") not in match:
        found.append(f"304 with {answer.get('etag')} to If-None-Match: {match}")
    return found


def twin_faults(head, get):
    """Return where the answers to HEAD and GET for the same address differ."""
    found = [] if head.status == get.status else [f"HEAD {head.status}, GET {get.status}"]
    for name in "content-length content-type content-encoding etag last-modified vary cache-control".split():
        if head.get(name) != get.get(name) and not (name == "content-length" and not head.get(name)):
            found.append(f"{name}: HEAD {head.get(name)!r}, GET {get.get(name)!r}")
    return found


@dataclass
class Failure:
    number: int
    case: Case
    faults: list

    def __str__(self):
        data = self.case.data
        return (
            f"Request {self.number} ({self.case.kind}, {len(data)} bytes): {'; '.join(self.faults)}\n"
            f"  {data[:1500]!r}{'...' if len(data) > 1500 else ''}"
        )


@dataclass
class Run:
    """Many requests to one site over several connections."""

    url: str  # where it listens, and its SITE_URL
    seed: object
    requests: int
    seconds: float = 1e9
    at: dict = field(default_factory=dict)  # number of a request -> what to call before it is sent
    kinds: Counter = field(default_factory=Counter)
    statuses: Counter = field(default_factory=Counter)
    failures: list = field(default_factory=list)
    slowest: list = field(default_factory=list)
    sent: int = 0

    def __post_init__(self):
        host, _, port = self.url.removeprefix("http://").partition(":")
        self.address = (host, int(port))
        self.lock = threading.Lock()
        self.known = {}

    def learn(self):
        """Request every address once to learn the ETags and dates that conditions are made of."""
        wire = Wire(self.address)
        for address in READABLE:
            (answer,) = wire.exchange(message(address), [Asked(b"GET")])
            if answer.get("etag") or answer.get("last-modified"):
                made_up = ('"a"', "Thu, 01 Jan 2026 00:00:00 GMT")
                named = (answer.get("etag") or made_up[0], answer.get("last-modified") or made_up[1])
                self.known[address] = tuple(text.encode("latin-1") for text in named)
            if wire.closed or answer.get("connection") == "close":
                wire = Wire(self.address)
        wire.close()

    def go(self, only=None):
        """Send all requests, or request `only` alone, over CONNECTIONS connections."""
        self.learn()
        self.numbers = iter([only] if only is not None else range(self.requests))
        self.deadline = time.monotonic() + self.seconds
        threads = [threading.Thread(target=self._work) for _ in range(CONNECTIONS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return self

    def _work(self):
        wire = None
        while len(self.failures) < MAX_FAILURES and time.monotonic() < self.deadline:
            with self.lock:
                number = next(self.numbers, None)
                if number is None:
                    break
                self.sent += 1
                self.at.get(number, lambda: None)()
            sent = case(self.seed, number, self.known)
            began = time.monotonic()
            try:
                wire, found = self.attempt(wire, sent)
            except Exception:  # a bug in this program must not look like a good run
                wire, found = None, [traceback.format_exc()]
            took = time.monotonic() - began
            with self.lock:
                self.kinds[sent.kind] += 1
                self.slowest = sorted([*self.slowest, (took, number, sent)], key=lambda each: -each[0])[:3]
                if found:
                    self.failures.append(Failure(number, sent, found))

    def attempt(self, wire, sent):
        """Send a request; return the connection if it can be used again, and what was wrong."""
        if sent.abandoned:
            self._abandon(sent)
            return wire, []
        asked, good = requests_in(sent.data)
        reused = wire is not None
        wire = wire or Wire(self.address)
        try:
            answers = wire.exchange(sent.data, asked, good)
            if good and not answers and reused:  # the server may close an idle connection
                wire = Wire(self.address)
                answers = wire.exchange(sent.data, asked, good)
        except BrokenAnswer as broken:
            wire.close()
            return None, [str(broken)]
        except TimeoutError:
            wire.close()
            with self.lock:
                self.statuses["none"] += 1
            return None, [f"no complete answer in {LIMIT} seconds"]
        with self.lock:
            self.statuses.update([answer.status for answer in answers] or ["no answer"])
        found = []
        for one, answer in zip(asked, answers, strict=False):
            found += faults(one, answer, self.url, good=good)
        if good and not answers:
            found.append("the connection was closed without an answer to a good request")
        if good and sent.kind == "twins" and len(answers) == 2:
            found += twin_faults(*answers)
        if not good or wire.closed or any("close" in answer.get("connection") for answer in answers):
            wire.close()
            wire = None
        return wire, found

    def _abandon(self, sent):
        wire = socket.create_connection(self.address, timeout=LIMIT)
        wire.sendall(sent.data)
        time.sleep(0.02 * (len(sent.data) % 2))  # close at once, or after the server has begun to read
        wire.close()
        with self.lock:
            self.statuses["abandoned"] += 1
