"""A row of the record in the admin: drafts are edited, what is public changes only by publishing functions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, Q, QuerySet
from django.forms.formsets import BaseFormSet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path
from django.utils.html import format_html

from api.views import PREFIX
from editing.action_page import MOST_ROWS, ActionPage
from editing.change_form import RowEditing
from editing.conflicts import Conflict, parts_added_meanwhile
from editing.corrections import CorrectPage
from editing.deletion import admin_url, row_url
from editing.differences import differences
from editing.fields import display_relations, reference_fields
from editing.history import history_of
from editing.lists import MOST_LISTED, ForgivingChangeList, RowList, state_of
from editing.merging import MergePage, UnmergePage
from editing.publication import PublishPage, WithdrawPage
from editing.request_state import editing_of
from editing.takedowns import TakedownPage
from record.models import Merge, OnRecord
from record.search import folded_words

ACTION_PAGES: Sequence[type[ActionPage]] = [
    PublishPage,
    WithdrawPage,
    CorrectPage,
    MergePage,
    UnmergePage,
    TakedownPage,
]


class RecordAdmin(ForgivingChangeList, RowEditing):
    """A collection of the record.

    A draft is edited like any row. What is public is only read here: each button opens the page of an action,
    and `amend` shows the same form again with the fields that may change in public.
    """

    list_per_page = 50
    show_full_result_count = False
    search_fields = ["public_id"]
    searched_as_written: ClassVar[Sequence[str]] = ()
    """Texts in which words are looked for as they are, where a collection has no folded ones."""
    search_help_text = "Names and aliases in any script, words, or an id."
    change_form_template = "admin/editing/change_form.html"
    object_history_template = "admin/editing/object_history.html"
    list_prefetch_related: ClassVar[Sequence[str | Prefetch]] = ()
    """What the columns of the list read, as `list_select_related` for rows that are many."""
    lists: ClassVar[Sequence[RowList]] = ()

    # Lists --------------------------------------------------------------------------------------

    def get_queryset(self, request: HttpRequest) -> QuerySet[OnRecord]:
        rows = super().get_queryset(request)
        relations = display_relations(self.model, reference_fields(self.model, many=False))
        # select_related() without a name would load every relation there is
        rows = rows.select_related(*relations) if relations else rows
        return rows.prefetch_related(*self.list_prefetch_related)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[OnRecord], search_term: str
    ) -> tuple[QuerySet[OnRecord], bool]:
        """Rows in which every word of the search is found, wherever."""
        is_folded = any(field.name == "search_text" for field in self.model._meta.fields)
        for term in search_term.replace("\x00", " ").split():
            hit = Q(public_id__icontains=term)
            for name in self.searched_as_written:
                hit |= Q(**{f"{name}__icontains": term})
            for word in folded_words(term) if is_folded else ():
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
        for name, permission in (("to_publish", "publish_rows"), ("to_withdraw", "withdraw_rows")):
            if not request.user.has_perm(f"record.{permission}"):
                actions.pop(name, None)
        return actions

    actions = ["to_publish", "to_withdraw"]

    @admin.action(description="Put on the record …")
    def to_publish(self, request: HttpRequest, rows: QuerySet[OnRecord]) -> HttpResponse | None:
        return self.to_action_page("publish", request, rows)

    @admin.action(description="Withdraw from the record …")
    def to_withdraw(self, request: HttpRequest, rows: QuerySet[OnRecord]) -> HttpResponse | None:
        return self.to_action_page("withdraw", request, rows)

    def to_action_page(
        self, action: str, request: HttpRequest, rows: QuerySet[OnRecord]
    ) -> HttpResponse | None:
        chosen = list(rows[: MOST_ROWS + 1])
        if len(chosen) <= MOST_ROWS:
            return HttpResponseRedirect(self.action_url(action, chosen))
        self.message_user(request, f"Choose at most {MOST_ROWS} rows at a time.", messages.ERROR)
        return None

    # What the pages show besides -------------------------------------------------------------------

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: OnRecord | None = None,
    ) -> HttpResponse:
        editing = editing_of(request)
        if editing.conflict is not None:
            context |= self.conflict_context(editing.conflict, context, obj)
        elif editing.is_shown_again:
            context["amended"] = editing.amended
        if obj is not None:
            context |= self.row_context(request, obj)
            may_delete = context.pop("show_delete", True) and self.has_delete_permission(request, obj)
            context["deletion"] = self.deletion_url(obj) if may_delete else None
            context["show_delete"] = False  # the link to ask for it names the version
        context["amending"] = editing.is_amendment
        if editing.is_amendment:
            context["title"] = f"Amend {self.opts.verbose_name}"
            context["show_save"] = context["show_save_and_add_another"] = False
        return super().render_change_form(request, context, add, change, form_url, obj)

    def conflict_context(
        self, conflict: Conflict, context: dict[str, Any], row: OnRecord | None
    ) -> dict[str, object]:
        """Both versions side by side; and the form, which is sent again with the version that is there now."""
        form = context["adminform"].form
        formsets = [inline.formset for inline in context["inline_admin_formsets"]]
        form.data = form.data.copy()
        form.data["seen_version"] = str(row.version) if row is not None else ""
        added = [part for formset in formsets for part in parts_added_meanwhile(formset)]
        versions: dict[str, object] = {
            "conflict": [*differences(form, formsets), *added],
            "conflict_how": conflict.how,
        }
        if conflict.how == "overtaken":
            versions |= {"show_save": False, "show_save_and_continue": False, "show_delete": False}
        return versions

    def row_context(self, request: HttpRequest, row: OnRecord) -> dict[str, object]:
        """What became of a row, what an editor may do with it, and what rests on it."""
        is_amendment = editing_of(request).is_amendment
        correction = getattr(row, "superseded_by", None)
        context: dict[str, object] = {
            "state": state_of(row),
            "row_actions": [] if is_amendment else self.row_actions(request, row),
            "withdrawal_note": row.withdrawal_note,
            "survivor": row.canonical if row.is_public and row.canonical != row else None,
            "correction": correction if correction and correction.status == "draft" else None,
        }
        if row.owner:
            whole = getattr(row, row.owner)
            context |= {"whole": whole, "whole_address": row_url(whole)}
        if not is_amendment:
            context["row_lists"] = [self.row_list(request, row_list, row) for row_list in self.lists]
        return context

    def row_list(self, request: HttpRequest, row_list: RowList, row: OnRecord) -> dict[str, object]:
        model = row_list.of
        relations = [*display_relations(model), *row_list.load]
        rows = model._default_manager.filter(**{row_list.by: row}, withdrawn_rev=None).order_by(
            *row_list.order
        )
        rows = rows.select_related(*relations) if relations else rows
        listed = list(rows.prefetch_related(*row_list.prefetch)[: MOST_LISTED + 1])
        may_add = (
            row_list.addable
            and row.withdrawn_rev_id is None
            and request.user.has_perm(f"{model._meta.app_label}.add_{model._meta.model_name}")
        )
        adding = (
            f"{admin_url(model, 'add')}?{row_list.by}={row.pk}{self.prefilled(row_list, row)}"
            if may_add
            else None
        )
        return {
            "title": row_list.title,
            "columns": [*row_list.columns, "state"],
            "rows": [
                (
                    row_url(resting),
                    resting.public_id,
                    [*(_cell(column(resting)) for column in row_list.columns.values()), state_of(resting)],
                )
                for resting in listed[:MOST_LISTED]
            ],
            "all": f"{admin_url(model, 'changelist')}?{row_list.by}__id__exact={row.pk}"
            if len(listed) > MOST_LISTED
            else None,
            "add": adding,
        }

    def prefilled(self, row_list: RowList, row: OnRecord) -> str:
        """What else the form of a new row of a list begins with, as a part of its address."""
        return ""

    def row_actions(self, request: HttpRequest, row: OnRecord) -> list[tuple[str, str]]:
        """The buttons of a row: what this editor may do with it, each with its address."""
        allowed = {
            action
            for action in ("publish", "amend", "correct", "withdraw", "merge", "takedown")
            if request.user.has_perm(f"record.{action}_rows")
        }
        buttons = []
        if row.status == "draft":
            action, label = (
                ("publish", "Publish") if row.supersedes_id is None else ("correct", "Put in its place")
            )
            if action in allowed and self.publishes_alone(row):
                buttons.append((label, self.action_url(action, [row])))
        elif row.is_public:
            buttons += self.actions_in_public(row, allowed)
        if "takedown" in allowed and row.published_rev_id is not None and row.taken_down_rev_id is None:
            buttons.append(("Take down", self.action_url("takedown", [row])))
        return buttons

    def actions_in_public(self, row: OnRecord, allowed: Collection[str]) -> Iterator[tuple[str, str]]:
        if "amend" in allowed:
            yield "Amend", admin_url(row, "amend", row.pk)
        is_drafted = getattr(row, "superseded_by", None) is not None
        if "correct" in allowed and row._meta.get_field("public_id").has_default() and not is_drafted:
            yield "Correct", self.action_url("correct", [row])
        if "withdraw" in allowed:
            yield "Withdraw", self.action_url("withdraw", [row])
        if "merge" in allowed and row.mergeable:
            is_merged = row.canonical != row
            label, action = ("Undo the merge", "unmerge") if is_merged else ("Merge", "merge")
            yield label, self.action_url(action, [row])

    def publishes_alone(self, row: OnRecord) -> bool:
        """Whether a draft goes public by itself: the numbers of a claim go with it, unless it is public."""
        return row.owner is None or (row.supersedes_id is not None and getattr(row, row.owner).is_public)

    def get_view_on_site_url(self, obj: OnRecord | None = None) -> str | None:
        if obj is None or obj.published_rev_id is None:
            return None
        return f"{PREFIX}{self.model.collection}/{obj.public_id}/"

    def construct_change_message(
        self, request: HttpRequest, form: forms.Form, formsets: Iterable[BaseFormSet], add: bool = False
    ) -> list[dict[str, Any]]:
        editing = editing_of(request)
        saved = [] if editing.is_amendment else formsets
        message = super().construct_change_message(request, form, saved, add)
        values = editing.amended or editing.differences
        return [*message, {"values": values}] if values else message

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        row = self.get_object(request, unquote(object_id))
        entries = history_of(row) if row is not None else []
        return super().history_view(request, object_id, {**(extra_context or {}), "entries": entries})

    # The pages of actions ---------------------------------------------------------------------------

    def action_url(self, action: str, rows: Iterable[OnRecord]) -> str:
        return f"{admin_url(self.model, action)}?{'&'.join(f'id={row.public_id}' for row in rows)}"

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        amend = path(
            "<path:object_id>/amend/", self.admin_site.admin_view(self.amend_view), name=f"{name}_amend"
        )
        pages = [
            path(
                f"{page.action}/",
                self.admin_site.admin_view(page.as_view(model_admin=self)),
                name=f"{name}_{page.action}",
            )
            for page in ACTION_PAGES
        ]
        return [*pages, amend, *super().get_urls()]

    def amend_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The change form of a public row, with the fields that may change in public."""
        row = self.get_object(request, unquote(object_id))
        if row is None:
            raise Http404
        editing_of(request).is_amendment = True
        withdrawn_meanwhile = request.method == "POST" and row.withdrawn_rev_id is not None
        if not self.may_amend(request) or not (row.is_public or withdrawn_meanwhile):
            raise PermissionDenied
        return self.changeform_view(request, object_id)

    def response_change(self, request: HttpRequest, obj: OnRecord) -> HttpResponse:
        if editing_of(request).is_amendment:
            if not editing_of(request).is_undone:
                self.message_user(request, format_html("“{}” was amended.", str(obj)))
            return HttpResponseRedirect(row_url(obj))
        return super().response_change(request, obj)


def _cell(value: object) -> object:
    return "—" if value is None or value == "" else value
