"""Saved plans: read, shown in every form, carried out in thought, printed and read again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from sgpctl.apply.outcome import ChangeResult, Outcome, Status
from sgpctl.cli.saved_plan import read_saved_plan
from sgpctl.errors import PlanFileError
from sgpctl.plan.saved import SavedPlan, plan_document, read_plan_document
from sgpctl.plan.staleness import differences
from sgpctl.render.ansi import ansi
from sgpctl.render.glyphs import ASCII, UNICODE
from sgpctl.render.json_text import json_text
from sgpctl.render.layout import Line, plain
from sgpctl.render.outcome_json import outcome_document
from sgpctl.render.outcome_text import outcome_lines
from sgpctl.render.plan_text import plan_lines
from sgpctl.render.problems_text import error_lines
from sgpctl.render.progress_text import finished_line, started_line
from tests.fuzz.targets.target import hostile_files, is_printable, promise
from tests.plan.sealing import sealed
from tests.render import plans

_FITS = "<fits>"
_FILE = "plan.json"


class Plans:
    name = "plan"
    outputs = ()

    def seeds(self) -> Iterator[bytes]:
        for plan in (plans.every_action(), plans.refused(), plans.hostile()):
            document = {**plan_document(plan, plans.PROD), "digest": _FITS}
            yield json.dumps(document).encode()
            yield json_text(document).encode()
        for path in hostile_files("plan"):
            yield path.read_bytes()

    def prepare(self, data: bytes, folder: Path) -> None:
        with suppress(ValueError, RecursionError, AttributeError):
            document = json.loads(data)
            if document.get("digest") == _FITS:
                digest = str(sealed(document)["digest"])
                data = data.replace(json.dumps(_FITS).encode(), json.dumps(digest).encode())
        (folder / _FILE).write_bytes(data)

    def run(self, folder: Path) -> str:
        try:
            saved = read_saved_plan(folder / _FILE)
        except PlanFileError as error:
            promise(is_printable(error.message), "an error that steers the terminal")
            promise(len(error.message) < 1000, "an error that is longer than anybody reads")
            _printed(error_lines(error))
            return error.message.replace(str(folder), "")
        lines = _shown(saved)
        document = json_text(plan_document(saved.plan, saved.header))
        promise(is_printable(document), "JSON that steers the terminal")
        promise(read_plan_document(json.loads(document)) == saved, "another plan once printed and read again")
        return f"{len(saved.plan.changes)} changes in {lines} lines"


def _shown(saved: SavedPlan) -> int:
    for glyphs, width in ((ASCII, 40), (UNICODE, 120)):
        _printed(plan_lines(saved.plan, saved.header, glyphs, width=width))
        _printed(outcome_lines(_outcome(saved), glyphs, width=width))
    results = _outcome(saved).results
    _printed([started_line(result.change, UNICODE) for result in results])
    _printed([finished_line(result, 1.0, UNICODE) for result in results])
    json_text(outcome_document(_outcome(saved), saved.header))
    differences(saved.plan, replace(saved.plan, changes=saved.plan.changes[1:]))
    return len(plan_lines(saved.plan, saved.header, UNICODE, width=120))


def _outcome(saved: SavedPlan) -> Outcome:
    """Each change with another end, and the whole plan still to do."""
    statuses = [*Status]
    results = tuple(
        ChangeResult(change, statuses[number % len(statuses)], change.remote_id, change.name, started=True)
        for number, change in enumerate(saved.plan.changes)
    )
    return Outcome(results=results, left=saved.plan)


def _printed(lines: list[Line]) -> None:
    text = plain(lines)
    promise(is_printable(text), "lines that steer the terminal")
    promise(text.count("\n") == len(lines), "a line that is several")
    ansi(lines)
