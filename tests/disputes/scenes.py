"""What tests of disputes have in common: a point at issue, words about it, and how it stands then."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from record import publishing
from record.models import OnRecord, Revision
from sources.models import Actor, Report, ReportNotice, Source
from strikes.models import Claim, ClaimRelation, Proposition
from tests.client import Api
from tests.factories import (
    MORNING,
    ActorFactory,
    ClaimFactory,
    PropositionFactory,
    ReportFactory,
    SourceFactory,
)
from tests.on_record import fresh, on_record

DAY = timedelta(days=1)
NEWSROOM: dict[str, Any] = {"attribution": "unattributed"}
UNNAMED: dict[str, Any] = {"attribution": "anonymous"}


def newsroom(name: str, **fields: Any) -> Source:
    """A source whose own voice has the same id."""
    return SourceFactory(
        public_id=name, name=name.title(), voice__public_id=name, voice__name=name.title(), **fields
    )


def unnamed(name: str, first_publisher: Source | None, **fields: Any) -> Actor:
    return ActorFactory(
        public_id=name, name=name.title(), kind="anonymous", first_publisher=first_publisher, **fields
    )


def body(name: str, **fields: Any) -> Actor:
    return ActorFactory(**{"public_id": name, "name": name.title(), "kind": "company", **fields})


def page(source: Source | None = None, day: int = 0, **fields: Any) -> Report:
    """A report that was issued so many days after the morning of the strike."""
    at = MORNING + day * DAY
    by = {} if source is None else {"source": fresh_if_saved(source)}
    return ReportFactory(**by, issued_earliest=at, issued_latest=at, **fields)


def fresh_if_saved(row: Any) -> Any:
    return fresh(row) if row.pk else row


def word(point: Proposition, actor: Actor, day: int = 0, **fields: Any) -> Claim:
    """A draft of what somebody said so many days after the morning, read in a page of the same day unless one is given."""
    at = MORNING + day * DAY
    fields.setdefault("report", page(day=day))
    fields.setdefault("attribution", "on_record")
    return ClaimFactory(
        proposition=fresh_if_saved(point),
        actor=fresh_if_saved(actor),
        said_earliest=at,
        said_latest=at,
        said_precision="minute",
        **{
            name: fresh_if_saved(value) if isinstance(value, OnRecord) else value
            for name, value in fields.items()
        },
    )


def own_words(point: Proposition, source: Source, day: int = 0, **fields: Any) -> Claim:
    """What an outlet says itself, without a source."""
    fields.setdefault("report", page(source, day))
    return word(point, source.voice, day, **{**NEWSROOM, **fields})


def say(*claims: Claim) -> Claim:
    """Put claims on the record, and return the first as it is there."""
    return on_record(*claims)


def relate(claim: Claim, kind: str, other: Claim) -> None:
    publishing.amend(fresh(claim), add=[ClaimRelation(kind=kind, other=fresh(other))])


def notice(report: Report, day: int, kind: str = "retraction", **fields: Any) -> Revision:
    dated = MORNING + day * DAY
    return publishing.amend(fresh(report), add=[ReportNotice(kind=kind, dated=dated, **fields)])


def point_at_issue(text: str = "It burned.", **fields: Any) -> Proposition:
    return PropositionFactory(text=text, **fields)


def account(api: Api, point: Proposition, query: str = "") -> dict[str, Any]:
    """How a point about a strike stands."""
    strike = fresh(point).strike
    assert strike is not None
    answer = api(f"strikes/{strike.public_id}/accounts/{query}")
    (found,) = [found for found in answer["propositions"] if found["id"] == point.public_id]
    listed = api(f"propositions/{point.public_id}/{query}")
    for name in ("dispute", "origins_for", "origins_against", "origins_forecasting", "documents"):
        assert found[name] == listed[name], name
    for name in ("explanation", "would_change", "rank"):
        assert found[name] == listed[name], name
    result: dict[str, Any] = found
    return result


def stands(account: dict[str, Any]) -> tuple[str, int, int, int]:
    return (
        account["dispute"],
        account["origins_for"],
        account["origins_against"],
        account["origins_forecasting"],
    )


def origins(account: dict[str, Any]) -> dict[tuple[str, str | None], dict[str, bool]]:
    """The origins on each side, each with its speakers and whether they count."""
    return {
        (origin["key"], origin["side"]): {speaker["id"]: speaker["counts"] for speaker in origin["speakers"]}
        for origin in account["origins"]
    }


def reasons(account: dict[str, Any]) -> dict[str, str | None]:
    """Why each claim does not count; null where it does."""
    claims = [claim for side in ("for", "against", "forecasts", "silent") for claim in account[side]]
    assert all(claim["counts"] == (claim["not_counted_because"] is None) for claim in claims)
    return {claim["id"]: claim["not_counted_because"] for claim in claims}


def at(revision: Revision) -> str:
    """Parameters that ask for the record as of a revision."""
    return f"?as_of={revision.at.isoformat().replace('+00:00', 'Z')}"


def known(day: int) -> str:
    """Parameters that ask for what was known so many days after the morning."""
    return f"?known_at={(MORNING + day * DAY).isoformat().replace('+00:00', 'Z')}"
