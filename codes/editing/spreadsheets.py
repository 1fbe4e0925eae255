"""Rows of a CSV or XLSX file from outside, read within bounds of time and memory.

A file of some kilobytes can unpack to gigabytes, or name a cell in the millionth row. So everything is measured before
it is read, and nothing is read beyond what a table may have.

openpyxl is imported where it is used: only editors who exchange XLSX files need it, and every start of a process would
take a tenth longer.
"""

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from xml.parsers import expat

MAX_BYTES = 3_000_000  # of a file; the whole catalogue's is a fifth of that
MAX_UNPACKED_BYTES = 8_000_000  # of all parts of an XLSX file; ten times the whole catalogue's
MAX_PARTS = 100  # files in an XLSX file; Excel writes about fifteen
MAX_NODES = 120_000  # elements and attributes of all parts; twice what Excel writes for the whole catalogue
MAX_DEPTH = 50  # of elements
MAX_GAP = (
    200_000  # bytes between two beginnings of elements: a text of the greatest length, or a tag full of attributes
)
MAX_COMMAS = 300_000  # of a CSV file: as many cells may one row have at most
MAX_ROWS = 5_000  # the whole catalogue has 1,400
METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}  # others may take any amount of memory
ENCODING = re.compile(rb"""\A(?:\xef\xbb\xbf)?\s*<\?xml[^>]*\sencoding\s*=\s*["']([^"']*)""")
ENCODINGS = {b"utf-8", b"us-ascii"}  # in which a "<" is a "<"


class TooLarge(Exception):
    """A file that has more than a table may have."""


class Unreadable(Exception):
    """A file that is not what its name says."""


def xlsx(headers: list[str], rows: Iterable[list[Any]], is_formula: Callable[[str], bool]) -> bytes:
    """Return a table as the bytes of an XLSX file.

    What `is_formula` takes for a formula is typed as text, and stays text when somebody edits the cell.
    """
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font

    book = Workbook()
    sheet: Any = book.active
    sheet.freeze_panes = "A2"
    sheet.append(headers)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for row_number, row in enumerate(rows, start=2):
        for column, value in enumerate(row, start=1):
            cell = sheet.cell(row_number, column, value)
            if isinstance(value, str):
                cell.data_type = "s"
                cell.quotePrefix = is_formula(value)
                cell.alignment = Alignment(wrap_text=True, vertical="top")
    for letter, width in zip("CDE", (28, 70, 70), strict=True):
        sheet.column_dimensions[letter].width = width
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def read_rows(content: bytes, file_format: str, columns: int) -> list[list[str]]:
    """Return the rows that are not empty, each with its number of `columns` or one more if it has more.

    Raise TooLarge or Unreadable.
    """
    if len(content) > MAX_BYTES:
        raise TooLarge
    try:
        rows = _csv_rows(content) if file_format == "csv" else _xlsx_rows(content, columns)
        found = []
        for number, row in enumerate(rows):
            if number > MAX_ROWS:
                raise TooLarge
            texts = ["" if value is None else str(value) for value in row[: columns + 1]]
            texts += [""] * (columns - len(texts))
            if len(texts) > columns and not texts[columns]:
                texts.pop()
            found.append(texts)
    except TooLarge:
        raise
    except Exception as error:  # the readers raise whatever their parsers raise
        raise Unreadable from error
    while found and not any(found[-1]):
        found.pop()
    return found


def _csv_rows(content: bytes) -> Iterable[list[str]]:
    if content.count(b",") > MAX_COMMAS:
        raise TooLarge
    return csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))


def _xlsx_rows(content: bytes, columns: int) -> Iterator[tuple[Any, ...]]:
    from openpyxl import load_workbook

    _check_package(content)
    book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    try:
        # Rows and columns that are empty are made up to these bounds, and no further.
        yield from book.active.iter_rows(max_row=MAX_ROWS + 2, max_col=columns + 1, values_only=True)
    finally:
        book.close()


def _check_package(content: bytes) -> None:
    """Raise TooLarge or Unreadable for an XLSX file that would cost too much to read."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        parts = package.infolist()
        if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED_BYTES:
            raise TooLarge
        if any(part.compress_type not in METHODS for part in parts):
            raise Unreadable
        nodes = 0
        for part in parts:
            data = package.read(part)
            if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
                nodes += _count_nodes(data, MAX_NODES - nodes)
            elif part.filename.endswith((".xml", ".rels")):
                raise Unreadable


def _count_nodes(data: bytes, limit: int) -> int:
    """Return the number of elements and attributes of an XML document.

    Raise TooLarge for more than the limit, Unreadable for a document that defines entities or hides its marks.
    """
    encoding = ENCODING.match(data)
    if b"\0" in data or (encoding and encoding[1].lower() not in ENCODINGS):
        raise Unreadable
    if max(map(len, data.split(b"<"))) > MAX_GAP:
        raise TooLarge
    nodes = depth = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal nodes, depth
        nodes, depth = nodes + 1 + len(attributes), depth + 1
        if nodes > limit or depth > MAX_DEPTH:
            raise TooLarge

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1

    def refuse(*arguments: Any) -> None:
        raise Unreadable

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.StartDoctypeDeclHandler = refuse
    parser.Parse(data, True)
    return nodes
