"""Error texts: messages, exceptions and identifiers as people see them, and the status codes they stand for."""

import re
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from codes.fields import HttpsURLField, PositionField
from codes.texts.localized import localized

from .base import Detail, ReviewedEntry, address
from .codes import StatusCode

HANGUL = re.compile("[\uac00-\ud7a3]")
# The languages of texts that are neither English nor Korean, by what their products have in brackets.
LANGUAGE_CODES = {"Chinese": "zh", "French": "fr", "German": "de", "Japanese": "ja", "Spanish": "es"}
MAX_TITLE_LENGTH = 80  # characters of a text where it names its entry


def product_slug(product: str) -> str:
    """Return the product's part of an address, and the name of its file: "express-body-parser"."""
    return slugify(product.replace("/", " "))


class ErrorTextQuerySet(models.QuerySet["ErrorText"]):
    """The named filters of error texts."""

    def meaning(self, number: int) -> Self:
        """Keep the texts that stand for this code."""
        return self.filter(code_links__code=number)


class ErrorText(ReviewedEntry):
    """What somebody reads in a log, a console or on an error page, and what it means."""

    class Kind(models.TextChoices):
        MESSAGE = "message", _("Message")
        IDENTIFIER = "identifier", _("Identifier")
        EXCEPTION = "exception", _("Exception")
        BROWSER = "browser", _("Browser's error page")
        CONSOLE = "console", _("Browser's console")
        ERRNO = "errno", _("Operating system error")

    class Who(models.TextChoices):
        """Who writes the text."""

        SERVER = "server", _("Server")
        APPLICATION = "application", _("Application")
        PROXY = "proxy", _("Proxy")
        BALANCER = "balancer", _("Load balancer")
        CDN = "cdn", _("CDN")
        LIBRARY = "library", _("Library")
        CLIENT = "client", _("Client")
        BROWSER = "browser", _("Browser")

    class Sure(models.TextChoices):
        """How surely the text stands for its codes, the surest first."""

        SENT = "sent", _("Always")
        USUAL = "usual", _("Usually")
        MAYBE = "maybe", _("Uncertain")

    class Match(models.TextChoices):
        """Where the text counts as found in what somebody pastes."""

        EXACT = "exact", _("Only the whole word, in this case of letters")
        PHRASE = "phrase", _("Anywhere")
        WEAK = "weak", _("Only with nothing else, or beside the product's name")
        FRAME = "frame", _("Anywhere, after every other text: a line of a stack trace")

    TEXTS = ["meaning", "next"]
    REQUIRED_TEXTS = TEXTS

    slug = models.SlugField(
        _("slug"),
        primary_key=True,
        max_length=70,
        help_text=_("Part of the address that people share, so it never changes: nginx-no-live-upstreams."),
    )
    product = models.CharField(_("product"), max_length=40, help_text=_("Written as in its other error texts."))
    position = PositionField(help_text=_("Among the product's texts. The most common one is 1."))
    text = models.CharField(
        _("text"), max_length=250, help_text=_("As people see it, in its own language, with … for what varies.")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    who = models.CharField(_("who writes it"), max_length=12, choices=Who)
    sure = models.CharField(
        _("certainty"),
        max_length=6,
        choices=Sure,
        default=Sure.SENT,
        help_text=_("Does the text always come with one of its codes?"),
    )
    match = models.CharField(
        _("match"),
        max_length=6,
        choices=Match,
        default=Match.PHRASE,
        help_text=_("Where the search finds it in a pasted text."),
    )
    meaning_ko = models.CharField(_("what happened (Korean)"), max_length=200)
    meaning_en = models.CharField(_("what happened (English)"), max_length=250)
    next_ko = models.CharField(_("first thing to check (Korean)"), max_length=200)
    next_en = models.CharField(_("first thing to check (English)"), max_length=250)
    source = models.CharField(_("source"), max_length=250, help_text=_("Where the text and its codes were read."))
    url = HttpsURLField(_("address"), blank=True)
    checked_on = models.DateField(
        _("last checked"),
        null=True,
        blank=True,
        help_text=_("The day on which somebody last compared the entry with its source."),
    )
    outdated_translations = models.CharField(_("outdated translations"), max_length=100, blank=True, editable=False)

    objects = ErrorTextQuerySet.as_manager()

    class Meta:
        ordering = ["product", "position", "slug"]
        verbose_name = _("error text")
        verbose_name_plural = _("error texts")
        constraints = [
            models.UniqueConstraint(fields=["product", "text"], name="error_text_once_a_product"),
            models.CheckConstraint(condition=Q(url="") | Q(url__istartswith="https://"), name="error_text_is_https"),
        ]

    def __str__(self) -> str:
        return f"{self.product}: {self.label}"

    def get_absolute_url(self) -> str:
        return f"{address('codes:product_errors', product_slug(self.product))}#{self.slug}"

    meaning = localized("meaning")
    next = localized("next")

    @property
    def label(self) -> str:
        """The text, cut to the length of a title."""
        return self.text if len(self.text) <= MAX_TITLE_LENGTH else f"{self.text[: MAX_TITLE_LENGTH - 1]}…"

    @property
    def text_language(self) -> str:
        """The language of the text: "ko" if it has Hangul in it, else as its product says: Windows sockets (German)."""
        if HANGUL.search(self.text):
            return "ko"
        return LANGUAGE_CODES.get(self.product.rpartition("(")[2].rstrip(")"), "en")

    @property
    def codes(self) -> list[int]:
        """The numbers of the codes that it stands for, in their order. Prefetch `code_links` for several texts."""
        return [link.code_id for link in self.code_links.all()]


class ErrorTextCode(Detail):
    """One of the codes that an error text stands for."""

    PARENT = "error_text"
    NATURAL_KEY = ("error_text_id", "code_id")

    error_text = models.ForeignKey(ErrorText, models.CASCADE, related_name="code_links", verbose_name=_("error text"))
    code = models.ForeignKey(StatusCode, models.PROTECT, related_name="error_text_links", verbose_name=_("status code"))
    position = PositionField(help_text=_("1 is the most common code."))

    class Meta:
        ordering = ["position", "code"]
        verbose_name = pgettext_lazy("of an error text", "code")
        verbose_name_plural = pgettext_lazy("of an error text", "codes")
        constraints = [models.UniqueConstraint(fields=["error_text", "code"], name="code_once_an_error_text")]

    def __str__(self) -> str:
        return f"{self.error_text_id}: {self.code_id:03}"
