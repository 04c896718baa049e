"""Plans as the planner would make them, for golden files and laws."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from sgpctl.model.located import Json
from sgpctl.model.marks import Occasion
from sgpctl.plan.action import Action
from sgpctl.plan.plan import (
    Change,
    ColumnChange,
    Cost,
    Excerpt,
    FieldChange,
    Plan,
    PlanHeader,
    Precondition,
    Refusal,
    RowChange,
    RowKind,
    RowsChange,
    Superseded,
    Target,
)

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)

PROD = PlanHeader(
    project="support-evals",
    environment="prod",
    target=Target("api.egp.scale.com", "https://api.egp.scale.com", "acct_prd_01", is_sandbox=False),
    commit="9f2c1e7b0a4d5566778899aabbccddeeff001122",
    generated_at=NOW,
    sgpctl_version="0.1.0",
    manifest_files=5,
)

PULL_REQUEST = replace(
    PROD,
    commit=f"{PROD.commit}+dirty",
    occasion=Occasion("shorter-answers", "412", "ann", "https://github.com/acme/evals/actions/runs/77"),
)

SANDBOX = PlanHeader(
    project="quickstart",
    environment="sandbox",
    target=Target("sandbox .sgpctl/sandbox.db", "http://sandbox.invalid", None, is_sandbox=True),
    commit=None,
    generated_at=NOW,
    sgpctl_version="0.1.0",
    manifest_files=1,
)

GROUNDED = "support/grounded-answers.yaml"
OLD_PROMPT = """You answer questions about the refund policy.

Use only the passages below.
If unsure, answer as best you can.

{{item.passages}}
"""
NEW_PROMPT = """You answer questions about the refund policy.

Use only the passages below.
If the passages do not answer it, say so and stop.
Quote the passage that you used.

{{item.passages}}
"""


def need(remote_id: str) -> Precondition:
    return Precondition(remote_id, f"fp-{remote_id}")


def superseded(remote_id: str, status: str = "completed", day: int = 15) -> Superseded:
    return Superseded(remote_id, status, datetime(2026, 11, day, 8, 30, tzinfo=UTC), need(remote_id))


def create(name: str = "tone-of-voice", cost: Cost | None = None, line: int = 1) -> Change:
    return Change(
        Action.CREATE,
        name,
        None,
        (f"support/{name}.yaml", line, 1),
        "v1:aa",
        reasons=("nothing of this name exists",),
        cost=cost or Cost(360, 180),
    )


def update(
    name: str = "refund-window",
    path: str = "description",
    before: Json = "Refunds",
    after: Json = "States the 30-day refund window",
) -> Change:
    file = "smoke/refund-window.yaml"
    return Change(
        Action.UPDATE,
        name,
        "2f6b7d9e-1111-4a51-8f0e-2c963f66afa6",
        (file, 1, 1),
        "v1:bb",
        fields=(FieldChange(path, before, after, (file, 2, 14)),),
        preconditions=(need("2f6b7d9e-1111-4a51-8f0e-2c963f66afa6"),),
        patch={path: after},
    )


def replace_prompt(old: str = OLD_PROMPT, new: str = NEW_PROMPT) -> Change:
    return Change(
        Action.REPLACE,
        "grounded-answers-current",
        "7d0c2f1a-5717-4562-b3fc-2c963f66afa6",
        (GROUNDED, 3, 1),
        "v1:cc",
        fields=(FieldChange("tasks.answer.messages[0].content", old, new, ("prompts/answer.v4.md", 1, 1)),),
        cost=Cost(360, 180),
        preconditions=(need("7d0c2f1a-5717-4562-b3fc-2c963f66afa6"),),
        archives=(superseded("7d0c2f1a-5717-4562-b3fc-2c963f66afa6"),),
    )


def replace_rows() -> Change:
    return Change(
        Action.REPLACE,
        "policy-recall",
        "81aa2f1a-5717-4562-b3fc-2c963f66afa6",
        ("support/policy-recall.yaml", 1, 1),
        "v1:dd",
        reasons=("its tasks were edited remotely since it was created",),
        fields=(
            FieldChange(
                "tasks.answer.model", "openai/gpt-4o", "openai/gpt-4.1", ("support/policy-recall.yaml", 9, 14)
            ),
            FieldChange("tasks.answer.temperature", 0.7, 0, ("support/policy-recall.yaml", 14, 20)),
            FieldChange("tasks.f1", None, "metric", ("support/policy-recall.yaml", 15, 5)),
            FieldChange("tasks.bleu", "metric", None),
        ),
        rows=RowsChange(
            177,
            179,
            added=3,
            removed=1,
            unchanged=164,
            changed=12,
            key="ticket_id",
            columns=(("reference", 12), ("passage", 1)),
            sample=(
                RowChange(
                    RowKind.CHANGED,
                    "T-104",
                    (
                        ColumnChange("reference", Excerpt('"30 days"'), Excerpt('"14 days"')),
                        ColumnChange("passage", None, Excerpt('"Shoes may be returned…', is_cut=True)),
                    ),
                ),
                RowChange(RowKind.ADDED, "T-201", (ColumnChange("reference", None, Excerpt("14")),), 2),
                RowChange(RowKind.REMOVED, "T-7", (ColumnChange("reference", Excerpt('"7 days"'), None),)),
            ),
        ),
        cost=Cost(358, 179, is_upper_bound=True),
        preconditions=(need("81aa2f1a-5717-4562-b3fc-2c963f66afa6"),),
        archives=(superseded("81aa2f1a-5717-4562-b3fc-2c963f66afa6", "failed", 2),),
    )


def replace_unread_rows() -> Change:
    return Change(
        Action.REPLACE,
        "whole-archive",
        "99aa2f1a-5717-4562-b3fc-2c963f66afa6",
        ("nightly/whole-archive.yaml", 1, 1),
        "v1:de",
        rows=RowsChange(1_200_000, 1_200_003),
        cost=Cost(1_200_003, 1_200_003),
        preconditions=(need("99aa2f1a-5717-4562-b3fc-2c963f66afa6"),),
        archives=(superseded("99aa2f1a-5717-4562-b3fc-2c963f66afa6", "running", 19),),
    )


def rename() -> Change:
    remote_id = "3c3c7d9e-2222-4a51-8f0e-2c963f66afa6"
    return Change(
        Action.RENAME,
        "shipping-delays",
        remote_id,
        ("support/shipping-delays.yaml", 1, 1),
        "v1:ee",
        reasons=("'delivery-delays' is the same run under another name, and no manifest wants that one",),
        fields=(
            FieldChange("name", "delivery-delays", "shipping-delays", ("support/shipping-delays.yaml", 1, 7)),
        ),
        preconditions=(need(remote_id),),
        patch={"name": "shipping-delays"},
    )


def restore() -> Change:
    remote_id = "5Kc0a2b3-3333-4a51-8f0e-2c963f66afa6"
    return Change(
        Action.RESTORE,
        "returns-fees",
        remote_id,
        ("support/returns-fees.yaml", 1, 1),
        "v1:ff",
        reasons=(f"equals the archived run {remote_id} of 2026-10-29; its results come back with it",),
        preconditions=(need(remote_id),),
        archives=(superseded("6e0c2f1a-5717-4562-b3fc-2c963f66afa6", "completed", 18),),
    )


def adopt() -> Change:
    remote_id = "aa10a2b3-4444-4a51-8f0e-2c963f66afa6"
    return Change(
        Action.ADOPT,
        "escalation-tone",
        remote_id,
        ("support/escalation-tone.yaml", 1, 1),
        "v1:11",
        reasons=(f"{remote_id} is not ours yet, and its contents equal what is declared",),
        preconditions=(need(remote_id),),
        patch={"tags": ["gate", "sgpctl:support-evals:prod"]},
    )


def archive(name: str = "legacy-triage", remote_id: str = "bb20a2b3-5555-4a51-8f0e-2c963f66afa6") -> Change:
    return Change(
        Action.ARCHIVE,
        name,
        remote_id,
        None,
        None,
        reasons=("no manifest declares it; 150 human answers, leaves 2 groups",),
        preconditions=(need(remote_id),),
    )


def plan_of(*changes: Change, **parts: object) -> Plan:
    """A plan of these changes, sorted as the planner sorts them; `parts` are further fields of Plan."""
    settings: dict[str, object] = {"desired": 7, "owned": 31, "others": 12, **parts}
    return Plan(changes=tuple(sorted(changes, key=lambda change: change.address)), **settings)  # type: ignore[arg-type]  # fields by name, checked by Plan


def every_action() -> Plan:
    return plan_of(
        create(cost=Cost(360, 180, 180)),
        update(),
        replace_prompt(),
        replace_rows(),
        rename(),
        restore(),
        adopt(),
        archive(),
        unchanged=("a", "b", "c", "d"),
        notes=("'refund-window copy' (c0ffee00) was copied by hand from 'refund-window'; it is left alone",),
    )


def refused() -> Plan:
    return plan_of(
        archive("legacy-triage"),
        archive("legacy-routing", "cc30a2b3-6666-4a51-8f0e-2c963f66afa6"),
        replace_prompt(),
        unchanged=("a",),
        owned=3,
        warnings=(
            "support/refunds.yaml:4:9: plain scalar 'no' is text here; other YAML tools read it as false",
        ),
        refusals=(
            Refusal(
                "the plan archives 2 of 3 evaluations, and safety.max_archive lets 1 pass",
                "If all of them are meant, say `--allow-archive 2`.",
            ),
            Refusal(
                "'grounded-answers-current' is protected, and the plan would replace (and so archive) it",
                "Apply `lifecycle: {protect: false}` on its own first, with the rest of its manifest as it was.",
            ),
        ),
    )


HOSTILE = "evil\x1b[2J\x1b]0;owned\x07\u202egpj.exe\u2066\u200b\n-  fake-change  archive\r\x9b31m\ud800"


def hostile() -> Plan:
    long_name = "an-evaluation-with-a-name-of-one-hundred-and-twenty-eight-characters-" + "x" * 59
    wide_name = "返品ポリシーの評価-🙂"
    return plan_of(
        update(HOSTILE, HOSTILE, HOSTILE, "fine"),
        create(long_name),
        update(wide_name, "description", "café", "Z" + "\u0301" * 30 + "algo"),
        archive(HOSTILE, HOSTILE),
        notes=(HOSTILE,),
        refusals=(Refusal(HOSTILE, HOSTILE),),
    )
