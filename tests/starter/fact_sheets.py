"""The sheets that the starter record was entered from, and what the API answers about their rows."""

import csv
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from strikes.imports.yaml_files import correction_files, read_folder
from tests.starter_record import FIXTURES

SHEETS = Path(__file__).parent / "facts"
NAMED = [
    "outlets",
    "documents",
    "actors",
    "facilities",
    "units",
    "strikes",
    "claims",
    "estimates",
    "evidence",
    "corrections",
]
NUMBERS = ["damage-estimates", "weapon-counts", "capacities"]

LEFT_OUT = {
    "a-kharkiv-op": "Unknown: no operator was found, and unknown is left out.",
    "e-ku3": "Implied by a production cycle that was suspended; no share was stated.",
    "e-w24": "A sum over rows of a dataset, nobody's statement.",
}


@cache
def sheet(name):
    with (SHEETS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def sheet_by_id(name):
    return {next(iter(row.values())): row for row in sheet(name)}


@cache
def rows_by_fact():
    """Which rows of the record name a row of the sheets, in the order of the files; what was corrected counts as it
    reads now."""
    by_fact = {}
    corrected = [entry for file in correction_files(FIXTURES) for entry in file.entries]
    superseded = {entry.values.get("supersedes") for entry in corrected}
    superseded |= {number for entry in corrected for number in entry.values.get("dropped", [])}
    for entry in [*read_folder(FIXTURES), *corrected]:
        if entry.values["id"] in superseded:
            continue
        facts = entry.values.get("fact") or []
        for fact in [facts] if isinstance(facts, str) else facts:
            by_fact.setdefault(fact, []).append((entry.model.collection, entry.values["id"]))
    return by_fact


class Record:
    """What the API answers; each collection is read once."""

    def __init__(self, api):
        self.api = api
        self.collections = {}

    def __getitem__(self, collection):
        if collection not in self.collections:
            rows = self.api.every(f"{collection}/?page_size=500")
            self.collections[collection] = {row["id"]: row for row in rows}
        return self.collections[collection]

    def rows_of(self, fact, *collections):
        """The public rows of these collections that name a row of the sheets."""
        return [
            self[collection][public_id]
            for collection, public_id in rows_by_fact().get(fact, [])
            if collection in collections
        ]

    def ids(self, fact, *collections):
        return {row["id"] for row in self.rows_of(fact, *collections)}


def one_per_line(differences):
    return "\n".join(map(str, differences))


def id_of(row):
    return None if row is None else row["id"]


def plain_number(number, factor=1):
    return "-" if number is None else format((Decimal(str(number)) * factor).normalize(), "f")


def local_time(moment, edge):
    """The earliest or latest time of an event on the clocks of the place, to the minute."""
    instant = datetime.fromisoformat(moment[edge])
    return instant.astimezone(ZoneInfo(moment["timezone"])).strftime("%Y-%m-%dT%H:%M")


def local_day(moment, edge):
    return date.fromisoformat(local_time(moment, edge)[:10])
