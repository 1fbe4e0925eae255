"""Score response headers by the rules of the MDN HTTP Observatory, algorithm 6.

Every page starts with 100 points. Missing or weak headers cost points; extra protection adds some, if 90 are left.
"""

import re

SIX_MONTHS = 15_768_000  # seconds


def directives(policy):
    """Return the directives of a Content-Security-Policy, each with its list of values."""
    parts = [part.split() for part in policy.split(";") if part.strip()]
    return {part[0].lower(): part[1:] for part in parts}


def score(response):
    """Return (points, {deficiency: points that it takes away}) for a response of Django's test client."""
    headers = {name.lower(): value for name, value in response.items()}
    taken, added = {}, 0
    policy = directives(headers.get("content-security-policy", ""))
    scripts = policy.get("script-src", policy.get("default-src", ["*"]))
    styles = policy.get("style-src", policy.get("default-src", ["*"]))
    if not policy:
        taken["no policy"] = 25
    elif {"'unsafe-inline'", "'unsafe-eval'", "data:", "*", "https:", "http:"} & set(scripts):
        taken["unsafe scripts"] = 20
    elif policy.get("default-src") == ["'none'"] and "'unsafe-inline'" not in styles:
        added += 10
    else:
        added += 5

    for name, morsel in response.cookies.items():
        is_session, is_csrf = "session" in name, "csrf" in name
        if not morsel["secure"]:
            taken[f"{name} without Secure"] = 40 if is_session else 20
        if is_session and not morsel["httponly"]:
            taken[f"{name} without HttpOnly"] = 30
        if is_csrf and not morsel["samesite"]:
            taken[f"{name} without SameSite"] = 20
    if response.cookies and all(morsel["secure"] and morsel["samesite"] for morsel in response.cookies.values()):
        added += 5

    age = re.search(r"max-age=(\d+)", headers.get("strict-transport-security", ""))
    if not age:
        taken["no HSTS"] = 20
    elif int(age[1]) < SIX_MONTHS:
        taken["short HSTS"] = 10
    if headers.get("x-content-type-options") != "nosniff":
        taken["no nosniff"] = 5
    framed = policy.get("frame-ancestors") in (["'none'"], ["'self'"])
    if framed or headers.get("x-frame-options", "").upper() in ("DENY", "SAMEORIGIN"):
        added += 5 if framed else 0
    else:
        taken["may be framed"] = 20
    if headers.get("access-control-allow-origin") and headers.get("access-control-allow-credentials") == "true":
        taken["open to every origin"] = 50
    if headers.get("referrer-policy") in (
        "no-referrer",
        "same-origin",
        "strict-origin",
        "strict-origin-when-cross-origin",
    ):
        added += 5
    if headers.get("cross-origin-resource-policy") in ("same-origin", "same-site"):
        added += 10
    if headers.get("cross-origin-opener-policy") == "same-origin":
        added += 10
    if headers.get("cross-origin-embedder-policy") in ("require-corp", "credentialless"):
        added += 10
    points = 100 - sum(taken.values())
    return points + (added if points >= 90 else 0), taken
