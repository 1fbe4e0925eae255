"""Forms look as Django's own templates draw them."""

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy

from codes.models import Situation
from statuscodes.web.form_renderer import DRAWN, Renderer


@pytest.fixture
def compared(monkeypatch):
    """The names of the templates that were drawn without a template, each compared with Django's own."""
    drawn = []
    render = Renderer.render

    def compare(renderer, name, context, request=None):
        html = render(renderer, name, context, request)
        assert html == DjangoTemplates.render(renderer, name, context, request)
        drawn.append(name)
        return html

    monkeypatch.setattr(Renderer, "render", compare)
    return drawn


def test_the_form_of_an_entry_is_drawn_as_django_draws_it(admin_client, small_code, compared):
    """Nearly all of it: a widget of the admin that Django renames would be drawn by a template again, and slowly."""
    situation = Situation.objects.first()
    for address in (
        reverse("admin:codes_statuscode_change", args=[433]),
        reverse("admin:codes_situation_change", args=[situation.pk]),
    ):
        assert admin_client.get(address).status_code == 200
    assert len([name for name in compared if name in DRAWN]) > 0.9 * len(compared)


def test_a_form_with_errors_is_drawn_as_django_draws_it(admin_client, small_code, compared):
    page = admin_client.post(
        reverse("admin:codes_statuscode_change", args=[433]), {"name_ko": "\"<b>&'", "number": "x"}
    )
    assert "&quot;&lt;b&gt;&amp;&#x27;" in page.text


CHOICES = [("", "—"), (1, gettext_lazy("Yes")), ("묶음", [("<", mark_safe("<b>")), ("&", "a & b")]), ("b", "<i>")]


class OddForm(forms.Form):
    text = forms.CharField(label="<b>", initial='a"b', widget=forms.TextInput({"disabled": True, "x": False, "y": 1}))
    number = forms.IntegerField(label=mark_safe("<b>"), initial=0, help_text="x")
    large = forms.IntegerField(initial=12345, localize=True)
    day = forms.DateField(initial="2026-11-01")
    ticked = forms.BooleanField(initial=True)
    value = forms.BooleanField(widget=forms.CheckboxInput({"value": "<"}), initial="<")
    hidden = forms.CharField(widget=forms.HiddenInput, initial=gettext_lazy("Yes"))
    area = forms.CharField(widget=forms.Textarea({"rows": None}), initial="\n </textarea> ")
    one = forms.ChoiceField(choices=CHOICES, initial="&", required=False)
    some = forms.MultipleChoiceField(choices=CHOICES, initial=[1, "<"])
    none = forms.ChoiceField(choices=[])
    radio = forms.ChoiceField(choices=CHOICES, widget=forms.RadioSelect)


@pytest.mark.parametrize("data", [None, {}, {"text": "<", "area": "&", "one": "x", "some": ["&", "x"], "number": "1"}])
def test_odd_texts_are_drawn_as_django_draws_them(data, compared):
    page = str(OddForm(data))
    assert ("errorlist" in page) == (data is not None)
    assert {name for name in DRAWN if "/ul" not in name} <= {*compared}
