"""How what was entered for a public row becomes an amendment in the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django import forms
from django.db import models

from editing.differences import Difference
from editing.forms import PartFormSet, RowForm
from editing.related_choices import RelatedChoicesForm
from record import publishing
from record.models import Change, OnRecord, Recorded, bookkeeping_of


class Amended(NamedTuple):
    """What an amendment did."""

    differences: list[Difference]
    """The old and new values, as the ledger has them."""
    questions: list[str]
    """What an editor should look at twice, and what the row did not ask before."""


def amend(model: type[OnRecord], form: RowForm, formsets: Iterable[PartFormSet]) -> Amended:
    """Amend a row with what was entered."""
    row = model._default_manager.get(pk=form.instance.pk)
    row.seen_version = form.cleaned_data.get("seen_version")
    changed = [name for name in form.changed_data if name not in model.frozen]
    columns = {field.name for field in [*model._meta.fields, *model._meta.many_to_many]}
    changes = {name: form.cleaned_data[name] for name in changed if name in columns}
    parts: dict[str, Sequence[models.Model]] = {}
    if isinstance(form, RelatedChoicesForm):
        parts |= {name: form.chosen_rows(name) for name, _ in form.related_choices() if name in changed}
    begun: list[Recorded] = []
    ended: list[Recorded] = []
    for formset in formsets:
        if issubclass(formset.model, Recorded):
            ended += parts_to_end(formset, formset.model)
            begun += parts_to_begin(formset)
        elif formset.has_changed():
            name = str(formset.fk.remote_field.related_name)
            parts[name] = [form.instance for form in used_forms(formset) if form not in formset.deleted_forms]
    note = form.cleaned_data.get("public_note") or None
    asked_before = publishing.questions([row])
    revision = publishing.amend(row, changes, note=note, add=begun, end=ended, parts=parts)
    values_by_name = Change.objects.get(revision=revision).values or {}
    differences = [
        Difference(name, *(logged_value(value) for value in values))
        for name, values in values_by_name.items()
    ]
    asked = publishing.questions([row])
    return Amended(differences, [question for question in asked if question not in asked_before])


def logged_value(value: object) -> str:
    return "; ".join(map(str, value)) if isinstance(value, list) else str(value)


def used_forms(formset: PartFormSet) -> list[forms.ModelForm]:
    """All but the empty forms at the end."""
    return [form for form in formset.forms if form.instance.pk is not None or form.has_changed()]


def touched_forms(formset: PartFormSet) -> list[forms.ModelForm]:
    deleted = formset.deleted_forms
    return [form for form in used_forms(formset) if form in deleted or form.has_changed()]


def parts_to_end(formset: PartFormSet, model: type[Recorded]) -> list[Recorded]:
    """Parts with a public life that end, as they are on the record: a changed one ends, and begins anew."""
    keys = [form.instance.pk for form in touched_forms(formset) if form.instance.pk is not None]
    return [model._default_manager.get(pk=key) for key in keys]


def parts_to_begin(formset: PartFormSet) -> list[Recorded]:
    deleted = formset.deleted_forms
    return [as_new_part(form.instance) for form in touched_forms(formset) if form not in deleted]


def as_new_part(part: Recorded) -> Recorded:
    """The same part as a row that was never public."""
    fields = [
        field
        for field in part._meta.concrete_fields
        if field.name not in bookkeeping_of(type(part)) and not field.generated
    ]
    return type(part)(**{field.name: getattr(part, field.name) for field in fields})
