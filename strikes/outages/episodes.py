"""Outages, restarts and forecasts in time, built from claims when they are read.

Nothing here is stored. A claim that something stood still, with an event time, says when an outage began; a claim
of a recovery says when it ended or will end. What several issuers say of one outage is kept apart; a policy picks
one reading and is named in the answer. Times are told apart by their days on the clocks of the place.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from record.vocabulary import Vocabulary
from sources.choices import TimePrecision
from strikes.choices import Metric, NumberEdge, Stance, Topic

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
    WIDEST = (
        "widest",
        "The earliest beginning and the latest end that anybody stands by; no end while anybody stands by "
        "its going on after that.",
    )
    OPERATOR_FIRST = (
        "operator_first",
        "The word of whoever operated the facility when the outage began, where there is one, else the latest.",
    )


class EndKind(Vocabulary):
    """How the end of an outage is known.

    Origin: this project.
    """

    FACT = "fact", "Somebody said that it had ended."
    FORECAST = "forecast", "It goes on, as far as was said; an end was predicted."
    OPEN = "open", "It goes on, as far as was said, and no prediction of its end still stands."


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
    """What one claim says of an outage: that it began, went on or ended, that it will end, or how much it was."""

    claim: Any
    subject: Subject
    issuer: str
    start: Span | None = None
    end: Span | None = None
    end_kind: EndKind | None = None
    """Null where it says nothing of the end: neither that it had ended nor that it went on."""
    numbers: Sequence[Any] = ()

    @property
    def known_at(self) -> dt.datetime:
        moment: dt.datetime = self.claim.known_at
        return moment

    @property
    def rank(self) -> tuple[Any, ...]:
        return self.known_at, self.claim.sort_at, self.claim.public_id

    @property
    def weight(self) -> tuple[Any, ...]:
        """By what an issuer's newest word on the end is found: of words of one moment, that it had ended."""
        fact = self.end_kind == EndKind.FACT
        end = self.end.latest if fact and self.end is not None else self.known_at
        return self.known_at, self.claim.sort_at, fact, end, self.claim.public_id

    @property
    def still_out_on(self) -> dt.date | None:
        """The last day on which it says that the outage went on, if it does not say that it had ended."""
        if self.end_kind not in (EndKind.OPEN, EndKind.FORECAST):
            return None
        said = said_on(self.claim)
        return said if self.start is None else max(said, self.start.day)


def said_on(claim: Any) -> dt.date:
    """The day on which something was said or, if that is not known, issued."""
    said = claim.said_local_date or claim.said_latest or claim.said_earliest
    day: dt.date = claim.report.issued_local_date if said is None else said
    return day.date() if isinstance(day, dt.datetime) else day


class Days(NamedTuple):
    """How many days something lasted, at least and at most."""

    low: int
    high: int


def days_between(start: Span, end: Span) -> Days:
    """The days from one time to another, by the dates on the clocks of the place."""
    return Days(max((end.day - start.last_day).days, 0), max((end.last_day - start.day).days, 0))


LAST_ON_EARTH = dt.timezone(dt.timedelta(hours=-12))


def span(
    earliest: dt.datetime, latest: dt.datetime | None, zone: str | None, day: dt.date | None = None
) -> Span:
    """A time with its days: by the clocks of the place or, where the zone is not known, by the date that was given."""
    late = latest or earliest
    if zone is None and day is not None:  # the late edge is then that of the date where it ends last
        return Span(earliest, late, day, max(day, late.astimezone(LAST_ON_EARTH).date()))
    place = ZoneInfo(zone) if zone else dt.UTC
    return Span(earliest, late, earliest.astimezone(place).date(), late.astimezone(place).date())


def statements(claim: Any) -> Iterable[Statement]:
    """What a claim says of outages: by its event time, by the periods of its numbers, or by its numbers alone."""
    subject = subject_of(claim.proposition)
    if subject is None:
        return
    topic, forecast = claim.proposition.topic, claim.stance == Stance.FORECASTS
    if forecast and topic != Topic.RECOVERY:
        return  # what is only predicted to begin
    issuer, dated = claim.origin_key, claim.event_earliest is not None
    numbers = [
        number
        for number in claim.public_estimates
        if number.metric in (*OFFLINE, *LOAD) and number.effective_from_edge != NumberEdge.FORECAST
    ]
    if topic == Topic.OPERATIONS_HALTED and dated:
        yield Statement(claim, subject, issuer, *halt(claim), numbers=numbers)
        return  # the periods of its numbers then only say when it was how much
    spans = [one for one in numbers if one.metric in OFFLINE and one.effective_from is not None]
    alone = [one for one in numbers if one not in spans]
    if topic == Topic.RECOVERY and dated:
        over = span_of(claim)
        kind = EndKind.FORECAST if forecast or over.day > said_on(claim) else EndKind.FACT
        yield Statement(claim, subject, issuer, None, over, kind, alone)
    elif alone:
        yield Statement(claim, subject, issuer, numbers=alone)
    for number in spans:
        begun, until = period(number, claim)
        edge = {NumberEdge.OPEN.value: EndKind.OPEN, NumberEdge.FORECAST.value: EndKind.FORECAST}.get(
            str(number.effective_until_edge)
        )
        if until is not None and edge is None:
            edge = EndKind.FORECAST if until.day > said_on(claim) else EndKind.FACT
        yield Statement(claim, subject, issuer, begun, until, edge, [number])


def halt(claim: Any) -> tuple[Span, Span | None, EndKind | None]:
    """What the event time of a halt says: days from when until when, an open beginning, or only when it began."""
    if claim.event_latest is None:
        return span_of(claim), None, EndKind.OPEN
    if claim.event_precision != TimePrecision.DAYS:
        return span_of(claim), None, None
    whole = span_of(claim)
    begun = Span(claim.event_earliest, claim.event_earliest, whole.day, whole.day)
    over = Span(claim.event_latest, claim.event_latest, whole.last_day, whole.last_day)
    return begun, over, EndKind.FORECAST if over.day > said_on(claim) else EndKind.FACT


def span_of(claim: Any) -> Span:
    return span(claim.event_earliest, claim.event_latest, claim.event_timezone, claim.event_local_date)


def period(number: Any, claim: Any) -> tuple[Span | None, Span | None]:
    """From when until when a number holds, on the clocks of the place as far as the claim or its strike names them."""
    strike = claim.proposition.strike
    zone = claim.event_timezone or (strike.timezone if strike is not None else None)
    ends = number.effective_from, number.effective_until
    begun, until = (None if moment is None else span(moment, None, zone) for moment in ends)
    return begun, until


def subject_of(proposition: Any) -> Subject | None:
    """What a proposition says stood still: a unit or a facility, its strike's if it has no subject of its own."""
    if proposition.unit_id is not None:
        return "unit", proposition.unit_id
    if proposition.facility_id is not None:
        return "facility", proposition.facility_id
    if proposition.actor_id is not None or proposition.region_id is not None or proposition.strike is None:
        return None
    facility = proposition.strike.facility_id
    return None if facility is None else ("facility", facility)


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

    @property
    def first_day(self) -> dt.date:
        """The first day that anybody gave: of its beginning or, if nobody spoke of that, of its end."""
        spans = [one.start for one in self.starts] or [one.end for one in self.said]
        return min(span.day for span in spans if span is not None)

    def issuers(self, policy: Policy, operators: Collection[str]) -> list[str]:
        """Who is asked first, by a policy: of those who spoke of its beginning or end."""
        newest: dict[str, Any] = {}
        for one in self.said:
            if one.start is not None or one.end_kind is not None:
                newest[one.issuer] = max(newest.get(one.issuer, one.rank), one.rank)
        ranked = sorted(newest, key=lambda issuer: newest[issuer], reverse=True)
        if policy == Policy.OPERATOR_FIRST:
            ranked.sort(key=lambda issuer: issuer not in operators)
        return ranked

    def read(self, policy: Policy, operators: Collection[str]) -> Reading:
        """The one reading that a policy picks."""
        order = self.issuers(policy, operators)
        starts = [one for issuer in order if (one := self._start(issuer))]
        words = [one for issuer in order if (one := self._word(issuer))]
        predicted = [one for issuer in order if (one := self._forecast(issuer))]
        if policy == Policy.WIDEST:
            starts.sort(key=lambda one: (one.start and one.start.day, one.rank))
            words.sort(key=_reaches, reverse=True)
            predicted.sort(key=lambda one: (one.end and one.end.last_day, one.rank), reverse=True)
        return self._reading(None, starts, words, predicted, self.said)

    def by_issuer(self) -> list[Reading]:
        """Each issuer's own reading, with nothing filled in from others; who was heard last comes first."""
        found = []
        for issuer in self.issuers(Policy.LATEST, ()):
            start, word, forecast = (
                [one] if one else []
                for one in (self._start(issuer), self._word(issuer), self._forecast(issuer))
            )
            own = [one for one in self.said if one.issuer == issuer]
            found.append(self._reading(issuer, start, word, forecast, own))
        return found

    def _start(self, issuer: str) -> Statement | None:
        """An issuer's earliest beginning: a later one only says that it was still out by then."""
        mine = [one for one in self.starts if one.issuer == issuer]
        return min(mine, key=lambda one: (one.start and one.start.day, one.rank), default=None)

    def _word(self, issuer: str) -> Statement | None:
        """An issuer's newest word on the end: that it had ended, or that it went on."""
        mine = [one for one in self.said if one.issuer == issuer and one.end_kind is not None]
        return max(mine, key=lambda one: one.weight, default=None)

    def _forecast(self, issuer: str) -> Statement | None:
        mine = [one for one in self.forecasts if one.issuer == issuer]
        return max(mine, key=lambda one: one.rank, default=None)

    def _reading(
        self,
        issuer: str | None,
        starts: Sequence[Statement],
        words: Sequence[Statement],
        predicted: Sequence[Statement],
        said: Sequence[Statement],
    ) -> Reading:
        """The first of each, with all claims that say the same. No end is before its beginning, and a prediction that
        somebody outlived is none."""
        begun, since = Edge(None, [], []), None
        if starts:
            begun = _edge([one for one in said if _same(one.start, starts[0].start)], "start")
            since = begun.at.day if begun.at else None
        words = [one for one in words if one.still_out_on or not _before(one.end, since)]
        if words and words[0].end_kind == EndKind.FACT:
            same = [one for one in said if one.end_kind == EndKind.FACT and _same(one.end, words[0].end)]
            return Reading(issuer, begun, _edge(same, "end", EndKind.FACT))
        out = words[0].still_out_on if words else since
        ahead = [one for one in predicted if not _before(one.end, out)]
        if ahead:
            same = [one for one in said if one.end_kind == EndKind.FORECAST and _same(one.end, ahead[0].end)]
            return Reading(issuer, begun, _edge(same, "end", EndKind.FORECAST))
        return Reading(issuer, begun, _edge([one for one in words if one.still_out_on], "", EndKind.OPEN))

    def rivals(self, reading: Reading) -> tuple[list[Edge], list[Edge]]:
        """What else was said of the beginning and of the end: every other time, or that it went on after it."""
        begun = _distinct(self.starts, "start", reading.start.at)
        ended = _distinct([*self.ends, *self.forecasts], "end", reading.end.at)
        if reading.end.kind == EndKind.FACT and reading.end.at is not None:
            last = reading.end.at.last_day
            later = [one for one in self.said if one.end_kind == EndKind.OPEN]
            later = [one for one in later if one.still_out_on and one.still_out_on > last]
            ended += [_edge(later, "", EndKind.OPEN)] if later else []
        return begun, ended

    def days_out(self) -> list[dt.date]:
        """The days on which it was last said to go on, by each word of it."""
        return [one.still_out_on for one in self.said if one.still_out_on is not None]

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


def _same(one: Span | None, other: Span | None) -> bool:
    return one is not None and other is not None and one.days == other.days


def _reaches(word: Statement) -> tuple[Any, ...]:
    """How far a word on the end reaches: to the end that it names, or to the last day on which it went on."""
    if word.end_kind == EndKind.FACT and word.end is not None:
        return word.end.last_day, False, word.rank
    return word.still_out_on, True, word.rank


def _before(one: Span | None, day: dt.date | None) -> bool:
    return one is not None and day is not None and one.last_day < day


def _edge(said: Sequence[Statement], name: str, kind: EndKind | None = None) -> Edge:
    """An edge on the word of these; `name` says which of their times it is, if it has one."""
    return Edge(
        getattr(said[0], name) if said and name else None,
        list(dict.fromkeys(one.claim.public_id for one in said)),
        list(dict.fromkeys(one.issuer for one in said)),
        kind,
    )


def _distinct(said: Iterable[Statement], name: str, but: Span | None) -> list[Edge]:
    """Every other time that was said, with its claims."""
    groups: dict[Any, list[Statement]] = defaultdict(list)
    for one in said:
        at = getattr(one, name)
        if but is None or at.days != but.days:
            groups[at.days, one.end_kind if name == "end" else None].append(one)
    edges = [_edge(group, name, kind) for (_, kind), group in groups.items()]
    return sorted(edges, key=lambda edge: (edge.at and edge.at.days, str(edge.kind)))


@dataclass
class Heard:
    """All that was said: outages, and what belongs to none, because nobody says when it was so."""

    episodes: list[Episode] = field(default_factory=list)
    undated: list[Statement] = field(default_factory=list)


def heard(said: Iterable[Statement], denials: Iterable[tuple[Subject, Any]] = ()) -> Heard:
    """The outages of each subject, in time: a beginning after the end that others gave opens the next.

    A return, or the forecast of one, without any beginning before it, is an outage of which nobody says when it began.
    """
    by_subject: dict[Subject, list[Statement]] = defaultdict(list)
    for one in said:
        by_subject[one.subject].append(one)
    denied: dict[Subject, list[Any]] = defaultdict(list)
    for subject, claim in denials:
        denied[subject].append(claim)
    found = Heard()
    for subject, group in by_subject.items():
        mine: list[Episode] = []
        dated = [one for one in group if one.start is not None or one.end_kind == EndKind.FACT]
        for one in sorted(dated, key=_when):
            if not mine or (one.start is not None and _is_over(mine[-1], one.start)):
                mine.append(Episode(subject))
            mine[-1].said.append(one)
        rest = [one for one in group if one.start is None and one.end_kind != EndKind.FACT]
        for one in sorted(rest, key=lambda one: one.rank):
            episode = _at(mine, one.known_at)
            if episode is None and one.end is not None:
                episode = Episode(subject)
                mine.insert(0, episode)
            if episode is not None:
                episode.said.append(one)
            else:
                found.undated.append(one)
        for claim in denied[subject]:
            episode = _at(mine, claim.known_at)
            if episode is not None:
                episode.denials.append(claim)
        found.episodes += mine
    return found


def _when(one: Statement) -> tuple[Any, ...]:
    at = one.start or one.end
    assert at is not None
    return at.day, one.start is None, one.rank


def _is_over(episode: Episode, start: Span) -> bool:
    """Whether everybody who said that it ended put the end before the day of this beginning."""
    ended = [one.end.last_day for one in episode.ends if one.end is not None]
    return bool(ended) and max(ended) < start.day


def _at(mine: Sequence[Episode], moment: dt.datetime) -> Episode | None:
    """The outage of which was spoken at a moment: the last one that had begun."""
    begun = [one for one in mine if _had_begun(one, moment)]
    return begun[-1] if begun else None


def _had_begun(episode: Episode, moment: dt.datetime) -> bool:
    starts = [one.start.earliest for one in episode.starts if one.start is not None]
    return min(starts) <= moment if starts else True
