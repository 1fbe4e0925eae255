"""Texts that show what can be pasted into the diagnosis."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LINE = (
    "2026/11/25 10:01:22 [error] 31#31: *1 connect() failed (111: Connection refused) while connecting to upstream,"
    ' client: 203.0.113.7, server: api.example.com, request: "GET /products/1024 HTTP/1.1",'
    ' upstream: "http://127.0.0.1:8080/products/1024", host: "api.example.com"\n'
)
UNAUTHORIZED = """\
HTTP/1.1 401 Unauthorized
Date: Wed, 25 Nov 2026 01:01:22 GMT
Content-Type: application/json
Content-Length: 27
Cache-Control: public, max-age=600

{"error":"token expired"}
"""
REDIRECT = """\
> POST /login HTTP/2
> Host: shop.example.com
> Content-Type: application/x-www-form-urlencoded
>
< HTTP/2 302
< date: Wed, 25 Nov 2026 01:02:03 GMT
< location: http://shop.example.com/my
< set-cookie: sid=31d4d96e407aad42; Path=/; HttpOnly
< cache-control: public, max-age=60
< connection: keep-alive
<
"""
ACCESS_LOG = "".join(
    f'203.0.113.{host} - - [25/Nov/2026:10:0{minute}:{second:02} +0900] "GET {path} HTTP/1.1" {status} {size} "-" "-"\n'
    for host, minute, second, path, status, size in [
        (7, 0, 58, "/", 200, 5123),
        (7, 1, 2, "/products/1024", 502, 157),
        (9, 1, 3, "/products/88", 502, 157),
        (9, 1, 9, "/wp-login.php", 404, 153),
        (4, 1, 11, "/products/1024", 502, 157),
        (4, 2, 12, "/cart", 499, 0),
        (7, 2, 40, "/products/7", 502, 157),
        (2, 3, 1, "/wp-login.php", 404, 153),
        (2, 4, 30, "/", 200, 5123),
    ]
)


@dataclass(frozen=True)
class Example:
    """A text that shows what can be pasted; `slug` is its part of an address."""

    slug: str
    name: str | Promise
    text: str


EXAMPLES = {
    each.slug: each
    for each in (
        Example("response", _("A 401 response"), UNAUTHORIZED),
        Example("redirect", _("A redirect, from curl -v"), REDIRECT),
        Example("nginx-error", _("A line of nginx's error log"), LINE),
        Example("access-log", _("An access log"), ACCESS_LOG),
    )
}
