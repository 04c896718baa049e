"""Reports of drift to look at."""

from __future__ import annotations

from sgpctl.plan.drift import Drift, Finding, Kind
from sgpctl.plan.plan import FieldChange
from tests.render.plans import HOSTILE

_ID = "7d0c2f1a-1111-4a51-8f0e-2c963f66afa6"


def every_kind() -> Drift:
    place = ("support/refund-window.yaml", 3, 1)
    words = {
        Kind.EDITED: "",
        Kind.TASKS_EDITED: "the results no longer belong to them",
        Kind.RENAMED: "it was applied as 'refund-window', and is 'refunds' now",
        Kind.COPIED: "it was made of 'refund-window', and is left alone",
        Kind.ARCHIVED: "nothing live stands for its manifest any more",
        Kind.DISOWNED: "the tag sgpctl:support-evals:prod is gone",
        Kind.CONTESTED: "it also carries sgpctl:billing:prod",
        Kind.DUPLICATE: "81aa2f1a-2222-4a51-8f0e-2c963f66afa6 stands for the same name",
        Kind.FAILED: "completed with 3 errors",
        Kind.UNMANAGED: "no project owns it",
    }
    fields = {
        Kind.EDITED: (
            FieldChange("description", "States the 30-day refund window", "by hand", place),
            FieldChange("tags", ["gate"], None, place),
        ),
        Kind.TASKS_EDITED: (FieldChange("tasks.answer.configuration.temperature", 0, 0.7, place),),
    }
    findings = (
        Finding(kind, f"refund-{kind.value.replace(' ', '-')}", _ID, words[kind], place, fields.get(kind, ()))
        for kind in Kind
    )
    return Drift(tuple(sorted(findings, key=lambda one: one.address)), ("grounded-answers",), 31)


def nothing() -> Drift:
    return Drift((), (), 31)


def hostile() -> Drift:
    finding = Finding(
        Kind.EDITED, HOSTILE, HOSTILE, HOSTILE, (HOSTILE, 1, 1), (FieldChange(HOSTILE, HOSTILE, HOSTILE),)
    )
    return Drift((finding,), (HOSTILE,), 1, gap=HOSTILE)
