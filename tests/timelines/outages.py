"""Outages as a timeline tells them, in short."""

from sources.choices import ActorKind
from tests.factories import ActorFactory
from tests.on_record import on_record
from tests.outage_claims import get_json


def company(name, **more):
    return on_record(ActorFactory(public_id=name, name=name.title(), kind=ActorKind.COMPANY, **more))


def outages(address="units/avt/timeline/"):
    return get_json(address)["outages"]


def the_outage(address="units/avt/timeline/"):
    (outage,) = outages(address)
    return outage


def days(edge):
    """An edge as its days: one, two with a bar between, or none."""
    if edge["at"] is None:
        return None
    first, last = edge["at"]["local_date"], edge["at"]["local_until"]
    return first if first == last else f"{first}/{last}"


def reading(outage):
    return days(outage["start"]), days(outage["end"]), outage["end"]["kind"]
