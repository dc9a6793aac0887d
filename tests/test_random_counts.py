"""Counts of strikes over random records equal a slow, obvious count of the same events.

The reference knows nothing of the database. It holds every event and claim as plain values, and goes through all of
them for each group.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from record import publishing
from record.choices import WithdrawalReason
from record.models import Revision
from sources.choices import TimePrecision
from tests.factories import (
    ActorFactory,
    ClaimFactory,
    FacilityFactory,
    PartyFactory,
    PropositionFactory,
    RegionFactory,
    ReportFactory,
    StrikeFactory,
    SubdivisionFactory,
    WaveFactory,
)
from tests.on_record import on_record

STATES = ["unreported", "forecast_only", "single_origin", "agreed", "denied", "disputed"]
REGIONS = ["XA-1", "XA-2", "XB-1"]
FACILITIES = {"north": ("refinery", ["XA-1"]), "south": ("port", ["XA-2", "XB-1"]), "sea": ("vessel", [])}
TERMS = [
    ("north", "old-firm", None, "2024-01-15"),
    ("north", "new-firm", "2024-01-15", None),
    ("south", "new-firm", None, None),
    ("south", "partner", "2024-02-01", "2024-12-31"),
]
METHODS = ["drone", "missile", "artillery"]
ACTORS = ["ministry", "governor", "company"]
DAYS = [
    dt.date(2023, 12, 31),
    dt.date(2024, 1, 1),
    dt.date(2024, 1, 15),
    dt.date(2024, 2, 29),
    dt.date(2024, 12, 30),
]
WAVES = ["the-wave", "inner", "lone"]
WAVE_DAY = dt.date(2024, 3, 12)
SAID = [dt.date(2024, 12, 31), dt.date(2025, 1, 10)]
WORDS = [
    "year",
    "quarter",
    "month",
    "week",
    "day",
    "country",
    "region",
    "facility_kind",
    "method",
    "facility",
    "operator",
    "actor",
    "dispute",
]


@dataclass
class Point:
    """A proposition with its claims: who, for or against or neither, and when."""

    claims: list[tuple[str, str, dt.date]] = field(default_factory=list)


@dataclass
class Happened:
    id: str
    kind: str
    on: dt.date
    facility: str | None
    regions: list[str]
    methods: list[str]
    wave: str | None
    """`the-wave`, `inner` (a wave in it) or `lone`."""
    points: list[Point]
    withdrawn: bool
    precision: str = "minute"


days, sides = st.sampled_from(DAYS), st.sampled_from(["asserts", "denies", "no_response"])
points = st.builds(
    lambda said: Point([(actor, stance, when) for actor, (stance, when) in said.items()]),
    st.dictionaries(st.sampled_from(ACTORS), st.tuples(sides, st.sampled_from(SAID)), max_size=3),
)
events = st.lists(
    st.builds(
        Happened,
        id=st.just(""),
        kind=st.sampled_from(["strike", "strike", "raid", "incident", "wave"]),
        on=days,
        facility=st.none() | st.sampled_from(list(FACILITIES)),
        regions=st.lists(st.sampled_from(REGIONS), unique=True, max_size=2),
        methods=st.lists(st.sampled_from(METHODS), unique=True, min_size=1, max_size=2),
        wave=st.sampled_from([None, *WAVES]),
        points=st.lists(points, max_size=2),
        withdrawn=st.sampled_from([False, False, False, True]),
        precision=st.sampled_from(["minute", "day", "days", "week", "month", "year", "unknown"]),
    ),
    max_size=7,
)
filters = st.fixed_dictionaries(
    {},
    optional={
        "country": st.sampled_from(["XA", "XB"]),
        "region": st.sampled_from(REGIONS),
        "facility": st.sampled_from(list(FACILITIES)),
        "facility_kind": st.sampled_from(["refinery", "port", "vessel"]),
        "method": st.sampled_from(METHODS),
        "operator": st.sampled_from(["old-firm", "new-firm", "partner"]),
        "kind": st.sampled_from(["strike", "raid", "incident", "wave"]),
        "after": days.map(str),
        "before": days.map(str),
        "wave": st.sampled_from(WAVES),
        "actor": st.sampled_from(ACTORS),
    },
)


# --- The reference -----------------------------------------------------------------------------------------


def places(event: Happened) -> set[str]:
    """Its own or, where none is given, its facility's."""
    return set(event.regions or (FACILITIES[event.facility][1] if event.facility else []))


def operators(event: Happened) -> set[str]:
    found = set()
    for facility, actor, since, until in TERMS:
        in_time = (since or "") <= str(event.on) <= (until or "9")
        if facility == event.facility and in_time:
            found.add(actor)
    return found


def state(point: Point) -> str:
    pro = [actor for actor, stance, _ in point.claims if stance == "asserts"]
    con = [actor for actor, stance, _ in point.claims if stance == "denies"]
    if pro and con:
        return "disputed"
    if con:
        return "denied"
    return {0: "unreported", 1: "single_origin"}.get(len(pro), "agreed")


def periods(event: Happened, word: str) -> set[str | None]:
    """Goes through every day on which it may have happened."""
    if event.precision == "unknown":
        return set()

    def period(day: dt.date, word: str) -> str:
        year, week, _ = day.isocalendar()
        return {
            "year": str(day.year),
            "quarter": f"{day.year}-Q{1 + (day.month - 1) // 3}",
            "month": str(day)[:7],
            "week": f"{year}-W{week:02}",
            "day": str(day),
        }[word]

    known_to = event.precision if event.precision in ("week", "month", "year") else "day"
    around = [event.on + dt.timedelta(days=number) for number in range(-370, 371)]
    possible = [day for day in around if period(day, known_to) == period(event.on, known_to)]
    found = {period(day, word) for day in possible}
    return {*found} if len(found) == 1 else {period(event.on, known_to)}


def values(event: Happened, word: str) -> set[str | None]:
    if word in ("year", "quarter", "month", "week", "day"):
        return periods(event, word) or {None}
    found: Any = {
        "country": {region[:2] for region in places(event)},
        "region": places(event),
        "facility_kind": {FACILITIES[event.facility][0]} if event.facility else set(),
        "method": set(event.methods),
        "facility": {event.facility} if event.facility else set(),
        "operator": operators(event),
        "actor": {actor for point in event.points for actor, _, _ in point.claims},
        "dispute": {state(point) for point in event.points},
    }[word]
    return found or {None}


def matches(event: Happened, asked: dict[str, str]) -> bool:
    for word, value in asked.items():
        if word == "kind":
            fits = event.kind == value
        elif word == "after":
            fits = str(event.on) >= value
        elif word == "before":
            fits = str(event.on) < value
        elif word == "wave":
            fits = event.id == value or value in waves_above(event)
        else:
            fits = value in values(event, word)
        if not fits:
            return False
    return True


def waves_above(event: Happened) -> list[str]:
    above = "the-wave" if event.id == "inner" else event.wave
    return [above, "the-wave"] if above == "inner" else [above] if above else []


def counted(happened: list[Happened]) -> list[Happened]:
    """What is counted of all there is: not the waves with anything else below them."""
    itemised = {wave for event in happened if event.kind != "wave" for wave in waves_above(event)}
    return [event for event in happened if event.id not in itemised]


def count(happened: list[Happened], actor: str | None = None) -> dict[str, Any]:
    struck = [event for event in happened if event.kind in ("strike", "raid")]
    waves = [event for event in happened if event.kind == "wave"]
    all_points = [point for event in struck for point in event.points]

    def claims(events: list[Happened]) -> int:
        said = [speaker for event in events for point in event.points for speaker, _, _ in point.claims]
        return len([speaker for speaker in said if actor in (None, speaker)])

    return {
        "strikes": len(struck),
        "incidents": len([event for event in happened if event.kind == "incident"]),
        "waves": len(waves),
        "facilities": len({event.facility for event in struck if event.facility}),
        "claims": claims(struck),
        "wave_claims": claims(waves),
        "propositions": {word: len([p for p in all_points if state(p) == word]) for word in STATES},
    }


def known(happened: list[Happened], by: dt.date) -> list[Happened]:
    """What was known: the points that somebody had spoken to by then, and the waves of what was spoken of."""
    spoken_of = []
    for event in happened:
        heard = [Point([said for said in point.claims if said[2] <= by]) for point in event.points]
        points = [point for point in heard if point.claims]
        spoken_of.append(Happened(**{**event.__dict__, "points": points}))
    above = {wave for event in spoken_of if event.points for wave in waves_above(event)}
    return [event for event in spoken_of if event.points or event.id in above]


def expected(
    happened: list[Happened], group_by: list[str], actor: str | None = None
) -> tuple[dict[Any, Any], dict[str, Any]]:
    own = actor if "actor" in group_by else None
    combinations = {
        (a, b)
        for event in happened
        for a in values(event, group_by[0])
        for b in (values(event, group_by[1]) if len(group_by) > 1 else [None])
    }
    groups = {}
    for key in combinations:
        members = [
            event
            for event in happened
            if all(value in values(event, word) for word, value in zip(group_by, key, strict=False))
        ]
        named = dict(zip(group_by, key, strict=False))
        if own is None or named["actor"] == own:
            groups[key[: len(group_by)]] = count(members, own)
    return groups, count(happened, own)


# --- The record --------------------------------------------------------------------------------------------


class Stage:
    """What every random record has in common."""

    def __init__(self) -> None:
        countries = {code: RegionFactory(public_id=code) for code in ("XA", "XB")}
        self.regions = {
            code: SubdivisionFactory(public_id=code, parent=countries[code[:2]]) for code in REGIONS
        }
        self.facilities = {
            name: FacilityFactory(public_id=name, kind=kind, regions=[self.regions[code] for code in regions])
            for name, (kind, regions) in FACILITIES.items()
        }
        names = {actor for _, actor, _, _ in TERMS} | set(ACTORS)
        self.actors = {name: ActorFactory(public_id=name) for name in sorted(names)}
        for facility, actor, since, until in TERMS:
            PartyFactory(
                facility=self.facilities[facility], actor=self.actors[actor], since=since, until=until
            )
        outer, lone = (WaveFactory(public_id=name, methods=["drone"]) for name in ("the-wave", "lone"))
        inner = WaveFactory(public_id="inner", methods=["drone"], wave=outer)
        self.waves = {"the-wave": outer, "inner": inner, "lone": lone}
        # Of a later day than what is said by name in it, which was known before.
        self.report = ReportFactory(issued_earliest=dt.datetime.combine(SAID[-1], dt.time(12), dt.UTC))
        on_record(
            *self.waves.values(),
            self.report,
            *self.facilities.values(),
            *self.actors.values(),
            *self.regions.values(),
            *countries.values(),
        )

    def publish(self, happened: list[Happened]) -> list[Any]:
        rows: list[Any] = []
        claims: list[Any] = []
        for number, event in enumerate(happened):
            event.id = f"{event.on}-event-{number}"
            start = dt.datetime.combine(event.on, dt.time(12), dt.UTC)
            in_wave = {"wave": self.waves[event.wave]} if event.wave else {}
            if event.kind == "wave":
                event.facility = None
            row = StrikeFactory(
                public_id=event.id,
                kind=event.kind,
                local_date=event.on,
                earliest=start,
                precision=event.precision,
                timezone="UTC",
                facility=event.facility and self.facilities[event.facility],
                target_described_as="a site",
                methods=event.methods,
                regions=[self.regions[code] for code in event.regions],
                **in_wave,
            )
            rows.append(row)
            for point in event.points:
                proposition = PropositionFactory(strike=row)
                rows.append(proposition)
                for actor, stance, when in point.claims:
                    at = dt.datetime.combine(when, dt.time(8), dt.UTC)
                    claims.append(
                        ClaimFactory(
                            report=self.report,
                            actor=self.actors[actor],
                            proposition=proposition,
                            stance=stance,
                            said_earliest=at,
                            said_latest=at,
                            said_precision=TimePrecision.MINUTE,
                            said_local_date=when,
                            position=len(claims),
                        )
                    )
        if rows:
            publishing.publish(*rows, *claims)
        return [row for row in rows if row.collection == "strikes"]


def ask(group_by: list[str], asked: dict[str, str], **more: str) -> tuple[dict[Any, Any], dict[str, Any]]:
    cache.clear()
    query = {"group_by": ",".join(group_by), **asked, **more}
    response = Client().get("/api/v1/stats/strikes/", query)
    assert response.status_code == 200, response.content
    answer = response.json()
    assert answer["group_by"] == group_by
    keys = [tuple(group["key"].values()) for group in answer["groups"]]
    assert keys == sorted(keys, key=lambda key: [(value is None, value or "") for value in key])
    assert all(list(group["key"]) == group_by for group in answer["groups"])
    groups = {
        key: {name: value for name, value in group.items() if name != "key"}
        for key, group in zip(keys, answer["groups"], strict=True)
    }
    return groups, answer["total"]


def wave_there(public_id: str) -> Happened:
    return Happened(public_id, "wave", WAVE_DAY, None, [], ["drone"], None, [], False)


def check_random_counts(examples: int) -> None:
    stage = Stage()
    waves_there = [wave_there(public_id) for public_id in WAVES]

    @settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.explicit, Phase.generate],
    )
    @given(events, st.lists(st.sampled_from(WORDS), min_size=1, max_size=2, unique=True), filters)
    def check(happened: list[Happened], group_by: list[str], asked: dict[str, str]) -> None:
        with transaction.atomic():
            rows = stage.publish(happened)
            published_at = Revision.objects.latest("n").at
            gone = [row for row, event in zip(rows, happened, strict=True) if event.withdrawn]
            if gone:
                publishing.withdraw(*gone, reason=WithdrawalReason.OUT_OF_SCOPE, along=True)
            before = [*happened, *waves_there]
            now = [event for event in before if not event.withdrawn]

            def right(there: list[Happened], group_by: list[str], asked: dict[str, str]) -> Any:
                found = [event for event in counted(there) if matches(event, asked)]
                return expected(found, group_by, asked.get("actor"))

            for word in WORDS:
                assert ask([word], {}) == right(now, [word], {}), word
            questions = [(group_by, asked), (["actor", "month"], {**asked, "actor": ACTORS[0]})]
            for words, filters in questions:
                assert ask(words, filters) == right(now, words, filters)
                if gone:
                    past = published_at.isoformat().replace("+00:00", "Z")
                    assert ask(words, filters, as_of=past) == right(before, words, filters)
                heard = known(now, SAID[0])
                assert ask(words, filters, known_at=str(SAID[0])) == right(heard, words, filters)
            transaction.set_rollback(True)

    check()


@pytest.mark.timeout(600)
@pytest.mark.django_db
def test_random_counts_equal_a_slow_and_obvious_count():
    check_random_counts(examples=6)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.django_db
def test_many_random_counts_equal_a_slow_and_obvious_count():
    check_random_counts(examples=60)
