"""`manage.py make_admin`: an account for the first editor."""

import secrets
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser


class Command(BaseCommand):
    help = "Make a superuser with a random password, shown once. If there is a superuser, do nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--username", default="admin", help="the new superuser's name (admin)")

    def handle(self, *, username: str, **options: Any) -> None:
        """Safe to run at every start: only the first run makes anything."""
        admin = User.objects.filter(is_superuser=True).order_by("pk").first()
        if admin:
            self.stdout.write(
                f"Superuser {admin.get_username()!r} is kept, with its password."
                f" To change that: manage.py changepassword {admin.get_username()}"
            )
            return
        if User.objects.filter(username=username).exists():
            raise CommandError(f"{username!r} is not a superuser. Choose another name with --username.")
        password = secrets.token_urlsafe(15)
        User.objects.create_superuser(username=username, password=password)
        self.stdout.write(
            f"Superuser made. The password is shown this once only:\n"
            f"    username: {username}\n"
            f"    password: {password}"
        )
