"""Whatever is on the record can be read over the API and entered in the admin, field by field, by those who may."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets
from django.contrib.auth.models import Group, Permission
from django.db import models

from config.urls import router
from record.models import OnRecord, collections
from strikes.models import Assessment
from tests.roles import restore_roles

VIEWS: dict[str, Any] = {prefix: view for prefix, view, _ in router.registry}
OF_EVERY_ROW = {"id", *(field.name for field in OnRecord._meta.get_fields())}
"""Fields that every row has: the publishing functions fill them in."""

NOT_IN_THE_API = {
    ("propositions", "facility"): "in `subject`",
    ("propositions", "unit"): "in `subject`",
    ("propositions", "actor"): "in `subject`",
    ("propositions", "region"): "in `subject`",
    ("assessments", "author"): "editors are shown by their role",
    ("claims", "lineage"): "in `versions` of the thread",
    ("claims", "lineage_from"): "in `versions` of the thread",
    ("damage-estimates", "effective_from_edge"): "in `effective_from`",
    ("damage-estimates", "effective_until_edge"): "in `effective_until`",
}
"""Fields of which the API has no field of the same name, each with the reason."""
NOT_IN_THE_ADMIN: dict[tuple[str, str], str] = {}
"""Fields that no form shows, each with the reason."""

every_collection = pytest.mark.parametrize("model", collections().values(), ids=collections())


def fields_of(model: type[OnRecord]) -> Iterator[models.Field[Any, Any]]:
    """The fields that say something of a row of this collection."""
    for field in [*model._meta.fields, *model._meta.many_to_many]:
        if field.name not in OF_EVERY_ROW | model.derived_fields:
            yield field


def columns_read_by(serializer: Any) -> Iterator[str]:
    """The columns behind the fields of a serializer; a moment reads several."""
    for name, field in serializer.fields.items():
        yield from (name, field.source.split(".")[0])
        if hasattr(field, "prefix"):
            yield from (f"{field.prefix}{column}" for column in field.columns)


@every_collection
def test_a_collection_has_an_address_and_pages_in_the_admin(model):
    assert VIEWS[model.collection].model is model, "register its viewset in config/urls.py"
    assert admin.site.is_registered(model), "register an admin class in strikes/admin/"


@every_collection
def test_every_field_is_in_the_api(model):
    read = set(columns_read_by(VIEWS[model.collection].serializer_class(context={})))
    excepted = {name for collection, name in NOT_IN_THE_API if collection == model.collection}
    missing = {field.name for field in fields_of(model)} - read
    assert missing == excepted, (
        f"{missing ^ excepted}: add it to the serializer, or to the exceptions with a reason"
    )


@every_collection
def test_every_field_is_in_the_form_of_the_admin(model):
    page: Any = admin.site.get_model_admin(model)
    form = flatten_fieldsets(page.fieldsets or [(None, {"fields": page.fields or []})])
    excepted = {name for collection, name in NOT_IN_THE_ADMIN if collection == model.collection}
    missing = {field.name for field in fields_of(model) if field.editable} - set(form)
    assert missing == excepted, f"{missing ^ excepted}: add it to `fields` or `fieldsets` of the admin class"


@pytest.mark.django_db
@every_collection
def test_every_role_may_do_with_a_collection_what_it_does_with_the_others(model):
    restore_roles()
    writers = {"editor"} if model is Assessment else {"contributor", "editor"}
    granted = {
        name: set(
            Permission.objects.filter(
                group=Group.objects.get(name=name), content_type__model=model._meta.model_name
            ).values_list("codename", flat=True)
        )
        for name in ("contributor", "editor", "administrator")
    }
    every = {f"{verb}_{model._meta.model_name}" for verb in ("add", "change", "delete", "view")}
    viewing = {f"view_{model._meta.model_name}"}
    expected = {name: every if name in writers else viewing for name in granted}
    assert granted == expected, "let the roles at it in a migration: CONTRIBUTING.md, Add a collection"
