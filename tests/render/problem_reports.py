"""Reports for the golden files: an ordinary one, one in which texts try to be more than texts, and one of nothing."""

from __future__ import annotations

from sgpctl.manifest.problem import error_at, warning_at
from sgpctl.render.problems_report import Report

_HOSTILE_FILE = "evals/50%, a: b\n::error::x.yaml"

REPORTS = {
    "problems": Report(
        problems=(
            error_at(
                ("evaluations/tone.yaml", 12, 5),
                "unknown key 'modle'; did you mean 'model'?",
                ("tasks", 0, "modle"),
            ),
            warning_at(("evaluations/tone.yaml", 3, 7), "'yes' without quotes is text here", ("tags", 0)),
            error_at(("--var tone", 1, 1), "must be text", ()),
        ),
        addresses={"evaluations/tone.yaml": "evals/evaluations/tone.yaml"},
        files=4,
        evaluations=3,
    ),
    "problems-hostile": Report(
        problems=(
            error_at(
                (_HOSTILE_FILE, 1, 1),
                "100% of {0}: [click](https://evil.example),\r\n::stop-commands::now \u202e\x1b[31m ü 🎯",
                ("metadata", "a,b::c\n"),
            ),
        ),
        addresses={_HOSTILE_FILE: _HOSTILE_FILE},
        files=1,
    ),
    "problems-none": Report(problems=(), files=4, evaluations=3),
    "problems-no-project": Report(
        problems=(),
        failure="no project: /srv/evals is empty, and no folder above it has a sgpctl.yaml\n"
        "`sgpctl init` makes a project; or name the folder of one",
    ),
}
