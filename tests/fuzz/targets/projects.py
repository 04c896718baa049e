"""Projects as inputs: the examples, and small ones around each hostile file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.fuzz.archive import packed
from tests.fuzz.targets.target import EXAMPLES, TESTS, hostile_files

_SETTINGS = (
    b"version: 1\nproject: demo\nvariables: {a: x, b: [1, {c: '${var.a}'}]}\n"
    b"environments: {sandbox: {target: sandbox, variables: {a: y}}, prod: {target: production, defaults: {tags: [p]}}}\n"
    b"default_environment: sandbox\ndefaults: {tags: [all], metadata: {owner: '${var.a}'}}\n"
)
_MANIFEST = (
    b"name: one-${matrix.a}\nmatrix: {a: [x, y], exclude: [{a: y}], include: [{a: {z: 1}}]}\n"
    b"data: {$file: ../data/rows.jsonl}\nmetadata: {text: {$file: ../a.md, with: {b: '${matrix.a}'}}}\n"
    b"tasks:\n  - {task_type: metric, configuration: {type: f1, candidate: item.a, reference: item.a}}\n"
)
_ROWS = b'{"a": "x", "b": 1}\n{"a": "y", "b": null}\n'


def projects() -> Iterator[bytes]:
    for example in sorted(EXAMPLES.iterdir()):
        yield packed(_files_below(example))
    yield small_project()
    for path in hostile_files("yaml", "json"):
        yield small_project(**{f"evaluations/more{path.suffix}": path.read_bytes()})
    for path in hostile_files("project"):
        yield small_project(**{"sgpctl.yaml": path.read_bytes()})
    for path in hostile_files("csv", "jsonl"):
        name = f"data/rows{path.suffix}"
        manifest = _MANIFEST.replace(b"data/rows.jsonl", name.encode())
        yield small_project(**{name: path.read_bytes(), "evaluations/one.yaml": manifest})
    for path in hostile_files("variables"):
        yield small_project(**{f"given{path.suffix}": path.read_bytes()})
    for path in sorted((TESTS / "model").glob("*/*.json")):
        yield small_project(**{"evaluations/more.json": path.read_bytes()})


def small_project(**files: bytes) -> bytes:
    whole = {
        "sgpctl.yaml": _SETTINGS,
        "evaluations/one.yaml": _MANIFEST,
        "evaluations/_defaults.yaml": b"description: from the folder\n",
        "data/rows.jsonl": _ROWS,
        "a.md": b"text with ${b} and {{item.a}}\n",
    }
    return packed({**whole, **files})


def _files_below(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    }
