"""The site as it is deployed, on loopback: the production server, with a database of its own."""

import itertools
import os
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from environ import Env

from codes.tests.artifacts import collected_static, copy_database
from statuscodes.settings import DATABASES
from statuscodes.web.concurrency import THREADS
from tools.serving import free_port, running

ON_POSTGRESQL = os.environ.get("DATABASE_URL", "").startswith("postgres")
PASSWORD = "four-random-words-here"
_numbers = itertools.count()


def disconnect():
    """Close this process's connections to its database."""
    connection.close()
    if ON_POSTGRESQL:
        connection.close_pool()


@dataclass
class Site:
    """A site with its own database. Nothing serves it until a test does."""

    folder: Path
    env: dict[str, str]
    blocker: object = None
    url: str = ""  # of the server that tests share, if there is one

    def manage(self, *arguments):
        """Run a management command; return what it wrote. Raise CalledProcessError if it failed."""
        command = [sys.executable, "manage.py", *arguments]
        try:
            done = subprocess.run(
                command, cwd=settings.BASE_DIR, env=self.env, check=True, capture_output=True, text=True
            )
        except subprocess.CalledProcessError as failure:
            failure.add_note(failure.stderr)
            raise
        return done.stdout.strip()

    def shell(self, code):
        """Run Python code in a process of the site; return what it printed."""
        return self.manage("shell", "--no-imports", "-c", code)

    @contextmanager
    def connected(self):
        """Let this process use the site's database, as a command of the site does."""
        present, name = connection.settings_dict, Env.db_url_config(self.env["DATABASE_URL"])["NAME"]
        disconnect()
        connection.settings_dict = present | {"NAME": name, "OPTIONS": DATABASES["default"]["OPTIONS"]}
        try:
            with self.blocker.unblock():
                yield
        finally:
            disconnect()
            connection.settings_dict = present

    def call(self, *arguments, **options):
        """Run a management command in this process; return what it wrote. Raise CommandError if it failed."""
        written = StringIO()
        with self.connected():
            call_command(*arguments, stdout=written, **options)
        return written.getvalue().strip()

    def start(self, code, **options):
        """Start a process of the site that runs Python code."""
        command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", code]
        return subprocess.Popen(command, cwd=settings.BASE_DIR, env=self.env, text=True, **options)

    @contextmanager
    def serving(self, *options, env=()):
        """Serve the site on a port of its own, as production does; yield the tools' Server."""
        port = free_port()
        command = [sys.executable, "-m", "statuscodes.server", "--interface", "wsgi", "--host", "127.0.0.1"]
        command += ["--http", "1", "--no-ws", "--runtime-mode", "mt", "--blocking-threads", str(THREADS)]
        command += ["--port", str(port), *options, "statuscodes.wsgi:application"]
        environment = self.env | {"SITE_URL": f"http://127.0.0.1:{port}"} | dict(env)
        log = self.folder / f"granian-{port}.log"
        with running(command, port, log, env=environment, path="/healthz") as server:
            yield server


def make_site(folder, blocker=None, changed="", server=None):
    """Return a new site with the full catalogue and no account, after some Python code `changed` its database.

    `blocker` is pytest-django's, for what this process does in the site's database. The database is of the kind of the
    tests' own; `server` is the address of another: "sqlite://" for a database in a file.
    """
    name = f"site_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}_{next(_numbers)}"
    env = {
        "PATH": os.environ["PATH"],
        "SECRET_KEY": "only-for-tests-" * 5,
        "SITE_URL": "http://127.0.0.1",
        "DEBUG": "false",
        "ALLOWED_HOSTS": "",
        "DATABASE_URL": copy_database(server or os.environ["DATABASE_URL"], name, folder, changed),
        "STATIC_ROOT": str(collected_static()),
        "CARDS_ROOT": str(folder / "cards"),
    }
    return Site(folder, env, blocker)


# A superuser and a member of the editors' group.
ADD_ACCOUNTS = f"""
from django.contrib.auth.models import Group, User
User.objects.create_superuser("chief", password="{PASSWORD}")
editor = User.objects.create_user("editor", password="{PASSWORD}", is_staff=True)
editor.groups.add(Group.objects.get(name="편집자"))
"""
# With a sixth of the codes and none of the errors and situations, a worker starts in half the time.
KEPT = [200, 210, 299, *range(400, 413), 418, 451, 502, 503]
KEEP_LITTLE = f"""
from codes.models import ConfusionGroup, ErrorText, Question, QuestionChoice, Situation, StatusCode
for model in (ConfusionGroup, ErrorText, QuestionChoice, Question, Situation):
    model.objects.all().delete()
StatusCode.objects.exclude(number__in={KEPT}).delete()
{ADD_ACCOUNTS}
"""


def wait_for(check, seconds=60, pause=0.05):
    """Call a function until it returns something other than None or False without an OSError, and return that."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            if found := check():
                return found
        except OSError:
            pass
        assert time.monotonic() < deadline, f"waited {seconds} seconds in vain"
        time.sleep(pause)
