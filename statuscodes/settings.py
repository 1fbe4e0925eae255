"""Settings, from a schema of environment variables. .env.example explains each variable."""

import sqlite3
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _


def strict_bool(value: str) -> bool:
    """Read yes or no. Refuse anything else, so that a typing error cannot switch a safeguard off."""
    try:
        return {"true": True, "1": True, "on": True, "false": False, "0": False, "off": False, "": False}[value.lower()]
    except KeyError:
        raise ImproperlyConfigured(f"{value!r} in the environment is neither true nor false.") from None


def items(value: str) -> list[str]:
    """Read a list separated by commas, with or without spaces."""
    return [item.strip() for item in value.split(",") if item.strip()]


def sqlite_journal(version: tuple[int, ...]) -> str:
    """Return the journal mode for a version of SQLite.

    With WAL, reading goes on while somebody writes; before 3.51.3 it could, rarely, damage the file.
    """
    return "WAL" if version >= (3, 51, 3) else "DELETE"


BASE_DIR = Path(__file__).resolve().parent.parent

# Environment
env = environ.Env(
    SECRET_KEY=(str, ""),
    DEBUG=(strict_bool, False),
    ALLOWED_HOSTS=(items, []),
    DATABASE_URL=(str, f"sqlite:///{BASE_DIR / 'db.sqlite3'}"),
    CACHE_URL=(str, ""),
    SITE_URL=(str, "http://127.0.0.1:8000"),
    BEHIND_PROXY=(strict_bool, False),
    ADMIN_PATH=(str, "admin/"),
    REQUIRE_SECOND_FACTOR=(strict_bool, False),
    REQUIRE_FOUR_EYES=(strict_bool, False),
    METRICS_TOKEN=(str, ""),
    FEEDBACK_URL=(str, ""),
    ANSWERS_URL=(str, ""),
    READER_REPORTS=(strict_bool, False),
    COUNT_MISSED_SEARCHES=(strict_bool, True),
    STATIC_ROOT=(str, str(BASE_DIR / "staticfiles")),
    CARDS_ROOT=(str, str(BASE_DIR / "cards")),
    CARD_FONTS=(str, "/usr/share/fonts/opentype/noto"),
)
env.read_env(BASE_DIR / ".env")

SECRET_KEY = env("SECRET_KEY")
if len(SECRET_KEY) < 50 or SECRET_KEY.startswith("django-insecure"):
    raise ImproperlyConfigured(
        "SECRET_KEY must be set to 50 or more random characters. `make .env` writes a file with one."
    )
DEBUG = env("DEBUG")
SITE_URL = env("SITE_URL").rstrip("/")
SITE = urlsplit(SITE_URL)
if SITE.scheme not in ("http", "https") or not SITE.hostname:
    raise ImproperlyConfigured(f"SITE_URL must be an address such as https://status.example, not {SITE_URL!r}.")
SITE_IS_SECURE = SITE.scheme == "https"
if DEBUG and SITE_IS_SECURE:
    raise ImproperlyConfigured("DEBUG shows the inside of the site: it must be false where SITE_URL is https.")
ADMIN_PATH = env("ADMIN_PATH").strip("/") + "/"
if ADMIN_PATH == "/":
    raise ImproperlyConfigured("ADMIN_PATH must name a path of its own, such as admin/.")
FEEDBACK_URL = env("FEEDBACK_URL")
if FEEDBACK_URL and not (FEEDBACK_URL.startswith(("https://", "mailto:")) and "{page}" in FEEDBACK_URL):
    raise ImproperlyConfigured(
        "FEEDBACK_URL must be an https: or mailto: address with {page}, as in mailto:me@status.example?subject={page}."
    )
# Where live answers are. On the site's own host they are in the same process, which is for development.
ANSWERS_URL = (SITE_URL if env("ANSWERS_URL").startswith("/") else "") + env("ANSWERS_URL").rstrip("/")
ANSWERS = urlsplit(ANSWERS_URL)
ANSWERS_ARE_HERE = bool(ANSWERS_URL) and ANSWERS[:2] == SITE[:2]
if ANSWERS_URL and not (ANSWERS.scheme in ("http", "https") and ANSWERS.hostname):
    raise ImproperlyConfigured(f"ANSWERS_URL must be an address such as https://answers.example, not {ANSWERS_URL!r}.")
if ANSWERS_ARE_HERE and (SITE_IS_SECURE or not ANSWERS.path):
    raise ImproperlyConfigured("ANSWERS_URL must name another host than SITE_URL: see deploy/README.md.")
# Readers send corrections with a form of the site itself; its link takes the place of one to FEEDBACK_URL.
READER_REPORTS = env("READER_REPORTS")
# Short searches that found nothing are counted for the editors, without a trace of who searched.
COUNT_MISSED_SEARCHES = env("COUNT_MISSED_SEARCHES")
ALLOWED_HOSTS = env("ALLOWED_HOSTS") or [SITE.hostname, "localhost", "127.0.0.1", "[::1]"]

# Application
INSTALLED_APPS = [
    "codes",
    "statuscodes.web",
    "axes",
    "django_otp",
    "statuscodes.accounts.apps.SecondFactorConfig",
    "statuscodes.accounts.apps.RecoveryCodesConfig",
    "statuscodes.accounts.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    # After the apps whose ModelAdmin it replaces.
    "statuscodes.accounts.apps.AccountsConfig",
]
MIDDLEWARE = [
    "statuscodes.web.middleware.RequestLogMiddleware",
    # First of those that answer, so that every answer has the headers: errors and static files too.
    "statuscodes.web.middleware.SecurityHeadersMiddleware",
    # Inside it, because it sets one of the same headers.
    "statuscodes.web.cors.CORSMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "statuscodes.web.static_files.StaticFilesMiddleware",
    # Before anything that may refuse a request, so that the refusal is in the page's language.
    "statuscodes.web.middleware.PathLanguageMiddleware",
    "statuscodes.web.middleware.CleanRequestMiddleware",
    "statuscodes.web.methods.MethodMiddleware",
    "statuscodes.web.middleware.DatabaseUnavailableMiddleware",
    # After it, so that nobody waits for a turn to be told that; before sessions, which are saved on the way out.
    "statuscodes.web.concurrency.ConcurrencyLimitMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "statuscodes.web.middleware.AppendSlashMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "statuscodes.urls"
WSGI_APPLICATION = "statuscodes.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    ["statuscodes.web.templates.Loader", "django.template.loaders.app_directories.Loader"],
                ),
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# Databases and caches
if urlsplit(env("DATABASE_URL")).scheme not in ("sqlite", "postgres", "postgresql"):
    raise ImproperlyConfigured(
        "DATABASE_URL must begin with sqlite:// or postgres://, as in postgres://user:password@host/name."
    )
DATABASES = {"default": env.db("DATABASE_URL")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A transaction that will write takes the lock at its start; by default SQLite refuses it half-way.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,  # seconds, for commands; the server's limits are in statuscodes.web.database
        "init_command": f"PRAGMA journal_mode={sqlite_journal(sqlite3.sqlite_version_info)}; PRAGMA synchronous=FULL",
    }
else:
    DATABASES["default"] |= {
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "pool": {"min_size": 1, "max_size": 4, "timeout": 2},
            # A host that is gone is noticed within seconds.
            "connect_timeout": 2,
            "tcp_user_timeout": 3000,
        },
    }
# Shared by hosts, for pages that another has already rendered; each process has a page cache of its own anyway.
if env("CACHE_URL") and urlsplit(env("CACHE_URL")).scheme not in ("redis", "rediss", "unix"):
    raise ImproperlyConfigured("CACHE_URL must begin with redis:// or rediss://, as in redis://127.0.0.1:6379/0.")
CACHES = {
    "default": {"BACKEND": "statuscodes.page_cache.redis.FailSafeRedisCache", "LOCATION": env("CACHE_URL")}
    if env("CACHE_URL")
    else {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}
}
# What public pages read of an address's query. The page cache takes addresses that differ elsewhere for one page.
PUBLIC_QUERY_NAMES = ["about", "all", "example", "fact", "house", "issuer", "page", "q", "standing", "topic"]
PUBLIC_QUERY_LISTS = ["s"]  # names that a page reads with all their values, in whatever order
# A code's form has about ten fields for each of its rows; that of 503 comes near Django's 1,000.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 3000
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Logs go to the standard output. They name nobody: users are numbers, addresses and queries are left out.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {"()": "statuscodes.monitoring.logging.JSONFormatter"},
        "line": {
            "()": "statuscodes.monitoring.logging.LineFormatter",
            "format": "{asctime} {levelname} {name}: {message}",
            "style": "{",
        },
    },
    "handlers": {
        "console": {
            "class": "statuscodes.monitoring.logging.BackgroundHandler",
            "stream": "ext://sys.stdout",
            "formatter": "line" if DEBUG else "json",
        }
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "statuscodes.accounts": {"level": "INFO"},  # logins, failed logins, changed rights
        "statuscodes.web.middleware": {"level": "INFO"},  # requests that reached Django
        # The line of the request already says that a page was not found or a request was refused.
        "django.request": {"level": "ERROR"},
        "django.security": {"level": "ERROR"},
    },
}
METRICS_TOKEN = env("METRICS_TOKEN")

# Languages: Korean has no prefix in addresses, English is under /en/.
LANGUAGE_CODE = "ko"
LANGUAGES = [("ko", _("Korean")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "statuscodes.formats"
TIME_ZONE = "Asia/Seoul"
USE_TZ = True

# Static files: in production hashed, compressed and collected; from their source while DEBUG is on.
STATIC_URL = "static/"
STATIC_ROOT = env("STATIC_ROOT")
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_ALLOW_ALL_ORIGINS = False
# Pictures for links to pages, drawn once for each state of their texts, with the fonts of Debian's fonts-noto-cjk.
CARDS_ROOT = env("CARDS_ROOT")
CARD_FONTS = env("CARD_FONTS")

# Accounts
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
# By account and address together, so that guessing elsewhere does not lock the editor out. Then by address alone.
AXES_HANDLER = "statuscodes.accounts.lockout.LockoutHandler"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
ADDRESS_FAILURE_LIMIT = 30
ADDRESS_FAILURE_WINDOW = timedelta(hours=1)
LOGIN_RECORDS_KEPT = timedelta(days=90)
AXES_RESET_ON_SUCCESS = True
# Retrying during a lockout does not extend it: the page has named a time.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_ENABLE_ACCESS_FAILURE_LOG = True
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "one_time_password", "csrfmiddlewaretoken"]
AXES_LOCKOUT_CALLABLE = "statuscodes.accounts.lockout.lockout_response"
AXES_CLIENT_IP_CALLABLE = "statuscodes.web.clients.client_address"
AXES_VERBOSE = False
AXES_ENABLE_ADMIN = False
REQUIRE_SECOND_FACTOR = env("REQUIRE_SECOND_FACTOR")
# Then only somebody else than the one who saved a draft last can publish it, superusers included.
REQUIRE_FOUR_EYES = env("REQUIRE_FOUR_EYES")
OTP_TOTP_ISSUER = "statuscodes"
SESSION_COOKIE_AGE = 12 * 60 * 60
LOGIN_REDIRECT_URL = "admin:index"

# Security: everything that needs TLS follows from SITE_URL being https.
SECURE_CSP = {
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    # SecurityHeadersMiddleware adds the digests of the styles and the script that a public page contains.
    "style-src": ["'self'"],
    "img-src": ["'self'"],
    "manifest-src": ["'self'"],
    "connect-src": ["'self'"],
    "form-action": ["'self'"],
    "base-uri": ["'none'"],
    "frame-ancestors": ["'none'"],
}
SECURE_SSL_REDIRECT = SITE_IS_SECURE
SECURE_REDIRECT_EXEMPT = ["^(healthz|readyz|metrics)$"]  # monitoring asks this process over plain HTTP
SECURE_HSTS_SECONDS = 2 * 365 * 24 * 60 * 60 if SITE_IS_SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SITE_IS_SECURE
# This only permits preloading: the domain's owner still has to ask for it at hstspreload.org.
SECURE_HSTS_PRELOAD = SITE_IS_SECURE
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SITE_IS_SECURE
SESSION_COOKIE_NAME = "__Host-sessionid" if SITE_IS_SECURE else "sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken" if SITE_IS_SECURE else "csrftoken"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "statuscodes.web.errors.csrf_failure"
BEHIND_PROXY = env("BEHIND_PROXY")
if BEHIND_PROXY:
    # Only true when the proxy overwrites this header; otherwise anyone could claim to come by https.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
