"""Documents, places, actors, strikes and evidence beside the sheets."""

import re
from datetime import date, datetime, timedelta

from tests.starter.fact_sheets import (
    LEFT_OUT,
    id_of,
    local_day,
    one_per_line,
    plain_number,
    sheet,
    sheet_by_id,
)

# Documents, places, actors ----------------------------------------------------------------------


def differing_fields(recorded, expected):
    """What two rows, written as mappings of the same keys, differ in."""
    return {key: (recorded[key], expected[key]) for key in expected if recorded[key] != expected[key]}


def or_none(text):
    """What a cell holds, or nothing if it is empty."""
    return text or None


SAID_OTHERWISE = {
    "d-up-ils": "The sheet adds to the title where the item was read.",
    "d-nv-ils": "The sheet adds to the title where the item was read.",
    "d-pl-nrc": "The sheet has in its note whose text the page translates.",
    "d-like-gas": "The name of the outlet says whose mirror it is.",
    "d-ft-ukranews": "The headline says whose report it is.",
}


def test_every_document_is_the_one_of_the_sheet(record):
    differences = {}
    for name, row in sheet_by_id("documents").items():
        (report,) = record.rows_of(name, "reports")
        recorded = {
            "link": report["link"],
            "title": report["title"],
            "language": report["language"],
            "published": report["issued_at"]["local_date"][: len(row["published"])],
            "source": {report["source"]["id"]},
            "wire": {id_of(root_of(record, report)["wire_source"])},
        }
        expected = {
            "link": row["url"],
            "title": row["title"],
            "language": row["language"],
            "published": row["published"],
            "source": record.ids(row["outlet_id"], "sources"),
            "wire": record.ids(row["wire_origin_outlet_id"], "sources") or {None},
        }
        if differs := differing_fields(recorded, expected):
            differences[name] = differs
    assert differences.keys() == SAID_OTHERWISE.keys(), one_per_line(differences.items())
    assert differences["d-pl-nrc"] == {"wire": ({"nrc"}, {None})}
    assert differences["d-like-gas"] == {"wire": ({"euromaidan-press"}, {None})}
    assert differences["d-ft-ukranews"] == {"wire": ({"financial-times"}, {None})}


def root_of(record, report):
    """The report that a copy goes back to, where that is on the record too."""
    while report["derived_from"]:
        report = record["reports"][report["derived_from"]["id"]]
    return report


SOURCE_KINDS = {
    "aggregator_rewrite": "aggregator",
    "blog": "online_outlet",
    "company_site": "company",
    "telegram_channel": "social_channel",
}


def test_every_outlet_is_the_one_of_the_sheet(record):
    differences = []
    for name, row in sheet_by_id("outlets").items():
        (source,) = record.rows_of(name, "sources")
        expected = {
            "kind": SOURCE_KINDS.get(row["kind"], row["kind"]),
            "country": or_none(row["country"]),
            "language": row["language"],
            "ownership": row["ownership"],
        }
        differs = differing_fields(source, expected)
        if differs or source["name"] not in f"{row['name']} {row['name'].replace('-', ' ')}":
            differences.append((name, row["name"], source["name"], differs))
    assert not differences, one_per_line(differences)


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
    differences = []
    for name, row in sheet_by_id("actors").items():
        if name in OTHER_ACTORS or name in LEFT_OUT:
            continue
        kind = ACTOR_KINDS.get(row["kind"], row["kind"])
        actors = [actor for actor in record.rows_of(name, "actors") if actor["kind"] == kind]
        for actor in actors:
            expected = {"name_local": or_none(row["name_local"]), "country": or_none(row["country"])}
            if kind == "person":
                expected["role"] = ROLES.get(name, row["role"])
                expected["name"] = row["name"]
            above = record.ids(row["affiliation_actor_id"], "actors")
            differs = differing_fields(actor, expected)
            if differs or (kind == "person" and above and id_of(actor["affiliation"]) not in above):
                differences.append((name, actor["name"], differs, actor["affiliation"]))
        bodies = {id_of(actor["affiliation"]) for actor in actors}
        others = record.ids(name, "actors") - {actor["id"] for actor in actors}
        if not actors or not others <= bodies:
            differences.append((name, others, "neither the actor nor the body above"))
    assert not differences, one_per_line(differences)


def test_an_anonymous_voice_has_no_more_than_the_body_that_the_sheet_says_it_belongs_to(record):
    """Nothing is kept about who it is beyond the words it is called by, and the body that a report names."""
    bodies = {}
    for row in sheet("actors"):
        if row["kind"] == "anonymous_source" and row["affiliation_actor_id"]:
            (body,) = record.ids(row["affiliation_actor_id"], "actors")
            bodies |= dict.fromkeys(record.ids(row["actor_id"], "actors"), body)
    bodies["ukrainian-media-security-sources"] = None  # “security-service sources”: of which, is not said
    for actor in record["actors"].values():
        if actor["kind"] == "anonymous":
            assert (actor["role"], actor["name_local"], actor["identifiers"]) == (None, None, [])
            assert id_of(actor["affiliation"]) == bodies.get(actor["id"])


FACILITY_KINDS = {
    "gas_condensate_plant": "refinery",
    "hydro_plant": "hydro_power_plant",
    "thermal_plant": "thermal_power_plant",
}
REGIONS = {
    "Bryansk region": "RU-BRY",
    "Cherkasy oblast": "UA-71",
    "Chernivtsi oblast": "UA-77",
    "Ivano-Frankivsk oblast": "UA-26",
    "Kaluga region": "RU-KLU",
    "Kharkiv oblast": "UA-63",
    "Krasnodar Krai": "RU-KDA",
    "Kyiv oblast": "UA-32",
    "Leningrad region": "RU-LEN",
    "Nizhny Novgorod region": "RU-NIZ",
    "Oryol region": "RU-ORL",
    "Rostov region": "RU-ROS",
    "Ryazan region": "RU-RYA",
    "Samara region": "RU-SAM",
    "St Petersburg": "RU-SPE",
    "Tatarstan": "RU-TA",
    "Vinnytsia oblast": "UA-05",
    "Volgograd region": "RU-VGG",
    "Yaroslavl region": "RU-YAR",
    "Zaporizhzhia oblast": "UA-23",
}
NO_PLACE = {
    "f-ugs": "The operator withheld the name.",
    "f-khchp": "The mayor did not name it.",
    "f-khsub": "A group, none of it named.",
    "f-dtek3": "The operator withheld the names.",
}


FOUND_LATER = {"f-ustluga": {"geonames_id": "478036", "lat_town": "59.67", "lon_town": "28.29"}}
"""Places that the extract of GeoNames did not have from which the sheet was made."""


def test_every_facility_is_the_one_of_the_sheet(record):
    differences = []
    for name, written in sheet_by_id("facilities").items():
        row = written | FOUND_LATER.get(name, {})
        if name in NO_PLACE:
            assert record.rows_of(name, "facilities") == []
            assert all(strike["target_described_as"] for strike in record.rows_of(name, "strikes"))
            continue
        (facility,) = record.rows_of(name, "facilities")
        roles = {(party["actor"]["id"], party["role"]) for party in facility["parties"]}
        operators = {actor for actor, role in roles if role == "operator"}
        place = {key: facility[key] for key in ("kind", "town", "name_local", "location_precision")}
        recorded = place | {
            "geonames_id": str(facility["geonames_id"] or ""),
            "where": [plain_number(facility[key]) for key in ("latitude", "longitude")],
            "regions": [region["id"] for region in facility["regions"]],
            "operators": operators,
        }
        expected = {
            "kind": FACILITY_KINDS.get(row["kind"], row["kind"]),
            "town": row["town"],
            "name_local": or_none(row["name_local"].split(" (")[0]),
            "location_precision": "town",
            "geonames_id": row["geonames_id"],
            "where": [plain_number(row[key] or None) for key in ("lat_town", "lon_town")],
            "regions": [REGIONS[row["region"]]],
            "operators": record.ids(row["operator_actor_id"], "actors"),
        }
        names = " | ".join([facility["name"], *(name["name"] for name in facility["names"])]).casefold()
        aliases = re.sub(r"\(.*?\)|wrongly|'", "", row["alt_names"]).casefold().split(";")
        lost = [alias for alias in map(str.strip, aliases) if alias not in names]
        differs = differing_fields(recorded, expected)
        if differs or lost:
            differences.append((name, differs, lost))
    assert not differences, one_per_line(differences)


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
    differences = []
    for name, row in sheet_by_id("units").items():
        if name in NO_UNIT:
            assert [facility["note"] for facility in record.rows_of(name, "facilities")]
            continue
        (unit,) = record.rows_of(name, "units")
        names = {name["name"] for name in unit["names"]}
        if (
            unit["designation"] != DESIGNATIONS.get(row["designation"], row["designation"])
            or not set(filter(None, row["alt_designations"].split("; "))) <= names
            or unit["kind"] not in UNIT_KINDS.get(row["kind"], {row["kind"]})
            or {unit["facility"]["id"]} != record.ids(row["facility_id"], "facilities")
        ):
            differences.append((name, unit["display"], unit["kind"], names))
    assert not differences, one_per_line(differences)


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
    differences = []
    for name, row in sheet_by_id("strikes").items():
        (strike,) = record.rows_of(name, "strikes")
        recorded = {
            "kind": strike["kind"],
            "wave": {id_of(strike["wave"])},
            "facility": {id_of(strike["facility"])},
            "timezone": strike["when"]["timezone"],
            "methods": set(strike["methods"]),
        }
        expected = {
            "kind": STRIKE_KINDS.get(row["kind"], row["kind"]),
            "wave": record.ids(row["parent_strike_id"], "strikes") or {None},
            "facility": record.ids(row["facility_id"], "facilities") or {None},
            "timezone": row["timezone"],
            "methods": METHODS[row["weapon_as_reported"]],
        }
        if differs := differing_fields(recorded, expected):
            differences.append((name, differs))
    assert not differences, one_per_line(differences)


def test_every_strike_has_the_time_of_the_sheet(record):
    differences = []
    for name, row in sheet_by_id("strikes").items():
        (strike,) = record.rows_of(name, "strikes")
        when = strike["when"]
        first, last = date.fromisoformat(row["date_local_from"]), date.fromisoformat(row["date_local_to"])
        eve = "night" in row["time_local_text"] or row["time_precision"] == "night"  # from 21:00 on
        days = (
            local_day(when, "latest") == last
            and first - timedelta(days=eve) <= local_day(when, "earliest") <= first
        )
        start, end = (datetime.fromisoformat(when[edge]) for edge in ("earliest", "latest"))
        moments = [datetime.fromisoformat(row[key]) for key in ("utc_from", "utc_to") if row[key]]
        inside = all(start <= moment <= end for moment in moments)
        around = moments[-1] - moments[0] + timedelta(hours=1) if row["utc_from"] else end - start
        exact = name in DAY_ONLY or (
            when["precision"] in PRECISIONS[row["time_precision"]] and end - start <= around
        )
        if not (days and inside and exact):
            differences.append((name, when, row["utc_from"], row["utc_to"], row["time_precision"]))
    assert not differences, one_per_line(differences)


# Evidence ---------------------------------------------------------------------------------------

EVIDENCE_KINDS = {
    "drone_video": "video",
    "image_analysis": "photo",
    "night_vision_video": "video",
    "photo_video": "video",
}
PUBLISHERS = {
    "47News": "47news",
    "Denys Shmyhal": "denys-shmyhal",
    "Oleksiy Honcharenko": "oleksiy-honcharenko",
    "Russian emergencies ministry": "russian-emergencies-ministry",
}
NO_EVIDENCE = {"ev-19": "None was given; the claim says so.", "ev-20": "None was given; the claim says so."}
OTHER_CLAIM = {"ev-17": "It shows the dam, and hangs on what the same report has of the dam."}


def test_every_piece_of_evidence_is_the_one_of_the_sheet(record):
    differences = []
    for name, row in sheet_by_id("evidence").items():
        if name in NO_EVIDENCE:
            assert record.rows_of(name, "evidence") == []
            assert all("o visual evidence" in claim["note"] for claim in record.rows_of(name, "claims"))
            continue
        (evidence,) = record.rows_of(name, "evidence")
        publisher = row["published_by"]
        recorded = {
            "kind": evidence["kind"],
            "report": {evidence["report"]["id"]},
            "verification": evidence["verification"],
        }
        voices = {source["voice"]["id"] for source in record.rows_of(publisher, "sources")}
        expected = {
            "kind": EVIDENCE_KINDS.get(row["kind"], row["kind"]),
            "report": record.ids(row["document_id"], "reports"),
            "verification": "unverified",
        }
        published = id_of(evidence["published_by"]) in (
            record.ids(publisher, "actors") or voices or {PUBLISHERS.get(publisher)}
        )
        claims = [
            claim["id"]
            for claim in record["claims"].values()
            if evidence["id"] in [shown["evidence"]["id"] for shown in claim["evidence"]]
        ]
        of_the_sheet = name in OTHER_CLAIM or record.ids(row["claim_id"], "claims") & set(claims)
        if differing_fields(recorded, expected) or not published or not of_the_sheet:
            differences.append((name, differing_fields(recorded, expected), evidence["published_by"], claims))
    assert not differences, one_per_line(differences)
