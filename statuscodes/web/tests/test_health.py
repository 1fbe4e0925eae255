"""Health checks, and what the site answers while its database is unavailable."""

import pytest
from django.core.checks import run_checks
from django.db import OperationalError
from pytest_django.asserts import assertContains, assertRedirects

from codes import search
from codes.models import Revision
from statuscodes.page_cache.poller import poller
from statuscodes.web.checks import check_collected

pytestmark = pytest.mark.django_db


def test_a_process_is_healthy_without_asking_the_database(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get("/healthz").json() == {"status": "ok", "database": "ok", "poller": "off"}


def test_the_site_is_ready_while_its_database_answers(client, monkeypatch):
    assert client.get("/readyz").json()["database"] == "ok"

    def fail(*args, **kwargs):
        raise OperationalError("connection refused")

    monkeypatch.setattr("django.db.backends.base.base.BaseDatabaseWrapper.cursor", fail)
    page = client.get("/readyz")
    assert (page.status_code, page.json()["database"], page["Retry-After"]) == (503, "away", "10")


@pytest.fixture
def uncollected(settings, tmp_path):
    """A site whose static files were not collected."""
    settings.STATIC_ROOT = str(tmp_path / "static")
    backend = "whitenoise.storage.CompressedManifestStaticFilesStorage"
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": backend}}


def test_a_site_without_collected_files_is_not_ready_and_says_why(client, uncollected):
    page = client.get("/readyz")
    assert (page.status_code, page.json()["static"], page.json()["database"]) == (503, "missing", "ok")
    client.raise_request_exception = False
    page = client.get("/nope/")
    assert (page.status_code, page.content) == (404, b"404 Not Found\n")
    assert page["Content-Type"] == "text/plain; charset=utf-8"
    assert client.get("/404/").status_code == 500


def test_a_check_before_a_start_finds_files_that_were_not_collected(uncollected):
    (error,) = check_collected(None)
    assert error.id == "web.E001"
    assert error in run_checks(include_deployment_checks=True)
    assert error not in run_checks()  # commands such as a backup need no static files


def test_collected_files_pass_the_check():
    assert check_collected(None) == []


def test_no_request_waits_for_an_unavailable_database(client, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(poller, "has_failed", True)
    client.raise_request_exception = False
    with django_assert_num_queries(0):
        for path in ("/404/", "/admin/", "/sitemap.xml"):
            assert client.get(path).status_code == 503
        assert client.get("/healthz").json() == {"status": "ok", "database": "away", "poller": "off"}


def test_search_works_while_the_database_is_unavailable(client, monkeypatch, django_assert_num_queries):
    revision = Revision.current()
    monkeypatch.setattr(search.current._cache, "read_revision", lambda: revision)
    monkeypatch.setattr(search.current._cache, "check_database", poller.require_database)
    client.get("/search/?q=gateway")
    monkeypatch.setattr(poller, "has_failed", True)
    with django_assert_num_queries(0):
        assertContains(client.get("/search/?q=못+찾음&all=1"), "찾을 수 없음")
        assertRedirects(client.get("/search/?q=404"), "/404/", fetch_redirect_response=False)
        assert client.get("/search/suggest/?q=40").json()["results"]
    monkeypatch.setattr(search.current._cache, "index", None)
    client.raise_request_exception = False
    assert client.get("/search/?q=404").status_code == 503


def test_the_page_of_an_unavailable_database_says_when_to_retry(client, monkeypatch):
    monkeypatch.setattr(poller, "has_failed", True)
    client.raise_request_exception = False
    page = client.get("/en/404/")
    assertContains(page, "Service Unavailable", status_code=503)
    assert page["Retry-After"] == "10"
