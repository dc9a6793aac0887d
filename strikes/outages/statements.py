"""What claims say of outages: that one began, went on, ended or will end, or how much was offline.

A claim that something stood still, with an event time, says when an outage began; a claim of a recovery says when it
ended or will end. Times are told apart by their days on the clocks of the place.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from record.vocabulary import Vocabulary
from sources.choices import TimePrecision
from strikes.choices import Metric, NumberEdge, Stance, Topic
from strikes.models import Claim, DamageEstimate, Proposition

OUTAGE_METRICS = (Metric.CAPACITY_OFFLINE, Metric.OUTPUT_HALTED, Metric.OUTPUT_CUT)
"""Numbers that say how much stands still."""
LOAD_METRICS = (Metric.SHARE_RESTORED, Metric.UTILISATION, Metric.THROUGHPUT, Metric.CAPACITY_AVAILABLE)
"""Numbers that say how much of it runs again."""
LAST_ON_EARTH = dt.timezone(dt.timedelta(hours=-12))
"""The clocks on which a date ends last."""

Subject = tuple[str, int]
"""What stands still: `unit` or `facility`, and its key."""


class EndKind(Vocabulary):
    """How the end of an outage is known.

    Origin: this project.
    """

    FACT = "fact", "Somebody said that it had ended."
    FORECAST = "forecast", "It goes on, as far as was said; an end was predicted."
    OPEN = "open", "It goes on, as far as was said, and no prediction of its end still stands."


# Times ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Span:
    """A time that is known to lie between two edges, with the days on the clocks of the place."""

    earliest: dt.datetime
    latest: dt.datetime
    day: dt.date
    last_day: dt.date

    @property
    def days(self) -> tuple[dt.date, dt.date]:
        """By what two times are told apart: two claims of one day agree, however each was entered."""
        return self.day, self.last_day


def local_span(
    earliest: dt.datetime, latest: dt.datetime | None, zone: str | None, local_date: dt.date | None = None
) -> Span:
    """A time with its days: by the clocks of the place or, where the zone is not known, by the date that was given."""
    latest = latest or earliest
    if zone is None and local_date is not None:
        # Without a zone the late edge is that of the date where it ends last on Earth.
        return Span(earliest, latest, local_date, max(local_date, latest.astimezone(LAST_ON_EARTH).date()))
    clocks = ZoneInfo(zone) if zone else dt.UTC
    return Span(earliest, latest, earliest.astimezone(clocks).date(), latest.astimezone(clocks).date())


def event_span(claim: Claim) -> Span | None:
    """When a claim says that it happened; null if it does not say."""
    if claim.event_earliest is None:
        return None
    return local_span(claim.event_earliest, claim.event_latest, claim.event_timezone, claim.event_local_date)


def period_of(number: DamageEstimate, claim: Claim) -> tuple[Span | None, Span | None]:
    """From when until when a number holds, on the clocks of the place as far as the claim or its strike names them."""
    strike = claim.proposition.strike
    zone = claim.event_timezone or (strike.timezone if strike is not None else None)
    start, end = (
        None if edge is None else local_span(edge, None, zone)
        for edge in (number.effective_from, number.effective_until)
    )
    return start, end


def said_on(claim: Claim) -> dt.date:
    """The day on which something was said or, if that is not known, issued."""
    said: dt.date = (
        claim.said_local_date or claim.said_latest or claim.said_earliest or claim.report.issued_local_date
    )
    return said.date() if isinstance(said, dt.datetime) else said


# Statements -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class OutageClaim:
    """A claim as it is weighed here: the origin on whose word it rests, and the numbers that it carries."""

    claim: Claim
    origin_key: str
    numbers: Sequence[DamageEstimate]


@dataclass
class Statement:
    """What one claim says of an outage: that it began, went on or ended, that it will end, or how much it was."""

    claim: Claim
    subject: Subject
    issuer: str
    start: Span | None = None
    end: Span | None = None
    end_kind: EndKind | None = None
    """Null where it says nothing of the end: neither that it had ended nor that it went on."""
    numbers: Sequence[DamageEstimate] = ()

    @property
    def known_at(self) -> dt.datetime:
        known_at = self.claim.known_at
        assert known_at is not None  # it is set when a claim is published
        return known_at

    @property
    def rank(self) -> tuple[dt.datetime | str | None, ...]:
        """By what an issuer's newest statement is found; the id decides between those of one moment."""
        return self.known_at, self.claim.sort_at, self.claim.public_id

    @property
    def end_rank(self) -> tuple[dt.datetime | str | bool | None, ...]:
        """By what an issuer's newest statement on the end is found: of two of one moment, that it had ended."""
        is_fact = self.end_kind == EndKind.FACT
        end = self.end.latest if is_fact and self.end is not None else self.known_at
        return self.known_at, self.claim.sort_at, is_fact, end, self.claim.public_id

    @property
    def still_out_on(self) -> dt.date | None:
        """The last day on which it says that the outage went on, if it does not say that it had ended."""
        if self.end_kind not in (EndKind.OPEN, EndKind.FORECAST):
            return None
        day = said_on(self.claim)
        return day if self.start is None else max(day, self.start.day)


def statements_of(outage_claim: OutageClaim) -> Iterable[Statement]:
    """What a claim says of outages: by its event time, by the periods of its numbers, or by its numbers alone."""
    claim, issuer = outage_claim.claim, outage_claim.origin_key
    subject = subject_of(claim.proposition)
    if subject is None:
        return
    topic, is_forecast = claim.proposition.topic, claim.stance == Stance.FORECASTS
    if is_forecast and topic != Topic.RECOVERY:
        return  # an outage that is only predicted is none yet
    numbers = [number for number in outage_claim.numbers if tells_of_now(number)]
    event = event_span(claim)
    if topic == Topic.OPERATIONS_HALTED and event is not None:
        # The periods of its numbers then only say when it was how much: they begin and end nothing.
        yield Statement(claim, subject, issuer, *halt_of(claim, event), numbers=numbers)
        return
    with_period = [n for n in numbers if n.metric in OUTAGE_METRICS and n.effective_from is not None]
    without_period = [number for number in numbers if number not in with_period]
    if topic == Topic.RECOVERY and event is not None:
        kind = EndKind.FORECAST if is_forecast else kind_of_end(event, claim)
        yield Statement(claim, subject, issuer, None, event, kind, without_period)
    elif without_period:
        yield Statement(claim, subject, issuer, numbers=without_period)
    for number in with_period:
        yield Statement(claim, subject, issuer, *outage_of(number, claim), numbers=[number])


def tells_of_now(number: DamageEstimate) -> bool:
    """Whether a number says how much stands still or runs, and not only how much will."""
    is_forecast = number.effective_from_edge == NumberEdge.FORECAST
    return number.metric in (*OUTAGE_METRICS, *LOAD_METRICS) and not is_forecast


def halt_of(claim: Claim, event: Span) -> tuple[Span, Span | None, EndKind | None]:
    """What the event time of a halt says: days from when until when, an open beginning, or only when it began."""
    if claim.event_latest is None:
        return event, None, EndKind.OPEN
    if claim.event_precision != TimePrecision.DAYS:
        return event, None, None
    start = Span(event.earliest, event.earliest, event.day, event.day)
    end = Span(event.latest, event.latest, event.last_day, event.last_day)
    return start, end, kind_of_end(end, claim)


def outage_of(number: DamageEstimate, claim: Claim) -> tuple[Span | None, Span | None, EndKind | None]:
    """The outage that a number with a period tells of, with how its end is meant."""
    start, end = period_of(number, claim)
    if number.effective_until_edge == NumberEdge.OPEN:
        return start, end, EndKind.OPEN
    if number.effective_until_edge == NumberEdge.FORECAST:
        return start, end, EndKind.FORECAST
    return start, end, None if end is None else kind_of_end(end, claim)


def kind_of_end(end: Span, claim: Claim) -> EndKind:
    """An end that lies ahead of the day on which it was said is a forecast, however it was worded."""
    return EndKind.FORECAST if end.day > said_on(claim) else EndKind.FACT


def subject_of(proposition: Proposition) -> Subject | None:
    """What a proposition says stood still: a unit or a facility, its strike's if it has no subject of its own."""
    if proposition.unit_id is not None:
        return "unit", proposition.unit_id
    if proposition.facility_id is not None:
        return "facility", proposition.facility_id
    if proposition.actor_id is not None or proposition.region_id is not None or proposition.strike is None:
        return None
    facility = proposition.strike.facility_id
    return None if facility is None else ("facility", facility)
