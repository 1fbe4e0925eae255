"""Response headers score at least 150 points by the rules of the MDN HTTP Observatory on every kind of page."""

import pytest
from django.http import HttpResponse
from django.test import Client

from tools.observatory import score

pytestmark = pytest.mark.django_db

PAGES = [
    "/", "/en/", "/4xx/", "/404/", "/en/404/", "/search/", "/search/?q=zzzz", "/search/suggest/?q=4", "/vs/",
    "/vs/401-403/", "/433/", "/nope/", "/sitemap.xml", "/robots.txt", "/opensearch.xml", "/healthz",
    "/admin/login/", "/en/admin/login/",
]  # fmt: skip


@pytest.fixture
def browser(settings):
    """A client on a site that insists on HTTPS, as production does."""
    settings.SECURE_SSL_REDIRECT = True
    return Client(headers={"host": "status.example"})


@pytest.mark.parametrize("path", PAGES)
def test_every_kind_of_page_scores_150_and_loses_no_points(browser, path):
    points, taken = score(browser.get(path, secure=True))
    assert taken == {}
    assert points >= 150


@pytest.mark.parametrize("path", ["/", "/404/", "/admin/login/"])
def test_http_redirects_to_https_on_the_same_host(browser, path):
    answer = browser.get(path)
    assert (answer.status_code, answer["Location"]) == (301, f"https://status.example{path}")


def test_the_admins_cookies_are_bound_to_host_and_tls(browser):
    (cookie,) = browser.get("/admin/login/", secure=True).cookies.values()
    assert cookie.key == "__Host-csrftoken"
    assert cookie["secure"] and cookie["httponly"] and cookie["samesite"]  # noqa: PT018 - one statement


def test_a_page_without_these_headers_scores_as_it_would_at_the_observatory():
    points, taken = score(HttpResponse())
    assert points == 100 - 25 - 20 - 5 - 20
    assert set(taken) == {"no policy", "no HSTS", "no nosniff", "may be framed"}
