"""Live answers below a path of another application, for development: a public site has a host of its own for them."""

from collections.abc import Callable, Iterable
from typing import Any

WSGIApplication = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
# WSGI leaves these to the server (PEP 3333), and wsgiref, which is behind runserver, refuses them.
HOP_BY_HOP = {"connection", "proxy-authenticate", "upgrade"}


class Mount:
    """Pass what is below `prefix` to one application, which is made on first use, and the rest to another."""

    def __init__(self, prefix: str, make: Callable[[], WSGIApplication], others: WSGIApplication) -> None:
        self.prefix, self.make, self.others = prefix, make, others
        self.application: WSGIApplication | None = None

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path != self.prefix and not path.startswith(f"{self.prefix}/"):
            return self.others(environ, start_response)
        if self.application is None:
            self.application = self.make()
        below = environ | {"SCRIPT_NAME": self.prefix, "PATH_INFO": path[len(self.prefix) :]}
        return self.application(below, _with_hop_by_hop(start_response))


def _with_hop_by_hop(start_response: Callable[..., Any]) -> Callable[..., Any]:
    """Let a handler of wsgiref send the fields that it refuses to be given. Any other server gets them as they are."""
    handler = getattr(start_response, "__self__", None)
    if not hasattr(handler, "headers_class"):
        return start_response

    def start(status: str, fields: list[tuple[str, str]]) -> Any:
        write = start_response(status, [field for field in fields if field[0].lower() not in HOP_BY_HOP])
        for name, value in fields:
            if name.lower() in HOP_BY_HOP:
                handler.headers.add_header(name, value)  # type: ignore[union-attr]
        return write

    return start
