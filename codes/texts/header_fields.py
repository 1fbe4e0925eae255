"""The sections that define header fields."""

from .citations import citation_url

DEFINITIONS = {
    "Accept": "RFC 9110 §12.5.1",
    "Accept-Charset": "RFC 9110 §12.5.2",
    "Accept-Encoding": "RFC 9110 §12.5.3",
    "Accept-Language": "RFC 9110 §12.5.4",
    "Accept-Patch": "RFC 5789 §3.1",
    "Accept-Ranges": "RFC 9110 §14.3",
    "Age": "RFC 9111 §5.1",
    "Allow": "RFC 9110 §10.2.1",
    "Authorization": "RFC 9110 §11.6.2",
    "Cache-Control": "RFC 9111 §5.2",
    "Connection": "RFC 9110 §7.6.1",
    "Content-Encoding": "RFC 9110 §8.4",
    "Content-Language": "RFC 9110 §8.5",
    "Content-Length": "RFC 9110 §8.6",
    "Content-Location": "RFC 9110 §8.7",
    "Content-Range": "RFC 9110 §14.4",
    "Content-Type": "RFC 9110 §8.3",
    "Date": "RFC 9110 §6.6.1",
    "ETag": "RFC 9110 §8.8.3",
    "Early-Data": "RFC 8470 §5.1",
    "Expect": "RFC 9110 §10.1.1",
    "Expires": "RFC 9111 §5.3",
    "If-Match": "RFC 9110 §13.1.1",
    "If-Modified-Since": "RFC 9110 §13.1.3",
    "If-None-Match": "RFC 9110 §13.1.2",
    "If-Range": "RFC 9110 §13.1.5",
    "If-Unmodified-Since": "RFC 9110 §13.1.4",
    "Last-Modified": "RFC 9110 §8.8.2",
    "Location": "RFC 9110 §10.2.2",
    "Proxy-Authenticate": "RFC 9110 §11.7.1",
    "Proxy-Authorization": "RFC 9110 §11.7.2",
    "Proxy-Status": "RFC 9209 §2",
    "Range": "RFC 9110 §14.2",
    "Retry-After": "RFC 9110 §10.2.3",
    "Transfer-Encoding": "RFC 9112 §6.1",
    "Upgrade": "RFC 9110 §7.8",
    "Vary": "RFC 9110 §12.5.5",
    "Via": "RFC 9110 §7.6.3",
    "WWW-Authenticate": "RFC 9110 §11.6.1",
}


def definition_url(field: str) -> str:
    """Return the address of the section that defines a header field, "" for a field that is not in the table."""
    return citation_url(DEFINITIONS.get(field, ""))
