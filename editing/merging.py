"""The doors by which two rows become one, and two again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse

from editing.forms import KnownAutocomplete
from editing.previews import DoorPage, named, public_note
from record import derived, publishing
from record.models import OnRecord


class MergePage(DoorPage):
    """Merges a row into another, with what lies below the two, after a look at what they differ in."""

    door = "merge"
    title = "Merge into another row"
    button = "Merge"
    permission = "merge_rows"

    def form(self, data: Any = None) -> forms.Form:
        if len(self.rows) != 1:
            raise Http404
        (row,) = self.rows
        model = self.model_admin.model
        survivors = model._default_manager.published()
        chosen = str(data.get("survivor", "")) if data is not None else ""
        self.survivor = (
            survivors.filter(pk=int(chosen)).first() if chosen.isdecimal() and len(chosen) < 19 else None
        )
        self.pairs: dict[str, tuple[OnRecord, OnRecord]] = {}
        if self.survivor is not None:
            below = derived.pairs_below(row, self.survivor)
            self.pairs = {f"{named(one)} → {named(other)}": (one, other) for one, other in below}
            self.unseen = data.get("looked_at") != self.survivor.public_id
            if self.unseen:
                data = data.copy()
                data["looked_at"] = self.survivor.public_id
                data.setlist("pairs", list(self.pairs))
        form = forms.Form(data)
        form.fields["survivor"] = forms.ModelChoiceField(
            survivors,
            help_text="The public row that stands for both from then on.",
            widget=KnownAutocomplete(model._meta.get_field("replaced_by"), self.model_admin.admin_site),
        )
        form.fields["looked_at"] = forms.CharField(required=False, widget=forms.HiddenInput)
        if self.pairs:
            form.fields["pairs"] = forms.MultipleChoiceField(
                choices=[(key, f"{one} → {other} ({key})") for key, (one, other) in self.pairs.items()],
                required=False,
                label="Merged with them",
                widget=forms.CheckboxSelectMultiple,
                help_text="Ticked ones are merged in the same revision, and undone with it.",
            )
        form.fields["note"] = public_note("Why they are one, for the public.")
        return form

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self.form(request.POST)
        if self.survivor is not None and self.unseen:
            return self.page(request, form)  # nobody merges what they have not looked at
        return super().post(request)

    def chosen(self, form: forms.Form) -> list[tuple[OnRecord, OnRecord]]:
        keys = form.cleaned_data.get("pairs", ()) if form.is_valid() else ()
        return [self.pairs[key] for key in keys]

    def offered(self, form: forms.Form) -> Iterable[OnRecord]:
        return dict.fromkeys(row for pair in self.pairs.values() for row in pair)

    def blockers(self, form: forms.Form) -> list[str]:
        return [str(one) for one in self.found.blockers] if self.survivor is not None else []

    def preview(self, form: forms.Form) -> list[tuple[str, Sequence[Any]]]:
        if self.survivor is None:
            return []
        self.found = publishing.conflicts_of(self.rows[0], self.survivor, self.chosen(form))
        differences = [f"{label}: {mine} | {theirs}" for label, mine, theirs in self.found.differences]
        counts = [f"{label}: {mine} | {theirs}" for label, mine, theirs in self.found.counts]
        states = [f"{row} ({named(row)}): {old} → {new}" for row, old, new in self.found.states]
        return [
            ("It would stand for both", [self.survivor]),
            ("They differ in (this row | the survivor, which stands)", differences or ["nothing"]),
            ("Public rows that name them (this row | the survivor)", counts or ["none"]),
            ("How points at issue would stand", states or ["as they do"]),
        ]

    def act(self, form: forms.Form) -> str:
        assert self.survivor is not None
        pairs = self.chosen(form)
        loser, survivor = self.seen([self.rows[0], self.survivor])
        self.seen(row for pair in pairs for row in pair)
        self.moved = [loser, *(one for one, _ in pairs)]
        note = form.cleaned_data["note"] or None
        revision = publishing.merge(loser, survivor, *pairs, note=note)
        along = f", with {len(pairs)} below it" if pairs else ""
        return f"Merged into {survivor.public_id} in revision {revision.n}{along}."


class UnmergePage(DoorPage):
    """Undoes a merge: exactly what it did, with the pairs that were merged along."""

    door = "unmerge"
    title = "Undo the merge"
    button = "Undo"
    permission = "merge_rows"

    def form(self, data: Any = None) -> forms.Form:
        if len(self.rows) != 1:
            raise Http404
        self.ended = publishing.undone_with(self.rows[0])
        form = forms.Form(data)
        form.fields["note"] = public_note("Why they are two after all, for the public.")
        return form

    def preview(self, form: forms.Form) -> list[tuple[str, Sequence[Any]]]:
        ended = [f"{one.collection}/{one.loser} stands apart from {one.survivor} again" for one in self.ended]
        return [("What happens", ended)] if ended else []

    def blockers(self, form: forms.Form) -> list[str]:
        return [] if self.ended else [f"{named(self.rows[0])} is not merged into another row."]

    def act(self, form: forms.Form) -> str:
        (row,) = self.seen(self.rows)
        revision = publishing.unmerge(row, note=form.cleaned_data["note"] or None)
        return f"The merge was undone in revision {revision.n}."
