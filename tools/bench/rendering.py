"""Pages rendered in this process, without sockets, against the empty frame (base.html) behind the same middleware."""

import io
import logging
import os
import time
from dataclasses import dataclass, field
from statistics import median

import django
from django.db import transaction
from django.http import HttpResponse
from django.template import engines
from django.urls import path

from tools.serving import Failure

CALLS = 15  # of each page in a round; its median counts
SIZES = (300, 900)
FRAME = "frame"
FIRST = "detail, its Markdown new"
ADDRESSES = {
    FRAME: ("/bench-frame/", ""),
    "list": ("/", ""),
    "category": ("/4xx/", ""),
    "detail": ("/404/", ""),
    FIRST: ("/404/", ""),
    "search": ("/search/", "q=gateway"),
}


@dataclass
class Timings:
    """The processor time of each page in each round, in seconds, with this many entries in the catalogue."""

    entries: int
    seconds: dict[str, list[float]] = field(default_factory=lambda: {name: [] for name in ADDRESSES})

    def ratios(self, name):
        """Return the time of a page divided by that of the frame, round by round."""
        return [page / frame for page, frame in zip(self.seconds[name], self.seconds[FRAME], strict=True)]


def measure(env, rounds):
    """Return the Timings of the site's own catalogue, and of catalogues of 300 and 900 entries."""
    os.environ.update(env)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "statuscodes.settings")
    django.setup()
    logging.disable(logging.INFO)  # a line a request would fill the screen
    from codes.models import StatusCode
    from statuscodes import urls
    from statuscodes.web.decorators import public
    from statuscodes.wsgi import django_application

    frame = engines["django"].from_string('{% extends "base.html" %}')
    urls.urlpatterns.append(path("bench-frame/", public(lambda request: HttpResponse(frame.render({}, request)))))
    found = [_time(django_application, StatusCode.objects.count(), rounds)]
    for size in SIZES:
        grow_catalogue(size)
        found.append(_time(django_application, size, rounds))
    return found


def _time(application, entries, rounds):
    from statuscodes.page_cache.poller import RevisionPoller

    timings = Timings(entries)
    time.sleep(2 * RevisionPoller.INTERVAL)  # then search sees the catalogue as it is now
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
            if name != FIRST:
                seconds[name].append(_call(application, *address))
    # Last, so that the others do not find the Markdown's cache empty.
    for _ in range(CALLS):
        markdown._render.cache_clear()
        seconds[FIRST].append(_call(application, *ADDRESSES[FIRST]))
    for address in ADDRESSES.values():  # which fills it again
        _call(application, *address)
    return seconds


def _call(application, address, query):
    """Ask the application as a server does, to the last byte; return the seconds of processor time.

    They do not count what else the machine does in the meantime.
    """
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
    start = time.thread_time()
    response = application(environ, lambda status, headers, exc_info=None: statuses.append(status))
    for _part in response:
        pass
    response.close()
    seconds = time.thread_time() - start
    if not statuses[0].startswith("200"):
        raise Failure(f"{address} answers {statuses[0]}.")
    return seconds


def grow_catalogue(size):
    """Copy entries to unused numbers until there are this many."""
    from codes.models import Revision, StatusCode

    with transaction.atomic():
        models = list(StatusCode.objects.all())
        used = {code.number for code in models}
        # Every class grows alike.
        free = sorted(set(range(1000)) - used, key=lambda number: (number % 100, number))
        copy_entries([(models[place % len(models)], n) for place, n in enumerate(free[: size - len(models)])])
        Revision.advance()


def copy_entries(copies):
    """Save copies of codes and their details under other numbers, given as pairs of a code and a number."""
    from codes.editing.fixtures import DETAILS_OF
    from codes.models import Exchange, Message, StatusCode

    StatusCode.objects.bulk_create(twin_of(code, number) for code, number in copies)
    for code, number in copies:
        StatusCode.objects.get(number=number).related.set(code.related.all())
    for model in DETAILS_OF[StatusCode]:
        details = list(model.objects.all())
        rows = [(row, number) for code, number in copies for row in details if row.code_id == code.number]
        saved = model.objects.bulk_create(copy_of(row, code_id=number) for row, number in rows)
        if model is Exchange:
            messages = list(Message.objects.all())
            Message.objects.bulk_create(
                copy_of(message, exchange_id=twin.pk)
                for (row, _number), twin in zip(rows, saved, strict=True)
                for message in messages
                if message.exchange_id == row.pk
            )


def twin_of(code, number):
    """Return a copy of a code under another number."""
    from codes.models import RegistrationStatus

    category = number // 100 if 100 <= number <= 599 else None
    return copy_of(
        code,
        number=number,
        category_id=category,
        registration_status=code.registration_status if category else RegistrationStatus.VENDOR,
        name_ko=f"{code.name_ko[:50]} {number}",
        name_en=f"{code.name_en[:50]} {number}",
    )


def copy_of(instance, **values):
    """Return an unsaved copy of a model's instance with some other values."""
    fields = {field.attname: getattr(instance, field.attname) for field in instance._meta.concrete_fields}
    key = instance._meta.pk.attname
    return type(instance)(**{name: value for name, value in fields.items() if name != key} | values)
