"""`fmt` on single files: what it changes means the same, and is changed no more."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from sgpctl.limits import MANIFEST_BYTES_MAX
from sgpctl.manifest.formatting.order import Kind
from sgpctl.manifest.formatting.text import format_text
from sgpctl.manifest.json_document import read_json
from sgpctl.manifest.problem import Broken
from sgpctl.manifest.text import read_text
from sgpctl.manifest.yaml_document import read_yaml
from sgpctl.render.layout import plain
from sgpctl.render.unified_diff import unified_diff
from tests.fuzz.targets.target import EXAMPLES, TESTS, hostile_files, is_printable, promise

_NAMES = {"a.yaml": Kind.MANIFEST, "a.json": Kind.MANIFEST, "sgpctl.yaml": Kind.PROJECT}


class Formatting:
    name = "fmt"
    outputs = ()

    def seeds(self) -> Iterator[bytes]:
        for path in sorted(EXAMPLES.rglob("*.yaml")):
            yield path.read_bytes()
        for path in sorted((TESTS / "manifest" / "formatting").rglob("*.yaml")):
            yield path.read_bytes()
        for path in (
            *hostile_files("yaml", "json", "project"),
            *sorted((TESTS / "model").glob("accept/*.json")),
        ):
            yield path.read_bytes()

    def prepare(self, data: bytes, folder: Path) -> None:
        for name in _NAMES:
            (folder / name).write_bytes(data)

    def run(self, folder: Path) -> str:
        return "; ".join(_formatted(folder / name, kind) for name, kind in _NAMES.items())


def _formatted(path: Path, kind: Kind) -> str:
    try:
        before = read_text(path, path.name, MANIFEST_BYTES_MAX).text
    except Broken as broken:
        return str(broken.problem)
    first = format_text(before, path.name, kind)
    if first.text is None:
        promise(bool(first.problems), "nothing said of a file that is left alone")
        return str(first.problems[0])
    promise(_values(first.text, path.name) == _values(before, path.name), "formatting changed a value")
    promise(format_text(first.text, path.name, kind).text == first.text, "formatting again changes more")
    diff = plain(unified_diff(path.name, before, first.text))
    promise(is_printable(diff), "a diff that steers the terminal")
    return "formatted" if diff else "as it was"


def _values(text: str, name: str) -> list[str]:
    read = read_json if name.endswith(".json") else read_yaml
    return [json.dumps(document.root, sort_keys=True) for document in read(text, name).documents]
