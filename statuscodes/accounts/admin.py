"""The admin of accounts: users with their sessions, and the devices that make one-time passwords."""

from collections import Counter
from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group, User
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from .audit import log_event

# Recovery codes are secrets: no list shows them.
admin.site.unregister([User, Group, TOTPDevice, StaticDevice])


@admin.register(User)
class UserAdmin(DjangoUserAdmin):
    """Administrators manage editors and each other; only a superuser makes, changes or removes a superuser."""

    actions = ["end_sessions"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return can_manage_user(request.user, obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return can_manage_user(request.user, obj) and super().has_delete_permission(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = super().get_readonly_fields(request, obj)
        return fields if request.user.is_superuser else [*fields, "is_superuser", "user_permissions"]

    @admin.action(description=_("End all sessions"), permissions=["change"])
    def end_sessions(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        if not all(can_manage_user(request.user, user) for user in queryset):
            raise PermissionDenied
        chosen = {str(pk) for pk in queryset.values_list("pk", flat=True)}
        ended: Counter[str] = Counter()
        for session in Session.objects.filter(expire_date__gt=now()):
            if (user := session.get_decoded().get(SESSION_KEY)) in chosen:
                session.delete()
                ended[user] += 1
        for user, sessions in ended.items():
            log_event("sessions ended", user=int(user), sessions=sessions)
        count = ended.total()
        text = ngettext("%(count)d session was ended.", "%(count)d sessions were ended.", count)
        messages.success(request, text % {"count": count})


def can_manage_user(user: Any, other: Any) -> bool:
    """Return whether a user may change or delete another one, permissions apart."""
    return user.is_superuser or not (other and other.is_superuser)


@admin.register(Group)
class GroupAdmin(DjangoGroupAdmin):
    """Groups; only a superuser deletes one that superusers are in, which would change their accounts."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        members = obj.user_set.filter(is_superuser=True) if obj else User.objects.none()
        return (request.user.is_superuser or not members.exists()) and super().has_delete_permission(request, obj)


@admin.register(TOTPDevice)
class DeviceAdmin(admin.ModelAdmin):
    """Who has a second factor, for those who manage users: to remove the device of a lost phone.

    Secrets are not shown, and cannot be guessed by filtering. Superusers' devices are for superusers.
    """

    fields = ["owner", "set_up", "last_used"]
    list_display = ["owner", "set_up", "last_used"]
    list_select_related = ["user"]
    search_fields = ["user__username"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[TOTPDevice]:
        devices = super().get_queryset(request).filter(confirmed=True)
        return devices if request.user.is_superuser else devices.filter(user__is_superuser=False)

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        return False

    @admin.display(description=_("user"), ordering="user__username")
    def owner(self, device: TOTPDevice) -> Any:
        return device.user

    @admin.display(description=_("set up"), ordering="created_at")
    def set_up(self, device: TOTPDevice) -> datetime | None:
        return device.created_at

    @admin.display(description=_("last used"), ordering="last_used_at")
    def last_used(self, device: TOTPDevice) -> datetime | None:
        return device.last_used_at

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("auth.change_user") and can_manage_user(request.user, obj and obj.user)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # Also asked when a user is deleted, whose device goes along.
        may_manage = request.user.has_perm("auth.change_user") or request.user.has_perm("auth.delete_user")
        return may_manage and can_manage_user(request.user, obj and obj.user)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
