"""After a takedown: the origins and states of the past, as if what is gone had never been there.

Everything else keeps what it had. So each revision is read as it was: who was public, who stood for
whom, and what rows said before amendments changed them, which the ledger tells.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator

from django.db.models import Q, QuerySet

from record.choices import Action
from record.graphs import closure
from record.models import Change, ChangeQuerySet, Merge, Recorded, Revision
from sources.choices import NoticeKind
from sources.models import Actor, ReportNotice, Source
from strikes.choices import ClaimRelationKind
from strikes.disputes.keeping import claims_resting_on, open_questions_beside, questions_answered
from strikes.disputes.origins import origin_key
from strikes.disputes.past import Past, RecordAt
from strikes.disputes.states import dispute_tallies
from strikes.models import Claim, ClaimOrigin, ClaimRelation, Proposition, PropositionState

Kept = dict[int, dict[int, dict[str, object]]]
"""What each revision has of each row."""
Interval = tuple[int, int | None, dict[str, object]]
"""From which revision until which one something is kept, and what."""


def rewrite(touched: Collection[Recorded], revision: Revision) -> None:
    """Where a revision took rows down: compute anew what the past keeps of the rows that stay."""
    gone = [row for row in touched if row.taken_down_rev_id == revision.pk]
    if not gone:
        return
    stays = [row for row in touched if row.taken_down_rev_id is None]
    gone_claims = [row for row in gone if isinstance(row, Claim)]
    gone_propositions = [row for row in gone if isinstance(row, Proposition)]
    ClaimOrigin.objects.filter(claim__in=gone_claims).delete()
    PropositionState.objects.filter(proposition__in=gone_propositions).delete()

    claims = _claims_that_rested_on(gone, stays)
    if claims:
        _rewrite_origins(claims, revision)
    propositions = {claim.proposition_id for claim in [*gone_claims, *claims]}
    propositions |= {row.pk for row in touched if isinstance(row, Proposition)}
    propositions = _ever_merged_with(propositions)
    questions = open_questions_beside(propositions) | questions_answered(
        propositions, _ever_amended(propositions)
    )
    propositions |= _ever_merged_with(questions)
    staying = Proposition.objects.filter(
        pk__in=propositions, published_rev__isnull=False, taken_down_rev__isnull=True
    )
    _rewrite_states(set(staying.values_list("pk", flat=True)), revision)


def _claims_that_rested_on(gone: Iterable[Recorded], stays: Collection[Recorded]) -> list[Claim]:
    """The claims whose origin was ever that of something gone: through a repetition, or a merge."""
    voices = [row.public_id for row in gone if isinstance(row, Actor)]
    claims = set(ClaimOrigin.objects.filter(key__in=voices).values_list("claim", flat=True))
    parted = [row for row in stays if isinstance(row, (Actor, Source))]
    claims |= {claim.pk for claim in claims_resting_on((), parted)}
    claims |= {row.pk for row in gone if isinstance(row, Claim)}

    def ever_repeating(keys: Collection[int]) -> QuerySet[Claim, int]:
        lineages = Claim.objects.filter(pk__in=keys).values("lineage")
        repeats = ClaimRelation.objects.filter(kind=ClaimRelationKind.REPEATS, other__public_id__in=lineages)
        repeating = Claim.objects.filter(lineage__in=repeats.values("claim__public_id"))
        return repeating.values_list("pk", flat=True)

    resting = closure(claims, ever_repeating)
    return list(
        Claim.objects.filter(pk__in=resting, published_rev__isnull=False, taken_down_rev__isnull=True)
    )


def _ever_merged_with(propositions: Iterable[int]) -> set[int]:
    """These propositions with all that was ever merged with one, directly or through others."""
    merges = Merge.objects.filter(collection=Proposition.collection)
    pairs = list(merges.values_list("loser", "survivor"))
    rows = Proposition.objects.filter(public_id__in={public_id for pair in pairs for public_id in pair})
    keys = dict(rows.values_list("public_id", "pk"))
    merged_with: dict[int, set[int]] = defaultdict(set)
    for loser, survivor in pairs:
        merged_with[keys[loser]].add(keys[survivor])
        merged_with[keys[survivor]].add(keys[loser])
    return closure(
        propositions, lambda newest: {other for key in newest for other in merged_with.get(key, ())}
    )


def _ever_amended(propositions: Collection[int]) -> ChangeQuerySet:
    rows = Proposition.objects.filter(pk__in=propositions)
    return Change.objects.filter(collection=Proposition.collection, object_id__in=rows.values("public_id"))


WEIGHED = {
    "actors": ["kind", "affiliation"],
    "sources": ["voice"],
    "reports": ["source", "derived_from", "wire_source", "issued_earliest", "issued_latest"],
}
"""What `origin_key` and `side_of` look at beyond a claim and its proposition: amending anything else moves no claim."""


def _revisions_that_matter(
    claims: QuerySet[Claim], propositions: Iterable[int], revision: Revision
) -> list[int]:
    """Every revision at which the origins of claims or the states of propositions can have changed."""
    rows = Proposition.objects.filter(pk__in=propositions)
    changes = Q(collection="claims", object_id__in=claims.values("public_id"))
    changes |= Q(collection="propositions", object_id__in=rows.values("public_id"))
    changes |= Q(collection__in=["actors", "sources"], action__in=[Action.MERGE, Action.UNMERGE])
    for collection, fields in WEIGHED.items():
        changes |= Q(collection=collection, action=Action.AMEND, values__has_any_keys=fields)
    revisions = set(Change.objects.filter(changes).values_list("revision", flat=True))
    # Parts have no line of their own in the ledger: their revisions stand with them.
    revisions |= set(_revisions_of_parts(claims))
    return sorted({*revisions, revision.pk})


def _revisions_of_parts(claims: QuerySet[Claim]) -> Iterator[int]:
    """Where a relation of claims, a retraction of their reports or an origin began or ended."""
    lineages = claims.values("lineage")
    relations = ClaimRelation.objects.filter(
        Q(claim__public_id__in=lineages) | Q(other__public_id__in=lineages)
    )
    retractions = ReportNotice.objects.filter(report__in=claims.values("report"), kind=NoticeKind.RETRACTION)
    origins = ClaimOrigin.objects.filter(claim__in=claims)
    for ends in (
        relations.values_list("published_rev", "withdrawn_rev"),
        retractions.values_list("published_rev", "withdrawn_rev"),
        origins.values_list("from_rev", "to_rev"),
    ):
        yield from (revision for pair in ends for revision in pair if revision is not None)


def _rewrite_origins(claims: Collection[Claim], revision: Revision) -> None:
    def ever_repeated_by(lineages: Collection[str]) -> QuerySet[ClaimRelation, str]:
        repeats = ClaimRelation.objects.filter(kind=ClaimRelationKind.REPEATS, claim__public_id__in=lineages)
        return repeats.values_list("other__public_id", flat=True)

    lineages = closure((claim.lineage for claim in claims), ever_repeated_by)
    weighed = Claim.objects.filter(lineage__in=lineages)
    keys = [claim.pk for claim in claims]
    past = Past()
    kept_by_revision: Kept = {}
    for n in reversed(_revisions_that_matter(weighed, (), revision)):
        past.rewind(n)
        record_at = RecordAt(n, past)
        public = Claim.objects.published(n).filter(pk__in=keys)
        kept_by_revision[n] = {claim.pk: {"key": origin_key(claim, record_at)} for claim in public}
    ClaimOrigin.objects.filter(claim__in=keys).delete()
    for key in keys:
        for from_rev, to_rev, columns in _intervals(key, kept_by_revision):
            ClaimOrigin.objects.create(claim_id=key, from_rev_id=from_rev, to_rev_id=to_rev, **columns)


def _rewrite_states(propositions: set[int], revision: Revision) -> None:
    rivals = Proposition.objects.filter(Q(answers__in=propositions) | Q(pk__in=propositions))
    weighed = _ever_merged_with({*propositions, *rivals.values_list("pk", flat=True)})
    claims = Claim.objects.filter(proposition__in=weighed, published_rev__isnull=False)
    past = Past()
    kept_by_revision: Kept = {}
    for n in reversed(_revisions_that_matter(claims, weighed, revision)):
        past.rewind(n)
        public = Proposition.objects.published(n).filter(pk__in=propositions)
        tallies = dispute_tallies(set(public.values_list("pk", flat=True)), n, past)
        kept_by_revision[n] = {pk: tally.as_state() for pk, tally in tallies.items()}
    PropositionState.objects.filter(proposition__in=propositions).delete()
    for pk in propositions:
        for from_rev, to_rev, columns in _intervals(pk, kept_by_revision):
            PropositionState.objects.create(
                proposition_id=pk, from_rev_id=from_rev, to_rev_id=to_rev, **columns
            )


def _intervals(key: int, kept_by_revision: Kept) -> Iterator[Interval]:
    """What each revision has of one row, as few intervals: one lasts until something else is so, or nothing."""
    began: tuple[int, dict[str, object]] | None = None
    for n in sorted(kept_by_revision):
        columns = kept_by_revision[n].get(key)
        if began is not None and columns == began[1]:
            continue
        if began is not None:
            yield began[0], n, began[1]
        began = None if columns is None else (n, columns)
    if began is not None:
        yield began[0], None, began[1]
