"""The filters of a collection together, and the check that a request has no others."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any

import django_filters
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import QueryDict
from rest_framework.request import Request

from api.errors import BadParameter
from api.filters.parameter import RecordFilter
from api.messages import allowed_values, quoted
from api.requests import RecordRequest

PAGING = {"page_size", "cursor", "ordering"}


class RecordFilterSet(django_filters.FilterSet):
    """A filter set that looks its words up at the revision the request is pinned to.

    It makes no form: of what a cold list cost, copying forty filters and making a field of each was more than
    reading the rows. Each filter reads its own texts, and what means nothing is refused as it is read.
    """

    request: RecordRequest

    def __init__(
        self, data: QueryDict, queryset: QuerySet[Model], *, request: RecordRequest, prefix: str | None = None
    ) -> None:
        # Without the parent's: our filters keep nothing of a request, so that all requests share them.
        self.data, self.queryset, self.request = data, queryset, request
        self.filters = self.base_filters

    def is_valid(self) -> bool:
        return True

    @property
    def qs(self) -> Any:
        return self.filter_queryset(self.queryset.all())

    def chosen(self, name: str) -> str:
        """The word that was given for a parameter, or its default."""
        choice: str = self.filter_values().get(name, self.filters[name].default)
        return choice

    def filter_values(self) -> dict[str, Any]:
        """The values of every filter that was given, looked up."""
        return dict(self._values)

    @cached_property
    def _values(self) -> dict[str, Any]:
        revision = self.request.pin.revision
        values = {}
        for name, declared in self.filters.items():
            if name in self.data:
                try:
                    values[name] = declared.read(self.data.getlist(name), revision)
                except ValidationError as error:
                    raise BadParameter(name, error.messages[0], error.code or "invalid") from error
            elif declared.needed:
                raise BadParameter(name, f"There is no answer without it. {declared.help_text}", "missing")
        return values


def declared_filters(filterset: type[RecordFilterSet] | None) -> dict[str, RecordFilter]:
    """The filters of a filter set by name, in the order of their declaration; none without a filter set."""
    return filterset.base_filters if filterset is not None else {}


def names_of_several(filterset: type[RecordFilterSet] | None) -> list[str]:
    """The filters that take several values."""
    return [name for name, declared in declared_filters(filterset).items() if declared.several]


def check_parameters(request: Request, known: Iterable[str], several: Iterable[str]) -> None:
    """Refuse what we would otherwise ignore: an unknown, empty or wrongly repeated parameter."""
    known, several, query = set(known), set(several), request.query_params
    assert isinstance(query, QueryDict)
    for name, texts in query.lists():
        if name not in known:
            raise BadParameter(
                quoted(name)[1:-1],
                f"There is no such parameter here{allowed_values(name, known)}",
                "unknown_parameter",
            )
        if any(part.strip() == "" for text in texts for part in text.split(",")):
            raise BadParameter(name, "The value is empty.", "empty")
        if len(texts) > 1 and name not in several:
            raise BadParameter(name, "This parameter takes one value.", "repeated")
