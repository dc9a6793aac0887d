"""Names the app for Django: it has templates, and no tables."""

from django.apps import AppConfig


class PagesConfig(AppConfig):
    name = "pages"
    verbose_name = "Pages for readers"
