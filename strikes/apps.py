"""Names the app for Django and for the admin."""

from django.apps import AppConfig


class StrikesConfig(AppConfig):
    name = "strikes"
    verbose_name = "What is said to have happened"
