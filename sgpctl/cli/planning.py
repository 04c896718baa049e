"""The common way of plan, apply and destroy: load, read the other side, plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sgpctl.api.reading import read_state
from sgpctl.apply.recovery import with_recovered
from sgpctl.cli.console import Console
from sgpctl.cli.platform import Platform
from sgpctl.cli.workspace import Workspace
from sgpctl.manifest.loader import Loaded, load_or_raise
from sgpctl.model.evaluation import DesiredEvaluation, RemoteEvaluation
from sgpctl.plan.plan import Plan, PlanHeader
from sgpctl.plan.planner import make_plan
from sgpctl.plan.policy import Policy
from sgpctl.render.problems_text import problem_lines


@dataclass(frozen=True, slots=True)
class Planning:
    """One workspace, its manifests and the platform, from which the plan can be made again at any time."""

    workspace: Workspace
    platform: Platform
    policy: Policy
    desired: tuple[DesiredEvaluation, ...]
    manifest_files: int

    @property
    def header(self) -> PlanHeader:
        return self.workspace.header(self.platform.target, self.manifest_files)

    async def plan(self, recovered: Sequence[RemoteEvaluation] = ()) -> Plan:
        """Read the remote side now, and plan; `recovered` are ours though a listing may not show them yet."""
        owner = self.workspace.owner
        state = await read_state(self.platform.evaluations, self.desired, owner)
        return make_plan(self.desired, with_recovered(state, recovered, owner), owner, self.policy)


def load_manifests(workspace: Workspace, console: Console) -> Loaded:
    """The project's manifests; warnings go to the messages. Raises ManifestError with all problems."""
    loaded = load_or_raise(workspace.project)
    console.tell(problem_lines(loaded.warnings, console.glyphs))
    return loaded
