"""A plan in the forms in which plan and show give it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sgpctl.cli.console import Console
from sgpctl.cli.forms import Form
from sgpctl.plan.plan import Plan, PlanHeader
from sgpctl.render.json_text import json_text

_TEXT_WIDTH = 120


@dataclass(frozen=True, slots=True)
class PlanForms:
    """One plan. `root` finds the folder of its project, for the form that tells files from the repository."""

    plan: Plan
    header: PlanHeader
    root: Callable[[], Path]

    def put(self, form: Form, console: Console) -> None:
        """Print it as the result."""
        if form is Form.TEXT:
            from sgpctl.render.plan_text import plan_lines

            console.put(plan_lines(self.plan, self.header, console.glyphs, width=console.width))
        else:
            console.put_text(self.text(form))

    def text(self, form: Form) -> str:
        """It as the contents of a file. What a form needs is loaded with it."""
        match form:
            case Form.TEXT:
                from sgpctl.render.glyphs import UNICODE
                from sgpctl.render.layout import plain
                from sgpctl.render.plan_text import plan_lines

                return plain(plan_lines(self.plan, self.header, UNICODE, width=_TEXT_WIDTH))
            case Form.JSON:
                from sgpctl.cli.saved_plan import saved_text

                return saved_text(self.plan, self.header)
            case Form.MARKDOWN:
                from sgpctl.render.markdown.plan import plan_markdown

                return plan_markdown(self.plan, self.header)
            case Form.GITHUB:
                from sgpctl.cli.repository import addresses
                from sgpctl.render.plan_github import plan_commands

                return plan_commands(self.plan, self.header, addresses(set(_files(self.plan)), self.root()))
            case Form.GITLAB:
                from sgpctl.render.plan_gitlab import gitlab_document

                return json_text(gitlab_document(self.plan))


def _files(plan: Plan) -> Iterator[str]:
    """Every file that the plan names as a cause, and those that its warnings begin with."""
    for change in plan.changes:
        yield from (place[0] for place in (change.place, *(field.place for field in change.fields)) if place)
    yield from (warning.partition(":")[0] for warning in plan.warnings)
