"""Files that look like tables and cost far more than one to read."""

import io
import zipfile

from codes.editing.spreadsheets import MAX_BYTES
from codes.editing.translation_tables import HEADERS

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WORKBOOK = (
    f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}">'
    '<sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override '
    'PartName="/xl/worksheets/sheet1.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
    '<Override PartName="/xl/sharedStrings.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>'
)
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
ROOT = (
    f'<Relationships xmlns="{PACKAGE}"><Relationship Id="rId1" Type="{RELATIONS}/officeDocument" '
    'Target="xl/workbook.xml"/></Relationships>'
)
PARTS = (
    f'<Relationships xmlns="{PACKAGE}"><Relationship Id="rId1" Type="{RELATIONS}/worksheet" '
    f'Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="{RELATIONS}/sharedStrings" '
    'Target="sharedStrings.xml"/></Relationships>'
)


def xlsx(rows, *, shared="", head="", method=zipfile.ZIP_DEFLATED, extra=()):
    """Return an XLSX file with these rows of markup."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as package:
        for name, text in {
            "[Content_Types].xml": TYPES,
            "_rels/.rels": ROOT,
            "xl/workbook.xml": WORKBOOK,
            "xl/_rels/workbook.xml.rels": PARTS,
            "xl/sharedStrings.xml": f'{head}<sst xmlns="{MAIN}">{shared}</sst>',
            "xl/worksheets/sheet1.xml": f'{head}<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>',
            **dict(extra),
        }.items():
            package.writestr(name, text)
    return file.getvalue()


def row(number, *cells):
    letters = "ABCDEFGHIJ"
    return (
        f'<row r="{number}">'
        + "".join(
            f'<c r="{letters[place]}{number}" t="inlineStr"><is><t>{text}</t></is></c>'
            for place, text in enumerate(cells)
        )
        + "</row>"
    )


TITLES = row(1, *HEADERS)
LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {after} "{f"&{before};" * 10}">' for before, after in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)

XLSX = {
    "a cell in the last row and column": lambda: xlsx(TITLES + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
    "a wide row": lambda: xlsx(f'<row r="1">{"<c><v>1</v></c>" * 16_384}</row>'),
    "many rows": lambda: xlsx(TITLES + "".join(row(n, "404", "0", "name", "a", "b") for n in range(2, 40_000))),
    "as many rows as are read": lambda: xlsx(TITLES + "".join(row(n, "404", "0", "name") for n in range(2, 5_000))),
    "rows without cells": lambda: xlsx(TITLES + "<row/>" * 1_000_000),
    "27 MB unpacked": lambda: xlsx(TITLES + "<row><c><v>1</v></c></row>" * 1_000_000),
    "just below the bound unpacked": lambda: xlsx(TITLES + "<row/>" * 120_000 + " " * 7_000_000),
    "one long text": lambda: xlsx(TITLES, shared=f"<si><t>{'x' * 7_500_000}</t></si>"),
    "texts nobody uses": lambda: xlsx(TITLES, shared="<si><t>😀x</t></si>" * 59_000),
    "attributes": lambda: xlsx(TITLES + "<row " + " ".join(f'a{n}=">"' for n in range(600_000)) + "/>"),
    "attributes of many": lambda: xlsx(TITLES + '<row a="" b="" c="" d=""/>' * 250_000),
    "deep": lambda: xlsx(TITLES + "<row>" * 100_000 + "</row>" * 100_000),
    "a billion laughs": lambda: xlsx(TITLES + "<row><c><v>&i;</v></c></row>", head=LAUGHS),
    "an entity from a file": lambda: xlsx(
        TITLES + "<row><c><v>&f;</v></c></row>", head='<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>'
    ),
    "another encoding": lambda: xlsx(TITLES, head='<?xml version="1.0" encoding="cp037"?>'),
    "UTF-16": lambda: xlsx(TITLES, extra={"xl/styles.xml": "<a/>".encode("utf-16")}.items()),
    "LZMA": lambda: xlsx(TITLES, method=zipfile.ZIP_LZMA),
    "many parts": lambda: xlsx(TITLES, extra={f"x/{n}.xml": "<a/>" for n in range(20_000)}.items()),
    "no sheet": lambda: xlsx("", extra={"xl/worksheets/sheet1.xml": "x"}.items()),
    "not a package": lambda: b"PK\x03\x04" + bytes(100_000),
    "too large": lambda: b"PK" + bytes(MAX_BYTES),
}
CSV = {
    "only commas": lambda: b"," * (MAX_BYTES - 10),
    "lines of commas": lambda: b",,,,\n" * 500_000,
    "only lines": lambda: ",".join(HEADERS).encode() + b"\n" * (MAX_BYTES - 100),
    "as many commas as are read": lambda: b"," * 299_000,
    "one quote": lambda: b'"' + b"x" * (MAX_BYTES - 10),
    "quotes": lambda: b'"' * (MAX_BYTES - 10),
    "quoted lines": lambda: ",".join(HEADERS).encode() + b'\n"a\n\n\n",""""' * 200_000,
    "wide letters": lambda: ",".join(HEADERS).encode() + "\n😀".encode() * 590_000,
    "NUL": lambda: ",".join(HEADERS).encode() + b"\n\0,\0,\0,\0,\0",
    "long cells": lambda: ",".join(HEADERS).encode() + b"\n404,0,name," + b"x" * 130_000 + b",b",
    "UTF-16": lambda: ",".join(HEADERS).encode("utf-16"),
}
