"""Names the app for Django: it has commands and templates, and no tables."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "api"
    verbose_name = "The API"
