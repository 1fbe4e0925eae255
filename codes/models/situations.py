"""Situations of somebody who builds an API or a site: which code answers them, what to send with it, and who says so.

The questions lead a reader who cannot name the topic to the same situations, a few answers at a time.
"""

import json
import re
from collections.abc import Iterable
from itertools import groupby
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from codes.fields import HttpsURLField, LinesField, MarkdownField, PositionField
from codes.texts.localized import localized

from .base import Detail, Entry, ReviewedEntry, address
from .codes import StatusCode

RESERVED_SLUGS = ("ask", "table")  # addresses of other pages under /choose/
CODE_SLUG = re.compile("[0-9]{3}")  # and those of the situations of a code
MEDIA_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+(?:; ?[\w-]+=[\w-]+)*", re.ASCII)
JSON_TYPE = re.compile(r"application/(?:[\w.+-]+\+)?json(?:;.*)?", re.ASCII)
MAX_JSON_DEPTH = 12  # of an example; it is drawn in several languages, with the depth as indentation


class SituationTopic(models.TextChoices):
    """What situations are about, in the order of the page that lists them."""

    READ = "read", _("Reading and lists")
    CREATE = "create", _("Creating")
    CHANGE = "change", _("Changing")
    DELETE = "delete", _("Deleting")
    ASYNC = "async", _("Long-running work")
    BATCH = "batch", _("Several at once")
    AUTH = "auth", _("Login and authentication")
    PERMISSION = "permission", _("Permission and blocking")
    VALIDATION = "validation", _("Checking the request")
    CONFLICT = "conflict", _("Conflicts and concurrent edits")
    LIMITS = "limits", _("Limits")
    MONEY = "money", _("Payment and stock")
    REDIRECT = "redirect", _("Addresses and redirects")
    CACHING = "caching", _("Caching")
    FILES = "files", _("Files")
    HTML_FORMS = "html-forms", _("Web pages and forms")
    OUTAGE = "outage", _("Outages")
    GATEWAY = "gateway", _("Gateways and connections")
    LIFECYCLE = "lifecycle", _("Versions and the end of an API")
    WEBHOOKS = "webhooks", _("Webhooks")
    GRAPHQL = "graphql", _("GraphQL")
    REALTIME = "realtime", _("Streams and WebSocket")
    CRAWLERS = "crawlers", _("Bots and search engines")


class Norm(models.TextChoices):
    """How binding an answer is."""

    MUST = "must", _("The specification requires it.")
    SHOULD = "should", _("The specification recommends it.")
    USUAL = "usual", _("No specification demands it; the definition fits and practice agrees.")
    OPEN = "open", _("There is no norm: choose one code and keep to it.")


class ExampleContent(models.TextChoices):
    """What the example response of a situation contains."""

    NONE = "none", pgettext_lazy("content", "None")
    PROBLEM = "problem", _("Problem details (RFC 9457) of a type of their own")
    BLANK = "blank", _("Problem details that tell no more than the status code")
    OWN = "own", _("The content given below")
    NOTHING = "nothing", _("There is no response")


def is_json(content_type: str) -> bool:
    """Return whether content of this media type is JSON."""
    return JSON_TYPE.fullmatch(content_type) is not None


def example_data(text: str) -> Any:
    """Return the data of an example in JSON. Raise ValueError for what no page can show: no JSON, or too deep."""
    try:
        data = json.loads(text)
    except RecursionError as error:
        raise ValueError("too deep") from error
    level, depth = [data], 0
    while level:
        level = [each for value in level if isinstance(value, dict | list) for each in _members(value)]
        depth += 1
        if depth > MAX_JSON_DEPTH:
            raise ValueError("too deep")
    json.dumps(data, ensure_ascii=False, allow_nan=False).encode()  # no half characters
    return data


def _members(value: dict[str, Any] | list[Any]) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value


class SituationQuerySet(models.QuerySet["Situation"]):
    """The named filters of situations."""

    def naming(self, number: int) -> Self:
        """Keep those that a code answers, and those for which it is named as one to avoid."""
        avoided = OtherCode.objects.filter(code=number, fit=OtherCode.Fit.AVOID).values("situation")
        return self.filter(Q(answer=number) | Q(slug__in=avoided))

    def between(self, numbers: Iterable[int]) -> Self:
        """Keep those that one of these codes answers and for which another is named."""
        return self.filter(answer__in=numbers, other_codes__code__in=numbers).distinct()


class Situation(ReviewedEntry):
    """A situation, the code that answers it and why."""

    TEXTS = ["title", "reason"]
    REQUIRED_TEXTS = ["title", "reason"]

    slug = models.SlugField(
        _("slug"),
        primary_key=True,
        max_length=60,
        help_text=_("The address: unique-taken. It may stand in other people's documents, so it never changes."),
        validators=[RegexValidator(rf"\A(?:{'|'.join(RESERVED_SLUGS)})\Z", _("Another page."), inverse_match=True)],
    )
    topic = models.CharField(_("topic"), max_length=12, choices=SituationTopic)
    position = PositionField()
    title_ko = models.CharField(_("situation (Korean)"), max_length=60)
    title_en = models.CharField(_("situation (English)"), max_length=80)
    answer = models.ForeignKey(StatusCode, models.PROTECT, related_name="answers", verbose_name=_("answer"))
    norm = models.CharField(_("how binding"), max_length=6, choices=Norm)
    reason_ko = models.CharField(_("why (Korean)"), max_length=120, help_text=_("One or two plain sentences."))
    reason_en = models.CharField(_("why (English)"), max_length=200, help_text=_("The same sentences."))
    source = models.CharField(_("source"), max_length=80, help_text=_("For example RFC 9110 §15.5.10, Zalando #109."))
    url = HttpsURLField(_("address"))
    example_content = models.CharField(
        _("content of the example response"), max_length=7, choices=ExampleContent, default=ExampleContent.NONE
    )
    content_type = models.CharField(_("media type"), max_length=60, blank=True)
    content = MarkdownField(
        _("content"),
        blank=True,
        help_text=_("As it is sent: JSON, HTML. For problem details: a JSON object with further members."),
    )
    keywords = LinesField(
        _("keywords"), blank=True, help_text=_("What people type to find this situation, one a line.")
    )
    checked_on = models.DateField(_("last checked"), null=True, blank=True)

    outdated_translations = models.CharField(_("outdated translations"), max_length=100, blank=True, editable=False)

    objects = SituationQuerySet.as_manager()

    class Meta:
        ordering = ["topic", "position", "slug"]
        verbose_name = _("situation")
        verbose_name_plural = _("situations")
        constraints = [
            models.CheckConstraint(condition=~Q(slug__in=RESERVED_SLUGS), name="situation_has_its_own_address"),
            models.CheckConstraint(condition=~Q(title_ko="") & ~Q(title_en=""), name="situation_has_both_titles"),
            models.CheckConstraint(condition=Q(url__istartswith="https://"), name="situation_is_https"),
            models.CheckConstraint(
                condition=Q(example_content=ExampleContent.OWN) & ~Q(content="") & ~Q(content_type="")
                | Q(example_content=ExampleContent.PROBLEM, content_type="")
                | Q(
                    example_content__in=[ExampleContent.NONE, ExampleContent.BLANK, ExampleContent.NOTHING],
                    content="",
                    content_type="",
                ),
                name="situation_content_with_its_type",
                violation_error_message=_("Content of its own needs its type, and the other kinds have neither."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return address("codes:situation", self.slug)

    def clean(self) -> None:
        if CODE_SLUG.fullmatch(self.slug):
            raise ValidationError({"slug": _("Another page.")})
        if self.content_type and not MEDIA_TYPE.fullmatch(self.content_type):
            raise ValidationError({"content_type": _("Write the media type as “text/html; charset=utf-8”.")})
        if self.example_content == ExampleContent.OWN and is_json(self.content_type) and self._data is None:
            raise ValidationError({"content": _("This is not JSON that a page can show.")})
        if self.example_content == ExampleContent.PROBLEM and not isinstance(self._data, dict):
            raise ValidationError({"content": _("Further members of problem details are a JSON object.")})

    @property
    def _data(self) -> Any:
        """The content as data, None for what is no JSON; of a JSON null too, which is no example."""
        try:
            return example_data(self.content or "{}")
        except ValueError:
            return None

    title = localized("title")
    reason = localized("reason")

    @property
    def label(self) -> str:
        """The number of the answer."""
        return f"{self.answer_id:03}"


class OtherCode(Detail):
    """Another code than the answer: one that fits under a condition, or one that does not fit."""

    class Fit(models.TextChoices):
        ALSO = "also", _("Also possible")
        AVOID = "avoid", _("Not this")

    PARENT = "situation"
    NATURAL_KEY = ("situation_id", "code_id")

    situation = models.ForeignKey(Situation, models.CASCADE, related_name="other_codes", verbose_name=_("situation"))
    position = PositionField()
    code = models.ForeignKey(StatusCode, models.PROTECT, related_name="named_in", verbose_name=_("status code"))
    fit = models.CharField(_("fit"), max_length=5, choices=Fit)
    reason_ko = models.CharField(_("when it fits, or why not (Korean)"), max_length=120)
    reason_en = models.CharField(_("when it fits, or why not (English)"), max_length=160)

    class Meta:
        ordering = ["position", "code"]
        verbose_name = _("other code")
        verbose_name_plural = _("other codes")
        constraints = [models.UniqueConstraint(fields=["situation", "code"], name="other_code_once_a_situation")]

    def __str__(self) -> str:
        return f"{self.code_id:03} ({self.get_fit_display()})"

    def clean(self) -> None:
        if self.code_id is not None and self.code_id == self.situation.answer_id:
            raise ValidationError({"code": _("This is the answer.")})

    reason = localized("reason")


class SituationHeader(Detail):
    """A header field to send along, with a value for the example response."""

    class Level(models.TextChoices):
        MUST = "must", pgettext_lazy("requirement", "must")
        SHOULD = "should", pgettext_lazy("requirement", "should")
        MAY = "may", pgettext_lazy("requirement", "may")
        ADVICE = "advice", pgettext_lazy("requirement", "advice")

    PARENT = "situation"
    NATURAL_KEY = ("situation_id", "header")

    situation = models.ForeignKey(Situation, models.CASCADE, related_name="headers", verbose_name=_("situation"))
    position = PositionField()
    header = models.CharField(_("header field"), max_length=60)
    level = models.CharField(_("level"), max_length=6, choices=Level)
    value = models.CharField(
        _("value in the example"), max_length=200, blank=True, help_text=_("Empty: not in the example.")
    )
    note_ko = models.CharField(_("note (Korean)"), max_length=120, blank=True)
    note_en = models.CharField(_("note (English)"), max_length=160, blank=True)

    class Meta:
        ordering = ["position", "header"]
        verbose_name = _("header field to send")
        verbose_name_plural = _("header fields to send")
        constraints = [models.UniqueConstraint(fields=["situation", "header"], name="header_once_a_situation")]

    def __str__(self) -> str:
        return f"{self.header} ({self.get_level_display()})"

    note = localized("note")


class HouseVerdict(Detail):
    """What one house (a standard, a style guide, a framework) does in a situation."""

    class Strength(models.TextChoices):
        MUST = "must", pgettext_lazy("verdict", "must")
        SHOULD = "should", pgettext_lazy("verdict", "should")
        MAY = "may", pgettext_lazy("verdict", "may")
        DEFAULT = "default", pgettext_lazy("verdict", "default")
        EXAMPLE = "example", pgettext_lazy("verdict", "example")

    class Evidence(models.TextChoices):
        RUN = "run", pgettext_lazy("evidence", "run")
        READ = "read", pgettext_lazy("evidence", "read")
        EXCERPT = "excerpt", pgettext_lazy("evidence", "read in excerpts")

    PARENT = "situation"
    NATURAL_KEY = ("situation_id", "house")

    situation = models.ForeignKey(Situation, models.CASCADE, related_name="verdicts", verbose_name=_("situation"))
    position = PositionField()
    house = models.CharField(_("house"), max_length=40, help_text=_("RFC, Zalando, Google AIP, Django."))
    codes = models.CharField(
        _("codes"),
        max_length=40,
        validators=[RegexValidator(r"\A!?[0-9]{3}(?: !?[0-9]{3})*\Z")],
        help_text=_("The preferred code first: 200 204. With an exclamation mark: advises against it."),
    )
    strength = models.CharField(_("strength"), max_length=7, choices=Strength)
    note_ko = models.CharField(_("note (Korean)"), max_length=120)
    note_en = models.CharField(_("note (English)"), max_length=160)
    url = HttpsURLField(_("address"))
    version = models.CharField(pgettext_lazy("of a house", "version"), max_length=60, blank=True)
    evidence = models.CharField(_("how it was checked"), max_length=7, choices=Evidence)

    class Meta:
        ordering = ["position", "house"]
        verbose_name = _("verdict of a house")
        verbose_name_plural = _("verdicts of the houses")
        constraints = [
            models.UniqueConstraint(fields=["situation", "house"], name="verdict_once_a_house"),
            models.CheckConstraint(condition=Q(url__istartswith="https://"), name="verdict_is_https"),
        ]

    def __str__(self) -> str:
        return f"{self.house}: {self.codes}"

    note = localized("note")

    @property
    def uses(self) -> list[int]:
        """The codes that the house uses, the preferred one first."""
        return [int(code) for code in self.codes.split() if not code.startswith("!")]

    @property
    def rejects(self) -> list[int]:
        """The codes that the house advises against."""
        return [int(code[1:]) for code in self.codes.split() if code.startswith("!")]

    def allows(self, number: int) -> bool:
        """Return whether the house uses this code, or at least names no other one and does not advise against it."""
        return number in self.uses or (not self.uses and number not in self.rejects)

    @classmethod
    def disputed(cls) -> set[str]:
        """Return the slugs of the situations that some house answers with another code, in one query."""
        verdicts = cls.objects.select_related("situation").only("codes", "situation__answer")
        return {verdict.situation_id for verdict in verdicts if not verdict.allows(verdict.situation.answer_id)}


class Question(Entry):
    """A question in the words of a reader; each answer leads to the next question or to situations."""

    slug = models.SlugField(_("slug"), primary_key=True, max_length=60)
    position = PositionField(help_text=_("1 is the question to begin with."))
    question_ko = models.CharField(_("question (Korean)"), max_length=120)
    question_en = models.CharField(_("question (English)"), max_length=160)

    class Meta:
        ordering = ["position", "slug"]
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        constraints = [
            models.CheckConstraint(
                condition=~Q(question_ko="") & ~Q(question_en=""), name="question_is_in_both_languages"
            )
        ]

    def __str__(self) -> str:
        return self.question

    def get_absolute_url(self) -> str:
        return address("codes:question", self.slug)

    question = localized("question")


class QuestionChoice(Detail):
    """One answer to a question."""

    PARENT = "question"
    NATURAL_KEY = ("question_id", "position")

    question = models.ForeignKey(Question, models.CASCADE, related_name="choices", verbose_name=_("question"))
    position = PositionField()
    answer_ko = models.CharField(_("answer (Korean)"), max_length=80)
    answer_en = models.CharField(_("answer (English)"), max_length=120)
    next = models.ForeignKey(
        Question,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="reached_by",
        verbose_name=_("next question"),
        help_text=_("Or the situations that this answer leads to."),
    )
    situations = models.ManyToManyField(Situation, blank=True, related_name="choices", verbose_name=_("situations"))

    class Meta:
        ordering = ["position"]
        verbose_name = _("answer to a question")
        verbose_name_plural = _("answers to a question")
        constraints = [models.UniqueConstraint(fields=["question", "position"], name="choice_position_once")]

    def __str__(self) -> str:
        return self.answer

    answer = localized("answer")

    def leads_back(self) -> bool:
        """Return whether the next question leads to this choice's question again."""
        seen: set[str | None] = set()
        ahead: set[str | None] = {self.next_id} - {None}
        while ahead - seen:
            if self.question_id in ahead:
                return True
            seen |= ahead
            choices = QuestionChoice.objects.filter(question__in=ahead).exclude(next=None)
            ahead = set(choices.values_list("next", flat=True))
        return False


def by_topic(situations: Iterable[Situation]) -> list[tuple[SituationTopic, list[Situation]]]:
    """Return the situations by topic, the topics in their order."""
    order = [topic.value for topic in SituationTopic]
    in_order = sorted(situations, key=lambda situation: order.index(situation.topic))
    return [(SituationTopic(topic), list(each)) for topic, each in groupby(in_order, key=lambda each: each.topic)]
