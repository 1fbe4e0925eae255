"""JSON Schemas (2020-12) of the documents, and the OpenAPI 3.1 description of their addresses.

A field that is described is always there, and None where nothing is stated. The schemas allow fields that they do not
describe, because fields may be added.
"""

from enum import Enum

from codes.models import (
    Advice,
    Caching,
    CheckNeeds,
    Content,
    ErrorText,
    Hop,
    HouseVerdict,
    Level,
    Norm,
    OtherCode,
    Participant,
    Product,
    ProductCode,
    RedirectMethod,
    RegistrationStatus,
    Retry,
    SituationHeader,
    SituationTopic,
    Topic,
    VendorMeaning,
)
from codes.models.rules import Basis

from .documents import LICENCE, Data, schema_address, site_address
from .kinds import BULK

DIALECT = "https://json-schema.org/draft/2020-12/schema"
STRING: Data = {"type": "string", "minLength": 1}
BOOLEAN: Data = {"type": "boolean"}
URL: Data = {"type": "string", "format": "uri", "pattern": "^https?://"}
DAY: Data = {"type": "string", "format": "date"}
NUMBER: Data = {"type": "integer", "minimum": 0, "maximum": 999}
LABEL: Data = {"type": "string", "pattern": "^[0-9]{3}$"}
CLASS_LABEL: Data = {"type": "string", "pattern": "^[1-5]xx$"}
SLUG: Data = {"type": "string", "pattern": "^[-a-z0-9]+$"}
VERSION = "1"


def _optional(schema: Data) -> Data:
    return {"anyOf": [schema, {"type": "null"}]}


def _array(items: Data) -> Data:
    return {"type": "array", "items": items}


def _object(**properties: Data) -> Data:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _one_of(choices: type[Enum]) -> Data:
    return {"type": "string", "enum": [choice.value for choice in choices]}


# A text in both languages. In one that is required, None stands for a language that lacks it.
TEXT = _object(ko=_optional(STRING), en=_optional(STRING))
BOTH = _object(ko=STRING, en=STRING)
MARKDOWN = TEXT | {"description": "Markdown (CommonMark) without raw HTML; links are full addresses."}
URLS = _object(ko=URL, en=URL)
RAW = BOTH | {"description": "A raw HTTP/1.1 message, with LF for CRLF: start line, header fields, content."}
LINK: Data = {"number": NUMBER, "label": LABEL, "name": BOTH, "url": URLS}
REFERENCES = _array(_object(spec=STRING, section=_optional(STRING), url=URL))
LICENSE: Data = {"type": "string", "const": LICENCE}
PARTICIPANT = _one_of(Participant)
PRODUCT_CODE: Data = {
    "product": _one_of(Product),
    "value": STRING,
    "direction": _optional(_one_of(ProductCode.Direction)),
    "phrase": _optional(STRING),
    "meaning": TEXT,
    "basis": _one_of(ProductCode.Basis),
    "source": STRING,
    "url": URL,
}
GROUP_LINK = _object(
    slug=SLUG,
    name=_optional(TEXT),
    question=BOTH,
    members=_array(_object(number=NUMBER, answer=BOTH)),
    url=URLS,
)
SITUATION_ROW: Data = {"slug": SLUG, "title": BOTH, "answer": NUMBER, "url": URLS}
SITUATION_LINKS = _array(_object(slug=SLUG, fit={"enum": ["answer", "avoid"]}, title=BOTH, url=URLS))
COUNT: Data = {"type": "integer", "minimum": 0}
RULES = _array(
    _object(
        level=_one_of(Level),
        topic=_one_of(Topic),
        header=_optional(STRING),
        condition=_optional(TEXT),
        note=_optional(TEXT),
        basis=_optional(_one_of(Basis)),
        check_needs=_one_of(CheckNeeds),
        sources=_array(_object(source=STRING, url=URL)),
    )
)


def _fact(choices: type[Enum], **more: Data) -> Data:
    fact = _object(value=_one_of(choices), label=BOTH, source=_optional(STRING), url=_optional(URL), **more)
    return _optional(fact | {"description": "Null: nothing is stated. Without a source it is advice."})


def _schema_reference(name: str) -> Data:
    return {"$schema": {"type": "string", "const": schema_address(name)}}


def _code() -> Data:
    return _object(
        **_schema_reference("code"),
        number=NUMBER,
        label=LABEL,
        **{"class": _optional(CLASS_LABEL)},
        url=URLS,
        name=BOTH,
        plain_name=_optional(TEXT),
        summary=_optional(TEXT),
        registration=_one_of(RegistrationStatus),
        expires_on=_optional(DAY),
        common=BOOLEAN,
        webdav=BOOLEAN,
        sent_by=_optional(PARTICIPANT),
        fixed_by=_optional(PARTICIPANT),
        facts=_object(
            content=_fact(Content),
            caching=_fact(Caching),
            redirect_method=_fact(RedirectMethod),
            retry=_fact(
                Retry,
                condition=_optional(TEXT),
                condition_source=_optional(STRING),
                condition_url=_optional(URL),
            ),
        ),
        request_headers=_array(STRING),
        rules=RULES,
        advice=_array(_object(reader=_one_of(Advice.Reader), steps=_object(ko=_array(STRING), en=_array(STRING)))),
        meaning=_optional(MARKDOWN),
        when_to_use=_optional(MARKDOWN),
        when_not_to_use=_optional(MARKDOWN),
        misunderstanding=_optional(MARKDOWN),
        history=_optional(MARKDOWN),
        exchanges=_array(
            _object(
                title=TEXT,
                products={
                    "type": "object",
                    "propertyNames": PARTICIPANT,
                    "additionalProperties": STRING,
                },
                messages=_array(
                    _object(
                        sender=PARTICIPANT,
                        receiver=PARTICIPANT,
                        lost=BOOLEAN,
                        raw=_optional(RAW),
                        note=_optional(TEXT),
                    )
                ),
            )
        ),
        vendor_meanings=_array(
            _object(
                issuer=STRING,
                product=_optional(STRING),
                phrase=_optional(STRING),
                visibility=_one_of(VendorMeaning.Visibility),
                meaning=MARKDOWN,
                source=_optional(STRING),
                url=_optional(URL),
            )
        ),
        product_codes=_array(_object(**PRODUCT_CODE)),
        identifiers=_array(_object(ecosystem=STRING, identifier=STRING, former=BOOLEAN)),
        aliases=_array(_object(phrase=STRING, used_by=STRING)),
        error_texts=_array(
            _object(slug=SLUG, product=STRING, text=STRING, certainty=_one_of(ErrorText.Sure), url=URLS)
        ),
        situations=SITUATION_LINKS,
        groups=_array(GROUP_LINK),
        related=_array(_object(**LINK)),
        references=REFERENCES,
        checked_on=_optional(DAY),
        license=LICENSE,
    )


def _class() -> Data:
    return _object(
        **_schema_reference("class"),
        digit={"type": "integer", "minimum": 1, "maximum": 5},
        label=CLASS_LABEL,
        url=URLS,
        name=BOTH,
        plain_name=_optional(TEXT),
        summary=_optional(TEXT),
        meaning=_optional(MARKDOWN),
        sent_by=_optional(PARTICIPANT),
        fixed_by=_optional(PARTICIPANT),
        rules=RULES,
        codes=_array(_object(**LINK, summary=_optional(TEXT))),
        license=LICENSE,
    )


def _group() -> Data:
    return _object(
        **_schema_reference("group"),
        slug=SLUG,
        url=URLS,
        name=_optional(TEXT),
        question=BOTH,
        meaning=_optional(MARKDOWN),
        members=_array(_object(**LINK, answer=BOTH, example=_optional(MARKDOWN), said_by=_array(_one_of(Hop)))),
        references=REFERENCES,
        checked_on=_optional(DAY),
        license=LICENSE,
    )


def _situation() -> Data:
    return _object(
        **_schema_reference("situation"),
        slug=SLUG,
        url=URLS,
        topic=_one_of(SituationTopic),
        title=BOTH,
        answer=_object(**LINK),
        norm=_one_of(Norm),
        reason=TEXT,
        source=STRING,
        source_url=URL,
        disputed={"type": "boolean", "description": "Whether a house answers with another code."},
        headers=_array(
            _object(
                header=STRING,
                level=_one_of(SituationHeader.Level),
                value=_optional(STRING),
                note=_optional(TEXT),
            )
        ),
        example=_optional(RAW),
        other_codes=_array(_object(**LINK, fit=_one_of(OtherCode.Fit), reason=BOTH)),
        verdicts=_array(
            _object(
                house=STRING,
                version=_optional(STRING),
                uses=_array(NUMBER),
                rejects=_array(NUMBER),
                strength=_one_of(HouseVerdict.Strength),
                note=BOTH,
                evidence=_one_of(HouseVerdict.Evidence),
                url=URL,
            )
        ),
        checked_on=_optional(DAY),
        license=LICENSE,
    )


def _error() -> Data:
    return _object(
        **_schema_reference("error"),
        slug=SLUG,
        url=URLS,
        product=STRING,
        text=STRING,
        kind=_one_of(ErrorText.Kind),
        written_by=_one_of(ErrorText.Who),
        codes=_array(NUMBER),
        certainty=_one_of(ErrorText.Sure),
        meaning=BOTH,
        next=BOTH,
        source=STRING,
        source_url=_optional(URL),
        checked_on=_optional(DAY),
        license=LICENSE,
    )


def _rule_set() -> Data:
    return _object(
        **_schema_reference("rule-set"),
        slug=SLUG,
        url=URLS,
        name=BOTH,
        summary=BOTH,
        rules=RULES,
        license=LICENSE,
    )


def _product() -> Data:
    return _object(
        **_schema_reference("product"),
        slug=_one_of(Product),
        url=URLS,
        product=STRING,
        name=BOTH,
        introduction=BOTH,
        codes=_array(_object(code=_object(**LINK), **PRODUCT_CODE)),
        license=LICENSE,
    )


def _question() -> Data:
    return _object(
        **_schema_reference("question"),
        slug=SLUG,
        url=URLS,
        question=BOTH,
        choices=_array(
            _object(
                answer=BOTH,
                next=_optional(_object(slug=SLUG, question=BOTH, url=URLS)),
                situations=_array(_object(**SITUATION_ROW)),
            )
        ),
        license=LICENSE,
    )


def _question_list() -> Data:
    return _object(**_schema_reference("question-list"), url=URLS, questions=_array(_question()), license=LICENSE)


def _situation_list() -> Data:
    row = _object(
        **SITUATION_ROW,
        also=_array(NUMBER) | {"description": "Codes that may stand for the answer."},
        disputed={"type": "boolean", "description": "Whether a house answers with another code."},
    )
    topics = _array(_object(topic=_one_of(SituationTopic), name=BOTH, situations=_array(row)))
    return _object(**_schema_reference("situation-list"), url=URLS, count=COUNT, topics=topics, license=LICENSE)


def _code_situations() -> Data:
    return _object(
        **_schema_reference("code-situations"),
        url=URLS,
        code=_object(**LINK),
        situations=SITUATION_LINKS,
        license=LICENSE,
    )


def _code_lines() -> Data:
    frameworks = _array(_object(name=STRING, ecosystem=STRING, lines=_array(STRING)))
    return _object(
        **_schema_reference("code-lines"), url=URLS, code=_object(**LINK), frameworks=frameworks, license=LICENSE
    )


def _group_list() -> Data:
    return _object(**_schema_reference("group-list"), url=URLS, groups=_array(GROUP_LINK), license=LICENSE)


def _product_errors() -> Data:
    return _object(
        **_schema_reference("product-errors"),
        slug=SLUG,
        url=URLS,
        product=STRING,
        count=COUNT,
        errors=_array(_error()),
        license=LICENSE,
    )


def _code_errors() -> Data:
    return _object(
        **_schema_reference("code-errors"),
        url=URLS,
        code=_object(**LINK),
        count=COUNT,
        errors=_array(_error()),
        license=LICENSE,
    )


def _problem() -> Data:
    schema = _object(type=URL, title=STRING, status=NUMBER, detail=STRING, instance=STRING)
    return schema | {"description": "Problem details (RFC 9457)."}


SCHEMAS = {
    "code": ("A status code", _code),
    "class": ("A class of status codes", _class),
    "group": ("Codes that people confuse", _group),
    "situation": ("A situation and the code that answers it", _situation),
    "error": ("An error text and the codes that it stands for", _error),
    "rule-set": ("Rules about responses that belong to no class", _rule_set),
    "product": ("A product with codes of its own", _product),
    "question": ("A question that leads to situations", _question),
    "question-list": ("All questions", _question_list),
    "situation-list": ("All situations by topic", _situation_list),
    "code-situations": ("The situations of a status code", _code_situations),
    "group-list": ("All groups of codes that people confuse", _group_list),
    "product-errors": ("The error texts of a product", _product_errors),
    "code-errors": ("The error texts that stand for a status code", _code_errors),
    "code-lines": ("The lines of code that send a status code", _code_lines),
    "problem": ("What answers a request that failed", _problem),
}


def schema(name: str) -> Data:
    """Return the JSON Schema of a kind of document. Raise KeyError for a name that is not in SCHEMAS."""
    title, made = SCHEMAS[name]
    return {"$schema": DIALECT, "$id": schema_address(name), "title": title} | made()


def bulk_schema(plural: str, name: str) -> Data:
    """Return the schema of a file with all documents of a kind."""
    return _object(
        license=LICENSE,
        revision={"type": "integer", "minimum": 0, "description": "Grows with every change of the catalogue."},
        count=COUNT,
        **{plural: _array({"$ref": f"#/components/schemas/{name}"})},
    )


def openapi() -> Data:
    """Return the OpenAPI description of all addresses for programs."""
    outside = ("$schema", "$id")
    components = {name: {key: value for key, value in schema(name).items() if key not in outside} for name in SCHEMAS}
    paths: Data = {}
    for operation, summary, place, names, parameter in TWINS:
        for prefix, language in (("", "ko"), ("/en", "en")):
            for suffix, kind in (("txt", "text/plain"), ("md", "text/markdown")):
                content = {kind: {"schema": {"type": "string"}}}
                path = _path(
                    f"{summary}, {LANGUAGE_NAMES[language]}", f"{operation}_{suffix}_{language}", content, parameter
                )
                paths[f"{prefix}{place}.{suffix}"] = path
        if names:
            references = [{"$ref": f"#/components/schemas/{name}"} for name in names]
            document = {"oneOf": references} if len(references) > 1 else references[0]
            paths[f"{place}.json"] = _path(summary, operation, _json(document), parameter)
    for of_all in BULK:
        content = _json(bulk_schema(of_all.plural, of_all.name))
        paths[f"/{of_all.plural}.json"] = _path(f"All {of_all.plural}", of_all.plural, content)
    lines = {"application/x-ndjson": {"schema": {"type": "string"}}}
    paths["/codes.ndjson"] = _path("All codes, a document a line", "codes_ndjson", lines)
    table = {"text/csv": {"schema": {"type": "string"}}}
    paths["/codes.csv"] = _path("All codes as a table: names, summaries and facts", "codes_csv", table)
    parameter = {"name": "name", "in": "path", "required": True, "schema": {"type": "string", "enum": list(SCHEMAS)}}
    described = {"application/schema+json": {"schema": {"type": "object"}}}
    paths["/schema/{name}.json"] = _path("The JSON Schema of a kind of document", "schema", described, parameter)
    return {
        "openapi": "3.1.1",
        "info": {
            "title": "HTTP status codes, in Korean and English",
            "version": VERSION,
            "description": "Documents are bilingual; text and Markdown are in the language of their address. "
            "Fields are only added.",
            "license": {"name": "CC BY 4.0", "identifier": "CC-BY-4.0"},
        },
        "servers": [{"url": site_address("")}],
        "externalDocs": {"url": site_address("/en/data/")},
        "paths": dict(sorted(paths.items())),
        "components": {"schemas": components},
    }


def _parameter(name: str, pattern: str, example: str) -> Data:
    schema = {"type": "string", "pattern": pattern}
    return {"name": name, "in": "path", "required": True, "schema": schema, "example": example}


def _slug(name: str, example: str) -> Data:
    return _parameter(name, SLUG["pattern"], example)


LANGUAGE_NAMES = {"ko": "in Korean", "en": "in English"}
# Pages and their alternates: an operation, a summary, the page's address without its last slash, what is there as JSON.
CODE = _parameter("code", "^[0-9]{3}$", "404")
TWINS: list[tuple[str, str, str, list[str], Data | None]] = [
    (
        "code",
        "A status code, or a class of them",
        "/{code_or_class}",
        ["code", "class"],
        _parameter("code_or_class", "^([0-9]{3}|[1-5]xx)$", "404"),
    ),
    ("code_errors", "The error texts that stand for a status code", "/{code}/errors", ["code-errors"], CODE),
    ("code_lines_of", "The lines of code that send a status code", "/{code}/code", ["code-lines"], CODE),
    ("group", "Codes that people confuse", "/vs/{group}", ["group"], _slug("group", "401-403")),
    ("group_list", "All groups of codes that people confuse", "/vs", ["group-list"], None),
    (
        "situation",
        "A situation and the code that answers it, or the situations of a status code",
        "/choose/{situation}",
        ["situation", "code-situations"],
        _slug("situation", "unique-taken"),
    ),
    ("situation_list", "All situations by topic", "/choose", ["situation-list"], None),
    (
        "question",
        "A question that leads to situations",
        "/choose/ask/{question}",
        ["question"],
        _slug("question", "start"),
    ),
    ("question_list", "All questions", "/choose/ask", ["question-list"], None),
    (
        "product_errors",
        "The error texts of a product",
        "/errors/{product}",
        ["product-errors"],
        _slug("product", "nginx"),
    ),
    ("rule_set", "Rules that belong to no class", "/rules/{rule_set}", ["rule-set"], _slug("rule_set", "any")),
    *(
        (f"product_{product.name.lower()}", f"The codes of {product.label}", f"/{product.value}", ["product"], None)
        for product in Product
    ),
    ("code_list", "All codes by class", "/codes", [], None),
    ("error_list", "All error texts by product", "/errors", [], None),
]


def _json(schema: Data) -> Data:
    return {"application/json": {"schema": schema}}


def _path(summary: str, operation: str, content: Data, parameter: Data | None = None) -> Data:
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/problem"}}}
    get: Data = {
        "operationId": operation,
        "summary": summary,
        "responses": {
            "200": {"description": summary, "content": content},
            "304": {"description": "Not changed since the ETag in If-None-Match"},
            "default": {"description": "A problem", "content": problem},
        },
    }
    if parameter:
        get["parameters"] = [parameter]
    return {"get": get}
