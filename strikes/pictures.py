"""Pictures of timelines and series: plain SVG, readable in print and by a screen reader, each mark with its claim."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from rest_framework.response import Response

from record.api.formats import Json

WIDTH, LEFT, RIGHT, TOP = 960, 190, 30, 64
ROW, BAR = 34, 16
HEIGHT, FLOOR = 320, 250


class Svg(Json):
    """A picture of an answer. A problem stays JSON."""

    format = "svg"
    media_type = "image/svg+xml"
    charset = "utf-8"
    template: str

    def render(self, data: Any, accepted_media_type: Any = None, renderer_context: Any = None) -> bytes:
        response: Response | None = (renderer_context or {}).get("response")
        if response is not None and response.status_code >= 400:
            problem: bytes = super().render(data, accepted_media_type, renderer_context)
            return problem
        return render_to_string(self.template, self.drawn(data)).encode()

    def drawn(self, data: dict[str, Any]) -> dict[str, Any]:
        """The marks of the picture, with their places."""
        raise NotImplementedError


@dataclass
class Axis:
    """Days from left to right."""

    first: dt.date
    last: dt.date

    def at(self, day: dt.date) -> float:
        whole = max((self.last - self.first).days, 1)
        share = (min(max(day, self.first), self.last) - self.first).days / whole
        return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)

    def ticks(self) -> list[dict[str, Any]]:
        """The first days of months, quarters or years, at most about a dozen."""
        months = (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1
        step = next(step for step in (1, 3, 6, 12, 24, 60, 120, 1200) if months / step <= 12)
        found, day = [], self.first.replace(day=1)
        while day <= self.last:
            if day >= self.first and (day.year * 12 + day.month - 1) % step == 0:
                found.append({"x": self.at(day), "text": f"{day:%b %Y}"})
            day = (day + dt.timedelta(days=32)).replace(day=1)
        return found


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


# Timelines ------------------------------------------------------------------------------------------------


class TimelineSvg(Svg):
    """Outages as bars: dark as they are read, light where others begin or end them, dashed where predicted."""

    template = "pictures/timeline.svg"

    def drawn(self, data: dict[str, Any]) -> dict[str, Any]:
        place = data.get("facility") or data["unit"]
        outages = data["outages"]
        days = [day(strike["local_date"]) for strike in data["strikes"]]
        for outage in outages:
            days += [
                day(edge["at"][name]) for edge in edges(outage) for name in ("local_date", "local_until")
            ]
        today = dt.date.today()
        axis = Axis(
            min(days, default=today) - dt.timedelta(days=10), max(days, default=today) + dt.timedelta(days=20)
        )
        rows = [self.row(number, outage, axis) for number, outage in enumerate(outages)]
        bottom = TOP + ROW * len(rows)
        return {
            "title": f"Outages of {place['display']}, {axis.first} to {axis.last}",
            "summary": " ".join(row["said"] for row in rows) or "No outage was reported.",
            "policy": data["policy"], "width": WIDTH, "height": bottom + 60, "bottom": bottom, "left": LEFT,
            "ticks": axis.ticks(), "rows": rows, "top": TOP,
            "strikes": [
                {"x": axis.at(day(one["local_date"])), "text": f"{one['kind']}: {one['display']}", "url": one["url"]}
                for one in data["strikes"]
            ],
        }  # fmt: skip

    def row(self, number: int, outage: dict[str, Any], axis: Axis) -> dict[str, Any]:
        whole = outage["facility"]["display"]
        name = (
            outage["unit"]["display"].removesuffix(f", {whole}") if outage["unit"] else "The whole facility"
        )
        readings = [outage] if outage["start"] else outage["readings"]
        bars = [self.bar(one, axis, light=len(readings) > 1) for one in readings if one["start"]["at"]]
        marks = [
            {
                "x": axis.at(day(edge["at"]["local_until"])), "dashed": edge["kind"] == "forecast",
                "text": f"{'Predicted end' if edge['kind'] == 'forecast' else 'Also said'}: "
                f"{edge['at']['local_until']}, by {', '.join(edge['issuers'])} ({', '.join(edge['claims'])})",
            }
            for edge in [*outage["rivals"]["start"], *outage["rivals"]["end"]]
            if edge["at"]
        ]  # fmt: skip
        said = f"{name}: " + "; ".join(bar["text"] for bar in bars) + "."
        return {"y": TOP + ROW * number, "name": name, "bars": bars, "marks": marks, "said": said}

    def bar(self, reading: dict[str, Any], axis: Axis, light: bool) -> dict[str, Any]:
        start, end = reading["start"], reading["end"]
        begun = day(start["at"]["local_date"])
        over = day(end["at"]["local_until"]) if end["at"] else axis.last
        by = f" by {reading['issuer']}" if reading.get("issuer") else ""
        ended = {
            "fact": f"until {over}", "forecast": f"still, predicted until {over}", "open": "still, no end predicted",
        }[end["kind"]]  # fmt: skip
        claims = ", ".join(dict.fromkeys([*start["claims"], *end["claims"]]))
        return {
            "x": axis.at(begun), "width": max(axis.at(over) - axis.at(begun), 2), "dashed": end["kind"] != "fact",
            "light": light, "text": f"out from {begun} {ended}{by} ({claims})",
        }  # fmt: skip


def edges(outage: dict[str, Any]) -> list[dict[str, Any]]:
    found = [outage["start"], outage["end"], *outage["rivals"]["start"], *outage["rivals"]["end"]]
    for reading in outage["readings"]:
        found += [reading["start"], reading["end"]]
    return [edge for edge in found if edge and edge["at"]]


# Series -----------------------------------------------------------------------------------------------------


class SeriesSvg(Svg):
    """Bounds as bands from the lowest to the highest, values as lines; dashed where a part is predicted."""

    template = "pictures/series.svg"

    def drawn(self, data: dict[str, Any]) -> dict[str, Any]:
        points = data["points"]
        today = dt.date.today()
        axis = Axis(
            min((day(one["start"]) for one in points), default=today),
            max((day(one["until"]) for one in points), default=today),
        )
        tops = [one[name] for one in points for name in ("low", "best", "high") if one[name] is not None]
        most = max([*tops, 0]) * 1.1 or 1

        def height(value: float) -> float:
            return round(FLOOR - value / most * (FLOOR - TOP), 1)

        unit = data["unit_of_measure"].replace("_", " ")
        bands = []
        for one in points:
            low, high = one["low"] or 0, one["high"]
            top = height(most if high is None else high)
            text = (
                f"{one['start']} to {one['until']}: at least {low}"
                + (f", at most {high}" if high is not None else ", left open above")
                + f" {unit} ({', '.join(one['claims']) or 'no claim'})"
            )
            x = axis.at(day(one["start"]))
            bands.append(
                {
                    "x": x, "width": max(round(axis.at(day(one["until"])) - x, 1), 0.5), "top": top,
                    "height": max(round(height(low) - top, 1), 1.5), "open": high is None, "floor": height(low),
                    "best": height(one["best"]) if one["best"] is not None else None, "text": text,
                    "end": round(axis.at(day(one["until"])), 1),
                    "dashed": one["forecast"], "empty": not one["claims"],
                }
            )  # fmt: skip
        scale = [
            {"y": height(most / 1.1 * part / 4), "text": f"{most / 1.1 * part / 4:.4g}"} for part in range(5)
        ]
        return {
            "title": f"Capacity offline, {unit}, {axis.first} to {axis.last}",
            "summary": " ".join(f"{band['text']}." for band in bands if not band["empty"]) or "Nothing was offline.",
            "policy": data["policy"], "interval": data["interval"], "unit": unit, "width": WIDTH, "height": HEIGHT,
            "left": LEFT, "floor": FLOOR, "top": TOP, "right": WIDTH - RIGHT, "bands": bands, "ticks": axis.ticks(),
            "scale": scale,
        }  # fmt: skip
