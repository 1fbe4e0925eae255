"""How many requests a process handles at once, so that slow ones leave room for those that cost nothing.

The server has THREADS threads a worker. Cached pages, static files and health checks take any of them and are done
within a millisecond. Every other request needs a slot: a few work at the same time, some more wait for their turn, and
the rest are answered 503 at once. So threads are left for readers whatever the database or an editor's page does.
"""

import threading
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from .database import wait_for_turn_to_write
from .errors import error_page

THREADS = 32  # granian's --blocking-threads, in the Makefile and in deploy/statuscodes.service
RESERVED_THREADS = 6  # for what needs no slot
BUSY_RETRY_AFTER = 5  # seconds; slow requests end by themselves within twice that


class Slots:
    """Lets `running` requests work at a time, and `waiting` more wait for up to `max_wait` seconds."""

    def __init__(self, running: int, waiting: int, max_wait: float) -> None:
        self.max_running = running
        self.max_threads = running + waiting
        self.admitted = threading.BoundedSemaphore(self.max_threads)
        self.running = threading.BoundedSemaphore(running)
        self.max_wait = max_wait

    def acquire(self) -> bool:
        """Take a slot, perhaps after waiting for it; return False if there is none."""
        if not self.admitted.acquire(blocking=False):
            return False
        if self.running.acquire(timeout=self.max_wait):
            return True
        self.admitted.release()
        return False

    def release(self) -> None:
        """Give back a slot that was taken."""
        self.running.release()
        self.admitted.release()


# A lock that holds up the public pages ends after statuscodes.web.database.MAX_LOCK_WAIT.
PUBLIC_SLOTS = Slots(running=4, waiting=8, max_wait=2)
ADMIN_SLOTS = Slots(running=3, waiting=3, max_wait=5)


class ConcurrencyLimitMiddleware:
    """Answer 503 at once when too many requests are being processed; those of the admin are counted apart."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            return self.get_response(request)
        finally:
            if slots := getattr(request, "slots", None):
                slots.release()

    def process_view(self, request: Any, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if not getattr(view, "needs_slot", True):
            return None
        is_admin = request.resolver_match.app_names[:1] == ["admin"]
        slots = ADMIN_SLOTS if is_admin else PUBLIC_SLOTS
        if not slots.acquire():
            reason = _("The site is busy. Nothing was saved; what you typed is kept in this browser tab.")
            return error_page(
                request, 503, reason=reason if is_admin else "", headers={"Retry-After": str(BUSY_RETRY_AFTER)}
            )
        request.slots = slots
        if is_admin and request.method == "POST":
            wait_for_turn_to_write()
        return None
