"""What /metrics tells, in Prometheus' format.

Where PROMETHEUS_MULTIPROC_DIR names a folder, the processes that share it are counted together.
"""

import itertools
import os

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram, generate_latest, multiprocess

from codes.revisions import follower


class Tally:
    """A Counter for what takes microseconds: its own lock and file would double that.

    `count()` adds one, from any thread. One thread has to call `publish()` now and then.
    """

    def __init__(self, counter):
        self.counter = counter
        self.count = itertools.count().__next__
        self.published = 0

    def publish(self):
        # Asking for the number reached takes one, which stands for nothing counted.
        reached = self.count()
        self.counter.inc(reached - self.published)
        self.published = reached + 1


KEPT = Tally(Counter("statuscodes_kept_answers", "Answers from pages that were kept: the cache's hits."))
ANSWERS = Counter("statuscodes_django_answers", "Answers that Django made, by status.", ["status"])
SECONDS = Histogram(
    "statuscodes_django_seconds",
    "Seconds that Django took to make an answer. Kept pages do not count: they take microseconds.",
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5),
)
REVISION = Gauge("statuscodes_revision", "The catalogue's revision.", multiprocess_mode="mostrecent")
DATABASE = Gauge("statuscodes_database_up", "1 while the database answers.", multiprocess_mode="mostrecent")


def text():
    REVISION.set(follower.number)
    DATABASE.set(follower.is_fresh)
    registry = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)
    return generate_latest(registry)
