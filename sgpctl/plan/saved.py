"""The saved form of a plan: one JSON document, written and read here (design 9).

What is read back is the same plan: it renders the same, and its digest is computed again and must agree.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sgpctl.errors import PlanFileError
from sgpctl.model.located import Json, Mark
from sgpctl.model.marks import Occasion
from sgpctl.plan.action import Action
from sgpctl.plan.document import Part, checked_document, damaged, quoted
from sgpctl.plan.grid import Grid
from sgpctl.plan.plan import (
    Change,
    Cost,
    FieldChange,
    Plan,
    PlanHeader,
    Precondition,
    Refusal,
    Superseded,
    Target,
)
from sgpctl.plan.saved_rows import read_rows, rows_document

FORMAT_VERSION = "1.1"
_MAJOR = FORMAT_VERSION.partition(".")[0]
_VERSION = re.compile(r"(\d{1,9})\.(\d{1,9})", re.ASCII)
_TELLING_KEYS = ("format_version", "sgpctl_version")


@dataclass(frozen=True, slots=True)
class SavedPlan:
    """A plan as it was when it was made. The remote side and the manifests may have moved since."""

    header: PlanHeader
    plan: Plan
    digest: str


def plan_document(plan: Plan, header: PlanHeader) -> dict[str, Json]:
    """The whole document. Keys come in a fixed order, changes as sorted in the plan, times in UTC."""
    return {**header_document(header), **contents_document(plan, header.manifest_files)}


def header_document(header: PlanHeader) -> dict[str, Json]:
    """The circumstances, with which every document of sgpctl about a plan begins."""
    return {
        "format_version": FORMAT_VERSION,
        "sgpctl_version": header.sgpctl_version,
        "project": header.project,
        "environment": header.environment,
        "target": target_document(header.target),
        "commit": header.commit,
        "provenance": occasion_document(header.occasion),
        "generated_at": iso_text(header.generated_at),
        "against": None if header.against is None else {"taken_at": iso_text(header.against)},
        "consent": {
            "allow_archive": header.allow_archive,
            "take_over": header.take_over,
            "acks": [*header.acks],
        },
    }


def target_document(target: Target) -> dict[str, Json]:
    return {
        "base_url": target.base_url,
        "account_id": target.account_id,
        "label": target.label,
        "is_sandbox": target.is_sandbox,
    }


def read_target(part: Part) -> Target:
    return Target(
        part.text("label"), part.text("base_url"), part.text_or_none("account_id"), part.flag("is_sandbox")
    )


def occasion_document(occasion: Occasion) -> dict[str, Json]:
    return {
        "branch": occasion.branch,
        "pull_request": occasion.pull_request,
        "actor": occasion.actor,
        "run_url": occasion.run_url,
    }


def contents_document(plan: Plan, manifest_files: int) -> dict[str, Json]:
    """What the plan says, without where and when."""
    return {
        "digest": plan.digest,
        "scope": {
            "manifest_files": manifest_files,
            "desired": plan.desired,
            "owned": plan.owned,
            "others": plan.others,
        },
        "where": [*plan.scope],
        "gap": plan.gap,
        "summary": {**plan.summary},
        "cost": cost_document(plan.cost),
        "changes": [_change_document(change) for change in plan.changes],
        "grids": [_grid_document(grid) for grid in plan.grids],
        "unchanged": [*plan.unchanged],
        "notes": [*plan.notes],
        "warnings": [*plan.warnings],
        "refusals": [
            {"message": refusal.message, "hint": refusal.hint, "ack": refusal.ack}
            for refusal in plan.refusals
        ],
    }


def cost_document(cost: Cost) -> Json:
    return {
        "model_calls": cost.model_calls,
        "rows": cost.rows,
        "human_tasks": cost.human_tasks,
        "is_upper_bound": cost.is_upper_bound,
        "is_known": cost.is_known,
    }


def iso_text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def read_plan_document(document: Json) -> SavedPlan:
    """The plan that `plan_document` wrote; PlanFileError when it is damaged, edited or of another major version."""
    _check_kind(document)
    root = checked_document(document)
    _check_version(root)
    plan = _read_plan(root)
    digest = root.text("digest")
    if digest != plan.digest:
        raise PlanFileError(
            "the saved plan was changed after it was written: its digest does not fit its changes",
            hint="Make a new one with `sgpctl plan --out FILE`; plans are not meant to be edited.",
        )
    header = _read_header(root)
    if plan.scope and plan.scope != header.scope:
        raise damaged("`where` names another project, environment or target than its head")
    return SavedPlan(header, plan, digest)


def _check_kind(document: Json) -> None:
    """What is something else than a plan is no damaged one, and making a new one would not mend what was meant."""
    held = document if isinstance(document, dict) else {}
    missing = next((key for key in _TELLING_KEYS if key not in held), None)
    if missing is not None:
        raise PlanFileError(
            f"this is not a saved plan: it has no `{missing}`", hint="Make one with `sgpctl plan --out FILE`."
        )


def _check_version(root: Part) -> None:
    version = root.text("format_version")
    found = _VERSION.fullmatch(version)
    if found is None:
        raise PlanFileError(f"this is not a saved plan: its format_version is {quoted(version)}")
    if found.group(1) != _MAJOR:
        raise PlanFileError(
            f"the plan was written by sgpctl {quoted(root.text('sgpctl_version'))} in format {version}; "
            f"this sgpctl reads format {_MAJOR}",
            hint="Apply it with the version that wrote it, or make a new plan with this one.",
        )


def _read_header(root: Part) -> PlanHeader:
    against = root.part_or_none("against") if "against" in root.values else None
    return PlanHeader(
        project=root.owner_name("project"),
        environment=root.owner_name("environment"),
        target=read_target(root.part("target")),
        commit=root.text_or_none("commit"),
        generated_at=root.moment("generated_at"),
        sgpctl_version=root.text("sgpctl_version"),
        manifest_files=root.part("scope").count("manifest_files"),
        allow_archive=root.part("consent").count_or_none("allow_archive"),
        take_over=root.part("consent").flag("take_over"),
        occasion=_read_occasion(root.part_if_there("provenance")),
        acks=root.part("consent").texts_if_there("acks"),
        against=None if against is None else against.moment("taken_at"),
    )


def _read_occasion(part: Part | None) -> Occasion:
    """Plans of format 1.0 say nothing about it."""
    if part is None:
        return Occasion()
    return Occasion(
        branch=part.text_or_none("branch"),
        pull_request=part.text_or_none("pull_request"),
        actor=part.text_or_none("actor"),
        run_url=part.text_or_none("run_url"),
    )


def _read_plan(root: Part) -> Plan:
    scope = root.part("scope")
    return Plan(
        changes=_read_changes(root),
        unchanged=root.texts("unchanged"),
        notes=root.texts("notes"),
        warnings=root.texts("warnings"),
        refusals=tuple(
            Refusal(part.text("message"), part.text("hint"), part.text_if_there("ack"))
            for part in root.parts("refusals")
        ),
        desired=scope.count("desired"),
        owned=scope.count("owned"),
        others=scope.count("others"),
        scope=root.texts("where"),
        gap=root.text_or_none("gap"),
        grids=tuple(_read_grid(part) for part in root.parts("grids")),
    )


def _read_changes(root: Part) -> tuple[Change, ...]:
    """All changes, of which no two are the same."""
    found: dict[tuple[str, str, str], Change] = {}
    for part in root.parts("changes"):
        change = _read_change(part)
        if change.address in found:
            raise damaged(f"`{part.path}` is there already, as the same change of the same evaluation")
        found[change.address] = change
    return tuple(found.values())


def _change_document(change: Change) -> Json:
    rows = change.rows
    return {
        "name": change.name,
        "action": change.action.value,
        "remote_id": change.remote_id,
        "source": place_document(change.place),
        "reasons": [*change.reasons],
        "fields": [
            {
                "path": field.path,
                "before": field.before,
                "after": field.after,
                "source": place_document(field.place),
            }
            for field in change.fields
        ],
        "rows": None if rows is None else rows_document(rows),
        "cost": cost_document(change.cost),
        "preconditions": _preconditions_document(change.preconditions),
        "archives": [
            {
                "remote_id": old.remote_id,
                "status": old.status,
                "created_at": iso_text(old.created_at),
                "precondition": _precondition_document(old.precondition),
            }
            for old in change.archives
        ],
        "digest": change.digest,
        "declared": change.declared,
        "parts": {**change.parts},
        "patch": {**change.patch},
        "is_duplicate": change.is_duplicate,
        "is_leftover": change.is_leftover,
    }


def _grid_document(grid: Grid) -> Json:
    return {
        "source": place_document(grid.place),
        "axes": [*grid.axes],
        "cells": [
            {"labels": [*labels], "action": None if action is None else action.value}
            for labels, action in grid.cells
        ],
    }


def _read_grid(part: Part) -> Grid:
    place = _read_place(part.part("source"))
    cells = tuple((cell.texts("labels"), _read_action(cell, "action")) for cell in part.parts("cells"))
    axes = part.texts("axes")
    if place is None or not axes or any(len(labels) != len(axes) for labels, _ in cells):
        raise damaged(f"`{part.path}` is no grid")
    return Grid(place, axes, cells)


def _read_action(part: Part, key: str) -> Action | None:
    text = part.text_or_none(key)
    if text is not None and text not in set(Action):
        raise damaged(f"`{part.path}.{key}` {quoted(text)} is not an action")
    return None if text is None else Action(text)


def place_document(place: Mark | None) -> Json:
    return None if place is None else {"file": place[0], "line": place[1], "column": place[2]}


def _precondition_document(need: Precondition) -> Json:
    return {
        "remote_id": need.remote_id,
        "fingerprint": need.fingerprint,
        "names": [*need.names],
        "parts": {**need.parts},
    }


def _preconditions_document(needs: Sequence[Precondition]) -> Json:
    return [_precondition_document(need) for need in needs]


def _read_change(part: Part) -> Change:
    action = _read_action(part, "action")
    if action is None:
        raise damaged(f"`{part.path}` has no action")
    rows = part.part_or_none("rows")
    return Change(
        action=action,
        name=part.text("name"),
        remote_id=part.text_or_none("remote_id"),
        place=_read_place(part.part_or_none("source")),
        digest=part.text_or_none("digest"),
        reasons=part.texts("reasons"),
        fields=tuple(_read_field(field) for field in part.parts("fields")),
        rows=None if rows is None else read_rows(rows),
        cost=_read_cost(part.part("cost")),
        preconditions=tuple(_read_precondition(need) for need in part.parts("preconditions")),
        archives=tuple(_read_superseded(old) for old in part.parts("archives")),
        patch=part.part("patch").values,
        is_duplicate=part.flag("is_duplicate"),
        is_leftover=part.flag("is_leftover"),
        declared=part.text_or_none("declared"),
        parts=part.texts_of("parts"),
    )


def _read_place(part: Part | None) -> Mark | None:
    return None if part is None else (part.text("file"), part.count("line"), part.count("column"))


def _read_field(part: Part) -> FieldChange:
    place = _read_place(part.part_or_none("source"))
    return FieldChange(part.text("path"), part.json("before"), part.json("after"), place)


def _read_cost(part: Part) -> Cost:
    return Cost(
        part.count("model_calls"),
        part.count("rows"),
        part.count("human_tasks"),
        is_upper_bound=part.flag("is_upper_bound"),
        is_known=part.flag("is_known"),
    )


def _read_precondition(part: Part) -> Precondition:
    return Precondition(
        part.text("remote_id"),
        part.text("fingerprint"),
        part.texts_if_there("names"),
        part.texts_of("parts"),
    )


def _read_superseded(part: Part) -> Superseded:
    return Superseded(
        part.text("remote_id"),
        part.text("status"),
        part.moment("created_at"),
        _read_precondition(part.part("precondition")),
    )
