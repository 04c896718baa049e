from __future__ import annotations

from sgpctl.manifest.references import without_references
from sgpctl.manifest.yaml_document import read_yaml
from sgpctl.model.located import Json


def read(text: str) -> tuple[Json, list[str]]:
    document = read_yaml(text, "f").documents[0]
    root, problems = without_references(document.root, document.mark)
    return root, [str(problem) for problem in problems]


ADVICE = "variables are not supported yet; write $${ for a literal ${"


def test_a_reference_is_an_error_where_it_stands() -> None:
    root, said = read("model: ${var.candidate}\nlist:\n  - 'see ${a} and ${b}'\n")
    assert said == [
        f"f:1:8: model: unknown reference '${{var.candidate}}': {ADVICE}",
        f"f:3:5: list[0]: unknown reference '${{a}}': {ADVICE}",
        f"f:3:5: list[0]: unknown reference '${{b}}': {ADVICE}",
    ]
    assert root == {"model": "${var.candidate}", "list": ["see ${a} and ${b}"]}


def test_two_dollars_write_a_literal_one() -> None:
    root, said = read("a: $${HOME} and $$${x} and $$ and $ {y} and {{item.x}}\nb: &b ['$${c}']\nd: *b\n")
    assert said == []
    assert root == {"a": "${HOME} and $${x} and $$ and $ {y} and {{item.x}}", "b": ["${c}"], "d": ["${c}"]}


def test_a_reference_that_is_not_closed_is_an_error() -> None:
    assert len(read("a: ${open\n")[1]) == 1


def test_a_reference_in_a_key_is_an_error_at_the_key() -> None:
    assert read("a:\n  ${b}: c\n")[1] == ["f:2:3: a.${b}: a key cannot hold ${; references are for values"]


def test_a_document_that_is_one_text_is_looked_at_too() -> None:
    assert read("${a}\n")[1][0].startswith("f:1:1: unknown reference")
