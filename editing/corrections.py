"""The page that drafts a correction, shows what it would change, and puts it in place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django import forms
from django.db import models
from django.http import Http404, QueryDict

from editing.action_page import ActionPage, Preview, path_of, public_note_field, reason_field
from editing.differences import EMPTY, Difference
from record import publishing
from record.choices import WithdrawalReason
from record.models import OnRecord, Recorded, bookkeeping_of


class CorrectPage(ActionPage[forms.Form]):
    """Drafts a correction of a public row; or puts a drafted correction in the place of what it corrects."""

    action = "correct"
    permission = "correct_rows"

    @property
    def is_drafting(self) -> bool:
        return self.rows[0].status != "draft"

    @property
    def title(self) -> str:  # type: ignore[override]  # a word elsewhere; here it depends on the row
        return "Draft a correction" if self.is_drafting else "Put in the place of what it corrects"

    @property
    def button(self) -> str:  # type: ignore[override]  # a word elsewhere; here it depends on the row
        return "Draft" if self.is_drafting else "Correct"

    def form(self, data: QueryDict | None = None) -> forms.Form:
        if len(self.rows) != 1:
            raise Http404
        form = forms.Form(data)
        if not self.is_drafting:
            form.fields["reason"] = reason_field()
            form.fields["note"] = public_note_field("What was wrong, for the public.")
            if publishing.needed_by(self.rows):
                form.fields["with_needed"] = forms.BooleanField(
                    initial=True, required=False, label="Publish what it points at first"
                )
        return form

    def blockers(self, form: forms.Form) -> list[str]:
        (row,) = self.rows
        if self.is_drafting:
            return [] if row.is_public else [f"{path_of(row)} is {row.status}."]
        needed = publishing.needed_by(self.rows)

        def correct() -> None:
            if needed:
                publishing.publish(*needed)
            publishing.correct(row, reason=WithdrawalReason.TYPO)

        return self.tried(publishing.tried(correct, [*needed, row]))

    def preview(self, form: forms.Form) -> Preview:
        (row,) = self.rows
        if self.is_drafting:
            text = "A copy is made as a draft, with its parts and numbers. Nothing public changes until it is put in place."
            return [("What happens", [text])]
        earlier = row.supersedes
        if earlier is None:
            return []
        changes = [f"{label}: {old} → {new}" for label, old, new in differences_between(earlier, row)]
        needed = publishing.needed_by(self.rows)
        preview: Preview = [("It would differ in", changes or ["nothing"])]
        return [*preview, ("It points at drafts", needed)] if needed else preview

    def act(self, form: forms.Form) -> str:
        (row,) = self.with_seen_versions(self.rows)
        if self.is_drafting:
            draft = publishing.revise(row)
            self.rows = self.changed_rows = [draft]
            return f"Drafted as {draft.public_id}: a correction of {row.public_id}."
        values = form.cleaned_data
        if values.get("with_needed"):
            needed = self.with_seen_versions(publishing.needed_by(self.rows))
            if needed:
                publishing.publish(*needed)
                self.changed_rows = [*needed, row]
        revision = publishing.correct(
            row, reason=WithdrawalReason(values["reason"]), note=values["note"] or None
        )
        self.ask(self.changed_rows)
        return f"Corrected in revision {revision.n}: {values['reason'].replace('_', ' ')}."


def differences_between(earlier: OnRecord, later: OnRecord) -> Iterator[Difference]:
    """In what a correction differs from what it corrects: its fields, its parts and its numbers."""
    yield from _differences_in_columns(earlier, later)
    for many in later._meta.many_to_many:
        before, after = (sorted(map(str, getattr(row, many.name).all())) for row in (earlier, later))
        yield from _if_different(str(many.verbose_name), ", ".join(before), ", ".join(after))
    for name in later.parts:
        part = later._meta.get_field(name).related_model
        if not getattr(part, "follows_lineage", False):  # parts that do hang on the first row of the chain
            label = name.replace("_", " ")
            yield from _if_different(label, _parts_as_text(earlier, name), _parts_as_text(later, name))
    for name in later.numbered_parts:
        yield from _differences_in_numbers(getattr(earlier, name).all(), getattr(later, name).all())


def _differences_in_columns(earlier: OnRecord, later: OnRecord) -> Iterator[Difference]:
    kept_for_us = {*bookkeeping_of(type(later)), later.owner, "lineage_from"}
    for field in later._meta.concrete_fields:
        if field.name in kept_for_us or field.generated:
            continue
        before, after = getattr(earlier, field.name), getattr(later, field.name)
        # A number may name another of its claim: the copy names the copy, which is no difference.
        is_its_copy = getattr(after, "supersedes_id", None) == getattr(before, "pk", 0)
        if before != after and not is_its_copy:
            yield Difference(str(field.verbose_name), _as_text(before), _as_text(after))


def _differences_in_numbers(earlier: Iterable[OnRecord], later: Iterable[OnRecord]) -> Iterator[Difference]:
    numbers_before = {number.pk: number for number in earlier if number.is_public}
    for number in later:
        kind = str(number._meta.verbose_name)
        before = numbers_before.pop(number.supersedes_id, None) if number.supersedes_id else None
        if before is None:
            yield Difference(kind, EMPTY, str(number))
        else:
            for label, old, new in differences_between(before, number):
                yield Difference(f"{kind} {label}", old, new)
    for number in numbers_before.values():
        yield Difference(str(number._meta.verbose_name), str(number), EMPTY)


def _if_different(label: str, before: str, after: str) -> Iterator[Difference]:
    if before != after:
        yield Difference(label, before or EMPTY, after or EMPTY)


def _parts_as_text(row: OnRecord, name: str) -> str:
    return "; ".join(str(part) for part in getattr(row, name).all() if not _has_ended(part))


def _has_ended(part: models.Model) -> bool:
    return isinstance(part, Recorded) and part.withdrawn_rev_id is not None


def _as_text(value: object) -> str:
    return EMPTY if value is None else str(value)
