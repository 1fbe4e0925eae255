"""Citations such as "RFC 9110 §15.5.5": their form and their address."""

import re

CITATION = re.compile(
    r"\A(?:RFC (?P<rfc>[1-9][0-9]{0,4})|(?P<draft>draft(?:-[a-z0-9]+)+))(?: §(?P<section>[A-Z0-9]+(?:\.[0-9]+)*))?\Z"
)


def citation_url(citation: str) -> str:
    """Return the address of the cited section, or "" for anything but an RFC or an Internet-Draft."""
    match = CITATION.match(citation)
    if not match:
        return ""
    section = match["section"] or ""
    anchor = f"#{'appendix' if section[0].isalpha() else 'section'}-{section}" if section else ""
    if match["rfc"]:
        return f"https://www.rfc-editor.org/rfc/rfc{match['rfc']}.html{anchor}"
    return f"https://datatracker.ietf.org/doc/html/{match['draft']}{anchor}"
