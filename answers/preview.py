"""A request for a code and its answer, as the page of the code shows them."""

from dataclasses import dataclass
from typing import Any

from .catalogue import Catalogue
from .conditional_requests import example_field
from .header_fields import COMMON
from .requests import Request
from .responses import Responder


@dataclass(frozen=True)
class Preview:
    """A line for a terminal, and what it prints but for the fields that come with every answer."""

    command: str
    response: str


def preview(document: dict[str, Any], number: int, url: str) -> Preview | None:
    """Return how to ask the server at `url` for a code of the document, and its answer; None if it cannot be sent."""
    responder = Responder(Catalogue(document))
    code = responder.catalogue.codes[number]
    if not code.can_be_sent:
        return None
    field = example_field(code)
    environ = {f"HTTP_{field[0].upper().replace('-', '_')}": field[1]} if field else {}
    prefix = f"/{url.split('/', 3)[3]}" if url.count("/") > 2 else ""
    answer = responder.answer(Request("GET", f"/{code.label}", "", environ, prefix), 0)
    by_http2 = url.startswith("https:") and "Upgrade" not in code.demanded
    options = ["-i"]
    if url.startswith("https:") and not by_http2:
        options.append("--http1.1")
    if field:
        options.append(f"-H '{field[0]}: {field[1]}'")
    lines = [f"HTTP/2 {code.label}" if by_http2 else f"HTTP/1.1 {code.label} {answer.reason}"]
    lines += [f"{name}: {value}" for name, value in answer.fields if (name, value) not in COMMON and name != "Vary"]
    # What IM compresses is no text.
    content = "" if answer.header("IM") else answer.content.decode()
    response = "\n".join(lines) + f"\n\n{content}"
    return Preview(f"curl {' '.join([*options, f'{url}/{code.label}'])}", response.strip())
