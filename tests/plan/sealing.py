"""Saved plans that somebody edited who knows how digests are made."""

from __future__ import annotations

from typing import Any

from sgpctl.errors import PlanFileError
from sgpctl.plan.document import as_part
from sgpctl.plan.saved import _read_plan


def sealed(document: dict[str, Any]) -> dict[str, Any]:
    """`document` with the digest that fits its changes; as it is where these cannot be read."""
    try:
        return {**document, "digest": _read_plan(as_part(document)).digest}
    except PlanFileError:
        return document
