"""The forms in which a result can be written, and the files that a call asks for."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from sgpctl.errors import UsageError
from sgpctl.model.nearest import did_you_mean, listed


class Form(StrEnum):
    """The values are the words of `--format` and `--output`."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"
    GITHUB = "github"
    GITLAB = "gitlab"


PRINTED = (Form.TEXT, Form.JSON, Form.MARKDOWN, Form.GITHUB)


@dataclass(frozen=True, slots=True)
class Output:
    """A file that a result is written to, in one form."""

    form: Form
    path: Path


def printed_form(written_as: str | None, *, as_json: bool) -> Form:
    """What `--format` and `--json` come to. Raises UsageError when they contradict each other."""
    if as_json and written_as not in {None, Form.JSON.value}:
        raise UsageError(
            f"--json and --format {written_as} ask for two different things",
            hint="Leave out one of them; `--output FORMAT=FILE` writes further forms to files.",
        )
    return Form.JSON if as_json else Form(written_as or Form.TEXT)


def parsed_outputs(texts: Sequence[str], known: Collection[Form] = tuple(Form)) -> tuple[Output, ...]:
    """The outputs of a call, in their order. Raises UsageError for a form that is not known and for one file twice."""
    found: list[Output] = []
    for text in texts:
        output = _parsed(text, known)
        if any(output.path.resolve() == other.path.resolve() for other in found):
            raise UsageError(
                f"--output {text}: {output.path} is named twice, and the second would replace the first",
                hint="Give each form a file of its own.",
            )
        found.append(output)
    return tuple(found)


def _parsed(text: str, known: Collection[Form]) -> Output:
    word, sign, file = text.partition("=")
    forms = [form.value for form in known]
    if not sign or not file:
        raise UsageError(
            f"--output {text}: it should be FORMAT=FILE",
            hint=f"For example `--output markdown=comment.md`; FORMAT is {listed(forms)}.",
        )
    if word not in forms:
        raise UsageError(
            f"--output {text}: there is no form '{word}' here{did_you_mean(word, forms)}",
            hint=f"FORMAT is {listed(forms)}.",
        )
    return Output(Form(word), Path(file))
