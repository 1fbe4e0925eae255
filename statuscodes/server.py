"""granian with the options of its own command, and with more patience: python -m statuscodes.server OPTIONS TARGET.

granian ends when a worker dies within 5.5 seconds of being started again, and its healthy workers with it: two requests
that kill the worker answering them would end the site for everybody. Here only the dead worker is replaced, until so
many have died within a minute that something is wrong with all of them.

Its own messages are written in the background as the site's are. Otherwise a log that nobody reads would stop the main
process, which then neither replaces workers nor ends.
"""

import signal
import time
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any

from granian import cli
from granian.server import MPServer

MAX_DEATHS = 10  # of workers within PERIOD; then granian's own rule holds
PERIOD = 60  # seconds
BACKGROUND = {"class": "statuscodes.monitoring.logging.BackgroundHandler", "stream": "ext://sys.stdout"}
LOG_HANDLERS = {"console": BACKGROUND | {"formatter": "generic"}, "access": BACKGROUND | {"formatter": "access"}}


def load(loader: Callable[[], Any]) -> Any:
    """Return the application that a worker's loader loads; the worker ends if it is told to meanwhile.

    Until granian takes over, a worker has the signal handlers of the main process, with which it would go on.
    """
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    return loader()


class PatientServer(MPServer):
    """granian's server, which goes on when a worker dies soon after it was started again."""

    def __init__(self, *args: Any, **options: Any) -> None:
        options["log_dictconfig"] = {"handlers": LOG_HANDLERS} | (options.get("log_dictconfig") or {})
        super().__init__(*args, **options)
        self.deaths: deque[float] = deque(maxlen=MAX_DEATHS)  # in monotonic time

    # granian's base class names an argument that none of its servers takes.
    def _spawn_worker(self, idx: int, target: Any, callback_loader: Callable[[], Any]) -> Any:  # type: ignore[override]
        return super()._spawn_worker(idx, target, partial(load, callback_loader))

    def _respawn_workers(self, workers: list[int], spawn_target: Any, target_loader: Any, delay: float = 0) -> None:
        super()._respawn_workers(workers, spawn_target, target_loader, delay)
        if delay:  # a reload: the old ones were alive
            return
        now = time.monotonic()
        self.deaths.extend([now] * len(workers))
        if len(self.deaths) < MAX_DEATHS or now - self.deaths[0] > PERIOD:
            self.respawned_wrks.clear()  # what granian compares the next death with


if __name__ == "__main__":
    cli.Server = PatientServer
    cli.entrypoint()
