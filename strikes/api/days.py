"""The days on which something about a strike became known, or was published by us."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from record.limits import TooMuch
from record.models import AsOf, Recorded, RecordedQuerySet
from sources.models import Report, ReportNotice
from strikes.api.accounts import propositions_about
from strikes.models import Assessment, Claim, Proposition, Strike

MOST_CLAIMS = 20_000
"""How many claims the days of one answer may have."""
MOST_IDS = 100
"""Ids of one kind and day that are listed; all are counted."""
Pairs = Iterable[tuple[dt.date, str]]
"""Days, each with the id of something."""


@dataclass
class Listed:
    """How many there are, and the first of them by their ids."""

    count: int = 0
    ids: list[str] = field(default_factory=list)


def listed(ids: Iterable[str]) -> Listed:
    in_order = sorted(ids)
    return Listed(len(in_order), in_order[:MOST_IDS])


@dataclass
class Day:
    """What of a strike became known on one day, or was published."""

    date: dt.date
    claims: Listed = field(default_factory=Listed)
    propositions: Listed = field(default_factory=Listed)
    reports: Listed = field(default_factory=Listed)
    notices: Listed = field(default_factory=Listed)
    assessments: Listed = field(default_factory=Listed)
    withdrawn: Listed = field(default_factory=Listed)


def in_order(**found: Pairs) -> list[Day]:
    """The days, each with what was found for it."""
    days: dict[dt.date, Day] = {}
    for kind, pairs in found.items():
        for on, public_id in sorted(pairs):
            day = days.setdefault(on, Day(on))
            listed = getattr(day, kind)
            listed.count += 1
            if len(listed.ids) < MOST_IDS:
                listed.ids.append(public_id)
    return [days[on] for on in sorted(days)]


def days_known(strike: Strike, as_of: AsOf, descendants: bool) -> list[Day]:
    """The last days, on its own clock, of when each thing was known: from that date on `known_at` shows it."""
    about = Proposition.objects.cited(as_of.revision).filter(propositions_about(strike, as_of, descendants))
    claims = Claim.objects.published(as_of).filter(proposition__in=about.values("pk")).order_by()
    refuse_too_many(claims)
    first = first_days(set(about.values_list("pk", flat=True)), as_of)
    points = Proposition.objects.published(as_of.revision).filter(pk__in=first)
    reports = Report.objects.published(as_of).filter(pk__in=claims.values("report")).order_by()
    notices = ReportNotice.objects.published(as_of).filter(report__in=claims.values("report")).order_by()
    return in_order(
        claims=claims.values_list("known_on", "public_id"),
        propositions=[(first[key], public_id) for key, public_id in points.values_list("pk", "public_id")],
        reports=reports.values_list("known_on", "public_id"),
        notices=notices.values_list("known_on", "report__public_id"),
    )


def first_days(about: Collection[int], as_of: AsOf) -> dict[int, dt.date]:
    """From which day these propositions were known: by the first claim on one, on what is the same, or on an answer."""
    canonical = Proposition.objects.canonical_keys(as_of)
    cluster = Proposition.objects.cluster(about, as_of)
    bearing = Q(proposition__in=cluster) | Q(proposition__answers__in=cluster)
    spoken = Claim.objects.published(as_of).filter(bearing).order_by()
    first: dict[int, dt.date] = {}
    for *points, on in spoken.values_list("proposition", "proposition__answers", "known_on"):
        for point in points:
            if point in cluster:
                end = canonical.get(point, point)
                first[end] = min(on, first.get(end, on))
    return first


def days_published(strike: Strike, as_of: AsOf, descendants: bool) -> list[Day]:
    """The days, in UTC, of the revisions that published it: from that date on `as_of` shows it."""
    about = ever_public(Proposition, as_of).filter(propositions_about(strike, as_of, descendants)).order_by()
    claims = ever_public(Claim, as_of).filter(proposition__in=about.values("pk")).order_by()
    refuse_too_many(claims)
    published, withdrawn = [], []
    read_from: dict[str, dt.date] = {}
    columns = ("public_id", "report__public_id", "published_rev__at", "withdrawn_rev", "withdrawn_rev__at")
    for public_id, report, at, gone_rev, gone_at in claims.values_list(*columns):
        published.append((at.date(), public_id))
        read_from[report] = min(at.date(), read_from.get(report, at.date()))
        if gone_rev is not None and gone_rev <= as_of.revision:
            withdrawn.append((gone_at.date(), public_id))
    notices = ever_public(ReportNotice, as_of).filter(report__in=claims.values("report")).order_by()
    assessments = ever_public(Assessment, as_of).filter(proposition__in=about.values("pk")).order_by()
    return in_order(
        claims=published,
        propositions=dated(about.values_list("published_rev__at", "public_id")),
        # A report, and what became of it, tells of the strike once a claim is read in it.
        reports=[(on, report) for report, on in read_from.items()],
        notices=[
            (max(at.date(), read_from[report]), report)
            for at, report in notices.values_list("published_rev__at", "report__public_id")
        ],
        assessments=dated(assessments.values_list("published_rev__at", "public_id")),
        withdrawn=withdrawn,
    )


def ever_public(model: type[Recorded], as_of: AsOf) -> RecordedQuerySet[Any]:
    """Rows published by a revision, withdrawn since or not; of these only what was known, where that is asked for."""
    rows: RecordedQuerySet[Any] = model.objects.filter(
        published_rev__lte=as_of.revision, taken_down_rev__isnull=True
    )
    return rows.known(as_of) if as_of.known is not None else rows


def dated(pairs: Iterable[tuple[dt.datetime, str]]) -> Pairs:
    return ((at.date(), public_id) for at, public_id in pairs)


def refuse_too_many(claims: RecordedQuerySet[Claim]) -> None:
    if claims[: MOST_CLAIMS + 1].count() > MOST_CLAIMS:
        raise TooMuch("descendants", f"More than {MOST_CLAIMS:,} claims: ask for less of the wave.")


DAYS = {"known": days_known, "published": days_published}
"""By what days are told, each with the function that finds them."""
