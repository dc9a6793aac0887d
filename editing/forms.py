"""The forms of editors: every rule said beside its field, and no change of a colleague overwritten unseen."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from django import forms
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.db.models import UniqueConstraint, Value
from django.forms.formsets import DELETION_FIELD_NAME
from django.forms.models import BaseInlineFormSet, InlineForeignKeyField, construct_instance

from record.models import OnRecord
from record.saving import BrokenRule, broken_rules, fields_of

EMPTY = "—"


def on_every_calendar(value: dt.date) -> None:
    """The first and the last year there is have no other time zones to be read in."""
    if not dt.MINYEAR < value.year < dt.MAXYEAR:
        raise ValidationError("That is not a year of this record.")


class RuleForm(forms.ModelForm):
    """A form that says which rule of the database a row would break, beside a field that the rule looks at.

    Django leaves out a rule that looks at a field the form does not show; this one does not.
    """

    refused: ClassVar[Sequence[BrokenRule]] = ()
    """What the database, or a door, had against the same form a moment ago."""
    held: ClassVar[bool] = False
    """Shown again with what was entered, and not to be saved."""
    said_by_the_set: frozenset[str] = frozenset()
    """Rules among the rows of an inline: its formset looks at all of them together."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, field in self.fields.items():
            widget = getattr(field.widget, "widget", field.widget)
            if isinstance(widget, KnownAutocomplete):
                widget.known = self.instance._state.fields_cache.get(name)
            elif isinstance(widget, Autocompletes) and self.instance.pk is not None:
                widget.known = self.initial.get(name)

    def _post_clean(self) -> None:
        parents = [name for name, field in self.fields.items() if isinstance(field, InlineForeignKeyField)]
        self.fill_in_and_validate(parents)
        if self.errors.keys() - {NON_FIELD_ERRORS}:
            return  # a value that could not be read says nothing about the rules
        unsaid = [name for name in parents if getattr(self.instance, f"{name}_id") is None]
        for rule in broken_rules(self.instance, unsaid):
            if rule.name not in self.said_by_the_set:
                self.say(rule)

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
        for rule in self.refused if self.is_bound else ():
            self.say(rule)

    def say(self, rule: BrokenRule) -> None:
        """An error beside the first field of the rule that can be seen, or above all."""
        shown = [name for name in rule.fields if name in self.fields]
        hidden = [name for name in shown if self.fields[name].widget.is_hidden]
        beside = next((name for name in shown if name not in hidden), None)
        self.add_error(beside, rule.sentence)

    def is_valid(self) -> bool:
        return super().is_valid() and not self.held


class RowForm(RuleForm):
    """A row with an id: it carries the version that the editor saw."""

    seen_version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if isinstance(self.instance, OnRecord):
            self.initial["seen_version"] = self.instance.version

    def clean_public_id(self) -> str:
        given: str = self.cleaned_data["public_id"]
        return given.strip()


class PartFormSet(BaseInlineFormSet):
    """The rows of one row. What must be unique among them is looked at together, so that two may trade places."""

    model: type[models.Model]

    @property
    def among(self) -> list[UniqueConstraint]:
        rules = self.model._meta.constraints
        return [rule for rule in rules if isinstance(rule, UniqueConstraint) and self.fk.name in rule.fields]

    def _construct_form(self, i: int, **options: Any) -> Any:
        form: Any = super()._construct_form(i, **options)  # type: ignore[misc]  # likewise left out of the stubs
        form.said_by_the_set = frozenset(rule.name for rule in self.among)
        return form

    def add_fields(self, form: Any, index: int | None) -> None:
        """The heads of the columns are no labels to a screen reader: each field says its name itself."""
        super().add_fields(form, index)
        for field in form.fields.values():
            widget = getattr(field.widget, "widget", field.widget)
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
        staying: list[Any] = [
            form
            for form in self.forms
            if form.is_valid() and form not in self.deleted_forms and (form.has_changed() or form.instance.pk)
        ]
        for rule in self.among:
            seen = set()
            for form in staying:
                row = form.instance
                looked_at = {
                    field.name: Value(getattr(row, field.attname), field)
                    for field in map(row._meta.get_field, fields_of(rule))
                }
                if rule.condition and not rule.condition.check(looked_at):
                    continue
                key = tuple(getattr(row, row._meta.get_field(name).attname) for name in rule.fields)
                if key in seen:
                    fields = [name for name in fields_of(rule) if name != self.fk.name]
                    form.say(BrokenRule(str(rule.get_violation_error_message()), tuple(fields), rule.name))
                seen.add(key)


NAMES = forms.Media(js=["editing/admin.js"])
LARGEST_KEY = 2**63 - 1
NO_KEY = "0"


def as_key(value: Any) -> str:
    """A key as it came, or one that no row has: what is no number would be too much for the database."""
    text = str(value)
    return text if text == "" or (re.fullmatch("[0-9]{1,19}", text) and int(text) <= LARGEST_KEY) else NO_KEY


class KnownAutocomplete(AutocompleteSelect):
    """An autocomplete that shows the chosen row without asking the database for it once more."""

    known: models.Model | None = None

    @property
    def media(self) -> forms.Media:
        return super().media + NAMES

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        value = super().value_from_datadict(data, files, name)
        return None if value is None else as_key(value)

    def optgroups(self, name: str, value: Sequence[str], attrs: dict[str, Any] | None = None) -> Any:
        if self.known is None or list(value) != [str(self.known.pk)]:
            return super().optgroups(name, [as_key(one) for one in value], attrs)
        groups: list[Any] = [(None, [], 0)]
        if not self.is_required:
            groups[0][1].append(self.create_option(name, "", "", False, 0))
        groups[0][1].append(self.create_option(name, str(self.known.pk), str(self.known), True, 1))
        return groups


class Autocompletes(AutocompleteSelectMultiple):
    """Several rows, likewise."""

    known: Sequence[models.Model] | None = None

    @property
    def media(self) -> forms.Media:
        return super().media + NAMES

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return [as_key(value) for value in super().value_from_datadict(data, files, name) or []]

    def optgroups(self, name: str, value: Sequence[str], attrs: dict[str, Any] | None = None) -> Any:
        if self.known is None or set(value) != {str(row.pk) for row in self.known}:
            return super().optgroups(name, [as_key(one) for one in value], attrs)
        options = [self.create_option(name, str(row.pk), str(row), True, 0) for row in self.known]
        return [(None, options, 0)]


def differences(form: forms.ModelForm, formsets: Sequence[Any] = ()) -> list[tuple[str, str, str]]:
    """What a form would change: the label, the value as it is and the value as entered, for people."""
    found = [
        (str(form[name].label), shown(form.initial.get(name), form.fields[name]), entered(form, name))
        for name in form.changed_data
        if name != "seen_version"
    ]
    for formset in formsets:
        for one in formset.forms:
            kind = str(formset.model._meta.verbose_name)
            if isinstance(one.instance, OnRecord) and one.instance.pk is not None:
                kind += f" {one.instance.public_id}"
            if formset.can_delete and formset._should_delete_form(one):
                if one.instance.pk is not None:
                    found.append((kind, str(one.instance), "removed"))
            elif one.has_changed():
                after = [f"{one[name].label}: {entered(one, name)}" for name in one.changed_data]
                before = [
                    f"{one[name].label}: {shown(one.initial.get(name), one.fields[name])}"
                    for name in one.changed_data
                    if one.instance.pk is not None
                ]
                found.append((kind, "; ".join(before) or EMPTY, "; ".join(after)))
    return found


def entered(form: forms.ModelForm, name: str) -> str:
    value = getattr(form, "cleaned_data", {}).get(name, form[name].data)
    return shown(value, form.fields[name])


def shown(value: Any, field: forms.Field) -> str:
    """A value of a field as a reader would write it."""
    if value in (None, "", []):
        return EMPTY
    if isinstance(value, models.Model):
        return str(value)
    if isinstance(field, forms.ModelMultipleChoiceField):
        rows = value if all(isinstance(one, models.Model) for one in value) else _rows(field, value)
        return ", ".join(sorted(str(row) for row in rows)) or EMPTY
    if isinstance(field, forms.ModelChoiceField):
        return ", ".join(str(row) for row in _rows(field, [value])) or EMPTY
    if isinstance(value, (list, tuple)):
        return ", ".join(map(str, value))
    return str(value)


def _rows(field: forms.ModelChoiceField, keys: Sequence[Any]) -> Iterator[models.Model]:
    pks = [str(key) for key in keys if str(key).isdigit()]
    assert field.queryset is not None
    yield from field.queryset.filter(pk__in=pks)


class Words(forms.MultipleChoiceField):
    """Words of a vocabulary that are kept as rows of their own, such as the methods of a strike."""

    widget = forms.CheckboxSelectMultiple(attrs={"class": "words"})

    def __init__(
        self, part: type[models.Model], column: str, without: Sequence[str] = (), **options: Any
    ) -> None:
        self.part, self.column = part, column
        kept: Any = part._meta.get_field(column)
        choices = [(word, label) for word, label in kept.choices if word not in without]
        super().__init__(choices=choices, **{"required": False, **options})


class WordsForm(RuleForm):
    """A form with `Words`, each named like the related rows it stands for."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, field in self.words():
            if self.instance.pk is not None:
                self.initial[name] = [
                    getattr(row, field.column) for row in getattr(self.instance, name).all()
                ]

    def words(self) -> Iterator[tuple[str, Words]]:
        return ((name, field) for name, field in self.fields.items() if isinstance(field, Words))

    def word_rows(self, name: str) -> list[models.Model]:
        """The rows of the chosen words: those there are, and new ones."""
        field = self.fields[name]
        assert isinstance(field, Words)
        there = {getattr(row, field.column): row for row in getattr(self.instance, name).all()}
        chosen = self.cleaned_data.get(name) or []
        return [there.get(word) or field.part(**{field.column: word}) for word in chosen]

    def _save_m2m(self) -> None:
        super()._save_m2m()  # type: ignore[misc]  # likewise left out of the stubs
        for name, field in self.words():
            kept = self.word_rows(name)
            getattr(self.instance, name).exclude(pk__in=[row.pk for row in kept if row.pk]).delete()
            for row in kept:
                if row.pk is None:
                    setattr(row, str(getattr(field.part, "owner", "")), self.instance)
                    row.save()
