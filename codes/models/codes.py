"""The classes of status codes and the codes themselves."""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Case, F, Q, When
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from codes.fields import CitationField, LinesField, MarkdownField, PlainNameField, field_label, lines_of
from codes.texts.citations import citation_url
from codes.texts.localized import OTHER, gloss, glossed, in_other_language, localized

from .base import MARKDOWN_HELP, Entry, ReviewedEntry, address
from .participants import Participant, ParticipantField

if TYPE_CHECKING:
    from codes.filters import Filter


class CategoryQuerySet(models.QuerySet["Category"]):
    """The named queries for classes."""

    def for_lists(self) -> Self:
        """Fetch what a list shows."""
        return self.only("name_ko", "name_en", "plain_name_ko", "plain_name_en")


class Category(Entry):
    """A class of status codes, named by their first digit (RFC 9110 section 15)."""

    digit = models.PositiveSmallIntegerField(
        _("first digit"), primary_key=True, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    name_ko = models.CharField(_("Korean name"), max_length=60)
    name_en = models.CharField(_("English name"), max_length=60)
    plain_name_ko = PlainNameField(_("plain Korean name"))
    plain_name_en = PlainNameField(_("plain English name"))
    summary_ko = models.CharField(_("Korean summary"), max_length=120, blank=True)
    summary_en = models.CharField(_("English summary"), max_length=200, blank=True)
    description_ko = MarkdownField(_("Korean description"), blank=True, help_text=MARKDOWN_HELP)
    description_en = MarkdownField(_("English description"), blank=True, help_text=MARKDOWN_HELP)
    sent_by = ParticipantField(
        _("sent by"), help_text=_("Who sends the codes of this class, unless a code says otherwise.")
    )
    fixed_by = ParticipantField(
        _("fixed by"), help_text=_("Who has to fix what they report, unless a code says otherwise; empty if nobody.")
    )
    keywords = LinesField(_("keywords"), blank=True, help_text=_("What people type to find this class, one a line."))

    objects = CategoryQuerySet.as_manager()

    class Meta:
        ordering = ["digit"]
        verbose_name = _("class")
        verbose_name_plural = _("classes")
        constraints = [
            models.CheckConstraint(condition=Q(digit__range=(1, 5)), name="category_digit_is_1_to_5"),
        ]

    def __str__(self) -> str:
        return f"{self.label} {self.full_name}"

    def get_absolute_url(self) -> str:
        return address("codes:category", self.digit)

    name = localized("name")
    other_name = in_other_language("name")
    summary = localized("summary")
    description = localized("description")
    plain_name = gloss("plain_name", of="name")
    full_name = glossed("name", "plain_name")

    # Lists show a class in the same row template as a code.
    is_standard = True

    @property
    def label(self) -> str:
        """The class as people write it: 4xx."""
        return f"{self.digit}xx"

    @property
    def category_id(self) -> int:
        """The first digit, under the name that a code has for it."""
        return self.digit


class RegistrationStatus(models.TextChoices):
    REGISTERED = "registered", _("Registered")
    TEMPORARY = "temporary", _("Temporary registration")
    RESERVED = "reserved", _("Reserved")
    OBSOLETE = "obsolete", _("Obsolete")
    VENDOR = "vendor", _("Vendor-specific")


class Content(models.TextChoices):
    ALLOWED = "allowed", _("Allowed")
    NONE = "none", pgettext_lazy("content", "None")


class Caching(models.TextChoices):
    HEURISTIC = "heuristic", _("Yes, by default")
    EXPLICIT = "explicit", _("Only when the response says so")
    NEVER = "never", _("Never")


class RedirectMethod(models.TextChoices):
    MAY_CHANGE = "may_change", _("POST may become GET")
    GET = "get", _("Becomes GET")
    UNCHANGED = "kept", _("Stays the same")


class Retry(models.TextChoices):
    AS_IS = "as_is", _("Immediately, unchanged")
    WAIT = "wait", _("After waiting")
    CHANGE = "change", _("After changing the request")
    AUTH = "auth", _("After authenticating")
    NO = "no", pgettext_lazy("retry", "No")


def treated_as(number: int) -> int:
    """Return the code as which a client treats a number that it does not know (RFC 9110 section 15)."""
    return number // 100 * 100 if 100 <= number <= 599 else 500


class StatusCodeQuerySet(models.QuerySet["StatusCode"]):
    """The named filters and orders of status codes."""

    def in_class(self, digit: int) -> Self:
        """Keep the codes of the class with this first digit."""
        return self.filter(category=digit)

    def registered(self) -> Self:
        """Keep the codes that IANA lists, for good or for a time: those that are not vendors' alone."""
        return self.exclude(registration_status=RegistrationStatus.VENDOR)

    def matching(self, filters: "Iterable[Filter]") -> Self:
        """Keep the codes that meet every filter of the list page."""
        codes = self
        for each in filters:
            codes = codes.filter(each.condition)
        return codes.distinct()

    def in_list_order(self) -> Self:
        """Order by class, codes without a class last; in a class, registered codes before those of vendors."""
        vendors_last = Case(When(registration_status=RegistrationStatus.VENDOR, then=1), default=0)
        return self.order_by(F("category").asc(nulls_last=True), vendors_last, "number")

    def for_lists(self) -> Self:
        """Fetch what a list shows: neither long texts nor facts."""
        names = ["name_ko", "name_en", "plain_name_ko", "plain_name_en"]
        return self.only("category", "registration_status", "common", *names, "summary_ko", "summary_en")

    def linked_from(self, number: int) -> Self:
        """Keep the code with this number, the codes before and after it, and those related to it.

        One query gets all that the code's page links to; `is_related` tells the related ones. Where nobody has the
        number, the codes before and after it remain.
        """
        before = self.filter(number__lt=number).order_by("-number").values("number")[:1]
        after = self.filter(number__gt=number).order_by("number").values("number")[:1]
        related = StatusCode.related.through.objects.filter(from_statuscode=number).values("to_statuscode")
        is_related = Q(number__in=related)
        return (
            self.filter(Q(number=number) | Q(number=before) | Q(number=after) | is_related)
            .select_related("category")
            .annotate(is_related=is_related)
            .order_by("number")
        )

    def with_lines(self) -> Self:
        """Keep the codes that there are lines of code for: registered ones of final responses that libraries name."""
        return self.registered().exclude(category=1).exclude(identifiers=None).distinct()

    def lacking(self, language: str) -> Self:
        """Keep the codes with a text that is missing in this language ("ko" or "en")."""
        other = OTHER[language]
        lacking = Q()
        for field in StatusCode.TEXTS:
            lacking |= Q(**{f"{field}_{language}": ""}) & ~Q(**{f"{field}_{other}": ""})
        for field in StatusCode.REQUIRED_TEXTS:
            lacking |= Q(**{f"{field}_{language}": ""})
        return self.filter(lacking)


class StatusCode(ReviewedEntry):
    """A status code: what it is called, what it means, and the facts its specification states."""

    TEXTS = [
        "name",
        "summary",
        "description",
        "when_to_use",
        "when_not_to_use",
        "misunderstanding",
        "history",
        "retry_condition",
    ]
    REQUIRED_TEXTS = ["name", "summary", "description"]
    # Texts that one language may have without the other: where a name misleads in that language only.
    MONOLINGUAL_TEXTS = ["plain_name"]

    number = models.PositiveSmallIntegerField(
        _("number"),
        primary_key=True,
        validators=[MaxValueValidator(999)],
        help_text=_("Three digits. Registered codes are between 100 and 599."),
    )
    category = models.ForeignKey(
        Category,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("class"),
        related_name="codes",
        help_text=_("The class of the first digit. Leave it empty only for numbers outside 100 to 599."),
    )
    registration_status = models.CharField(
        _("registration"),
        max_length=10,
        choices=RegistrationStatus,
        default=RegistrationStatus.REGISTERED,
        db_column="standing",
        help_text=_("What the IANA registry says, or “vendor-specific” for a number it does not list."),
    )
    common = models.BooleanField(
        _("common"), default=False, help_text=_("The list highlights these, so that newcomers see them first.")
    )
    webdav = models.BooleanField(_("WebDAV"), default=False, help_text=_("Defined for WebDAV, rare elsewhere."))

    name_ko = models.CharField(
        _("Korean name"),
        max_length=60,
        help_text=_("A short noun phrase. Familiar names stay, people search for them."),
    )
    name_en = models.CharField(_("English name"), max_length=60, help_text=_("The registry's or the vendor's phrase."))
    plain_name_ko = PlainNameField(_("plain Korean name"))
    plain_name_en = PlainNameField(_("plain English name"))
    summary_ko = models.CharField(
        _("Korean summary"), max_length=60, blank=True, help_text=_("One plain sentence, at most 60 characters.")
    )
    summary_en = models.CharField(
        _("English summary"), max_length=110, blank=True, help_text=_("The same sentence, at most 110 characters.")
    )
    description_ko = MarkdownField(_("Korean meaning"), blank=True, help_text=MARKDOWN_HELP)
    description_en = MarkdownField(_("English meaning"), blank=True, help_text=MARKDOWN_HELP)
    when_to_use_ko = MarkdownField(_("when to use it (Korean)"), blank=True, help_text=_("A Markdown list."))
    when_to_use_en = MarkdownField(_("when to use it (English)"), blank=True, help_text=_("A Markdown list."))
    when_not_to_use_ko = MarkdownField(
        _("when not to use it (Korean)"), blank=True, help_text=_("A Markdown list; each line names the better code.")
    )
    when_not_to_use_en = MarkdownField(
        _("when not to use it (English)"), blank=True, help_text=_("A Markdown list; each line names the better code.")
    )
    misunderstanding_ko = MarkdownField(
        _("common misunderstanding (Korean)"), blank=True, help_text=_("What people believe, and what is true.")
    )
    misunderstanding_en = MarkdownField(
        _("common misunderstanding (English)"), blank=True, help_text=_("What people believe, and what is true.")
    )
    history_ko = MarkdownField(
        _("history (Korean)"), blank=True, help_text=_("One line: first specification, renames, moves.")
    )
    history_en = MarkdownField(
        _("history (English)"), blank=True, help_text=_("One line: first specification, renames, moves.")
    )

    content = models.CharField(
        _("content"), max_length=10, choices=Content, blank=True, help_text=_("May the response have content?")
    )
    content_source = CitationField(_("section on content"))
    caching = models.CharField(
        _("caching"), max_length=10, choices=Caching, blank=True, help_text=_("May a cache keep the response?")
    )
    caching_source = CitationField(_("section on caching"))
    redirect_method = models.CharField(
        _("method on redirect"),
        max_length=10,
        choices=RedirectMethod,
        blank=True,
        help_text=_("What happens to the request method when the client follows?"),
    )
    redirect_method_source = CitationField(_("section on the method"))
    retry = models.CharField(
        _("retry"), max_length=10, choices=Retry, blank=True, help_text=_("Is it worth sending the request again?")
    )
    retry_source = CitationField(_("section on retrying"))
    retry_condition_ko = models.CharField(
        _("condition of the retry (Korean)"),
        max_length=80,
        blank=True,
        default="",
        db_default="",
        help_text=_("A few words after the answer: how, or when, the request may be sent again."),
    )
    retry_condition_en = models.CharField(
        _("condition of the retry (English)"),
        max_length=120,
        blank=True,
        default="",
        db_default="",
        help_text=_("The same words in English."),
    )
    retry_condition_source = CitationField(
        _("section on the condition"), default="", db_default="", help_text=_("Empty if it is that of the retry.")
    )

    sent_by = ParticipantField(_("sent by"), help_text=_("Empty: as in the class."))
    fixed_by = ParticipantField(_("fixed by"), help_text=_("Who usually has to fix the cause. Empty: as in the class."))

    request_headers = LinesField(
        _("request header fields"),
        blank=True,
        help_text=_("The request's header fields that this code answers, one a line: If-Match, Range, Accept."),
    )

    keywords = LinesField(
        _("keywords"),
        blank=True,
        help_text=_("What people type to find this code, one a line: symptoms, better wordings, other Korean names."),
    )
    related = models.ManyToManyField("self", symmetrical=False, blank=True, verbose_name=_("related codes"))
    checked_on = models.DateField(
        _("last checked"),
        null=True,
        blank=True,
        help_text=_("The day on which somebody last checked the entry against its sources."),
    )

    expires_on = models.DateField(
        _("registration expires"),
        null=True,
        blank=True,
        help_text=_("The registry's date of a temporary registration."),
    )
    outdated_translations = models.CharField(
        _("outdated translations"),
        max_length=300,
        blank=True,
        editable=False,
        db_column="lagging",
        help_text=_("Texts whose other language has changed since."),
    )

    objects = StatusCodeQuerySet.as_manager()

    is_related: bool  # only on codes of linked_from()

    class Meta:
        ordering = ["number"]
        verbose_name = _("status code")
        verbose_name_plural = _("status codes")
        constraints = [
            models.CheckConstraint(
                # Without IS NOT NULL the comparison with NULL would be unknown, and a check accepts unknown.
                condition=Q(
                    category__isnull=False,
                    number__gte=F("category") * 100,
                    number__lt=F("category") * 100 + 100,
                )
                | Q(category__isnull=True) & ~Q(number__range=(100, 599)),
                name="category_is_the_first_digit",
            ),
            models.CheckConstraint(
                condition=Q(registration_status=RegistrationStatus.VENDOR) | Q(number__range=(100, 599)),
                name="only_vendors_leave_100_to_599",
            ),
            models.CheckConstraint(condition=Q(number__lte=999), name="number_has_three_digits"),
            models.CheckConstraint(condition=~Q(name_ko="") & ~Q(name_en=""), name="code_has_both_names"),
        ]

    def __str__(self) -> str:
        return f"{self.label} {self.full_name}"

    def get_absolute_url(self) -> str:
        return address("codes:detail", self.number)

    def clean(self) -> None:
        if self.number is None:
            return
        if self.registration_status != RegistrationStatus.VENDOR and not 100 <= self.number <= 599:
            # The number of an existing entry is not a field of its form: only the registration can be corrected.
            field = "number" if self._state.adding else "registration_status"
            raise ValidationError({field: _("Only a vendor-specific number may be outside 100 to 599.")})
        expected = self.class_digit
        if self.category_id != expected:
            message = (
                _("%(number)s belongs to class %(digit)dxx.") % {"number": self.label, "digit": expected}
                if expected
                else _("%(number)s belongs to no class: leave this empty.") % {"number": self.label}
            )
            raise ValidationError({"category": message})

    name = localized("name")
    other_name = in_other_language("name")
    summary = localized("summary")
    description = localized("description")
    when_to_use = localized("when_to_use")
    when_not_to_use = localized("when_not_to_use")
    misunderstanding = localized("misunderstanding")
    history = localized("history")
    retry_condition = localized("retry_condition")
    plain_name = gloss("plain_name", of="name")
    full_name = glossed("name", "plain_name")

    @property
    def label(self) -> str:
        """The number in three digits."""
        return f"{self.number:03}"

    @property
    def class_digit(self) -> int | None:
        """The first digit, None for a number that belongs to no class."""
        return self.number // 100 if 100 <= self.number <= 599 else None

    @property
    def is_standard(self) -> bool:
        """Whether IANA lists the code for good."""
        return self.registration_status == RegistrationStatus.REGISTERED

    @property
    def is_vendors(self) -> bool:
        """Whether IANA does not list the code, so that it means what a vendor says."""
        return self.registration_status == RegistrationStatus.VENDOR

    @property
    def temporary_until(self) -> date | None:
        """The date on which a temporary registration expires, None for any other."""
        return self.expires_on if self.registration_status == RegistrationStatus.TEMPORARY else None

    @property
    def had_expired(self) -> bool:
        """Whether a temporary registration had expired when the entry was last checked against the registry.

        It compares two dates of the entry. Comparing with today would make a page depend on the day.
        """
        return bool(self.temporary_until and self.checked_on and self.temporary_until < self.checked_on)

    @property
    def sender(self) -> Participant | None:
        """Who sends the code, if anybody in particular."""
        return Participant(value) if (value := self.sent_by or (self.category and self.category.sent_by)) else None

    @property
    def fixer(self) -> Participant | None:
        """Who usually has to fix the cause; None where nothing is wrong."""
        return Participant(value) if (value := self.fixed_by or (self.category and self.category.fixed_by)) else None

    @property
    def request_header_list(self) -> list[str]:
        """The header fields of a request that matter for the code, in their order."""
        return lines_of(self.request_headers)

    @property
    def facts(self) -> list[dict[str, str]]:
        """The stated facts in the order of the facts panel: name, answer, source and url of each, and its condition."""
        fields = ["content", "caching", "redirect_method", "retry"]
        return [
            {
                "name": str(field_label(StatusCode, field)),
                "answer": getattr(self, f"get_{field}_display")(),
                "source": getattr(self, f"{field}_source"),
                "url": citation_url(getattr(self, f"{field}_source")),
                "condition": getattr(self, f"{field}_condition", ""),
                "condition_source": getattr(self, f"{field}_condition_source", ""),
                "condition_url": citation_url(getattr(self, f"{field}_condition_source", "")),
            }
            for field in fields
            if getattr(self, field)
        ]


def _describe_relation(relation: Any) -> str:
    return f"{relation.from_statuscode_id} → {relation.to_statuscode_id}"


# The admin lists these rows among what a deletion removes.
RelatedCode: Any = StatusCode.related.through
RelatedCode._meta.verbose_name = _("related code")
RelatedCode._meta.verbose_name_plural = _("related codes")
RelatedCode.__str__ = _describe_relation
