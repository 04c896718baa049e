"""What people changed on the platform, in the forms in which drift gives it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sgpctl.cli.console import Console
from sgpctl.cli.forms import Form
from sgpctl.plan.drift import Drift
from sgpctl.plan.plan import PlanHeader
from sgpctl.render.json_text import json_text

DRIFT_FORMS = (Form.TEXT, Form.JSON, Form.MARKDOWN, Form.GITHUB)
_TEXT_WIDTH = 120


@dataclass(frozen=True, slots=True)
class DriftForms:
    """One report about the project in the folder `root`."""

    drift: Drift
    header: PlanHeader
    root: Path

    def put(self, form: Form, console: Console) -> None:
        """Print it as the result."""
        if form is Form.TEXT:
            from sgpctl.render.drift_text import drift_lines

            console.put(drift_lines(self.drift, self.header, console.glyphs, width=console.width))
        else:
            console.put_text(self.text(form))

    def text(self, form: Form) -> str:
        """It as the contents of a file. What a form needs is loaded with it. Only for one of DRIFT_FORMS."""
        match form:
            case Form.TEXT:
                from sgpctl.render.drift_text import drift_lines
                from sgpctl.render.glyphs import UNICODE
                from sgpctl.render.layout import plain

                return plain(drift_lines(self.drift, self.header, UNICODE, width=_TEXT_WIDTH))
            case Form.JSON:
                from sgpctl.render.drift_text import drift_document

                return json_text(drift_document(self.drift, self.header))
            case Form.MARKDOWN:
                from sgpctl.render.markdown.drift import drift_markdown

                return drift_markdown(self.drift, self.header)
            case Form.GITHUB:
                from sgpctl.cli.repository import addresses
                from sgpctl.render.drift_github import drift_commands

                files = {finding.place[0] for finding in self.drift.findings if finding.place is not None}
                return drift_commands(self.drift, self.header, addresses(files, self.root))
            case Form.GITLAB:
                raise AssertionError("the report of GitLab is one of plans")
