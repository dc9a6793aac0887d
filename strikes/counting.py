"""How many strikes there were, by when and where and how they were struck, and by how what is said of them stands.

A group is a set of events, and what is counted of it is about those events. Waves group strikes and are none: those
whose strikes nobody itemised are counted apart, and so are plain incidents.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from typing import NamedTuple

from django.db.models import Count, Q, QuerySet

from record.graphs import closure
from record.limits import TooMuch
from record.models import AsOf, Merge
from strikes.choices import Dispute, PartyRole, StrikeKind
from strikes.disputes.states import states_of
from strikes.models import Claim, Facility, Party, Proposition, PropositionState, Strike
from strikes.periods import TIMES, period_of

MOST_EVENTS, MOST_PLACES, MOST_GROUPS = 100_000, 1_000_000, 10_000
"""Events, their places in groups, and groups of one answer; beyond that it is refused."""
MOST_DAYS = 36_525
"""A century: the longest range that is gone through for times without any event."""

GroupValue = str | None
GroupKey = tuple[GroupValue, ...]


class Event(NamedTuple):
    key: int
    kind: str
    on: dt.date
    precision: str
    facility: int | None

    def period(self, word: str) -> str | None:
        return period_of(word, self.on, self.precision)


class Events:
    """The strikes, raids, incidents and waves without any of these that a query finds.

    Each question about them is a query or two. Of claims only those in ``claims_asked_for`` are counted, if given.
    """

    def __init__(
        self, rows: QuerySet[Strike], as_of: AsOf, claims_asked_for: QuerySet[Claim] | None = None
    ) -> None:
        self.rows, self.claims_asked_for = rows.order_by(), claims_asked_for
        self.as_of = as_of
        self.canonical_strikes: dict[int, int] = Strike.objects.canonical_keys(as_of.revision)
        self.facilities: dict[int, int] = Facility.objects.canonical_keys(as_of.revision)
        columns = ("pk", "kind", "local_date", "precision", "facility")
        rows_found = list(self.rows.values_list(*columns)[: MOST_EVENTS + 1])
        if len(rows_found) > MOST_EVENTS:
            raise TooMuch("group_by", f"More than {MOST_EVENTS:,} events: narrow it.")
        any_wave = any(kind == StrikeKind.WAVE for _, kind, *_ in rows_found)
        itemised = self.itemised_waves() if any_wave else set()
        self.all = [
            Event(
                key,
                kind,
                on,
                precision,
                None if facility is None else self.facilities.get(facility, facility),
            )
            for key, kind, on, precision, facility in rows_found
            if key not in itemised
        ]

    def itemised_waves(self) -> set[int]:
        """The waves below which there is a strike, raid or incident, at any depth, whatever was asked for."""
        canonical = self.canonical_strikes
        public = Strike.objects.published(self.as_of)
        is_there = Q(pk__in=public.values("pk"))
        if canonical:
            survivors = set(public.filter(pk__in=canonical.values()).values_list("pk", flat=True))
            is_there |= Q(pk__in=[loser for loser, survivor in canonical.items() if survivor in survivors])
        # A wave need not be public itself: what it groups counts for what it belongs to, as in the filter `wave`.
        grouped = Strike.objects.filter(Q(kind=StrikeKind.WAVE) | is_there).exclude(wave=None).order_by()
        waves_above: dict[int, set[int]] = defaultdict(set)
        members: set[int] = set()
        for key, kind, wave in grouped.values_list("pk", "kind", "wave"):
            assert wave is not None  # the filter asks for one
            waves_above[canonical.get(key, key)].add(canonical.get(wave, wave))
            if kind != StrikeKind.WAVE:
                members.add(canonical.get(key, key))
        return (
            closure(members, lambda keys: {above for key in keys for above in waves_above.get(key, ())})
            - members
        )

    def days_known(self, words: Sequence[str]) -> list[dt.date]:
        """The days of the events that are in one period of each of these lengths."""
        return [
            event.on
            for event in self.all
            if all(event.period(word) == TIMES[word](event.on) for word in words if word in TIMES)
        ]

    def values(self, *paths: str) -> dict[int, set[str]]:
        """What stands at the end of some paths, for each event."""
        values_of: dict[int, set[str]] = defaultdict(set)
        for path in paths:
            for key, value in self.rows.values_list("pk", path):
                if value is not None:
                    values_of[key].add(value)
        return values_of

    def about_events(self, path: str) -> Q:
        """Rows about one of the events, or about what was merged with one."""
        return Q(**{f"{path}__in": self.rows.values("pk")}) | Q(
            **{f"{path}__in": list(self.canonical_strikes)}
        )

    def event_of(self, strike: int) -> int:
        """The event that a row about a strike is counted for."""
        return self.canonical_strikes.get(strike, strike)

    @cached_property
    def claims(self) -> QuerySet[Claim]:
        """The public claims about the events, as far as they are counted."""
        claims = self.claims_asked_for
        if claims is None:
            claims = Claim.objects.published(self.as_of)
        return claims.filter(self.about_events("proposition__strike")).order_by()

    @cached_property
    def claim_counts(self) -> Counter[int]:
        """How many claims are about each event."""
        counts: Counter[int] = Counter()
        for strike, number in self.claims.values_list("proposition__strike").annotate(Count("pk")):
            counts[self.event_of(strike)] += number
        return counts

    @cached_property
    def claim_counts_by_actor(self) -> dict[int, Counter[str]]:
        """How many claims each actor makes about each event."""
        canonical_actors = Merge.objects.canonical_ids("actors", self.as_of.revision)
        counts: dict[int, Counter[str]] = defaultdict(Counter)
        by_actor = self.claims.values_list("proposition__strike", "actor__public_id").annotate(Count("pk"))
        for strike, actor, number in by_actor:
            counts[self.event_of(strike)][canonical_actors.get(actor, actor)] += number
        return counts

    @cached_property
    def state_counts(self) -> dict[int, Counter[str]]:
        """How many propositions about each event stand how."""
        counts: dict[int, Counter[str]] = defaultdict(Counter)
        for strike, state, number in self._states_by_strike():
            counts[self.event_of(strike)][state] += number
        return counts

    def _states_by_strike(self) -> Iterable[tuple[int, str, int]]:
        propositions = Proposition.objects.published(self.as_of).filter(self.about_events("strike"))
        if self.as_of.known is None:
            states = PropositionState.objects.current(self.as_of.revision)
            states = states.filter(proposition__in=propositions.values("pk")).order_by()
            yield from states.values_list("proposition__strike", "state").annotate(Count("pk"))
            return
        # No states are kept by what was known at a moment: they are computed.
        strike_of = dict(propositions.values_list("pk", "strike"))
        for pk, state in states_of(propositions, self.as_of).items():
            yield strike_of[pk], state.state, 1


# What groups them -------------------------------------------------------------------------------------------


def by_time(word: str) -> Callable[[Events], Mapping[int, Collection[str]]]:
    def periods(events: Events) -> Mapping[int, Collection[str]]:
        found = ((event.key, event.period(word)) for event in events.all)
        return {key: (period,) for key, period in found if period is not None}

    return periods


def by_region(events: Events) -> Mapping[int, Collection[str]]:
    return events.values("regions__public_id")


def by_country(events: Events) -> Mapping[int, Collection[str]]:
    return {key: {code[:2] for code in codes} for key, codes in by_region(events).items()}


def by_facility(events: Events) -> Mapping[int, Collection[str]]:
    canonical = Merge.objects.canonical_ids("facilities", events.as_of.revision)
    facilities = events.values("facility__public_id")
    return {
        key: {canonical.get(public_id, public_id) for public_id in ids} for key, ids in facilities.items()
    }


def by_operator(events: Events) -> Mapping[int, Collection[str]]:
    """Who operated the facility on the local date of the event."""
    canonical_actors = Merge.objects.canonical_ids("actors", events.as_of.revision)
    merged = events.facilities
    of_events = Q(facility__in=events.rows.values("facility")) | Q(facility__in=[*merged, *merged.values()])
    parties = Party.objects.published(events.as_of).filter(of_events, role=PartyRole.OPERATOR)
    terms: dict[int, list[tuple[dt.date, dt.date, str]]] = defaultdict(list)
    for facility, since, until, actor in parties.values_list(
        "facility", "since", "until", "actor__public_id"
    ):
        term = (since or dt.date.min, until or dt.date.max, canonical_actors.get(actor, actor))
        terms[merged.get(facility, facility)].append(term)
    return {
        event.key: {actor for since, until, actor in terms[event.facility] if since <= event.on <= until}
        for event in events.all
        if event.facility in terms
    }


GROUPINGS: dict[str, Callable[[Events], Mapping[int, Collection[str]]]] = {
    **{word: by_time(word) for word in TIMES},
    "country": by_country,
    "region": by_region,
    "facility_kind": lambda events: events.values("facility__kind"),
    "method": lambda events: events.values("methods__method"),
    "facility": by_facility,
    "operator": by_operator,
    # Who speaks of it, for it, against it or of neither side.
    "actor": lambda events: events.claim_counts_by_actor,
    "dispute": lambda events: events.state_counts,
}
"""Each word with the values that it finds for an event; an event with several is in several groups."""


# What is counted --------------------------------------------------------------------------------------------


@dataclass
class Tally:
    """What is counted of the events of a group, or of all."""

    key: dict[str, GroupValue] = field(default_factory=dict)
    """The values of the group, by the words that were asked for."""
    strikes: int = 0
    incidents: int = 0
    waves: int = 0
    struck: set[int] = field(default_factory=set)
    claims: int = 0
    wave_claims: int = 0
    propositions: dict[str, int] = field(default_factory=lambda: dict.fromkeys(Dispute.values, 0))

    @property
    def facilities(self) -> int:
        return len(self.struck)

    def add(self, event: Event, claims: int, states: Mapping[str, int]) -> None:
        if event.kind == StrikeKind.INCIDENT:
            self.incidents += 1
            return
        if event.kind == StrikeKind.WAVE:
            self.waves += 1
            self.wave_claims += claims
            return
        self.strikes += 1
        self.claims += claims
        if event.facility is not None:
            self.struck.add(event.facility)
        for state, number in states.items():
            self.propositions[state] += number


@dataclass
class Counts:
    group_by: list[str]
    groups: dict[GroupKey, Tally]
    total: Tally

    def in_order(self) -> list[Tally]:
        """The groups by their values, in the order of the words; what has no value comes last."""
        keys = sorted(self.groups, key=lambda key: [(value is None, value or "") for value in key])
        for key in keys:
            self.groups[key].key = dict(zip(self.group_by, key, strict=True))
        return [self.groups[key] for key in keys]


def strike_counts(events: Events, group_by: list[str]) -> Counts:
    """The events by one or two words. A fixed number of queries."""
    values_by_word = [GROUPINGS[word](events) for word in group_by]
    groups: dict[GroupKey, Tally] = defaultdict(Tally)
    total, places = Tally(), 0
    for event in events.all:
        claims = events.claim_counts[event.key]
        states = events.state_counts.get(event.key, Counter())
        total.add(event, claims, states)
        # An event without a value is in the group of null.
        for key in product(*(values_of.get(event.key) or (None,) for values_of in values_by_word)):
            places += 1
            groups[key].add(event, claims_in_group(events, event, group_by, key), states)
        if places > MOST_PLACES or len(groups) > MOST_GROUPS:
            text = f"More than {MOST_GROUPS:,} groups, or {MOST_PLACES:,} places in them: narrow it."
            raise TooMuch("group_by", text)
    return Counts(group_by, dict(groups), total)


def claims_in_group(events: Events, event: Event, group_by: list[str], key: GroupKey) -> int:
    """The claims about an event that are counted in a group: all of them or, of actors asked for, the actor's own."""
    if events.claims_asked_for is None or "actor" not in group_by:
        return events.claim_counts[event.key]
    actor = key[group_by.index("actor")]
    return events.claim_counts_by_actor[event.key][actor] if actor is not None else 0


def add_zeros(counts: Counts, first: dt.date, last: dt.date) -> None:
    """Add a row of zeros for each time of a range that has none, beside each other value that was found."""
    if (last - first).days > MOST_DAYS:
        raise TooMuch("zero", "More than a hundred years: give `after` and `before`.")
    words = counts.group_by
    others = {
        tuple(value for word, value in zip(words, key, strict=True) if word not in TIMES)
        for key in counts.groups
    }
    if all(word in TIMES for word in words):
        others = {()}
    days = (first + dt.timedelta(days=number) for number in range((last - first).days + 1))
    times = dict.fromkeys(tuple(TIMES[word](day) for word in words if word in TIMES) for day in days)
    if len(times) * len(others) > MOST_GROUPS:
        raise TooMuch("zero", f"More than {MOST_GROUPS:,} rows: narrow it, or group by longer times.")
    for time, other in product(times, others):
        time_values, other_values = iter(time), iter(other)
        key = tuple(next(time_values) if word in TIMES else next(other_values) for word in words)
        counts.groups.setdefault(key, Tally())
