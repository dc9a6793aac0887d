"""The origins and states of the past, written anew: after a takedown, as if what is gone had never been there, and
where a record was made by other rules.

Everything else keeps what it had. So each revision is read as it was: who was public, who stood for whom, and what
rows said before amendments changed them, which the ledger tells.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from django.db.models import Q, QuerySet

from record.choices import Action
from record.graphs import closure
from record.models import Change, ChangeQuerySet, Merge, OnRecord, Recorded, Revision
from sources.models import Actor, Report, ReportNotice, Source
from strikes.disputes.keeping import ROWS_AT_ONCE, open_questions_beside, origins_in, questions_answered
from strikes.disputes.past import Past, RecordAt
from strikes.disputes.states import dispute_tallies
from strikes.disputes.touched import BEARING, RESTS_ON, WEIGHED_BY_REPORT, points_ended_by, points_ending
from strikes.disputes.voices import VoicesAt, all_copies_of, claims_spoken_through, in_batches, known
from strikes.models import Claim, ClaimOrigin, ClaimRelation, Proposition, PropositionState

Columns = dict[str, object]
Kept = dict[int, dict[int, Columns]]
"""What each revision has of each row."""
Interval = tuple[int, int | None, Columns]
"""From which revision until which one something is kept, and what."""
PROPOSITIONS_AT_ONCE = 200


def rewrite(touched: Collection[Recorded], revision: Revision) -> None:
    """Where a revision took rows down: compute anew what the past keeps of the rows that stay."""
    gone = [row for row in touched if row.taken_down_rev_id == revision.pk]
    if not gone:
        return
    stays = [row for row in touched if row.taken_down_rev_id is None]
    ClaimOrigin.objects.filter(claim__in=[row for row in gone if isinstance(row, Claim)]).delete()
    PropositionState.objects.filter(
        proposition__in=[row for row in gone if isinstance(row, Proposition)]
    ).delete()
    propositions = {row.pk for row in touched if isinstance(row, Proposition)}
    propositions |= _propositions_that_rested_on(gone, stays)
    propositions = _ever_merged_with(propositions)
    propositions |= _ever_merged_with(points_ended_by(propositions))
    questions = open_questions_beside(propositions) | questions_answered(
        propositions, _ever_amended(propositions)
    )
    rewrite_propositions(propositions | _ever_merged_with(questions), revision)


def rewrite_propositions(propositions: Collection[int], revision: Revision) -> None:
    """Compute anew what every revision keeps of these propositions and of the claims on them."""
    staying = Proposition.objects.filter(
        pk__in=propositions, published_rev__isnull=False, taken_down_rev__isnull=True
    )
    done: set[int] = set()
    for batch in in_batches(staying.order_by("pk").values_list("pk", flat=True), PROPOSITIONS_AT_ONCE):
        # Those that were ever one are written together: their claims were weighed together.
        together = _ever_merged_with(set(batch) - done)
        done |= together
        _rewrite(together & set(staying.filter(pk__in=together).values_list("pk", flat=True)), revision)


def _propositions_that_rested_on(gone: Iterable[Recorded], stays: Collection[Recorded]) -> set[int]:
    """The propositions on which something gone was ever heard, or on which claims were heard through it."""
    claims = {row.pk for row in gone if isinstance(row, Claim)}
    voices = [row.public_id for row in gone if isinstance(row, Actor)]
    for column in ("key", "own_key", "own_voice", "voice"):
        kept = ClaimOrigin.objects.filter(**{f"{column}__in": voices})
        claims |= set(kept.values_list("claim", flat=True))
    parted = [row for row in stays if isinstance(row, (Actor, Source))]
    claims |= claims_spoken_through(
        {row.pk for row in parted if isinstance(row, Actor)},
        {row.pk for row in parted if isinstance(row, Source)},
        set(),
    )
    lineages = set(Claim.objects.filter(pk__in=claims).values_list("lineage", flat=True))
    related = Claim.objects.filter(lineage__in=_related_lineages(lineages))
    claims |= set(related.values_list("pk", flat=True))
    propositions = set(Claim.objects.filter(pk__in=claims).values_list("proposition", flat=True))
    # What was taken back as a whole reached its copies by the voices that were heard in it.
    noticed = ReportNotice.objects.filter(report__claims__in=claims).values_list("report", flat=True)
    copies = Claim.objects.filter(report__in=all_copies_of(set(noticed)))
    return propositions | set(copies.values_list("proposition", flat=True))


def _related_lineages(lineages: Collection[str]) -> set[str]:
    relations = ClaimRelation.objects.filter(
        Q(claim__public_id__in=lineages) | Q(other__public_id__in=lineages), kind__in=BEARING
    )
    return {end for pair in relations.values_list("claim__public_id", "other__public_id") for end in pair}


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


def _ever_answering(propositions: Collection[int]) -> set[int]:
    """The propositions that answer one of these, or answered one until an amendment."""
    rows = Proposition.objects.filter(pk__in=propositions)
    questions = set(rows.filter(open=True).values_list("public_id", flat=True))
    amended = Change.objects.filter(collection=Proposition.collection, values__has_key="answers")
    once = {rival for _, rival, values in amended.amendments() if questions & {*values["answers"]}}
    rivals = Proposition.objects.filter(Q(answers__in=propositions) | Q(public_id__in=once))
    return set(rivals.values_list("pk", flat=True))


def _revisions_that_matter(
    claims: QuerySet[Claim], propositions: Iterable[int], revision: Revision
) -> set[int]:
    """Every revision at which the origins of claims or the states of propositions can have changed.

    But for those that changed only speakers: what these did depends on who was looked at (``_Speakers``).
    """
    rows = Proposition.objects.filter(pk__in=propositions)
    changes = Q(collection="claims", object_id__in=claims.values("public_id"))
    changes |= Q(collection="propositions", object_id__in=rows.values("public_id"))
    for collection in ("claims", "propositions", "reports"):
        fields = RESTS_ON[collection] | (WEIGHED_BY_REPORT if collection == "reports" else set())
        changes |= Q(collection=collection, action=Action.AMEND, values__has_any_keys=list(fields))
    revisions = set(Change.objects.filter(changes).values_list("revision", flat=True))
    # Parts have no line of their own in the ledger: their revisions stand with them.
    revisions |= set(_revisions_of_relations(claims))
    return revisions | {revision.pk}


class _Speakers:
    """What revisions changed of actors and sources: who stands for whom, and whom each belongs to."""

    def __init__(self) -> None:
        self.actors = self._changed(Actor)
        self.sources = self._changed(Source)

    @staticmethod
    def _changed(model: type[OnRecord]) -> dict[int, set[int]]:
        """The keys of the rows of a model that each revision merged, parted or amended."""
        amended = Change.objects.filter(
            collection=model.collection,
            action=Action.AMEND,
            values__has_any_keys=list(RESTS_ON[model.collection]),
        )
        changed: dict[int, set[str]] = defaultdict(set)
        for n, public_id in amended.values_list("revision", "object_id"):
            changed[n].add(public_id)
        merges = Merge.objects.filter(collection=model.collection)
        for *revisions, loser, survivor in merges.values_list("from_rev", "undone_rev", "loser", "survivor"):
            for n in known(revisions):
                changed[n] |= {loser, survivor}
        rows = model._default_manager.filter(public_id__in=set().union(*changed.values()))
        keys = dict(rows.values_list("public_id", "pk"))
        return {n: {keys[public_id] for public_id in ids} for n, ids in changed.items()}

    @property
    def revisions(self) -> set[int]:
        return {*self.actors, *self.sources}

    def matter(self, n: int, read: RecordAt) -> bool:
        """Whether a revision changed somebody who was looked at in the record that it left behind.

        If not, nobody was looked at before it either: the way to each speaker leads through others.
        """
        return bool(
            self.actors.get(n, set()) & read.actors_read or self.sources.get(n, set()) & read.sources_read
        )


def _revisions_of_relations(claims: QuerySet[Claim]) -> Iterator[int]:
    """Where something that bears on claims began or ended: relations, what they relate to, what is kept of them."""
    lineages = claims.values("lineage")
    relations = ClaimRelation.objects.filter(
        Q(claim__public_id__in=lineages) | Q(other__public_id__in=lineages)
    )
    others = Claim.objects.filter(
        Q(lineage__in=relations.values("claim__public_id"))
        | Q(lineage__in=relations.values("other__public_id"))
    )
    reports = closure(claims.values_list("report", flat=True), _copied_from)
    noticed = ReportNotice.objects.of_error().filter(report__in=reports)
    heard = Claim.objects.filter(report__in=noticed.values("report"))
    for ends in (
        relations.values_list("published_rev", "withdrawn_rev"),
        others.values_list("published_rev", "withdrawn_rev"),
        heard.values_list("published_rev", "withdrawn_rev"),
        ClaimOrigin.objects.filter(claim__in=claims).values_list("from_rev", "to_rev"),
    ):
        yield from (revision for pair in ends for revision in pair if revision is not None)


def _copied_from(reports: Collection[int]) -> set[int]:
    return known(Report.objects.filter(pk__in=reports).values_list("derived_from", flat=True))


def _rewrite(propositions: set[int], revision: Revision) -> None:
    weighed = _ever_merged_with(propositions | _ever_answering(propositions))
    weighed |= _ever_merged_with(points_ending(weighed))
    claims = Claim.objects.filter(proposition__in=weighed, published_rev__isnull=False)
    matter, speakers = _revisions_that_matter(claims, weighed, revision), _Speakers()
    past, read = Past(), RecordAt()
    states: Kept = {}
    origins: Kept = {}
    newer: int | None = None
    for n in sorted(matter | speakers.revisions, reverse=True):
        if newer is not None and newer not in matter and not speakers.matter(newer, read):
            states[n], origins[n] = states.pop(newer), origins.pop(newer)  # all was as it is there
        else:
            past.rewind(n)
            read = RecordAt(n, past)
            public = Proposition.objects.published(n).filter(pk__in=propositions)
            tallies = dispute_tallies(
                set(public.values_list("pk", flat=True)), n, past, voices=VoicesAt(read)
            )
            states[n] = {pk: tally.as_state() for pk, tally in tallies.items()}
            origins[n] = origins_in(tallies.values())
        newer = n
    PropositionState.objects.filter(proposition__in=propositions).delete()
    _write(PropositionState, "proposition_id", states)
    ClaimOrigin.objects.filter(claim__proposition__in=propositions).delete()
    _write(ClaimOrigin, "claim_id", origins)


def _write(model: Any, of: str, kept_by_revision: Kept) -> None:
    keys = {key for columns_of in kept_by_revision.values() for key in columns_of}
    intervals = [
        model(**{of: key}, from_rev_id=from_rev, to_rev_id=to_rev, **columns)
        for key in sorted(keys)
        for from_rev, to_rev, columns in _intervals(key, kept_by_revision)
    ]
    model.objects.bulk_create(intervals, batch_size=ROWS_AT_ONCE)


def _intervals(key: int, kept_by_revision: Kept) -> Iterator[Interval]:
    """What each revision has of one row, as few intervals: one lasts until something else is so, or nothing."""
    began: tuple[int, Columns] | None = None
    for n in sorted(kept_by_revision):
        columns = kept_by_revision[n].get(key)
        if began is not None and columns == began[1]:
            continue
        if began is not None:
            yield began[0], n, began[1]
        began = None if columns is None else (n, columns)
    if began is not None:
        yield began[0], None, began[1]
