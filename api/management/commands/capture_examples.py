"""Ask again what the documentation shows, and keep the answers. `make openapi` runs it on the starter data."""

import json

from django.conf import settings
from django.core.management.base import BaseCommand
from django.test import override_settings

from api.openapi.examples import ask, examples


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: object, **options: object) -> None:
        with override_settings(PUBLIC_URL="", SECURE_SSL_REDIRECT=False):
            answered = {name: {**example, "answer": ask(example)} for name, example in examples().items()}
        text = json.dumps(answered, ensure_ascii=False, indent=1)
        settings.API_EXAMPLES.write_text(text + "\n", encoding="utf-8")
        self.stdout.write(f"{len(answered)} requests asked again.\n")
