"""Evaluations as the platform keeps them, read from its database and not through its API."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sgpctl.model.marks import Owner
from sgpctl.sandbox.store import Store

OWNER = Owner("evals", "prod", "github.com/acme/evals")
NEIGHBOUR = Owner("search", "prod", "github.com/acme/search")
"""A second project in the account that declares evaluations of the same names, some of the same spec."""

_PARTS = ("id", "name", "description", "tags", "metadata", "archived_at")


@dataclass(frozen=True, slots=True)
class Stored:
    """One evaluation."""

    id: str
    name: str
    description: str | None
    tags: tuple[str, ...]
    metadata: Mapping[str, Any]
    archived_at: str | None

    @property
    def is_live(self) -> bool:
        return self.archived_at is None

    @property
    def is_ours(self) -> bool:
        return self.belongs_to(OWNER)

    @property
    def is_a_strangers(self) -> bool:
        """No project that applies here keeps it."""
        return not (self.belongs_to(OWNER) or self.belongs_to(NEIGHBOUR))

    def belongs_to(self, owner: Owner) -> bool:
        return owner.tag in self.tags

    @property
    def digest(self) -> str:
        return str(self.metadata.get("sgpctl_digest", ""))

    @property
    def nonce(self) -> str:
        return str(self.metadata.get("sgpctl_nonce", ""))

    @property
    def made_as(self) -> str:
        return str(self.metadata.get("sgpctl_name", self.name))

    @property
    def is_protected(self) -> bool:
        return bool(self.metadata.get("sgpctl_protect") == "true")


def all_stored(store: Store) -> dict[str, Stored]:
    """All evaluations of the account by id, in the order of their creation. A lease is none."""
    with store.transaction(writes=False) as db:
        rows = db.execute(f"SELECT {', '.join(_PARTS)} FROM evaluation ORDER BY rowid").fetchall()
    return {
        row["id"]: Stored(
            row["id"],
            row["name"],
            row["description"],
            tuple(json.loads(row["tags"])),
            json.loads(row["metadata"] or "{}"),
            row["archived_at"],
        )
        for row in rows
        if "sgpctl_lease" not in (row["metadata"] or "")
    }
