"""Processes that edit the same entry at the same time; test_concurrent_edits runs them.

It prints, as JSON, for each of them the words that it saved, how often a save was refused, how often the page of a
refusal lacked what was typed, and how many saves failed in another way.
"""

import json
import multiprocessing
import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "statuscodes.settings")
django.setup()

from django.contrib.auth.models import User  # noqa: E402
from django.test import Client  # noqa: E402

from codes.models import StatusCode  # noqa: E402
from codes.tests.html_forms import form_of  # noqa: E402
from codes.tests.live.servers import disconnect  # noqa: E402


def logged_in():
    """Return a client of the superuser."""
    client = Client(HTTP_HOST="localhost", raise_request_exception=False)
    client.force_login(User.objects.get(username="chief"))
    return client


def save(name, rounds, path, data, all_are_here, results):
    """Save the entry this many times; put what became of it into the queue of results."""
    client = logged_in()
    saved, refused, lost, failed = [], 0, 0, 0
    all_are_here.wait()
    for number in range(rounds):
        word = f"{name}-{number}"
        # What a newly opened form would show; rendering the whole page each time would take most of the time.
        shown = StatusCode.objects.get(number=210)
        data |= {"lock_version": shown.lock_version, "keywords": f"{shown.keywords}\n{word}"}
        # SQLite has no queue: a client that waited too long for the others is told that nothing was saved, and retries.
        while (answer := client.post(path, data)).status_code == 503:
            pass
        if answer.status_code == 302:
            saved.append(word)
        elif answer.status_code == 200:
            refused += 1
            lost += word not in answer.content.decode()
        else:
            failed += 1
    results.put({"saved": saved, "refused": refused, "lost": lost, "failed": failed})


def main(editors, rounds):
    """Open the form once; then each of the editors' processes, which share nothing else, saves it."""
    path, data = form_of(logged_in(), 210)
    disconnect()
    forked = multiprocessing.get_context("fork")
    all_are_here, results = forked.Barrier(editors), forked.SimpleQueue()
    for number in range(editors):
        forked.Process(target=save, args=(f"editor{number}", rounds, path, data, all_are_here, results)).start()
    print(json.dumps([results.get() for _ in range(editors)]))


main(int(sys.argv[1]), int(sys.argv[2]))
