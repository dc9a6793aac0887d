"""A row of the record in the admin: drafts are edited, what is public only goes through the doors."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import LogEntry
from django.contrib.admin.options import InlineModelAdmin
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import ERROR_FLAG, SEARCH_VAR
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, models, transaction
from django.db.models import F, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.html import format_html

from record import doors
from record.admin.forms import (
    Autocompletes,
    KnownAutocomplete,
    PartFormSet,
    RowForm,
    RuleForm,
    Words,
    differences,
    on_every_calendar,
)
from record.admin.merging import MergePage, UnmergePage
from record.admin.pages import MOST, CorrectPage, PublishPage, WithdrawPage
from record.admin.takedowns import TakedownPage
from record.api.views import PREFIX
from record.models import EXEMPT, Change, ClockBehind, Merge, OnRecord, Recorded
from record.saving import BrokenRule, broken_rule
from record.search import folded_words
from record.vocabulary import vocabularies

Refusal = tuple[BrokenRule, ...]


class Asked:
    """Lists that are asked for what no database can look up show everything, as Django does with other nonsense."""

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        if all(can_be_asked(name, value) for name, values in request.GET.lists() for value in values):
            return super().changelist_view(request, extra_context)  # type: ignore[misc]
        return HttpResponseRedirect(f"{request.path}?{ERROR_FLAG}=1")


def can_be_asked(name: str, value: str) -> bool:
    if name.endswith("__year") and not (re.fullmatch("[0-9]{1,4}", value) and 0 < int(value) < dt.MAXYEAR):
        return False
    return "\x00" not in value and (name == SEARCH_VAR or not re.search("[0-9]{19}", value))


class Conflict(Exception):
    """Somebody changed, published or deleted the row between this editor's reading and saving of it."""

    def __init__(self, how: str, row: OnRecord | None) -> None:
        super().__init__(how)
        self.how, self.row = how, row


class StateFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("draft", "Draft"), ("published", "Public"), ("withdrawn", "Withdrawn")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        match self.value():
            case "draft":
                return queryset.filter(published_rev=None)
            case "published":
                return queryset.filter(published_rev__isnull=False, withdrawn_rev=None)
            case "withdrawn":
                return queryset.filter(withdrawn_rev__isnull=False)
        return queryset


def needs(model: type[models.Model], names: Iterable[str] = ()) -> list[str]:
    """What must be loaded with rows so that they, and the rows they point at by these names, can be shown."""
    found = list(getattr(model, "display_needs", ()))
    for name in names:
        target = model._meta.get_field(name).related_model
        found += [name, *(f"{name}__{need}" for need in getattr(target, "display_needs", ()))]
    return list(dict.fromkeys(found))


def pointers(model: type[models.Model], many: bool = True) -> list[str]:
    """The fields that point at rows of the record and that editors fill in."""
    fields = [*model._meta.fields, *(model._meta.many_to_many if many else ())]
    return [
        field.name
        for field in fields
        if isinstance(field.related_model, type)
        and issubclass(field.related_model, OnRecord)
        and field.editable
    ]


class Fields:
    """What all forms of the admin have in common."""

    model: type[models.Model]
    admin_site: Any
    roomy: ClassVar[bool] = True
    """Whether each field has a line of its own."""

    def get_autocomplete_fields(self, request: HttpRequest) -> Any:
        return pointers(self.model)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in pointers(self.model, many=False) and "widget" not in kwargs:
            kwargs["widget"] = KnownAutocomplete(db_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in pointers(self.model):
            kwargs.setdefault("widget", Autocompletes(db_field, self.admin_site))
        return super().formfield_for_manytomany(db_field, request, **kwargs)  # type: ignore[misc]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if isinstance(db_field, models.TextField) and db_field.null:
            kwargs.setdefault("empty_value", None)  # unknown is null, never ""
            kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField"}))
        if isinstance(db_field, models.URLField):
            kwargs.setdefault("assume_scheme", "https")
        field = super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]
        if field is not None:
            self.explain(field, db_field)
        if isinstance(db_field, models.DateTimeField):
            for part, widget in zip(("date", "time"), field.widget.widgets, strict=True):
                widget.attrs["aria-label"] = f"{field.label}: {part} (UTC)"
        if isinstance(db_field, models.DateField):
            field.validators = [*field.validators, on_every_calendar]
        return field

    def explain(self, field: forms.Field, db_field: Any) -> None:
        """The help of a field for whoever fills it in; the one on the model speaks to readers of the API, too."""
        text = re.sub(r"\bnull\b", "empty", str(field.help_text))
        text = re.sub(r"\bNull\b", "Empty", text)
        field.help_text = re.sub("`([^`]+)`", r"<code>\1</code>", text)
        if not self.roomy:
            return
        if db_field.choices and (slug := vocabulary_of(db_field)):
            field.help_text += f' <a href="{reverse("codebook")}#{slug}">What the words mean</a>'
        elif isinstance(field, forms.CharField) and (db_field.max_length or 0) >= WIDE:
            field.widget.attrs["class"] = "vLargeTextField"


WIDE = 200


def vocabulary_of(db_field: Any) -> str | None:
    """The section of the codebook that defines the words of a field."""
    words = [word for word, _ in db_field.choices]
    return next((slug for slug, words_ in vocabularies().items() if words_.values == words), None)


class PartInline(Fields, admin.TabularInline):
    """Rows that are part of another. Of those with a public life, the ones that have not ended."""

    form = RuleForm
    formset = PartFormSet
    roomy = False
    extra = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        if issubclass(self.model, Recorded):
            rows = rows.filter(withdrawn_rev=None)
        related = needs(self.model, pointers(self.model, many=False))
        return rows.select_related(*related) if related else rows


@dataclass(frozen=True)
class RowList:
    """Rows that rest on another, to look through below its form; each is edited on its own page."""

    title: str
    of: type[OnRecord]
    by: str
    """The field by which they name it."""
    columns: Mapping[str, Callable[[Any], Any]]
    order: Sequence[str] = ("pk",)
    load: Sequence[str] = ()
    """Relations that the columns read."""
    prefetch: Sequence[str] = ()
    addable: bool = True


SHOWN = 200  # rows of a list below a form


SETTLED = {"search_text", "sort_at", "known_at", "local_until"}
"""What `settle` fills in, so that drafts are found and sorted like public rows."""


def touch_owner(row: OnRecord) -> None:
    """Whoever edits the number of a claim has changed the claim."""
    if row.owner:
        whole = row._meta.get_field(row.owner).related_model
        assert isinstance(whole, type)
        owner = whole._default_manager.filter(pk=getattr(row, f"{row.owner}_id"))
        owner.update(version=F("version") + 1)


def state_of(row: OnRecord) -> str:
    """What became of a row, in a few words."""
    if row.published_rev_id is None:
        return "draft" if row.supersedes_id is None else "draft of a correction"
    if row.withdrawn_rev_id is None:
        return f"public since revision {row.published_rev_id}"
    if row.taken_down_rev_id is not None:
        return f"taken down in revision {row.taken_down_rev_id}: {row.withdrawal_reason}"
    return f"withdrawn in revision {row.withdrawn_rev_id}: {str(row.withdrawal_reason).replace('_', ' ')}"


class RecordAdmin(Asked, Fields, admin.ModelAdmin):
    """A collection of the record.

    A draft is edited like any row. What is public is only read here: buttons lead to the doors, and
    `amend` shows the same form again with the fields that may change in public.
    """

    form = RowForm
    model: ClassVar[type[OnRecord]]  # type: ignore[misc]
    list_per_page = 50
    show_full_result_count = False
    search_fields: ClassVar[Any] = ["public_id"]
    searched_as_written: ClassVar[Sequence[str]] = ()
    """Texts in which words are looked for as they are, where a collection has no folded ones."""
    search_help_text = "Names and aliases in any script, words, or an id."
    change_form_template = "admin/record/change_form.html"
    object_history_template = "admin/record/object_history.html"
    word_parts: ClassVar[dict[str, Words]] = {}
    """Vocabulary words kept as rows of their own, each a list of checkboxes."""
    lists: ClassVar[Sequence[RowList]] = ()
    grades: ClassVar[frozenset[str]] = frozenset()
    """Fields that only those fill in who decide what is public."""
    goes_along: ClassVar[bool] = False
    """Whether drafts that rest on a row are ticked when it is published, as the claims of a report."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.read_only: dict[Any, Any] = {
            name: listed(name, field.column) for name, field in self.word_parts.items()
        }

    # Lists --------------------------------------------------------------------------------------

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        related = needs(self.model, pointers(self.model, many=False))
        return rows.select_related(*related) if related else rows

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        searchable = any(field.name == "search_text" for field in self.model._meta.fields)
        for term in search_term.replace("\x00", " ").split():
            hit = Q(public_id__icontains=term)
            for name in self.searched_as_written:
                hit |= Q(**{f"{name}__icontains": term})
            for word in folded_words(term) if searchable else ():
                hit |= Q(search_text__contains=word)
            queryset = queryset.filter(hit)
        if "autocomplete" in request.path:
            queryset = queryset.filter(withdrawn_rev=None)
            if self.model.mergeable:  # what is entered from now on names the survivor
                merges = Merge.objects.active().filter(collection=self.model.collection)
                queryset = queryset.exclude(public_id__in=merges.values("loser"))
        return queryset, False

    @admin.display(description="state", ordering="published_rev")
    def state(self, row: OnRecord) -> str:
        return state_of(row)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions = super().get_actions(request)
        for name, door in (("to_publish", "publish_rows"), ("to_withdraw", "withdraw_rows")):
            if not request.user.has_perm(f"record.{door}"):
                actions.pop(name, None)
        return actions

    actions = ["to_publish", "to_withdraw"]

    @admin.action(description="Put on the record …")
    def to_publish(self, request: HttpRequest, rows: QuerySet[Any]) -> HttpResponse | None:
        return self.to_door("publish", request, rows)

    @admin.action(description="Withdraw from the record …")
    def to_withdraw(self, request: HttpRequest, rows: QuerySet[Any]) -> HttpResponse | None:
        return self.to_door("withdraw", request, rows)

    def to_door(self, door: str, request: HttpRequest, rows: QuerySet[Any]) -> HttpResponse | None:
        chosen = list(rows[: MOST + 1])
        if len(chosen) <= MOST:
            return HttpResponseRedirect(self.door_url(door, chosen))
        self.message_user(request, f"Choose at most {MOST} rows at a time.", messages.ERROR)
        return None

    # Who may do what ------------------------------------------------------------------------------

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed = super().has_change_permission(request, obj)
        if obj is None or obj.status == "draft" or not allowed:
            return allowed
        if getattr(request, "conflict", None) is not None:
            return True  # the form is shown again, and held
        return obj.is_public and amending(request) and self.may_amend(request)

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
                if (name in self.model.frozen_parts and amending(request))
                or not self.has_change_permission(request, obj)
            }
            fieldsets = [
                (title, {**options, "fields": [fixed.get(name, name) for name in options["fields"]]})
                for title, options in fieldsets
            ]
        if self.fieldsets:
            fieldsets.append((None, {"fields": ["seen_version"], "classes": ["hidden"]}))
        if amending(request):
            fieldsets.append(("What the public is told", {"fields": ["public_note"]}))
        return fieldsets

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fixed = [*super().get_readonly_fields(request, obj)]
        if not request.user.has_perm("record.publish_rows"):
            fixed += self.grades
        if obj is not None and amending(request):
            fixed += [*self.model.frozen, "public_id", *self.read_only.values()]
        elif obj is not None and not self.model._meta.get_field("public_id").editable:
            fixed.append("public_id")
        return list(dict.fromkeys(fixed))

    def get_inlines(self, request: HttpRequest, obj: Any = None) -> Any:
        inlines = super().get_inlines(request, obj)
        if amending(request):
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
        if amending(request):
            extra["public_note"] = forms.CharField(
                widget=forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField"}),
                required=False,
                help_text="Why it is amended; stands beside the old and new values in the public ledger.",
            )
        base = kwargs.pop("form", self.form)
        form: Any = super().get_form(
            request, obj, change, form=type(base.__name__, (base,), extra) if extra else base, **kwargs
        )
        form.refused = getattr(request, "refused", ())
        form.held = getattr(request, "held", False)
        return form

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
        asked: Any = request
        asked.refused, asked.amended, asked.conflict = (), None, None
        try:
            with transaction.atomic():
                row = self.seen(request, object_id) if object_id else None
                response = super().changeform_view(request, object_id, form_url, extra_context)
                previewed = "_preview" in request.POST and asked.amended is not None
                transaction.set_rollback(previewed)
        except Conflict as conflict:
            asked.conflict, row = conflict, conflict.row
            request.POST = with_parts_revived(request.POST, self.model, row)
        except doors.Blocked as blocked:
            asked.refused = tuple(map(rule_of, blocked.blockers))
        except ClockBehind as behind:
            asked.refused = (BrokenRule(str(behind)),)
        except IntegrityError as error:
            tables = [self.model, *(inline.model for inline in self.inlines), *self.word_tables()]
            asked.refused = (broken_rule(tables, error),)
        else:
            if not previewed:
                return response
        asked.held = True
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
        if amending(request):
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
        if not amending(request):
            super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        asked: Any = request
        asked.differences = differences(form, formsets)
        if amending(request):
            asked.amended = self.amend(form, formsets)
            return
        row = form.instance
        super().save_related(request, form, formsets, change)
        row.settle()
        if change and asked.differences:
            row.version += 1
        row.save(update_fields={"version", *SETTLED} & {field.name for field in row._meta.fields})
        if asked.differences:
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

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """A draft leaves with its numbers; one that was published in this moment does not."""
        with transaction.atomic():
            now = self.model._default_manager.select_for_update(no_key=True).filter(pk=obj.pk).first()
            if now is not None and now.status != "draft":
                raise PermissionDenied
            touch_owner(obj)
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
        revision = doors.amend(
            row, changes, note=form.cleaned_data.get("public_note") or None, add=add, end=end, parts=parts
        )
        logged = Change.objects.get(revision=revision).values or {}
        return [
            (name, *("; ".join(map(str, v)) if isinstance(v, list) else str(v) for v in values))
            for name, values in logged.items()
        ]

    # What the pages show besides -------------------------------------------------------------------

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> Any:
        form = context["adminform"].form
        conflict: Conflict | None = getattr(request, "conflict", None)
        if conflict is not None:
            formsets = [inline.formset for inline in context["inline_admin_formsets"]]
            context["conflict"] = [
                *differences(form, formsets),
                *(found for formset in formsets for found in theirs_alone(formset)),
            ]
            context["conflict_how"] = conflict.how
            form.data = form.data.copy()
            form.data["seen_version"] = str(obj.version) if obj is not None else ""
            if conflict.how == "overtaken":
                context |= {"show_save": False, "show_save_and_continue": False, "show_delete": False}
        elif getattr(request, "held", False):
            context["amended"] = getattr(request, "amended", None)
        if obj is not None:
            context["state"] = state_of(obj)
            context["record_doors"] = [] if amending(request) else self.open_doors(request, obj)
            context["withdrawal_note"] = obj.withdrawal_note
            context["survivor"] = obj.survivor if obj.is_public and obj.survivor != obj else None
            correction = getattr(obj, "superseded_by", None)
            context["correction"] = correction if correction and correction.status == "draft" else None
            if obj.owner:
                context["whole"] = whole = getattr(obj, obj.owner)
                context["whole_address"] = address(whole)
            if not amending(request):
                context["row_lists"] = [self.row_list(request, one, obj) for one in self.lists]
        context["amending"] = amending(request)
        if amending(request):
            context["title"] = f"Amend {self.opts.verbose_name}"
            context["show_save"] = context["show_save_and_add_another"] = False
        return super().render_change_form(request, context, add, change, form_url, obj)

    def row_list(self, request: HttpRequest, one: RowList, obj: OnRecord) -> dict[str, Any]:
        opts = one.of._meta
        base = f"admin:{opts.app_label}_{opts.model_name}"
        rows = one.of._default_manager.filter(**{one.by: obj}, withdrawn_rev=None).order_by(*one.order)
        related = [*needs(one.of), *one.load]
        rows = rows.select_related(*related) if related else rows
        found = list(rows.prefetch_related(*one.prefetch)[: SHOWN + 1])
        may_add = (
            one.addable
            and obj.withdrawn_rev_id is None
            and request.user.has_perm(f"{opts.app_label}.add_{opts.model_name}")
        )
        return {
            "title": one.title,
            "columns": [*one.columns, "state"],
            "rows": [
                (
                    reverse(f"{base}_change", args=[row.pk]),
                    row.public_id,
                    [*(_cell(column(row)) for column in one.columns.values()), state_of(row)],
                )
                for row in found[:SHOWN]
            ],
            "all": f"{reverse(f'{base}_changelist')}?{one.by}__id__exact={obj.pk}"
            if len(found) > SHOWN
            else None,
            "add": f"{reverse(f'{base}_add')}?{one.by}={obj.pk}{self.prefilled(one, obj)}"
            if may_add
            else None,
        }

    def prefilled(self, one: RowList, obj: OnRecord) -> str:
        """What else the form of a new row of a list begins with, as a part of its address."""
        return ""

    def open_doors(self, request: HttpRequest, row: OnRecord) -> list[tuple[str, str]]:
        """The buttons of a row: what this editor may do with it, each with its address."""
        may = {
            door
            for door in ("publish", "amend", "correct", "withdraw", "merge", "takedown")
            if request.user.has_perm(f"record.{door}_rows")
        }
        found = []
        if row.status == "draft":
            door = "publish" if row.supersedes_id is None else "correct"
            if door in may and self.publishes_alone(row):
                found.append(
                    ("Publish" if door == "publish" else "Put in its place", self.door_url(door, [row]))
                )
        elif row.is_public:
            if "amend" in may:
                found.append(("Amend", self.url("amend", row.pk)))
            drafted = getattr(row, "superseded_by", None) is not None
            if "correct" in may and row._meta.get_field("public_id").has_default() and not drafted:
                found.append(("Correct", self.door_url("correct", [row])))
            if "withdraw" in may:
                found.append(("Withdraw", self.door_url("withdraw", [row])))
            if "merge" in may and row.mergeable:
                merged = row.survivor != row
                title, door = ("Undo the merge", "unmerge") if merged else ("Merge", "merge")
                found.append((title, self.door_url(door, [row])))
        if "takedown" in may and row.published_rev_id is not None and row.taken_down_rev_id is None:
            found.append(("Take down", self.door_url("takedown", [row])))
        return found

    def publishes_alone(self, row: OnRecord) -> bool:
        """Whether a draft has a door of its own: the numbers of a claim go with it, unless it is public."""
        return row.owner is None or (row.supersedes_id is not None and getattr(row, row.owner).is_public)

    def get_view_on_site_url(self, obj: Any = None) -> str | None:
        if obj is None or obj.published_rev_id is None:
            return None
        return f"{PREFIX}{self.model.collection}/{obj.public_id}/"

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> Any:
        saved = [] if amending(request) else formsets
        message = super().construct_change_message(request, form, saved, add)
        values = getattr(request, "amended", None) or getattr(request, "differences", None)
        return [*message, {"values": values}] if values else message

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        row = self.get_object(request, unquote(object_id))
        entries = history_of(row) if row is not None else []
        return super().history_view(request, object_id, {**(extra_context or {}), "entries": entries})

    # The doors ------------------------------------------------------------------------------------------

    def url(self, name: str, *args: Any) -> str:
        opts = self.model._meta
        return reverse(f"admin:{opts.app_label}_{opts.model_name}_{name}", args=args)

    def door_url(self, door: str, rows: Iterable[OnRecord]) -> str:
        return f"{self.url(door)}?{'&'.join(f'id={row.public_id}' for row in rows)}"

    def get_urls(self) -> Any:
        opts = self.model._meta
        every: list[Any] = [PublishPage, WithdrawPage, CorrectPage, MergePage, UnmergePage, TakedownPage]
        pages = {page.door: page for page in every}
        found: list[Any] = [
            path(
                f"{door}/",
                self.admin_site.admin_view(page.as_view(model_admin=self)),
                name=f"{opts.app_label}_{opts.model_name}_{door}",
            )
            for door, page in pages.items()
        ]
        amend = self.admin_site.admin_view(self.amend_view)
        found.append(path("<path:object_id>/amend/", amend, name=f"{opts.app_label}_{opts.model_name}_amend"))
        return [*found, *super().get_urls()]

    def amend_view(self, request: HttpRequest, object_id: str) -> Any:
        """The change form of a public row, with the fields that may change in public."""
        row = self.get_object(request, unquote(object_id))
        if row is None:
            raise Http404
        asked: Any = request
        asked.amending = True
        withdrawn_meanwhile = request.method == "POST" and row.withdrawn_rev_id is not None
        if not self.may_amend(request) or not (row.is_public or withdrawn_meanwhile):
            raise PermissionDenied
        return self.changeform_view(request, object_id)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        if amending(request):
            if "_preview" not in request.POST:
                self.message_user(request, format_html("“{}” was amended.", str(obj)))
            return HttpResponseRedirect(self.url("change", obj.pk))
        return super().response_change(request, obj)


def theirs_alone(formset: Any) -> Iterator[tuple[str, str, str]]:
    """Parts that a form knows nothing of, because somebody added them since: they stay as they are."""
    known = {one.instance.pk for one in formset.forms}
    for row in formset.get_queryset():
        if row.pk not in known:
            yield str(formset.model._meta.verbose_name), str(row), "not in your form: it stays"


def part_of(model: type[OnRecord], name: str) -> str:
    """The field by which the parts of that name say whose they are."""
    return str(getattr(model._meta.get_field(name).related_model, "owner", ""))


def with_parts_revived(data: Any, model: type[OnRecord], row: OnRecord | None) -> Any:
    """What was entered, with the parts that somebody deleted meanwhile turned into new ones."""
    revived = data.copy()
    for prefix in [*model.parts, *model.numbered_parts]:
        counts = [data.get(f"{prefix}-INITIAL_FORMS", ""), data.get(f"{prefix}-TOTAL_FORMS", "")]
        if not all(count.isdecimal() and len(count) < 4 for count in counts):
            continue
        initial, total = map(int, counts)
        there = {str(part.pk) for part in getattr(row, prefix).all()} if row is not None else set()
        old = [n for n in range(initial) if data.get(f"{prefix}-{n}-id") in there]
        order = [*old, *(n for n in range(total) if n not in old)]
        for new, was in enumerate(order):
            for name in [name for name in data if name.startswith(f"{prefix}-{was}-")]:
                revived.setlist(f"{prefix}-{new}-{name.removeprefix(f'{prefix}-{was}-')}", data.getlist(name))
            if was not in old:
                revived[f"{prefix}-{new}-{part_of(model, prefix)}"] = ""
                revived[f"{prefix}-{new}-id"] = ""
        revived[f"{prefix}-INITIAL_FORMS"] = str(len(old))
    return revived


def address(row: OnRecord) -> str:
    """The page of a row in the admin."""
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def _cell(value: Any) -> Any:
    return "—" if value is None or value == "" else value


def listed(name: str, column: str) -> Callable[[Any], str]:
    """A read-only field that lists the words of a row."""

    @admin.display(description=name)
    def words(row: Any) -> str:
        return ", ".join(getattr(part, column) for part in getattr(row, name).all()) or "—"

    return words


def amending(request: HttpRequest) -> bool:
    return getattr(request, "amending", False)


def anew(part: Recorded) -> Recorded:
    """The same part as a row that was never public."""
    fields = [f for f in part._meta.concrete_fields if f.name not in doors.BOOKKEEPING and not f.generated]
    return type(part)(**{field.name: getattr(part, field.name) for field in fields})


def rule_of(blocker: doors.Blocker) -> BrokenRule:
    """What is in the way, beside the field that the sentence begins with."""
    field, colon, sentence = blocker.rule.partition(": ")
    if colon and re.fullmatch(r"[a-z_]+", field):
        return BrokenRule(sentence, (field,))
    return BrokenRule(str(blocker))


def history_of(row: OnRecord) -> list[dict[str, Any]]:
    """Who did what to a row and when, newest first: the log of the admin and the ledger, each with its values."""
    entries = []
    log = LogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(type(row)), object_id=str(row.pk)
    ).select_related("user")
    for entry in log:
        try:
            message = json.loads(entry.change_message)
        except ValueError:
            message = []
        values: list[Any] = next((part["values"] for part in message if "values" in part), [])
        what = entry.get_change_message() if not values else "Entered" if entry.is_addition() else "Changed"
        entries.append(
            {"at": entry.action_time, "who": entry.user.get_username(), "what": what, "values": values}
        )
    changes = Change.objects.filter(collection=row.collection, object_id=row.public_id).select_related(
        "revision"
    )
    for change in changes:
        what = f"Revision {change.revision_id}: {change.action}"
        what += f", {str(change.reason).replace('_', ' ')}" if change.reason else ""
        what += f": {change.note}" if change.note else ""
        entries.append({"at": change.revision.at, "who": "the ledger", "what": what, "values": []})
    return sorted(entries, key=lambda entry: entry["at"], reverse=True)
