"""Types that every module of the API may use."""

from __future__ import annotations

from typing import Any

JsonObject = dict[str, Any]
"""An object as JSON writes it, whose members have types that differ: an answer, a schema, a problem."""
