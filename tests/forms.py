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
