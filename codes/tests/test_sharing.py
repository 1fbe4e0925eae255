"""What a link to a page shows elsewhere: its card, Open Graph, linked data, icons."""

import io
import json
import re

import pytest
from django.contrib.staticfiles import finders
from django.core.management import CommandError, call_command
from django.utils import translation
from PIL import Image
from pytest_django.asserts import assertContains, assertNotContains

from codes import cards
from codes.cards.drawing import _font, can_draw
from codes.models import StatusCode
from codes.tests.tools_needed import needs_card_fonts

pytestmark = pytest.mark.django_db

PAPER = (251, 250, 247)


@pytest.fixture
def cards_folder(settings, tmp_path):
    settings.CARDS_ROOT = tmp_path / "cards"
    return settings.CARDS_ROOT


@pytest.fixture
def no_fonts(settings, tmp_path, cards_folder):
    settings.CARD_FONTS = tmp_path
    can_draw.cache_clear()
    yield
    can_draw.cache_clear()


def properties(page):
    return dict(re.findall(r'<meta property="(og:[\w:]+)"[^>]* content="([^"]*)"', page.text))


def opened(response):
    return Image.open(io.BytesIO(response.content)).convert("RGB")


@needs_card_fonts
@pytest.mark.parametrize(
    "path",
    ["/404.png", "/en/404.png", "/4xx.png", "/en/vs/401-403.png", "/choose/get-one.png", "/card.png", "/000.png"],
)
def test_a_card_has_its_size_and_nothing_near_the_edge(client, cards_folder, path):
    response = client.get(path)
    assert response["Content-Type"] == "image/png"
    assert response["Cross-Origin-Resource-Policy"] == "cross-origin"
    image = opened(response)
    assert image.size == (1200, 630)
    # Below the bar at the top, which may be cropped.
    for edge in ((0, 30, 1200, 54), (0, 30, 50, 630), (1150, 30, 1200, 630), (0, 580, 1200, 630)):
        assert all(abs(a - b) < 3 for a, b in zip(image.crop(edge).resize((1, 1)).getpixel((0, 0)), PAPER, strict=True))
        assert len(image.crop(edge).getcolors()) == 1, edge


@needs_card_fonts
def test_a_card_is_drawn_once_for_each_state_of_its_texts(client, cards_folder):
    first = client.get("/404.png")
    assert client.get("/404.png", headers={"If-None-Match": first["ETag"]}).status_code == 304
    assert len(list(cards_folder.iterdir())) == 1
    StatusCode.objects.filter(number=404).update(history_ko="카드에 없는 글")
    assert client.get("/404.png")["ETag"] == first["ETag"]
    StatusCode.objects.filter(number=404).update(name_ko="고친 이름")
    second = client.get("/404.png")
    assert second["ETag"] != first["ETag"]
    assert second.content != first.content


@needs_card_fonts
def test_a_card_is_shown_though_it_cannot_be_stored(client, cards_folder):
    cards_folder.write_text("a file, not a folder")
    assert opened(client.get("/404.png")).size == (1200, 630)


@needs_card_fonts
def test_a_card_that_cannot_be_stored_leaves_nothing_behind(client, cards_folder):
    with translation.override("ko"):
        card = cards.card_of(StatusCode.objects.get(number=404))
    in_the_way = cards_folder / f"{card.digest}.png"
    in_the_way.mkdir(parents=True)
    assert opened(client.get("/404.png")).size == (1200, 630)
    assert list(cards_folder.iterdir()) == [in_the_way]


@needs_card_fonts
def test_a_card_whose_file_is_damaged_is_drawn_again(client, cards_folder):
    whole = client.get("/404.png").content
    (file,) = cards_folder.iterdir()
    file.write_bytes(whole[:2000])
    assert client.get("/404.png").content == file.read_bytes() == whole


@needs_card_fonts
def test_fonts_that_are_removed_while_the_site_runs_are_missing(client, cards_folder, monkeypatch):
    def fail(*args, **kwargs):
        raise OSError("cannot open resource")

    monkeypatch.setattr("PIL.ImageFont.truetype", fail)
    _font.cache_clear()
    assert client.get("/404.png").status_code == 404


@needs_card_fonts
def test_release_draws_what_is_missing_and_removes_what_is_outdated(cards_folder, monkeypatch, capsys):
    with translation.override("en"):
        some = [cards.site_card(), cards.card_of(StatusCode.objects.get(number=404))]
    monkeypatch.setattr(cards, "all_cards", lambda: iter(some))
    cards_folder.mkdir()
    (cards_folder / "outdated.png").touch()
    (cards_folder / "unfinished-by-a-killed-process").touch()
    call_command("make_cards")
    call_command("make_cards")
    said = capsys.readouterr().out.splitlines()
    assert said == ["2 cards: 2 drawn, 2 outdated ones removed", "2 cards: 0 drawn, 0 outdated ones removed"]


def test_every_page_with_an_entry_has_a_card_in_both_languages(rendered):
    urls = {card.url for card in cards.all_cards()}
    paths = [
        path
        for path in rendered
        if re.fullmatch(r"(/en)?/(\d{3}|\dxx|vs/[\w-]+|choose/(?!(?:ask|table|\d+)/)[\w-]+)/", path)
    ]
    assert urls == {f"{path.rstrip('/')}.png" for path in paths} | {"/card.png", "/en/card.png"}


def test_without_fonts_there_is_no_card_and_no_link_to_one(client, no_fonts):
    assert client.get("/404.png").status_code == 404
    page = client.get("/404/")
    assertNotContains(page, "og:image")
    assert properties(page)["og:title"] == "404 찾을 수 없음 · Not Found"
    with pytest.raises(CommandError, match="apt-get install fonts-noto-cjk"):
        call_command("make_cards")


@needs_card_fonts
def test_without_fonts_a_card_that_was_drawn_before_is_shown(client, request, cards_folder):
    drawn = client.get("/404.png")
    request.getfixturevalue("no_fonts")
    assert client.get("/404.png").content == drawn.content
    assertContains(client.get("/404/"), "https://status.example/404.png")


def test_a_number_without_an_entry_has_no_card(client, cards_folder):
    assert client.get("/433.png").status_code == 404


@needs_card_fonts
def test_a_link_shows_title_summary_and_card_in_the_language_of_its_page(rendered):
    korean, english = properties(rendered["/404/"]), properties(rendered["/en/404/"])
    assert korean["og:title"] == "404 찾을 수 없음 · Not Found"
    assert english["og:title"] == "404 Not Found"
    assert korean["og:image"] == "https://status.example/404.png"
    assert english["og:image"] == "https://status.example/en/404.png"
    assert (korean["og:locale"], english["og:locale"]) == ("ko_KR", "en_US")
    assert "찾을 수 없음" in korean["og:image:alt"]
    for path, page in rendered.items():
        shown = properties(page)
        assert shown["og:url"] == f"https://status.example{path}"
        assert {"og:title", "og:description", "og:image", "og:site_name", "og:type"} <= shown.keys()
        assert all(shown.values()), path


def test_linked_data_names_the_term_and_the_way_to_it(rendered):
    for path, page in rendered.items():
        if not re.fullmatch(r"(/en)?/(\d{3}|\dxx)/", path):
            continue
        (block,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page.text)
        term, way = json.loads(block)["@graph"]
        assert term["@type"] == "DefinedTerm"
        assert term["termCode"] == path.split("/")[-2]
        assert way["itemListElement"][-1]["item"] == term["url"] == f"https://status.example{path}"


def test_a_text_cannot_end_the_linked_data(client, make_code):
    make_code(433, name_ko="</script><script>alert(1)</script>")
    assertNotContains(client.get("/433/"), "<script>alert")


def test_an_error_page_is_not_for_sharing(client):
    assert properties(client.get("/nope/")).keys() == {"og:description"}


def test_a_home_screen_gets_a_name_and_icons(client):
    manifest = client.get("/en/site.webmanifest")
    assert manifest["Content-Type"] == "application/manifest+json"
    assert manifest.json()["start_url"] == "/en/"
    assertContains(client.get("/en/404/"), '<link rel="manifest" href="/en/site.webmanifest">')
    assert "manifest-src 'self'" in manifest["Content-Security-Policy"]
    for icon in manifest.json()["icons"]:
        file = finders.find(icon["src"].removeprefix("/static/"))
        width, height = Image.open(file).size
        assert icon["sizes"] == f"{width}x{height}"
