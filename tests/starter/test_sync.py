"""The client of docs/examples/ rebuilds the starter record from zero."""

from tests.real_server import running_server
from tests.sync_client import SYNC, copied_objects, copy_equals_lists, polling_client, wait_until_current


def test_the_client_rebuilds_the_record_from_zero(tmp_path):
    file = tmp_path / "copy.sqlite3"
    with running_server(tmp_path) as server, polling_client(server, file) as client:
        wait_until_current(file, client, seconds=60)
        assert copy_equals_lists(file)
    norsi = copied_objects(file)["facilities"]["norsi"]
    assert (norsi["kind"], norsi["regions"]) == ("refinery", ["RU-NIZ"])


def test_the_client_is_short_and_needs_nothing_but_python():
    text = SYNC.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 60
    assert "import json\nimport sqlite3\nimport sys\nimport time\nfrom urllib import error, request\n" in text
