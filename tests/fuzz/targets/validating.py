"""`validate` in all its formats, and `render`: what programs read is well formed, what people read is in lines of ours."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

from tests.fuzz.archive import put_into
from tests.fuzz.targets.command import Ended, called
from tests.fuzz.targets.projects import projects
from tests.fuzz.targets.target import is_printable, promise

_COMMAND = re.compile(r"::(?:error|warning) (?:file=[^,:\n]+,line=\d+,col=\d+,)?title=[^,:\n]*::[^\n]*")


class Validating:
    name = "validate"
    outputs = ()

    def seeds(self) -> Iterator[bytes]:
        return projects()

    def prepare(self, data: bytes, folder: Path) -> None:
        put_into(folder, data)

    def run(self, folder: Path) -> str:
        text, *others = (
            called("validate", str(folder), "--format", written_as)
            for written_as in ("text", "json", "github", "sarif")
        )
        promise(
            len({each.code for each in (text, *others)}) == 1, "formats that do not agree on the exit code"
        )
        promise(is_printable(text.out + text.err), "text that steers the terminal")
        for line in (text.out + text.err).splitlines():
            promise(not line.lstrip().startswith("::") and "##[" not in line, "text that a CI service obeys")
        as_json, github, sarif = others
        summary = json.loads(as_json.out)["summary"]
        promise((summary["errors"] > 0) == (text.code != 0), "a count of errors that is not the exit code")
        promise(
            len(github.out.splitlines()) == summary["errors"] + summary["warnings"],
            "not one annotation for each",
        )
        for line in github.out.splitlines():
            promise(_COMMAND.fullmatch(line) is not None, f"an annotation that is none: {line[:200]}")
        promise(len(json.loads(sarif.out)["runs"]) == 1, "SARIF without a run")
        return f"{text.code} {_first_lines(text)}; render {_rendered(folder)}"


def _rendered(folder: Path) -> str:
    ended = called("render", "-C", str(folder), "--origins", "--format", "json")
    if ended.code == 0:
        json.loads(ended.out)
    return str(ended.code)


def _first_lines(ended: Ended) -> str:
    return "\n".join(ended.err.splitlines()[:3]) or ended.out
