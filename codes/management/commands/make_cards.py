"""Draw the cards that links to the site show in chats: those whose texts have changed, in both languages."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from codes import cards


class Command(BaseCommand):
    help = "Draw the cards for links to pages, those whose texts have changed."

    def handle(self, *args: Any, **options: Any) -> None:
        every = list(cards.all_cards())
        missing = [card for card in every if not cards.is_stored(card)]
        try:
            for card in missing:
                cards.image_of(card)
        except cards.FontMissing as error:
            raise CommandError(f"No card was drawn: {error}") from error
        unwritten = sum(not cards.is_stored(card) for card in missing)
        if unwritten:
            raise CommandError(f"{unwritten} cards cannot be written: is CARDS_ROOT a folder that this user may write?")
        removed = cards.prune(every)
        self.stdout.write(f"{len(every)} cards: {len(missing)} drawn, {removed} outdated ones removed")
