"""The record beside the sheets it was entered from: no number, bound, hedge or speaker changed on the way.

`facts/` holds the sheets. A row of `fixtures/` names in `fact` the rows that it came from. What a sheet
says is read by the tables below and compared with what the API answers; what differs on purpose stands
in a list, with its reason, and a list that names something which does not differ is wrong as well.
"""

import re
from decimal import Decimal

from tests.starter.fact_sheets import (
    LEFT_OUT,
    NAMED,
    NUMBERS,
    id_of,
    local_day,
    local_time,
    one_per_line,
    plain_number,
    rows_by_fact,
    sheet,
    sheet_by_id,
)

# Coverage ---------------------------------------------------------------------------------------


def test_every_row_of_the_sheets_is_on_the_record_or_left_out_for_a_reason(record):
    facts = {row for name in NAMED for row in sheet_by_id(name)}
    assert rows_by_fact().keys() - facts == set(), "no sheet has these"
    assert facts - rows_by_fact().keys() == LEFT_OUT.keys()
    hidden = {
        (fact, public_id)
        for fact, rows in rows_by_fact().items()
        for collection, public_id in rows
        if public_id not in record[collection]
    }
    assert hidden == set()


def test_every_claim_and_every_number_names_the_rows_it_was_entered_from(record):
    came_from_a_sheet = {row for rows in rows_by_fact().values() for row in rows}
    public = {
        (collection, public_id)
        for collection in ["reports", "claims", "evidence", *NUMBERS]
        for public_id in record[collection]
    }
    assert public - came_from_a_sheet == set()


# Numbers ----------------------------------------------------------------------------------------

# What a sheet calls a thing, and the record's word for it: a metric, an outcome of weapons, or the basis of a
# capacity.
WHAT = {
    "affected_primary_capacity": "other",
    "capacity_lost": "capacity_offline",
    "capacity_lost_share": "capacity_offline",
    "capacity_of_sites_hit_share": "capacity_of_facilities_hit",
    "capacity_utilisation": "utilisation",
    "damage_cost": "damage_cost",
    "distance_from_border": "distance",
    "downed": "intercepted",
    "drones_downed": "intercepted",
    "drones_hit": "hit",
    "drones_used": "launched",
    "evacuated": "people_evacuated",
    "explosions": "impacts",
    "fire_area": "area_burned",
    "fire_duration": "fire_duration",
    "gasoline_output_cut": "output_cut",
    "gasoline_share": "output",
    "households_reconnected": "share_restored",
    "idled_capacity": "capacity_offline",
    "idled_capacity_share": "capacity_offline",
    "injured": "people_injured",
    "interceptors_claimed_downed": "intercepted",
    "killed": "people_killed",
    "launched": "launched",
    "missile_hits": "hit",
    "missiles_aimed_ytd": "launched",
    "nameplate_capacity": "nameplate",
    "production_halted_share": "output_halted",
    "refineries_on_fire": "other",
    "repair_cost": "repair_cost",
    "repair_duration": "repair_duration",
    "replacement_cost": "replacement_cost",
    "responders": "other",
    "strikes_carried_out": "other",
    "tanks_on_fire": "tanks_damaged",
    "throughput": "throughput",
    "unit_capacity": "unspecified",
    "unit_capacity_share": "unspecified",
    "unit_load": "utilisation",
    "units_offline": "units_offline",
}
# A unit of a sheet, the unit in which it is compared, how many of the one make one of the other, and the whole that
# a percentage is a part of. Kilo- and million-units of the record are compared in their base units.
UNITS = {
    "GW": ("gw", 1),
    "MW": ("mw", 1),
    "Mt per quarter": ("mt_per_quarter", 1),
    "Mt/y": ("mt_per_year", 1),
    "drone": ("drone", 1),
    "explosion": ("count", 1),
    "kbbl/d": ("bbl_per_day", 1000),
    "kt/d": ("t_per_day", 1000),
    "million USD": ("usd", 1_000_000),
    "missile+drone": ("drone+missile", 1),
    "percent_of_facility_capacity": ("percent of facility_capacity", 1),
    "percent_of_facility_output": ("percent of facility_output", 1),
    "percent_of_national": ("percent of country_capacity", 1),
    "percent_of_operator_capacity": ("percent of operator_capacity", 1),
    "percent_of_operator_thermal_capacity": ("percent of operator_capacity", 1),
    "strike": ("count", 1),
} | {
    unit: (unit, 1)
    for unit in [
        "facility",
        "hour",
        "km",
        "m2",
        "minute",
        "missile",
        "month",
        "person",
        "rocket",
        "tank",
        "unit",
    ]
}
BASE = {"kbbl_per_day": ("bbl_per_day", 1000), "kt_per_day": ("t_per_day", 1000)}

# A bound of a sheet as the record has it: the word, which of low, best and high are given, and whether "or more".
BOUNDS = {
    "approx": "approximately -/{0}/-",
    "at_least": "at_least {0}/-/-",
    "at_least_range": "range {0}/-/{1} or more",
    "at_most": "at_most -/-/{1}",
    "exact": "exactly {0}/{0}/{0}",
    "more_than": "more_than {0}/-/-",
    "range": "range {0}/-/{1}",
    "range_open": "range {0}/-/{1} or more",
}
# Where the sheet's note, or its whole, makes another number of it.
OTHERWISE = {
    "e-a12": [  # Two shares of two wholes are no range.
        "exactly 14/14/14 percent of country_capacity other",
        "exactly 17/17/17 percent of country_throughput other",
    ],
    "e-dn4": ["exactly 1504/1504/1504 mw nameplate", "exactly 1569/1569/1569 mw nameplate"],  # two sources
    "e-kn1": ["exactly 444/444/444 mw nameplate", "exactly 458/458/458 mw nameplate"],  # two sources
    "e-sy3": [  # two sources
        "exactly 8.5/8.5/8.5 mt_per_year nameplate",
        "exactly 8.9/8.9/8.9 mt_per_year nameplate",
    ],
    "e-tr1": ["exactly 1800/1800/1800 mw nameplate"] * 2,  # two sources, one figure
    "e-dn5": ["approximately -/33.3/- percent of facility_capacity capacity_offline"],  # "a third"
    "e-dt6": ["almost -/2/2 gw capacity_offline"],  # "almost 2 GW"
    "e-us1": ["almost -/7/7 mt_per_year throughput"],  # "almost 7"
    "e-kh1": ["approximately -/40/- percent of unspecified share_restored"],
    "e-ku2": ["approximately -/50/- percent of facility_capacity capacity_offline"],  # of the capacity
    "e-n4": ["approximately -/11/- percent of other output"],  # of Russia's gasoline
    "e-n6": ["approximately -/60/- percent of unit_capacity utilisation"],
    "e-n11": ["exactly 64/64/64 percent of facility_capacity utilisation"],
    "e-r5": ["exactly 36/36/36 percent of facility_capacity utilisation"],
    "e-w22a": ["exactly 63/63/63 drone launched", "exactly 88/88/88 missile launched"],
    "e-w22b": ["exactly 55/55/55 drone intercepted", "exactly 37/37/37 missile intercepted"],
}
ALSO = {  # what a note states beside the number
    "e-ki1": [
        "approximately -/355000/- bbl_per_day throughput",
        "approximately -/6.4/- percent of country_throughput throughput",
    ],
    "e-ku1": ["exactly 70000/70000/70000 bbl_per_day unspecified"],
    "e-ku4": ["exactly 1.34/1.34/1.34 percent of country_throughput throughput"],
    "e-n3": ["approximately -/5.8/- percent of country_throughput throughput"],
    "e-sl2": ["exactly 25/25/25 count other"],
    "e-w11": ["exactly 57/57/57 drone+missile intercepted"],
    "e-w29": ["exactly 84/84/84 drone+missile intercepted"],
}


def line_of(row):
    """A number of the record on one line: word, low/best/high, unit, whole, and what it counts."""
    unit = "+".join(sorted(row["weapon"])) if "weapon" in row else row["unit_of_measure"]
    unit, factor = BASE.get(unit, (unit, 1))
    bounds = "/".join(plain_number(row[bound], factor) for bound in ("low", "best", "high"))
    whole = f" of {row['denominator']}" if row.get("denominator") else ""
    counted = row.get("outcome") or row.get("metric") or row["basis"]
    open_end = " or more" if row["or_more"] else ""
    opened = {"more_than": (True, False), "almost": (False, True)}.get(row["comparator"], (False, False))
    assert (row["low_open"], row["high_open"]) == opened
    return f"{row['comparator']} {bounds}{open_end} {unit}{whole} {counted}"


def expected_lines(row):
    """What the record should have of a row of estimates.csv."""
    if row["estimate_id"] in OTHERWISE:
        return OTHERWISE[row["estimate_id"]]
    unit, factor = UNITS[row["unit"]]
    low, high = (plain_number(row[name] or None, factor) for name in ("value_low", "value_high"))
    return [f"{BOUNDS[row['bound']].format(low, high)} {unit} {WHAT[row['metric']]}"]


TIMES = {"event_time", "outage_duration", "outage_end_forecast"}
MEASURED = [row for row in sheet("estimates") if row["metric"] not in TIMES]


def test_every_number_is_the_one_of_the_sheet(record):
    differences = []
    for row in MEASURED:
        name = row["estimate_id"]
        if name in LEFT_OUT:
            continue
        recorded = sorted(map(line_of, record.rows_of(name, *NUMBERS)))
        expected = sorted(expected_lines(row) + ALSO.get(name, []))
        if recorded != expected:
            differences.append((name, recorded, expected))
    assert not differences, one_per_line(differences)


def test_every_number_hangs_on_its_claim(record):
    differences = []
    for row in MEASURED:
        for number in record.rows_of(row["estimate_id"], "damage-estimates", "weapon-counts"):
            claims = record.ids(row["claim_id"] or row["estimate_id"], "claims")
            if number["claim"]["id"] not in claims:
                differences.append((row["estimate_id"], number["claim"]["display"]))
    assert not differences, one_per_line(differences)


def test_every_number_is_about_its_facility_and_unit(record):
    differences = []
    for row in MEASURED:
        for capacity in record.rows_of(row["estimate_id"], "capacities"):
            units = record.ids(row["unit_id"], "units")
            if capacity["facility"]["id"] not in record.ids(row["facility_id"], "facilities") or (
                units and id_of(capacity["unit"]) not in units
            ):
                differences.append((row["estimate_id"], capacity["display"]))
    assert not differences, one_per_line(differences)


def test_every_time_is_the_one_of_the_sheet(record):
    differences = []
    for row in sheet("estimates"):
        if row["metric"] not in TIMES:
            continue
        times = [
            (claim["stance"], claim["event_time"])
            for claim in record.rows_of(row["estimate_id"], "claims")
            if claim["event_time"] and claim["event_time"]["latest"]
        ]
        if row["metric"] == "event_time":
            recorded = [
                (local_time(time, "earliest")[11:], local_time(time, "latest")[11:]) for _, time in times
            ]
        elif row["metric"] == "outage_end_forecast":
            recorded = [
                (local_time(time, "earliest")[:10], local_time(time, "latest")[:10])
                for stance, time in times
                if stance == "forecasts"
            ]
        else:
            lasted = [
                str((local_day(time, "latest") - local_day(time, "earliest")).days) for _, time in times
            ]
            recorded = [(days, days) for days in lasted if days != "0"]
        if recorded != [(row["value_low"], row["value_high"])]:
            differences.append((row["estimate_id"], recorded))
    assert not differences, one_per_line(differences)


# A number that no row of estimates.csv has stands in the sentence of a claim, a unit or a facility.
SPELT = {
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "no": 0,
    "nobody": 0,
    "half": 50,
    "complete": 100,
    "second": 1,
    "third": 1,
}
HEDGES = {
    "about": "approximately",
    "at least": "at_least",
    "over": "more_than",
    "more than": "more_than",
    "several": "vague",
    "from": "range",
}
SENTENCES = {  # what the words mean where they hold another number, or none
    "c-syz-3": "about 30",
    "c-dtek-1": "from 50 to 100",
    "c-dev12-5": "one drone",
    "c-kir-1": "one drone; no casualties",
    "c-ory-2": "one tank",
    "c-sla-3": "one employee",
    "c-ust-5": "two tanks and one pumping station",
}


def numbers_in(text):
    digits = {Decimal(word.replace(",", "")) for word in re.findall(r"\d[\d,]*(?:\.\d+)?", text)}
    return digits | {Decimal(SPELT[word]) for word in re.findall(r"[a-z]+", text.lower()) if word in SPELT}


def test_every_number_beside_the_estimates_stands_in_the_sentence_of_its_claim(record):
    estimates = {
        number for row in sheet("estimates") for number in rows_by_fact().get(row["estimate_id"], [])
    }
    differences = []
    for name, row in sheet_by_id("claims").items():
        text = SENTENCES.get(name, f"{row['text_paraphrase']} {row['note']}")
        for kind in ("damage-estimates", "weapon-counts"):
            for number in record.rows_of(name, kind):
                if (kind, number["id"]) in estimates:
                    continue
                bounds = {Decimal(str(number[b])) for b in ("low", "best", "high") if number[b] is not None}
                hedged = [word for hedge, word in HEDGES.items() if f"{hedge} " in f"{text} ".lower()]
                if not bounds <= numbers_in(text) or number["comparator"] not in ["exactly", *hedged]:
                    differences.append((name, text, number["display"]))
    assert not differences, one_per_line(differences)


# Capacities -------------------------------------------------------------------------------------


def test_the_capacities_of_facilities_and_units_are_those_of_the_sheets(record):
    differences = []
    for name in ("facilities", "units"):
        for fact, row in sheet_by_id(name).items():
            if not row["capacity_value"]:
                continue
            unit, factor = UNITS[row["capacity_unit"]]
            report = row.get("capacity_document_id") or row["document_ref"]
            recorded = {
                line_of(capacity).split(" ", 1)[1].rsplit(" ", 1)[0]
                for capacity in record.rows_of(fact, "capacities")
                if capacity["report"]["id"] in record.ids(report, "reports")
            }
            number = plain_number(row["capacity_value"], factor)
            forms = [f"{number}/{number}/{number} {unit}", f"-/{number}/- {unit}", f"{number}/-/- {unit}"]
            if not recorded & set(forms):
                differences.append((fact, recorded, forms[0]))
    assert not differences, one_per_line(differences)
