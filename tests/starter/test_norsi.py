"""What the record says of NORSI, the wave and the raid of 12 March 2024, over HTTP."""

import pytest

SEED = "rep_qqf96g0k1hc0"


def proposition(api, words):
    rows = [row for row in api.every("propositions/?page_size=500") if words in row["text"]]
    assert len(rows) == 1, [row["text"] for row in rows]
    return rows[0]


def test_a_facility_finds_its_strike_and_its_january_incident(api):
    answer = api("strikes/?facility=norsi")
    assert {(row["id"], row["kind"]) for row in answer["results"]} == {
        ("2024-03-12-norsi", "strike"),
        ("2024-01-04-norsi", "incident"),
    }
    assert answer["count"] == 2


def test_a_unit_is_known_under_all_its_names(api):
    unit = api("units/norsi-avt-6/")
    assert unit["designation"] == "AVT-6"
    assert unit["facility"]["id"] == "norsi"
    assert {"CDU-6", "АВТ-6"} <= {name["name"] for name in unit["names"]}


def test_declining_and_not_responding_and_a_later_statement_stay_three(api):
    declined = api.every("claims/?actor=lukoil&stance=declines_to_comment")
    silent = api.every("claims/?actor=lukoil&stance=no_response")
    asserted = api.every("claims/?actor=lukoil&topic=operations_halted&stance=asserts,confirms")
    assert len(declined) == 1
    assert declined[0]["report"]["id"] == SEED
    assert silent
    assert asserted
    assert not {row["id"] for row in declined} & {row["id"] for row in silent}
    assert {row["polarity"] for row in declined + silent} == {"neutral"}
    assert {row["polarity"] for row in asserted} == {"positive"}


def test_twenty_five_drones_are_one_count_over_an_incomplete_list_of_regions(api):
    counts = api.every(f"weapon-counts/?outcome=intercepted&report={SEED}")
    assert len(counts) == 1
    assert (counts[0]["low"], counts[0]["best"], counts[0]["high"]) == (25, 25, 25)
    assert len(counts[0]["regions"]) == 7
    assert counts[0]["regions_complete"] is False
    assert counts[0]["weapon"] == ["drone"]


def test_a_stated_split_names_its_total_and_adds_up_to_it(api):
    rows = api.every("weapon-counts/?outcome=intercepted&page_size=500")
    totals = {row["id"]: row for row in rows if row["best"] == 25}
    split = [row for row in rows if row["part_of"] and row["part_of"]["id"] in totals]
    by_total = {}
    for row in split:
        by_total.setdefault(row["part_of"]["id"], []).append(row["best"])
    assert sorted(sum(parts) for parts in by_total.values()) == [18, 25]


def test_at_least_half_is_a_bound_and_never_a_value(api):
    rows = api.every("damage-estimates/?facility=norsi&comparator=at_least")
    of_the_seed = [row for row in rows if row["claim"]["report"]["id"] == SEED]
    assert len(of_the_seed) == 1
    half = of_the_seed[0]
    assert (half["low"], half["best"], half["high"]) == (50, None, None)
    assert (half["unit_of_measure"], half["denominator"]) == ("percent", "facility_output")
    claim = api(f"claims/{half['claim']['id']}/")
    assert claim["attribution"] == "outlet_inference"
    assert claim["actor"]["id"] == "world-today-news"
    assert claim["origin"] == "reuters"


def test_a_reader_can_put_the_article_together_again(api):
    pages = api.every(f"claims/?report={SEED}&ordering=position&page_size=7")
    assert [row["position"] for row in pages] == list(range(32))
    backwards = api.every(f"claims/?report={SEED}&ordering=-position&page_size=500")
    assert [row["id"] for row in backwards] == [row["id"] for row in reversed(pages)]
    assert [row["part"] for row in pages[:4]] == ["headline", "subheadline", "subheadline", "subheadline"]


@pytest.mark.parametrize(
    ("words", "state", "origins_for", "origins_against"),
    [
        ("The NORSI refinery was attacked", "agreed", 2, 0),
        ("AVT-6, the main crude distillation unit, was damaged", "single_origin", 1, 0),
        ("At least part of the output of NORSI was halted", "single_origin", 1, 0),
        # The militias beside two sentences of newsrooms without a source, which echo them.
        ("crossed into the Kursk and Belgorod regions", "disputed", 1, 1),
        ("A full-scale incursion took place", "denied", 0, 1),
        ("shoot-out in the Kursk region", "single_origin", 1, 0),
        ("acted on Kyiv's orders", "denied", 0, 1),
        ("Russian air defence shot down 25 drones", "single_origin", 1, 0),
    ],
)
def test_how_the_origins_stand(api, words, state, origins_for, origins_against):
    row = proposition(api, words)
    assert (row["dispute"], row["origins_for"], row["origins_against"]) == (
        state,
        origins_for,
        origins_against,
    )


def test_pages_that_repeat_one_agency_are_documents_and_not_origins(api):
    damaged = proposition(api, "AVT-6, the main crude distillation unit, was damaged")
    assert damaged["documents"] == 2
    claims = api.every(f"claims/?proposition={damaged['id']}")
    assert {claim["origin"] for claim in claims} == {"reuters"}


def test_a_burning_crude_unit_on_telegram_is_about_the_refinery(api):
    claims = api.every("claims/?actor=russian-telegram-channels&strike=2024-03-12-norsi")
    assert {claim["proposition"]["subject"]["id"] for claim in claims} == {"norsi"}


def test_a_spokesman_and_his_agency_are_one_voice_against_orders_from_kyiv(api):
    row = proposition(api, "acted on Kyiv's orders")
    claims = api.every(f"claims/?proposition={row['id']}")
    assert {claim["actor"]["id"] for claim in claims} == {"andriy-yusov", "ukrainian-defence-intelligence"}
    assert {claim["origin"] for claim in claims} == {"ukrainian-defence-intelligence"}


def test_who_sent_the_drones_is_an_open_question_with_answers(api):
    question = proposition(api, "Who carried out the drone attacks")
    assert question["open"] is True
    claims = api.every(f"claims/?proposition={question['id']}")
    assert {claim["stance"] for claim in claims} == {"neither_confirms_nor_denies", "no_response"}


def test_rival_capacities_stand_side_by_side(api):
    rows = api.every("capacities/?facility=norsi")
    stated = {(row["best"], row["unit_of_measure"], row["basis"]) for row in rows if row["unit"] is None}
    assert {(17, "mt_per_year", "nameplate"), (340, "kbbl_per_day", "nameplate")} <= stated


def test_a_wave_is_exact_by_strike_and_whole_by_wave(api):
    assert [row["id"] for row in api("strikes/?strike=2024-03-12-russia")["results"]] == ["2024-03-12-russia"]
    below = {row["id"] for row in api("strikes/?wave=2024-03-12-russia")["results"]}
    assert {"2024-03-12-russia", "2024-03-12-norsi", "2024-03-12-oryol"} <= below


def test_what_is_on_the_record_was_recorded_when_its_report_was_issued(api):
    reports = api.every("reports/?page_size=500")
    first, *_, last = sorted(row["recorded_at"] for row in reports)
    assert first == "1988-12-31T23:59:59Z"
    assert last == "2026-07-31T23:59:59Z"
    assert {
        row["id"] for row in reports if row["recorded_at"][:10] != row["issued_at"]["local_date"]
    } == set()
