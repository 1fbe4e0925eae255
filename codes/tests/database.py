"""Databases for tests: migrated and loaded once, then copied for every worker and every live site.

The original is kept between runs, under a digest of everything that it is made from.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import psycopg
from django.conf import settings

FOLDER = settings.BASE_DIR / ".pytest_cache" / "databases"
SOURCES = (
    "fixtures/**/*.yaml",
    "codes/models/*.py",
    "codes/fields.py",
    "codes/editing/*.py",
    "*/migrations/*.py",
    "statuscodes/settings.py",
)


def digest():
    """Return a digest of what a loaded database is made from."""
    found = hashlib.sha256((settings.BASE_DIR / "requirements.txt").read_bytes())
    for pattern in SOURCES:
        for path in sorted(settings.BASE_DIR.glob(pattern)):
            found.update(path.read_bytes())
    return found.hexdigest()[:16]


@contextmanager
def locked():
    """Let one process at a time build the original."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def build(url):
    """Migrate and load the database at this address."""
    environment = os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "statuscodes.settings_test"}
    for command in ("migrate", "load_catalogue"):
        done = subprocess.run(
            [sys.executable, "manage.py", command, "--verbosity", "0"],
            cwd=settings.BASE_DIR,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr


def sqlite_original():
    """Return the path of a loaded SQLite database that nobody may change."""
    path = FOLDER / f"{digest()}.sqlite3"
    with locked():
        if not path.exists():
            for old in FOLDER.glob("*.sqlite3*"):
                old.unlink()
            partial = path.with_suffix(".partial")
            partial.unlink(missing_ok=True)
            build(f"sqlite:///{partial}")
            partial.rename(path)
    return path


def postgresql_original(server):
    """Return the name of a loaded PostgreSQL database that nobody may change; `server` is the address of another."""
    name = f"original_{digest()}"
    with locked(), psycopg.connect(server, autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            connection.execute(f"CREATE DATABASE partial_{name}")
            build(f"{server.rpartition('/')[0]}/partial_{name}")
            connection.execute(f"ALTER DATABASE partial_{name} RENAME TO {name}")
    return name


def copy_database(server, name, folder):
    """Return the address of a copy of the original: a file in `folder`, or a database called `name` on the server."""
    if not server.startswith("postgres"):
        path = Path(folder) / f"{name}.sqlite3"
        shutil.copy(sqlite_original(), path)
        return f"sqlite:///{path}"
    original = postgresql_original(server)
    with locked(), psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name}")
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {original}")
    return f"{server.rpartition('/')[0]}/{name}"
