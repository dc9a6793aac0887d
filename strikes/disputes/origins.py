"""Claims about the speaker's own deed: where the speaker, or a body above, is the one it is about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from django.db.models import Exists, F, OuterRef, Q

from record.choices import Action
from record.graphs import way
from record.models import AsOf, Change
from sources.models import Actor
from strikes.disputes.voices import in_batches
from strikes.models import Claim, ClaimOrigin, Proposition
from strikes.models.claims import ClaimQuerySet

BODIES_AT_ONCE = 200
"""Bodies of one condition: SQLite refuses an expression of more than 1,000 parts."""


def claims_about_own_deeds(as_of: AsOf) -> ClaimQuerySet:
    """Claims about the speaker's own deed: it, or a body above it, is the subject (decisions.md D77)."""
    origins = ClaimOrigin.objects.current(as_of.revision).filter(claim=OuterRef("pk"))
    own = Q(actor=F("proposition__actor")) | Q(
        Exists(origins.filter(key=OuterRef("proposition__actor__public_id")))
    )
    for bodies in in_batches(_speakers_of_subjects(as_of), BODIES_AT_ONCE):
        by_speaker = Q()
        for same_body, speakers in bodies:
            keys = Actor.objects.filter(pk__in=speakers).values("public_id")
            spoken = Q(actor__in=speakers) | Q(Exists(origins.filter(key__in=keys)))
            by_speaker |= Q(proposition__actor__in=same_body) & spoken
        own |= Q(pk__in=Claim.objects.filter(by_speaker).values("pk"))
    return Claim.objects.filter(own)


def _speakers_of_subjects(as_of: AsOf) -> Iterator[tuple[set[int], set[int]]]:
    """Each subject for which others speak, with all that is the same; and all who speak for it, itself included."""
    canonical = Actor.objects.canonical_keys(as_of)
    affiliation_of = _affiliations(as_of)

    def above(actor: int) -> int | None:
        body = affiliation_of.get(actor)
        return None if body is None else canonical.get(body, body)

    same: dict[int, set[int]] = defaultdict(set)
    for duplicate, end in canonical.items():
        same[end] |= {duplicate, end}
    speakers_of: dict[int, set[int]] = defaultdict(set)
    for actor in {*affiliation_of, *canonical, *canonical.values()}:
        for body in way(canonical.get(actor, actor), above):
            speakers_of[body] |= {actor, body, *same.get(body, ())}
    subjects = Proposition.objects.cited(as_of.revision).exclude(actor=None).order_by()
    keys = {canonical.get(key, key) for key in subjects.values_list("actor", flat=True).distinct() if key}
    for body in sorted(keys & speakers_of.keys()):
        yield same.get(body, {body}), speakers_of[body]


def _affiliations(as_of: AsOf) -> dict[int, int]:
    """Whom each actor speaks for, as it was said at a revision."""
    affiliated = Actor.objects.exclude(affiliation=None)
    affiliation_of = {
        pk: body for pk, body in affiliated.values_list("pk", "affiliation") if body is not None
    }
    amended = Change.objects.filter(
        collection=Actor.collection,
        action=Action.AMEND,
        revision__gt=as_of.revision,
        values__has_key="affiliation",
    )
    # From the newest back: the oldest amendment since has the last word on how it was.
    changes = list(amended.order_by("-revision", "-position").values_list("object_id", "values"))
    old_of = [(actor, values["affiliation"][0]) for actor, values in changes if values]
    named = {public_id for pair in old_of for public_id in pair if public_id is not None}
    keys = dict(Actor.objects.filter(public_id__in=named).values_list("public_id", "pk")) if named else {}
    for actor, before in old_of:
        if before is None:
            affiliation_of.pop(keys[actor], None)
        else:
            affiliation_of[keys[actor]] = keys[before]
    return affiliation_of
