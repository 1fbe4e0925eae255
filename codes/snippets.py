"""A response as code, in the frameworks that people return it from: one template a framework, and its identifiers.

A situation's page has whole responses; a code has a page of the shortest lines that send it. The tests run the Python
and Node.js ones and compare what they send with what the page shows.
"""

import json
import re
from collections.abc import Callable, Collection, Iterable
from textwrap import indent
from typing import Any, NamedTuple

from django.template.loader import render_to_string

from codes.models import Level, Message, StatusCode, Topic
from codes.models.situations import is_json

Row = dict[str, Any]


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
LINE_LENGTH = 64  # characters of a literal that still fits on one line


class Framework(NamedTuple):
    """A framework: its template, its ecosystem, how its constants begin (None: it takes numbers), its literals.

    `depth` is how far the template indents what it inserts. `exceptions` are those that mean a code and take nothing.
    """

    name: str
    template: str
    ecosystem: str
    prefix: str | None
    style: Style
    quote: Callable[[str], str]
    depth: int = 0
    exceptions: Collection[str] = ()


def _single_quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _double_quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


DJANGO_EXCEPTIONS = {"BadRequest", "PermissionDenied", "Http404"}
DRF_EXCEPTIONS = {
    f"exceptions.{name}"
    for name in ("ParseError", "PermissionDenied", "NotFound", "NotAcceptable", "Throttled", "APIException")
}
FRAMEWORKS = [
    Framework("Django", "django", "Django", None, PYTHON_STYLE, _double_quoted, 1, DJANGO_EXCEPTIONS),
    Framework(
        "Django REST framework",
        "drf",
        "Django REST framework",
        "status.",
        PYTHON_STYLE,
        _double_quoted,
        1,
        DRF_EXCEPTIONS,
    ),
    Framework("FastAPI", "fastapi", "Starlette, FastAPI", "status.", PYTHON_STYLE, _double_quoted, 1),
    Framework("Flask", "flask", "Flask, Werkzeug", None, PYTHON_STYLE, _double_quoted),
    Framework("Spring", "spring", "Spring", "HttpStatus.", JSON_STYLE, _double_quoted),
    Framework("Node.js", "node", "Node.js", None, JSON_STYLE, _double_quoted),
    Framework("Express", "express", "Node.js", None, JSON_STYLE, _double_quoted, 1),
    Framework("NestJS", "express", "NestJS", "HttpStatus.", JSON_STYLE, _double_quoted, 1),
    Framework("Go", "go", "Go", "http.Status", JSON_STYLE, _double_quoted),
    Framework("Rails", "rails", "Rails, Rack", ":", RUBY_STYLE, _single_quoted),
    Framework("Laravel", "laravel", "Laravel, Symfony", "Response::", PHP_STYLE, _single_quoted),
    Framework("ASP.NET Core", "aspnet", "ASP.NET Core", "StatusCodes.", JSON_STYLE, _double_quoted),
]
# In lines only: who builds an API seldom writes these.
LINE_FRAMEWORKS = [
    *FRAMEWORKS,
    Framework("Python http.server", "python-http", "Python http", "HTTPStatus.", PYTHON_STYLE, _double_quoted),
    Framework("Servlet", "servlet", "Servlet", "HttpServletResponse.", JSON_STYLE, _double_quoted),
]


def lines(code: StatusCode) -> list[Row]:
    """Return the frameworks, each with what returns the code there and what throws it."""
    identifiers = _identifiers(code)
    fields = _fields_always_sent(code)
    rows = []
    for framework in LINE_FRAMEWORKS:
        context = _context(framework, code, identifiers, fields)
        returned = _rendered(framework, context)
        thrown = _rendered(framework, context | {"throws": True}) if code.category_id in (4, 5) else ""
        of_framework = [line for line in (returned, thrown) if line]
        rows.append({"name": framework.name, "ecosystem": framework.ecosystem, "lines": of_framework})
    return rows


def _fields_always_sent(code: StatusCode) -> dict[str, str]:
    """Return the header fields that every response with a code must or should have, as its first exchange has them."""
    names = {
        rule.header
        for rule in code.rules.all()
        if rule.topic == Topic.FIELD and not rule.condition and rule.level in (Level.MUST, Level.SHOULD)
    }
    messages = Message.objects.filter(exchange__code=code).order_by("exchange__position", "position") if names else []
    for message in messages:
        if re.match(rf"HTTP/1\.[01] {code.label}\b", message.text_ko):
            head = message.text_ko.partition("\n\n")[0]
            fields = (line.partition(": ") for line in head.split("\n")[1:])
            return {name: value for name, _, value in fields if name in names}
    return {}


def snippets(
    code: StatusCode, fields: Iterable[tuple[str, str]], content_type: str, content: str
) -> list[tuple[Framework, str]]:
    """Return (framework, code) for a final response with these header fields and this content ("" for none)."""
    identifiers = _identifiers(code)
    header_fields = dict(fields)
    return [
        (
            framework,
            _rendered(framework, _context(framework, code, identifiers, header_fields, content_type, content)),
        )
        for framework in FRAMEWORKS
    ]


def _identifiers(code: StatusCode) -> dict[str, list[str]]:
    """Return the current identifiers of a code by ecosystem, for those in which there are lines."""
    ecosystems = {framework.ecosystem for framework in LINE_FRAMEWORKS}
    found: dict[str, list[str]] = {}
    identifiers = code.identifiers.filter(ecosystem__in=ecosystems, former=False)
    for ecosystem, identifier in identifiers.values_list("ecosystem", "identifier"):
        found.setdefault(ecosystem, []).append(identifier)
    return found


def _rendered(framework: Framework, context: Row) -> str:
    return render_to_string(f"codes/snippets/{framework.template}.txt", context).strip()


def _context(
    framework: Framework,
    code: StatusCode,
    identifiers: dict[str, list[str]],
    header_fields: dict[str, str],
    content_type: str = "",
    content: str = "",
) -> Row:
    """Return what a framework's template needs for a response."""
    names = identifiers.get(framework.ecosystem, [])
    constants = [name for name in names if framework.prefix is not None and name.startswith(framework.prefix)]
    has_json = is_json(content_type)
    data = json.loads(content) if has_json else None
    return {
        "number": code.number,
        "phrase": code.name_en,
        "status": constants[0] if constants else code.number,
        "is_named": bool(constants),
        "is_known": bool(names),
        "exception": next((name for name in names if name in framework.exceptions), ""),
        "fields": [(framework.quote(name), framework.quote(value)) for name, value in header_fields.items()],
        "headers": header_fields and _literal(header_fields, framework, framework.depth),
        "headers_inline": header_fields and _literal(header_fields, framework),
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
