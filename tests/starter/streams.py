"""The answers that are streams: newline-delimited JSON, CSV and GeoJSON."""

import csv
import io
import json

from tests.starter.test_reading import STORED

PLACED = ["facilities", "units", "strikes"]
STREAMS = [(name, word) for name in STORED for word in ("ndjson", "csv")] + [(n, "geojson") for n in PLACED]
TYPES = {
    "json": "application/json",
    "ndjson": "application/x-ndjson",
    "csv": "text/csv",
    "geojson": "application/geo+json",
}


def text_of(response):
    assert response.status_code == 200, response.content
    return b"".join(response.streaming_content).decode()


def streamed_objects(api, collection, word, query=""):
    """The objects of a stream, however they are written; for CSV, its rows."""
    text = text_of(api.raw(f"{collection}/?format={word}{query}"))
    if word == "ndjson":
        return [json.loads(line) for line in text.splitlines()]
    if word == "csv":
        return list(csv.DictReader(io.StringIO(text, newline="")))
    return [feature["properties"] for feature in json.loads(text)["features"]]


def get_with_headers(api, address, **headers):
    return api.client.get(f"/api/v1/{address}", headers=headers)
