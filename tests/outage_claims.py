"""Public claims about outages, each in a report of its own, issued on some day."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from record import publishing
from strikes.choices import Stance, Topic
from strikes.imports.moments import moment_columns
from strikes.models import Claim, Facility, Proposition, Unit
from tests.client import Api
from tests.factories import (
    ClaimFactory,
    DamageEstimateFactory,
    PartyFactory,
    PropositionFactory,
    ReportFactory,
)
from tests.on_record import on_record

MOSCOW = "Europe/Moscow"


def get_json(address: str, status: int = 200) -> Any:
    """The decoded answer of the API, for functions that no fixture is given to."""
    return Api()(address, status)


def add_operator(actor: Any, facility: Facility, **when: Any) -> None:
    """Put on record that an actor operates a facility, from `since` to `until` if they are given."""
    publishing.amend(facility, add=[PartyFactory.build(facility=facility, actor=actor, **when)])


def exactly(value: Any, **more: Any) -> dict[str, Any]:
    return {"comparator": "exactly", "low": value, "best": value, "high": value, **more}


def at_least(value: Any, **more: Any) -> dict[str, Any]:
    return {"comparator": "at_least", "low": value, **more}


def at_most(value: Any, **more: Any) -> dict[str, Any]:
    return {"comparator": "at_most", "high": value, **more}


def between(low: Any, high: Any, **more: Any) -> dict[str, Any]:
    return {"comparator": "range", "low": low, "high": high, **more}


def midnight(day: str, zone: str = "UTC") -> dt.datetime:
    """The beginning of a day in a zone."""
    return dt.datetime.combine(dt.date.fromisoformat(day), dt.time.min, ZoneInfo(zone))


def effective_period(
    start: str, until: str | None = None, edge: str | None = None, zone: str = "UTC"
) -> dict[str, Any]:
    """From when until when a number holds."""
    fields: dict[str, Any] = {"effective_from": midnight(start, zone), "effective_from_edge": "stated"}
    if until is not None:
        fields |= {"effective_until": midnight(until, zone), "effective_until_edge": edge or "stated"}
    elif edge is not None:
        fields["effective_until_edge"] = edge
    return fields


def proposition_about(about: Unit | Facility, topic: str) -> Proposition:
    """The one proposition of a topic about a unit or facility."""
    subject: dict[str, Any] = {"unit" if isinstance(about, Unit) else "facility": about}
    proposition = Proposition.objects.filter(topic=topic, **subject).first()
    return proposition or PropositionFactory(strike=None, topic=topic, text=f"{about}: {topic}", **subject)


def draft_claim(
    by: Any,
    topic: str,
    about: Any,
    on: str,
    event: dict[str, Any] | None = None,
    numbers: tuple[dict[str, Any], ...] = (),
    **more: Any,
) -> Claim:
    """A draft of a claim, in a report that was issued at noon (UTC) of a day."""
    if "report" not in more:
        more["report"] = ReportFactory(issued_earliest=dt.datetime.fromisoformat(f"{on}T12:00:00+00:00"))
    if event is not None:
        columns = moment_columns({"timezone": MOSCOW, **event})
        more |= {f"event_{name}": value for name, value in columns.items()}
    if "proposition" not in more:
        more["proposition"] = proposition_about(about, topic)
    claim = ClaimFactory(actor=by, **more)
    for number in numbers:
        DamageEstimateFactory(claim=claim, **number)
    return claim


def publish_claim(
    by: Any, topic: str, about: Any, on: str, event: Any = None, numbers: Any = (), **more: Any
) -> str:
    """Makes a claim public and returns its id."""
    claim = on_record(draft_claim(by, topic, about, on, event, tuple(numbers), **more))
    return str(claim.public_id)


def claim_outage(by: Any, about: Any, since: str, on: str, until: str | None = None, **more: Any) -> str:
    """Somebody says that something has been out since a day, or was until another."""
    event = {"date": since, "open": True} if until is None else {"date": since, "until_date": until}
    return publish_claim(by, Topic.OPERATIONS_HALTED, about, on, event, **more)


def claim_stop(by: Any, about: Any, when: str, on: str, **more: Any) -> str:
    """Somebody says when something stopped, and not whether it has started again."""
    return publish_claim(by, Topic.OPERATIONS_HALTED, about, on, {"date": when}, **more)


def claim_restart(by: Any, about: Any, when: str, on: str, until: str | None = None, **more: Any) -> str:
    """Somebody says that something ran again."""
    event = {"date": when, **({"until_date": until} if until else {})}
    return publish_claim(by, Topic.RECOVERY, about, on, event, **more)


def forecast_restart(by: Any, about: Any, when: str, on: str, until: str | None = None, **more: Any) -> str:
    """Somebody predicts that something will run again."""
    return claim_restart(by, about, when, on, until, stance=Stance.FORECASTS, **more)
