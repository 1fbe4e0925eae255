"""What no browser sends, to the production server: see tools/fuzz."""

import threading
from socketserver import StreamRequestHandler, ThreadingTCPServer

import pytest

from tools.fuzz import run as fuzz


def test_1500_requests_find_no_fault(fresh_site):
    with fresh_site.serving(env={"ANSWERS_URL": "/status"}) as server:
        run = fuzz.Run(server.url, seed="1500", requests=1500).go()
    assert [str(failure) for failure in run.failures] == []
    assert run.sent == 1500
    assert run.statuses[200] > 100


GOOD = (
    "HTTP/1.1 404 Not Found\r\nServer: granian\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: 12\r\n"
    "Content-Security-Policy: default-src 'none'\r\nX-Content-Type-Options: nosniff\r\n\r\nno such page"
)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("", "", None),
        ("404 Not Found", "500 Oops", "500 from the site"),
        ("text/html", "text/xml", "Content-Type: 'text/xml; charset=utf-8'"),
        ("text/html; charset=utf-8", "application/json", "an error as application/json"),
        ("no such page", "Traceback!!!", "it shows its inside: b'Traceback'"),
        ("Server: granian", "X: y", "the server itself answered 404"),
        ("\r\n\r\nno such page", "\r\nLocation: //evil.example/\r\n\r\nno such page", "Location: //evil.example/"),
        ("\r\n\r\nno such page", "\r\nSet-Cookie: a=b\r\n\r\nno such page", "Set-Cookie on a public page"),
        ("default-src 'none'\r\n", "x\r\n", "no Content-Security-Policy"),
        ("Length: 12\r\n", "Length: 13\r\n", "no complete answer in 1 seconds"),
        (GOOD, "", "no complete answer in 1 seconds"),
        (GOOD, "nonsense\r\n\r\n", "no HTTP/1 answer: b'nonsense'"),
    ],
)
def test_the_checker_finds_faults(monkeypatch, old, new, complaint):
    monkeypatch.setattr(fuzz, "LIMIT", 1)
    answer = GOOD.replace(old, new, 1)

    class Faulty(StreamRequestHandler):
        def handle(self):
            while self.rfile.readline().strip():
                pass
            self.wfile.write(answer.encode())
            self.rfile.read()

    with ThreadingTCPServer(("127.0.0.1", 0), Faulty) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()  # seconds to a shutdown
        run = fuzz.Run(f"http://127.0.0.1:{server.server_address[1]}", seed=0, requests=1)
        wire, found = run.attempt(None, fuzz.Case("path", fuzz.message(b"/nope/")))
        if wire:
            wire.close()
        server.shutdown()
    assert found == ([complaint] if complaint else [])
