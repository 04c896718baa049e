"""The law of the cache: whatever was edited since it was written, a load with it comes to the same as one without."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from tempfile import mkdtemp

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from sgpctl.errors import SgpctlError
from sgpctl.manifest.loader import Loaded
from sgpctl.model.names import Answers, Bearer, Kind, LookedUp, Named
from tests.manifest.caches import Call, cache_in, differences, file_in, manifests_of
from tests.manifest.projects import make_files
from tests.manifest.repositories import git
from tests.secrets import KEY

_TASK = """\
tasks:
  - alias: answer
    task_type: chat_completion
    configuration: {model: m, messages: [{role: user, content: "{{item.q}} {{item.qq}}"}]}
"""
_PLAIN = "name: NAME\ndata: [{q: a, id: 1}, {q: b, id: 2}]\n"

# What a manifest may say, beside nothing at all. NAME is one for each file.
_MANIFESTS = (
    _PLAIN,
    f"# moved down\n{_PLAIN}{_TASK}",
    "name: NAME\ndescription: ${var.x} of $${var.x}\ndata: [{q: 1.0}, {q: 1e2}, {q: -0.0}]\n",
    "name: NAME\ndata: {$file: rows.jsonl}\nlifecycle: {protect: true, row_key: id}\n",
    "name: NAME\ndata: {$file: ../rows.csv}\n",
    "name: NAME\ndata: {$file: shared.yaml}\n",
    "name: NAME\ndata: [{q: a}]\ndescription: {$file: text.md}\n",
    "name: NAME\ndata: [{q: a}]\ndescription: {$file: text.md, with: {x: '${var.x}', y: 1}}\n",
    "name: NAME\ndata: [{q: a}]\ndescription: {$file: folder/../text.md}\n",
    "name: NAME\ndata: [{q: a}]\nmetadata: {$file: ../shared.yaml}\n",
    "name: NAME\ndata: [{q: a}]\nmetadata: ${var.more}\n",
    "name: NAME\ndata: [{q: a}]\nmetadata: {deep: {$file: chain.yaml}}\n",
    "name: NAME\ndata: [{q: a}]\ntags: [NAME, ${var.x}]\nmetadata: {owner: null, file: {$file: one.yaml}}\n",
    "name: NAME-${matrix.a.key}\ndata: [{q: a}]\nmatrix: {a: {one: 1, two: '${var.x}'}}\nmetadata: {a: '${matrix.a}'}\n",
    "name: NAME-${matrix.f.key}\ndata: {$file: '${matrix.f}'}\nmatrix: {f: {j: rows.jsonl, c: rows.csv}}\n",
    "name: NAME\ndataset_id: {id: d, expect_version: 3}\n" + _TASK,
    "name: NAME\ndataset_id: {name: Golden}\n" + _TASK,
    "name: NAME\ndataset_id: ${var.set}\n",
    f"{_PLAIN}---\n{_PLAIN.replace('NAME', 'NAME-2')}",
    _PLAIN.replace("NAME", "twice"),
    _PLAIN.replace("NAME", "TWICE"),
    "name: NAME\ndata: []\n",
    "name: ' NAME'\ndata: [{q: a, id: 1}, {q: a, id: 1}]\nlifecycle: {row_key: id}\n",
    "name: NAME\ndata: [{q: a}]\ndescription: " + KEY + "\n",
    'name: NAME\ndata: [{q: a}]\ndescription: "\\x' + f"{ord(KEY[0]):02x}{KEY[1:]}" + '"\n',
    "name: NAME\ndata: [{q: a}]\ndescription: ${var.secret}\n",
    "\ufeff" + _PLAIN,
    '{"name": "NAME", "data": [{"q": "\\u00e4"}]}',
    "# nothing\n",
    "format_version: 1\nsgpctl_version: 1\n",
    "name: [\n",
    "name: NAME\nunknown: 1\ndata: 3\n",
    "name: NAME\ndata: {$file: nowhere.jsonl}\n",
    "name: NAME\ndata: [{q: '${var.nowhere}'}]\n",
    "name: NAME\ndata: [{q: '${var.circle}'}]\n",
    "${var.whole}",
)
_TEXTS = ("text", "other text\n", "${x} and ${y}", f"says {KEY}", "\ufeffmarked", "\0")
_ROWS = (
    '{"q": "a", "id": 1}\n{"q": "b", "id": 2}\n',
    '{"q": "a"}\n',
    '{"q": "' + f"\\u{ord(KEY[0]):04x}{KEY[1:]}" + '"}\n',
    '{"q": 1.0}\n\n{"q": 10000000000000000000000, "id": [1, {"x": null}]}\n',
    "",
    "{\n",
)
_TABLES = ("q,id\na,1\n", "q,id\nb,2\na,1\n", f'q\n"{KEY}"\n', 'q\n"\n')
_SHARED = (
    "[{q: a}]",
    "{k: ${var.x}}",
    "{$file: rows.csv}",
    "k: {$file: text.md}\n",
    "[{q: ",
    "{ref: '${dataset.Golden}'}",
)
_CHAIN = ("{next: {$file: shared.yaml}}", "{$file: chain.yaml}", "[1, 2.0]")
_DEFAULTS = (
    "tags: [by default]\n",
    "metadata: {x: ${var.x}, file: {$file: text.md}}\n",
    "lifecycle: {row_key: q}\n",
    "# nothing\n",
    "tags: [\n",
    "name: no\n",
    b"\xff",
)
_PROJECTS = (
    "",
    "review: {row_key: id}\n",
    "review: {row_key: idd}\n",
    "defaults: {tags: [of the project]}\n",
    "exclude: [shared.yaml, sub/shared.yaml, '**/chain.yaml']\n",
    "allow_ignored: ['**/text.md']\n",
)
_PROJECT = """\
version: 1
project: demo
variables:
  x: {X}
  more: {{deep: {{x: "${{var.x}}"}}}}
  set: "${{dataset.Golden}}"
  secret: ''
  whole: {{name: whole, data: [{{q: a}}]}}
{LOOP}environments:
  one: {{target: sandbox}}
  two: {{target: sandbox, variables: {{x: of two, extra: 1}}, defaults: {{tags: [of two]}}}}
"""
_FOLDERS = ("", "sub/", "sub/deep/")
_CONTENTS: dict[str, tuple[str | bytes, ...]] = {
    "one.yaml": _MANIFESTS,
    "two.yml": _MANIFESTS,
    "three.json": _MANIFESTS,
    "_defaults.yaml": _DEFAULTS,
    "text.md": _TEXTS,
    "rows.jsonl": _ROWS,
    "rows.csv": _TABLES,
    "shared.yaml": _SHARED,
    "chain.yaml": _CHAIN,
    "folder/text.md": _TEXTS,
}
_NAMES = tuple(folder + name for folder in _FOLDERS for name in _CONTENTS)
_CALLS = st.builds(
    Call,
    st.sampled_from(["one", "two"]),
    st.sampled_from([(), ("x=given",), ("x=3",), ("x='3'",), (f"secret={KEY}",)]),
    st.sampled_from([(), (), (KEY,), ("an/odd+secret=",)]),
)
_GOLDEN = Named(Kind.DATASET, "Golden")
_WHEN = datetime(2026, 1, 1, tzinfo=UTC)
_ANSWERS: tuple[Answers, ...] = (
    {_GOLDEN: LookedUp((Bearer("ds_1", "Golden", _WHEN),))},
    {_GOLDEN: LookedUp(others=("Goldne",))},
)


def _content(name: str, number: int) -> str | bytes:
    contents = _CONTENTS[name.removeprefix("sub/").removeprefix("deep/")]
    content = contents[number % len(contents)]
    stem = name.rpartition(".")[0].replace("/", "-")
    return content.replace("NAME", stem) if isinstance(content, str) else content


class Project(RuleBasedStateMachine):
    """A project that is edited, and a cache that is kept; after each edit both loads are held against each other."""

    def __init__(self) -> None:
        super().__init__()
        self._root = Path(mkdtemp()).resolve()
        self._call = Call("one")
        self._day = 20_000

    def teardown(self) -> None:
        shutil.rmtree(self._root)

    @initialize(
        in_repository=st.sampled_from([False, False, False, True]),
        numbers=st.lists(st.integers(0, 99), min_size=9, max_size=9),
    )
    def begin(self, numbers: list[int], *, in_repository: bool) -> None:
        if in_repository:
            git(self._root, "init", "--quiet")
            (self._root / ".gitignore").write_text("*.csv\n")
        self._settle(0, "1", is_round=False)
        names = (
            "one.yaml",
            "sub/two.yml",
            "text.md",
            "sub/text.md",
            "rows.jsonl",
            "rows.csv",
            "sub/rows.jsonl",
            "shared.yaml",
            "sub/one.yaml",
        )
        for name, number in zip(names, numbers, strict=True):
            self._write(name, number)
        self._check(0)

    @rule(name=st.sampled_from(_NAMES), number=st.integers(0, 99), workers=st.sampled_from([0, 0, 2]))
    def write(self, name: str, number: int, workers: int) -> None:
        self._write(name, number)
        self._check(workers)

    @rule(
        folder=st.sampled_from(_FOLDERS),
        name=st.sampled_from(["one.yaml", "two.yml", "three.json"]),
        number=st.integers(0, 99),
        workers=st.sampled_from([0, 0, 2]),
    )
    def write_manifest(self, folder: str, name: str, number: int, workers: int) -> None:
        self._write(folder + name, number)
        self._check(workers)

    @rule(name=st.sampled_from(_NAMES))
    def remove(self, name: str) -> None:
        with suppress(OSError):  # a folder above it may be a link that leads to itself
            (self._root / name).unlink(missing_ok=True)
        self._check(0)

    @rule(name=st.sampled_from(_NAMES), other=st.sampled_from([*_NAMES, "nowhere", "sub"]))
    def link(self, name: str, other: str) -> None:
        path = self._root / name
        if path.parent.is_dir() and not path.parent.is_symlink():
            path.unlink(missing_ok=True)
            path.symlink_to(self._root / other)
            self._check(0)

    @rule(
        folder=st.sampled_from(["folder", "sub/folder", "sub", "sub/deep"]),
        other=st.sampled_from(["sub", "sub/deep", "away", ""]),
    )
    def replace_a_folder(self, folder: str, other: str) -> None:
        path = self._root / folder
        if path.is_symlink():
            path.unlink()
        elif path.is_dir():
            path.rename(path.with_name(f"was-{path.name}-{self._number_of(path)}"))
        if other and other != folder and path.parent.is_dir():
            path.symlink_to(self._root / other)
        self._check(0)

    @rule(
        number=st.integers(0, len(_PROJECTS) - 1),
        x=st.sampled_from(["1", "2", "'1'", "[1]"]),
        is_round=st.booleans(),
    )
    def settle(self, number: int, x: str, *, is_round: bool) -> None:
        self._settle(number, x, is_round=is_round)
        self._check(0)

    @rule(call=_CALLS, workers=st.sampled_from([0, 2]))
    def call(self, call: Call, workers: int) -> None:
        self._call = call
        self._check(workers)

    @rule(days=st.sampled_from([1, 40, -3]))
    def wait(self, days: int) -> None:
        self._day += days
        self._check(0)

    @precondition(lambda self: file_in(self._root).exists())
    @rule(at=st.integers(0, 1 << 20), what=st.binary(min_size=1, max_size=3000))
    def damage(self, at: int, what: bytes) -> None:
        path = file_in(self._root)
        with path.open("r+b") as file:
            file.seek(at % max(1, path.stat().st_size))
            file.write(what)
        self._check(0)

    @precondition(lambda self: file_in(self._root).exists())
    @rule(length=st.integers(0, 1 << 20))
    def cut(self, length: int) -> None:
        path = file_in(self._root)
        os.truncate(path, length % max(1, path.stat().st_size))
        self._check(0)

    @rule()
    def do_nothing(self) -> None:
        self._check(0)

    def _write(self, name: str, number: int) -> None:
        path = self._root / name
        if path.is_symlink():
            path.unlink()
        if path.parent.is_dir() or not any((self._root / above).is_symlink() for above in Path(name).parents):
            make_files(self._root, {name: _content(name, number)})

    def _settle(self, number: int, x: str, *, is_round: bool) -> None:
        loop = '  circle: "${var.circle}"\n' if is_round else ""
        text = _PROJECT.format(X=x, LOOP=loop)
        (self._root / "sgpctl.yaml").write_text(text + _PROJECTS[number])

    def _number_of(self, path: Path) -> int:
        return sum(1 for each in path.parent.iterdir() if each.name.startswith("was-"))

    def _check(self, workers: int) -> None:
        ours = self._loads(workers)
        theirs = self._loads(None)
        if isinstance(ours, str) or isinstance(theirs, str):
            assert ours == theirs
            return
        for one, other in zip(ours, theirs, strict=True):
            assert differences(one, other) == []

    def _loads(self, workers: int | None) -> list[Loaded] | str:
        """One without answers, and one with each of those that there may be."""
        try:
            cache = cache_in(self._root, day=self._day, workers=workers) if workers is not None else None
            manifests = manifests_of(self._root, self._call, cache)
            return [manifests.load(), *(manifests.load(answers) for answers in _ANSWERS)]
        except SgpctlError as error:
            return str(error)


TestCacheLaw = Project.TestCase
TestCacheLaw.settings = settings(max_examples=25, stateful_step_count=25)
