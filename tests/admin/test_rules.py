"""Every rule of the database is broken through the admin: the answer is a sentence beside the field, and nothing else."""

import re
from datetime import datetime
from typing import Any

import pytest
from django.contrib import admin
from django.db import models
from django.db.models import CheckConstraint, F, UniqueConstraint

from record.models import OnRecord
from strikes.choices import ClaimRelationKind
from strikes.models import Claim, ClaimStep, CountedWeapon, Facility, Strike, StrikeMethod, Unit, WeaponCount
from tests.admin.conftest import admin_url, record_contents
from tests.factories import (
    ActorFactory,
    ClaimFactory,
    ClaimRelationFactory,
    ClaimStepFactory,
    EvidenceFactory,
    FacilityFactory,
    FacilityNameFactory,
    StrikeFactory,
    UnitFactory,
    WeaponCountFactory,
    factories_by_model,
)
from tests.forms import complaints, sentences
from tests.on_record import fresh
from tests.sweeps import one_in
from tests.test_constraints import ANOTHER, ways_to_break

FACTORIES = factories_by_model()
PAGES = [model for model in admin.site._registry if issubclass(model, OnRecord)]
INLINES = [(model, inline) for model in PAGES for inline in admin.site._registry[model].inlines]
ENOUGH = 4
"""Ways to break one rule on one page; there are hundreds of bounds that do not fit their comparator."""

OUT_OF_REACH = {
    "is_withdrawn_after_it_was_published": "written by the publishing functions",
    "is_withdrawn_when_taken_down": "written by the publishing functions",
    "is_withdrawn_only_once_published": "written by the publishing functions",
    "gives_a_reason_when_withdrawn": "written by the publishing functions",
    "withdrawal_reason_is_a_known_word": "written by the publishing functions",
    "withdrawal_note_is_never_blank": "written by the publishing functions",
    "is_taken_down_for_safety_or_by_law": "written by the publishing functions",
    "is_replaced_only_when_withdrawn": "written by the publishing functions",
    "supersedes_another_row": "written by `revise`",
    "in_public_can_be_ordered": "written by the publishing functions",
    "in_public_has_a_last_day": "written by the publishing functions",
    "that_corrects_keeps_its_lineage": "written by `revise`",
    "texts_are_never_blank": "a form keeps an empty text as null, or asks for it",
}
"""Rules that no form can break, and why, by what follows the model in their name."""
ABOUT_ITSELF = re.compile("itself|its_own|another_report|between_two_claims")
"""Rules that only a row breaks that is there already: it points at itself."""


def shared(model: Any, rule: Any) -> str:
    return str(rule.name.removeprefix(f"{model._meta.model_name}_"))


def in_reach(model: Any, rule: Any) -> bool:
    spelling = shared(model, rule) == "id_is_well_spelt"
    random_id = spelling and model._meta.get_field("public_id").has_default()
    return shared(model, rule) not in OUT_OF_REACH and not random_id


CASES = [
    *((model, None, rule) for model in PAGES for rule in model._meta.constraints),
    *((model, inline, rule) for model, inline in INLINES for rule in inline.model._meta.constraints),
]
CHECKS = [
    pytest.param(
        model, inline, rule, new, id=f"{'inline ' if inline else ''}{rule.name}{' when new' if new else ''}"
    )
    for model, inline, rule in CASES
    if isinstance(rule, CheckConstraint) and in_reach(inline.model if inline else model, rule)
    for new in ([False] if ABOUT_ITSELF.search(rule.name) else [True] if inline else [False, True])
]


def test_what_is_out_of_reach_is_there():
    names = {shared(inline.model if inline else model, rule) for model, inline, rule in CASES}
    assert sorted(OUT_OF_REACH.keys() - names) == []


def filled_in(form: dict[str, Any], row: Any, prefix: str, change: dict[str, Any]) -> dict[str, Any] | None:
    """The form with a change of the row, as an editor would enter it; none if it has no field for it."""
    data = dict(form)
    for name, value in change.items():
        key, field = f"{prefix}{name}", row._meta.get_field(name)
        shown = key in form or f"{key}_0" in form or isinstance(field, models.BooleanField)
        if not shown or value == "" or (isinstance(value, str) and value != value.strip()):
            return None  # an empty text is kept as null; blanks around it are left out
        if isinstance(value, F):
            value = getattr(row, row._meta.get_field(value.deconstruct()[1][0]).attname)
        elif value == ANOTHER and field.related_model:
            value = FACTORIES[field.related_model]().pk
        if isinstance(value, bool):
            data[key] = ["on"] if value else []
            if field.null:
                data[key] = str(value).lower()
        elif isinstance(value, datetime):
            data |= {f"{key}_0": f"{value:%Y-%m-%d}", f"{key}_1": f"{value:%H:%M:%S}"}
        elif value is None and f"{key}_0" in form:
            data |= {f"{key}_0": "", f"{key}_1": ""}
        else:
            data[key] = "" if value is None else value
    return data


def as_new(form: dict[str, Any], owner: str | None) -> dict[str, Any]:
    """The form of a row as that of a new one."""
    ends = ("-id", f"-{owner}")
    data = {name: "" if name.endswith(ends) else value for name, value in form.items()}
    data |= {name: "0" for name in form if name.endswith("-INITIAL_FORMS")}
    return data | ({"public_id": "another-id"} if "public_id" in form else {})


@pytest.mark.parametrize(("model", "inline", "rule", "new"), one_in(20, CHECKS))
def test_a_broken_rule_is_said_beside_its_field(model, inline, rule, new, editor):
    row = FACTORIES[inline.model if inline else model]()
    owner = getattr(row, row.owner) if inline else row
    form = editor.form(admin_url(owner))
    related = row._meta.get_field(row.owner).remote_field.related_name if inline else ""
    prefix = f"{related}-0-" if inline else ""
    ways = [way(row) if callable(way) else way for way in ways_to_break(type(row), rule)]
    entered = [(way, data) for way in ways if (data := filled_in(form, row, prefix, way)) is not None]
    assert entered, "No form breaks it: say why in OUT_OF_REACH."
    if new:
        entered = [(way, as_new(data, row.owner if inline else None)) for way, data in entered]
    before = record_contents()
    for way, data in entered[:1] if new or inline else entered[:: 1 + len(entered) // ENOUGH]:
        response = editor.post(
            admin_url(model, "add") if new else admin_url(owner),
            data | ({"public_id": way["public_id"]} if new and "public_id" in way else {}),
        )
        assert response.status_code == 200, way
        complained = complaints(response)
        named = {f"{prefix}{name}" for name in way}
        if rule.name.endswith("_is_a_known_word"):
            assert any(field in named and "Select a valid choice" in text for field, text in complained), (
                complained
            )
        elif any(f"{name}__regex" in str(rule.condition) for name in way):
            assert any(field in named for field, text in complained), complained
        else:
            texts = {text: field for field, text in complained}
            assert str(rule.get_violation_error_message()) in texts, (way, complained)
            assert texts[str(rule.get_violation_error_message())], "It stands above the form."
    assert record_contents() == before


UNIQUES = [
    pytest.param(model, field, id=str(field))
    for model in PAGES
    for field in model._meta.fields
    if field.unique and field.editable and not field.primary_key
]


@pytest.mark.parametrize(("model", "field"), UNIQUES)
def test_a_value_that_is_taken_is_said_beside_its_field(model, field, editor):
    first, second = FACTORIES[model].create_batch(2)
    data = {field.name: getattr(first, field.attname)}
    before = record_contents()
    complained = complaints(editor.send(admin_url(second), **data))
    assert any(name == field.name and "already exists" in text for name, text in complained), complained
    assert record_contents() == before


def test_a_second_unit_of_one_designation_is_refused_beside_it(editor):
    first = UnitFactory()
    second = UnitFactory(facility=first.facility)
    complained = complaints(editor.send(admin_url(second), designation=first.designation))
    assert ("facility", "The facility has a unit of this designation.") in complained
    assert Unit.objects.filter(designation=first.designation).count() == 1


# Rows of one inline ---------------------------------------------------------------------------------------


def twice(form: dict[str, Any], prefix: str, row: dict[str, Any]) -> dict[str, Any]:
    rows = {f"{prefix}-{n}-{name}": value for n in (0, 1) for name, value in row.items()}
    return {**form, **rows, f"{prefix}-TOTAL_FORMS": "2"}


AMONG = [
    rule
    for _, inline in INLINES
    for rule in inline.model._meta.constraints
    if isinstance(rule, UniqueConstraint)
]


@pytest.mark.parametrize("rule", one_in(4, (pytest.param(rule, id=rule.name) for rule in AMONG)))
def test_two_rows_of_one_inline_that_may_not_be_the_same_are_refused(rule, editor):
    """Whether both are new, or one was there already."""
    identifier = {"scheme": "wikidata", "value": "Q329347"}
    row: dict[str, dict[str, Any]] = {
        "claimstep_is_the_only_one_of_its_number": {"step": "1", "actor": ActorFactory().pk},
        "claimrelation_is_said_once": {"kind": "updates", "other": ClaimFactory().pk},
        "claimrelation_repeats_one_claim": {"kind": "repeats", "other": ClaimFactory().pk},
        "claimevidence_is_attached_once": {"evidence": EvidenceFactory().pk, "role": "supports"},
        "actoridentifier_is_given_once": identifier,
        "facilityidentifier_is_given_once": identifier,
        "unitidentifier_is_given_once": identifier,
    }
    inline = next(inline for _, inline in INLINES if rule in inline.model._meta.constraints)
    of_owner = inline.model._meta.get_field(inline.model.owner)
    owner, prefix = FACTORIES[of_owner.related_model](), of_owner.remote_field.related_name
    data = twice(editor.form(admin_url(owner)), prefix, row[rule.name])
    if rule.name == "claimrelation_repeats_one_claim":
        data["relations-1-other"] = ClaimFactory().pk
    before = record_contents()
    response = editor.post(admin_url(owner), data)
    said = str(rule.get_violation_error_message())
    assert response.status_code == 200
    assert {text: field for field, text in complaints(response)}[said].startswith(f"{prefix}-1-")
    assert record_contents() == before
    data |= {f"{prefix}-TOTAL_FORMS": "1"}
    assert editor.post(admin_url(owner), data).status_code == 302
    again = editor.form(admin_url(owner)) | {f"{prefix}-TOTAL_FORMS": "2"}
    again |= {name: value for name, value in twice({}, prefix, row[rule.name]).items() if "-1-" in name}
    assert said in sentences(editor.post(admin_url(owner), again))


def test_two_steps_of_a_chain_may_trade_places(editor):
    first = ClaimStepFactory(step=1)
    second = ClaimStepFactory(claim=first.claim, step=2, actor=ActorFactory())
    editor.saved(admin_url(first.claim), **{"chain-0-step": "2", "chain-1-step": "1"})
    assert [step.actor for step in first.claim.chain.all()] == [second.actor, first.actor]
    assert ClaimStep.objects.count() == 2


def test_a_relation_may_change_its_kind_for_another_s(editor):
    claim = ClaimFactory()
    other, third = ClaimFactory(), ClaimFactory()
    ClaimRelationFactory(claim=claim, kind=ClaimRelationKind.REPEATS, other=other)
    ClaimRelationFactory(claim=claim, kind=ClaimRelationKind.UPDATES, other=third)
    editor.saved(admin_url(claim), **{"relations-0-kind": "updates", "relations-1-kind": "repeats"})
    kinds = {row.other: row.kind for row in claim.relations.all()}
    assert kinds == {other: "updates", third: "repeats"}


def test_a_row_of_an_inline_that_is_gone_is_a_complaint(editor):
    name = FacilityNameFactory()
    form = editor.form(admin_url(name.facility))
    for stale in ("999999", "0", "-1", "9" * 30, "x", ""):
        response = editor.post(
            admin_url(name.facility), form | {"names-0-id": stale, "names-0-name": "Changed"}
        )
        assert response.status_code == 200, (stale, response.status_code)
        assert complaints(response)
    foreign = FacilityNameFactory()
    response = editor.post(
        admin_url(name.facility), form | {"names-0-id": str(foreign.pk), "names-0-name": "Changed"}
    )
    assert response.status_code == 200
    assert Facility.objects.filter(names__name="Changed").count() == 0


def test_a_management_form_that_makes_no_sense_breaks_nothing(editor):
    facility = FacilityFactory()
    form = editor.form(admin_url(facility))
    for counts in (("", "0"), ("x", "0"), ("0", "x"), ("-1", "0"), ("0", "-1"), ("0", "9" * 30)):
        data = dict(zip(("names-TOTAL_FORMS", "names-INITIAL_FORMS"), counts, strict=True))
        response = editor.post(admin_url(facility), form | data | {"seen_version": fresh(facility).version})
        assert response.status_code in (200, 302), counts
    assert Facility.objects.get().names.count() == 0


# Words kept as rows -----------------------------------------------------------------------------------------


def test_a_method_that_is_no_word_is_refused(editor):
    strike = StrikeFactory()
    complained = complaints(editor.send(admin_url(strike), methods=["drone", "no such word"]))
    assert [field for field, text in complained if "Select a valid choice" in text] == ["methods"]
    editor.saved(admin_url(strike), methods=["missile", "drone", "drone"])
    assert strike.method_codes == ["drone", "missile"]
    assert StrikeMethod.objects.count() == 2
    assert Strike.objects.get().version == 2


def test_what_is_no_weapon_is_not_offered_and_not_taken(editor):
    count = WeaponCountFactory()
    assert 'value="none"' not in editor.get(admin_url(count)).content.decode()
    for address, name in ((admin_url(count), "weapons"), (admin_url(count.claim), "weapon_counts-0-weapons")):
        [(field, said)] = complaints(editor.send(address, **{name: ["none", "drone"]}))
        assert field == name
        assert "Select a valid choice" in said
    assert [row.weapon for row in CountedWeapon.objects.all()] == ["drone"]


def test_every_model_with_rules_is_reached_here():
    reached = {*PAGES, *(inline.model for _, inline in INLINES), StrikeMethod, CountedWeapon}
    assert {Claim, WeaponCount} <= reached
    editable = {
        related.related_model
        for model in PAGES
        for name in (*model.parts, *model.numbered_parts)
        for related in [model._meta.get_field(name)]
    }
    assert editable <= reached
