"""Outages, restarts and forecasts in time, built from claims when they are read.

Nothing here is stored. A claim that something stood still, with an event time, says when an outage began; a claim
of a recovery says when it ended or will end. What several issuers say of one outage is kept apart; a policy picks
one reading and is named in the answer.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, Prefetch, Q, Subquery

from record.api.problems import BadParameter
from record.models import AsOf
from record.vocabulary import Vocabulary
from sources.choices import TimePrecision
from strikes.accounts import reckonings
from strikes.choices import Metric, NumberEdge, PartyRole, Polarity, Stance, Topic
from strikes.models import Capacity, Claim, ClaimOrigin, DamageEstimate, Facility, Party, Unit
from strikes.standing import retracted

MOST_CLAIMS = 5_000
"""Claims that one answer weighs; beyond that it is refused."""

OFFLINE = (Metric.CAPACITY_OFFLINE, Metric.OUTPUT_HALTED, Metric.OUTPUT_CUT)
LOAD = (Metric.SHARE_RESTORED, Metric.UTILISATION, Metric.THROUGHPUT, Metric.CAPACITY_AVAILABLE)
"""Numbers that say how much of it runs again."""

Subject = tuple[str, int]
"""What stands still: `unit` or `facility`, and its key."""


class Policy(Vocabulary):
    """How one reading of an outage is picked where issuers differ.

    Origin: this project; compare the revisions of one message under REMIT, which has one issuer only.
    """

    LATEST = "latest", "The issuer who was heard last; what they left out is taken from the one before."
    WIDEST = "widest", "The earliest beginning and the latest end that anybody stands by."
    OPERATOR_FIRST = "operator_first", "The operator's own word where there is one, else the latest."


class EndKind(Vocabulary):
    """How the end of an outage is known.

    Origin: this project.
    """

    FACT = "fact", "Somebody said that it had ended."
    FORECAST = "forecast", "It goes on, as far as was said; an end was predicted."
    OPEN = "open", "It goes on, as far as was said, and nobody predicted an end."


class Outcome(Vocabulary):
    """What became of a forecast.

    Origin: this project.
    """

    MET = "met", "It ended within the predicted time."
    EARLY = "early", "It ended before the predicted time."
    LATE = "late", "It ended after the predicted time."
    PENDING = "pending", "Nobody has said that it ended, and the predicted time is not over."
    OVERDUE = "overdue", "Nobody has said that it ended, and the predicted time is over."


# What is said -----------------------------------------------------------------------------------------


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


@dataclass
class Statement:
    """What one claim says of an outage: that it began, went on or ended, or that it will end."""

    claim: Any
    subject: Subject
    issuer: str
    start: Span | None = None
    end: Span | None = None
    end_kind: EndKind | None = None
    numbers: Sequence[Any] = ()

    @property
    def known_at(self) -> dt.datetime:
        moment: dt.datetime = self.claim.known_at
        return moment

    @property
    def rank(self) -> tuple[Any, ...]:
        return self.known_at, self.claim.sort_at, self.claim.public_id

    @property
    def still_out_at(self) -> dt.datetime | None:
        """Until when at least it says that the outage lasted, if it does not say that it had ended."""
        if self.start is None or self.end_kind == EndKind.FACT:
            return None
        return self.known_at if self.known_at > self.start.earliest else self.start.earliest


class Days(NamedTuple):
    """How many days something lasted, at least and at most."""

    low: int
    high: int


def days_between(start: Span, end: Span) -> Days:
    """The days from one time to another, by the dates on the clocks of the place."""
    return Days(max((end.day - start.last_day).days, 0), max((end.last_day - start.day).days, 0))


WHOLE_DAY = dt.timedelta(hours=50)  # as it is anywhere on earth, where the zone is not known


def span(
    earliest: dt.datetime, latest: dt.datetime | None, zone: str | None, day: dt.date | None = None
) -> Span:
    """A time with its days: by the clocks of the place or, where the zone is not known, by the date that was given."""
    late = latest or earliest
    if zone is None and day is not None:
        more = max(late - earliest - WHOLE_DAY, dt.timedelta()) // dt.timedelta(days=1)
        return Span(earliest, late, day, day + dt.timedelta(days=more))
    place = ZoneInfo(zone) if zone else dt.UTC
    return Span(earliest, late, earliest.astimezone(place).date(), late.astimezone(place).date())


def statements(claim: Any) -> Iterable[Statement]:
    """What a claim says of outages: by its event time, and by the periods of its numbers."""
    subject = subject_of(claim.proposition)
    if subject is None:
        return
    issuer, numbers = claim.origin_key, list(claim.public_estimates)
    early, late, zone = claim.event_earliest, claim.event_latest, claim.event_timezone
    day = claim.event_local_date
    topic, forecast = claim.proposition.topic, claim.stance == Stance.FORECASTS
    if topic == Topic.RECOVERY and early is not None:
        kind = EndKind.FORECAST if forecast else EndKind.FACT
        yield Statement(claim, subject, issuer, None, span(early, late, zone, day), kind, numbers)
    elif topic == Topic.RECOVERY:
        yield Statement(claim, subject, issuer, numbers=numbers)
    elif topic == Topic.OPERATIONS_HALTED and early is not None and not forecast:
        if late is None:
            yield Statement(claim, subject, issuer, span(early, None, zone, day), None, EndKind.OPEN, numbers)
        elif claim.event_precision == TimePrecision.DAYS:
            begun, ended = span(early, early, zone, day), span(late, late, zone)
            kind = EndKind.FACT if claim.known_at >= late else EndKind.FORECAST
            yield Statement(claim, subject, issuer, begun, ended, kind, numbers)
        else:
            yield Statement(claim, subject, issuer, span(early, late, zone, day), None, EndKind.OPEN, numbers)
    for number in numbers:
        if number.metric in OFFLINE and number.effective_from is not None:
            begun = span(number.effective_from, None, zone)
            until = number.effective_until
            kind = {
                NumberEdge.STATED.value: EndKind.FACT, NumberEdge.FORECAST.value: EndKind.FORECAST,
            }.get(str(number.effective_until_edge), EndKind.OPEN)  # fmt: skip
            over: Span | None = None if until is None else span(until, None, zone)
            yield Statement(claim, subject, issuer, begun, over, kind, [number])


def subject_of(proposition: Any) -> Subject | None:
    if proposition.unit_id is not None:
        return "unit", proposition.unit_id
    if proposition.facility_id is not None:
        return "facility", proposition.facility_id
    strike = proposition.strike
    return ("facility", strike.facility_id) if strike is not None and strike.facility_id else None


# Episodes ---------------------------------------------------------------------------------------------


@dataclass
class Edge:
    """One end of an outage as it is read, on whose word, and what others say."""

    at: Span | None
    claims: list[str]
    issuers: list[str]
    kind: EndKind | None = None


@dataclass
class Forecast:
    """A predicted end, and what came of it."""

    claim: Any
    issuer: str
    predicted: Span
    outcome: Outcome
    days_late: int | None
    """From the predicted time to the end: 0 within it, negative before it; null while it is pending."""


@dataclass
class Reading:
    """One outage as one policy, or one issuer, reads it."""

    issuer: str | None
    start: Edge
    end: Edge

    @property
    def days(self) -> Days | None:
        if self.start.at is None or self.end.at is None or self.end.kind != EndKind.FACT:
            return None
        return days_between(self.start.at, self.end.at)


@dataclass
class Episode:
    """One outage of a unit or facility: everything that was said of it."""

    subject: Subject
    said: list[Statement] = field(default_factory=list)
    denials: list[Any] = field(default_factory=list)

    @property
    def starts(self) -> list[Statement]:
        return [one for one in self.said if one.start is not None]

    @property
    def ends(self) -> list[Statement]:
        return [one for one in self.said if one.end is not None and one.end_kind == EndKind.FACT]

    @property
    def forecasts(self) -> list[Statement]:
        return [one for one in self.said if one.end is not None and one.end_kind == EndKind.FORECAST]

    def issuers(self, policy: Policy, operators: Collection[str]) -> list[str]:
        """Who is asked first, by a policy: of those who said when it began or ended."""
        newest: dict[str, Any] = {}
        for one in [*self.starts, *self.ends]:
            newest[one.issuer] = max(newest.get(one.issuer, one.rank), one.rank)
        ranked = sorted(newest, key=lambda issuer: newest[issuer], reverse=True)
        if policy == Policy.OPERATOR_FIRST:
            ranked.sort(key=lambda issuer: issuer not in operators)
        return ranked

    def read(self, policy: Policy, operators: Collection[str]) -> Reading:
        """The one reading that a policy picks."""
        if policy == Policy.WIDEST:
            return self._widest()
        order = self.issuers(policy, operators)
        start = next((one for issuer in order if (one := self._start(issuer))), None)
        end = next((one for issuer in order if (one := self._end(issuer))), None)
        return self._reading(None, start, end)

    def by_issuer(self) -> list[Reading]:
        """Each issuer's own reading, with nothing filled in from others."""
        names = dict.fromkeys(one.issuer for one in self.said if one.start or one.end)
        return [self._reading(issuer, self._start(issuer), self._end(issuer), [issuer]) for issuer in names]

    def _start(self, issuer: str) -> Statement | None:
        """An issuer's earliest beginning: a later one only says that it was still out by then."""
        mine = [one for one in self.starts if one.issuer == issuer]
        return min(mine, key=lambda one: (one.start and one.start.earliest, one.rank)) if mine else None

    def _end(self, issuer: str) -> Statement | None:
        mine = [one for one in self.ends if one.issuer == issuer]
        return max(mine, key=lambda one: one.rank) if mine else None

    def _widest(self) -> Reading:
        start = min(self.starts, key=lambda one: (one.start and one.start.earliest, one.rank), default=None)
        end = max(self.ends, key=lambda one: (one.end and one.end.latest, one.rank), default=None)
        if end is not None and end.end is not None:
            # Who says that it was still out after that stands by a later end, or by none.
            others = [one for one in self.starts if (one.still_out_at or end.end.latest) > end.end.latest]
            if others:
                return self._reading(None, start, None, list({one.issuer for one in others}))
        return self._reading(None, start, end)

    def _reading(
        self, issuer: str | None, start: Statement | None, end: Statement | None, only: Sequence[str] = ()
    ) -> Reading:
        begun = Edge(None, [], [])
        if start is not None:
            begun = self._edge(_same(self.starts, "start", start.start), "start")
        if end is not None:
            ended = self._edge(_same(self.ends, "end", end.end), "end", EndKind.FACT)
        else:
            predicted = [one for one in self.forecasts if not only or one.issuer in only]
            newest = max(predicted, key=lambda one: one.rank, default=None)
            if newest is None:
                ended = Edge(None, [], [], EndKind.OPEN)
            else:
                same = _same(predicted, "end", newest.end)
                ended = self._edge(same, "end", EndKind.FORECAST)
        return Reading(issuer, begun, ended)

    def _edge(self, said: Sequence[Statement], name: str, kind: EndKind | None = None) -> Edge:
        return Edge(
            getattr(said[0], name),
            list(dict.fromkeys(one.claim.public_id for one in said)),
            list(dict.fromkeys(one.issuer for one in said)), kind,
        )  # fmt: skip

    def rivals(self, reading: Reading) -> tuple[list[Edge], list[Edge]]:
        """What others say of the beginning and of the end: every other time, with its claims."""
        begun = _distinct(self.starts, "start", reading.start.at)
        ended = _distinct([*self.ends, *self.forecasts], "end", reading.end.at)
        return begun, ended

    def scored(self, reading: Reading, today: dt.date) -> list[Forecast]:
        """Every predicted end in the order in which it was said, and how it compares with the end as it is read."""
        found = []
        for one in sorted(self.forecasts, key=lambda one: one.rank):
            predicted = one.end
            if predicted is None:
                continue
            if reading.end.kind == EndKind.FACT and reading.end.at is not None:
                actual = reading.end.at
                late = max((actual.day - predicted.last_day).days, 0)
                early = min((actual.last_day - predicted.day).days, 0)
                outcome = Outcome.LATE if late else Outcome.EARLY if early else Outcome.MET
                found.append(Forecast(one.claim, one.issuer, predicted, outcome, late + early))
            else:
                outcome = Outcome.OVERDUE if predicted.last_day < today else Outcome.PENDING
                found.append(Forecast(one.claim, one.issuer, predicted, outcome, None))
        return found

    @property
    def numbers(self) -> list[Any]:
        """What was said to be offline while it lasted, each number once."""
        return list({n.pk: n for one in self.said for n in one.numbers if n.metric in OFFLINE}.values())

    @property
    def loads(self) -> list[Any]:
        """What was said of how much ran again, each number once."""
        return list({n.pk: n for one in self.said for n in one.numbers if n.metric in LOAD}.values())

    @property
    def claims(self) -> list[Any]:
        return list({one.claim.pk: one.claim for one in self.said}.values())


def _same(said: Iterable[Statement], name: str, at: Span | None) -> list[Statement]:
    """Those who say the same time, by the days."""
    there = ((one, getattr(one, name)) for one in said)
    return [one for one, span in there if at is not None and span is not None and span.days == at.days]


def _distinct(said: Iterable[Statement], name: str, but: Span | None) -> list[Edge]:
    groups: dict[Any, list[Statement]] = defaultdict(list)
    for one in said:
        at = getattr(one, name)
        if but is None or at.days != but.days:
            groups[at.days, one.end_kind if name == "end" else None].append(one)
    edges = [
        Edge(
            getattr(group[0], name), list(dict.fromkeys(one.claim.public_id for one in group)),
            list(dict.fromkeys(one.issuer for one in group)), kind,
        )
        for (_, kind), group in groups.items()
    ]  # fmt: skip
    return sorted(edges, key=lambda edge: (edge.at and edge.at.earliest, str(edge.kind)))


def episodes(said: Iterable[Statement], denials: Iterable[tuple[Subject, Any]] = ()) -> list[Episode]:
    """The outages of each subject, in time: a beginning after somebody said that it ran again opens the next."""
    by_subject: dict[Subject, list[Statement]] = defaultdict(list)
    for one in said:
        by_subject[one.subject].append(one)
    found: list[Episode] = []
    for subject, group in by_subject.items():
        mine: list[Episode] = []
        facts = [one for one in group if one.start is not None or (one.end and one.end_kind == EndKind.FACT)]
        for one in sorted(facts, key=_when):
            if one.start is not None and (not mine or _is_over(mine[-1], one.start)):
                mine.append(Episode(subject))
            if mine:
                mine[-1].said.append(one)
        rest = [one for one in group if one not in facts]
        for one in sorted(rest, key=lambda one: one.rank):
            episode = _at(mine, one.known_at)
            if episode is not None:
                episode.said.append(one)
        for of, claim in denials:
            episode = _at(mine, claim.known_at) if of == subject else None
            if episode is not None:
                episode.denials.append(claim)
        found += mine
    return found


def _when(one: Statement) -> tuple[Any, ...]:
    at = one.start or one.end
    assert at is not None
    return at.earliest, one.start is None, one.rank


def _is_over(episode: Episode, start: Span) -> bool:
    """Whether everybody who said that it ended put the end before this beginning, and nobody said so later."""
    ended = [one.end.latest for one in episode.ends if one.end is not None]
    return bool(ended) and max(ended) < start.earliest


def _at(mine: Sequence[Episode], moment: dt.datetime) -> Episode | None:
    """The outage of which was spoken at a moment: the last one that had begun."""
    begun = [one for one in mine if any(s.start and s.start.earliest <= moment for s in one.starts)]
    return begun[-1] if begun else None


# Reading them ---------------------------------------------------------------------------------------------


def outages(units: Q, facilities: Q, then: AsOf) -> list[Episode]:
    """The outages of some units and facilities at a point in time. Four queries, bounded work."""
    of_units, of_facilities = (
        Unit.objects.filter(units).values("pk"),
        Facility.objects.filter(facilities).values("pk"),
    )
    alone = Q(
        proposition__unit=None, proposition__facility=None, proposition__strike__facility__in=of_facilities
    )
    rows = Claim.objects.published(then).filter(
        Q(proposition__unit__in=of_units) | Q(proposition__facility__in=of_facilities) | alone,
        proposition__topic__in=[Topic.OPERATIONS_HALTED, Topic.RECOVERY, Topic.CAPACITY, Topic.DAMAGE],
    )
    origin = ClaimOrigin.objects.current(then.revision).filter(claim=OuterRef("pk")).values("key")[:1]
    estimates = DamageEstimate.objects.published(then)
    claims = list(
        rows.of_polarity(Polarity.POSITIVE, Polarity.NEGATIVE)
        .exclude(stance=Stance.RETRACTS)
        .exclude(report__in=retracted(then))
        .select_related(
            "proposition__strike", "actor", "report__source", "proposition__unit", "proposition__facility"
        )
        .annotate(origin_key=Subquery(origin))
        .prefetch_related(Prefetch("damage_estimates", estimates, to_attr="public_estimates"))
        .order_by("known_at", "public_id")[: MOST_CLAIMS + 1]
    )
    if len(claims) > MOST_CLAIMS:
        raise BadParameter("policy", f"More than {MOST_CLAIMS:,} claims to weigh: narrow it.", "too_much")
    said: list[Statement] = []
    denials = []
    for claim in claims:
        if claim.polarity == Polarity.POSITIVE:
            said += statements(claim)
        elif claim.proposition.topic == Topic.OPERATIONS_HALTED:
            subject = subject_of(claim.proposition)
            if subject is not None:
                denials.append((subject, claim))
    return episodes(said, denials)


def operators_of(facilities: Q, then: AsOf) -> dict[int, set[str]]:
    """The ids of whoever operates or operated each facility."""
    found: dict[int, set[str]] = defaultdict(set)
    parties = Party.objects.published(then).filter(
        facility__in=Facility.objects.filter(facilities), role=PartyRole.OPERATOR
    )
    for facility, actor in parties.values_list("facility", "actor__public_id"):
        found[facility].add(actor)
    return found


def capacities_of(units: Q, facilities: Q, then: AsOf) -> dict[Subject, list[Any]]:
    """What reports say some units and facilities can do, the newest report first."""
    rows = Capacity.objects.published(then).filter(
        Q(unit__in=Unit.objects.filter(units))
        | Q(unit=None, facility__in=Facility.objects.filter(facilities))
    )
    found: dict[Subject, list[Any]] = defaultdict(list)
    for row in rows.select_related(
        "report__source", "facility", "unit__facility", "actor", "published_rev"
    ).order_by("-report__issued_latest", "public_id"):
        found[("unit", row.unit_id) if row.unit_id else ("facility", row.facility_id)].append(row)
    return found


# One timeline -----------------------------------------------------------------------------------------------


@dataclass
class Outage:
    """One outage as it is shown: by one policy, or by each issuer."""

    unit: Any
    facility: Any
    start: Edge | None
    end: Edge | None
    days: Days | None
    rivals: dict[str, list[Edge]]
    readings: list[Reading]
    offline: list[Any]
    load: list[Any]
    forecasts: list[Forecast]
    denied_by: list[str]
    claims: list[str]


def shown(episode: Episode, policy: Policy | None, operators: Collection[str], today: dt.date) -> Outage:
    """An outage as a policy reads it; without one, as each issuer does, scored by the one heard last."""
    reading = episode.read(policy or Policy.LATEST, operators)
    begun, ended = episode.rivals(reading)
    about = episode.said[0].claim.proposition
    unit = about.unit if episode.subject[0] == "unit" else None
    return Outage(
        unit=unit,
        facility=unit.facility if unit is not None else about.facility or about.strike.facility,
        start=reading.start if policy else None,
        end=reading.end if policy else None,
        days=reading.days if policy else None,
        rivals={"start": begun, "end": ended} if policy else {"start": [], "end": []},
        readings=[] if policy else episode.by_issuer(),
        offline=reckonings(episode.numbers),
        load=episode.loads,
        forecasts=episode.scored(reading, today),
        denied_by=[claim.public_id for claim in episode.denials],
        claims=[claim.public_id for claim in episode.claims],
    )


def timeline(
    units: Q, facilities: Q, operated: Q, then: AsOf, policy: Policy | None, today: dt.date
) -> list[Outage]:
    """The outages of some units and facilities, the earliest first; who operates which of them is looked up."""
    operators = operators_of(operated, then)
    found = []
    for episode in outages(units, facilities, then):
        about = episode.said[0].claim.proposition
        facility = about.unit.facility_id if episode.subject[0] == "unit" else episode.subject[1]
        found.append((episode, shown(episode, policy, operators.get(facility, set()), today)))
    found.sort(key=lambda pair: min(s.start.earliest for s in pair[0].starts if s.start))
    return [outage for _, outage in found]
