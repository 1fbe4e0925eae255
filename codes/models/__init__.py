"""The subject: classes of status codes, the codes with their details, and the groups of codes that people confuse."""

from .base import Detail, Entry, NaturalKeyManager, PrintableTexts
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
from .details import Advice, Alias, HeaderRule, Identifier, Reference, VendorMeaning
from .exchanges import Diagram, Exchange, Message, Participant, begins_as_message
from .groups import ConfusionGroup, GroupMember, GroupReference, Hop
from .history import EntrySnapshot, LoadedEntry, Revision
from .products import Product, ProductCode

__all__ = [
    "Advice",
    "Alias",
    "Caching",
    "Category",
    "ConfusionGroup",
    "Content",
    "Detail",
    "Diagram",
    "Entry",
    "EntrySnapshot",
    "Exchange",
    "GroupMember",
    "GroupReference",
    "HeaderRule",
    "Hop",
    "Identifier",
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
    "Retry",
    "Revision",
    "StatusCode",
    "StatusCodeQuerySet",
    "VendorMeaning",
    "begins_as_message",
]
