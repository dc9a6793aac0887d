"""The door for what must go for somebody's safety or by law."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from editing.previews import DoorPage, named
from record import publishing
from record.choices import WithdrawalReason

REASONS = [(one.value, f"{one.label}: {one.definition}") for one in WithdrawalReason if one.is_takedown]
SHOWN = 500  # rows of all that goes


class TakedownPage(DoorPage):
    """Takes rows off the record at every revision, with all that ever named them. There is no way back."""

    door = "takedown"
    title = "Take down, from the past too"
    button = "Take down"
    permission = "takedown_rows"

    def form(self, data: Any = None) -> forms.Form:
        self.covered = publishing.covered_by(self.rows)
        now, word = self.fingerprint(), self.rows[0].public_id
        seen = data.get("covers") if data is not None else now
        if data is not None:
            data = data.copy()
            data["covers"] = now
        return TakedownForm(data, initial={"covers": now}, word=word, as_seen=seen == now)

    def fingerprint(self) -> str:
        """What the page shows to be covered, so that nothing goes that nobody saw."""
        names = sorted(named(row) for row in self.covered.rows)
        return hashlib.sha256("\n".join(names).encode()).hexdigest()[:16]

    def preview(self, form: forms.Form) -> list[tuple[str, Sequence[Any]]]:
        lines = [f"{named(row)}: {row} ({why})" for row, why in self.covered.why.items()]
        more = [f"and {len(lines) - SHOWN} more"] if len(lines) > SHOWN else []
        found: list[tuple[str, Sequence[Any]]] = [
            (f"All that goes, at every revision: {len(lines)}", [*lines[:SHOWN], *more])
        ]
        if self.covered.parts:
            found.append(
                ("Parts that go, from rows that stay or go", [str(part) for part in self.covered.parts])
            )
        if self.covered.drafts:
            found.append(("Drafts that can then never be published", self.covered.drafts))
        return found

    def blockers(self, form: forms.Form) -> list[str]:
        return [
            f"{named(row)} is {row.status}." for row in self.rows if row.status in ("draft", "taken down")
        ]

    def act(self, form: forms.Form) -> str:
        given = form.cleaned_data
        rows = self.seen(self.rows)
        revision = publishing.takedown(
            *rows, reason=WithdrawalReason(given["reason"]), note=given["note"] or None
        )
        return f"Taken down in revision {revision.n}: {len(self.covered.rows)} rows, for {given['reason']}."


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

    def __init__(self, *args: Any, word: str, as_seen: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        self.word, self.as_seen = word, as_seen
        self.fields["confirmation"].help_text = f"There is no way back. To confirm, type {word}"

    def clean_confirmation(self) -> str:
        given: str = self.cleaned_data["confirmation"]
        if given.strip() != self.word:
            raise ValidationError(f"Type {self.word} to confirm.")
        return given

    def clean(self) -> dict[str, Any] | None:
        if not self.as_seen:
            raise ValidationError("More goes now than you have seen: look at it again.")
        return super().clean()
