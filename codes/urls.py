"""Public pages: `/`, `/4xx/`, `/404/`, `/grpc/`, `/search/?q=not+found`, `/vs/401-403/`; English ones under `/en/`."""

from django.urls import path, register_converter

from . import converters, views

register_converter(converters.CodeConverter, "code")
register_converter(converters.ClassConverter, "class")
register_converter(converters.ProductConverter, "product")

app_name = "codes"
urlpatterns = [
    path("", views.code_list, name="list"),
    path("<class:digit>/", views.category_detail, name="category"),
    path("<code:number>/", views.code_detail, name="detail"),
    path("<product:product>/", views.product_detail, name="product"),
    path("search/", views.search, name="search"),
    path("search/suggest/", views.suggest, name="suggest"),
    path("search/completions/", views.completions, name="completions"),
    path("rules/<slug:slug>/", views.rule_set, name="rules"),
    path("vs/", views.group_list, name="groups"),
    path("vs/<slug:slug>/", views.group_detail, name="group"),
]
