import itertools
import os
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import environ
import psycopg
import pytest
from django.conf import settings
from django.contrib.auth.models import Group, User
from django.db import connection
from django.utils import translation

from codes import search
from codes.models import Category, StatusCode
from codes.tests.database import copy_database
from statuscodes.web.concurrency import THREADS
from tools.serving import free_port, running

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
JAVA = shutil.which("java")
IN_CI = os.environ.get("CI") == "true"
INSTALL = {"browser": "apt-get install chromium fonts-noto-cjk", "html": "apt-get install default-jre-headless"}


def pytest_collection_modifyitems(items):
    """Skip what this machine has no tool for, and say how to get it. In CI nothing may be skipped."""
    for marker, tool in {"browser": CHROMIUM, "html": JAVA}.items():
        if tool or IN_CI:
            continue
        reason = f"not installed; get it with: {INSTALL[marker]}"
        for item in items:
            if marker in item.keywords:
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker, tmp_path_factory):
    """Every test sees the real catalogue, in a copy of a database that is loaded once for all workers."""
    name = f"test_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}"
    url = copy_database(os.environ["DATABASE_URL"], name, tmp_path_factory.mktemp("database"))
    with django_db_blocker.unblock():
        connection.close()
        connection.settings_dict["NAME"] = environ.Env.db_url_config(url)["NAME"]
        search.current_index()


@pytest.fixture(autouse=True)
def korean():
    """Addresses are made in Korean unless a test says otherwise, whatever page the test before asked for."""
    with translation.override("ko"):
        yield


@pytest.fixture(autouse=True)
def fresh_index():
    """The next test starts from the catalogue's own index."""
    state = vars(search.index._cache)
    kept = dict(state)
    yield
    state.update(kept)


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


@dataclass
class Site:
    """The site as it is deployed: the production server with its own database and the full catalogue."""

    url: str
    env: dict
    folder: Path

    def manage(self, *arguments):
        command = [sys.executable, "manage.py", *arguments]
        try:
            return subprocess.run(
                command, cwd=settings.BASE_DIR, env=self.env, check=True, capture_output=True, text=True
            )
        except subprocess.CalledProcessError as failure:
            failure.add_note(failure.stderr)
            raise


PASSWORD = "four-random-words-here"
_databases = itertools.count()


def _own_database(folder, like=None):
    """A new database beside the tests' own: a copy of another site's, or of the original."""
    url = os.environ["DATABASE_URL"]
    name = f"site_{os.getpid()}_{next(_databases)}"
    if not like:
        return copy_database(url, name, folder)
    if not url.startswith("postgres"):
        file = folder / "site.sqlite3"
        shutil.copy(like.env["DATABASE_URL"].removeprefix("sqlite:///"), file)
        return f"sqlite:///{file}"
    template = like.env["DATABASE_URL"].rpartition("/")[2]
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    return url.rpartition("/")[0] + f"/{name}"


def _site(folder, like=None):
    url = free_url()
    environment = {
        "PATH": os.environ["PATH"],
        "SECRET_KEY": "only-for-tests-" * 5,
        "SITE_URL": url,
        "DEBUG": "false",
        "ALLOWED_HOSTS": "",
        "DATABASE_URL": _own_database(folder, like),
        # Not the checkout's: processes of one test run that collect into one folder get in each other's way.
        "STATIC_ROOT": like.env["STATIC_ROOT"] if like else str(folder / "static"),
        "DJANGO_SUPERUSER_PASSWORD": PASSWORD,
    }
    return Site(url, environment, folder)


@pytest.fixture(scope="session")
def first_site(tmp_path_factory):
    """A site that nothing serves and nothing changes: the others begin as its copies."""
    site = _site(tmp_path_factory.mktemp("first"))
    site.manage("collectstatic", "--no-input", "--verbosity", "0")
    return site


@pytest.fixture
def fresh_site(first_site, tmp_path):
    """A site that the test may destroy."""
    return _site(tmp_path, like=first_site)


@pytest.fixture(scope="module")
def own_site(first_site, tmp_path_factory):
    """A site for the tests of one module; nothing serves it yet."""
    return _site(tmp_path_factory.mktemp("own"), like=first_site)


@pytest.fixture(scope="session")
def site(first_site, tmp_path_factory):
    """The site as it is deployed, for all tests of this process: they leave entries as others expect them."""
    site = _site(tmp_path_factory.mktemp("site"), like=first_site)
    site.manage("createsuperuser", "--no-input", "--username", "chief", "--email", "chief@example.com")
    site.manage(
        "shell",
        "--no-imports",
        "-c",
        "from django.contrib.auth.models import Group, User\n"
        f"editor = User.objects.create_user('editor', password='{PASSWORD}', is_staff=True)\n"
        "editor.groups.add(Group.objects.get(name='편집자'))",
    )
    with serving(site):
        yield site


@contextmanager
def serving(site, *options, url=None, env=()):
    """Serve the site as production does; yield the server's main process."""
    port = urlsplit(url or site.url).port
    command = [Path(sys.executable).with_name("granian"), "--interface", "wsgi", "--host", "127.0.0.1", "--http", "1"]
    command += ["--no-ws", "--runtime-mode", "mt", "--blocking-threads", str(THREADS), "--port", str(port), *options]
    command.append("statuscodes.wsgi:application")
    log = site.folder / f"granian-{port}.log"
    with running(command, port, log, env=site.env | dict(env), path="/healthz") as server:
        yield server.process


def wait_for(check, seconds=20):
    """Try until it works, and return what it returns."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            if (found := check()) is not None:
                return found
        except OSError:
            pass
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.05)


def free_url():
    return f"http://127.0.0.1:{free_port()}"


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-quic", *quiet]
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": arguments}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    return {**browser_context_args, "locale": "ko-KR", "viewport": {"width": 1280, "height": 800}}
