"""Which methods an address takes, and what any other gets (RFC 9110 section 9)."""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/404/", "/404", "/nope/", "/admin/", "/metrics", "*"])
@pytest.mark.parametrize("method", ["FOO", "PROPFIND", "M-SEARCH"])
def test_a_method_that_nobody_knows_gets_501_everywhere(client, path, method):
    assertContains(client.generic(method, path), "구현되지 않음", status_code=501)
    assert "Allow" not in client.generic(method, path)


def test_such_a_method_is_no_error_in_the_log(client, caplog):
    client.generic("FOO", "/404/")
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


def test_the_page_of_501_is_in_the_language_of_the_address(client):
    assertContains(client.generic("FOO", "/en/404/"), "The server does not know this method.", status_code=501)


@pytest.mark.parametrize("path", ["/", "/404/", "/en/404/", "/433/", "/search/?q=x", "/healthz", "/robots.txt"])
def test_options_lists_what_a_public_address_takes(client, path):
    answer = client.options(path)
    assert (answer.status_code, answer["Allow"], answer.content) == (204, "GET, HEAD, OPTIONS", b"")
    assert "Content-Type" not in answer


@pytest.mark.parametrize(
    ("name", "allow"),
    [("index", "GET, HEAD, POST, OPTIONS"), ("login", "GET, HEAD, POST, OPTIONS"), ("logout", "POST, OPTIONS")],
)
@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PUT", "DELETE", "OPTIONS"])
def test_the_admin_says_the_same_of_its_addresses(name, allow, method):
    answer = Client(enforce_csrf_checks=True).generic(method, reverse(f"admin:{name}"))
    assert (answer.status_code, answer["Allow"]) == (204 if method == "OPTIONS" else 405, allow)


@pytest.mark.parametrize(
    "path",
    ["/admin/logout/", "/admin/codes/statuscode/404/preview/", "/admin/codes/statuscode/404/checked/",
     "/admin/codes/entrysnapshot/1/restore/"],
)  # fmt: skip
def test_what_only_takes_post_says_so_on_a_page_of_ours(admin_client, path):
    answer = admin_client.get(path)
    assertContains(answer, "허용되지 않은 메서드", status_code=405)
    assert answer["Allow"] == "POST, OPTIONS"


def test_options_of_the_whole_server(client):
    answer = client.generic("OPTIONS", "*")
    assert (answer.status_code, answer["Allow"]) == (204, "GET, HEAD, POST, OPTIONS")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "QUERY"])
@pytest.mark.parametrize("path", ["/404", "/en/404", "/search?q=a"])
def test_an_address_without_its_slash_keeps_method_and_content(method, path):
    answer = Client().generic(method, path)
    assert (answer.status_code, answer["Location"]) == (308, path.replace("?", "/?") if "?" in path else f"{path}/")


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_an_address_without_its_slash_moves_readers_for_good(client, method):
    assert client.generic(method, "/404").status_code == 301


@pytest.mark.parametrize(("method", "status"), [("GET", 301), ("POST", 308)])
def test_the_same_in_the_admin(admin_client, method, status):
    answer = admin_client.generic(method, "/admin/codes/statuscode")
    assert (answer.status_code, answer["Location"]) == (status, "/admin/codes/statuscode/")
    assert admin_client.generic(method, "/admin/a/b/c/d").status_code == 404


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "OPTIONS", "DELETE"])
def test_metrics_do_not_tell_strangers_that_they_exist(client, settings, method):
    settings.METRICS_TOKEN = "metrics-token"
    strangers = client.generic(method, "/metrics")
    assert (strangers.status_code, strangers.get("Allow")) == (404, None)
    assert client.generic(method, "/metrics", HTTP_AUTHORIZATION="Bearer wrong").status_code == 404
