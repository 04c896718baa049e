"""What is taken out of a body leaves the places of the rest where they were."""

from sgpctl.model.located import Json, LocatedList, LocatedMap, key_mark, path_text, value_mark
from sgpctl.model.request import check_manifest

FILE = "evals/returns.yaml"


def located(value: Json, line: list[int]) -> Json:
    """`value` as a loader would read it, each key and element on a line of its own."""
    line[0] += 1
    mark = (FILE, line[0], 1)
    if isinstance(value, dict):
        new_map = LocatedMap(mark)
        for key, part in value.items():
            line[0] += 1
            at = line[0]
            new_map.put(key, located(part, line), (FILE, at, 1), (FILE, at, 9))
        return new_map
    if isinstance(value, list):
        new_list = LocatedList(mark)
        for part in value:
            line[0] += 1
            new_list.put(located(part, line), (FILE, line[0], 3))
        return new_list
    return value


DOCUMENT = located(
    {
        "name": "n",
        "description": None,
        "lifecycle": {"protect": True},
        "metadata": {"gone": None, "kept": 1},
        "data": [{"q": 1}],
        "tasks": [
            {"task_type": "inference", "configuration": {"model": "m/m"}},
            {"task_type": "inference", "alias": "b", "configuration": {"args": None, "model": "m/m"}},
        ],
    },
    [0],
)


def test_values_and_keys_of_the_body_keep_their_places() -> None:
    manifest, _ = check_manifest(DOCUMENT)
    assert manifest is not None
    body = manifest.body
    assert isinstance(body, LocatedMap)
    for path in (("name",), ("metadata", "kept"), ("data", 0, "q"), ("tasks", 1, "configuration", "model")):
        assert value_mark(body, path) == value_mark(DOCUMENT, path), path_text(path)
        assert key_mark(body, path) == key_mark(DOCUMENT, path), path_text(path)


def test_what_is_taken_out_leaves_no_place_behind() -> None:
    manifest, _ = check_manifest(DOCUMENT)
    assert manifest is not None
    assert isinstance(manifest.body, LocatedMap)
    assert manifest.body.keys() == manifest.body.values_at.keys() == manifest.body.keys_at.keys()


def test_parts_that_lose_nothing_are_shared() -> None:
    manifest, _ = check_manifest(DOCUMENT)
    assert manifest is not None
    assert isinstance(DOCUMENT, dict)
    before, after = DOCUMENT["tasks"], manifest.body["tasks"]
    assert isinstance(before, list)
    assert isinstance(after, LocatedList)
    assert after[0] is before[0]
    assert after[1] is not before[1]
    assert manifest.body["data"] is DOCUMENT["data"]
