"""The checks of `language_server`, each a test; where nobody asks for them they are skipped, because they need Node.

They are asked for by SGPCTL_LANGUAGE_SERVER=1, and by CI=true, which CI services set themselves.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest

from tests.editor.client import Editor
from tests.editor.installation import NotToBeHad
from tests.editor.language_server import CHECKS, editor_in

IS_ASKED_FOR = os.environ.get("SGPCTL_LANGUAGE_SERVER") == "1" or os.environ.get("CI") == "true"

pytestmark = [
    pytest.mark.skipif(not IS_ASKED_FOR, reason="needs Node: ask for it with SGPCTL_LANGUAGE_SERVER=1"),
    pytest.mark.skipif(shutil.which("node") is None, reason="node is not on the PATH"),
]


@pytest.fixture(scope="module")
def editor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Editor]:
    try:
        with editor_in(tmp_path_factory.mktemp("editor") / "demo") as editor:
            yield editor
    except NotToBeHad as error:
        pytest.skip(str(error))


@pytest.mark.parametrize("name", CHECKS)
def test_in_the_language_server(name: str, editor: Editor) -> None:
    CHECKS[name](editor)
