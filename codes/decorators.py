from functools import wraps

from django.views.decorators.csrf import csrf_exempt

from statuscodes.errors import error_page


def read_only(view):
    """Allow GET and HEAD, and answer anything else with 405 and our own page.

    Exempt from CSRF, because that check comes first and would call every POST a forgery (403).
    """

    @csrf_exempt
    @wraps(view)
    def wrapper(request, *args, **kwargs):
        if request.method in ("GET", "HEAD"):
            return view(request, *args, **kwargs)
        return error_page(request, 405, headers={"Allow": "GET, HEAD"})

    return wrapper
