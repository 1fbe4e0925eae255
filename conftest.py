"""Fixtures for every test: the loaded database, the rendered pages, accounts and small entries."""

import os
import re

import environ
import pytest
from django.contrib.auth.models import Group, User
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.utils import translation

from codes import search
from codes.models import Category, StatusCode
from codes.tests.originals import copy_database


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Mark the tests of the folders that are named after a marker."""
    for item in items:
        if item.path.parent.name in ("content", "live"):
            item.add_marker(item.path.parent.name)


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker, tmp_path_factory):
    """Give this process a copy of a database that is migrated and loaded once for all workers."""
    name = f"test_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}"
    url = copy_database(os.environ["DATABASE_URL"], name, tmp_path_factory.mktemp("database"))
    with django_db_blocker.unblock():
        connection.close()
        connection.settings_dict["NAME"] = environ.Env.db_url_config(url)["NAME"]
        search.current_index()


@pytest.fixture(scope="session")
def rendered(django_db_setup, django_db_blocker):
    """Every page of the sitemap, in both languages: responses by path, rendered once for all tests of this process."""
    client = Client()
    with django_db_blocker.unblock():
        paths = re.findall(r"<loc>https://status\.example(.*?)</loc>", client.get("/sitemap.xml").text)
        pages = ((path, client.get(path)) for path in paths)
        # Without their contexts, which hold every object of the catalogue many times.
        return {path: HttpResponse(page.content, status=page.status_code, headers=page.headers) for path, page in pages}


@pytest.fixture(autouse=True)
def korean():
    """Reverse URLs in Korean whatever page the test before requested; a test may override it."""
    with translation.override("ko"):
        yield


@pytest.fixture(autouse=True)
def fresh_index(monkeypatch):
    """Put back the index of the loaded catalogue, and where it learns of revisions, after each test."""
    for name, value in vars(search.index._cache).items():
        monkeypatch.setattr(search.index._cache, name, value)


@pytest.fixture
def make_code(db):
    """Make a valid code; a test names only what it is about."""

    def make(number, **fields):
        category = Category.objects.filter(digit=number // 100).first()
        defaults = {"category": category, "name_ko": f"코드 {number}", "name_en": f"Code {number}"}
        return StatusCode.objects.create(number=number, **(defaults | fields))

    return make


@pytest.fixture
def editor(client, db):
    """The test client, logged in as a member of the editors' group."""
    user = User.objects.create_user("editor", is_staff=True)
    user.groups.add(Group.objects.get(name="편집자"))
    client.force_login(user)
    return client
