"""Keeping origins and states: what a revision has touched is brought up to date, and `check_record` compares.

Everything is computed from the record as it stands; the publishing functions keep the results in `ClaimOrigin`
and `PropositionState`, so that now and the past are the same lookup.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Iterator

from django.db.models import Q

from record.graphs import closure
from record.models import ChangeQuerySet, Merge, Recorded, Revision
from sources.models import Actor, Report, Source
from strikes.disputes.origins import claims_repeating, origin_key
from strikes.disputes.past import RecordAt
from strikes.disputes.states import dispute_tallies
from strikes.models import Claim, ClaimOrigin, Proposition, PropositionState


def refresh(touched: Collection[Recorded], revision: Revision) -> None:
    """Bring the kept origins and states up to date with the rows that a revision has touched."""
    claims = claims_resting_on(touched, merged_or_parted(touched, revision))
    for claim in claims:
        if claim.is_public:
            _refresh_sort_keys(claim)
    propositions = {claim.proposition_id for claim in claims}
    propositions |= {row.pk for row in touched if isinstance(row, Proposition)}
    propositions |= _keep_origins(claims, revision)
    _keep_states(propositions, revision)


def merged_or_parted(touched: Collection[Recorded], revision: Revision) -> list[Actor | Source]:
    """The actors and sources that a merge or its undoing made stand, or no longer stand, for others."""
    rows: list[Actor | Source] = []
    for model in (Actor, Source):
        if not any(type(row) is model for row in touched):
            continue
        merges = Merge.objects.of(revision).filter(collection=model.collection)
        pairs = merges.values_list("loser", "survivor")
        rows += model.objects.filter(public_id__in={public_id for pair in pairs for public_id in pair})
    return rows


def claims_resting_on(touched: Collection[Recorded], merged: Collection[Actor | Source] = ()) -> list[Claim]:
    """The claims whose origin, weight or order can have changed, in the order in which they were published."""
    claims = {row.pk for row in touched if isinstance(row, Claim)}
    reports = {row.pk for row in touched if isinstance(row, Report)} | _reports_of(merged)
    reports = _all_derived(reports)
    actors = _all_voices({row.pk for row in [*touched, *merged] if isinstance(row, Actor)})
    if reports or actors:
        resting = Q(report__in=reports) | Q(actor__in=actors) | Q(chain__actor__in=actors)
        claims |= set(Claim.objects.cited().filter(resting).values_list("pk", flat=True))
    if not claims:
        return []
    rows = Claim.objects.filter(pk__in=claims).select_related("actor", "report__source")
    return list(rows.order_by("published_rev", "pk"))


def _reports_of(merged: Collection[Actor | Source]) -> set[int]:
    """The reports of these sources, or of the sources whose voices these actors are, and the copies of their items."""
    if not merged:
        return set()
    voices = Actor.objects.cluster(row.pk for row in merged if isinstance(row, Actor))
    sources = Source.objects.cluster(row.pk for row in merged if isinstance(row, Source))
    publishers = Source.objects.filter(Q(pk__in=sources) | Q(voice__in=voices)).values("pk")
    reports = Report.objects.filter(Q(source__in=publishers) | Q(wire_source__in=publishers))
    return set(reports.values_list("pk", flat=True))


def _all_derived(reports: set[int]) -> set[int]:
    """These reports and all copies of them."""
    return closure(
        reports, lambda keys: Report.objects.filter(derived_from__in=keys).values_list("pk", flat=True)
    )


def _all_voices(actors: set[int]) -> set[int]:
    """These actors and all who speak for one, with all that is the same."""
    if not actors:
        return actors

    def speaking_for(bodies: Collection[int]) -> set[int]:
        return Actor.objects.cluster(
            Actor.objects.filter(affiliation__in=bodies).values_list("pk", flat=True)
        )

    return closure(Actor.objects.cluster(actors), speaking_for)


def _refresh_sort_keys(claim: Claim) -> None:
    before = claim.sort_at, claim.known_at
    claim.before_publish()
    if (claim.sort_at, claim.known_at) != before:
        claim.save(update_fields=["sort_at", "known_at"])


def _keep_origins(claims: Iterable[Claim], revision: Revision) -> set[int]:
    """Set the origin of each claim anew, and of those that repeat it; returns their propositions."""
    propositions = set()
    waiting = deque(claims)
    record_at = RecordAt()
    while waiting:  # no closure: a claim comes again where what it repeats has changed after it
        claim = waiting.popleft()
        key = origin_key(claim, record_at) if claim.is_public else None
        current = ClaimOrigin.objects.current().filter(claim=claim).first()
        if (current.key if current else None) == key:
            continue
        if current is not None:
            _end(current, revision)
        if key is not None:
            ClaimOrigin.objects.create(claim=claim, key=key, from_rev=revision)
        propositions.add(claim.proposition_id)
        waiting.extend(claims_repeating(claim))
    return propositions


def _end(interval: ClaimOrigin | PropositionState, revision: Revision) -> None:
    if interval.from_rev_id == revision.pk:
        interval.delete()  # written by this same revision: nobody ever saw it
    else:
        interval.to_rev = revision
        interval.save(update_fields=["to_rev"])


def _keep_states(propositions: set[int], revision: Revision) -> None:
    """Write the state of each proposition, and of the open ones it can be an answer to, if it changed."""
    if not propositions:
        return
    propositions = Proposition.objects.cluster(propositions)
    questions = open_questions_beside(propositions) | questions_answered(propositions, revision.changes.all())
    affected = propositions | Proposition.objects.cluster(questions)
    public = set(Proposition.objects.published().filter(pk__in=affected).values_list("pk", flat=True))
    tallies = dispute_tallies(public)
    kept_states = PropositionState.objects.current().filter(proposition__in=affected)
    kept_by_proposition = {state.proposition_id: state for state in kept_states}
    for pk in affected:
        state = tallies[pk].as_state() if pk in tallies else None
        current = kept_by_proposition.get(pk)
        if current is not None:
            if state is not None and _says(current, state):
                continue
            _end(current, revision)
        if state is not None:
            PropositionState.objects.create(proposition_id=pk, from_rev=revision, **state)


def _says(current: PropositionState, state: dict[str, object]) -> bool:
    return all(getattr(current, name) == value for name, value in state.items())


def open_questions_beside(propositions: set[int]) -> set[int]:
    """The open propositions about the strikes or the subjects of these."""
    rows = Proposition.objects.filter(pk__in=propositions)
    beside = Q(strike__in=rows.filter(strike__isnull=False).values("strike"))
    for subject in ("facility", "unit", "actor", "region"):
        beside |= Q(**{f"{subject}__in": rows.filter(**{f"{subject}__isnull": False}).values(subject)})
    return set(Proposition.objects.cited().filter(beside, open=True).values_list("pk", flat=True))


def questions_answered(propositions: set[int], amendments: ChangeQuerySet) -> set[int]:
    """The open propositions that these answer, or answered until one of these amendments."""
    rows = Proposition.objects.filter(pk__in=propositions).exclude(answers=None)
    changes = amendments.filter(collection=Proposition.collection, values__has_key="answers").amendments()
    public_ids = {public_id for _, _, values in changes for public_id in values["answers"] if public_id}
    earlier = Proposition.objects.filter(public_id__in=public_ids)
    questions = {question for question in rows.values_list("answers", flat=True) if question is not None}
    return questions | set(earlier.values_list("pk", flat=True))


def restated(revision: Revision) -> Iterator[tuple[Proposition, str, str]]:
    """The propositions whose state a revision changed, each with how it stood before and after."""
    before = {state.proposition_id: state for state in PropositionState.objects.filter(to_rev=revision)}
    after = {state.proposition_id: state for state in PropositionState.objects.filter(from_rev=revision)}
    for row in Proposition.objects.filter(pk__in={*before, *after}).order_by("public_id"):
        yield row, state_in_words(before.get(row.pk)), state_in_words(after.get(row.pk))


def state_in_words(state: PropositionState | None) -> str:
    if state is None:
        return "none of its own"
    return f"{state.state.replace('_', ' ')}, {state.origins_for} for and {state.origins_against} against"


def discrepancies() -> Iterator[str]:
    """Where what is kept differs from what the record says now."""
    yield from _wrong_origins()
    yield from _wrong_states()
    yield from _kept_of_takedowns()


def _wrong_origins() -> Iterator[str]:
    record_at = RecordAt()
    kept_keys = dict(ClaimOrigin.objects.current().values_list("claim", "key"))
    for claim in Claim.objects.cited():
        kept = kept_keys.pop(claim.pk, None)
        right = origin_key(claim, record_at)
        if kept != right:
            yield f"claims/{claim.public_id}: its origin is kept as {kept} and should be {right}."
    for pk in kept_keys:
        yield f"claims/{Claim.objects.get(pk=pk).public_id}: an origin is kept though it is not public."


def _wrong_states() -> Iterator[str]:
    public = {row.pk: row.public_id for row in Proposition.objects.published()}
    kept_states = {state.proposition_id: state for state in PropositionState.objects.current()}
    for pk, tally in dispute_tallies(set(public)).items():
        kept = kept_states.pop(pk, None)
        right = tally.as_state()
        if kept is None or not _says(kept, right):
            yield f"propositions/{public[pk]}: its state is kept as {kept} and should be {right}."
    for pk in kept_states:
        yield f"propositions/{Proposition.objects.get(pk=pk).public_id}: a state is kept, not public."


def _kept_of_takedowns() -> Iterator[str]:
    origins = ClaimOrigin.objects.filter(claim__taken_down_rev__isnull=False)
    states = PropositionState.objects.filter(proposition__taken_down_rev__isnull=False)
    for public_ids in (
        origins.values_list("claim__public_id", flat=True),
        states.values_list("proposition__public_id", flat=True),
    ):
        for public_id in set(public_ids):
            yield f"{public_id}: an origin or a state is kept of what was taken down."
