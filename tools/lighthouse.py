"""Lighthouse on the kinds of public pages, as the production server sends them: `make lighthouse`.

Prints the scores and the audits below 1; exits with 1 when a page scores less than 100 anywhere. Each page is looked
at several times, since other work on the machine costs performance; the run of median performance counts.
"""

import argparse
import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from .serving import ROOT, Failure, make_site

LIGHTHOUSE = ROOT / ".venv" / "bench" / "node_modules" / ".bin" / "lighthouse"
PAGES = ["/", "/4xx/", "/404/", "/en/502/", "/vs/401-403/", "/choose/", "/errors/nginx/", "/diagnose/"]
PAGES += ["/search/?q=gateway"]
CATEGORIES = ["performance", "accessibility", "best-practices", "seo"]
CHROMIUM_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
LIMIT = 180  # seconds a page
MAX_ITEMS = 5  # of an audit's details
MAX_ITEM = 400  # characters


def main():
    """Look at all pages and print what was found; exit with 1 when a page scores less than 100 anywhere."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--granian", required=True, help="the server's command without port, workers and target")
    parser.add_argument("--runs", type=int, default=5, help="a page; the one of median performance counts")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the server goes too
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    try:
        if not chromium:
            raise Failure("Chromium is missing: apt-get install chromium fonts-noto-cjk")
        with tempfile.TemporaryDirectory(prefix="lighthouse-") as folder:
            site = make_site(Path(folder), shlex.split(options.granian))
            with site.serving() as server:
                runs = {page: [ask(server.url + page, chromium) for _ in range(options.runs)] for page in PAGES}
    except Failure as failure:
        sys.exit(str(failure))
    reports = {page: middle(each) for page, each in runs.items()}
    print_scores(reports, runs)
    for page, report in reports.items():
        print_audits(page, report)
    sys.exit(any(score < 100 for report in reports.values() for score in scores(report)))


def ask(url, chromium, tries=3):
    """Let Lighthouse look at a page with its default, mobile settings; return its report."""
    command = [LIGHTHOUSE, url, "--quiet", "--output=json", "--no-enable-error-reporting"]
    command += [f"--only-categories={','.join(CATEGORIES)}", f"--chrome-flags={' '.join(CHROMIUM_FLAGS)}"]
    try:
        # A file: it ends before all of a long report is through a pipe.
        with tempfile.NamedTemporaryFile(suffix=".json") as output:
            done = subprocess.run(
                [*command, f"--output-path={output.name}"],
                env=os.environ | {"CHROME_PATH": chromium},
                capture_output=True,
                text=True,
                timeout=LIMIT,
            )
            report = json.loads(Path(output.name).read_text())
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Failure(f"Lighthouse does not run: {error}") from error
    except json.JSONDecodeError as error:
        raise Failure(f"Lighthouse has no report of {url}:\n{done.stderr[-2000:]}") from error
    if problem := report.get("runtimeError"):
        # The browser now and then loses the beginning of its trace, and Lighthouse says to run it again.
        if problem["code"] == "NO_NAVSTART" and tries > 1:
            return ask(url, chromium, tries - 1)
        raise Failure(f"Lighthouse could not look at {url}: {problem['message']}")
    return report


def scores(report):
    """Return the score of each category, 0 to 100; 0 where Lighthouse could not tell."""
    return [round((report["categories"][name]["score"] or 0) * 100) for name in CATEGORIES]


def performance(report):
    """Return the performance score, 0 to 100."""
    return scores(report)[CATEGORIES.index("performance")]


def middle(reports):
    """Return the report of median performance."""
    return sorted(reports, key=performance)[(len(reports) - 1) // 2]


def print_scores(reports, runs):
    """Print a table with a row for each page: its scores, and what it needs of the network."""
    print(f"| page | {' | '.join(CATEGORIES)} | performance of all runs | bytes on the wire | requests |")
    print("| --- |" + " --- |" * (len(CATEGORIES) + 3))
    for page, report in reports.items():
        requests = report["audits"]["network-requests"]["details"]["items"]
        cells = [*scores(report), ", ".join(str(performance(run)) for run in runs[page])]
        cells += [f"{sum(request['transferSize'] for request in requests):,}", len(requests)]
        print(f"| {page} | {' | '.join(str(cell) for cell in cells)} |")


def print_audits(page, report):
    """Print the audits below 1: those that a score counts with their reasons, all others on one line."""
    uncounted = {}
    references = [(name, each) for name in CATEGORIES for each in report["categories"][name]["auditRefs"]]
    for name, reference in references:
        audit = report["audits"][reference["id"]]
        if is_perfect(audit):
            continue
        if reference["weight"]:
            print(f"\n{page} {name}, weight {reference['weight']:.0f}, {audit['score']}: {summary(audit)}")
            for reason in reasons(audit):
                print(f"    {reason}")
        else:
            uncounted[audit["id"]] = summary(audit)
    if uncounted:
        print(f"\n{page} not counted in any score: {'; '.join(uncounted.values())}")


def is_perfect(audit):
    """Return whether an audit has nothing to say.

    Lighthouse scores null what does not apply or only informs, but also an audit that broke.
    """
    if audit["scoreDisplayMode"] == "error":
        return False
    return audit["score"] is None or audit["score"] >= 1


def summary(audit):
    """Return an audit's name and title, and what it found in a few words."""
    found = audit.get("displayValue") or audit.get("explanation") or audit.get("errorMessage")
    return f"{audit['id']}, {audit['title']}" + (f" ({found})" if found else "")


def reasons(audit):
    """Return what the audit points at, as JSON: elements, addresses, their sizes."""
    items = audit.get("details", {}).get("items", [])
    items = items if isinstance(items, list) else [items]
    return [json.dumps(item, ensure_ascii=False)[:MAX_ITEM] for item in items[:MAX_ITEMS]]


if __name__ == "__main__":
    main()
