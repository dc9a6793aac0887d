"""The client of docs/examples/ rebuilds the starter record from zero."""

from tests.copying import SYNC, copied, copying, equal, wait_for
from tests.serving import serving


def test_the_client_rebuilds_the_record_from_zero(tmp_path):
    file = tmp_path / "copy.sqlite3"
    with serving(tmp_path) as server, copying(server, file) as client:
        wait_for(file, client, seconds=60)
        assert equal(file)
    norsi = copied(file)["facilities"]["norsi"]
    assert (norsi["kind"], norsi["regions"]) == ("refinery", ["RU-NIZ"])


def test_the_client_is_short_and_needs_nothing_but_python():
    text = SYNC.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 60
    assert "import json\nimport sqlite3\nimport sys\nimport time\nfrom urllib import error, request\n" in text
