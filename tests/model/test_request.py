"""A folder of manifests for each verdict; adding a file adds a test. `warn` and `refuse` name every finding."""

import json
from pathlib import Path

import pytest

from sgpctl.limits import ROW_PROBLEMS_MAX, ROWS_PER_EVALUATION_MAX
from sgpctl.model.finding import Finding, Severity
from sgpctl.model.located import Json, path_text
from sgpctl.model.request import CheckedManifest, check_manifest

HERE = Path(__file__).parent
API_EXAMPLE = HERE.parents[1] / "examples" / "api-request" / "evaluation.json"


def cases(folder: str) -> list[object]:
    files = sorted((HERE / folder).glob("*.json"))
    assert files
    return [pytest.param(json.loads(file.read_text("utf-8")), id=file.stem) for file in files]


def line(finding: Finding) -> str:
    where = f"{path_text(finding.path) or '.'}{' (key)' if finding.on_key else ''}"
    return f"{finding.severity.value} {where}: {finding.message}"


def accepted(document: Json) -> CheckedManifest:
    manifest, findings = check_manifest(document)
    assert manifest is not None, [line(finding) for finding in findings]
    return manifest


@pytest.mark.parametrize("document", cases("accept"))
def test_a_valid_manifest_is_accepted_without_a_word(document: Json) -> None:
    manifest, findings = check_manifest(document)
    assert [line(finding) for finding in findings] == []
    assert manifest is not None


@pytest.mark.parametrize("case", cases("warn"))
def test_a_doubtful_manifest_is_accepted_with_warnings(case: dict[str, Json]) -> None:
    manifest, findings = check_manifest(case["manifest"])
    assert [line(finding) for finding in findings] == case["findings"]
    assert manifest is not None


@pytest.mark.parametrize("case", cases("refuse"))
def test_a_wrong_manifest_is_refused_with_everything_that_is_wrong(case: dict[str, Json]) -> None:
    manifest, findings = check_manifest(case["manifest"])
    assert [line(finding) for finding in findings] == case["findings"]
    assert manifest is None


@pytest.mark.parametrize(
    "odd", [{"task_type": ""}, {"configuration": {"outputs": [{"path": "", "alias": ""}]}}]
)
def test_a_task_with_an_empty_name_in_it_does_not_hide_that_a_column_is_missing(odd: dict[str, Json]) -> None:
    task: dict[str, Json] = {"task_type": "custom_function", "alias": "both", "configuration": {}, **odd}
    metric: dict[str, Json] = {"type": "f1", "candidate": "item.answer", "reference": "item.question"}
    _, findings = check_manifest(
        {
            "name": "n",
            "data": [{"question": "q"}],
            "tasks": [task, {"task_type": "metric", "configuration": metric}],
        }
    )
    assert any("no row and no task has a column 'answer'" in finding.message for finding in findings)


def test_half_of_a_surrogate_pair_in_the_place_of_a_locator_is_told() -> None:
    configuration: dict[str, Json] = {"question_id": "q", "layout": {"children": [{"data": "\ud800"}]}}
    task: dict[str, Json] = {"task_type": "contributor_evaluation.question", "configuration": configuration}
    _, findings = check_manifest({"name": "n", "data": [{"q": 1}], "tasks": [task]})
    assert any("write item.\\ud800" in finding.message for finding in findings)


def test_the_example_body_of_the_api_documentation_is_a_manifest_as_it_stands() -> None:
    document = json.loads(API_EXAMPLE.read_text("utf-8"))
    manifest, findings = check_manifest(document)
    assert findings == ()
    assert manifest is not None
    assert manifest.body == document


def test_a_body_that_needs_no_change_is_the_document_itself() -> None:
    document: Json = {"name": "n", "data": [{"a": None}], "metadata": {"k": [None]}, "tasks": []}
    assert accepted(document).body is document


def test_our_own_key_is_taken_out_of_the_body() -> None:
    lifecycle: Json = {"protect": True, "row_key": "id"}
    manifest = accepted({"name": "n", "data": [{"id": 1}], "lifecycle": lifecycle})
    assert manifest == CheckedManifest(body={"name": "n", "data": [{"id": 1}]}, protect=True, row_key="id")


@pytest.mark.parametrize("lifecycle", [None, {}, {"protect": None}, {"protect": False}])
def test_nothing_is_protected_that_does_not_say_so(lifecycle: Json) -> None:
    assert not accepted({"name": "n", "data": [{}], "lifecycle": lifecycle}).protect


def test_nulls_that_mean_not_given_are_taken_out_of_the_body() -> None:
    document: Json = {
        "name": "n",
        "description": None,
        "dataset": {"name": "d", "description": None},
        "metadata": {"kept": 1, "dropped": None, "nested": {"dropped": None}},
        "data": [{"q": 1}],
        "tasks": [
            {"task_type": "inference", "alias": None, "configuration": {"model": "m/m", "args": None}},
            {
                "task_type": "inference",
                "alias": "b",
                "configuration": {"model": "m/m", "inference_configuration": {"num_retries": None}},
            },
        ],
    }
    assert accepted(document).body == {
        "name": "n",
        "dataset": {"name": "d"},
        "metadata": {"kept": 1, "nested": {}},
        "data": [{"q": 1}],
        "tasks": [
            {"task_type": "inference", "configuration": {"model": "m/m"}},
            {
                "task_type": "inference",
                "alias": "b",
                "configuration": {"model": "m/m", "inference_configuration": {}},
            },
        ],
    }


def test_nulls_that_are_values_stay_in_the_body() -> None:
    configuration: Json = {
        "model": "m/m",
        "prompt": "p",
        "response_format": {"default": None},
        "inference_args": {"stop": None},
        "run_condition": {
            "op": "eq",
            "left": {"op": "var", "path": "item.q"},
            "right": {"op": "const", "value": None},
        },
        "vendor_key": None,
    }
    document: Json = {
        "name": "n",
        "data": [{"q": None}],
        "metadata": {"list": [None]},
        "taxonomy_params": {"step": None},
        "tasks": [
            {"task_type": "auto_evaluation.guided_decoding", "configuration": configuration},
            {
                "task_type": "chat_completion",
                "configuration": {"model": "m/m", "messages": [{"role": "user", "name": None}]},
            },
            {"task_type": "new.kind", "configuration": {"key": None}},
        ],
    }
    assert accepted(document).body == document


def test_rows_are_shared_with_the_document() -> None:
    rows: list[Json] = [{"q": 1}]
    assert accepted({"name": "n", "description": None, "data": rows}).body["data"] is rows


def test_checking_changes_nothing_in_the_document() -> None:
    document = json.loads((HERE / "accept" / "nulls_mean_not_given.json").read_text("utf-8"))
    before = json.dumps(document)
    accepted(document)
    assert json.dumps(document) == before


def test_the_first_bad_rows_are_named_and_the_others_counted() -> None:
    _, findings = check_manifest({"name": "n", "data": [None] * (ROW_PROBLEMS_MAX + 5)})
    assert len(findings) == ROW_PROBLEMS_MAX + 1
    assert line(findings[-1]) == "error data: 5 more entries have such problems"


def test_more_rows_than_sgpctl_takes_are_refused() -> None:
    rows: list[Json] = [{}]
    manifest, findings = check_manifest({"name": "n", "data": rows * (ROWS_PER_EVALUATION_MAX + 1)})
    assert manifest is None
    assert [line(finding) for finding in findings] == [
        "error data: holds 1,000,001 rows; sgpctl takes 1,000,000 at most"
    ]


def test_no_message_carries_what_a_terminal_would_act_on() -> None:
    odd = "\x1b[2J\ud800\n"
    _, findings = check_manifest(
        {
            "name": "n",
            "data": [{"q": 1}],
            odd: 1,
            "tasks": [{"task_type": odd, "configuration": {"a": f"item.{odd}"}}],
        }
    )
    assert all(finding.message.isprintable() for finding in findings)
    assert any(r"'\x1b[2J\ud800\n'" in finding.message for finding in findings)


def test_a_warning_alone_does_not_refuse() -> None:
    manifest, findings = check_manifest({"name": " n", "data": [{}]})
    assert manifest is not None
    assert [finding.severity for finding in findings] == [Severity.WARNING]
