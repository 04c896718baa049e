"""`sgpctl schema` prints what may be written, and keeps it where editors find it, without touching what is there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sgpctl.manifest.loader import load_or_raise
from sgpctl.manifest.project import find_project
from sgpctl.manifest.schema.document import Kind, schema_text
from tests.cli.conftest import Sgpctl

MANIFEST = "./.vscode/sgpctl-manifest.schema.json"
PROJECT = "./.vscode/sgpctl-project.schema.json"
MODELINE = "# yaml-language-server: $schema=../.vscode/sgpctl-manifest.schema.json"


def settings_of(project: Path) -> Path:
    return project / ".vscode" / "settings.json"


def put_settings(project: Path, text: str) -> Path:
    path = settings_of(project)
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def digests(project: Path) -> dict[str, str]:
    return {one.name: one.digest for one in load_or_raise(find_project(project)).desired}


@pytest.mark.parametrize("kind", Kind)
def test_each_schema_is_printed_as_json(kind: Kind, sgpctl: Sgpctl) -> None:
    ended = sgpctl("schema", kind.value)
    assert (ended.code, ended.out, ended.err) == (0, schema_text(kind), "")


def test_the_schema_of_a_manifest_is_printed_when_none_is_named(sgpctl: Sgpctl) -> None:
    assert sgpctl("schema").out == schema_text(Kind.MANIFEST)


def test_an_unknown_kind_is_answered_with_the_known_ones(sgpctl: Sgpctl) -> None:
    ended = sgpctl("schema", "manifests")
    assert ended.code == 1
    assert all(kind.value in ended.err for kind in Kind)


@pytest.mark.parametrize("arguments", [["--modeline"], ["--write", "manifest"], ["project", "--modeline"]])
def test_options_that_do_not_fit_together_are_refused(
    arguments: list[str], quickstart: Path, sgpctl: Sgpctl
) -> None:
    assert sgpctl("schema", *arguments, "-C", quickstart).code == 1
    assert not (quickstart / ".vscode").exists()


def test_a_project_gets_all_schemas_and_settings_that_point_to_them(quickstart: Path, sgpctl: Sgpctl) -> None:
    assert sgpctl("schema", "--write", "-C", quickstart).code == 0
    for kind in Kind:
        kept = quickstart / ".vscode" / f"sgpctl-{kind}.schema.json"
        assert kept.read_text(encoding="utf-8") == schema_text(kind)
    assert json.loads(settings_of(quickstart).read_text()) == {
        "yaml.schemas": {
            PROJECT: ["/sgpctl.yaml"],
            MANIFEST: ["/evaluations/*.yaml", "/evaluations/*.yml"],
        }
    }


def test_a_second_time_changes_nothing(quickstart: Path, sgpctl: Sgpctl) -> None:
    sgpctl("schema", "--write", "--modeline", "-C", quickstart)
    before = {path: path.read_bytes() for path in quickstart.rglob("*") if path.is_file()}
    ended = sgpctl("schema", "--write", "--modeline", "-C", quickstart)
    assert (ended.code, "wrote" in ended.out, "marked" in ended.out) == (0, False, False)
    assert {path: path.read_bytes() for path in quickstart.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(
    ("manifests", "patterns"),
    [
        ("[evals, more/]", ["/evals/*.yaml", "/evals/*.yml", "/more/*.yaml", "/more/*.yml"]),
        ("['evals/**/*.yaml', one.yml]", ["/evals/*.yaml", "/one.yml"]),
        ("['evals/**']", ["/evals/*.yaml", "/evals/*.yml"]),
        ("['team-?/[ab]*']", ["/team-*/*.yaml", "/team-*/*.yml"]),
    ],
)
def test_the_settings_follow_the_folders_that_the_project_names(
    manifests: str, patterns: list[str], tmp_path: Path, sgpctl: Sgpctl
) -> None:
    (tmp_path / "sgpctl.yaml").write_text(f"version: 1\nproject: p\nmanifests: {manifests}\n")
    assert sgpctl("schema", "--write", "-C", tmp_path).code == 0
    assert json.loads(settings_of(tmp_path).read_text())["yaml.schemas"][MANIFEST] == patterns


def test_without_such_folders_they_follow_the_manifests(tmp_path: Path, sgpctl: Sgpctl) -> None:
    (tmp_path / "sgpctl.yaml").write_text("version: 1\nproject: p\n")
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "deep" / "er" / "a.yaml").write_text("name: a\ndata: [{q: 1}]\n")
    (tmp_path / "deep" / "wrong.yaml").write_text("nmae: a\n")
    (tmp_path / "top.yaml").write_text("name: b\ndata: [{q: 1}]\n")
    assert sgpctl("schema", "--write", "-C", tmp_path).code == 0
    patterns = json.loads(settings_of(tmp_path).read_text())["yaml.schemas"][MANIFEST]
    assert patterns == ["/deep/*.yaml", "/deep/*.yml", "/top.yaml"]


# --- what is there already


def test_settings_that_are_there_keep_everything(quickstart: Path, sgpctl: Sgpctl) -> None:
    mine = {"editor.tabSize": 2, "yaml.schemas": {"mine.json": "*.yml"}, "x": {"y": [1, None, 0.5, "ä"]}}
    path = put_settings(quickstart, json.dumps(mine, indent="\t"))
    ended = sgpctl("schema", "--write", "-C", quickstart)
    assert (ended.code, "updated .vscode/settings.json" in ended.out) == (0, True)
    merged = json.loads(path.read_text(encoding="utf-8"))
    assert list(merged["yaml.schemas"]) == ["mine.json", PROJECT, MANIFEST]
    del merged["yaml.schemas"][PROJECT], merged["yaml.schemas"][MANIFEST]
    assert merged == mine
    assert '\n\t"editor.tabSize": 2,\n' in path.read_text(encoding="utf-8")


def test_what_somebody_set_for_our_schemas_stays(quickstart: Path, sgpctl: Sgpctl) -> None:
    path = put_settings(quickstart, json.dumps({"yaml.schemas": {MANIFEST: "mine/*.yaml", PROJECT: []}}))
    before = path.read_bytes()
    assert sgpctl("schema", "--write", "-C", quickstart).code == 0
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "text",
    [
        '{"a": 1, // why\n}',
        '{"a": 1,}',
        '{"a": 1, "a": 2}',
        '{"a": NaN}',
        '{"a": 1e999}',
        '{"a": "\\ud800", "b": "ä"}',
        "[]",
        '{"yaml.schemas": ["x"]}',
        '{"yaml.schemas": null}',
        "",
        "[" * 100_000,
    ],
)
def test_settings_that_cannot_be_merged_are_left_alone_and_the_person_told(
    text: str, quickstart: Path, sgpctl: Sgpctl
) -> None:
    path = put_settings(quickstart, text)
    ended = sgpctl("schema", "--write", "-C", quickstart)
    assert ended.code == 1
    assert path.read_text(encoding="utf-8") == text
    assert f'"{MANIFEST}": [' in ended.err
    assert (quickstart / ".vscode" / "sgpctl-manifest.schema.json").exists()


def test_a_file_of_others_in_the_place_of_a_schema_stops_everything(quickstart: Path, sgpctl: Sgpctl) -> None:
    put_settings(quickstart, "{}")
    theirs = quickstart / ".vscode" / "sgpctl-project.schema.json"
    theirs.write_text("{}")
    ended = sgpctl("schema", "--write", "-C", quickstart)
    assert (ended.code, "sgpctl-project.schema.json is no schema of sgpctl" in ended.err) == (1, True)
    assert theirs.read_text() == "{}"
    assert settings_of(quickstart).read_text() == "{}"
    assert not (quickstart / ".vscode" / "sgpctl-manifest.schema.json").exists()


def test_a_schema_of_an_older_version_is_updated_and_that_is_said(quickstart: Path, sgpctl: Sgpctl) -> None:
    sgpctl("schema", "--write", "-C", quickstart)
    kept = quickstart / ".vscode" / "sgpctl-manifest.schema.json"
    kept.write_text('{"$id": "urn:sgpctl:schema:manifest:1"}')
    kept.chmod(0o664)
    ended = sgpctl("schema", "--write", "-C", quickstart)
    assert (ended.code, "updated .vscode/sgpctl-manifest.schema.json" in ended.out) == (0, True)
    assert kept.read_text(encoding="utf-8") == schema_text(Kind.MANIFEST)
    assert kept.stat().st_mode & 0o777 == 0o664


def test_what_cannot_be_written_is_an_error_without_a_traceback(quickstart: Path, sgpctl: Sgpctl) -> None:
    (quickstart / ".vscode").write_text("a file")
    ended = sgpctl("schema", "--write", "-C", quickstart)
    assert (ended.code, ".vscode" in ended.err) == (1, True)


# --- modelines


def test_a_modeline_is_put_before_everything_else_and_no_digest_changes(
    quickstart: Path, sgpctl: Sgpctl
) -> None:
    tone = quickstart / "evaluations" / "tone.yaml"
    text, before = tone.read_bytes(), digests(quickstart)
    tone.chmod(0o640)
    assert sgpctl("schema", "--write", "--modeline", "-C", quickstart).code == 0
    assert tone.read_bytes() == f"{MODELINE}\n".encode() + text
    assert tone.stat().st_mode & 0o777 == 0o640
    project_line = (quickstart / "sgpctl.yaml").read_text().splitlines()[0]
    assert project_line == "# yaml-language-server: $schema=.vscode/sgpctl-project.schema.json"
    assert digests(quickstart) == before


@pytest.mark.parametrize(
    "line",
    [
        "# yaml-language-server: $schema=https://example.com/mine.json",
        "#yaml-language-server: $schema=none",
        "# a word before it\n# yaml-language-server: $schema=mine.json",
        "# $schema: mine.json",
    ],
)
def test_a_modeline_that_is_there_stays_alone(line: str, quickstart: Path, sgpctl: Sgpctl) -> None:
    tone = quickstart / "evaluations" / "tone.yaml"
    marked = f"{line}\n{tone.read_text()}"
    tone.write_text(marked)
    sgpctl("schema", "--write", "--modeline", "-C", quickstart)
    assert tone.read_text() == marked


@pytest.mark.parametrize(
    ("text", "start"),
    [
        (b"name: a\r\ndata: [{q: 1}]\r\n", f"{MODELINE}\r\nname: a\r\n".encode()),
        (b"\xef\xbb\xbfname: a\ndata: [{q: 1}]\n", b"\xef\xbb\xbf" + f"{MODELINE}\nname: a\n".encode()),
        (b"%YAML 1.2\n---\nname: a\ndata: [{q: 1}]\n", f"{MODELINE}\n%YAML 1.2\n---\n".encode()),
        (b"{name: a, data: [{q: 1}]}", f"{MODELINE}\n{{name: a".encode()),
    ],
)
def test_a_file_of_any_form_takes_a_modeline(
    text: bytes, start: bytes, quickstart: Path, sgpctl: Sgpctl
) -> None:
    path = quickstart / "evaluations" / "a.yml"
    path.write_bytes(text)
    before = digests(quickstart)
    assert sgpctl("schema", "--write", "--modeline", "-C", quickstart).code == 0
    assert path.read_bytes().startswith(start)
    assert path.read_bytes().endswith(text.removeprefix(b"\xef\xbb\xbf"))
    assert digests(quickstart) == before


def test_a_file_of_defaults_is_marked_with_the_schema_of_defaults(quickstart: Path, sgpctl: Sgpctl) -> None:
    defaults = quickstart / "evaluations" / "_defaults.yaml"
    defaults.write_text("tags: [a]\n")
    assert sgpctl("schema", "--write", "--modeline", "-C", quickstart).code == 0
    assert defaults.read_text().startswith(MODELINE.replace("manifest", "defaults"))


def test_a_file_of_defaults_without_a_modeline_is_told_of(quickstart: Path, sgpctl: Sgpctl) -> None:
    (quickstart / "evaluations" / "_defaults.yaml").write_text("tags: [a]\n")
    ended = sgpctl("schema", "--write", "-C", quickstart)
    assert (ended.code, "evaluations/_defaults.yaml needs a modeline" in ended.err) == (0, True)
    assert sgpctl("schema", "--write", "--modeline", "-C", quickstart).err == ""


def test_manifests_with_mistakes_are_not_edited(quickstart: Path, sgpctl: Sgpctl) -> None:
    tone = quickstart / "evaluations" / "tone.yaml"
    tone.write_text(tone.read_text().replace("name:", "nmae:", 1))
    before = tone.read_text()
    ended = sgpctl("schema", "--write", "--modeline", "-C", quickstart)
    assert (ended.code, "nmae" in ended.err) == (1, True)
    assert tone.read_text() == before
    assert not (quickstart / ".vscode").exists()


def test_files_that_are_no_manifests_are_not_marked(quickstart: Path, sgpctl: Sgpctl) -> None:
    rows = quickstart / "evaluations" / "rows.yaml"
    rows.write_text("[{q: 1}]\n")
    (quickstart / "evaluations" / "b.yaml").write_text("name: b\ndata: {$file: rows.yaml}\n")
    (quickstart / "evaluations" / "c.json").write_text('{"name": "c", "data": [{"q": 1}]}')
    assert sgpctl("schema", "--write", "--modeline", "-C", quickstart).code == 0
    assert rows.read_text() == "[{q: 1}]\n"
    assert (quickstart / "evaluations" / "c.json").read_text().startswith("{")


# --- init


def test_a_new_project_is_ready_for_editors(tmp_path: Path, sgpctl: Sgpctl) -> None:
    demo = tmp_path / "demo"
    assert sgpctl("init", demo).code == 0
    assert (demo / "evaluations" / "capital-cities.yaml").read_text().splitlines()[0] == MODELINE
    ended = sgpctl("schema", "--write", "--modeline", "-C", demo)
    assert "wrote" not in ended.out
    assert "updated" not in ended.out
    assert "marked" not in ended.out


def test_init_beside_settings_with_comments_leaves_them_and_says_what_to_add(
    tmp_path: Path, sgpctl: Sgpctl
) -> None:
    path = put_settings(tmp_path, "{} // mine\n")
    ended = sgpctl("init", tmp_path, "--project", "demo")
    assert (ended.code, MANIFEST in ended.err) == (0, True)
    assert path.read_text() == "{} // mine\n"


@pytest.mark.parametrize("link", [".vscode", ".vscode/settings.json", ".vscode/sgpctl-manifest.schema.json"])
@pytest.mark.parametrize("verb", [["schema", "--write", "-C"], ["init"]])
def test_nothing_is_written_through_a_link_that_a_repository_brings(
    link: str, verb: list[str], tmp_path: Path, quickstart: Path, sgpctl: Sgpctl
) -> None:
    project = quickstart if verb[0] == "schema" else tmp_path / "new"
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "settings.json").write_text("{}")
    place = project / link
    place.parent.mkdir(parents=True, exist_ok=True)
    place.symlink_to(outside if link == ".vscode" else outside / "settings.json")
    ended = sgpctl(*verb, project)
    assert (ended.code, "this is a link" in ended.err) == (1, True)
    assert [path.name for path in outside.iterdir()] == ["settings.json"]
    assert (outside / "settings.json").read_text() == "{}"
