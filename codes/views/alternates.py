"""The alternates of a page, as its head and its Link field name them."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse

from codes.data.alternates import MEDIA_TYPES, alternate_addresses
from codes.data.documents import LICENCE
from statuscodes.web.decorators import View


def with_alternates(stem: str = "") -> Callable[[View], View]:
    """Name the alternates of a page and its licence in its Link field (RFC 8288); `stem` as in alternate_addresses().

    The page of a code names them in its head alone: the largest has no room left in a first view. A page with a query
    shows a part of what they have, and has no field either.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            response = view(request, *args, **kwargs)
            if response.status_code == 200 and not request.GET:
                addresses = alternate_addresses(request.path, stem)
                links = [
                    f'<{addresses[suffix]}>; rel="alternate"; type="{media_type}"'
                    for suffix, media_type in MEDIA_TYPES.items()
                ]
                response.headers["Link"] = ", ".join([*links, f'<{LICENCE}>; rel="license"'])
            return response

        return wrapper

    return decorate
