"""What the specifications demand of a response: rules of one code, of a class, and of every response.

The pages, the checker of pasted responses and the data for programs read the same rows.
"""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from codes.fields import CitationField, PositionField
from codes.texts.citations import citation_url
from codes.texts.localized import in_other_language, localized

from .base import Detail, Entry, address
from .codes import Category, Content, StatusCode


class Level(models.TextChoices):
    """How binding a rule is (RFC 2119), the strongest first.

    MUST and MUST_NOT: a response that differs is wrong. SHOULD and SHOULD_NOT: it may differ for a good reason that
    its sender knows, so a checker warns. MAY: allowed and meant to be there; its absence says nothing.
    """

    MUST = "must", pgettext_lazy("requirement", "must")
    MUST_NOT = "must-not", pgettext_lazy("requirement", "must not")
    SHOULD = "should", pgettext_lazy("requirement", "should")
    SHOULD_NOT = "should-not", pgettext_lazy("requirement", "should not")
    MAY = "may", pgettext_lazy("requirement", "may")


class Topic(models.TextChoices):
    """What a rule is about: one header field, or something else.

    CACHING without a condition says what the fact of the same name says: MAY is reuse by default, MUST_NOT no storing.
    """

    FIELD = "field", pgettext_lazy("rule", "header field")
    FIELDS = "fields", pgettext_lazy("rule", "other header fields")
    CONTENT = "content", pgettext_lazy("rule", "content")
    CACHING = "caching", pgettext_lazy("rule", "caching")
    USE = "use", pgettext_lazy("rule", "use of the code")
    REQUEST = "request", pgettext_lazy("rule", "request")
    VERSION = "version", pgettext_lazy("rule", "HTTP version")
    SENDER = "sender", pgettext_lazy("rule", "sender")
    CLIENT = "client", pgettext_lazy("rule", "client")
    SEQUENCE = "sequence", pgettext_lazy("rule", "order of responses")
    NUMBER = "number", pgettext_lazy("rule", "number")


class CheckNeeds(models.TextChoices):
    """What somebody must know to tell whether a response follows a rule.

    RESPONSE: the response alone. REQUEST: the request too. COMPARISON: a 200 to the same request. VERSION: the HTTP
    version. KNOWLEDGE: what only the server's owner knows. CACHE, CLIENT and EXCHANGE are rules for a cache, for the
    client and for all responses to one request: no single response can break them.
    """

    RESPONSE = "response", pgettext_lazy("needed for a check", "the response")
    REQUEST = "request", pgettext_lazy("needed for a check", "the request too")
    COMPARISON = "comparison", pgettext_lazy("needed for a check", "a 200 to the same request")
    VERSION = "version", pgettext_lazy("needed for a check", "the HTTP version")
    KNOWLEDGE = "knowledge", pgettext_lazy("needed for a check", "knowledge of the server")
    CACHE = "cache", pgettext_lazy("needed for a check", "a look at the cache")
    CLIENT = "client", pgettext_lazy("needed for a check", "a look at the client")
    EXCHANGE = "exchange", pgettext_lazy("needed for a check", "the whole exchange")


class Basis(models.TextChoices):
    """How the section words the level, where it does not use the keyword itself: a checker then says less."""

    OUGHT = "ought", _("worded “ought to”")
    NONE = "none", _("stated without a keyword")


class RuleBase(Detail):
    """A rule about responses.

    `condition` says when the rule applies, in a few words; without one it always does. `note` says what a field holds,
    or what a rule about something else demands, allows or forbids.
    """

    position = PositionField()
    level = models.CharField(_("level"), max_length=10, choices=Level)
    topic = models.CharField(_("about"), max_length=10, choices=Topic, default=Topic.FIELD, db_default=Topic.FIELD)
    header = models.CharField(
        _("header field"), max_length=60, blank=True, help_text=_("Only for a rule about one header field.")
    )
    condition_ko = models.CharField(_("condition (Korean)"), max_length=160, blank=True, default="", db_default="")
    condition_en = models.CharField(_("condition (English)"), max_length=200, blank=True, default="", db_default="")
    note_ko = models.CharField(_("note (Korean)"), max_length=120, blank=True)
    note_en = models.CharField(_("note (English)"), max_length=160, blank=True)
    source = CitationField(_("section"), blank=False)
    second_source = CitationField(_("second section"), default="", db_default="")
    check_needs = models.CharField(
        _("needed for a check"),
        max_length=10,
        choices=CheckNeeds,
        default=CheckNeeds.RESPONSE,
        db_default=CheckNeeds.RESPONSE,
    )
    basis = models.CharField(
        _("wording of the level"),
        max_length=10,
        choices=Basis,
        blank=True,
        default="",
        db_default="",
        help_text=_("Empty if the section has the keyword itself, such as MUST."),
    )

    class Meta:
        abstract = True
        ordering = ["position", "header", "pk"]
        verbose_name = _("response rule")
        verbose_name_plural = _("response rules")

    def __str__(self) -> str:
        return f"{self.subject} ({self.get_level_display()})"

    def clean(self) -> None:
        if self.topic == Topic.FIELD and not self.header:
            raise ValidationError({"header": _("Name the header field that the rule is about.")})

    condition = localized("condition")
    note = localized("note")

    @property
    def subject(self) -> str:
        """The header field, or the topic of a rule that is not about one."""
        return self.header or str(self.get_topic_display())

    @property
    def sources(self) -> list[tuple[str, str]]:
        """The sections that state the rule, each with its address."""
        return [(source, citation_url(source)) for source in (self.source, self.second_source) if source]


RULE_KEY = ("topic", "header", "level", "source", "check_needs")
# The other half of this, that a rule about a field names it, is in clean(): the release before writes no topic.
HEADER_FITS_TOPIC = Q(header="") | Q(topic=Topic.FIELD)


def rule_constraints(parent: str) -> list[models.BaseConstraint]:
    """Return the constraints of a kind of rule, which belongs to the entry that its field `parent` names."""
    return [
        models.UniqueConstraint(fields=[parent, *RULE_KEY], name=f"rule_once_a_{parent}"),
        models.CheckConstraint(
            condition=HEADER_FITS_TOPIC,
            name=f"{parent}_rule_names_a_field_if_about_one",
            violation_error_message=_("Only a rule about one header field names one."),
        ),
    ]


class ResponseRule(RuleBase):
    """A rule about the responses with one code."""

    NATURAL_KEY = ("code_id", *RULE_KEY)

    code = models.ForeignKey(StatusCode, models.CASCADE, related_name="rules", verbose_name=_("status code"))

    class Meta(RuleBase.Meta):
        # The release before calls the model HeaderRule and runs on the same table.
        db_table = "codes_headerrule"
        constraints = rule_constraints("code")

    @property
    def repeats_fact(self) -> bool:
        """Whether the code's facts on content and caching say the same."""
        if self.topic == Topic.CONTENT:
            return self.level == Level.MUST_NOT and self.code.content == Content.NONE
        is_default = self.topic == Topic.CACHING and self.level != Level.MUST and not self.condition
        return is_default and bool(self.code.caching)


class CategoryRule(RuleBase):
    """A rule about the responses of a class."""

    PARENT = "category"
    NATURAL_KEY = ("category_id", *RULE_KEY)

    category = models.ForeignKey(Category, models.CASCADE, related_name="rules", verbose_name=_("class"))

    class Meta(RuleBase.Meta):
        verbose_name = _("rule of a class")
        verbose_name_plural = _("rules of a class")
        constraints = rule_constraints("category")


class RuleSet(Entry):
    """Rules that belong to no class. There is one set, "any": the rules about every response."""

    slug = models.SlugField(_("slug"), primary_key=True, max_length=20)
    name_ko = models.CharField(_("Korean name"), max_length=60)
    name_en = models.CharField(_("English name"), max_length=60)
    summary_ko = models.CharField(_("Korean summary"), max_length=120)
    summary_en = models.CharField(_("English summary"), max_length=200)

    class Meta:
        ordering = ["slug"]
        verbose_name = _("rule set")
        verbose_name_plural = _("rule sets")

    def __str__(self) -> str:
        return str(self.name)

    def get_absolute_url(self) -> str:
        return address("codes:rules", self.slug)

    name = localized("name")
    other_name = in_other_language("name")
    summary = localized("summary")


class GeneralRule(RuleBase):
    """A rule about every response."""

    PARENT = "rule_set"
    NATURAL_KEY = ("rule_set_id", *RULE_KEY)

    rule_set = models.ForeignKey(RuleSet, models.CASCADE, related_name="rules", verbose_name=_("rule set"))

    class Meta(RuleBase.Meta):
        verbose_name = _("general rule")
        verbose_name_plural = _("general rules")
        constraints = rule_constraints("rule_set")


def rules_by_level(rules: Iterable[RuleBase]) -> list[tuple[str | Promise, list[list[Any]]]]:
    """Return the rules as (level, groups), the strongest level first.

    A group holds adjacent rules that say the same of several header fields.
    """
    by_level: dict[str, list[RuleBase]] = {level: [] for level in Level.values}
    for rule in rules:
        by_level[rule.level].append(rule)
    return [
        (Level(level).label, [list(group) for _key, group in groupby(of_level, key=_statement)])
        for level, of_level in by_level.items()
        if of_level
    ]


def _statement(rule: RuleBase) -> tuple[Any, ...]:
    """Return what a rule says of its subject: two rules with equal statements are shown as one."""
    own_line = "" if rule.header else rule.pk
    return own_line, rule.condition, rule.note, rule.source, rule.second_source, rule.basis
