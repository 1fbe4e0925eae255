"""Pages rendered in this process, without sockets, beside a view that says "ok" behind the same middleware."""

import copy
import io
import logging
import os
import time
from dataclasses import dataclass, field
from statistics import median

import django
from django.db import transaction
from django.http import HttpResponse
from django.urls import path

from .serving import Failure

CALLS = 15  # of each page in a round; its median counts
SIZES = (100, 300, 900)
BARE = "bare"
FIRST = "detail, its Markdown new"
ADDRESSES = {
    BARE: ("/bench-ok/", ""),
    "list": ("/", ""),
    "category": ("/4xx/", ""),
    "detail": ("/404/", ""),
    FIRST: ("/404/", ""),
    "search": ("/search/", "q=gateway"),
}


@dataclass
class Timings:
    """How long each page took in each round, in seconds, with so many entries in the catalogue."""

    entries: int
    seconds: dict[str, list[float]] = field(default_factory=lambda: {name: [] for name in ADDRESSES})

    def ratios(self, name):
        return [one / bare for one, bare in zip(self.seconds[name], self.seconds[BARE], strict=True)]


def measure(env, rounds):
    """Return the Timings of the site's own catalogue, and of catalogues of 100, 300 and 900 entries."""
    os.environ.update(env)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "statuscodes.settings")
    django.setup()
    logging.disable(logging.INFO)  # a line a request would fill the screen
    from codes.models import StatusCode
    from statuscodes import urls
    from statuscodes.wsgi import django_application

    urls.urlpatterns.append(path("bench-ok/", lambda request: HttpResponse("ok")))
    found = [_time(django_application, StatusCode.objects.count(), rounds)]
    for size in SIZES:
        resize_catalogue(size)
        found.append(_time(django_application, size, rounds))
    return found


def _time(application, entries, rounds):
    from statuscodes.page_cache.poller import RevisionPoller

    timings = Timings(entries)
    time.sleep(2 * RevisionPoller.EVERY)  # then search sees the catalogue as it is now
    _round(application)
    for _ in range(rounds):
        for name, seconds in _round(application).items():
            timings.seconds[name].append(median(seconds))
    return timings


def _round(application):
    from codes.texts import markdown

    seconds = {name: [] for name in ADDRESSES}
    for _ in range(CALLS):
        for name, address in ADDRESSES.items():
            if name == FIRST:
                markdown._render.cache_clear()
            seconds[name].append(_call(application, *address))
    return seconds


def _call(application, address, query):
    """Ask the application as a server does, to the last byte; return the seconds."""
    environ = {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": address,
        "QUERY_STRING": query,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": False,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    statuses = []
    start = time.perf_counter()
    response = application(environ, lambda status, headers, exc_info=None: statuses.append(status))
    for _part in response:
        pass
    response.close()
    seconds = time.perf_counter() - start
    if not statuses[0].startswith("200"):
        raise Failure(f"{address} answers {statuses[0]}.")
    return seconds


def resize_catalogue(size):
    """Take entries out, or copy some to numbers that nobody uses, until there are so many."""
    from codes.models import Revision, StatusCode

    with transaction.atomic():
        spare = StatusCode.objects.filter(memberships=None).order_by("-number")
        for code in spare[: max(0, StatusCode.objects.count() - size)]:
            code.delete()
        models = list(StatusCode.objects.all())
        used = {code.number for code in models}
        # Every class grows alike.
        free = sorted(set(range(1000)) - used, key=lambda number: (number % 100, number))
        for place, number in enumerate(free[: size - len(models)]):
            copy_entry(models[place % len(models)], number)
        Revision.advance()


def copy_entry(code, number):
    """Save the code and all that hangs on it under another number."""
    from codes.catalogue import ROWS_OF

    from codes.models import Exchange, RegistrationStatus, StatusCode

    twin = copy.copy(code)
    twin.number = number
    twin.category_id = number // 100 if 100 <= number <= 599 else None
    twin.registration_status = code.registration_status if twin.category_id else RegistrationStatus.VENDOR
    twin.name_ko, twin.name_en = f"{code.name_ko[:50]} {number}", f"{code.name_en[:50]} {number}"
    twin.full_clean(validate_unique=False)
    twin.save(force_insert=True)
    twin.related.set(code.related.all())
    for model in ROWS_OF[StatusCode]:
        for row in model.objects.filter(code=code):
            messages = list(row.messages.all()) if model is Exchange else []
            _save_copy(row, code_id=number)
            for message in messages:
                _save_copy(message, exchange_id=row.pk)


def _save_copy(row, **owner):
    row.pk, row._state.adding = None, True
    for name, value in owner.items():
        setattr(row, name, value)
    row.save(force_insert=True)
