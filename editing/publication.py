"""The pages that put rows on the record and take them off it."""

from __future__ import annotations

from collections.abc import Iterable

from django import forms
from django.http import QueryDict

from editing.action_page import ActionPage, Preview, path_of, public_note_field, reason_field
from editing.widgets import KnownAutocomplete
from record import publishing
from record.choices import WithdrawalReason
from record.models import OnRecord


class PublishForm(forms.Form):
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
    note = public_note_field("A public note in the ledger, if there is something to say.")

    def offer(self, drafts: Iterable[tuple[str, OnRecord]], ticked: bool) -> None:
        choices = [(key, str(row)) for key, row in drafts]
        if not choices:
            del self.fields["along"]
            return
        along = self.fields["along"]
        assert isinstance(along, forms.MultipleChoiceField)
        along.choices = choices
        if ticked:
            along.initial = [key for key, _ in choices]

    def value(self, name: str) -> object:
        """What is chosen: at first what the page proposes, then what was sent, if it can be read."""
        if name not in self.fields:
            return None
        if self.is_bound:
            return None if name in self.errors else self.cleaned_data[name]
        return self.fields[name].initial


class PublishPage(ActionPage[PublishForm]):
    """Puts drafts on the record, with the drafts they name and, if ticked, drafts that rest on them."""

    action = "publish"
    title = "Put on the record"
    button = "Publish"
    permission = "publish_rows"

    def form(self, data: QueryDict | None = None) -> PublishForm:
        self.resting = {path_of(row): row for row in self.resting_drafts()}
        form = PublishForm(data)
        form.offer(self.resting.items(), ticked=self.model_admin.goes_along)
        return form

    def resting_drafts(self) -> list[OnRecord]:
        """Other drafts that name the rows; a correction is published in its own way."""
        drafts = dict.fromkeys(
            draft for row in self.rows for draft in row.resting_drafts() if draft.supersedes_id is None
        )
        return [draft for draft in drafts if draft not in self.rows]

    def batch(self, form: PublishForm) -> list[OnRecord]:
        """Everything that would be published together."""
        ticked = form.value("along")
        keys = ticked if isinstance(ticked, list) else []
        rows = [*self.rows, *(self.resting[key] for key in keys if key in self.resting)]
        return [*rows, *publishing.needed_by(rows)] if form.value("with_needed") else rows

    def blockers(self, form: PublishForm) -> list[str]:
        batch = self.batch(form)
        return self.tried(publishing.tried(lambda: publishing.publish(*batch), batch))

    def preview(self, form: PublishForm) -> Preview:
        others = [row for row in self.batch(form) if row not in self.rows]
        return [("Goes public with them", others)] if others else []

    def offered(self, form: PublishForm) -> Iterable[OnRecord]:
        return self.resting.values()

    def act(self, form: PublishForm) -> str:
        self.changed_rows = batch = self.with_seen_versions(self.batch(form))
        revision = publishing.publish(*batch, note=form.cleaned_data["note"] or None)
        self.ask(batch)
        return f"Published in revision {revision.n}: {len(batch)} row{'s' if len(batch) > 1 else ''}."


class WithdrawPage(ActionPage[forms.Form]):
    """Takes public rows off the record, finally."""

    action = "withdraw"
    title = "Withdraw from the record"
    button = "Withdraw"
    permission = "withdraw_rows"

    def form(self, data: QueryDict | None = None) -> forms.Form:
        model = self.model_admin.model
        form = forms.Form(data)
        form.fields["reason"] = reason_field()
        form.fields["note"] = public_note_field(
            "Why, for the public: each row answers 410 with it from then on."
        )
        form.fields["replaced_by"] = forms.ModelChoiceField(
            model._default_manager.cited(),
            required=False,
            help_text="The public row that stands in its place.",
            widget=KnownAutocomplete(model._meta.get_field("replaced_by"), self.model_admin.admin_site),
        )
        self.resting = publishing.resting_on(self.rows)
        # The numbers of a claim leave with it anyway: there is nothing to choose.
        numbers = [
            number for row in self.rows for name in row.numbered_parts for number in getattr(row, name).all()
        ]
        if [row for row in self.resting if row not in numbers]:
            form.fields["along"] = forms.BooleanField(
                required=False, label="Withdraw what rests on them, too", help_text="All the rows below."
            )
        return form

    def preview(self, form: forms.Form) -> Preview:
        return [("Public rows that rest on them", self.resting)] if self.resting else []

    def blockers(self, form: forms.Form) -> list[str]:
        return [f"{path_of(row)} is {row.status}." for row in self.rows if not row.is_public]

    def act(self, form: forms.Form) -> str:
        values = form.cleaned_data
        along = values.get("along", False)
        unseen = [row for row in self.with_seen_versions(self.resting) if row.seen_version != row.version]
        if along and unseen:
            raise publishing.Blocked(
                [publishing.Blocker(row, "The page did not show it so: look again.") for row in unseen]
            )
        self.changed_rows = [*self.rows, *(self.resting if along else ())]
        revision = publishing.withdraw(
            *self.with_seen_versions(self.rows),
            reason=WithdrawalReason(values["reason"]),
            note=values["note"] or None,
            replaced_by=values["replaced_by"],
            along=along,
        )
        return f"Withdrawn in revision {revision.n}: {values['reason'].replace('_', ' ')}."
