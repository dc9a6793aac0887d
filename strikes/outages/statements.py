"""What claims say of outages: that one began, went on, ended or will end, or how much was offline.

A claim that something stood still, with an event time, says when an outage began; a claim of a recovery says when it
ended or will end. Times are told apart by their days on the clocks of the place.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from record.vocabulary import Vocabulary
from sources.choices import TimePrecision
from strikes.choices import Metric, NumberEdge, Stance, Topic
from strikes.models import Claim, DamageEstimate, Proposition

OUTAGE_METRICS = (Metric.CAPACITY_OFFLINE, Metric.OUTPUT_HALTED, Metric.OUTPUT_CUT)
"""Numbers that say how much stands still."""
LOAD_METRICS = (Metric.SHARE_RESTORED, Metric.UTILISATION, Metric.THROUGHPUT, Metric.CAPACITY_AVAILABLE)
"""Numbers that say how much of it runs again."""
RETURNS = (Topic.RECOVERY, Topic.FULL_RECOVERY)
"""What is said of a return to work: at whatever load, or in full."""
LAST_ON_EARTH = dt.timezone(dt.timedelta(hours=-12))
"""The clocks on which a date ends last."""

Subject = tuple[str, int]
"""What stands still: `unit` or `facility`, and its key."""


class EndKind(Vocabulary):
    """How the end of an outage, or of a phase of one, is known.

    Origin: this project.
    """

    FACT = "fact", "Somebody said that it had ended."
    FORECAST = "forecast", "It goes on, as far as was said; an end was predicted."
    OPEN = "open", "It goes on, as far as was said, and no prediction of its end still stands."
    NEVER = "never", "It goes on, and somebody said that it will not end: destroyed, or given up for good."
    STATUS = (
        "status",
        "No edge, but a moment at which it was said to be otherwise than the edge as it is read.",
    )


WITHOUT_END: dict[str | None, EndKind] = {NumberEdge.OPEN: EndKind.OPEN, NumberEdge.NEVER: EndKind.NEVER}


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
    """When a claim says that it happened; null if it does not say. Of an open interval, when it began: "since March"
    is some day of March."""
    if claim.event_earliest is None:
        return None
    span = local_span(claim.event_earliest, claim.event_latest, claim.event_timezone, claim.event_local_date)
    if claim.event_latest is None and claim.event_precision is not None:
        last_day = min(last_of_period(span.day, claim.event_precision), max(span.day, claim.said_on))
        return replace(span, last_day=last_day, latest=span.latest + (last_day - span.day))
    return span


def last_of_period(day: dt.date, precision: str) -> dt.date:
    """The last day of the week, month or year that began on a day; of what is known more closely, the day."""
    if precision == TimePrecision.WEEK:
        return day + dt.timedelta(days=6)
    if precision == TimePrecision.MONTH:
        return (day.replace(day=1) + dt.timedelta(days=32)).replace(day=1) - dt.timedelta(days=1)
    return day.replace(month=12, day=31) if precision == TimePrecision.YEAR else day


def period_of(number: DamageEstimate, claim: Claim) -> tuple[Span | None, Span | None]:
    """From when until when a number holds, on the clocks of the place as far as the claim or its strike names them."""
    strike = claim.proposition.strike
    zone = claim.event_timezone or (strike.timezone if strike is not None else None)
    start, end = (
        None if edge is None else local_span(edge, None, zone)
        for edge in (number.effective_from, number.effective_until)
    )
    return start, end


# Statements -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class OutageClaim:
    """A claim as it is weighed here: the voice whose word it is, and the numbers that it carries."""

    claim: Claim
    voice: str
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
    is_cut: bool = False
    """Whether what began was a cut, with work going on, and not a halt."""
    is_full: bool = False
    """Whether the end is the full return, and not one at whatever load."""
    mark: Span | None = None
    """A moment at which it stood still or, where the topic is a return, ran."""
    through_facility: bool = False
    """Whether it was said of the whole facility, whose full return is that of its units."""

    @property
    def rank(self) -> tuple[dt.datetime | int | str | None, ...]:
        """When it was said, by its late edge, however late the page of it is; the place in the report decides between
        those of one moment, then the id."""
        return self.claim.sort_at, self.claim.position, self.claim.public_id

    @property
    def end_rank(self) -> tuple[dt.datetime | int | str | bool | None, ...]:
        """By what an issuer's newest statement on the end is found: of two of one moment, that it had ended."""
        is_fact = self.end_kind == EndKind.FACT
        end = self.end.latest if is_fact and self.end is not None else self.claim.sort_at
        return self.claim.sort_at, is_fact, end, self.claim.position, self.claim.public_id

    @property
    def speaks_of_an_edge(self) -> bool:
        return self.start is not None or self.end_kind is not None

    @property
    def first_day(self) -> dt.date:
        """The first day of which it tells: when it was said, or the earlier one that it speaks of."""
        told = [span.day for span in (self.start, self.end, self.mark) if span is not None]
        return min([self.claim.said_on, *told])

    @property
    def is_return(self) -> bool:
        """Whether it says of a moment that it ran then."""
        return self.mark is not None and self.claim.proposition.topic != Topic.OPERATIONS_HALTED

    @property
    def still_out_on(self) -> dt.date | None:
        """The last day on which it says that the outage went on, if it does not say that it had ended."""
        if self.mark is not None:
            return None if self.is_return else self.mark.last_day
        if self.end_kind not in (EndKind.OPEN, EndKind.FORECAST, EndKind.NEVER) or self.is_full:
            return None
        day = self.claim.said_on
        return day if self.start is None else max(day, self.start.day)


def statements_of(outage_claim: OutageClaim) -> Iterable[Statement]:
    """What a claim says of outages: by its event time, by the periods of its numbers, or by its numbers alone."""
    claim, issuer = outage_claim.claim, outage_claim.voice
    subject = subject_of(claim.proposition)
    if subject is None:
        return
    topic, is_forecast = claim.proposition.topic, claim.stance == Stance.FORECASTS
    is_return = topic in RETURNS
    if is_forecast and not is_return:
        return  # an outage that is only predicted is none yet
    numbers = [number for number in outage_claim.numbers if tells_of_now(number) and not is_forecast]
    event = event_span(claim)
    if event is not None and claim.is_status and (is_return or topic == Topic.OPERATIONS_HALTED):
        yield Statement(claim, subject, issuer, mark=event, numbers=numbers)
        return
    if topic == Topic.OPERATIONS_HALTED and event is not None:
        # The periods of its numbers then only say when it was how much: they begin and end nothing.
        cut = is_cut(numbers)
        if not is_ahead(event, claim):
            yield Statement(claim, subject, issuer, *halt_of(claim, event), numbers=numbers, is_cut=cut)
        return
    with_period = [n for n in numbers if n.metric in OUTAGE_METRICS and n.effective_from is not None]
    without_period = [number for number in numbers if number not in with_period]
    if is_return and event is not None:
        kind = EndKind.FORECAST if is_forecast else kind_of_end(event, claim)
        is_full, now = topic == Topic.FULL_RECOVERY, without_period if kind == EndKind.FACT else []
        yield Statement(claim, subject, issuer, None, event, kind, now, is_full=is_full)
    elif without_period or (topic == Topic.OPERATIONS_HALTED and not with_period):
        yield Statement(claim, subject, issuer, numbers=without_period)
    for number in with_period:
        start, end, kind_of_period = outage_of(number, claim)
        if start is not None and not is_ahead(start, claim):
            yield Statement(
                claim, subject, issuer, start, end, kind_of_period, [number], is_cut=is_cut([number])
            )


def is_ahead(start: Span, claim: Claim) -> bool:
    """Whether it lies ahead of the words: what is only predicted is no outage yet, however it was worded."""
    return start.day > claim.said_on


def is_cut(numbers: Sequence[DamageEstimate]) -> bool:
    """Whether numbers speak of less work, and none of them of a standstill."""
    metrics = {number.metric for number in numbers if number.metric in OUTAGE_METRICS}
    return metrics == {Metric.OUTPUT_CUT}


def tells_of_now(number: DamageEstimate) -> bool:
    """Whether a number says how much stands still or runs, and not only how much will."""
    is_forecast = number.effective_from_edge == NumberEdge.FORECAST
    return number.metric in (*OUTAGE_METRICS, *LOAD_METRICS) and not is_forecast


def halt_of(claim: Claim, event: Span) -> tuple[Span, Span | None, EndKind | None]:
    """What the event time of a halt says: days from when until when, an open beginning, or only when it began."""
    if claim.event_latest is None:
        return event, None, EndKind.NEVER if claim.is_permanent else EndKind.OPEN
    if claim.event_precision != TimePrecision.DAYS:
        return event, None, None
    start = Span(event.earliest, event.earliest, event.day, event.day)
    end = Span(event.latest, event.latest, event.last_day, event.last_day)
    return start, end, kind_of_end(end, claim)


def outage_of(number: DamageEstimate, claim: Claim) -> tuple[Span | None, Span | None, EndKind | None]:
    """The outage that a number with a period tells of, with how its end is meant."""
    start, end = period_of(number, claim)
    if number.effective_until_edge in WITHOUT_END:
        return start, end, WITHOUT_END[number.effective_until_edge]
    if number.effective_until_edge == NumberEdge.FORECAST:
        return start, end, EndKind.FORECAST
    return start, end, None if end is None else kind_of_end(end, claim)


def kind_of_end(end: Span, claim: Claim) -> EndKind:
    """An end that lies ahead of the day on which it was said is a forecast, however it was worded."""
    return EndKind.FORECAST if end.day > claim.said_on else EndKind.FACT


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
