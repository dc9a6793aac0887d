"""What the lists below a row show of claims and of points at issue."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.db.models import Prefetch, QuerySet

from editing.lists import RowList
from strikes.choices import NotCounted
from strikes.models import Claim, ClaimOrigin, Proposition, PropositionState


def counts(claim: Claim) -> str | None:
    """Whether a claim counts now, or why not; empty until it is public."""
    origin = next((origin for origin in claim.origins.all() if origin.to_rev_id is None), None)
    if origin is None:
        return None
    if origin.not_counted_because is None:
        return "yes"
    if origin.not_counted_because == NotCounted.FORECAST:
        return "apart: forecast"
    through = origin.retracted_through
    by_another = through is not None and through.pk != claim.report_id
    return f"no: {origin.get_not_counted_because_display()}" + (
        f", by way of {through.public_id}" if by_another and through is not None else ""
    )


CLAIM_COLUMNS: Mapping[str, Callable[[Claim], object]] = {
    "speaker": lambda claim: claim.actor.name,
    "stance": lambda claim: claim.get_stance_display(),
    "statement": lambda claim: claim.statement,
    "counts": counts,
}


def standing_of_claims() -> Prefetch[str, QuerySet[ClaimOrigin], str]:
    """What the column `counts` reads: of each claim, how it stands now."""
    return Prefetch("origins", ClaimOrigin.objects.current().select_related("retracted_through"))


def state_now() -> Prefetch[str, QuerySet[PropositionState], str]:
    """What `current_state` reads: of each point at issue, how it stands now."""
    return Prefetch("states", PropositionState.objects.current())


def current_state(proposition: Proposition) -> PropositionState | None:
    """How it stands now; nothing until it is public, or once it is merged into another."""
    return next((state for state in proposition.states.all() if state.to_rev_id is None), None)


def newest_state(proposition: Proposition) -> str | None:
    """How it stands now, with the independent origins on each side."""
    state = current_state(proposition)
    if state is None:
        return None
    forecasts = f", {state.origins_forecasting} forecasting" if state.origins_forecasting else ""
    return (
        f"{state.get_state_display()} ({state.origins_for} for, {state.origins_against} against{forecasts})"
    )


PROPOSITION_COLUMNS: Mapping[str, Callable[[Proposition], object]] = {
    "point at issue": lambda proposition: proposition.text,
    "topic": lambda proposition: proposition.get_topic_display(),
    "subject": lambda proposition: proposition.subject,
    "how it stands": newest_state,
}
PROPOSITION_SUBJECTS = ["facility", "unit__facility", "actor", "region"]


def proposition_list(by: str, title: str = "Points at issue") -> RowList[Proposition]:
    """The propositions that name a row by this field."""
    return RowList(
        title, Proposition, by, PROPOSITION_COLUMNS, load=PROPOSITION_SUBJECTS, prefetch=[state_now()]
    )
