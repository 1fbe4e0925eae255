import copy
import dataclasses
import re

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core import signing
from django.core.exceptions import BadRequest, FieldDoesNotExist, PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, resolve, reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.timezone import localdate
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from . import attention, catalogue, translators, versions
from .localized import LANGUAGES
from .models import (
    Advice,
    Alias,
    Category,
    ConfusionGroup,
    EntrySnapshot,
    Exchange,
    GroupMember,
    GroupReference,
    HeaderRule,
    Identifier,
    Message,
    Reference,
    Revision,
    StatusCode,
    VendorMeaning,
)

OUT_OF_THE_WAY = 10_000  # added to the positions of rows that are about to move
LONGEST_PK = 19  # digits that a database's integer still holds
SHORTEST_TYPED = 12  # characters; what is shorter is a choice or a number, quickly made again
JOINS = StatusCode.related.through._meta
SEEN_FOR = 60 * 60  # seconds in which a list of differences may be saved after it was shown


class LacksLanguageFilter(admin.SimpleListFilter):
    title = _("lacking a language")
    parameter_name = "lacking"

    def lookups(self, request, model_admin):
        return [("ko", _("Korean text missing")), ("en", _("English text missing"))]

    def queryset(self, request, queryset):
        return queryset.lacking(self.value()) if self.value() in LANGUAGES else queryset


class AttentionFilter(admin.SimpleListFilter):
    title = _("needing attention")
    parameter_name = "attention"

    def lookups(self, request, model_admin):
        return [(name, label) for name, (label, _condition) in attention.KINDS.items()]

    def queryset(self, request, queryset):
        return queryset.filter(pk__in=attention.needing(self.value())) if self.value() in attention.KINDS else queryset


def in_both_languages(*texts):
    """Field names as admin rows: a text in Korean with its English twin beside it."""
    return [(f"{text}_ko", f"{text}_en") for text in texts]


class EntryForm(forms.ModelForm):
    """A form that does not save over what somebody else saved since it was opened.

    It comes back with everything typed in it, tells what the other changed, and knows the newest version: saving once
    more is then a decision.
    """

    lock_version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    reason = forms.CharField(
        label=_("Reason for the change"), required=False, max_length=200, help_text=_("Optional; kept in the history.")
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.conflict = None
        if not self.instance._state.adding:
            self.initial["lock_version"] = self.entry.lock_version

    @property
    def entry(self):
        return self.instance.code if isinstance(self.instance, Exchange) else self.instance

    def _get_validation_exclusions(self):
        # A code that cannot be changed here still has part in what must be unique.
        return super()._get_validation_exclusions() - {"code"}

    def clean(self):
        data = super().clean()
        for field in ("number", "digit"):
            # int() also reads the digits of other scripts; an editor who types them has slipped.
            if field in self.fields and not self.data.get(self.add_prefix(field), "").isascii():
                self.add_error(field, _("Write the number with the digits 0 to 9."))
        if self.instance._state.adding:
            return data
        # The row stays locked until the transaction of the request ends, so nobody can come between this and the save.
        stored = type(self.entry)._base_manager.select_for_update().filter(pk=self.entry.pk)
        newest = stored.values_list("lock_version", flat=True).first()
        if newest != (seen := data.get("lock_version")):
            self.conflict, self.conflict_version = versions.since(self.entry.key, seen)
            self.data = self.data.copy()
            self.data[self.add_prefix("lock_version")] = newest
            raise ValidationError(
                _("Somebody else saved this entry after you opened it. Nothing was overwritten; your text is below."),
                code="conflict",
            )
        return data


def _form_of(key):
    """The address of an entry's form."""
    model_name, pk = key.split(maxsplit=1)
    return reverse(f"admin:codes_{model_name}_change", args=[pk])


def _versions_of(key):
    """The address of the list of an entry's versions."""
    return f"{reverse('admin:codes_entrysnapshot_changelist')}?{urlencode({'key': key})}"


class EntryAdmin(admin.ModelAdmin):
    """Keeps every version of what is saved here, and lets nobody overwrite or remove what they have not seen."""

    form = EntryForm
    change_form_template = "admin/codes/entry.html"
    list_per_page = 200

    class Media:
        js = [forms.Script("js/admin.js", defer=True)]

    def entry_of(self, instance):
        return instance

    def action_checkbox(self, obj):
        """The checkbox, and the state of the row that the list shows: actions change no other."""
        token = format_html('<input type="hidden" name="token" value="{}">', self.entry_of(obj).version_token)
        return super().action_checkbox(obj) + token

    def get_actions(self, request):
        """Without Django's deletion of many at once, which does not know what the list showed."""
        return {name: action for name, action in super().get_actions(request).items() if name != "delete_selected"}

    def changeform_view(self, request, *args, **kwargs):
        try:
            return super().changeform_view(request, *args, **kwargs)
        except IntegrityError as error:
            # A form that was tampered with: rows that others saved were seen by the version check. What was typed
            # stays in the browser's draft.
            raise BadRequest(gettext("The form does not fit the entry. Load it again.")) from error

    def _get_obj_does_not_exist_redirect(self, request, opts, object_id):
        """Instead of sending the editor away: what was typed, to copy, and the way to the deleted entry's versions."""
        if request.method != "POST":
            return super()._get_obj_does_not_exist_redirect(request, opts, object_id)
        typed = [
            (self._label(name), text)
            for name, text in request.POST.items()
            if len(text) > SHORTEST_TYPED and name != "csrfmiddlewaretoken"
        ]
        context = {
            **self.admin_site.each_context(request),
            "title": _("This entry was deleted while you were editing"),
            "opts": opts,
            "typed": typed,
            "versions": _versions_of(f"{opts.model_name} {object_id}"),
        }
        return TemplateResponse(request, "admin/codes/deleted.html", context, status=409)

    def _label(self, name):
        """What the form calls a field. The name of a row's field is like "references-0-url"."""
        *row, field = name.split("-")
        if field in self.form.declared_fields:
            return self.form.declared_fields[field].label
        try:
            if not row:
                return self.model._meta.get_field(field).verbose_name
            model = self.model._meta.get_field(row[0]).related_model
            return f"{model._meta.verbose_name} {int(row[1]) + 1}: {model._meta.get_field(field).verbose_name}"
        except (AttributeError, FieldDoesNotExist, IndexError, ValueError):
            return name  # a forged one

    def save_model(self, request, obj, form, change):
        entry = self.entry_of(obj)
        if change or entry is not obj:
            versions.keep(entry.key)
            if not versions.claim(entry, form.cleaned_data["lock_version"] if change else entry.lock_version):
                raise PermissionDenied("the entry was saved by somebody else in this very moment")
        super().save_model(request, obj, form, change)

    def save_formset(self, request, form, formset, change):
        # Two rows that change places would for a moment have the same one, which the database refuses.
        moving = [each.instance.pk for each in formset.initial_forms if "position" in each.changed_data]
        formset.model.objects.filter(pk__in=moving).update(position=F("position") + OUT_OF_THE_WAY)
        # So would two that trade what they are about; a row that is gone is inserted again by its save.
        key = {name.removesuffix("_id") for name in formset.model.NATURAL_KEY} - {"position"}
        trading = [each.instance.pk for each in formset.initial_forms if key & set(each.changed_data)]
        formset.model.objects.filter(pk__in=trading).delete()
        super().save_formset(request, form, formset, change)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        versions.keep(self.entry_of(form.instance).key, request.user, form.cleaned_data.get("reason", ""))

    def delete_view(self, request, object_id, extra_context=None):
        """Ask before deleting; the address of the question says which state of the entry it was about."""
        obj = self.get_object(request, unquote(object_id))
        if obj and request.method == "GET" and "token" not in request.GET:
            return redirect(
                f"{request.path}?{urlencode(request.GET.dict() | {'token': self.entry_of(obj).version_token})}"
            )
        try:
            return super().delete_view(request, object_id, extra_context)
        except versions.Stale:
            messages.error(request, gettext("Somebody else saved this entry meanwhile. Nothing was done; look again."))
            return redirect(f"admin:codes_{self.opts.model_name}_change", object_id)

    def get_deleted_objects(self, objs, request):
        """Without the rows that join related codes, which have no name that says anything to an editor."""
        listed, counts, *others = super().get_deleted_objects(objs, request)
        counts.pop(JOINS.verbose_name_plural, None)
        return _without_joins(listed), counts, *others

    def delete_model(self, request, obj):
        entry = self.entry_of(obj)
        key = entry.key
        versions.keep(key)
        if request.GET.get("token") != entry.version_token or not versions.claim(entry, entry.lock_version):
            raise versions.Stale
        super().delete_model(request, obj)
        versions.keep(key, request.user)

    def history_view(self, request, object_id, extra_context=None):
        return redirect(_versions_of(f"{self.opts.model_name} {object_id}"))

    def get_urls(self):
        preview = self.admin_site.admin_view(require_POST(self.preview_view))
        name = f"codes_{self.opts.model_name}_preview"
        return [path("<path:object_id>/preview/", preview, name=name), *super().get_urls()]

    def preview_view(self, request, object_id):
        """The real page with what is in the form: saved, drawn, and rolled back."""
        language = request.POST.get("_preview") if request.POST.get("_preview") in LANGUAGES else "ko"
        with transaction.atomic():
            response = self.change_view(request, object_id)
            obj = self.get_object(request, unquote(object_id)) if response.status_code == 302 else None
            if obj:
                with override(language):
                    response = _as_read(request, self.entry_of(obj).get_absolute_url())
                # "Changed successfully" was said of a save that does not stay.
                list(messages.get_messages(request))
            transaction.set_rollback(True)
        return response


def _without_joins(listed):
    return [
        _without_joins(each) if isinstance(each, list) else each
        for each in listed
        if not str(each).startswith(capfirst(JOINS.verbose_name))
    ]


def _as_read(request, address):
    """What a reader gets at a public address."""
    reader = copy.copy(request)
    reader.method, reader.GET = "GET", QueryDict()
    reader.path = reader.path_info = address
    view, args, kwargs = resolve(address)
    return view(reader, *args, **kwargs)


class RowFormSet(forms.BaseInlineFormSet):
    """Rows that somebody else deleted meanwhile become new ones: the admin would drop what was typed into them."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not (self.is_bound and self.management_form.is_valid()):
            return
        total, initial = min(self.total_form_count(), self.absolute_max), self.initial_form_count()
        pk = self.model._meta.pk.name
        shown = {i: self.data.get(f"{self.prefix}-{i}-{pk}", "") for i in range(min(initial, total))}
        sent = [value for value in shown.values() if value.isdecimal() and len(value) < LONGEST_PK]
        there = set(map(str, self.model._base_manager.filter(pk__in=sent).values_list("pk", flat=True)))
        if gone := {i for i, value in shown.items() if value in sent and value not in there}:
            order = sorted(range(total), key=lambda i: (i >= initial, i in gone))
            self.data = self._moved({old: new for new, old in enumerate(order)}, gone, initial - len(gone))
            del self.management_form

    def _moved(self, places, new, initial):
        """The data with the rows in other places, and without the keys of those that are new."""
        data = QueryDict(mutable=True)
        for name, values in self.data.lists():
            row = re.fullmatch(rf"{self.prefix}-(\d+)-(\w+)", name)
            if row and (place := int(row[1])) in places:
                name = f"{self.prefix}-{places[place]}-{row[2]}"
                values = [""] if place in new and row[2] == self.model._meta.pk.name else values
            data.setlist(name, values)
        data[f"{self.prefix}-INITIAL_FORMS"] = initial
        return data


class Rows:
    """What the rows of every kind have in common. No entry has a third of so many; a forged form asks for no more."""

    formset = RowFormSet
    extra = 0
    max_num = 150
    classes = ["collapse"]

    def get_formset(self, request, obj=None, **kwargs):
        return super().get_formset(request, obj, **{"absolute_max": self.max_num} | kwargs)


class RowInline(Rows, admin.StackedInline):
    pass


class TabularRowInline(Rows, admin.TabularInline):
    pass


class ReferenceInline(TabularRowInline):
    model = Reference


class HeaderRuleInline(TabularRowInline):
    model = HeaderRule


class AliasInline(TabularRowInline):
    model = Alias


class IdentifierInline(TabularRowInline):
    model = Identifier


class AdviceInline(RowInline):
    model = Advice
    fields = [("reader", "position"), *in_both_languages("text")]


class VendorMeaningInline(RowInline):
    model = VendorMeaning
    fields = [
        ("issuer", "product"),
        ("phrase", "visibility", "position"),
        *in_both_languages("meaning"),
        ("source", "url"),
    ]


class ExchangeInline(RowInline):
    """The exchange's own line; its messages have a page of their own, because inlines do not nest."""

    model = Exchange
    fields = ["position", *in_both_languages("title")]
    show_change_link = True


@admin.register(StatusCode)
class StatusCodeAdmin(EntryAdmin):
    list_display = ["label", "name_ko", "name_en", "class_label", "registration_status", "common", "checked_on"]
    list_display_links = ["label", "name_ko", "name_en"]
    list_filter = [AttentionFilter, "category", "registration_status", LacksLanguageFilter, "common", "webdav"]
    actions = ["mark_checked", "export_csv", "export_xlsx"]
    change_list_template = "admin/codes/codes.html"
    search_fields = ["=number", "name_ko", "name_en", "keywords", "identifiers__identifier"]
    search_help_text = _("Number, Korean or English name, a keyword or an identifier")
    list_select_related = ["category"]
    filter_horizontal = ["related"]
    save_on_top = True
    inlines = [
        ReferenceInline,
        HeaderRuleInline,
        AliasInline,
        AdviceInline,
        ExchangeInline,
        VendorMeaningInline,
        IdentifierInline,
    ]
    fieldsets = [
        (
            None,
            {
                "fields": [("number", "category", "registration_status"), ("common", "webdav", "checked_on")],
            },
        ),
        (_("What it is called"), {"fields": [*in_both_languages("name", "summary"), "keywords"]}),
        (_("What it means"), {"fields": in_both_languages("description", "when_to_use", "when_not_to_use")}),
        (_("Aside"), {"fields": [*in_both_languages("misunderstanding", "history"), "related"]}),
        (
            _("Facts, each with the section that states it"),
            {
                "fields": [
                    ("content", "content_source"),
                    ("caching", "caching_source"),
                    ("redirect_method", "redirect_method_source"),
                    ("retry", "retry_source"),
                    "request_headers",
                ]
            },
        ),
    ]

    @admin.display(description=_("number"), ordering="number")
    def label(self, code):
        return code.label

    @admin.display(description=_("class"), ordering="category")
    def class_label(self, code):
        return code.category and code.category.label

    def save_model(self, request, obj, form, change):
        if change:
            before, after = attention.texts_of(StatusCode.objects.get(pk=obj.pk)), attention.texts_of(obj)
            obj.outdated_translations = " ".join(
                attention.outdated_after(before, after, obj.outdated_translations.split())
            )
        super().save_model(request, obj, form, change)

    @admin.action(description=_("Mark as checked today"), permissions=["change"])
    def mark_checked(self, request, queryset):
        """A check says that both languages are right: nothing lags any more. Open forms learn of it by the version."""
        tokens = request.POST.getlist("token")
        checked, unseen = [], []
        for code in queryset:
            with transaction.atomic():
                versions.keep(code.key)
                if code.version_token not in tokens or not versions.claim(code, code.lock_version):
                    unseen.append(code.label)
                    continue
                StatusCode.objects.filter(pk=code.pk).update(checked_on=localdate(), outdated_translations="")
                Revision.advance()
                versions.keep(code.key, request.user, gettext("Checked"))
                checked.append(code.label)
        if checked:
            messages.success(request, gettext("Marked as checked today: %(codes)s") % {"codes": ", ".join(checked)})
        if unseen:
            messages.error(
                request,
                gettext("Saved by somebody else after this page had been drawn, look again: %(codes)s")
                % {"codes": ", ".join(unseen)},
            )

    def get_urls(self):
        check = self.admin_site.admin_view(require_POST(self.check_view))
        return [
            path("<int:pk>/checked/", check, name="codes_statuscode_checked"),
            path("texts/", self.admin_site.admin_view(self.texts_view), name="codes_statuscode_texts"),
            *super().get_urls(),
        ]

    @admin.action(description=_("Texts for translators (CSV)"), permissions=["view"])
    def export_csv(self, request, queryset):
        return self._export(queryset, "csv")

    @admin.action(description=_("Texts for translators (Excel)"), permissions=["view"])
    def export_xlsx(self, request, queryset):
        return self._export(queryset, "xlsx")

    def _export(self, queryset, file_format):
        content = translators.write(queryset.order_by("number").prefetch_related("advice"), file_format)
        disposition = {"Content-Disposition": f'attachment; filename="status-codes.{file_format}"'}
        return HttpResponse(content, content_type=translators.FORMATS[file_format], headers=disposition)

    def texts_view(self, request):
        """A translator's table comes back: the differences first, then, once they have been seen, the save."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        context = {**self.admin_site.each_context(request), "title": _("Texts from translators"), "opts": self.opts}
        try:
            if "signed" in request.POST:
                raw = signing.loads(request.POST["signed"], salt="texts", max_age=SEEN_FOR)
                translators.save([translators.Difference(*each) for each in raw], request.user, _("From translators"))
                messages.success(request, gettext("The texts were saved."))
                return redirect("admin:codes_statuscode_changelist")
            if upload := request.FILES.get("table"):
                if upload.size > translators.MOST_BYTES:
                    raise translators.Refused([gettext("The file is too large.")])
                differences = translators.read(upload.read(), upload.name.rpartition(".")[2].lower())
                seen = [dataclasses.astuple(each) for each in differences]
                context |= {"differences": differences, "signed": signing.dumps(seen, salt="texts", compress=True)}
        except translators.Refused as refusal:
            context["reasons"] = refusal.reasons
        except signing.BadSignature:
            context["reasons"] = [gettext("The list of differences is too old. Upload the table again.")]
        return TemplateResponse(request, "admin/codes/texts.html", context)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """Beside the form: its defining section, and the next entry that needs an editor."""
        number = int(object_id) if object_id.isdecimal() and len(object_id) < 4 else 0
        waiting = attention.everything().exclude(number=number)
        extra_context = {
            "reference": Reference.objects.filter(code=number).first(),
            "next_waiting": waiting.filter(number__gt=number).first() or waiting.first(),
        } | (extra_context or {})
        return super().change_view(request, object_id, form_url, extra_context)

    def check_view(self, request, pk):
        code = get_object_or_404(StatusCode, pk=pk)
        if not self.has_change_permission(request, code):
            raise PermissionDenied
        self.mark_checked(request, StatusCode.objects.filter(pk=pk))
        return redirect("admin:index")

    def get_readonly_fields(self, request, obj=None):
        # The number is the identity: changing it would make a second entry and leave the first.
        return ["number"] if obj else []


@admin.register(Category)
class CategoryAdmin(EntryAdmin):
    list_display = list_display_links = ["label", "name_ko", "name_en"]
    search_fields = ["=digit", "name_ko", "name_en"]
    fields = ["digit", *in_both_languages("name", "summary", "description"), "keywords"]

    @admin.display(description=_("class"), ordering="digit")
    def label(self, category):
        return category.label

    def get_readonly_fields(self, request, obj=None):
        return ["digit"] if obj else []


class MessageInline(RowInline):
    model = Message
    classes = []
    fields = [("position", "sender", "receiver", "lost"), ("text_ko", "text_en"), *in_both_languages("note")]

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name in ("text_ko", "text_en"):
            kwargs["widget"] = forms.Textarea(attrs={"rows": 8, "class": "raw-message", "spellcheck": "false"})
        return super().formfield_for_dbfield(db_field, request, **kwargs)


@admin.register(Exchange)
class ExchangeAdmin(EntryAdmin):
    list_display = ["code", "position", "title_ko", "title_en"]
    list_display_links = ["code", "title_ko", "title_en"]
    list_select_related = ["code"]
    search_fields = ["=code__number", "title_ko", "title_en", "messages__text_ko"]
    autocomplete_fields = ["code"]
    ordering = ["code", "position"]
    inlines = [MessageInline]
    fields = [("code", "position"), *in_both_languages("title")]

    def entry_of(self, instance):
        return instance.code

    def get_readonly_fields(self, request, obj=None):
        # Moved to another code it would leave the first without a word in its history.
        return ["code"] if obj else []

    def history_view(self, request, object_id, extra_context=None):
        return redirect(_versions_of(get_object_or_404(Exchange, pk=object_id).code.key))


class GroupMemberInline(RowInline):
    model = GroupMember
    classes = []
    autocomplete_fields = ["code"]
    fields = [("code", "position", "said_by"), *in_both_languages("answer", "example")]


class GroupReferenceInline(TabularRowInline):
    model = GroupReference


@admin.register(ConfusionGroup)
class ConfusionGroupAdmin(EntryAdmin):
    list_display = ["slug", "question_ko", "question_en", "checked_on"]
    list_display_links = ["slug", "question_ko", "question_en"]
    search_fields = ["slug", "question_ko", "question_en", "keywords"]
    inlines = [GroupMemberInline, GroupReferenceInline]
    fields = [("slug", "position", "checked_on"), *in_both_languages("question", "description"), "keywords"]

    def get_readonly_fields(self, request, obj=None):
        return ["slug"] if obj else []


@admin.register(EntrySnapshot)
class VersionAdmin(admin.ModelAdmin):
    """What was saved, by whom and why; any version can be looked at and restored."""

    list_display = ["when", "entry", "editor", "reason", "what"]
    search_fields = ["key", "reason", "editor__username"]
    list_filter = ["saved_at", "editor"]
    list_select_related = ["editor"]
    list_per_page = 30
    change_form_template = "admin/codes/version.html"

    @admin.display(description=EntrySnapshot._meta.get_field("saved_at").verbose_name, ordering="saved_at")
    def when(self, version):
        return version.when

    @admin.display(description=EntrySnapshot._meta.get_field("key").verbose_name, ordering="key")
    def entry(self, version):
        return version.entry

    @admin.display(description=_("what changed"))
    def what(self, version):
        if version.data is None:
            return gettext("deleted")
        if not (before := version.before):
            return gettext("first version kept")
        changes = versions.changes(before.data, version.data)
        return ", ".join(list(dict.fromkeys(change.row or change.field for change in changes))[:4])

    def get_urls(self):
        restore = self.admin_site.admin_view(require_POST(self.restore))
        return [path("<int:pk>/restore/", restore, name="codes_entrysnapshot_restore"), *super().get_urls()]

    def changelist_view(self, request, extra_context=None):
        title = capfirst(self.opts.verbose_name_plural)
        if version := EntrySnapshot.objects.filter(key=request.GET.get("key", "")).first():
            title = f"{version.entry} · {title}"
        return super().changelist_view(request, {"title": title} | (extra_context or {}))

    def change_view(self, request, object_id, form_url="", extra_context=None):
        version = self.get_object(request, object_id)
        if version and self.has_view_permission(request, version):
            before = version.before
            current = catalogue.stored(version.key).first()
            extra_context = {
                "title": capfirst(self.opts.verbose_name),
                "version": version,
                "entry_address": _form_of(version.key) if current else "",
                "changes": versions.changes(before and before.data, version.data),
                "state": versions.changes(None, version.data),
                "restoring": versions.changes(versions.plain(catalogue.from_database(version.key)), version.data),
                "token": current.version_token if current else "",
                "can_restore": version.data is not None and self._may_restore(request, version),
            } | (extra_context or {})
        return super().change_view(request, object_id, form_url, extra_context)

    def restore(self, request, pk):
        version = get_object_or_404(EntrySnapshot, pk=pk)
        if version.data is None or not self._may_restore(request, version):
            raise PermissionDenied
        reason = gettext("Restored the version of %(when)s") % {"when": version.when}
        try:
            kept = versions.restore(version, request.user, reason, token=request.POST.get("token"))
        except versions.Stale:
            messages.error(request, gettext("Somebody else saved this entry meanwhile. Nothing was done; look again."))
            return redirect("admin:codes_entrysnapshot_change", pk)
        except (catalogue.CatalogueError, IntegrityError) as error:
            text = gettext("This version no longer fits the catalogue. Nothing was done: %(reason)s")
            messages.error(request, text % {"reason": error})
            return redirect("admin:codes_entrysnapshot_change", pk)
        if kept:
            messages.success(request, gettext("The entry is now as it was in this version."))
        else:
            messages.info(request, gettext("The entry already is as it was in this version."))
        return redirect(_form_of(version.key))

    def _may_restore(self, request, version):
        return request.user.has_perm(f"codes.change_{version.key.split()[0]}")

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
