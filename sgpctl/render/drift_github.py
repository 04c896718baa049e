"""What people changed on the platform, as workflow commands of GitHub Actions beside the manifests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sgpctl.plan.drift import Drift, Finding
from sgpctl.plan.plan import PlanHeader
from sgpctl.render.drift_text import totals_text
from sgpctl.render.safe_text import safe
from sgpctl.render.workflow_command import Level, workflow_command

_TITLE = "sgpctl"


def drift_commands(drift: Drift, header: PlanHeader, addresses: Mapping[str, str]) -> str:
    """A warning for each finding, after a notice that counts them; `addresses` leads to paths in the repository."""
    title = f"{_TITLE}: {header.project} -> {header.environment}"
    total = f"drift: {totals_text(drift)}" if drift.findings else "no drift"
    return "".join(
        [
            workflow_command(Level.NOTICE, title, total),
            *(_command(finding, addresses) for finding in drift.findings),
        ]
    )


def _command(finding: Finding, addresses: Mapping[str, str]) -> str:
    place = finding.place
    at = (addresses[place[0]], place[1], place[2]) if place is not None and place[0] in addresses else None
    title = f"{_TITLE}: {finding.name} {finding.kind.value}"
    return workflow_command(Level.WARNING, title, "\n".join(map(safe, _message(finding))), at)


def _message(finding: Finding) -> Iterator[str]:
    yield f"evaluation {finding.remote_id}"
    if finding.words:
        yield finding.words
    if finding.fields:
        yield f"differs in {', '.join(field.path for field in finding.fields)}"
