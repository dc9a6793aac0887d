"""The filters of the difference between two points in time."""

from __future__ import annotations

import datetime as dt

from api.errors import BadParameter
from api.filters import OneOfFilter, RecordFilterSet, WhenFilter
from api.pagination import Pin, past, revision_by
from record.models import AsOf
from record.moments import FIRST_ON_EARTH


class FromFilter(WhenFilter):
    """A point in time without which there is no answer."""

    needed = True


class StrikeDiffFilterSet(RecordFilterSet):
    """Between which points what is said of a strike is compared, and by whose time."""

    # `from` is a word of Python's own, and cannot be assigned to.
    locals()["from"] = FromFilter(
        help_text="The earlier point: a date (by `published` its end in UTC, by `known` whatever carries it or an "
        "earlier one) or a moment with its zone; not in the future."
    )
    to = WhenFilter(help_text="The later point, likewise; now if not given.")
    by = OneOfFilter(
        ["known", "published"],
        "published",
        help_text="By which time: what this record had `published` by then, or what the world had `known`, out of all "
        "that the record holds now.",
    )

    def points(self, pin: Pin) -> tuple[AsOf, AsOf]:
        """What a reader looks at from each of the two points."""
        by_known = self.chosen("by") == "known"
        clocks = FIRST_ON_EARTH if by_known else dt.UTC
        before, after = (past(self.request, name, clocks) for name in ("from", "to"))
        if after is not None and before is not None and _is_later(before, after):
            raise BadParameter("from", "It is later than `to`; a date takes in the whole of its day.")
        if by_known:
            return AsOf(pin.revision, before), AsOf(pin.revision, after)
        old, new = (pin.revision if point is None else revision_by(point) for point in (before, after))
        return AsOf(min(old, pin.revision)), AsOf(min(new, pin.revision))


def _is_later(point: dt.date | dt.datetime, other: dt.date | dt.datetime) -> bool:
    """A date takes in all of it, so that it is later than any moment of that day."""
    return end_of(point) > end_of(other)


def end_of(point: dt.date | dt.datetime) -> dt.datetime:
    if isinstance(point, dt.datetime):
        return point
    return dt.datetime.combine(point, dt.time.max, dt.UTC)
