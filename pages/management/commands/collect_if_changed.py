"""Collect the static files if one of them has changed: `collectstatic`, but quick where there is nothing to do."""

from django.core.management.base import BaseCommand

from pages.static_files import collect_if_changed


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: object, **options: object) -> None:
        if collect_if_changed():
            self.stdout.write("Static files collected.\n")
