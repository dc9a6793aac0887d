"""Pictures of timelines and series: plain SVG, readable in print and by a screen reader, each mark with its claim.

Nothing is told by colour alone: what is certain is solid, what is only possible is hatched, what is predicted or
beyond the last word has a dashed line.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Any

from django.template.loader import render_to_string
from rest_framework.response import Response

from api.formats import Json
from api.types import JsonObject

WIDTH, LEFT, RIGHT, TOP = 960, 190, 30, 64
BAR, LANE, GAP = 20, 11, 10
HEIGHT, FLOOR = 320, 262
HEIGHT_OF_STATE = {"halted": BAR - 4, "reduced": (BAR - 4) // 2}
"""How high a phase stands in its bar: what runs at a load that nobody states, or in full, is no outage."""
NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML document may have in it, however it is written."""


class Svg(Json):
    """A picture of an answer. A problem stays JSON."""

    format = "svg"
    media_type = "image/svg+xml"
    charset = "utf-8"
    template: str

    def render(
        self,
        data: JsonObject,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        response: Response | None = (renderer_context or {}).get("response")
        if response is not None and response.status_code >= 400:
            problem: bytes = super().render(data, accepted_media_type, renderer_context)
            return problem
        return NOT_XML.sub("", render_to_string(self.template, self.draw(data))).encode()

    def draw(self, data: JsonObject) -> JsonObject:
        """The marks of the picture, with their places."""
        raise NotImplementedError


@dataclass
class Axis:
    """Days from left to right."""

    first: dt.date
    last: dt.date

    def at(self, day: dt.date) -> float:
        days = max((self.last - self.first).days, 1)
        share = (min(max(day, self.first), self.last) - self.first).days / days
        return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)

    def ticks(self) -> list[JsonObject]:
        """The first days of months, quarters or years, at most about a dozen."""
        months = (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1
        step = next(step for step in (1, 3, 6, 12, 24, 60, 120, 1200, 120_000) if months / step <= 12)
        ticks, day = [], self.first.replace(day=1)
        while day <= self.last:
            if day >= self.first and (day.year * 12 + day.month - 1) % step == 0:
                ticks.append({"x": self.at(day), "text": f"{day:%b %Y}"})
            day = (day + dt.timedelta(days=32)).replace(day=1)  # 32 days on is always the next month
        return ticks


def parse_date(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def by_whom(edge: JsonObject) -> str:
    """Who says so, and in which claims."""
    return f"by {', '.join(edge['issuers'])} ({', '.join(edge['claims'])})"


# Timelines ------------------------------------------------------------------------------------------------


class TimelineSvg(Svg):
    """Outages as bars, high where it stood still and low where it ran, solid as far as that is over and hatched as far as
    it is not; below, what others say."""

    template = "pictures/timeline.svg"

    def draw(self, data: JsonObject) -> JsonObject:
        place = data.get("facility") or data["unit"]
        outages = data["outages"]
        days = [parse_date(strike["local_date"]) for strike in data["strikes"]]
        for outage in outages:
            days += [
                parse_date(edge["at"][name])
                for edge in dated_edges(outage)
                for name in ("local_date", "local_until")
            ]
        today = dt.date.today()
        first, last = min(days, default=today), max(days, default=today)
        axis = Axis(first - dt.timedelta(days=10), last + dt.timedelta(days=20))
        rows, bottom = [], TOP
        for outage in outages:
            rows.append(self.row(bottom, outage, axis))
            bottom += rows[-1]["height"]
        return {
            "title": f"Outages of {place['display']}, {axis.first} to {axis.last}",
            "summary": " ".join(row["text"] for row in rows) or "No outage was reported.",
            "policy": data["policy"],
            "width": WIDTH,
            "height": bottom + 40 + (0 if rows else 20),
            "left": LEFT,
            "bottom": bottom + (0 if rows else 20),
            "ticks": axis.ticks(),
            "rows": rows,
            "top": TOP,
            "bar": BAR - 4,
            "strikes": [
                {
                    "x": axis.at(parse_date(strike["local_date"])),
                    "text": f"{strike['kind']}: {strike['display']}",
                    "url": strike["url"],
                }
                for strike in data["strikes"]
            ],
        }

    def row(self, top: int, outage: JsonObject, axis: Axis) -> JsonObject:
        """One outage: a bar for each reading of it and, in lanes below, what else was said of its edges."""
        name = "The whole facility"
        if outage["unit"]:
            name = outage["unit"]["display"].removesuffix(f", {outage['facility']['display']}")
        readings = [outage] if outage["start"] else outage["readings"]
        first = top if outage["start"] else top + BAR  # below the name, where each reading names its issuer
        bars = [self.bar(first + BAR * number, reading, axis) for number, reading in enumerate(readings)]
        below = first + BAR * len(readings)
        rivals = [*outage["rivals"]["start"], *outage["rivals"]["end"]]
        marks = [self.mark(below + LANE * number, edge, axis) for number, edge in enumerate(rivals)]
        return {
            "y": top,
            "name": name,
            "bars": bars,
            "marks": marks,
            "height": below + LANE * len(marks) + GAP - top,
            "text": f"{name}: {'; '.join(bar['text'] for bar in bars)}.",
        }

    def bar(self, top: int, reading: JsonObject, axis: Axis) -> JsonObject:
        """One reading: a segment for each phase, the lower the more of it ran."""
        issuer = reading.get("issuer")
        drawn = [phase for phase in reading["phases"] if phase["state"] in HEIGHT_OF_STATE]
        segments = [self.segment(top, phase, axis, issuer) for phase in drawn]
        told = [segment["text"] for segment in segments]
        told += [
            f"{phase['state']} again from {told_days(phase['start'])} ({', '.join(phase['claims'])})"
            for phase in reading["phases"]
            if phase not in drawn
        ]
        return {"y": top, "segments": segments, "issuer": issuer, "text": "; ".join(told)}

    def segment(self, top: int, phase: JsonObject, axis: Axis, issuer: str | None) -> JsonObject:
        start, end = phase["start"], phase["end"]
        start_day = parse_date(start["at"]["local_date"]) if start["at"] else None
        end_day = parse_date(end["at"]["local_until"]) if end["at"] else axis.last
        left, right = axis.at(start_day or axis.first), axis.at(end_day)
        height = HEIGHT_OF_STATE[phase["state"]]
        until = {
            "fact": f"until {told_days(end)}",
            "forecast": f"still, predicted until {told_days(end)}",
            "open": "still, no end predicted",
            "never": "still, and said never to end",
        }[end["kind"]]
        since = f"from {told_days(start)}" if start_day else "nobody says since when,"
        load = f" at {', '.join(number['display'] for number in phase['load'])}" if phase["load"] else ""
        return {
            "x": left,
            "y": top + BAR - 4 - height,
            "width": round(max(right - left, 2), 1),
            "height": height,
            "over": end["kind"] == "fact",
            "text": f"{phase['state']}{load} {since} {until}{f' by {issuer}' if issuer else ''} "
            f"({', '.join(phase['claims'])})",
        }

    def mark(self, top: int, edge: JsonObject, axis: Axis) -> JsonObject:
        """A rival: a circle on its last day, with a line from its first; an arrow where it is said to go on."""
        told_as = {
            None: "Also said to begin",
            "fact": "Also said to end",
            "forecast": "Predicted to end",
            "status": "Said to be otherwise",
        }
        if edge["at"] is None:
            goes_on = "never to end" if edge["kind"] == "never" else "to go on"
            text = f"Also said {goes_on}, {by_whom(edge)}"
            return {
                "y": top,
                "x": LEFT,
                "end": axis.at(axis.last),
                "open": True,
                "dashed": False,
                "text": text,
            }
        first, last = edge["at"]["local_date"], edge["at"]["local_until"]
        return {
            "y": top,
            "x": axis.at(parse_date(first)),
            "end": axis.at(parse_date(last)),
            "open": False,
            "dashed": edge["kind"] == "forecast",
            "text": f"{told_as[edge['kind']]}: {told_days(edge)}, {by_whom(edge)}",
        }


def told_days(edge: JsonObject) -> str:
    """The days of an edge in words."""
    if edge["at"] is None:
        return "a day that nobody gives"
    first, last = edge["at"]["local_date"], edge["at"]["local_until"]
    return str(first) if first == last else f"between {first} and {last}"


def dated_edges(outage: JsonObject) -> list[JsonObject]:
    """Every edge of an outage that has a time: as it is read, and as others say."""
    edges = [outage["start"], outage["end"], *outage["rivals"]["start"], *outage["rivals"]["end"]]
    for phase in (phase for reading in (outage, *outage["readings"]) for phase in reading["phases"]):
        edges += [phase["start"], phase["end"]]
    return [edge for edge in edges if edge and edge["at"]]


# Series -----------------------------------------------------------------------------------------------------


class SeriesSvg(Svg):
    """The least as solid columns, the most as bands above them, values as lines; dashed beyond the last word."""

    template = "pictures/series.svg"

    def draw(self, data: JsonObject) -> JsonObject:
        points = data["points"]
        today = dt.date.today()
        axis = Axis(
            min((parse_date(point["start"]) for point in points), default=today),
            max((parse_date(point["until"]) for point in points), default=today),
        )
        bounds = [point[name] for point in points for name in ("low", "best", "high")]
        values = [bound for bound in bounds if bound is not None]
        if any(point["high"] is None for point in points):
            values.append(max(values, default=0) * 1.25)  # room above what is left open
        scale = scale_steps(values)
        unit = data["unit_of_measure"].replace("_", " ")
        bands = [self.band(point, axis, scale[-1], unit) for point in points if point["claims"]]
        return {
            "title": f"Capacity offline, {unit}, {axis.first} to {axis.last}",
            "summary": f"{len(points)} periods, {len(bands)} of them with something offline."
            + (f" {len(data['left_out'])} outages or numbers are left out." if data["left_out"] else ""),
            "policy": data["policy"],
            "interval": data["interval"],
            "unit": unit,
            "width": WIDTH,
            "height": HEIGHT,
            "left": LEFT,
            "floor": FLOOR,
            "top": TOP,
            "right": WIDTH - RIGHT,
            "bands": bands,
            "ticks": axis.ticks(),
            "scale": [{"y": height(value, scale[-1]), "text": f"{value:g}"} for value in scale],
        }

    def band(self, point: JsonObject, axis: Axis, most: float, unit: str) -> JsonObject:
        low, best, high = point["low"] or 0, point["best"], point["high"]
        left, right = axis.at(parse_date(point["start"])), axis.at(parse_date(point["until"]))
        least = height(low, most)
        top = TOP * 1.0 if high is None else height(high, most)
        bounds = f"at least {low}, {'left open above' if high is None else f'at most {high}'} {unit}"
        beyond = ", in part beyond the last word" if point["forecast"] else ""
        return {
            "x": left,
            "end": right,
            "width": round(max(right - left, 0.5), 1),
            "half": round((right - left) / 2, 1),
            "least": least,
            "sure": round(FLOOR - least, 1),
            "top": top,
            "maybe": round(least - top, 1),
            "open": high is None,
            "best": None if best is None else height(best, most),
            "dashed": point["forecast"],
            "text": f"{point['start']} to {point['until']}: {bounds}{beyond} ({', '.join(point['claims'])})",
        }


def height(value: float, most: float) -> float:
    return round(FLOOR - value / most * (FLOOR - TOP), 1)


def scale_steps(values: list[float]) -> list[float]:
    """Round numbers from zero up to the largest of some values or above it, about five."""
    most = Decimal(str(max([*values, 0]) or 1))
    digit = Decimal(10) ** (most.adjusted() - 1)
    step = next(size * digit for size in (1, 2, Decimal("2.5"), 5, 10, 20, 25) if size * digit * 5 >= most)
    count = int((most / step).to_integral_value(ROUND_CEILING))
    return [float(step * number) for number in range(count + 1)]
