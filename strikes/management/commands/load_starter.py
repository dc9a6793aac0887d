"""manage.py load_starter: put the starter data on the record."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from record.models import Ledger
from strikes.imports.problems import BundleError
from strikes.imports.starter import load_starter


class Command(BaseCommand):
    help = (
        "Loads the files of a folder as drafts and publishes them in date order, then makes the corrections "
        "below corrections/. What is on the record already is left alone, so that running it again changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "folder", nargs="?", type=Path, default=settings.BASE_DIR / "fixtures", help="The folder to load."
        )

    def handle(self, *args: object, **options: Any) -> None:
        try:
            done = load_starter(options["folder"])
        except BundleError as error:
            raise CommandError(f"{error}\nNothing was loaded.") from error
        self.stdout.write(
            f"{done.rows} new rows, {done.corrections} corrections, {done.amendments} amendments; "
            f"the record is at revision {Ledger.head().n}."
        )
        for name in done.left_alone:
            self.stdout.write(f"{name} was left alone: it was amended, corrected or withdrawn since.")
