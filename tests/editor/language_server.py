"""What a person sees while typing, in the YAML language server that most editors run.

`python -m tests.editor.language_server` installs the server from npm, outside the repository, and runs every check.
Without Node or the package it says so and ends well. `pytest` runs the same checks where they are asked for.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import click

from sgpctl.cli.main import run
from sgpctl.manifest.project_file import ProjectSection
from sgpctl.model.shapes import StandaloneRequest
from sgpctl.model.task_chat import ChatCompletionConfiguration
from sgpctl.model.tasks import KNOWN_TASKS
from tests.editor.client import Editor
from tests.editor.installation import NotToBeHad, language_server

EXAMPLES = Path(__file__).parents[2] / "examples"
MANIFEST = "evaluations/one.yaml"
DEFAULTS_MODELINE = "# yaml-language-server: $schema=../.vscode/sgpctl-defaults.schema.json\n"
START = "name: one\ndata: [{q: 1}]\n"
METRIC = (
    f"{START}tasks:\n  - task_type: metric\n    configuration:\n      type: f1\n      candidate: item.q\n"
)


def completes_every_task_type(editor: Editor) -> None:
    offered = editor.completions(MANIFEST, f"{START}tasks:\n  - task_type: |\n")
    assert set(offered) >= set(KNOWN_TASKS), offered


def completes_the_keys_of_an_evaluation(editor: Editor) -> None:
    offered = editor.completions(MANIFEST, f"{START}|\n")
    assert {"description", "tags", "tasks", "lifecycle", "dataset_id", "matrix"} <= set(offered), offered
    assert "name" not in offered, offered


def completes_the_keys_of_the_task_at_hand(editor: Editor) -> None:
    offered = editor.completions(MANIFEST, f"{METRIC}      |\n")
    assert "reference" in offered, offered
    assert "messages" not in offered, offered


def completes_the_values_of_a_closed_set(editor: Editor) -> None:
    offered = editor.completions(
        MANIFEST, f"{START}tasks:\n  - task_type: metric\n    configuration:\n      type: |\n"
    )
    assert {"bleu", "rougeL"} <= set(offered), offered


def describes_a_key_of_the_envelope(editor: Editor) -> None:
    shown = editor.hover(MANIFEST, f"{START}skip_pre|filled_rows: true\n")
    assert (StandaloneRequest.model_fields["skip_prefilled_rows"].description or "-") in shown, shown


def describes_a_key_of_a_configuration(editor: Editor) -> None:
    text = f"{START}tasks:\n  - task_type: chat_completion\n    configuration:\n      model: a/b\n      messages: []\n"
    shown = editor.hover(MANIFEST, f"{text}      tempera|ture: 0\n")
    assert (ChatCompletionConfiguration.model_fields["temperature"].description or "-") in shown, shown


def marks_a_mistyped_key_of_the_envelope(editor: Editor) -> None:
    found = editor.complaints(MANIFEST, f"{START}taks: []\n")
    assert found == ["3: Property taks is not allowed."], found


def marks_a_mistyped_key_of_a_task(editor: Editor) -> None:
    text = METRIC.replace("    configuration", "    aliass: x\n    configuration")
    found = editor.complaints(MANIFEST, f"{text}      reference: item.q\n")
    assert found == ["5: Property aliass is not allowed."], found


def marks_a_missing_key_where_it_is_missing(editor: Editor) -> None:
    found = editor.complaints(MANIFEST, METRIC)
    assert found == ['5: Missing property "reference".'], found


def marks_a_wrong_value(editor: Editor) -> None:
    found = editor.complaints(MANIFEST, f"{METRIC.replace('f1', 'f2')}      reference: item.q\n")
    assert len(found) == 1, found
    assert found[0].startswith('6: Value is not accepted. Valid values: "bleu"'), found


def marks_keys_that_cannot_stand_together(editor: Editor) -> None:
    found = editor.complaints(MANIFEST, "name: one\ndataset_id: d\ndataset: {name: n}\n")
    assert found == ["3: cannot stand beside 'dataset_id'"], found


def takes_references_and_files_for_values(editor: Editor) -> None:
    text = (
        'name: one ${matrix.m.key}\nmatrix: {m: {a: v/x}}\ndata: {$file: rows.jsonl}\nlifecycle: {protect: "${var.p}"}\n'
        "tasks:\n  - task_type: chat_completion\n    configuration:\n      model: ${matrix.m}\n"
        "      temperature: ${var.t}\n      messages:\n"
        "        - {role: user, content: {$file: prompt.md, with: {brand: Acme}}}\n"
    )
    found = editor.complaints(MANIFEST, text)
    assert found == [], found


def takes_anchors_and_merges(editor: Editor) -> None:
    text = f"{METRIC.replace('- task_type', '- &a' + chr(10) + '    alias: x' + chr(10) + '    task_type')}"
    found = editor.complaints(MANIFEST, f"{text}      reference: item.q\n  - <<: *a\n    alias: y\n")
    assert found == [], found


def takes_every_file_of_the_examples(editor: Editor) -> None:
    for path in sorted([*EXAMPLES.rglob("*.yaml"), *EXAMPLES.rglob("*.yml")]):
        if any(part.startswith(".") for part in path.relative_to(EXAMPLES).parts):
            continue  # hidden files are no manifests
        text = path.read_text(encoding="utf-8")
        found: list[str] = []
        if path.name == "_defaults.yaml":
            found = editor.complaints(f"evaluations/{path.name}", DEFAULTS_MODELINE + text)
        elif path.name == "sgpctl.yaml":
            found = editor.complaints(path.name, text)
        elif re.search(r"^name:", text, re.MULTILINE):
            found = editor.complaints(f"evaluations/{path.name}", text)
        assert found == [], (path, found)


def completes_and_describes_the_project_file(editor: Editor) -> None:
    text = "version: 1\nproject: p\n"
    offered = editor.completions("sgpctl.yaml", f"{text}|\n")
    assert {"environments", "manifests", "safety", "budget"} <= set(offered), offered
    offered = editor.completions("sgpctl.yaml", f"{text}environments:\n  dev:\n    target: |\n")
    assert {"sandbox", "production"} <= set(offered), offered
    shown = editor.hover("sgpctl.yaml", f"{text}exclu|de: [a]\n")
    assert (ProjectSection.model_fields["exclude"].description or "-") in shown, shown


def marks_a_mistyped_key_of_the_project_file(editor: Editor) -> None:
    found = editor.complaints("sgpctl.yaml", "version: 1\nproject: p\nenviroments: {}\n")
    assert found == ["3: Property enviroments is not allowed."], found


def follows_the_modeline_where_no_settings_reach(editor: Editor) -> None:
    found = editor.complaints("elsewhere/one.yaml", "taks: []\n")
    assert found == [], found
    line = "# yaml-language-server: $schema=../.vscode/sgpctl-manifest.schema.json\n"
    found = editor.complaints("elsewhere/two.yaml", f"{line}name: one\ntaks: []\n")
    assert found == ["3: Property taks is not allowed."], found


def takes_defaults_by_their_modeline(editor: Editor) -> None:
    found = editor.complaints("evaluations/_defaults.yaml", f"{DEFAULTS_MODELINE}tags: [a]\nname: one\n")
    assert found == ["3: Property name is not allowed."], found


CHECKS: Mapping[str, Callable[[Editor], None]] = {
    check.__name__: check
    for check in (
        completes_every_task_type,
        completes_the_keys_of_an_evaluation,
        completes_the_keys_of_the_task_at_hand,
        completes_the_values_of_a_closed_set,
        describes_a_key_of_the_envelope,
        describes_a_key_of_a_configuration,
        marks_a_mistyped_key_of_the_envelope,
        marks_a_mistyped_key_of_a_task,
        marks_a_missing_key_where_it_is_missing,
        marks_a_wrong_value,
        marks_keys_that_cannot_stand_together,
        takes_references_and_files_for_values,
        takes_anchors_and_merges,
        takes_every_file_of_the_examples,
        completes_and_describes_the_project_file,
        marks_a_mistyped_key_of_the_project_file,
        follows_the_modeline_where_no_settings_reach,
        takes_defaults_by_their_modeline,
    )
}


@contextmanager
def editor_in(folder: Path) -> Iterator[Editor]:
    """An editor in the project that `sgpctl init` makes in `folder`, with the settings that it writes. Raises NotToBeHad."""
    command = language_server()
    with suppress(SystemExit):
        run(["init", str(folder)])
    settings = json.loads((folder / ".vscode" / "settings.json").read_text(encoding="utf-8"))
    in_the_editor = {"schemas": settings["yaml.schemas"], "schemaStore": {"enable": False}}
    editor = Editor(command, folder, {**in_the_editor, "completion": True, "hover": True, "validate": True})
    try:
        editor.wait_for_complaints("evaluations/first.yaml", "nonsense: 1\n")
        yield editor
    finally:
        editor.close()


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        try:
            with editor_in(Path(folder).resolve() / "demo") as editor:
                for name, check in CHECKS.items():
                    check(editor)
                    click.echo(f"ok: {name.replace('_', ' ')}")
        except NotToBeHad as error:
            click.echo(f"skipped: {error}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
