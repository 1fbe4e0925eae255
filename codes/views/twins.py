"""The twins of a page, as its head and its Link field name them."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse

from codes.data.documents import LICENCE
from codes.data.twins import MEDIA_TYPES, twin_addresses
from statuscodes.web.decorators import View


def with_twins(stem: str = "") -> Callable[[View], View]:
    """Name the twins of a page and its licence in its Link field (RFC 8288). `stem` is as in twin_addresses().

    The page of a code names them in its head alone: the largest has no room left in a first view. A page with a query
    shows a part of what they have, and has no field either.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            response = view(request, *args, **kwargs)
            if response.status_code == 200 and not request.GET:
                addresses = twin_addresses(request.path, stem)
                links = [
                    f'<{addresses[suffix]}>; rel="alternate"; type="{media_type}"'
                    for suffix, media_type in MEDIA_TYPES.items()
                ]
                response.headers["Link"] = ", ".join([*links, f'<{LICENCE}>; rel="license"'])
            return response

        return wrapper

    return decorate
