"""What others call a thing in lists of theirs: shown, found by, exact in the past, and never of an anonymous voice."""

from typing import Any

import pytest

from record.choices import WithdrawalReason
from record.publishing import Blocked, amend, blockers, conflicts_of, merge, publish, takedown, unmerge
from sources.models import Actor, ActorIdentifier
from strikes.imports.drafts import import_bundle
from strikes.imports.entries import entries_of
from strikes.imports.problems import BundleError
from strikes.models import Facility, FacilityIdentifier, Unit, UnitIdentifier
from tests.client import Api
from tests.factories import (
    ActorFactory,
    ActorIdentifierFactory,
    FacilityIdentifierFactory,
    SourceFactory,
    UnitFactory,
    UnitIdentifierFactory,
)
from tests.on_record import fresh, on_record
from tests.starter.streams import streamed_objects
from tests.test_past import as_parameter

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_record_holds")]

NOTHING_STORED = "Nothing that could identify an anonymous voice is stored."
FACTORIES: dict[str, Any] = {
    "facilities": FacilityIdentifierFactory,
    "units": UnitIdentifierFactory,
    "actors": ActorIdentifierFactory,
}
PARTS: dict[type[Any], type[Any]] = {
    Facility: FacilityIdentifier,
    Unit: UnitIdentifier,
    Actor: ActorIdentifier,
}
every_collection = pytest.mark.parametrize("collection", FACTORIES)


def identified(collection: str, *curies: str) -> Any:
    """A public row with these identifiers, and with nothing if none is given."""
    factory = FACTORIES[collection]
    owner = factory._meta.model.owner
    row = factory._meta.declarations[owner].get_factory()()
    for curie in curies:
        scheme, value = curie.split(":")
        factory(**{owner: row, "scheme": scheme, "value": value})
    return on_record(row)


def new(row: Any, curie: str) -> Any:
    scheme, value = curie.split(":")
    return PARTS[type(row)](scheme=scheme, value=value)


def ids_of(api: Api, address: str) -> set[str]:
    return {row["id"] for row in api.every(address)}


def error_of(api: Api, address: str) -> dict[str, str]:
    (error,) = api(address, status=400)["errors"]
    return dict(error)


# Shown ----------------------------------------------------------------------------------------------------


@every_collection
def test_identifiers_are_shown_by_scheme_and_value_each_with_its_page(api, collection):
    row = identified(
        collection, "wikidata:Q329347", "gem:L100000500000", "un_locode:RULED", "geonames:99", "wikidata:Q12"
    )
    shown = [
        {"scheme": "gem", "value": "L100000500000", "url": None},
        {"scheme": "geonames", "value": "99", "url": "https://www.geonames.org/99"},
        {"scheme": "un_locode", "value": "RULED", "url": None},
        {"scheme": "wikidata", "value": "Q12", "url": "https://www.wikidata.org/wiki/Q12"},
        {"scheme": "wikidata", "value": "Q329347", "url": "https://www.wikidata.org/wiki/Q329347"},
    ]
    assert api(f"{collection}/{row.public_id}/")["identifiers"] == shown
    cell = streamed_objects(api, collection, "csv")[0]["identifiers"]
    assert cell == "gem:L100000500000 | geonames:99 | un_locode:RULED | wikidata:Q12 | wikidata:Q329347"
    for curie in cell.split(" | "):
        assert ids_of(api, f"{collection}/?identifier={curie}") == {row.public_id}


@every_collection
def test_a_row_without_any_has_an_empty_list(api, collection):
    row = identified(collection)
    assert api(f"{collection}/{row.public_id}/")["identifiers"] == []


# Found by -------------------------------------------------------------------------------------------------


@every_collection
def test_rows_are_found_by_any_of_several_identifiers_and_by_nothing_like_them(api, collection):
    first, second, third = (
        identified(collection, *curies)
        for curies in (["wikidata:Q1", "gem:L1"], ["wikidata:Q12"], ["geonames:1"])
    )
    wikidata = {first.public_id, second.public_id}
    assert ids_of(api, f"{collection}/?identifier=wikidata:Q1") == {first.public_id}
    assert ids_of(api, f"{collection}/?identifier=wikidata:Q1,wikidata:Q12") == wikidata
    assert ids_of(api, f"{collection}/?identifier=wikidata:Q1&identifier=wikidata:Q12") == wikidata
    assert ids_of(api, f"{collection}/?identifier=wikidata%3AQ1,gem:L1") == {first.public_id}
    assert ids_of(api, f"{collection}/?identifier=geonames:1") == {third.public_id}
    assert api(f"{collection}/?identifier=wikidata:Q2")["count"] == 0
    assert api(f"{collection}/?identifier=gem:Q1")["count"] == 0, "Another list has things of its own."
    assert api(f"{collection}/?identifier=wikidata:Q2,wikidata:Q12")["count"] == 1


def test_a_long_list_of_identifiers_is_asked_for_at_once(api):
    row = identified("actors", "wikidata:Q1500")
    many = ",".join(f"wikidata:Q{n}" for n in range(1, 2001))
    assert ids_of(api, f"actors/?identifier={many}") == {row.public_id}


def test_it_narrows_what_other_filters_find(api):
    refinery = identified("facilities", "wikidata:Q1")
    port = FacilityIdentifierFactory(facility__kind="port", value="Q2").facility
    on_record(port)
    both = "facilities/?identifier=wikidata:Q1,wikidata:Q2"
    assert ids_of(api, f"{both}&facility_kind=port") == {port.public_id}
    assert ids_of(api, f"{both}&facility={refinery.public_id}") == {refinery.public_id}
    unit = UnitIdentifierFactory(unit=UnitFactory(facility=refinery), value="Q3").unit
    on_record(unit)
    assert api("units/?identifier=wikidata:Q1")["count"] == 0, "It is the facility's."
    assert ids_of(api, f"units/?identifier=wikidata:Q3&facility={refinery.public_id}") == {unit.public_id}


@every_collection
@pytest.mark.parametrize(
    "text",
    [
        "Q329347",
        "wikidata",
        "wikidata:",
        ":Q1",
        "wikidata:q1",
        "wikidata:Q0",
        "wikidata:Q1%0A",
        "wikidata:%D9%A1",
        "geonames:Q1",
        "gem:100",
        "un_locode:rule1",
        f"wikidata:Q{'1' * 30}",
        "wikidata:Q1%00",
    ],
)
def test_what_is_misspelt_is_refused_by_name_and_shape(api, collection, text):
    error = error_of(api, f"{collection}/?identifier={text}")
    assert error["parameter"] == "identifier"
    assert "such as `wikidata:Q329347`" in error["detail"]


@every_collection
def test_a_scheme_there_is_not_is_refused_with_the_nearest(api, collection):
    error = error_of(api, f"{collection}/?identifier=wikidta:Q1")
    assert error["parameter"] == "identifier"
    assert error["detail"].endswith(
        "'wikidta' is no scheme: gem, geonames, un_locode, wikidata. Did you mean wikidata?"
    )


# In the past ----------------------------------------------------------------------------------------------


@every_collection
def test_an_identifier_is_there_from_when_it_was_added_until_it_ended(api, collection):
    row = identified(collection)
    before = row.published_rev
    added = amend(row, add=[new(row, "wikidata:Q1")])
    (identifier,) = row.identifiers.all()
    ended = amend(row, add=[new(row, "wikidata:Q2")], end=[identifier])
    for revision, values in ((before, []), (added, ["Q1"]), (ended, ["Q2"])):
        shown = api(f"{collection}/{row.public_id}/?as_of={as_parameter(revision)}")["identifiers"]
        assert [item["value"] for item in shown] == values
        for value in ("Q1", "Q2"):
            found = ids_of(api, f"{collection}/?identifier=wikidata:{value}&as_of={as_parameter(revision)}")
            assert found == ({row.public_id} if value in values else set())
    assert ids_of(api, f"{collection}/?identifier=wikidata:Q2") == {row.public_id}
    (line,) = [line for line in api.every("corrections/") if line["revision"] == ended.n]
    assert line["values"] == [{"field": "parts", "old": ["wikidata:Q1"], "new": ["wikidata:Q2"]}]


@every_collection
def test_one_that_ended_may_be_given_again_and_one_that_holds_may_not(api, collection):
    row = identified(collection, "wikidata:Q1")
    with pytest.raises(Blocked, match="It has this identifier already"):
        amend(row, add=[new(row, "wikidata:Q1")])
    amend(row, end=list(row.identifiers.all()))
    assert api(f"{collection}/?identifier=wikidata:Q1")["count"] == 0
    amend(row, add=[new(row, "wikidata:Q1")])
    assert ids_of(api, f"{collection}/?identifier=wikidata:Q1") == {row.public_id}
    with pytest.raises(Blocked, match="is_spelt_as_its_scheme_demands"):
        amend(row, add=[new(row, "wikidata:q1")])


@every_collection
def test_a_draft_and_the_identifiers_of_drafts_are_not_seen(api, collection):
    factory = FACTORIES[collection]
    factory(value="Q5")  # of a row that is a draft
    row = identified(collection)
    factory(**{factory._meta.model.owner: row, "value": "Q6"})  # a draft at a row that is public
    assert api(f"{collection}/?identifier=wikidata:Q5,wikidata:Q6")["count"] == 0
    assert api(f"{collection}/{row.public_id}/")["identifiers"] == []
    draft = row.identifiers.get()
    amend(row, add=[draft])
    assert ids_of(api, f"{collection}/?identifier=wikidata:Q6") == {row.public_id}


# Merged and taken down ------------------------------------------------------------------------------------


@pytest.mark.parametrize("collection", ["facilities", "actors"])
def test_a_row_is_found_by_what_was_merged_into_it(api, collection):
    duplicate, canonical = identified(collection, "wikidata:Q1"), identified(collection, "wikidata:Q2")
    merged = merge(duplicate, canonical)
    for value in ("Q1", "Q2", "Q1,wikidata:Q2"):
        found = [row["id"] for row in api.every(f"{collection}/?identifier=wikidata:{value}")]
        assert found == [canonical.public_id]
    before = f"{collection}/?identifier=wikidata:Q1&as_of={as_parameter(canonical.published_rev)}"
    assert ids_of(api, before) == {duplicate.public_id}
    unmerge(duplicate)
    assert ids_of(api, f"{collection}/?identifier=wikidata:Q1") == {duplicate.public_id}
    then = f"{collection}/?identifier=wikidata:Q1&as_of={as_parameter(merged)}"
    assert ids_of(api, then) == {canonical.public_id}


def test_two_rows_are_compared_by_their_identifiers_before_they_are_merged():
    duplicate, canonical = identified("actors", "wikidata:Q1"), identified("actors", "wikidata:Q2")
    assert ("identifiers", "wikidata:Q1", "wikidata:Q2") in conflicts_of(duplicate, canonical).differences


@every_collection
def test_what_is_taken_down_is_found_by_none_at_any_revision(api, collection):
    row = identified(collection, "wikidata:Q1")
    takedown(row, reason=WithdrawalReason.LEGAL)
    for query in ("", f"&as_of={as_parameter(row.published_rev)}"):
        assert api(f"{collection}/?identifier=wikidata:Q1{query}")["count"] == 0


# Anonymous voices -----------------------------------------------------------------------------------------


def anonymous() -> Actor:
    publisher = on_record(SourceFactory())
    return on_record(ActorFactory(kind="anonymous", first_publisher=publisher, name="industry sources"))


def test_an_anonymous_voice_is_given_none():
    voice = anonymous()
    with pytest.raises(Blocked, match=NOTHING_STORED):
        amend(voice, add=[ActorIdentifier(scheme="wikidata", value="Q1")])
    ActorIdentifierFactory(actor=voice)  # past all validation
    (said,) = fresh(voice).objections()
    assert NOTHING_STORED in said
    voice.identifiers.all().delete()


def test_a_draft_of_an_anonymous_voice_is_not_published_with_one():
    voice = ActorIdentifierFactory(actor__kind="anonymous").actor
    assert [blocker.rule for blocker in blockers(voice)] == [f"identifiers: {NOTHING_STORED}"]
    voice.identifiers.all().delete()
    publish(voice)


def test_who_has_or_had_one_does_not_become_an_anonymous_voice(api):
    person = identified("actors", "wikidata:Q1")
    with pytest.raises(Blocked, match=NOTHING_STORED):
        amend(person, {"kind": "anonymous"})
    with pytest.raises(Blocked, match=NOTHING_STORED):
        # The revisions before would show it beside the kind of today.
        amend(person, {"kind": "anonymous"}, end=list(person.identifiers.all()))
    assert api(f"actors/{person.public_id}/")["kind"] == "person"
    nobody = identified("actors")
    amend(nobody, {"kind": "anonymous"})


def test_who_stops_being_one_may_be_given_one():
    voice = anonymous()
    amend(
        voice,
        {"kind": "person", "first_publisher": None},
        add=[ActorIdentifier(scheme="wikidata", value="Q1")],
    )
    assert str(voice.identifiers.get()) == "wikidata:Q1"


# Bundles --------------------------------------------------------------------------------------------------

WRITTEN = [{"scheme": "wikidata", "value": "Q329347"}, {"scheme": "geonames", "value": "99"}]


def bundle(kind: str = "company", **identifiers: Any) -> dict[str, Any]:
    return {
        "actors": [{"id": "volga-oil", "name": "Volga Oil", "kind": kind, **identifiers}],
        "facilities": [
            {
                "id": "stills",
                "name": "Stills",
                "kind": "refinery",
                "location_precision": "town",
                "identifiers": WRITTEN[:1],
            }
        ],
        "units": [
            {
                "id": "stills-avt-1",
                "facility": "stills",
                "designation": "AVT-1",
                "kind": "crude_distillation_vacuum",
                "identifiers": [{"scheme": "gem", "value": "G100000500000"}],
            }
        ],
    }


def refusals(written: dict[str, Any]) -> list[str]:
    with pytest.raises(BundleError) as refused:
        import_bundle(entries_of(written, "bundle.yaml"))
    assert not Actor.objects.filter(public_id="volga-oil").exists()
    return [str(problem) for problem in refused.value.problems]


def test_a_bundle_writes_them_as_lists_of_scheme_and_value(api):
    publish(*import_bundle(entries_of(bundle(identifiers=WRITTEN), "bundle.yaml")))
    assert ids_of(api, "facilities/?identifier=wikidata:Q329347") == {"stills"}
    assert ids_of(api, "units/?identifier=gem:G100000500000") == {"stills-avt-1"}
    for written in WRITTEN:
        assert ids_of(api, f"actors/?identifier={written['scheme']}:{written['value']}") == {"volga-oil"}


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ({"scheme": "wikidata", "value": "329347"}, "In `wikidata` it is Q and digits"),
        ({"scheme": "geonames", "value": 99}, "value: 99: a text is meant; put it in quotation marks"),
        ({"scheme": "viaf", "value": "1"}, "scheme: Value 'viaf' is not a valid choice."),
        ({"scheme": "wikidata"}, "value: "),
        ({"scheme": "wikidata", "value": "Q1", "actor": "x"}, "it is the row this one is written in."),
    ],
)
def test_a_bundle_with_one_that_is_misspelt_is_refused(written, said):
    (problem,) = refusals(bundle(identifiers=[written]))
    assert "identifiers: number 1: " in problem
    assert said in problem


def test_a_bundle_that_gives_one_twice_is_refused():
    (problem,) = refusals(bundle(identifiers=[WRITTEN[0], WRITTEN[0]]))
    assert "identifiers: number 2: It has this identifier already." in problem


def test_a_bundle_gives_an_anonymous_voice_none():
    (problem,) = refusals(bundle("anonymous", identifiers=WRITTEN[:1]))
    assert f"identifiers: number 1: value: {NOTHING_STORED}" in problem
