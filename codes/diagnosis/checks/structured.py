"""Checks of structured fields (RFC 9651) whose members have a meaning of their own: digests, caches, proxies."""

from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256, sha512
from typing import Any

import http_sf
from django.utils.translation import gettext as _

from codes.diagnosis.messages.parsed import Response
from codes.models import GeneralRule, Product, ProductCode, StatusCode

from .content import media_type
from .findings import Finding, Severity, cited, shown, wrong_value
from .framing import TEXTUAL, texts_before_pasting
from .rules import severity_of

MAX_VALUE = 4000  # characters of a field
DIGESTS = ("Content-Digest", "Repr-Digest")
HASHES = {"sha-256": sha256, "sha-512": sha512}
# Status "Deprecated" in the registry of hash algorithms (RFC 9530 section 7.2).
WEAK = {"md5", "sha", "unixsum", "unixcksum", "adler", "crc32c"}
# Fields that the linter does not know, with the type of their value and their section.
FIELDS = {
    "Priority": ("dictionary", "RFC 9218 §4", "u=3, i"),
    "RateLimit": ("list", "draft-ietf-httpapi-ratelimit-headers", '"default";r=50;t=30'),
    "RateLimit-Policy": ("list", "draft-ietf-httpapi-ratelimit-headers", '"default";q=100;w=60'),
}
CACHED = {"hit", "miss", "stale", "expired", "bypass", "revalidated", "dynamic", "none", "updating"}
PROXY_RULE = "when an intermediary makes the response and Proxy-Status has an error"
# Error types for which RFC 9209 recommends no single code (sections 2.3.16 and 2.3.29).
WITHOUT_CODE = {"http_request_error", "proxy_internal_response"}


def parsed(value: str, kind: str) -> Any:
    """Return the value of a structured field, None if it is none."""
    if len(value) > MAX_VALUE:
        return None
    try:
        return http_sf.parse(value.encode("ascii"), tltype=kind)
    except (ValueError, RecursionError):
        return None


def check_structured(response: Response, code: StatusCode | None) -> Iterator[Finding]:
    """Report values that recipients ignore since they are no structured fields, or say nothing."""
    for name, (kind, section, example) in FIELDS.items():
        value = response.fields.get(name)
        # Older drafts of the rate limits had dictionaries, and bare numbers.
        kinds = {kind, "dictionary", "list", "item"} if name.startswith("RateLimit") else {kind}
        if value is None or len(value) > MAX_VALUE:
            continue
        if all(parsed(value, each) is None for each in kinds):
            why = _("It is a structured field: recipients ignore all of it if one part is wrong.")
            yield wrong_value(name, value, why, section, f"{name}: {example}", Severity.ADVISED)
    urgency = (parsed(response.fields.get("Priority") or "", "dictionary") or {}).get("u")
    if urgency and not (type(urgency[0]) is int and 0 <= urgency[0] <= 7):
        why = _("u is a whole number from 0 to 7; recipients ignore any other.")
        value = response.fields.get("Priority") or ""
        yield wrong_value("Priority", value, why, "RFC 9218 §4.1", "Priority: u=3, i", Severity.ADVISED)
    value = response.fields.get("Cache-Status") or ""
    if value.partition(";")[0].strip().lower() in CACHED:
        why = _("Each member is the name of a cache, and what it did stands behind a semicolon.")
        send = "Cache-Status: ExampleCache; hit" if "hit" in value.lower() else "Cache-Status: ExampleCache; fwd=miss"
        yield wrong_value("Cache-Status", value, why, "RFC 9211 §2", send, Severity.ADVISED)


def check_digests(response: Response, code: StatusCode | None) -> Iterator[Finding]:
    """Report digests that cannot be read, are weak, or are not those of the content (RFC 9530)."""
    for name in DIGESTS:
        value = response.fields.get(name)
        if value is None or len(value) > MAX_VALUE:
            continue
        members = parsed(value, "dictionary")
        example = f"{name}: sha-256=:{b64encode(sha256(b'').digest()).decode()}:"
        if not members or not all(isinstance(each[0], bytes) for each in members.values()):
            why = _("The name of an algorithm, =, and its digest in base64 between colons.")
            yield wrong_value(name, value, why, "RFC 9530 §2", example)
            continue
        if set(members) <= WEAK:
            title = _("%(field)s uses only algorithms that are not safe: %(values)s") % {
                "field": name,
                "values": shown(", ".join(members)),
            }
            why = _("They find what broke by chance, not what somebody changed.")
            yield Finding(Severity.ADVISED, "digest", title, why, name, cited("RFC 9530 §5"), example)
        yield from _check_digest(response, name, members)


def _check_digest(response: Response, name: str, members: dict[str, Any]) -> Iterator[Finding]:
    content = response.content
    for algorithm, hashed in HASHES.items():
        digest = members[algorithm][0] if algorithm in members else None
        if digest is None:
            continue
        if len(digest) != hashed().digest_size:
            why = _("A digest of %(algorithm)s has %(count)s bytes.") % {
                "algorithm": algorithm,
                "count": hashed().digest_size,
            }
            yield wrong_value(name, response.fields.get(name) or "", why, "RFC 9530 §5", "")
        elif _is_whole(response) and content is not None and digest not in _digests(content, hashed):
            title = _("%(field)s is not the digest of this content") % {"field": name}
            why = _("Pasting may have changed a line end. If not, recipients refuse the content.")
            send = f"{name}: {algorithm}=:{b64encode(hashed(content.encode('utf-8', 'replace')).digest()).decode()}:"
            yield Finding(Severity.UNSURE, "digest", title, why, name, cited("RFC 9530 §2"), send)


def _is_whole(response: Response) -> bool:
    """Return whether the content that was pasted is what the digest is about."""
    return (
        not response.is_framed
        and "Content-Encoding" not in response.fields
        and "Content-Range" not in response.fields
        and bool(TEXTUAL.match(media_type(response)))
    )


def _digests(content: str, hashed: Any) -> set[bytes]:
    """Return the digests that the content may have had before it was pasted."""
    return {hashed(text.encode("utf-8", "replace")).digest() for text in texts_before_pasting(content)}


def check_proxy_status(response: Response, code: StatusCode | None) -> Iterator[Finding]:
    """Report another code than the one that RFC 9209 recommends for the error that Proxy-Status tells."""
    name = "Proxy-Status"
    members = parsed(response.fields.get(name) or "", "list")
    if not members or response.number is None:
        return
    types = [str(parameters.get("error", "")) for _member, parameters in members[:20] if isinstance(parameters, dict)]
    types = [each for each in dict.fromkeys(types) if each]
    rows = ProductCode.objects.filter(product=Product.PROXY_STATUS, value__in=types).select_related("code")
    recommended = {row.value: row for row in rows}
    unknown = [each for each in types if each not in recommended and each not in WITHOUT_CODE]
    if unknown:
        title = _("%(value)s is no registered type of error") % {"value": shown(unknown[0])}
        why = _("Programs know the types of the registry only; a free text belongs in details.")
        yield Finding(Severity.ADVISED, "proxy-status", title, why, name, cited("RFC 9209 §2.3"))
    elif (
        recommended
        and len(recommended) == len(types)
        and all(row.code_id != response.number for row in recommended.values())
    ):
        row = next(iter(recommended.values()))
        title = _("For %(type)s the recommended code is %(wanted)s, not %(code)s") % {
            "type": row.value,
            "wanted": row.code.label,
            "code": response.code,
        }
        why = _("%(type)s: %(meaning)s. Another code may be meant, such as one from before the field was sent.") % {
            "type": row.value,
            "meaning": str(row.meaning).rstrip("."),
        }
        rule = GeneralRule.objects.filter(condition_en=PROXY_RULE).first()
        severity = severity_of(rule) if rule else Severity.ADVISED
        sources = (*(rule.sources if rule else ()), *cited(row.source))
        send = f"HTTP/1.1 {row.code.label} {row.code.name_en}"
        yield Finding(severity, "proxy-status", title, why, "status", sources, send)
