"""What became of an apply, in the files that its call names; also that it was refused, so that no older file is believed.

A file that cannot be written is told of and takes nothing away from what the exit code says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from sgpctl.apply.outcome import Outcome
from sgpctl.cli.console import Console
from sgpctl.cli.forms import Form, Output
from sgpctl.cli.workspace import Workspace
from sgpctl.cli.writing import write_outputs
from sgpctl.errors import LocalStateError, RefusedError
from sgpctl.plan.plan import PlanHeader
from sgpctl.render.json_text import json_text
from sgpctl.render.outcome_json import outcome_document
from sgpctl.render.problems_text import error_lines

OUTCOME_FORMS = (Form.JSON, Form.MARKDOWN)


def write_outcome(outcome: Outcome, header: PlanHeader, outputs: Sequence[Output], console: Console) -> bool:
    """False when a file could not be written."""

    def markdown() -> str:
        from sgpctl.render.markdown.outcome import outcome_markdown

        return outcome_markdown(outcome, header)

    texts = {Form.JSON: lambda: json_text(outcome_document(outcome, header)), Form.MARKDOWN: markdown}
    return _write(texts, outputs, console)


def write_refused(document: str, outputs: Sequence[Output], console: Console) -> None:
    """`document` is what `--json` prints where nothing is carried out."""
    _write({Form.JSON: lambda: document}, outputs, console)


def write_refusal(
    refusal: RefusedError, workspace: Workspace, outputs: Sequence[Output], console: Console
) -> None:
    def markdown() -> str:
        from sgpctl.render.markdown.outcome import refusal_markdown

        return refusal_markdown(refusal, workspace.project.name, workspace.environment.name)

    _write({Form.MARKDOWN: markdown}, outputs, console)


def _write(texts: Mapping[Form, Callable[[], str]], outputs: Sequence[Output], console: Console) -> bool:
    """Write the files of the forms in `texts`."""
    try:
        files = [output for output in outputs if output.form in texts]
        write_outputs(files, lambda form: texts[form](), console)
    except LocalStateError as error:
        console.tell(error_lines(error))
        return False
    return True
