"""What is found by whom and by where: own deeds, places of counts and of strikes, models of weapons, waters."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from record.models import Ledger, Revision
from record.publishing import Blocked, amend, merge, publish, unmerge, withdraw
from strikes.imports.drafts import import_bundle
from strikes.imports.entries import entries_of
from strikes.models import Region, WeaponCount
from tests.factories import (
    NIGHT,
    ActorFactory,
    ClaimFactory,
    DamageEstimateFactory,
    FacilityFactory,
    PropositionFactory,
    RegionFactory,
    StrikeFactory,
    SubdivisionFactory,
    UnitFactory,
    WaveFactory,
    WeaponCountFactory,
)
from tests.on_record import fresh, on_record

pytestmark = pytest.mark.django_db


def ids(api, address):
    return {row["id"] for row in api(address)["results"]}


def moment():
    """The time of the newest revision, as `as_of` takes it."""
    return Revision.objects.get(n=Ledger.head().n).at.isoformat().replace("+00:00", "Z")


# Own deeds ------------------------------------------------------------------------------------------------


@pytest.fixture
def deed(db):
    """A state is said to have struck; its army, a spokesman of the army and a neighbour speak of it."""
    state = ActorFactory(public_id="state", kind="government_body")
    army = ActorFactory(public_id="army", kind="armed_force", affiliation=state)
    spokesman = ActorFactory(public_id="spokesman", affiliation=army)
    neighbour = ActorFactory(public_id="neighbour", kind="government_body")
    point = PropositionFactory(strike=StrikeFactory(), topic="responsibility", actor=state)
    claims = [ClaimFactory(proposition=point, actor=actor) for actor in (state, army, spokesman, neighbour)]
    on_record(*claims)
    return point


def own_speakers(api, query=""):
    return {row["actor"]["id"] for row in api(f"claims/?own=true{query}")["results"]}


def test_own_sees_every_body_above_a_speaker(api, deed):
    assert own_speakers(api) == {"state", "army", "spokesman"}
    others = api("claims/?own=false")["results"]
    assert [row["actor"]["id"] for row in others] == ["neighbour"]
    assert ids(api, "strikes/?own=true&actor=army") == {deed.strike.public_id}
    assert ids(api, "strikes/?own=true&actor=neighbour") == set()


def test_a_body_below_is_not_the_deed_of_who_is_above(api, deed):
    """That the army did it is not the state's own deed in the state's word: only what is above a speaker is its own."""
    army = fresh(deed.claims.get(actor__public_id="army").actor)
    by_army = on_record(PropositionFactory(strike=fresh(deed.strike), topic="responsibility", actor=army))
    claims = {
        name: ClaimFactory(proposition=by_army, actor=fresh(deed.claims.get(actor__public_id=name).actor))
        for name in ("state", "army", "spokesman")
    }
    on_record(*claims.values())
    found = ids(api, "claims/?own=true&subject=army")
    assert found == {claims["army"].public_id, claims["spokesman"].public_id}


def test_own_looks_up_through_merges_while_they_hold(api, deed):
    double = on_record(ActorFactory(public_id="double", kind="armed_force"))
    gunner = ActorFactory(public_id="gunner", affiliation=double)
    on_record(ClaimFactory(proposition=fresh(deed), actor=gunner))
    assert "gunner" not in own_speakers(api)
    army = deed.claims.get(actor__public_id="army").actor
    merge(double, army)
    assert own_speakers(api) == {"state", "army", "spokesman", "gunner"}
    merged = moment()
    unmerge(fresh(double))
    assert "gunner" not in own_speakers(api)
    assert "gunner" in own_speakers(api, f"&as_of={merged}")


def test_own_looks_up_as_it_was_at_the_time(api, deed):
    before = moment()
    amend(deed.claims.get(actor__public_id="army").actor, {"affiliation": None})
    assert own_speakers(api) == {"state"}
    assert own_speakers(api, f"&as_of={before}") == {"state", "army", "spokesman"}
    assert own_speakers(api, "&known_at=2024-03-11") == set()


def test_own_takes_as_many_queries_for_many_speakers_as_for_one(api, deed):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            api("claims/?own=true&page_size=1")
        return len(captured)

    few = queries()
    for _ in range(5):
        above = ActorFactory(kind="government_body", affiliation=fresh(deed.actor))
        on_record(ClaimFactory(proposition=fresh(deed), actor=above))
    assert queries() == few


# Where weapons were counted -------------------------------------------------------------------------------


@pytest.fixture
def counts(db):
    """A wave in three regions of one country: a count over two of them, one of the third, and one that names none."""
    country = RegionFactory(public_id="XA")
    a, b, c = (SubdivisionFactory(public_id=f"XA-{name}", parent=country) for name in "ABC")
    point = PropositionFactory(strike=WaveFactory(regions=[a, b, c]))
    rows = {
        "ab": WeaponCountFactory(claim__proposition=point, regions=[a, b], regions_complete=True),
        "c": WeaponCountFactory(claim__proposition=point, regions=[c], regions_complete=False),
        "nowhere": WeaponCountFactory(claim__proposition=point, outcome="launched"),
    }
    on_record(*rows.values())
    return {row.public_id: name for name, row in rows.items()}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("region=XA-A", {"ab", "nowhere"}),
        ("region=XA-C", {"c", "nowhere"}),
        ("region=XA-A,XA-C", {"ab", "c", "nowhere"}),
        ("region=XA", {"ab", "c", "nowhere"}),
        ("country=XA", {"ab", "c", "nowhere"}),
        ("country=XA&region=XA-B", {"ab", "nowhere"}),
        ("region=XA-C&outcome=launched", {"nowhere"}),
        ("region=XA-C&kind=strike", set()),
        ("region=XA-C&kind=wave", {"c", "nowhere"}),
        ("region=XB", set()),
        ("country=XB", set()),
    ],
)
@pytest.mark.parametrize("then", ["", "&known_at=2024-03-13", "&known_at=2024-03-13&counts=true"])
def test_a_count_lies_in_the_regions_that_it_names(api, counts, query, found, then):
    on_record(RegionFactory(public_id="XB"))
    assert {counts[key] for key in ids(api, f"weapon-counts/?{query}{then}")} == found


def test_what_is_not_a_count_of_weapons_lies_where_its_event_does(api, counts):
    assert api("claims/?region=XA-C")["count"] == 3
    assert api("strikes/?region=XA-C")["count"] == 1


# Which models were counted --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("Shahed", {"Shahed-136/131"}),
        ("shahed+131", {"Shahed-136/131"}),
        ("geran2", {"Герань-2", "Geran 2"}),
        ("Geran-2", {"Герань-2", "Geran 2"}),
        ("ГЕРАНЬ", {"Герань-2", "Geran 2"}),
        ("geran+shahed", set()),
        ("Kh-101", {"Х-101"}),
        ("geran&outcome=launched", {"Geran 2"}),
        ("geran&known_at=2024-03-11", set()),
    ],
)
def test_counts_are_found_by_the_words_of_the_model_in_any_script(api, db, query, found):
    models = ["Shahed-136/131", "Герань-2", "Geran 2", "Х-101", None]
    rows = [
        WeaponCountFactory(model_as_stated=model, outcome="launched" if model == "Geran 2" else "hit")
        for model in models
    ]
    on_record(*rows)
    results = api(f"weapon-counts/?weapon_model={query}")["results"]
    assert {row["model_as_stated"] for row in results} == found


def test_counts_that_were_on_the_record_are_found_by_their_models_too(api, db):
    count = on_record(WeaponCountFactory(model_as_stated="Geran-2"))
    WeaponCount.objects.update(search_text=None)  # as it was kept before
    import_module("strikes.migrations.0009_models_of_weapons").fold_models(apps, None)
    assert ids(api, "weapon-counts/?weapon_model=geran") == {count.public_id}


@pytest.mark.parametrize("value", ["", "-", "w" * 201])
def test_a_model_without_letters_is_refused(api, db, value):
    problem = api(f"weapon-counts/?weapon_model={value}", status=400)
    assert [error["parameter"] for error in problem["errors"]] == ["weapon_model"]


# Where strikes took place ---------------------------------------------------------------------------------


def places(api, strike):
    """Where a strike is: in its detail, by filter, by facet and in the statistics."""
    (row,) = [one for one in api("strikes/")["results"] if one["id"] == strike.public_id]
    assert api(f"strikes/{strike.public_id}/")["regions"] == row["regions"]
    shown = {region["id"] for region in row["regions"]}
    only = f"strike={strike.public_id}"
    facets = api(f"strikes/?{only}&facets=region,country")["facets"]
    groups = {
        word: {group["key"][word] for group in api(f"stats/strikes/?{only}&group_by={word}")["groups"]}
        for word in ("region", "country")
    }
    known = {region["id"] for region in api("regions/?page_size=500")["results"]}
    found = {region for region in known if api(f"strikes/?{only}&region={region}")["count"]}
    below = {
        region["id"]
        for region in api("regions/?page_size=500")["results"]
        if region["level"] == "subdivision"
    }
    countries = {code[:2] for code in shown}
    assert {facet["value"] for facet in facets["region"]} == groups["region"] == (shown or {None})
    assert {facet["value"] for facet in facets["country"]} == groups["country"] == (countries or {None})
    assert found & below == shown & below
    assert {code for code in known - below if api(f"claims/?{only}&country={code}")["count"]} == countries
    assert {code for code in known - below if api(f"strikes/?{only}&country={code}")["count"]} == countries
    return shown


def oblast(country="XA", name="A"):
    parent = Region.objects.filter(public_id=country).first() or RegionFactory(public_id=country)
    return SubdivisionFactory(public_id=f"{country}-{name}", parent=parent)


def struck(**values):
    """A public strike with a claim about it."""
    strike = StrikeFactory(**values)
    on_record(ClaimFactory(proposition__strike=strike))
    return fresh(strike)


def test_a_strike_without_regions_of_its_own_is_where_its_facility_is_everywhere(api, db):
    strike = struck(facility=FacilityFactory(regions=[oblast(name="A"), oblast(name="B")]))
    assert places(api, strike) == {"XA-A", "XA-B"}


def test_a_strike_with_regions_of_its_own_keeps_them(api, db):
    strike = struck(facility=FacilityFactory(regions=[oblast(name="A")]), regions=[oblast(name="B")])
    assert places(api, strike) == {"XA-B"}


def test_a_strike_at_a_facility_without_any_place_has_none_anywhere(api, db):
    assert places(api, struck()) == set()


def test_a_facility_that_is_put_elsewhere_moves_no_strike(api, db):
    strike = struck(facility=FacilityFactory(regions=[oblast(name="A")]))
    amend(fresh(strike.facility), {"regions": [on_record(oblast("XB", "B"))]})
    assert places(api, strike) == {"XA-A"}
    assert places(api, struck(facility=fresh(strike.facility))) == {"XB-B"}
    assert ids(api, "facilities/?country=XB") == {strike.facility.public_id}


def test_a_strike_can_be_put_elsewhere_by_hand_and_stays_there(api, db):
    strike = struck(facility=FacilityFactory(regions=[oblast(name="A")]))
    amend(strike, {"regions": [on_record(oblast("XB", "B"))]})
    assert places(api, strike) == {"XB-B"}
    amend(fresh(strike), {"regions": []})
    amend(fresh(strike), {"title": "Drones over the sea"})
    assert places(api, strike) == set()


def test_what_was_on_the_record_keeps_the_regions_under_which_it_was_found(api, db):
    strike = struck(facility=FacilityFactory(regions=[oblast(name="A")]))
    draft = StrikeFactory(facility=fresh(strike.facility))
    elsewhere = struck(facility=fresh(strike.facility), regions=[oblast(name="B")])
    strike.regions.clear()  # as it was kept before
    import_module("strikes.migrations.0008_regions_of_strikes").keep_regions_of_facilities(apps, None)
    assert places(api, strike) == {"XA-A"}
    assert places(api, elsewhere) == {"XA-B"}
    assert not draft.regions.exists()


# At sea ---------------------------------------------------------------------------------------------------


@pytest.fixture
def pipeline(db):
    """A pipeline at sea, where the law of two countries applies; neither is a region it lies in."""
    waters = [on_record(RegionFactory(public_id=code)) for code in ("XA", "XB")]
    on_record(RegionFactory(public_id="XC"), FacilityFactory(regions=[oblast("XC", "A")]))
    facility = FacilityFactory(public_id="pipeline", kind="pipeline")
    facility.jurisdictions.set(waters)
    return on_record(facility)


def test_a_place_at_sea_is_under_the_law_of_two_countries_and_found_by_each(api, pipeline):
    row = api("facilities/pipeline/")
    assert [region["id"] for region in row["jurisdictions"]] == ["XA", "XB"]
    assert row["regions"] == []
    for code in ("XA", "XB", "XA,XC"):
        assert "pipeline" in ids(api, f"facilities/?country={code}")
    assert "pipeline" not in ids(api, "facilities/?country=XC")
    assert ids(api, "facilities/?country=XA&region=XB") == {"pipeline"}
    facets = api("facilities/?facets=country,region")["facets"]
    counted = {name: {one["value"]: one["count"] for one in values} for name, values in facets.items()}
    assert counted["country"] == {"XA": 1, "XB": 1, "XC": 1}
    assert counted["region"] == {"XA": 1, "XB": 1, "XC-A": 1}


def test_a_strike_at_sea_is_in_the_countries_whose_law_applies_everywhere(api, pipeline):
    strike = struck(facility=pipeline)
    assert places(api, strike) == {"XA", "XB"}
    assert ids(api, "propositions/?country=XB") == {strike.propositions.get().public_id}


def test_capacity_offline_at_sea_is_asked_for_by_country(api, pipeline):
    unit = UnitFactory(facility=pipeline)
    halted = PropositionFactory(strike=StrikeFactory(facility=pipeline), unit=unit, topic="operations_halted")
    times = {"event_earliest": NIGHT, "event_latest": NIGHT, "event_precision": "minute"}
    claim = ClaimFactory(proposition=halted, event_local_date=NIGHT.date(), **times)
    DamageEstimateFactory(claim=claim, comparator="approximately", best=50)
    on_record(claim)
    query = "unit_of_measure=kbbl_per_day&after=2024-03-01&before=2024-04-01"
    by_country = api(f"stats/capacity-offline/?{query}&country=XB")["points"]
    assert by_country == api(f"stats/capacity-offline/?{query}&facility=pipeline")["points"]
    assert by_country != api(f"stats/capacity-offline/?{query}&country=XC")["points"]


def test_a_bundle_names_the_countries_of_a_place_at_sea(api, pipeline):
    row = {"id": "cable", "name": "Cable", "kind": "telecom", "location_precision": "water_or_air"}
    publish(*import_bundle(entries_of({"facilities": [row | {"jurisdictions": ["XA", "XB"]}]}, "a bundle")))
    assert "cable" in ids(api, "facilities/?country=XB")


def test_the_law_at_sea_is_that_of_a_country(pipeline):
    with pytest.raises(Blocked, match="jurisdictions"):
        amend(pipeline, {"jurisdictions": [on_record(oblast("XD", "A"))]})


def test_the_country_of_a_place_at_sea_does_not_leave_before_it(pipeline):
    country = Region.objects.get(public_id="XB")
    with pytest.raises(Blocked, match="pipeline"):
        withdraw(country, reason="out_of_scope", note="Gone.")
