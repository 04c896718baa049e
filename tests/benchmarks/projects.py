"""Projects of any size that look like those of a team: the same size gives the same bytes.

A manifest has about 2.2 KB: two tasks, prompts written in it, or in files that several manifests share, rows in it, or in
a file of rows. Every tenth manifest is of another kind than the others around it, so that no cache of one shape pays.
"""

from __future__ import annotations

import json
from pathlib import Path

PROJECT = "speed"
ENVIRONMENT = "bench"
_ROWS_PER_FILE = 20
_SHARING = 50  # manifests that use one file of rows or one prompt
_FOLDER_OF = 500  # manifests in one folder
_CELLS = 50

_SENTENCES = (
    "You answer questions of customers about orders, refunds and deliveries.",
    "Use nothing but the passages that stand below; they are the policy of today.",
    "If the passages do not answer the question, say so, and name who could.",
    "Quote the number of the paragraph after each statement that rests on it.",
    "Amounts are in the currency of the order: never convert them yourself.",
    "A person who is angry gets the same facts, in fewer and warmer words.",
    "Dates are written out, with the weekday, so that nobody misreads them.",
    "Never promise what the policy leaves to the judgement of an agent.",
)


def write_project(folder: Path, count: int, *, changed: int = 0) -> None:
    """A project of `count` evaluations in as many manifests; the last `changed` of them start other runs.

    The address of its one environment comes from the environment variables.
    """
    _write_head(folder, count)
    for number in range(count):
        path = folder / f"evals/{number // _FOLDER_OF:04}/run-{number:06}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(manifest(number, is_changed=number >= count - changed), encoding="utf-8")


def write_matrix_project(folder: Path, count: int) -> None:
    """The same number of evaluations, fifty of them in each manifest."""
    _write_head(folder, count)
    for number in range(count // _CELLS):
        path = folder / f"evals/grid-{number:05}.yaml"
        path.write_text(_matrix(number), encoding="utf-8")


def manifest(number: int, *, is_changed: bool = False) -> str:
    """The manifest of one evaluation, as a person would write it."""
    shared = number // _SHARING
    uses_files = number % 10 != 0
    rows = f"{{$file: ../../rows/rows-{shared:05}.jsonl}}" if uses_files else _inline_rows(number)
    return f"""\
name: run-{number:06}
description: "Answers of model {number % 7} ({number}): {_SENTENCES[number % 8][:60]}"
tags: [nightly, team-{number % 12}, gate]
metadata: {{owner: team-{number % 12}, ticket: EVAL-{number}, threshold: 0.{number % 90 + 10}}}
data: {rows}
tasks:
  - alias: answer
    task_type: chat_completion
    configuration:
      model: vendor/model-{number % 7}
      messages:
        - role: system
          content: {_prompt(number, shared) if uses_files else _written_prompt(number, 8)}
        - role: user
          content: |-
{_indented(number, 8, 12)}
            {{{{item.question}}}}
      temperature: 0.{number % 10}
      max_completion_tokens: {256 if is_changed else 512}
  - alias: judge
    task_type: auto_evaluation.guided_decoding
    configuration:
      model: vendor/judge-{number % 3}
      prompt: |-
{_indented(number + 3, 5, 8)}
        Question: {{{{item.question}}}}
        Answer: {{{{item.answer}}}}
        Expected: {{{{item.expected}}}}
      choices: [correct, partly correct, wrong]
"""


def _matrix(number: int) -> str:
    body = manifest(number * 10 + 1).replace(
        f"run-{number * 10 + 1:06}", f"grid-{number:05}-${{matrix.cell.key}}"
    )
    cells = ", ".join(f"c{cell:02}: vendor/cell-{cell}" for cell in range(_CELLS))
    body = body.replace("../../rows/", "../rows/").replace("../../prompts/", "../prompts/")
    model = f"model: vendor/model-{(number * 10 + 1) % 7}"
    return body.replace(model, "model: ${matrix.cell}", 1) + f"matrix:\n  cell: {{{cells}}}\n"


def _write_head(folder: Path, count: int) -> None:
    for name in ("evals", "rows", "prompts"):
        (folder / name).mkdir(parents=True)
    (folder / "sgpctl.yaml").write_text(
        f"version: 1\nproject: {PROJECT}\nmanifests: [evals]\n"
        f"environments:\n  {ENVIRONMENT}: {{account_id: acct_bench}}\n",
        encoding="utf-8",
    )
    for shared in range(count // _SHARING + 1):
        lines = (json.dumps(_row(shared * _ROWS_PER_FILE + index)) for index in range(_ROWS_PER_FILE))
        (folder / f"rows/rows-{shared:05}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
        (folder / f"prompts/prompt-{shared:05}.md").write_text(_text(shared, 8, ""), encoding="utf-8")


def _row(number: int) -> dict[str, str | int]:
    return {
        "question": f"Order {number} arrived {number % 9 + 1} days late: what am I owed?",
        "expected": f"{number % 30 + 1} percent of the price, as paragraph {number % 12 + 1} says.",
        "passage": _SENTENCES[number % 8],
        "weight": number % 5 + 1,
    }


def _inline_rows(number: int) -> str:
    rows = (f"\n  - {json.dumps(_row(number + index))}" for index in range(2))
    return "".join(rows)


def _prompt(number: int, shared: int) -> str:
    if number % 2:
        return f"{{$file: ../../prompts/prompt-{shared:05}.md}}"
    return _written_prompt(number, 8)


def _written_prompt(number: int, sentences: int) -> str:
    return "|-\n" + _indented(number, sentences, 12)


def _indented(number: int, sentences: int, spaces: int) -> str:
    return _text(number, sentences, " " * spaces).rstrip("\n")


def _text(number: int, sentences: int, margin: str) -> str:
    lines = (f"{margin}{_SENTENCES[(number + index) % 8]}" for index in range(sentences))
    return "\n".join(lines) + f"\n{margin}(Version {number}.)\n"
