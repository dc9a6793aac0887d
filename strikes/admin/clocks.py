"""Times entered as a report prints them, on the clocks of the place; the edges in UTC are worked out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import cached_property
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django import forms
from django.http import HttpRequest

from editing.fields import Fieldsets
from editing.forms import RowForm
from editing.record_admin import RecordAdmin
from record.models import OnRecord
from record.moments import zones
from record.saving import Refused
from strikes.imports.moments import moment_columns

RULE = (
    "Enter the date as it was on the clocks of the place, the time zone if it is known, and the time of day if the "
    "report gives one. The two edges in UTC are then worked out: the minute; from the one time to the other; or, "
    "without a time, the whole day (everywhere on earth, if the zone is not known). Known to the week, month or year "
    "only, it ends with that week, month or year. What is entered in the edges themselves, such as for several days, is "
    "kept; empty both to have them worked out anew."
)
EDGES = ("earliest", "latest", "precision")
Columns = dict[str, Any]
"""The values of columns, by their names."""


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


def moment_fields(prefix: str) -> list[str | tuple[str, str]]:
    """The fields of a moment: as it was on the clocks of the place, and then the edges in UTC."""
    return [
        (f"{prefix}local_date", f"{prefix}timezone"),
        times_of_day(prefix),
        f"{prefix}precision",
        f"{prefix}earliest",
        f"{prefix}latest",
    ]


def times_of_day(prefix: str) -> tuple[str, str]:
    return f"{prefix}from_time", f"{prefix}until_time"


def as_written(
    date: dt.date, zone: str | None, precision: str | None, starts: dt.time | None, ends: dt.time | None
) -> Columns:
    """A moment as a bundle would write it, from which the edges are worked out."""
    written: Columns = {"date": date}
    if zone is not None:
        written["timezone"] = zone
    if precision:
        written["precision"] = precision
    if ends is None:
        clocks = {"time": starts}
    else:
        clocks = {"from_time": starts, "until_time": ends}
        if starts is not None and ends < starts:
            written["until_date"] = date + dt.timedelta(days=1)  # it went on past midnight
    return written | {key: clock.strftime("%H:%M") for key, clock in clocks.items() if clock is not None}


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
        # A time of day is no column: what it changes are the edges.
        columns = [name for name in super().changed_data if not name.endswith("_time")]
        return list(dict.fromkeys([*columns, *self.worked_out]))

    def clean(self) -> Columns:
        columns: Columns = super().clean() or self.cleaned_data
        for prefix in self.moments:
            needed = {f"{prefix}{name}" for name in ("local_date", "timezone", *EDGES)}
            if needed <= columns.keys():  # one that could not be read is complained of already
                self.work_out(prefix, columns)
        return columns

    def work_out(self, prefix: str, columns: Columns) -> None:
        """Fill in the edges of a moment, or say beside a field why they cannot be worked out."""
        date, zone = columns[f"{prefix}local_date"], columns[f"{prefix}timezone"]
        earliest, latest = columns[f"{prefix}earliest"], columns[f"{prefix}latest"]
        starts, ends = (columns.get(name) for name in times_of_day(prefix))
        if ends is not None and starts is None:
            self.add_error(f"{prefix}until_time", "From when? Give the first time, too.")
        elif starts is not None and date is None:
            self.add_error(f"{prefix}local_date", "A time of day needs its date.")
        elif date is not None and (starts is not None or (earliest is None and latest is None)):
            written = as_written(date, zone, columns[f"{prefix}precision"], starts, ends)
            try:
                self.fill_in_edges(prefix, columns, moment_columns(written))
            except Refused as refused:
                self.add_error(f"{prefix}local_date", str(refused))
                return
        elif date is not None and zone in zones() and earliest is not None:
            self.compare(prefix, date, earliest.astimezone(ZoneInfo(zone)).date())
        self.ask_for_edges(prefix, columns)

    def fill_in_edges(self, prefix: str, columns: Columns, worked_out: Columns) -> None:
        if columns.get(f"{prefix}until_time") is not None:
            worked_out["precision"] = "part_of_day"
        if columns[f"{prefix}precision"]:
            worked_out["precision"] = columns[f"{prefix}precision"]  # what the editor says of it stands
        for name in EDGES:
            column = f"{prefix}{name}"
            if columns[column] != worked_out[name]:
                columns[column] = worked_out[name]
                self.worked_out.append(column)

    def compare(self, prefix: str, date: dt.date, by_the_edge: dt.date) -> None:
        """Whoever enters local times as UTC often gets another date."""
        touched = {f"{prefix}{name}" for name in ("local_date", "timezone", "earliest")}
        if date != by_the_edge and touched & set(super().changed_data):
            self.add_error(
                f"{prefix}local_date",
                f"By the early edge, which is in UTC, it was {by_the_edge} there. Empty both edges to have them worked "
                "out from the date.",
            )

    def ask_for_edges(self, prefix: str, columns: Columns) -> None:
        """What the row cannot be without is asked for where it was neither given nor worked out."""
        for name in EDGES:
            column = f"{prefix}{name}"
            is_needed = not self._meta.model._meta.get_field(column).null
            if is_needed and columns.get(column) is None and column not in self.errors:
                self.add_error(column, "Enter it, or the local date from which it is worked out.")


class MomentAdmin(RecordAdmin):
    """A collection with times that are entered as on the clocks of the place."""

    form: type[MomentForm] = MomentForm

    def get_fieldsets(self, request: HttpRequest, obj: OnRecord | None = None) -> Fieldsets:
        """Without the times of day where the edges are only to be read."""
        fieldsets = super().get_fieldsets(request, obj)
        read_only = set(self.get_readonly_fields(request, obj))
        if obj is not None and not self.has_change_permission(request, obj):
            read_only = {f"{prefix}earliest" for prefix in self.form.moments}
        unused = {times_of_day(prefix) for prefix in self.form.moments if f"{prefix}earliest" in read_only}
        return [
            (
                title,
                {
                    "classes": options.get("classes", []),
                    "fields": [names for names in options["fields"] if names not in unused],
                },
            )
            if unused & {*options["fields"]}
            else (title, options)
            for title, options in fieldsets
        ]
