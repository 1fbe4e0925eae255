"""The admin of the history: what was saved, by whom and why; any snapshot can be viewed and restored."""

from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import IntegrityError
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.urls.resolvers import URLPattern
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from codes.editing import drafts, fixtures, history
from codes.editing.comparison import Budget
from codes.fields import field_label
from codes.models import EntrySnapshot
from statuscodes.web.methods import allow_methods

from .base import conflict_message
from .links import change_url

DELETED_PER_PAGE = 50


@admin.register(EntrySnapshot)
class EntrySnapshotAdmin(admin.ModelAdmin):
    """The history is read only; restoring a snapshot is a save of its own."""

    list_display = ["when", "entry", "editor", "reason", "what"]
    search_fields = ["key", "reason", "editor__username"]
    list_filter = ["saved_at", "editor"]
    list_select_related = ["editor"]
    list_per_page = 30

    @admin.display(description=field_label(EntrySnapshot, "saved_at"), ordering="saved_at")
    def when(self, snapshot: EntrySnapshot) -> str:
        return snapshot.when

    @admin.display(description=field_label(EntrySnapshot, "key"), ordering="key")
    def entry(self, snapshot: EntrySnapshot) -> str:
        return snapshot.entry

    @admin.display(description=field_label(EntrySnapshot, "summary_ko"))
    def what(self, snapshot: EntrySnapshot) -> str:
        return snapshot.summary or "–"

    def get_queryset(self, request: HttpRequest) -> QuerySet[EntrySnapshot]:
        return super().get_queryset(request).defer("data")

    def get_urls(self) -> list[URLPattern]:
        restore = self.admin_site.admin_view(self.restore)
        deleted = self.admin_site.admin_view(self.deleted_view)
        return [
            path("<int:pk>/restore/", restore, name="codes_entrysnapshot_restore"),
            path("deleted/", deleted, name="codes_entrysnapshot_deleted"),
            *super().get_urls(),
        ]

    @allow_methods("GET", "HEAD")
    def deleted_view(self, request: HttpRequest) -> HttpResponse:
        """List the entries that were deleted, those of one kind if the address names one, each with a way back."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        gone = EntrySnapshot.objects.of_deleted_entries().select_related("editor")
        kind = next((each for each in fixtures.DETAILS_OF if each._meta.model_name == request.GET.get("kind")), None)
        if kind:
            gone = gone.filter(key__startswith=f"{kind._meta.model_name} ")
        before = EntrySnapshot.objects.filter(key=OuterRef("key"), pk__lt=OuterRef("pk")).values("pk")
        pages: Paginator[Any] = Paginator(gone.annotate(before=Subquery(before[:1])), DELETED_PER_PAGE)
        page = pages.get_page(request.GET.get("page"))
        states = EntrySnapshot.objects.in_bulk([each.before for each in page if each.before])
        rows = [
            {"deletion": each, "state": state, "can_restore": state and self._can_restore(request, each)}
            for each in page
            for state in [states.get(each.before)]
        ]
        context = {
            **self.admin_site.each_context(request),
            "title": _("Deleted entries"),
            "opts": self.opts,
            "kind": kind and kind._meta,
            "rows": rows,
            "page": page,
        }
        return TemplateResponse(request, "admin/codes/entrysnapshot/deleted.html", context)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        title = capfirst(self.opts.verbose_name_plural)
        if snapshot := EntrySnapshot.objects.filter(key=request.GET.get("key", "")).defer("data").first():
            title = f"{snapshot.entry} · {title}"
        return super().changelist_view(request, {"title": title} | (extra_context or {}))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        snapshot = self.get_object(request, object_id)
        if snapshot and self.has_view_permission(request, snapshot):
            previous = snapshot.previous
            # A deletion is undone by going back to the version before it.
            wanted = snapshot if snapshot.data is not None else previous
            try:
                current = fixtures.root_queryset(snapshot.key).first()
                stored = history.plain(fixtures.load_entry(snapshot.key))
            except fixtures.CatalogueError:
                current = stored = None
            budget = Budget()
            restoring = history.changes(stored, wanted and wanted.data, budget)
            extra_context = {
                "title": capfirst(self.opts.verbose_name),
                "snapshot": snapshot,
                "entry_address": change_url(snapshot.key) if current else "",
                "changes": history.changes(previous and previous.data, snapshot.data, budget),
                "is_first": previous is None,
                "state": history.changes(None, snapshot.data),
                "wanted": wanted,
                "restoring": restoring,
                "restoring_in_words": history.in_words(restoring) if current else "",
                "is_gone": not current,
                "token": current.version_token if current else "",
                "can_restore": bool(wanted and wanted.data is not None and self._can_restore(request, wanted)),
            } | (extra_context or {})
        return super().change_view(request, object_id, form_url, extra_context)

    @allow_methods("POST")
    def restore(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Restore the entry to a snapshot, unless it has changed since the page was rendered."""
        snapshot = get_object_or_404(EntrySnapshot, pk=pk)
        if snapshot.data is None or not self._can_restore(request, snapshot):
            raise PermissionDenied
        reason = gettext("Restored the version of %(when)s") % {"when": snapshot.when}
        if settings.REQUIRE_FOUR_EYES:
            return self._restore_as_draft(request, snapshot, reason)
        try:
            recorded = history.restore(snapshot, request.user, reason, token=request.POST.get("token"))
        except history.EditConflict:
            messages.error(request, conflict_message())
            return redirect("admin:codes_entrysnapshot_change", pk)
        except (fixtures.CatalogueError, IntegrityError) as error:
            text = gettext("This version no longer fits the catalogue. Nothing was changed: %(reason)s")
            messages.error(request, text % {"reason": error})
            return redirect("admin:codes_entrysnapshot_change", pk)
        if recorded:
            messages.success(request, gettext("The entry is now as it was in this version."))
        else:
            messages.info(request, gettext("The entry already is as it was in this version."))
        return redirect(change_url(snapshot.key))

    def _restore_as_draft(self, request: HttpRequest, snapshot: EntrySnapshot, reason: str) -> HttpResponse:
        """Make a draft of the snapshot, for another editor to publish."""
        entry = fixtures.root_queryset(snapshot.key).first()
        version = entry.lock_version if entry else None
        try:
            drafts.begin(snapshot.key, snapshot.data or [], request.user, reason, base_version=version)
        except history.EditConflict:
            messages.error(request, gettext("The entry has a draft already. Go on with that one."))
        else:
            messages.success(request, gettext("This version is a draft now, for another editor to publish."))
        return redirect(f"{change_url(snapshot.key)}?draft=1")

    def _can_restore(self, request: HttpRequest, snapshot: EntrySnapshot) -> bool:
        return request.user.has_perm(f"codes.change_{snapshot.key.partition(' ')[0]}")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
