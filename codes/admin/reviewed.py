"""What the admin of entries in the review queue shares: outdated translations, and marking as checked."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.urls.resolvers import URLPattern
from django.utils.timezone import localdate
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from codes.editing import history, review
from codes.models import Revision
from statuscodes.web.methods import allow_methods

from .base import EntryAdmin


class ReviewedEntryAdmin(EntryAdmin):
    """Records which translations a save leaves behind, and when an editor checked an entry."""

    actions: Any = ["mark_checked"]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change:
            before, after = review.texts_of(self.model._default_manager.get(pk=obj.pk)), review.texts_of(obj)
            outdated = review.outdated_after(before, after, obj.outdated_translations.split())
            obj.outdated_translations = " ".join(outdated)
        super().save_model(request, obj, form, change)

    @admin.action(description=_("Mark as checked today"), permissions=["change"])
    def mark_checked(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Record that both languages of the entries are right today. Open forms notice it by the lock version."""
        tokens = request.POST.getlist("token")
        checked, changed = [], []
        for entry in queryset:
            with transaction.atomic():
                history.record(entry.key)
                if entry.version_token not in tokens or not history.bump_version(entry, entry.lock_version):
                    changed.append(entry.label)
                    continue
                queryset.model._default_manager.filter(pk=entry.pk).update(
                    checked_on=localdate(), outdated_translations=""
                )
                Revision.advance()
                history.record(entry.key, request.user, gettext("Checked"))
                checked.append(entry.label)
        if checked:
            messages.success(request, gettext("Marked as checked today: %(codes)s") % {"codes": ", ".join(checked)})
        if changed:
            text = gettext("Somebody else saved these after this page was rendered, look again: %(codes)s")
            messages.error(request, text % {"codes": ", ".join(changed)})

    def get_urls(self) -> list[URLPattern]:
        check = self.admin_site.admin_view(self.check_view)
        name = f"codes_{self.opts.model_name}_checked"
        return [path("<path:object_id>/checked/", check, name=name), *super().get_urls()]

    @allow_methods("POST")
    def check_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Mark one entry as checked, from the admin's index."""
        entry = self.get_object(request, unquote(object_id))
        if entry is None:
            raise Http404
        if not self.has_change_permission(request, entry):
            raise PermissionDenied
        self.mark_checked(request, self.model._default_manager.filter(pk=entry.pk))
        return redirect("admin:index")
