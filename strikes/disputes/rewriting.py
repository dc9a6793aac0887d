"""After a takedown: the origins and states of the past, as if what is gone had never been there.

Everything else keeps what it had. So each revision is read as it was: who was public, who stood for
whom, and what rows said before amendments changed them, which the ledger tells.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db.models import Q

from record.choices import Action
from record.models import Change, ChangeQuerySet, Merge, Recorded, Revision
from sources.choices import NoticeKind
from sources.models import Actor, ReportNotice
from strikes.choices import ClaimRelationKind
from strikes.disputes.keeping import answered, beside, claims_behind
from strikes.disputes.origins import origin_key
from strikes.disputes.past import Past, RecordAt
from strikes.disputes.states import dispute_tallies
from strikes.models import Claim, ClaimOrigin, ClaimRelation, Proposition, PropositionState


def rewrite(touched: Collection[Recorded], revision: Revision) -> None:
    """Where a revision took rows down: compute anew what the past keeps of the rows that stay."""
    gone = [row for row in touched if row.taken_down_rev_id == revision.pk]
    if not gone:
        return
    stays = [row for row in touched if row.taken_down_rev_id is None]
    gone_claims = [row for row in gone if isinstance(row, Claim)]
    ClaimOrigin.objects.filter(claim__in=gone_claims).delete()
    PropositionState.objects.filter(
        proposition__in=[row for row in gone if isinstance(row, Proposition)]
    ).delete()

    claims = _resting_on_their_word(gone, stays)
    if claims:
        _rewrite_origins(claims, revision)
    points = {claim.proposition_id for claim in [*gone_claims, *claims]}
    points |= {row.pk for row in touched if isinstance(row, Proposition)}
    points = _ever_same(points)
    points |= _ever_same(beside(points) | answered(points, _ever_amended(points)))
    staying = Proposition.objects.filter(
        pk__in=points, published_rev__isnull=False, taken_down_rev__isnull=True
    )
    _rewrite_states(set(staying.values_list("pk", flat=True)), revision)


def _resting_on_their_word(gone: Iterable[Recorded], stays: Collection[Recorded]) -> list[Claim]:
    """The claims whose origin was ever that of something gone: through a repetition, or a merge."""
    voices = [row.public_id for row in gone if isinstance(row, Actor)]
    found = set(ClaimOrigin.objects.filter(key__in=voices).values_list("claim", flat=True))
    found |= {claim.pk for claim in claims_behind((), stays)}
    newest = found | {row.pk for row in gone if isinstance(row, Claim)}
    while newest:
        lineages = Claim.objects.filter(pk__in=newest).values("lineage")
        repeats = ClaimRelation.objects.filter(kind=ClaimRelationKind.REPEATS, other__public_id__in=lineages)
        newest = (
            set(
                Claim.objects.filter(lineage__in=repeats.values("claim__public_id")).values_list(
                    "pk", flat=True
                )
            )
            - found
        )
        found |= newest
    return list(Claim.objects.filter(pk__in=found, published_rev__isnull=False, taken_down_rev__isnull=True))


def _ever_same(points: Iterable[int]) -> set[int]:
    """These propositions with all that was ever merged with one, directly or through others."""
    found = set(points)
    pairs = Merge.objects.filter(collection=Proposition.collection).values_list("loser", "survivor")
    keys = dict(
        Proposition.objects.filter(public_id__in={one for pair in pairs for one in pair}).values_list(
            "public_id", "pk"
        )
    )
    linked = [{keys[loser], keys[survivor]} for loser, survivor in pairs]
    while more := [pair for pair in linked if pair & found and not pair <= found]:
        found = found.union(*more)
    return found


def _ever_amended(points: Collection[int]) -> ChangeQuerySet:
    rows = Proposition.objects.filter(pk__in=points)
    return Change.objects.filter(collection=Proposition.collection, object_id__in=rows.values("public_id"))


WEIGHED = {
    "actors": ["kind", "affiliation"],
    "sources": ["voice"],
    "reports": ["source", "derived_from", "wire_source", "issued_earliest", "issued_latest"],
}
"""What `origin_key` and `side_of` look at beyond a claim and its proposition: amending anything else moves no claim."""


def _steps(claims: Any, points: Iterable[int], revision: Revision) -> list[int]:
    """Every revision at which the origins of claims or the states of propositions can have changed."""
    reports = claims.values("report")
    named = Q(collection="claims", object_id__in=claims.values("public_id"))
    for collection, fields in WEIGHED.items():
        named |= Q(collection=collection, action=Action.AMEND, values__has_any_keys=fields)
    named |= Q(
        collection="propositions", object_id__in=Proposition.objects.filter(pk__in=points).values("public_id")
    )
    named |= Q(collection__in=["actors", "sources"], action__in=[Action.MERGE, Action.UNMERGE])
    found = set(Change.objects.filter(named).values_list("revision", flat=True))
    lineages = claims.values("lineage")
    about = Q(claim__public_id__in=lineages) | Q(other__public_id__in=lineages)
    for parts in (
        ClaimRelation.objects.filter(about),
        ReportNotice.objects.filter(report__in=reports, kind=NoticeKind.RETRACTION),
        ClaimOrigin.objects.filter(claim__in=claims),
    ):
        ends = ("from_rev", "to_rev") if parts.model is ClaimOrigin else ("published_rev", "withdrawn_rev")
        found |= {one for pair in parts.values_list(*ends) for one in pair if one is not None}
    return sorted({*found, revision.pk})


def _rewrite_origins(claims: Collection[Claim], revision: Revision) -> None:
    lineages = newest = {claim.lineage for claim in claims}
    while newest:
        repeats = ClaimRelation.objects.filter(kind=ClaimRelationKind.REPEATS, claim__public_id__in=newest)
        newest = set(repeats.values_list("other__public_id", flat=True)) - lineages
        lineages = lineages | newest
    wide = Claim.objects.filter(lineage__in=lineages)
    past, keys = Past(), {}
    for n in reversed(_steps(wide, (), revision)):
        past.rewind(n)
        record_at = RecordAt(n, past)
        public = Claim.objects.published(n).filter(pk__in=[claim.pk for claim in claims])
        keys[n] = {claim.pk: {"key": origin_key(claim, record_at)} for claim in public}
    _write(ClaimOrigin, "claim", [claim.pk for claim in claims], keys)


def _rewrite_states(points: set[int], revision: Revision) -> None:
    rivals = Proposition.objects.filter(Q(answers__in=points) | Q(pk__in=points)).values("pk")
    wide = _ever_same({*points, *rivals.values_list("pk", flat=True)})
    claims = Claim.objects.filter(proposition__in=wide, published_rev__isnull=False)
    past, states = Past(), {}
    for n in reversed(_steps(claims, wide, revision)):
        past.rewind(n)
        public = set(Proposition.objects.published(n).filter(pk__in=points).values_list("pk", flat=True))
        states[n] = {pk: tally.as_state() for pk, tally in dispute_tallies(public, n, past).items()}
    _write(PropositionState, "proposition", points, states)


def _write(
    model: Any, owner: str, keys: Iterable[int], kept: Mapping[int, Mapping[int, dict[str, Any]]]
) -> None:
    """Put in place of what is kept of these rows what each of them had at each revision."""
    model.objects.filter(**{f"{owner}__in": list(keys)}).delete()
    for key in keys:
        open_one = None
        for n in sorted(kept):
            new = kept[n].get(key)
            if open_one is not None and new == open_one[1]:
                continue
            if open_one is not None:
                _interval(model, owner, key, open_one, n)
            open_one = (n, new) if new is not None else None
        if open_one is not None:
            _interval(model, owner, key, open_one, None)


def _interval(model: Any, owner: str, key: int, began: tuple[int, dict[str, Any]], until: int | None) -> None:
    model.objects.create(**{f"{owner}_id": key}, **began[1], from_rev_id=began[0], to_rev_id=until)
