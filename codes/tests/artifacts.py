"""Build artifacts for tests: template databases and collected static files, used by every worker and live site.

They stay between runs under .pytest_cache, named by a digest of everything that they are made from.
"""

import fcntl
import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing, contextmanager
from pathlib import Path

import django
import psycopg
from django.conf import settings

FOLDER = settings.BASE_DIR / ".pytest_cache" / "artifacts"
DATABASE_SOURCES = (
    "fixtures/**/*.yaml",
    "codes/models/*.py",
    "codes/fields.py",
    "codes/editing/**/*.py",
    "*/migrations/*.py",
    "statuscodes/settings.py",
)
STATIC_SOURCES = ("static/**/*.*",)


def digest(patterns, text=""):
    """Return a digest of the files that match these patterns, of a text, and of the packages' versions."""
    found = hashlib.sha256((settings.BASE_DIR / "requirements.txt").read_bytes() + django.get_version().encode())
    found.update(text.encode())
    for pattern in patterns:
        for path in sorted(settings.BASE_DIR.glob(pattern)):
            found.update(path.name.encode() + path.read_bytes())
    return found.hexdigest()[:16]


@contextmanager
def locked(path=FOLDER / "lock", *, wait=True):
    """Let one process at a time make an artifact; without waiting, yield whether it is this one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
        else:
            yield True


def manage(*arguments, **environment):
    """Run a management command with the settings of the tests."""
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments, "--verbosity", "0"],
        cwd=settings.BASE_DIR,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "statuscodes.settings_test"} | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def build(url):
    """Migrate and load the database at this address."""
    for command in ("migrate", "load_catalogue"):
        manage(command, DATABASE_URL=url)


def change(url, code):
    """Run Python code in the database at this address, with the settings of a site: its password hashers are slow."""
    manage("shell", "--no-imports", "-c", code, DATABASE_URL=url, DJANGO_SETTINGS_MODULE="statuscodes.settings")


def sqlite_template(code=""):
    """Return the path of a loaded SQLite database that no test may change; `code` has changed it after loading."""
    path = FOLDER / f"{digest(DATABASE_SOURCES, code)}.sqlite3"
    loaded = sqlite_template() if code else None
    with locked():
        if not path.exists():
            partial = path.with_suffix(".partial")
            partial.unlink(missing_ok=True)
            if loaded:
                shutil.copy(loaded, partial)
                change(f"sqlite:///{partial}", code)
                with closing(sqlite3.connect(partial)) as database:
                    database.execute("VACUUM")
            else:
                for old in FOLDER.glob("*.sqlite3*"):
                    old.unlink()
                build(f"sqlite:///{partial}")
            partial.rename(path)
    return path


def postgresql_template(server, code=""):
    """Return the name of a loaded PostgreSQL database that no test may change; `code` has changed it after loading.

    `server` is the address of another database on the same server.
    """
    name = f"template_{digest(DATABASE_SOURCES, code)}"
    loaded = postgresql_template(server) if code else "template1"
    with locked(), psycopg.connect(server, autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            connection.execute(f"DROP DATABASE IF EXISTS partial_{name}")
            connection.execute(f"CREATE DATABASE partial_{name} TEMPLATE {loaded}")
            url = f"{server.rpartition('/')[0]}/partial_{name}"
            change(url, code) if code else build(url)
            connection.execute(f"ALTER DATABASE partial_{name} RENAME TO {name}")
    return name


def copy_database(server, name, folder, code=""):
    """Return the address of a copy of a template: a file in `folder`, or a database called `name` on the server."""
    if not server.startswith("postgres"):
        path = Path(folder) / f"{name}.sqlite3"
        shutil.copy(sqlite_template(code), path)
        return f"sqlite:///{path}"
    template = postgresql_template(server, code)
    with locked(), psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name}")
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    return f"{server.rpartition('/')[0]}/{name}"


def collected_static():
    """Return a folder with the collected static files, as a deployment makes it. Servers only read it."""
    path = FOLDER / f"static-{digest(STATIC_SOURCES)}"
    with locked():
        if not path.exists():
            for old in FOLDER.glob("static-*"):
                shutil.rmtree(old)
            partial = FOLDER / "static-partial"
            manage(
                "collectstatic", "--no-input", DJANGO_SETTINGS_MODULE="statuscodes.settings", STATIC_ROOT=str(partial)
            )
            partial.rename(path)
    return path
