"""What a revision has touched, as far as it bears on whose words claims are and on how they weigh."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator

from django.db.models import Q

from record.choices import Action
from record.graphs import closure
from record.models import Change, ChangeQuerySet, Merge, OnRecord, Recorded, Revision
from sources.models import Actor, Report, ReportNotice, Source
from strikes.choices import ClaimRelationKind
from strikes.disputes.loading import SUPERSEDING, WHAT_GOES_ON
from strikes.disputes.voices import all_copies_of, claims_spoken_through, in_batches
from strikes.models import Claim, ClaimRelation, Proposition

RESTS_ON = {
    "actors": frozenset({"kind", "affiliation", "first_publisher"}),
    "sources": frozenset({"family"}),
    "reports": frozenset({"derived_from", "wire_source"}),
    "claims": frozenset({"position", "parts"}),
    "propositions": frozenset({"answers"}),
}
"""What tells whose words claims are and how they weigh: amending anything else of these rows changes nothing here."""
ISSUED = frozenset({"issued_earliest", "issued_latest", "issued_timezone", "issued_local_date"})
WEIGHED_BY_REPORT = ISSUED | {"derived_from", "parts"}
"""What of a report, beyond whose words it carries, decides how its claims weigh; its notices are among its parts."""
BEARING = (ClaimRelationKind.REPEATS, *SUPERSEDING)
"""The relations that bear on how claims weigh."""


class Touched:
    """The rows that a revision has touched, and what of them it amended."""

    def __init__(self, rows: Collection[Recorded], revision: Revision) -> None:
        self.rows, self.revision = rows, revision
        amended: dict[tuple[str, str], set[str]] = defaultdict(set)
        otherwise: set[tuple[str, str]] = set()
        self.collections_merged: set[str] = set()
        """The collections of which rows were merged or parted."""
        for change in Change.objects.filter(revision=revision).order_by():
            row = change.collection, change.object_id
            if change.action == Action.AMEND:
                amended[row] |= (change.values or {}).keys()
            else:
                otherwise.add(row)
                if change.action in (Action.MERGE, Action.UNMERGE):
                    self.collections_merged.add(change.collection)
        self.amended, self.changed_otherwise = amended, otherwise
        self.claims = self._changed(Claim)
        self.reports_issued_otherwise = {row.pk for row in self._amended(Report, ISSUED)}
        self.speakers_of_another_kind = {row.pk for row in self._amended(Actor, frozenset({"kind"}))}

    def _amended(self, model: type[OnRecord], fields: frozenset[str]) -> Iterator[Recorded]:
        for row in self.rows:
            if isinstance(row, model) and self.amended.get((row.collection, row.public_id), set()) & fields:
                yield row

    def _changed(self, model: type[OnRecord]) -> set[int]:
        """Rows that were amended in what claims rest on, or of which more has changed than fields."""
        changed = {row.pk for row in self._amended(model, RESTS_ON[model.collection])}
        rows = [row for row in self.rows if isinstance(row, model)]
        return changed | {row.pk for row in rows if (row.collection, row.public_id) not in self.amended}

    @property
    def answers_amended(self) -> ChangeQuerySet:
        """Where the revision amended what a proposition answers."""
        amended = any("answers" in fields for fields in self.amended.values())
        return self.revision.changes.all() if amended else Change.objects.none()

    def claims_spoken_otherwise(self) -> set[int]:
        """The claims whose voice can be another now."""
        actors, sources, reports = (self._changed(model) for model in (Actor, Source, Report))
        merges = Merge.objects.of(self.revision)
        for model, keys in ((Actor, actors), (Source, sources)):
            if model.collection in self.collections_merged:
                pairs = merges.filter(collection=model.collection).values_list("loser", "survivor")
                public_ids = {public_id for pair in pairs for public_id in pair}
                rows = model._default_manager.filter(public_id__in=public_ids)
                keys |= set(rows.values_list("pk", flat=True))
        return claims_spoken_through(actors, sources, reports)

    def claims_of_merged_speakers(self) -> set[int]:
        """The claims of actors for whom another one stands since this revision, or no other one any more.

        It may be the same word as before, as that of one newsroom is: only who is said to speak is another.
        """
        if Actor.collection not in self.collections_merged:
            return set()
        merges = Merge.objects.filter(collection=Actor.collection)
        losers = merges.of(self.revision).values_list("loser", flat=True)

        def merged_into(survivors: Collection[str]) -> Collection[str]:
            return set(merges.active().filter(survivor__in=survivors).values_list("loser", flat=True))

        speakers = closure(losers, merged_into)
        claims = Claim.objects.cited().filter(actor__public_id__in=speakers)
        return set(claims.values_list("pk", flat=True))

    def propositions_to_weigh(self, changed_claims: Collection[int]) -> set[int]:
        """The propositions that can stand otherwise, given the claims that changed or are heard otherwise."""
        propositions = self._changed(Proposition)
        reports: set[int] = set()
        for batch in in_batches(sorted(changed_claims)):
            claims = Claim.objects.filter(pk__in=batch).order_by()
            heard = set(claims.values_list("lineage", "proposition"))
            propositions |= {proposition for _, proposition in heard}
            # What a publisher took back as a whole reaches its copies by the voices that are heard in it.
            notices = ReportNotice.objects.of_error().filter(report__in=claims.values("report"))
            reports |= set(notices.values_list("report", flat=True))
            propositions |= _propositions_related_to({lineage for lineage, _ in heard})
        propositions |= self._propositions_of_relations()
        reports |= {row.report_id for row in self.rows if isinstance(row, ReportNotice)}
        reports |= {row.pk for row in self._amended(Report, WEIGHED_BY_REPORT)}
        for batch in in_batches(sorted(all_copies_of(reports))):
            claims = Claim.objects.cited().filter(report__in=batch)
            propositions |= set(claims.values_list("proposition", flat=True))
        return propositions | points_ended_by(Proposition.objects.cluster(propositions))

    def _propositions_of_relations(self) -> set[int]:
        """The propositions of the claims between which a relation began or ended."""
        relations = [row for row in self.rows if isinstance(row, ClaimRelation) and row.kind in BEARING]
        return _propositions_about({claim.lineage for row in relations for claim in (row.claim, row.other)})


def _propositions_related_to(lineages: Collection[str]) -> set[int]:
    """The propositions of the claims that some claims repeat or update, or that repeat or update them."""
    relations = ClaimRelation.objects.filter(
        Q(claim__public_id__in=lineages) | Q(other__public_id__in=lineages), kind__in=BEARING
    )
    ends = {end for pair in relations.values_list("claim__public_id", "other__public_id") for end in pair}
    return _propositions_about(ends)


def _propositions_about(lineages: Collection[str]) -> set[int]:
    propositions: set[int] = set()
    for batch in in_batches(sorted(lineages)):
        claims = Claim.objects.filter(lineage__in=batch).order_by()
        propositions |= set(claims.values_list("proposition", flat=True))
    return propositions


def points_ended_by(propositions: Collection[int]) -> set[int]:
    """The propositions about what lasts of which a claim on one of these can say that it has ended."""
    return _superseded("claim", "other", propositions)


def points_ending(propositions: Collection[int]) -> set[int]:
    """The propositions on which a claim can say that what lasts by one of these has ended."""
    return _superseded("other", "claim", propositions)


def _superseded(near: str, far: str, propositions: Collection[int]) -> set[int]:
    """The propositions at the far end of relations by which a claim bears on what lasts."""
    lineages: set[str] = set()
    relations = ClaimRelation.objects.filter(kind__in=SUPERSEDING, other__proposition__topic__in=WHAT_GOES_ON)
    for batch in in_batches(sorted(propositions)):
        claims = Claim.objects.filter(proposition__in=batch).values("lineage")
        rows = relations.filter(**{f"{near}__public_id__in": claims})
        lineages |= set(rows.values_list(f"{far}__public_id", flat=True))
    return _propositions_about(lineages)
