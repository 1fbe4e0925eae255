"""The subject: classes, codes with their details, groups of codes that people confuse, situations and questions."""

from .announcements import Announcement, pages_about
from .base import Detail, Entry, NaturalKeyManager, PrintableTexts, ReviewedEntry
from .codes import (
    Caching,
    Category,
    Content,
    RedirectMethod,
    RegistrationStatus,
    Retry,
    StatusCode,
    StatusCodeQuerySet,
    treated_as,
)
from .details import Advice, Alias, Identifier, Reference, VendorMeaning
from .drafts import Draft
from .errors import ErrorText, ErrorTextCode, ErrorTextQuerySet, product_slug
from .exchanges import Diagram, Exchange, Message, begins_as_message
from .groups import ConfusionGroup, GroupMember, GroupReference, Hop
from .history import EntrySnapshot, LoadedEntry, Revision
from .page_details import PageDetails
from .participants import Participant
from .products import Product, ProductCode
from .reports import MissedSearch, ReaderReport, ReportState
from .rules import (
    Basis,
    CategoryRule,
    CheckNeeds,
    GeneralRule,
    Level,
    ResponseRule,
    RuleBase,
    RuleSet,
    Topic,
    rules_by_level,
)
from .situations import (
    ExampleContent,
    HouseVerdict,
    Norm,
    OtherCode,
    Question,
    QuestionChoice,
    Situation,
    SituationHeader,
    SituationTopic,
    by_topic,
)

__all__ = [
    "Advice",
    "Alias",
    "Announcement",
    "Basis",
    "Caching",
    "Category",
    "CategoryRule",
    "CheckNeeds",
    "ConfusionGroup",
    "Content",
    "Detail",
    "Diagram",
    "Draft",
    "Entry",
    "EntrySnapshot",
    "ErrorText",
    "ErrorTextCode",
    "ErrorTextQuerySet",
    "ExampleContent",
    "Exchange",
    "GeneralRule",
    "GroupMember",
    "GroupReference",
    "Hop",
    "HouseVerdict",
    "Identifier",
    "Level",
    "LoadedEntry",
    "Message",
    "MissedSearch",
    "NaturalKeyManager",
    "Norm",
    "OtherCode",
    "PageDetails",
    "Participant",
    "PrintableTexts",
    "Product",
    "ProductCode",
    "Question",
    "QuestionChoice",
    "ReaderReport",
    "RedirectMethod",
    "Reference",
    "RegistrationStatus",
    "ReportState",
    "ResponseRule",
    "Retry",
    "ReviewedEntry",
    "Revision",
    "RuleBase",
    "RuleSet",
    "Situation",
    "SituationHeader",
    "SituationTopic",
    "StatusCode",
    "StatusCodeQuerySet",
    "Topic",
    "VendorMeaning",
    "begins_as_message",
    "by_topic",
    "pages_about",
    "product_slug",
    "rules_by_level",
    "treated_as",
]
