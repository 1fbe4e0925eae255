"""The answers as made from the catalogue, and one real server of them."""

import json
import socket
import sys
from contextlib import contextmanager, suppress
from types import SimpleNamespace

import pytest

from answers.catalogue import Catalogue
from answers.requests import Request
from answers.responses import Responder
from codes.data.live_answers import answers_document
from tools.serving import free_port, running

NOW = 1_764_180_000.25


@pytest.fixture(scope="session")
def document(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        return json.loads(json.dumps(answers_document()))


@pytest.fixture(scope="session")
def responder(document):
    return Responder(Catalogue(document))


@pytest.fixture(scope="session")
def ask(responder):
    """Ask for an address; fields are given as If_None_Match="*"."""

    def ask(path, method="GET", *, now=NOW, prefix="", version="", **fields):
        path, _, query = path.partition("?")
        environ = {f"HTTP_{name.upper()}": value for name, value in fields.items()}
        return responder.answer(Request(method, path, query, environ, prefix, version), now)

    return ask


@contextmanager
def serving(document, folder, *options):
    """Serve live answers on a port of their own; yield the tools' Server."""
    port = free_port()
    (folder / "answers.json").write_text(json.dumps(document))
    command = [sys.executable, "-m", "answers", "--file", folder / "answers.json", "--port", str(port), *options]
    with running(command, port, folder / "log", path="/healthz") as server:
        yield server


@pytest.fixture(scope="session")
def served(document, tmp_path_factory):
    """A server without limits: `exchange` sends it bytes over a new connection and returns what comes back."""
    folder = tmp_path_factory.mktemp("answers")

    def exchange(data, quiet=0.2):
        """Return what comes until the server closes the connection or says nothing more."""
        with socket.create_connection(("127.0.0.1", server.port), timeout=5) as connection:
            connection.sendall(data)
            received = connection.recv(65536)
            connection.settimeout(quiet)
            with suppress(TimeoutError):
                while new := connection.recv(65536):
                    received += new
            return received

    with serving(document, folder, "--unlimited") as server:
        yield SimpleNamespace(exchange=exchange, port=server.port)
    # Nothing that all the tests sent failed inside.
    log = (folder / "log").read_text()
    assert "Traceback" not in log
    assert "ERROR" not in log
