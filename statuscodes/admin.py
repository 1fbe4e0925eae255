"""The desks for accounts: users with their sessions, and the devices that make one-time passwords."""

from collections import Counter

from django.contrib import admin, messages
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django_otp.plugins.otp_totp.models import TOTPDevice

from .accounts import note

admin.site.unregister([User, TOTPDevice])


@admin.register(User)
class UserAdmin(DjangoUserAdmin):
    """Administrators manage editors and each other; only a superuser makes, changes or removes a superuser."""

    actions = ["end_sessions"]

    def has_change_permission(self, request, obj=None):
        return may_touch(request.user, obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        return may_touch(request.user, obj) and super().has_delete_permission(request, obj)

    def get_readonly_fields(self, request, obj=None):
        fields = super().get_readonly_fields(request, obj)
        return fields if request.user.is_superuser else [*fields, "is_superuser", "user_permissions"]

    @admin.action(description=_("End all sessions"), permissions=["change"])
    def end_sessions(self, request, queryset):
        chosen = {str(pk) for pk in queryset.values_list("pk", flat=True)}
        ended = Counter()
        for session in Session.objects.filter(expire_date__gt=now()):
            if (user := session.get_decoded().get(SESSION_KEY)) in chosen:
                session.delete()
                ended[user] += 1
        for user, sessions in ended.items():
            note("sessions ended", user=int(user), sessions=sessions)
        count = ended.total()
        text = ngettext("%(count)d session was ended.", "%(count)d sessions were ended.", count)
        messages.success(request, text % {"count": count})


def may_touch(user, other):
    return user.is_superuser or not (other and other.is_superuser)


@admin.register(TOTPDevice)
class DeviceAdmin(admin.ModelAdmin):
    """Who has a second factor, for superusers: to take a lost phone away. The secrets are nobody's to see."""

    list_display = fields = ["owner", "set_up", "last_used"]
    list_select_related = ["user"]
    search_fields = ["user__username"]

    def get_queryset(self, request):
        return super().get_queryset(request).filter(confirmed=True)

    @admin.display(description=_("user"), ordering="user__username")
    def owner(self, device):
        return device.user

    @admin.display(description=_("set up"), ordering="created_at")
    def set_up(self, device):
        return device.created_at

    @admin.display(description=_("last used"), ordering="last_used_at")
    def last_used(self, device):
        return device.last_used_at

    def has_view_permission(self, request, obj=None):
        return request.user.is_superuser

    has_delete_permission = has_view_permission

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False


# Django's Korean for these is clumsy or wrong; a text of our own catalogue goes before it.
SAID_BETTER = [
    _("Select %s to view"),
    _("View %s"),
    _(" By %(filter_title)s "),
    _("None available"),
    _("users"),
    _("History"),
    _("Objects"),
    _("Yes, I’m sure"),
    _("No, take me back"),
    _(
        "Please enter the correct %(username)s and password for a staff account. "
        "Note that both fields may be case-sensitive."
    ),
]
