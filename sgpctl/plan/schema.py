"""The JSON Schema of a saved plan (draft 2020-12), for those who judge plans with programs of their own.

Within one major version of the format, keys are only added. So none is closed: what is not named here may be there too.
"""

from __future__ import annotations

from collections.abc import Sequence

from sgpctl.model.located import Json
from sgpctl.plan.action import Action
from sgpctl.plan.plan import RowKind
from sgpctl.plan.saved import FORMAT_VERSION

_MAJOR = FORMAT_VERSION.partition(".")[0]


def plan_schema() -> dict[str, Json]:
    """The whole schema, with what each key means."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:sgpctl:plan:{_MAJOR}",
        "title": f"A plan of sgpctl, format {FORMAT_VERSION}",
        "description": "What `sgpctl plan --json` prints and `--output json=FILE` saves.",
        **_map(
            {
                "format_version": {
                    "type": "string",
                    "pattern": rf"^{_MAJOR}\.[0-9]+$",
                    "description": "Major and minor version of this format; refuse a major version that you do not know.",
                },
                "sgpctl_version": _text("Who wrote it."),
                "project": _text("The name of the project."),
                "environment": _text("The environment that the plan is for."),
                "target": _map(
                    {
                        "base_url": _text("The address of the platform."),
                        "account_id": _or_null(_text("The account.")),
                        "label": _text("The address in short."),
                        "is_sandbox": _flag("Whether it is the embedded emulator, where nothing costs."),
                    },
                    "Where applying it would act.",
                ),
                "commit": _or_null(
                    _text("The commit of the manifests; with `+dirty` where files differ from it.")
                ),
                "provenance": _map(
                    {
                        key: _or_null({"type": "string"})
                        for key in ("branch", "pull_request", "actor", "run_url")
                    },
                    "Where the plan was made, as the CI tells.",
                ),
                "generated_at": {"type": "string", "format": "date-time"},
                "against": _or_null(
                    _map(
                        {"taken_at": {"type": "string", "format": "date-time"}},
                        "The snapshot that stood for the platform; such a plan cannot be applied.",
                    )
                ),
                "consent": _map(
                    {
                        "allow_archive": _or_null(
                            _count("The number of archives that `--allow-archive` named.")
                        ),
                        "take_over": _flag("`--take-over` was given."),
                        "acks": _list({"type": "string"}, "The tokens that `--ack` gave."),
                    },
                    "What was allowed when the plan was made; it travels with the plan.",
                ),
                "digest": {
                    "type": "string",
                    "pattern": "^sha256:[0-9a-f]{64}$",
                    "description": "The same for the same target, manifests and remote state, whatever the time and the commit.",
                },
                "scope": _map(
                    {
                        "manifest_files": _count("Manifests that were read."),
                        "desired": _count("Evaluations that they declare."),
                        "owned": _count("Live evaluations of the project on the platform."),
                        "others": _count("Live evaluations of the account that are not the project's."),
                    },
                    "How much was compared.",
                ),
                "where": _list(
                    {"type": "string"},
                    "Project, environment, address and account, as they are in the digest.",
                ),
                "gap": _or_null(_text("Why not everything could be read; such a plan is refused.")),
                "summary": _map(
                    {
                        **{action.value: _count(f"Changes of action {action.value}.") for action in Action},
                        "unchanged": _count("Evaluations that need nothing."),
                    },
                    "Counts.",
                ),
                "cost": _cost("What applying the whole plan starts."),
                "changes": _list(_change(), "Sorted by name."),
                "grids": _list(_grid(), "Matrices that are large enough to be drawn."),
                "unchanged": _list({"type": "string"}, "The names that need nothing."),
                "notes": _list({"type": "string"}, "What a person should know."),
                "warnings": _list({"type": "string"}, "What is odd in the manifests, each with its place."),
                "refusals": _list(
                    _map(
                        {
                            "message": _text("Why `apply` would refuse the plan."),
                            "hint": _text("What to do about it."),
                            "ack": _or_null(_text("The token that allows just this, if any does.")),
                        }
                    ),
                    "Empty for a plan that may be applied.",
                ),
            }
        ),
    }


def _change() -> dict[str, Json]:
    return _map(
        {
            "name": _text("The name of the evaluation after the change."),
            "action": {"enum": [action.value for action in Action]},
            "remote_id": _or_null(
                _text("What is changed in place, archived or superseded; null for a create.")
            ),
            "source": _place("Where the manifest stands; null for an archive."),
            "reasons": _list({"type": "string"}, "Why, for people; the wording may change in any version."),
            "fields": _list(
                _map(
                    {
                        "path": _text("Which field, with dots and brackets."),
                        "before": {"description": "Its value on the platform; null where it is absent."},
                        "after": {"description": "Its declared value; null where it is absent."},
                        "source": _place("Where the new value was written."),
                    }
                ),
                "The fields that differ, rows excepted.",
            ),
            "rows": _or_null(_rows()),
            "cost": _cost("What this change starts."),
            "preconditions": _list(_precondition(), "What has to look as it did, or the change is refused."),
            "archives": _list(
                _map(
                    {
                        "remote_id": _text("Its id."),
                        "status": _text("How its run ended."),
                        "created_at": {"type": "string", "format": "date-time"},
                        "precondition": _precondition(),
                    }
                ),
                "What is archived once its successor is in place.",
            ),
            "digest": _or_null(_text("The digest of the declared spec; null for an archive.")),
            "declared": _or_null(_text("A digest of all else that the manifest declares.")),
            "patch": {"type": "object", "description": "The body of the PATCH, without provenance."},
            "is_duplicate": _flag("An archive of what one create made twice."),
            "is_leftover": _flag("An archive that takes nothing away, because another run stands for it."),
        }
    )


def _rows() -> dict[str, Json]:
    return _map(
        {
            "before": _or_null(_count("Rows on the platform; null where they were not read.")),
            "after": _or_null(_count("Declared rows.")),
            "added": _or_null(_count("Null where the rows were not compared.")),
            "removed": _or_null(_count("Null where the rows were not compared.")),
            "unchanged": _or_null(_count("Null where the rows were not compared.")),
            "changed": _or_null(
                _count("Rows of the same key with other contents; null where rows were matched by content.")
            ),
            "key": _or_null(_text("The column by which rows were matched; null where it was by content.")),
            "keyless": _count(
                "Rows of both sides that were matched by content because their key is missing or occurs twice."
            ),
            "columns": _list(
                _map({"column": _text("Its name."), "rows": _count("The rows in which it changed.")}),
                "The columns that changed, counted over all changed rows; the most frequent first.",
            ),
            "more_columns": _count("Changed columns that are not in `columns`."),
            "sample": _list(_row(), "Some of the rows that differ, of every kind."),
        },
        "How the rows of a replaced evaluation differ.",
    )


def _row() -> dict[str, Json]:
    column = _map(
        {
            "column": _text("Its name; of a file `files.` and its name."),
            "before": {"description": "Its value in the old row; null where it is absent."},
            "after": {"description": "Its value in the new row; null where it is absent."},
            "cut": _list(
                {"enum": ["before", "after"]},
                "The sides whose value is long: there it is a piece of its JSON text, with an ellipsis at each cut end.",
            ),
        }
    )
    return _map(
        {
            "kind": {"enum": [kind.value for kind in RowKind]},
            "key": _or_null(_text("The text of its key; null where it has none.")),
            "columns": _list(column, "The columns that changed, or all of a row that was added or removed."),
            "more_columns": _count("Further ones."),
        }
    )


def _grid() -> dict[str, Json]:
    cell = _map(
        {
            "labels": _list({"type": "string"}, "One for each axis."),
            "action": {"enum": [*(action.value for action in Action), None]},
        }
    )
    return _map(
        {
            "source": _place("Where the matrix stands."),
            "axes": _list({"type": "string"}, "The names of its axes."),
            "cells": _list(cell, "All of its cells."),
        }
    )


def _precondition() -> dict[str, Json]:
    return _map({"remote_id": _text("Which evaluation."), "fingerprint": _text("How it looked.")})


def _cost(description: str) -> dict[str, Json]:
    return _map(
        {
            "model_calls": _count("Rows times tasks that execute."),
            "rows": _count("Rows that are run."),
            "human_tasks": _count("Questions for people."),
            "is_upper_bound": _flag("Some rows may be skipped by a `run_condition`."),
            "is_known": _flag("False where the rows of a dataset could not be counted."),
        },
        description,
    )


def _place(description: str) -> dict[str, Json]:
    place = _map(
        {
            "file": _text("Seen from the project's folder."),
            "line": _count("From 1 on."),
            "column": _count("From 1 on."),
        },
        description,
    )
    return _or_null(place)


def _map(properties: dict[str, dict[str, Json]], description: str | None = None) -> dict[str, Json]:
    required: list[Json] = [*properties]
    found: dict[str, Json] = {"type": "object", "required": required, "properties": {**properties}}
    return found if description is None else {**found, "description": description}


def _list(items: dict[str, Json], description: str) -> dict[str, Json]:
    return {"type": "array", "items": items, "description": description}


def _or_null(schema: dict[str, Json]) -> dict[str, Json]:
    options: Sequence[Json] = [schema, {"type": "null"}]
    return {"anyOf": [*options]}


def _text(description: str) -> dict[str, Json]:
    return {"type": "string", "description": description}


def _count(description: str) -> dict[str, Json]:
    return {"type": "integer", "minimum": 0, "description": description}


def _flag(description: str) -> dict[str, Json]:
    return {"type": "boolean", "description": description}
