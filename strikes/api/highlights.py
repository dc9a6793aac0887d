"""What the landing page shows of the record: how much is in it, one dispute, one facility, and where to begin."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import F, Max, Min

from sources.models import Actor, Report
from strikes.choices import Dispute, Polarity, Stance, StrikeKind
from strikes.disputes.explanations import explained
from strikes.models import Claim, ClaimOrigin, Facility, Proposition, PropositionState, Strike
from strikes.models.origins import ClaimOriginQuerySet

MOST_VOICES = 3  # claims on each side of the dispute
MOST_ORIGINS_READ = 200  # more are not looked through for the first of each
PICTURED = "norsi"  # the facility whose timeline is drawn, once it is in the record


@dataclass(frozen=True)
class Voice:
    """The first claim of an independent origin, and on whose word it rests where that is another's."""

    claim: Claim
    stance: str
    origin: Actor | None


@dataclass(frozen=True)
class Side:
    name: str
    origins: int
    voices: list[Voice]


@dataclass(frozen=True)
class DisputedPoint:
    """A proposition about a strike, with claims of different origins on each side."""

    proposition: Proposition
    strike: Strike
    sides: list[Side]
    explanation: str


@dataclass(frozen=True)
class Count:
    """How many rows of a collection there are, and the list of them under the prefix of the API."""

    name: str
    rows: int
    address: str


@dataclass(frozen=True)
class Highlights:
    span: dict[str, dt.date | None]
    counts: list[Count]
    pictured: Facility | None
    dispute: DisputedPoint | None
    requests: list[tuple[str, str]]


def highlights(revision: int) -> Highlights:
    """What is worth showing of the record at a revision."""
    strikes = Strike.objects.published(revision).exclude(kind=StrikeKind.WAVE)
    dispute = most_disputed(revision)
    return Highlights(
        span=strikes.aggregate(first=Min("local_date"), last=Max("local_date")),
        counts=[
            Count("strikes, raids and incidents", strikes.count(), "strikes/?kind=strike,raid,incident"),
            Count("claims", Claim.objects.published(revision).count(), "claims/"),
            Count("reports", Report.objects.published(revision).count(), "reports/"),
            Count("facilities", Facility.objects.published(revision).count(), "facilities/"),
        ],
        pictured=Facility.objects.published(revision).filter(public_id=PICTURED).first(),
        dispute=dispute,
        requests=first_requests(dispute),
    )


def most_disputed(revision: int) -> DisputedPoint | None:
    """The point about a strike on which most independent origins stand against each other; null if there is none."""
    state = (
        PropositionState.objects.current(revision)
        .filter(
            state=Dispute.DISPUTED,
            proposition__in=Proposition.objects.published(revision).filter(open=False),
            proposition__strike__in=Strike.objects.published(revision),
        )
        .select_related("proposition__strike")
        .order_by((F("origins_for") + F("origins_against")).desc(), "-documents", "proposition__public_id")
        .first()
    )
    if state is None or state.proposition.strike is None:
        return None
    cluster = Proposition.objects.cluster([state.proposition_id], revision)
    origins = ClaimOrigin.objects.current(revision).standing().filter(claim__proposition__in=cluster)
    sides = [
        Side("for it", state.origins_for, first_voices(origins, Polarity.POSITIVE)),
        Side("against it", state.origins_against, first_voices(origins, Polarity.NEGATIVE)),
    ]
    if state.origins_forecasting:
        sides.append(
            Side("forecasting it", state.origins_forecasting, first_voices(origins, Polarity.FORECAST))
        )
    why = explained([state])[state.proposition_id].explanation
    return DisputedPoint(state.proposition, state.proposition.strike, sides, why)


def first_voices(origins: ClaimOriginQuerySet, polarity: Polarity) -> list[Voice]:
    """The first claim of each origin that counts on one side, of as many origins as are shown."""
    on_side = (
        origins.filter(claim__stance__in=[stance for stance in Stance if stance.polarity == polarity])
        .select_related("claim__actor", "claim__report__source")
        .order_by("claim__sort_at", "claim__public_id")
    )
    first_claims: dict[str, Claim] = {}
    for origin in on_side[:MOST_ORIGINS_READ]:
        first_claims.setdefault(origin.key, origin.claim)
    shown = list(first_claims.items())[:MOST_VOICES]
    actors = {
        actor.public_id: actor for actor in Actor.objects.filter(public_id__in=[key for key, _ in shown])
    }
    return [
        Voice(claim, str(Stance(claim.stance).label), actors[key] if actors[key] != claim.actor else None)
        for key, claim in shown
    ]


def first_requests(dispute: DisputedPoint | None) -> list[tuple[str, str]]:
    """Five requests that work, whatever is in the record: what each asks, and its address."""
    if dispute:
        about_a_dispute = (
            "Who said what on the point above",
            f"claims/?proposition={dispute.proposition.public_id}",
        )
    else:
        about_a_dispute = ("Who denies what", "claims/?stance=denies")
    return [
        ("Strikes, newest first", "strikes/?kind=strike"),
        ("What is disputed", "propositions/?dispute=disputed"),
        about_a_dispute,
        ("Numbers of which only a lower bound was said", "damage-estimates/?comparator=at_least"),
        ("All claims as a table", "claims/?format=csv"),
    ]
