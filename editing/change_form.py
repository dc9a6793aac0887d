"""How a row is edited: a draft like any row, what is public only by amending it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.admin.options import InlineModelAdmin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, models, transaction
from django.http import HttpRequest, HttpResponse

from editing.amendments import amend
from editing.conflicts import Conflict, rule_of, with_parts_revived
from editing.deletion import DraftDeletion, admin_url, touch_owner
from editing.differences import differences
from editing.fields import FieldGroups, Fields, Fieldsets, Inlines, with_fields_replaced
from editing.forms import PartFormSet, RowForm
from editing.questions import LOOKED_TWICE, TITLE, as_list, looked_twice_field, were_looked_at
from editing.related_choices import RelatedChoicesField, choices_as_text
from editing.request_state import editing_of
from record import publishing
from record.models import ClockBehind, OnRecord
from record.saving import BrokenRule, broken_rule


class RowEditing(Fields, DraftDeletion):
    """The form of a row: who may fill in what, and how it is saved or amended."""

    form: type[RowForm] = RowForm
    model: ClassVar[type[OnRecord]]  # type: ignore[misc]  # narrower than the stubs, which know an instance variable
    related_choices: ClassVar[Mapping[str, RelatedChoicesField]] = {}
    """Vocabulary words kept as rows of their own, each a list of checkboxes."""
    grades: ClassVar[frozenset[str]] = frozenset()
    """Fields that only those fill in who decide what is public."""
    goes_along: ClassVar[bool] = False
    """Whether drafts that rest on a row are ticked when it is published, as the claims of a report."""

    def __init__(self, model: type[OnRecord], admin_site: admin.AdminSite) -> None:
        super().__init__(model, admin_site)
        self.texts_of_choices = {
            name: choices_as_text(name, field.column) for name, field in self.related_choices.items()
        }

    # Who may do what ------------------------------------------------------------------------------

    def has_change_permission(self, request: HttpRequest, obj: OnRecord | None = None) -> bool:
        allowed = super().has_change_permission(request, obj)
        if obj is None or obj.status == "draft" or not allowed:
            return allowed
        editing = editing_of(request)
        if editing.conflict is not None:
            return True  # the form is shown again, and not saved
        return obj.is_public and editing.is_amendment and self.may_amend(request)

    def may_amend(self, request: HttpRequest) -> bool:
        return self.may_change_drafts(request) and request.user.has_perm("record.amend_rows")

    def may_change_drafts(self, request: HttpRequest) -> bool:
        return admin.ModelAdmin.has_change_permission(self, request)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, str | list[str]]:
        """What the address fills in: anything but times, which a widget in two parts cannot read from one text."""
        times = {field.name for field in self.opts.fields if isinstance(field, models.DateField)}
        initial = super().get_changeform_initial_data(request)
        return {name: value for name, value in initial.items() if name not in times}

    # The form ---------------------------------------------------------------------------------------

    def get_fields(self, request: HttpRequest, obj: OnRecord | None = None) -> FieldGroups:
        fields = [*super().get_fields(request, obj)]
        return [*(name for name in fields if name != "seen_version"), "seen_version"]

    def get_fieldsets(self, request: HttpRequest, obj: OnRecord | None = None) -> Fieldsets:
        fieldsets = [*super().get_fieldsets(request, obj)]
        if obj is None and not self.model._meta.get_field("public_id").editable:
            fieldsets = [
                (title, {**options, "fields": [name for name in options["fields"] if name != "public_id"]})
                for title, options in fieldsets
            ]
        is_amendment = editing_of(request).is_amendment
        if obj is not None:
            read_only = {
                name: text
                for name, text in self.texts_of_choices.items()
                if (name in self.model.frozen_parts and is_amendment)
                or not self.has_change_permission(request, obj)
            }
            fieldsets = [*with_fields_replaced(fieldsets, read_only)]
        if self.fieldsets:
            fieldsets.append((None, {"fields": ["seen_version"], "classes": ["hidden"]}))
        if is_amendment:
            fieldsets.append(("What the public is told", {"fields": ["public_note"]}))
        if questions := editing_of(request).questions:
            asking = (TITLE, {"fields": [LOOKED_TWICE], "description": as_list(questions)})
            fieldsets.insert(0, asking)
        return fieldsets

    def get_readonly_fields(self, request: HttpRequest, obj: OnRecord | None = None) -> list[str]:
        read_only = [*super().get_readonly_fields(request, obj)]
        if not request.user.has_perm("record.publish_rows"):
            read_only += self.grades
        if obj is not None and editing_of(request).is_amendment:
            read_only += [*self.model.frozen, "public_id", *self.texts_of_choices.values()]
        elif obj is not None and not self.model._meta.get_field("public_id").editable:
            read_only.append("public_id")
        return list(dict.fromkeys(read_only))

    def get_inlines(self, request: HttpRequest, obj: OnRecord | None = None) -> Inlines:
        inlines = [*super().get_inlines(request, obj)]
        if editing_of(request).is_amendment:
            return [inline for inline in inlines if self.is_amendable(inline)]
        return inlines

    def is_amendable(self, inline: type[InlineModelAdmin]) -> bool:
        """Whether the rows of an inline are a part of these that may change in public."""
        for field in inline.model._meta.fields:
            if field.related_model is self.model and field.name == getattr(inline.model, "owner", None):
                name = str(field.remote_field.related_name)
                return name in self.model.parts and name not in self.model.frozen_parts
        return False

    def get_form(
        self, request: HttpRequest, obj: OnRecord | None = None, change: bool = False, **kwargs: Any
    ) -> type[forms.ModelForm]:
        editing = editing_of(request)
        attributes: dict[str, object] = {
            **self.related_choices,
            "rules_broken_before": editing.broken_rules,
            "is_shown_again": editing.is_shown_again,
        }
        if editing.is_amendment:
            attributes["public_note"] = forms.CharField(
                widget=forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField"}),
                required=False,
                help_text="Why it is amended; stands beside the old and new values in the public ledger.",
            )
        if editing.questions:
            attributes[LOOKED_TWICE] = looked_twice_field(editing.questions)
        base = kwargs.pop("form", self.form)
        kwargs["form"] = type(base.__name__, (base,), attributes)
        form = super().get_form(request, obj, change, **kwargs)
        self.explain_what_is_read_only(form)
        return form

    # Saving --------------------------------------------------------------------------------------

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, object] | None = None,
    ) -> HttpResponse:
        """A save that is refused comes back as the same form, with the reason in it and what was entered."""
        if request.method != "POST":
            return super().changeform_view(request, object_id, form_url, extra_context)
        if "_saveasnew" in request.POST:
            raise PermissionDenied
        editing = editing_of(request)
        row: OnRecord | None = None
        try:
            with transaction.atomic():
                row = self.row_to_save(request, object_id) if object_id else None
                response = super().changeform_view(request, object_id, form_url, extra_context)
                transaction.set_rollback(editing.is_undone)
        except Conflict as conflict:
            editing.conflict, row = conflict, conflict.row
            request.POST = with_parts_revived(request.POST, self.model, row)  # type: ignore[assignment]  # Django lets nobody change what was sent
        except publishing.Blocked as blocked:
            editing.broken_rules = [rule_of(blocker) for blocker in blocked.blockers]
        except ClockBehind as behind:
            editing.broken_rules = [BrokenRule(str(behind))]
        except IntegrityError as error:
            editing.broken_rules = [broken_rule(self.tables_written(), error)]
        else:
            if not editing.is_undone:
                return response
        editing.is_shown_again = True
        if object_id and row is None:  # deleted meanwhile: what was entered can be saved as a new row
            object_id, form_url = None, admin_url(self.model, "add")
        return super().changeform_view(request, object_id, form_url, extra_context)

    def row_to_save(self, request: HttpRequest, object_id: str) -> OnRecord:
        """The row that is to be saved, as it is now; refused if it is not what this editor saw.

        A draft is locked until the save is done. What is amended is locked by `publishing.amend`, which takes
        the ledger first, as every writer does.
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
            self.lock(row)
            if row.status != "draft":
                if not self.may_change_drafts(request):
                    raise PermissionDenied
                raise Conflict("overtaken", row)
        if request.POST.get("seen_version") != str(row.version):
            raise Conflict("changed", row)
        return row

    def lock(self, row: OnRecord) -> None:
        """Hold a draft, and its owner before it, as whoever publishes them does."""
        owners: list[OnRecord] = [getattr(row, row.owner)] if row.owner else []
        for locked in [*owners, row]:
            type(locked)._default_manager.select_for_update(no_key=True).get(pk=locked.pk)
        row.refresh_from_db(fields=["version", "published_rev", "withdrawn_rev"])

    def tables_written(self) -> list[type[models.Model]]:
        """The models whose rules a save can break."""
        choices = [field.part for field in self.related_choices.values()]
        return [self.model, *(inline.model for inline in self.inlines), *choices]

    def save_model(self, request: HttpRequest, obj: OnRecord, form: forms.ModelForm, change: bool) -> None:
        if not editing_of(request).is_amendment:
            super().save_model(request, obj, form, change)

    def save_related(
        self, request: HttpRequest, form: RowForm, formsets: Sequence[PartFormSet], change: bool
    ) -> None:
        editing = editing_of(request)
        editing.differences = differences(form, formsets)
        if editing.is_amendment:
            editing.amended, editing.questions = amend(self.model, form, formsets)
            editing.is_undone = "_preview" in request.POST or not were_looked_at(
                editing.questions, request.POST
            )
            return
        row = form.instance
        super().save_related(request, form, formsets, change)
        row.before_publish()
        if change and editing.differences:
            row.version += 1
        row.save(update_fields={"version", *row.derived_fields})
        if editing.differences:
            touch_owner(row)

    def save_formset(
        self, request: HttpRequest, form: forms.ModelForm, formset: PartFormSet, change: bool
    ) -> None:
        """Rows of an inline may trade what is unique among them: all of the old ones leave first."""
        formset.save(commit=False)
        for deleted in formset.deleted_objects:
            deleted.delete()
        changed = [row for row, _ in formset.changed_objects]
        if formset.unique_together:
            formset.model._default_manager.filter(pk__in=[row.pk for row in changed]).delete()
        for row in changed:
            if isinstance(row, OnRecord):
                row.version += 1
            row.save(force_insert=bool(formset.unique_together))
        for row in formset.new_objects:
            row.save()
        formset.save_m2m()
