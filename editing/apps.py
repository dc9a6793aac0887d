"""Names the app for Django: it has templates and commands, and no tables."""

from django.apps import AppConfig


class EditingConfig(AppConfig):
    name = "editing"
    verbose_name = "Editing"
