"""Chains of runs as `history` shows them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from sgpctl.model import marks
from sgpctl.model.evaluation import ItemFailure, Progress, RemoteEvaluation
from sgpctl.model.located import Json
from sgpctl.model.marks import Occasion, Owner, Provenance
from sgpctl.plan.history import Run, chain
from sgpctl.render.glyphs import UNICODE, Glyphs
from sgpctl.render.history_json import history_document
from sgpctl.render.history_text import history_lines
from sgpctl.render.json_text import json_text
from sgpctl.render.layout import plain
from tests.plan.sides import ROWS, chat, created, declare
from tests.render import plans

OWNER = Owner("support-evals", "prod", "github.com/acme/evals")
NAME = "grounded-answers"
_RUN_URL = "https://github.com/acme/evals/actions/runs/1658821493"
_PUSH = Occasion("main", None, "ben", _RUN_URL)


def text(
    runs: tuple[Run, ...], glyphs: Glyphs = UNICODE, *, width: int = 120, limit: int | None = None
) -> str:
    where = f"{OWNER.project} -> {OWNER.environment}"
    return plain(history_lines(NAME, where, runs, glyphs, width=width, limit=limit))


def document(runs: tuple[Run, ...]) -> str:
    return json_text(history_document(NAME, OWNER, runs, plans.NOW))


def three_runs() -> tuple[Run, ...]:
    """A first run, one with another prompt, and one with other rows and tags that failed in part; the second is live."""
    first = _made("d35b3641", 15, "9f2c1e7", Occasion("main", actor="ann"))
    second = _made(
        "7d0c2f1a",
        17,
        "5ef5063",
        replace(_PUSH, branch="shorter-answers", pull_request="412"),
        tasks=[chat(plans.NEW_PROMPT)],
    )
    third = _made(
        "81aa2f1a",
        18,
        "fbd78d6",
        _PUSH,
        tasks=[chat(plans.NEW_PROMPT)],
        data=[*ROWS, {"question": "four?"}],
        tags=["gate", "nightly"],
        description="Answers use only the retrieved policy text.",
    )
    failures = (
        ItemFailure("item-0001-0000-0000", "ToolError", "no column 'passages' in this row"),
        ItemFailure("item-0002-0000-0000", "ToolError", "no column 'passages' in this row"),
        ItemFailure("item-0003-0000-0000", "Timeout", None),
        ItemFailure("item-0004-0000-0000", None, None),
        ItemFailure("item-0005-0000-0000", "RateLimited", "the model answered with 429, six times"),
    )
    return chain(
        [
            replace(
                third, error_count=5, progress=Progress(1_184, 1_179, 5, 0, failures), archived_at=_at(19)
            ),
            replace(second, progress=Progress(1_180, 1_180)),
            replace(first, progress=Progress(1_180, 1_180), archived_at=_at(17)),
        ]
    )


def hostile() -> tuple[Run, ...]:
    """Runs of which every text is somebody's attempt to be taken for something else."""
    evil = plans.HOSTILE
    occasion = Occasion(evil, evil, evil, f"https://example.com/{evil}")
    first = _made(evil, 15, evil, occasion, description=evil)
    bare = RemoteEvaluation(evil, evil, evil, _at(16), status_reason=evil)
    last = _made(
        "e3", 17, "c0ffee", occasion, tasks=[chat(evil, alias=evil)], metadata={evil: [evil, {evil: None}]}
    )
    failed = Progress(1, 0, 1, 0, (ItemFailure(evil, evil, evil),))
    return chain([first, bare, replace(last, name=evil, status="failed", progress=failed, error_count=1)])


def _made(remote_id: str, day: int, commit: str, occasion: Occasion, **body: Json) -> RemoteEvaluation:
    one = declare(NAME, **{"tasks": [chat(plans.OLD_PROMPT)], "tags": ["gate"], **body})  # type: ignore[arg-type]  # fields of a request, by name
    remote = created(one, f"{remote_id}-7777-4a51-8f0e-2c963f66afa6", owner=OWNER)
    provenance = marks.provenance_marks(one, OWNER, Provenance(commit, "0.1.0", occasion))
    return replace(remote, created_at=_at(day), metadata={**remote.metadata, **provenance})


def _at(day: int) -> datetime:
    return plans.NOW.replace(day=day) + timedelta(minutes=day)
