"""What the lists below a row show of claims and of points at issue."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from editing.lists import RowList
from strikes.models import Claim, Proposition

CLAIM_COLUMNS: Mapping[str, Callable[[Claim], object]] = {
    "speaker": lambda claim: claim.actor.name,
    "stance": lambda claim: claim.get_stance_display(),
    "statement": lambda claim: claim.statement,
}


def newest_state(proposition: Proposition) -> str | None:
    """How it stands now, with the independent origins on each side."""
    current = next((state for state in proposition.states.all() if state.to_rev_id is None), None)
    if current is None:
        return None
    return f"{current.get_state_display()} ({current.origins_for} for, {current.origins_against} against)"


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
        title, Proposition, by, PROPOSITION_COLUMNS, load=PROPOSITION_SUBJECTS, prefetch=["states"]
    )
