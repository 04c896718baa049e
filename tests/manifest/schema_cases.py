"""Documents for the tests of the schemas: what there is in the examples and in the corpora of other tests.

`python -m tests.manifest.schema_cases` writes anew what the schema does not see. Read the difference before you commit it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import jsonschema  # type: ignore[import-untyped]  # has no types, and only a test needs it

from sgpctl.manifest.json_document import read_json
from sgpctl.manifest.schema.document import Kind, schema_of
from sgpctl.manifest.yaml_document import read_yaml
from sgpctl.model.finding import Severity
from sgpctl.model.located import Json, path_text
from sgpctl.model.request import check_manifest

HERE = Path(__file__).parent
TESTS = HERE.parent
EXAMPLES = TESTS.parent / "examples"
UNSEEN = HERE / "schema_unseen.txt"

_VALIDATORS = {kind: jsonschema.Draft202012Validator(schema_of(kind)) for kind in Kind}
_KINDS = {"sgpctl.yaml": Kind.PROJECT, "_defaults.yaml": Kind.DEFAULTS}


def is_valid(document: Json, kind: Kind = Kind.MANIFEST) -> bool:
    return bool(_VALIDATORS[kind].is_valid(document))


def mistakes(document: Json, kind: Kind = Kind.MANIFEST) -> list[str]:
    """What the schema finds wrong, each as the path and the keyword that it fails at."""
    errors = _VALIDATORS[kind].iter_errors(document)
    return sorted(f"{path_text(error.absolute_path) or '.'}: {error.validator}" for error in errors)


def documents_of(path: Path) -> list[Json]:
    """The documents of a YAML or JSON file that is in order, as the values that they are; none of any other."""
    read = read_json if path.suffix == ".json" else read_yaml
    try:
        parsed = read(path.read_text(encoding="utf-8"), path.name)
    except UnicodeDecodeError:
        return []
    return [document.root for document in parsed.documents] if not parsed.problems else []


def examples() -> Iterator[tuple[str, Kind, Json]]:
    """Every manifest, project file and `_defaults.yaml` of the examples: a name, its kind, the document."""
    for path in sorted(EXAMPLES.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(EXAMPLES).parts)
        if hidden or path.suffix not in (".yaml", ".yml", ".json"):
            continue
        kind = _KINDS.get(path.name, Kind.MANIFEST)
        for index, document in enumerate(documents_of(path)):
            if kind is not Kind.MANIFEST or (isinstance(document, dict) and "name" in document):
                yield f"{path.relative_to(EXAMPLES)}[{index}]", kind, document


def accepted() -> list[tuple[str, Json]]:
    """Every manifest that the check accepts, of the model's corpora and of the hostile files."""
    cases = [
        *((path.stem, json.loads(path.read_text("utf-8"))) for path in _model_files("accept")),
        *((path.stem, json.loads(path.read_text("utf-8"))["manifest"]) for path in _model_files("warn")),
        *_hostile("accept"),
    ]
    return [(name, document) for name, document in cases if check_manifest(document)[0] is not None]


def refused() -> list[tuple[str, Json]]:
    """Every manifest that can be read as a document, and that the check refuses."""
    cases = [
        *((path.stem, json.loads(path.read_text("utf-8"))["manifest"]) for path in _model_files("refuse")),
        *_hostile("refuse"),
    ]
    return [(name, document) for name, document in cases if check_manifest(document)[0] is None]


def unseen() -> str:
    """The manifests that the check refuses and the schema does not, each with the reasons of the check."""
    lines = []
    for name, document in refused():
        if is_valid(document):
            findings = [one for one in check_manifest(document)[1] if one.severity is Severity.ERROR]
            lines.append(f"{name}\n")
            lines += [f"    {path_text(finding.path) or '.'}: {finding.message}\n" for finding in findings]
    return "".join(lines)


def _model_files(folder: str) -> list[Path]:
    return sorted((TESTS / "model" / folder).glob("*.json"))


def _hostile(folder: str) -> Iterator[tuple[str, Json]]:
    for kind in ("yaml", "json"):
        for path in sorted((TESTS / "hostile" / kind / folder).glob(f"*.{kind}")):
            yield from ((path.name, document) for document in documents_of(path))


if __name__ == "__main__":
    UNSEEN.write_text(unseen(), encoding="utf-8")
