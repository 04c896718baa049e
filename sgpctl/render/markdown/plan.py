"""A plan as one Markdown document: a comment on a pull request, the summary of a workflow, the text of an issue."""

from __future__ import annotations

from sgpctl.plan.action import Action
from sgpctl.plan.plan import Plan, PlanHeader
from sgpctl.render.alike import grouped
from sgpctl.render.markdown.archives import archives_part
from sgpctl.render.markdown.budget import Importance, Part, fitted
from sgpctl.render.markdown.changes import changes_part, names_part
from sgpctl.render.markdown.fields import fields_part
from sgpctl.render.markdown.grids import grids_part
from sgpctl.render.markdown.heading import plan_heading
from sgpctl.render.markdown.messages import notes_part, refusals_part, warnings_part
from sgpctl.render.markdown.rows import rows_part
from sgpctl.render.markdown.text import code, folded
from sgpctl.render.markdown.texts import text_changes, texts_part

REMEDY = "`sgpctl show plan.json` prints all of a plan that was saved with `--output json=plan.json`."


def plan_markdown(plan: Plan, header: PlanHeader) -> str:
    """What it comes to, why it is refused, what changes and what is archived; then, folded, how everything differs."""
    groups = [group for group in grouped(plan.changes) if group.first.action is not Action.ARCHIVE]
    texts = text_changes(plan.changes)
    parts = [
        refusals_part(plan, REMEDY),
        changes_part(groups, texts, REMEDY),
        archives_part(plan, REMEDY),
        warnings_part(plan, REMEDY),
        notes_part(plan, REMEDY),
        texts_part(texts, REMEDY),
        rows_part(plan, REMEDY),
        fields_part(plan, REMEDY),
        grids_part(plan, REMEDY),
        names_part(groups, texts, REMEDY),
        _unchanged_part(plan),
    ]
    return fitted([plan_heading(plan, header), *(part for part in parts if part is not None)])


def _unchanged_part(plan: Plan) -> Part | None:
    if not plan.unchanged:
        return None
    return Part(
        Importance.UNCHANGED,
        *folded(f"{len(plan.unchanged):,} unchanged"),
        items=[code(name) for name in plan.unchanged],
        joint=", ",
        things="unchanged names",
        remedy=REMEDY,
    )
