from __future__ import annotations

from collections.abc import Iterator
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
    """The database of a platform on which the project before the changes is applied."""
    folder = tmp_path_factory.mktemp("prepared") / "scene"
    with scene(folder, spawner) as one:
        done = one.start().wait()
        assert done.code == 0, done.err
    return folder / "platform.db"
