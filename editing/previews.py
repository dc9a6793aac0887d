"""The doors in the admin: each a page that shows what would happen before it does."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.generic import View

from editing.forms import EMPTY, KnownAutocomplete
from record import publishing
from record.choices import WithdrawalReason
from record.models import ClockBehind, OnRecord, Recorded

MOST = 200  # rows in one go
REASONS = [
    (reason.value, f"{reason.label}: {reason.definition}")
    for reason in WithdrawalReason
    if not reason.is_takedown
]


def public_note(help_text: str, required: bool = False) -> forms.CharField:
    return forms.CharField(
        widget=forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField"}),
        required=required,
        help_text=help_text,
        max_length=2000,
    )


def reason() -> forms.ChoiceField:
    return forms.ChoiceField(
        choices=[("", "Choose the reason"), *REASONS], help_text="Stands in the public ledger."
    )


def named(row: OnRecord) -> str:
    return f"{row.collection}/{row.public_id}"


class DoorPage(View, ABC):
    """One door: the rows, what stands in the way, what would happen, and the button."""

    model_admin: Any = None
    door: ClassVar[str]
    title: ClassVar[str]
    button: ClassVar[str]
    permission: ClassVar[str]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not request.user.has_perm(f"record.{self.permission}") or not self.model_admin.has_view_permission(
            request
        ):
            raise PermissionDenied
        self.rows = self.asked(request)
        return super().dispatch(request, *args, **kwargs)

    def asked(self, request: HttpRequest) -> list[OnRecord]:
        """The rows the address names."""
        ids = list(dict.fromkeys(one.replace("\x00", "") for one in request.GET.getlist("id")))
        found = {
            row.public_id: row
            for row in self.model_admin.get_queryset(request).filter(public_id__in=ids[:MOST])
        }
        if not ids or len(ids) > MOST or len(found) != len(ids):
            raise Http404
        return [found[one] for one in ids]

    def seen(self, rows: Iterable[OnRecord]) -> list[OnRecord]:
        """The rows, each with the version that the page showed: a door refuses what has changed since."""
        rows = list(rows)
        for row in rows:
            version = self.request.POST.get(f"version-{named(row)}", "")
            row.seen_version = int(version) if version.isdecimal() and len(version) < 9 else 0
        return rows

    @abstractmethod
    def form(self, data: Any = None) -> forms.Form:
        """What the page asks for. Every door has its own."""

    @abstractmethod
    def act(self, form: forms.Form) -> str:
        """Pass the door; returns what happened, as a sentence. Every door has its own."""

    def blockers(self, form: forms.Form) -> list[str]:
        """What would keep the door shut now."""
        return []

    def preview(self, form: forms.Form) -> list[tuple[str, Sequence[Any]]]:
        """What would happen: headings, each with rows or texts."""
        return []

    def offered(self, form: forms.Form) -> Iterable[OnRecord]:
        """Rows that the form lets one choose."""
        return ()

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(request, self.form())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self.form(request.POST)
        if not form.is_valid() or "_preview" in request.POST:
            return self.page(request, form)
        self.moved = self.rows
        try:
            with transaction.atomic():
                done = self.act(form)
                for row in self.moved:
                    self.model_admin.log_change(request, row, done)
        except publishing.Blocked as blocked:
            return self.page(request, form, [str(one) for one in blocked.blockers])
        except ClockBehind as behind:
            return self.page(request, form, [str(behind)])
        messages.success(request, done)
        return HttpResponseRedirect(self.afterwards())

    def afterwards(self) -> str:
        if len(self.rows) == 1:
            return str(self.model_admin.url("change", self.rows[0].pk))
        return str(self.model_admin.url("changelist"))

    def page(self, request: HttpRequest, form: forms.Form, shut: list[str] | None = None) -> HttpResponse:
        opts = self.model_admin.model._meta
        preview = self.preview(form)
        listed = [one for _, items in preview for one in items if isinstance(one, OnRecord)]
        shown = {named(row): row.version for row in [*self.rows, *listed, *self.offered(form)]}
        context = {
            **self.model_admin.admin_site.each_context(request),
            "title": self.title,
            "opts": opts,
            "button": self.button,
            "form": form,
            "rows": self.rows,
            "blockers": self.blockers(form) if shut is None else shut,
            "preview": preview,
            "shown": shown,
            "media": self.model_admin.media + form.media,
            "back": self.model_admin.url("change", self.rows[0].pk),
        }
        status = 200 if shut is None else 409
        return render(request, "admin/editing/door.html", context, status=status)


class PublishPage(DoorPage):
    """Puts drafts on the record, with the drafts they name and, if ticked, drafts that rest on them."""

    door = "publish"
    title = "Put on the record"
    button = "Publish"
    permission = "publish_rows"

    class Form(forms.Form):
        with_needed = forms.BooleanField(
            initial=True,
            required=False,
            label="Publish what they point at, too",
            help_text="A row goes public only with everything it names.",
        )
        along = forms.MultipleChoiceField(
            required=False,
            label="Drafts that rest on them",
            widget=forms.CheckboxSelectMultiple,
            help_text="Ticked ones go public in the same revision.",
        )
        note = public_note("A public note in the ledger, if there is something to say.")

    def form(self, data: Any = None) -> forms.Form:
        self.resting = {named(row): row for row in self.rest_on(self.rows)}
        form = self.Form(data)
        along: Any = form.fields["along"]
        along.choices = [(key, str(row)) for key, row in self.resting.items()]
        if self.model_admin.goes_along:
            along.initial = list(self.resting)
        if not self.resting:
            del form.fields["along"]
        return form

    def rest_on(self, rows: Iterable[OnRecord]) -> list[OnRecord]:
        found = dict.fromkeys(
            draft for row in rows for draft in row.resting_drafts() if draft.supersedes_id is None
        )
        return [draft for draft in found if draft not in self.rows]

    def batch(self, form: forms.Form) -> list[OnRecord]:
        chosen = self.value(form, "along") or []
        rows = [*self.rows, *(self.resting[key] for key in chosen if key in self.resting)]
        return [*rows, *publishing.needed_by(rows)] if self.value(form, "with_needed") else rows

    def value(self, form: forms.Form, name: str) -> Any:
        if name not in form.fields:
            return None
        if form.is_bound:
            return form.cleaned_data.get(name) if form.is_valid() else None
        return form.fields[name].initial

    def blockers(self, form: forms.Form) -> list[str]:
        return [str(one) for one in publishing.blockers(*self.batch(form))]

    def preview(self, form: forms.Form) -> list[tuple[str, Sequence[Any]]]:
        others = [row for row in self.batch(form) if row not in self.rows]
        return [("Goes public with them", others)] if others else []

    def offered(self, form: forms.Form) -> Iterable[OnRecord]:
        return self.resting.values()

    def act(self, form: forms.Form) -> str:
        self.moved = batch = self.seen(self.batch(form))
        revision = publishing.publish(*batch, note=form.cleaned_data["note"] or None)
        return f"Published in revision {revision.n}: {len(batch)} row{'s' if len(batch) > 1 else ''}."


class WithdrawPage(DoorPage):
    """Takes public rows off the record, finally."""

    door = "withdraw"
    title = "Withdraw from the record"
    button = "Withdraw"
    permission = "withdraw_rows"

    def form(self, data: Any = None) -> forms.Form:
        model = self.model_admin.model
        form = forms.Form(data)
        form.fields["reason"] = reason()
        form.fields["note"] = public_note("Why, for the public: each row answers 410 with it from then on.")
        form.fields["replaced_by"] = forms.ModelChoiceField(
            model._default_manager.cited(),
            required=False,
            help_text="The public row that stands in its place.",
            widget=KnownAutocomplete(model._meta.get_field("replaced_by"), self.model_admin.admin_site),
        )
        self.resting = publishing.resting_on(self.rows)
        numbers = [
            one for row in self.rows for name in row.numbered_parts for one in getattr(row, name).all()
        ]
        if [row for row in self.resting if row not in numbers]:
            form.fields["along"] = forms.BooleanField(
                required=False, label="Withdraw what rests on them, too", help_text="All the rows below."
            )
        return form

    def preview(self, form: forms.Form) -> list[tuple[str, Sequence[Any]]]:
        return [("Public rows that rest on them", self.resting)] if self.resting else []

    def blockers(self, form: forms.Form) -> list[str]:
        return [f"{named(row)} is {row.status}." for row in self.rows if not row.is_public]

    def act(self, form: forms.Form) -> str:
        given = form.cleaned_data
        unseen = [row for row in self.seen(self.resting) if row.seen_version != row.version]
        if given.get("along") and unseen:
            raise publishing.Blocked(
                [publishing.Blocker(row, "The page did not show it so: look again.") for row in unseen]
            )
        self.moved = [*self.rows, *(self.resting if given.get("along") else ())]
        revision = publishing.withdraw(
            *self.seen(self.rows),
            reason=WithdrawalReason(given["reason"]),
            note=given["note"] or None,
            replaced_by=given["replaced_by"],
            along=given.get("along", False),
        )
        return f"Withdrawn in revision {revision.n}: {given['reason'].replace('_', ' ')}."


class CorrectPage(DoorPage):
    """Drafts a correction of a public row; or puts a drafted correction in the place of what it corrects."""

    door = "correct"
    permission = "correct_rows"

    @property
    def drafting(self) -> bool:
        return self.rows[0].status != "draft"

    @property
    def title(self) -> str:  # type: ignore[override]  # a word elsewhere; here it depends on the row
        return "Draft a correction" if self.drafting else "Put in the place of what it corrects"

    @property
    def button(self) -> str:  # type: ignore[override]  # a word elsewhere; here it depends on the row
        return "Draft" if self.drafting else "Correct"

    def form(self, data: Any = None) -> forms.Form:
        if len(self.rows) != 1:
            raise Http404
        form = forms.Form(data)
        if not self.drafting:
            form.fields["reason"] = reason()
            form.fields["note"] = public_note("What was wrong, for the public.")
            needed = publishing.needed_by(self.rows)
            if needed:
                form.fields["with_needed"] = forms.BooleanField(
                    initial=True, required=False, label="Publish what it points at first"
                )
        return form

    def blockers(self, form: forms.Form) -> list[str]:
        (row,) = self.rows
        if self.drafting:
            return [] if row.is_public else [f"{named(row)} is {row.status}."]
        with transaction.atomic():
            try:
                needed = publishing.needed_by(self.rows)
                if needed:
                    publishing.publish(*needed)
                publishing.correct(row, reason=WithdrawalReason.TYPO)
            except publishing.Blocked as blocked:
                return [str(one) for one in blocked.blockers]
            finally:
                transaction.set_rollback(True)
        return []

    def preview(self, form: forms.Form) -> list[tuple[str, Sequence[Any]]]:
        (row,) = self.rows
        if self.drafting:
            text = "A copy is made as a draft, with its parts and numbers. Nothing public changes until it is put in place."
            return [("What happens", [text])]
        earlier = row.supersedes
        if earlier is None:
            return []
        changes = [f"{label}: {old} → {new}" for label, old, new in compared(earlier, row)]
        needed = publishing.needed_by(self.rows)
        return [
            ("It would differ in", changes or ["nothing"]),
            *([("It points at drafts", needed)] if needed else []),
        ]

    def act(self, form: forms.Form) -> str:
        (row,) = self.rows
        self.seen(self.rows)
        if self.drafting:
            draft = publishing.revise(row)
            self.rows = self.moved = [draft]
            return f"Drafted as {draft.public_id}: a correction of {row.public_id}."
        given = form.cleaned_data
        if given.get("with_needed"):
            needed = self.seen(publishing.needed_by(self.rows))
            if needed:
                publishing.publish(*needed)
                self.moved = [*needed, row]
        revision = publishing.correct(
            row, reason=WithdrawalReason(given["reason"]), note=given["note"] or None
        )
        return f"Corrected in revision {revision.n}: {given['reason'].replace('_', ' ')}."


def compared(earlier: OnRecord, later: OnRecord) -> list[tuple[str, str, str]]:
    """In what a correction differs from what it corrects: its fields, its parts and its numbers."""
    found = []
    for field in later._meta.concrete_fields:
        if (
            field.name in publishing.bookkeeping_of(type(later))
            or field.generated
            or field.name == later.owner
            or field.name == "lineage_from"
        ):
            continue
        old, new = getattr(earlier, field.name), getattr(later, field.name)
        if old != new and getattr(new, "supersedes_id", None) != getattr(old, "pk", 0):
            found.append((str(field.verbose_name), _text(old), _text(new)))
    for many in later._meta.many_to_many:
        names = [", ".join(sorted(map(str, getattr(row, many.name).all()))) for row in (earlier, later)]
        if names[0] != names[1]:
            found.append((str(many.verbose_name), names[0] or EMPTY, names[1] or EMPTY))
    for name in later.parts:
        part: Any = later._meta.get_field(name).related_model
        if getattr(part, "follows_lineage", False):
            continue
        texts = [
            "; ".join(str(one) for one in getattr(row, name).all() if _counts(one))
            for row in (earlier, later)
        ]
        if texts[0] != texts[1]:
            found.append((name.replace("_", " "), texts[0] or EMPTY, texts[1] or EMPTY))
    for name in later.numbered_parts:
        olds = {one.pk: one for one in getattr(earlier, name).all() if one.is_public}
        for new in getattr(later, name).all():
            old = olds.pop(new.supersedes_id, None)
            if old is None:
                found.append((str(new._meta.verbose_name), EMPTY, str(new)))
            else:
                found += [(f"{new._meta.verbose_name} {label}", a, b) for label, a, b in compared(old, new)]
        found += [(str(old._meta.verbose_name), str(old), EMPTY) for old in olds.values()]
    return found


def _text(value: Any) -> str:
    return EMPTY if value is None else str(value)


def _counts(part: Any) -> bool:
    return not isinstance(part, Recorded) or part.withdrawn_rev_id is None
