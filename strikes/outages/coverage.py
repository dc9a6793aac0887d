"""On which days anything was known of what a facility did: only there is no outage an answer, and not a silence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Max, Min, Q
from django.db.models.functions import Coalesce

from record.models import AsOf
from sources.models import Report
from strikes.models import Capacity, Claim, Strike

DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Covered:
    """The days of one facility: from its first strike, or the first word on its operation, to its newest report.

    Both are null where nothing was said of its operation and no strike was reported.
    """

    first: dt.date | None = None
    last: dt.date | None = None

    def within(self, terms: Sequence[tuple[dt.date | None, dt.date | None]] | None) -> Covered:
        """The covered days between the first and the last of some terms; all where there are none to keep to."""
        if terms is None or self.first is None or self.last is None:
            return self
        if not terms:
            return Covered()
        first = max(self.first, min(since or dt.date.min for since, _ in terms))
        last = min(self.last, max(until or dt.date.max for _, until in terms))
        return Covered(first, last) if first <= last else Covered()

    def reaches_into(self, start: dt.date, until: dt.date) -> bool:
        return self.first is not None and self.last is not None and self.first < until and self.last >= start


def known_days(covered: Iterable[Covered]) -> list[tuple[dt.date, dt.date]]:
    """The days on which some facility is covered, each from a first to the day after a last; in order, apart."""
    spans: list[tuple[dt.date, dt.date]] = []
    for first, last in sorted((c.first, c.last) for c in covered if c.first and c.last and c.first <= c.last):
        if spans and first <= spans[-1][1]:
            spans[-1] = spans[-1][0], max(spans[-1][1], last + DAY)
        else:
            spans.append((first, last + DAY))
    return spans


def coverage_of(
    facilities: Sequence[int],
    first_words: dict[int, dt.date],
    canonical: dict[int, int],
    cluster: Collection[int],
    as_of: AsOf,
    today: dt.date,
) -> list[Covered]:
    """The covered days of each facility, in their order. Four queries.

    ``first_words`` are the days of the first words on operation, ``canonical`` leads from what was merged away to what
    stands for it, and ``cluster`` are the keys of both.
    """
    firsts = dict(first_words)
    newest: dict[int, dt.date] = {}
    strikes = Strike.objects.published(as_of).filter(facility__in=cluster).order_by()
    for key, day in strikes.values_list("facility").annotate(Min("local_date")):
        facility = canonical.get(key, key)
        firsts[facility] = min(firsts.get(facility, day), day)
    place = Coalesce("proposition__unit__facility", "proposition__facility", "proposition__strike__facility")
    claims = Claim.objects.published(as_of).filter(
        Q(proposition__unit__facility__in=cluster)
        | Q(proposition__facility__in=cluster)
        | Q(proposition__strike__facility__in=cluster)
    )
    capacities = Capacity.objects.published(as_of).filter(facility__in=cluster)
    reports = [
        *claims.filter(report__in=Report.objects.published(as_of))
        .order_by()
        .values_list(place)
        .annotate(Max("report__known_on")),
        # Words by name are known before their page: one that was still to come covers no day after they were said.
        *claims.order_by().values_list(place).annotate(Max("known_on")),
        *capacities.order_by().values_list("facility").annotate(Max("report__known_on")),
    ]
    for key, day in reports:
        facility = canonical.get(key, key)
        newest[facility] = max(newest.get(facility, day), day)
    return [
        Covered(firsts[key], min(newest[key], today)) if key in firsts and key in newest else Covered()
        for key in facilities
    ]
