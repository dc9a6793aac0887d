"""What rows said is sealed with the revision that makes it public, and never changes after that."""

import json
from typing import Any

import pytest
from django.core.management import call_command

from record import publishing
from record.audit import discrepancies
from record.choices import WithdrawalReason
from record.models import Change, OnRecord, Revision, Snapshot, collections
from record.publishing import (
    Amendment,
    Batch,
    amend,
    correct,
    merge,
    publish,
    publish_batch,
    revise,
    takedown,
    unmerge,
    withdraw,
)
from record.snapshots.sealed import canonical, leaf, own_fields
from sources.models import ActorName
from strikes.models import ClaimRelation
from strikes.models.places import Party
from tests.factories import (
    ActorFactory,
    ClaimFactory,
    DamageEstimateFactory,
    FacilityFactory,
    PartyFactory,
    PropositionFactory,
    StrikeFactory,
    WaveFactory,
)
from tests.on_record import fresh, on_record
from tests.sweeps import few_or_many
from tests.test_sync import RandomEditor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_record_holds")]

TYPO, OUT, SAFETY = WithdrawalReason.TYPO, WithdrawalReason.OUT_OF_SCOPE, WithdrawalReason.SAFETY


def bodies(row: Any) -> list[Any]:
    """What a row said, version after version."""
    return [json.loads(snapshot.body or "") for snapshot in snapshots(row)]


def snapshots(row: Any) -> list[Snapshot]:
    return list(Snapshot.objects.filter(collection=row.collection, object_id=row.public_id))


def spans(row: Any) -> list[tuple[int, int | None]]:
    return [(snapshot.from_rev_id, snapshot.to_rev_id) for snapshot in snapshots(row)]


def test_the_sealed_form_is_what_it_always_was():
    """Pinned to the byte: whatever a later version shows, what was sealed can be read and proved."""
    claim: Any = ClaimFactory(
        public_id="clm_000000000001",
        report__public_id="rep_000000000001",
        proposition__public_id="prp_000000000001",
        actor__public_id="lukoil",
        statement="Halted — «стоит».",
        said_earliest="2024-03-12T06:00:00Z",
        said_latest="2024-03-12T06:00:00.5Z",
        said_precision="minute",
        said_local_date="2024-03-12",
    )
    DamageEstimateFactory(
        public_id="est_000000000001", claim=claim, comparator="at_least", low="50.00", best=None
    )
    claim = on_record(claim)
    (sealed,) = snapshots(claim)
    assert sealed.schema == 1
    assert sealed.body == SEALED_CLAIM
    (number,) = snapshots(claim.damage_estimates.get())
    assert json.loads(number.body or "")["low"] == "50"
    assert json.loads(number.body or "")["claim"] == "clm_000000000001"


SEALED_CLAIM = (
    '{"actor":"lukoil","actor_as_stated":null,"attribution":"on_record","certainty":null,"chain":[]'
    ',"credibility":null,"disclosed_as_stated":null,"disclosed_earliest":null'
    ',"disclosed_latest":null,"disclosed_local_date":null,"disclosed_precision":null'
    ',"disclosed_timezone":null,"event_as_stated":null,"event_earliest":null,"event_latest":null'
    ',"event_local_date":null,"event_precision":null,"event_timezone":null,"evidence_links":[]'
    ',"is_permanent":false,"is_status":false,"lineage_from":null,"note":null,"part":"body"'
    ',"place_as_stated":null,"position":0,"proposition":"prp_000000000001","quote":null'
    ',"quote_language":null,"relations":[],"report":"rep_000000000001","said_as_stated":null'
    ',"said_earliest":"2024-03-12T06:00:00.000000Z","said_latest":"2024-03-12T06:00:00.500000Z"'
    ',"said_local_date":"2024-03-12","said_precision":"minute","said_timezone":null'
    ',"speakers_stated":null,"stance":"asserts","statement":"Halted — «стоит».","supersedes":null}'
)


def test_a_leaf_is_a_hash_of_what_was_said_by_whom_and_when():
    actor = on_record(ActorFactory(public_id="lukoil"))
    (snapshot,) = snapshots(actor)
    assert snapshot.body is not None
    assert snapshot.salt is not None
    arguments = (Revision.objects.get(n=snapshot.from_rev_id), 1, snapshot.body, bytes(snapshot.salt))
    assert snapshot.leaf == leaf("actors", "lukoil", *arguments)
    assert len(bytes(snapshot.salt)) == 32
    assert snapshot.leaf != leaf("actors", "rosneft", *arguments)


def test_an_amendment_ends_what_was_said_and_seals_what_is_said_now():
    actor = on_record(ActorFactory(public_id="lukoil", name="Lukoil"))
    first = spans(actor)[0][0]
    second = amend(actor, {"name": "LUKOIL", "note": "Renamed."}).n
    third = amend(fresh(actor), {"note": None}).n
    assert spans(actor) == [(first, second), (second, third), (third, None)]
    assert [body["name"] for body in bodies(actor)] == ["Lukoil", "LUKOIL", "LUKOIL"]
    assert [body["note"] for body in bodies(actor)] == [None, "Renamed.", None]


def test_names_that_were_replaced_stay_whole_in_the_past():
    actor = ActorFactory(public_id="lukoil")
    ActorName.objects.create(actor=actor, name="ЛУКОЙЛ", language="ru", note="as printed")
    on_record(actor)
    amend(fresh(actor), parts={"names": [ActorName(actor=actor, name="LUKOIL", language="en")]})
    old, new = bodies(actor)
    assert old["names"] == [{"name": "ЛУКОЙЛ", "language": "ru", "note": "as printed"}]
    assert new["names"] == [{"name": "LUKOIL", "language": "en", "note": None}]


def test_a_correction_takes_over_the_lineage_and_its_number_has_a_life_of_its_own():
    claim = ClaimFactory(statement="Wrong")
    number = DamageEstimateFactory(claim=claim)
    claim = on_record(claim)
    other = on_record(ClaimFactory(proposition=claim.proposition))
    related = amend(claim, add=[ClaimRelation(kind="disputes", other=other)]).n
    correction: Any = revise(fresh(claim), statement="Right")
    corrected = correct(correction, reason=TYPO).n
    assert spans(claim)[1:] == [(related, corrected)]
    assert spans(correction) == [(corrected, None)]
    assert spans(number)[0][1] == corrected
    assert {snapshot.lineage for snapshot in [*snapshots(claim), *snapshots(correction)]} == {claim.public_id}
    assert bodies(correction)[0]["supersedes"] == claim.public_id
    assert bodies(correction)[0]["relations"] == [
        {"kind": "disputes", "note": None, "other": other.public_id}
    ]


def test_an_amendment_of_a_claim_that_was_corrected_leaves_the_correction_alone():
    claim = on_record(ClaimFactory())
    correction: Any = revise(claim, statement="Right")
    correct(correction, reason=TYPO)
    first = spans(correction)
    second = on_record(ClaimFactory(proposition=claim.proposition))
    amend(fresh(correction), add=[ClaimRelation(kind="disputes", other=second)])
    assert spans(correction)[0][0] == first[0][0]
    assert len(spans(correction)) == 2


def test_withdrawing_ends_it_and_merging_changes_nothing():
    loser, survivor = on_record(ActorFactory()), on_record(ActorFactory())
    merge(loser, survivor)
    unmerge(fresh(loser))
    assert len(spans(loser)) == len(spans(survivor)) == 1
    revision = withdraw(fresh(loser), reason=OUT)
    assert spans(loser)[0][1] == revision.n


def test_a_strike_names_what_it_names_by_ids():
    wave = on_record(WaveFactory(public_id="2024-03-wave"))
    strike: Any = on_record(StrikeFactory(public_id="2024-03-12-norsi"))
    amend(strike, {"wave": wave})
    said = bodies(strike)
    assert [body["wave"] for body in said] == [None, "2024-03-wave"]
    assert said[0]["facility"] == strike.facility.public_id
    assert said[0]["methods"] == [{"method": row.method} for row in strike.methods.all()]


# Takedowns ----------------------------------------------------------------------------------------------


def test_a_takedown_leaves_only_hashes():
    claim = on_record(ClaimFactory(statement="Wrong"))
    correction: Any = revise(claim, statement="Right")
    correct(correction, reason=TYPO)
    leaves = [snapshot.leaf for row in (claim, correction) for snapshot in snapshots(row)]
    takedown(fresh(correction), reason=SAFETY)
    left = [snapshot for row in (claim, correction) for snapshot in snapshots(row)]
    assert [snapshot.leaf for snapshot in left] == leaves
    assert {(snapshot.body, snapshot.salt) for snapshot in left} == {(None, None)}
    assert None not in {snapshot.to_rev_id for snapshot in left}


def test_a_party_that_is_taken_down_leaves_what_its_facility_said():
    facility, stays = FacilityFactory(public_id="plant", note="First."), ActorFactory(public_id="stays")
    PartyFactory(facility=facility, actor=stays, role="owner")
    gone = PartyFactory(facility=facility, actor=ActorFactory(public_id="gone"), role="operator").actor
    facility = on_record(facility)
    amend(facility, {"note": "Second."})
    takedown(fresh(gone), reason=SAFETY)
    assert [[party["actor"] for party in body["parties"]] for body in bodies(facility)] == [["stays"]] * 2
    assert [body["note"] for body in bodies(facility)] == ["First.", "Second."]
    assert {snapshot.salt for snapshot in snapshots(facility)} == {None}
    assert fresh(facility).note == "Second."


def test_a_text_that_was_amended_away_tells_no_more_of_what_was_taken_down():
    actor = on_record(ActorFactory(public_id="company", note="Not gone-man himself."))
    gone = on_record(ActorFactory(public_id="gone-man"))
    amend(actor, {"note": None})
    takedown(gone, reason=SAFETY)
    assert [body["note"] for body in bodies(actor)] == [None, None]


def test_texts_of_parts_tell_no_more_of_it_either_and_words_that_look_alike_stay():
    actor = ActorFactory(public_id="company", kind="company")
    ActorName.objects.create(actor=actor, name="Friends of gone-man", language="en")
    actor = on_record(actor)
    gone = on_record(ActorFactory(public_id="gone-man"))
    alike = on_record(FacilityFactory(public_id="gone-man"))
    strike: Any = on_record(StrikeFactory(public_id="north", facility=alike))
    amend(actor, {"kind": "organisation"}, parts={"names": []})
    amend(strike, {"facility": on_record(FacilityFactory(public_id="other"))})
    takedown(gone, reason=SAFETY)
    assert bodies(actor)[0]["names"] == [{"name": None, "language": "en", "note": None}]
    assert [body["kind"] for body in bodies(actor)] == ["company", "organisation"]
    assert [body["facility"] for body in bodies(strike)] == ["gone-man", "other"]
    assert "gone-man" not in str(list(Change.objects.filter(object_id="company").values()))


def test_the_former_name_of_a_party_goes_with_it():
    facility, actor = on_record(FacilityFactory(public_id="plant")), on_record(ActorFactory(name="Zyx Ltd"))
    amend(facility, add=[Party(actor=actor, role="operator")])
    amend(actor, {"name": "Other Ltd"})
    takedown(fresh(actor), reason=SAFETY)
    assert "Zyx" not in str(list(Change.objects.values()))
    assert "Zyx" not in str(everything())


def test_what_was_once_named_is_found_though_a_takedown_has_blanked_the_ledger():
    strike: Any = on_record(StrikeFactory(public_id="north"))
    first = strike.facility
    gone = on_record(ActorFactory(public_id="gone-man"))
    amend(strike, {"facility": on_record(FacilityFactory())}, note="As gone-man said.")
    takedown(gone, reason=SAFETY)
    assert fresh(strike).is_public
    takedown(fresh(first), reason=SAFETY)
    assert fresh(strike).taken_down_rev is not None


# Making them again --------------------------------------------------------------------------------------


def everything() -> dict[tuple[str, str, int], tuple[int | None, str]]:
    return {
        (row.collection, row.object_id, row.from_rev_id): (row.to_rev_id, row.body or "")
        for row in Snapshot.objects.all()
    }


@pytest.mark.timeout(600)
@pytest.mark.parametrize("rounds", few_or_many(40, 600))
def test_a_rebuild_gives_the_same_bytes_and_the_same_leaves(rounds):
    strike = StrikeFactory(public_id="2024-03-12-shared", wave=WaveFactory())
    on_record(ClaimFactory(statement="shared", proposition=PropositionFactory(strike=strike)))
    editor = RandomEditor("hand")
    editor.take_down = editor.publish  # what it erases cannot be made again
    editor.work(rounds)
    actor = editor.rows["actor"][0]
    amend(fresh(actor), parts={"names": [ActorName(actor=actor, name="Other", language="en")]})
    before = list(Snapshot.objects.all())
    Snapshot.objects.all().delete()
    call_command("rebuild_snapshots")
    after = {
        (row.collection, row.object_id, row.from_rev_id): row
        for row in Snapshot.objects.select_related("from_rev")
    }
    assert len(after) == len(before)
    for old in before:
        new = after[old.collection, old.object_id, old.from_rev_id]
        assert (new.to_rev_id, new.body, new.lineage) == (old.to_rev_id, old.body, old.lineage)
        assert old.body is not None
        assert old.leaf == leaf(
            new.collection, new.object_id, new.from_rev, new.schema, str(new.body), bytes(old.salt or b"")
        )


def test_a_rebuild_leaves_alone_what_is_sealed_and_fills_in_what_is_not(capsys):
    facility: Any = on_record(FacilityFactory())
    amend(facility, {"note": "One."})
    sealed = snapshots(facility)
    call_command("rebuild_snapshots", "--missing")
    assert capsys.readouterr().out == ""
    sealed[0].delete()
    assert any("do not cover" in rule for rule in discrepancies())
    call_command("rebuild_snapshots")
    assert "1 snapshots sealed" in capsys.readouterr().out
    first, second = snapshots(facility)
    assert first.body == sealed[0].body
    assert (second.pk, second.leaf) == (sealed[1].pk, sealed[1].leaf)


def test_names_replaced_before_snapshots_are_made_as_well_as_the_ledger_knows_them():
    actor = ActorFactory()
    ActorName.objects.create(actor=actor, name="Stays", language="en")
    ActorName.objects.create(actor=actor, name="Goes", language="en")
    on_record(actor)
    amend(fresh(actor), parts={"names": [name for name in actor.names.all() if name.name == "Stays"]})
    Change.objects.update(replaced_parts=None)
    Snapshot.objects.all().delete()
    call_command("rebuild_snapshots")
    assert bodies(actor)[0]["names"] == [
        {"name": "Stays", "language": "en", "note": None},
        {"name": "Goes", "language": None, "note": None},
    ]


def test_what_one_revision_did_and_undid_makes_no_version():
    actor: Any = ActorFactory(name="First")
    name = ActorName.objects.create(actor=actor, name="Known as", language="en")
    actor = on_record(actor)
    back = [Amendment(actor, {"name": "Second"}), Amendment(actor, {"name": "First"})]
    publish_batch(Batch(amendments=back))
    same = ActorName(actor=actor, name=name.name, language="en")
    amend(fresh(actor), parts={"names": [same]}, note="gone-man wrote it.")
    takedown(on_record(ActorFactory(public_id="gone-man")), reason=SAFETY)
    assert len(spans(actor)) == 1
    before = everything()
    call_command("rebuild_snapshots")
    assert everything() == before
    assert list(discrepancies()) == []


def test_what_nobody_can_tell_any_more_is_made_without_a_salt():
    actor: Any = on_record(ActorFactory(name="First"))
    amended = amend(actor, {"name": "Second"}, note="gone-man said so.").n
    later = amend(fresh(actor), {"name": "Third"}).n
    takedown(on_record(ActorFactory(public_id="gone-man")), reason=SAFETY)
    Snapshot.objects.filter(object_id=actor.public_id).delete()
    call_command("rebuild_snapshots")
    made = [
        (row.from_rev_id, json.loads(row.body or "")["name"], row.salt is None) for row in snapshots(actor)
    ]
    assert made[1:] == [(amended, "Second", False), (later, "Third", False)]
    assert made[0][2]


@pytest.mark.parametrize(
    ("harm", "sentence"),
    [
        (lambda rows: rows.update(body=canonical({"name": "Forged"})), "differs from what it said"),
        (lambda rows: rows.update(leaf="0" * 64), "its leaf is not that of its body"),
        (lambda rows: rows.delete(), "nothing is kept of what it said"),
        (lambda rows: rows.update(to_rev=Revision.objects.last()), "do not cover its life"),
        (lambda rows: rows.update(object_id="another"), "snapshots have a body"),
    ],
)
def test_check_record_says_what_is_wrong_with_a_snapshot(harm, sentence):
    facility: Any = on_record(FacilityFactory())
    on_record(FacilityFactory())
    kept = Snapshot.objects.filter(pk__in=[snapshot.pk for snapshot in snapshots(facility)])
    before = list(kept.values())
    harm(kept)
    assert any(sentence in rule for rule in discrepancies())
    Snapshot.objects.filter(pk__in=[row["id"] for row in before]).delete()
    Snapshot.objects.bulk_create(Snapshot(**row) for row in before)


def test_a_preview_seals_nothing():
    facility: Any = on_record(FacilityFactory())
    before = everything()
    assert publishing.blockers(facility)
    draft = FacilityFactory()
    assert publishing.blockers(draft) == []
    assert everything() == before
    publish(draft)
    assert len(everything()) == len(before) + 1


@pytest.mark.parametrize("model", [pytest.param(model, id=name) for name, model in collections().items()])
def test_a_sealed_form_has_no_derived_value_and_no_key(model):
    names = {field.name for field in own_fields(model)}
    assert not names & (model.derived_fields | {"id", "public_id", "published_rev", "version"})
    columns = [field for field in model._meta.concrete_fields if not field.generated]
    named = {field.name for field in columns if field.related_model in (None, *collections().values())}
    assert names >= model.frozen & named
    # Editors who wrote it are nobody's business.
    assert all(issubclass(target, OnRecord) for field in own_fields(model) if (target := field.related_model))
