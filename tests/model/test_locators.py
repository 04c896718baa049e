import pytest

from sgpctl.model.located import Json
from sgpctl.model.locators import as_locator, named_column, prefixes, references


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("item.question", ["question"]),
        ("item.a.b", ["a.b"]),
        ("{{item.question}}", ["question"]),
        ("Q: {{ item.a.b }}\nA: {{item.user name}}", ["a.b", "user name"]),
        ("item.{{item.x}}", ["x"]),
        ("item.", []),
        ("item.price is a column", []),
        ("my item.price", []),
        ("{item.x} {{x}} {{items.x}} {{item}}", []),
        ("", []),
    ],
)
def test_the_columns_that_a_text_names(text: str, names: list[str]) -> None:
    assert [name for _, name in references(text)] == names


def test_references_are_found_at_any_depth_with_their_places() -> None:
    value: Json = {"messages": [{"content": "{{item.a}}", "n": 1}, {"content": [{"text": "item.b"}]}]}
    assert list(references(value, ("x",))) == [
        (("x", "messages", 0, "content"), "a"),
        (("x", "messages", 1, "content", 0, "text"), "b"),
    ]


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("a", ["a", "a"]),
        ("a.b.c", ["a.b.c", "a.b.c", "a.b", "a"]),
        ("a | upper", ["a | upper", "a"]),
        ("a[0].b", ["a[0].b", "a"]),
        ("[0]", ["[0]"]),
    ],
)
def test_the_columns_that_a_name_may_mean_longest_first(name: str, columns: list[str]) -> None:
    assert list(prefixes(name)) == columns


@pytest.mark.parametrize(("name", "column"), [("a.b", "a"), ("a | x", "a"), ("[0]", "[0]")])
def test_the_column_that_a_name_most_likely_means(name: str, column: str) -> None:
    assert named_column(name) == column


@pytest.mark.parametrize(
    ("text", "locator"),
    [("a", "item.a"), ("{{ item.a.b }}", "item.a.b"), ("item.a", "item.a"), ("", "item.<column>")],
)
def test_the_locator_that_was_most_likely_meant(text: str, locator: str) -> None:
    assert as_locator(text) == locator


def test_a_template_that_is_never_closed_costs_no_more_than_its_length() -> None:
    assert list(references("{{item.a" + " " * 500_000)) == []
    assert list(references("{{ item." * 100_000)) == []
    assert [name for _, name in references("{{item.a" + " " * 500_000 + "}}")] == ["a"]


def test_a_path_of_very_many_steps_is_looked_for_by_its_first_ones() -> None:
    name = "a." * 100_000 + "b"
    tried = list(prefixes(name))
    assert (tried[0], tried[-1]) == (name, "a")
    assert len(tried) < 300
