"""A row of the record in the admin: drafts are edited, what is public only goes through the doors."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.html import format_html

from api.views import PREFIX
from editing.change_form import RowEditing
from editing.conflicts import theirs_alone
from editing.fields import needs, reference_fields
from editing.forms import differences
from editing.history import history_of
from editing.lists import SHOWN, ForgivingChangeList, RowList, state_of
from editing.merging import MergePage, UnmergePage
from editing.previews import MOST, CorrectPage, PublishPage, WithdrawPage
from editing.request_state import editing_of
from editing.takedowns import TakedownPage
from record.models import Merge, OnRecord
from record.search import folded_words


class RecordAdmin(ForgivingChangeList, RowEditing):
    """A collection of the record.

    A draft is edited like any row. What is public is only read here: buttons lead to the doors, and
    `amend` shows the same form again with the fields that may change in public.
    """

    list_per_page = 50
    show_full_result_count = False
    search_fields: ClassVar[Any] = ["public_id"]
    searched_as_written: ClassVar[Sequence[str]] = ()
    """Texts in which words are looked for as they are, where a collection has no folded ones."""
    search_help_text = "Names and aliases in any script, words, or an id."
    change_form_template = "admin/editing/change_form.html"
    object_history_template = "admin/editing/object_history.html"
    lists: ClassVar[Sequence[RowList]] = ()
    goes_along: ClassVar[bool] = False
    """Whether drafts that rest on a row are ticked when it is published, as the claims of a report."""

    # Lists --------------------------------------------------------------------------------------

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        related = needs(self.model, reference_fields(self.model, many=False))
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
        editing = editing_of(request)
        conflict = editing.conflict
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
        elif editing.is_shown_again:
            context["amended"] = editing.amended
        if obj is not None:
            context["state"] = state_of(obj)
            deletable = context.pop("show_delete", True) and self.has_delete_permission(request, obj)
            context["deletion"] = self.deletion_url(obj) if deletable else None
            context["show_delete"] = False  # the link to ask for it names the version
            context["record_doors"] = [] if editing.is_amendment else self.open_doors(request, obj)
            context["withdrawal_note"] = obj.withdrawal_note
            context["survivor"] = obj.canonical if obj.is_public and obj.canonical != obj else None
            correction = getattr(obj, "superseded_by", None)
            context["correction"] = correction if correction and correction.status == "draft" else None
            if obj.owner:
                context["whole"] = whole = getattr(obj, obj.owner)
                context["whole_address"] = address(whole)
            if not editing.is_amendment:
                context["row_lists"] = [self.row_list(request, one, obj) for one in self.lists]
        context["amending"] = editing.is_amendment
        if editing.is_amendment:
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
                merged = row.canonical != row
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
        editing = editing_of(request)
        saved = [] if editing.is_amendment else formsets
        message = super().construct_change_message(request, form, saved, add)
        values = editing.amended or editing.differences
        return [*message, {"values": values}] if values else message

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        row = self.get_object(request, unquote(object_id))
        entries = history_of(row) if row is not None else []
        return super().history_view(request, object_id, {**(extra_context or {}), "entries": entries})

    # The doors ------------------------------------------------------------------------------------------

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
        editing_of(request).is_amendment = True
        withdrawn_meanwhile = request.method == "POST" and row.withdrawn_rev_id is not None
        if not self.may_amend(request) or not (row.is_public or withdrawn_meanwhile):
            raise PermissionDenied
        return self.changeform_view(request, object_id)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        if editing_of(request).is_amendment:
            if "_preview" not in request.POST:
                self.message_user(request, format_html("“{}” was amended.", str(obj)))
            return HttpResponseRedirect(self.url("change", obj.pk))
        return super().response_change(request, obj)


def address(row: OnRecord) -> str:
    """The page of a row in the admin."""
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def _cell(value: Any) -> Any:
    return "—" if value is None or value == "" else value
