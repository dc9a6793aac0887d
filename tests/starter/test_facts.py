"""The record beside the sheets it was entered from: no number, bound, hedge or speaker changed on the way.

`facts/` holds the sheets. A row of `fixtures/` names in `fact` the rows that it came from. What a sheet
says is read by the tables below and compared with what the API answers; what differs on purpose stands
in a list, with its reason, and a list that names something which does not differ is wrong as well.
"""

import csv
import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from strikes.starter import read
from tests.starter.conftest import FOLDER

SHEETS = Path(__file__).parent / "facts"
NAMED = ["outlets", "documents", "actors", "facilities", "units", "strikes", "claims", "estimates",
         "evidence", "corrections"]  # fmt: skip
NUMBERS = ["damage-estimates", "weapon-counts", "capacities"]

LEFT_OUT = {
    "a-kharkiv-op": "Unknown: no operator was found, and unknown is left out.",
    "e-ku3": "Implied by a production cycle that was suspended; no share was stated.",
    "e-w24": "A sum over rows of a dataset, nobody's statement.",
}


# Reading ----------------------------------------------------------------------------------------


@cache
def sheet(name):
    with (SHEETS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def by_id(name):
    return {next(iter(row.values())): row for row in sheet(name)}


@cache
def entered():
    """Which rows of the record name a row of the sheets, in the order of the files."""
    found = {}
    for entry in read(FOLDER):
        named = entry.values.get("fact") or []
        for fact in [named] if isinstance(named, str) else named:
            found.setdefault(fact, []).append((entry.model.collection, entry.values["id"]))
    return found


class Record:
    """What the API answers, every collection once."""

    def __init__(self, api):
        self.api = api
        self.collections = {}

    def __getitem__(self, collection):
        if collection not in self.collections:
            rows = self.api.every(f"{collection}/?page_size=500")
            self.collections[collection] = {row["id"]: row for row in rows}
        return self.collections[collection]

    def of(self, fact, *collections):
        """The public rows of these collections that name a row of the sheets."""
        return [self[kind][one] for kind, one in entered().get(fact, []) if kind in collections]

    def ids(self, fact, *collections):
        return {row["id"] for row in self.of(fact, *collections)}


@pytest.fixture
def record(record, api):
    return Record(api)


def listed(differences):
    return "\n".join(map(str, differences))


def id_of(row):
    return None if row is None else row["id"]


# Coverage ---------------------------------------------------------------------------------------


def test_every_row_of_the_sheets_is_on_the_record_or_left_out_for_a_reason(record):
    known = {row for name in NAMED for row in by_id(name)}
    assert entered().keys() - known == set(), "no sheet has these"
    assert known - entered().keys() == LEFT_OUT.keys()
    hidden = {
        (fact, one)
        for fact, rows in entered().items()
        for collection, one in rows
        if one not in record[collection]
    }
    assert hidden == set()


def test_every_claim_and_every_number_names_the_rows_it_was_entered_from(record):
    came_from_a_sheet = {row for rows in entered().values() for row in rows}
    public = {(kind, one) for kind in ["reports", "claims", "evidence", *NUMBERS] for one in record[kind]}
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
} | {unit: (unit, 1) for unit in
     ["facility", "hour", "km", "m2", "minute", "missile", "month", "person", "rocket", "tank", "unit"]}  # fmt: skip
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


def plain(number, factor=1):
    return "-" if number is None else format((Decimal(str(number)) * factor).normalize(), "f")


def stated(row):
    """A number of the record on one line: word, low/best/high, unit, whole, and what it counts."""
    unit = "+".join(sorted(row["weapon"])) if "weapon" in row else row["unit_of_measure"]
    unit, factor = BASE.get(unit, (unit, 1))
    bounds = "/".join(plain(row[bound], factor) for bound in ("low", "best", "high"))
    whole = f" of {row['denominator']}" if row.get("denominator") else ""
    what = row.get("outcome") or row.get("metric") or row["basis"]
    open_end = " or more" if row["or_more"] else ""
    opened = {"more_than": (True, False), "almost": (False, True)}.get(row["comparator"], (False, False))
    assert (row["low_open"], row["high_open"]) == opened
    return f"{row['comparator']} {bounds}{open_end} {unit}{whole} {what}"


def meant(row):
    """What the record should have of a row of estimates.csv."""
    if row["estimate_id"] in OTHERWISE:
        return OTHERWISE[row["estimate_id"]]
    unit, factor = UNITS[row["unit"]]
    low, high = (plain(row[name] or None, factor) for name in ("value_low", "value_high"))
    return [f"{BOUNDS[row['bound']].format(low, high)} {unit} {WHAT[row['metric']]}"]


TIMES = {"event_time", "outage_duration", "outage_end_forecast"}
MEASURED = [row for row in sheet("estimates") if row["metric"] not in TIMES]


def test_every_number_is_the_one_of_the_sheet(record):
    wrong = []
    for row in MEASURED:
        name = row["estimate_id"]
        if name in LEFT_OUT:
            continue
        found = sorted(map(stated, record.of(name, *NUMBERS)))
        if found != sorted(meant(row) + ALSO.get(name, [])):
            wrong.append((name, found, sorted(meant(row) + ALSO.get(name, []))))
    assert not wrong, listed(wrong)


def test_every_number_hangs_on_its_claim(record):
    wrong = []
    for row in MEASURED:
        for number in record.of(row["estimate_id"], "damage-estimates", "weapon-counts"):
            claims = record.ids(row["claim_id"] or row["estimate_id"], "claims")
            if number["claim"]["id"] not in claims:
                wrong.append((row["estimate_id"], number["claim"]["display"]))
    assert not wrong, listed(wrong)


def test_every_number_is_about_its_facility_and_unit(record):
    wrong = []
    for row in MEASURED:
        for capacity in record.of(row["estimate_id"], "capacities"):
            units = record.ids(row["unit_id"], "units")
            if capacity["facility"]["id"] not in record.ids(row["facility_id"], "facilities") or (
                units and id_of(capacity["unit"]) not in units
            ):
                wrong.append((row["estimate_id"], capacity["display"]))
    assert not wrong, listed(wrong)


def test_every_time_is_the_one_of_the_sheet(record):
    wrong = []
    for row in sheet("estimates"):
        if row["metric"] not in TIMES:
            continue
        times = [
            (claim["stance"], claim["event_time"])
            for claim in record.of(row["estimate_id"], "claims")
            if claim["event_time"] and claim["event_time"]["latest"]
        ]
        if row["metric"] == "event_time":
            found = [(local(time, "earliest")[11:], local(time, "latest")[11:]) for _, time in times]
        elif row["metric"] == "outage_end_forecast":
            found = [
                (local(time, "earliest")[:10], local(time, "latest")[:10])
                for stance, time in times
                if stance == "forecasts"
            ]
        else:
            lasted = [str((day(time, "latest") - day(time, "earliest")).days) for _, time in times]
            found = [(days, days) for days in lasted if days != "0"]
        if found != [(row["value_low"], row["value_high"])]:
            wrong.append((row["estimate_id"], found))
    assert not wrong, listed(wrong)


def local(moment, edge):
    """An edge of a moment on the clocks of the place, to the minute."""
    instant = datetime.fromisoformat(moment[edge])
    return instant.astimezone(ZoneInfo(moment["timezone"])).strftime("%Y-%m-%dT%H:%M")


def day(moment, edge):
    return date.fromisoformat(local(moment, edge)[:10])


# A number that no row of estimates.csv has stands in the sentence of a claim, a unit or a facility.
SPELT = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "no": 0, "nobody": 0, "half": 50, "complete": 100, "second": 1, "third": 1,
}  # fmt: skip
HEDGES = {
    "about": "approximately", "at least": "at_least", "over": "more_than", "more than": "more_than",
    "several": "vague", "from": "range",
}  # fmt: skip
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
    estimates = {one for row in sheet("estimates") for one in entered().get(row["estimate_id"], [])}
    wrong = []
    for name, row in by_id("claims").items():
        text = SENTENCES.get(name, f"{row['text_paraphrase']} {row['note']}")
        for kind in ("damage-estimates", "weapon-counts"):
            for number in record.of(name, kind):
                if (kind, number["id"]) in estimates:
                    continue
                bounds = {Decimal(str(number[b])) for b in ("low", "best", "high") if number[b] is not None}
                hedged = [word for hedge, word in HEDGES.items() if f"{hedge} " in f"{text} ".lower()]
                if not bounds <= numbers_in(text) or number["comparator"] not in ["exactly", *hedged]:
                    wrong.append((name, text, number["display"]))
    assert not wrong, listed(wrong)


# Capacities -------------------------------------------------------------------------------------


def test_the_capacities_of_facilities_and_units_are_those_of_the_sheets(record):
    wrong = []
    for name in ("facilities", "units"):
        for fact, row in by_id(name).items():
            if not row["capacity_value"]:
                continue
            unit, factor = UNITS[row["capacity_unit"]]
            report = row.get("capacity_document_id") or row["document_ref"]
            found = {
                stated(capacity).split(" ", 1)[1].rsplit(" ", 1)[0]
                for capacity in record.of(fact, "capacities")
                if capacity["report"]["id"] in record.ids(report, "reports")
            }
            number = plain(row["capacity_value"], factor)
            forms = [f"{number}/{number}/{number} {unit}", f"-/{number}/- {unit}", f"{number}/-/- {unit}"]
            if not found & set(forms):
                wrong.append((fact, found, forms[0]))
    assert not wrong, listed(wrong)


# Claims -----------------------------------------------------------------------------------------


def voices(record, row):
    """Who may speak in a claim of the sheet."""
    if row["actor_id"] == "a-outlet":
        outlet = by_id("outlets")[by_id("documents")[row["document_id"]]["outlet_id"]]
        return {source["voice"]["id"] for source in record.of(outlet["outlet_id"], "sources")}
    channel = re.search(r"Telegram \((\w+)\)", row["channel"])
    if row["actor_id"] == "a-tg" and channel:
        return {source["voice"]["id"] for source in record.of(f"out-tg-{channel[1].lower()}", "sources")}
    own = record.ids(row["claim_id"], "actors")
    if row["actor_id"] in ("a-tg", *COLLECTED) and own:
        return own & record.ids(row["actor_id"], "actors")
    return record.ids(row["actor_id"], "actors")


COLLECTED = {"a-src-sbu", "a-src-hur", "a-src-ua", "a-src-emerg", "a-res"}
OTHER_SPEAKERS = {
    "c-s18": {"tass"},  # where the sheet has "via TASS" or "via RIA", the agency speaks
    "c-rya-3": {"tass"},
    "c-tan-5": {"ria-novosti"},
    "c-ust-6": {"ria-novosti"},
    "c-try-4": {"online-ua", "babel"},  # Babel prints the total of the same count
    "c-kli-4": {"ukrainian-media-security-sources", "ukrainian-defence-intelligence"},  # who did not reply
}


def test_every_claim_has_the_speaker_of_the_sheet(record):
    wrong = []
    for name, row in by_id("claims").items():
        meant = OTHER_SPEAKERS.get(name) or voices(record, row)
        found = {claim["actor"]["id"] for claim in record.of(name, "claims")}
        if not found or not found <= meant:
            wrong.append((name, row["actor_id"], found, meant))
    assert not wrong, listed(wrong)


ATTRIBUTIONS = {
    "on_record": {"on_record"},
    "anonymous": {"anonymous"},
    "unattributed": {"unattributed"},
}
OTHER_ATTRIBUTIONS = {
    "c-s18": {"on_record"},  # the agency's word
    "c-rya-3": {"on_record"},
    "c-tan-5": {"on_record"},
    "c-ust-6": {"on_record"},
    "c-s30": {"outlet_inference"},
    "c-sla-2": {"image_analysis"},  # what an outlet sees in a video
    "c-kli-4": {"anonymous", "on_record"},  # the sources; and the agency, which did not reply
}
CHANNELS = {"calculation": {"outlet_calculation"}, "image analysis": {"image_analysis"}}


def test_every_claim_is_as_much_on_the_record_as_in_the_sheet(record):
    wrong = []
    for name, row in by_id("claims").items():
        meant = (
            OTHER_ATTRIBUTIONS.get(name) or CHANNELS.get(row["channel"]) or ATTRIBUTIONS[row["record_status"]]
        )
        found = {claim["attribution"] for claim in record.of(name, "claims")}
        if found != meant:
            wrong.append((name, found, meant))
    assert not wrong, listed(wrong)


STANCES = {  # of which one at least is there, and none that the last column does not have
    "claims": {"asserts", "denies", "confirms", "forecasts", "reports"},
    "reports": {"reports", "asserts", "denies", "cannot_assess"},
    "confirms": {"confirms", "asserts"},
    "denies": {"denies"},
    "disputes": {"disputes", "denies", "asserts", "reports"},
    "corrects": {"asserts", "forecasts"},
    "estimates": {"estimates", "forecasts"},
    "warns": {"asserts"},
    "declines_to_comment": {"declines_to_comment"},
    "no_response": {"no_response"},
    "neither_confirms_nor_denies": {"neither_confirms_nor_denies"},
}
RELATED = {"disputes": {"disputes", "qualifies"}, "corrects": {"corrects"}}


def test_every_claim_takes_the_stance_of_the_sheet(record):
    wrong = []
    for name, row in by_id("claims").items():
        claims = record.of(name, "claims")
        if not {claim["stance"] for claim in claims} & STANCES[row["stance"]]:
            wrong.append((name, row["stance"], [claim["stance"] for claim in claims]))
    assert not wrong, listed(wrong)


def test_every_claim_answers_the_claim_that_it_answers_in_the_sheet(record):
    wrong = []
    for name, row in by_id("claims").items():
        if not row["target_claim_id"]:
            continue
        targets = record.ids(row["target_claim_id"], "claims")
        related = {
            relation["kind"]
            for claim in record.of(name, "claims")
            for relation in claim["relations"]
            if relation["claim"]["id"] in targets
        }
        if not related or not related & RELATED.get(row["stance"], related):
            wrong.append((name, row["stance"], row["target_claim_id"], related))
    assert not wrong, listed(wrong)


def test_every_claim_stands_in_its_document_in_the_order_of_the_sheet(record):
    wrong = []
    for document in by_id("documents"):
        last = -1
        rows = [row for row in sheet("claims") if row["document_id"] == document]
        for row in sorted(rows, key=lambda row: int(row["order_in_document"])):
            name = row["claim_id"]
            claims = [claim for claim in record.of(name, "claims") if claim["actor"]["id"] != "babel"]
            positions = sorted(claim["position"] for claim in claims)
            reports = {claim["report"]["id"] for claim in claims}
            if reports != record.ids(document, "reports") or positions[0] <= last:
                wrong.append((name, document, positions, last))
            last = positions[-1]
    assert not wrong, listed(wrong)


def test_the_parts_of_the_first_article_are_those_of_the_sheet(record):
    parts = {"headline": "headline", "subheadline": "subheadline", "section heading": "subheadline"}
    for name, row in by_id("claims").items():
        if row["document_id"] == "d-seed":
            (claim,) = record.of(name, "claims")
            assert claim["part"] == parts.get(row["channel"], "body")


OTHER_QUOTES = {
    "c-s07": "its invasion of Russia",  # in the note of the sheet
    "c-s32": "Major Oil Refinery Damaged",  # a heading of three words, as it is printed
}


def test_every_quotation_is_the_one_of_the_sheet(record):
    wrong = []
    for name, row in by_id("claims").items():
        found = {claim["quote"].casefold() for claim in record.of(name, "claims") if claim["quote"]}
        quote = row["short_quote"] or OTHER_QUOTES.get(name)
        if found != ({quote.casefold()} if quote else set()):
            wrong.append((name, row["short_quote"], found))
    assert not wrong, listed(wrong)


SPEAKERS = {"c-yar-4": "one source"}  # "source described as", in the singular
COUNTED = {"one": 1, "two": 2, "three": 3, "five": 5}


def test_every_stated_number_of_speakers_is_the_one_of_the_sheet(record):
    wrong = []
    for name, row in by_id("claims").items():
        words = re.search(r"\b(one|two|three|five) (?:unnamed )?sources?", SPEAKERS.get(name, row["note"]))
        said = {COUNTED[words[1]]} if words else {None}
        found = {claim["speakers_stated"] for claim in record.of(name, "claims")}
        if found != said:
            wrong.append((name, row["note"], found))
    assert not wrong, listed(wrong)


OTHER_PLACES = {
    "c-dev12-5": "One drone near Kirishi or two, which is open: this one has a strike of its own.",
    "c-nz-1": "Two units in one row; the outage of the cracker began in January.",
    "c-nz-5": "Asked of the return of the unit.",
    "c-tech-1": "Two units in one row.",
    "c-kir-2": "Three refineries in one row; nothing else has a second attack on Kstovo.",
    "c-sla-6": "It is about the attacks of 16 March, in a report on Slavyansk.",
    "c-hpp-3": "The plant, and a part of it.",
    "c-hpp-6": "Since the start of the year, not one strike.",
    "c-dtek-5": "In all attacks of March, not one strike.",
    "c-kan-1": "Two plants in one row.",
    "c-kan-3": "Two plants in one row.",
    "c-try-3": "What the company lost in all its attacks, not in one strike.",
}


def test_every_claim_is_about_the_strike_and_the_place_of_the_sheet(record):
    wrong = {}
    for name, row in by_id("claims").items():
        strikes = record.ids(row["strike_id"], "strikes") or {None}
        places = record.ids(row["facility_id"], "facilities") | record.ids(row["unit_id"], "units")
        for claim in record.of(name, "claims"):
            point, subject = claim["proposition"], claim["proposition"]["subject"]
            at_place = (
                subject is None or subject["type"] not in ("facility", "unit") or subject["id"] in places
            )
            if id_of(point["strike"]) not in strikes or not at_place:
                wrong[name] = (point["strike"], point["display"])
    assert wrong.keys() == OTHER_PLACES.keys(), listed(wrong.items())


def runs(text, length):
    words = re.findall(r"[\w'-]+", text.lower())
    return {tuple(words[start : start + length]) for start in range(len(words) - length + 1)}


def test_no_claim_is_copied_from_the_sheet(record):
    """More than eight words in the same order would be somebody else's sentence."""
    wrong = []
    for name, row in by_id("claims").items():
        for claim in record.of(name, "claims"):
            if runs(claim["statement"], 9) & runs(row["text_paraphrase"], 9):
                wrong.append((name, claim["statement"], row["text_paraphrase"]))
    assert not wrong, listed(wrong)


# Who handed it on -------------------------------------------------------------------------------

LINKS = {"unnamed Kursk authorities": "kursk-authorities", "NBN": "nbn",
         "unnamed sources of Astra": "astra-sources", "Financial Times": "financial-times"}  # fmt: skip


def test_every_chain_is_the_one_of_the_sheet(record):
    wrong = []
    claims = {row["claim_id"] for row in sheet("attribution_links")}
    for name in sorted(claims):
        meant = []
        for row in sheet("attribution_links"):
            if row["claim_id"] == name:
                who = row["actor_or_outlet"]
                found = record.ids(who, "actors", "sources") or {LINKS.get(who)}
                meant.append((found, "inferred" in row["mode"] or "not by the seed" in row["mode"]))
        for claim in record.of(name, "claims"):
            steps = [(id_of(step["actor"] or step["source"]), step["inferred"]) for step in claim["chain"]]
            right = len(steps) == len(meant) and all(
                who in among and inferred >= guessed
                for (who, inferred), (among, guessed) in zip(steps, meant, strict=True)
            )
            if not right:
                wrong.append((name, steps, meant))
    assert not wrong, listed(wrong)


# Corrections ------------------------------------------------------------------------------------


BY_NOTES = {"k-15": "Declined, not yet answered, and said: three answers, none of which changes another."}


def test_corrections_between_claims_are_relations_between_claims(record):
    wrong = []
    for row in sheet("corrections"):
        old, new = (record.ids(row[key], "claims") for key in ("old_ref", "new_ref"))
        related = {
            relation["kind"]
            for claim in record.of(row["new_ref"], "claims") + record.of(row["old_ref"], "claims")
            for relation in claim["relations"]
            if relation["claim"]["id"] in old | new
        }
        if old and new and bool(related) == (row["correction_id"] in BY_NOTES):
            wrong.append((row["correction_id"], row["old_ref"], row["new_ref"], related))
    assert not wrong, listed(wrong)


# Documents, places, actors ----------------------------------------------------------------------


def differing(found, meant):
    """What two rows, written as mappings of the same keys, differ in."""
    return {key: (found[key], meant[key]) for key in meant if found[key] != meant[key]}


def known(text):
    """What a cell holds, or nothing if it is empty."""
    return text or None


SAID_OTHERWISE = {
    "d-up-ils": "The sheet adds to the title where the item was read.",
    "d-nv-ils": "The sheet adds to the title where the item was read.",
    "d-pl-nrc": "The sheet has in its note whose text the page translates.",
    "d-like-gas": "The name of the outlet says whose mirror it is.",
}


def test_every_document_is_the_one_of_the_sheet(record):
    wrong = {}
    for name, row in by_id("documents").items():
        (report,) = record.of(name, "reports")
        found = {
            "link": report["link"],
            "title": report["title"],
            "language": report["language"],
            "published": report["issued_at"]["local_date"][: len(row["published"])],
            "source": {report["source"]["id"]},
            "wire": {id_of(report["wire_source"])},
        }
        meant = {
            "link": row["url"],
            "title": row["title"],
            "language": row["language"],
            "published": row["published"],
            "source": record.ids(row["outlet_id"], "sources"),
            "wire": record.ids(row["wire_origin_outlet_id"], "sources") or {None},
        }
        if differs := differing(found, meant):
            wrong[name] = differs
    assert wrong.keys() == SAID_OTHERWISE.keys(), listed(wrong.items())
    assert wrong["d-pl-nrc"] == {"wire": ({"nrc"}, {None})}
    assert wrong["d-like-gas"] == {"wire": ({"euromaidan-press"}, {None})}


SOURCE_KINDS = {
    "aggregator_rewrite": "aggregator",
    "blog": "online_outlet",
    "company_site": "company",
    "telegram_channel": "social_channel",
}


def test_every_outlet_is_the_one_of_the_sheet(record):
    wrong = []
    for name, row in by_id("outlets").items():
        (source,) = record.of(name, "sources")
        meant = {
            "kind": SOURCE_KINDS.get(row["kind"], row["kind"]),
            "country": known(row["country"]),
            "language": row["language"],
            "ownership": row["ownership"],
        }
        differs = differing(source, meant)
        if differs or source["name"] not in f"{row['name']} {row['name'].replace('-', ' ')}":
            wrong.append((name, row["name"], source["name"], differs))
    assert not wrong, listed(wrong)


ACTOR_KINDS = {"anonymous_source": "anonymous"}
ROLES = {  # the rest of what the sheet says is in the name or in the body above the speaker
    "a-ponomarev": "acting political head, former member of the Russian Duma",
    "a-rogov": "Russian-installed official, Zaporizhzhia region",
    "a-gunvor": "head of the group",
    "a-podolyak": "adviser",
}
OTHER_ACTORS = {
    "a-outlet": "Every outlet has a voice of its own.",
    "a-tg": "Channels that are named have a row each, and so has a channel's source.",
    "a-us": "Officials who are not named, so that nobody knows how many they are.",
}


def test_every_actor_is_the_one_of_the_sheet(record):
    wrong = []
    for name, row in by_id("actors").items():
        if name in OTHER_ACTORS or name in LEFT_OUT:
            continue
        kind = ACTOR_KINDS.get(row["kind"], row["kind"])
        actors = [actor for actor in record.of(name, "actors") if actor["kind"] == kind]
        for actor in actors:
            meant = {"name_local": known(row["name_local"]), "country": known(row["country"])}
            if kind == "person":
                meant["role"] = ROLES.get(name, row["role"])
                meant["name"] = row["name"]
            above = record.ids(row["affiliation_actor_id"], "actors")
            differs = differing(actor, meant)
            if differs or (kind == "person" and above and id_of(actor["affiliation"]) not in above):
                wrong.append((name, actor["name"], differs, actor["affiliation"]))
        bodies = {id_of(actor["affiliation"]) for actor in actors}
        others = record.ids(name, "actors") - {actor["id"] for actor in actors}
        if not actors or not others <= bodies:
            wrong.append((name, others, "neither the actor nor the body above"))
    assert not wrong, listed(wrong)


def test_no_anonymous_voice_has_a_role_or_a_body_above(record):
    """Nothing is kept about who it is beyond the words it is called by."""
    for actor in record["actors"].values():
        if actor["kind"] == "anonymous":
            assert (actor["role"], actor["affiliation"], actor["name_local"]) == (None, None, None)


FACILITY_KINDS = {
    "gas_condensate_plant": "refinery",
    "hydro_plant": "hydro_power_plant",
    "thermal_plant": "thermal_power_plant",
}
REGIONS = {
    "Bryansk region": "RU-BRY", "Cherkasy oblast": "UA-71", "Chernivtsi oblast": "UA-77",
    "Ivano-Frankivsk oblast": "UA-26", "Kaluga region": "RU-KLU", "Kharkiv oblast": "UA-63",
    "Krasnodar Krai": "RU-KDA", "Kyiv oblast": "UA-32", "Leningrad region": "RU-LEN",
    "Nizhny Novgorod region": "RU-NIZ", "Oryol region": "RU-ORL", "Rostov region": "RU-ROS",
    "Ryazan region": "RU-RYA", "Samara region": "RU-SAM", "St Petersburg": "RU-SPE", "Tatarstan": "RU-TA",
    "Vinnytsia oblast": "UA-05", "Volgograd region": "RU-VGG", "Yaroslavl region": "RU-YAR",
    "Zaporizhzhia oblast": "UA-23",
}  # fmt: skip
NO_PLACE = {
    "f-ugs": "The operator withheld the name.",
    "f-khchp": "The mayor did not name it.",
    "f-khsub": "A group, none of it named.",
    "f-dtek3": "The operator withheld the names.",
}


def test_every_facility_is_the_one_of_the_sheet(record):
    wrong = []
    for name, row in by_id("facilities").items():
        if name in NO_PLACE:
            assert record.of(name, "facilities") == []
            assert all(strike["target_described_as"] for strike in record.of(name, "strikes"))
            continue
        (facility,) = record.of(name, "facilities")
        roles = {(party["actor"]["id"], party["role"]) for party in facility["parties"]}
        operators = {who for who, role in roles if role == "operator"}
        place = {key: facility[key] for key in ("kind", "town", "name_local", "location_precision")}
        found = place | {
            "geonames_id": str(facility["geonames_id"] or ""),
            "where": [plain(facility[key]) for key in ("latitude", "longitude")],
            "regions": [region["id"] for region in facility["regions"]],
            "operators": operators,
        }
        meant = {
            "kind": FACILITY_KINDS.get(row["kind"], row["kind"]),
            "town": row["town"],
            "name_local": known(row["name_local"].split(" (")[0]),
            "location_precision": "town",
            "geonames_id": row["geonames_id"],
            "where": [plain(row[key] or None) for key in ("lat_town", "lon_town")],
            "regions": [REGIONS[row["region"]]],
            "operators": record.ids(row["operator_actor_id"], "actors"),
        }
        names = " | ".join([facility["name"], *(one["name"] for one in facility["names"])]).casefold()
        aliases = re.sub(r"\(.*?\)|wrongly|'", "", row["alt_names"]).casefold().split(";")
        lost = [alias for alias in map(str.strip, aliases) if alias not in names]
        differs = differing(found, meant)
        if differs or lost:
            wrong.append((name, differs, lost))
    assert not wrong, listed(wrong)


def test_no_place_is_given_more_closely_than_by_its_town(record):
    for facility in record["facilities"].values():
        for key in ("latitude", "longitude"):
            assert facility[key] is None or facility[key] == round(facility[key], 2)


UNIT_KINDS = {
    "crude_distillation": {"crude_distillation_atmospheric", "crude_distillation_vacuum"},
    "hydro_station": {"other"},
    "turbine_hall": {"building"},
}
NO_UNIT = {
    "u-norsi-rest": "A group; a note of the refinery names it.",
    "u-ryazan-2": "A group, of which one unit is not named; a note of the refinery says so.",
}
DESIGNATIONS = {
    "CDU (unnumbered)": "CDU (not numbered)",
    "hydrocracker": "Hydrocracker (not named)",
    "reformer (unnamed)": "Reformer (not named)",
    "turbine hall": "Turbine hall",
    "vacuum unit": "Vacuum unit (not named)",
}


def test_every_unit_is_the_one_of_the_sheet(record):
    wrong = []
    for name, row in by_id("units").items():
        if name in NO_UNIT:
            assert [facility["note"] for facility in record.of(name, "facilities")]
            continue
        (unit,) = record.of(name, "units")
        names = {one["name"] for one in unit["names"]}
        if (
            unit["designation"] != DESIGNATIONS.get(row["designation"], row["designation"])
            or not set(filter(None, row["alt_designations"].split("; "))) <= names
            or unit["kind"] not in UNIT_KINDS.get(row["kind"], {row["kind"]})
            or {unit["facility"]["id"]} != record.ids(row["facility_id"], "facilities")
        ):
            wrong.append((name, unit["display"], unit["kind"], names))
    assert not wrong, listed(wrong)


# Strikes ----------------------------------------------------------------------------------------

STRIKE_KINDS = {"ground_raid": "raid", "incident_not_strike": "incident"}
METHODS = {
    "infantry_armour": {"ground_assault"},
    "missile": {"missile"},
    "missile+uav": {"drone", "missile"},
    "none": {"none"},
    "uav": {"drone"},
    "uav+rocket": {"drone", "rocket", "ballistic_missile"},  # the ministry counts a Tochka-U
    "uav_dropped_munition": {"drone"},
    "uav_reported": {"drone"},
}
PRECISIONS = {
    "approx": {"hour"},
    "before": {"part_of_day"},
    "conflicting": {"hour"},
    "day": {"day", "days"},
    "hour": {"hour"},
    "minute": {"hour", "part_of_day"},  # from minute to minute, but hours long
    "night": {"part_of_day"},
    "part_of_day": {"part_of_day"},
    "range": {"days"},
    "window": {"part_of_day"},
}
DAY_ONLY = {"s-raid0312": "The two sides give different ends."}


def test_every_strike_is_the_one_of_the_sheet(record):
    wrong = []
    for name, row in by_id("strikes").items():
        (strike,) = record.of(name, "strikes")
        found = {
            "kind": strike["kind"],
            "wave": {id_of(strike["wave"])},
            "facility": {id_of(strike["facility"])},
            "timezone": strike["when"]["timezone"],
            "methods": set(strike["methods"]),
        }
        meant = {
            "kind": STRIKE_KINDS.get(row["kind"], row["kind"]),
            "wave": record.ids(row["parent_strike_id"], "strikes") or {None},
            "facility": record.ids(row["facility_id"], "facilities") or {None},
            "timezone": row["timezone"],
            "methods": METHODS[row["weapon_as_reported"]],
        }
        if differs := differing(found, meant):
            wrong.append((name, differs))
    assert not wrong, listed(wrong)


def test_every_strike_has_the_time_of_the_sheet(record):
    wrong = []
    for name, row in by_id("strikes").items():
        (strike,) = record.of(name, "strikes")
        when = strike["when"]
        first, last = date.fromisoformat(row["date_local_from"]), date.fromisoformat(row["date_local_to"])
        eve = "night" in row["time_local_text"] or row["time_precision"] == "night"  # from 21:00 on
        days = day(when, "latest") == last and first - timedelta(days=eve) <= day(when, "earliest") <= first
        start, end = (datetime.fromisoformat(when[edge]) for edge in ("earliest", "latest"))
        moments = [datetime.fromisoformat(row[key]) for key in ("utc_from", "utc_to") if row[key]]
        inside = all(start <= moment <= end for moment in moments)
        around = moments[-1] - moments[0] + timedelta(hours=1) if row["utc_from"] else end - start
        exact = name in DAY_ONLY or (
            when["precision"] in PRECISIONS[row["time_precision"]] and end - start <= around
        )
        if not (days and inside and exact):
            wrong.append((name, when, row["utc_from"], row["utc_to"], row["time_precision"]))
    assert not wrong, listed(wrong)


# Evidence ---------------------------------------------------------------------------------------

EVIDENCE_KINDS = {"drone_video": "video", "image_analysis": "photo", "night_vision_video": "video",
                  "photo_video": "video"}  # fmt: skip
PUBLISHERS = {"47News": "47news", "Denys Shmyhal": "denys-shmyhal", "Oleksiy Honcharenko": "oleksiy-honcharenko",
              "Russian emergencies ministry": "russian-emergencies-ministry"}  # fmt: skip
NO_EVIDENCE = {"ev-19": "None was given; the claim says so.", "ev-20": "None was given; the claim says so."}
OTHER_CLAIM = {"ev-17": "It shows the dam, and hangs on what the same report has of the dam."}


def test_every_piece_of_evidence_is_the_one_of_the_sheet(record):
    wrong = []
    for name, row in by_id("evidence").items():
        if name in NO_EVIDENCE:
            assert record.of(name, "evidence") == []
            assert all("o visual evidence" in claim["note"] for claim in record.of(name, "claims"))
            continue
        (evidence,) = record.of(name, "evidence")
        who = row["published_by"]
        found = {
            "kind": evidence["kind"],
            "report": {evidence["report"]["id"]},
            "verification": evidence["verification"],
        }
        voices = {source["voice"]["id"] for source in record.of(who, "sources")}
        meant = {
            "kind": EVIDENCE_KINDS.get(row["kind"], row["kind"]),
            "report": record.ids(row["document_id"], "reports"),
            "verification": "unverified",
        }
        published = id_of(evidence["published_by"]) in (
            record.ids(who, "actors") or voices or {PUBLISHERS.get(who)}
        )
        claims = [
            claim["id"]
            for claim in record["claims"].values()
            if evidence["id"] in [one["evidence"]["id"] for one in claim["evidence"]]
        ]
        of_the_sheet = name in OTHER_CLAIM or record.ids(row["claim_id"], "claims") & set(claims)
        if differing(found, meant) or not published or not of_the_sheet:
            wrong.append((name, differing(found, meant), evidence["published_by"], claims))
    assert not wrong, listed(wrong)
