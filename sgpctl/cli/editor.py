"""What editors need beside the manifests: the schemas, the settings of VS Code, and a modeline for all others."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from sgpctl.cli.durable import write_durably, write_new
from sgpctl.cli.own_files import own_path
from sgpctl.errors import LocalStateError, UsageError
from sgpctl.manifest.schema.document import Kind, schema_id, schema_text

FOLDER = ".vscode"
SETTINGS = f"{FOLDER}/settings.json"

_SCHEMAS_KEY = "yaml.schemas"
_MODELINE = re.compile(r"^#[ \t]*(?:yaml-language-server[ \t]*:.*)?\$schema[ \t]*[=:]", re.MULTILINE)
_WILD = re.compile(r"(?:\*\*/|\*|\?|\[[^\]/]*\])+")
_FIRST_INDENT = re.compile(r'^([ \t]+)"', re.MULTILINE)
_INDENT = "  "
_BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class EditorFile:
    """One file to write. `path` is relative to the project; `old` is what stands there, None for nothing."""

    path: str
    text: str
    old: str | None

    @property
    def is_due(self) -> bool:
        return self.old != self.text

    def write(self, root: Path) -> str:
        """Write it; the word for what was done."""
        if self.old is not None:
            write_durably(root / self.path, self.text)
            return "updated"
        if not write_new(root / self.path, self.text):
            raise LocalStateError(f"{root / self.path}: appeared in this moment, and was left as it is")
        return "wrote"


def schema_file(kind: Kind) -> str:
    """Where the schema of `kind` is kept, relative to the project."""
    return f"{FOLDER}/sgpctl-{kind}.schema.json"


def modeline(kind: Kind, file: str) -> str:
    """The first line by which a language server finds the schema of `file`, a path relative to the project."""
    way_up = "../" * (len(PurePosixPath(file).parts) - 1)
    return f"# yaml-language-server: $schema={way_up}{schema_file(kind)}\n"


def with_modeline(text: str, line: str) -> str:
    """`text` with `line` before everything else, unless it names a schema already."""
    if _MODELINE.search(text):
        return text
    end = "\r\n" if text.partition("\n")[0].endswith("\r") else "\n"
    bom, rest = (_BOM, text[1:]) if text.startswith(_BOM) else ("", text)
    return f"{bom}{line.rstrip()}{end}{rest}"


@dataclass(frozen=True, slots=True)
class ForEditors:
    """All files that a project has for editors, and what to tell when its settings could not be changed."""

    files: tuple[EditorFile, ...]
    advice: tuple[str, ...]


def for_editors(root: Path, manifests: Sequence[str]) -> ForEditors:
    """What the project at `root` needs, whose manifests are in these places; nothing is written yet.

    Raises UsageError where a file of others is in the way, and LocalStateError for a link in the place of a file.
    """
    for path in (SETTINGS, *map(schema_file, Kind)):
        own_path(root, path)
    schemas = [_schema(root, kind) for kind in Kind]
    wanted = _associations(manifests)
    settings = _settings(root, wanted)
    if settings is not None:
        return ForEditors((*schemas, settings), ())
    advice = f"{SETTINGS} has comments or is no plain JSON, and was left as it is. Add to it:"
    return ForEditors((*schemas,), (advice, *_as_json({_SCHEMAS_KEY: wanted}, _INDENT).splitlines()))


def _schema(root: Path, kind: Kind) -> EditorFile:
    path = schema_file(kind)
    old = read_if_there(root / path)
    if old is not None and f'"{schema_id(kind)}"' not in old:
        raise UsageError(
            f"{root / path} is no schema of sgpctl, and nothing was written",
            hint="Move it away, or print the schema with `sgpctl schema` and keep it where you like.",
        )
    return EditorFile(path, schema_text(kind), old)


def _associations(manifests: Sequence[str]) -> Mapping[str, list[str]]:
    """Schema to the files that it describes, in the language of `yaml.schemas`.

    There `*` crosses folders, and nothing can be left out: a `_defaults.yaml` among manifests needs a modeline.
    """
    patterns = dict.fromkeys(pattern for place in manifests for pattern in _patterns(place))
    return {
        f"./{schema_file(Kind.PROJECT)}": ["/sgpctl.yaml"],
        f"./{schema_file(Kind.MANIFEST)}": [*patterns],
    }


def _settings(root: Path, wanted: Mapping[str, list[str]]) -> EditorFile | None:
    """VS Code's settings with `wanted` in them and all else as it was; None where they are no plain JSON."""
    old = read_if_there(root / SETTINGS)
    if old is None:
        return EditorFile(SETTINGS, _as_json({_SCHEMAS_KEY: wanted}, _INDENT), None)
    try:
        settings = json.loads(old, object_pairs_hook=_once_each, parse_constant=_refused, parse_float=_finite)
        schemas = settings.get(_SCHEMAS_KEY, {})
        missing = {schema: files for schema, files in wanted.items() if schema not in schemas}
        merged = {**settings, _SCHEMAS_KEY: {**schemas, **missing}}
        indent = found.group(1) if (found := _FIRST_INDENT.search(old)) else _INDENT
        text = _as_json(merged, indent, to_ascii=old.isascii())
    except (ValueError, TypeError, AttributeError, RecursionError):
        return None
    return EditorFile(SETTINGS, text if missing else old, old)


def _as_json(settings: Mapping[str, object], indent: str, *, to_ascii: bool = False) -> str:
    """Raises ValueError for what UTF-8 cannot carry."""
    text = json.dumps(settings, ensure_ascii=to_ascii, indent=indent) + "\n"
    text.encode("utf-8")
    return text


def read_if_there(path: Path) -> str | None:
    """The text of a file, None where there is none. Raises LocalStateError."""
    try:
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise LocalStateError(f"{path}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise LocalStateError(f"{path}: is not UTF-8", hint="Save it as UTF-8, or move it away.") from error


def _patterns(place: str) -> list[str]:
    """A manifest, a folder of them or a glob, as patterns of `yaml.schemas`."""
    glob = _WILD.sub("*", place.strip("/"))
    if glob.endswith((".yaml", ".yml")):
        return [f"/{glob}"]
    if glob.endswith(".json"):
        return []
    folder = glob.removesuffix("/*")
    return [f"/{folder}/*.yaml", f"/{folder}/*.yml"]


def _once_each(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands here twice")
    return found


def _refused(text: str) -> object:
    raise ValueError(text)


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(text)
    return value
