"""The forms of editors: every rule said beside its field, and no change of a colleague overwritten unseen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.db.models import UniqueConstraint, Value
from django.forms.formsets import DELETION_FIELD_NAME
from django.forms.models import BaseInlineFormSet, InlineForeignKeyField, construct_instance

from editing.widgets import KnownAutocomplete, KnownAutocompletes, unwrapped
from record.models import OnRecord
from record.saving import BrokenRule, broken_rules, fields_of


def on_every_calendar(value: dt.date) -> None:
    """The first and the last year there is have no other time zones to be read in."""
    if not dt.MINYEAR < value.year < dt.MAXYEAR:
        raise ValidationError("That is not a year of this record.")


class RuleForm(forms.ModelForm):
    """A form that says which rule of the database a row would break, beside a field that the rule looks at.

    Django leaves out a rule that looks at a field the form does not show; this one does not.
    """

    rules_broken_before: ClassVar[Sequence[BrokenRule]] = ()
    """What the database, or a publishing function, had against the same form a moment ago."""
    is_shown_again: ClassVar[bool] = False
    """Shown again with what was entered, and not to be saved."""
    rules_of_formset: frozenset[str] = frozenset()
    """Rules among the rows of an inline: its formset looks at all of them together."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, field in self.fields.items():
            widget = unwrapped(field.widget)
            if isinstance(widget, KnownAutocomplete):
                widget.known = self.instance._state.fields_cache.get(name)
            elif isinstance(widget, KnownAutocompletes) and self.instance.pk is not None:
                widget.known = self.initial.get(name)

    def _post_clean(self) -> None:
        parents = [name for name, field in self.fields.items() if isinstance(field, InlineForeignKeyField)]
        self.fill_in_and_validate(parents)
        if self.errors.keys() - {NON_FIELD_ERRORS}:
            return  # a value that could not be read says nothing about the rules
        unsaved = [name for name in parents if getattr(self.instance, f"{name}_id") is None]
        for rule in broken_rules(self.instance, unsaved):
            if rule.name not in self.rules_of_formset:
                self.add_rule_error(rule)

    def fill_in_and_validate(self, parents: Sequence[str]) -> None:
        """What Django does at this point, but for the constraints: each is asked once, and by the form itself.

        Three of these names are private to Django, so the stubs leave them out.
        """
        unread = self._get_validation_exclusions().union(parents)  # type: ignore[attr-defined]
        options = self._meta
        try:
            self.instance = construct_instance(self, self.instance, options.fields, options.exclude)
            self.instance.full_clean(exclude=unread, validate_unique=False, validate_constraints=False)
        except ValidationError as error:
            self._update_errors(error)  # type: ignore[attr-defined]
        if self._validate_unique:  # type: ignore[attr-defined]
            self.validate_unique()

    def full_clean(self) -> None:
        super().full_clean()
        for rule in self.rules_broken_before if self.is_bound else ():
            self.add_rule_error(rule)

    def add_rule_error(self, rule: BrokenRule) -> None:
        """An error beside the first field of the rule that can be seen, or above all."""
        visible = [
            name for name in rule.fields if name in self.fields and not self.fields[name].widget.is_hidden
        ]
        self.add_error(visible[0] if visible else None, rule.sentence)

    def is_valid(self) -> bool:
        return super().is_valid() and not self.is_shown_again


class RowForm(RuleForm):
    """A row with an id: it carries the version that the editor saw."""

    seen_version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if isinstance(self.instance, OnRecord):
            self.initial["seen_version"] = self.instance.version

    def clean_public_id(self) -> str:
        public_id: str = self.cleaned_data["public_id"]
        return public_id.strip()


class PartFormSet(BaseInlineFormSet):
    """The rows of one row. What must be unique among them is looked at together, so that two may trade places."""

    model: type[models.Model]

    @property
    def unique_together(self) -> list[UniqueConstraint]:
        """What no two of the rows may share."""
        rules = self.model._meta.constraints
        return [rule for rule in rules if isinstance(rule, UniqueConstraint) and self.fk.name in rule.fields]

    def _construct_form(self, i: int, **options: Any) -> RuleForm:
        form: RuleForm = super()._construct_form(i, **options)  # type: ignore[misc]  # the stubs leave it out
        form.rules_of_formset = frozenset(rule.name for rule in self.unique_together)
        return form

    def add_fields(self, form: forms.ModelForm, index: int | None) -> None:
        """The heads of the columns are no labels to a screen reader: each field says its name itself."""
        super().add_fields(form, index)
        for field in form.fields.values():
            widget = unwrapped(field.widget)
            if not widget.is_hidden:
                widget.attrs.setdefault("aria-label", str(field.label))

    def clean(self) -> None:
        super().clean()
        for form in self.initial_forms:
            if form.instance.pk is None and not form.cleaned_data.get(DELETION_FIELD_NAME):
                form.add_error(
                    None, "Somebody removed this row. Tick `Delete`, and enter it anew if it is needed."
                )

    def validate_unique(self) -> None:
        staying = [
            form
            for form in self.forms
            if isinstance(form, RuleForm)
            and form.is_valid()
            and form not in self.deleted_forms
            and (form.has_changed() or form.instance.pk)
        ]
        for rule in self.unique_together:
            seen = set()
            for form in staying:
                row = form.instance
                if not applies_to(rule, row):
                    continue
                key = tuple(getattr(row, field.attname) for field in fields_named(row, rule.fields))
                if key in seen:
                    fields = [name for name in fields_of(rule) if name != self.fk.name]
                    sentence = str(rule.get_violation_error_message())
                    form.add_rule_error(BrokenRule(sentence, tuple(fields), rule.name))
                seen.add(key)


def fields_named(row: models.Model, names: Sequence[str]) -> list[models.Field]:
    return [field for field in row._meta.concrete_fields if field.name in names]


def applies_to(rule: UniqueConstraint, row: models.Model) -> bool:
    """Whether a row is one of those among which the rule wants no two alike."""
    values = {
        field.name: Value(getattr(row, field.attname), field) for field in fields_named(row, fields_of(rule))
    }
    return not rule.condition or rule.condition.check(values)
