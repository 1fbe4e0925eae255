"""The page about live answers."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from statuscodes.web.decorators import public, without_database

OWN_SERVER = "http://127.0.0.1:8090"  # of `make answers`


@public
@without_database
def live(request: HttpRequest) -> HttpResponse:
    """Say what a server of live answers can be asked for, how often, and how to run it."""
    context = {"server": settings.ANSWERS_URL or OWN_SERVER, "own": OWN_SERVER, "is_public": bool(settings.ANSWERS_URL)}
    return render(request, "codes/live.html", context)
