"""The addresses for programs, as programs use them: what their description allows, and the examples of /data/."""

import json
import re
import subprocess
import sys
from html import unescape
from pathlib import Path
from urllib.request import urlopen

import pytest
from django.test import RequestFactory
from fastapi.testclient import TestClient
from rest_framework.exceptions import NotFound
from rest_framework.response import Response
from rest_framework.views import APIView
from starlette.exceptions import HTTPException

from codes.tests.tools_needed import needs_jq, needs_node

SCHEMATHESIS = Path(sys.executable).with_name("schemathesis")
NAMES = {"/data/": "권한 없음", "/en/data/": "Unauthorized"}


def test_the_site_answers_as_its_description_says(site, tmp_path):
    """Each address with its examples, with values at the edges of what is described and beyond, and each method."""
    command = [SCHEMATHESIS, "run", f"{site.url}/openapi.json", "--max-examples", "3", "--generation-deterministic"]
    command += ["--continue-on-failure", "--no-color", "--warnings", "off", "--max-response-time", "5"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr
    assert " generated, " in done.stdout


@pytest.fixture
def example(site):
    """Return an example of a page by its name."""

    def read(page, name):
        with urlopen(f"{site.url}{page}") as response:
            text = response.read().decode()
        return unescape(re.search(rf'id="{name}">(.*?)</pre>', text, re.DOTALL)[1])

    return read


def run(*command):
    """Run a program and return what it prints."""
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout


@needs_jq
@needs_node
@pytest.mark.parametrize("page", NAMES)
def test_three_short_scripts_make_the_same_table_of_fields_to_send(example, tmp_path, page):
    script = tmp_path / "table.mjs"
    script.write_text(example(page, "node"))
    table = run(sys.executable, "-c", example(page, "python"))
    assert f"401\t{NAMES[page]}\tWWW-Authenticate\n" in table
    assert table.count("\n") > 10
    assert run("node", script) == table
    assert run("sh", "-c", example(page, "shell")) == table
    assert max(len(example(page, name).splitlines()) for name in ("python", "node", "shell")) <= 10


@needs_jq
@needs_node
def test_the_other_examples_run(example, tmp_path):
    for page, title, repeat in [("/data/", "404 찾을 수 없음", "404 "), ("/en/data/", "404 Not Found", "404 ")]:
        text, _, retry = run("sh", "-ec", example(page, "curl")).rpartition("\n{")
        assert text.startswith(title)
        fact = json.loads("{" + retry)
        script = tmp_path / "retry.mjs"
        script.write_text(example(page, "javascript"))
        language = "en" if page.startswith("/en") else "ko"
        assert run("node", script) == f"{repeat}{fact['label'][language]}\n"


def test_a_problem_of_an_api_with_django_rest_framework_has_a_page_of_this_site_as_type(example, site):
    names = {}
    exec(example("/data/", "drf"), names)

    class Missing(APIView):
        authentication_classes, permission_classes = (), ()

        def get_exception_handler(self):
            return names["problem_details"]

        def get(self, request):
            raise NotFound("No such order.")

    response = Missing.as_view()(RequestFactory().get("/")).render()
    assert isinstance(response, Response)
    assert response["Content-Type"] == "application/problem+json"
    problem = json.loads(response.content)
    assert (problem["type"], problem["title"], problem["status"]) == (f"{site.url}/404/", "Not Found", 404)
    with urlopen(problem["type"]) as page:
        assert page.status == 200


def test_a_problem_of_an_api_with_fastapi_has_a_page_of_this_site_as_type(example, site):
    names = {}
    exec(example("/en/data/", "fastapi"), names)
    app = names["app"]

    @app.get("/orders/1")
    def order():
        raise HTTPException(409, "Already paid.")

    response = TestClient(app).get("/orders/1")
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json() == {
        "type": f"{site.url}/409/",
        "title": "Conflict",
        "status": 409,
        "detail": "Already paid.",
    }
