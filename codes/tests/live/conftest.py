"""Sites for the tests that start servers, and the browser's options."""

import sqlite3
from contextlib import closing, suppress

import pytest
from playwright.sync_api import Error as BrowserError
from playwright.sync_api import expect

from codes.tests.tools_needed import CHROMIUM

from .servers import Site, add_accounts, make_site

expect.set_options(timeout=30_000)  # a busy machine needs more than the default of five seconds


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Add to the report of a failed test what its page showed and what its sites logged last."""
    report = yield
    if report.when == "call" and report.failed:
        used = [each for value in item.funcargs.values() for each in (value if isinstance(value, tuple) else [value])]
        if page := item.funcargs.get("page"):
            with suppress(BrowserError):
                report.sections.append(("page", f"{page.url}\n{page.inner_text('body')[:2000]}"))
        for log in (log for site in used if isinstance(site, Site) for log in site.folder.glob("*.log")):
            report.sections.append((log.name, log.read_text(errors="replace")[-2000:]))
    return report


@pytest.fixture
def fresh_site(tmp_path):
    """A site for one test, which may destroy it."""
    return make_site(tmp_path)


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """A served site with accounts for every test of this process. Tests leave it as it was."""
    site = make_site(tmp_path_factory.mktemp("site"), "sqlite://")
    add_accounts(site)
    with site.serving() as server:
        site.url = server.url
        yield site


@pytest.fixture
def site_to_edit(site):
    """The served site for a test that saves something; afterwards its database is what it was, under a new revision."""
    [file] = site.folder.glob("*.sqlite3")
    with closing(sqlite3.connect(file)) as database, closing(sqlite3.connect(":memory:")) as before:
        database.backup(before)
        yield site
        revision = database.execute("SELECT number FROM codes_revision").fetchone()
        before.backup(database)
        database.execute("UPDATE codes_revision SET number = ? + 1", revision)
        database.commit()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-quic", *quiet]
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": arguments}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    return {**browser_context_args, "locale": "ko-KR", "viewport": {"width": 1280, "height": 800}}
