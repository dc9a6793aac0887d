"""Filters are words that mean the same everywhere; a parameter we do not know is an error."""

from api.filters.closed_lists import (
    ChoicesFilter,
    CodesFilter,
    FlagFilter,
    GroupingFilter,
    OneOfFilter,
    VocabularyChoiceFilter,
    VocabularyFilter,
)
from api.filters.filter_sets import (
    PAGING,
    RecordFilterSet,
    check_parameters,
    declared_filters,
    names_of_several,
)
from api.filters.ids import IdsFilter, resolve
from api.filters.parameter import RecordFilter
from api.filters.values import (
    BoxFilter,
    CountFilter,
    NumberFilter,
    PointFilter,
    RadiusFilter,
    RevisionFilter,
    SearchFilter,
    WhenFilter,
)

__all__ = [
    "PAGING",
    "BoxFilter",
    "ChoicesFilter",
    "CodesFilter",
    "CountFilter",
    "FlagFilter",
    "GroupingFilter",
    "IdsFilter",
    "NumberFilter",
    "OneOfFilter",
    "PointFilter",
    "RadiusFilter",
    "RecordFilter",
    "RecordFilterSet",
    "RevisionFilter",
    "SearchFilter",
    "VocabularyChoiceFilter",
    "VocabularyFilter",
    "WhenFilter",
    "check_parameters",
    "declared_filters",
    "names_of_several",
    "resolve",
]
