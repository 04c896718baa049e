from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from sgpctl.manifest.loader import Manifests
from sgpctl.model.names import Bearer, Kind, LookedUp, Named
from tests.manifest.projects import errors, lines, load_files, make_project


def test_a_pinned_dataset_is_sent_as_the_plain_id_and_its_version_changes_no_digest(tmp_path: Path) -> None:
    forms = ["ds-1", "{id: ds-1}", "{id: ds-1, expect_version: 7}", "{id: '${var.set}', expect_version: 8}"]
    found = []
    for number, form in enumerate(forms):
        files: dict[str, str | bytes] = {"a.yaml": f"name: a\ndataset_id: {form}\n"}
        loaded = load_files(tmp_path / str(number), files, "variables: {set: ds-1}\n")
        assert errors(loaded) == []
        found.append(loaded.desired[0])
    assert [one.expect_version for one in found] == [None, None, 7, 8]
    assert {one.dataset_id for one in found} == {"ds-1"}
    assert len({one.digest for one in found}) == 1


def test_a_dataset_may_be_pinned_by_its_name(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"a.yaml": "name: a\ndataset_id: {name: Policy QA, expect_version: 7}\n"}
    manifests = Manifests(make_project(tmp_path, files))
    named = Named(Kind.DATASET, "Policy QA")
    loaded = manifests.load()
    assert (lines(loaded), loaded.named, loaded.desired[0].dataset_id) == (
        [],
        (named,),
        "${dataset.Policy QA}",
    )
    bearer = Bearer("ds-1", "Policy QA", datetime(2026, 11, 1, tzinfo=UTC))
    (one,) = manifests.load({named: LookedUp((bearer,))}).desired
    assert (one.dataset_id, one.expect_version) == ("ds-1", 7)
    assert errors(manifests.load({named: LookedUp()})) == [
        "a.yaml:2:20: dataset_id.name: there is no dataset 'Policy QA' on the platform"
    ]


def test_a_manifest_replaces_only_what_it_says_of_a_default_pin(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "_defaults.yaml": "dataset_id: {id: ds-1, expect_version: 7}\n",
        "a.yaml": "name: a\ndataset_id: {expect_version: 8}\n",
        "b.yaml": "name: b\ndataset_id: ds-2\n",
    }
    loaded = load_files(tmp_path, files)
    assert [(one.dataset_id, one.expect_version) for one in loaded.desired] == [("ds-1", 8), ("ds-2", None)]


@pytest.mark.parametrize(
    ("pin", "expected"),
    [
        ("{id: x, name: z}", ["2:13: dataset_id: has `id` and `name`; remove one of them"]),
        ("{expect_version: 1}", ["2:13: dataset_id: needs `id` or `name`"]),
        (
            "{id: x, expect_verson: 7}",
            ["2:21: dataset_id.expect_verson: unknown key 'expect_verson'; did you mean 'expect_version'?"],
        ),
        ("{id: 3}", ["2:18: dataset_id.id: must be text"]),
        ("{name: ''}", ["2:20: dataset_id.name: must be text"]),
        (
            "{id: x, expect_version: 0}",
            ["2:37: dataset_id.expect_version: must be a version of the dataset, a number from 1 on"],
        ),
        (
            "{id: x, expect_version: true}",
            ["2:37: dataset_id.expect_version: must be a version of the dataset, a number from 1 on"],
        ),
    ],
)
def test_a_pin_that_is_wrong_says_where(tmp_path: Path, pin: str, expected: list[str]) -> None:
    loaded = load_files(tmp_path, {"a.yaml": f"name: a\ndataset_id: {pin}\n"})
    assert errors(loaded) == [f"a.yaml:{line}" for line in expected]


@pytest.mark.parametrize("name", ["${dataset.foo}", "${var.v}"])
def test_a_pinned_name_is_a_name_and_not_a_reference_to_one(name: str, tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"a.yaml": f"name: a\ndataset_id: {{name: '{name}'}}\n"}
    loaded = load_files(tmp_path, files, "variables: {v: '${dataset.foo}'}\n")
    assert any("takes a name itself, not a reference" in line for line in errors(loaded))
