"""Which code do I return? The list, one situation, the questions, and the ways between them and the codes."""

import gzip
import html
import json
import re
from importlib import import_module
from itertools import pairwise

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from codes.editing import fixtures
from codes.models import EntrySnapshot, HouseVerdict, OtherCode, Question, QuestionChoice, Situation, StatusCode
from codes.tests.html_forms import form_of
from codes.views.situations import example_response

pytestmark = pytest.mark.django_db


def links(page):
    return re.findall(r'href="([^"#?]*)', page.text)


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_the_list_leads_to_every_situation_with_its_answer(rendered, prefix):
    page = re.sub(r"\s+", " ", rendered[f"{prefix}/choose/"].text)
    for situation in Situation.objects.all():
        assert f'<a href="{prefix}/choose/{situation.pk}/"><b>{situation.label}</b>' in page


def test_the_list_marks_the_situations_on_which_houses_differ(client):
    rows = dict(re.findall(r'href="/choose/([\w-]+)/">.*?</a>(.*?)</li>', client.get("/choose/").text, re.DOTALL))
    assert "의견 갈림" in rows["value-breaks-rule"]
    assert "의견 갈림" not in rows["put-replaced"]
    HouseVerdict.objects.filter(situation="value-breaks-rule").update(codes="422 400")
    rows = dict(re.findall(r'href="/choose/([\w-]+)/">.*?</a>(.*?)</li>', client.get("/choose/").text, re.DOTALL))
    assert "의견 갈림" not in rows["value-breaks-rule"]


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_a_situation_says_what_to_answer_why_and_who_says_otherwise(rendered, prefix):
    for situation in Situation.objects.prefetch_related("verdicts", "other_codes"):
        page = rendered[f"{prefix}/choose/{situation.pk}/"]
        language = "en" if prefix else "ko"
        assertContains(page, f'href="{prefix}/{situation.label}/"')
        assertContains(page, f'href="{situation.url}"')
        for text in (getattr(situation, f"{name}_{language}") for name in ("title", "reason")):
            assertContains(page, text.replace("&", "&amp;").replace("'", "&#x27;").replace('"', "&quot;"))
        for verdict in situation.verdicts.all():
            assertContains(page, verdict.url.replace("&", "&amp;"))
        for other in situation.other_codes.all():
            assertContains(page, f'href="{prefix}/{other.code_id:03}/"')


def test_houses_are_compared_by_code(client):
    page = client.get("/en/choose/value-breaks-rule/").text
    rows = dict(re.findall(r'<th scope="row"><a [^>]*>(.*?)</a>(.*?)</tr>', page, re.DOTALL))
    marks = {house: re.findall("[●○✕]", row) for house, row in rows.items()}
    assert marks["RFC"] == ["●", "○"]
    assert re.findall(r'<td class="pick".*?</td>', rows["Zalando"], re.DOTALL)[0].count("●") == 0
    assertContains(client.get("/en/choose/form-reset/"), '<span class="visually-hidden">not 205</span>')


def test_the_example_response_keeps_the_rules_that_the_page_states():
    for situation in Situation.objects.select_related("answer").prefetch_related("headers"):
        headers = list(situation.headers.all())
        diagram = example_response(situation, headers)
        if diagram is None:
            assert situation.pk == "client-hung-up"
            continue
        for raw in (diagram.messages[0].text_ko, diagram.messages[0].text_en):
            head, _, content = raw.partition("\n\n")
            start, *lines = head.split("\n")
            fields = dict(line.split(": ", 1) for line in lines)
            assert len(fields) == len(lines), situation.pk
            assert start == f"HTTP/1.1 {situation.label} {situation.answer.name_en}"
            required = {each.header for each in headers if each.level == "must" and not each.note_en}
            assert required <= set(fields), situation.pk
            if content:
                length = None if fields["Content-Type"] == "text/event-stream" else str(len(content.encode()))
                assert fields.get("Content-Length") == length, situation.pk
                assert situation.answer_id not in (204, 205, 304)
                if "json" in fields["Content-Type"]:
                    data = json.loads(content)
                if fields["Content-Type"] == "application/problem+json":
                    assert data["status"] == situation.answer_id


def test_a_rule_that_applies_only_sometimes_is_not_stated_of_every_situation(client):
    assertNotContains(client.get("/choose/unique-taken/"), "Upload-Offset")
    page = client.get("/en/choose/login-wrong-password-api/").text
    assert page.count("<code>WWW-Authenticate</code>") == 1
    assert "OAuth" not in page[page.index("Along with it") :]
    # The situation itself names the field, so the section of its rule is given.
    assert "RFC 9110 §15.3.7.1" in client.get("/en/choose/byte-range/").text


def test_a_problem_document_names_the_page_of_its_situation(client):
    page = client.get("/en/choose/unique-taken/")
    assertContains(page, "&quot;type&quot;: &quot;https://status.example/choose/unique-taken/&quot;")
    assertContains(page, "&quot;title&quot;: &quot;Unique value already taken&quot;")


@pytest.mark.parametrize("slug", ["hide-existence", "id-clashes-with-hidden", "login-wrong-password-api"])
def test_an_answer_that_hides_something_does_not_tell_it_in_its_content(client, slug):
    pre = re.search(r"<pre.*?</pre>", client.get(f"/en/choose/{slug}/").text, re.DOTALL)[0]
    assert "&quot;type&quot;" not in pre
    assert Situation.objects.get(pk=slug).title_en not in pre


def test_a_page_of_a_situation_is_light(rendered):
    for path, page in rendered.items():
        if re.fullmatch(r"(/en)?/choose/(?!(?:ask|table|\d+)/)[\w-]+/", path):
            header_fields = sum(len(name) + len(value) + 4 for name, value in page.items()) + 200
            assert len(gzip.compress(page.content, 7)) + header_fields < 14_000, path


def test_an_unknown_situation_offers_the_nearest(client):
    for address in ("/choose/value-break-rules/", "/choose/value-breaks/", "/en/choose/value-broke-rule/"):
        page = client.get(address)
        assert page.status_code == 404
        assertContains(page, "/choose/value-breaks-rule/", status_code=404)
    assert client.get(f"/choose/{'x' * 3000}/").status_code == 404


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_the_questions_lead_to_every_situation_and_never_in_a_circle(client, prefix):
    questions = {each.pk: each for each in Question.objects.prefetch_related("choices__situations")}
    reached = {choice.next_id for each in questions.values() for choice in each.choices.all()}
    (root,) = [slug for slug in questions if slug not in reached]
    assert root == Question.objects.first().pk
    found, asked, ahead = set(), set(), [(root, ())]
    while ahead:
        slug, above = ahead.pop()
        assert slug not in above
        asked.add(slug)
        assert 2 <= len(questions[slug].choices.all()) <= 6
        page = links(client.get(f"{prefix}/choose/ask/{slug}/"))
        for choice in questions[slug].choices.all():
            assert bool(choice.next_id) != bool(choice.situations.all()), (slug, choice.position)
            if choice.next_id:
                assert f"{prefix}/choose/ask/{choice.next_id}/" in page
                ahead.append((choice.next_id, (*above, slug)))
            for situation in choice.situations.all():
                assert f"{prefix}/choose/{situation.pk}/" in page
                found.add(situation.pk)
    assert asked == set(questions)
    assert found == set(Situation.objects.values_list("pk", flat=True))
    tree = links(client.get(f"{prefix}/choose/ask/"))
    assert {f"{prefix}/choose/{slug}/" for slug in found} <= set(tree)


def test_questions_that_lead_in_a_circle_do_not_hang_the_page(client):
    QuestionChoice.objects.create(question_id="state", position=9, answer_ko="처음", answer_en="Again", next_id="who")
    QuestionChoice.objects.create(question_id="who", position=9, answer_ko="다음", answer_en="On", next_id="state")
    assert client.get("/choose/ask/").status_code == 200


def test_the_form_refuses_an_answer_that_leads_back(admin_client):
    path, data = form_of(admin_client, "request", model="question")
    page = admin_client.post(path, data | {"choices-1-next": "start"})
    assertContains(page, "되돌아옵니다")
    assert QuestionChoice.objects.get(question="request", position=2).next_id is None


def test_a_code_leads_to_the_situations_that_it_answers_and_those_that_it_does_not(client):
    page, more = client.get("/409/"), client.get("/choose/409/")
    assertContains(page, 'href="/choose/409/#answers"')
    assertContains(page, 'href="/choose/409/#not"')
    answered, avoided = more.text.split("여기에는 잘못 쓰기 쉽습니다")
    for slug in Situation.objects.filter(answer=409).values_list("pk", flat=True):
        assert f'href="/choose/{slug}/"' in answered
    for slug in OtherCode.objects.filter(code=409, fit="avoid").values_list("situation", flat=True):
        assert f'href="/choose/{slug}/"' in avoided
    assertNotContains(client.get("/783/"), "/choose/783/")
    assert client.get("/choose/783/").status_code == 404


def test_a_group_links_the_situations_that_its_question_decides(client):
    page = client.get("/vs/409-412-422/")
    assertContains(page, 'href="/choose/version-in-body-old/"')
    assertNotContains(page, 'href="/choose/get-one/"')


def test_a_team_makes_a_table_of_what_its_api_answers(client):
    page = client.get("/en/choose/table/", {"s": ["unique-taken,delete-missing", "nonsense"], "house": "Zalando"})
    lines = re.search(r"<pre[^>]*>(.*?)</pre>", page.text, re.DOTALL)[1].splitlines()
    assert lines[0] == "| Situation | Our API answers | Zalando | Source |"
    cells = [line.split(" | ")[1:3] for line in lines[2:]]
    assert cells == [["404 Not Found", "404, 410"], ["409 Conflict", "409"]]
    assert "https://status.example/en/choose/unique-taken/" in lines[3]
    assert page.text.count(" checked>") == 2


def test_a_link_takes_a_whole_topic_or_all_that_is_disputed(client):
    for topic, slug in (("conflict", "if-match-fails"), ("disputed", "value-breaks-rule")):
        page = client.get("/choose/table/", {"topic": topic})
        assertContains(page, f"https://status.example/choose/{slug}/")
        assertNotContains(page, "https://status.example/choose/put-replaced/")
    assertNotContains(client.get("/choose/table/", {"topic": "x", "house": "<b>"}), "<pre")


def test_a_teams_table_shows_texts_as_they_are_typed(client):
    """What people copy into a guide of their own holds nothing of ours but text and links to us and to the source."""
    title = "a|b](https://evil.example/) <img src=x> `c`\n# d"
    url = "https://status.example/(x)|y"
    Situation.objects.filter(pk="unique-taken").update(title_en=title, source="*s*\n\nt", url=url)
    page = client.get("/en/choose/table/?s=unique-taken")
    lines = html.unescape(re.search(r"<pre[^>]*>(.*?)</pre>", page.text, re.DOTALL)[1]).splitlines()
    link = r"[a\|b\](https://evil.example/) \<img src=x> \`c\` # d](https://status.example/en/choose/unique-taken/)"
    assert lines[2:] == [f"| {link} | 409 Conflict | [\\*s\\* t](https://status.example/%28x%29%7Cy) |"]


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/choose/table/?s=get-one&house=RFC", 4),
        ("/choose/409/", 2),
        ("/choose/", 3),
        ("/choose/value-breaks-rule/", 6),
        ("/choose/ask/", 3),
        ("/choose/ask/who/", 4),
    ],
)
def test_a_page_runs_few_queries(client, django_assert_max_num_queries, path, most):
    with django_assert_max_num_queries(most):
        client.get(path)


def test_every_code_that_a_situation_names_has_an_entry_and_stands_once():
    numbers = set(StatusCode.objects.values_list("number", flat=True))
    for verdict in HouseVerdict.objects.all():
        assert {*verdict.uses, *verdict.rejects} <= numbers, verdict
    for other in OtherCode.objects.select_related("situation"):
        assert other.code_id != other.situation.answer_id, other


@pytest.mark.parametrize("model", [Situation, HouseVerdict])
def test_the_database_refuses_a_source_that_is_not_https(model):
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.update(url="http://example.com/")


def test_an_edit_is_recorded_exported_and_refused_when_outdated(editor, tmp_path, monkeypatch):
    path, data = form_of(editor, "unique-taken", model="situation")
    assert editor.post(path, data | {"title_ko": "이미 있는 값"}).status_code == 302
    assert EntrySnapshot.objects.filter(key="situation unique-taken").exists()
    assertContains(editor.get("/choose/unique-taken/"), "이미 있는 값")
    assertContains(editor.post(path, data | {"title_ko": "다른 값"}), "이미 있는 값")
    assert Situation.objects.get(pk="unique-taken").title_ko == "이미 있는 값"
    kinds = {Situation: fixtures.DETAILS_OF[Situation]}
    monkeypatch.setattr("codes.editing.fixtures.exporting.DETAILS_OF", kinds)
    fixtures.export(tmp_path)
    original = (fixtures.FIXTURES / "situations" / "conflict.yaml").read_text().splitlines()
    written = (tmp_path / "situations" / "conflict.yaml").read_text().splitlines()
    assert [line for line in written if line not in original] == ["    title_ko: 이미 있는 값"]
    assert len(written) == len(original)


def test_the_migration_lets_the_groups_of_a_running_site_edit_situations():
    migration = import_module("codes.migrations.0013_situations")
    groups = {name: Group.objects.get(name=name) for name in ("편집자", "관리자")}
    given = {name: set(group.permissions.all()) for name, group in groups.items()}
    for group in groups.values():
        group.permissions.remove(*group.permissions.filter(content_type__model__in=migration.MODELS))
    migration.grant(apps, None)
    assert {name: set(group.permissions.all()) for name, group in groups.items()} == given
    assert not groups["편집자"].permissions.filter(codename="delete_situation").exists()


def test_the_review_queue_counts_situations(editor):
    Situation.objects.filter(pk="unique-taken").update(checked_on=None)
    assertContains(editor.get(reverse("admin:index")), "/admin/codes/situation/?review=never")
    page = editor.get(reverse("admin:codes_situation_changelist"), {"review": "never"})
    assertContains(page, "unique-taken")
    assertNotContains(page, "value-breaks-rule")


@pytest.mark.parametrize(
    ("query", "slug"), [("이미 가입된 이메일로 가입", "signup-email-taken"), ("out of stock", "out-of-stock")]
)
def test_search_finds_situations(client, query, slug):
    assertContains(client.get("/search/", {"q": query}), f'href="/choose/{slug}/"')
    found = client.get("/search/suggest/", {"q": query}).json()["results"]
    assert f"/choose/{slug}/" in [each["url"] for each in found if each["kind"] == "situation"]


DEEP = f'{{"a": {"[" * 13}{"]" * 13}}}'


@pytest.mark.parametrize(
    ("kind", "content_type", "content"),
    [
        *(
            ("own", "application/json", content)
            for content in ("{", "[" * 9000 + "]" * 9000, DEEP, '"\\ud800"', "1e999")
        ),
        *(("problem", "", content) for content in ('{"a":' * 5000, DEEP, '{"a": "\\ud800"}', '{"a": NaN}')),
        ("own", "text/html\nX: y", "text"),
    ],
)
def test_an_example_that_no_page_can_show_is_not_saved(kind, content_type, content):
    situation = Situation.objects.get(pk="get-one")
    situation.example_content, situation.content_type, situation.content = kind, content_type, content
    with pytest.raises(ValidationError):
        situation.full_clean()


def test_a_type_that_only_sounds_like_json_is_shown(client):
    Situation.objects.filter(pk="get-one").update(example_content="own", content_type="text/x-json", content="{")
    assert client.get("/choose/get-one/").status_code == 200


def test_a_situation_does_not_take_the_address_of_a_code():
    with pytest.raises(ValidationError, match="slug"):
        Situation(slug="404").full_clean()


def test_a_question_that_many_answers_lead_to_is_drawn_once(client):
    questions = [Question.objects.create(slug=f"shared-{n}", question_ko="가", question_en="a") for n in range(20)]
    for question, following in pairwise(questions):
        for position in range(1, 4):
            question.choices.create(position=position, answer_ko="가", answer_en="a", next=following)
    page = client.get("/choose/ask/")
    assert 20 < page.text.count("/choose/ask/shared-") < 60
