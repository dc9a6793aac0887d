"""Keep a copy of the public record: python sync.py http://127.0.0.1:8000/api/v1/ copy.sqlite3 SECONDS_BETWEEN_POLLS
It has each object's own fields, related objects by their ids, and not what is worked out from others (COMPUTED)."""

import json
import sqlite3
import sys
import time
from urllib import error, request

BESIDE, COMPUTED = {"vocabularies", "changes", "corrections"}, {"url", "display", "origin", "rank", "summary"}
COMPUTED |= {"counts", "not_counted_because", "relations", "dispute", "origins_for", "origins_forecasting"}
COMPUTED |= {"report_issued_later", "report_retracted", "retracted_through", "would_change", "author_role"}
COMPUTED |= {"damage_estimates", "weapon_counts", "origins_against", "documents", "explanation", "main_point"}


def get(address, etag=""):
    try:
        answer = request.urlopen(request.Request(address, headers={"If-None-Match": etag}))
        return answer if answer.url == address else None  # it was merged, and this is its survivor
    except error.HTTPError as problem:
        if problem.code not in (304, 404, 410):  # unchanged, or not public any more
            raise


def own(value):
    if isinstance(value, dict):
        return value["id"] if "id" in value else {name: own(one) for name, one in value.items()}
    return [own(one) for one in value] if isinstance(value, list) else value


def keep(copy, collection, answer):
    for row in map(json.loads, answer):
        body = {name: own(value) for name, value in row.items() if name not in COMPUTED}
        copy.execute("replace into object values (?, ?, ?)", (collection, row["id"], json.dumps(body)))
    return int(answer.headers["X-Record-Revision"])


def sync(base, copy, etag=""):
    with copy:  # all or nothing; the file's `user_version` is the revision that the copy has reached
        since = copy.execute("pragma user_version").fetchone()[0]
        if not since:  # read every list; what came after the oldest of their revisions is in the feed
            copy.execute("create table if not exists object (collection, id, body, unique (collection, id))")
            names = {name for name in json.load(get(base)) if "/" not in name} - BESIDE
            since = min(keep(copy, name, get(f"{base}{name}/?format=ndjson")) for name in names)
        changed, answer = {}, get(f"{base}changes/?since={since}&format=ndjson", etag)
        for line in map(json.loads, answer or ()):
            changed[line["collection"], line["id"]], since = line["action"], line["revision"]
        for (collection, key), action in changed.items():
            copy.execute("delete from object where collection = ? and id = ?", (collection, key))
            if action != "withdraw" and (row := get(f"{base}{collection}/{key}/")):
                keep(copy, collection, row)
        copy.execute(f"pragma user_version = {since}")
    return answer.headers.get("ETag", "") if answer else etag


if __name__ == "__main__":
    etag = ""
    while True:
        etag = sync(sys.argv[1], sqlite3.connect(sys.argv[2]), etag)
        time.sleep(float(sys.argv[3]))
