"""Exchanges in the form of their code: pasted, guessed, ordered, counted and saved with it."""

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains

from codes.editing import history, raw_messages
from codes.editing.raw_messages import Length, Step
from codes.models import EntrySnapshot, Exchange, Message, StatusCode
from codes.tests.html_forms import empty_form, fields_of, form_of

pytestmark = pytest.mark.django_db

PASTED = """GET /orders/7 HTTP/1.1
Host: api.example.com
---
GET /orders/7 HTTP/1.1
Host: api.example.com
Via: 1.1 gw1
---
# 원본 서버가 답하기 전에 연결이 끊깁니다.
---
HTTP/1.1 502 Bad Gateway
Content-Type: application/problem+json
Content-Length: 10

{"title":"게이트웨이"}
"""


def participants(exchange):
    return [(each.sender, each.receiver) for each in exchange.messages.all()]


def texts(exchange, language="ko"):
    return [getattr(each, f"text_{language}").partition("\n")[0] for each in exchange.messages.all()]


def pasted(prefix, **fields):
    """Return a form's fields for a new exchange, as a browser sends them."""
    fields = {"title_ko": "새 교환", "title_en": "New", "raw_ko": PASTED.replace("\n", "\r\n")} | fields
    return {f"{prefix}-{name}": value for name, value in fields.items()}


NEW_CODE = {
    "number": "433", "registration_status": "vendor", "name_ko": "새 코드", "name_en": "New Code",
    "summary_ko": "새로운 코드입니다.", "summary_en": "A new code.",
    "description_ko": "뜻", "description_en": "Meaning",
    "references-TOTAL_FORMS": "1", "references-0-position": "1", "references-0-spec": "nginx",
    "references-0-url": "https://nginx.example/",
}  # fmt: skip


def test_a_code_and_its_pasted_exchange_are_published_together(editor):
    path, data = empty_form(editor)
    assert editor.post(path, data | NEW_CODE | pasted("exchanges-0") | {"_publish": ""}).status_code == 302
    exchange = Exchange.objects.get(code=433)
    assert exchange.position == 1
    ways = ["client gateway", "gateway server", "server gateway", "gateway client"]
    assert [" ".join(each) for each in participants(exchange)] == ways
    assert exchange.messages.all()[2].note_ko == "원본 서버가 답하기 전에 연결이 끊깁니다."
    assertContains(editor.get("/433/"), "HTTP/1.1 502 Bad Gateway")
    assert EntrySnapshot.objects.filter(key="statuscode 433").count() == 1


def test_an_exchange_in_a_draft_is_pasted_moved_and_published(editor):
    path, data = empty_form(editor)
    path = editor.post(path, data | NEW_CODE | pasted("exchanges-0")).url
    assert not Exchange.objects.filter(code=433).exists()
    data = fields_of(editor.get(path))
    assert data["exchanges-0-steps-0-receiver"] == "gateway"
    moved = {
        "exchanges-0-steps-3-order": "1",
        "exchanges-0-steps-1-receiver": "cache",
        "exchanges-0-steps-2-lost": "on",
    }
    assert editor.post(path, data | moved | {"_draft": ""}).status_code == 302
    data = fields_of(editor.get(path))
    assert editor.post(path, data | {"_publish": ""}).status_code == 302
    exchange = Exchange.objects.get(code=433)
    assert texts(exchange) == ["HTTP/1.1 502 Bad Gateway", "GET /orders/7 HTTP/1.1", "GET /orders/7 HTTP/1.1", ""]
    assert participants(exchange)[2] == ("gateway", "cache")
    assert [each.lost for each in exchange.messages.all()] == [False, False, False, True]


def test_an_exchange_without_a_position_comes_after_the_others_and_is_in_the_history(editor, small_form, small_code):
    path, data = small_form
    assert editor.post(path, data | pasted("exchanges-1")).status_code == 302
    assert list(small_code.exchanges.values_list("position", "title_ko")) == [(1, "교환"), (2, "새 교환")]
    newest, first = EntrySnapshot.objects.filter(key="statuscode 433")
    assert "새 교환" in [change.after for change in history.changes(first.data, newest.data)]


def test_what_is_wrong_with_a_message_stands_at_its_field_with_its_number(editor, small_form, small_code):
    path, data = small_form
    page = editor.post(path, data | pasted("exchanges-1", raw_ko="GET / HTTP/1.1\n---\nHTTP/1.1\n---\n", raw_en="one"))
    (form,) = [form for form in page.context["inline_admin_formsets"][4].formset.forms if form.errors]
    assert form.errors["raw_ko"] == ["메시지 2: 첫 줄은 요청 줄이나 상태 줄이어야 합니다."]
    assert form.errors["raw_en"][0].startswith("메시지가 영어에는 1개, 한국어에는 2개 있습니다.")
    assert fields_of(page)["exchanges-1-raw_ko"].startswith("GET / HTTP/1.1")
    assert small_code.exchanges.count() == 1


@pytest.mark.parametrize(
    ("orders", "expected"), [({3: "1"}, "3012"), ({0: "4"}, "1230"), ({0: "2", 1: "1"}, "1023"), ({1: "x"}, "0123")]
)
def test_messages_are_put_in_order_by_numbers_with_all_that_belongs_to_them(editor, small_code, orders, expected):
    exchange = small_code.exchanges.create(position=2, title_ko="둘째", title_en="Second")
    for number in range(4):
        exchange.messages.create(
            position=number + 1,
            sender="client" if number % 2 else "proxy",
            receiver="server",
            lost=number == 3,
            text_ko=f"GET /{number} HTTP/1.1",
            note_ko=f"설명 {number}",
            note_en=f"note {number}",
        )
    path, data = form_of(editor, 433)
    moved = {f"exchanges-1-steps-{place}-order": order for place, order in orders.items()}
    assert editor.post(path, data | moved).status_code == 302
    messages = exchange.messages.all()
    assert [each.text_ko[5] for each in messages] == list(expected)
    assert [each.note_ko[-1] + each.note_en[-1] for each in messages] == [n * 2 for n in expected]
    assert [each.sender for each in messages] == ["client" if int(n) % 2 else "proxy" for n in expected]
    assert [each.lost for each in messages] == [n == "3" for n in expected]


def test_participants_that_were_chosen_stay_with_their_message_when_another_is_pasted_before_it(
    editor, small_form, small_code
):
    exchange = small_code.exchanges.get()
    path, data = small_form
    data |= {"exchanges-0-steps-1-sender": "cdn", "exchanges-0-steps-1-lost": "on"}
    data["exchanges-0-raw_ko"] = "POST /token HTTP/1.1\r\n---\r\n" + data["exchanges-0-raw_ko"]
    assert editor.post(path, data).status_code == 302
    assert texts(exchange) == ["POST /token HTTP/1.1", "GET / HTTP/1.1", "HTTP/1.1 433 Small Entry"]
    assert participants(exchange)[2] == ("cdn", "client")
    assert [each.lost for each in exchange.messages.all()] == [False, False, True]


def test_a_message_that_is_cut_out_is_gone(editor, small_form, small_code):
    exchange = small_code.exchanges.get()
    path, data = small_form
    assert editor.post(path, data | {"exchanges-0-raw_ko": "HTTP/1.1 433 Small Entry"}).status_code == 302
    assert texts(exchange) == ["HTTP/1.1 433 Small Entry"]
    assert participants(exchange) == [("server", "client")]


def test_a_wrong_content_length_is_told_and_corrected_on_demand(editor, small_form):
    path, data = small_form
    page = editor.post(path, data | pasted("exchanges-1"), follow=True)
    assertContains(page, "새 교환: 메시지 4: Content-Length는 10인데 본문은 27바이트입니다.")
    path, data = form_of(editor, 433)
    assert editor.post(path, data | {"exchanges-1-correct_lengths": "on"}).status_code == 302
    assert "Content-Length: 27\n" in Message.objects.get(exchange__code=433, exchange__position=2, position=4).text_ko


def test_the_lines_of_multipart_content_are_counted_as_they_are_sent():
    head = "HTTP/1.1 200 OK\nContent-Type: {}\nContent-Length: 3"
    assert raw_messages.content_length(head.format("multipart/form-data; boundary=b") + "\n\n가\nb") == Length(3, 6)
    assert raw_messages.content_length(head.format("text/plain") + "\n\n가\nb") == Length(3, 5)
    assert raw_messages.content_length(head.format("text/plain")) is None  # content that is not shown


def test_a_conflict_keeps_the_messages_that_were_typed(editor, small_form, small_code):
    path, opened = small_form
    editor.post(path, opened | {"name_ko": "남의 이름"})
    page = editor.post(path, opened | pasted("exchanges-1"))
    assert page.status_code == 200
    now = fields_of(page)
    assert "GET /orders/7" in now["exchanges-1-raw_ko"]
    assert editor.post(path, now).status_code == 302
    assert small_code.exchanges.count() == 2


def test_the_form_takes_every_exchange_of_the_catalogue_apart_and_together_again():
    for message_set in Exchange.objects.prefetch_related("messages"):
        for language in ("ko", "en"):
            steps = [
                Step(getattr(each, f"note_{language}"), getattr(each, f"text_{language}"))
                for each in message_set.messages.all()
            ]
            text = raw_messages.join(steps)
            assert raw_messages.split(text) == (steps if text else [])


def test_a_line_of_dashes_in_the_content_stays_in_its_message():
    steps = [Step("a note", "POST / HTTP/1.1\n\n---\ntitle: x\n\\---\n--- \n---x"), Step("", "HTTP/1.1 200 OK")]
    assert raw_messages.split(raw_messages.join(steps)) == steps


def test_most_exchanges_of_the_catalogue_are_guessed_as_they_are_drawn():
    exchanges = Exchange.objects.select_related("code").prefetch_related("messages")
    right = 0
    for exchange in exchanges:
        steps = [Step(each.note_ko, each.text_ko) for each in exchange.messages.all()]
        senders = {exchange.code.label: exchange.code.sent_by} if exchange.code.sent_by else {}
        right += raw_messages.guess_participants(steps, [None] * len(steps), senders) == participants(exchange)
    assert right >= 0.8 * len(exchanges)


LIVE = reverse("admin:codes_statuscode_exchange")


def test_what_is_typed_is_drawn_and_guessed_without_being_saved(editor, small_code):
    said = editor.post(LIVE, pasted("exchanges-1") | {"prefix": "exchanges-1", "number": "433"}).json()
    assert 'class="wire"' in said["drawn"]
    assert 'name="exchanges-1-steps-3-sender"' in said["steps"]
    assert "27바이트" in said["steps"]
    corrected = {"prefix": "exchanges-1", "exchanges-1-correct_lengths": "on", "language": "en"}
    said = editor.post(LIVE, pasted("exchanges-1") | corrected).json()
    assert "Content-Length: 27" in said["texts"]["raw_ko"]
    assert "<figcaption>New</figcaption>" in said["drawn"]
    assert small_code.exchanges.count() == 1


@pytest.mark.parametrize(
    "odd",
    [
        {},
        {"prefix": "x", "x-raw_ko": "\0\n---\n\u202e", "number": "99999", "sent_by": "x"},
        {"prefix": "x", "x-raw_ko": "---\n" * 500, "x-steps-0-sender": "<b>", "x-steps-0-order": "9" * 5000},
        {"prefix": "x", "x-raw_ko": "#\n" * 9_000, "x-raw_en": "\\---\n" * 4_000, "x-products": "a:b:c\n:\n"},
        {"prefix": "x", "x-raw_ko": "HTTP/1.1 200 OK\nContent-Length: " + "9" * 9_000 + "\n\na"},
    ],
    ids=range(5),
)
def test_odd_texts_are_answered_too(editor, odd):
    assert set(editor.post(LIVE, odd).json()) == {"texts", "steps", "errors", "drawn"}


def test_what_is_drawn_is_bounded_and_only_for_editors(editor, client):
    assertContains(editor.post(LIVE, {"prefix": "x", "x-raw_ko": "a" * 200_001}), "200000자", status_code=400)
    assert editor.get(LIVE).status_code == 405
    editor.logout()
    assert editor.post(LIVE).status_code == 302


def test_a_save_on_an_exchanges_own_page_leads_back_to_its_code(editor, small_code):
    path, data = form_of(editor, small_code.exchanges.get().pk, "exchange")
    assert editor.post(path, data).url == reverse("admin:codes_statuscode_change", args=[433])
    assert StatusCode.objects.get(number=433).exchanges.get().messages.count() == 2
