"""Score response headers by the rules of the MDN HTTP Observatory, algorithm 6.

Every page starts with 100 points. Missing or weak headers cost points; extra protection adds some, if 90 are left.
"""

import re

SIX_MONTHS = 15_768_000  # seconds
# Header fields with the values that add points.
GOOD_VALUES = [
    ("referrer-policy", {"no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"}, 5),
    ("cross-origin-resource-policy", {"same-origin", "same-site"}, 10),
    ("cross-origin-opener-policy", {"same-origin"}, 10),
    ("cross-origin-embedder-policy", {"require-corp", "credentialless"}, 10),
]


def directives(policy):
    """Return the directives of a Content-Security-Policy, each with its list of values."""
    parts = [part.split() for part in policy.split(";") if part.strip()]
    return {part[0].lower(): part[1:] for part in parts}


def score(response):
    """Return (points, {deficiency: points that it takes away}) for a response of Django's test client."""
    headers = {name.lower(): value for name, value in response.items()}
    policy = directives(headers.get("content-security-policy", ""))
    parts = [
        _score_policy(policy),
        _score_cookies(response.cookies),
        _score_transport(headers),
        _score_framing(headers, policy),
        _score_origins(headers),
    ]
    taken = {deficiency: points for part, _added in parts for deficiency, points in part.items()}
    points = 100 - sum(taken.values())
    return points + (sum(added for _taken, added in parts) if points >= 90 else 0), taken


# Each of these returns what is taken away, by deficiency, and the points that are added.


def _score_policy(policy):
    scripts = policy.get("script-src", policy.get("default-src", ["*"]))
    styles = policy.get("style-src", policy.get("default-src", ["*"]))
    if not policy:
        return {"no policy": 25}, 0
    if {"'unsafe-inline'", "'unsafe-eval'", "data:", "*", "https:", "http:"} & set(scripts):
        return {"unsafe scripts": 20}, 0
    return {}, 10 if policy.get("default-src") == ["'none'"] and "'unsafe-inline'" not in styles else 5


def _score_cookies(cookies):
    taken = {}
    for name, morsel in cookies.items():
        is_session, is_csrf = "session" in name, "csrf" in name
        if not morsel["secure"]:
            taken[f"{name} without Secure"] = 40 if is_session else 20
        if is_session and not morsel["httponly"]:
            taken[f"{name} without HttpOnly"] = 30
        if is_csrf and not morsel["samesite"]:
            taken[f"{name} without SameSite"] = 20
    is_strict = all(morsel["secure"] and morsel["samesite"] for morsel in cookies.values())
    return taken, 5 if cookies and is_strict else 0


def _score_transport(headers):
    taken = {}
    age = re.search(r"max-age=(\d+)", headers.get("strict-transport-security", ""))
    if not age:
        taken["no HSTS"] = 20
    elif int(age[1]) < SIX_MONTHS:
        taken["short HSTS"] = 10
    if headers.get("x-content-type-options") != "nosniff":
        taken["no nosniff"] = 5
    return taken, 0


def _score_framing(headers, policy):
    if policy.get("frame-ancestors") in (["'none'"], ["'self'"]):
        return {}, 5
    refused = headers.get("x-frame-options", "").upper() in ("DENY", "SAMEORIGIN")
    return {} if refused else {"may be framed": 20}, 0


def _score_origins(headers):
    """Score what other origins may read and learn."""
    is_open = headers.get("access-control-allow-origin") and headers.get("access-control-allow-credentials") == "true"
    added = sum(points for name, values, points in GOOD_VALUES if headers.get(name) in values)
    return {"open to every origin": 50} if is_open else {}, added
