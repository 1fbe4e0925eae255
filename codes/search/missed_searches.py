"""Searches that found nothing, counted for the editors: only short ones that were typed, and never who searched.

Nothing here waits for the database: searches are counted in memory, and a thread of its own writes them down at most
once a minute. If the database cannot be written at that time, they are discarded.
"""

import logging
import re
import threading
from collections import Counter

from django.conf import settings
from django.db import Error, connection, transaction
from django.db.models import F
from django.utils.timezone import localdate

from codes.models import MissedSearch

from .normalise import clean, normalise
from .privacy import is_private
from .results import Results

log = logging.getLogger(__name__)

MAX_WORDS = 6
MAX_DIGITS = 4
MAX_BUFFERED = 200  # texts; a minute with more is nobody's typing
WRITE_EVERY = 60.0  # seconds
# Paths, assignments, addresses and the like are parts of something pasted; so is a long word with digits in it.
UNTYPED = re.compile(r"[^\w\s.+#'’-]|(?=\S*\d)(?=\S*[^\W\d])\S{8,}")


def text_to_count(query: str, results: Results) -> str:
    """Return the form in which a search that found nothing is counted, "" for one that is not."""
    found = results.hits or results.direct or results.unassigned is not None or results.number is not None
    if found or is_private(query, results) or "\n" in clean(query).strip():
        return ""
    text = normalise(query)
    is_typed = (
        1 < len(text) <= MissedSearch.MAX_LENGTH
        and len(text.split()) <= MAX_WORDS
        and sum(map(str.isdigit, text)) <= MAX_DIGITS
        and not UNTYPED.search(text)
        and any(map(str.isalpha, text))
    )
    return text if is_typed else ""


class _Counter:
    """The searches that were counted since they were last written down."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.counts: Counter[str] = Counter()
        self.timer: threading.Timer | None = None

    def count(self, text: str) -> None:
        """Count a search, and write the counts down within a minute."""
        with self.lock:
            if text in self.counts or len(self.counts) < MAX_BUFFERED:
                self.counts[text] += 1
            if self.timer is None:
                self.timer = threading.Timer(WRITE_EVERY, self.write)
                self.timer.daemon = True
                self.timer.start()

    def write(self) -> None:
        """Write the counts down. Runs in the timer's thread, and so closes the connection that it opened."""
        with self.lock:
            counts, self.counts, self.timer = self.counts, Counter(), None
        try:
            add(counts)
        except Error:
            log.warning("searches without result could not be written down")
        finally:
            if threading.current_thread() is not threading.main_thread():
                connection.close()


_counter = _Counter()


def count_missed(query: str, results: Results) -> bool:
    """Count a search for the editors if it found nothing; return whether it is one that counts."""
    text = text_to_count(query, results) if settings.COUNT_MISSED_SEARCHES else ""
    if text:
        _counter.count(text)
    return bool(text)


@transaction.atomic
def add(counts: Counter[str]) -> None:
    """Add counts to those of the database, and drop the least used searches if there are too many."""
    today = localdate()
    rows = [MissedSearch(text=text, last_on=today) for text in sorted(counts)]
    MissedSearch.objects.bulk_create(rows, ignore_conflicts=True)
    for text in sorted(counts):  # in one order, so that two processes never wait for each other
        MissedSearch.objects.filter(text=text).update(count=F("count") + counts[text], last_on=today)
    least = MissedSearch.objects.values_list("text", flat=True)[MissedSearch.MAX_ROWS :]
    MissedSearch.objects.filter(text__in=list(least)).delete()
