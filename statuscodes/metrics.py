"""What /metrics tells, in Prometheus' format.

Where PROMETHEUS_MULTIPROC_DIR names a folder, the processes that share it are counted together.
"""

import os

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram, generate_latest, multiprocess

from codes.revisions import follower

KEPT = Counter("statuscodes_kept_answers", "Answers from pages that were kept: the cache's hits.")
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
