"""Reading pasted logs: every format, what stands out, and input that means harm."""

import json
import subprocess
from pathlib import Path

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from codes.diagnosis import diagnose
from codes.diagnosis.logs import formats, patterns, read_log
from codes.diagnosis.logs.lines import fold_path
from codes.diagnosis.logs.tallies import Tally
from codes.tests.tools_needed import needs_node
from codes.tests.yaml_files import read_yaml

LOGS = Path(__file__).parent / "content" / "data" / "logs"
CASES = read_yaml(LOGS / "formats.yaml")
REFUSED = (
    "2026/11/25 10:01:22 [error] 31#31: *1 connect() failed (111: Connection refused) while connecting to upstream, "
    'client: 203.0.113.7, server: api.example.com, request: "GET /products/1024 HTTP/1.1", '
    'upstream: "http://127.0.0.1:8080/products/1024", host: "api.example.com"'
)


def access(minute, status=200, path="/"):
    return f'192.0.2.1 - - [25/Nov/2026:10:{minute:02}:00 +0900] "GET {path} HTTP/1.1" {status} 5 "-" "curl/8.5.0"'


HOSTILE = [
    access(1, 500, "/\u202etxt.exe\u2066"),
    '{"ts": 999999999999, "status": 502, "method": "GET", "uri": "/"}',
    '192.0.2.7 - - [31/Dec/9999:23:59:60 +0000] "GET / HTTP/1.1" 502 0',
    "\x00" * 100,
    "a" * 300_000,
    '{"ts": 1795600000, "status": 500, "uri": "/\\ud800\\u0000<script>alert(1)</script>"}',
    "[" * 20_000,
    '{"a":' * 3_000,
    '{"status": 404, "uri": "/", "ts": ' + "9" * 400 + "}",
    '{"status": 1e999, "uri": "/", "ts": NaN}',
    "\x1b[31mGET /<img src=x onerror=alert(1)> 500 1.1 ms - 5\x1b[0m",
    access(1, 500, "/" + "a0/" * 4_000),
    access(1, 500, "/%00\x00\x85"),
    REFUSED.replace("Connection refused", "</code><script>"),
    '- - - [99/Foo/9999:99:99:99 +0000] "\\"\\\\" 999 -',
    "status= method= path= " * 700,
]


@pytest.fixture(scope="module")
def outage():
    """A log of an hour in which 502 came in two minutes, among good lines and a bot's requests."""
    lines = [access(minute, path=f"/products/{minute}") for minute in range(60)]
    lines += [access(minute, 502, f"/products/{number}") for minute in (31, 32) for number in range(20)]
    lines += [access(minute, 404, "/wp-login.php") for minute in range(0, 60, 10)]
    return "\n".join([*lines, access(40, 499), "not a line of a log <b>"])


def tally_of(lines):
    tally = Tally()
    for line in lines:
        tally.add(line)
    return tally


def page(text):
    return render_to_string("codes/includes/log_report.html", {"report": read_log(text)})


@pytest.mark.parametrize("case", CASES, ids=[case["format"] for case in CASES])
def test_every_line_of_a_documented_format_is_read(case):
    tally = tally_of(case["lines"])
    assert (tally.unread, list(tally.labels)) == (0, [case["label"]]), tally.samples
    statuses = sorted(number for number, status in tally.statuses.items() for _line in range(status.count))
    assert statuses == sorted(case["statuses"])
    assert sum(tally.labels.values()) >= 10


def test_every_format_of_the_table_has_its_documented_lines():
    labels = {case["label"] for case in CASES}
    assert {form.label for form in formats.FORMATS} <= labels
    assert {label for label, _names in formats.NAMED_BY} <= labels


@pytest.mark.django_db
def test_what_stands_out_comes_first(outage):
    report = read_log(outage)
    assert report.headline == "108줄 가운데 47줄을 살펴보세요"
    assert [row["label"] for row in report.rows] == ["502", "404", "499"]
    assert report.rows[0]["notes"] == ["10:31–10:32에 40줄이 몰렸습니다"]
    assert report.rows[0]["paths"] == [{"path": "/products/:id", "count": "40"}]
    assert report.rows[1]["notes"] == ["대개 취약점을 찾는 봇입니다"]
    assert [code["label"] for code in report.fine] == ["200"]
    assert report.next[0] == "10:31 앞뒤에 배포, 재시작, 설정 변경이 있었는지 확인합니다."
    assert report.unread == "읽지 못한 줄 1"
    assert report.samples == ["not a line of a log <b>"]


@pytest.mark.django_db
def test_a_code_that_only_logs_have_is_named_with_the_box_that_writes_it(outage):
    assert "nginx" in read_log(outage).rows[2]["log_only"]
    alb = next(case for case in CASES if case["format"] == "alb")
    rows = {row["label"]: row for row in read_log("\n".join(alb["lines"])).rows}
    for label in ("000", "460"):
        assert rows[label]["log_only"].endswith("AWS")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("format", "label", "value", "meaning"),
    [
        ("iis", "403", "403.14", "디렉터리"),
        ("haproxy", "500", "SH--", ""),
        ("envoy", "504", "UT", "제한 시간"),
        ("heroku", "503", "H12", "30초"),
        ("s3", "404", "NoSuchBucketPolicy", ""),
    ],
)
def test_finer_codes_of_products_are_shown_with_what_they_mean(format, label, value, meaning):
    case = next(case for case in CASES if case["format"] == format)
    (row,) = [row for row in read_log("\n".join(case["lines"])).rows if row["label"] == label]
    assert row["details"][0]["value"] == value
    assert meaning in row["details"][0]["meaning"]


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_report_is_shown_in_the_language_of_the_page(outage, language):
    with translation.override(language):
        html = page(outage)
    assert ("10:31–10:32에 40줄이" in html) == (language == "ko")
    assert ("40 of them from 10:31 to 10:32" in html) == (language == "en")
    assert "not a line of a log &lt;b&gt;" in html


@pytest.mark.django_db
def test_an_error_line_is_read_with_its_error_text_and_commands_for_its_upstream():
    (error,) = read_log(REFUSED).errors
    assert error["url"].startswith("/errors/nginx/#")
    assert [code["label"] for code in error["codes"]] == ["502"]
    assert [step["command"] for step in error["steps"]] == [
        "ss -ltnp | grep ':8080'",
        "curl -v http://127.0.0.1:8080/products/1024",
        "",
    ]
    assert [part["label"] for part in error["parts"]][-2:] == ["GET", "127.0.0.1:8080"]
    assert {"text": "http://127.0.0.1:8080/products/1024", "number": 5} in error["pieces"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "upstream", ["http://127.0.0.1:8080/$(reboot)", "http://a;reboot/", "unix:/run/`id`", "http://-x"]
)
def test_no_command_holds_what_a_shell_would_run(upstream):
    (error,) = read_log(REFUSED.replace("http://127.0.0.1:8080/products/1024", upstream)).errors
    commands = [step["command"] for step in error["steps"]]
    assert not any(sign in command for command in commands for sign in ("$", ";", "`", " -x", "reboot"))


@pytest.mark.django_db
def test_errors_that_differ_in_numbers_only_are_counted_together():
    report = read_log("\n".join(REFUSED.replace("1024", str(number)) for number in range(50)))
    assert [error["count"] for error in report.errors] == ["50줄"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text",
    [
        "",
        "HTTP/1.1 401 Unauthorized\nContent-Type: application/json\n\n{}",
        '{"type": "about:blank", "title": "Not Found", "status": 404, "detail": "No such order."}',
        "> GET / HTTP/1.1\n> Host: www.example.com\n< HTTP/1.1 200 OK",
        "net::ERR_CONNECTION_REFUSED",
        "Traceback (most recent call last):\n  File \"app.py\", line 404\nKeyError: 'id'",
        "왜 502가 나오나요?",
    ],
)
def test_what_is_no_log_is_left_to_others(text):
    assert read_log(text) is None


def test_addresses_are_counted_without_what_names_one_thing():
    assert fold_path("/users/42/orders/3fa85f64-5717-4562-b3fc-2c963f66afa6?token=secret") == "/users/:id/orders/:id"
    assert fold_path("https://shop.example/a/9f86d081884c7d65.png#top") == "/a/:id.png"
    assert fold_path("/v2/health-check") == "/v2/health-check"
    assert fold_path("/users/kim.lee@corp.example/a") == fold_path("/users/kim.lee%40corp.example/a") == "/users/:id/a"
    assert fold_path("/hosts/192.0.2.77/up") == "/hosts/:id/up"
    assert fold_path("/verify/eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJraW0ifQ.c2lnbmF0dXJl") == "/verify/:id"
    assert fold_path("/@vite/client") == "/@vite/client"


@needs_node
@pytest.mark.django_db
def test_addresses_are_folded_alike_in_the_browser(in_browser):
    log = "\n".join(
        access(1, 502, f"/{each}/a") for each in ("kim@corp.example", "192.0.2.77", "eyJhbGciOiJI.eyJz.c2ln")
    )
    [report] = in_browser("ko", ("log", log))
    assert report == json.loads(json.dumps(read_log(log).as_data()))
    assert "/:id/a` 3" in report["markdown"]


def test_memory_is_bounded_whatever_a_log_has():
    tally = tally_of(access(number % 60, path=f"/{chr(0xAC00 + number % 9000)}{number}x") for number in range(12_000))
    assert len(tally.statuses[200].paths) <= formats.MAX_PATHS
    tally = tally_of(f'{{"ts": {number * 1000 + 10**9}, "status": 200, "uri": "/"}}' for number in range(12_000))
    assert len(tally.statuses[200].buckets) <= formats.MAX_BUCKETS
    assert tally.statuses[200].count == sum(tally.statuses[200].buckets.values()) == 12_000


@pytest.mark.django_db
@pytest.mark.parametrize("line", HOSTILE, ids=range(len(HOSTILE)))
def test_input_that_means_harm_is_shown_as_text(line):
    html = page(f"{access(2)}\n{line}\n{line}")
    assert "<script>" not in html
    assert "<img" not in html
    assert "\u202e" not in html
    assert html.encode()


@pytest.fixture(scope="module")
def in_browser(django_db_setup, django_db_blocker):
    """Read texts as the browser's script does: a function of the language and of pairs of a way and a text."""
    with django_db_blocker.unblock():
        document = patterns.document()

    def read(language, *calls):
        asked = json.dumps({"patterns": document, "language": language, "calls": calls})
        script = Path(__file__).parent / "read_logs.mjs"
        answer = subprocess.run(["node", script], input=asked, capture_output=True, text=True, check=False)
        assert answer.returncode == 0, answer.stderr
        return json.loads(answer.stdout)

    return read


@needs_node
@pytest.mark.django_db
@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_browser_reads_every_log_as_the_server_does(in_browser, outage, language):
    texts = ["\n".join(case["lines"]) for case in CASES] + [f"{access(2)}\n{line}" for line in HOSTILE]
    texts += [outage, REFUSED, "no log"]
    reports = in_browser(language, *(("log", text) for text in texts))
    with translation.override(language):
        for text, report in zip(texts, reports, strict=True):
            expected = read_log(text)
            assert report == (expected and json.loads(json.dumps(expected.as_data()))), text[:200]


@needs_node
def test_a_file_is_read_alike_wherever_its_pieces_end(in_browser, outage):
    whole, pieces = in_browser("ko", ("log", outage), ("pieces", outage))
    assert pieces == whole


@needs_node
def test_a_recording_of_a_browser_is_read_by_host_type_and_status(in_browser):
    def entry(url, status, time, kind="xhr"):
        started = "2026-11-25T10:01:22.123Z"
        request = {"method": "GET", "url": url}
        return {"startedDateTime": started, "time": time, "_resourceType": kind, "request": request} | {
            "response": {"status": status, "content": {"mimeType": "application/json"}}
        }

    entries = [entry(f"https://api.example/orders/{number}", 503, 100 * number) for number in (1, 2, 9)]
    entries += [entry("https://cdn.example/app.js", 200, 12.4, "script"), entry("https://ads.example/<b>", 0, 3), {}]
    (report,) = in_browser("en", ("har", json.dumps({"log": {"entries": entries}})))
    assert [(row["host"], row["type"], row["label"], row["count"]) for row in report["har"]] == [
        ("api.example", "xhr", "503", "3"),
        ("ads.example", "xhr", "000", "1"),
        ("cdn.example", "script", "200", "1"),
    ]
    assert (report["har"][0]["median"], report["har"][0]["longest"]) == ("200 ms", "900 ms")
    assert report["rows"][0]["paths"] == [{"path": "/orders/:id", "count": "3"}]
    assert report["unread"] == "Lines not read: 1"


SPRING = "org.springframework.web.HttpRequestMethodNotSupportedException"
CARDS = [
    REFUSED,
    f"\x1b[31m{REFUSED}\x1b[0m\r\n",
    "GET https://x.example/ net::ERR_CONNECTION_REFUSED",
    "no live upstreams while connecting to upstream",
    f"{SPRING}: Request method 'POST' is not supported\n\tat a.b.C.d(C.java:3)\n" + "\tat e.f\n" * 30,
    "\ufeffAxiosError: Request failed with status code 404\n`` `x`\n",
    "upstream timed out (110: Connection timed out) while reading response header from upstream\x00\u202e",
    "Error: connect ECONNREFUSED 127.0.0.1:5432\n    at TCPConnectWrap.afterConnect [as oncomplete]",
    "hello",
]


@needs_node
@pytest.mark.django_db
@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_browser_makes_the_same_card_of_an_error_text_as_the_server(in_browser, language):
    cards = in_browser(language, *(("card", text) for text in CARDS))
    for text, card in zip(CARDS, cards, strict=True):
        found = diagnose(text, language).error
        with translation.override(language):
            assert card == (found and json.loads(json.dumps(found.as_data()))), text[:100]
    assert [card is not None for card in cards] == [True] * (len(CARDS) - 1) + [False]


@needs_node
def test_hosts_of_a_recording_beyond_the_limit_are_counted_together(in_browser):
    def entry(number):
        request = {"url": f"https://h{number}.example/"}
        return {
            "startedDateTime": "2026-11-25T10:01:22.123Z",
            "time": 5,
            "request": request,
            "response": {"status": 200},
        }

    (report,) = in_browser("en", ("har", json.dumps({"log": {"entries": [entry(number) for number in range(5000)]}})))
    assert len(report["har"]) == 200
    assert report["har_rest"].endswith(": 4,800")
    assert report["fine"][0]["count"] == "5,000"
