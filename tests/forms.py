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
        given = dict(attrs)
        name = given.get("name")
        if tag == "input" and name and given.get("type") != "submit":
            if given.get("type") in ("checkbox", "radio"):
                if "checked" in given:
                    self.values.setdefault(name, []).append(given.get("value") or "on")
            else:
                self.values[name] = given.get("value") or ""
        elif tag == "select" and name:
            self.select = name
            self.values.setdefault(name, [])
        elif tag == "option" and self.select and "selected" in given:
            self.values[self.select].append(given.get("value") or "")
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
        self.found: list[tuple[str | None, str]] = []
        self.field: str | None = None
        self.inside = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "ul" and "errorlist" in (given.get("class") or "").split():
            name = given.get("id") or ""
            self.field = name.removeprefix("id_").removesuffix("_error") or None
            self.inside = True
        elif tag == "li" and self.inside:
            self.found.append((self.field, ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "ul":
            self.inside = False

    def handle_data(self, data: str) -> None:
        if self.inside and self.found:
            field, text = self.found.pop()
            self.found.append((field, text + data))


def complaints(response: Any) -> list[tuple[str | None, str]]:
    """What a page complains of, sentence by sentence, and beside which field."""
    return ComplaintReader(response.content.decode()).found


def sentences(response: Any) -> list[str]:
    return [text for _, text in complaints(response)]
