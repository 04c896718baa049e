"""References by name: left as they are offline, ids or errors once somebody has looked them up."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from sgpctl.manifest.loader import Loaded, Manifests
from sgpctl.model.names import Answers, Bearer, Kind, LookedUp, Named
from tests.manifest.projects import errors, lines, load_files, make_project

QA = Named(Kind.DATASET, "Policy QA v1.2")
TONE = Named(Kind.QUESTION, "Is it kind?")
TASK = (
    "tasks:\n- task_type: contributor_evaluation.question\n"
    "  configuration: {question_id: '${question.Is it kind?}', layout: {children: [{data: item.q}]}}\n"
)
FILES: dict[str, str | bytes] = {
    "a.yaml": f"name: a\ndataset_id: ${{dataset.Policy QA v1.2}}\n{TASK}",
    "b.yaml": "name: b\ndata: [{q: 1}]\n",
}


def bearer(name: str, identifier: str = "id-1", day: int = 1) -> Bearer:
    return Bearer(identifier, name, datetime(2026, 11, day, 9, 30, tzinfo=UTC))


def found(*named: Named) -> Answers:
    return {one: LookedUp((bearer(one.name, f"{one.kind}-1"),)) for one in named}


def finished(root: Path, files: dict[str, str | bytes], answers: Answers, settings: str = "") -> Loaded:
    manifests = Manifests(make_project(root, files, settings))
    assert errors(manifests.load()) == []
    return manifests.load(answers)


def test_offline_a_reference_by_name_stays_as_it_is_and_is_told(tmp_path: Path) -> None:
    loaded = load_files(tmp_path, FILES)
    assert lines(loaded) == []
    assert loaded.named == (QA, TONE)
    assert loaded.desired[0].dataset_id == "${dataset.Policy QA v1.2}"


def test_with_answers_it_is_the_id_and_the_digest_is_that_of_the_id(tmp_path: Path) -> None:
    loaded = finished(tmp_path / "names", FILES, found(QA, TONE))
    assert (lines(loaded), loaded.named) == ([], ())
    by_id = str(FILES["a.yaml"]).replace("${dataset.Policy QA v1.2}", "dataset-1")
    by_id = by_id.replace("${question.Is it kind?}", "question-1")
    other = load_files(tmp_path / "ids", {**FILES, "a.yaml": by_id})
    assert [(one.name, one.body, one.digest) for one in loaded.desired] == [
        (one.name, one.body, one.digest) for one in other.desired
    ]


def test_names_stand_in_variables_matrices_texts_and_defaults(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "_defaults.yaml": "description: 'kept $${x} ${dataset.D}'\n",
        "a.yaml": "name: n-${matrix.d.key}\nmatrix: {d: {a: '${dataset.A}', b: '${var.b}'}}\n"
        "dataset_id: ${matrix.d}\nmetadata: {t: {$file: p.md, with: {d: '${var.b}'}}}\n",
        "p.md": "rows of ${d} $${d}",
    }
    names = {name: Named(Kind.DATASET, name) for name in "ABD"}
    settings = "variables: {b: '${dataset.B}', unused_here: '${dataset.X}', see: '${var.unused_here}'}\n"
    answers: Answers = {named: LookedUp((bearer(name, f"id-{name}"),)) for name, named in names.items()}
    manifests = Manifests(make_project(tmp_path, files, settings))
    assert manifests.load().named == tuple(names.values())
    loaded = manifests.load(answers)
    assert errors(loaded) == []
    assert [(one.dataset_id, one.description, one.metadata) for one in loaded.desired] == [
        ("id-A", "kept ${x} id-D", {"t": "rows of id-B ${d}"}),
        ("id-B", "kept ${x} id-D", {"t": "rows of id-B ${d}"}),
    ]


def test_what_refers_to_nothing_by_name_is_not_loaded_a_second_time(tmp_path: Path) -> None:
    manifests = Manifests(make_project(tmp_path, FILES))
    before, after = manifests.load(), manifests.load(found(QA, TONE))
    assert after.desired[1] is before.desired[1]
    assert after.desired[0] is not before.desired[0]


def test_a_name_that_nothing_bears_is_an_error_with_the_nearest_at_each_of_its_lines(tmp_path: Path) -> None:
    answers = {**found(TONE), QA: LookedUp(others=("Policy QA v1.3", "Policy QA", "Other"))}
    files = {**FILES, "c.yaml": "name: c\ndataset_id: ${dataset.Policy QA v1.2}\n"}
    message = (
        "dataset_id: there is no dataset 'Policy QA v1.2' on the platform; did you mean 'Policy QA v1.3'? "
        "(others: 'Other', 'Policy QA')"
    )
    assert lines(finished(tmp_path, files, answers)) == [f"a.yaml:2:13: {message}", f"c.yaml:2:13: {message}"]


def test_a_name_that_is_like_no_other_lists_some_or_says_that_there_are_none(tmp_path: Path) -> None:
    answers = {**found(TONE), QA: LookedUp(others=("X", "Y"))}
    assert errors(finished(tmp_path / "some", FILES, answers)) == [
        "a.yaml:2:13: dataset_id: there is no dataset 'Policy QA v1.2' on the platform; there are 'X', 'Y'"
    ]
    assert errors(finished(tmp_path / "none", FILES, {**found(TONE), QA: LookedUp()})) == [
        "a.yaml:2:13: dataset_id: there is no dataset 'Policy QA v1.2' on the platform"
    ]


def test_a_name_that_several_bear_lists_their_ids_and_ages(tmp_path: Path) -> None:
    several = LookedUp((bearer(QA.name, "ds-1", 1), bearer(QA.name, "ds-2", 20)))
    assert errors(finished(tmp_path, FILES, {**found(TONE), QA: several})) == [
        (
            "a.yaml:2:13: dataset_id: 2 live datasets are called 'Policy QA v1.2': ds-1 of 2026-11-01 09:30, "
            "ds-2 of 2026-11-20 09:30; write the id of the one that is meant"
        )
    ]


def test_an_archived_one_is_told_as_such(tmp_path: Path) -> None:
    archived = LookedUp(archived=(bearer(QA.name, "ds-1"),), others=("Policy QA v1.3",))
    assert errors(finished(tmp_path, FILES, {**found(TONE), QA: archived})) == [
        (
            "a.yaml:2:13: dataset_id: the dataset 'Policy QA v1.2' is archived: ds-1 of 2026-11-01 09:30; "
            "restore it, or name another"
        )
    ]


def test_an_error_in_a_variable_is_told_at_the_line_of_the_variable(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"a.yaml": "name: a\ndataset_id: ${var.set}\n"}
    loaded = finished(tmp_path, files, {QA: LookedUp()}, "variables:\n  set: ${dataset.Policy QA v1.2}\n")
    assert errors(loaded) == [
        "sgpctl.yaml:4:8: variables.set: there is no dataset 'Policy QA v1.2' on the platform"
    ]


def test_a_name_cannot_wait_for_the_platform(tmp_path: Path) -> None:
    loaded = load_files(tmp_path, {"a.yaml": "name: of ${dataset.A}\ndataset_id: ${dataset.}\n"})
    assert errors(loaded) == [
        "a.yaml:1:7: name: a name cannot hold a reference to the platform: sgpctl knows an evaluation by its name alone",
        "a.yaml:2:13: dataset_id: the name of the dataset is missing: write ${dataset.NAME}",
    ]
