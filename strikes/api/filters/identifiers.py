"""The filter by what others call a thing in a list of theirs."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet

from api.filters import RecordFilter
from api.messages import allowed_values, quoted
from api.types import JsonObject
from sources.choices import IdentifierScheme
from sources.models.identifiers import SPELLINGS, Identifier
from strikes.api.filters.rows import Row, RowFilters

SHAPE = "A scheme and a value with a colon between, such as `wikidata:Q329347`"


class IdentifierFilter(RecordFilter):
    """Each is a scheme, a colon and the value, as the list spells it."""

    several = True

    def __init__(self, model: type[Identifier], **options: object) -> None:
        super().__init__(**options)
        self.of = model  # `model` is the filter set's

    def values(self, texts: list[str], revision: int) -> list[tuple[str, str]]:
        return [self.value(text, revision) for text in texts]

    def value(self, text: str, revision: int) -> tuple[str, str]:
        scheme, colon, value = text.partition(":")
        if not colon:
            raise ValidationError(f"{SHAPE}; {quoted(text)} has no colon.")
        if scheme not in IdentifierScheme.values:
            raise ValidationError(
                f"{SHAPE}; {quoted(scheme)} is no scheme{allowed_values(scheme, IdentifierScheme.values)}",
                "invalid_choice",
            )
        spelling = SPELLINGS[IdentifierScheme(scheme)]
        if not re.fullmatch(spelling, value):
            raise ValidationError(
                f"{SHAPE}; {quoted(value)} is not spelt as `{scheme}` spells it: {spelling}"
            )
        return scheme, value

    def value_schema(self) -> JsonObject:
        spelt = "|".join(f"{scheme.value}:{spelling}" for scheme, spelling in SPELLINGS.items())
        return {"type": "string", "pattern": f"^({spelt})$"}


class IdentifiedFilters(RowFilters):
    """Filters of a row that others may have in lists of theirs. The filter set declares `identifier` with its model."""

    def filter_queryset(self, queryset: QuerySet[Row]) -> QuerySet[Row]:
        rows = super().filter_queryset(queryset)
        values = self.filter_values()
        return self.identified(rows, values["identifier"]) if "identifier" in values else rows

    def identified(self, rows: QuerySet[Row], identifiers: list[tuple[str, str]]) -> QuerySet[Row]:
        """Rows with one of these identifiers, or into which a row with one was merged."""
        named = Q()  # by scheme, since SQLite takes no thousand conditions
        for scheme in {scheme for scheme, _ in identifiers}:
            named |= Q(scheme=scheme, value__in=[value for of, value in identifiers if of == scheme])
        model = self.base_filters["identifier"].of
        having = Q(pk__in=model.objects.published(self.as_of).filter(named).values(model.owner))
        return rows.filter(rows.model.objects.including_canonical(having, self.as_of))
