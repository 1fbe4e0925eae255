import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command

from codes import search
from codes.models import Category, StatusCode

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
def django_db_setup(django_db_setup, django_db_blocker):
    """Every test sees the real catalogue."""
    with django_db_blocker.unblock():
        call_command("load_catalogue", verbosity=0)
        search.index()


@pytest.fixture(autouse=True)
def fresh_index(monkeypatch):
    """Search follows an edit at once, and the next test starts from the catalogue's own index."""
    monkeypatch.setattr(search, "CHECK_EVERY", 0)
    kept = dict(search._state)
    yield
    search._state.update(kept)


@pytest.fixture
def make_code(db):
    """Make a valid code; a test names only what it is about."""

    def make(number, **fields):
        category = Category.objects.filter(digit=number // 100).first()
        defaults = {"category": category, "name_ko": f"코드 {number}", "name_en": f"Code {number}"}
        return StatusCode.objects.create(number=number, **(defaults | fields))

    return make


@dataclass
class Site:
    """The site as it is deployed: the production server with its own database and the full catalogue."""

    url: str
    env: dict

    def manage(self, *arguments):
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(command, cwd=settings.BASE_DIR, env=self.env, check=True, capture_output=True, text=True)


def _own_database():
    """A new database beside the one of the tests, where that is PostgreSQL."""
    url = os.environ["DATABASE_URL"]
    if not url.startswith("postgres"):
        return ""
    name = f"site_{os.getpid()}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return url.rpartition("/")[0] + f"/{name}"


PASSWORD = "four-random-words-here"


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    site = Site(
        f"http://127.0.0.1:{port}",
        {
            "PATH": os.environ["PATH"],
            "SECRET_KEY": "only-for-tests-" * 5,
            "SITE_URL": f"http://127.0.0.1:{port}",
            "DEBUG": "false",
            "ALLOWED_HOSTS": "",
            "DATABASE_URL": _own_database() or f"sqlite:///{folder / 'site.sqlite3'}",
            "DJANGO_SUPERUSER_PASSWORD": PASSWORD,
        },
    )
    site.manage("migrate", "--verbosity", "0")
    site.manage("load_catalogue", "--verbosity", "0")
    site.manage("collectstatic", "--no-input", "--verbosity", "0")
    site.manage("createsuperuser", "--no-input", "--username", "chief", "--email", "chief@example.com")
    site.manage(
        "shell",
        "--no-imports",
        "-c",
        "from django.contrib.auth.models import Group, User\n"
        f"editor = User.objects.create_user('editor', password='{PASSWORD}', is_staff=True)\n"
        "editor.groups.add(Group.objects.get(name='편집자'))",
    )
    server = subprocess.Popen(
        [
            Path(sys.executable).with_name("granian"),
            *("--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--blocking-threads", "1"),
            "statuscodes.wsgi:application",
        ],
        cwd=settings.BASE_DIR,
        env=site.env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    for _ in range(100):
        try:
            urllib.request.urlopen(f"{site.url}/healthz")
            break
        except OSError:
            time.sleep(0.1)
    yield site
    server.terminate()
    server.wait(timeout=10)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-quic", *quiet]
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": arguments}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    return {**browser_context_args, "locale": "ko-KR", "viewport": {"width": 1280, "height": 800}}
