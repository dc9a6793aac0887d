"""Who says what of the starter record, and who says otherwise: over HTTP, as a reader asks it."""

import pytest

from tests.sweeps import one_in

NORSI, RAID = "2024-03-12-norsi", "2024-03-12-kursk-belgorod"


def accounts(api, address):
    path, _, query = address.partition("?")
    answer = api(f"{path}accounts/?{query}" if query else f"{path}accounts/")
    return {account["text"]: account for account in answer["propositions"]}


def account_about(accounts_by_text, words):
    """The one account whose proposition has these words."""
    (account,) = [account for text, account in accounts_by_text.items() if words in text]
    return account


def heard(account, side):
    return [(claim["actor"]["id"], claim["stance"]) for claim in account[side]]


def keys(account):
    return {origin["key"]: origin["side"] for origin in account["origins"]}


def keys_on(account, side):
    return {origin["key"] for origin in account["origins"] if origin["side"] == side}


def numbers(account):
    return [
        (number["metric"], number["best"], claim["report"]["issued_at"]["local_date"])
        for claim in account["for"]
        for number in claim["damage_estimates"]
        if number["unit_of_measure"] == "percent" and number["best"] is not None
    ]


# NORSI ---------------------------------------------------------------------------------------------------


@pytest.fixture
def norsi(api):
    return accounts(api, f"strikes/{NORSI}/")


def test_that_norsi_was_attacked_is_agreed(norsi):
    account = account_about(norsi, "NORSI refinery was attacked")
    assert (account["dispute"], account["against"]) == ("agreed", [])
    assert keys(account) == {"moscow-officials": "positive", "gleb-nikitin": "positive"}


def test_the_damage_to_avt_6_is_one_origin_however_many_pages_repeat_the_agency(norsi):
    account = account_about(norsi, "AVT-6, the main crude distillation unit, was damaged")
    assert account["subject"]["id"] == "norsi-avt-6"
    assert (account["dispute"], account["origins_for"], account["documents"]) == ("single_origin", 1, 2)
    (origin,) = account["origins"]
    assert (origin["key"], origin["side"]) == ("reuters", "positive")
    # The agency vouches for whom it does not name.
    assert [(speaker["id"], speaker["counts"]) for speaker in origin["speakers"]] == [
        ("reuters-industry-sources", True)
    ]
    assert {claim["report"]["source"]["id"] for claim in account["for"]} == {
        "world-today-news",
        "baltimore-chronicle",
    }


def test_lukoil_declined_did_not_respond_and_stopped_a_unit_and_was_never_against_it(api, norsi):
    declined = account_about(norsi, "At least part of the output of NORSI was halted")
    silent = account_about(norsi, "The NORSI refinery was damaged")
    stopped = account_about(norsi, "Lukoil stopped a process unit")
    assert heard(declined, "silent") == [("lukoil", "declines_to_comment")]
    assert ("lukoil", "no_response") in heard(silent, "silent")
    assert {actor for actor, _ in heard(stopped, "for")} == {"lukoil"}
    assert not any("lukoil" in dict(heard(account, "against")) for account in norsi.values())
    assert not any("lukoil" in keys(account) for account in (declined, silent))
    assert api(f"claims/?strike={NORSI}&actor=lukoil&polarity=negative")["count"] == 0


def test_at_least_half_of_the_output_is_a_bound_in_the_summary_too(api):
    summary = api(f"strikes/{NORSI}/")["summary"]
    (halted,) = summary["capacity_offline"]
    assert halted["subject"]["id"] == "norsi"
    assert (halted["metric"], halted["denominator"]) == ("output_halted", "facility_output")
    assert (halted["low"], halted["high"]) == (50, None)
    assert summary["claims"] == api(f"claims/?strike={NORSI}")["count"]
    assert sum(summary["propositions"].values()) == api(f"propositions/?strike={NORSI}")["count"]
    assert summary["documents"] == api(f"reports/?strike={NORSI}")["count"]


def test_on_13_march_nobody_knew_of_a_restart(api):
    earlier = accounts(api, f"strikes/{NORSI}/?known_at=2024-03-13")
    assert account_about(earlier, "AVT-6, the main")["dispute"] == "single_origin"
    assert not [text for text in earlier if "returns" in text or "restart" in text]
    for query in ("known_at=2024-03-13", "as_of=2024-03-13"):
        assert api(f"claims/?strike={NORSI}&topic=recovery&{query}")["count"] == 0
        facets = api(f"claims/?strike={NORSI}&facets=topic&{query}")["facets"]["topic"]
        assert "recovery" not in {value["value"] for value in facets}
    now = account_about(accounts(api, f"strikes/{NORSI}/"), "AVT-6 returns")
    assert heard(now, "for") == [("reuters-industry-sources", "asserts")]
    assert ("reuters", "forecasts") in heard(now, "forecasts")
    assert (now["dispute"], now["origins_for"], now["origins_forecasting"]) == ("single_origin", 1, 1)
    assert heard(now, "silent") == [("lukoil", "no_response")]
    assert (
        accounts(api, "units/norsi-avt-6/?known_at=2024-03-13").keys()
        < accounts(api, "units/norsi-avt-6/").keys()
    )


def test_before_the_night_there_is_no_strike(api):
    api(f"strikes/{NORSI}/?known_at=2024-03-11", status=404)
    api(f"strikes/{NORSI}/accounts/?as_of=2024-03-11", status=404)
    assert api("strikes/?facility=norsi&known_at=2024-03-11")["count"] == 1  # the incident of January


def test_what_carries_the_date_of_the_night_is_known_by_that_date_on_its_own_clock(api):
    """Most pages name no zone: their 12 March ends at noon UTC on the 13th."""
    query = f"claims/?strike={NORSI}"
    carrying = {
        row["id"]
        for row in api.every(f"{query}&page_size=100")
        if "2024-03-12"
        in (row["report"]["issued_at"]["local_date"], (row["said_at"] or {}).get("local_date"))
    }
    assert {row["id"] for row in api.every(f"{query}&known_at=2024-03-12")} == carrying
    assert len(carrying) == 19
    assert api(f"{query}&known_at=2024-03-12T23:59:59Z")["count"] == 6


# The raid ------------------------------------------------------------------------------------------------


def test_the_raid_is_disputed_denied_and_confirmed_point_by_point(api):
    raid = accounts(api, f"strikes/{RAID}/")
    crossed = account_about(raid, "crossed into the Kursk and Belgorod regions")
    assert (crossed["dispute"], crossed["origins_for"], crossed["origins_against"]) == ("disputed", 1, 1)
    assert keys(crossed) == {
        "pro-ukrainian-militias": "positive",
        "roman-starovoyt": "negative",
        "al-jazeera": None,
    }
    # What the page says itself, in its headings too, is Al Jazeera's copy, and adds no voice to the groups' own.
    said_by_the_page = [claim for claim in crossed["for"] if claim["actor"]["id"] == "world-today-news"]
    assert [claim["not_counted_because"] for claim in said_by_the_page] == ["echo"] * 3
    incursion = account_about(raid, "full-scale incursion")
    assert (incursion["dispute"], incursion["for"]) == ("denied", [])
    assert heard(incursion, "against") == [("roman-starovoyt", "denies")]
    shooting = account_about(raid, "shoot-out")
    assert (shooting["dispute"], shooting["against"]) == ("single_origin", [])
    assert {actor for actor, _ in heard(shooting, "for")} == {"roman-starovoyt"}
    orders = account_about(raid, "acted on Kyiv's orders")
    assert (orders["dispute"], orders["for"]) == ("denied", [])
    assert keys(orders) == {"ukrainian-defence-intelligence": "negative"}
    assert {actor for actor, _ in heard(orders, "against")} == {
        "andriy-yusov",
        "ukrainian-defence-intelligence",
    }


# Who changed their word ------------------------------------------------------------------------------------


def test_a_governor_who_corrected_himself_is_one_origin_on_one_side(api):
    accounts_by_text = accounts(api, "strikes/2024-03-13-novoshakhtinsk/")
    account = account_about(accounts_by_text, "came down on the territory")
    (origin,) = account["origins"]
    assert (origin["key"], origin["side"], origin["claims"], origin["documents"]) == (
        "vasily-golubev",
        "positive",
        1,
        1,
    )
    assert account["documents"] == 2
    assert (account["dispute"], account["origins_for"], account["origins_against"]) == ("single_origin", 1, 0)
    (fell,), (destroyed,) = account["for"], account["against"]
    assert (fell["counts"], destroyed["counts"]) == (True, False)
    assert (fell["not_counted_because"], destroyed["not_counted_because"]) == (None, "outdated")
    thread = api(f"claims/{destroyed['id']}/thread/")
    assert [(link["claim"], link["kind"], link["other"]) for link in thread["relations"]] == [
        (fell["id"], "corrects", destroyed["id"])
    ]


def test_a_chief_executive_takes_back_by_afternoon_what_he_said_in_the_morning(api):
    address = "strikes/2024-03-22-dnipro-hpp/"
    account = account_about(accounts(api, address), "Dnipro HPP was being lost")
    assert keys(account)["ukrhydroenergo"] == "negative"
    assert [
        (claim["stance"], claim["counts"]) for claim in account["for"] if claim["origin"] == "ukrhydroenergo"
    ] == [("asserts", False)]


# The whole country ---------------------------------------------------------------------------------------


def test_shares_of_the_country_stand_side_by_side_and_are_never_one_range(api):
    accounts_by_text = accounts(api, "regions/RU/?topic=capacity")
    offline = account_about(accounts_by_text, "put part of Russia's oil-refining capacity out of operation")
    shares = sorted(numbers(offline), key=lambda number: number[2])
    assert shares == [
        ("capacity_offline", 7, "2024-03-15"),
        ("capacity_offline", 14, "2024-03-28"),
        ("capacity_offline", 10, "2024-04-30"),
    ]
    hit = account_about(accounts_by_text, "three refineries hit")
    assert [number[:2] for number in numbers(hit)] == [("capacity_of_facilities_hit", 12)]
    assert {origin["key"] for origin in hit["origins"]} == {"bloomberg"}
    assert offline["id"] != hit["id"]
    assert {offline["strike"], hit["strike"]} == {None}
    assert accounts(api, "regions/RU/?topic=capacity&known_at=2024-03-13") == {}
    earlier = accounts(api, "regions/RU/?topic=capacity&known_at=2024-03-20")
    assert [number[1] for number in numbers(account_about(earlier, "put part of"))] == [7]


# Everything ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query",
    one_in(4, ["as_of=2024-04-01&known_at=2024-03-25", "known_at=2024-03-20", "as_of=2024-03-20", ""]),
)
def test_accounts_lists_and_summaries_agree_at_every_strike(api, query):
    columns = ("dispute", "origins_for", "origins_against", "origins_forecasting", "documents")
    columns += ("explanation", "would_change", "rank")
    points = {row["id"]: row for row in api.every(f"propositions/?page_size=500&{query}")}
    strikes = api.every(f"strikes/?page_size=500&{query}")
    assert strikes
    for strike in strikes:
        accounts_by_text = accounts(api, f"strikes/{strike['id']}/?{query}")
        states = dict.fromkeys(strike["summary"]["propositions"], 0)
        said, taking_sides, forecasting = 0, set(), set()
        for account in accounts_by_text.values():
            row = points[account["id"]]
            assert [account[name] for name in columns] == [row[name] for name in columns]
            states[account["dispute"]] += 1
            said += sum(account["totals"].values())
            if not account["open"]:
                by_side = {side: keys_on(account, side) for side in ("positive", "negative", "forecast")}
                taking_sides |= by_side["positive"] | by_side["negative"]
                forecasting |= by_side["forecast"]
                counts = [len(of_side) for of_side in by_side.values()]
                assert counts == [account[f"origins_{side}"] for side in ("for", "against", "forecasting")]
        summary = strike["summary"]
        assert (summary["propositions"], summary["claims"]) == (states, said)
        assert (summary["origins"], summary["origins_forecasting"]) == (len(taking_sides), len(forecasting))
    listed = {row["strike"]["id"] for row in points.values() if row["strike"] is not None}
    assert listed <= {strike["id"] for strike in strikes}


# In one request ------------------------------------------------------------------------------------------


def test_refineries_hit_in_russia_with_independent_origins_each_are_one_request(api):
    struck = api("strikes/?country=RU&facility_kind=refinery&kind=strike&page_size=500")
    assert struck["next"] is None
    main_points = {row["facility"]["id"]: row["main_point"] for row in struck["results"]}
    assert main_points["norsi"] == {
        "proposition": account_about(accounts(api, f"strikes/{NORSI}/"), "NORSI refinery was attacked")["id"],
        "topic": "facility_hit",
        "dispute": "agreed",
        "origins_for": 2,
        "origins_against": 0,
    }
    hit = {
        facility: (main["topic"], main["origins_for"], main["origins_against"])
        for facility, main in main_points.items()
        if main is not None
    }
    one, two = ("facility_hit", 1, 0), ("facility_hit", 2, 0)
    assert hit == {
        "afipsky-refinery": one,
        "ilsky-refinery": one,
        "norsi": two,
        "novoshakhtinsk-refinery": one,
        "ryazan-refinery": one,
        "slavneft-yanos": one,
        "slavyansk-refinery": ("occurrence", 1, 0),
        "syzran-refinery": two,
        "volgograd-refinery": two,
    }


def test_the_main_point_is_ranked_before_every_other_of_its_topic(api):
    for strike in api.every("strikes/?page_size=500"):
        points = api(f"propositions/?strike={strike['id']}&topic=facility_hit,occurrence")["results"]
        by_id = {point["id"]: point for point in points}
        about = [
            point
            for point in points
            if point["topic"] == "facility_hit"
            and strike["kind"] != "wave"
            and (point["subject"] is None or point["subject"]["id"] == (strike["facility"] or {}).get("id"))
        ] or [point for point in points if point["topic"] == "occurrence"]
        main = strike["main_point"]
        if not about:
            assert main is None
            continue
        assert main["proposition"] == min(about, key=lambda point: point["rank"])["id"]
        same = by_id[main["proposition"]]
        assert {name: main[name] for name in main if name != "proposition"} == {
            name: same[name] for name in main if name != "proposition"
        }
