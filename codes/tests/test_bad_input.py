"""Requests that no page of ours sends: each gets a page or a refusal, and never causes a server error."""

import re

import pytest
from django.conf import settings
from django.db import connection, models
from django.test import Client
from django.urls import get_resolver, reverse
from pytest_django.asserts import assertContains, assertNotContains

from codes.editing import fixtures, review
from codes.models import ErrorText, ResponseRule, StatusCode

pytestmark = pytest.mark.django_db

BEYOND = "9223372036854775808"  # what a database's largest integer cannot hold


# Public pages


@pytest.mark.parametrize("prefix", ["", "/en"])
@pytest.mark.parametrize("path", ["/vs/%FF/", "/%ED%A0%80/", "/%zz/", "/4%FF4/", "/vs/%F4%90%80%80/"])
def test_an_address_in_broken_utf8_is_not_found(client, prefix, path):
    assert client.get(prefix + path).status_code == 404


@pytest.mark.parametrize("page", ["0", "-1", "2", "inf", "nan", "1e3", "٢", "1" * 30, "9" * 5000])
def test_a_page_of_the_sitemap_that_does_not_exist_is_not_found(client, page):
    assert client.get("/sitemap.xml", {"p": page}).status_code == 404


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:80", "status.example@evil.example", "status.example, evil.example", "[::1", "a b",
     "status.example/evil", "*", "", "x" * 5000, "상태"],
)  # fmt: skip
def test_a_foreign_host_gets_400_and_appears_in_no_link(client, host):
    page = client.get("/404", HTTP_HOST=host, HTTP_X_FORWARDED_HOST="evil.example")
    assert page.status_code == 400
    assert b"evil" not in page.content


def test_a_forwarded_host_is_ignored(client):
    page = client.get("/404", HTTP_X_FORWARDED_HOST="evil.example")
    assert page["Location"] == "/404/"
    assertNotContains(client.get("/404/", HTTP_X_FORWARDED_HOST="evil.example"), "evil")


@pytest.mark.parametrize(
    ("length", "status"),
    [("-1", 400), ("1e3", 400), ("+9", 400), ("٣", 400), ("9" * 30, None), ("0" * 9 + "9" * 9, None)],
)
def test_a_content_length_that_is_no_number_or_too_large_is_refused_before_reading(client, settings, length, status):
    settings.READER_REPORTS = True
    for path, too_large in (("/diagnose/", 413), ("/report/", 400)):
        answer = client.post(path, "text=x", "application/x-www-form-urlencoded", CONTENT_LENGTH=length)
        assert answer.status_code == (status or too_large)


@pytest.mark.parametrize("prefix", ["", "/en"])
@pytest.mark.parametrize(
    "address",
    ["//evil.example", "//evil.example/404", "/%5cevil.example/404", "/%2f%2fevil.example/404", "///evil.example/..",
     "/404%0d%0aLocation:%20//evil.example", "/search/?q=404%0d%0aSet-Cookie:%20a=b", "/search/?q=404+//evil.example",
     "/search/?q=404&next=//evil.example/", "/search/?q=javascript:404", "/favicon.ico?next=//evil.example"],
)  # fmt: skip
def test_no_address_leads_to_another_host_or_adds_a_header(client, prefix, address):
    answer = client.get(prefix + address)
    assert answer.status_code in (200, 301, 302, 404)
    assert re.fullmatch(r"|/(?![/\\])[!-~]*", answer.get("Location", ""))
    assert "Set-Cookie" not in answer


@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_ACCEPT_LANGUAGE": "en," * 33_000},
        {"HTTP_ACCEPT_LANGUAGE": "a-" * 50_000},
        {"HTTP_COOKIE": "django_language=" + "x" * 100_000},
        {"HTTP_COOKIE": "django_language=../../en; =; ;;; csrftoken=\xff"},
    ],
)
def test_junk_about_languages_changes_no_page(client, headers):
    assert client.get("/404/", **headers).content == client.get("/404/").content


def public_addresses(patterns=None, start="/"):
    """Yield an example of every address of the site except the admin's, from the URLconf itself."""
    examples = {
        "class": "4xx",
        "code": "404",
        "slug": "401-403",
        "product": "iis",
        "guessed_code": "404.html",
        "guessed_class": "4XX",
    }
    for each in get_resolver().url_patterns if patterns is None else patterns:
        address = start + re.sub(r"<(\w+):\w+>", lambda match: examples[match[1]], str(each.pattern))
        if not hasattr(each, "url_patterns"):
            yield address
        elif getattr(each, "namespace", "") != "admin":
            yield from public_addresses(each.url_patterns, address)


def test_public_addresses_allow_get_head_and_options_only(settings):
    settings.METRICS_TOKEN = "metrics-token"
    client = Client(enforce_csrf_checks=True, headers={"Authorization": "Bearer metrics-token"})
    addresses = [address for address in public_addresses() if not address.endswith(("/diagnose/", "/report/"))]
    assert {"/", "/404/", "/search/suggest/", "/vs/401-403/", "/sitemap.xml", "/readyz", "/metrics"} <= set(addresses)
    for address in addresses:
        for method, status in [
            *((method, 405) for method in ("POST", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT")),
            ("OPTIONS", 204),
        ]:
            answer = client.generic(method, address)
            assert (answer.status_code, answer.get("Allow")) == (status, "GET, HEAD, OPTIONS"), (method, address)


@pytest.mark.content
def test_script_in_any_text_of_an_entry_is_shown_as_text(client):
    script = "<script>alert(1)</script>"
    for model in (StatusCode, *fixtures.DETAILS_OF[StatusCode]):
        row = model.objects.filter(**{getattr(model, "PARENT", "pk"): 404}).first()
        texts = [
            field.name
            for field in model._meta.concrete_fields
            if isinstance(field, models.CharField | models.TextField) and field.name != "url" and not field.choices
        ]
        if row:
            values = {name: script[: row._meta.get_field(name).max_length] for name in texts}
            if model is ResponseRule:
                values["topic"] = "field"  # only such a rule names a header field
            model.objects.filter(pk=row.pk).update(**values)
    error_text = ErrorText.objects.filter(product="IIS", code_links__code=404).first()
    texts = dict.fromkeys(("text", "source", *review.texts_of(error_text)), script)
    ErrorText.objects.filter(pk=error_text.pk).update(**texts)
    for address in ("/404/", "/404/errors/", "/errors/iis/"):
        assertContains(client.get(address), "&lt;script&gt;alert(1)")
    for address in public_addresses():
        page = client.get(address)
        # Documents and texts for programs say what they are, and a browser is told to believe them.
        if page.get("Content-Type", "").startswith(("text/html", "application/xml")):
            assert b"<script>" not in without_our_script(page), address
        else:
            assert page.get("X-Content-Type-Options") == "nosniff", address
    assert b"<script>" not in without_our_script(client.get("/search/", {"q": "script"}))


def without_our_script(page):
    """Return a page without the one script that it contains, if it is HTML."""
    return re.sub(rb"<script>try \{.*?</script>", b"", page.content, count=1, flags=re.DOTALL)


def test_no_query_is_built_from_what_a_client_sent():
    """Field names, orders and expressions are written in the code; only values come from clients."""
    made = re.compile(r"\*\*(self\.)?request\.|\*\*dict\(request|__i?regex|\.extra\(|RawSQL|order_by\([^)]*request")
    paths = [
        path
        for app in ("codes", "statuscodes")
        for path in (settings.BASE_DIR / app).rglob("*.py")
        if not {"tests", "migrations"} & set(path.parts)
    ]
    assert len(paths) > 50
    assert [path for path in paths if made.search(path.read_text())] == []


# The admin


AUTOCOMPLETE = "autocomplete/?app_label=codes&model_name=exchange&field_name=code"


@pytest.mark.parametrize(
    "query",
    ["codes/category/?name_ko__regex=(", "auth/user/?username__iregex=(a%2B)%2B$",
     # A lookup that cannot become SQL
     *(f"codes/entrysnapshot/?saved_at__year={year}" for year in ("0", "99999", "-1", BEYOND)),
     "codes/entrysnapshot/?saved_at__iso_year=0", "codes/entrysnapshot/?saved_at__year__gt=99999",
     "codes/statuscode/?checked_on__year=99999",
     *(f"codes/statuscode/?number__range={value}" for value in ("1", "12", "123", "1,2", "")),
     "codes/statuscode/?_facets=1&checked_on__year=0", "codes/entrysnapshot/?saved_at__gte=x",
     "auth/user/?date_joined__year=99999", "otp_totp/totpdevice/?created_at__year=99999",
     "codes/category/?pk=x", "codes/category/?nope=1", "codes/category/?e=1&nope=1", "codes/category/?_connector=OR",
     "codes/statuscode/?number__exact=1e5", "codes/statuscode/?common__exact=perhaps",
     # A value that its field refuses
     "codes/exchange/add/?code=x", "codes/exchange/add/?position=x", "codes/statuscode/add/?related=404,x",
     "codes/statuscode/add/?common=perhaps", "codes/statuscode/add/?checked_on=soon", "auth/group/add/?permissions=x",
     # A key that cannot be one
     "codes/exchange/x/history/", "codes/exchange/x/change/", "codes/exchange/x/delete/", "codes/exchange/_5F/change/",
     "auth/user/x/password/", "auth/user/x/history/", f"auth/user/{'9' * 5000}/password/",
     # More than anybody types
     "codes/statuscode/?q=" + "a+" * 21, "codes/statuscode/?q=" + "a+" * 3000, "auth/user/?q=" + "a" * 201,
     f"{AUTOCOMPLETE}&term=" + "a+" * 3000, "codes/statuscode/?" + "name_ko=a&" * 51,
     f"{AUTOCOMPLETE}&term=%00",
     "codes/statuscode/?_to_field=nope", "codes/statuscode/?_popup=1&_to_field=name_ko"],
)  # fmt: skip
def test_an_invalid_query_of_the_admin_gets_400(admin_client, query):
    assertContains(admin_client.get(f"/admin/{query}"), "잘못된 요청", status_code=400)


def test_the_same_in_english_says_what_the_limit_is(admin_client):
    assertContains(admin_client.get("/en/admin/codes/statuscode/?q=" + "a+" * 21), "20 words", status_code=400)


@pytest.mark.parametrize(
    "query",
    [f"codes/category/?pk={BEYOND}", f"codes/category/?pk__in={BEYOND}",
     "codes/entrysnapshot/?o=99", f"codes/entrysnapshot/?p={BEYOND}", f"codes/entrysnapshot/?p={'9' * 5000}",
     f"codes/statuscode/{BEYOND}/change/",
     f"codes/statuscode/{'9' * 5000}/change/", f"codes/statuscode/{BEYOND}/history/",
     f"codes/exchange/add/?code={BEYOND}", f"codes/exchange/add/?code={'9' * 22}", "codes/exchange/add/?code=",
     "codes/exchange/_31/history/",
     f"r/{BEYOND}/1/", "r/x/1/", "r/1/x/", f"r/1/{BEYOND}/", f"auth/user/{BEYOND}/delete/",
     f"auth/user/{BEYOND}/password/", "jsi18n/?language=%FF", "codes/exchange/add/?messages=1",
     f"{AUTOCOMPLETE}&page={BEYOND}", f"{AUTOCOMPLETE}&page=x",
     *(f"autocomplete/?app_label=codes&model_name=statuscode&field_name={name}" for name in ("exchanges", "related"))],
)  # fmt: skip
def test_an_odd_address_of_the_admin_causes_no_server_error(admin_client, query):
    assert admin_client.get(f"/admin/{query}").status_code in (200, 302, 400, 403, 404)


@pytest.mark.parametrize("place", ["codes.admin.codes.StatusCodeAdmin.get_queryset", "codes.editing.review.failing"])
@pytest.mark.parametrize("error", [ValueError("Field 'id' expected a number but got 'x'."), IndexError("x")])
def test_a_fault_of_ours_in_the_admin_is_no_bad_request(admin_client, monkeypatch, place, error):
    def fail(*args, **kwargs):
        raise error

    monkeypatch.setattr(place, fail)
    admin_client.raise_request_exception = False
    assert admin_client.get("/admin/codes/statuscode/?review=outdated").status_code == 500


@pytest.mark.parametrize("chosen", [BEYOND, "x", "9" * 5000, "1\0"])
@pytest.mark.parametrize(("model", "action"), [("codes_statuscode", "mark_checked"), ("auth_user", "end_sessions")])
def test_an_action_on_an_invalid_selection_gets_400(admin_client, model, action, chosen):
    data = {"action": action, "_selected_action": [chosen]}
    # PostgreSQL compares with a number beyond its integers, SQLite refuses it.
    status = 302 if chosen == BEYOND and connection.vendor == "postgresql" else 400
    assert admin_client.post(reverse(f"admin:{model}_changelist"), data).status_code == status


@pytest.mark.parametrize(("chosen", "status"), [(BEYOND, 400), ("x", 200), ("998", 200)])
def test_a_related_code_that_does_not_exist_is_not_saved(editor, small_form, chosen, status):
    path, data = small_form
    page = editor.post(path, data | {"related": [chosen], "name_ko": "몰래"})
    assert page.status_code == (200 if connection.vendor == "postgresql" else status)
    assert StatusCode.objects.get(number=433).name_ko == "작은 항목"
