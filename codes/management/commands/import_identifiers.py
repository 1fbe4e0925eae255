"""Generate the identifiers of all codes from a table of constants."""

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from codes.models import Identifier, RegistrationStatus, Revision, StatusCode

# The table's ecosystems in the order of the page, under the names that developers know.
ECOSYSTEMS = {
    "django": "Django",
    "drf": "Django REST framework",
    "python": "Python http",
    "starlette": "Starlette, FastAPI",
    "fastapi": "Starlette, FastAPI",
    "werkzeug": "Flask, Werkzeug",
    "spring": "Spring",
    "spring6": "Spring",
    "servlet": "Servlet",
    "node": "Node.js",
    "go": "Go",
    "rack-rails": "Rails, Rack",
    "aspnetcore": "ASP.NET Core",
    "dotnet": ".NET",
    "rust": "Rust http",
    "symfony": "Laravel, Symfony",
    "nestjs": "NestJS",
    "requests": "Python requests",
    "dart": "Dart, Flutter",
    "httpcomponents": "Apache HttpComponents",
    "axios": "axios",
    "npm:http-errors": "npm http-errors",
    "npm:http-status-codes": "npm http-status-codes",
    "npm:http-status": "npm http-status",
    "npm:statuses": "npm statuses",
    "jakarta-rest": "Jakarta REST",
    "ktor": "Ktor",
    "plug": "Phoenix, Plug",
    "swift-http-types": "Swift HTTP Types",
    "swift-nio": "SwiftNIO, Vapor",
    "http4s": "http4s",
    "pekko-http": "Pekko HTTP",
    "aiohttp": "aiohttp",
    "httpx": "httpx",
    "litestar": "Litestar",
    "falcon": "Falcon",
    "yii": "Yii 2",
    "micronaut": "Micronaut",
    "boost-beast": "Boost.Beast",
    "perl-http-status": "Perl HTTP::Status",
    "openresty": "OpenResty",
    "nginx": "nginx",
    "apache-httpd": "Apache httpd",
    "squid": "Squid",
}
FORMER = re.compile("deprecated|obsolete|renamed|replaced|to be removed")
NOT_A_NAME = re.compile(r"\(any|range marker")

# Where Django has no response class: what works, with the header field that is required.
IDIOMS = {
    206: 'HttpResponse(part, status=206, headers={"Content-Range": "bytes 0-99/200"})',
    303: "HttpResponseRedirect(url, status=303)",
    401: 'HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})',
    413: 'HttpResponse(status=413, headers={"Retry-After": "3600"})',
    416: 'HttpResponse(status=416, headers={"Content-Range": "bytes */200"})',
    429: 'HttpResponse(status=429, headers={"Retry-After": "60"})',
    503: 'HttpResponse(status=503, headers={"Retry-After": "60"})',
}
# A WSGI application cannot send these: one belongs to a proxy, the other to the connection.
NOT_FROM_DJANGO = {407, 426}


class Command(BaseCommand):
    help = "Replace all identifiers by those of a table of constants, such as codes/tests/content/data/constants.csv."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("table", type=Path)

    @transaction.atomic
    def handle(self, *, table: Path, **options: Any) -> None:
        with table.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        codes = {code.number: code for code in StatusCode.objects.prefetch_related("aliases")}
        Identifier.objects.all().delete()
        identifiers = [Identifier(**fields) for fields in identifiers_of(rows, codes)]
        Identifier.objects.bulk_create(identifiers)
        Revision.advance()
        self.stdout.write(f"{len(identifiers)} identifiers; export_catalogue writes them to the fixtures")


def identifiers_of(rows: list[dict[str, str]], codes: dict[int, StatusCode]) -> Iterator[dict[str, Any]]:
    """Yield the fields of an Identifier for every row of the table that names a code of the catalogue."""
    names: defaultdict[tuple[int, str], dict[str, bool]] = defaultdict(dict)  # -> {identifier: former}
    for row in rows:
        number, ecosystem = int(row["number"]), ECOSYSTEMS.get(row["ecosystem"])
        if number not in codes or not ecosystem or NOT_A_NAME.search(row["identifier"] + row["note"]):
            continue
        known = names[number, ecosystem]
        # Spring 6 adds only what Spring 7 no longer has; Starlette's names are FastAPI's.
        former = bool(FORMER.search(row["note"])) or (row["ecosystem"] == "spring6" and row["identifier"] not in known)
        known.setdefault(row["identifier"], former)
    for number, code in codes.items():
        known = names[number, "Django"]
        sendable = (
            code.registration_status == RegistrationStatus.REGISTERED
            and number >= 200
            and number not in NOT_FROM_DJANGO
        )
        if sendable and not any("Response" in identifier for identifier in known):
            known[IDIOMS.get(number, f"HttpResponse(status={number})")] = False
    order = list(dict.fromkeys(ECOSYSTEMS.values()))
    for (number, ecosystem), known in names.items():
        for identifier, former in known.items():
            yield {
                "code_id": number,
                "position": order.index(ecosystem) + 1,
                "ecosystem": ecosystem,
                "identifier": identifier,
                "former": former or _spells_a_former_name(identifier, known, codes[number]),
            }


def _spells_a_former_name(identifier: str, siblings: Iterable[str], code: StatusCode) -> bool:
    """Return whether this spells an old phrase of a code whose new phrase the same ecosystem has a name for, too.

    The only name that an ecosystem has is current, whatever it spells.
    """
    current = _letters(code.name_en)
    old = {_letters(alias.phrase) for alias in code.aliases.all()}

    def is_old(name: str) -> bool:
        return any(_letters(name).endswith(phrase) and not current.endswith(phrase) for phrase in old)

    return is_old(identifier) and any(
        _letters(sibling).endswith(current) and not is_old(sibling) for sibling in siblings if sibling != identifier
    )


def _letters(text: str) -> str:
    return re.sub("[^a-z]", "", text.lower())
