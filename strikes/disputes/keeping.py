"""Keeping origins and states: what a revision has touched is brought up to date, and `check_record` compares.

Everything is computed from the record as it stands; the publishing functions keep the results in `ClaimOrigin`
and `PropositionState`, so that now and the past are the same lookup.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Iterator

from django.db.models import Q

from record.models import ChangeQuerySet, Merge, Recorded, Revision
from sources.models import Actor, Report, Source
from strikes.disputes.origins import origin_key, repeaters_of
from strikes.disputes.past import RecordAt
from strikes.disputes.states import dispute_tallies
from strikes.models import Claim, ClaimOrigin, Proposition, PropositionState


def refresh(touched: Collection[Recorded], revision: Revision) -> None:
    """Bring the kept origins and states up to date with the rows that a revision has touched."""
    claims = claims_behind(touched, renamed(touched, revision))
    for claim in claims:
        if claim.is_public:
            _refresh_sort_keys(claim)
    propositions = {claim.proposition_id for claim in claims}
    propositions |= {row.pk for row in touched if isinstance(row, Proposition)}
    propositions |= _rekey(claims, revision)
    _keep_states(propositions, revision)


def renamed(touched: Collection[Recorded], revision: Revision) -> list[Recorded]:
    """The actors and sources that a merge or its undoing made stand, or no longer stand, for others."""
    found: list[Recorded] = []
    for model in {Actor, Source} & {type(row) for row in touched}:
        ids = Merge.objects.of(revision).filter(collection=model.collection).values_list("loser", "survivor")
        found += model.objects.filter(public_id__in={one for pair in ids for one in pair})
    return found


def claims_behind(touched: Collection[Recorded], renamed: Collection[Recorded] = ()) -> list[Claim]:
    """The claims whose origin, weight or order can have changed."""
    claims = {row.pk for row in touched if isinstance(row, Claim)}
    reports = {row.pk for row in touched if isinstance(row, Report)}
    voices = Actor.objects.cluster(row.pk for row in renamed if isinstance(row, Actor)) if renamed else set()
    sources = (
        Source.objects.cluster(row.pk for row in renamed if isinstance(row, Source)) if renamed else set()
    )
    if voices or sources:
        own = Source.objects.filter(Q(pk__in=sources) | Q(voice__in=voices)).values("pk")
        copies = Report.objects.filter(Q(source__in=own) | Q(wire_source__in=own))
        reports |= set(copies.values_list("pk", flat=True))
    reports = _all_derived(reports)
    actors = _all_voices({row.pk for row in [*touched, *renamed] if isinstance(row, Actor)})
    if reports or actors:
        about = Q(report__in=reports) | Q(actor__in=actors) | Q(chain__actor__in=actors)
        claims |= set(Claim.objects.cited().filter(about).values_list("pk", flat=True))
    if not claims:
        return []
    rows = Claim.objects.filter(pk__in=claims).select_related("actor", "report__source")
    return list(rows.order_by("published_rev", "pk"))


def _all_derived(reports: set[int]) -> set[int]:
    newest = reports
    while newest:
        newest = set(Report.objects.filter(derived_from__in=newest).values_list("pk", flat=True)) - reports
        reports = reports | newest
    return reports


def _all_voices(actors: set[int]) -> set[int]:
    if not actors:
        return actors
    newest = actors = Actor.objects.cluster(actors)
    while newest:
        below = Actor.objects.filter(affiliation__in=newest).values_list("pk", flat=True)
        newest = Actor.objects.cluster(below) - actors
        actors = actors | newest
    return actors


def _refresh_sort_keys(claim: Claim) -> None:
    before = claim.sort_at, claim.known_at
    claim.before_publish()
    if (claim.sort_at, claim.known_at) != before:
        claim.save(update_fields=["sort_at", "known_at"])


def _rekey(claims: Iterable[Claim], revision: Revision) -> set[int]:
    """Set the origin of each claim anew, and of those that repeat it; returns their propositions."""
    propositions = set()
    queue = deque(claims)
    record_at = RecordAt()
    while queue:
        claim = queue.popleft()
        key = origin_key(claim, record_at) if claim.is_public else None
        kept = ClaimOrigin.objects.current().filter(claim=claim).first()
        if (kept.key if kept else None) == key:
            continue
        if kept is not None and kept.from_rev_id == revision.pk:
            kept.delete()
        elif kept is not None:
            kept.to_rev = revision
            kept.save(update_fields=["to_rev"])
        if key is not None:
            ClaimOrigin.objects.create(claim=claim, key=key, from_rev=revision)
        propositions.add(claim.proposition_id)
        queue.extend(repeaters_of(claim))
    return propositions


def _keep_states(propositions: set[int], revision: Revision) -> None:
    """Write the state of each proposition, and of the open ones it can be an answer to, if it changed."""
    if not propositions:
        return
    propositions = Proposition.objects.cluster(propositions)
    questions = beside(propositions) | answered(propositions, revision.changes.all())
    affected = propositions | Proposition.objects.cluster(questions)
    public = set(Proposition.objects.published().filter(pk__in=affected).values_list("pk", flat=True))
    now = dispute_tallies(public)
    kept = {
        state.proposition_id: state
        for state in PropositionState.objects.current().filter(proposition__in=affected)
    }
    for pk in affected:
        new = now[pk].as_state() if pk in now else None
        old = kept.get(pk)
        if old is not None:
            if new == {name: getattr(old, name) for name in new or {}}:
                continue
            if old.from_rev_id == revision.pk:
                old.delete()
            else:
                old.to_rev = revision
                old.save(update_fields=["to_rev"])
        if new is not None:
            PropositionState.objects.create(proposition_id=pk, from_rev=revision, **new)


def beside(propositions: set[int]) -> set[int]:
    """The open propositions about the strikes or the subjects of these."""
    rows = Proposition.objects.filter(pk__in=propositions)
    found = Q(strike__in=rows.filter(strike__isnull=False).values("strike"))
    for subject in ("facility", "unit", "actor", "region"):
        found |= Q(**{f"{subject}__in": rows.filter(**{f"{subject}__isnull": False}).values(subject)})
    return set(Proposition.objects.cited().filter(found, open=True).values_list("pk", flat=True))


def answered(propositions: set[int], amendments: ChangeQuerySet) -> set[int]:
    """The open propositions that these answer, or answered until one of these amendments."""
    rows = Proposition.objects.filter(pk__in=propositions).exclude(answers=None)
    changes = amendments.filter(collection=Proposition.collection, values__has_key="answers").amendments()
    ids = {one for _, _, values in changes for one in values["answers"] if one}
    earlier = Proposition.objects.filter(public_id__in=ids)
    return {key for key in rows.values_list("answers", flat=True) if key} | set(
        earlier.values_list("pk", flat=True)
    )


def restated(revision: Revision) -> Iterator[tuple[Proposition, str, str]]:
    """The propositions whose state a revision changed, each with how it stood before and after."""
    before = {one.proposition_id: one for one in PropositionState.objects.filter(to_rev=revision)}
    after = {one.proposition_id: one for one in PropositionState.objects.filter(from_rev=revision)}
    for row in Proposition.objects.filter(pk__in={*before, *after}).order_by("public_id"):
        yield row, in_words(before.get(row.pk)), in_words(after.get(row.pk))


def in_words(state: PropositionState | None) -> str:
    if state is None:
        return "none of its own"
    return f"{state.state.replace('_', ' ')}, {state.origins_for} for and {state.origins_against} against"


def discrepancies() -> Iterator[str]:
    """Where what is kept differs from what the record says now."""
    record_at = RecordAt()
    keys = dict(ClaimOrigin.objects.current().values_list("claim", "key"))
    for claim in Claim.objects.cited():
        key = keys.pop(claim.pk, None)
        if key != (right := origin_key(claim, record_at)):
            yield f"claims/{claim.public_id}: its origin is kept as {key} and should be {right}."
    for pk in keys:
        yield f"claims/{Claim.objects.get(pk=pk).public_id}: an origin is kept though it is not public."
    public = {row.pk: row.public_id for row in Proposition.objects.published()}
    kept = {state.proposition_id: state for state in PropositionState.objects.current()}
    for pk, tally in dispute_tallies(set(public)).items():
        state = kept.pop(pk, None)
        right_state = tally.as_state()
        if state is None or right_state != {name: getattr(state, name) for name in right_state}:
            yield f"propositions/{public[pk]}: its state is kept as {state} and should be {right_state}."
    for pk in kept:
        yield f"propositions/{Proposition.objects.get(pk=pk).public_id}: a state is kept, not public."
    for kept_of in (
        ClaimOrigin.objects.filter(claim__taken_down_rev__isnull=False).values_list(
            "claim__public_id", flat=True
        ),
        PropositionState.objects.filter(proposition__taken_down_rev__isnull=False).values_list(
            "proposition__public_id", flat=True
        ),
    ):
        for public_id in set(kept_of):
            yield f"{public_id}: an origin or a state is kept of what was taken down."
