"""Globs match what their definition says, and no way of writing one makes matching take for ever."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sgpctl.manifest.glob import pattern_of

names = st.lists(st.text("ab", min_size=1, max_size=4), min_size=1, max_size=5)
parts = st.lists(st.just("**") | st.text("ab*?", min_size=1, max_size=5), min_size=1, max_size=5)


def matches(parts: Sequence[str], names: Sequence[str]) -> bool:
    """The definition, tried in every way that there is."""
    if not parts:
        return True  # the folder that the glob names, and all below it
    first, *rest = parts
    if first == "**":
        return any(matches(rest, names[skipped:]) for skipped in range(len(names)))
    return bool(names) and is_named(first, names[0]) and matches(rest, names[1:])


def is_named(part: str, name: str) -> bool:
    if not part:
        return not name
    if part[0] == "*":
        return any(is_named(part[1:], name[skipped:]) for skipped in range(len(name) + 1))
    return bool(name) and part[0] in (name[0], "?") and is_named(part[1:], name[1:])


@given(parts, names)
@settings(max_examples=500)
def test_a_glob_matches_what_trying_every_way_finds(parts: list[str], names: list[str]) -> None:
    assert bool(pattern_of("/".join(parts)).fullmatch("/".join(names))) == matches(parts, names)


@pytest.mark.parametrize(
    ("glob", "path"),
    [
        ("**/" * 30 + "z", "a/" * 300 + "b.yaml"),
        ("**/a/" * 30 + "z", "a/" * 300 + "b.yaml"),
        ("*a" * 100 + "b", "a" * 4000 + ".yaml"),
        ("*?" * 100 + "b", "a" * 4000 + ".yaml"),
        ("**/" + "/**/".join(["*a*a*a*b"] * 10) + "/c", ("a" * 60 + "/") * 60 + "x"),
        ("*" * 10_000 + "b", "a" * 4000),
    ],
)
def test_a_wild_glob_that_matches_nothing_says_so_at_once(glob: str, path: str) -> None:
    assert not pattern_of(glob).fullmatch(path)


@pytest.mark.parametrize(
    ("glob", "matching", "others"),
    [
        ("[z-a]", [], ["z", "a", "m", "-"]),
        ("[z-ac]", ["c"], ["z", "a", "-"]),
        ("[!z-a]", ["z", "m"], ["/"]),
        ("[--a]", ["-", "5", "a"], ["b", "/"]),
        ("[a-]", ["a", "-"], ["b"]),
        ("[^a]", ["^", "a"], ["b"]),
        ("[&&~~||]", ["&", "~", "|"], ["a"]),
        ("[]", ["[]"], ["x"]),
        ("[!]", ["!"], ["[!]", "x"]),
        ("[a", ["[a"], ["a"]),
        ("a]", ["a]"], ["a"]),
    ],
)
def test_a_set_that_is_oddly_written_is_no_error(glob: str, matching: list[str], others: list[str]) -> None:
    pattern = pattern_of(glob)
    assert [name for name in [*matching, *others] if pattern.fullmatch(name)] == matching


def test_no_set_crosses_folders() -> None:
    assert not pattern_of("a[.-0]b").fullmatch("a/b")
    assert pattern_of("a[.-0]b").fullmatch("a.b")
    assert not pattern_of("a[!x]b").fullmatch("a/b")
