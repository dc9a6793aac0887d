"""In which order a reader is shown what is at issue about a strike: the most important first.

What is disputed comes first, then what happened, what stopped, how badly, when it ran again, who, and the rest;
of one kind, what was spoken of first.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection

from record.models import AsOf
from strikes.choices import Dispute, Topic
from strikes.disputes.states import states_known_by
from strikes.models import Proposition, PropositionState, Strike

ORDER_OF_TOPICS = (
    (Topic.OCCURRENCE, Topic.FACILITY_HIT),
    (Topic.OPERATIONS_HALTED,),
    (Topic.DAMAGE, Topic.CAPACITY, Topic.CASUALTIES, Topic.FIRE),
    (Topic.RECOVERY, Topic.FULL_RECOVERY),
    (Topic.RESPONSIBILITY, Topic.COMMAND, Topic.SPONSORSHIP, Topic.WEAPON_OPERATOR),
)
"""What happened; what stopped; how badly; when it ran again; who. Everything else comes after."""
TIER_OF_TOPIC = {topic: tier for tier, topics in enumerate(ORDER_OF_TOPICS, start=1) for topic in topics}
Importance = tuple[int, dt.datetime, str]
NEVER = dt.datetime.max.replace(tzinfo=dt.UTC)


def importance(state: PropositionState, topic: str, public_id: str) -> Importance:
    """By what propositions are ordered, the most important first."""
    tier = 0 if state.state == Dispute.DISPUTED else TIER_OF_TOPIC.get(Topic(topic), len(ORDER_OF_TOPICS) + 1)
    return tier, state.first_said_at or NEVER, public_id


def ranks(propositions: Collection[Proposition], as_of: AsOf) -> dict[int, int | None]:
    """The place of each of these propositions among all about its strike, counted from 1; null without a strike."""
    canonical = Strike.objects.canonical_keys(as_of)
    strikes = {p.strike_id for p in propositions if p.strike_id is not None}
    cluster = Strike.objects.cluster(strikes, as_of)
    by_strike: dict[int, list[tuple[Importance, int]]] = defaultdict(list)
    for state in _states_about(cluster, as_of):
        point = state.proposition
        assert point.strike_id is not None  # only such were asked for
        place = importance(state, point.topic, point.public_id)
        by_strike[canonical.get(point.strike_id, point.strike_id)].append((place, point.pk))
    rank_of = {
        key: rank for points in by_strike.values() for rank, (_, key) in enumerate(sorted(points), start=1)
    }
    return {proposition.pk: rank_of.get(proposition.pk) for proposition in propositions}


def _states_about(strikes: Collection[int], as_of: AsOf) -> list[PropositionState]:
    """How everything about these strikes stands, with no more of the propositions than their order needs."""
    if not strikes:
        return []
    if as_of.known is None:
        states = PropositionState.objects.current(as_of.revision).filter(proposition__strike__in=strikes)
        of_proposition = [f"proposition__{name}" for name in ("public_id", "topic", "strike")]
        return list(states.select_related("proposition").only("state", "first_said_at", *of_proposition))
    points = Proposition.objects.published(as_of).filter(strike__in=strikes)
    states_by_key = states_known_by(points, as_of)
    for point in points:
        states_by_key[point.pk].proposition = point
    return list(states_by_key.values())
