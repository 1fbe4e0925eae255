"""The metrics that /metrics shows, in Prometheus' format.

Where PROMETHEUS_MULTIPROC_DIR names a folder, the processes that share it are counted together.
"""

import logging
import os
import struct
from contextlib import suppress

log = logging.getLogger(__name__)
FOLDER = "PROMETHEUS_MULTIPROC_DIR"
FILE_BYTES = 64 * 1024  # of a process's file, as prometheus_client maps it; these metrics take a tenth of it
FILE_PREFIXES = ("counter", "gauge_mostrecent", "histogram")


def reserve_files() -> None:
    """Reserve the space of this process's files; where that fails, let it count for itself.

    Otherwise a folder that is gone keeps the process from starting, and a disk that fills up kills it the moment it
    touches mapped memory for which there is no room.
    """
    folder = os.environ.get(FOLDER)
    if folder is None:
        return
    paths = [os.path.join(folder, f"{prefix}_{os.getpid()}.db") for prefix in FILE_PREFIXES]
    try:
        os.makedirs(folder, exist_ok=True)
        for path in paths:
            with open(path, "ab") as file:
                os.posix_fallocate(file.fileno(), 0, FILE_BYTES)
    except OSError as error:
        log.warning("this process counts its metrics for itself: %s", error)
        del os.environ[FOLDER]
        for path in paths:
            with suppress(OSError):
                os.unlink(path)


reserve_files()

# It reads the environment when it is imported.
from prometheus_client import (  # noqa: E402
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
    multiprocess,
)

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
    """Return all metrics in Prometheus' text format.

    They are those of all processes, or of this one if the folder is unavailable.
    """
    REVISION.set(revision)
    DATABASE.set(database_up)
    if FOLDER in os.environ:
        try:
            registry = CollectorRegistry()
            multiprocess.MultiProcessCollector(registry)
            return generate_latest(registry)
        except (OSError, ValueError, struct.error) as error:
            log.warning("only the metrics of this process can be read: %s", error)
    return generate_latest(REGISTRY)
