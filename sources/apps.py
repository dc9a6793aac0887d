"""Names the app for Django and for the admin, and registers what lies below two sources that are one."""

from django.apps import AppConfig


class SourcesConfig(AppConfig):
    name = "sources"
    verbose_name = "Who says it, and where we read it"

    def ready(self) -> None:
        from record import derived
        from sources import models, same_thing

        derived.register_pairs_below(models.Source, same_thing.voices)
