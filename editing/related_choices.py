"""Words of a vocabulary that are kept as rows of their own, such as the methods of a strike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.db import models

from editing.fields import ReadOnlyField
from editing.forms import RuleForm


class RelatedChoicesField(forms.MultipleChoiceField):
    """Checkboxes, one for each choice of a column; each that is ticked is a row of its model."""

    widget = forms.CheckboxSelectMultiple(attrs={"class": "words"})

    def __init__(
        self, part: type[models.Model], column: str, without: Sequence[str] = (), **options: Any
    ) -> None:
        self.part, self.column = part, column
        choices = part._meta.get_field(column).choices or ()  # type: ignore[union-attr]  # it is no relation
        offered = [(word, label) for word, label in choices if word not in without]
        super().__init__(choices=offered, **{"required": False, **options})


class RelatedChoicesForm(RuleForm):
    """A form with such fields, each named like the related rows it stands for."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, field in self.related_choices():
            if self.instance.pk is not None:
                self.initial[name] = [getattr(row, field.column) for row in self.kept_rows(name)]

    def related_choices(self) -> Iterator[tuple[str, RelatedChoicesField]]:
        for name, field in self.fields.items():
            if isinstance(field, RelatedChoicesField):
                yield name, field

    def kept_rows(self, name: str) -> list[models.Model]:
        return list(getattr(self.instance, name).all())

    def chosen_rows(self, name: str) -> list[models.Model]:
        """The rows of what is ticked: those that are kept already, and new ones."""
        field = self.fields[name]
        assert isinstance(field, RelatedChoicesField)
        rows_by_word = {getattr(row, field.column): row for row in self.kept_rows(name)}
        ticked = self.cleaned_data.get(name) or []
        return [rows_by_word.get(word) or field.part(**{field.column: word}) for word in ticked]

    def _save_m2m(self) -> None:
        super()._save_m2m()  # type: ignore[misc]  # private to Django: the stubs leave it out
        for name, field in self.related_choices():
            chosen = self.chosen_rows(name)
            getattr(self.instance, name).exclude(pk__in=[row.pk for row in chosen if row.pk]).delete()
            for row in chosen:
                if row.pk is None:
                    setattr(row, str(getattr(field.part, "owner", "")), self.instance)
                    row.save()


def choices_as_text(name: str, column: str) -> ReadOnlyField:
    """A read-only field that lists what is ticked."""

    # The pages carry the name of this function as a class.
    @admin.display(description=name)
    def words(row: models.Model) -> str:
        return ", ".join(getattr(part, column) for part in getattr(row, name).all()) or "—"

    return words
