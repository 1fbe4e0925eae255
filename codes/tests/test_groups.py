"""Codes that are commonly confused: pages, boxes, and the drawing of the chain."""

import pytest
from pytest_django.asserts import assertContains

from codes.models import ConfusionGroup

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_every_group_has_a_page_with_its_question_and_members(rendered, prefix):
    for group in ConfusionGroup.objects.prefetch_related("members__code"):
        page = rendered[f"{prefix}/vs/{group.slug}/"]
        question = group.question_en if prefix else group.question_ko
        assertContains(page, question.replace("'", "&#x27;"))
        for member in group.members.all():
            assertContains(page, f'href="{prefix}/{member.code.label}/"')


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
