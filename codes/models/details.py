"""What belongs to one code: references, other names, advice, vendor meanings, identifiers."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from codes.fields import HttpsURLField, MarkdownField, PositionField
from codes.texts.localized import localized

from .base import Detail, ReferenceBase
from .codes import StatusCode


class Reference(ReferenceBase):
    """A source of a code. The first one defines it."""

    NATURAL_KEY = ("code_id", "spec", "section")

    code = models.ForeignKey(StatusCode, models.CASCADE, related_name="references", verbose_name=_("status code"))

    class Meta(ReferenceBase.Meta):
        constraints = [
            models.UniqueConstraint(fields=["code", "spec", "section"], name="reference_once_a_code"),
            models.CheckConstraint(condition=Q(url__istartswith="https://"), name="reference_is_https"),
        ]


class Alias(Detail):
    """Another phrase for the same code: a former official one, or a server's own."""

    NATURAL_KEY = ("code_id", "phrase", "used_by")

    code = models.ForeignKey(StatusCode, models.CASCADE, related_name="aliases", verbose_name=_("status code"))
    position = PositionField()
    phrase = models.CharField(_("phrase"), max_length=80)
    used_by = models.CharField(_("used by"), max_length=80, help_text=_("For example RFC 7231 or nginx."))

    class Meta:
        ordering = ["position", "phrase", "used_by"]
        verbose_name = _("other name")
        verbose_name_plural = _("other names")
        constraints = [models.UniqueConstraint(fields=["code", "phrase", "used_by"], name="alias_once_a_code")]

    def __str__(self) -> str:
        return f"{self.phrase} ({self.used_by})"


class Advice(Detail):
    """What one kind of reader does next."""

    class Reader(models.TextChoices):
        VISITOR = "visitor", _("Visitor")
        CLIENT = "client", _("Client developer")
        SERVER = "server", _("Server developer")
        OPERATOR = "operator", _("Operator")

    NATURAL_KEY = ("code_id", "reader")
    MAX_LEAD_LENGTHS = {"ko": 40, "en": 60}  # characters of a step's lead, which alone is read on the first screen

    code = models.ForeignKey(StatusCode, models.CASCADE, related_name="advice", verbose_name=_("status code"))
    position = PositionField()
    reader = models.CharField(_("reader"), max_length=10, choices=Reader)
    text_ko = MarkdownField(_("advice (Korean)"), help_text=_("A Markdown list."))
    text_en = MarkdownField(_("advice (English)"), blank=True, help_text=_("A Markdown list."))

    class Meta:
        ordering = ["position", "reader"]
        verbose_name = _("advice")
        verbose_name_plural = _("advice")
        constraints = [models.UniqueConstraint(fields=["code", "reader"], name="advice_once_a_reader")]

    def __str__(self) -> str:
        return self.get_reader_display()

    text = localized("text")


class VendorMeaning(Detail):
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
    position = PositionField()
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

    def __str__(self) -> str:
        return f"{self.issuer}: {self.phrase}" if self.phrase else self.issuer

    meaning = localized("meaning")


class Identifier(Detail):
    """What a library calls the code: HTTPStatus.NOT_FOUND, HttpResponseNotFound, http.StatusNotFound."""

    NATURAL_KEY = ("code_id", "ecosystem", "identifier")

    code = models.ForeignKey(StatusCode, models.CASCADE, related_name="identifiers", verbose_name=_("status code"))
    position = PositionField()
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

    def __str__(self) -> str:
        return f"{self.ecosystem}: {self.identifier}"
