"""Times entered as a report prints them, on the clocks of the place; the edges in UTC are worked out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import cached_property
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django import forms

from editing.forms import RowForm
from record.moments import zones
from record.saving import Refused
from strikes.imports.moments import moment_columns

RULE = (
    "Enter the date as it was on the clocks of the place, the time zone if it is known, and the time of day if the "
    "report gives one. The two edges in UTC are then worked out: the minute; from the one time to the other; or, "
    "without a time, the whole day (everywhere on earth, if the zone is not known). What is entered in the edges "
    "themselves, such as for several days, is kept; empty both to have them worked out anew."
)
EDGES = ("earliest", "latest", "precision")


def clock(label: str, help_text: str) -> forms.TimeField:
    """A time of day on the clocks of the place; it is kept in the edges only."""
    return forms.TimeField(
        required=False,
        label=label,
        widget=forms.TimeInput(format="%H:%M", attrs={"size": 8}),
        input_formats=["%H:%M", "%H:%M:%S"],
        help_text=help_text,
    )


def from_clock() -> forms.TimeField:
    return clock("At, or from", "The time of day there, such as 08:25; or the first, if a last one is given.")


def until_clock() -> forms.TimeField:
    text = "The last time of day there, where the report says from when until when; the next day's, if it is before the first."
    return clock("Until", text)


class MomentForm(RowForm):
    """Works out the edges of each moment, in UTC, from the date and the time of day at the place."""

    moments: ClassVar[Sequence[str]] = ()
    """The prefixes of the columns of each moment."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.worked_out: list[str] = []
        for prefix in self.moments:
            for name in EDGES:
                if f"{prefix}{name}" in self.fields:
                    self.fields[f"{prefix}{name}"].required = False
            for name in EDGES[:2]:
                if f"{prefix}{name}" in self.fields:
                    field = self.fields[f"{prefix}{name}"]
                    field.label = f"{str(field.label).removesuffix(' (UTC)')} (UTC)"

    @cached_property
    def changed_data(self) -> list[str]:
        kept = [name for name in super().changed_data if not name.endswith("_time")]
        return list(dict.fromkeys([*kept, *self.worked_out]))

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        for prefix in self.moments:
            names = [f"{prefix}{name}" for name in ("local_date", "timezone", *EDGES)]
            if set(names) <= given.keys():
                self.work_out(prefix, given)
        return given

    def work_out(self, prefix: str, given: dict[str, Any]) -> None:
        date, zone, *edges = (given[f"{prefix}{name}"] for name in ("local_date", "timezone", *EDGES))
        first, last = (given.get(f"{prefix}{name}_time") for name in ("from", "until"))
        if last is not None and first is None:
            self.add_error(f"{prefix}until_time", "From when? Give the first time, too.")
        elif first is not None and date is None:
            self.add_error(f"{prefix}local_date", "A time of day needs its date.")
        elif date is not None and (first is not None or edges[:2] == [None, None]):
            hours = {"from_time": first, "until_time": last} if last is not None else {"time": first}
            written: dict[str, Any] = {"date": date, "timezone": zone}
            if last is not None and last < first:
                written["until_date"] = date + dt.timedelta(days=1)
            written |= {key: clock.strftime("%H:%M") for key, clock in hours.items() if clock is not None}
            try:
                found = moment_columns({key: value for key, value in written.items() if value is not None})
            except Refused as refused:
                self.add_error(f"{prefix}local_date", str(refused))
                return
            if last is not None:
                found["precision"] = "part_of_day"
            if edges[2]:
                found["precision"] = edges[2]
            for name in EDGES:
                column = f"{prefix}{name}"
                if given[column] != found[name]:
                    given[column] = found[name]
                    self.worked_out.append(column)
        elif date is not None and zone in zones() and edges[0] is not None:
            self.compare(prefix, date, edges[0].astimezone(ZoneInfo(zone)).date())
        self.ask_for_edges(prefix, given)

    def compare(self, prefix: str, date: Any, by_the_edge: Any) -> None:
        """Whoever enters local times as UTC often gets another date."""
        touched = {f"{prefix}{name}" for name in ("local_date", "timezone", "earliest")}
        if date != by_the_edge and touched & set(super().changed_data):
            self.add_error(
                f"{prefix}local_date",
                f"By the early edge, which is in UTC, it was {by_the_edge} there. Empty both edges to have them worked "
                "out from the date.",
            )

    def ask_for_edges(self, prefix: str, given: dict[str, Any]) -> None:
        """What the row cannot be without is asked for where it was neither given nor worked out."""
        for name in EDGES:
            column = f"{prefix}{name}"
            needed = not self._meta.model._meta.get_field(column).null
            if needed and given.get(column) is None and column not in self.errors:
                self.add_error(column, "Enter it, or the local date from which it is worked out.")
