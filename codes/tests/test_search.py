"""Finding a page from what people type and paste."""

import csv
import json
import re
import threading
import time
import unicodedata
from collections import defaultdict
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest
from django.db import OperationalError
from django.http import HttpResponse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from codes import search
from codes.models import Category, ErrorText, Identifier, StatusCode
from codes.search import hangul
from codes.search.extraction import extract_codes
from codes.search.normalise import compact, normalise
from codes.search.ranking import edit_distance

pytestmark = pytest.mark.django_db


def rows_of(name):
    with (Path(__file__).parent / "content" / "data" / name).open(newline="", encoding="utf-8") as table:
        return list(csv.DictReader(table))


def queries(name):
    return [(row["query"], row["accepted"].split("|")) for row in rows_of(name)]


QUERIES = queries("queries.csv")
QUERY_FILES = [
    "queries.csv", "queries_heldout.csv", "queries_reported.csv", "queries_fresh.csv", "queries_unseen.csv",
    "queries_blind.csv", "queries_blind_kept.csv", "queries_blind3.csv", "queries_blind4.csv",
]  # fmt: skip


def label(hit):
    if hit.kind == "error":
        return f"{hit.codes[0]:03}"
    return hit.found.slug if hit.kind == "group" else hit.found.label


def found(query):
    return [label(hit) for hit in search.search(query).in_order]


def page_of(entry):
    """Return the slug or the number of the page that a query goes straight to, or None."""
    return getattr(entry, "slug", None) or getattr(entry, "label", None)


def first(query):
    return next(iter(found(query)), None)


# Straight to the page


@pytest.mark.parametrize("query", ["404", " 404 ", "４０４"])
def test_a_bare_number_goes_straight_to_its_page(client, query):
    assertRedirects(client.get("/search/", {"q": query}), "/404/")
    assertRedirects(client.get("/en/search/", {"q": query}), "/en/404/")


@pytest.mark.parametrize(
    "query",
    ["HTTP 404", "http/1.1 404", "HTTP/2 404", "status code: 404", "error 404", "404 에러", "상태코드 404", "404번",
     "#404", "404 not found", "nginx 404", "HTTP/1.1 404 Not Found"],
)  # fmt: skip
def test_a_number_among_words_goes_straight_to_its_page_which_links_to_the_other_results(client, query):
    answer = client.get("/search/", {"q": query})
    assert answer.status_code == 302
    assert answer.url.startswith("/404/?q=")
    page = client.get(answer.url)
    way_back = next(line for line in page.content.decode().splitlines() if "all=1" in line)
    address = way_back.split('href="')[1].split('"')[0].replace("&amp;", "&")
    assert client.get(address).status_code == 200


@pytest.mark.parametrize("query", ["433", "HTTP 433", "error 433"])
def test_a_number_that_is_not_registered_goes_to_the_page_that_says_so(client, query):
    assertRedirects(client.get("/search/", {"q": query}), "/433/", target_status_code=404)


@pytest.mark.parametrize("query", ["²⁰⁴", "٤٠٤", "4040", "40 4", "4_0_4", "404.5.1", "10:00:404", "4e2"])
def test_what_is_not_a_three_digit_number_is_not_taken_for_one(client, query):
    assert client.get("/search/", {"q": query}).status_code == 200


@pytest.mark.parametrize(
    "query", ["401 403", "401 vs 403", "403, 401", "401과 403 차이", "401/403", "401-403", "401,403"]
)
def test_two_numbers_lead_to_the_page_that_compares_them(client, query):
    answer = client.get("/search/", {"q": query})
    assert answer.status_code == 302
    assert answer.url.startswith("/vs/401-403/")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("HTTP/1.1 404 Not Found", 404),
        ("HTTP/2 301\nlocation: https://example.com/\ncontent-length: 162", 301),
        ("HTTP/1.1 503 Service Unavailable\r\nRetry-After: 120\r\nContent-Length: 200", 503),
        ('127.0.0.1 - - [23/Nov/2026:10:00:00 +0900] "GET /api/users/100 HTTP/1.1" 502 157', 502),
        ('10.0.0.200 - kim [23/Nov/2026:10:00:00 +0900] "POST / HTTP/2.0" 499 0 "-" "curl/8.5.0"', 499),
        ("requests.exceptions.HTTPError: 429 Client Error: Too Many Requests for url: https://a.example/200", 429),
        ("urllib.error.HTTPError: HTTP Error 403: Forbidden", 403),
        ("httpx.HTTPStatusError: Server error '500 Internal Server Error' for url 'https://a.example:443/'", 500),
        ("AxiosError: Request failed with status code 422", 422),
        ("curl: (22) The requested URL returned error: 403", 403),
        ("net::ERR_ABORTED 404 (Not Found)", 404),
        ("GET https://a.example:8443/v1 net::ERR_HTTP_RESPONSE_CODE_FAILURE 504 (Gateway Timeout)", 504),
    ],
)
def test_pasted_text_leads_to_its_status_code(client, text, code):
    assert extract_codes(normalise(text)) == [code]
    assert client.get("/search/", {"q": text}).url.startswith(f"/{code}/")


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("사공사", 404),
        ("사백사", 404),
        ("오백", 500),
        ("오공이 에러", 502),
        ("사백이십구번", 429),
        ("삼영일", 301),
        ("사백십", 410),
    ],
)
def test_a_number_in_korean_words_leads_to_its_code(client, said, code):
    assert client.get("/search/", {"q": said}).url.startswith(f"/{code}/")


@pytest.mark.parametrize("text", ["오백이 떠요", "오백원", "백엔드 오류", "사이공항", "이백만"])
def test_a_word_that_only_begins_like_a_number_is_not_one(text):
    assert extract_codes(text) == []


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("파일 업로드 용량", 413),
        ("네트워크 오류", 0),
        ("연결 끊김", 0),
        ("헤더가 너무 큼", 431),
        ("gdpr", 451),
        ("dmca", 451),
    ],
)
def test_everyday_words_find_their_code_first(query, code):
    assert next(hit.found.number for hit in search.search(query).in_order if hit.kind == "code") == code


# Ranked results


@pytest.fixture(scope="module")
def search_once(django_db_setup):
    """The search of the loaded catalogue's index that looks for a query once: other tests have asked for it too."""
    return cache(search.current._cache.index.search)


@pytest.fixture
def searching_once(search_once, monkeypatch):
    """Let queries that have been looked for be answered as before."""
    monkeypatch.setattr(search.current_index(), "search", search_once)


def first_label(results):
    """Return the label of the page where Enter leads, or of the first result."""
    if results.unassigned is not None:
        return f"{results.unassigned:03}"
    return page_of(results.direct) or next(iter(map(label, results.in_order)), "∅")


def test_a_products_name_beside_one_of_its_codes_leads_to_that_code():
    assert first_label(search.search("proxy-status: edge.example; error=dns_timeout")) == "504"


@pytest.mark.content
def test_an_identifier_in_a_line_of_code_finds_its_code():
    codes = defaultdict(set)
    for each in Identifier.objects.select_related("code").filter(identifier__regex=r"^[A-Za-z_]{2,}[.:]+\w{5,}$"):
        codes[each.identifier].add(each.code.label)
    lines = {f"    throw new AppError({name}, message);": codes[name] for name in sorted(codes)[::4]}
    assert len(lines) > 200
    missed = [line for line, labels in lines.items() if first_label(search.search(line)) not in labels]
    assert len(missed) <= 0.02 * len(lines), missed


@pytest.mark.content
@pytest.mark.parametrize("name", QUERY_FILES)
def test_what_people_type_and_paste_finds_an_accepted_page_first(name, searching_once):
    rows = queries(name)
    at_one = sum(first_label(search.search(query)) in accepted for query, accepted in rows)
    assert at_one >= 0.97 * len(rows)


@pytest.mark.content
@pytest.mark.parametrize(
    ("origin", "at_one", "at_three"),
    [
        ("written", 0.9, 0.97), ("thread", 0.9, 0.97), ("later", 0.9, 0.97), ("learned", 0.9, 0.97),
        ("kept", 0.9, 0.97), ("blind", 0.9, 0.97), ("blind_kept", 0.9, 0.97),
        ("blind3", 0.9, 0.97), ("blind4", 0.9, 0.97), ("blind5", 0.9, 0.97),
    ],
)  # fmt: skip
def test_a_question_which_code_to_return_finds_its_situation(origin, at_one, at_three):
    firsts, found_at_all = [], []
    rows = [row for row in rows_of("questions.csv") if row["origin"] == origin]
    for row in rows:
        hits = search.search(row["question"]).in_order
        slugs = [hit.found.slug for hit in hits if hit.kind == "situation"][:3]
        fitting = row["situations"].split("|")
        firsts.append(any(slug in fitting for slug in slugs[:1]))
        found_at_all.append(any(slug in fitting for slug in slugs))
    assert sum(firsts) >= at_one * len(rows)
    assert sum(found_at_all) >= at_three * len(rows)


@pytest.mark.content
def test_what_happened_told_in_a_few_words_finds_a_situation_with_a_fitting_code():
    firsts = []
    for row in rows_of("questions_brief.csv"):
        situations = (hit.found for hit in search.search(row["question"]).in_order if hit.kind == "situation")
        best = next(situations, None)
        firsts.append(best is not None and str(best.answer_id) in row["accepted"].split("|"))
    assert sum(firsts) >= 0.95 * len(firsts)


def test_a_sentence_with_a_semicolon_is_a_question_and_no_programs_output():
    query = "A PATCH came in with an old version number in If-Match; somebody else saved the document a minute ago"
    assert "if-match-fails" in [hit.found.slug for hit in search.search(query).in_order if hit.kind == "situation"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("SyntaxError: Unexpected end of JSON input at parse (/app/body-parser/lib/types/json.js:9:1)", 400),
        ('{"level":"error","logger":"http.log.error","msg":"dial tcp 10.0.0.4:80: connect: connection refused"}', 502),
        ("http: panic serving 10.1.0.9:52110: runtime error: index out of range", 0),
    ],
)
def test_the_program_that_speaks_tells_whose_error_it_is(text, code):
    assert search.search(text).in_order[0].codes[0] == code


@pytest.mark.content
@pytest.mark.parametrize("name", QUERY_FILES)
def test_enter_leads_to_the_first_suggestion(name, client, searching_once, monkeypatch):
    contexts = []

    def take(request, template, context):
        contexts.append(context)
        return HttpResponse()

    # What the page is made from is enough: to render hundreds of pages takes most of the time.
    monkeypatch.setattr(import_module("codes.views.search"), "render", take)
    for query, _accepted in queries(name):
        suggestions = client.get("/search/suggest/", {"q": query}).json()["results"]
        answer = client.get("/search/", {"q": query})
        if answer.status_code == 302 and not answer.url.startswith("/search/"):
            assert answer.url.partition("?")[0] == suggestions[0]["url"], query
            continue
        if answer.status_code == 302:
            answer = client.get(answer.url)
            assert answer.status_code == 200, query
        results = contexts.pop()["results"].in_order
        # Which of the codes of an error's text is meant, only the pasted text tells.
        codes = {label(hit) for hit in results[:1]} | {f"{code:03}" for hit in results[:1] for code in hit.codes}
        assert {each["label"] for each in suggestions[:1]} <= codes, query
        assert bool(results) == bool(suggestions)


@pytest.mark.content
def test_inputs_that_have_nothing_to_do_with_http_find_nothing():
    inputs = [row["input"] for row in rows_of("inputs_without_http.csv")]
    found_something = [
        text for text in inputs if (results := search.search(text)).hits or results.unassigned is not None
    ]
    assert len(inputs) >= 80
    assert len(found_something) <= 0.05 * len(inputs)


@pytest.mark.parametrize(
    "text",
    [
        "connect() failed (111: Connection refused) while connecting to upstream", "[Errno 110] Connection timed out",
        "exit status 128", "Process exited with exit code 137", "OOMKilled (137)", "npm ERR! errno 243", "port 443",
        'File "views.py", line 403', "too many requests (worker 731)", "request id 9f3a731bc2 too many requests",
        "haproxy[463]: proxy started", "404 packages are looking for funding",
        "[notice] 404#404: signal process started", "[info] 12#12: *500 client keepalive timeout",
        "bytes_sent=404 conn=503",
        '"duration_ms": 410, "content-length": 512',
    ],
)  # fmt: skip
def test_other_numbers_are_no_status_codes(text, client):
    assert search.search(text).number is None
    answer = client.get("/search/", {"q": text})
    assert answer.status_code == 200 or answer.url.startswith("/search/")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (
            "proxy haproxy[463]: 192.0.2.2:36122 [15/Aug/2016:14:04:01] a b/<NOSRV> -1/-1/-1/-1/5 400 187 - - CR-- 1/1",
            400,
        ),
        ("status.is(200), but actually found 404", 404),
        ("HTTP/1.1 200 Connection established\n\nHTTP/1.1 407 Proxy Authentication Required", 407),
        ("2026-02-03 04:05:06 10.0.0.5 GET /a.aspx - 443 - 192.0.2.9 Mozilla/5.0 - 500 19 13 2", 500),
        ("403.14", 403),
        ("404.13", 404),
        ("(404, 'Not Found')", 404),
        ("got 503 for https://a.example/latest.json", 503),
        ('[2026-02-03T04:05:06.007Z] "POST /a HTTP/1.1" 503 UO upstream_overflow - "-" 310 81 0 - "192.0.2.9"', 503),
        ("1770091506.114    410 192.0.2.9 TCP_MISS/503 4310 GET http://a.example/ - HIER_NONE/- text/html", 503),
        (
            "2026-02-03\t04:05:06\tICN54-C1\t512\t192.0.2.9\tGET\td1.cloudfront.net\t/a\t502\t-\tcurl\t-\t-\tError\ta=",
            502,
        ),
        ("04:05:06 | 404 |  410.3μs | 192.0.2.9 | GET | /a", 404),
        ('I0203 04:05:06.007 310 httplog.go:132] "HTTP" verb="GET" URI="/a" latency="410ms" resp=500', 500),
    ],
)
def test_of_several_numbers_the_surest_place_counts(text, code):
    assert search.search(text).direct.number == code


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("5..", ["5xx"]), (r"5\d\d", ["5xx"]), ("5**", ["5xx"]), ("[45]xx", ["4xx", "5xx"]), (">= 500", ["5xx"]),
        ("status >= 400", ["4xx"]), ('rate(http_requests_total{code=~"5.."}[5m]) > 0.05', ["5xx"]),
        ('2 retries > 200 * {status=~"4.."}', ["4xx"]), ("[0-9]{3} 5[0-9]{2}", ["5xx"]),
    ],
)  # fmt: skip
def test_a_pattern_of_codes_means_the_class(query, expected):
    assert found(query)[: len(expected)] == expected


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("raise werkzeug.exceptions.MethodNotAllowed", "405"),
        ('"errno": "HPE_HEADER_OVERFLOW", "type": "system"', "431"),
        ("dial tcp 192.0.2.1:9000: connection refused", "000"),
        ("render json: {}, status: :payload_too_large", "413"),
        ("Caused by: java.net.ConnectException: Connection refused", "000"),
        ("Method: GET Reason: Unauthorized StatusCode Unauthorized", "401"),
        (
            "2026/02/03 04:05:06 [error] 404#404: *551 upstream timed out (110: Connection timed out) while "
            "reading response header from upstream, client: 192.0.2.9",
            "504",
        ),
        ("Lambda execution failed with status 200 due to customer function error: Task timed out", "502"),
        ("[WinError 10061] 由于目标计算机积极拒绝，无法连接。", "000"),
        ("OptimisticLockingFailureException: Cannot save entity", "409"),
        ("CircuitBreaker 'pay' is HALF_OPEN and does not permit further calls", "503"),
    ],
)
def test_a_name_inside_pasted_text_is_looked_up(text, code):
    assert first_label(search.search(text)) == code


FRAMEWORKS = [
    "java.lang.NullPointerException\n\tat com.a.UserController.show(UserController.java:404)\n"
    "\tat org.springframework.web.servlet.DispatcherServlet.doDispatch(DispatcherServlet.java:1089)",
    'Traceback (most recent call last):\n  File "/a/django/core/handlers/exception.py", line 55, in inner\n'
    "    response = get_response(request)\nTypeError: unsupported operand type(s)",
    "TypeError: Cannot read properties of undefined (reading 'id')\n    at /app/users.js:14:28\n"
    "    at Layer.handle [as handle_request] (/app/node_modules/express/lib/router/layer.js:95:5)",
    "NoMethodError (undefined method `name' for nil:NilClass):\n  app/controllers/users_controller.rb:12:in `show'\n"
    "  actionpack (7.0.4) lib/action_controller/metal/basic_implicit_render.rb:6:in `send_action'",
    "System.NullReferenceException: Object reference not set\n   at Shop.Orders.Get(Int32 id)\n"
    "   at Microsoft.AspNetCore.Mvc.Infrastructure.ActionMethodExecutor.Execute(ActionContext context)",
    "ErrorException: Undefined variable $user\n"
    "#0 /var/www/vendor/laravel/framework/src/Illuminate/Foundation/Http/Kernel.php(200): send()",
    "panic: runtime error: index out of range [3] with length 3\ngithub.com/labstack/echo/v4.(*Echo).ServeHTTP(0xc00)",
    "** (KeyError) key :name not found\n    (phoenix 1.7.10) lib/phoenix/router.ex:432: Phoenix.Router.__call__/5",
]


@pytest.mark.parametrize("trace", FRAMEWORKS)
def test_an_exception_that_a_framework_met_while_it_handled_a_request_means_500(trace):
    assert first_label(search.search(trace)) == "500"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("org.springframework.web.bind.MethodArgumentNotValidException: Validation failed for argument [0]", "400"),
        ("com.a.ConflictException: somebody else saved it", "409"),
        ("java.net.ConnectException: Connection refused", "000"),
    ],
)
def test_what_an_exception_says_goes_before_the_framework_that_met_it(said, code):
    frame = "\tat org.springframework.web.servlet.DispatcherServlet.doDispatch(DispatcherServlet.java:1089)"
    assert first_label(search.search(f"{said}\n{frame}")) == code


def test_a_field_of_an_error_names_its_code():
    assert first_label(search.search("PlatformException(functionsError, failed, {code: UNAUTHENTICATED})")) == "401"


def test_what_somebody_quotes_is_the_message_that_they_saw():
    assert first("회원가입 API 쏘면 '잘못된 요청입니다' 만 오고 뭐가 틀렸는지 안 알려줘요") == "400"


def test_words_that_the_catalogue_does_not_know_are_left_out():
    assert first("토큰 만료") == first("우리 회사 액세스 토큰 만료 에러") == "401"


def test_a_header_is_a_header_where_it_is_named_as_one():
    assert first("Accept header media type is unsupported") == "406"
    assert "426" not in found("connection to the upstream server was refused: connection refused")


def test_the_page_says_where_results_are_merely_similar(client):
    assertContains(client.get("/search/", {"q": "kubernetes operator pattern"}), "비슷한 것")
    assertNotContains(client.get("/search/", {"q": "too many requests"}), "비슷한 것")


def test_the_page_says_how_it_read_the_query(client):
    assertContains(client.get("/search/", {"q": "rnjsgks djqtdma"}), "‘권한 없음’ 검색 결과를 보여 드립니다.")
    answer = client.get("/search/suggest/", {"q": 'a.example - - [x] "GET /a HTTP/1.1" 502 157 "-" "curl/8.5.0"'})
    assert answer.json()["understood"] == "접속 로그에서 502번을 읽었습니다."


@pytest.mark.parametrize(
    "query", ["not found", "권한이 없음", "upstream", "rnjsgks djqtdma", "to many request", "ㄱㅎㅇㅇ"]
)
def test_every_result_shows_why_it_is_there(query, client):
    sections = dict(client.get("/search/", {"q": query}).context["sections"])
    for row in [*sections.get("class", ()), *sections.get("code", ())]:
        assert row["reason"] or row["mark"]
    assert all(hit.text or hit.kind == "error" or hit.rank.score < 0 for hit in search.search(query).in_order)


# What is pasted stays private

SECRETS = "192.0.2.77 kim@example.com token=abcdef0123456789 /users/kim"


@pytest.mark.parametrize(
    "text",
    [
        f'{SECRETS} - - [23/Nov/2026:10:00:00 +0900] "GET /users/kim HTTP/1.1" 502 157 "-" "curl/8.5.0"',
        f"{SECRETS}\nupstream server error: connection refused",
        f"{SECRETS}\nnothing of note",
        f"connect() failed (111: Connection refused) while connecting to upstream, client: {SECRETS}, upstream: http://x",
        "kim@example.com cannot log in",
    ],
)
def test_no_address_has_what_was_pasted(text, client):
    for path in ("/search/", "/search/?all=1"):
        answer = client.get(path, {"q": text} | ({"all": "1"} if "all" in path else {}))
        assert answer.status_code == 302
        assert answer["Cache-Control"] == "no-store"
        for secret in ("192", "kim", "abcdef", "example"):
            assert secret not in answer.url
        answer = client.get(answer.url)
        assert answer.status_code in (200, 404)  # and no further redirect


def test_a_status_line_is_found_after_the_lines_of_tls(client):
    text = "\n".join(f"* TLSv1.3 (OUT), TLS handshake, step {number}" for number in range(300))
    answer = client.get("/search/", {"q": f"{text}\n< HTTP/2 429 \n< retry-after: 3"[-19_000:]})
    assertRedirects(answer, "/429/")


@pytest.mark.parametrize("query", ["4xx", "4XX", " 4Xx ", "４ｘｘ", "400번대", "400 번대", "400번대 에러", "4xx 에러"])
def test_a_class_comes_first_and_its_codes_after_it(client, query):
    assert client.get("/search/", {"q": query}).status_code == 200  # and not the page of 400
    results = found(query)
    assert results[0] == "4xx"
    assert {"400", "404", "451"} <= set(results)
    assert "500" not in results


def test_the_beginning_of_a_number_finds_the_codes_that_begin_with_it():
    results = search.search("41").sections[0][1]
    assert [hit.found.number for hit in results][:9] == list(range(410, 419))
    assert found("40")[0] == "400"


@pytest.mark.content
def test_every_name_finds_its_code_first():
    for code in StatusCode.objects.exclude(registration_status="vendor"):
        for name in (code.name_ko, code.name_en):
            best = next(hit.found for hit in search.search(name).in_order if hit.kind != "error")
            assert name in (best.name_ko, best.name_en), name


@pytest.mark.content
def test_every_korean_name_is_found_by_its_initials_by_its_keys_and_without_spaces():
    for code in StatusCode.objects.exclude(registration_status="vendor"):
        compacted = compact(code.name_ko)
        ways = [compacted, hangul.keys(compacted)]
        ways += (
            [hangul.initials(compacted)]
            if len(compacted) > 2 and hangul.typed_initials(hangul.initials(compacted))
            else []
        )
        for way in ways:
            names = [getattr(hit.found, "name_ko", "") for hit in search.search(way).hits[:5]]
            assert code.name_ko in names, (code.name_ko, way)


def test_every_class_is_found_by_its_name():
    for category in Category.objects.all():
        assert category in [hit.found for hit in search.search(category.name_ko).hits]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("찾을수없음", "404"),
        ("not-found", "404"),
        ("인증 필요", "401"),
        ("Payload Too Large", "413"),
        ("i'm a teapot", "418"),
        ("HttpResponseNotAllowed", "405"),
        ("http.StatusConflict", "409"),
        ("StatusCode::IM_A_TEAPOT", "418"),
        (":unprocessable_entity", "422"),
        ("Proxy-Authenticate", "407"),
        ("unauthrized", "401"),
        ("gatway timeout", "504"),
        ("찾을수업씀", "404"),
        ("ㄱㅈㅎㅇ", "402"),
        ("클라이언트 오류", "4xx"),
        ("찾으", "404"),
    ],
)
def test_what_people_type_finds_its_page_first(query, expected):
    if query == "ㄱㅈㅎㅇ":
        query = hangul.initials("결제필요")
    assert first(query) == expected


def test_ordinary_words_do_not_find_far_fetched_codes():
    for query in ["바나나 우유", "kubernetes operator pattern", "오늘 점심 메뉴", "xyzzy plugh"]:
        assert len(found(query)) <= 3, found(query)


# What must not matter

PLAIN = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=60)
# Without identifiers: where their words begin is told by the case of letters alone.
WORDS = st.sampled_from([query for query, _ in QUERIES if not re.search("[a-z][A-Z]|HTTP|[0-9]{3}", query)])
many = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@given(PLAIN)
@many
def test_no_text_makes_search_fail(text):
    search.search(text)
    search.highlight("찾을 수 없음 (Not Found)", text)


@given(WORDS, st.sampled_from(["NFC", "NFD"]), st.booleans(), st.sampled_from(["", " ", "　", "\t"]))
@many
def test_what_is_found_does_not_depend_on_edges_case_or_unicode_form(query, form, upper, edge):
    other = edge + unicodedata.normalize(form, query.upper() if upper else query) + edge
    assert found(other) == found(query)


@pytest.mark.parametrize(
    "name", ["찾을 수 없음", "내부 서버 오류", "요청이 너무 많음", "too many requests", "bad gateway"]
)
def test_spacing_does_not_change_the_first_result(name):
    assert first(name.replace(" ", "")) == first(name) == first(name.replace(" ", "   "))


# The page


def test_results_are_grouped_marked_and_give_their_reason(client):
    page = client.get("/search/", {"q": "payload too"})
    assertContains(page, "<mark>Payload Too</mark> Large")
    assertContains(client.get("/search/", {"q": "찾을수"}), "<mark>찾을 수</mark>")


def test_script_in_the_query_is_shown_as_text(client):
    page = client.get("/search/", {"q": '<script>alert("1")</script>'})
    assertNotContains(page, "<script>alert")
    assertContains(page, "&lt;script&gt;")


@pytest.mark.parametrize("query", ["", " ", "zzzzqqq", "!!!", "\u202e", "ㅤ", "%", "\ud7ff", "9" * 300, "가" * 1000])
def test_a_search_without_results_offers_a_way_out(client, query):
    page = client.get("/search/", {"q": query}, follow=True)
    assert page.status_code in (200, 400)
    assertContains(page, 'href="/4xx/"', status_code=page.status_code)


@pytest.mark.parametrize("query", ["%FF", "%ED%A0%80", "%zz", "%", "%E2%80%AE%F0%9F"])
def test_broken_encoding_causes_no_error(client, query):
    for path in ("/search/", "/search/suggest/", "/search/completions/"):
        assert client.get(f"{path}?q={query}").status_code == 200


def test_the_query_stays_in_the_field(client):
    assertContains(client.get("/search/", {"q": "없음"}), 'value="없음"')


# Suggestions


def test_suggestions_come_in_the_order_of_the_page(client):
    answer = client.get("/search/suggest/", {"q": "인증"})
    assert answer["Content-Type"] == "application/json"
    assert "public" in answer["Cache-Control"]
    data = answer.json()
    assert data["query"] == "인증"
    assert [each["label"] for each in data["results"]] == found("인증")[:10]
    assert {"url", "label", "name", "kind"} <= set(data["results"][0])


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("404", {"url": "/404/", "label": "404", "name": "찾을 수 없음", "kind": "code"}),
        ("4xx", {"url": "/4xx/", "label": "4xx", "name": "실패 (클라이언트 오류)", "kind": "class"}),
        ("401 403", {"url": "/vs/401-403/", "label": "401-403", "kind": "group"}),
    ],
)
def test_a_suggestion_names_page_label_and_kind(client, query, expected):
    suggestion = client.get("/search/suggest/", {"q": query}).json()["results"][0]
    assert expected.items() <= suggestion.items()
    assert client.get("/en/search/suggest/", {"q": query}).json()["results"][0]["url"] == f"/en{expected['url']}"


def test_there_are_at_most_ten_suggestions(client):
    assert len(client.get("/search/suggest/", {"q": "4xx"}).json()["results"]) == 10


def test_how_a_pasted_text_was_read_comes_with_an_address_of_all_results_that_has_nothing_of_it(client):
    text = f'{SECRETS} - - [x] "GET /users/kim HTTP/1.1" 502 157 "-" "curl/8.5.0"'
    data = client.get("/en/search/suggest/", {"q": text}).json()
    assert data["understood"] == "Read 502 from an access log."
    assert data["more"]["url"] == "/en/search/?all=1&q=502"
    assertContains(client.get(data["more"]["url"]), "Bad Gateway")
    assert "more" not in client.get("/search/suggest/", {"q": "502 에러"}).json()


def test_an_empty_field_has_no_suggestions(client):
    assert client.get("/search/suggest/").json() == {"query": "", "understood": "", "results": []}


def test_the_address_bar_gets_its_own_format(client):
    answer = client.get("/en/search/completions/", {"q": "teapot"})
    assert answer["Content-Type"] == "application/x-suggestions+json"
    query, titles, names, addresses = json.loads(answer.content)
    assert query == "teapot"
    assert titles[0] == "418 I'm a teapot"
    assert addresses[0] == "https://status.example/en/418/"
    assert len(titles) == len(names) == len(addresses)
    assertContains(client.get("/en/opensearch.xml"), "https://status.example/en/search/completions/?q={searchTerms}")


def test_a_warm_suggestion_asks_the_database_for_the_revision_only(client, django_assert_num_queries):
    client.get("/search/suggest/", {"q": "인증"})
    with django_assert_num_queries(2):
        client.get("/search/suggest/", {"q": "not found"})
        client.get("/search/", {"q": "권한이 없음"})


# Following edits


def test_search_follows_an_edit(make_code, monkeypatch):
    # An index of the whole catalogue three times takes most of the time.
    monkeypatch.setattr("codes.search.index.read_catalogue", lambda: [("code", StatusCode.objects.filter(category=4))])
    assert "433" not in found("새로 만든 코드")
    make_code(433, name_ko="새로 만든 코드")
    assert found("새로 만든 코드")[0] == "433"
    code = StatusCode.objects.get(number=433)
    code.aliases.create(phrase="Brand New Phrase", used_by="us")
    assert first("brand new phrase") == "433"
    code.delete()
    assert "433" not in found("새로 만든 코드")


# What any query may cost


class CountedText(str):
    """A text that counts how often something is looked for in it."""

    looks = 0

    def find(self, *arguments):
        CountedText.looks += 1
        return str.find(self, *arguments)


HOSTILE = ["e e e e e e e a", "e t a o i n s h", "이 다 의 는 을 에 서 가", "er in an re he on th at", "the a an e i o"]


@pytest.mark.parametrize("query", HOSTILE)
def test_a_query_looks_at_each_text_a_few_times_at_most(query, monkeypatch):
    index = search.current_index()
    for haystack in (index.letters.plain_haystack, index.letters.keys_haystack, index.letters.initials_haystack):
        monkeypatch.setattr(haystack, "whole", CountedText(haystack.whole))
    monkeypatch.setattr(CountedText, "looks", 0)
    index.search(query)
    # Two looks find a text and its end; a query is matched twice, with and without words that say little.
    assert CountedText.looks < 6 * len(index.texts)


def test_no_query_takes_long():
    index = search.current_index()
    longest = [
        *HOSTILE,
        "가" * 20_000,
        "a: b\n" * 4000,
        "http 500 " * 2000,
        "not found " * 2000,
        "1/1/1/1/1 " * 2000,
        "가" * 1000,
        "404 " * 250,
        "error code: " * 90,
        "ㄱㄴㄷ" * 300,
        "서버가요청을처리할수없어" * 9,
        "4|" * 10_000,
        "code" * 5000,
        "status==>" * 2200,
        "404 " + "status-" * 2800,
        "\u0344" * 20_000,  # two characters each, once they are normalised
        ". " * 6000 + " ".join(sorted((error.text for error in ErrorText.objects.all()), key=len))[:8000],
    ]

    def seconds(query):
        began = time.process_time()
        for hit in index.search(query).in_order:
            search.highlight(hit.text, query)
        return time.process_time() - began

    # A busy machine gets another chance: what is caught here takes seconds each time.
    assert [query[:80] for query in longest if not any(seconds(query) < 0.2 for _attempt in range(3))] == []


def distance_by_table(wanted, text, limit):
    """The textbook's way to the distance, cell by cell."""
    table = [[0] * (len(text) + 1)]
    for row, key in enumerate(wanted, start=1):
        table.append([row])
        for column, other in enumerate(text, start=1):
            cost = min(table[row - 1][column] + 1, table[row][-1] + 1, table[row - 1][column - 1] + (key != other))
            if row > 1 and column > 1 and key == text[column - 2] and wanted[row - 2] == other:
                cost = min(cost, table[row - 2][column - 2] + 1)
            table[row].append(cost)
    return min(table[-1]) if min(table[-1]) <= limit else None


@given(st.text("abc", min_size=1, max_size=12), st.text("abcd", max_size=24), st.integers(0, 6))
def test_the_distance_is_the_textbooks(wanted, text, limit):
    assert edit_distance(wanted, text, limit) == distance_by_table(wanted, text, limit)


# While the index is built


@pytest.fixture
def building(monkeypatch):
    """An index that another thread builds until the event is set, beside an older one."""
    begun, go_on = threading.Event(), threading.Event()
    search.current_index()
    cache = search.current._cache
    newest = cache.revision + 1
    monkeypatch.setattr(cache, "read_revision", lambda: newest)
    index, small = search.Index, [("class", list(Category.objects.all()))]

    def build():
        begun.set()
        go_on.wait(timeout=20)
        return index(small)

    monkeypatch.setattr(search.current, "Index", build)
    builder = threading.Thread(target=search.current_index)
    builder.start()
    assert begun.wait(timeout=10)
    yield lambda: [go_on.set(), builder.join(timeout=10)]
    go_on.set()
    builder.join(timeout=10)


def test_searches_go_on_with_the_old_index_while_a_new_one_is_built(building, client):
    old = search.current._cache.index
    assert search.current_index() is old
    for address in ("/search/?q=gateway", "/search/suggest/?q=gateway", "/search/completions/?q=gateway"):
        page = client.get(address)
        assert (page.status_code, page["Cache-Control"]) == (200, "no-store")
    building()
    assert search.current_index() is not old
    assert "public" in client.get("/search/?q=gateway")["Cache-Control"]


def test_searches_go_on_with_the_old_index_if_a_new_one_cannot_be_built(monkeypatch, client):
    search.current_index()
    newest = search.current._cache.revision + 1
    monkeypatch.setattr(search.current._cache, "read_revision", lambda: newest)

    def fail():
        raise OperationalError("canceling statement due to lock timeout")

    monkeypatch.setattr(search.current, "Index", fail)
    page = client.get("/search/?q=gateway")
    assert (page.status_code, page["Cache-Control"]) == (200, "no-store")
    monkeypatch.setattr(search.current._cache, "index", None)
    client.raise_request_exception = False
    assert client.get("/search/?q=gateway").status_code == 503
