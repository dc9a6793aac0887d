"""What the record says of places other than NORSI, over HTTP."""

import pytest


def proposition(api, words):
    found = [row for row in api.every("propositions/?page_size=500") if words in row["text"]]
    assert len(found) == 1, [row["text"] for row in found]
    return found[0]


@pytest.mark.parametrize(
    ("words", "state", "origins_for", "origins_against"),
    [
        # "Destroyed on the approach", then "fell on the territory": one governor, one side.
        ("came down on the territory of the Novoshakhtinsk refinery", "single_origin", 1, 0),
        # "We are losing the plant", then "everything will be restored".
        ("The Dnipro HPP was being lost", "denied", 0, 1),
        ("The drones that attacked Pervy Zavod were shot down", "disputed", 2, 1),
        ("The United States urged Ukraine to stop strikes", "disputed", 1, 1),
        # One count in several documents.
        ("drones and missiles of the attack of 22 March", "single_origin", 1, 0),
        ("drones and missiles of the attack of 11 April", "single_origin", 1, 0),
        # Open questions, by their rivals.
        ("Which primary unit of the Kuibyshev refinery was affected", "disputed", 3, 0),
        # One of its two answers is only forecast, and forecasts take no side.
        ("When did ELOU-AVT-5 return to operation", "single_origin", 1, 0),
        ("Which three plants of DTEK were hit", "unreported", 0, 0),
    ],
)
def test_how_the_origins_stand(api, words, state, origins_for, origins_against):
    row = proposition(api, words)
    assert (row["dispute"], row["origins_for"], row["origins_against"]) == (
        state,
        origins_for,
        origins_against,
    )


def test_shares_of_the_country_are_one_point_for_capacity_idled_and_another_for_capacity_hit(api):
    idled = proposition(api, "put part of Russia's oil-refining capacity out of operation")
    hit = proposition(api, "The three refineries hit in two days in March 2024 hold part")
    shares = {
        row["id"]: [
            (number["comparator"], number["best"] or number["low"])
            for claim in sorted(api.every(f"claims/?proposition={row['id']}"), key=lambda c: c["recorded_at"])
            for number in claim["damage_estimates"]
            if number["unit_of_measure"] == "percent"
        ]
        for row in (idled, hit)
    }
    assert shares[idled["id"]] == [
        ("approximately", 7),
        ("at_least", 10),
        ("approximately", 14),
        ("approximately", 10),
    ]
    assert shares[hit["id"]] == [("approximately", 12)]


def test_a_later_calculation_of_one_agency_updates_the_one_before(api):
    idled = proposition(api, "put part of Russia's oil-refining capacity out of operation")
    claims = api.every(f"claims/?proposition={idled['id']}&actor=reuters")
    by_time = [claim["id"] for claim in sorted(claims, key=lambda claim: claim["recorded_at"])]
    updated = {claim["id"]: [one["claim"]["id"] for one in claim["relations"]] for claim in claims}
    assert [updated[one] for one in by_time] == [[], [by_time[0]], [by_time[1]]]


def test_what_half_of_norsi_may_be_a_half_of_is_there_each_from_its_own_report(api):
    """The unit beside the plant's capacity, its throughput, and what it processed while the unit was out."""
    stated = {
        (row["unit"] and row["unit"]["id"], row["best"], row["unit_of_measure"], row["basis"])
        for row in api.every("capacities/?facility=norsi")
    }
    assert {
        ("norsi-avt-6", 9, "mt_per_year", "unspecified"),
        ("norsi-avt-6", 25.71, "kt_per_day", "unspecified"),
        (None, 17, "mt_per_year", "nameplate"),
        (None, 15.8, "mt_per_year", "throughput"),
        (None, 22, "kt_per_day", "throughput"),
    } <= stated


@pytest.mark.parametrize(
    ("query", "dates"),
    [
        ("unit=norsi-avt-6&stance=forecasts", [("2024-06-30", "2024-06-30"), ("2024-04-01", "2024-06-30")]),
        ("unit=norsi-kk-1&stance=forecasts", [("2024-04-01", "2024-06-30")]),
        ("unit=volgograd-elou-avt-5&topic=recovery&stance=forecasts", [("2024-05-31", "2024-05-31")]),
        (
            "facility=tuapse-refinery&topic=recovery",
            [("2024-02-25", "2024-03-10"), ("2024-05-31", "2024-05-31")],
        ),
    ],
)
def test_forecasts_of_a_return_have_their_dates(api, query, dates):
    claims = sorted(api.every(f"claims/?{query}"), key=lambda claim: claim["recorded_at"])
    times = [claim["event_time"] for claim in claims]
    assert [(time["local_date"], time["latest"][:10]) for time in times] == dates


def test_the_cracker_of_norsi_stood_still_for_another_cause(api):
    claims = api.every("claims/?unit=norsi-kk-1&topic=operations_halted")
    assert {claim["proposition"]["strike"]["id"] for claim in claims} == {"2024-01-04-norsi"}
    assert api("strikes/2024-01-04-norsi/")["methods"] == ["none"]
    assert [claim["event_time"]["local_date"] for claim in claims] == ["2024-01-04"]
