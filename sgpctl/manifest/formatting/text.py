"""The text of a manifest or project file in one style, or the reason why it is left as it is."""

from __future__ import annotations

from dataclasses import dataclass

from yaml.error import YAMLError

from sgpctl.manifest.formatting.json_text import formatted_json
from sgpctl.manifest.formatting.order import Kind, put_in_order
from sgpctl.manifest.formatting.parser import parse
from sgpctl.manifest.formatting.proof import json_difference, yaml_difference
from sgpctl.manifest.formatting.tree import NotFormattable
from sgpctl.manifest.formatting.writer import written
from sgpctl.manifest.json_document import read_json
from sgpctl.manifest.problem import Problem, error_at
from sgpctl.manifest.yaml_document import read_yaml


@dataclass(frozen=True, slots=True)
class Formatted:
    """`text` is None when the file must stay as it is; `problems` then says why."""

    text: str | None
    problems: tuple[Problem, ...] = ()


def format_text(text: str, file: str, kind: Kind) -> Formatted:
    """The formatted text of the file that messages call `file`; its ending says whether it is JSON.

    The new text holds the same values, comments, anchors, aliases, tags and documents; that is checked each time.
    """
    is_json = file.lower().endswith(".json")
    parsed = read_json(text, file) if is_json else read_yaml(text, file)
    errors = tuple(problem for problem in parsed.problems if problem.is_error)
    if errors:
        return Formatted(None, errors)
    source = text.replace("\r\n", "\n").replace("\r", "\n")
    try:
        result = formatted_json(source, kind) if is_json else _formatted_yaml(source, kind)
        difference = None
        if result != source:
            difference = (
                json_difference(parsed, result) if is_json else yaml_difference(parsed, source, result)
            )
    except NotFormattable as found:
        return Formatted(None, (error_at((file, found.line, 1), _about_limit(found.message)),))
    except YAMLError:
        return Formatted(None, (error_at((file, 1, 1), _about_limit("syntax that only the parser follows")),))
    if difference is not None:
        message = _about_limit(f"formatting would change {difference}")
        return Formatted(None, (error_at((file, 1, 1), message),))
    return Formatted(result)


def _formatted_yaml(source: str, kind: Kind) -> str:
    stream = parse(source)
    for document in stream.documents:
        put_in_order(document.root.value, kind)
    return written(stream)


def _about_limit(what: str) -> str:
    return f"sgpctl fmt cannot format this file and leaves it as it is: {what}"
