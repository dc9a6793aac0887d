"""How a row is edited: a draft like any row, what is public only by amending it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.options import InlineModelAdmin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, models, transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse

from editing.conflicts import Conflict, rule_of, with_parts_revived
from editing.fields import Fields, listed
from editing.forms import RowForm, Words, differences
from editing.request_state import editing_of
from record import publishing
from record.models import EXEMPT, Change, ClockBehind, OnRecord, Recorded
from record.saving import BrokenRule, broken_rule


class RowEditing(Fields, admin.ModelAdmin):
    """The form of a row: who may fill in what, and how it is saved or passed through the door."""

    form = RowForm
    model: ClassVar[type[OnRecord]]  # type: ignore[misc]  # narrower than the stubs, which know an instance variable
    word_parts: ClassVar[dict[str, Words]] = {}
    """Vocabulary words kept as rows of their own, each a list of checkboxes."""
    grades: ClassVar[frozenset[str]] = frozenset()
    """Fields that only those fill in who decide what is public."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.read_only: dict[Any, Any] = {
            name: listed(name, field.column) for name, field in self.word_parts.items()
        }

    # Who may do what ------------------------------------------------------------------------------

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed = super().has_change_permission(request, obj)
        if obj is None or obj.status == "draft" or not allowed:
            return allowed
        if editing_of(request).conflict is not None:
            return True  # the form is shown again, and held
        return obj.is_public and editing_of(request).is_amendment and self.may_amend(request)

    def may_amend(self, request: HttpRequest) -> bool:
        return admin.ModelAdmin.has_change_permission(self, request) and request.user.has_perm(
            "record.amend_rows"
        )

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and (obj is None or obj.status == "draft")

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """What the address fills in: anything but times, which a widget in two parts cannot read from one text."""
        times = {field.name for field in self.opts.fields if isinstance(field, models.DateField)}
        given = super().get_changeform_initial_data(request)
        return {name: value for name, value in given.items() if name not in times}

    # The form ---------------------------------------------------------------------------------------

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = [*super().get_fields(request, obj)]
        return [*(name for name in fields if name != "seen_version"), "seen_version"]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fieldsets = [*super().get_fieldsets(request, obj)]
        if obj is None and not self.model._meta.get_field("public_id").editable:
            fieldsets = [
                (title, {**options, "fields": [name for name in options["fields"] if name != "public_id"]})
                for title, options in fieldsets
            ]
        if obj is not None:
            fixed = {
                name: words
                for name, words in self.read_only.items()
                if (name in self.model.frozen_parts and editing_of(request).is_amendment)
                or not self.has_change_permission(request, obj)
            }
            fieldsets = [
                (title, {**options, "fields": [fixed.get(name, name) for name in options["fields"]]})
                for title, options in fieldsets
            ]
        if self.fieldsets:
            fieldsets.append((None, {"fields": ["seen_version"], "classes": ["hidden"]}))
        if editing_of(request).is_amendment:
            fieldsets.append(("What the public is told", {"fields": ["public_note"]}))
        return fieldsets

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fixed = [*super().get_readonly_fields(request, obj)]
        if not request.user.has_perm("record.publish_rows"):
            fixed += self.grades
        if obj is not None and editing_of(request).is_amendment:
            fixed += [*self.model.frozen, "public_id", *self.read_only.values()]
        elif obj is not None and not self.model._meta.get_field("public_id").editable:
            fixed.append("public_id")
        return list(dict.fromkeys(fixed))

    def get_inlines(self, request: HttpRequest, obj: Any = None) -> Any:
        inlines = super().get_inlines(request, obj)
        if editing_of(request).is_amendment:
            return [inline for inline in inlines if self.part_name(inline) is not None]
        return inlines

    def part_name(self, inline: type[InlineModelAdmin]) -> str | None:
        """By what name the rows of an inline are an amendable part of these; null if they are none."""
        for field in inline.model._meta.fields:
            if field.related_model is self.model and field.name == getattr(inline.model, "owner", None):
                name = str(field.remote_field.related_name)
                return name if name in self.model.parts and name not in self.model.frozen_parts else None
        return None

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        extra: dict[str, forms.Field] = dict(self.word_parts)
        if editing_of(request).is_amendment:
            extra["public_note"] = forms.CharField(
                widget=forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField"}),
                required=False,
                help_text="Why it is amended; stands beside the old and new values in the public ledger.",
            )
        base = kwargs.pop("form", self.form)
        form: Any = super().get_form(
            request, obj, change, form=type(base.__name__, (base,), extra) if extra else base, **kwargs
        )
        self.explain_what_is_read_only(form)
        form.refused = editing_of(request).broken_rules
        form.held = editing_of(request).is_shown_again
        return form

    # Saving --------------------------------------------------------------------------------------

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """A save that is refused comes back as the same form, with the reason in it and what was entered."""
        if request.method != "POST":
            return super().changeform_view(request, object_id, form_url, extra_context)
        if "_saveasnew" in request.POST:
            raise PermissionDenied
        editing = editing_of(request)
        try:
            with transaction.atomic():
                row = self.seen(request, object_id) if object_id else None
                response = super().changeform_view(request, object_id, form_url, extra_context)
                previewed = "_preview" in request.POST and editing.amended is not None
                transaction.set_rollback(previewed)
        except Conflict as conflict:
            editing.conflict, row = conflict, conflict.row
            request.POST = with_parts_revived(request.POST, self.model, row)
        except publishing.Blocked as blocked:
            editing.broken_rules = tuple(map(rule_of, blocked.blockers))
        except ClockBehind as behind:
            editing.broken_rules = (BrokenRule(str(behind)),)
        except IntegrityError as error:
            tables = [self.model, *(inline.model for inline in self.inlines), *self.word_tables()]
            editing.broken_rules = (broken_rule(tables, error),)
        else:
            if not previewed:
                return response
        editing.is_shown_again = True
        if object_id and row is None:  # deleted meanwhile: what was entered can be saved as a new row
            object_id, form_url = None, self.url("add")
        return super().changeform_view(request, object_id, form_url, extra_context)

    def seen(self, request: HttpRequest, object_id: str) -> OnRecord | None:
        """The row that is to be saved, as it is now; refused if it is not what this editor saw.

        A draft is held until the save is done. What is amended is held by the door, after the ledger.
        """
        row: OnRecord | None = self.get_object(request, unquote(object_id))
        if row is None:
            if not self.has_add_permission(request):
                raise PermissionDenied
            raise Conflict("deleted", None)
        if editing_of(request).is_amendment:
            if not row.is_public:
                raise Conflict("overtaken", row)
        else:
            for held in [*([getattr(row, row.owner)] if row.owner else []), row]:
                type(held)._default_manager.select_for_update(no_key=True).get(pk=held.pk)
            row.refresh_from_db(fields=["version", "published_rev", "withdrawn_rev"])
            if row.status != "draft":
                if not admin.ModelAdmin.has_change_permission(self, request, row):
                    raise PermissionDenied
                raise Conflict("overtaken", row)
        if request.POST.get("seen_version") != str(row.version):
            raise Conflict("changed", row)
        return row

    def word_tables(self) -> list[type[models.Model]]:
        return [field.part for field in self.word_parts.values()]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not editing_of(request).is_amendment:
            super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        editing = editing_of(request)
        editing.differences = differences(form, formsets)
        if editing.is_amendment:
            editing.amended = self.amend(form, formsets)
            return
        row = form.instance
        super().save_related(request, form, formsets, change)
        row.before_publish()
        if change and editing.differences:
            row.version += 1
        row.save(update_fields={"version", *row.derived_fields})
        if editing.differences:
            touch_owner(row)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Rows of an inline may trade what is unique among them: all of the old ones leave first."""
        formset.save(commit=False)
        for gone in formset.deleted_objects:
            gone.delete()
        changed = [row for row, _ in formset.changed_objects]
        if formset.among:
            formset.model._default_manager.filter(pk__in=[row.pk for row in changed]).delete()
        for row in changed:
            if isinstance(row, OnRecord):
                row.version += 1
            row.save(force_insert=bool(formset.among))
        for row in formset.new_objects:
            row.save()
        formset.save_m2m()

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> Any:
        """Asks about the version that the editor saw, which the address names, and deletes no other."""
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
        return f"{self.url('delete', row.pk)}?{query.urlencode()}"

    def changed_before_deletion(self, request: HttpRequest, row: Any) -> HttpResponse:
        text = "It was not deleted, because somebody changed it since you opened it. This is how it is now."
        self.message_user(request, text, messages.ERROR)
        return HttpResponseRedirect(self.url("change", row.pk))

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """A draft leaves with its numbers; one that was changed or published in this moment does not."""
        with transaction.atomic():
            touch_owner(obj)  # and so holds the claim before its number, as whoever publishes them does
            now = self.model._default_manager.select_for_update(no_key=True).filter(pk=obj.pk).first()
            if now is not None and now.status != "draft":
                raise PermissionDenied
            if now is not None and request.GET.get("seen") != str(now.version):
                raise Conflict("changed", now)
            for name in obj.numbered_parts:
                numbers = getattr(obj, name)
                among = [f.name for f in numbers.model._meta.fields if f.related_model is numbers.model]
                numbers.update(**dict.fromkeys(set(among) - EXEMPT))
                numbers.all().delete()
            super().delete_model(request, obj)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """What a deletion takes along; the numbers of a claim are no obstacle to it."""
        found, counts, lacking, protected = super().get_deleted_objects(objs, request)
        along: list[str] = []
        for row in objs:
            for name in row.numbered_parts:
                tree, more, lacks, holding = super().get_deleted_objects(getattr(row, name).all(), request)
                along += [one for one in tree if isinstance(one, str)]
                found, counts = [*found, *tree], {**counts, **more}
                lacking, protected = lacking | lacks, [*protected, *holding]
        return found, counts, lacking, [one for one in protected if one not in along]

    def amend(self, form: Any, formsets: Iterable[Any]) -> list[tuple[str, str, str]]:
        """Pass what was entered through the door; returns the old and new values."""
        row = self.model._default_manager.get(pk=form.instance.pk)
        row.seen_version = form.cleaned_data.get("seen_version")
        changed = [name for name in form.changed_data if name not in self.model.frozen]
        parts: dict[str, Sequence[models.Model]] = {
            name: form.word_rows(name) for name in changed if name in self.word_parts
        }
        columns = {field.name for field in [*self.opts.fields, *self.opts.many_to_many]}
        changes = {name: form.cleaned_data[name] for name in changed if name in columns}
        add: list[Recorded] = []
        end: list[Recorded] = []
        for formset in formsets:
            gone = formset.deleted_forms
            used = [one for one in formset.forms if one.instance.pk is not None or one.has_changed()]
            if issubclass(formset.model, Recorded):
                for one in used:
                    touched = one in gone or one.has_changed()
                    if one.instance.pk is not None and touched:
                        end.append(formset.model._default_manager.get(pk=one.instance.pk))
                    if one not in gone and touched:
                        add.append(anew(one.instance))
            elif formset.has_changed():
                name = str(formset.fk.remote_field.related_name)
                parts[name] = [one.instance for one in used if one not in gone]
        revision = publishing.amend(
            row, changes, note=form.cleaned_data.get("public_note") or None, add=add, end=end, parts=parts
        )
        logged = Change.objects.get(revision=revision).values or {}
        return [
            (name, *("; ".join(map(str, v)) if isinstance(v, list) else str(v) for v in values))
            for name, values in logged.items()
        ]

    def url(self, name: str, *args: Any) -> str:
        opts = self.model._meta
        return reverse(f"admin:{opts.app_label}_{opts.model_name}_{name}", args=args)


def touch_owner(row: OnRecord) -> None:
    """Whoever edits the number of a claim has changed the claim."""
    if row.owner:
        whole = row._meta.get_field(row.owner).related_model
        assert isinstance(whole, type)
        owner = whole._default_manager.filter(pk=getattr(row, f"{row.owner}_id"))
        owner.update(version=F("version") + 1)


def anew(part: Recorded) -> Recorded:
    """The same part as a row that was never public."""
    bookkeeping = publishing.bookkeeping_of(type(part))
    fields = [
        field for field in part._meta.concrete_fields if field.name not in bookkeeping and not field.generated
    ]
    return type(part)(**{field.name: getattr(part, field.name) for field in fields})
