"""The project's settings as the tests need them, whatever the environment or a developer's .env says."""

import os

os.environ |= {
    "SECRET_KEY": "only-for-tests-" * 5,
    "DEBUG": "false",
    "SITE_URL": "https://status.example",
    "ALLOWED_HOSTS": "status.example,testserver",
    "CACHE_URL": "",
    "BEHIND_PROXY": "false",
    "ADMIN_PATH": "admin/",
    "REQUIRE_SECOND_FACTOR": "false",
    "REQUIRE_FOUR_EYES": "false",
    "FEEDBACK_URL": "",
    "ANSWERS_URL": "",
    "READER_REPORTS": "false",
    "COUNT_MISSED_SEARCHES": "false",
}
# Playwright keeps an event loop in the thread of the tests; Django would refuse to ask its database beside one.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
os.environ.setdefault("DATABASE_URL", "sqlite://:memory:")

from statuscodes.settings import *  # noqa: F403
from statuscodes.settings import DATABASES as SITE_DATABASES
from statuscodes.settings import STORAGES

# Hashed names need a collected folder; the tests read the sources.
STATIC_ROOT = None
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# The test client speaks http; what production sends over https is tested for itself.
SECURE_SSL_REDIRECT = False
# Nothing of a test has to survive a power cut; what a site's own settings say stays as it is there.
DATABASES = {"default": dict(SITE_DATABASES["default"])}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    unsafe = {"init_command": "PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF"}
    DATABASES["default"]["OPTIONS"] = SITE_DATABASES["default"]["OPTIONS"] | unsafe
