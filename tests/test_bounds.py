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


def allows(stated, value):
    """Whether a statement allows a value; an end that was left out allows anything."""
    match stated["comparator"]:
        case "exactly" | "approximately":
            return value == stated["best"]
        case "at_least":
            return value >= stated["low"]
        case "more_than":
            return value > stated["low"]
        case "at_most":
            return value <= stated["high"]
        case "less_than" | "almost":
            return value < stated["high"]
        case "range":
            return value >= stated["low"] and (value <= stated["high"] or stated["or_more"])
    return True


def every_value_allowed(stated, limit):
    """Values that tell apart whatever a statement and a limit can say: on, just beside and far from all of them."""
    edges = [limit, *(stated[name] for name in ("low", "best", "high") if name in stated)]
    near = [edge + shift for edge in edges for shift in (-TINY, Decimal(0), TINY)]
    return [value for value in (Decimal("-1e15"), Decimal("1e15"), *near) if allows(stated, value)]


@pytest.fixture
def on_the_record(db):
    facility, report = FacilityFactory(), ReportFactory()
    rows = {CapacityFactory(facility=facility, report=report, **stated): stated for stated in statements()}
    on_record(*rows)
    return {row.public_id: stated for row, stated in rows.items()}


def ids_found(parameter, limit):
    answer = Client().get("/api/v1/capacities/", {parameter: f"{limit:f}", "page_size": "500"})
    assert answer.status_code == 200, answer.content
    return {row["id"] for row in answer.json()["results"]}


limits = st.sampled_from(VALUES) | st.builds(
    lambda value, shift: max(Decimal(0), min(value + shift, VALUES[-1])),
    st.sampled_from(VALUES),
    st.decimals(-1, 1, places=6),
)


@pytest.mark.parametrize("number", few_or_many(15, 150))
def test_bounds_are_met_by_every_value_that_a_statement_allows(on_the_record, number):
    statement_by_id = on_the_record
    assert {stated["comparator"] for stated in statement_by_id.values()} == set(Comparator.values)

    @settings(max_examples=number, deadline=None, suppress_health_check=list(HealthCheck))
    @given(limits)
    def check(limit):
        allowed = {
            public_id: every_value_allowed(statement, limit)
            for public_id, statement in statement_by_id.items()
        }
        above = {public_id for public_id, values in allowed.items() if min(values) >= limit}
        below = {public_id for public_id, values in allowed.items() if max(values) <= limit}
        assert ids_found("low_min", limit) == above
        assert ids_found("high_max", limit) == below

    check()


def test_a_range_or_more_has_no_upper_bound(on_the_record):
    bounded = [on_the_record[public_id] for public_id in ids_found("high_max", VALUES[-1])]
    comparators = {statement["comparator"] for statement in bounded}
    assert comparators == {"exactly", "approximately", "at_most", "less_than", "almost", "range"}
    assert not [statement for statement in bounded if statement.get("or_more")]
