"""The saved plan: what is read back is what was written, and anything else is refused."""

from __future__ import annotations

import copy
import json
import re
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sgpctl.errors import ExitCode, PlanFileError
from sgpctl.model.located import Json
from sgpctl.model.marks import Occasion
from sgpctl.plan.plan import Plan, PlanHeader, RowsChange
from sgpctl.plan.saved import iso_text, plan_document, read_plan_document
from sgpctl.render.glyphs import UNICODE
from sgpctl.render.json_text import json_text
from sgpctl.render.layout import plain
from sgpctl.render.plan_text import plan_lines
from tests.plan.saved_plans import headers, json_values, saved_plans
from tests.render import plans

DESIGNED_KEYS = [
    "format_version",
    "sgpctl_version",
    "project",
    "environment",
    "target",
    "commit",
    "provenance",
    "generated_at",
    "digest",
    "summary",
    "cost",
    "changes",
    "notes",
    "warnings",
    "refusals",
]


def written(plan: Plan | None = None, header: PlanHeader = plans.PROD) -> dict[str, Any]:
    """The document as a program reads it from the file; Any, so that tests can damage it."""
    return cast("dict[str, Any]", json.loads(json_text(plan_document(plan or plans.every_action(), header))))


@given(saved_plans, headers)
@settings(max_examples=50)
def test_a_plan_read_back_is_the_plan_that_was_written(plan: Plan, header: PlanHeader) -> None:
    saved = read_plan_document(written(plan, header))
    assert saved.plan == plan
    assert saved.header == header
    assert saved.digest == plan.digest


@given(saved_plans, headers, st.integers(min_value=40, max_value=160))
@settings(max_examples=50)
def test_a_plan_read_back_renders_as_it_did(plan: Plan, header: PlanHeader, width: int) -> None:
    saved = read_plan_document(written(plan, header))
    assert plain(plan_lines(saved.plan, saved.header, UNICODE, width=width)) == plain(
        plan_lines(plan, header, UNICODE, width=width)
    )


def test_the_document_has_the_designed_keys_in_their_order() -> None:
    document = written()
    assert [key for key in document if key in DESIGNED_KEYS] == DESIGNED_KEYS
    assert document["format_version"] == "1.1"
    assert document["generated_at"] == "2026-11-20T10:00:00Z"


def test_the_digest_does_not_depend_on_time_commit_or_occasion() -> None:
    assert written(header=plans.PROD)["digest"] == written(header=plans.SANDBOX)["digest"]
    assert written(header=plans.PULL_REQUEST)["digest"] == written(header=plans.PROD)["digest"]


def test_a_plan_of_format_1_0_says_nothing_about_its_occasion_and_is_read() -> None:
    document = written(header=plans.PULL_REQUEST)
    document["format_version"] = "1.0"
    del document["provenance"]
    assert read_plan_document(document).header.occasion == Occasion()


def test_a_plan_of_format_1_0_does_not_tell_parts_and_names_apart_and_is_read() -> None:
    document = written()
    document["format_version"] = "1.0"
    for change in document["changes"]:
        del change["parts"]
        for need in (*change["preconditions"], *(old["precondition"] for old in change["archives"])):
            del need["parts"], need["names"]
    assert read_plan_document(document).plan == plans.every_action()


def test_a_plan_that_only_counts_its_rows_is_read() -> None:
    document = written(plans.plan_of(plans.replace_rows()))
    document["format_version"] = "1.0"
    [change] = document["changes"]
    change["rows"] = {"before": 177, "after": 179, "added": 3, "removed": 1, "unchanged": 176}
    [read] = read_plan_document(document).plan.changes
    assert read.rows == RowsChange(177, 179, added=3, removed=1, unchanged=176)


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (("kind",), "moved", "'moved' is not what a row can be"),
        (("key",), 7, "key` should be text"),
        (("columns", 0, "cut"), "after", "cut` should be a list"),
        (("columns", 0, "after"), None, "after` should be text"),
    ],
)
def test_rows_that_are_damaged_are_refused(path: tuple[str | int, ...], value: object, said: str) -> None:
    document = written(plans.plan_of(plans.replace_rows()))
    sample = document["changes"][0]["rows"]["sample"]
    sample[0]["columns"] = [{"column": "q", "before": None, "after": "…", "cut": ["after"]}]
    _put(sample[0], path, value)
    with pytest.raises(PlanFileError, match=re.escape(said)):
        read_plan_document(document)


def test_times_are_written_in_utc_whatever_their_zone() -> None:
    moment = datetime(2026, 11, 20, 1, 0, tzinfo=timezone(timedelta(hours=3)))
    assert iso_text(moment) == "2026-11-19T22:00:00Z"


def test_keys_of_a_later_minor_version_are_ignored() -> None:
    document = written()
    document["format_version"] = "1.7"
    document["invented_later"] = {"x": 1}
    document["changes"][0]["invented_later"] = True
    assert read_plan_document(document).plan == plans.every_action()


def test_another_major_version_is_refused_and_says_who_wrote_it() -> None:
    document = {"format_version": "2.0", "sgpctl_version": "3.1.4"}
    with pytest.raises(PlanFileError, match=r"written by sgpctl '3\.1\.4' in format 2\.0") as refused:
        read_plan_document(cast("Json", document))
    assert refused.value.exit_code is ExitCode.ERROR
    assert refused.value.hint is not None


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("changes", 0, "name"), "another"),
        (("changes", 0, "action"), "archive"),
        (("changes", 0, "remote_id"), None),
        (("changes", 0, "preconditions"), []),
        (("changes", 0, "patch", "tags"), None),
        (("changes",), []),
        (("digest",), "sha256:00"),
    ],
)
def test_an_edited_plan_is_refused(path: tuple[str | int, ...], value: object) -> None:
    document = written()
    _put(document, path, value)
    with pytest.raises(PlanFileError, match="changed after it was written"):
        read_plan_document(document)


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (("project",), 7, "`project` should be text"),
        (("provenance",), None, "`provenance` should be a map"),
        (("provenance", "branch"), 7, "`provenance.branch` should be text"),
        (("generated_at",), "yesterday", "`generated_at` should be a time"),
        (("target",), [], "`target` should be a map"),
        (("target", "is_sandbox"), "no", "`target.is_sandbox` should be true or false"),
        (("scope", "owned"), -1, "`scope.owned` should be a whole number"),
        (("scope", "owned"), True, "`scope.owned` should be a whole number"),
        (("changes",), {}, "`changes` should be a list"),
        (("changes", 1), "x", r"`changes\[1\]` should be a map"),
        (("changes", 1, "action"), "destroy", r"`changes\[1\].action` 'destroy' is not an action"),
        (("changes", 1, "source", "line"), None, r"`changes\[1\].source.line` should be a whole number"),
        (("notes",), [1], "`notes` should be a list of texts"),
        (("format_version",), "one", "this is not a saved plan"),
    ],
)
def test_a_damaged_plan_says_where(path: tuple[str | int, ...], value: object, said: str) -> None:
    document = written()
    _put(document, path, value)
    with pytest.raises(PlanFileError, match=said):
        read_plan_document(document)


def test_a_plan_nested_beyond_reason_is_refused_not_recursed_into() -> None:
    document = written()
    document["changes"][0]["patch"] = json.loads('{"a":' * 500 + "1" + "}" * 500)
    with pytest.raises(PlanFileError, match="nested deeper than"):
        read_plan_document(document)


@pytest.mark.parametrize("number", ["NaN", "1e999", "-Infinity"])
def test_a_number_that_json_does_not_have_is_refused(number: str) -> None:
    document = written()
    document["changes"][0]["patch"] = json.loads(f'{{"metadata": [{number}]}}')
    with pytest.raises(PlanFileError, match="not finite"):
        read_plan_document(document)


@pytest.mark.parametrize(
    "document", [None, [], "plan", 7, {}, {"format_version": "1.0", "summary": {}, "problems": []}]
)
def test_what_is_no_plan_at_all_is_called_so(document: Json) -> None:
    with pytest.raises(PlanFileError, match="this is not a saved plan: it has no"):
        read_plan_document(document)


@given(st.data())
def test_no_damage_ends_in_anything_but_a_plan_or_a_plan_file_error(data: st.DataObject) -> None:
    document = written()
    path = data.draw(st.sampled_from(_paths(document)))
    _put(document, path, data.draw(json_values))
    with suppress(PlanFileError):
        assert read_plan_document(document).plan.digest == document["digest"]


def _paths(value: object, at: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    steps: list[tuple[str | int, object]] = []
    if isinstance(value, dict):
        steps = list(value.items())
    elif isinstance(value, list):
        steps = list(enumerate(value))
    return [*([at] if at else []), *(path for step, part in steps for path in _paths(part, (*at, step)))]


def _put(document: Any, path: tuple[str | int, ...], value: object) -> None:
    for step in path[:-1]:
        document = document[step]
    document[path[-1]] = copy.deepcopy(value)
