from __future__ import annotations

from pathlib import Path

import pytest

from sgpctl.manifest.discovery import Found, discover
from sgpctl.manifest.glob import folder_of, pattern_of
from tests.manifest.projects import SETTINGS, make_files, make_project


def found_in(root: Path, files: list[str], settings: str = "") -> Found:
    return discover(make_project(root, dict.fromkeys(files, ""), settings))


def names(root: Path, found: Found) -> list[str]:
    return [path.relative_to(root.resolve()).as_posix() for path in found.files]


def said(found: Found) -> list[str]:
    return [str(problem) for problem in found.problems]


def test_every_yaml_yml_and_json_below_is_a_candidate_in_order(tmp_path: Path) -> None:
    files = ["b.yaml", "a/z.yml", "a/B.YAML", "a/b/c.Json", "a/b/d.jsonl", "e.yaml.bak", "README.md", "f.csv"]
    found = found_in(tmp_path, files)
    assert names(tmp_path, found) == ["a/B.YAML", "a/b/c.Json", "a/z.yml", "b.yaml"]
    assert found.problems == ()


def test_hidden_files_and_folders_and_the_project_file_are_none(tmp_path: Path) -> None:
    files = [".github/workflows/ci.yml", ".pre-commit-config.yaml", "a/.b/c.yaml", ".yaml", "x.yaml"]
    assert names(tmp_path, found_in(tmp_path, files)) == ["x.yaml"]


def test_the_folder_of_another_project_is_left_to_that_project(tmp_path: Path) -> None:
    make_files(
        tmp_path, {"team/sgpctl.yaml": SETTINGS, "team/a.yaml": "", "team/deep/b.yaml": "", "c.yaml": ""}
    )
    assert names(tmp_path, found_in(tmp_path, [])) == ["c.yaml"]


def test_only_the_named_folders_files_and_globs_are_looked_at(tmp_path: Path) -> None:
    files = [
        "evals/a.yaml",
        "evals/deep/b.yaml",
        "other/c.yaml",
        "x.yaml",
        "t/one/gate.yaml",
        "t/one/more.yaml",
        "t/gate.yaml",
    ]
    found = found_in(tmp_path, files, "manifests: [evals/, ./x.yaml, 't/*/gate.yaml']\n")
    assert names(tmp_path, found) == ["evals/a.yaml", "evals/deep/b.yaml", "t/one/gate.yaml", "x.yaml"]
    assert found.problems == ()


def test_entries_that_overlap_find_each_file_once(tmp_path: Path) -> None:
    found = found_in(tmp_path, ["a/b/c.yaml", "a/d.yaml"], "manifests: [a/b, a, '**/*.yaml', .]\n")
    assert names(tmp_path, found) == ["a/b/c.yaml", "a/d.yaml"]
    assert found.problems == ()


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("evls", "'evls' does not exist; did you mean 'evals'?"),
        ("evals/*.yml", "'evals/*.yml' matches no manifest"),
        ("docs", "'docs' matches no manifest"),
        ("docs/a.md", "'docs/a.md' matches no manifest"),
        (".hidden", "'.hidden' matches no manifest"),
        ("team", "'team' matches no manifest"),
        ("out", "'out' is a link that leads out of the project"),
    ],
)
def test_an_entry_without_any_manifest_is_an_error_at_its_place(
    tmp_path: Path, entry: str, message: str
) -> None:
    root = tmp_path / "project"
    make_files(root, {".hidden/a.yaml": "", "docs/a.md": "", "team/sgpctl.yaml": SETTINGS, "team/b.yaml": ""})
    (root / "out").symlink_to(tmp_path)
    found = found_in(root, ["evals/a.yaml"], f"manifests:\n  - evals\n  - '{entry}'\n")
    assert said(found)[0].startswith(f"sgpctl.yaml:5:5: manifests[1]: {message}")
    assert found.problems[0].is_error


def test_excluded_files_and_folders_are_left_out(tmp_path: Path) -> None:
    files = ["a.yaml", "drafts/b.yaml", "x/drafts/c.yaml", "x/wip-d.yaml", "wip-e.yaml"]
    found = found_in(tmp_path, files, "exclude: [drafts, '**/wip-*']\n")
    assert names(tmp_path, found) == ["a.yaml", "x/drafts/c.yaml"]
    assert found.problems == ()


def test_an_exclude_that_matches_nothing_gets_a_warning(tmp_path: Path) -> None:
    found = found_in(tmp_path, ["x/wip-d.yaml"], "exclude: ['wip-*']\n")
    assert said(found) == [
        "sgpctl.yaml:3:11: exclude[0]: 'wip-*' matches no manifest; **/ before it looks in all folders"
    ]
    assert not found.problems[0].is_error


def test_links_inside_the_project_are_followed_and_each_file_is_taken_once(tmp_path: Path) -> None:
    make_files(tmp_path, {"shared/a.yaml": "", "evals/b.yaml": "", "evals/sub/c.yaml": ""})
    (tmp_path / "evals" / "again").symlink_to("sub")
    (tmp_path / "evals" / "b-link.yaml").symlink_to("b.yaml")
    (tmp_path / "evals" / "shared").symlink_to("../shared")
    (tmp_path / "evals" / "round").symlink_to(".")
    found = found_in(tmp_path, [], "manifests: [evals]\n")
    assert names(tmp_path, found) == ["evals/b.yaml", "evals/sub/c.yaml", "shared/a.yaml"]
    assert found.problems == ()


def test_a_folder_that_is_named_and_linked_to_is_found_by_both_ways(tmp_path: Path) -> None:
    make_files(tmp_path, {"shared/a.yaml": "", "evals/b.yaml": ""})
    (tmp_path / "evals" / "shared").symlink_to("../shared")
    found = found_in(tmp_path, [], "manifests: [evals, shared]\n")
    assert names(tmp_path, found) == ["evals/b.yaml", "shared/a.yaml"]
    assert found.problems == ()


def test_what_is_excluded_is_not_complained_about(tmp_path: Path) -> None:
    (tmp_path / "cache").symlink_to("/")
    found = found_in(tmp_path, ["a.yaml"], "exclude: [cache]\n")
    assert names(tmp_path, found) == ["a.yaml"]
    assert found.problems == ()


def test_links_that_lead_out_of_the_project_are_never_passed_over_in_silence(tmp_path: Path) -> None:
    make_files(tmp_path, {"outside/a.yaml": ""})
    root = tmp_path / "project"
    root.mkdir()
    (root / "a.yaml").symlink_to("../outside/a.yaml")
    (root / "b.yaml").symlink_to("gone.yaml")
    (root / "folder").symlink_to("../outside")
    (root / "rows.csv").symlink_to("../outside/a.yaml")
    (root / "dangling").symlink_to("nowhere")
    found = found_in(root, [])
    assert [(problem.is_error, str(problem)) for problem in found.problems] == [
        (True, "a.yaml:1:1: 'a.yaml' is a link that leads out of the project; it is not read"),
        (True, "b.yaml:1:1: 'b.yaml' does not exist; it is not read"),
        (False, "folder:1:1: 'folder' is a link that leads out of the project; it is not read"),
    ]
    assert found.files == ()


def test_a_folder_that_is_named_like_a_manifest_is_a_folder(tmp_path: Path) -> None:
    assert names(tmp_path, found_in(tmp_path, ["a.yaml/b.yaml"])) == ["a.yaml/b.yaml"]


@pytest.mark.parametrize(
    ("glob", "matching", "others"),
    [
        ("*.yaml", ["a.yaml", ".yaml"], ["d/a.yaml", "a.yml", "aXyaml"]),
        ("**/*.yaml", ["a.yaml", "d/a.yaml", "d/e/a.yaml"], ["a.yml"]),
        ("a/**", ["a/b", "a/b/c"], ["b/a", "ab/c"]),
        ("a/**/z.yaml", ["a/z.yaml", "a/b/c/z.yaml"], ["a/bz.yaml", "z.yaml"]),
        ("a?.yaml", ["ab.yaml"], ["a.yaml", "a/.yaml"]),
        ("[ab]*.yaml", ["a.yaml", "bc.yaml"], ["c.yaml"]),
        ("[!ab].yaml", ["c.yaml"], ["a.yaml", "/.yaml"]),
        ("[a-c].yaml", ["b.yaml"], ["d.yaml", "-.yaml"]),
        ("a.(b)+", ["a.(b)+", "a.(b)+/c"], ["a.b", "aX(b)+"]),
        ("a", ["a", "a/b/c.yaml"], ["ab", "b/a"]),
        (".", ["a", "a/b"], []),
    ],
)
def test_globs_match_whole_paths_and_all_below_them(
    glob: str, matching: list[str], others: list[str]
) -> None:
    pattern = pattern_of(glob)
    assert [name for name in [*matching, *others] if pattern.fullmatch(name)] == matching


def test_the_folder_of_a_glob_is_what_comes_before_its_first_wildcard() -> None:
    assert [folder_of(glob) for glob in ("a/b", "a/*/c", "**/x.yaml", "./a/", ".")] == [
        "a/b",
        "a",
        ".",
        "a",
        ".",
    ]
