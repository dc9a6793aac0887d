"""How tests ask for the series of capacity offline, and let a unit have a capacity."""

import datetime as dt

from strikes.choices import Topic
from tests.factories import ActorFactory, CapacityFactory, ReportFactory, UnitFactory
from tests.on_record import on_record
from tests.outage_claims import exactly, get_json, publish_claim

SERIES = "stats/capacity-offline/?unit_of_measure=kbbl_per_day"


def unit_with_capacity(plant, public_id, capacity=None, **more):
    unit = on_record(UnitFactory(public_id=public_id, facility=plant, **more))
    if capacity is not None:
        state_capacity(plant, unit, **exactly(capacity))
    return unit


def state_capacity(plant, unit=None, issued="2023-12-01", **number):
    """Put on record what a report says a unit or a whole facility can do."""
    report = ReportFactory(issued_earliest=dt.datetime.fromisoformat(f"{issued}T12:00:00+00:00"))
    number = {"unit_of_measure": "kbbl_per_day", **number}
    return on_record(CapacityFactory(facility=plant, unit=unit, report=report, **number)).public_id


UNKNOWN = (None, None, None)
"""The bounds of days of which nothing is known."""


def heard_of(plant, day):
    """A report about the plant that says nothing of its operation."""
    publish_claim(on_record(ActorFactory()), Topic.INVESTIGATION, plant, day)


def get_series(query, interval="day", status=200):
    return get_json(f"{SERIES}&interval={interval}&{query}", status)


def bounds_of(point):
    return point["low"], point["best"], point["high"]


def bounds_by_day(query, policy="latest"):
    """The bounds of each day."""
    return {point["start"]: bounds_of(point) for point in get_series(f"policy={policy}&{query}")["points"]}


def bounds_on_day(query, day, **more):
    """The bounds of one day."""
    until = dt.date.fromisoformat(day) + dt.timedelta(days=1)
    return bounds_of(get_series(f"{query}&after={day}&before={until}", **more)["points"][0])


def refused_parameter(query, parameter):
    (error,) = get_json(f"stats/capacity-offline/?{query}", 400)["errors"]
    assert error["parameter"] == parameter
    return error
