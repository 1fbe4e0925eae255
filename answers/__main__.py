"""Serve live answers: python -m answers --file answers.json --port 8090."""

import argparse
import os
from pathlib import Path

from granian import Granian
from granian.constants import HTTPModes, Interfaces, RuntimeModes
from granian.http import HTTP1Settings

from .limits import PER_CLIENT, PER_CLIENT_BURST
from .log import CONFIGURATION

# The server lets 8 KB of header fields in, no less; nginx.conf lets in 4.
HTTP = HTTP1Settings(header_read_timeout=2000, max_buffer_size=8192)


def main() -> None:
    """Run the server until it is ended."""
    parser = argparse.ArgumentParser(
        prog="python -m answers", description="Answer every request with the code it asks for."
    )
    parser.add_argument("--file", type=Path, required=True, help="what `manage.py export_answers` wrote")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8090)
    limits = f"without it: {PER_CLIENT:g} a second and {PER_CLIENT_BURST} at once from one address"
    parser.add_argument("--unlimited", action="store_true", help=f"for your own machine ({limits})")
    parser.add_argument("--behind-proxy", action="store_true", help="believe X-Forwarded-For and X-Forwarded-Version")
    options = parser.parse_args()
    if not options.file.is_file():
        parser.error(f"There is no file {options.file}: manage.py export_answers makes it.")
    os.environ["ANSWERS_FILE"] = str(options.file)
    os.environ["ANSWERS_UNLIMITED"] = "1" if options.unlimited else ""
    os.environ["ANSWERS_BEHIND_PROXY"] = "1" if options.behind_proxy else ""
    Granian(
        "answers.wsgi:application",
        address=options.host,
        port=options.port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        websockets=False,
        workers=1,  # the limits are counted in one process
        runtime_mode=RuntimeModes.mt,
        blocking_threads=2,
        http1_settings=HTTP,
        respawn_failed_workers=True,
        log_dictconfig=CONFIGURATION,
    ).serve()


if __name__ == "__main__":
    main()
