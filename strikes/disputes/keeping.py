"""Keeping origins and states: what a revision has touched is brought up to date, and `check_record` compares.

Everything is computed from the record as it stands; the publishing functions keep the results in `ClaimOrigin`
and `PropositionState`, so that now and the past are the same lookup. All of it is set-wise: an agency with 20,000
claims costs a few queries for each thousand of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from django.db.models import Q

from record.models import ChangeQuerySet, Recorded, Revision
from strikes import known_times
from strikes.disputes.past import RecordAt
from strikes.disputes.states import DisputeTally, dispute_tallies
from strikes.disputes.touched import Touched
from strikes.disputes.voices import Voice, VoicesAt, in_batches, voices_of
from strikes.models import Claim, ClaimOrigin, Proposition, PropositionState

PROPOSITIONS_AT_ONCE = 1_000
ROWS_AT_ONCE = 1_000


def refresh(touched: Collection[Recorded], revision: Revision) -> None:
    """Bring the kept origins and states up to date with the rows that a revision has touched."""
    what = Touched(touched, revision)
    known_times.refresh(what.reports_issued_otherwise, what.speakers_of_another_kind)
    public = set(_still_public(what.claims | what.claims_spoken_otherwise()))
    voices = voices_of(public)
    kept = VoicesAt().of(public)
    changed = what.claims | what.claims_of_merged_speakers()
    changed |= {claim for claim, voice in voices.items() if kept.get(claim) != voice}
    propositions = what.propositions_to_weigh(changed)
    for batch in in_batches(sorted(_with_questions(propositions, what)), PROPOSITIONS_AT_ONCE):
        _keep(set(batch), voices, revision)


def _still_public(claims: Collection[int]) -> Iterator[int]:
    for batch in in_batches(sorted(claims)):
        yield from Claim.objects.cited().filter(pk__in=batch).order_by().values_list("pk", flat=True)


def _with_questions(propositions: Collection[int], what: Touched) -> set[int]:
    """These propositions, what is the same, and the open ones that one of them can be an answer to."""
    if not propositions:
        return set()
    clustered = Proposition.objects.cluster(propositions)
    questions = open_questions_beside(clustered) | questions_answered(clustered, what.answers_amended)
    return clustered | Proposition.objects.cluster(questions)


def open_questions_beside(propositions: Collection[int]) -> set[int]:
    """The open propositions about the strikes or the subjects of these."""
    questions: set[int] = set()
    for batch in in_batches(sorted(propositions)):
        rows = Proposition.objects.filter(pk__in=batch)
        beside = Q(strike__in=rows.filter(strike__isnull=False).values("strike"))
        for subject in ("facility", "unit", "actor", "region"):
            beside |= Q(**{f"{subject}__in": rows.filter(**{f"{subject}__isnull": False}).values(subject)})
        questions |= set(Proposition.objects.cited().filter(beside, open=True).values_list("pk", flat=True))
    return questions


def questions_answered(propositions: Collection[int], amendments: ChangeQuerySet) -> set[int]:
    """The open propositions that these answer, or answered until one of these amendments."""
    questions: set[int] = set()
    for batch in in_batches(sorted(propositions)):
        rows = Proposition.objects.filter(pk__in=batch).exclude(answers=None)
        questions |= {question for question in rows.values_list("answers", flat=True) if question is not None}
    changes = amendments.filter(collection=Proposition.collection, values__has_key="answers").amendments()
    public_ids = {public_id for _, _, values in changes for public_id in values["answers"] if public_id}
    earlier = Proposition.objects.filter(public_id__in=public_ids)
    return questions | set(earlier.values_list("pk", flat=True))


# Writing ----------------------------------------------------------------------------------------------------


def _keep(propositions: set[int], voices: Mapping[int, Voice], revision: Revision) -> None:
    """Weigh these propositions, and write down what changed of their states and of the origins of their claims."""
    public = set(
        Proposition.objects.published().filter(pk__in=propositions).order_by().values_list("pk", flat=True)
    )
    tallies = dispute_tallies(public, voices=VoicesAt(changed=voices))
    states = {pk: tally.as_state() for pk, tally in tallies.items()}
    _keep_changed(
        PropositionState.objects.current().filter(proposition__in=propositions),
        "proposition_id",
        states,
        revision,
    )
    origins = ClaimOrigin.objects.current().filter(claim__proposition__in=propositions)
    _keep_changed(origins, "claim_id", origins_in(tallies.values()), revision)


def origins_in(tallies: Iterable[DisputeTally]) -> dict[int, dict[str, object]]:
    """What is kept of the claims in some tallies."""
    return {
        claim.claim: {
            "own_key": claim.own_key,
            "own_voice": claim.own_voice,
            "is_named": claim.is_named,
            "is_own_words": claim.is_own_words,
            "key": claim.key,
            "voice": claim.voice,
            "not_counted_because": claim.not_counted_because,
            "retracted_through_id": claim.retracted_through and claim.retracted_through.report,
        }
        for tally in tallies
        for claim in tally.claims
    }


def _keep_changed(current: Any, of: str, wanted: Mapping[int, dict[str, object]], revision: Revision) -> None:
    """End the intervals that are no longer so, and begin those that are so from this revision on."""
    missing = dict(wanted)
    ended, unseen = [], []
    for interval in current.order_by():
        key = getattr(interval, of)
        if key in wanted and says(interval, wanted[key]):
            del missing[key]
        elif interval.from_rev_id == revision.pk:
            unseen.append(interval.pk)  # written by this same revision: nobody ever saw it
        else:
            ended.append(interval.pk)
    intervals = current.model.objects
    for batch in in_batches(unseen, ROWS_AT_ONCE):
        intervals.filter(pk__in=batch).delete()
    for batch in in_batches(ended, ROWS_AT_ONCE):
        intervals.filter(pk__in=batch).update(to_rev=revision)
    begun = [current.model(**{of: key}, from_rev=revision, **columns) for key, columns in missing.items()]
    intervals.bulk_create(begun, batch_size=ROWS_AT_ONCE)


def says(interval: ClaimOrigin | PropositionState, columns: Mapping[str, object]) -> bool:
    return all(getattr(interval, name) == value for name, value in columns.items())


# Looking at it ----------------------------------------------------------------------------------------------


def restated(revision: Revision) -> Iterator[tuple[Proposition, str, str]]:
    """The propositions whose state a revision changed, each with how it stood before and after."""
    before = {state.proposition_id: state for state in PropositionState.objects.filter(to_rev=revision)}
    after = {state.proposition_id: state for state in PropositionState.objects.filter(from_rev=revision)}
    for row in Proposition.objects.filter(pk__in={*before, *after}).order_by("public_id"):
        was, will_be = state_in_words(before.get(row.pk)), state_in_words(after.get(row.pk))
        if was != will_be:
            yield row, was, will_be


def state_in_words(state: PropositionState | None) -> str:
    if state is None:
        return "none of its own"
    forecasting = f" and {state.origins_forecasting} forecasting" if state.origins_forecasting else ""
    sides = f"{state.origins_for} for and {state.origins_against} against"
    return f"{state.state.replace('_', ' ')}, {sides}{forecasting}"


def discrepancies() -> Iterator[str]:
    """Where what is kept differs from what the record says now."""
    record_at = RecordAt()
    rows = Proposition.objects.published().order_by("pk")
    for batch in in_batches(rows.values_list("pk", flat=True), PROPOSITIONS_AT_ONCE):
        clustered = Proposition.objects.cluster(batch)
        claims = set(Claim.objects.cited().filter(proposition__in=clustered).values_list("pk", flat=True))
        voices = VoicesAt(record_at, voices_of(claims, record_at))
        tallies = dispute_tallies(set(batch), voices=voices)
        states = {pk: tally.as_state() for pk, tally in tallies.items()}
        kept_states = PropositionState.objects.current().filter(proposition__in=batch)
        yield from _differences(kept_states, "proposition", states, "state")
        kept_origins = ClaimOrigin.objects.current().filter(claim__in=claims)
        yield from _differences(kept_origins, "claim", origins_in(tallies.values()), "origin")
    for claim in (
        Claim.objects.exclude(pk__in=Claim.objects.cited()).filter(origins__to_rev__isnull=True).distinct()
    ):
        if claim.origins.current().exists():
            yield f"claims/{claim.public_id}: an origin is kept though it is not public."
    for state in PropositionState.objects.current().exclude(proposition__in=Proposition.objects.published()):
        yield f"propositions/{state.proposition.public_id}: a state is kept, not public."
    yield from _kept_of_takedowns()
    yield from known_times.discrepancies()


def _differences(current: Any, of: str, right: Mapping[int, dict[str, object]], what: str) -> Iterator[str]:
    kept = {getattr(interval, f"{of}_id"): interval for interval in current}
    for key, columns in right.items():
        interval = kept.get(key)
        if interval is None or not says(interval, columns):
            row = current.model._meta.get_field(of).related_model.objects.get(pk=key)
            is_kept = None if interval is None else {name: getattr(interval, name) for name in columns}
            yield f"{row.collection}/{row.public_id}: its {what} is kept as {is_kept} and should be {columns}."


def _kept_of_takedowns() -> Iterator[str]:
    origins = ClaimOrigin.objects.filter(claim__taken_down_rev__isnull=False)
    states = PropositionState.objects.filter(proposition__taken_down_rev__isnull=False)
    for public_ids in (
        origins.values_list("claim__public_id", flat=True),
        states.values_list("proposition__public_id", flat=True),
    ):
        for public_id in set(public_ids):
            yield f"{public_id}: an origin or a state is kept of what was taken down."
