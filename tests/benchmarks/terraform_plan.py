"""Terraform's plan of no changes: one `terraform_data` for each manifest, with the manifest as its `input`.

    form             TEXT: the manifest's text, which Terraform compares as a whole; quicker than one `for_each` over
                     the files
                     VALUES: what the text says, so that a plan can tell which field differs, as sgpctl does
    configuration    one main.tf.json
    state            written here as Terraform would, because its own apply grows with the square of their number;
                     for the first 20, Terraform's own state is compared with it each time
    plan             must say with its exit code that there are no changes

Terraform has less to do than sgpctl: no network, no prompts and rows from files, nothing to check in the documents.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import uuid
from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from typing import Any

import yaml

from tests.benchmarks.measuring import Command, Failed, Unavailable

_CHECKED = 20
_SECONDS_MAX = 300
_QUIET = ("-input=false", "-no-color")
_PROVIDER = 'provider["terraform.io/builtin/terraform"]'

Documents = Mapping[str, Any]


class Form(Enum):
    """How a manifest stands in Terraform's configuration."""

    TEXT = "documents as text"
    VALUES = "documents as values"


def no_op_plan(project: Path, folder: Path, form: Form) -> Command | Unavailable:
    """What measures it, with all that it needs written into `folder`, which must not exist.

    Raises Failed when Terraform's own state of the first manifests differs from the one that is written here.
    """
    terraform = shutil.which("terraform")
    if terraform is None:
        return Unavailable("terraform is not installed")
    documents = _documents(project, form)
    _check_state(terraform, dict(list(documents.items())[:_CHECKED]), folder / "checked")
    target = folder / "measured"
    _write_configuration(target, documents)
    _write_json(target / "terraform.tfstate", _state(documents, version(terraform)))
    _call(terraform, target, "init")
    arguments = (terraform, "plan", "-detailed-exitcode", "-lock=false", *_QUIET)
    return Command(arguments, _surroundings(), target, says="No changes.")


def version(terraform: str) -> str:
    told = json.loads(_call(terraform, Path(), "version", "-json"))
    return str(told["terraform_version"])


def _documents(project: Path, form: Form) -> Documents:
    texts = {
        path.stem: path.read_text(encoding="utf-8") for path in sorted((project / "evals").rglob("*.yaml"))
    }
    if form is Form.TEXT:
        return texts
    return {name: yaml.load(text, Loader=yaml.CSafeLoader) for name, text in texts.items()}


def _write_configuration(folder: Path, documents: Documents) -> None:
    folder.mkdir(parents=True)
    resources = {name: {"input": _escaped(document)} for name, document in documents.items()}
    _write_json(folder / "main.tf.json", {"resource": {"terraform_data": resources}})


def _escaped(value: Any) -> Any:
    """As it stands in a configuration, whose texts are templates."""
    match value:
        case str():
            return value.replace("${", "$${").replace("%{", "%%{")
        case list():
            return [_escaped(inner) for inner in value]
        case dict():
            return {_escaped(key): _escaped(inner) for key, inner in value.items()}
        case _:
            return value


def _type_of(value: Any) -> Any:
    """What Terraform's state says of a value's type."""
    match value:
        case str():
            return "string"
        case bool():
            return "bool"
        case int() | float():
            return "number"
        case list():
            return ["tuple", [_type_of(inner) for inner in value]]
        case dict():
            return ["object", {key: _type_of(inner) for key, inner in value.items()}]
        case _:
            return "dynamic"


def _state(documents: Documents, terraform_version: str) -> dict[str, Any]:
    return {
        "version": 4,
        "terraform_version": terraform_version,
        "serial": 1,
        "lineage": str(uuid.uuid4()),
        "outputs": {},
        "resources": [_resource(name, document) for name, document in sorted(documents.items())],
        "check_results": None,
    }


def _resource(name: str, document: Any) -> dict[str, Any]:
    value = {"value": document, "type": _type_of(document)}
    attributes = {"id": str(uuid.uuid4()), "input": value, "output": value, "triggers_replace": None}
    return {
        "mode": "managed",
        "type": "terraform_data",
        "name": name,
        "provider": _PROVIDER,
        "instances": [{"schema_version": 0, "attributes": attributes, "sensitive_attributes": []}],
    }


def _check_state(terraform: str, documents: Documents, folder: Path) -> None:
    _write_configuration(folder, documents)
    _call(terraform, folder, "init")
    _call(terraform, folder, "apply", "-auto-approve")
    theirs = json.loads((folder / "terraform.tfstate").read_text(encoding="utf-8"))
    ours = _state(documents, theirs["terraform_version"])
    if _without_identity(theirs) != _without_identity(ours):
        raise Failed("the state that is written for Terraform is not the one it writes itself")


def _without_identity(state: dict[str, Any]) -> dict[str, Any]:
    """The state but for what is different each time: serial, lineage and the resources' own ids."""
    kept = {key: value for key, value in state.items() if key not in {"serial", "lineage"}}
    kept["resources"] = [
        {**resource, "instances": [_without_id(instance) for instance in resource["instances"]]}
        for resource in state["resources"]
    ]
    return kept


def _without_id(instance: dict[str, Any]) -> dict[str, Any]:
    return {**instance, "attributes": {**instance["attributes"], "id": ""}}


def _call(terraform: str, folder: Path, verb: str, *arguments: str) -> str:
    quiet = () if verb == "version" else _QUIET
    done = subprocess.run(
        [terraform, verb, *arguments, *quiet],
        cwd=folder,
        env=_surroundings(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=_SECONDS_MAX,
    )
    if done.returncode != 0:
        raise Failed(f"terraform {verb}:\n{done.stdout[-1000:]}{done.stderr[-1000:]}")
    return done.stdout


def _surroundings() -> dict[str, str]:
    """No settings of whoever runs the benchmark, and no question whether there is a newer Terraform."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TF_")}
    return {**kept, "CHECKPOINT_DISABLE": "1"}


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False), encoding="utf-8")
