"""Autocompletes that ask the database no more than they must."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib.admin.widgets import (
    AutocompleteSelect,
    AutocompleteSelectMultiple,
    RelatedFieldWidgetWrapper,
)
from django.db import models

NAMES_OF_BOXES = forms.Media(js=["editing/admin.js"])
"""Gives each box of Select2 a name that a screen reader can say."""
LARGEST_KEY = 2**63 - 1
NO_KEY = "0"

OptionGroups = list[tuple[str | None, list[dict[str, Any]], int | None]]


def unwrapped(widget: forms.Widget) -> forms.Widget:
    """A widget without the links to add or change a row that the admin puts around it."""
    return widget.widget if isinstance(widget, RelatedFieldWidgetWrapper) else widget


def as_key(value: object) -> str:
    """A key as it came, or one that no row has: what is no number would be too much for the database."""
    text = str(value)
    is_key = text == "" or (re.fullmatch("[0-9]{1,19}", text) and int(text) <= LARGEST_KEY)
    return text if is_key else NO_KEY


class KnownAutocomplete(AutocompleteSelect):
    """An autocomplete that shows the chosen row without asking the database for it once more."""

    known: models.Model | None = None

    @property
    def media(self) -> forms.Media:
        return super().media + NAMES_OF_BOXES

    def value_from_datadict(self, data: Any, files: Any, name: str) -> str | None:
        value = super().value_from_datadict(data, files, name)
        return None if value is None else as_key(value)

    def optgroups(self, name: str, value: Sequence[str], attrs: dict[str, Any] | None = None) -> OptionGroups:
        if self.known is None or list(value) != [str(self.known.pk)]:
            return super().optgroups(name, [as_key(key) for key in value], attrs)
        chosen = self.create_option(name, str(self.known.pk), str(self.known), True, 1)
        empty = [] if self.is_required else [self.create_option(name, "", "", False, 0)]
        return [(None, [*empty, chosen], 0)]


class KnownAutocompletes(AutocompleteSelectMultiple):
    """The same for a field that holds several rows."""

    known: Sequence[models.Model] | None = None

    @property
    def media(self) -> forms.Media:
        return super().media + NAMES_OF_BOXES

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        return [as_key(value) for value in super().value_from_datadict(data, files, name) or []]

    def optgroups(self, name: str, value: Sequence[str], attrs: dict[str, Any] | None = None) -> OptionGroups:
        if self.known is None or set(value) != {str(row.pk) for row in self.known}:
            return super().optgroups(name, [as_key(key) for key in value], attrs)
        chosen = [self.create_option(name, str(row.pk), str(row), True, 0) for row in self.known]
        return [(None, chosen, 0)]
