"""Reading the forms of a page as a browser does: what it would send if one pressed a button."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any


class FormReader(HTMLParser):
    """The values that the fields of the forms of a page hold."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.values: dict[str, Any] = {}
        self.select: str | None = None
        self.text: str | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        name = attributes.get("name")
        if tag == "input" and name and attributes.get("type") != "submit":
            if attributes.get("type") in ("checkbox", "radio"):
                if "checked" in attributes:
                    self.values.setdefault(name, []).append(attributes.get("value") or "on")
            else:
                self.values[name] = attributes.get("value") or ""
        elif tag == "select" and name:
            self.select = name
            self.values.setdefault(name, [])
        elif tag == "option" and self.select and "selected" in attributes:
            self.values[self.select].append(attributes.get("value") or "")
        elif tag == "textarea" and name:
            self.text = name
            self.values[name] = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self.select = None
        elif tag == "textarea":
            self.text = None

    def handle_data(self, data: str) -> None:
        if self.text:
            self.values[self.text] += data


def form_of(response: Any) -> dict[str, Any]:
    """What the form of a page would send, without a button."""
    values = FormReader(response.content.decode()).values
    return {
        name: value.removeprefix("\n") if isinstance(value, str) else value for name, value in values.items()
    }


class ComplaintReader(HTMLParser):
    """The complaints of a page, each with the field it stands beside; none for those above the form."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.complaints: list[tuple[str | None, str]] = []
        self.field: str | None = None
        self.inside = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if tag == "ul" and "errorlist" in (attributes.get("class") or "").split():
            name = attributes.get("id") or ""
            self.field = name.removeprefix("id_").removesuffix("_error") or None
            self.inside = True
        elif tag == "li" and self.inside:
            self.complaints.append((self.field, ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "ul":
            self.inside = False

    def handle_data(self, data: str) -> None:
        if self.inside and self.complaints:
            field, text = self.complaints.pop()
            self.complaints.append((field, text + data))


def complaints(response: Any) -> list[tuple[str | None, str]]:
    """What a page complains of, sentence by sentence, and beside which field."""
    return ComplaintReader(response.content.decode()).complaints


def sentences(response: Any) -> list[str]:
    return [text for _, text in complaints(response)]
