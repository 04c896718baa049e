"""Both sides of a plan, built as they would come out of a manifest and off the wire."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sgpctl.model import marks
from sgpctl.model.canonical import data_digest, spec_digest
from sgpctl.model.evaluation import (
    DesiredEvaluation,
    RemoteContents,
    RemoteEvaluation,
    RemoteRow,
    RemoteState,
)
from sgpctl.model.located import Json
from sgpctl.model.marks import Owner, Provenance
from sgpctl.model.words import Words
from sgpctl.plan.plan import Change, Plan
from sgpctl.plan.planner import make_plan
from sgpctl.plan.policy import Policy

OWNER = Owner("evals", "prod", "github.com/acme/evals")
DAY_ONE = datetime(2026, 10, 1, tzinfo=UTC)


def chat(prompt: str = "Answer.", alias: str = "answer", **configuration: Json) -> dict[str, Json]:
    return {
        "task_type": "chat_completion",
        "alias": alias,
        "configuration": {
            "model": "openai/gpt-4o-mini",
            "messages": [
                {"role": "system", "content": prompt},
                {"role": "user", "content": "{{item.question}}"},
            ],
            **configuration,
        },
    }


def question(alias: str = "rating", **configuration: Json) -> dict[str, Json]:
    return {
        "task_type": "contributor_evaluation.question",
        "alias": alias,
        "configuration": {
            "question_id": "q1",
            "layout": {"children": [{"data": "item.answer"}]},
            **configuration,
        },
    }


ROWS: list[Json] = [{"question": "one?"}, {"question": "two?"}, {"question": "three?"}]


def declare(name: str = "refunds", *, protect: bool = False, **body: Json) -> DesiredEvaluation:
    """A desired evaluation; by default three rows and one chat task."""
    request: dict[str, Json] = {"name": name, "data": list(ROWS), "tasks": [chat()], **body}
    request = {key: value for key, value in request.items() if value is not None}
    rows = data_digest(request)
    return DesiredEvaluation(name, request, spec_digest(request, rows), rows, (f"{name}.yaml", 1, 1), protect)


def by(row_key: str, one: DesiredEvaluation) -> DesiredEvaluation:
    """The same with a row key, as a manifest or its project names one."""
    return replace(one, row_key=row_key)


def created(
    one: DesiredEvaluation, remote_id: str = "id-1", *, owner: Owner = OWNER, day: int = 0, **seen: Json
) -> RemoteEvaluation:
    """What the platform shows after sgpctl created `one`, a typed server's extra keys included."""
    metadata: dict[str, Json] = {
        **one.metadata,
        **marks.identity_marks(one),
        **marks.provenance_marks(one, owner, Provenance("0ld", "0.0.9")),
        marks.NONCE: f"nonce-{remote_id}",
    }
    tasks = tuple(
        {**task, "configuration": {**as_map(task["configuration"]), "seed": None}} for task in one.tasks
    )
    remote = RemoteEvaluation(
        id=remote_id,
        name=one.name,
        status="completed",
        created_at=DAY_ONE + timedelta(days=day),
        description=one.description,
        tags=(*(one.tags or ()), owner.tag),
        metadata=metadata,
        tasks=tasks,
        dataset_ids=(one.dataset_id,) if one.dataset_id else (),
    )
    return replace(remote, **seen)  # type: ignore[arg-type]  # the tests name fields of RemoteEvaluation


def made_by_hand(one: DesiredEvaluation, remote_id: str = "id-1", **seen: Json) -> RemoteEvaluation:
    """The same evaluation created by somebody else: no mark and no owner tag of ours."""
    return created(one, remote_id, metadata=dict(one.metadata), tags=tuple(one.tags or ()), **seen)  # type: ignore[arg-type]  # as above


def archived(remote: RemoteEvaluation) -> RemoteEvaluation:
    return replace(remote, archived_at=remote.created_at + timedelta(days=1))


def contents_of(one: DesiredEvaluation) -> RemoteContents:
    rows = tuple(RemoteRow(as_map(row)) for row in one.rows or ())
    return RemoteContents(len(rows), rows, one.body.get("taxonomy_params"))


def plan(
    desired: list[DesiredEvaluation],
    owned: list[RemoteEvaluation] | None = None,
    *,
    policy: Policy | None = None,
    owner: Owner = OWNER,
    words: Words = str,
    **state: object,
) -> Plan:
    remote = RemoteState(owned=tuple(owned or ()), **state)  # type: ignore[arg-type]  # the tests name its fields
    return make_plan(
        sorted(desired, key=lambda one: one.name), remote, owner, policy or Policy(), words=words
    )


def the_change(made: Plan) -> Change:
    assert len(made.changes) == 1, [change.address for change in made.changes]
    return made.changes[0]


def as_map(value: Json) -> dict[str, Json]:
    assert isinstance(value, dict)
    return value
