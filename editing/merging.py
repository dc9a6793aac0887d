"""The pages by which two rows become one, and two again."""

from __future__ import annotations

from collections.abc import Iterable

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, QueryDict

from editing.action_page import ActionPage, Preview, path_of, public_note_field
from editing.widgets import KnownAutocomplete
from record import derived, publishing
from record.models import OnRecord


class MergePage(ActionPage[forms.Form]):
    """Merges a row into another, with what lies below the two, after a look at what they differ in."""

    action = "merge"
    title = "Merge into another row"
    button = "Merge"
    permission = "merge_rows"

    def form(self, data: QueryDict | None = None) -> forms.Form:
        if len(self.rows) != 1:
            raise Http404
        (row,) = self.rows
        model = self.model_admin.model
        survivors = model._default_manager.published()
        self.survivor = self.survivor_in(data)
        self.pairs: dict[str, tuple[OnRecord, OnRecord]] = {}
        self.is_unseen = False
        if data is not None and self.survivor is not None:
            self.pairs = {
                f"{path_of(merged_away)} → {path_of(merged_into)}": (merged_away, merged_into)
                for merged_away, merged_into in derived.pairs_below(row, self.survivor)
            }
            self.is_unseen = data.get("looked_at") != self.survivor.public_id
            if self.is_unseen:
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
                choices=[
                    (key, f"{merged_away} → {merged_into} ({key})")
                    for key, (merged_away, merged_into) in self.pairs.items()
                ],
                required=False,
                label="Merged with them",
                widget=forms.CheckboxSelectMultiple,
                help_text="Ticked ones are merged in the same revision, and undone with it.",
            )
        form.fields["note"] = public_note_field("Why they are one, for the public.")
        return form

    def survivor_in(self, data: QueryDict | None) -> OnRecord | None:
        """The row that was chosen, if it is one that may be."""
        key = data.get("survivor", "") if data is not None else ""
        if not (key.isdecimal() and len(key) < 19):  # a longer one is too much for the database
            return None
        return self.model_admin.model._default_manager.published().filter(pk=int(key)).first()

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self.form(request.POST)
        if self.is_unseen:
            return self.page(request, form)  # nobody merges what they have not looked at
        return super().post(request)

    def chosen_pairs(self, form: forms.Form) -> list[tuple[OnRecord, OnRecord]]:
        keys = form.cleaned_data.get("pairs", ()) if form.is_valid() else ()
        return [self.pairs[key] for key in keys]

    def offered(self, form: forms.Form) -> Iterable[OnRecord]:
        return dict.fromkeys(row for pair in self.pairs.values() for row in pair)

    def blockers(self, form: forms.Form) -> list[str]:
        if self.survivor is None:
            return []
        return [str(blocker) for blocker in self.merge_preview.blockers]

    def preview(self, form: forms.Form) -> Preview:
        if self.survivor is None:
            return []
        self.merge_preview = merge = publishing.conflicts_of(
            self.rows[0], self.survivor, self.chosen_pairs(form)
        )
        differences = [f"{label}: {loser} | {survivor}" for label, loser, survivor in merge.differences]
        counts = [f"{label}: {loser} | {survivor}" for label, loser, survivor in merge.counts]
        states = [f"{row} ({path_of(row)}): {old} → {new}" for row, old, new in merge.states]
        return [
            ("It would stand for both", [self.survivor]),
            ("They differ in (this row | the survivor, which stands)", differences or ["nothing"]),
            ("Public rows that name them (this row | the survivor)", counts or ["none"]),
            ("How points at issue would stand", states or ["as they do"]),
        ]

    def act(self, form: forms.Form) -> str:
        assert self.survivor is not None
        pairs = self.chosen_pairs(form)
        loser, survivor = self.with_seen_versions([self.rows[0], self.survivor])
        self.with_seen_versions(row for pair in pairs for row in pair)
        self.changed_rows = [loser, *(merged_away for merged_away, _ in pairs)]
        note = form.cleaned_data["note"] or None
        revision = publishing.merge(loser, survivor, *pairs, note=note)
        along = f", with {len(pairs)} below it" if pairs else ""
        return f"Merged into {survivor.public_id} in revision {revision.n}{along}."


class UnmergePage(ActionPage[forms.Form]):
    """Undoes a merge: exactly what it did, with the pairs that were merged along."""

    action = "unmerge"
    title = "Undo the merge"
    button = "Undo"
    permission = "merge_rows"

    def form(self, data: QueryDict | None = None) -> forms.Form:
        if len(self.rows) != 1:
            raise Http404
        self.ending_merges = publishing.undone_with(self.rows[0])
        form = forms.Form(data)
        form.fields["note"] = public_note_field("Why they are two after all, for the public.")
        return form

    def preview(self, form: forms.Form) -> Preview:
        sentences = [
            f"{merge.collection}/{merge.loser} stands apart from {merge.survivor} again"
            for merge in self.ending_merges
        ]
        return [("What happens", sentences)] if sentences else []

    def blockers(self, form: forms.Form) -> list[str]:
        return [] if self.ending_merges else [f"{path_of(self.rows[0])} is not merged into another row."]

    def act(self, form: forms.Form) -> str:
        (row,) = self.with_seen_versions(self.rows)
        revision = publishing.unmerge(row, note=form.cleaned_data["note"] or None)
        return f"The merge was undone in revision {revision.n}."
