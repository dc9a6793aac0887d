"""`low_min` and `high_max` find what is known to lie there, and nothing that only may."""

from decimal import Decimal
from itertools import combinations_with_replacement

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from strikes.choices import Comparator
from tests.factories import CapacityFactory, FacilityFactory, ReportFactory
from tests.on_record import on_record
from tests.sweeps import few_or_many

VALUES = [Decimal(text) for text in ("0", "0.001", "49.999", "50", "50.001", "75", "999999999999.999")]
TINY = Decimal("1e-12")


def statements():
    """Every comparator with every value; ranges with every pair, and with an end that was left open."""
    yield {"comparator": "vague"}
    for value in VALUES:
        yield {"comparator": "exactly", "low": value, "best": value, "high": value}
        yield {"comparator": "approximately", "best": value}
        yield {"comparator": "at_least", "low": value}
        yield {"comparator": "more_than", "low": value}
        yield {"comparator": "at_most", "high": value}
        yield {"comparator": "less_than", "high": value}
        yield {"comparator": "almost", "best": value, "high": value}
    for low, high in combinations_with_replacement(VALUES, 2):
        for or_more in (False, True):
            yield {"comparator": "range", "low": low, "high": high, "or_more": or_more}
            yield {"comparator": "range", "low": low, "best": low, "high": high, "or_more": or_more}


def allows(said, value):
    """Whether a statement allows a value; an end of which nothing was said allows anything."""
    match said["comparator"]:
        case "exactly" | "approximately":
            return value == said["best"]
        case "at_least":
            return value >= said["low"]
        case "more_than":
            return value > said["low"]
        case "at_most":
            return value <= said["high"]
        case "less_than" | "almost":
            return value < said["high"]
        case "range":
            return value >= said["low"] and (value <= said["high"] or said["or_more"])
    return True


def every_value_allowed(said, x):
    """Values that tell apart whatever a statement and a limit can say: on, just beside and far from all of them."""
    edges = [x, *(said[name] for name in ("low", "best", "high") if name in said)]
    near = [edge + shift for edge in edges for shift in (-TINY, Decimal(0), TINY)]
    return [value for value in (Decimal("-1e15"), Decimal("1e15"), *near) if allows(said, value)]


@pytest.fixture
def on_the_record(db):
    facility, report = FacilityFactory(), ReportFactory()
    rows = {CapacityFactory(facility=facility, report=report, **said): said for said in statements()}
    on_record(*rows)
    return {row.public_id: said for row, said in rows.items()}


def found(word, x):
    answer = Client().get("/api/v1/capacities/", {word: f"{x:f}", "page_size": "500"})
    assert answer.status_code == 200, answer.content
    return {row["id"] for row in answer.json()["results"]}


limits = st.sampled_from(VALUES) | st.builds(
    lambda value, shift: max(Decimal(0), min(value + shift, VALUES[-1])),
    st.sampled_from(VALUES),
    st.decimals(-1, 1, places=6),
)


@pytest.mark.parametrize("number", few_or_many(15, 150))
def test_bounds_are_met_by_every_value_that_a_statement_allows(on_the_record, number):
    said_by_id = on_the_record
    assert {said["comparator"] for said in said_by_id.values()} == set(Comparator.values)

    @settings(max_examples=number, deadline=None, suppress_health_check=list(HealthCheck))
    @given(limits)
    def check(x):
        at_least = {i for i, s in said_by_id.items() if all(v >= x for v in every_value_allowed(s, x))}
        at_most = {i for i, s in said_by_id.items() if all(v <= x for v in every_value_allowed(s, x))}
        assert found("low_min", x) == at_least
        assert found("high_max", x) == at_most

    check()


def test_a_range_or_more_has_no_upper_bound(on_the_record):
    comparators = {on_the_record[i]["comparator"] for i in found("high_max", VALUES[-1])}
    assert comparators == {"exactly", "approximately", "at_most", "less_than", "almost", "range"}
    assert not [i for i in found("high_max", VALUES[-1]) if on_the_record[i].get("or_more")]
