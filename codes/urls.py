"""Public pages: `/`, `/4xx/`, `/404/`, `/404/code/`, `/404/errors/`, `/grpc/`, `/errors/nginx/`,
`/search/?q=not+found`, `/vs/401-403/`, `/choose/unique-taken/`, `/choose/ask/start/`, `/diagnose/`; the same under
`/en/` in English.

The card of a page, the picture for links to it, is at `/404.png` and so on. The same for programs is at `/404.json`,
which has both languages, `/404.txt` and `/404.md`; all of a kind are at `/codes.json`.
"""

from django.urls import path, register_converter

from statuscodes.web.cors import API_CATALOG

from . import cards, converters, views
from .data import kinds
from .views import data

register_converter(converters.CodeConverter, "code")
register_converter(converters.ClassConverter, "class")
register_converter(converters.ProductConverter, "product")
register_converter(converters.GuessedCodeConverter, "guessed_code")
register_converter(converters.GuessedClassConverter, "guessed_class")

app_name = "codes"
urlpatterns = [
    path("", views.code_list, name="list"),
    path("<class:digit>/", views.category_detail, name="category"),
    path("<code:number>/", views.code_detail, name="detail"),
    path("<product:product>/", views.product_detail, name="product"),
    path("<code:number>/code/", views.code_lines, name="code_lines"),
    path("<code:number>/errors/", views.code_errors, name="code_errors"),
    path("errors/", views.error_list, name="errors"),
    path("errors/<slug:product>/", views.product_errors, name="product_errors"),
    path("search/", views.search, name="search"),
    path("search/suggest/", views.suggest, name="suggest"),
    path("search/completions/", views.completions, name="completions"),
    path("diagnose/", views.diagnosis, name="diagnosis"),
    path("rules/<slug:slug>/", views.rule_set, name="rules"),
    path("vs/", views.group_list, name="groups"),
    path("vs/<slug:slug>/", views.group_detail, name="group"),
    path("choose/", views.situation_list, name="situations"),
    path("choose/ask/", views.question_list, name="questions"),
    path("choose/ask/<slug:slug>/", views.question_detail, name="question"),
    path("choose/table/", views.convention, name="convention"),
    path("choose/<code:number>/", views.code_situations, name="situations_of"),
    path("choose/<slug:slug>/", views.situation_detail, name="situation"),
    path("sheet/", views.sheet, name="sheet"),
    path(cards.SITE_CARD, views.site_card),
    *(path(kind.pattern, views.card, {"kind": kind}) for kind in cards.KINDS.values()),
    *(
        path(f"{kind.pattern}.{suffix}", data.alternate, {"kind": kind, "suffix": suffix}, name=f"{kind.name}_{suffix}")
        for kind in kinds.KINDS
        for suffix in kinds.TEXTS
        if suffix in kind.suffixes
    ),
    path("data/", data.data_page, name="data"),
    path("live/", views.live, name="live"),
    path("about/", views.about, name="about"),
    path("changes/", views.changes, name="changes"),
    path("feed.atom", views.feed, name="feed"),
    path("report/", views.report, name="report"),
    path("report/thanks/", views.report_thanks, name="report_thanks"),
    # Behind all other addresses: /404.html, /status/404, /codes/404/, /4XX/
    path("<guessed_code:guessed_number>", views.guessed_code),
    path("<guessed_class:guessed_digit>", views.guessed_class),
]

# Documents have both languages, so their addresses are not repeated under /en/.
data_patterns = [
    *(
        path(f"{kind.pattern}.json", data.document, {"kind": kind}, name=kind.name)
        for kind in kinds.KINDS
        if "json" in kind.suffixes
    ),
    *(path(f"{kind.plural}.json", data.all_documents, {"kind": kind}, name=kind.plural) for kind in kinds.BULK),
    path("codes.ndjson", data.codes_ndjson, name="codes_ndjson"),
    path("codes.csv", data.codes_csv, name="codes_csv"),
    path("schema/<slug:name>.json", data.schema, name="schema"),
    path("openapi.json", data.openapi, name="openapi"),
    path("llms.txt", data.llms, name="llms"),
    path("diagnose/patterns.json", views.diagnosis_patterns, name="diagnosis_patterns"),
    path(API_CATALOG.lstrip("/"), data.api_catalog, name="api_catalog"),
]
