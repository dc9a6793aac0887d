"""Random outages, read as the API reads them and slowly, day by day: the answers are the same on either database."""

import datetime as dt
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from fractions import Fraction
from itertools import pairwise

import pytest
import time_machine
from django.core.cache import caches
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st

from sources.choices import ActorKind
from strikes.choices import Metric, Stance, Topic
from tests import slow_outages as slowly
from tests.client import Api
from tests.factories import ActorFactory, CapacityFactory, ReportFactory, UnitFactory
from tests.on_record import on_record
from tests.outage_claims import add_operator, draft_claim, effective_period, exactly, get_json
from tests.slow_outages import PlainStatement
from tests.sweeps import few_or_many

pytestmark = pytest.mark.django_db

FIRST = dt.date(2024, 1, 1)
KINDS = [
    *["out", "interval", "stop", "back", "forecast", "number"] * 2,
    *["never", "cut", "full", "full_forecast", "load", "load", "status", "ran"],
]
LOADS = st.sampled_from([30, 60, 100])
TODAY = 30
NAMES = ["ann", "ben", "oil"]
UNITS = {"plant": ["plant-1", "plant-2"], "works": ["works-1"]}
SUBJECTS = [*UNITS, *(unit for units in UNITS.values() for unit in units)]
CAPACITIES = {"plant-1": 7, "plant-2": 5, "works-1": 3}
LIMITS = {"plant": Fraction(10)}


def tried(examples):
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],  # an example takes a while, and to make it smaller takes many
    )


def date(day):
    return (FIRST + dt.timedelta(days=day)).isoformat()


def number(day):
    return (dt.date.fromisoformat(day) - FIRST).days


AMOUNTS = st.sampled_from(
    [
        ("exactly", 4, 4, 4),
        ("exactly", 6, 6, 6),
        ("approximately", None, 3, None),
        ("at_least", 2, None, None),
        ("at_most", None, None, 8),
        ("range", 1, None, 5),
        ("almost", None, 9, 9),
        ("more_than", 3, None, None),
    ]
)


def bounds(amount):
    """What an amount says at both ends and between: a value without bounds stands for itself."""
    comparator, *values = amount
    low, best, high = (None if value is None else Fraction(value) for value in values)
    return (best, best, best) if comparator == "approximately" else (low, best, high)


@st.composite
def statements(draw, subjects):
    found = []
    for moment in range(draw(st.integers(1, 9))):
        kind = draw(st.sampled_from(KINDS))
        said = draw(st.integers(1, TODAY - 1))
        start = end = amount = load = mark = None
        if kind in ("status", "ran"):
            first = draw(st.integers(0, said))
            mark = first, first
        elif kind == "load":
            load = draw(LOADS)
        elif kind in ("out", "stop", "never", "cut"):
            first = draw(st.integers(0, said))
            start = first, min(said, first + draw(st.sampled_from([0, 0, 3]))) if kind == "stop" else first
        elif kind in ("interval", "number"):
            first = draw(st.integers(0, said))
            start, last = (first, first), first + draw(st.integers(1, 15))
            end = (last, last) if kind == "interval" or draw(st.booleans()) else None
        else:
            is_fact = kind in ("back", "full")
            first = draw(st.integers(0, said) if is_fact else st.integers(said + 1, TODAY + 10))
            end = first, first + draw(st.sampled_from([0, 0, 4]))
            load = draw(LOADS) if kind == "back" and draw(st.booleans()) else None
        if kind in ("number", "cut") or (
            kind in ("out", "stop", "interval", "never") and draw(st.booleans())
        ):
            amount = draw(AMOUNTS)
        one = PlainStatement(
            kind,
            draw(st.sampled_from(subjects)),
            draw(st.sampled_from(NAMES)),
            said,
            moment,
            start,
            end,
            bounds(amount) if amount else None,
            load,
            mark,
        )
        found.append((one, amount))
    return found


@pytest.fixture
def places():
    """Two facilities with their units, and who speaks of them; one of those operates both."""
    with time_machine.travel(f"{date(TODAY)}T18:00:00Z", tick=False):
        actors = {name: on_record(ActorFactory(public_id=name, kind=ActorKind.COMPANY)) for name in NAMES}
        report = on_record(ReportFactory(issued_earliest=dt.datetime(2023, 12, 1, tzinfo=dt.UTC)))
        found = {"source": report.source}
        for facility, units in UNITS.items():
            for unit in units:
                there = (
                    {"facility": found[facility]} if facility in found else {"facility__public_id": facility}
                )
                found[unit] = on_record(UnitFactory(public_id=unit, **there))
                found[facility] = found[unit].facility
                value = CAPACITIES[unit]
                on_record(
                    CapacityFactory(
                        facility=found[facility],
                        unit=found[unit],
                        report=report,
                        comparator="exactly",
                        low=value,
                        best=value,
                        high=value,
                        unit_of_measure="kbbl_per_day",
                    )
                )
            if facility in LIMITS:
                value = int(LIMITS[facility])
                on_record(
                    CapacityFactory(
                        facility=found[facility],
                        report=report,
                        comparator="exactly",
                        low=value,
                        best=value,
                        high=value,
                        unit_of_measure="kbbl_per_day",
                    )
                )
            add_operator(actors["oil"], found[facility])
        yield actors, found


def publish(told, places):
    """Every saying as a claim, all of them public at once."""
    actors, things = places
    on_record(*(claim_of(one, amount, actors, things) for one, amount in told))


def claim_of(one, amount, actors, things):
    values = dict(zip(("comparator", "low", "best", "high"), amount or (), strict=False))
    numbers = [values] if amount else []
    if one.kind == "number":
        edge = None if one.end is not None else "open"
        values |= effective_period(date(one.start[0]), date(one.end[0]) if one.end else None, edge)
    if one.kind == "cut":
        values |= {"metric": Metric.OUTPUT_CUT}
    if one.load is not None:
        share = {"unit_of_measure": "percent", "denominator": "unit_capacity"}
        numbers.append(exactly(one.load, metric=Metric.UTILISATION, **share))
    topic = {
        **dict.fromkeys(["number", "load"], Topic.CAPACITY),
        **dict.fromkeys(["back", "forecast", "ran"], Topic.RECOVERY),
        **dict.fromkeys(["full", "full_forecast"], Topic.FULL_RECOVERY),
    }
    moment = dt.datetime.fromisoformat(f"{date(one.said)}T08:{one.moment:02}:00+00:00")
    return draft_claim(
        actors[one.by],
        topic.get(one.kind, Topic.OPERATIONS_HALTED),
        things[one.subject],
        date(one.said),
        event_of(one),
        numbers,
        report=ReportFactory(source=things["source"], issued_earliest=moment),
        stance=Stance.FORECASTS if one.kind in ("forecast", "full_forecast") else Stance.ASSERTS,
        is_status=one.mark is not None,
        is_permanent=one.kind == "never",
    )


def event_of(one):
    if one.kind in ("number", "load"):
        return None
    if one.kind in ("out", "never", "cut"):
        return {"date": date(one.start[0]), "open": True}
    if one.kind == "stop":
        return {"date": date(one.start[0]), "until_date": date(one.start[1]), "precision": "week"}
    if one.kind == "interval":
        return {"date": date(one.start[0]), "until_date": date(one.end[0])}
    first, last = one.mark or one.end
    return {"date": date(first), "until_date": date(last)}


def example(told, places, check):
    """Let a check see a record with these sayings, and leave the record as it was."""
    for one, amount in told:
        note(f"{one} {amount}")
    with transaction.atomic():
        publish(told, places)
        for cache in caches.all(initialized_only=False):
            cache.clear()
        check([one for one, _ in told])
        transaction.set_rollback(True)


def edge(found):
    return found["at"] and (number(found["at"]["local_date"]), number(found["at"]["local_until"]))


def as_read(found):
    """The phases of an answer, with their edges, who is behind them, and the loads."""
    return [
        (
            phase["state"],
            edge(phase["start"]),
            phase["end"] and (edge(phase["end"]), phase["end"]["kind"]),
            set(phase["issuers"]),
            {(load["metric"], load["best"]) for load in phase["load"]},
        )
        for phase in found["phases"]
    ]


def as_expected(phases):
    return [
        (
            phase.state,
            phase.start.at,
            phase.end and (phase.end.at, phase.end.kind),
            phase.by,
            {
                ("output_cut", load.amount[1]) if load.kind == "cut" else ("utilisation", load.load)
                for load in phase.loads
            },
        )
        for phase in phases
    ]


def first_day(outage):
    starts = [one.start[0] for one in outage if one.start]
    return min(starts or [(one.end or one.mark)[0] for one in outage if one.end or one.mark])


@pytest.mark.parametrize("examples", few_or_many(6, 40))
def test_every_policy_reads_outages_as_a_slow_reading_does(places, examples):
    @tried(examples)
    @given(told=statements(["plant-1", "plant-1", "plant-1", "plant"]))
    def check(told):
        example(told, places, compare)

    def compare(told):
        said = slowly.of_unit_and_plant(told, "plant-1", "plant")
        outages = slowly.outages(said)
        before = {id(outage): following for outage, following in pairwise(outages)}
        by_time = sorted(outages, key=first_day)
        for policy in ("latest", "widest", "operator_first"):
            found = get_json(f"units/plant-1/timeline/?policy={policy}")["outages"]
            plain = [slowly.read(outage, policy, {"oil"}, before.get(id(outage), ())) for outage in by_time]
            assert [as_read(one) for one in found] == [as_expected(one) for one in plain], policy
            for one, outage, phases in zip(found, by_time, plain, strict=True):
                end = slowly.ended(phases)
                assert (edge(one["end"]), one["end"]["kind"]) == (end.at, end.kind or "fact")
                compare_forecasts(one, outage, phases)
        for one, outage in zip(
            get_json("units/plant-1/timeline/?policy=all")["outages"], by_time, strict=True
        ):
            names = {s.by for s in outage if s.speaks_of_it}
            assert {r["issuer"]: as_read(r) for r in one["readings"]} == {
                name: as_expected(slowly.read(outage, name, ())) for name in names
            }

    def compare_forecasts(one, outage, phases):
        forecasts = sorted((s for s in outage if s.predicts), key=slowly.heard)
        stood_still = next((phase for phase in phases if phase.state == "halted"), phases[0])
        returned = stood_still.end.at if stood_still.end.kind == "fact" else None
        in_full = phases[-1].start.at if phases[-1].state == "full" else None
        assert [(f["outcome"], f["days_late"]) for f in one["forecasts"]] == [
            slowly.score(s.end, in_full if s.is_full else returned, TODAY) for s in forecasts
        ]

    check()


def rounded(value):
    """A fraction to three places, half even."""
    if value is None:
        return None
    with localcontext(prec=50, rounding=ROUND_HALF_EVEN):
        exact = Decimal(value.numerator) / Decimal(value.denominator)
        return float(exact.quantize(Decimal("0.001")))


@pytest.mark.parametrize("examples", few_or_many(6, 40))
def test_the_series_is_what_a_slow_sum_over_every_day_gives(places, examples):
    capacities = {unit: (Fraction(value),) * 3 for unit, value in CAPACITIES.items()}

    @tried(examples)
    @given(
        told=statements(SUBJECTS),
        interval=st.sampled_from(["day", "week", "month"]),
        first=st.integers(0, 20),
        length=st.integers(1, 40),
    )
    def check(told, interval, first, length):
        def compare(said):
            window = f"interval={interval}&after={date(first)}&before={date(first + length)}"
            for policy in ("latest", "widest", "operator_first"):
                query = f"facility=plant,works&unit_of_measure=kbbl_per_day&policy={policy}&{window}"
                daily = [
                    slowly.on_a_day(day, TODAY, policy, said, UNITS, capacities, LIMITS, {"oil"}, newest_word)
                    for day in range(first, first + length)
                ]
                series(query, daily, first)

        example(told, places, compare)

    def series(query, daily, first):
        response = Api().raw(f"stats/capacity-offline/?{query}").json()
        if "errors" in response:
            assert "Nothing that was said can be shown" in response["errors"][0]["detail"]
            assert {day.all for day in daily} <= {None, (0, 0, 0)}
            return
        for one in response["points"]:
            days = daily[number(one["start"]) - first : number(one["until"]) - first]
            for found, expected in ((one, "all"), (one["quantified"], "stated")):
                mean = slowly.mean([getattr(day, expected) for day in days])
                assert [found["low"], found["best"], found["high"]] == [rounded(v) for v in mean], query
            assert one["unquantified"] == len(set().union(*(day.unquantified for day in days)))
            covered = len(set().union(*(day.covered for day in days)))
            assert one["coverage"] == {"facilities": covered, "of": len(UNITS)}
        covered = [number(one[name]) for one in response["points"] for name in ("start", "until")]
        assert (covered[0], covered[-1]) == (first, first + len(daily))

    check()


def newest_word(facility, words):
    """The day of the newest report about a facility."""
    return max(one.said for one in words)
