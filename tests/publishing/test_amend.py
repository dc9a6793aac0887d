"""What is changed in place, and what never is."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from django.apps import apps

from record.choices import Action
from record.models import OnRecord, Recorded, bookkeeping_of
from record.publishing import Blocked, amend, publish
from sources.models import ActorIdentifier, ReportNotice
from strikes.choices import ClaimRelationKind
from strikes.models import (
    ClaimEvidence,
    ClaimOrigin,
    ClaimRelation,
    ClaimStep,
    FacilityIdentifier,
    Region,
    UnitIdentifier,
)
from tests.factories import (
    MORNING,
    NIGHT,
    ActorFactory,
    ClaimFactory,
    EvidenceFactory,
    FacilityFactory,
    PartyFactory,
    RegionFactory,
    ReportFactory,
    SourceFactory,
    StrikeFactory,
    UnitFactory,
    WaveFactory,
)
from tests.ledger_asserts import (
    COLLECTIONS,
    FACTORIES,
    amended_values,
    assert_blocked,
    audited,
    ledger_line,
    ledger_lines,
    revisions_showing,
    rows_by_table,
    two_claims,
    withdraw,
    withdrawn,
)
from tests.on_record import fresh, on_record

pytestmark = pytest.mark.django_db


# --- amend -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", COLLECTIONS)
def test_what_is_frozen_is_a_field_and_is_never_amended(model):
    assert model.frozen <= {field.name for field in [*model._meta.fields, *model._meta.many_to_many]}
    row = on_record(FACTORIES[model]())
    before = rows_by_table()
    for name in (
        model.frozen | bookkeeping_of(model) | {"pk", "no_such_field", *model.parts, *model.numbered_parts}
    ):
        with pytest.raises(Blocked) as refusal:
            amend(row, {name: None})
        assert str(refusal.value.blockers[0].rule).startswith(f"{name}: ")
    assert rows_by_table() == before


@pytest.mark.parametrize("column", ["actor_id", "published_rev_id"])
def test_a_frozen_pointer_is_not_amended_by_the_name_of_its_column(column):
    claim = on_record(ClaimFactory())
    publish(ActorFactory())
    new = {"actor_id": claim.report.source.voice_id, "published_rev_id": 2}
    assert_blocked(amend, claim, {column: new[column]})


def test_parts_of_a_row_are_not_amended_as_if_they_were_fields():
    assert assert_blocked(amend, on_record(StrikeFactory()), {"methods": []})
    assert assert_blocked(amend, on_record(RegionFactory()), {"facilities": []})


@audited
def test_an_amendment_keeps_old_and_new_value_of_each_changed_field():
    old_wave, wave = on_record(WaveFactory()), on_record(WaveFactory())
    strike = on_record(StrikeFactory(wave=old_wave))
    revision = amend(
        strike,
        {
            "title": "Drones at Kstovo",
            "wave": wave,
            "local_date": date(2024, 3, 13),
            "note": None,
            "earliest": NIGHT - timedelta(hours=1),
            "timezone": "Europe/Moscow",
            "kind": strike.kind,
        },
        note="Found the longer account.",
    )
    assert ledger_lines(revision) == [
        ledger_line(
            Action.AMEND,
            strike,
            note="Found the longer account.",
            values={
                "title": [strike.title, "Drones at Kstovo"],
                "wave": [old_wave.public_id, wave.public_id],
                "local_date": ["2024-03-12", "2024-03-13"],
                "earliest": ["2024-03-11T23:00:00Z", "2024-03-11T22:00:00Z"],
                "timezone": [None, "Europe/Moscow"],
            },
        )
    ]
    row = fresh(strike)
    assert (row.title, row.wave, row.earliest) == ("Drones at Kstovo", wave, NIGHT - timedelta(hours=1))
    assert row.published_rev == strike.published_rev


def test_exact_numbers_are_logged_exactly():
    facility = on_record(FacilityFactory(latitude=Decimal("56.108"), longitude=Decimal("44.202")))
    assert amended_values(amend(facility, {"latitude": Decimal("56.109"), "geonames_id": 540103})) == {
        "latitude": ["56.108", "56.109"],
        "geonames_id": [None, 540103],
    }


@audited
def test_many_regions_are_amended_at_once_and_logged_by_id():
    old, new = on_record(RegionFactory()), on_record(RegionFactory())
    facility = FacilityFactory(regions=[old])
    on_record(facility)
    revision = amend(facility, {"regions": [new, old]})
    assert amended_values(revision) == {"regions": [[old.public_id], sorted([old.public_id, new.public_id])]}
    assert set(facility.regions.all()) == {old, new}
    assert amended_values(amend(facility, {"regions": Region.objects.none()}))["regions"][1] == []
    assert not facility.regions.exists()


def test_many_regions_may_come_from_an_iterator():
    facility, region = on_record(FacilityFactory()), on_record(RegionFactory())
    amend(facility, {"regions": iter([region])})
    assert list(facility.regions.all()) == [region]


def test_an_amendment_changes_the_row_as_it_is_and_not_as_it_was_read():
    facility = on_record(FacilityFactory())
    stale = fresh(facility)
    amend(facility, {"note": "Stands on the Volga."})
    revision = amend(stale, {"town": "Kstovo"})
    assert amended_values(revision) == {"town": [None, "Kstovo"]}
    assert fresh(facility).note == "Stands on the Volga."


def test_an_amendment_that_would_change_nothing_is_refused():
    region = on_record(RegionFactory())
    facility = FacilityFactory(regions=[region], note="Stands on the Volga.")
    on_record(facility)
    same = {"note": "Stands on the Volga.", "town": None, "regions": [region], "kind": facility.kind}
    for changes in (None, {}, same):
        (blocker,) = assert_blocked(amend, facility, changes, note="Nothing.")
        assert blocker.rule == "Nothing would change."


def test_the_same_number_written_otherwise_is_no_change():
    facility = on_record(FacilityFactory(latitude=Decimal("56.1"), longitude=Decimal("44.2")))
    assert_blocked(amend, facility, {"latitude": Decimal("56.10")})


def test_a_value_may_be_given_as_text_or_as_another_number():
    facility = on_record(FacilityFactory(latitude=Decimal("56.1"), longitude=Decimal("44.2")))
    assert amended_values(amend(facility, {"latitude": "56.109", "longitude": 44.25})) == {
        "latitude": ["56.100", "56.109"],
        "longitude": ["44.200", "44.25"],
    }
    assert_blocked(amend, facility, {"latitude": "56.1090"})


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"note": ""}, "facility_texts_are_never_blank"),
        ({"latitude": Decimal("56.1")}, "facility_has_both_coordinates_or_none"),
        ({"kind": "castle"}, "castle"),
        ({"name": None}, "name"),
        ({"name": "n" * 201}, "name"),
        ({"geonames_id": -1}, "geonames_id"),
    ],
)
def test_an_amendment_that_breaks_a_rule_of_one_row_is_refused_in_words(changes, rule):
    (blocker,) = assert_blocked(amend, on_record(FacilityFactory()), changes)
    assert rule in blocker.rule


def test_a_time_zone_is_one_that_there_is():
    assert_blocked(amend, on_record(StrikeFactory()), {"timezone": "Europe/Nowhere"})


def test_an_amendment_names_only_what_is_public():
    draft, gone = RegionFactory(), withdrawn(on_record(RegionFactory()))
    facility = on_record(FacilityFactory())
    assert {b.target for b in assert_blocked(amend, facility, {"regions": [draft, gone]})} == {draft, gone}
    (blocker,) = assert_blocked(amend, on_record(ActorFactory()), {"affiliation": ActorFactory()})
    assert blocker.rule.startswith("affiliation: ")


def test_an_amendment_that_breaks_a_rule_across_rows_is_refused():
    chief = ActorFactory()
    spokesman = ActorFactory(affiliation=chief)
    (blocker,) = assert_blocked(amend, chief, {"affiliation": on_record(spokesman)})
    assert blocker.rule == "affiliation: it leads back to the actor itself."


def test_an_amendment_does_not_break_the_rules_of_what_rests_on_the_row():
    source = on_record(SourceFactory())
    wave = WaveFactory()
    on_record(StrikeFactory(wave=wave))
    assert_blocked(amend, source.voice, {"kind": "person"})
    assert_blocked(amend, wave, {"kind": "raid"})


def test_an_amendment_names_no_row_that_was_withdrawn_meanwhile():
    chief = on_record(ActorFactory())
    withdraw(fresh(chief))
    assert_blocked(amend, on_record(ActorFactory()), {"affiliation": chief})


def test_only_what_is_public_is_amended():
    for row in (FacilityFactory(), withdrawn(on_record(FacilityFactory()))):
        (blocker,) = assert_blocked(amend, row, {"note": "Seen."})
        assert blocker.rule == "It is not public."


def a_party() -> tuple[OnRecord, Recorded]:
    return on_record(FacilityFactory()), PartyFactory.build(facility=None, actor=on_record(ActorFactory()))


def a_notice() -> tuple[OnRecord, Recorded]:
    return on_record(ReportFactory()), ReportNotice(kind="correction", dated=MORNING)


def a_relation() -> tuple[OnRecord, Recorded]:
    claim, other = two_claims()
    return claim, ClaimRelation(kind="disputes", other=other)


def an_evidence_link() -> tuple[OnRecord, Recorded]:
    claim = ClaimFactory()
    evidence = EvidenceFactory(report=claim.report)
    return on_record(claim, evidence), ClaimEvidence(evidence=fresh(evidence), role="supports")


NUMBERS = count(1)
"""For identifiers: no row has one twice."""


def an_identifier_of_an_actor() -> tuple[OnRecord, Recorded]:
    return on_record(ActorFactory()), ActorIdentifier(scheme="wikidata", value=f"Q{next(NUMBERS)}")


def an_identifier_of_a_facility() -> tuple[OnRecord, Recorded]:
    return on_record(FacilityFactory()), FacilityIdentifier(scheme="wikidata", value=f"Q{next(NUMBERS)}")


def an_identifier_of_a_unit() -> tuple[OnRecord, Recorded]:
    return on_record(UnitFactory()), UnitIdentifier(scheme="wikidata", value=f"Q{next(NUMBERS)}")


PARTS = [
    a_party,
    a_notice,
    a_relation,
    an_evidence_link,
    an_identifier_of_an_actor,
    an_identifier_of_a_facility,
    an_identifier_of_a_unit,
]


def test_every_kind_of_part_is_among_those_tried_here():
    kinds = {type(make()[1]) for make in PARTS}
    assert kinds == {m for m in apps.get_models() if issubclass(m, Recorded) and not issubclass(m, OnRecord)}


@audited
@pytest.mark.parametrize("make", PARTS)
def test_parts_are_added_and_ended_by_amending_their_row(make):
    row, part = make()
    added = amend(row, add=[part], note="Seen.")
    assert amended_values(added) == {"parts": [[], [str(part)]]}
    unrelated = publish(ActorFactory())
    ended = amend(row, end=[part])
    assert amended_values(ended) == {"parts": [[str(part)], []]}
    assert revisions_showing(type(part), part) == {added.n, unrelated.n}
    assert part not in type(part)._default_manager.published()


@pytest.mark.parametrize("make", PARTS)
def test_a_part_is_ended_once_and_only_by_its_own_row(make):
    row, part = make()
    another, draft = make()
    (blocker,) = assert_blocked(amend, row, end=[save(draft, row)])
    assert blocker.row == draft
    amend(row, add=[part])
    assert_blocked(amend, another, end=[part])
    amend(row, end=[part])
    assert_blocked(amend, row, end=[part])


def save(part: Any, row: OnRecord) -> Any:
    setattr(part, part.owner, row)
    part.save()
    return part


@pytest.mark.parametrize("make", PARTS)
def test_a_part_is_added_once_and_never_taken_from_another_row(make):
    row, part = make()
    another, _ = make()
    amend(row, add=[part])
    for taker in (another, row):
        assert_blocked(amend, taker, add=[part])


def test_a_part_that_was_added_meanwhile_is_not_added_again():
    row, part = an_evidence_link()
    stale = type(part)._default_manager.get(pk=save(part, row).pk)
    amend(row, add=[part])
    assert_blocked(amend, row, add=[stale])


def test_a_part_is_replaced_in_one_amendment():
    row, link = an_evidence_link()
    assert isinstance(link, ClaimEvidence)
    amend(row, add=[link])
    amend(row, end=[link], add=[ClaimEvidence(evidence=link.evidence, role="contradicts")])
    assert ClaimEvidence.objects.published().get().role == "contradicts"


def test_a_part_that_names_a_draft_is_not_added():
    draft = EvidenceFactory()
    (blocker,) = assert_blocked(
        amend, on_record(ClaimFactory()), add=[ClaimEvidence(evidence=draft, role="supports")]
    )
    assert blocker.target == draft


def test_a_part_that_breaks_a_rule_is_refused_in_words():
    claim, link = an_evidence_link()
    assert isinstance(link, ClaimEvidence)
    amend(claim, add=[link])
    (blocker,) = assert_blocked(amend, claim, add=[ClaimEvidence(evidence=link.evidence, role="contradicts")])
    assert blocker.rule == "The evidence is attached already. (claimevidence_is_attached_once)"
    (blocker,) = assert_blocked(amend, claim, add=[ClaimRelation(kind="disputes", other=claim)])
    assert blocker.rule == "A claim does not stand to itself. (claimrelation_is_between_two_claims)"


@audited
def test_a_claim_repeats_only_what_was_public_before_it():
    earlier = on_record(ClaimFactory())
    later = ClaimFactory(report=earlier.report, proposition=earlier.proposition, position=1)
    on_record(later)
    assert_blocked(amend, earlier, add=[ClaimRelation(kind=ClaimRelationKind.REPEATS, other=later)])
    amend(later, add=[ClaimRelation(kind=ClaimRelationKind.REPEATS, other=earlier)])
    keys = ClaimOrigin.objects.current().filter(claim__in=[earlier, later]).values_list("key", flat=True)
    assert len(set(keys)) == 1


def test_a_step_is_not_added_to_the_frozen_chain_of_a_claim():
    claim = on_record(ClaimFactory())
    assert_blocked(amend, claim, add=[ClaimStep(step=1, actor=claim.actor)])
