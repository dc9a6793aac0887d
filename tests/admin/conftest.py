"""Editors at work: every page is asked over HTTP, by somebody with a role."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, User
from django.db import models
from django.test import Client
from django.urls import reverse

from tests.forms import form_of, sentences
from tests.on_record import fresh
from tests.roles import ROLES, restore_roles


@pytest.fixture(autouse=True)
def roles(db: None) -> None:
    restore_roles()


@pytest.fixture
def account() -> Callable[..., User]:
    """Makes an account: of a role, or of nobody in particular."""

    def make(role: str | None = None, name: str | None = None, **more: Any) -> User:
        user = User.objects.create_user(name or role or "nobody", **{"is_staff": True, **more})
        if role in ROLES:
            user.groups.add(Group.objects.get(name=role))
        return user

    return make


class Editor:
    """Somebody at a browser: opens pages, fills in forms, presses buttons."""

    def __init__(self, user: User | None = None) -> None:
        self.client = Client()
        self.user = user
        if user is not None:
            self.client.force_login(user)

    def get(self, address: str) -> Any:
        return self.client.get(address)

    def form(self, address: str) -> dict[str, Any]:
        """What the form of a page would send as it stands."""
        response = self.client.get(address)
        assert response.status_code == 200, (address, response.status_code)
        return form_of(response)

    def post(self, address: str, data: dict[str, Any], button: str = "_save") -> Any:
        return self.client.post(address, {**data, button: "x"})

    def send(self, address: str, button: str = "_save", **changes: Any) -> Any:
        """Open a page, change some fields of its form, press a button."""
        return self.post(address, {**self.form(address), **changes}, button)

    def saved(self, address: str, button: str = "_save", **changes: Any) -> Any:
        response = self.send(address, button, **changes)
        assert response.status_code == 302, sentences(response)
        return response


@pytest.fixture
def editor(account: Callable[..., User]) -> Editor:
    return Editor(account("editor"))


@pytest.fixture
def contributor(account: Callable[..., User]) -> Editor:
    return Editor(account("contributor"))


@pytest.fixture
def another_editor(account: Callable[..., User]) -> Editor:
    return Editor(account("editor", "another"))


def admin_url(row: models.Model | type[models.Model], name: str = "change") -> str:
    """The address of a page of the admin: of a row, or of its collection."""
    args = [row.pk] if isinstance(row, models.Model) and name not in ACTIONS else []
    address = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_{name}", args=args)
    return f"{address}?id={row.public_id}" if name in ACTIONS and isinstance(row, models.Model) else address  # type: ignore[attr-defined]


def delete_url(row: Any) -> str:
    """The address of the question whether to delete a draft as it is now."""
    return f"{admin_url(row, 'delete')}?seen={fresh(row).version}"


ACTIONS = ["publish", "withdraw", "correct", "merge", "unmerge", "takedown"]


def every_row() -> Iterator[models.Model]:
    """Every row of the record and its bookkeeping, to see that nothing was changed."""
    for app in ("record", "sources", "strikes", "auth"):
        for model in apps.get_app_config(app).get_models():
            yield from model._default_manager.order_by("pk")


def record_contents() -> list[tuple[str, dict[str, Any]]]:
    return [
        (
            row._meta.label,
            {
                field.attname: getattr(row, field.attname)
                for field in row._meta.concrete_fields
                if field.name != "last_login"
            },
        )
        for row in every_row()
    ]
