"""The fields of editors: every reference an autocomplete, every word explained where it is chosen."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.admin.options import BaseModelAdmin, InlineModelAdmin
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse

from editing.forms import PartFormSet, RuleForm, on_every_calendar
from editing.widgets import KnownAutocomplete, KnownAutocompletes
from record.models import OnRecord, Recorded
from record.vocabulary import vocabularies

if TYPE_CHECKING:  # names of the stubs, for what Django's own methods return
    from django.contrib.admin.options import _FieldGroups, _FieldsetSpec

    FieldGroups = _FieldGroups
    Fieldsets = _FieldsetSpec
else:
    FieldGroups = Fieldsets = Sequence

Inlines = list[type[InlineModelAdmin]]
WIDE = 200


def display_relations(model: type[models.Model], names: Iterable[str] = ()) -> list[str]:
    """What must be loaded with rows so that they, and the rows they point at by these names, can be shown."""
    relations = list(getattr(model, "display_needs", ()))
    for name in names:
        target = model._meta.get_field(name).related_model
        relations += [name, *(f"{name}__{need}" for need in getattr(target, "display_needs", ()))]
    return list(dict.fromkeys(relations))


def reference_fields(model: type[models.Model], many: bool = True) -> list[str]:
    """The fields that point at rows of the record and that editors fill in."""
    fields = [*model._meta.fields, *(model._meta.many_to_many if many else ())]
    return [
        field.name
        for field in fields
        if isinstance(field.related_model, type)
        and issubclass(field.related_model, OnRecord)
        and field.editable
    ]


ReadOnlyField = Callable[[models.Model], str]


def with_fields_replaced(fieldsets: Fieldsets, replacements: Mapping[str, ReadOnlyField]) -> Fieldsets:
    """The same fieldsets with other fields in the place of some, such as what only shows for what is filled in."""
    return [
        (title, {**options, "fields": [_replaced(names, replacements) for names in options["fields"]]})
        for title, options in fieldsets
    ]


def _replaced(names: str | Sequence[str], replacements: Mapping[str, ReadOnlyField]) -> str:
    """A field or, as it is, a line of several. The stubs know no functions in its place; Django does."""
    return replacements.get(names, names) if isinstance(names, str) else names  # type: ignore[return-value]


class Fields(BaseModelAdmin):
    """What all forms of the admin have in common."""

    model: type[models.Model]
    fields_have_lines: ClassVar[bool] = True
    """Whether each field has a line of its own, with room for its help."""

    def get_autocomplete_fields(self, request: HttpRequest) -> list[str]:
        return reference_fields(self.model)

    def formfield_for_foreignkey(
        self, db_field: models.ForeignKey, request: HttpRequest, **kwargs: Any
    ) -> forms.ModelChoiceField | None:
        if db_field.name in reference_fields(self.model, many=False) and "widget" not in kwargs:
            kwargs["widget"] = KnownAutocomplete(db_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(
        self, db_field: models.ManyToManyField, request: HttpRequest, **kwargs: Any
    ) -> forms.ModelMultipleChoiceField | None:
        if db_field.name in reference_fields(self.model):
            kwargs.setdefault("widget", KnownAutocompletes(db_field, self.admin_site))
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def formfield_for_dbfield(
        self, db_field: models.Field, request: HttpRequest, **kwargs: Any
    ) -> forms.Field | None:
        if isinstance(db_field, models.TextField) and db_field.null:
            kwargs.setdefault("empty_value", None)  # unknown is null, never ""
            kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField"}))
        if isinstance(db_field, models.URLField):
            kwargs.setdefault("assume_scheme", "https")
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is None:
            return None
        self.explain(field, db_field)
        if isinstance(db_field, models.DateTimeField) and isinstance(field.widget, forms.MultiWidget):
            for part, widget in zip(("date", "time"), field.widget.widgets, strict=True):
                widget.attrs["aria-label"] = f"{field.label}: {part} (UTC)"
        if isinstance(db_field, models.DateField):
            field.validators = [*field.validators, on_every_calendar]
        return field

    def explain(self, field: forms.Field, db_field: models.Field) -> None:
        """The help of a field for whoever fills it in; the one on the model speaks to readers of the API, too."""
        field.help_text = for_editors(str(field.help_text))
        if not self.fields_have_lines:
            return
        if db_field.choices and (slug := vocabulary_of(db_field)):
            field.help_text += f' <a href="{reverse("codebook")}#{slug}">What the words mean</a>'
        elif isinstance(field, forms.CharField) and (db_field.max_length or 0) >= WIDE:
            field.widget.attrs["class"] = "vLargeTextField"

    def explain_what_is_read_only(self, form: type[forms.ModelForm]) -> None:
        """The same help where a field is shown and not filled in."""
        fields = [*self.model._meta.fields, *self.model._meta.many_to_many]
        form._meta.help_texts = {field.name: for_editors(str(field.help_text)) for field in fields}


def for_editors(text: str) -> str:
    """A help text as a page of the admin shows it: nothing is null there, and codes look like codes."""
    text = re.sub(r"\bnull\b", "empty", text)
    text = re.sub(r"\bNull\b", "Empty", text)
    return re.sub("`([^`]+)`", r"<code>\1</code>", text)


def vocabulary_of(db_field: models.Field) -> str | None:
    """The section of the codebook that defines the words of a field."""
    words = [word for word, _ in db_field.choices or ()]
    return next((slug for slug, choices in vocabularies().items() if choices.values == words), None)


class PartInline(Fields, admin.TabularInline):
    """Rows that are part of another. Of those with a public life, the ones that have not ended."""

    form = RuleForm
    formset = PartFormSet
    fields_have_lines = False
    extra = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet[models.Model]:
        rows = super().get_queryset(request)
        if issubclass(self.model, Recorded):
            rows = rows.filter(withdrawn_rev=None)
        relations = display_relations(self.model, reference_fields(self.model, many=False))
        # select_related() without a name would load every relation there is
        return rows.select_related(*relations) if relations else rows

    def get_formset(
        self, request: HttpRequest, obj: models.Model | None = None, **kwargs: Any
    ) -> type[PartFormSet]:
        formset = super().get_formset(request, obj, **kwargs)
        assert issubclass(formset, PartFormSet)
        self.explain_what_is_read_only(formset.form)
        return formset
