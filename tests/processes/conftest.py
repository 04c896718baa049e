from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.processes.scene import scene
from tests.processes.spawning import Spawner, spawning


@pytest.fixture(scope="session")
def spawner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Spawner]:
    with spawning(tmp_path_factory.mktemp("processes")) as one:
        yield one


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory, spawner: Spawner) -> Path:
    """The database of a platform on which the project before the changes was applied, long ago."""
    folder = tmp_path_factory.mktemp("prepared") / "scene"
    with scene(folder, spawner) as one:
        done = one.start().wait()
        assert done.code == 0, done.err
    database = folder / "platform.db"
    with closing(sqlite3.connect(database)) as db, db:
        aged = db.execute(
            "UPDATE evaluation SET created_at = :then, archived_at = :then WHERE metadata LIKE '%sgpctl_lease%'",
            {"then": "2026-01-01T00:00:00.000000Z"},
        )
        assert aged.rowcount == 1
    return database
