"""What a reader without a client sees: the landing page and the codebook."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import F, Max, Min
from django.views.generic import TemplateView

from api.formats import LICENCE_ADDRESS
from api.views import PREFIX, PlainView
from record.models import Ledger, Revision
from record.vocabulary import vocabularies
from sources.models import Actor, Report
from strikes.choices import Dispute, Polarity, Stance, StrikeKind
from strikes.disputes.states import retracted_reports
from strikes.models import Claim, ClaimOrigin, Facility, Proposition, PropositionState, Strike

SHOWN = 3  # claims on each side of the teaser
PICTURED = "norsi"  # the facility whose timeline is drawn, once it is in the record


class Page(PlainView, TemplateView):
    """A page for people."""

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        base = settings.PUBLIC_URL or self.request.build_absolute_uri("/").rstrip("/")
        return super().get_context_data(api=f"{base}{PREFIX}", licence=LICENCE_ADDRESS, **context)


class Landing(Page):
    """What this is, how much is in it, one dispute, and five requests to begin with."""

    template_name = "landing.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        n = Ledger.head().n
        strikes = Strike.objects.published(n).exclude(kind=StrikeKind.WAVE)
        dispute = disputed(n)
        return super().get_context_data(
            revision=Revision.objects.filter(n=n).first(),
            span=strikes.aggregate(first=Min("local_date"), last=Max("local_date")),
            counts=[
                ("strikes, raids and incidents", strikes.count(), "strikes/?kind=strike,raid,incident"),
                ("claims", Claim.objects.published(n).count(), "claims/"),
                ("reports", Report.objects.published(n).count(), "reports/"),
                ("facilities", Facility.objects.published(n).count(), "facilities/"),
            ],
            pictured=Facility.objects.published(n).filter(public_id=PICTURED).first(),
            dispute=dispute,
            requests=requests(dispute),
            **context,
        )


def disputed(n: int) -> dict[str, Any] | None:
    """The most disputed point about a strike at a revision, with claims of different origins on each side."""
    state = (
        PropositionState.objects.current(n)
        .filter(
            state=Dispute.DISPUTED,
            proposition__in=Proposition.objects.published(n).filter(open=False),
            proposition__strike__in=Strike.objects.published(n),
        )
        .select_related("proposition__strike")
        .order_by((F("origins_for") + F("origins_against")).desc(), "-documents", "proposition__public_id")
        .first()
    )
    if state is None:
        return None
    counted = Claim.objects.published(n).exclude(report__in=retracted_reports(n))
    claims = counted.filter(proposition__in=Proposition.objects.cluster([state.proposition_id], n))
    sides = [
        ("for it", state.origins_for, voices(claims, n, Polarity.POSITIVE)),
        ("against it", state.origins_against, voices(claims, n, Polarity.NEGATIVE)),
    ]
    return {
        "state": state,
        "proposition": state.proposition,
        "strike": state.proposition.strike,
        "sides": sides,
    }


def voices(claims: Any, n: int, polarity: Polarity) -> list[dict[str, Any]]:
    """The first claim of each origin on one side, and on whose word it rests where that is another's."""
    origins = (
        ClaimOrigin.objects.current(n)
        .filter(claim__in=claims.of_polarity(polarity))
        .select_related("claim__actor", "claim__report__source")
        .order_by("claim__sort_at", "claim__public_id")
    )
    first: dict[str, Claim] = {}
    for origin in origins[:200]:
        first.setdefault(origin.key, origin.claim)
    shown = list(first.items())[:SHOWN]
    actors = {
        actor.public_id: actor for actor in Actor.objects.filter(public_id__in=[key for key, _ in shown])
    }
    return [
        {
            "claim": claim,
            "stance": Stance(claim.stance).label,
            "origin": actors[key] if actors[key] != claim.actor else None,
        }
        for key, claim in shown
    ]


def requests(dispute: dict[str, Any] | None) -> list[tuple[str, str]]:
    """Five requests that work, whatever is in the record."""
    said = f"claims/?proposition={dispute['proposition'].public_id}" if dispute else "claims/?stance=denies"
    return [
        ("Strikes, newest first", "strikes/?kind=strike"),
        ("What is disputed", "propositions/?dispute=disputed"),
        ("Who said what on the point above" if dispute else "Who denies what", said),
        ("Numbers of which only a lower bound was said", "damage-estimates/?comparator=at_least"),
        ("All claims as a table", "claims/?format=csv"),
    ]


class Codebook(Page):
    """Every controlled word with its definition: `/api/v1/vocabularies/` as a page."""

    template_name = "codebook.html"
    extra_context = {"vocabularies": vocabularies}
