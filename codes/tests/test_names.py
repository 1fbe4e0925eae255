"""A plain name beside a name that misleads: where it is shown, how it is found, and how it is edited."""

import re

import pytest
from django.urls import reverse
from django.utils.translation import override
from pytest_django.asserts import assertContains, assertNotContains

from codes import search
from codes.editing import translation_tables
from codes.models import EntrySnapshot, StatusCode
from codes.search.documents import read_catalogue
from codes.tests.html_forms import form_of

pytestmark = pytest.mark.django_db


def without_glosses(page):
    """Return the page's HTML without the marks around plain names."""
    return re.sub(r'<(i|span class="gloss")>(.*?)</(i|span)>', r"\2", page.text)


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/401/", "<title>401 권한 없음 (인증 필요)"),
        ("/401/", "<h1>권한 없음 (인증 필요)</h1>"),
        ("/en/401/", "<h1>Unauthorized (authentication required)</h1>"),
        ("/4xx/", "<title>4xx 실패 (클라이언트 오류)"),
        ("/4xx/", "<h1>실패 (클라이언트 오류)</h1>"),
        ("/4xx/", "<span>권한 없음 (인증 필요)</span>"),
        ("/404/", ">4xx 실패 (클라이언트 오류)</a>"),
        ("/400/", "<b>401</b> 권한 없음 (인증 필요)"),
        ("/407/", '<b class="num">401</b> 권한 없음 (인증 필요)</a>'),
        ("/", '<p class="name">실패 (클라이언트 오류)</p>'),
        ("/", "권한 없음 (인증 필요)</"),
        ("/vs/401-403/", "<b>401</b> 권한 없음 (인증 필요)</a></h2>"),
        ("/vs/gateway/", "<b>502</b> 잘못된 게이트웨이 (업스트림 응답 오류)</a></li>"),
    ],
)
def test_a_misleading_name_has_its_plain_name_beside_it(rendered, path, shown):
    assert shown in without_glosses(rendered[path])


def test_results_and_suggestions_show_it_and_mark_what_was_typed(client):
    assertContains(client.get("/search/?q=인증 필요&all=1"), "권한 없음 (<mark>인증 필요</mark>)")
    assert client.get("/search/suggest/?q=접수됨").json()["results"][0]["name"] == "허용됨 (접수됨)"
    assert client.get("/search/completions/?q=접수됨").json()[1][0] == "202 허용됨 (접수됨)"


def test_the_other_language_need_not_have_one(rendered, make_code):
    assertNotContains(rendered["/en/4xx/"], "Client Error (")
    code = make_code(433, name_ko="이름", name_en="Name", plain_name_ko="쉬운 말")
    assert code.full_name == "이름 (쉬운 말)"
    with override("en"):
        assert code.full_name == "Name"
    complete = StatusCode.objects.filter(number=202)
    assert complete.exclude(plain_name_ko="").filter(plain_name_en="").exists()
    assert not complete.lacking("en").exists()


@pytest.fixture(scope="module")
def index(django_db_setup, django_db_blocker):
    """An index of the catalogue and of one more code."""
    code = StatusCode(
        number=433,
        category_id=4,
        name_ko="가나다라 마바사",
        name_en="Quick Brown Fox",
        plain_name_ko="차카타파 하거너",
        plain_name_en="lazy dog jumps",
    )
    with django_db_blocker.unblock():
        catalogue = dict(read_catalogue())
        return search.Index((catalogue | {"code": [*catalogue["code"], code]}).items())


@pytest.mark.parametrize("query", ["가나다라 마바사", "차카타파 하거너", "Quick Brown Fox", "lazy dog jumps"])
def test_search_finds_a_code_by_its_name_and_its_plain_name_alike(index, query):
    hit = index.search(query).hits[0]
    assert (hit.found.number, hit.text) == (433, query)


def test_editors_write_it_in_the_form_and_see_it_in_the_list_and_the_history(editor, small_code):
    path, data = form_of(editor, 433)
    assert editor.post(path, data | {"plain_name_ko": "쉬운 말"}).status_code == 302
    assertContains(editor.get(reverse("admin:codes_statuscode_changelist")), "작은 항목 (쉬운 말)")
    assert "<h1>작은 항목 (쉬운 말)</h1>" in without_glosses(editor.get("/433/"))
    assert "쉬운 한국어 이름" in EntrySnapshot.objects.first().summary_ko
    # Its English twin is a text of its own: it is not outdated by this.
    code = StatusCode.objects.get(number=433)
    assert code.outdated_translations == ""
    assert ",plain_name,쉬운 말," in translation_tables.export_table([code], "csv").decode()
