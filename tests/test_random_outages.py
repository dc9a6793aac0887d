"""Random outages, read as the API reads them and slowly, day by day: the answers are the same on either database."""

import datetime as dt
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from fractions import Fraction

import pytest
import time_machine
from django.core.cache import caches
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st

from sources.choices import ActorKind
from strikes.choices import Stance, Topic
from tests import slow_outages as slowly
from tests.factories import ActorFactory, CapacityFactory, ReportFactory, UnitFactory
from tests.on_record import on_record
from tests.outage_claims import add_operator, draft_claim, effective_period, get_json
from tests.slow_outages import PlainStatement
from tests.sweeps import few_or_many

pytestmark = pytest.mark.django_db

FIRST = dt.date(2024, 1, 1)
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
        kind = draw(st.sampled_from(["out", "interval", "stop", "back", "forecast", "number"]))
        said = draw(st.integers(1, TODAY - 1))
        start = end = amount = None
        if kind in ("out", "stop"):
            first = draw(st.integers(0, said))
            start = first, min(said, first + draw(st.sampled_from([0, 0, 3]))) if kind == "stop" else first
        elif kind in ("interval", "number"):
            first = draw(st.integers(0, said))
            start, last = (first, first), first + draw(st.integers(1, 15))
            end = (last, last) if kind == "interval" or draw(st.booleans()) else None
        else:
            first = draw(st.integers(0, said) if kind == "back" else st.integers(said, TODAY + 10))
            end = first, first + draw(st.sampled_from([0, 0, 4]))
        if kind == "number" or (kind not in ("back", "forecast") and draw(st.booleans())):
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
    if one.kind == "number":
        edge = None if one.end is not None else "open"
        values |= effective_period(date(one.start[0]), date(one.end[0]) if one.end else None, edge)
    event = None
    if one.kind == "out":
        event = {"date": date(one.start[0]), "open": True}
    elif one.kind == "stop":
        event = {"date": date(one.start[0]), "until_date": date(one.start[1]), "precision": "week"}
    elif one.kind == "interval":
        event = {"date": date(one.start[0]), "until_date": date(one.end[0])}
    elif one.kind != "number":
        event = {"date": date(one.end[0]), "until_date": date(one.end[1])}
    topic = {"number": Topic.CAPACITY, "back": Topic.RECOVERY, "forecast": Topic.RECOVERY}
    moment = dt.datetime.fromisoformat(f"{date(one.said)}T08:{one.moment:02}:00+00:00")
    return draft_claim(
        actors[one.by],
        topic.get(one.kind, Topic.OPERATIONS_HALTED),
        things[one.subject],
        date(one.said),
        event,
        (values,) if amount else (),
        report=ReportFactory(source=things["source"], issued_earliest=moment),
        stance=Stance.FORECASTS if one.kind == "forecast" else Stance.ASSERTS,
    )


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
    return slowly.Read(edge(found["start"]), edge(found["end"]), found["end"]["kind"])


def first_day(outage):
    starts = [one.start[0] for one in outage if one.start]
    return min(starts or [one.end[0] for one in outage if one.end])


@pytest.mark.parametrize("examples", few_or_many(6, 40))
def test_every_policy_reads_outages_as_a_slow_reading_does(places, examples):
    @tried(examples)
    @given(told=statements(["plant-1"]))
    def check(told):
        example(told, places, compare)

    def compare(said):
        by_time = sorted(slowly.outages(said), key=first_day)
        for policy in ("latest", "widest", "operator_first"):
            found = get_json(f"units/plant-1/timeline/?policy={policy}")["outages"]
            plain = [slowly.read(outage, policy, {"oil"}) for outage in by_time]
            assert [as_read(one) for one in found] == plain, policy
            for one, outage, reading in zip(found, by_time, plain, strict=True):
                forecasts = sorted((s for s in outage if s.predicts), key=slowly.heard)
                end = reading.end if reading.kind == "fact" else None
                assert [(f["outcome"], f["days_late"]) for f in one["forecasts"]] == [
                    slowly.score(s.end, end, TODAY) for s in forecasts
                ]
        for one, outage in zip(
            get_json("units/plant-1/timeline/?policy=all")["outages"], by_time, strict=True
        ):
            names = {s.by for s in outage if s.speaks_of_it}
            assert {r["issuer"]: as_read(r) for r in one["readings"]} == {
                name: slowly.read(outage, name, ()) for name in names
            }

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
                    slowly.on_a_day(day, TODAY, policy, said, UNITS, capacities, LIMITS, {"oil"})
                    for day in range(first, first + length)
                ]
                series(query, daily, first)

        example(told, places, compare)

    def series(query, daily, first):
        response = ask_if_any(f"stats/capacity-offline/?{query}")
        if response is None:
            assert set(daily) == {(0, 0, 0)}
            return
        for one in response["points"]:
            days = daily[number(one["start"]) - first : number(one["until"]) - first]
            assert [one["low"], one["best"], one["high"]] == [rounded(v) for v in slowly.mean(days)], query
        covered = [number(one[name]) for one in response["points"] for name in ("start", "until")]
        assert (covered[0], covered[-1]) == (first, first + len(daily))

    check()


def ask_if_any(address):
    """The answer, or null where nothing that was said can be shown."""
    response = Client().get(f"/api/v1/{address}")
    if response.status_code == 400:
        assert "Nothing that was said can be shown" in response.json()["errors"][0]["detail"]
        return None
    assert response.status_code == 200, response.content
    return response.json()
