"""Errors are pages of our own, in the page's language, and correct examples of their status code."""

import pytest
from django.db import DatabaseError, InternalError, OperationalError
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("path", "name", "link"),
    [
        ("/nope/", "찾을 수 없음", "/404/"),
        ("/en/nope/", "Not Found", "/en/404/"),
        ("/ko/404/", "찾을 수 없음", "/404/"),
    ],
)
def test_an_unknown_address_gets_our_404_in_its_language(client, path, name, link):
    page = client.get(path)
    assertContains(page, f"<h1>{name}</h1>", status_code=404, html=True)
    assertContains(page, f'href="{link}"', status_code=404)
    assertContains(page, 'name="q"', status_code=404)


@pytest.mark.parametrize(("path", "text"), [("/433/", "등록되지 않은 번호"), ("/en/433/", "Unregistered number")])
def test_an_unregistered_number_says_how_to_treat_it_and_names_its_neighbours(client, path, text):
    page = client.get(path)
    assertContains(page, text, status_code=404)
    prefix = path.removesuffix("433/")
    for neighbour in ("400", "431"):
        assertContains(page, f'href="{prefix}{neighbour}/"', status_code=404)
    assertContains(page, "rfc9110.html#section-15", status_code=404)


@pytest.mark.parametrize("number", ["050", "650"])
def test_a_number_outside_100_to_599_is_called_invalid(client, number):
    page = client.get(f"/en/{number}/")
    assertContains(page, "not a valid status code", status_code=404)
    assertContains(page, 'href="/en/500/"', status_code=404)


@pytest.mark.parametrize(("path", "name"), [("/404/", "허용되지 않은 메서드"), ("/en/404/", "Method Not Allowed")])
def test_an_unsafe_method_gets_405_with_allow(path, name):
    answer = Client(enforce_csrf_checks=True).post(path)
    assertContains(answer, name, status_code=405)
    assert answer["Allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize(("prefix", "name"), [("", "잘못된 요청"), ("/en", "Bad Request")])
@pytest.mark.parametrize(
    "path",
    ["/search/?q=%00", "/search/?q=a%00b", "/%00/", "/vs/a%00b/", "/search/suggest/?q=%00",
     "/search/completions/?q=%00", "/?standing=%00", "/search/?q=" + "x" * 50_000, "/search/?q=" + "x" * 100_000],
)  # fmt: skip
def test_invalid_characters_and_too_long_addresses_get_400(client, prefix, name, path):
    assertContains(client.get(prefix + path), name, status_code=400)


def test_too_long_a_query_is_told_the_limit(client):
    assertContains(client.get("/en/search/?q=" + "x" * 100_000), "longer than 48000 bytes", status_code=400)


def test_too_many_parameters_get_400(client):
    assert client.get("/search/?" + "&".join(["a"] * 3001)).status_code == 400


@pytest.mark.parametrize("path", ["/en//evil.example/", "/en///evil.example/", "/%5cevil.example/"])
def test_the_language_link_never_leads_to_another_host(client, path):
    page = client.get(path)
    assertNotContains(page, 'href="//', status_code=404)
    assertNotContains(page, 'href="/\\', status_code=404)


def test_a_foreign_host_gets_400(client):
    page = client.get("/404", HTTP_HOST="evil.example")
    assertContains(page, "잘못된 요청", status_code=400)
    assert b"evil.example" not in page.content


@pytest.mark.parametrize(("path", "name"), [("/admin/login/", "금지됨"), ("/en/admin/login/", "Forbidden")])
def test_a_forged_form_gets_403(path, name):
    answer = Client(enforce_csrf_checks=True).post(path, {"username": "chief"})
    assertContains(answer, name, status_code=403)


@pytest.fixture
def broken(client, monkeypatch):
    """A client whose next detail page fails with the given exception."""

    def break_with(exception):
        def fail(*args, **kwargs):
            raise exception

        monkeypatch.setattr("codes.models.StatusCodeQuerySet.linked_from", fail)
        client.raise_request_exception = False
        return client

    return break_with


@pytest.mark.parametrize(("path", "name"), [("/404/", "내부 서버 오류"), ("/en/404/", "Internal Server Error")])
def test_a_server_error_gets_500_without_its_details(broken, path, name):
    page = broken(RuntimeError("secret detail")).get(path)
    assertContains(page, name, status_code=500)
    assert b"secret" not in page.content


@pytest.mark.parametrize(("path", "name"), [("/404/", "서비스를 사용할 수 없음"), ("/en/404/", "Service Unavailable")])
@pytest.mark.parametrize(
    "error", [OperationalError("connection refused"), DatabaseError("database disk image is malformed")]
)
def test_an_unavailable_or_damaged_database_gets_503_with_retry_after(broken, path, name, error):
    page = broken(error).get(path)
    assertContains(page, name, status_code=503)
    assert page["Retry-After"] == "10"


@pytest.mark.parametrize(
    "error",
    [
        OperationalError("attempt to write a readonly database"),
        OperationalError("database or disk is full"),
        InternalError("cannot execute UPDATE in a read-only transaction"),
        OperationalError('could not extend file "base/1": No space left on device'),
    ],
)
def test_a_read_only_or_full_database_gets_503_that_says_so(broken, error):
    assertContains(broken(error).get("/404/"), "저장할 수 없습니다", status_code=503)
    assertContains(broken(error).get("/en/404/"), "Nothing can be saved", status_code=503)


def test_error_pages_run_no_query(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        client.get("/nope/")
        client.post("/404/")
        client.get("/search/?q=%00")


def test_an_error_page_that_cannot_be_opened_is_plain_text(client, monkeypatch):
    """As when no file descriptor is left."""

    def fail(*args, **kwargs):
        raise OSError(24, "Too many open files")

    monkeypatch.setattr("statuscodes.web.errors.render", fail)
    monkeypatch.setattr("codes.models.StatusCodeQuerySet.linked_from", fail)
    client.raise_request_exception = False
    for path, text in (("/nope/", b"404 Not Found\n"), ("/404/", b"500 Internal Server Error\n")):
        page = client.get(path)
        assert page.content == text
        assert "Content-Security-Policy" in page.headers
