"""Fixtures for every test: the loaded database, the rendered pages, accounts and small entries."""

import gc
import os
import pickle
import re
import shutil
import threading
from contextlib import suppress

import environ
import pytest
from _pytest.runner import runtestprotocol
from django.contrib.auth.models import Group, User
from django.db import connection
from django.http import HttpResponse
from django.template import Template
from django.test import Client
from django.test.utils import instrumented_test_render
from django.utils import translation
from django.utils.timezone import localdate

from codes import search
from codes.editing.fixtures import FIXTURES
from codes.editing.invalidation import single_advance
from codes.models import Category, StatusCode
from codes.tests.artifacts import copy_database, locked
from codes.tests.html_forms import Browser, form_of
from statuscodes.web.stack import on_large_stack


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Mark the tests of the folders that are named after a marker, and those that look at every page."""
    for item in items:
        if item.path.parent.name in ("content", "live"):
            item.add_marker(item.path.parent.name)
        elif "rendered" in item.fixturenames:
            item.add_marker("content")


def pytest_collection_finish():
    """Let the garbage collector pass over what all tests share, and look at the rest less often than by default.

    Django's test client keeps the contexts of all templates: looking through them took a seventh of the time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


def render_outermost_instrumented(template, context):
    """Render a template as Django does in tests, but tell the test client of templates within others nothing.

    It keeps a copy of the context of each template, and a form of the admin has one for each widget: that took a fifth
    of the time. What a view passes to its template is in `response.context` all the same.
    """
    if getattr(rendering, "has_begun", False):
        return template.nodelist.render(context)
    rendering.has_begun = True
    try:
        return instrumented_test_render(template, context)
    finally:
        rendering.has_begun = False


rendering = threading.local()


@pytest.fixture(scope="session")
def django_test_environment(django_test_environment):
    Template._render = render_outermost_instrumented


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item, nextitem):
    """Run a test as pytest does, with room for the stack: pytest's own frames take most of its first piece."""
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    run(item, nextitem)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True


@on_large_stack
def run(item, nextitem):
    runtestprotocol(item, nextitem=nextitem)


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker, tmp_path_factory):
    """Give this process a copy of a database that is migrated and loaded once for all workers."""
    name = f"test_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}"
    url = copy_database(os.environ["DATABASE_URL"], name, tmp_path_factory.mktemp("database"))
    with django_db_blocker.unblock():
        connection.close()
        connection.settings_dict["NAME"] = environ.Env.db_url_config(url)["NAME"]
        search.current_index()


def answer(response):
    """Return a response's content, status and header fields."""
    return response.content, response.status_code, dict(response.headers)


PARTS = 16  # in which the workers render the pages


@pytest.fixture(scope="session")
def rendered(django_db_setup, django_db_blocker, tmp_path_factory):
    """Every page of the sitemap, in both languages: responses by path. The workers of a run render them together."""
    folder = tmp_path_factory.getbasetemp()
    folder = folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder
    with django_db_blocker.unblock():
        client = Client()
        paths = re.findall(r"<loc>https://status\.example(.*?)</loc>", client.get("/sitemap.xml").text)
        files = {folder / f"rendered-{part}.pickle": paths[part::PARTS] for part in range(PARTS)}
        for wait in (False, True):  # first what no other worker has begun
            for file, part in files.items():
                with locked(file.with_suffix(".lock"), wait=wait) as is_mine:
                    if is_mine and not file.exists():
                        # Not the responses: the contexts of their templates hold much, and for long.
                        file.write_bytes(pickle.dumps([(path, *answer(client.get(path))) for path in part]))
    kept = [page for file in files for page in pickle.loads(file.read_bytes())]
    return {path: HttpResponse(content, status=status, headers=fields) for path, content, status, fields in kept}


@pytest.fixture(autouse=True)
def korean():
    """Reverse URLs in Korean whatever page the test before requested; a test may override it."""
    with translation.override("ko"):
        yield


@pytest.fixture(autouse=True)
def fresh_index(monkeypatch):
    """Put back the index of the loaded catalogue, and where it learns of revisions, after each test."""
    for name, value in vars(search.current._cache).items():
        monkeypatch.setattr(search.current._cache, name, value)


@pytest.fixture
def full_pipe():
    """The writing end of a pipe that is full and that nobody reads."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    with suppress(BlockingIOError):
        while True:
            os.write(writing, b"x")
    os.set_blocking(writing, True)
    yield writing
    os.close(reading)
    os.close(writing)


@pytest.fixture
def folder(tmp_path):
    """A folder with a few of the catalogue's files. What it lacks, loading leaves as it is in the database."""
    folder = tmp_path / "fixtures"
    for name in ("categories", "codes/200", "codes/404", "codes/499", "codes/599", "codes/783", "groups/401-403"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(FIXTURES / f"{name}.yaml", folder / f"{name}.yaml")
    return folder


@pytest.fixture
def make_code(db):
    """Make a valid code; a test names only what it is about."""

    def make(number, **fields):
        category = Category.objects.filter(digit=number // 100).first()
        defaults = {"category": category, "name_ko": f"코드 {number}", "name_en": f"Code {number}"}
        return StatusCode.objects.create(number=number, **(defaults | fields))

    return make


@pytest.fixture
@single_advance()
def small_code(make_code):
    """A code with a few rows, for tests of the admin: the form of a real code has hundreds of fields."""
    code = make_code(
        433,
        name_ko="작은 항목",
        name_en="Small Entry",
        summary_ko="짧은 설명입니다.",
        summary_en="A short line.",
        description_ko="요청한 것을 찾지 못했습니다.",
        description_en="What was requested was not found.",
        keywords="낱말",
        checked_on=localdate(),
    )
    for position, section in enumerate(("15.5.5", "15.5.11", "15"), start=1):
        url = f"https://www.rfc-editor.org/rfc/rfc9110.html#section-{section}"
        code.references.create(position=position, spec="RFC 9110", section=section, url=url)
    code.advice.create(position=1, reader="visitor", text_ko="- 조언", text_en="- Advice")
    code.advice.create(position=2, reader="client", text_ko="- 다른 조언", text_en="- Other advice")
    exchange = code.exchanges.create(title_ko="교환", title_en="Exchange")
    request, response = "GET / HTTP/1.1\nHost: www.example.com", "HTTP/1.1 433 Small Entry"
    exchange.messages.create(position=1, sender="client", receiver="server", text_ko=request)
    exchange.messages.create(position=2, sender="server", receiver="client", text_ko=response)
    return code


@pytest.fixture
def editor(db):
    """A browser, logged in as a member of the editors' group."""
    user = User.objects.create_user("editor", is_staff=True)
    user.groups.add(Group.objects.get(name="편집자"))
    client = Browser()
    client.force_login(user)
    return client


@pytest.fixture(scope="session")
def forms_of_small_code():
    """The fields of the small code's form by what they depend on: read once for all tests."""
    return {}


@pytest.fixture
def small_form(editor, small_code, forms_of_small_code):
    """The address of the small code's form, and its fields as a browser sends them back, before anybody saved it."""
    rows = [*small_code.references.all(), *small_code.advice.all(), *small_code.exchanges.all()]
    state = (small_code.checked_on, *(row.pk for row in rows))
    if state not in forms_of_small_code:
        forms_of_small_code[state] = form_of(editor, small_code.pk)
    path, fields = forms_of_small_code[state]
    return path, dict(fields)


@pytest.fixture
def admin_client(admin_user):
    """A browser, logged in as a superuser."""
    client = Browser()
    client.force_login(admin_user)
    return client
