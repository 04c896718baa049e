from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sgpctl.api import wire
from sgpctl.api.wire import UNKNOWN_TIME, MisshapenJson
from sgpctl.limits import FAILURES_KEPT_MAX
from sgpctl.model.evaluation import ItemFailure, Progress, RemoteEvaluation
from sgpctl.model.located import Json

LEAST: dict[str, Json] = {"id": "e1", "name": "a"}
WHOLE: dict[str, Json] = {
    "id": "e1",
    "object": "evaluation",
    "name": "grounded-answers",
    "description": "Only the retrieved text.",
    "status": "completed",
    "status_reason": "done",
    "created_at": "2026-10-21T12:00:00.250000Z",
    "created_by": {"id": "u1", "type": "user", "object": "identity"},
    "archived_at": "2026-10-22T12:00:00+02:00",
    "tags": ["gate", "sgpctl:p:e"],
    "datasets": [{"id": "d1", "name": "policy", "current_version_num": 3}],
    "metadata": {"sgpctl_digest": "v1:x", "nested": {"a": [1]}},
    "tasks": [{"task_type": "metric", "alias": "f1", "configuration": {"type": "f1"}}],
    "progress": {
        "items": {"total": 4, "successful": 2, "failed": 1, "pending": 1, "failed_items": []},
        "workflows": None,
    },
    "error_count": 1,
}


def test_a_whole_evaluation_is_read() -> None:
    assert wire.evaluation(WHOLE) == RemoteEvaluation(
        id="e1",
        name="grounded-answers",
        status="completed",
        created_at=datetime(2026, 10, 21, 12, 0, 0, 250_000, tzinfo=UTC),
        description="Only the retrieved text.",
        status_reason="done",
        archived_at=datetime(2026, 10, 22, 10, tzinfo=UTC),
        tags=("gate", "sgpctl:p:e"),
        metadata={"sgpctl_digest": "v1:x", "nested": {"a": [1]}},
        tasks=({"task_type": "metric", "alias": "f1", "configuration": {"type": "f1"}},),
        dataset_ids=("d1",),
        dataset_names=("policy",),
        error_count=1,
        progress=Progress(4, 2, 1, 1),
    )


def test_only_id_and_name_must_be_there() -> None:
    assert wire.evaluation(LEAST) == RemoteEvaluation(
        id="e1", name="a", status="unknown", created_at=UNKNOWN_TIME
    )


def test_null_is_as_good_as_absent() -> None:
    nulls: dict[str, Json] = dict.fromkeys(WHOLE)
    assert wire.evaluation({**nulls, **LEAST}) == wire.evaluation(LEAST)


def test_unknown_fields_and_statuses_pass() -> None:
    read = wire.evaluation({**LEAST, "status": "queued", "new_field": {"x": 1}})
    assert read.status == "queued"


def test_tasks_that_were_not_sent_are_not_no_tasks() -> None:
    assert wire.evaluation({**LEAST, "tasks": None}).tasks is None
    assert wire.evaluation({**LEAST, "tasks": []}).tasks == ()


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-10-21T12:00:00Z", datetime(2026, 10, 21, 12, tzinfo=UTC)),
        ("2026-10-21T12:00:00+05:30", datetime(2026, 10, 21, 6, 30, tzinfo=UTC)),
        ("2026-10-21T12:00:00", datetime(2026, 10, 21, 12, tzinfo=UTC)),
        ("2026-10-21 12:00:00.123456789", datetime(2026, 10, 21, 12, 0, 0, 123_456, tzinfo=UTC)),
        ("2026-10-21", datetime(2026, 10, 21, tzinfo=UTC)),
        ("0001-01-01T00:00:00+14:00", UNKNOWN_TIME),
        ("yesterday", UNKNOWN_TIME),
        ("", UNKNOWN_TIME),
        (1_792_000_000, UNKNOWN_TIME),
    ],
)
def test_times_are_read_as_utc_and_an_unreadable_one_is_before_all_others(
    text: Json, moment: datetime
) -> None:
    assert wire.evaluation({**LEAST, "created_at": text}).created_at == moment


def test_one_with_an_unreadable_time_of_archiving_is_archived() -> None:
    assert wire.evaluation({**LEAST, "archived_at": "yesterday"}).is_archived
    assert wire.evaluation({**LEAST, "archived_at": True}).is_archived


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        (None, "an evaluation is null, not an object"),
        ([LEAST], "an evaluation is a list, not an object"),
        ("e1", "an evaluation is a text, not an object"),
        ({"name": "a"}, "an evaluation has no `id`"),
        ({"id": "", "name": "a"}, "an evaluation has no `id`"),
        ({"id": 7, "name": "a"}, "something other than text as `id`"),
        ({"id": "e1"}, "an evaluation has no `name`"),
        ({**LEAST, "tags": "gate"}, "`tags` of an evaluation is not a list of texts"),
        ({**LEAST, "tags": [1]}, "`tags` of an evaluation is not a list of texts"),
        ({**LEAST, "metadata": []}, "`metadata` is a list, not an object"),
        ({**LEAST, "tasks": {}}, "`tasks` is an object, not a list"),
        (dict[str, Json](LEAST, tasks=[LEAST, 3]), r"`tasks`\[1\] is a number, not an object"),
        ({**LEAST, "tasks": True}, "`tasks` is a truth value"),
    ],
)
def test_what_decides_something_must_have_the_right_shape(value: Json, problem: str) -> None:
    with pytest.raises(MisshapenJson, match=problem):
        wire.evaluation(value)


@pytest.mark.parametrize("junk", ["text", 7, True, [], [None, 3, {"id": 5}], {}, {"items": 3}])
@pytest.mark.parametrize(
    "field", ["description", "status_reason", "datasets", "progress", "error_count", "created_by"]
)
def test_junk_where_nothing_depends_on_it_is_tolerated(field: str, junk: Json) -> None:
    assert wire.evaluation({**LEAST, field: junk}).id == "e1"


def test_progress_counts_what_is_there() -> None:
    read = wire.evaluation({**LEAST, "progress": {"items": {"total": 3, "failed": -1, "pending": True}}})
    assert read.progress == Progress(total=3)


def test_the_first_failed_items_are_kept_with_what_is_said_of_them() -> None:
    named: list[Json] = [{"item_id": f"i{number}"} for number in range(FAILURES_KEPT_MAX + 5)]
    whole: Json = {"item_id": "i", "error": "no such column", "error_type": "ToolError"}
    failed: list[Json] = [whole, {"error": "of nobody"}, None, {"item_id": "j", "error": 3}, *named]
    read = wire.evaluation({**LEAST, "progress": {"items": {"failed": 30, "failed_items": failed}}})
    assert read.progress is not None
    assert read.progress.failed == 30
    assert read.progress.failures[:3] == (
        ItemFailure("i", "ToolError", "no such column"),
        ItemFailure("j"),
        ItemFailure("i0"),
    )
    assert len(read.progress.failures) <= FAILURES_KEPT_MAX


def test_results_are_taken_off_a_row() -> None:
    item: dict[str, Json] = {
        "id": "i1",
        "data": {"question": "q", "answer": "model says", "f1": 0.5},
        "files": {"image": "file_1", "broken": 3},
        "dataset_item_id": "di1",
    }
    row = wire.row(item, frozenset({"answer", "f1"}))
    assert row.data == {"question": "q"}
    assert row.files == {"image": "file_1"}
    assert row.dataset_item_id == "di1"


@pytest.mark.parametrize("empty", [None, {}])
def test_a_row_without_data_or_files_is_empty(empty: dict[str, Json] | None) -> None:
    for item in ({"id": "i1"}, {"id": "i1", "data": empty, "files": empty}):
        row = wire.row({**item}, frozenset())
        assert (row.data, row.files, row.dataset_item_id) == ({}, None, None)


def test_a_row_whose_data_is_no_object_is_refused() -> None:
    with pytest.raises(MisshapenJson, match="`data` of an item is a list"):
        wire.row({"id": "i1", "data": []}, frozenset())


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(), below, max_size=3),
    max_leaves=10,
)


@given(st.dictionaries(st.sampled_from(sorted(WHOLE)), JSON))
def test_no_json_breaks_the_reader(fields: dict[str, Json]) -> None:
    try:
        read = wire.evaluation({**LEAST, **fields})
    except MisshapenJson:
        return
    assert read.created_at.tzinfo is UTC
    assert read.created_at.tzinfo is UTC


@pytest.mark.parametrize("count", [2**53 + 1, 10**4200, -1, 1.0, True, "1", None])
def test_a_count_that_is_none_is_absent(count: Json) -> None:
    read = wire.evaluation({**LEAST, "error_count": count, "progress": {"items": {"total": count}}})
    assert (read.error_count, read.progress) == (None, Progress(0, 0, 0, 0))


def test_a_time_from_which_nothing_can_be_counted_is_absent() -> None:
    read = wire.evaluation({**LEAST, "created_at": "9999-12-31T23:59:59Z"})
    assert read.created_at == UNKNOWN_TIME
    assert wire.evaluation({**LEAST, "archived_at": "9999-12-31T23:59:59Z"}).is_archived
