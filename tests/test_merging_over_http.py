"""What readers see of a merge: redirects, filters, facets, accounts and the past."""

from typing import Any

import pytest

from config.urls import router
from record.models import Ledger, Merge, OnRecord
from record.publishing import Blocked, amend, merge, publish, unmerge, withdraw
from strikes.models import PropositionState, Strike
from tests.client import Api
from tests.factories import (
    ActorFactory,
    AssessmentFactory,
    CapacityFactory,
    ClaimEvidenceFactory,
    ClaimFactory,
    DamageEstimateFactory,
    FacilityFactory,
    PartyFactory,
    PropositionFactory,
    ReportFactory,
    SourceFactory,
    StrikeFactory,
    UnitFactory,
    WaveFactory,
    WeaponCountFactory,
)
from tests.ledger_asserts import OUT, alike_propositions, public_claim_of
from tests.on_record import fresh, on_record
from tests.sweeps import one_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_record_holds")]


def test_the_address_of_a_loser_leads_to_the_end_of_the_chain_and_keeps_the_query(api):
    a, b, c = alike_propositions(3)
    born = f"/api/v1/propositions/{a.public_id}/"
    assert api.raw(born).status_code == 200
    merge(a, b)
    merge(b, c)
    response = api.raw(f"{born}?format=json")
    end = f"http://testserver/api/v1/propositions/{c.public_id}/?format=json"
    assert (response.status_code, response["Location"], response["Cache-Control"]) == (308, end, "no-cache")
    unmerge(b)
    assert api.raw(born)["Location"].endswith(f"/{b.public_id}/")
    unmerge(a)
    assert api(born)["id"] == a.public_id
    merge(a, b)
    withdraw(a, reason=OUT)
    assert api(born, status=410)["reason"] == "out_of_scope"


def test_a_nested_row_is_shown_as_it_was_entered_and_its_address_leads_on(api):
    duplicate, canonical = alike_propositions()
    claim = public_claim_of(duplicate)
    merge(duplicate, canonical)
    shown = api(f"claims/{claim.public_id}/")["proposition"]
    assert shown["id"] == duplicate.public_id
    assert api.raw(shown["url"]).status_code == 308


class Side:
    """One of everything, each resting on the others of its side."""

    def __init__(self, name: str) -> None:
        self.facility = FacilityFactory(public_id=f"{name}-facility", name=f"Refinery of {name}")
        self.unit = UnitFactory(
            public_id=f"{name}-unit", facility=self.facility, designation=f"The stills of {name}"
        )
        self.actor = ActorFactory(public_id=f"{name}-actor", name=f"{name} Oil", kind="company")
        PartyFactory(facility=self.facility, actor=self.actor, role="operator")
        self.wave = WaveFactory(public_id=f"{name}-wave", title=f"The nights of {name}")
        self.strike = StrikeFactory(public_id=f"{name}-strike", facility=self.facility, wave=self.wave)
        self.source = SourceFactory(public_id=f"{name}-source", name=f"The {name} post")
        self.report = ReportFactory(source=self.source)
        self.proposition = PropositionFactory(
            strike=self.strike, facility=self.facility, text=f"There was a fire at {name}."
        )
        claim = ClaimFactory(proposition=self.proposition, actor=self.actor, report=self.report)
        of_unit = ClaimFactory(
            proposition=PropositionFactory(strike=self.strike, unit=self.unit),
            actor=self.actor,
            report=self.report,
        )
        for each_claim in (claim, of_unit):
            ClaimEvidenceFactory(claim=each_claim)
            DamageEstimateFactory(claim=each_claim)
            WeaponCountFactory(claim=each_claim)
        on_record(
            claim,
            of_unit,
            self.unit,
            CapacityFactory(facility=self.facility, unit=self.unit, report=self.report, actor=self.actor),
            AssessmentFactory(proposition=self.proposition),
        )


WORDS = [
    (collection, word, filter.of)
    for collection, view, _ in router.registry
    for word, filter in getattr(getattr(view, "filterset_class", None), "base_filters", {}).items()
    if getattr(getattr(filter, "of", None), "mergeable", False)
]
MERGEABLE = ["facility", "unit", "actor", "wave", "strike", "source", "proposition"]


def finds(api: Api, row: OnRecord) -> dict[tuple[str, str], set[str]]:
    """What the id of a row finds, in every collection by every word that takes it."""
    return {
        (collection, word): {hit["id"] for hit in api.every(f"{collection}/?{word}={row.public_id}")}
        for collection, word, of in WORDS
        if of is type(row)
    }


@pytest.mark.parametrize("kind", one_in(5, MERGEABLE))
def test_either_id_finds_what_both_found_in_every_collection(api, kind):
    one, other = Side("one"), Side("other")
    duplicate, canonical = fresh(getattr(one, kind)), fresh(getattr(other, kind))
    before, beside = finds(api, duplicate), finds(api, canonical)
    assert sum(map(len, before.values())) > 5
    if kind == "proposition":
        merge(one.facility, other.facility)
        merge(one.strike, other.strike)
    if kind == "unit":
        merge(one.facility, other.facility)
    merge(duplicate, canonical)
    gone = {merged.loser: merged.survivor for merged in Merge.objects.active()}
    by_duplicate, by_canonical = finds(api, duplicate), finds(api, canonical)
    for place in before:
        union = {gone.get(public_id, public_id) for public_id in before[place] | beside[place]}
        assert by_duplicate[place] == by_canonical[place] == union, place


@pytest.mark.parametrize("kind", one_in(3, MERGEABLE))
def test_a_name_of_either_finds_the_survivor_and_what_rests_on_it(api, kind):
    one, other = Side("tuimazy"), Side("tuymazy")
    duplicate, canonical = getattr(one, kind), getattr(other, kind)

    def ids(place: str, word: str) -> set[str]:
        return {row["id"] for row in api.every(f"{place}/?q={word}")}

    assert {duplicate.public_id, canonical.public_id} & ids(duplicate.collection, "tuimazy") == {
        duplicate.public_id
    }
    if kind in ("unit", "proposition"):
        merge(one.facility, other.facility)
        merge(one.strike, other.strike)
    merge(fresh(duplicate), fresh(canonical))
    for word in ("tuimazy", "tuymazy"):
        assert {duplicate.public_id, canonical.public_id} & ids(duplicate.collection, word) == {
            canonical.public_id
        }
        if kind == "facility":
            assert ids("strikes", word) >= {one.strike.public_id, other.strike.public_id}
            assert ids("units", word) == {one.unit.public_id, other.unit.public_id}


FACETS = [
    (collection, word)
    for collection, view, _ in router.registry
    for word in getattr(view, "facets", ())
    if (collection, word) in {(where, name) for where, name, _ in WORDS}
]


@pytest.mark.parametrize("kind", one_in(5, MERGEABLE))
def test_facets_count_for_the_survivor(api, kind):
    one, other = Side("one"), Side("other")
    if kind in ("unit", "proposition"):
        merge(one.facility, other.facility)
        merge(one.strike, other.strike)
    duplicate, canonical = fresh(getattr(one, kind)), fresh(getattr(other, kind))
    merge(duplicate, canonical)
    counted = 0
    for collection, word in FACETS:
        facet = api(f"{collection}/?facets={word}&page_size=1")["facets"][word]
        values = {entry["value"]: entry["count"] for entry in facet}
        assert duplicate.public_id not in values
        if canonical.public_id in values:
            counted += 1
            with_it = api(f"{collection}/?{word}={duplicate.public_id}")["count"]
            assert values[canonical.public_id] == with_it - (
                word == "wave"
            )  # which finds the wave itself, too
    assert counted or kind == "proposition"


def test_conditions_on_claims_find_the_survivor_of_what_the_claims_name(api):
    duplicate, canonical = on_record(StrikeFactory()), on_record(StrikeFactory())
    point, twin = (on_record(PropositionFactory(strike=strike)) for strike in (duplicate, canonical))
    claim = public_claim_of(point, stance="denies")
    AssessmentFactory(proposition=point, grade="contested", grade_basis="visual")
    on_record(
        AssessmentFactory(proposition=twin, grade="weak", grade_basis="visual", assessed_on="2024-03-12")
    )
    newer = on_record(
        AssessmentFactory(proposition=point, grade="fair", grade_basis="visual", assessed_on="2024-03-14")
    )
    merge(duplicate, canonical, (point, twin))

    def ids(address: str) -> list[str]:
        return [row["id"] for row in api.every(address)]

    for query in (
        "stance=denies",
        f"actor={claim.actor.public_id}",
        f"report={claim.report.public_id}",
        "dispute=denied",
        "grade=fair",
    ):
        assert ids(f"strikes/?{query}") == [canonical.public_id], query
        assert ids(f"propositions/?{query}") == [twin.public_id], query
        assert ids(f"claims/?{query}") == [claim.public_id], query
    for query in ("dispute=single_origin", "grade=weak", "stance=asserts"):
        assert ids(f"strikes/?{query}") == ids(f"propositions/?{query}") == ids(f"claims/?{query}") == [], (
            query
        )
    assert newer.public_id in ids("assessments/?grade=fair")
    unmerge(duplicate)
    assert ids("strikes/?stance=denies") == [duplicate.public_id]


def test_accounts_summaries_and_facets_of_a_survivor_have_what_was_said_of_both(api):
    duplicate, canonical = on_record(StrikeFactory()), on_record(StrikeFactory())
    point, twin = (
        on_record(PropositionFactory(strike=strike, text="It burns")) for strike in (duplicate, canonical)
    )
    alone = on_record(PropositionFactory(strike=duplicate, text="Nobody was hurt"))
    on_record(AssessmentFactory(proposition=point, grade="fair", grade_basis="visual"))
    claims = [
        public_claim_of(point),
        public_claim_of(point, stance="denies"),
        public_claim_of(twin),
        public_claim_of(alone, stance="no_response"),
    ]
    merge(duplicate, canonical, (point, twin))

    def accounts(query: str = "") -> dict[str, Any]:
        propositions = api(f"strikes/{canonical.public_id}/accounts/{query}")["propositions"]
        return {proposition["id"]: proposition for proposition in propositions}

    both = accounts()
    assert set(both) == {twin.public_id, alone.public_id}
    account = both[twin.public_id]
    assert (account["dispute"], account["origins_for"], account["origins_against"]) == ("disputed", 2, 1)
    assert account["totals"] == {"for": 2, "against": 1, "forecasts": 0, "silent": 0}
    claim_ids = {claim["id"] for side in ("for", "against") for claim in account[side]}
    assert claim_ids == {claim.public_id for claim in claims[:3]}
    assert account["assessment"]["grade"] == "fair"
    assert len(account["origins"]) == 3
    summary = api(f"strikes/{canonical.public_id}/")["summary"]
    assert (summary["claims"], summary["documents"], summary["origins"]) == (4, 4, 3)
    assert (summary["propositions"]["disputed"], summary["propositions"]["unreported"]) == (1, 1)
    facets = api("strikes/?facets=dispute,grade&kind=strike")["facets"]
    assert {facet["value"]: facet["count"] for facet in facets["dispute"]} == {"disputed": 1, "unreported": 1}
    assert {facet["value"]: facet["count"] for facet in facets["grade"]} == {"fair": 1, None: 1}
    known = accounts("?known_at=2024-03-20")[twin.public_id]
    assert (known["dispute"], known["totals"]) == (account["dispute"], account["totals"])
    born = Ledger.head().n
    unmerge(duplicate)
    assert set(accounts()) == {twin.public_id}
    assert api(f"strikes/{canonical.public_id}/")["summary"]["claims"] == 1
    assert born == Ledger.head().n - 1


def test_own_claims_are_own_under_either_id(api):
    firm, double = (on_record(ActorFactory(kind="company")) for _ in "ab")
    (point,) = alike_propositions(1, actor=firm)
    claim = public_claim_of(point, actor=double)
    assert api("claims/?own=true")["count"] == 0
    merge(firm, double)
    assert [row["id"] for row in api("claims/?own=true")["results"]] == [claim.public_id]
    merge(double, on_record(ActorFactory(kind="company")))
    assert [row["id"] for row in api("claims/?own=true")["results"]] == [claim.public_id]
    unmerge(firm)
    assert api("claims/?own=true")["count"] == 0


def test_what_a_merged_wave_groups_is_below_its_survivor_at_any_depth(api):
    campaign, one, other = (on_record(WaveFactory()) for _ in "abc")
    amend(one, {"wave": campaign})
    first, second = on_record(StrikeFactory(wave=one)), on_record(StrikeFactory(wave=other))
    merge(one, other)
    grouped = {row["id"] for row in api.every(f"strikes/?wave={campaign.public_id}")}
    assert grouped == {row.public_id for row in (campaign, other, first, second)}
    unmerge(one)
    grouped = {row["id"] for row in api.every(f"strikes/?wave={campaign.public_id}")}
    assert grouped == {row.public_id for row in (campaign, one, first)}


def test_a_page_begun_before_a_merge_goes_on_as_before(api):
    rows = alike_propositions(3)
    first = api("propositions/?page_size=1")
    merge(rows[0], rows[1])
    walked = [row["id"] for row in first["results"]]
    page = first
    while page["next"]:
        page = api(page["next"])
        walked += [row["id"] for row in page["results"]]
    assert sorted(walked) == sorted(row.public_id for row in rows)
    assert api("propositions/")["count"] == 2


def test_the_states_of_every_revision_stay_what_they_were():
    duplicate, canonical = alike_propositions()
    public_claim_of(duplicate)
    public_claim_of(canonical)
    n = Ledger.head().n
    merge(duplicate, canonical)
    publish(ActorFactory())
    unmerge(duplicate)

    def at(n: int) -> list[tuple[str, int]]:
        return sorted(
            PropositionState.objects.current(n).values_list("proposition__public_id", "origins_for")
        )

    alone = sorted([(duplicate.public_id, 1), (canonical.public_id, 1)])
    assert [at(n), at(n + 1), at(n + 2), at(n + 3)] == [alone, [(canonical.public_id, 2)]] * 1 + [
        [(canonical.public_id, 2)],
        alone,
    ]


def test_a_merge_is_nothing_without_two_rows():
    with pytest.raises(Blocked):
        merge(on_record(ActorFactory()), on_record(FacilityFactory()))
    assert not Strike.objects.exists()
