"""A response as code, in the frameworks that people return it from: one template a framework, and its identifiers.

The tests run the Python and Node.js ones and compare what they send with the response that the page shows.
"""

import json
from collections.abc import Callable, Iterable
from textwrap import indent
from typing import Any, NamedTuple

from django.template.loader import render_to_string

from codes.models import StatusCode
from codes.models.situations import is_json


class Style(NamedTuple):
    """How a language writes plain data: braces of an object, what is between key and value, three constants."""

    opening: str
    closing: str
    between: str
    constants: dict[bool | None, str]


JSON_STYLE = Style("{", "}", ": ", {True: "true", False: "false", None: "null"})
PYTHON_STYLE = Style("{", "}", ": ", {True: "True", False: "False", None: "None"})
RUBY_STYLE = Style("{", "}", " => ", {True: "true", False: "false", None: "nil"})
PHP_STYLE = Style("[", "]", " => ", {True: "true", False: "false", None: "null"})
LINE_LENGTH = 64  # characters of a literal that still stands on one line


class Framework(NamedTuple):
    """A framework: its template, its ecosystem and how its constants begin ("" for plain numbers), its literals.

    `depth` is how far the template indents what it inserts.
    """

    name: str
    template: str
    ecosystem: str
    prefix: str
    style: Style
    quote: Callable[[str], str]
    depth: int = 0


def _single_quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _double_quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


FRAMEWORKS = [
    Framework("Django", "django", "", "", PYTHON_STYLE, _double_quoted, 1),
    Framework("Django REST framework", "drf", "Django REST framework", "status.", PYTHON_STYLE, _double_quoted, 1),
    Framework("FastAPI", "fastapi", "Starlette, FastAPI", "status.", PYTHON_STYLE, _double_quoted, 1),
    Framework("Flask", "flask", "", "", PYTHON_STYLE, _double_quoted),
    Framework("Spring", "spring", "Spring", "HttpStatus.", JSON_STYLE, _double_quoted),
    Framework("Node.js", "node", "", "", JSON_STYLE, _double_quoted),
    Framework("Express", "express", "", "", JSON_STYLE, _double_quoted, 1),
    Framework("NestJS", "express", "NestJS", "HttpStatus.", JSON_STYLE, _double_quoted, 1),
    Framework("Go", "go", "Go", "http.Status", JSON_STYLE, _double_quoted),
    Framework("Rails", "rails", "Rails, Rack", ":", RUBY_STYLE, _single_quoted),
    Framework("Laravel", "laravel", "Laravel, Symfony", "Response::", PHP_STYLE, _single_quoted),
    Framework("ASP.NET Core", "aspnet", "ASP.NET Core", "StatusCodes.", JSON_STYLE, _double_quoted),
]


def snippets(
    code: StatusCode, fields: Iterable[tuple[str, str]], content_type: str, content: str
) -> list[tuple[str, str]]:
    """Return (framework, code) for a final response with these header fields and this content ("" for none)."""
    ecosystems = [framework.ecosystem for framework in FRAMEWORKS]
    identifiers = list(
        code.identifiers.filter(ecosystem__in=ecosystems, former=False).values_list("ecosystem", "identifier")
    )
    header_fields = dict(fields)
    has_json = is_json(content_type)
    data = json.loads(content) if has_json else None
    found = []
    for framework in FRAMEWORKS:
        constants = [
            identifier
            for ecosystem, identifier in identifiers
            if ecosystem == framework.ecosystem and identifier.startswith(framework.prefix)
        ]
        context = {
            "number": code.number,
            "status": constants[0] if constants else code.number,
            "is_named": bool(constants),
            "fields": [(framework.quote(name), framework.quote(value)) for name, value in header_fields.items()],
            "headers": header_fields and _literal(header_fields, framework, framework.depth),
            "all_headers": _literal(
                {"Content-Type": content_type} | header_fields if content else header_fields, framework
            ),
            "media": content_type,
            "is_json": has_json,
            "is_list": isinstance(data, list),
            "data": _literal(data, framework, framework.depth),
            "content": content,
            "indented": indent(content, "    "),
            "escaped": content.replace("\\", "\\\\"),
            "text": content and framework.quote(content),
        }
        found.append((framework.name, render_to_string(f"codes/snippets/{framework.template}.txt", context).strip()))
    return found


def _literal(value: Any, framework: Framework, depth: int = 0) -> str:
    """Return plain data as the language of a framework writes it, in several lines if it is long."""
    style = framework.style
    if isinstance(value, str):
        return framework.quote(value)
    if value is None or isinstance(value, bool):
        return style.constants[value]
    if isinstance(value, dict):
        opening, closing = style.opening, style.closing
        items = [
            f"{framework.quote(key)}{style.between}{_literal(each, framework, depth + 1)}"
            for key, each in value.items()
        ]
    elif isinstance(value, list):
        opening, closing = "[", "]"
        items = [_literal(each, framework, depth + 1) for each in value]
    else:
        return str(value)
    line = ", ".join(items)
    if len(line) + 4 * depth <= LINE_LENGTH and "\n" not in line:
        return f"{opening}{line}{closing}"
    outside, inside = "    " * depth, "    " * (depth + 1)
    return "\n".join([opening, *(f"{inside}{item}," for item in items), f"{outside}{closing}"])
