"""Numbers in another unit than the one that was printed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from api.pagination import Row
from api.views import RecordViewSet
from strikes.api.filters import ConversionFilterSet, refuse_unlike
from strikes.outages.agreement import converted


class WithConversion(RecordViewSet[Row]):
    """Numbers that can be shown in another unit beside the one that was printed."""

    filters_of = {"retrieve": ConversionFilterSet}

    def attach(self, rows: Sequence[Any]) -> None:
        super().attach(rows)
        filter_request: Any = self.request
        filter_set = ConversionFilterSet(
            self.request.query_params, self.get_queryset(), request=filter_request
        )
        to = filter_set.filter_values().get("convert_to")
        if to is not None:
            for row in rows:
                refuse_unlike(row.unit_of_measure, to)
        self.convert(rows, to)

    def convert(self, rows: Sequence[Any], to: str | None) -> None:
        for row in rows:
            row.converted = converted(row, to) if to is not None else None
