"""The subject: classes of status codes, the codes, and what hangs on a code.

Every row that hangs on a code has a natural key, so that loading a fixture twice changes nothing.
"""

import re
from itertools import groupby

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Case, F, Q, When
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from .citations import citation_url
from .fields import CitationField, HttpsURLField, LinesField, MarkdownField, PrintableTexts, lines_of
from .localized import LANGUAGES, OTHER, in_other_language, localized

MARKDOWN_HELP = _("Markdown. Link another code as [403](code:403). HTML is shown as text.")


class Entry(PrintableTexts):
    """What an editor opens as one form, with the rows that hang on it.

    `lock_version` grows with every save (optimistic locking). A form carries the one it was opened with, and a save
    with an older one is refused.
    """

    # Renamed fields keep their columns, so that the release before still runs on the same database.
    lock_version = models.PositiveIntegerField(default=0, editable=False, db_column="version")

    class Meta:
        abstract = True

    @property
    def key(self):
        return f"{self._meta.model_name} {self.pk}"

    @property
    def version_token(self):
        """The entry's key and lock version: what a form sends back to say which state it was made from."""
        return f"{self.key} {self.lock_version}"


class Category(Entry):
    """A class of status codes, named by their first digit (RFC 9110 section 15)."""

    digit = models.PositiveSmallIntegerField(
        _("first digit"), primary_key=True, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    name_ko = models.CharField(_("Korean name"), max_length=60)
    name_en = models.CharField(_("English name"), max_length=60)
    summary_ko = models.CharField(_("Korean summary"), max_length=120, blank=True)
    summary_en = models.CharField(_("English summary"), max_length=200, blank=True)
    description_ko = MarkdownField(_("Korean description"), blank=True, help_text=MARKDOWN_HELP)
    description_en = MarkdownField(_("English description"), blank=True, help_text=MARKDOWN_HELP)
    keywords = LinesField(_("keywords"), blank=True, help_text=_("What people type to find this class, one a line."))

    class Meta:
        ordering = ["digit"]
        verbose_name = _("class")
        verbose_name_plural = _("classes")
        constraints = [
            models.CheckConstraint(condition=Q(digit__range=(1, 5)), name="category_digit_is_1_to_5"),
        ]

    def __str__(self):
        return f"{self.label} {self.name}"

    def get_absolute_url(self):
        return reverse("codes:category", args=[self.digit])

    name = localized("name")
    other_name = in_other_language("name")
    summary = localized("summary")
    description = localized("description")

    # What a list of codes asks of each row.
    is_standard = True

    @property
    def label(self):
        return f"{self.digit}xx"

    @property
    def category_id(self):
        return self.digit


class RegistrationStatus(models.TextChoices):
    REGISTERED = "registered", _("Registered")
    TEMPORARY = "temporary", _("Temporary registration")
    RESERVED = "reserved", _("Reserved")
    OBSOLETE = "obsolete", _("Obsolete")
    VENDOR = "vendor", _("Vendor's own")


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
    KEPT = "kept", _("Stays the same")


class Retry(models.TextChoices):
    AS_IS = "as_is", _("At once, as it is")
    WAIT = "wait", _("After waiting")
    CHANGE = "change", _("After changing the request")
    AUTH = "auth", _("After authenticating")
    NO = "no", _("Of no use")


class StatusCodeQuerySet(models.QuerySet):
    def in_class(self, digit):
        return self.filter(category=digit)

    def matching(self, filters):
        codes = self
        for each in filters:
            codes = codes.filter(each.condition)
        return codes.distinct()

    def in_list_order(self):
        """By class, what belongs to none last; in a class the registry's codes before the vendors'."""
        vendors_last = Case(When(registration_status=RegistrationStatus.VENDOR, then=1), default=0)
        return self.select_related("category").order_by(F("category").asc(nulls_last=True), vendors_last, "number")

    def without_long_texts(self):
        """What a list shows of a code, and no more."""
        long = [text for text in StatusCode.TEXTS if text not in ("name", "summary")]
        return self.defer("keywords", *(f"{text}_{language}" for text in long for language in LANGUAGES))

    def with_rows(self):
        """Fetch everything that hangs on a code: a fixed number of queries however many codes."""
        return self.select_related("category").prefetch_related(
            "references",
            "header_rules",
            "aliases",
            "advice",
            "vendor_meanings",
            "identifiers",
            "exchanges__messages",
            "related",
        )

    def neighbours(self, number):
        """Return the codes before and after a number, None where there is none."""
        before = self.filter(number__lt=number).order_by("-number").first()
        after = self.filter(number__gt=number).order_by("number").first()
        return before, after

    def lacking(self, language):
        """The entries with a text that stands in the other language only."""
        other = OTHER[language]
        lacking = Q()
        for field in StatusCode.TEXTS:
            lacking |= Q(**{f"{field}_{language}": ""}) & ~Q(**{f"{field}_{other}": ""})
        for field in StatusCode.REQUIRED_TEXTS:
            lacking |= Q(**{f"{field}_{language}": ""})
        return self.filter(lacking)


class StatusCode(Entry):
    """A status code: what it is called, what it means, and the facts its specification states."""

    TEXTS = ["name", "summary", "description", "when_to_use", "when_not_to_use", "misunderstanding", "history"]
    REQUIRED_TEXTS = ["name", "summary", "description"]

    number = models.PositiveSmallIntegerField(
        _("number"),
        primary_key=True,
        validators=[MaxValueValidator(999)],
        help_text=_("Three digits. Registered codes lie between 100 and 599."),
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
        help_text=_("What the IANA registry says, or “vendor's own” for a number it does not list."),
    )
    common = models.BooleanField(
        _("often met"), default=False, help_text=_("The list sets these off, so that newcomers see them first.")
    )
    webdav = models.BooleanField(_("WebDAV"), default=False, help_text=_("Defined for WebDAV, rare elsewhere."))

    name_ko = models.CharField(
        _("Korean name"),
        max_length=60,
        help_text=_("A short noun phrase. Familiar names stay, people search for them."),
    )
    name_en = models.CharField(_("English name"), max_length=60, help_text=_("The registry's or the vendor's phrase."))
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
        help_text=_("What becomes of the request method when the client follows?"),
    )
    redirect_method_source = CitationField(_("section on the method"))
    retry = models.CharField(
        _("retry"), max_length=10, choices=Retry, blank=True, help_text=_("Is it worth sending the request again?")
    )
    retry_source = CitationField(_("section on retrying"))

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
        help_text=_("The day somebody last held the entry against its sources."),
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

    class Meta:
        ordering = ["number"]
        verbose_name = _("status code")
        verbose_name_plural = _("status codes")
        constraints = [
            models.CheckConstraint(
                # IS NOT NULL is said aloud: a comparison with NULL is not false, and a check lets it pass.
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

    def __str__(self):
        return f"{self.label} {self.name}"

    def get_absolute_url(self):
        return reverse("codes:detail", args=[self.number])

    def clean(self):
        if self.number is None:
            return
        if self.registration_status != RegistrationStatus.VENDOR and not 100 <= self.number <= 599:
            # The number of an existing entry is not a field of its form: only the registration can be corrected.
            field = "number" if self._state.adding else "registration_status"
            raise ValidationError({field: _("Only a vendor's own number may lie outside 100 to 599.")})
        expected = self.number // 100 if 100 <= self.number <= 599 else None
        if self.category_id != expected:
            message = (
                _("%(number)s belongs to class %(digit)dxx.") % {"number": self.label, "digit": expected}
                if expected
                else _("%(number)s belongs to no class: leave this empty.") % {"number": self.label}
            )
            raise ValidationError({"category": message})

    @property
    def outdated_texts(self):
        return [self._meta.get_field(field).verbose_name for field in self.outdated_translations.split()]

    name = localized("name")
    other_name = in_other_language("name")
    summary = localized("summary")
    description = localized("description")
    when_to_use = localized("when_to_use")
    when_not_to_use = localized("when_not_to_use")
    misunderstanding = localized("misunderstanding")
    history = localized("history")

    @property
    def label(self):
        return f"{self.number:03}"

    @property
    def is_standard(self):
        return self.registration_status == RegistrationStatus.REGISTERED

    @property
    def is_vendors(self):
        return self.registration_status == RegistrationStatus.VENDOR

    @property
    def request_header_list(self):
        return lines_of(self.request_headers)

    @property
    def facts(self):
        """The stated facts as (question, answer, section), in the order of the facts panel."""
        fields = ["content", "caching", "redirect_method", "retry"]
        return [
            {
                "name": self._meta.get_field(field).verbose_name,
                "answer": getattr(self, f"get_{field}_display")(),
                "source": getattr(self, f"{field}_source"),
                "url": citation_url(getattr(self, f"{field}_source")),
            }
            for field in fields
            if getattr(self, field)
        ]

    @property
    def header_facts(self):
        """The header rules, those alike in level, condition and section taken together."""
        alike = groupby(self.header_rules.all(), key=lambda rule: (rule.level, rule.note, rule.source))
        return [list(rules) for _, rules in alike]


class RowManager(models.Manager):
    def get_by_natural_key(self, *key):
        return self.get(**dict(zip(self.model.NATURAL_KEY, key, strict=True)))


class Row(PrintableTexts):
    """What hangs on something else: OWNER is the way to it, NATURAL_KEY tells one row from its sisters."""

    OWNER = "code"
    NATURAL_KEY: tuple[str, ...]

    objects = RowManager()

    class Meta:
        abstract = True

    def natural_key(self):
        return tuple(getattr(self, field) for field in self.NATURAL_KEY)


def source_label(spec, section):
    if not section:
        return spec
    return f"{spec} §{section}" if section[0].isdigit() else f"{spec} {section}"


class Reference(Row):
    """Where it is written. The first reference of a code is the one that defines it."""

    NATURAL_KEY = ("code_id", "spec", "section")

    code = models.ForeignKey(StatusCode, models.CASCADE, related_name="references", verbose_name=_("status code"))
    position = models.PositiveSmallIntegerField(_("position"), default=1, help_text=_("1 is the defining source."))
    spec = models.CharField(_("document"), max_length=80, help_text=_("For example RFC 9110, MDN, nginx."))
    section = models.CharField(_("section"), max_length=80, blank=True)
    url = HttpsURLField(_("address"))

    class Meta:
        ordering = ["position", "spec", "section"]
        verbose_name = _("reference")
        verbose_name_plural = _("references")
        constraints = [
            models.UniqueConstraint(fields=["code", "spec", "section"], name="reference_once_a_code"),
            models.CheckConstraint(condition=Q(url__istartswith="https://"), name="reference_is_https"),
        ]

    def __str__(self):
        return source_label(self.spec, self.section)


class HeaderRule(Row):
    """A header field that must, should or may come with the response."""

    class Level(models.TextChoices):
        MUST = "must", pgettext_lazy("requirement", "must")
        SHOULD = "should", pgettext_lazy("requirement", "should")
        MAY = "may", pgettext_lazy("requirement", "may")

    NATURAL_KEY = ("code_id", "header")

    code = models.ForeignKey(StatusCode, models.CASCADE, related_name="header_rules", verbose_name=_("status code"))
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    header = models.CharField(_("header field"), max_length=60)
    level = models.CharField(_("level"), max_length=6, choices=Level)
    source = CitationField(_("section"), blank=False)
    note_ko = models.CharField(_("note (Korean)"), max_length=120, blank=True)
    note_en = models.CharField(_("note (English)"), max_length=160, blank=True)

    class Meta:
        ordering = ["position", "header"]
        verbose_name = _("header rule")
        verbose_name_plural = _("header rules")
        constraints = [models.UniqueConstraint(fields=["code", "header"], name="header_rule_once_a_code")]

    def __str__(self):
        return f"{self.header} ({self.get_level_display()})"

    note = localized("note")

    @property
    def url(self):
        return citation_url(self.source)


class Alias(Row):
    """Another phrase for the same code: a former official one, or a server's own."""

    NATURAL_KEY = ("code_id", "phrase", "used_by")

    code = models.ForeignKey(StatusCode, models.CASCADE, related_name="aliases", verbose_name=_("status code"))
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    phrase = models.CharField(_("phrase"), max_length=80)
    used_by = models.CharField(_("used by"), max_length=80, help_text=_("For example RFC 7231 or nginx."))

    class Meta:
        ordering = ["position", "phrase", "used_by"]
        verbose_name = _("other name")
        verbose_name_plural = _("other names")
        constraints = [models.UniqueConstraint(fields=["code", "phrase", "used_by"], name="alias_once_a_code")]

    def __str__(self):
        return f"{self.phrase} ({self.used_by})"


class Advice(Row):
    """What one kind of reader does next."""

    class Reader(models.TextChoices):
        VISITOR = "visitor", _("Visitor")
        CLIENT = "client", _("Client developer")
        SERVER = "server", _("Server developer")
        OPERATOR = "operator", _("Operator")

    NATURAL_KEY = ("code_id", "reader")

    code = models.ForeignKey(StatusCode, models.CASCADE, related_name="advice", verbose_name=_("status code"))
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    reader = models.CharField(_("reader"), max_length=10, choices=Reader)
    text_ko = MarkdownField(_("advice (Korean)"), help_text=_("A Markdown list."))
    text_en = MarkdownField(_("advice (English)"), blank=True, help_text=_("A Markdown list."))

    class Meta:
        ordering = ["position", "reader"]
        verbose_name = _("advice")
        verbose_name_plural = _("advice")
        constraints = [models.UniqueConstraint(fields=["code", "reader"], name="advice_once_a_reader")]

    def __str__(self):
        return self.get_reader_display()

    text = localized("text")


class VendorMeaning(Row):
    """What one issuer means by the number; several may use the same one (499, 530, 561)."""

    class Visibility(models.TextChoices):
        WIRE = "wire", _("Sent to the client")
        LOG = "log", _("Only in logs")
        BODY = "body", _("Only inside the content")
        CONSTANT = "constant", _("Only a constant in a library")
        RETIRED = "retired", _("No longer in use")
        DISPUTED = "disputed", _("Disputed")

    NATURAL_KEY = ("code_id", "issuer", "phrase")

    code = models.ForeignKey(StatusCode, models.CASCADE, related_name="vendor_meanings", verbose_name=_("status code"))
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    issuer = models.CharField(_("issuer"), max_length=60)
    product = models.CharField(_("product"), max_length=80, blank=True)
    phrase = models.CharField(_("phrase"), max_length=80, blank=True)
    visibility = models.CharField(_("where it is seen"), max_length=10, choices=Visibility, db_column="seen")
    meaning_ko = MarkdownField(_("meaning (Korean)"))
    meaning_en = MarkdownField(_("meaning (English)"), blank=True)
    source = models.CharField(_("source"), max_length=200, blank=True)
    url = HttpsURLField(_("address"), blank=True)

    class Meta:
        ordering = ["position", "issuer", "phrase"]
        verbose_name = _("vendor meaning")
        verbose_name_plural = _("vendor meanings")
        constraints = [
            models.UniqueConstraint(fields=["code", "issuer", "phrase"], name="meaning_once_an_issuer"),
            models.CheckConstraint(condition=Q(url="") | Q(url__istartswith="https://"), name="meaning_is_https"),
        ]

    def __str__(self):
        return f"{self.issuer}: {self.phrase}" if self.phrase else self.issuer

    meaning = localized("meaning")


class Identifier(Row):
    """What a library calls the code: HTTPStatus.NOT_FOUND, HttpResponseNotFound, http.StatusNotFound."""

    NATURAL_KEY = ("code_id", "ecosystem", "identifier")

    code = models.ForeignKey(StatusCode, models.CASCADE, related_name="identifiers", verbose_name=_("status code"))
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    ecosystem = models.CharField(_("ecosystem"), max_length=40)
    identifier = models.CharField(_("identifier"), max_length=120)
    former = models.BooleanField(_("former name"), default=False, help_text=_("Deprecated or replaced."))

    class Meta:
        ordering = ["position", "ecosystem", "identifier"]
        verbose_name = _("identifier")
        verbose_name_plural = _("identifiers")
        constraints = [
            models.UniqueConstraint(fields=["code", "ecosystem", "identifier"], name="identifier_once_a_code")
        ]

    def __str__(self):
        return f"{self.ecosystem}: {self.identifier}"


class Party(models.TextChoices):
    CLIENT = "client", _("Client")
    CACHE = "cache", _("Cache")
    PROXY = "proxy", _("Proxy")
    GATEWAY = "gateway", _("Gateway")
    SERVER = "server", _("Server")


class Exchange(Row):
    """A realistic exchange of messages, drawn between the parties, time downwards."""

    NATURAL_KEY = ("code_id", "position")

    code = models.ForeignKey(StatusCode, models.CASCADE, related_name="exchanges", verbose_name=_("status code"))
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    title_ko = models.CharField(_("title (Korean)"), max_length=120)
    title_en = models.CharField(_("title (English)"), max_length=160, blank=True)

    class Meta:
        ordering = ["position"]
        verbose_name = _("exchange")
        verbose_name_plural = _("exchanges")
        constraints = [models.UniqueConstraint(fields=["code", "position"], name="exchange_position_once")]

    def __str__(self):
        return self.title

    title = localized("title")

    @cached_property
    def parties(self):
        """Who takes part, from the client's side to the server's."""
        present = {party for message in self.messages.all() for party in (message.sender, message.receiver)}
        return [party for party in Party if party in present]

    @property
    def steps(self):
        """Each message with the lifelines it runs between, counted from 1 on the left, and its direction."""
        for message in self.messages.all():
            sender, receiver = (self.parties.index(party) + 1 for party in (message.sender, message.receiver))
            yield {
                "message": message,
                "left": min(sender, receiver),
                "right": max(sender, receiver),
                "direction": "go" if sender < receiver else "back",
            }


STATUS_LINE = re.compile(r"HTTP/1\.[01] ([1-9])[0-9]{2}(?: |$)")
START_LINE = re.compile(r"\A(?:HTTP/1\.[01] [0-9]{3}(?: .*)?|[A-Z-]+ \S+ HTTP/1\.[01])$", re.MULTILINE)
begins_as_message = RegexValidator(START_LINE, _("The first line must be a request line or a status line."))


class Message(Row):
    """One step of an exchange: a raw HTTP/1.1 message (RFC 9112), or an event that only the note tells."""

    NATURAL_KEY = ("exchange__code_id", "exchange__position", "position")

    exchange = models.ForeignKey(Exchange, models.CASCADE, related_name="messages", verbose_name=_("exchange"))
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    sender = models.CharField(_("from"), max_length=8, choices=Party)
    receiver = models.CharField(_("to"), max_length=8, choices=Party)
    text_ko = MarkdownField(
        _("raw message"),
        blank=True,
        db_column="text",
        help_text=_("Start line, header fields, an empty line, content."),
        validators=[begins_as_message],
    )
    text_en = MarkdownField(
        _("raw message (English)"),
        blank=True,
        default="",
        db_default="",  # for the version before, which does not know of this column
        help_text=_("The same message for English pages, where its content is in Korean."),
        validators=[begins_as_message],
    )
    note_ko = models.CharField(_("note (Korean)"), max_length=160, blank=True)
    note_en = models.CharField(_("note (English)"), max_length=200, blank=True)
    lost = models.BooleanField(_("never arrives"), default=False)

    class Meta:
        ordering = ["position"]
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        constraints = [
            models.UniqueConstraint(fields=["exchange", "position"], name="message_position_once"),
            models.CheckConstraint(
                condition=~Q(text_ko="") | ~Q(note_ko=""),
                name="message_has_text_or_note",
                violation_error_message=_("A step needs a raw message or a note."),
            ),
            models.CheckConstraint(
                condition=Q(text_en="") | ~Q(text_ko=""),
                name="message_in_english_has_a_twin",
                violation_error_message=_("An English message needs the message that it translates."),
            ),
        ]

    def __str__(self):
        return self.start_line or self.note_ko

    def natural_key(self):
        return (*self.exchange.natural_key(), self.position)

    natural_key.dependencies = ["codes.exchange"]

    note = localized("note")

    @property
    def raw(self):
        """The message as a page in the active language shows it; most are the same in both."""
        return self.text_en if self.text_en and get_language() == "en" else self.text_ko

    @property
    def start_line(self):
        return self.raw.partition("\n")[0]

    @property
    def rest(self):
        return self.raw.partition("\n")[2]

    @property
    def status_class(self):
        """The first digit of a response's status code, "" for a request or an event."""
        match = STATUS_LINE.match(self.start_line)
        return match[1] if match else ""


class Hop(models.TextChoices):
    """The boxes between a browser and an application, from the outside inwards."""

    CLIENT = "client", _("Browser")
    CDN = "cdn", _("CDN")
    BALANCER = "balancer", _("Load balancer")
    NGINX = "nginx", "nginx"
    APPLICATION = "application", _("Application")


class ConfusionGroup(Entry):
    """Codes that people mix up, and the one question that tells them apart."""

    slug = models.SlugField(_("slug"), primary_key=True, max_length=60, help_text=_("The numbers, as 401-403."))
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    question_ko = models.CharField(_("deciding question (Korean)"), max_length=120)
    question_en = models.CharField(_("deciding question (English)"), max_length=160)
    description_ko = MarkdownField(_("explanation (Korean)"), blank=True, help_text=MARKDOWN_HELP)
    description_en = MarkdownField(_("explanation (English)"), blank=True, help_text=MARKDOWN_HELP)
    keywords = LinesField(_("keywords"), blank=True, help_text=_("What people type to find this group, one a line."))
    checked_on = models.DateField(_("last checked"), null=True, blank=True)

    class Meta:
        ordering = ["position", "slug"]
        verbose_name = _("confusion group")
        verbose_name_plural = _("confusion groups")

    def __str__(self):
        return self.slug

    def get_absolute_url(self):
        return reverse("codes:group", args=[self.slug])

    question = localized("question")
    description = localized("description")

    @property
    def label(self):
        return " / ".join(member.code.label for member in self.members.all())

    @property
    def is_large(self):
        """Too many members for a box on each member's page."""
        return len(self.members.all()) > 9

    @cached_property
    def chain(self):
        """Each hop with the members that it says, [] where no member names one."""
        members = self.members.all()
        if not any(member.said_by for member in members):
            return []
        return [(hop, [member for member in members if hop in member.said_by.split()]) for hop in Hop]


class GroupMember(Row):
    """One code of a group: the answer that leads to it, and an example."""

    OWNER = "group"
    NATURAL_KEY = ("group_id", "code_id")

    group = models.ForeignKey(ConfusionGroup, models.CASCADE, related_name="members", verbose_name=_("confusion group"))
    code = models.ForeignKey(StatusCode, models.PROTECT, related_name="memberships", verbose_name=_("status code"))
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    answer_ko = models.CharField(_("answer (Korean)"), max_length=160)
    answer_en = models.CharField(_("answer (English)"), max_length=200)
    said_by = models.CharField(
        _("said by"),
        max_length=60,
        blank=True,
        validators=[RegexValidator(rf"\A(?:{'|'.join(Hop.values)})(?: (?:{'|'.join(Hop.values)}))*\Z")],
        help_text=_("Which boxes say this code, for the drawing: client cdn balancer nginx application."),
    )
    example_ko = MarkdownField(_("example (Korean)"), blank=True)
    example_en = MarkdownField(_("example (English)"), blank=True)

    class Meta:
        ordering = ["position", "code"]
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = [models.UniqueConstraint(fields=["group", "code"], name="member_once_a_group")]

    def __str__(self):
        return f"{self.group_id}: {self.code_id}"

    answer = localized("answer")
    example = localized("example")


class GroupReference(Row):
    """Where a group's statements are written."""

    OWNER = "group"
    NATURAL_KEY = ("group_id", "spec", "section")

    group = models.ForeignKey(
        ConfusionGroup, models.CASCADE, related_name="references", verbose_name=_("confusion group")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    spec = models.CharField(_("document"), max_length=80)
    section = models.CharField(_("section"), max_length=80, blank=True)
    url = HttpsURLField(_("address"))

    class Meta:
        ordering = ["position", "spec", "section"]
        verbose_name = _("reference")
        verbose_name_plural = _("references")
        constraints = [
            models.UniqueConstraint(fields=["group", "spec", "section"], name="reference_once_a_group"),
            models.CheckConstraint(condition=Q(url__istartswith="https://"), name="group_reference_is_https"),
        ]

    def __str__(self):
        return source_label(self.spec, self.section)


class EntrySnapshot(models.Model):
    """An entry as somebody left it: the plain data of its fixture. `data` is null when it was deleted."""

    key = models.CharField(pgettext_lazy("of the catalogue", "entry"), max_length=80, db_index=True)
    lock_version = models.PositiveIntegerField(_("lock version"), null=True, db_column="number")
    data = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    editor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, verbose_name=_("editor"), related_name="+"
    )
    saved_at = models.DateTimeField(_("saved"), auto_now_add=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name = pgettext_lazy("of an entry", "version")
        verbose_name_plural = pgettext_lazy("of an entry", "versions")
        default_permissions = ["view"]
        db_table = "codes_version"

    def __str__(self):
        return f"{self.entry} · {self.when}"

    @property
    def entry(self):
        """What this is a version of, in words; the entry itself may be gone."""
        model_name, pk = self.key.split(maxsplit=1)
        return f"{capfirst(apps.get_model('codes', model_name)._meta.verbose_name)} {pk}"

    @property
    def when(self):
        return f"{localtime(self.saved_at):%Y-%m-%d %H:%M}"

    @property
    def before(self):
        """The version that this one followed, None for the first that is kept."""
        return EntrySnapshot.objects.filter(key=self.key, pk__lt=self.pk).first()


class Revision(models.Model):
    """A number that grows with every change of the catalogue, written in the transaction that makes the change.

    Whoever keeps something made from the catalogue (an index, a page) keeps the revision with it and compares.
    """

    number = models.PositiveBigIntegerField(default=0)

    def __str__(self):
        return str(self.number)

    @classmethod
    def current(cls):
        return cls.objects.values_list("number", flat=True).first() or 0

    @classmethod
    def advance(cls):
        if not cls.objects.update(number=F("number") + 1):
            cls.objects.create(pk=1, number=1)


class LoadedEntry(models.Model):
    """What the loader last wrote for an entry, to tell an editor's change from a change of the fixture."""

    key = models.CharField(primary_key=True, max_length=80)
    digest = models.CharField(max_length=64)

    def __str__(self):
        return self.key
