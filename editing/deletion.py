"""How a draft is deleted: as the editor saw it, and with the numbers it carries."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse

from editing.conflicts import Conflict
from record.models import EXEMPT, OnRecord


def admin_url(model: type[models.Model] | models.Model, page: str, *args: object) -> str:
    """The address of a page of the admin."""
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def row_url(row: models.Model) -> str:
    """The page of a row in the admin."""
    return admin_url(row, "change", row.pk)


def touch_owner(row: OnRecord) -> None:
    """Whoever edits the number of a claim has changed the claim."""
    if row.owner:
        owner_model = row._meta.get_field(row.owner).related_model
        assert isinstance(owner_model, type)
        owner = owner_model._default_manager.filter(pk=getattr(row, f"{row.owner}_id"))
        owner.update(version=F("version") + 1)


class DraftDeletion(admin.ModelAdmin):
    """Deletes the version of a draft that the editor saw, which the address names, and no other."""

    model: type[OnRecord]

    def has_delete_permission(self, request: HttpRequest, obj: OnRecord | None = None) -> bool:
        return super().has_delete_permission(request, obj) and (obj is None or obj.status == "draft")

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        row = self.get_object(request, unquote(object_id))
        if row is not None and request.method != "POST" and self.has_delete_permission(request, row):
            if "seen" not in request.GET:
                return HttpResponseRedirect(self.deletion_url(row, request.GET))
            if request.GET["seen"] != str(row.version):
                return self.changed_before_deletion(request, row)
        try:
            return super().delete_view(request, object_id, extra_context)
        except Conflict as conflict:
            return self.changed_before_deletion(request, conflict.row)

    def deletion_url(self, row: OnRecord, filters: QueryDict | None = None) -> str:
        query = filters.copy() if filters else QueryDict(mutable=True)
        query["seen"] = str(row.version)
        return f"{admin_url(row, 'delete', row.pk)}?{query.urlencode()}"

    def changed_before_deletion(self, request: HttpRequest, row: OnRecord | None) -> HttpResponse:
        assert row is not None  # one that is gone has nothing to delete
        text = "It was not deleted, because somebody changed it since you opened it. This is how it is now."
        self.message_user(request, text, messages.ERROR)
        return HttpResponseRedirect(row_url(row))

    def delete_model(self, request: HttpRequest, obj: OnRecord) -> None:
        """A draft leaves with its numbers; one that was changed or published in this moment does not."""
        with transaction.atomic():
            touch_owner(obj)  # and so holds the claim before its number, as whoever publishes them does
            current = self.model._default_manager.select_for_update(no_key=True).filter(pk=obj.pk).first()
            if current is not None and current.status != "draft":
                raise PermissionDenied
            if current is not None and request.GET.get("seen") != str(current.version):
                raise Conflict("changed", current)
            for name in obj.numbered_parts:
                numbers = getattr(obj, name)
                fields = numbers.model._meta.fields
                # A number may be part of another: no order of deletion would do while they name each other.
                among = {field.name for field in fields if field.related_model is numbers.model}
                numbers.update(**dict.fromkeys(among - EXEMPT))
                numbers.all().delete()
            super().delete_model(request, obj)

    def get_deleted_objects(
        self, objs: Sequence[OnRecord] | QuerySet[OnRecord], request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        """What a deletion takes along; the numbers of a claim are no obstacle to it."""
        tree, counts, lacking, protected = super().get_deleted_objects(objs, request)
        taken_along: list[str] = []
        for row in objs:
            for name in row.numbered_parts:
                numbers = getattr(row, name).all()
                branch, more, lacks, holding = super().get_deleted_objects(numbers, request)
                taken_along += [text for text in branch if isinstance(text, str)]
                tree, counts = [*tree, *branch], {**counts, **more}
                lacking, protected = lacking | lacks, [*protected, *holding]
        return tree, counts, lacking, [text for text in protected if text not in taken_along]
