from django.core.exceptions import SuspiciousOperation
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest


class Request(WSGIRequest):
    """Django's request, as the client meant it."""

    def __init__(self, environ):
        super().__init__(environ)
        # Methods are case-sensitive (RFC 9110 section 9.1). For Django "head" is HEAD, for the server it is not, and
        # so the client would wait for content that does not come.
        self.method = environ["REQUEST_METHOD"]

    def _set_content_type_params(self, meta):
        # Python knows codings that are not of text, such as zip. With one of them Django cannot even make a request,
        # and so no page that refuses it; here it is made, and CleanRequestMiddleware refuses it.
        try:
            super()._set_content_type_params(meta)
        except (LookupError, ValueError, SuspiciousOperation):
            self._encoding = None


class Handler(WSGIHandler):
    request_class = Request
