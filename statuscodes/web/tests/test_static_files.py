"""Static files answer conditions and ranges by RFC 9110."""

import gzip
import os
from email.utils import formatdate
from pathlib import Path

import brotli
import pytest
from django.test import Client

TEXT = b"body { color: black }\n" * 100
MODIFIED = 1_700_000_000
DATE = formatdate(MODIFIED, usegmt=True)
EARLIER, LATER = formatdate(MODIFIED - 1, usegmt=True), formatdate(MODIFIED + 1, usegmt=True)
PATH = "/static/a.css"


@pytest.fixture
def ask(settings, tmp_path):
    """Ask for a file that lies in three codings; `etag` in a header is the tag of the coding."""
    file = tmp_path / "a.css"
    file.write_bytes(TEXT)
    file.with_suffix(".css.gz").write_bytes(gzip.compress(TEXT))
    file.with_suffix(".css.br").write_bytes(brotli.compress(TEXT))
    os.utime(file, (MODIFIED, MODIFIED))
    settings.STATIC_ROOT = str(tmp_path)
    client = Client()

    def ask(method="GET", **headers):
        tag = client.get(PATH, headers={"Accept-Encoding": headers.get("accept_encoding", "")})["ETag"]
        headers = {name.replace("_", "-"): value.replace("etag", tag) for name, value in headers.items()}
        answer = client.generic(method, PATH, headers=headers)
        answer.body = b"".join(answer)
        return answer

    return ask


def test_each_coding_has_a_strong_tag_of_its_own(ask):
    answers = [ask(accept_encoding=coding) for coding in ("", "gzip", "br")]
    assert [answer.get("Content-Encoding", "") for answer in answers] == ["", "gzip", "br"]
    assert [
        decode(answer.body) for decode, answer in zip((bytes, gzip.decompress, brotli.decompress), answers, strict=True)
    ] == [TEXT] * 3
    assert len({answer["ETag"] for answer in answers}) == 3
    for answer in answers:
        assert answer["ETag"].startswith('"')
        assert answer["Vary"] == "Accept-Encoding"
        assert answer["Accept-Ranges"] == "bytes"


@pytest.mark.parametrize(
    ("header", "coding"),
    [
        ("gzip;q=0", ""),
        ("br;q=0, gzip", "gzip"),
        ("*", "br"),
        ("zbr", ""),
        ("identity", ""),
        ("br;q=0.1, gzip", "gzip"),
    ],
)
def test_a_coding_that_the_client_refuses_is_not_sent(ask, header, coding):
    assert ask(accept_encoding=header).get("Content-Encoding", "") == coding


@pytest.mark.parametrize("coding", ["", "gzip", "br"])
def test_head_is_get_without_content(ask, coding):
    get, head = ask(accept_encoding=coding), ask("HEAD", accept_encoding=coding)
    assert (head.status_code, head.body, dict(head.headers)) == (200, b"", dict(get.headers))


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"if_none_match": "etag"}, 304),
        ({"if_none_match": "W/etag"}, 304),
        ({"if_none_match": '"x,y", etag'}, 304),
        ({"if_none_match": "*"}, 304),
        ({"if_none_match": '"other"'}, 200),
        ({"if_none_match": '"other"', "if_modified_since": DATE}, 200),
        ({"if_modified_since": DATE}, 304),
        ({"if_modified_since": LATER}, 304),
        ({"if_modified_since": EARLIER}, 200),
        ({"if_modified_since": "yesterday"}, 200),
        ({"if_match": "etag"}, 200),
        ({"if_match": '"other", etag'}, 200),
        ({"if_match": "*"}, 200),
        ({"if_match": '"other"'}, 412),
        ({"if_match": "W/etag"}, 412),
        ({"if_match": "etag", "if_none_match": "etag"}, 304),
        ({"if_match": "etag", "if_unmodified_since": EARLIER}, 200),
        ({"if_unmodified_since": DATE}, 200),
        ({"if_unmodified_since": EARLIER}, 412),
        ({"if_unmodified_since": "yesterday"}, 200),
    ],
)
def test_conditions(ask, method, headers, status):
    answer = ask(method, **headers)
    assert answer.status_code == status
    if status == 304:
        assert (answer.body, "ETag" in answer, "Content-Type" in answer) == (b"", True, False)
    if status == 412:
        assert (answer.body, "ETag" in answer) == (b"", False)


def test_a_tag_of_another_coding_does_not_match(ask):
    tag = ask(accept_encoding="br")["ETag"]
    assert ask(accept_encoding="gzip", if_none_match=tag).status_code == 200


@pytest.mark.parametrize(
    ("range", "first", "last"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=5-9", 5, 9),
        ("Bytes=5-9", 5, 9),
        ("bytes=5-", 5, 2199),
        ("bytes=5-999999999999999999999999", 5, 2199),
        ("bytes=-1", 2199, 2199),
        ("bytes=-9999", 0, 2199),
        ("bytes=2199-2199", 2199, 2199),
    ],
)
def test_a_range_is_answered_with_that_part(ask, range, first, last):
    answer = ask(range=range)
    assert (answer.status_code, answer["Content-Range"]) == (206, f"bytes {first}-{last}/2200")
    assert answer.body == TEXT[first : last + 1]
    assert answer["Content-Length"] == str(len(answer.body))
    assert {"ETag", "Cache-Control", "Vary"} <= set(answer.headers)


@pytest.mark.parametrize("range", ["bytes=2200-", "bytes=2200-2300", "bytes=-0", "bytes=" + "9" * 5000 + "-"])
def test_a_range_after_the_end_gets_416_with_the_length(ask, range):
    answer = ask(range=range)
    assert (answer.status_code, answer["Content-Range"], answer.body) == (416, "bytes */2200", b"")


@pytest.mark.parametrize(
    "range", ["bytes=9-5", "bytes=a-b", "bytes=", "bytes=-", "items=0-5", "bytes=0-1,5-6", "bytes=١-٢", "0-5", ""]
)
def test_a_range_that_is_none_gets_the_whole_file(ask, range):
    answer = ask(range=range)
    assert (answer.status_code, answer.body) == (200, TEXT)


def test_a_range_of_a_coded_file_is_a_part_of_the_coded_bytes(ask):
    whole, part = ask(accept_encoding="br"), ask(accept_encoding="br", range="bytes=2-5")
    assert part.body == whole.body[2:6]
    assert part["Content-Encoding"] == "br"


def test_head_knows_no_ranges(ask):
    assert ask("HEAD", range="bytes=0-5").status_code == 200


@pytest.mark.parametrize(
    ("condition", "status"),
    [("etag", 206), ('"other"', 200), ("W/etag", 200), (DATE, 200), (LATER, 200), ("nonsense", 200), ("", 200)],
)
def test_if_range_gets_a_part_only_of_the_file_that_the_client_has(ask, condition, status):
    assert ask(range="bytes=0-5", if_range=condition).status_code == status


def test_a_condition_comes_before_the_range(ask):
    assert ask(range="bytes=0-5", if_none_match="etag").status_code == 304
    assert ask(range="bytes=0-5", if_match='"other"').status_code == 412


@pytest.mark.parametrize(("method", "status"), [("POST", 405), ("DELETE", 405), ("TRACE", 405), ("FOO", 501)])
def test_other_methods_get_our_page(ask, method, status):
    answer = ask(method)
    assert answer.status_code == status
    assert b"<h1>" in answer.body
    assert answer.get("Allow") == ("GET, HEAD, OPTIONS" if status == 405 else None)


@pytest.mark.parametrize("name", ["staticfiles.json", "staticfiles.json.gz", ".collected"])
def test_what_is_in_the_folder_for_the_site_alone_is_not_served(ask, settings, name):
    Path(settings.STATIC_ROOT, name).touch()
    assert Client().get(f"/static/{name}").status_code == 404


def test_options_lists_what_a_file_takes(ask):
    answer = ask("OPTIONS")
    assert (answer.status_code, answer["Allow"]) == (204, "GET, HEAD, OPTIONS")
