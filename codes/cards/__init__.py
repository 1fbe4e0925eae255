"""Cards: the pictures of 1200 × 630 that chats and social networks show for a link to a page."""

from .content import KINDS, SITE_CARD, Card, Kind, all_cards, card_of, site_card
from .drawing import FontMissing
from .store import image_of, is_available, is_stored, prune

__all__ = [
    "KINDS",
    "SITE_CARD",
    "Card",
    "FontMissing",
    "Kind",
    "all_cards",
    "card_of",
    "image_of",
    "is_available",
    "is_stored",
    "prune",
    "site_card",
]
