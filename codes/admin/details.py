"""The details of an entry in its form: one formset for each kind, whose rows may move and trade places."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from .drafts import dry_run_of, relax, too_few, without_adding


def in_both_languages(*texts: str) -> list[tuple[str, str]]:
    """Return field names as rows of a form: a text in Korean with its English twin beside it."""
    return [(f"{text}_ko", f"{text}_en") for text in texts]


class DetailForm(forms.ModelForm):
    """One detail in an entry's form."""

    parent_field = ""  # the name of the foreign key to the entry

    def validate_constraints(self) -> None:
        """Check what the database demands of this row alone, as Django 5.2 does without this method.

        Django 6.1 also compares each row with the stored ones, and so refuses two rows that trade positions. The
        formset compares the rows that were sent with each other. A constraint is not checked if one of its fields is
        not in the form.
        """
        parent = self.fields.pop(self.parent_field, None)  # None where the form is not in a formset
        try:
            super().validate_constraints()
        finally:
            if parent:
                self.fields[self.parent_field] = parent


class DetailFormSet(forms.BaseInlineFormSet):
    """The details of one kind in an entry's form."""

    model: Any
    lost_texts: Sequence[tuple[str, str]] = ()  # (label, text) typed into rows that somebody else deleted
    is_lenient = False  # a draft: texts may be missing
    min_to_publish = 0  # rows, where the form publishes

    @cached_property
    def empty_form(self) -> Any:
        """The form from which a script makes another row. A page asks for it five times."""
        return super().empty_form

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        form.parent_field = self.fk.name
        if self.is_lenient:
            relax(form, self.model)

    def clean(self) -> None:
        """Refuse rows that take over another row's key: one of them would be saved first and collide."""
        super().clean()
        if self.min_to_publish:
            left = [form for form in self.forms if form.has_changed() or form.instance.pk]
            if len([form for form in left if form not in self.deleted_forms]) < self.min_to_publish:
                raise ValidationError(too_few(self.model, self.min_to_publish))
        fields = self.form.base_fields
        key = [name for name in (each.removesuffix("_id") for each in self.model.NATURAL_KEY) if name in fields]
        if key == ["position"]:
            return  # save_formset() moves positions out of the way
        stored = {form.instance.pk: [str(form.initial.get(name, "")) for name in key] for form in self.initial_forms}
        for form in self.initial_forms:
            typed = [str(form[name].value()) for name in key]
            if any(pk != form.instance.pk and values == typed for pk, values in stored.items()):
                form.add_error(None, _("Another row already has these values. If the two trade them, save one first."))

    def refreshed(self) -> "DetailFormSet":
        """Return the formset, rebuilt from the rows that exist now if somebody else deleted some that were sent.

        Typed text stays in the remaining rows; `lost_texts` has the text of the others.
        """
        if not self.is_bound or all(form.instance.pk for form in self.initial_forms):
            return self
        fresh = type(self)(instance=self.instance, prefix=self.prefix, queryset=self.queryset)
        sent = {form.instance.pk: form for form in self.initial_forms}
        for form in fresh.initial_forms:
            if form.instance.pk in sent:
                typed = sent[form.instance.pk]
                form.initial.update({name: typed[name].value() for name in typed.changed_data})
        fresh.lost_texts = [
            (f"{self.model._meta.verbose_name} {number}: {form[name].label}", form[name].value())
            for number, form in enumerate(self.forms, start=1)
            if not form.instance.pk
            for name in form.changed_data
            if isinstance(form[name].value(), str) and form[name].value() and name != self.model._meta.pk.name
        ]
        return fresh


class DetailInlineMixin:
    """Options of the inlines. No entry has half of `max_num` details; a forged form gets no more either."""

    form: Any = DetailForm
    formset: Any = DetailFormSet
    extra = 0
    max_num: int | None = 100
    classes: Any = ["collapse"]

    min_to_publish = 0

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        formset = super().get_formset(request, obj, **{"absolute_max": self.max_num} | kwargs)  # type: ignore[misc]
        # The class was made for this request.
        dry_run = dry_run_of(request)
        if dry_run and dry_run.is_lenient and request.method == "POST":
            formset.is_lenient, formset.min_num, formset.validate_min = True, 0, False
        elif dry_run and dry_run.publishes:
            formset.min_to_publish = self.min_to_publish
        return formset

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        return without_adding(super().formfield_for_dbfield(db_field, request, **kwargs))  # type: ignore[misc]


class StackedDetailInline(DetailInlineMixin, admin.StackedInline):
    """A detail with long texts."""


class TabularDetailInline(DetailInlineMixin, admin.TabularInline):
    """A detail with a few short values."""


class RuleInline(StackedDetailInline):
    """A rule about responses, in the form of any entry that has rules."""

    fields = [
        ("level", "topic", "header", "position"),
        *in_both_languages("condition", "note"),
        ("source", "second_source"),
        ("check_needs", "basis"),
    ]
