"""The public pages as a reader meets them."""

import gzip
import re
from base64 import b64encode
from datetime import date
from hashlib import sha256

import pytest
import time_machine
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from codes.models import Category, ConfusionGroup, Question, Situation, StatusCode
from codes.texts.header_fields import DEFINITIONS, definition_url
from statuscodes.page_cache.negotiation import COMPRESS

pytestmark = pytest.mark.django_db

PAGES = [
    "/",
    "/about/",
    "/4xx/",
    "/404/",
    "/401/",
    "/304/",
    "/search/",
    "/search/?q=not+found",
    "/search/?q=zzzz",
    "/vs/",
    "/grpc/",
    "/errors/",
    "/errors/nginx/",
    "/502/errors/",
    "/sheet/",
    "/changes/",
]
PAGES += ["/choose/", "/choose/value-breaks-rule/", "/choose/ask/", "/choose/ask/start/", "/choose/table/"]


def in_english(path):
    return f"/en{path}"


def links(response):
    return re.findall(r'href="([^"]*)"', response.content.decode())


@pytest.mark.parametrize("digit", range(1, 6))
def test_each_class_lists_its_codes_with_both_names(rendered, digit):
    for path in (f"/{digit}xx/", f"/en/{digit}xx/"):
        page = rendered[path]
        for code in StatusCode.objects.in_class(digit):
            assertContains(page, f">{code.label}<")
            assertContains(page, code.name_ko)
            assertContains(page, code.name_en.replace("'", "&#x27;"))


def test_the_list_shows_every_code_once_with_both_names(rendered):
    for path in ("/", "/en/"):
        page = rendered[path]
        shown = re.findall(r"<b>\s*(\d{3})\s*</b>", page.text)
        assert sorted(shown) == sorted(code.label for code in StatusCode.objects.all())
        for code in StatusCode.objects.all():
            assertContains(page, code.name_ko)
            assertContains(page, code.name_en.replace("'", "&#x27;"))


@pytest.mark.parametrize("path", ["/", "/4xx/", "/search/?q=404&all=1"])
def test_a_list_names_a_code_in_the_language_of_the_page_first(client, path):
    korean, english = (re.sub(r">\s+<", "><", client.get(each).text) for each in (path, in_english(path)))
    assert '<span>찾을 수 없음</span><small lang="en">Not Found</small>' in korean
    assert '<span>Not Found</span><small lang="ko">찾을 수 없음</small>' in english


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/", "HTTP 상태코드 145개의 뜻과 책임과 할\u00a0일을, 근거와 함께 우리말로 적었습니다."),
        ("/en/", "145 HTTP status codes: what each means, who fixes it and what to do, with sources."),
    ],
)
def test_the_home_page_says_what_it_is_and_shows_twelve_codes_with_their_plain_lines(rendered, path, said):
    page = rendered[path].text
    said = said.replace("145", str(StatusCode.objects.count()))
    assert re.findall("<h1>(.*?)</h1>", page) == [said]
    dozen = re.search('<ul class="dozen">.*?</ul>', page, re.DOTALL)[0]
    numbers = re.findall('<b class="num">([0-9]{3})</b>', dozen)
    assert len(numbers) == 12
    for code in StatusCode.objects.filter(number__in=numbers):
        assert (code.summary_en if path == "/en/" else code.summary_ko) in dozen


@pytest.mark.parametrize("path", ["/", "/en/"])
def test_each_example_of_the_home_page_finds_something(client, rendered, path):
    examples = re.search('<ul class="paste".*?</ul>', rendered[path].text, re.DOTALL)[0]
    addresses = re.findall('href="([^"]*)"', examples)
    assert len(addresses) >= 6
    for address in addresses:
        assertNotContains(client.get(address, follow=True), "맞는 것이 없습니다" if path == "/" else "Nothing matches")


def test_a_door_is_there_for_each_page_that_the_site_has(client):
    doors = re.search('<ul class="doors">.*?</ul>', client.get("/").text, re.DOTALL)[0]
    for address in re.findall('href="([^"]*)"', doors):
        assert client.get(address).status_code == 200
    assert 'href="/vs/"' in doors


def test_every_code_opens_in_both_languages_with_its_names(rendered):
    for code in StatusCode.objects.all():
        for path in (f"/{code.label}/", f"/en/{code.label}/"):
            page = rendered[path]
            assert page.status_code == 200
            assertContains(page, code.name_ko)
            assertContains(page, code.name_en.replace("'", "&#x27;"))


def test_an_address_without_its_slash_leads_to_the_page(client):
    assertRedirects(client.get("/404"), "/404/", status_code=301)
    assertRedirects(client.get("/en/404"), "/en/404/", status_code=301)


@pytest.mark.parametrize(
    ("guess", "page"),
    [
        ("/404.html", "/404/"),
        ("/404.php/", "/404/"),
        ("/status/404", "/404/"),
        ("/codes/404/", "/404/"),
        ("/http/404", "/404/"),
        ("/http-status-codes/404.html", "/404/"),
        ("/statuses/000", "/000/"),
        ("/4XX/", "/4xx/"),
        ("/4Xx", "/4xx/"),
        ("/5xx.html", "/5xx/"),
        ("/status/4xx/", "/4xx/"),
        ("/en/status/404", "/en/404/"),
        ("/en/5XX", "/en/5xx/"),
    ],
)
def test_a_guessed_address_leads_to_the_page(client, guess, page):
    assertRedirects(client.get(guess), page, status_code=301)


@pytest.mark.parametrize(
    ("path", "meant", "question"),
    [
        ("/404x/", "/404/", "404번을 찾으셨나요?"),
        ("/en/blog/http-502-explained", "/en/502/", "Did you mean 502?"),
        ("/status/471", "/471/", "471번을 찾으셨나요?"),
        ("/471.html", "/471/", "471번을 찾으셨나요?"),
        ("/404.jpeg", "/404/", "404번을 찾으셨나요?"),
    ],
)
def test_another_address_with_a_number_in_it_gets_404_and_the_question_whether_it_is_meant(
    client, path, meant, question
):
    assertContains(client.get(path), f'<a href="{meant}">{question}</a>', status_code=404)


def test_an_address_without_a_number_of_three_digits_suggests_none(client):
    for path in ("/nope/", "/2026/", "/40/"):
        assertNotContains(client.get(path), "찾으셨나요", status_code=404)


@pytest.mark.parametrize(("path", "said"), [("/about/", "CC BY 4.0"), ("/en/about/", "no specification does")])
def test_the_page_about_the_site_opens_in_both_languages(rendered, path, said):
    assertContains(rendered[path], said)


def test_a_header_field_of_a_fact_links_to_the_section_that_defines_it(rendered):
    allow = '<a href="https://www.rfc-editor.org/rfc/rfc9110.html#section-10.2.1"><code>Allow</code></a>'
    assertContains(rendered["/405/"], allow, html=True)
    assert all(definition_url(field) for field in DEFINITIONS)


def test_readers_can_report_a_mistake_in_each_section_where_an_address_is_set(client, settings):
    assertNotContains(client.get("/404/"), "고칠 곳 알리기")
    settings.FEEDBACK_URL = "https://tracker.example/new?title={page}&kind=a"
    page = client.get("/404/")
    for anchor in re.findall('<h2 id="([^"]+)"', page.text):
        assertContains(page, f'href="https://tracker.example/new?title=%2F404%2F%23{anchor}&amp;kind=a"')
    assertContains(page, 'href="https://tracker.example/new?title=%2F404%2F&amp;kind=a"')
    assertContains(client.get("/en/about/"), "Report a mistake")


def test_each_code_has_one_address_only(client):
    odd = ["/00404/", "/0404/", "/99999/", f"/{2**63}/", f"/{'4' * 5000}/"]
    for path in [*odd, "/4_4/", "/٤٠٤/", "/４０４/", "/404.0/", "/+404/", "/404%0a/"]:
        assert client.get(path).status_code == 404


@pytest.mark.parametrize("path", PAGES)
def test_the_language_link_leads_to_the_same_page_and_back(client, path):
    english = next(link for link in links(client.get(path)) if link.startswith("/en/"))
    assert english.replace("&amp;", "&") == in_english(path)
    assert path in links(client.get(in_english(path)))


@pytest.mark.parametrize("path", ["/", "/4xx/", "/404/"])
def test_search_engines_learn_the_address_in_both_languages(client, path):
    for page in (client.get(path), client.get(in_english(path))):
        assertContains(page, f'hreflang="ko" href="https://status.example{path}"')
        assertContains(page, f'hreflang="en" href="https://status.example{in_english(path)}"')
        assertContains(page, f'hreflang="x-default" href="https://status.example{path}"')


def test_the_address_alone_decides_the_language(client):
    english_speaker = {"HTTP_ACCEPT_LANGUAGE": "en", "HTTP_COOKIE": "django_language=en"}
    page = client.get("/404/", **english_speaker)
    assertContains(page, '<html lang="ko">')
    assert page["Content-Language"] == "ko"
    assertContains(client.get("/en/404/", HTTP_ACCEPT_LANGUAGE="ko"), '<html lang="en">')


@pytest.mark.parametrize("path", PAGES + [in_english(path) for path in PAGES])
def test_a_public_page_is_the_same_for_every_visitor(client, path, django_user_model):
    anonymous = client.get(path)
    client.force_login(django_user_model.objects.create_superuser("chief"))
    known = client.get(path)
    assert known.content == anonymous.content
    for page in (anonymous, known):
        assert not page.cookies
        assert "Cookie" not in page.get("Vary", "")
        assert "Accept-Language" not in page.get("Vary", "")


# A page's queries do not depend on how many codes or rows it shows.
# list: codes, classes, issuers. category: the class, its codes, its rules.
# detail: the code with its class, the codes it links to, its details, messages, groups with their members, error texts,
# situations. Of an unassigned number: the same two, the class, the code whose meaning it has.
# errors: texts, codes. of a product: products, texts, links to codes, codes. of a code: the code, a count, texts.
# search: codes and their aliases, classes, groups, situations.
# sheet: classes, codes, their rules, meanings of vendors, groups with members and codes, the latest check.
@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/", 3),
        ("/4xx/", 3),
        ("/rules/any/", 3),
        ("/404/", 7),
        ("/401/", 7),
        ("/499/", 7),
        ("/433/", 4),
        ("/vs/", 2),
        ("/errors/", 2),
        ("/errors/nginx/", 4),
        ("/502/errors/", 3),
        ("/sheet/", 8),
        ("/search/?q=not+found", 6),
    ],
)
def test_a_page_runs_a_small_constant_number_of_queries(client, django_assert_max_num_queries, path, most):
    with django_assert_max_num_queries(most):
        client.get(path)


def test_a_detail_page_states_its_facts_each_with_its_section(client):
    page = client.get("/405/")
    assertContains(page, "<code>Allow</code>", html=True)
    assertContains(page, 'href="https://www.rfc-editor.org/rfc/rfc9110.html#section-15.5.6"')
    assertContains(page, "<dt>규칙 (필수)</dt>", html=True)


def test_rules_stand_by_level_the_strongest_first(client):
    text = client.get("/en/206/").text
    levels = ["must", "must not", "should not", "may"]
    places = [text.index(f"<dt>Rules ({level})</dt>") for level in levels]
    assert places == sorted(places)
    assert "<dt>Rules (should)</dt>" not in text


def test_a_rule_tells_its_condition_and_how_weakly_it_is_worded(client):
    text = client.get("/en/303/").text
    (rule,) = re.findall(r"<dd>\s*<b>Content</b>(.*?)</dd>", text, re.DOTALL)
    assert "<span>except in a response to HEAD</span>" in rule
    assert "(worded “ought to”)" in rule


def test_a_rule_that_a_fact_states_is_not_repeated(client):
    # The facts say that 204 has no content and is cacheable by default.
    text = client.get("/en/204/").text
    assert "<code>Transfer-Encoding</code>" in text
    assert "<b>Content</b>" not in text
    assert "<b>Caching</b>" not in text
    assert "<b>Caching</b>" in client.get("/en/206/").text  # with a condition


def test_the_rules_of_a_class_stand_on_its_page_and_those_of_every_response_on_theirs(client):
    page = client.get("/en/404/")
    assertContains(page, 'href="/en/4xx/#rules"')
    assertNotContains(page, "<code>Date</code>")
    page = client.get("/en/4xx/")
    assertContains(page, 'id="rules"')
    assertContains(page, "<code>Date</code>", html=True)
    assertContains(page, 'href="/en/rules/any/"')
    assertContains(client.get("/en/rules/any/"), "<code>Vary</code>", html=True)
    assert client.get("/en/rules/none/").status_code == 404


def test_a_code_links_to_the_previous_and_the_next(client):
    page = client.get("/en/404/")
    assertContains(page, 'rel="prev" href="/en/403/"')
    assertContains(page, 'rel="next" href="/en/405/"')


def test_links_between_codes_stay_in_the_language(client):
    assert "/en/410/" in links(client.get("/en/404/"))
    assert "/410/" in links(client.get("/404/"))


def test_every_link_inside_the_catalogue_opens(client, rendered):
    seen = {link.partition("#")[0] for page in rendered.values() for link in links(page)}
    inside = {link.replace("&amp;", "&") for link in seen if link.startswith("/") and "/static/" not in link}
    # The text and the Markdown of a page are made by one view: one of ten stands for the others.
    alternates = sorted(
        link for link in inside if re.fullmatch(r".*\.(txt|md)", link) and f"{link.rpartition('.')[0]}/" in rendered
    )
    inside -= {link for number, link in enumerate(alternates) if number % 10}
    # A search may redirect to the page that its query names.
    statuses = {
        link: (rendered.get(link) or client.get(link, follow="/search/?q=" in link)).status_code for link in inside
    }
    assert {link for link, status in statuses.items() if status != 200} == set()


def test_markdown_of_an_entry_cannot_carry_html_or_script(client, make_code):
    make_code(433, description_ko="<script>alert(1)</script> [x](javascript:alert(1)) <b onclick=x>굵게</b>")
    page = client.get("/433/")
    assertContains(page, "&lt;script&gt;alert(1)&lt;/script&gt;")
    assert "javascript:alert(1)" not in links(page)
    assert b"<b onclick" not in page.content


def test_a_saved_text_shows_at_once(client):
    StatusCode.objects.filter(number=404).update(name_ko="고친 이름")
    assertContains(client.get("/404/"), "고친 이름")


def test_the_sitemap_lists_every_page_in_both_languages(rendered):
    entries = [*StatusCode.objects.all(), *Category.objects.all(), *ConfusionGroup.objects.all()]
    entries += [*Situation.objects.all(), *Question.objects.all()]
    for path in [
        "/",
        "/vs/",
        "/about/",
        "/choose/",
        "/choose/ask/",
        "/errors/",
        "/errors/nginx/",
        "/502/errors/",
        *(entry.get_absolute_url() for entry in entries),
    ]:
        assert path in rendered
        assert in_english(path) in rendered


def test_robots_and_opensearch_name_the_sites_own_address(client):
    assertContains(client.get("/robots.txt", HTTP_HOST="testserver"), "https://status.example/sitemap.xml")
    assertContains(client.get("/opensearch.xml"), 'template="https://status.example/search/?q={searchTerms}"')
    assertContains(client.get("/en/opensearch.xml"), 'template="https://status.example/en/search/?q={searchTerms}"')


def test_the_health_page_says_whether_the_database_answers(client):
    assert client.get("/healthz").json() == {"status": "ok", "database": "ok", "poller": "off"}


@pytest.mark.parametrize("path", ["/", "/404/", "/nope/", "/admin/login/", "/sitemap.xml"])
def test_every_answer_carries_the_security_headers(client, path):
    page = client.get(path)
    assert page["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self'")
    assert page["X-Content-Type-Options"] == "nosniff"
    assert page["X-Frame-Options"] == "DENY"
    assert page["Cross-Origin-Opener-Policy"] == "same-origin"
    assert page["Referrer-Policy"] == "same-origin"


def test_pages_hold_styles_and_one_script_that_the_policy_names_and_no_others(client):
    for path in PAGES:
        page = client.get(path)
        text = page.content.decode()
        styles = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
        assert styles
        for style in styles:
            digest = b64encode(sha256(style.encode()).digest()).decode()
            assert f"'sha256-{digest}'" in page["Content-Security-Policy"]
        (script,) = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
        script_digest = b64encode(sha256(script.encode()).digest()).decode()
        assert f"script-src 'self' 'sha256-{script_digest}';" in page["Content-Security-Policy"]
        rest = re.sub(r"<(style|script)>.*?</\1>", "", text, flags=re.DOTALL)
        # Linked data is a data block: no browser executes it, and the policy leaves it alone.
        rest = re.sub(r'<script type="application/ld\+json">[^<]*</script>', "", rest)
        assert not re.search(r"<style[^>]|<script(?![^>]*\ssrc=)|\sstyle=|\son\w+=", rest), path


def test_a_first_view_takes_one_round_trip(rendered):
    """Ten segments of 1,460 bytes are sent before the first acknowledgement (RFC 6928), header fields included.

    Every browser accepts Brotli over TLS.
    """
    for code in StatusCode.objects.all():
        for path in (f"/{code.label}/", f"/en/{code.label}/"):
            page = rendered[path]
            header_fields = sum(len(name) + len(value) + 4 for name, value in page.items()) + 200
            assert len(COMPRESS["br"](page.content)) + header_fields < 14_600, path


@pytest.mark.parametrize("path", ["/", "/en/"])
def test_the_home_page_is_light(rendered, path):
    assert len(gzip.compress(rendered[path].content, 7)) < 14 * 1024


@pytest.mark.parametrize(
    ("path", "said", "unsaid"),
    [
        ("/105/", "캐시는 중간 응답을 저장하지 않습니다.", "명시되어 있을 때만"),
        ("/en/105/", "A cache never stores an interim response.", "only when the response"),
        ("/433/", "명시되어 있을 때만", "중간 응답"),
        ("/en/433/", "only when the response explicitly says so", "interim"),
    ],
)
def test_a_number_without_an_entry_says_what_a_cache_does_with_its_class(client, path, said, unsaid):
    page = client.get(path).content.decode()
    assert said in page
    assert unsaid not in page


def test_a_number_without_an_entry_is_not_said_to_be_nobodys(client):
    """That IANA has not registered it is known; that no vendor uses it is not."""
    for number in (105, 433, 590, 700):
        for path in (f"/{number}/", f"/en/{number}/"):
            page = client.get(path).content.decode()
            assert not re.search("[Nn]obody|[Uu]nassigned|No one|배정되지|쓰이지 않", page), path
    assert "IANA" in client.get("/433/").content.decode()
    assert "IANA has not registered 433" in client.get("/en/433/").content.decode()


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        # With a section of its own; with that of the answer; with a section where the answer is advice.
        (
            "/503/",
            '멱등한 요청만 자동으로 <a class="source" href="https://www.rfc-editor.org/rfc/rfc9110.html#section-9.2.2">',
        ),
        ("/421/", ">그대로 바로: 다른 연결로 <a"),
        ("/en/413/", "· unchanged at that time if there is a Retry-After <a"),
    ],
)
def test_the_fact_on_retrying_says_on_which_condition(rendered, path, shown):
    assertContains(rendered[path], shown)


def test_a_page_says_when_a_temporary_registration_expires_and_whether_it_had_when_checked(client, make_code):
    code = make_code(433, registration_status="temporary", expires_on=date(2026, 6, 1), checked_on=date(2026, 6, 1))
    pages = []
    for today in ("2026-05-01", "2026-07-01"):
        with time_machine.travel(today):
            pages.append(client.get("/433/").text)
    assert pages[0] == pages[1]
    assert "임시 등록 · 기한 2026-06-01" in pages[0]
    assert "그때까지 연장되거나" in pages[0]
    code.checked_on = date(2026, 6, 2)
    code.save()
    assertContains(client.get("/433/"), "</time>, 마지막으로 확인했을 때(2026-06-02) 이미 지난 뒤였습니다.")
    assertContains(client.get("/en/433/"), "</time>, which had passed when this entry was last checked (2026-06-02).")
    code.registration_status = "registered"
    code.save()
    assertNotContains(client.get("/433/"), "기한 2026-06-01")
