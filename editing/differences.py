"""What was entered in a form beside what was there before, as people write it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from django import forms
from django.db import models

from editing.forms import PartFormSet
from record.models import OnRecord

EMPTY = "—"


class Difference(NamedTuple):
    """One line of a table of changes."""

    label: str
    before: str
    after: str


def differences(form: forms.ModelForm, formsets: Iterable[PartFormSet] = ()) -> list[Difference]:
    """What a form would change: its fields, and then the rows of its inlines."""
    in_fields = [
        Difference(str(form[name].label), text_before(form, name), text_entered(form, name))
        for name in form.changed_data
        if name != "seen_version"
    ]
    return [*in_fields, *(line for formset in formsets for line in differences_of_parts(formset))]


def differences_of_parts(formset: PartFormSet) -> Iterator[Difference]:
    """A line for each row of an inline that is added, changed or removed."""
    for form in formset.forms:
        row = form.instance
        kind = str(formset.model._meta.verbose_name)
        if isinstance(row, OnRecord) and row.pk is not None:
            kind += f" {row.public_id}"
        if formset.can_delete and formset._should_delete_form(form):  # type: ignore[attr-defined]  # private to Django
            if row.pk is not None:
                yield Difference(kind, str(row), "removed")
        elif form.has_changed():
            after = [f"{form[name].label}: {text_entered(form, name)}" for name in form.changed_data]
            before = [
                f"{form[name].label}: {text_before(form, name)}"
                for name in form.changed_data
                if row.pk is not None
            ]
            yield Difference(kind, "; ".join(before) or EMPTY, "; ".join(after))


def text_before(form: forms.ModelForm, name: str) -> str:
    return value_as_text(form.initial.get(name), form.fields[name])


def text_entered(form: forms.ModelForm, name: str) -> str:
    """What was entered in a field, even if it could not be read."""
    value = getattr(form, "cleaned_data", {}).get(name, form[name].data)
    return value_as_text(value, form.fields[name])


def value_as_text(value: object, field: forms.Field) -> str:
    """A value of a field as a reader would write it."""
    if value in (None, "", []):
        return EMPTY
    if isinstance(value, models.Model):
        return str(value)
    if isinstance(field, forms.ModelMultipleChoiceField):
        assert isinstance(value, Iterable)
        return ", ".join(sorted(map(str, rows_of(field, value)))) or EMPTY
    if isinstance(field, forms.ModelChoiceField):
        return ", ".join(map(str, rows_of(field, [value]))) or EMPTY
    if isinstance(value, (list, tuple)):
        return ", ".join(map(str, value))
    return str(value)


def rows_of(field: forms.ModelChoiceField, values: Iterable[object]) -> Iterable[object]:
    """The rows that a field holds, whether as rows or as their keys; keys that are none are left out."""
    values = list(values)
    if all(isinstance(value, models.Model) for value in values):
        return values
    assert field.queryset is not None
    return field.queryset.filter(pk__in=[str(key) for key in values if str(key).isdigit()])
