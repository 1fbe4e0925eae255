"""Send the production server what no browser sends, and check that it always answers as it should.

make fuzz                             # 12,000 requests from a new seed
make fuzz FUZZ='--seed 7'             # the same requests again
make fuzz FUZZ='--seed 7 --only 4711' # one of them again
"""

import argparse
import os
import re
import shlex
import sys
import tempfile
import time
from contextlib import ExitStack
from http.client import HTTPException
from pathlib import Path

from tools.serving import make_site

from .run import Run

WARM_UP = 2000  # requests after which the worker has imported and cached what it needs
# How much the worker may grow after the warm-up. Measured: 5 to 15 MB, most of it holes that 5 MB bodies leave in the
# allocator's memory. A leak of 3 kB a request, a tenth of a page, would show.
MAX_GROWTH = 30  # MB
# Lines of the log that report a failure of ours, not a bad request.
OUR_FAILURES = r"^.*(?:Internal Server Error|panicked|raised an exception|Unexpected exit|CRITICAL).*$"


def worker_memory(server):
    """Return the memory that the worker uses, in MB."""
    return int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{server.worker}/status").read_text())[1]) / 1024


def worker_seconds(server):
    """Return the seconds of processor time that the worker has used."""
    fields = Path(f"/proc/{server.worker}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def afterwards(server, log, before):
    """Return what is wrong with the server after a run."""
    found = []
    if before and worker_memory(server) - before > MAX_GROWTH:
        found.append(f"The worker grew from {before:.0f} to {worker_memory(server):.0f} MB.")
    try:
        if (status := server.get("/404/").status) != 200:
            found.append(f"/404/ answers {status}.")
    except (OSError, HTTPException) as error:
        found.append(f"/404/ no longer answers: {error!r}")
    used = worker_seconds(server)
    time.sleep(1)
    if (busy := worker_seconds(server) - used) > 0.5:
        found.append(f"The worker is still busy: {busy:.2f} s in a second without requests.")
    lines = re.findall(OUR_FAILURES, log.read_text(errors="replace"), re.MULTILINE)
    return found + [f"In the log: {line[:300]}" for line in lines[:5]]


def main():
    """Run the requests and print what was found; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--requests", type=int, default=12_000)
    parser.add_argument("--seed", default=str(time.time_ns() % 1_000_000))
    parser.add_argument("--minutes", type=float, default=30, help="stop, and fail, when it takes longer")
    parser.add_argument("--granian", type=shlex.split, required=True, metavar="COMMAND", help="the server's command")
    parser.add_argument("--only", type=int, metavar="N", help="send request N of the seed alone")
    options = parser.parse_args()
    print(f"Seed {options.seed}, {options.requests} requests")
    memory = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="fuzz-")))
        server = stack.enter_context(make_site(folder, options.granian).serving(ANSWERS_URL="/status"))
        run = Run(server.url, options.seed, options.requests, options.minutes * 60)
        run.at[WARM_UP] = lambda: memory.append(worker_memory(server))
        began = time.monotonic()
        run.go(options.only)
        took = time.monotonic() - began
        problems = afterwards(server, folder / f"granian-{server.port}.log", memory[0] if memory else None)
        if options.only is None and run.sent < options.requests and not run.failures:
            problems.append(f"Only {run.sent} requests in {options.minutes} minutes.")
        print(f"\n{run.sent} requests in {took:.0f} s, {len(run.failures)} failures")
        print("by kind   ", ", ".join(f"{kind} {count}" for kind, count in run.kinds.most_common()))
        print("answers   ", ", ".join(f"{status} {count}" for status, count in run.statuses.most_common()))
        for seconds, number, sent in run.slowest:
            print(f"slowest    {seconds:.2f} s, request {number} ({sent.kind}) {sent.data[:80]!r}")
        if memory:
            print(f"memory     {memory[0]:.0f} MB after {WARM_UP} requests, {worker_memory(server):.0f} MB at the end")
    for failure in run.failures:
        print(f"\n{failure}\n  Again: make fuzz FUZZ='--seed {options.seed} --only {failure.number}'")
    for problem in problems:
        print(problem)
    return 1 if run.failures or problems else 0


if __name__ == "__main__":
    sys.exit(main())
