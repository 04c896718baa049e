from __future__ import annotations

from pathlib import Path

import pytest

from sgpctl.limits import DOCUMENT_CHARS_MAX, DOCUMENT_DEPTH_MAX
from sgpctl.manifest.loader import Loaded, load
from sgpctl.model.located import Json, value_mark
from tests.manifest.projects import errors, lines, make_project

MANIFEST = "name: one\ndata: [{q: 1}]\n"


def load_in(
    root: Path, files: dict[str, str | bytes], settings: str = "", environment: str | None = None
) -> Loaded:
    project = make_project(root, files, settings)
    return load(project, project.environments[environment] if environment is not None else None)


def metadata(root: Path, value: str, settings: str, environment: str | None = None) -> Json:
    """What `value` comes to as the metadata of a manifest, with nothing to complain about."""
    loaded = load_in(root, {"a.yaml": f"{MANIFEST}metadata: {value}\n"}, settings, environment)
    assert errors(loaded) == []
    return loaded.desired[0].body["metadata"]


@pytest.mark.parametrize(
    ("written", "value"),
    [("3", 3), ("0.5", 0.5), ("true", True), ("'3'", "3"), ("[1, x]", [1, "x"]), ("{k: [v]}", {"k": ["v"]})],
)
def test_a_scalar_that_is_one_reference_takes_the_value_with_its_type(
    tmp_path: Path, written: str, value: Json
) -> None:
    found = metadata(tmp_path, "{it: '${var.x}', list: ['${var.x}']}", f"variables: {{x: {written}}}\n")
    assert found == {"it": value, "list": [value]}


def test_inside_longer_text_values_stand_as_yaml_writes_them(tmp_path: Path) -> None:
    settings = "variables: {n: 1.5, t: true, e: '', s: text}\n"
    text = "{it: '${var.n} ${var.t} ${var.e} ${var.s} $${var.n}'}"
    assert metadata(tmp_path, text, settings) == {"it": "1.5 true  text ${var.n}"}


def test_a_null_cannot_stand_inside_longer_text(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "a.yaml": "name: a-${var.who}\ndata: [{q: 1}]\nmetadata: {whole: '${var.who}', greeting: '${var.hello}'}\n"
    }
    settings = "variables:\n  who:\n  hello: Hello ${var.who}\n"
    advice = 'inside longer text a value must stand: write "" for an empty one, on the command line --var \'who=""\''
    assert lines(load_in(tmp_path, files, settings)) == [
        f"a.yaml:1:7: name: '${{var.who}}' is null (the value is from sgpctl.yaml:4); {advice}",
        f"sgpctl.yaml:5:10: variables.hello: '${{var.who}}' is null (the value is from sgpctl.yaml:4); {advice}",
    ]


def test_a_whole_value_may_be_null(tmp_path: Path) -> None:
    loaded = load_in(
        tmp_path, {"a.yaml": f"{MANIFEST}description: ${{var.who}}\n"}, "variables: {who: null}\n"
    )
    assert lines(loaded) == []
    assert loaded.desired[0].description is None


def test_a_variable_may_refer_to_others_in_any_order(tmp_path: Path) -> None:
    settings = "variables: {a: 'see ${var.b}', b: '${var.c}', c: c, all: {of: ['${var.a}', '$${x}']}}\n"
    assert metadata(tmp_path, "{it: '${var.all}'}", settings) == {"it": {"of": ["see c", "${x}"]}}


def test_what_a_value_holds_is_not_resolved_a_second_time(tmp_path: Path) -> None:
    settings = "variables: {a: '$${var.b}', b: b}\n"
    assert metadata(tmp_path, "{it: '${var.a}', in: 'x ${var.a}', b: '${var.b}'}", settings) == {
        "it": "${var.b}",
        "in": "x ${var.b}",
        "b": "b",
    }


def test_an_environment_replaces_a_variable_whole_and_may_add_one(tmp_path: Path) -> None:
    settings = (
        "variables: {models: {a: 1, b: 2}, tone: calm, text: 'be ${var.tone}'}\n"
        "environments: {dev: {}, prod: {variables: {models: {c: 3}, tone: kind, only: here}}}\n"
    )
    value = "{m: '${var.models}', t: '${var.text}'}"
    assert metadata(tmp_path / "dev", value, settings, "dev") == {"m": {"a": 1, "b": 2}, "t": "be calm"}
    assert metadata(tmp_path / "prod", value, settings, "prod") == {"m": {"c": 3}, "t": "be kind"}
    assert metadata(tmp_path / "own", "{o: '${var.only}'}", settings, "prod") == {"o": "here"}


def test_the_place_of_a_value_is_where_the_reference_stands(tmp_path: Path) -> None:
    loaded = load_in(
        tmp_path, {"a.yaml": f"{MANIFEST}tags: ${{var.tags}}\n"}, "variables:\n  tags: [gate, 1]\n"
    )
    assert lines(loaded) == [
        "sgpctl.yaml:4:16: tags[1]: must be a string, not a number (1): put it in quotes"
    ]
    loaded = load_in(
        tmp_path / "text", {"a.yaml": f"{MANIFEST}description: ${{var.d}}\n"}, "variables: {d: text}\n"
    )
    body = loaded.desired[0].body
    assert isinstance(body, dict)
    assert value_mark(body, ("description",)) == ("a.yaml", 3, 14)


def test_a_value_that_does_not_fit_is_told_where_it_is_used_with_where_it_comes_from(tmp_path: Path) -> None:
    loaded = load_in(
        tmp_path, {"a.yaml": f"{MANIFEST}description: ${{var.d}}\n"}, "variables:\n  d: [text]\n"
    )
    assert lines(loaded) == [
        "a.yaml:3:14: description: must be a string, not a list (the value is from sgpctl.yaml:4)"
    ]


def test_references_stand_in_paths_of_files_and_in_files_of_structure(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "a.yaml": "name: one\ndata: {$file: 'rows-${var.set}.jsonl'}\nmetadata: {$file: parts/m.yaml}\n",
        "rows-small.jsonl": '{"q": "${var.set}"}\n',
        "parts/m.yaml": "set: ${var.set}\nprompt: {$file: '${var.set}.md'}\n",
        "parts/small.md": "text ${var.set}",
    }
    loaded = load_in(tmp_path, files, "variables: {set: small}\n")
    assert lines(loaded) == []
    body = loaded.desired[0].body
    assert body["data"] == [{"q": "${var.set}"}]
    assert body["metadata"] == {"set": "small", "prompt": "text ${var.set}"}


def test_a_variable_may_be_a_file_relative_to_where_that_is_written(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "evals/a.yaml": f"{MANIFEST}description: ${{var.text}}\n",
        "shared/text.md": "from there",
    }
    loaded = load_in(tmp_path, files, "variables: {text: {$file: shared/text.md}}\n")
    assert lines(loaded) == []
    assert loaded.desired[0].description == "from there"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("${var.candiate}", "there is no variable 'candiate'; did you mean 'candidate'?"),
        ("x ${candidate}", "unknown reference '${candidate}'; did you mean '${var.candidate}'?"),
        (
            "${foo}",
            (
                "unknown reference '${foo}'; there are ${var.x}, ${matrix.x}, ${dataset.x} and ${question.x}; "
                "write $${ for a literal ${"
            ),
        ),
        ("x ${var.candidate", "'${var.candidate' is never closed with a }; write $${ for a literal ${"),
        ("x ${var.map}", "'${var.map}' is a map; inside longer text only a single value can stand"),
        ("x ${var.list}", "'${var.list}' is a list; inside longer text only a single value can stand"),
        (
            "${var.only}",
            (
                "there is no variable 'only' in environment 'dev', only in 'prod'; give it a value under `variables` "
                "for all"
            ),
        ),
        ("${matrix.model}", "'${matrix.model}' stands for nothing: this manifest has no `matrix`"),
    ],
)
def test_a_reference_that_stands_for_nothing_is_an_error_at_its_line(
    tmp_path: Path, text: str, message: str
) -> None:
    settings = (
        "variables: {candidate: a, map: {a: 1}, list: [1]}\n"
        "environments: {dev: {}, prod: {variables: {only: 1}}}\n"
    )
    loaded = load_in(tmp_path, {"a.yaml": f"{MANIFEST}description: {text}\n"}, settings, "dev")
    assert errors(loaded) == [f"a.yaml:3:14: description: {message}"]


def test_a_variable_of_environments_alone_needs_one_to_be_chosen(tmp_path: Path) -> None:
    settings = "environments: {dev: {variables: {a: 1}}, prod: {variables: {a: 2}}}\n"
    loaded = load_in(tmp_path, {"a.yaml": f"{MANIFEST}description: ${{var.a}}\n"}, settings)
    assert errors(loaded) == [
        "a.yaml:3:14: description: the variable 'a' is defined only for 'dev', 'prod'; choose an environment with --env"
    ]


def test_a_key_cannot_hold_a_reference_but_a_literal_brace(tmp_path: Path) -> None:
    text = f"{MANIFEST}metadata:\n  ${{var.a}}: 1\n  $${{b}}: ${{var.a}}\n"
    loaded = load_in(tmp_path, {"a.yaml": text}, "variables: {a: 1}\n")
    assert errors(loaded) == [
        "a.yaml:4:3: metadata.${var.a}: a key cannot hold a reference, only values can; write $${ for a literal ${"
    ]
    assert metadata(tmp_path / "fine", "{'$${b}': '${var.a}'}", "variables: {a: 1}\n") == {"${b}": 1}


def test_variables_in_a_circle_are_spelled_out_at_their_lines_and_nothing_else_is_blamed(
    tmp_path: Path,
) -> None:
    settings = (
        "variables:\n  a: x ${var.b}\n  b: ['${var.c}']\n  c: {k: '${var.a}'}\n  d: ${var.d}\n  e: ${var.c}\n"
    )
    text = f"{MANIFEST}description: ${{var.a}}\nmetadata: {{$file: 'x${{var.e}}.yaml'}}\ntags: ${{var.d}}\n"
    assert lines(load_in(tmp_path, {"a.yaml": text}, settings)) == [
        "sgpctl.yaml:4:6: variables.a: variables refer to each other in a circle: a -> b -> c -> a",
        "sgpctl.yaml:7:6: variables.d: variables refer to each other in a circle: d -> d",
    ]


def test_a_long_circle_is_shortened(tmp_path: Path) -> None:
    circle = "".join(f"  v{at:03}: ${{var.v{(at + 1) % 500:03}}}\n" for at in range(500))
    loaded = load_in(tmp_path, {"a.yaml": f"{MANIFEST}description: ${{var.v000}}\n"}, f"variables:\n{circle}")
    (line,) = lines(loaded)
    assert line.startswith(
        "sgpctl.yaml:4:9: variables.v000: variables refer to each other in a circle: v000 -> v001"
    )
    assert line.endswith("-> (489 more) -> v000")


def test_an_error_inside_a_variable_is_told_where_it_is_written_and_once(tmp_path: Path) -> None:
    settings = "variables:\n  a: ${var.nope}\n  b: 'x ${var.a}'\n  c: ${matrix.m}\n"
    text = f"{MANIFEST}description: ${{var.b}}\nmetadata: {{c: '${{var.c}}'}}\n"
    assert lines(load_in(tmp_path, {"a.yaml": text}, settings)) == [
        "sgpctl.yaml:4:6: variables.a: there is no variable 'nope'",
        (
            "sgpctl.yaml:6:6: variables.c: '${matrix.m}' stands for nothing: a variable stands outside all manifests and "
            "has no matrix"
        ),
    ]


def test_other_mistakes_in_a_manifest_are_told_along_with_an_unknown_variable(tmp_path: Path) -> None:
    text = f"{MANIFEST}description: ${{var.a}}\nmetdata: {{}}\n"
    assert [line.split(" ")[0] for line in errors(load_in(tmp_path, {"a.yaml": text}))] == [
        "a.yaml:3:14:",
        "a.yaml:4:1:",
    ]


def test_a_variable_that_nothing_uses_gets_a_warning_at_its_name(tmp_path: Path) -> None:
    settings = (
        "variables: {used: 1, unused: 2, by_another: 3, another: '${var.by_another}', in_prod: 4}\n"
        "environments:\n"
        "  dev: {variables: {own: 1, used: 2}}\n"
        "  prod: {defaults: {description: '${var.in_prod}'}, variables: {elsewhere: 1}}\n"
    )
    loaded = load_in(tmp_path, {"a.yaml": f"{MANIFEST}metadata: {{a: '${{var.used}}'}}\n"}, settings, "dev")
    assert lines(loaded) == [
        "sgpctl.yaml:3:22: variables.unused: nothing uses the variable 'unused'",
        "sgpctl.yaml:3:48: variables.another: nothing uses the variable 'another'",
        "sgpctl.yaml:5:21: variables.own: nothing uses the variable 'own'",
    ]
    assert loaded.errors == ()


def test_variables_cannot_add_up_to_endless_text_or_nesting(tmp_path: Path) -> None:
    doubling = "".join(f"  v{at}: '${{var.v{at + 1}}}${{var.v{at + 1}}}'\n" for at in range(40))
    settings = f"variables:\n{doubling}  v40: {'x' * 1000}\n"
    loaded = load_in(tmp_path, {"a.yaml": f"{MANIFEST}description: ${{var.v0}}\n"}, settings)
    assert f"more than {DOCUMENT_CHARS_MAX:,} characters" in errors(loaded)[0]
    nesting = "".join(f"  v{at}: ['${{var.v{at + 1}}}']\n" for at in range(DOCUMENT_DEPTH_MAX + 5))
    settings = f"variables:\n{nesting}  v{DOCUMENT_DEPTH_MAX + 5}: x\n"
    loaded = load_in(tmp_path / "deep", {"a.yaml": f"{MANIFEST}metadata: {{a: '${{var.v0}}'}}\n"}, settings)
    assert "nested more than 100 levels deep" in errors(loaded)[0]


def test_lists_cannot_add_up_to_more_than_a_document_may_hold(tmp_path: Path) -> None:
    ten = ", ".join(["'${var.v%d}'"] * 10)
    layers = "".join(f"  v{at}: [{ten % ((at + 1,) * 10)}]\n" for at in range(8))
    settings = f"variables:\n{layers}  v8: x\n"
    loaded = load_in(tmp_path, {"a.yaml": f"{MANIFEST}metadata: {{a: '${{var.v0}}'}}\n"}, settings)
    assert errors(loaded) == [
        "a.yaml:1:1: with the files that it includes through $file, this document has more than 1,000,000 values"
    ]


def test_a_long_chain_of_variables_is_followed_to_its_end(tmp_path: Path) -> None:
    chain = "".join(f"  v{at}: ${{var.v{at + 1}}}\n" for at in range(5_000))
    settings = f"variables:\n{chain}  v5000: end\n"
    assert metadata(tmp_path, "{a: '${var.v0}'}", settings) == {"a": "end"}
