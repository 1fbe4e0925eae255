"""Checks of Content-Security-Policy (CSP Level 3), enforced or reported only."""

import re
from collections.abc import Iterator
from difflib import get_close_matches

from django.utils.translation import gettext as _

from codes.diagnosis.messages.parsed import Response
from codes.models import StatusCode

from .findings import Finding, Severity, shown

NAMES = ("Content-Security-Policy", "Content-Security-Policy-Report-Only")
MAX_POLICY = 8000  # characters
MAX_DIRECTIVES = 40
MAX_WORD = 200  # characters of a source in quotes
KEYWORD = re.compile(
    r"(?:^|[\s])(self|unsafe-inline|unsafe-eval|strict-dynamic|none|nonce-[\w+/=-]{1,100}|sha(?:256|384|512)-[\w+/=-]{20,100})(?=$|[\s;])",
    re.IGNORECASE,
)
DIRECTIVES = set(
    "base-uri block-all-mixed-content child-src connect-src default-src font-src form-action frame-ancestors frame-src"
    " img-src manifest-src media-src object-src report-to report-uri require-trusted-types-for sandbox script-src"
    " script-src-attr script-src-elem style-src style-src-attr style-src-elem trusted-types upgrade-insecure-requests"
    " worker-src".split()
)
# Directives whose values are sources.
OF_SOURCES = {each for each in DIRECTIVES if each.endswith(("-src", "-attr", "-elem", "-uri", "-action", "-ancestors"))}
OF_SOURCES -= {"report-uri"}
KEYWORDS = set(
    "self none unsafe-inline unsafe-eval unsafe-hashes strict-dynamic report-sample wasm-unsafe-eval"
    " inline-speculation-rules trusted-types-eval report-sha256 report-sha384 report-sha512 unsafe-allow-redirects"
    " unsafe-webtransport-hashes".split()
)
HASH_OR_NONCE = re.compile(r"(?:nonce|sha(?:256|384|512))-[\w+/-]{1,200}={0,2}", re.IGNORECASE)
COMMA = re.compile(r",\s{0,20}([a-z-]{6,30})(?=[\s;,]|$)")
SOURCES = (("CSP Level 3 §2.3.1", "https://www.w3.org/TR/CSP3/#framework-directive-source-list"),)
LIST = (("CSP Level 3 §6", "https://www.w3.org/TR/CSP3/#csp-directives"),)
SEVERAL = (("CSP Level 3 §3.1", "https://www.w3.org/TR/CSP3/#csp-header"),)


def check_policy(response: Response, code: StatusCode | None) -> Iterator[Finding]:
    """Report what browsers ignore in a policy, or read otherwise than it is meant."""
    for name in NAMES:
        for value in response.fields.all(name)[:5]:
            yield from _check_line(name, value[:MAX_POLICY])


def _check_line(name: str, value: str) -> Iterator[Finding]:
    if found := KEYWORD.findall(value):
        title = _("Keywords without quotes in %(field)s: %(values)s") % {
            "field": name,
            "values": ", ".join(dict.fromkeys(found)),
        }
        why = _("Without single quotes a browser takes it for the name of a host.")
        yield Finding(Severity.ADVISED, "policy", title, why, name, SOURCES)
    comma = next((each for each in COMMA.finditer(value) if each[1] in DIRECTIVES), None)
    if comma:
        title = _("A comma begins a second policy in %(field)s: %(value)s") % {"field": name, "value": comma[1]}
        why = _("Directives of one policy are separated by semicolons; of two policies both must allow a source.")
        send = f"{name}: {COMMA.sub(lambda each: f'; {each[1]}', value)[:300]}"
        yield Finding(Severity.UNSURE, "policy", title, why, name, SEVERAL, send)
    for policy in value.replace(",", ";").split(";")[:MAX_DIRECTIVES]:
        yield from _check_directive(name, policy.split())


def _check_directive(name: str, words: list[str]) -> Iterator[Finding]:
    if not words:
        return
    directive = words[0].lower()
    if directive not in DIRECTIVES:
        if meant := get_close_matches(directive, DIRECTIVES, 1, 0.75):
            title = _("%(value)s is no directive of a policy. Is %(meant)s meant?") % {
                "value": shown(words[0]),
                "meant": meant[0],
            }
            why = _("Browsers ignore a directive that they do not know.")
            yield Finding(Severity.ADVISED, "policy", title, why, name, LIST)
        return
    if directive not in OF_SOURCES:
        return
    quoted = [word[1:-1] for word in words[1:] if 2 < len(word) < MAX_WORD and word[0] == word[-1] == "'"]
    for word in dict.fromkeys(quoted[:MAX_DIRECTIVES]):
        if word.lower() in KEYWORDS or HASH_OR_NONCE.fullmatch(word):
            continue
        title = _("%(value)s is no keyword of a policy") % {"value": shown(f"'{word}'")}
        meant = get_close_matches(word.lower(), KEYWORDS, 1, 0.75)
        plain = f"'{meant[0]}'" if meant else word
        why = _("Keywords only are in single quotes, and hosts are not; browsers ignore the rest.")
        yield Finding(Severity.ADVISED, "policy", title, why, name, SOURCES, f"{directive} {plain}"[:300])
    if any(word.lower() == "none" for word in quoted) and len(words) > 2:
        title = _("'none' beside other sources in %(directive)s") % {"directive": directive}
        why = _("Browsers ignore 'none' unless it stands alone.")
        yield Finding(Severity.ADVISED, "policy", title, why, name, SOURCES)
