"""The metrics that /metrics shows, in Prometheus' format.

Where PROMETHEUS_MULTIPROC_DIR names a folder, the processes that share it are counted together.
"""

import os

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram, generate_latest, multiprocess

CACHE_HITS = Counter("statuscodes_page_cache_hits", "Answers from the page cache.")
ANSWERS = Counter("statuscodes_django_answers", "Answers from Django, by status.", ["status"])
SECONDS = Histogram(
    "statuscodes_django_seconds",
    "Seconds that Django took for an answer. Answers from the page cache are not counted.",
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5),
)
REVISION = Gauge("statuscodes_revision", "The catalogue's revision.", multiprocess_mode="mostrecent")
DATABASE = Gauge("statuscodes_database_up", "1 while the database answers.", multiprocess_mode="mostrecent")


def render(*, revision: int, database_up: bool) -> bytes:
    """Return all metrics in Prometheus' text format."""
    REVISION.set(revision)
    DATABASE.set(database_up)
    registry = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)
    return generate_latest(registry)
