"""What the starter record says of outages: how long, by whose word, and where its sources part."""

import pytest

AVT_6 = "units/norsi-avt-6/timeline/"


def outages(api, address):
    return api(address)["outages"]


def the_outage(api, address):
    (outage,) = outages(api, address)
    return outage


def at(edge):
    return edge["at"] and edge["at"]["local_date"], edge["at"] and edge["at"]["local_until"]


# NORSI ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("policy", ["latest", "widest", "operator_first"])
def test_avt_6_was_offline_for_102_days(api, policy):
    outage = the_outage(api, f"{AVT_6}?policy={policy}")
    halted, reduced = outage["phases"]
    assert (halted["state"], at(halted["start"])) == ("halted", ("2024-03-12", "2024-03-12"))
    assert (at(halted["end"]), halted["end"]["kind"]) == (("2024-06-22", "2024-06-22"), "fact")
    assert outage["days"] == {"low": 102, "high": 102}
    assert set(halted["start"]["issuers"]) == {"reuters", "reuters-industry-sources"}
    assert set(halted["end"]["issuers"]) == {"reuters-industry-sources"}
    for edge in ("start", "end"):
        for claim in halted[edge]["claims"]:
            assert api(f"claims/{claim}/")["proposition"]["topic"] in ("operations_halted", "recovery")
    # No full return was claimed: it goes on, at about 60 %.
    assert (reduced["state"], at(reduced["start"])) == ("reduced", ("2024-06-22", "2024-06-22"))
    assert (outage["end"]["at"], outage["end"]["kind"]) == (None, "open")
    assert {number["metric"] for number in reduced["load"]} == {"utilisation", "throughput"}


def test_a_table_that_says_that_it_began_and_went_on_is_no_rival(api):
    """The row of 15 March reads: since 12 March, ongoing."""
    outage = the_outage(api, AVT_6)
    table = api.every("claims/?unit=norsi-avt-6&actor=reuters&topic=operations_halted")
    (row,) = table
    assert (row["said_at"]["local_date"], row["event_time"]["local_date"], row["event_time"]["latest"]) == (
        "2024-03-15",
        "2024-03-12",
        None,
    )
    assert row["id"] in outage["start"]["claims"]
    assert outage["rivals"]["start"] == []
    # Before it was put right it was a rival, and the past still says so.
    before = the_outage(api, f"{AVT_6}?as_of=2024-12-31")
    assert [rival["issuers"] for rival in before["rivals"]["start"]] == [["reuters"]]


def test_an_outage_of_a_plant_whose_size_nobody_stated_is_no_zero(api):
    answer = api(
        "stats/capacity-offline/?facility=tuapse-refinery&unit_of_measure=kt_per_day&interval=month"
        "&after=2024-01-01&before=2024-04-01"
    )
    assert [point["unquantified"] for point in answer["points"]] == [1, 1, 1]
    assert [point["best"] for point in answer["points"]] == [None, None, None]


def test_nothing_is_known_of_the_years_before_the_record_begins(api):
    query = "country=RU&unit_of_measure=kt_per_day&interval=month&after=2019-01-01&before=2020-01-01"
    points = api(f"stats/capacity-offline/?{query}")["points"]
    assert len(points) == 12
    for point in points:
        assert [point[bound] for bound in ("low", "best", "high")] == [None, None, None]
        assert point["coverage"]["facilities"] == 0 < point["coverage"]["of"]


def test_avt_6_restarted_at_about_sixty_percent(api):
    outage = the_outage(api, AVT_6)
    loads = {number["metric"]: number for number in outage["load"]}
    assert (loads["utilisation"]["comparator"], loads["utilisation"]["best"]) == ("approximately", 60)
    assert (loads["utilisation"]["low"], loads["utilisation"]["high"]) == (None, None)
    assert loads["utilisation"]["denominator"] == "unit_capacity"
    assert (loads["throughput"]["best"], loads["throughput"]["unit_of_measure"]) == (15_800, "t_per_day")


def test_every_forecast_of_the_return_of_avt_6_is_scored(api):
    forecasts = {forecast["issuer"]: forecast for forecast in the_outage(api, AVT_6)["forecasts"]}
    quarter = forecasts["reuters-lukoil-source"]
    assert (quarter["predicted"]["local_date"], quarter["predicted"]["local_until"]) == (
        "2024-04-01",
        "2024-06-30",
    )
    assert (quarter["outcome"], quarter["days_late"]) == ("met", 0)
    table = forecasts["reuters"]
    assert table["predicted"]["local_date"] == "2024-06-30"
    assert (table["outcome"], table["days_late"]) == ("early", -8)
    claims = api.every("claims/?unit=norsi-avt-6&topic=recovery&stance=forecasts")
    assert {forecast["claim"]["id"] for forecast in forecasts.values()} == {claim["id"] for claim in claims}


def test_in_may_the_outage_of_avt_6_was_open_and_its_forecasts_pending(api):
    outage = the_outage(api, f"{AVT_6}?known_at=2024-05-01")
    assert outage["end"]["kind"] == "forecast"
    assert at(outage["end"]) == ("2024-04-01", "2024-06-30")
    assert outage["days"] is None
    assert [forecast["outcome"] for forecast in outage["forecasts"]] == ["pending", "pending"]
    assert outage["load"] == []
    days = api(
        "stats/capacity-offline/?unit=norsi-avt-6&unit_of_measure=mt_per_year&interval=day&known_at=2024-05-01"
    )
    assert days["points"][-1]["until"] == "2024-05-02"
    last = days["points"][-1]
    assert (last["low"], last["best"], last["coverage"]["facilities"]) == (None, None, 0)
    assert (days["points"][0]["low"], days["points"][0]["unquantified"]) == (9.384, 0)


def test_the_cracker_and_avt_6_are_two_causes_and_not_one_sum(api):
    by_unit = {
        outage["unit"]["id"]: outage
        for outage in outages(api, "facilities/norsi/timeline/?known_at=2024-05-01")
    }
    assert by_unit["norsi-kk-1"]["start"]["at"]["local_date"] == "2024-01-04"
    assert by_unit["norsi-kk-1"]["end"]["kind"] == "forecast"
    assert not set(by_unit["norsi-kk-1"]["claims"]) & set(by_unit["norsi-avt-6"]["claims"])
    series = api(
        "stats/capacity-offline/?facility=norsi&unit_of_measure=kt_per_day&after=2024-04-01&before=2024-05-01"
    )
    (april,) = series["points"]
    only = api(
        "stats/capacity-offline/?unit=norsi-avt-6&unit_of_measure=kt_per_day&after=2024-04-01&before=2024-05-01"
    )
    assert (april["low"], april["best"], april["high"]) == tuple(
        only["points"][0][b] for b in ("low", "best", "high")
    )
    assert any(
        "norsi-kk-1 is a unit of another stage" in left_out["reason"] for left_out in series["left_out"]
    )
    cracker = api(
        "stats/capacity-offline/?unit=norsi-kk-1&unit_of_measure=kt_per_day&after=2024-01-04&before=2024-01-05"
    )
    assert cracker["points"][0]["best"] == 6.3


def test_at_least_half_stays_a_lower_bound(api):
    timeline = api("facilities/norsi/timeline/")
    halved = [number for number in timeline["undated"] if number["metric"] == "output_halted"]
    assert len(halved) == 2
    for number in halved:
        assert (number["comparator"], number["low"], number["best"], number["high"]) == (
            "at_least",
            50,
            None,
            None,
        )
        assert number["denominator"] == "facility_output"
    series = api("stats/capacity-offline/?facility=norsi&unit_of_measure=mt_per_year")
    reasons = {claim: left_out["reason"] for left_out in series["left_out"] for claim in left_out["claims"]}
    assert {reasons[number["claim"]["id"]] for number in halved} == {
        "It says that something was offline, and neither it nor any other claim says from when."
    }
    used = {claim for one in series["points"] for claim in one["claims"]}
    assert not used & {number["claim"]["id"] for number in halved}


def test_shares_of_four_denominators_stand_side_by_side_and_none_follows_from_another(api):
    timeline = api("facilities/norsi/timeline/")
    capacities = {capacity["id"]: capacity for capacity in timeline["capacities"]}
    (avt,) = (outage for outage in timeline["outages"] if outage["unit"]["id"] == "norsi-avt-6")
    shares = {
        (share["denominator"], capacities[share["unit_capacity"]]["best"]): share["best"]
        for share in avt["shares"]
    }
    assert round(shares["facility_capacity", 9]) == 53
    assert round(shares["facility_throughput", 9]) == 57
    halted = {number["denominator"] for number in timeline["undated"] if number["metric"] == "output_halted"}
    assert halted == {"facility_output"}
    # What the plant did before, and while the unit was down: the fall is for the reader to reckon.
    done = [
        capacity
        for capacity in capacities.values()
        if capacity["unit"] is None and capacity["basis"] == "throughput"
    ]
    flows = {
        capacity["period_as_stated"]: capacity
        for capacity in done
        if capacity["unit_of_measure"] != "percent"
    }
    assert flows["2023"]["best"] == 15.8
    assert flows["average while the unit was down, March to June 2024"]["best"] == 22
    assert (
        avt["offline"] == []
    )  # nobody stated how much of the unit was offline, and nothing is put in its place


def test_the_plant_is_never_above_what_it_has_and_says_what_that_is(api):
    series = api(
        "stats/capacity-offline/?facility=norsi&unit_of_measure=mt_per_year&interval=day&before=2024-08-01"
    )
    whole = series["denominator"]
    assert round(whole["best"]) == 17
    assert api(f"capacities/{whole['capacities'][0]}/")["facility"]["id"] == "norsi"
    assert (whole["facilities"], whole["of"]) == (1, 1)
    days = {point["start"]: point for point in series["points"]}
    assert days["2024-03-12"]["best"] == days["2024-06-21"]["best"] == 9
    # Then it ran at about 60 %, and nobody says how much less that was.
    assert (days["2024-06-22"]["best"], days["2024-06-22"]["unquantified"]) == (None, 1)
    assert 9 <= days["2024-06-22"]["high"] < whole["best"]
    assert max(point["high"] or 0 for point in days.values()) <= whole["best"]
    assert sum((point["best"] or 0) > 0 for point in days.values()) == 102


# Volgograd and others ---------------------------------------------------------------------------------


def test_a_table_and_a_later_word_stand_as_rivals_of_the_return_at_volgograd(api):
    outage = the_outage(api, "units/volgograd-elou-avt-5/timeline/")
    assert at(outage["end"]) == ("2024-02-21", "2024-02-21")
    assert outage["end"]["issuers"] == ["reuters-lukoil-source"]
    rivals = {edge["kind"]: edge for edge in outage["rivals"]["end"]}
    assert at(rivals["forecast"]) == ("2024-05-31", "2024-05-31")
    assert rivals["forecast"]["issuers"] == rivals["open"]["issuers"] == ["reuters"]
    assert rivals["open"]["at"] is None
    widest = the_outage(api, "units/volgograd-elou-avt-5/timeline/?policy=widest")
    # The return was told after the forecast, and a fact outranks what was predicted before.
    assert (at(widest["end"]), widest["end"]["kind"]) == (("2024-02-21", "2024-02-21"), "fact")
    assert "2024-05-31" in {edge["at"]["local_date"] for edge in widest["rivals"]["end"] if edge["at"]}
    own = {
        one["issuer"]: one["end"]["kind"]
        for one in the_outage(api, "units/volgograd-elou-avt-5/timeline/?policy=all")["readings"]
    }
    assert own == {"reuters-lukoil-source": "fact", "reuters": "forecast"}


def test_fourteen_percent_of_a_country_stands_beside_the_sum_of_its_units(api):
    series = api("stats/capacity-offline/?country=RU&unit_of_measure=kbbl_per_day&before=2024-05-01")
    numbers = [stated for own in series["stated"] for stated in own["numbers"]]
    shares = [stated for stated in numbers if stated["number"]["unit_of_measure"] == "percent"]
    assert 14 in [share["number"]["best"] for share in shares]
    assert all(share["number"]["converted"] is None for share in shares)
    direct_claims = {stated["number"]["claim"]["id"] for stated in numbers}
    assert direct_claims
    assert not direct_claims & {claim for one in series["points"] for claim in one["claims"]}
    for own in series["stated"]:
        moments = [stated["said_at"] for stated in own["numbers"]]
        assert moments == sorted(moments)
    for point in series["points"]:
        assert point["high"] is None or point["low"] <= point["high"]


def test_every_facility_has_a_timeline_and_a_picture_of_it(api):
    for facility in api.every("facilities/?page_size=500"):
        timeline = api(f"facilities/{facility['id']}/timeline/")
        for outage in timeline["outages"]:
            for edge in (outage["start"], *outage["rivals"]["start"], *outage["rivals"]["end"]):
                assert edge["at"] is None or edge["claims"]
            assert outage["claims"]
        picture = api.raw(f"facilities/{facility['id']}/timeline/?format=svg")
        assert picture["Content-Type"].startswith("image/svg+xml")
