"""The code of a situation's page sends the response that the page shows: Python and Node.js are run."""

import json
import shutil
import subprocess
import textwrap

import pytest
from django.http import HttpResponse, JsonResponse
from django.test import RequestFactory

from codes.models import Situation
from codes.views import situations as views
from codes.views.snippets import FRAMEWORKS

pytestmark = pytest.mark.django_db


@pytest.fixture
def promised():
    """What each page shows: the situation's snippets, status, header fields and content."""
    pages = {}
    for situation in Situation.objects.select_related("answer").prefetch_related("headers"):
        headers = list(situation.headers.all())
        if code := dict(views._snippets(situation, headers)):
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
