"""What the admin shows of the ledger, and the accounts of editors."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.db.models import ManyToManyField, Model, QuerySet
from django.forms import CheckboxSelectMultiple, ModelMultipleChoiceField
from django.http import HttpRequest

from editing.lists import ForgivingChangeList
from record.models import Change, Merge, Revision


class ReadOnlyAdmin(ForgivingChangeList):
    """What the publishing functions keep: to be read."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Revision)
class RevisionAdmin(ReadOnlyAdmin):
    list_display = ["n", "at"]
    ordering = ["-n"]
    date_hierarchy = "at"


@admin.register(Change)
class ChangeAdmin(ReadOnlyAdmin):
    list_display = ["revision_id", "at", "action", "collection", "object_id", "reason", "note"]
    list_filter = ["action", "collection", "reason"]
    search_fields = ["=object_id"]
    list_select_related = ["revision"]
    ordering = ["-revision", "-pk"]
    show_full_result_count = False

    @admin.display(description="at", ordering="revision")
    def at(self, change: Change) -> dt.datetime:
        return change.revision.at


@admin.register(Merge)
class MergeAdmin(ReadOnlyAdmin):
    list_display = ["collection", "loser", "survivor", "from_rev", "undone_rev"]
    list_filter = ["collection"]
    search_fields = ["=loser", "=survivor"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Merge]:
        return super().get_queryset(request).select_related("from_rev", "undone_rev")


admin.site.unregister([User, Group])


@admin.register(Group)
class RoleAdmin(ForgivingChangeList, GroupAdmin):
    """The roles, as the migrations made them."""

    filter_horizontal = ()


@admin.register(User)
class AccountAdmin(ForgivingChangeList, UserAdmin):
    """Accounts. Only a superuser makes superusers, or changes the account of one."""

    filter_horizontal = ()
    list_filter = ["is_active", "is_superuser", "groups"]
    readonly_fields = ["last_login", "date_joined"]
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        ("Person", {"fields": ["first_name", "last_name", "email"]}),
        (
            "What it may do",
            {
                "fields": ["is_active", "is_staff", "groups", "is_superuser"],
                "description": "Whoever enters the admin is <em>staff status</em>; what they may do there is their role.",
            },
        ),
        ("Since when", {"fields": ["last_login", "date_joined"]}),
    ]

    list_display = ["username", "first_name", "last_name", "roles", "is_active", "is_superuser", "last_login"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).prefetch_related("groups")

    @admin.display(description="roles")
    def roles(self, account: User) -> str:
        return ", ".join(group.name for group in account.groups.all())

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        read_only = super().get_readonly_fields(request, obj)
        return [*read_only] if request.user.is_superuser else [*read_only, "is_superuser"]

    def formfield_for_manytomany(
        self, db_field: ManyToManyField, request: HttpRequest, **kwargs: Any
    ) -> ModelMultipleChoiceField | None:
        return super().formfield_for_manytomany(
            db_field, request, **{**kwargs, "widget": CheckboxSelectMultiple}
        )

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        is_above = obj is not None and obj.is_superuser and not request.user.is_superuser
        return super().has_change_permission(request, obj) and not is_above
