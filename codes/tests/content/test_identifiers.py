"""What libraries call the codes: as the table says, and as the installed Python libraries say."""

import csv
import importlib
import sys
from http import HTTPStatus
from pathlib import Path

import pytest
from django import http
from django.http import HttpResponse, HttpResponsePermanentRedirect, HttpResponseRedirect

from codes.management.commands.import_identifiers import ECOSYSTEMS, FORMER, identifiers_of
from codes.models import Identifier, StatusCode

pytestmark = pytest.mark.django_db

TABLE = Path(__file__).parent / "data" / "constants.csv"


def of(ecosystem):
    return Identifier.objects.filter(ecosystem=ecosystem).values_list("code_id", "identifier", "former")


def test_the_fixtures_hold_exactly_the_tables_identifiers():
    with TABLE.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    codes = {code.number: code for code in StatusCode.objects.prefetch_related("aliases")}
    expected = {(f["code_id"], f["ecosystem"], f["identifier"], f["former"]) for f in identifiers_of(rows, codes)}
    found = set(Identifier.objects.values_list("code_id", "ecosystem", "identifier", "former"))
    assert found == expected


def test_former_names_are_marked():
    former = set(Identifier.objects.filter(former=True).values_list("code_id", "ecosystem", "identifier"))
    assert (422, "Python http", "HTTPStatus.UNPROCESSABLE_ENTITY") in former
    assert (413, "Rails, Rack", ":payload_too_large") in former
    assert (413, "Spring", "HttpStatus.PAYLOAD_TOO_LARGE") in former
    assert (404, "Django", "Http404") not in former
    assert (404, "Django", "HttpResponseNotFound") not in former


@pytest.mark.parametrize(
    ("number", "ecosystem", "identifier"),
    [
        (306, "ASP.NET Core", "StatusCodes.Status306SwitchProxy"),
        (413, "Go", "http.StatusRequestEntityTooLarge"),
        (414, "Go", "http.StatusRequestURITooLong"),
        (414, "Servlet", "HttpServletResponse.SC_REQUEST_URI_TOO_LONG"),
        (416, ".NET", "HttpStatusCode.RequestedRangeNotSatisfiable"),
        (416, "Spring", "HttpStatus.REQUESTED_RANGE_NOT_SATISFIABLE"),
        (422, "Django REST framework", "status.HTTP_422_UNPROCESSABLE_ENTITY"),
        (600, "Squid", "Http::scInvalidHeader"),
        (601, "Squid", "Http::scHeaderTooLarge"),
    ],
)
def test_the_only_name_that_an_ecosystem_has_is_not_former(number, ecosystem, identifier):
    assert Identifier.objects.filter(code=number, ecosystem=ecosystem).count() == 1
    assert not Identifier.objects.get(code=number, ecosystem=ecosystem, identifier=identifier).former


def test_a_name_is_former_because_its_ecosystem_has_a_newer_one_or_says_so():
    """However old a phrase a name spells, that alone makes it no former name."""
    with TABLE.open(newline="", encoding="utf-8") as file:
        said = {
            (int(row["number"]), ECOSYSTEMS.get(row["ecosystem"]), row["identifier"])
            for row in csv.DictReader(file)
            if FORMER.search(row["note"]) or row["ecosystem"] == "spring6"
        }
    for row in Identifier.objects.filter(former=True):
        newer = Identifier.objects.filter(code=row.code_id, ecosystem=row.ecosystem, former=False)
        assert newer.exists() or (row.code_id, row.ecosystem, row.identifier) in said, row


def test_djangos_response_classes_and_idioms_send_their_code():
    """Where Django has no class, the idiom of the page works unchanged."""
    names = {
        "HttpResponse": HttpResponse,
        "HttpResponsePermanentRedirect": HttpResponsePermanentRedirect,
        "HttpResponseRedirect": HttpResponseRedirect,
        "url": "/",
        "part": b"x",
    }
    checked = 0
    for number, identifier, _former in of("Django"):
        if "(" in identifier:
            assert eval(identifier, names).status_code == number
            checked += 1
        elif identifier.startswith("HttpResponse") and "(" not in identifier:
            assert getattr(http, identifier).status_code == number
            checked += 1
    assert checked > 40


@pytest.mark.parametrize("number", [409, 422, 429])
def test_codes_without_a_django_class_show_an_idiom(number):
    assert Identifier.objects.filter(code=number, ecosystem="Django", identifier__startswith="HttpResponse(").exists()


def test_python_names_are_those_of_the_standard_library():
    for number, identifier, _former in of("Python http"):
        name = identifier.removeprefix("HTTPStatus.")
        if sys.version_info < (3, 13) and name not in HTTPStatus.__members__:
            # 3.13 took RFC 9110's names and kept the old ones as aliases.
            assert number in (413, 414, 416, 422)
            continue
        assert HTTPStatus[name] == number


@pytest.mark.parametrize(
    ("ecosystem", "prefix", "packages"),
    [
        ("Django REST framework", "status.", ["rest_framework"]),
        ("Starlette, FastAPI", "status.", ["starlette", "fastapi"]),
        ("httpx", "codes.", ["httpx"]),
    ],
)
@pytest.mark.filterwarnings("ignore")
def test_constants_are_those_of_the_installed_library(ecosystem, prefix, packages):
    for package in packages:
        constants = getattr(importlib.import_module(package), prefix.removesuffix("."), None)
        constants = constants or importlib.import_module(f"{package}.status")
        for number, identifier, _former in of(ecosystem):
            if identifier.startswith(prefix):
                assert getattr(constants, identifier.removeprefix(prefix)) == number, identifier


@pytest.mark.parametrize(
    ("ecosystem", "module", "attribute"),
    [("Flask, Werkzeug", "werkzeug.exceptions", "code"), ("aiohttp", "aiohttp.web", "status_code")],
)
def test_exceptions_are_those_of_the_installed_library(ecosystem, module, attribute):
    library = importlib.import_module(module)
    for number, identifier, _former in of(ecosystem):
        assert getattr(getattr(library, identifier), attribute) == number, identifier


def test_drf_exceptions_send_their_code():
    from rest_framework import exceptions

    for number, identifier, _former in of("Django REST framework"):
        if identifier.startswith("exceptions."):
            assert getattr(exceptions, identifier.removeprefix("exceptions.")).status_code == number
