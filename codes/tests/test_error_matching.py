"""Finding the texts of errors in what people paste."""

import time
from dataclasses import dataclass, field

import pytest
from pytest_django.asserts import assertContains

from codes import search
from codes.search.documents import read_catalogue
from codes.search.error_texts import ErrorMatcher


@dataclass
class Error:
    """A text of an error without a database."""

    text: str
    codes: list[int]
    product: str = "nginx"
    match: str = "phrase"
    sure: str = "sent"
    meaning: str = "What happened."
    next: str = "What to check."
    slug: str = field(default="")

    def __post_init__(self):
        self.slug = self.slug or f"{self.product}-{self.text}"

    def get_absolute_url(self):
        return f"/errors/{self.product}/"


REFUSED = Error(
    "connect() failed (111: Connection refused) while connecting to upstream",
    [502],
    meaning="Nothing was listening.",
    next="Check that the app is running.",
)
LIVE = Error("no live upstreams while connecting to upstream", [502])
CONFLICT_BEGINS = "Operation cannot be fulfilled"
CONFLICT_ENDS = "the object has been modified; please apply your changes to the latest version"
CONFLICT = Error(f"{CONFLICT_BEGINS} on … “…”: {CONFLICT_ENDS}", [409], product="Kubernetes")
AXIOS = Error("Request failed with status code …", [400, 401, 404, 500], product="axios")
CLIENT_HUNG = Error("CH--", [499], product="HAProxy", match="exact")
CACHE_HUNG = Error("cH--", [408], product="HAProxy", match="exact")
DOTTED = Error("org.springframework.web.bind.MissingPathVariableException", [500], product="Spring", match="exact")
DENIED = Error("access_denied", [403], product="OAuth 2.0", match="exact")
WEAK = Error("Not Found", [404], product="FastAPI", match="weak")
PARAMETER = Error("ActionController::ParameterMissing (param is missing or …)", [400], product="Rails")
NETWORK = Error("AxiosError: Network Error", [0], product="axios")
CHROME = Error("ERR_ACCESS_DENIED", [0], product="Chrome", match="exact")
SQUID = Error("ERR_ACCESS_DENIED", [403], product="Squid", match="exact")
FLAG = Error("503 UF", [503], product="Envoy", match="exact")
FRAME = Error("org.springframework.web.servlet.DispatcherServlet.doDispatch", [500], product="Spring", match="frame")
MISSING = Error("MissingBodyException: Required request body is missing", [400], product="Spring")
RESET = Error("…Exception: Connection reset", [0], product="Java")
STRIPE = Error("stripe.error.PermissionError", [403], product="Stripe", match="exact")
ERRORS = [REFUSED, LIVE, CONFLICT, AXIOS, CLIENT_HUNG, CACHE_HUNG, DOTTED, DENIED, WEAK, PARAMETER, NETWORK]
CLASS = Error("MessageNotWritableException", [500], product="Spring", match="exact")
ERRORS += [CHROME, SQUID, FLAG, FRAME, MISSING, RESET, STRIPE, CLASS]
MATCHER = ErrorMatcher(ERRORS)


def found(text):
    return [match.found for match in MATCHER.find(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[error] 31#31: *1 CONNECT() failed (111: connection refused)\n  while connecting to upstream", [REFUSED]),
        (f"{CONFLICT_BEGINS} on nodes 'w-1': {CONFLICT_ENDS}", [CONFLICT]),
        (f"node 'w-1' not updated: {CONFLICT_ENDS}", [CONFLICT]),
        ("AxiosError: Request failed with status code 404", [AXIOS]),
        ("http-in/app 1/2/3/4/5 499 0 - - CH-- 1/1", [CLIENT_HUNG]),
        ("http-in/app 1/2/3/4/5 408 0 - - cH-- 1/1", [CACHE_HUNG]),
        ("o.s.w.b.MissingPathVariableException: Required path variable", []),
        ("MissingPathVariableException: Required path variable", [DOTTED]),
        ("org.springframework.web.bind.MissingPathVariableException: x", [DOTTED]),
        ("ActionController::ParameterMissing (in another version it says this)", [PARAMETER]),
        ("AxiosError: timeout of 5000ms exceeded", []),
        ('{"error": "access_denied"}', [DENIED]),
        ("user_access_denied", []),
        ("access_denied_reason", []),
        ("Not Found", [WEAK]),
        ("fastapi: Not Found", [WEAK]),
        ("module Not Found in the build", []),
        ("ERR_ACCESS_DENIED", [CHROME, SQUID]),
        ('[2026-11-02T08:01:12.114Z] "GET / HTTP/1.1" 503 UF "-"', [FLAG]),
        ('[2026-11-02T08:01:12.114Z] "- - -" 0 UF,URX "-"', [FLAG]),
        ("Required request body is missing: public void a.B.c()", [MISSING]),
        ("io.SocketException: Connection reset", [RESET]),
        ("stripe.error.PermissionError: no", [STRIPE]),
        ("PermissionError: [Errno 13] Permission denied", []),
        ("org.springframework.http.MessageNotWritableException: Infinite recursion", [CLASS]),
        ("nothing of the kind", []),
    ],
)  # fmt: skip
def test_a_text_is_found_by_its_fixed_parts(text, expected):
    assert found(text) == expected


def test_the_longest_text_comes_first():
    longer = Error(f"{LIVE.text}, client: …, server", [503])
    matches = ErrorMatcher([LIVE, longer]).find(f"[error] {LIVE.text}, client: 192.0.2.1, server: a")
    assert [match.found for match in matches] == [longer, LIVE]


def test_a_line_of_a_stack_trace_comes_after_whatever_else_is_said():
    trace = f"{PARAMETER.text}\n\tat {FRAME.text}(DispatcherServlet.java:1089)"
    assert found(trace) == [PARAMETER, FRAME]
    assert found(f"java.lang.NullPointerException\n\tat {FRAME.text}(DispatcherServlet.java:1089)") == [FRAME]


def test_a_text_that_means_its_codes_in_some_cases_only_comes_after_one_that_always_does():
    general = Error("An error occurred (…) when calling the … operation", [400], product="AWS", sure="maybe")
    special = Error("SignatureDoesNotMatch", [403], product="S3", match="exact")
    matches = ErrorMatcher([general, special]).find(
        "An error occurred (SignatureDoesNotMatch) when calling the PutObject operation"
    )
    assert [match.found for match in matches] == [special, general]


def test_many_texts_and_a_long_paste_take_little_time():
    texts = [Error(f"service {number} refused … because of reason {number * 7}", [503]) for number in range(2000)]
    matcher = ErrorMatcher(texts)
    for paste in ("service refused because of reason " * 590, "x " * 10_000, "service 77 refused " * 1000):
        began = time.process_time()
        matcher.find(paste)
        assert time.process_time() - began < 0.5


@pytest.fixture(scope="module")
def index(django_db_setup, django_db_blocker):
    """An index of the catalogue with the texts of errors above instead of its own."""
    with django_db_blocker.unblock():
        return search.Index((dict(read_catalogue()) | {"error": ERRORS}).items())


@pytest.fixture
def with_errors(index, monkeypatch, db):
    """The site's index with the texts of errors above."""
    search.current_index()
    monkeypatch.setattr(search.current._cache, "index", index)


def test_the_page_says_what_happened_and_what_to_check(with_errors, client):
    page = client.get("/en/search/", {"q": f"*1 {REFUSED.text}, client: 192.0.2.77"}, follow=True)
    assert "192" not in page.request["QUERY_STRING"]
    for text in (REFUSED.text, REFUSED.meaning, REFUSED.next, 'href="/en/502/"', "Read as an error of nginx."):
        assertContains(page, text)
    suggestion = client.get("/search/suggest/", {"q": REFUSED.text}).json()["results"][0]
    assert (suggestion["kind"], suggestion["label"]) == ("error", "502")


def test_a_status_line_goes_before_the_text_of_an_error(with_errors):
    results = search.search(f"HTTP/1.1 504 Gateway Timeout\n{REFUSED.text}")
    assert results.direct.number == 504


def test_of_several_codes_the_one_that_is_named_is_meant(with_errors):
    hit = search.search("Error: Request failed with status code Unauthorized\n    at settle (settle.js:18)").hits[0]
    assert hit.found == AXIOS
    assert hit.codes[0] == 401


def test_most_of_a_text_finds_it(with_errors):
    assert search.search("(111: Connection refused) while connecting to upstream").hits[0].found == REFUSED


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.slug)
def test_a_text_leads_to_itself(with_errors, error):
    results = search.search(error.text)
    assert error in [hit.found for hit in results.hits]
    assert search.reduced(error.text, results) in {each.text for each in ERRORS}
