"""Codes that are commonly confused: pages, boxes, and the drawing of the chain."""

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains

from codes import search
from codes.models import ConfusionGroup
from codes.tests.html_forms import form_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_every_group_has_a_page_with_its_question_and_members(rendered, prefix):
    for group in ConfusionGroup.objects.prefetch_related("members__code"):
        page = rendered[f"{prefix}/vs/{group.slug}/"]
        question = group.question_en if prefix else group.question_ko
        assertContains(page, question.replace("'", "&#x27;"))
        for member in group.members.all():
            assertContains(page, f'href="{prefix}/{member.code.label}/"')


def test_a_group_is_called_by_its_name_with_the_numbers_beside_it(client, rendered):
    page = rendered["/vs/gateway/"]
    assertContains(page, "<title>누가 끊었나: CDN부터 앱까지 (499 / ")
    assertContains(page, "<h1>누가 끊었나: CDN부터 앱까지</h1>")
    assertContains(page, '<p class="other">499 / 460 / 408 / ')
    name = '<a href="/vs/401-403/">로그인 문제와 권한 문제</a> <small>401 / 403</small>'
    assertContains(rendered["/vs/"], f"<h2>{name}</h2>")
    assertContains(rendered["/401/"], f"<h3>{name}</h3>")
    assertContains(rendered["/502/"], '<li><a href="/vs/gateway/">누가 끊었나: CDN부터 앱까지</a> <small>499 / ')
    assertContains(rendered["/en/vs/401-403/"], "<h1>Not signed in, or not allowed</h1>")


def test_search_finds_a_group_by_its_name_and_shows_it(client):
    assertContains(
        client.get("/search/?q=누가 끊었나&all=1"), "<b><mark>누가 끊었나</mark>: CDN부터 앱까지</b> <small>499"
    )
    found = client.get("/en/search/suggest/?q=who closed the connection").json()["results"][0]
    assert (found["url"], found["name"]) == ("/en/vs/gateway/", "Who closed the connection: from CDN to app")


def test_a_group_without_a_name_is_called_by_its_numbers(client):
    ConfusionGroup.objects.filter(slug="401-403").update(name_ko="", name_en="")
    assertContains(client.get("/vs/401-403/"), "<h1>401 / 403</h1>")
    assertContains(client.get("/401/"), '<h3><a href="/vs/401-403/">401 / 403</a></h3>')
    assert search.Index().search("401 403").hits[0].found.title == "401 / 403"


def test_editors_name_a_group_and_change_its_members_but_do_not_delete_it(editor):
    path, data = form_of(editor, "401-403", "confusiongroup")
    change = {"name_ko": "다른 이름", "members-0-answer_ko": "다른 답입니다."}
    assert editor.post(path, data | change).status_code == 302
    page = editor.get("/vs/401-403/")
    assertContains(page, "<h1>다른 이름</h1>")
    assertContains(page, "다른 답입니다.")
    assert editor.get(reverse("admin:codes_confusiongroup_add")).status_code == 200
    address = reverse("admin:codes_confusiongroup_delete", args=["401-403"])
    assert editor.post(address, {"post": "yes"}).status_code == 403


def test_the_list_of_groups_leads_to_each(client):
    page = client.get("/vs/")
    for group in ConfusionGroup.objects.all():
        assertContains(page, f'href="/vs/{group.slug}/"')


def test_a_code_links_to_the_groups_it_is_confused_in(client):
    assertContains(client.get("/401/"), 'href="/vs/401-403/"')
    assertContains(client.get("/en/403/"), 'href="/en/vs/401-403/"')


def test_a_page_shows_at_most_two_groups_in_boxes_and_links_to_the_others(client):
    page = client.get("/403/").content.decode()
    assert page.count('<section class="box">') == 2
    groups = ConfusionGroup.objects.filter(members__code=403)
    assert groups.count() > 2
    assert all(f'href="/vs/{group.slug}/"' in page for group in groups)


def test_the_gateway_group_draws_the_chain_of_hops(client):
    page = client.get("/vs/gateway/")
    assertContains(page, '<figure class="chain">')
    for hop in ("브라우저", "CDN", "로드 밸런서", "nginx", "애플리케이션"):
        assertContains(page, f"<h3>{hop}</h3>", html=True)


def test_an_unknown_group_is_our_404(client):
    assert client.get("/vs/1-2/").status_code == 404
