"""What differs between two points in time of all that is said of a strike."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Q

from api.versions import Difference, differences
from record.limits import TooMuch
from record.models import AsOf, Snapshot
from strikes.api.accounts import propositions_about
from strikes.api.days import MOST_CLAIMS, Listed, listed
from strikes.disputes.explanations import explained
from strikes.disputes.states import states_of
from strikes.models import Claim, DamageEstimate, Proposition, PropositionState, Strike, WeaponCount
from strikes.models.related import SUBJECTS

MOST_STATES = 500
"""Propositions that are told of in one answer."""


@dataclass(frozen=True)
class State:
    """How a proposition stood at one of the two points."""

    state: PropositionState
    explanation: str

    def __eq__(self, other: object) -> bool:
        return isinstance(other, State) and self._read() == other._read()

    def __hash__(self) -> int:
        return hash(self._read())

    def _read(self) -> tuple[object, ...]:
        """What a reader sees of it."""
        state = self.state
        counts = (state.origins_for, state.origins_against, state.origins_forecasting, state.documents)
        return state.state, *counts, self.explanation


@dataclass(frozen=True)
class Restated:
    """A proposition that stands differently; null where it is not there."""

    proposition: Proposition
    before: State | None
    after: State | None


@dataclass
class Claims:
    added: Listed
    removed: Listed
    corrected: Listed


@dataclass
class Numbers:
    added: Listed
    removed: Listed


@dataclass
class Differences:
    claims: Claims
    numbers: Numbers
    states: list[Restated]
    fields_changed: list[Difference]


class Said:
    """All that is said of a strike at one point in time."""

    def __init__(self, strike: Strike, as_of: AsOf) -> None:
        about = Proposition.objects.cited(as_of.revision).filter(propositions_about(strike, as_of))
        claims = Claim.objects.published(as_of).filter(proposition__in=about.values("pk")).order_by()
        if claims[: MOST_CLAIMS + 1].count() > MOST_CLAIMS:
            raise TooMuch("from", f"More than {MOST_CLAIMS:,} claims.")
        self.claims: dict[str, str] = dict(claims.values_list("lineage", "public_id"))
        self.numbers = {
            public_id
            for model in (DamageEstimate, WeaponCount)
            for public_id in model.objects.published(as_of)
            .filter(claim__in=claims.values("pk"))
            .order_by()
            .values_list("public_id", flat=True)
        }
        points = Proposition.objects.published(as_of).filter(propositions_about(strike, as_of)).order_by()
        states = states_of(points, as_of)
        explained_of = explained(states.values())
        self.states = {key: State(state, explained_of[key].explanation) for key, state in states.items()}


def differences_of(strike: Strike, before: AsOf, after: AsOf) -> Differences:
    """What of a strike is there at the later point and not at the earlier one, or reads differently."""
    old, new = Said(strike, before), Said(strike, after)
    corrected = [new.claims[key] for key in old.claims.keys() & new.claims.keys()]
    return Differences(
        claims=Claims(
            added=listed(new.claims[key] for key in new.claims.keys() - old.claims.keys()),
            removed=listed(old.claims[key] for key in old.claims.keys() - new.claims.keys()),
            corrected=listed(set(corrected) - set(old.claims.values())),
        ),
        numbers=Numbers(added=listed(new.numbers - old.numbers), removed=listed(old.numbers - new.numbers)),
        states=list(_restated(old, new)),
        fields_changed=_fields(strike, before.revision, after.revision),
    )


def _restated(old: Said, new: Said) -> Iterator[Restated]:
    changed = {
        key for key in old.states.keys() | new.states.keys() if old.states.get(key) != new.states.get(key)
    }
    points = Proposition.objects.filter(pk__in=changed, taken_down_rev=None)
    for point in points.select_related("strike", *SUBJECTS).order_by("public_id")[:MOST_STATES]:
        yield Restated(point, old.states.get(point.pk), new.states.get(point.pk))


def _fields(strike: Strike, before: int, after: int) -> list[Difference]:
    """The fields of the strike itself that read differently; nothing of the world's time changes those."""
    at_either = Q(from_rev__lte=before) & (Q(to_rev=None) | Q(to_rev__gt=before))
    at_either |= Q(from_rev__lte=after) & (Q(to_rev=None) | Q(to_rev__gt=after))
    of_strike = Snapshot.objects.filter(
        at_either, collection=strike.collection, lineage=strike.public_id, body__isnull=False
    ).order_by("from_rev")
    bodies = [json.loads(snapshot.body or "") for snapshot in of_strike]
    return list(differences(*bodies)) if len(bodies) == 2 else []
