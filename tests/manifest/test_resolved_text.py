"""What `render` prints, and that it is read back as the very same evaluations."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sgpctl.errors import UsageError
from sgpctl.manifest.loader import Loaded, load
from sgpctl.manifest.project import find_project
from sgpctl.manifest.writing.resolved_text import resolved_documents, resolved_json, resolved_yaml
from sgpctl.model.located import Json
from tests.manifest.projects import errors, load_files, make_project

EXAMPLES = Path(__file__).parents[2] / "examples"

FILES: dict[str, str | bytes] = {
    "evals/_defaults.yaml": "metadata: {from: defaults}\ntags: [a]\n",
    "evals/a.yaml": "# one\nname: n-${matrix.m.key}\nmatrix: {m: {x: vendor/x}}\ntags: [b]\n"
    "description: 'literal $${x} and ${var.v}'\ndata: {$file: ../rows.jsonl}\n"
    "tasks:\n- task_type: chat_completion\n  configuration:\n    model: ${matrix.m}\n"
    "    messages: [{role: user, content: {$file: ../p.md}}]\nlifecycle: {protect: true, row_key: '${var.key}'}\n",
    "evals/b.yaml": "name: pinned\ndataset_id: {name: Policy QA, expect_version: 7}\n",
    "rows.jsonl": '{"q": "${not} ours", "k": 1.0}\n\n{"q": "two\\nlines"}\n',
    "p.md": "Say {{item.q}}.\n",
}
SETTINGS = "manifests: [evals]\nvariables:\n  v: value\n  key: q\n"


def rendered(loaded: Loaded, *, with_origins: bool) -> str:
    return resolved_yaml(resolved_documents(loaded.desired, loaded), with_origins=with_origins)


def essence(loaded: Loaded) -> list[tuple[object, ...]]:
    return [
        (
            one.name,
            one.digest,
            one.data_digest,
            json.dumps(one.body, sort_keys=True),
            one.protect,
            one.expect_version,
            one.row_key,
        )
        for one in loaded.desired
    ]


def test_everything_is_in_its_place(tmp_path: Path) -> None:
    loaded = load_files(tmp_path, FILES, SETTINGS)
    assert errors(loaded) == []
    assert rendered(loaded, with_origins=False) == (
        "name: n-x\n"
        'description: "literal $${x} and value"\n'
        "tags: [a, b]\n"
        "metadata:\n  from: defaults\n"
        "data:\n"
        '  - q: "$${not} ours"\n    k: 1.0\n'
        "  - q: |-\n      two\n      lines\n"
        "tasks:\n"
        "  - task_type: chat_completion\n"
        "    configuration:\n"
        "      model: vendor/x\n"
        "      messages:\n"
        "        - role: user\n"
        "          content: |\n            Say {{item.q}}.\n"
        "lifecycle:\n  protect: true\n  row_key: q\n"
        "---\n"
        "name: pinned\n"
        "tags: [a]\n"
        "metadata:\n  from: defaults\n"
        "dataset_id:\n  name: Policy QA\n  expect_version: 7\n"
    )


def test_every_value_says_where_it_was_written(tmp_path: Path) -> None:
    loaded = load_files(tmp_path, FILES, SETTINGS)
    assert rendered(loaded, with_origins=True).splitlines()[:23] == [
        "name: n-x  # evals/a.yaml:2",
        'description: "literal $${x} and value"  # evals/a.yaml:5',
        "tags:",
        "  - a  # evals/_defaults.yaml:2",
        "  - b  # evals/a.yaml:4",
        "metadata:",
        "  from: defaults  # evals/_defaults.yaml:1",
        "data:",
        '  - q: "$${not} ours"  # rows.jsonl:1',
        "    k: 1.0  # rows.jsonl:1",
        '  - q: "two\\nlines"  # rows.jsonl:3',
        "tasks:",
        "  - task_type: chat_completion  # evals/a.yaml:8",
        "    configuration:",
        "      model: vendor/x  # evals/a.yaml:3, by evals/a.yaml:10",
        "      messages:",
        "        - role: user  # evals/a.yaml:11",
        '          content: "Say {{item.q}}.\\n"  # p.md:1',
        "lifecycle:",
        "  protect: true  # evals/a.yaml:12",
        "  row_key: q  # sgpctl.yaml:6, by evals/a.yaml:12",
        "---",
        "name: pinned  # evals/b.yaml:1",
    ]


def test_json_carries_the_plain_values_and_the_origins_beside_them(tmp_path: Path) -> None:
    loaded = load_files(tmp_path, FILES, SETTINGS)
    documents = resolved_documents(loaded.desired, loaded)
    plain = resolved_json(documents, with_origins=False)
    both = resolved_json(documents, with_origins=True)
    assert isinstance(plain[0], dict)
    assert plain[0]["description"] == "literal ${x} and value"
    assert isinstance(both[0], dict)
    assert both[0]["evaluation"] == plain[0]
    origins = both[0]["origins"]
    assert isinstance(origins, dict)
    assert origins["tasks[0].configuration.model"] == "evals/a.yaml:3, by evals/a.yaml:10"
    assert origins["data[1].q"] == "rows.jsonl:3"


@pytest.mark.parametrize("with_origins", [False, True])
def test_what_is_printed_declares_the_same_evaluations(tmp_path: Path, with_origins: bool) -> None:
    loaded = load_files(tmp_path / "before", FILES, SETTINGS)
    text = rendered(loaded, with_origins=with_origins)
    again = load_files(tmp_path / "after", {"all.yaml": text})
    assert errors(again) == []
    assert essence(again) == essence(loaded)
    assert again.named == loaded.named


@pytest.mark.parametrize("example", sorted(path.parent.name for path in EXAMPLES.glob("*/sgpctl.yaml")))
@pytest.mark.parametrize("with_origins", [False, True])
def test_every_example_is_printed_and_read_back(tmp_path: Path, example: str, with_origins: bool) -> None:
    project = find_project(EXAMPLES / example)
    row_key = project.review.row_key  # stays with the project, as its budget does
    settings = f"review: {{row_key: {row_key}}}\n" if row_key else ""
    for environment in project.environments.values():
        loaded = load(project, environment)
        text = rendered(loaded, with_origins=with_origins)
        again = load_files(tmp_path / environment.name, {"all.yaml": text}, settings)
        assert errors(again) == []
        assert essence(again) == essence(loaded)


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20) | st.text(
    "${}ab: #\n", max_size=12
)
KEY = TEXT.filter(lambda key: key != "$file")
SCALAR = st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT
VALUE: st.SearchStrategy[Json] = st.recursive(
    SCALAR,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEY, inner, max_size=3),
    max_leaves=10,
)


@given(st.dictionaries(KEY, VALUE, max_size=4), st.booleans())
def test_any_value_is_printed_and_read_back(taxonomy: dict[str, Json], with_origins: bool) -> None:
    rows = json.dumps(
        {"name": "one", "data": {"$file": "r.jsonl"}, "taxonomy_params": {"it": {"$file": "t.jsonl"}}}
    )
    with TemporaryDirectory() as folder:
        root = Path(folder)
        # Rows are taken verbatim, so that anything at all can come in.
        files: dict[str, str | bytes] = {
            "a.json": rows,
            "r.jsonl": '{"q": 1}\n',
            "t.jsonl": json.dumps(taxonomy) + "\n",
        }
        before = load(make_project(root / "before", files))
        assert errors(before) == []
        text = rendered(before, with_origins=with_origins)
        after = load(make_project(root / "after", {"all.yaml": text}))
        assert errors(after) == []
        assert essence(after) == essence(before)


@pytest.mark.parametrize("with_origins", [False, True])
def test_rows_with_the_key_of_an_include_are_not_printed_as_one(tmp_path: Path, with_origins: bool) -> None:
    rows = '{"q": 1, "meta": [{"$file": "x"}]}\n'
    loaded = load_files(tmp_path, {"a.yaml": "name: one\ndata: {$file: r.jsonl}\n", "r.jsonl": rows})
    with pytest.raises(UsageError, match=r"'one' cannot be printed as a manifest.*\$file"):
        rendered(loaded, with_origins=with_origins)
    documents = resolved_documents(loaded.desired, loaded)
    assert "$file" in json.dumps(resolved_json(documents, with_origins=with_origins))
