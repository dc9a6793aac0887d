"""manage.py load_regions: put the countries and subdivisions of ISO 3166 on the record."""

from collections.abc import Iterator
from typing import Any

import pycountry
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from record import publishing
from record.models import Ledger
from strikes.choices import RegionLevel
from strikes.imports.drafts import import_bundle
from strikes.imports.entries import entries_of
from strikes.imports.problems import BundleError


class Command(BaseCommand):
    help = (
        "Publishes the countries (ISO 3166-1) and their subdivisions (ISO 3166-2) in one revision, de jure, "
        "as ISO has them. Regions on file already are left alone, so that running it again changes nothing. "
        "On an empty database run load_starter first: past dates are for an empty ledger only."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "countries", nargs="*", type=str.upper, help="Codes such as UA; all countries if none is given."
        )

    def handle(self, *args: object, **options: Any) -> None:
        countries = set(options["countries"]) or {country.alpha_2 for country in pycountry.countries}
        if unknown := sorted(code for code in countries if pycountry.countries.get(alpha_2=code) is None):
            raise CommandError(f"Not a country code of ISO 3166-1: {', '.join(unknown)}.")
        entries = entries_of({"regions": list(regions_of(countries))}, "ISO 3166")
        try:
            with transaction.atomic():
                new = import_bundle(entries)
                if new:
                    publishing.publish(*new)
        except (BundleError, publishing.Blocked) as error:
            raise CommandError(f"{error}\nNothing was loaded.") from error
        self.stdout.write(f"{len(new)} new regions; the record is at revision {Ledger.head().n}.")


def regions_of(countries: set[str]) -> Iterator[dict[str, str]]:
    """The rows of some countries as ISO has them. A subdivision may lie in another one, such as GB-LND."""
    for country in pycountry.countries:
        if country.alpha_2 in countries:  # the code of two letters, such as UA
            yield {"id": country.alpha_2, "name": country.name, "level": RegionLevel.COUNTRY}
    for part in pycountry.subdivisions:
        if part.country_code in countries:
            parent = part.parent_code or part.country_code
            yield {"id": part.code, "name": part.name, "level": RegionLevel.SUBDIVISION, "parent": parent}
