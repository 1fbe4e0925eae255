"""Groups of codes that people confuse, with the question that tells them apart."""

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from codes.fields import LinesField, MarkdownField, PositionField
from codes.texts.localized import localized

from .base import MARKDOWN_HELP, Detail, Entry, ReferenceBase, address
from .codes import StatusCode


class Hop(models.TextChoices):
    """The hops between a browser and an application, from the outside inwards."""

    CLIENT = "client", _("Browser")
    CDN = "cdn", _("CDN")
    BALANCER = "balancer", _("Load balancer")
    NGINX = "nginx", "nginx"
    APPLICATION = "application", _("Application")


class ConfusionGroup(Entry):
    """Codes that people confuse, and the one question that tells them apart."""

    slug = models.SlugField(_("slug"), primary_key=True, max_length=60, help_text=_("The numbers, as 401-403."))
    position = PositionField()
    name_ko = models.CharField(
        _("Korean name"),
        max_length=60,
        blank=True,
        default="",
        db_default="",
        help_text=_("What it is about, in a few words. Pages show it with the numbers beside it."),
    )
    name_en = models.CharField(
        _("English name"), max_length=80, blank=True, default="", db_default="", help_text=_("The same in English.")
    )
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

    def __str__(self) -> str:
        return f"{self.slug} {self.name}".rstrip()

    def get_absolute_url(self) -> str:
        return address("codes:group", self.slug)

    name = localized("name")
    question = localized("question")
    description = localized("description")

    @property
    def label(self) -> str:
        """The numbers of the members: 401 / 403."""
        return " / ".join(member.code.label for member in self.members.all())

    @property
    def title(self) -> str:
        """The name, or the numbers of a group that has none."""
        return self.name or self.label

    @cached_property
    def chain(self) -> "list[tuple[Hop, list[GroupMember]]]":
        """Each hop with the codes that it sends, or [] if no member names a hop."""
        members = self.members.all()
        if not any(member.said_by for member in members):
            return []
        return [(hop, [member for member in members if hop in member.said_by.split()]) for hop in Hop]


class GroupMember(Detail):
    """One code of a group, with the answer that leads to it and an example."""

    PARENT = "group"
    NATURAL_KEY = ("group_id", "code_id")

    group = models.ForeignKey(ConfusionGroup, models.CASCADE, related_name="members", verbose_name=_("confusion group"))
    code = models.ForeignKey(StatusCode, models.PROTECT, related_name="memberships", verbose_name=_("status code"))
    position = PositionField()
    answer_ko = models.CharField(_("answer (Korean)"), max_length=160)
    answer_en = models.CharField(_("answer (English)"), max_length=200)
    said_by = models.CharField(
        _("said by"),
        max_length=60,
        blank=True,
        validators=[RegexValidator(rf"\A(?:{'|'.join(Hop.values)})(?: (?:{'|'.join(Hop.values)}))*\Z")],
        help_text=_("Which hops send this code, for the drawing: client cdn balancer nginx application."),
    )
    example_ko = MarkdownField(_("example (Korean)"), blank=True)
    example_en = MarkdownField(_("example (English)"), blank=True)

    class Meta:
        ordering = ["position", "code"]
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = [models.UniqueConstraint(fields=["group", "code"], name="member_once_a_group")]

    def __str__(self) -> str:
        return f"{self.group_id}: {self.code_id}"

    digit: int | None  # of for_boxes()

    answer = localized("answer")
    example = localized("example")

    @property
    def label(self) -> str:
        """The number in three digits."""
        return f"{self.code_id:03}"

    @classmethod
    def for_boxes(cls) -> "models.QuerySet[GroupMember]":
        """Return members with what a box shows of them. Of a code that is its number and its class, read as `digit`."""
        members = cls.objects.annotate(digit=F("code__category"))
        return members.only("group", "code", "position", "answer_ko", "answer_en")

    @classmethod
    def beside(cls, number: int) -> "models.QuerySet[GroupMember]":
        """Return all members of the groups of a code, group by group, with what a box shows of them."""
        shown = ["code", "group", "position", "answer_ko", "answer_en"]
        shown += [f"group__{field}" for field in ("position", "name_ko", "name_en", "question_ko", "question_en")]
        return (
            cls.for_boxes()
            .filter(group__members__code=number)
            .select_related("group")
            .only(*shown)
            .order_by("group__position", "group", "position", "code")
        )


class GroupReference(ReferenceBase):
    """A source of a group's statements."""

    PARENT = "group"
    NATURAL_KEY = ("group_id", "spec", "section")

    group = models.ForeignKey(
        ConfusionGroup, models.CASCADE, related_name="references", verbose_name=_("confusion group")
    )

    class Meta(ReferenceBase.Meta):
        constraints = [
            models.UniqueConstraint(fields=["group", "spec", "section"], name="reference_once_a_group"),
            models.CheckConstraint(condition=Q(url__istartswith="https://"), name="group_reference_is_https"),
        ]
