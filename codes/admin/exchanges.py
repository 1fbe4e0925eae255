"""The admin of exchanges, which have a page of their own and the history of their code."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from codes.models import Exchange, Message

from .base import EntryAdmin
from .details import StackedDetailInline, in_both_languages
from .entry_forms import EntryForm
from .links import change_url, history_url


class ExchangeForm(EntryForm):
    """Checks the position also where the code cannot be changed, and so is not a field of the form."""

    def clean_position(self) -> int:
        position = self.cleaned_data["position"]
        code = self.instance.code_id
        taken = Exchange.objects.filter(code=code, position=position).exclude(pk=self.instance.pk)
        if code is not None and taken.exists():
            raise ValidationError(_("Another exchange of this code has this position."))
        return position


class MessageInline(StackedDetailInline):
    model = Message
    classes: list[str] = []
    fields = [("position", "sender", "receiver", "lost"), ("text_ko", "text_en"), *in_both_languages("note")]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in ("text_ko", "text_en"):
            kwargs["widget"] = forms.Textarea(attrs={"rows": 8, "class": "raw-message", "spellcheck": "false"})
        return super().formfield_for_dbfield(db_field, request, **kwargs)


@admin.register(Exchange)
class ExchangeAdmin(EntryAdmin):
    """An exchange with its messages. It is a part of its code: the code's lock version and history count."""

    form = ExchangeForm
    has_drafts = False
    list_display = ["code", "position", "title_ko", "title_en"]
    list_display_links = ["code", "title_ko", "title_en"]
    list_select_related = ["code"]
    search_fields = ["=code__number", "title_ko", "title_en", "messages__text_ko"]
    autocomplete_fields = ["code"]
    ordering = ["code", "position"]
    inlines = [MessageInline]
    fields = [("code", "position"), *in_both_languages("title"), "products"]

    def get_entry(self, instance: Any) -> Any:
        return instance.code

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        # Moved to another code, it would leave the first without a trace in its history.
        return ["code"] if obj else []

    def response_post_save_add(self, request: HttpRequest, obj: Any) -> HttpResponseRedirect:
        return redirect(change_url(obj.code.key))

    def response_post_save_change(self, request: HttpRequest, obj: Any) -> HttpResponseRedirect:
        return redirect(change_url(obj.code.key))

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        exchange = self.get_object(request, unquote(object_id))
        if exchange is None:
            raise Http404
        return redirect(history_url(exchange.code.key))
