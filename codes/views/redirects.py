"""Addresses that people guess, such as /404.html and /status/404: redirects to the pages they mean."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from codes.models import Category, StatusCode
from statuscodes.web.decorators import public


@public
def guessed_code(request: HttpRequest, guessed_number: int) -> HttpResponse:
    """Redirect to the code's page. Raise Http404 for a number that has no entry."""
    return redirect(get_object_or_404(StatusCode.objects.only("number"), number=guessed_number), permanent=True)


@public
def guessed_class(request: HttpRequest, guessed_digit: int) -> HttpResponse:
    """Redirect to the page of the class. Raise Http404 if it has none."""
    return redirect(get_object_or_404(Category.objects.only("digit"), digit=guessed_digit), permanent=True)
