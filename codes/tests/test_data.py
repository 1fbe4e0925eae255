"""The same entries for programs: documents, text, Markdown, all at once, what describes them, and errors."""

import csv
import io
import json
import re
from html import unescape

import pytest
from django.core.management import CommandError, call_command
from jsonschema import Draft202012Validator
from pytest_django.asserts import assertContains

from codes.data import kinds, schemas
from codes.data.plain_text import WIDTH, columns
from codes.models import StatusCode

pytestmark = pytest.mark.django_db

CODES = ["/404", "/000"]  # whose alternates only the head names
TWINS = [*CODES, "/4xx", "/vs/401-403", "/choose/unique-taken", "/choose/404", "/choose/ask/start", "/404/errors",
         "/404/code", "/errors/nginx", "/grpc", "/rules/any", "/vs", "/choose", "/choose/ask"]  # fmt: skip
TEXTS = [*TWINS, "/codes", "/errors"]
BULK = ["codes", "classes", "groups", "situations", "errors", "rules", "products", "questions"]
MANY = ["code", "error", "code-errors", "product-errors"]  # kinds with so many documents that to check them takes long
SAMPLE = [103, 200, 304, 307, 401, 404, 421, 429, 499, 503, 520]


make_all = kinds.Kind.all


class Documents(dict):
    """All documents by the name of their kind, made when they are first looked at."""

    def __missing__(self, name):
        (kind,) = (kind for kind in kinds.DESCRIBED if kind.name == name)
        self[name] = json.loads(json.dumps(make_all(kind)))
        return self[name]


DOCUMENTS = Documents()


@pytest.fixture
def documents(db):
    return DOCUMENTS


@pytest.fixture
def made_once(documents, monkeypatch):
    """Let the site answer with these documents: to make all of a kind for each request takes most of the time."""
    monkeypatch.setattr(kinds.Kind, "all", lambda kind: documents[kind.name])


def closed(schema):
    """Return a schema that allows no field that it does not describe."""
    if isinstance(schema, list):
        return [closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    more = {"additionalProperties": False} if isinstance(schema.get("properties"), dict) else {}
    return more | {name: closed(value) for name, value in schema.items()}


def texts_of(data):
    """Yield every text in a document."""
    if isinstance(data, dict | list):
        for each in data.values() if isinstance(data, dict) else data:
            yield from texts_of(each)
    elif isinstance(data, str):
        yield data


def letters(text):
    """Return the letters and digits of a text."""
    return re.sub(r"[\W_]+", "", text)


def shown(html):
    """Return what a piece of a page says to the eye, letters and digits alone."""
    html = re.sub('<span class="visually-hidden">.*?</span>', "", html)
    return letters(unescape(re.sub("<[^>]*>", "", html)))


# Documents


@pytest.mark.parametrize(
    "name",
    [pytest.param(each.name, marks=pytest.mark.content if each.name in MANY else ()) for each in kinds.DESCRIBED],
)
def test_every_document_has_exactly_the_fields_that_its_schema_describes(documents, name):
    Draft202012Validator.check_schema(schemas.schema(name))
    validator = Draft202012Validator(closed(schemas.schema(name)))
    assert documents[name]
    for document in documents[name]:
        errors = [f"{error.json_path}: {error.message}" for error in validator.iter_errors(document)]
        assert errors == [], document["url"]


@pytest.mark.parametrize("prefix", ["", "/en"])
@pytest.mark.parametrize("number", SAMPLE)
def test_what_a_page_says_of_a_code_is_in_its_document(rendered, documents, number, prefix):
    """Each fact, rule, step, message, meaning, name and source of the page; error texts of which it shows a few too."""
    page = rendered[f"{prefix}/{number}/"].text
    document = next(each for each in documents["code"] if each["number"] == number)
    said = letters(re.sub(r"\]\([^)\s]*\)", "]", " ".join(texts_of(document))))
    pieces = [
        *re.findall(r"<pre>(.*?)</pre>", page, re.DOTALL),
        *re.findall(r'<div class="prose"[^>]*>(.*?)</div>', page, re.DOTALL),
        *re.findall(r'<p class="note">(.*?)</p>', page, re.DOTALL),
        *re.findall(r'<a class="source" href="[^"]*">(.*?)</a>', page),
        *re.findall(r"<table class=\"finer\">.*?<td>(?:<span[^>]*>)?(.*?)</?s", page, re.DOTALL),
        *re.findall(r"<h1>.*?<span[^>]*>(.*?)</span>", page),
    ]
    assert len(pieces) > 5
    assert [piece for piece in pieces if shown(piece) not in said] == []
    facts = page.partition('id="facts"')[2].partition("</dl>")[0]
    header_fields = {rule["header"] for rule in document["rules"]} | set(document["request_headers"])
    assert set(re.findall(r"<code>([A-Z][\w-]+)</code>", facts)) <= header_fields
    language = "en" if prefix else "ko"
    for fact in filter(None, document["facts"].values()):
        assert fact["label"][language] in unescape(facts)
    sources = page.partition('id="sources"')[2].partition("</dl>")[0]
    assert {each["url"] for each in document["references"]} == {
        unescape(url) for url in re.findall('href="(http[^"]+)', sources)
    }


def test_links_in_texts_are_full_addresses_in_the_language_of_the_text(documents):
    count = 0
    for document in documents["code"]:
        for field in ("meaning", "when_to_use", "when_not_to_use", "misunderstanding", "history"):
            for language, text in (document[field] or {}).items():
                targets = re.findall(r"\]\(([^)]*)\)", text or "")
                assert all(target.startswith("https://") for target in targets)
                own = [target for target in targets if target.startswith("https://status.example/")]
                assert all(target.startswith("https://status.example/en/") == (language == "en") for target in own)
                count += len(own)
    assert count > 500


@pytest.mark.parametrize("path", TWINS)
def test_a_document_runs_few_queries_whatever_it_says(client, django_assert_max_num_queries, path):
    with django_assert_max_num_queries(18):
        assert client.get(f"{path}.json").json()["url"]["en"] == f"https://status.example/en{path}/"


@pytest.mark.parametrize("path", TWINS)
def test_a_page_and_its_twins_name_each_other(client, rendered, path):
    for prefix in ("", "/en"):
        page = rendered[f"{prefix}{path}/"]
        for address in (f"{path}.json", f"{prefix}{path}.txt", f"{prefix}{path}.md"):
            assertContains(page, f'href="{address}"')
            assert path in CODES or f'<{address}>; rel="alternate"; type=' in page["Link"]
            links = client.get(address)["Link"]
            assert f"<https://status.example{path}/>" in links or f"<https://status.example/en{path}/>" in links
    assert "</schema/" in client.get(f"{path}.json")["Link"].replace("https://status.example", "")


# Text and Markdown


@pytest.mark.parametrize("prefix", ["", "/en"])
@pytest.mark.parametrize("path", TEXTS)
def test_text_fits_a_terminal(client, prefix, path):
    response = client.get(f"{prefix}{path}.txt")
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response["Content-Language"] == ("en" if prefix else "ko")
    assert response.text.endswith("\n")
    # Messages are indented and keep their lines; an address or the name of a class has no place to break.
    too_wide = [line for line in response.text.split("\n") if columns(line) > WIDTH and not line.startswith("    ")]
    assert [line for line in too_wide if " " in line.removeprefix("- ").strip()] == []
    assert "**" not in response.text
    assert "](" not in response.text


def test_a_hangul_syllable_takes_two_columns():
    assert columns("404 찾을 수 없음") == 16


def test_text_and_markdown_say_what_to_do_and_show_the_messages(client):
    text, markdown = client.get("/404.txt").text, client.get("/en/404.md").text
    assert text.startswith("404 찾을 수 없음 · Not Found\n")
    assert markdown.startswith("# 404 Not Found · 찾을 수 없음\n")
    assert "\n    HTTP/1.1 404 Not Found\n" in text
    assert "\n```http\nHTTP/1.1 404 Not Found\n" in markdown
    code = StatusCode.objects.get(number=404)
    assert code.summary_ko in text.replace("\n", " ")
    assert code.summary_en in markdown


# All at once


@pytest.mark.parametrize("plural", BULK)
def test_all_documents_of_a_kind_come_with_licence_and_revision_by_few_queries(
    client, documents, django_assert_max_num_queries, plural
):
    with django_assert_max_num_queries(19):
        data = client.get(f"/{plural}.json").json()
    name = next(kind.name for kind in kinds.BULK if kind.plural == plural)
    assert data[plural] == documents[name]
    assert data["count"] == len(documents[name])
    assert data["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert data["revision"] > 0


def test_codes_come_as_lines_and_as_a_table(client, documents, made_once):
    lines = client.get("/codes.ndjson").text.splitlines()
    assert [json.loads(line) for line in lines] == documents["code"]
    content = client.get("/codes.csv").content
    assert content.startswith(b"\xef\xbb\xbf")
    rows = {row["number"]: row for row in csv.DictReader(io.StringIO(content.decode("utf-8-sig")))}
    assert list(rows) == [document["label"] for document in documents["code"]]
    assert rows["401"]["must_send"] == "WWW-Authenticate"
    assert (rows["404"]["caching"], rows["404"]["caching_source"]) == ("heuristic", "RFC 9110 §15.5.5")
    assert rows["000"]["name_ko"] == StatusCode.objects.get(number=0).name_ko


# Who may read them


ADDRESSES = ["/404.json", "/en/404.txt", "/404.md", "/codes.csv", "/openapi.json", "/schema/code.json", "/llms.txt",
             "/.well-known/api-catalog", "/471.json", "/nope.json"]  # fmt: skip


@pytest.mark.parametrize("address", ADDRESSES)
def test_scripts_of_any_site_may_read_the_addresses_for_programs(client, made_once, address):
    response = client.get(address)
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Access-Control-Expose-Headers"] == "ETag, Link"
    assert response["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "Set-Cookie" not in response


@pytest.mark.parametrize("path", ["/", "/404/", "/data/", "/robots.txt", "/sitemap.xml", "/admin/x.json", "/404.png"])
def test_scripts_of_other_sites_read_nothing_else(client, path):
    assert "Access-Control-Allow-Origin" not in client.get(path)
    assert "Access-Control-Allow-Origin" not in client.options(path)


def test_a_browser_learns_once_a_day_what_it_may_send(client):
    headers = {"Origin": "https://other.example", "Access-Control-Request-Headers": "if-none-match"}
    response = client.options("/404.json", headers=headers)
    assert (response.status_code, response.content) == (204, b"")
    assert response["Access-Control-Max-Age"] == "86400"
    assert response["Access-Control-Allow-Headers"] == "*"
    assert "GET" in response["Access-Control-Allow-Methods"]


# Errors


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("/471.json", "/data/#unknown-code"),
        ("/en/471.txt", "/data/#unknown-code"),
        ("/700.md", "/data/#unknown-code"),
        ("/vs/nope.json", "/data/#unknown-entry"),
        ("/choose/nope.md", "/data/#unknown-entry"),
        ("/nope.json", "/404/"),
        ("/schema/nope.json", "/404/"),
        ("/404.JSON", "/404/"),
        ("/404.json/", "/404/"),
        ("/4XX.json", "/404/"),
        ("/en/404.json", "/404/"),
        ("/en/codes.json", "/404/"),
        ("/40.json", "/404/"),
    ],
)
def test_what_is_not_there_is_a_problem_of_a_type_of_this_site(client, address, kind):
    response = client.get(address)
    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"
    problem = response.json()
    Draft202012Validator(schemas.schema("problem")).validate(problem)
    assert (problem["type"], problem["instance"]) == (f"https://status.example{kind}", address)
    page, _, anchor = kind.partition("#")
    assertContains(client.get(page), f'id="{anchor}"' if anchor else "404")


@pytest.mark.parametrize(("number", "treat_as"), [(471, 400), (298, 200), (199, 100), (700, 500), (99, 500)])
def test_a_number_without_an_entry_says_how_to_treat_it(client, number, treat_as):
    problem = client.get(f"/{number:03}.json").json()
    assert problem["number"] == number
    assert problem["treat_as"]["number"] == treat_as
    assert client.get(problem["treat_as"]["url"].removeprefix("https://status.example")).status_code == 200
    assert "RFC 9110 §15" in problem["detail"]


def test_other_errors_are_problems_too(client):
    response = client.post("/404.json")
    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD, OPTIONS")
    problem = response.json()
    assert problem["type"] == "https://status.example/405/"
    assert "can be read" in problem["detail"]
    assert "읽을 수만" in problem["detail"]
    assert client.get("/404.json?" + "a" * 50_000).json()["type"] == "https://status.example/400/"


# Descriptions


def test_every_path_of_the_description_answers_as_described(client, made_once):
    examples = {"name": "code"}
    described = client.get("/openapi.json").json()
    assert described["openapi"].startswith("3.1.")
    for path, item in described["paths"].items():
        get = item["get"]
        examples |= {each["name"]: each["example"] for each in get.get("parameters", []) if "example" in each}
        response = client.get(path.format(**examples))
        (media_type,) = get["responses"]["200"]["content"]
        assert (response.status_code, response["Content-Type"].partition(";")[0]) == (200, media_type), path
    identifiers = [item["get"]["operationId"] for item in described["paths"].values()]
    assert len(set(identifiers)) == len(identifiers)


def test_the_description_is_openapi():
    validator = pytest.importorskip("openapi_spec_validator")
    validator.validate(schemas.openapi())


def test_a_schema_is_at_its_own_address(client):
    for name in schemas.SCHEMAS:
        schema = client.get(f"/schema/{name}.json").json()
        assert schema["$id"] == f"https://status.example/schema/{name}.json"


def test_the_catalogue_of_apis_leads_to_the_description_and_the_page(client):
    response = client.get("/.well-known/api-catalog")
    assert response["Content-Type"].startswith("application/linkset+json")
    assert client.head("/.well-known/api-catalog")["Link"].endswith('rel="api-catalog"')
    (links,) = response.json()["linkset"]
    for each in [*links["service-desc"], *links["service-doc"]]:
        address = each["href"].removeprefix("https://status.example")
        assert client.get(address)["Content-Type"].startswith(each["type"])


def test_every_address_in_llms_txt_and_on_the_page_answers(client, rendered, made_once):
    text = client.get("/llms.txt").text
    addresses = set(re.findall(r"https://status\.example(/[^\s),]*)", text))
    assert len(addresses) > 8
    for page in ("/data/", "/en/data/"):
        addresses |= set(re.findall(r'href="(/[^"#?]*\.(?:json|txt|md|csv|ndjson))"', rendered[page].text))
    for address in addresses:
        assert client.get(address).status_code == 200, address


# As files


def test_files_are_not_written_over_others(tmp_path):
    (tmp_path / "notes.txt").touch()
    with pytest.raises(CommandError, match="not an empty folder"):
        call_command("export_data", tmp_path)
