"""Finer codes of products: the fixtures hold what the tables say, row by row."""

import csv
import re
from pathlib import Path

import pytest

from codes.models import ProductCode

pytestmark = pytest.mark.django_db

DATA = Path(__file__).parent / "data"
DIRECTIONS = {"grpc-to-http": "to-http", "http-to-grpc": "from-http"}


def table(name):
    with (DATA / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def numbers(cell):
    """Return the status codes in a cell such as "503 or 504"; a cell without one ties its row to no code."""
    return [int(number) for number in re.findall("[0-9]{3}", cell)]


def iis():
    for row in table("iis_substatus.csv"):
        yield int(row["status"]), row["code"], "", "documented"


def proxy_status():
    for row in table("proxy_status.csv"):
        for number in numbers(row["recommended_status"]):
            yield number, row["error_type"], "", "documented"


def grpc():
    for row in table("grpc.csv"):
        if "other" not in (row["grpc_number"], row["http_status"]):  # said in words on the page
            yield int(row["http_status"]), row["grpc_code"], DIRECTIONS[row["direction"]], "documented"


def cloudflare():
    for row in table("cloudflare_1xxx.csv"):
        for number in numbers(row["http_status"]):
            yield number, row["error"], "", "reported"


def envoy():
    for row in table("envoy_flags.csv"):
        for number in numbers(row["status_usually_sent"]):
            yield number, row["flag"], "", "documented"


def haproxy():
    for row in table("haproxy_termination.csv"):
        for number in numbers(row["status"]):
            yield number, f"{row['state']}--", "", "documented" if row["status_basis"] == "stated" else "likely"


def heroku():
    for row in table("heroku.csv"):
        for number in numbers(row["status"]):
            yield number, row["code"], "", "documented" if row["confidence"] == "high" else "reported"


@pytest.mark.parametrize(
    ("product", "expected"),
    [
        ("iis", iis),
        ("proxy-status", proxy_status),
        ("grpc", grpc),
        ("cloudflare", cloudflare),
        ("envoy", envoy),
        ("haproxy", haproxy),
        ("heroku", heroku),
    ],
)
def test_a_products_codes_are_those_of_its_table(product, expected):
    rows = ProductCode.objects.filter(product=product).values_list("code_id", "value", "direction", "basis")
    assert sorted(rows) == sorted(expected())


def test_phrases_and_sections_are_those_of_the_tables():
    envoy_names = {row["flag"]: row["long_name"] for row in table("envoy_flags.csv")}
    grpc_numbers = {row["grpc_code"]: row["grpc_number"] for row in table("grpc.csv")}
    sections = {row["error_type"]: row["section"] for row in table("proxy_status.csv")}
    for row in ProductCode.objects.all():
        if row.product == "envoy":
            assert row.phrase == envoy_names[row.value]
        elif row.product == "grpc":
            assert row.phrase == f"grpc-status: {grpc_numbers[row.value]}"
        elif row.product == "proxy-status":
            assert row.source == f"RFC 9209 §{sections[row.value]}"
            assert row.url.endswith(f"#section-{sections[row.value]}")


@pytest.mark.parametrize("path", ["/haproxy/", "/en/haproxy/"])
def test_the_page_of_haproxy_explains_every_letter(rendered, path):
    first, second = re.findall(r"<section>(.*?)</section>", rendered[path].text, re.DOTALL)
    for position, part in (("1", first), ("2", second)):
        shown = re.findall("<code>(.)</code>", part)
        assert shown == [row["letter"] for row in table("haproxy_letters.csv") if row["position"] == position]
