"""Names the app for Django and for the admin."""

from django.apps import AppConfig


class SourcesConfig(AppConfig):
    name = "sources"
    verbose_name = "Who says it, and where we read it"
