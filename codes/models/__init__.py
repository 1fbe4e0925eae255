"""The subject: classes of status codes, the codes with their details, and the groups of codes that people confuse."""

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
)
from .details import Advice, Alias, Identifier, Reference, VendorMeaning
from .errors import ErrorText, ErrorTextCode, ErrorTextQuerySet, product_slug
from .exchanges import Diagram, Exchange, Message, Participant, begins_as_message
from .groups import ConfusionGroup, GroupMember, GroupReference, Hop
from .history import EntrySnapshot, LoadedEntry, Revision
from .products import Product, ProductCode
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

__all__ = [
    "Advice",
    "Alias",
    "Basis",
    "Caching",
    "Category",
    "CategoryRule",
    "CheckNeeds",
    "ConfusionGroup",
    "Content",
    "Detail",
    "Diagram",
    "Entry",
    "EntrySnapshot",
    "ErrorText",
    "ErrorTextCode",
    "ErrorTextQuerySet",
    "Exchange",
    "GeneralRule",
    "GroupMember",
    "GroupReference",
    "Hop",
    "Identifier",
    "Level",
    "LoadedEntry",
    "Message",
    "NaturalKeyManager",
    "Participant",
    "PrintableTexts",
    "Product",
    "ProductCode",
    "RedirectMethod",
    "Reference",
    "RegistrationStatus",
    "ResponseRule",
    "Retry",
    "ReviewedEntry",
    "Revision",
    "RuleBase",
    "RuleSet",
    "StatusCode",
    "StatusCodeQuerySet",
    "Topic",
    "VendorMeaning",
    "begins_as_message",
    "product_slug",
    "rules_by_level",
]
