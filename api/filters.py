"""Filters are words that mean the same everywhere; a parameter we do not know is an error."""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Callable, Collection, Iterable
from decimal import Decimal
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from rest_framework.request import Request

from api.errors import BadParameter
from api.pagination import day_or_moment
from api.requests import RecordRequest
from record.models import Merge, OnRecord
from record.search import folded_words
from record.vocabulary import Vocabulary

PAGING = {"page_size", "cursor", "ordering"}


class GivenWidget(forms.Widget):
    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str] | None:
        return data.getlist(name) if name in data else None


class GivenField(forms.Field):
    """What was given for a parameter, as texts; each filter reads them itself."""

    widget = GivenWidget


class RecordFilter(django_filters.Filter):
    """A word of the query. It reads its texts, or raises a ``ValidationError`` that says what is allowed."""

    field_class = GivenField
    several = False
    """Whether it takes several values, by commas or by repetition; their union is meant."""
    needed = False
    """Whether there is no answer without it."""

    def read(self, texts: list[str], revision: int) -> Any:
        if not self.several:
            return self.value(texts[0], revision)
        return self.values(list(dict.fromkeys(part for text in texts for part in text.split(","))), revision)

    def value(self, text: str, revision: int) -> Any:
        return text

    def values(self, texts: list[str], revision: int) -> Any:
        return [self.value(text, revision) for text in texts]


class VocabularyFilter(RecordFilter):
    """Words of a vocabulary."""

    several = True

    def __init__(self, vocabulary: type[Vocabulary], **options: Any) -> None:
        super().__init__(**options)
        self.vocabulary = vocabulary

    def value(self, text: str, revision: int) -> str:
        if text not in self.vocabulary.values:
            raise ValidationError(
                f"{shown(text)} is not a word of the vocabulary `{self.vocabulary.slug()}`"
                f"{nearest(text, self.vocabulary.values)}",
                "invalid_choice",
            )
        return text


class VocabularyChoiceFilter(VocabularyFilter):
    """One word of a vocabulary."""

    several = False


class GroupingFilter(RecordFilter):
    """One or two of the words, each once; the groups are named in this order."""

    several = True
    needed = True

    def __init__(self, known: Iterable[str], **options: Any) -> None:
        super().__init__(**options)
        self.known = list(known)

    def read(self, texts: list[str], revision: int) -> list[str]:
        words = [part for text in texts for part in text.split(",")]
        allowed = f"one or two of {', '.join(self.known)}."
        for word in words:
            if word not in self.known:
                near = difflib.get_close_matches(word, self.known, n=1)
                hint = f" Did you mean {near[0]}?" if near else ""
                raise ValidationError(f"{shown(word)} groups nothing here: {allowed}{hint}", "invalid_choice")
            if words.count(word) > 1:
                raise ValidationError(f"{word} is named twice: {allowed}", "repeated")
        if len(words) > 2:
            raise ValidationError(f"At most two at once: {allowed}", "too_many")
        return words


class OneOfFilter(RecordFilter):
    """One of a few words; without a default there is no answer without it."""

    def __init__(self, choices: Iterable[str], default: str | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.choices, self.default, self.needed = list(choices), default, default is None

    def value(self, text: str, revision: int) -> str:
        if text not in self.choices:
            raise ValidationError(
                f"{shown(text)} is not allowed here{nearest(text, self.choices)}", "invalid_choice"
            )
        return text


class IdsFilter(RecordFilter):
    """Public ids of one collection, each of which also finds what was merged with it."""

    several = True

    def __init__(self, model: type[OnRecord], **options: Any) -> None:
        super().__init__(**options)
        self.of = model  # `model` is the filter set's

    def values(self, texts: list[str], revision: int) -> set[int]:
        return resolve(self.of, texts, revision)


class ChoicesFilter(RecordFilter):
    """Some of a few words that are no vocabulary, such as the names of collections."""

    several = True

    def __init__(self, choices: Callable[[], Collection[str]], **options: Any) -> None:
        super().__init__(**options)
        self.choices = choices

    def value(self, text: str, revision: int) -> str:
        if text not in self.choices():
            raise ValidationError(f"{shown(text)} is none{nearest(text, self.choices())}", "invalid_choice")
        return text


class RevisionFilter(RecordFilter):
    """A revision that there is, as a whole number; 0 is before the first."""

    def value(self, text: str, revision: int) -> int:
        if not re.fullmatch("[0-9]{1,18}", text) or int(text) > revision:
            raise ValidationError(f"A revision: a whole number from 0 to {revision}, the newest.")
        return int(text)


class CodesFilter(RecordFilter):
    """Codes of a closed list that is kept elsewhere, such as ISO 3166-1."""

    several = True

    def __init__(self, pattern: str, known: Callable[[str], bool], what: str, **options: Any) -> None:
        super().__init__(**options)
        self.pattern, self.known, self.what = pattern, known, what

    def value(self, text: str, revision: int) -> str:
        if not re.fullmatch(self.pattern, text) or not self.known(text):
            raise ValidationError(f"{shown(text)} is not {self.what}.")
        return text


class FlagFilter(RecordFilter):
    """`true` or `false`."""

    def value(self, text: str, revision: int) -> bool:
        if text not in ("true", "false"):
            raise ValidationError("`true` or `false`.", "invalid_choice")
        return text == "true"


class NumberFilter(RecordFilter):
    """A number of zero or more, as JSON writes it; below a million million."""

    def value(self, text: str, revision: int) -> Decimal:
        return decimal(text, Decimal(0), Decimal("999999999999.999"))


class CountFilter(RecordFilter):
    """A whole number from 1 to 1,000."""

    def value(self, text: str, revision: int) -> int:
        if not re.fullmatch(r"[0-9]{1,4}", text) or not 1 <= int(text) <= 1000:
            raise ValidationError("A whole number from 1 to 1000.")
        return int(text)


class WhenFilter(RecordFilter):
    """A date (`2024-03-12`) or a moment with its zone (`2024-03-12T08:25:00Z`)."""

    def value(self, text: str, revision: int) -> dt.date | dt.datetime:
        given = day_or_moment(text)
        if given is None:
            raise ValidationError("A date, 2024-03-12, or a moment with its zone, 2024-03-12T08:25:00Z.")
        return given


class BoxFilter(RecordFilter):
    """`west,south,east,north` in degrees; a box whose west is east of its east crosses the date line."""

    def value(self, text: str, revision: int) -> tuple[Decimal, Decimal, Decimal, Decimal]:
        parts = text.split(",")
        if len(parts) != 4:
            raise ValidationError("Four numbers: west,south,east,north.")
        west, south, east, north = (
            decimal(part, -limit, limit) for part, limit in zip(parts, (LON, LAT, LON, LAT), strict=True)
        )
        if south > north:
            raise ValidationError("The south is north of the north: west,south,east,north.")
        return west, south, east, north


class PointFilter(RecordFilter):
    """`latitude,longitude` in degrees; `radius_km` says how far around."""

    def value(self, text: str, revision: int) -> tuple[float, float]:
        parts = text.split(",")
        if len(parts) != 2:
            raise ValidationError("Two numbers: latitude,longitude.")
        return float(decimal(parts[0], -LAT, LAT)), float(decimal(parts[1], -LON, LON))


class RadiusFilter(RecordFilter):
    """Kilometres around `near`, more than 0 and at most 2,000."""

    def value(self, text: str, revision: int) -> float:
        return float(decimal(text, Decimal("0.001"), Decimal(2000)))


class SearchFilter(RecordFilter):
    """Words in any script."""

    def value(self, text: str, revision: int) -> list[str]:
        if len(text) > 200:
            raise ValidationError("At most 200 characters.")
        words = list(dict.fromkeys(folded_words(text)))
        if not words:
            raise ValidationError("There is no letter or digit in it.")
        return words


LAT, LON = Decimal(90), Decimal(180)
NUMBER = r"-?[0-9]{1,12}(\.[0-9]{1,20})?([eE][-+]?[0-9]{1,3})?"  # clients print floats as 1e-05


def decimal(text: str, least: Decimal, most: Decimal) -> Decimal:
    if not re.fullmatch(NUMBER, text) or not least <= Decimal(text) <= most:
        raise ValidationError(f"A number from {least} to {most}, such as 12.5.")
    return Decimal(text)


def nearest(text: str, known: Iterable[str]) -> str:
    """How an error goes on: the allowed values where they are few, else the nearest where one is near."""
    values = sorted(known)
    if not values:
        return "; it takes none."
    near = difflib.get_close_matches(text, values, n=1)
    allowed = f": {', '.join(values)}." if len(values) <= 20 else "."
    return f"{allowed} Did you mean {near[0]}?" if near else allowed


def resolve(model: type[OnRecord], ids: Iterable[str], revision: int) -> set[int]:
    """The keys of the rows that these public ids mean at a revision.

    The one place where an id in a filter is looked up: it follows merges; unknown and unpublished
    are one and the same error; a withdrawn id is an error that names its successor.
    """
    asked = list(ids)
    for public_id in asked:
        if "\x00" in public_id:
            raise ValidationError(_unknown(model, public_id, revision), "unknown_id")
    wanted = set(asked)
    if model.mergeable:
        wanted = wanted.union(*Merge.objects.clusters(model.collection, asked, revision).values())
    rows = {
        row.public_id: row
        for row in model._default_manager.filter(
            public_id__in=wanted, published_rev__lte=revision
        ).select_related("replaced_by")
    }
    for public_id in asked:
        row = rows.get(public_id)
        if row is None or row.taken_down_rev_id:
            raise ValidationError(_unknown(model, public_id, revision), "unknown_id")
        if row.withdrawn_rev_id is not None and row.withdrawn_rev_id <= revision:
            successor = f"; it was replaced by {row.replaced_by.public_id}" if row.replaced_by else ""
            raise ValidationError(f"{public_id} was withdrawn from the record{successor}.", "withdrawn_id")
    return {row.pk for row in rows.values()}


def _unknown(model: type[OnRecord], public_id: str, revision: int) -> str:
    text = f"No public {model._meta.verbose_name} has the id {shown(public_id)}."
    if model._meta.get_field("public_id").has_default() or len(public_id) > 80:
        return text  # random ids have no neighbours
    known = model._default_manager.published(revision).values_list("public_id", flat=True)[:5000]
    near = difflib.get_close_matches(public_id, list(known), n=1, cutoff=0.75)
    return f"{text} Did you mean {near[0]}?" if near else text


def shown(text: str) -> str:
    """A value given back in an error: short, and with nothing that does not print."""
    clean = "".join(c if c.isprintable() else "�" for c in text)
    return f"'{clean[:60]}…'" if len(clean) > 60 else f"'{clean}'"


class RecordFilterSet(django_filters.FilterSet):
    """A filter set that looks its words up at the revision the request is pinned to."""

    request: RecordRequest

    def chosen(self, name: str) -> str:
        """The word that was given for a parameter, or its default."""
        self.form.is_valid()
        word: str = self.filter_values().get(name, self.filters[name].default)
        return word

    def filter_values(self) -> dict[str, Any]:
        """The values of every filter that was given, looked up."""
        revision = self.request.pin.revision
        found = {}
        for name, texts in self.form.cleaned_data.items():
            if texts is not None:
                try:
                    found[name] = self.filters[name].read(texts, revision)
                except ValidationError as error:
                    raise BadParameter(name, error.messages[0], error.code or "invalid") from error
            elif self.filters[name].needed:
                text = f"There is no answer without it. {self.filters[name].extra['help_text']}"
                raise BadParameter(name, text, "missing")
        return found


def check_parameters(request: Request, known: Iterable[str], several: Iterable[str]) -> None:
    """Refuse what we would otherwise ignore: an unknown, empty or wrongly repeated parameter."""
    known, several, query = set(known), set(several), request.query_params
    assert isinstance(query, QueryDict)
    for name, values in query.lists():
        if name not in known:
            raise BadParameter(
                _name(name), f"There is no such parameter here{nearest(name, known)}", "unknown_parameter"
            )
        if any(part.strip() == "" for text in values for part in text.split(",")):
            raise BadParameter(name, "The value is empty.", "empty")
        if len(values) > 1 and name not in several:
            raise BadParameter(name, "This parameter takes one value.", "repeated")


def _name(name: str) -> str:
    return shown(name)[1:-1]
