"""The code of a situation's page sends the response that the page shows, the lines of a code's page that code.

Python and Node.js are run.
"""

import json
import shutil
import subprocess
import sys
import textwrap
from copy import deepcopy
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from io import BytesIO

import pytest
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpResponse, JsonResponse
from django.test import RequestFactory
from django.utils.translation import override
from pytest_django.asserts import assertContains, assertNotContains

from codes.models import Situation, StatusCode
from codes.snippets import FRAMEWORKS, lines
from codes.views import situations as views

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def promises(django_db_setup, django_db_blocker):
    """What each page shows: the situation's snippets, status, header fields and content."""
    with django_db_blocker.unblock(), override("ko"):
        return promises_of(Situation.objects.select_related("answer").prefetch_related("headers"))


@pytest.fixture
def promised(promises):
    """The same for a test that may change it."""
    return deepcopy(promises)


def promises_of(situations):
    pages = {}
    for situation in situations:
        headers = list(situation.headers.all())
        if code := {framework.name: text for framework, text in views._snippets(situation, headers)}:
            head, _, content = views.example_response(situation, headers).messages[0].raw.partition("\n\n")
            fields = dict(line.split(": ", 1) for line in head.split("\n")[1:])
            fields = {name.lower(): value for name, value in fields.items()}
            for name in {"connection", "content-length", "date", "transfer-encoding"} & set(fields):
                del fields[name]
            if not content:
                fields.pop("content-type", None)
            pages[situation.pk] = (code, situation.answer_id, fields, content)
    assert len(pages) > 190
    return pages


def assert_keeps(slug, promise, status, fields, body):
    _code, number, expected, content = promise
    assert status == number, slug
    sent = {name.lower(): value for name, value in fields.items()}
    for name, value in expected.items():
        assert sent[name].replace("; charset=utf-8", "") == value.replace("; charset=utf-8", ""), slug
    if "json" in expected.get("content-type", ""):
        assert json.loads(body) == json.loads(content), slug
    else:
        assert body.decode() == content, slug


def run(code, **names):
    """Return what a snippet returns as the body of a view."""
    scope = dict(names)
    exec("def view(request):\n" + textwrap.indent(code, "    "), scope)
    return scope["view"]


def test_the_code_for_django_keeps_the_promise(promised):
    for slug, promise in promised.items():
        response = run(promise[0]["Django"], HttpResponse=HttpResponse, JsonResponse=JsonResponse)(None)
        assert_keeps(slug, promise, response.status_code, response.headers, response.content)


def test_the_code_for_django_rest_framework_keeps_the_promise(promised):
    decorators = pytest.importorskip("rest_framework.decorators")
    from rest_framework import status
    from rest_framework.renderers import JSONRenderer
    from rest_framework.response import Response

    for slug, promise in promised.items():
        view = run(promise[0]["Django REST framework"], HttpResponse=HttpResponse, Response=Response, status=status)
        for decorate in (
            decorators.authentication_classes([]),
            decorators.permission_classes([]),
            decorators.renderer_classes([JSONRenderer]),
            decorators.api_view(["GET"]),
        ):
            view = decorate(view)
        response = view(RequestFactory().get("/"))
        if hasattr(response, "render"):
            response.render()
        promise[2].pop("allow", None)  # it lists the methods of the view itself
        assert_keeps(slug, promise, response.status_code, response.headers, response.content)


def test_the_code_for_fastapi_keeps_the_promise(promised):
    fastapi = pytest.importorskip("fastapi")
    from fastapi.responses import JSONResponse, Response

    for slug, promise in promised.items():
        view = run(promise[0]["FastAPI"], JSONResponse=JSONResponse, Response=Response, status=fastapi.status)
        response = view(None)
        assert_keeps(slug, promise, response.status_code, dict(response.headers), response.body)


@pytest.mark.skipif(not shutil.which("node"), reason="needs Node.js")
def test_the_code_for_node_keeps_the_promise(promised, tmp_path):
    views = ",\n".join(
        f"{json.dumps(slug)}: (res) => {{\n{promise[0]['Node.js']}\n}}" for slug, promise in promised.items()
    )
    (tmp_path / "server.mjs").write_text(
        "import http from 'node:http';\n"
        f"const views = {{\n{views}\n}};\n"
        """
        const server = http.createServer((req, res) => views[req.url.slice(1)](res));
        server.listen(0, "127.0.0.1", async () => {
          const found = {};
          for (const slug in views) found[slug] = await new Promise((done) => {
            http.get({ host: "127.0.0.1", port: server.address().port, path: "/" + slug }, (res) => {
              const parts = [];
              res.on("data", (part) => parts.push(part));
              res.on("end", () => done([res.statusCode, res.headers, Buffer.concat(parts).toString()]));
            });
          });
          console.log(JSON.stringify(found));
          process.exit();
        });
        """
    )
    done = subprocess.run(["node", tmp_path / "server.mjs"], capture_output=True, text=True, check=True, timeout=60)
    for slug, (status, fields, body) in json.loads(done.stdout).items():
        assert_keeps(slug, promised[slug], status, fields, body.encode())


def test_every_framework_has_code_that_names_its_identifier(promised):
    code = promised["value-breaks-rule"][0]
    assert list(code) == [framework.name for framework in FRAMEWORKS]
    assert "status.HTTP_422_UNPROCESSABLE_CONTENT" in code["FastAPI"]
    assert "HttpStatus.UNPROCESSABLE_CONTENT" in code["Spring"]
    assert "http.StatusUnprocessableEntity" in code["Go"]
    assert ":unprocessable_content" in code["Rails"]
    assert "StatusCodes.Status422UnprocessableEntity" in code["ASP.NET Core"]


@pytest.fixture(scope="module")
def lines_of(django_db_setup, django_db_blocker):
    """The lines of each code that has some: what returns it, and what throws it where a framework has that."""
    with django_db_blocker.unblock(), override("ko"):
        codes = StatusCode.objects.with_lines()
        found = {code.number: {row["name"]: row["lines"] for row in lines(code)} for code in codes}
    assert len(found) > 55
    return found


def sent(code, **names):
    """Return what a line returns, or the exception that it raises."""
    try:
        return run(code, **names)(None)
    except Exception as error:
        return error


def test_the_lines_for_django_send_the_code(lines_of):
    raised = {BadRequest: 400, PermissionDenied: 403, Http404: 404}
    names = {"HttpResponse": HttpResponse} | {each.__name__: each for each in raised}
    for number, of_code in lines_of.items():
        returned, *thrown = of_code["Django"]
        assert sent(returned, **names).status_code == number
        assert [raised[type(sent(line, **names))] for line in thrown] in ([], [number])


def test_the_lines_for_django_rest_framework_send_the_code(lines_of):
    exceptions = pytest.importorskip("rest_framework.exceptions")
    from rest_framework import status
    from rest_framework.response import Response

    for number, of_code in lines_of.items():
        for line in of_code["Django REST framework"]:
            assert sent(line, Response=Response, exceptions=exceptions, status=status).status_code == number


def test_the_lines_for_fastapi_send_the_code_and_what_belongs_to_it(lines_of):
    fastapi = pytest.importorskip("fastapi")
    from fastapi.responses import Response

    names = {"Response": Response, "HTTPException": fastapi.HTTPException, "status": fastapi.status}
    for number, of_code in lines_of.items():
        for line in of_code["FastAPI"]:
            assert sent(line, **names).status_code == number
    for line in lines_of[401]["FastAPI"]:
        assert sent(line, **names).headers["WWW-Authenticate"].startswith("Basic ")


def test_the_lines_for_flask_send_the_code(lines_of):
    abort = pytest.importorskip("werkzeug.exceptions").abort
    for number, of_code in lines_of.items():
        (_content, status, *_fields), *thrown = [sent(line, abort=abort) for line in of_code["Flask"]]
        assert [status, *(error.code for error in thrown)] in ([number], [number, number])


def test_the_lines_for_pythons_own_server_send_the_code(lines_of):
    renamed = {413, 414, 416, 422} if sys.version_info < (3, 13) else set()
    for number in lines_of.keys() - renamed:
        for line in lines_of[number]["Python http.server"]:
            handler = BaseHTTPRequestHandler.__new__(BaseHTTPRequestHandler)
            handler.wfile, handler.request_version, handler.requestline = BytesIO(), "HTTP/1.1", ""
            handler.command, handler.log_message = "GET", lambda *arguments: None
            exec(line, {"self": handler, "HTTPStatus": HTTPStatus})
            assert handler.wfile.getvalue().startswith(b"HTTP/1.0 %d " % number)


@pytest.mark.skipif(not shutil.which("node"), reason="needs Node.js")
def test_the_lines_for_node_send_the_code(lines_of, tmp_path):
    calls = ",\n".join(f"{number}: (res) => {{ {of_code['Node.js'][0]} }}" for number, of_code in lines_of.items())
    (tmp_path / "lines.mjs").write_text(
        "import http from 'node:http';\n"
        f"const lines = {{\n{calls}\n}};\n"
        """
        const found = {};
        for (const number in lines) {
          const res = new http.ServerResponse({ method: "GET", httpVersionMajor: 1, httpVersionMinor: 1 });
          lines[number](res);
          found[number] = res.statusCode;
        }
        console.log(JSON.stringify(found));
        """
    )
    done = subprocess.run(["node", tmp_path / "lines.mjs"], capture_output=True, text=True, check=True, timeout=60)
    assert json.loads(done.stdout) == {str(number): number for number in lines_of}


def test_a_line_has_what_a_response_with_the_code_always_needs(client):
    page = client.get("/en/405/code/").text.replace("<wbr>", "")
    for line in (
        "&quot;Allow&quot;: &quot;GET, HEAD, OPTIONS&quot;",
        ".header(&quot;Allow&quot;, &quot;GET, HEAD, OPTIONS&quot;)",
        "abort(Response::HTTP_METHOD_NOT_ALLOWED, &#x27;&#x27;, [&#x27;Allow&#x27; =&gt; ",
    ):
        assert line in page
    assert "ResponseStatusException" not in page


def test_a_code_leads_to_its_lines_unless_no_framework_returns_it(client):
    assertContains(client.get("/404/"), 'href="/404/code/"')
    assertContains(client.get("/en/404/code/"), "throw new ResponseStatusException")
    for number in ("100", "499", "444", "000", "433"):
        assertNotContains(client.get(f"/{number}/"), f"/{number}/code/", status_code=404 if number == "433" else 200)
        assert client.get(f"/{number}/code/").status_code == 404
