"""Errors: what happened, and beneath it what to do next."""

from __future__ import annotations

from sgpctl.errors import ManifestError, SettingsError, StalePlan
from sgpctl.limits import PROBLEMS_SHOWN_MAX
from sgpctl.manifest.problem import error_at, warning_at
from sgpctl.render.glyphs import UNICODE
from sgpctl.render.layout import plain
from sgpctl.render.problems_text import error_lines, problem_lines, warning_lines


def test_a_hint_stands_beneath_its_error() -> None:
    error = SettingsError("no API key for environment 'prod'", hint="Set SGP_API_KEY.")
    assert plain(error_lines(error)) == "error: no API key for environment 'prod'\n  Set SGP_API_KEY.\n"


def test_a_text_in_an_error_makes_no_second_line() -> None:
    shown = plain(error_lines(SettingsError("bad answer\nerror: all is well\x1b[2J")))
    assert shown == "error: bad answer\\nerror: all is well\\x1b[2J\n"


def test_what_moved_since_a_review_is_listed_line_by_line() -> None:
    shown = plain(
        error_lines(StalePlan("the saved plan is stale\n  create of 'a' is new", hint="Review it."))
    )
    assert shown == "error: the saved plan is stale\n    create of 'a' is new\n  Review it.\n"


def test_problems_of_manifests_begin_with_their_file_and_line() -> None:
    error = ManifestError("a.yaml:1:1: name: is missing\nb.yaml:3:2: tasks: unknown key")
    assert plain(error_lines(error)) == "a.yaml:1:1: name: is missing\nb.yaml:3:2: tasks: unknown key\n"


def test_problems_are_counted_with_their_files() -> None:
    problems = [
        warning_at(("a.yaml", 2, 1), "'no' is text", ("tags", 0)),
        error_at(("a.yaml", 1, 1), "is missing", ("name",)),
        error_at(("b.yaml", 1, 1), "unreadable"),
    ]
    assert plain(problem_lines(problems, UNICODE)) == (
        "a.yaml:1:1: name: is missing\n"
        "b.yaml:1:1: unreadable\n"
        "a.yaml:2:1: warning: tags[0]: 'no' is text\n"
        "2 problems, 1 warning in 2 files.\n"
    )


def test_no_problems_are_no_lines() -> None:
    assert problem_lines([], UNICODE) == []


def test_beyond_the_bound_problems_are_only_counted() -> None:
    problems = [error_at(("a.yaml", line + 1, 1), "odd") for line in range(PROBLEMS_SHOWN_MAX + 3)]
    shown = plain(problem_lines(problems, UNICODE)).split("\n")
    assert shown[-3:] == ["… 3 more problems", f"{PROBLEMS_SHOWN_MAX + 3} problems in 1 file.", ""]


def test_each_warning_is_one_line() -> None:
    assert plain(warning_lines(["one\ntwo"])) == "warning: one\\ntwo\n"
