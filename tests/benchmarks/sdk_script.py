"""`python -m tests.benchmarks.sdk_script FOLDER URL [--apply]`: what a user would write instead of sgpctl.

A script of an afternoon with the official SDK: load the manifests, list every evaluation of the account, compare by
name, create what is missing, one by one. It is as quick as such a script is, and knows nothing of what costs sgpctl
time: no rows are compared, no matrix is read, nobody else's evaluations are told apart, nothing is looked for before
it is sent again, and what differs is only counted. Its last line is a JSON object with the counts.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any, cast

import yaml
from scale_gp_beta import SGPClient
from scale_gp_beta.types import Evaluation
from scale_gp_beta.types.evaluation_create_params import Evaluation as CreateBody

Document = dict[str, Any]

_ACCOUNT = "acct_bench"


def load_manifests(folder: Path) -> list[Document]:
    """Every manifest of the project with its files put in: what a create sends."""
    return [_load(path) for path in sorted((folder / "evals").rglob("*.yaml"))]


def _load(path: Path) -> Document:
    document = yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)
    return cast("Document", _with_files(document, path.parent))


def _with_files(value: Any, folder: Path) -> Any:
    if isinstance(value, dict):
        if value.keys() == {"$file"}:
            return _read(folder / value["$file"])
        return {key: _with_files(inner, folder) for key, inner in value.items()}
    if isinstance(value, list):
        return [_with_files(inner, folder) for inner in value]
    return value


def _read(path: Path) -> str | list[Any]:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in text.splitlines() if line]
    return text


def compare(wanted: list[Document], client: SGPClient) -> tuple[list[Document], list[Document]]:
    """The manifests that are missing, and those that differ from the evaluation of their name."""
    remote = {one.name: one for one in client.evaluations.list(limit=1000, views=["tasks"])}
    missing = [one for one in wanted if one["name"] not in remote]
    changed = [one for one in wanted if one["name"] in remote and _differs(one, remote[one["name"]])]
    return missing, changed


def _differs(wanted: Document, remote: Evaluation) -> bool:
    """Tags and metadata may be more than were declared: sgpctl, which filled the account, adds its own."""
    tasks = [task.to_dict() for task in remote.tasks or []]
    return (
        wanted.get("description") != remote.description
        or not set(wanted.get("tags", [])) <= set(remote.tags or [])
        or not _holds(remote.metadata or {}, wanted.get("metadata", {}))
        or not _holds(tasks, wanted.get("tasks", []))
    )


def _holds(remote: Any, declared: Any) -> bool:
    """True when all that is declared is there; the platform fills in what is not."""
    if isinstance(declared, dict):
        return isinstance(remote, dict) and all(
            key in remote and _holds(remote[key], value) for key, value in declared.items()
        )
    if isinstance(declared, list):
        return (
            isinstance(remote, list)
            and len(remote) == len(declared)
            and all(_holds(*pair) for pair in zip(remote, declared, strict=True))
        )
    return bool(remote == declared)


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.sdk_script", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("url")
    parser.add_argument("--apply", action="store_true")
    options = parser.parse_args(arguments)

    client = SGPClient(api_key=os.environ["SGP_API_KEY"], account_id=_ACCOUNT, base_url=options.url)
    wanted = load_manifests(options.folder)
    missing, changed = compare(wanted, client)
    created = 0
    if options.apply:
        for body in missing:
            client.evaluations.create(evaluation=cast("CreateBody", body))
            created += 1
    counts = {"manifests": len(wanted), "missing": len(missing), "changed": len(changed), "created": created}
    sys.stdout.write(json.dumps(counts) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
