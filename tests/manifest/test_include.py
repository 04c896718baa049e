from __future__ import annotations

import os
import socket
import tempfile
from pathlib import Path

import pytest

from sgpctl.limits import INCLUDE_DEPTH_MAX
from sgpctl.manifest.files import Files
from sgpctl.manifest.inside import NotUsable, inside
from sgpctl.manifest.problem import Broken
from sgpctl.model.located import LocatedMap, value_mark
from tests.manifest.projects import ROWS, errors, lines, load_files, make_files, manifest, names

PROMPT = "Use ${x} and {{item.question}}.\r\n\n"


def body_of(root: Path, files: dict[str, str | bytes]) -> LocatedMap:
    loaded = load_files(root, files)
    assert lines(loaded) == []
    (evaluation,) = loaded.desired
    assert isinstance(evaluation.body, LocatedMap)
    return evaluation.body


def with_metadata(value: str) -> str:
    return f"name: one\ndata: [{{question: q}}]\nmetadata:\n  it: {value}\n"


@pytest.mark.parametrize("ending", ["md", "txt", "py", "jinja", "unknown", "MD"])
def test_text_is_taken_verbatim_whatever_it_holds(tmp_path: Path, ending: str) -> None:
    files: dict[str, str | bytes] = {
        "one.yaml": with_metadata(f"{{$file: prompts/a.{ending}}}"),
        f"prompts/a.{ending}": PROMPT,
    }
    assert body_of(tmp_path, files)["metadata"] == {"it": PROMPT}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("part.yaml", "a: [1, x]\n"),
        ("part.yml", "{a: [1, x]}\n"),
        ("part.json", '{"a": [1, "x"]}'),
        ("part.JSON", '{"a": [1, "x"]}'),
    ],
)
def test_structure_takes_the_place_of_the_file_key(tmp_path: Path, name: str, content: str) -> None:
    body = body_of(tmp_path, {"one.yaml": with_metadata(f"{{$file: {name}}}"), name: content})
    assert body["metadata"] == {"it": {"a": [1, "x"]}}


@pytest.mark.parametrize(
    ("name", "content"),
    [("rows.jsonl", '{"question": "${q}"}\n'), ("rows.csv", "question\n${q}\n")],
)
def test_rows_are_taken_verbatim(tmp_path: Path, name: str, content: str) -> None:
    body = body_of(tmp_path, {"one.yaml": f"name: one\ndata: {{$file: {name}}}\n", name: content})
    assert body["data"] == [{"question": "${q}"}]


def test_a_json_manifest_may_use_files(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "one.json": '{"name": "one", "data": {"\\u0024file": "r.jsonl"}}',
        "r.jsonl": ROWS,
    }
    assert body_of(tmp_path, files)["data"] == [{"question": "q", "answer": "a"}]


def test_what_is_included_has_the_places_of_its_file(tmp_path: Path) -> None:
    body = body_of(
        tmp_path,
        {
            "one.yaml": "name: one\ndata: {$file: r.jsonl}\nmetadata: {p: {$file: p.md}, s: {$file: s.yaml}}\n",
            "r.jsonl": "\n" + ROWS,
            "p.md": "text",
            "s.yaml": "# here\nk: v\n",
        },
    )
    assert value_mark(body, ("data",)) == ("r.jsonl", 1, 1)
    assert value_mark(body, ("data", 0, "question")) == ("r.jsonl", 2, 1)
    assert value_mark(body, ("metadata", "p")) == ("p.md", 1, 1)
    assert value_mark(body, ("metadata", "s", "k")) == ("s.yaml", 2, 4)


def test_a_file_inside_an_included_file_is_relative_to_that_file(tmp_path: Path) -> None:
    body = body_of(
        tmp_path,
        {
            "one.yaml": with_metadata("{$file: parts/outer.yaml}"),
            "parts/outer.yaml": "inner: {$file: deep/inner.md}\n",
            "parts/deep/inner.md": "text",
        },
    )
    assert body["metadata"] == {"it": {"inner": "text"}}


def test_a_file_reached_through_an_alias_is_put_everywhere(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "one.yaml": with_metadata("[&a {x: {$file: p.md}}, *a, {<<: *a}]"),
        "p.md": "text",
    }
    assert body_of(tmp_path, files)["metadata"] == {"it": [{"x": "text"}] * 3}


def test_a_file_used_by_many_manifests_is_one_value(tmp_path: Path) -> None:
    manifest = "name: %s\ndata: {$file: r.jsonl}\n"
    loaded = load_files(tmp_path, {"a.yaml": manifest % "a", "b.yaml": manifest % "b", "r.jsonl": ROWS})
    first, second = loaded.desired
    assert first.body["data"] is second.body["data"]


def test_a_path_may_climb_inside_the_project_and_follow_links_that_stay_in_it(tmp_path: Path) -> None:
    make_files(tmp_path, {"shared/real.md": "text"})
    (tmp_path / "shared" / "link.md").symlink_to("real.md")
    files: dict[str, str | bytes] = {"evals/one.yaml": with_metadata("{$file: ../shared/link.md}")}
    assert body_of(tmp_path, files)["metadata"] == {"it": "text"}


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ("../outside.md", "'../outside.md' leads out of the project"),
        ("parts/../../outside.md", "'parts/../../outside.md' leads out of the project"),
        ("../project/prompt.md", "'../project/prompt.md' leads out of the project"),
        ("/etc/passwd", "'/etc/passwd' must be relative to the file that names it"),
        ("/proc/self/environ", "'/proc/self/environ' must be relative to the file that names it"),
        ("link.md", "'link.md' is a link that leads out of the project"),
        ("folder-link/outside.md", "'folder-link/outside.md' is a link that leads out of the project"),
        ("loop.md", "'loop.md' is a link that leads to itself"),
        ("prompt.txt", "'prompt.txt' does not exist; did you mean 'prompt.md'?"),
        ("none/prompt.txt", "'none/prompt.txt' does not exist"),
        ("prompt.md/x", "'prompt.md/x' cannot be reached: not a directory"),
        (".git/config", "'.git/config' lies in .git, whose files cannot be used"),
        ("parts/.GIT/config", "'parts/.GIT/config' lies in .git, whose files cannot be used"),
        (".sgpctl/journal", "'.sgpctl/journal' lies in .sgpctl, whose files cannot be used"),
        ("git-link/config", "'git-link/config' lies in .git, whose files cannot be used"),
        ("worktree/.git", "'worktree/.git' lies in .git, whose files cannot be used"),
        (".SGPCTL/sandbox.db-wal", "'.SGPCTL/sandbox.db-wal' lies in .sgpctl, whose files cannot be used"),
        ("state-link/journal", "'state-link/journal' lies in .sgpctl, whose files cannot be used"),
        (".env", "'.env' cannot be used: what is called '.env' holds secrets"),
        (".Env.Local", "'.Env.Local' cannot be used: what is called '.Env.Local' holds secrets"),
        (".envrc", "'.envrc' cannot be used: what is called '.envrc' holds secrets"),
        ("innocent.md", "'innocent.md' cannot be used: what is called '.env' holds secrets"),
        ("x" * 300, f"'{'x' * 57}...' cannot be reached: file name too long"),
        ("''", "the path is empty"),
        ("12", "$file takes the path of a file, as text"),
        ("[a.md]", "$file takes the path of a file, as text"),
    ],
)
def test_a_path_that_cannot_be_used_is_refused_where_it_is_written(
    tmp_path: Path, wanted: str, message: str
) -> None:
    root = tmp_path / "project"
    make_files(tmp_path, {"outside.md": "secret", "project/prompt.md": "p", "project/.git/config": "secret"})
    make_files(root, {"parts/x.md": "x", "parts/.GIT/config": "secret", ".sgpctl/journal": "secret"})
    make_files(root, {"worktree/.git": "gitdir: elsewhere", ".SGPCTL/sandbox.db-wal": "secret"})
    make_files(root, {".env": "KEY=secret", ".Env.Local": "KEY=secret", ".envrc": "export KEY=secret"})
    (root / "innocent.md").symlink_to(".env")
    (root / "state-link").symlink_to(".sgpctl")
    (root / "link.md").symlink_to(tmp_path / "outside.md")
    (root / "folder-link").symlink_to(tmp_path)
    (root / "git-link").symlink_to(".git")
    (root / "loop.md").symlink_to("loop.md")
    loaded = load_files(root, {"one.yaml": with_metadata(f"{{$file: {wanted}}}")})
    assert errors(loaded) == [f"one.yaml:4:15: metadata.it.$file: {message}"]
    assert loaded.desired == ()


def test_what_is_no_regular_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.md")
    loaded = load_files(tmp_path, {"one.yaml": with_metadata("{$file: pipe.md}")})
    assert errors(loaded) == ["pipe.md:1:1: this is a named pipe, not a file"]


def test_a_folder_is_refused_where_it_is_named(tmp_path: Path) -> None:
    (tmp_path / "evals" / "adir").mkdir(parents=True)
    files: dict[str, str | bytes] = {
        "evals/m.yaml": "name: m\ndata: {$file: adir}\nmetadata: {a: {$file: .}, b: {$file: ..}}\n"
    }
    assert errors(load_files(tmp_path, files)) == [
        "evals/m.yaml:2:15: data.$file: 'adir' is a folder, not a file",
        "evals/m.yaml:3:23: metadata.a.$file: '.' is a folder, not a file",
        "evals/m.yaml:3:38: metadata.b.$file: '..' is a folder, not a file",
    ]


@pytest.mark.parametrize("name", ["d.tsv", "d.parquet", "d"])
def test_rows_from_a_file_of_another_kind_are_refused_where_it_is_named(tmp_path: Path, name: str) -> None:
    files: dict[str, str | bytes] = {
        "m.yaml": f"name: m\ndata: {{$file: {name}}}\n",
        name: b"PAR1\x00\xff",
    }
    assert errors(load_files(tmp_path, files)) == [
        "m.yaml:2:15: data.$file: rows come from .jsonl, .csv, .json or .yaml files, "
        f"and '{name}' is none of them"
    ]


def test_a_text_may_be_called_data_where_it_is_not_the_rows(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "m.yaml": manifest("m-${matrix.data}")
        + "matrix: {data: {$file: axis.yaml}}\nmetadata: {data: {$file: t.md}, more: {$file: more.yaml}}\n",
        "axis.yaml": "[x]\n",
        "more.yaml": "data: {$file: t.md}\n",
        "t.md": "text",
    }
    loaded = load_files(tmp_path, files)
    assert errors(loaded) == []
    assert loaded.desired[0].metadata == {"data": "text", "more": {"data": "text"}}


def test_a_file_that_the_matrix_cannot_use_is_told_where_that_names_it(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"m.yaml": manifest() + "matrix: {data: {$file: gone.md}}\n"}
    assert errors(load_files(tmp_path, files)) == ["m.yaml:3:24: matrix.data.$file: 'gone.md' does not exist"]


def test_a_socket_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # the address of a socket must be short
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket.md")
        loaded = load_files(tmp_path, {"one.yaml": with_metadata("{$file: socket.md}")})
    assert errors(loaded) == ["socket.md:1:1: this is a socket or a device, not a file"]


@pytest.mark.parametrize("wanted", ["proc/self/environ", "sys/kernel/notes", "dev/zero", "dev/stdin"])
def test_a_project_at_the_top_of_the_disk_does_not_reach_the_system(wanted: str) -> None:
    if not Path("/", wanted).exists():
        pytest.skip("there is none such here")
    with pytest.raises(NotUsable):
        inside(wanted, Path("/"), Path("/"))


def test_a_project_in_a_folder_of_the_system_that_is_memory_is_a_project(tmp_path: Path) -> None:
    if not Path("/dev/shm").is_dir():
        pytest.skip("there is no /dev/shm")
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        assert body_of(Path(folder), {"one.yaml": with_metadata("{$file: p.md}"), "p.md": "text"})


@pytest.mark.parametrize("swapped", ["prompts/p.md", "prompts", "prompts/deep", "prompts/deep/q.md"])
def test_a_link_that_is_put_in_the_way_after_the_check_is_not_followed(tmp_path: Path, swapped: str) -> None:
    root = tmp_path / "project"
    make_files(tmp_path / "outside", {"p.md": "secret", "deep/q.md": "secret", "q.md": "secret"})
    make_files(root, {"prompts/p.md": "text", "prompts/deep/q.md": "text"})
    target = "prompts/deep/q.md" if "deep" in swapped else "prompts/p.md"
    checked = inside(target, root, root)
    (root / swapped).rename(tmp_path / "moved away")
    (root / swapped).symlink_to(tmp_path / "outside" / swapped.removeprefix("prompts").lstrip("/"))
    assert checked.read_text() == "secret"
    with pytest.raises(Broken, match="was replaced by a link while it was read"):
        Files(root).verbatim(checked)


def test_a_device_cannot_be_reached_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "zero.md").symlink_to("/dev/zero")
    loaded = load_files(tmp_path, {"one.yaml": with_metadata("{$file: zero.md}")})
    assert errors(loaded) == [
        "one.yaml:4:15: metadata.it.$file: 'zero.md' is a link that leads out of the project"
    ]


def test_a_file_over_the_bound_is_refused(tmp_path: Path) -> None:
    (tmp_path / "big.md").touch()
    os.truncate(tmp_path / "big.md", 100 * 1000 * 1000)
    loaded = load_files(tmp_path, {"one.yaml": with_metadata("{$file: big.md}")})
    assert errors(loaded) == [
        "big.md:1:1: the file is too large: it has 95.4 MiB, and at most 64 MiB are read"
    ]


def test_problems_of_an_included_file_are_said_at_its_own_lines_and_once(tmp_path: Path) -> None:
    uses = "name: %s\ndata: {$file: r.jsonl}\nmetadata: {$file: m.yaml}\n"
    files: dict[str, str | bytes] = {
        "a.yaml": uses % "a",
        "b.yaml": uses % "b",
        "r.jsonl": ROWS + "[]\n{\n",
        "m.yaml": "a: 1\na: 2\n",
    }
    assert errors(load_files(tmp_path, files)) == [
        "m.yaml:2:1: a: the key 'a' stands here a second time; the first is in line 1",
        'r.jsonl:2:1: a row must be an object: {"column": value, ...}',
        "r.jsonl:3:2: the row breaks off where its line ends; each row is one object on a line of its own",
    ]


def test_only_with_can_stand_beside_the_file_key(tmp_path: Path) -> None:
    loaded = load_files(tmp_path, {"one.yaml": with_metadata("{$file: p.md, wiht: {a: b}}"), "p.md": "text"})
    assert errors(loaded) == [
        "one.yaml:4:21: metadata.it.wiht: unknown key 'wiht'; beside $file only `with` can stand"
    ]


def test_files_that_include_one_another_in_a_circle_are_refused(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "one.yaml": with_metadata("{$file: a.yaml}"),
        "a.yaml": "x: {$file: b.yaml}\n",
        "b.yaml": "y: {$file: a.yaml}\n",
        "self.yaml": "name: self\ndata: {$file: self.yaml}\n",
    }
    loaded = load_files(tmp_path, files)
    circle = "$file: the files include one another in a circle: "
    assert [line for line in errors(loaded) if circle in line] == [
        f"a.yaml:1:12: x.{circle}b.yaml -> a.yaml -> b.yaml",
        f"self.yaml:2:15: data.{circle}self.yaml -> self.yaml",
    ]


def chain(length: int) -> dict[str, str | bytes]:
    """A manifest that includes a file, which includes a file, and so on: `length` files below it."""
    files: dict[str, str | bytes] = {
        f"z{at}.yaml": f"n: {{$file: z{at + 1}.yaml}}\n" for at in range(1, length)
    }
    return {"one.yaml": with_metadata("{$file: z1.yaml}"), **files, f"z{length}.yaml": "end: 1\n"}


def test_the_depth_of_includes_is_bounded_whichever_file_is_read_first(tmp_path: Path) -> None:
    assert errors(load_files(tmp_path / "right", chain(INCLUDE_DEPTH_MAX))) == []
    too_deep = chain(INCLUDE_DEPTH_MAX + 1)
    assert "more than 8 levels deep" in errors(load_files(tmp_path / "downwards", too_deep))[0]
    too_deep["zz.yaml"] = too_deep.pop("one.yaml")  # now the files that are included are read before it
    assert "more than 8 levels deep" in errors(load_files(tmp_path / "upwards", too_deep))[0]


def test_files_cannot_add_up_to_more_than_a_document_may_hold(tmp_path: Path) -> None:
    nine = ", ".join(["{$file: %s}"] * 9)
    files: dict[str, str | bytes] = {"one.yaml": with_metadata(f"[{nine % (('a1.yaml',) * 9)}]")}
    for at in range(1, 7):
        files[f"a{at}.yaml"] = f"[{nine % ((f'a{at + 1}.yaml',) * 9)}]\n"
    files["a7.yaml"] = "[1, 2, 3]\n"
    assert any("has more than 1,000,000 values" in line for line in errors(load_files(tmp_path, files)))


def test_text_cannot_add_up_to_more_than_a_document_may_hold(tmp_path: Path) -> None:
    many = ", ".join(["{$file: big.md}"] * 140)
    files: dict[str, str | bytes] = {"one.yaml": with_metadata(f"[{many}]"), "big.md": "x" * 1_000_000}
    (line,) = errors(load_files(tmp_path, files))
    assert line.startswith(
        "one.yaml:1:1: with the files that it includes through $file, this document has more than"
    )


def test_files_cannot_add_up_to_more_nesting_than_a_document_may_have(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "one.yaml": with_metadata("[" * 60 + "{$file: deep.json}" + "]" * 60),
        "deep.json": "[" * 60 + "]" * 60,
    }
    assert errors(load_files(tmp_path, files)) == [
        "one.yaml:1:1: with the files that it includes through $file, this document is nested more than 100 levels deep"
    ]


def test_a_document_without_a_needed_file_is_not_blamed_for_more(tmp_path: Path) -> None:
    loaded = load_files(tmp_path, {"one.yaml": "name: one\ndata: {$file: gone.jsonl}\n"})
    assert errors(loaded) == ["one.yaml:2:15: data.$file: 'gone.jsonl' does not exist"]
    assert names(loaded) == []
