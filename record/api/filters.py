"""Filters are words that mean the same everywhere; a parameter we do not know is an error."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from rest_framework.request import Request

from record.api.problems import BadParameter
from record.models import Merge, OnRecord
from record.vocabulary import Vocabulary

PAGING = {"page_size", "cursor", "ordering"}


class SeveralWidget(forms.Widget):
    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str] | None:
        return data.getlist(name) if name in data else None


class SeveralField(forms.Field):
    """Values given by commas or by repetition; their union is meant."""

    widget = SeveralWidget

    def clean(self, value: list[str] | None) -> list[str] | None:
        if value is None:
            return None
        return list(dict.fromkeys(part for text in value for part in text.split(",")))


class WordsFilter(django_filters.Filter):
    """Words of a vocabulary."""

    field_class = SeveralField

    def __init__(self, vocabulary: type[Vocabulary], **options: Any) -> None:
        super().__init__(**options)
        self.vocabulary = vocabulary

    def values(self, texts: list[str], revision: int) -> list[str]:
        for text in texts:
            if text not in self.vocabulary.values:
                known = ", ".join(self.vocabulary.values)
                raise ValidationError(
                    f"{_shown(text)} is not a word of this vocabulary: {known}.", "invalid_choice"
                )
        return texts


class IdsFilter(django_filters.Filter):
    """Public ids of one collection, each of which also finds what was merged with it."""

    field_class = SeveralField

    def __init__(self, model: type[OnRecord], **options: Any) -> None:
        super().__init__(**options)
        self.of = model  # `model` is the filter set's

    def values(self, texts: list[str], revision: int) -> set[int]:
        return resolve(self.of, texts, revision)


def resolve(model: type[OnRecord], ids: Iterable[str], revision: int) -> set[int]:
    """The keys of the rows that these public ids mean at a revision.

    The one place where an id in a filter is looked up: it follows merges; unknown and unpublished
    are one and the same error; a withdrawn id is an error that names its successor.
    """
    family: dict[str, set[str]] = {}
    for public_id in ids:
        if "\x00" in public_id:
            raise ValidationError(_unknown(model, public_id), "unknown_id")
        family[public_id] = (
            Merge.objects.family(model.collection, public_id, revision) if model.mergeable else {public_id}
        ) | {public_id}
    wanted = {one for group in family.values() for one in group}
    rows = {
        row.public_id: row
        for row in model._default_manager.filter(
            public_id__in=wanted, published_rev__lte=revision
        ).select_related("replaced_by")
    }
    for public_id in family:
        row = rows.get(public_id)
        if row is None or row.taken_down_rev_id:
            raise ValidationError(_unknown(model, public_id), "unknown_id")
        if row.withdrawn_rev_id is not None and row.withdrawn_rev_id <= revision:
            successor = f"; it was replaced by {row.replaced_by.public_id}" if row.replaced_by else ""
            raise ValidationError(f"{public_id} was withdrawn from the record{successor}.", "withdrawn_id")
    return {row.pk for row in rows.values()}


def _unknown(model: type[OnRecord], public_id: str) -> str:
    return f"No public {model._meta.verbose_name} has the id {_shown(public_id)}."


def _shown(text: str) -> str:
    """A value given back in an error: short, and with nothing that does not print."""
    clean = "".join(c if c.isprintable() else "�" for c in text)
    return f"'{clean[:60]}…'" if len(clean) > 60 else f"'{clean}'"


class RecordFilterSet(django_filters.FilterSet):
    """A filter set that looks its words up at the revision the request is pinned to."""

    def asked(self) -> dict[str, Any]:
        """The values of every filter that was given, looked up."""
        revision: int = self.request.pin.revision
        found = {}
        for name, texts in self.form.cleaned_data.items():
            if texts is not None:
                try:
                    found[name] = self.filters[name].values(texts, revision)
                except ValidationError as error:
                    raise BadParameter(name, error.messages[0], error.code or "invalid") from error
        return found


def check_parameters(request: Request, known: Iterable[str], several: Iterable[str]) -> None:
    """Refuse what we would otherwise ignore: an unknown, empty or wrongly repeated parameter."""
    known, several, query = set(known), set(several), request.query_params
    assert isinstance(query, QueryDict)
    for name, values in query.lists():
        if name not in known:
            raise BadParameter(
                _name(name), f"There is no such parameter here. There are: {', '.join(sorted(known)) or 'none'}.",
                "unknown_parameter",
            )  # fmt: skip
        if any(part.strip() == "" for text in values for part in text.split(",")):
            raise BadParameter(name, "The value is empty.", "empty")
        if len(values) > 1 and name not in several:
            raise BadParameter(name, "This parameter takes one value.", "repeated")


def _name(name: str) -> str:
    return _shown(name)[1:-1]
