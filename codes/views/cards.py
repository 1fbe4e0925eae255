"""The cards: pictures for links to pages. One that make_cards has not drawn yet is drawn on the first request."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response

from codes import cards
from statuscodes.web.decorators import public, without_database

# Not "public": the page cache keeps texts in memory, and cards are kept in a folder.
CACHING = {"Cache-Control": "max-age=3600", "Cross-Origin-Resource-Policy": "cross-origin"}


@public
def card(request: HttpRequest, kind: cards.Kind, pk: int | str) -> HttpResponse:
    """Show the card of an entry. Raise Http404 where it can be neither drawn nor found."""
    return _image(request, cards.card_of(get_object_or_404(kind.entries(), pk=pk)))


@public
@without_database
def site_card(request: HttpRequest) -> HttpResponse:
    """Show the card of the pages that have none of their own."""
    return _image(request, cards.site_card())


def _image(request: HttpRequest, shown: cards.Card) -> HttpResponse:
    if not cards.is_available(shown):
        raise Http404
    headers = CACHING | {"ETag": f'"{shown.digest}"'}
    unchanged: Any = get_conditional_response(request, etag=headers["ETag"])
    try:
        response = unchanged or HttpResponse(cards.image_of(shown), content_type="image/png")
    except cards.FontMissing as error:
        raise Http404 from error
    for name, value in headers.items():
        response.headers[name] = value
    return response
