"""A page for each publishing function: it shows what would happen before it does."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, Generic, TypeVar

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.generic import View

from editing.change_form import RowEditing
from editing.deletion import admin_url, row_url
from editing.questions import ask_in, were_looked_at
from record import publishing
from record.choices import WithdrawalReason
from record.models import ClockBehind, OnRecord

MOST_ROWS = 200  # in one go
REASONS = [
    (reason.value, f"{reason.label}: {reason.definition}")
    for reason in WithdrawalReason
    if not reason.is_takedown
]

Preview = list[tuple[str, Sequence[OnRecord | str]]]
"""What would happen: headings, each with rows or sentences."""


def public_note_field(help_text: str) -> forms.CharField:
    return forms.CharField(
        widget=forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField"}),
        required=False,
        help_text=help_text,
        max_length=2000,
    )


def reason_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        choices=[("", "Choose the reason"), *REASONS], help_text="Stands in the public ledger."
    )


def path_of(row: OnRecord) -> str:
    """The collection and the id of a row, as in its public address."""
    return f"{row.collection}/{row.public_id}"


FormT = TypeVar("FormT", bound=forms.Form)


class NotLookedAt(Exception):
    """There is something that an editor should look at first."""


class ActionPage(View, ABC, Generic[FormT]):
    """One action: the rows, what stands in the way, what would happen, and the button."""

    model_admin: RowEditing = None  # type: ignore[assignment]  # as_view() sets it, if the class has it
    action: ClassVar[str]
    title: ClassVar[str]
    button: ClassVar[str]
    permission: ClassVar[str]
    questions: Sequence[str] = ()
    """What is to be looked at twice, found when the action was tried."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        allowed = request.user.has_perm(f"record.{self.permission}")
        if not allowed or not self.model_admin.has_view_permission(request):
            raise PermissionDenied
        self.rows = self.rows_named(request)
        return super().dispatch(request, *args, **kwargs)

    def rows_named(self, request: HttpRequest) -> list[OnRecord]:
        """The rows the address names."""
        ids = list(dict.fromkeys(public_id.replace("\x00", "") for public_id in request.GET.getlist("id")))
        rows = self.model_admin.get_queryset(request).filter(public_id__in=ids[:MOST_ROWS])
        row_by_id = {row.public_id: row for row in rows}
        if not ids or len(ids) > MOST_ROWS or len(row_by_id) != len(ids):
            raise Http404
        return [row_by_id[public_id] for public_id in ids]

    def with_seen_versions(self, rows: Iterable[OnRecord]) -> list[OnRecord]:
        """The rows, each with the version that the page showed: what has changed since is refused."""
        rows = list(rows)
        for row in rows:
            version = self.request.POST.get(f"version-{path_of(row)}", "")
            row.seen_version = int(version) if version.isdecimal() and len(version) < 9 else 0
        return rows

    @abstractmethod
    def form(self, data: QueryDict | None = None) -> FormT:
        """What the page asks for. Every action has its own."""

    @abstractmethod
    def act(self, form: FormT) -> str:
        """Do it; returns what happened, as a sentence. Every action has its own."""

    def blockers(self, form: FormT) -> list[str]:
        """What stands in the way now."""
        return []

    def tried(self, trial: publishing.Trial) -> list[str]:
        """What stands in the way of an action that was tried; keeps what it would ask."""
        self.questions = trial.questions
        return [str(blocker) for blocker in trial.blockers]

    def ask(self, rows: Iterable[OnRecord]) -> None:
        """Let it be done only if the editor has looked at what these rows, public now, ask."""
        if not were_looked_at(publishing.questions(rows), self.request.POST):
            raise NotLookedAt

    def preview(self, form: FormT) -> Preview:
        return []

    def offered(self, form: FormT) -> Iterable[OnRecord]:
        """Rows that the form lets one choose."""
        return ()

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(request, self.form())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self.form(request.POST)
        if not form.is_valid() or "_preview" in request.POST:
            return self.page(request, form)
        self.changed_rows = self.rows
        try:
            with transaction.atomic():
                sentence = self.act(form)
                for row in self.changed_rows:
                    self.model_admin.log_change(request, row, sentence)
        except publishing.Blocked as blocked:
            return self.page(request, form, [str(blocker) for blocker in blocked.blockers])
        except ClockBehind as behind:
            return self.page(request, form, [str(behind)])
        except NotLookedAt:
            return self.page(request, form)
        messages.success(request, sentence)
        return HttpResponseRedirect(self.afterwards())

    def afterwards(self) -> str:
        if len(self.rows) == 1:
            return row_url(self.rows[0])
        return admin_url(self.model_admin.model, "changelist")

    def page(self, request: HttpRequest, form: FormT, refused_for: list[str] | None = None) -> HttpResponse:
        """The page as it is asked for or, if the action was refused, again with what stands in the way."""
        preview = self.preview(form)
        blockers = self.blockers(form) if refused_for is None else refused_for
        ask_in(form, self.questions)
        in_preview = [item for _, items in preview for item in items if isinstance(item, OnRecord)]
        shown_rows = [*self.rows, *in_preview, *self.offered(form)]
        context = {
            **self.model_admin.admin_site.each_context(request),
            "title": self.title,
            "opts": self.model_admin.opts,
            "button": self.button,
            "form": form,
            "rows": self.rows,
            "blockers": blockers,
            "questions": self.questions,
            "preview": preview,
            "versions": {path_of(row): row.version for row in shown_rows},
            "media": self.model_admin.media + form.media,
            "back": row_url(self.rows[0]),
        }
        status = 200 if refused_for is None else 409
        return render(request, "admin/editing/action.html", context, status=status)
