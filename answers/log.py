"""Where the server's own messages go: to its output, as long as somebody reads it."""

import logging
import select
from typing import Any, TextIO


class DroppingHandler(logging.StreamHandler[TextIO]):
    """Drops a line that would have to wait: with a full pipe, the server still replaces its worker and ends."""

    def emit(self, record: logging.LogRecord) -> None:
        if select.select([], [self.stream], [], 0)[1]:
            super().emit(record)


_OUTPUT = {"class": "answers.log.DroppingHandler", "stream": "ext://sys.stdout"}
# What granian adds to its own configuration of logging.
CONFIGURATION: dict[str, Any] = {
    "handlers": {"console": _OUTPUT | {"formatter": "generic"}, "access": _OUTPUT | {"formatter": "access"}}
}
