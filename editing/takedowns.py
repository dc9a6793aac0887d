"""The page for what must go for somebody's safety or by law."""

from __future__ import annotations

import hashlib
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from editing.action_page import ActionPage, Preview, path_of
from record import publishing
from record.choices import WithdrawalReason

REASONS = [
    (reason.value, f"{reason.label}: {reason.definition}")
    for reason in WithdrawalReason
    if reason.is_takedown
]
MOST_LISTED = 500  # rows of all that goes


class TakedownForm(forms.Form):
    covers = forms.CharField(widget=forms.HiddenInput)
    reason = forms.ChoiceField(
        choices=[("", "Choose the reason"), *REASONS],
        help_text="Stands in the public ledger, with collection and id; nothing else does.",
    )
    note = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField"}),
        required=False,
        max_length=2000,
        help_text="For editors only: who asked, by what right.",
    )
    confirmation = forms.CharField(widget=forms.TextInput(attrs={"autocomplete": "off"}))

    def __init__(self, *args: Any, word: str, is_as_seen: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        self.word, self.is_as_seen = word, is_as_seen
        self.fields["confirmation"].help_text = f"There is no way back. To confirm, type {word}"

    def clean_confirmation(self) -> str:
        typed: str = self.cleaned_data["confirmation"]
        if typed.strip() != self.word:
            raise ValidationError(f"Type {self.word} to confirm.")
        return typed

    def clean(self) -> dict[str, object] | None:
        if not self.is_as_seen:
            raise ValidationError("More goes now than you have seen: look at it again.")
        return super().clean()


class TakedownPage(ActionPage[TakedownForm]):
    """Takes rows off the record at every revision, with all that ever named them. There is no way back."""

    action = "takedown"
    title = "Take down, from the past too"
    button = "Take down"
    permission = "takedown_rows"

    def form(self, data: QueryDict | None = None) -> TakedownForm:
        self.covered = publishing.covered_by(self.rows)
        covered_now = self.fingerprint()
        covered_as_seen = data.get("covers") if data is not None else covered_now
        if data is not None:
            data = data.copy()
            data["covers"] = covered_now
        return TakedownForm(
            data,
            initial={"covers": covered_now},
            word=self.rows[0].public_id,
            is_as_seen=covered_as_seen == covered_now,
        )

    def fingerprint(self) -> str:
        """What the page shows to be covered, so that nothing goes that nobody saw."""
        names = sorted(path_of(row) for row in self.covered.rows)
        return hashlib.sha256("\n".join(names).encode()).hexdigest()[:16]

    def preview(self, form: TakedownForm) -> Preview:
        lines = [f"{path_of(row)}: {row} ({why})" for row, why in self.covered.why.items()]
        more = [f"and {len(lines) - MOST_LISTED} more"] if len(lines) > MOST_LISTED else []
        preview: Preview = [
            (f"All that goes, at every revision: {len(lines)}", [*lines[:MOST_LISTED], *more])
        ]
        if self.covered.parts:
            preview.append(
                ("Parts that go, from rows that stay or go", [str(part) for part in self.covered.parts])
            )
        if self.covered.drafts:
            preview.append(("Drafts that can then never be published", self.covered.drafts))
        return preview

    def blockers(self, form: TakedownForm) -> list[str]:
        return [
            f"{path_of(row)} is {row.status}." for row in self.rows if row.status in ("draft", "taken down")
        ]

    def act(self, form: TakedownForm) -> str:
        values = form.cleaned_data
        rows = self.with_seen_versions(self.rows)
        revision = publishing.takedown(
            *rows, reason=WithdrawalReason(values["reason"]), note=values["note"] or None
        )
        return f"Taken down in revision {revision.n}: {len(self.covered.rows)} rows, for {values['reason']}."
