"""What the cache knows, what it does not believe, and what it never holds."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import stat
from pathlib import Path

import pytest

from sgpctl.errors import ManifestError
from sgpctl.limits import CACHE_DAYS_MAX
from sgpctl.manifest.cache.workers import entries_by_workers
from tests.manifest.caches import (
    TODAY,
    Call,
    cache_in,
    cached,
    file_in,
    from_cache,
    manifests_of,
    same,
    uncached,
    warm,
)
from tests.manifest.projects import make_files
from tests.manifest.repositories import git
from tests.secrets import KEY

ROWS = '{"q": "a"}\n{"q": "b"}\n'
FILES = {
    "sgpctl.yaml": "version: 1\nproject: demo\nenvironments: {sandbox: {target: sandbox}}\n",
    "evals/one.yaml": "name: one\ndata: {$file: ../rows.jsonl}\ndescription: {$file: ../text.md}\n",
    "evals/two.yaml": "name: two\ndata: [{q: a}]\n",
    "rows.jsonl": ROWS,
    "text.md": "Says what it is.",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    make_files(tmp_path, FILES)
    return tmp_path


def test_what_was_read_once_is_taken_from_the_cache_with_its_rows_and_places(root: Path) -> None:
    assert from_cache(cached(root)) == set()
    known = same(root)
    assert from_cache(known) == {"one", "two"}
    one = known.desired[0]
    assert one.rows == [{"q": "a"}, {"q": "b"}]
    assert one.place_of(("description",)) == ("text.md", 1, 1)


@pytest.mark.parametrize(
    ("name", "content", "read_anew"),
    [
        ("evals/two.yaml", "name: two\ndata: [{q: b}]\n", {"two"}),
        ("text.md", "Says something else.", {"one"}),
        ("rows.jsonl", ROWS + ROWS, {"one"}),
        ("evals/_defaults.yaml", "tags: [gate]\n", {"one", "two"}),
        ("sgpctl.yaml", FILES["sgpctl.yaml"] + "# a comment\n", {"one", "two"}),
    ],
)
def test_only_what_a_change_went_into_is_read_anew(
    name: str, content: str, read_anew: set[str], root: Path
) -> None:
    warm(root)
    make_files(root, {name: content})
    assert from_cache(same(root)) == {"one", "two"} - read_anew


def test_a_variable_of_the_call_makes_another_entry(root: Path) -> None:
    make_files(root, {"sgpctl.yaml": FILES["sgpctl.yaml"] + "variables: {x: 1}\n"})
    make_files(root, {"evals/two.yaml": "name: two\ndata: [{q: '${var.x}'}]\n"})
    assert from_cache(warm(root)) == {"one", "two"}
    assert from_cache(same(root, Call(variables=("x=2",)))) == set()


def test_what_has_an_error_is_not_kept(root: Path) -> None:
    make_files(root, {"evals/two.yaml": "name: two\ndata: 3\n"})
    assert from_cache(warm(root)) == {"one"}


@pytest.mark.parametrize("workers", [0, 2])
def test_a_file_that_git_ignores_is_refused_where_it_is_used_with_the_cache_too(
    workers: int, root: Path
) -> None:
    git(root, "init", "--quiet")
    warm(root)
    make_files(root, {".gitignore": "*.jsonl\n"})
    refused = same(root, workers=workers)
    assert [error.file for error in refused.errors] == ["evals/one.yaml"]
    make_files(root, {"evals/three.yaml": "name: three\ndata: {$file: ../rows.jsonl}\n"})
    assert len(same(root, workers=workers).errors) == 2


def test_a_file_to_which_a_link_leads_is_not_kept(root: Path) -> None:
    (root / "text.md").rename(root / "real.md")
    (root / "text.md").symlink_to("real.md")
    assert from_cache(warm(root)) == {"two"}


@pytest.mark.parametrize(
    "rows",
    [
        f'{{"q": "{KEY}"}}\n',
        f'{{"q": "\\u{ord(KEY[0]):04x}{KEY[1:]}"}}\n',
        '{"q": "' + KEY.replace("/", "\\/") + '"}\n',
    ],
    ids=["plain", "escaped", "escaped otherwise"],
)
def test_what_may_hold_a_key_is_not_taken_from_the_cache(rows: str, root: Path) -> None:
    make_files(root, {"rows.jsonl": rows})
    assert from_cache(warm(root)) == {"one", "two"}
    with_key = same(root, Call(secrets=(KEY,)))
    assert (from_cache(with_key), len(with_key.errors)) == ({"two"}, 1)


def test_a_key_that_becomes_known_later_is_looked_for_in_everything(root: Path) -> None:
    make_files(root, {"evals/two.yaml": f"name: two\ndata: [{{q: {KEY}}}]\n"})
    warm(root)
    secrets: list[str] = []
    manifests = manifests_of(root, Call(), cache_in(root))
    manifests._secrets = secrets
    assert manifests.load().errors == ()
    secrets.append(KEY)
    assert ["holds the API key" in str(error) for error in manifests.load().errors] == [True]


def test_rows_that_were_changed_after_the_load_are_not_taken_for_those_of_it(root: Path) -> None:
    warm(root)
    known = cached(root)
    make_files(root, {"rows.jsonl": ROWS + ROWS})
    with pytest.raises(ManifestError, match=r"rows\.jsonl was changed while it was read"):
        _ = known.desired[0].rows


def test_the_place_of_what_was_changed_after_the_load_is_that_of_its_manifest(root: Path) -> None:
    warm(root)
    known = cached(root)
    make_files(root, {"evals/two.yaml": "# moved\n\nname: two\ndata: [{q: a}]\n"})
    assert known.desired[1].place_of(("data",)) == ("evals/two.yaml", 1, 1)


@pytest.mark.parametrize("damage", ["cut", "random", "text", "empty", "name", "other"])
def test_a_damaged_cache_is_as_good_as_none(damage: str, root: Path) -> None:
    warm(root)
    path = file_in(root)
    content = path.read_bytes()
    match damage:
        case "cut":
            path.write_bytes(content[: len(content) // 2])
        case "random":
            path.write_bytes(random.Random(1).randbytes(len(content)))
        case "text":
            path.write_text("This is no database.")
        case "empty":
            path.write_bytes(b"")
        case "name":
            assert content.count(b"tableentryentry") == 1
            path.write_bytes(content.replace(b"tableentryentry", b"table\x80ntryentry"))
        case _:
            path.unlink()
            with sqlite3.connect(path) as db:
                db.execute("CREATE TABLE entry (other TEXT)")
            db.close()
    assert from_cache(same(root)) == set()
    if damage != "other":  # the database of another program is left alone
        assert from_cache(warm(root)) == {"one", "two"}


@pytest.mark.parametrize("column", ["key", "seal", "content"])
def test_an_entry_that_was_tampered_with_is_not_believed(column: str, root: Path) -> None:
    warm(root)
    with sqlite3.connect(file_in(root)) as db:
        db.execute(f"UPDATE entry SET {column} = CAST(substr({column}, 2) || x'00' AS BLOB)")
    db.close()
    assert from_cache(same(root)) == set()


def test_a_cache_that_nobody_may_write_to_is_still_read(root: Path) -> None:
    warm(root)
    file_in(root).chmod(0o400)
    make_files(root, {"evals/two.yaml": "name: two\ndata: [{q: b}]\n"})
    assert from_cache(same(root)) == {"one"}


def test_what_nobody_needed_for_a_month_is_dropped(root: Path) -> None:
    warm(root)
    later = TODAY + CACHE_DAYS_MAX
    make_files(root, {"evals/two.yaml": "name: two\ndata: [{q: b}]\n"})
    cached(root, day=later)
    make_files(root, {"evals/two.yaml": "name: two\ndata: [{q: c}]\n"})
    cached(root, day=later + 1)
    make_files(root, {"evals/two.yaml": FILES["evals/two.yaml"]})
    assert from_cache(cached(root, day=later + 1)) == {"one"}


def test_the_cache_is_open_to_its_owner_alone(root: Path) -> None:
    cached(root)
    path = file_in(root)
    assert [stat.S_IMODE(each.stat().st_mode) for each in (path, path.parent)] == [0o600, 0o700]


def test_a_small_project_has_no_cache(root: Path) -> None:
    manifests_of(root, Call(), cache_in(root, files_min=3)).load()
    assert not (root / ".sgpctl").exists()


def test_workers_come_to_the_same_as_one_process_and_leave_no_process_behind(root: Path) -> None:
    make_files(root, {f"evals/more-{n}.yaml": f"name: more-{n}\ndata: [{{q: a}}]\n" for n in range(20)})
    make_files(root, {"evals/bad.yaml": "name: bad\ndata: 3\n"})
    before = _children()
    assert len(from_cache(same(root, workers=3))) == 22
    assert _children() == before


def test_a_worker_that_dies_brings_what_it_came_to(tmp_path: Path) -> None:
    def read(path: Path) -> bytes | None:
        if path.name == "4":
            os.kill(os.getpid(), signal.SIGKILL)
        return path.name.encode()

    paths = [tmp_path / str(number) for number in range(6)]
    made = entries_by_workers(paths, read, 2)
    assert {path.name for path in made} >= {"1", "3", "5"}
    assert "4" not in {path.name for path in made}


def test_a_manifest_that_another_one_uses_is_none_itself_with_the_cache_too(root: Path) -> None:
    make_files(root, {"evals/shared.yaml": "{k: v}"})
    make_files(root, {"evals/two.yaml": "name: two\ndata: [{q: a}]\nmetadata: {$file: shared.yaml}\n"})
    assert from_cache(warm(root)) == {"one", "two"}
    assert uncached(root).files == 2


def _children() -> set[str]:
    """The processes that this one started and has not waited for; other tests may have left some."""
    tasks = Path("/proc/self/task").glob("*/children")
    return {child for task in tasks for child in task.read_text().split()}
