"""What the database itself refuses."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import translation

from codes.models import (
    Category,
    ErrorText,
    GroupReference,
    PageDetails,
    Reference,
    ResponseRule,
    Revision,
    RuleBase,
    StatusCode,
    VendorMeaning,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("number", "digit", "registration_status"),
    [
        (433, 5, "registered"),
        (433, 3, "registered"),
        (433, None, "registered"),
        (99, None, "registered"),
        (600, None, "registered"),
        (600, 5, "vendor"),
        (1000, None, "vendor"),
    ],
)
def test_the_database_refuses_a_number_outside_its_class_or_range(number, digit, registration_status):
    with pytest.raises(IntegrityError), transaction.atomic():
        StatusCode.objects.create(
            number=number, category_id=digit, registration_status=registration_status, name_ko="이름", name_en="Name"
        )


@pytest.mark.parametrize(("number", "digit"), [(433, 4), (199, 1), (599, 5), (600, None), (0, None)])
def test_a_vendors_number_may_be_in_its_class_or_outside_all_classes(number, digit):
    ErrorText.objects.filter(code_links__code=number).delete()
    StatusCode.objects.filter(number=number).delete()
    StatusCode.objects.create(
        number=number, category_id=digit, registration_status="vendor", name_ko="이름", name_en="Name"
    )


def test_the_database_refuses_a_code_without_both_names(make_code):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_code(433, name_en="")


def test_the_database_refuses_a_class_that_does_not_exist():
    with pytest.raises(IntegrityError), transaction.atomic():
        Category.objects.create(digit=6, name_ko="여섯", name_en="Six")


def test_a_category_that_does_not_match_is_an_error_at_its_field():
    with pytest.raises(ValidationError) as refusal:
        StatusCode(number=433, category_id=5, name_ko="이름", name_en="Name").full_clean()
    assert list(refusal.value.message_dict) == ["category"]


def test_a_text_is_read_in_the_active_language_and_falls_back_to_the_other(make_code):
    code = make_code(433, summary_ko="한국어만 있습니다.")
    with translation.override("en"):
        assert code.name == "Code 433"
        assert code.summary == "한국어만 있습니다."
        assert code.summary.lang == "ko"
    with translation.override("ko"):
        assert code.name == "코드 433"


def test_codes_that_lack_a_language_are_found(make_code):
    make_code(433, summary_ko="있음", summary_en="Here", description_ko="있음", description_en="")
    assert 433 in StatusCode.objects.lacking("en").values_list("number", flat=True)
    assert 433 not in StatusCode.objects.lacking("ko").values_list("number", flat=True)


def test_line_ends_of_a_browser_are_stored_as_plain_ones(make_code):
    code = make_code(433, description_ko=" 첫째\r\n\r\n둘째 \r\n")
    code.full_clean()
    assert code.description_ko == "첫째\n\n둘째"


def test_only_https_addresses_are_references(make_code):
    code = make_code(433)
    for url in ["javascript:alert(1)", "http://example.com/", "ftp://example.com/"]:
        with pytest.raises(ValidationError):
            Reference(code=code, spec="X", url=url).full_clean()


@pytest.mark.parametrize("url", ["javascript:alert(1)", "http://example.com/", "//example.com/"])
@pytest.mark.parametrize("model", [Reference, GroupReference, VendorMeaning, ErrorText])
def test_the_database_refuses_an_address_that_is_not_https(model, url):
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.update(url=url)


def test_a_rule_names_a_header_field_if_it_is_about_one_and_only_then():
    with pytest.raises(ValidationError) as refusal:
        ResponseRule(topic="field", level="must", source="RFC 9110 §15.5.6").clean()
    assert list(refusal.value.message_dict) == ["header"]
    for model in RuleBase.__subclasses__():
        with pytest.raises(IntegrityError), transaction.atomic():
            model.objects.filter(topic="field").update(topic="content")


def test_the_revision_has_one_row_which_migrating_creates():
    assert Revision.objects.count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        Revision.objects.create(pk=2, number=1)


@pytest.mark.parametrize("fault", ["gone", "backwards"])
def test_no_number_of_the_revision_is_used_twice(make_code, fault):
    used = [Revision.current()]
    for number in (433, 434):
        make_code(number)
        used.append(Revision.current())
    if fault == "gone":
        Revision.objects.all().delete()
    else:
        Revision.objects.update(number=used[0])
    make_code(435)
    assert Revision.current() > max(used)


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "http://example.com/", "data:text/html,x", " https://x.example/"]
)
def test_an_address_that_came_past_the_constraint_is_no_link(url):
    """Somebody has switched the constraints off, or put back a dump without them."""
    reference = Reference.objects.filter(code=404).first()
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA ignore_check_constraints = ON")
        else:
            cursor.execute("ALTER TABLE codes_reference DROP CONSTRAINT reference_is_https")
        cursor.execute("UPDATE codes_reference SET url = %s WHERE id = %s", [url, reference.pk])
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA ignore_check_constraints = OFF")
    reference.refresh_from_db()
    assert reference.url == ""
    assert PageDetails.of(StatusCode.objects.get(pk=404)).references[0].url == ""


def test_a_number_that_came_past_the_constraint_closes_no_list():
    assert StatusCode(number=1234).get_absolute_url() == "/"
    assert StatusCode(number=-5).get_absolute_url() == "/"
