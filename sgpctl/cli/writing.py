"""Results written to the files that a call names, each whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from sgpctl.cli.console import Console
from sgpctl.cli.durable import check_writable, write_durably
from sgpctl.cli.forms import Form, Output
from sgpctl.errors import LocalStateError
from sgpctl.private_files import make_private_file
from sgpctl.render.layout import Span

_STEP_SUMMARY = "GITHUB_STEP_SUMMARY"


def check_outputs(outputs: Sequence[Output]) -> None:
    """Raise LocalStateError for a file that cannot be written, before anything is read or changed for it."""
    for output in outputs:
        check_writable(output.path)


def written_words(output: Output) -> str:
    return f"Wrote {output.form.value} to {output.path}."


def write_outputs(
    outputs: Sequence[Output],
    text_of: Callable[[Form], str],
    console: Console,
    words: Callable[[Output], str] = written_words,
) -> None:
    """Write each file, and then say so. The summary of a GitHub step is added to, since other commands write there too."""
    for output in outputs:
        text = console.redacted(text_of(output.form))
        if _is_step_summary(output.path, os.environ):
            _append(output.path, text)
        else:
            write_durably(output.path, text)
        console.tell([(Span(words(output)),)])


def _is_step_summary(path: Path, environ: Mapping[str, str]) -> bool:
    summary = environ.get(_STEP_SUMMARY)
    return bool(summary) and path.resolve() == Path(summary or "").resolve()


def _append(path: Path, text: str) -> None:
    try:
        make_private_file(path)
        with path.open("a", encoding="utf-8") as file:
            file.write(f"{text}\n")
    except OSError as error:
        raise LocalStateError(f"{path}: the summary was not written: {error.strerror or error}") from error
