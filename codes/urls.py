"""Public pages: `/`, `/4xx/`, `/404/`, `/404/errors/`, `/grpc/`, `/errors/nginx/`, `/search/?q=not+found`,
`/vs/401-403/`, `/choose/unique-taken/`, `/choose/ask/start/`; the same under `/en/` in English.

The card of a page, the picture for links to it, is at `/404.png` and so on.
"""

from django.urls import path, register_converter

from . import cards, converters, views

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
    path("<code:number>/errors/", views.code_errors, name="code_errors"),
    path("errors/", views.error_list, name="errors"),
    path("errors/<slug:product>/", views.product_errors, name="product_errors"),
    path("search/", views.search, name="search"),
    path("search/suggest/", views.suggest, name="suggest"),
    path("search/completions/", views.completions, name="completions"),
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
    path("about/", views.about, name="about"),
    # Behind all other addresses: /404.html, /status/404, /codes/404/, /4XX/
    path("<guessed_code:guessed_number>", views.guessed_code),
    path("<guessed_class:guessed_digit>", views.guessed_class),
]
