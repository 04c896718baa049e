"""A large matrix is seen as a whole."""

from __future__ import annotations

from dataclasses import replace

from sgpctl.model.evaluation import DesiredEvaluation
from sgpctl.plan.action import Action
from sgpctl.render.glyphs import UNICODE
from sgpctl.render.grid_text import grid_lines
from sgpctl.render.layout import plain
from tests.plan.sides import chat, created, declare, plan


def _matrix(models: str, prompts: str, edited: tuple[str, str] | None = None) -> list[DesiredEvaluation]:
    return [
        replace(
            declare(
                f"{model}-{prompt}",
                tasks=[chat(f"{model} {prompt}{'!' if edited == (model, prompt) else ''}")],
            ),
            place=("m.yaml", 1, 1),
            cell=(("model", model), ("prompt", prompt)),
        )
        for model in models
        for prompt in prompts
    ]


def test_every_cell_of_a_large_matrix_is_in_its_grid_also_the_unchanged() -> None:
    owned = [created(one, one.name) for one in _matrix("abc", "xyz")]
    made = plan(_matrix("abc", "xyz", edited=("b", "y")), owned)
    (grid,) = made.grids
    assert grid.axes == ("model", "prompt")
    assert dict(grid.cells)[("b", "y")] is Action.REPLACE
    assert sum(action is None for _, action in grid.cells) == 8


def test_a_small_matrix_or_one_without_a_change_has_no_grid() -> None:
    assert plan(_matrix("ab", "xy")).grids == ()
    owned = [created(one, one.name) for one in _matrix("abc", "xyz")]
    assert plan(_matrix("abc", "xyz"), owned).grids == ()


def test_a_grid_reads_as_rows_and_columns() -> None:
    owned = [created(one, one.name) for one in _matrix("abc", "xyz")]
    made = plan(_matrix("abc", "xyz", edited=("b", "y")), owned)
    assert plain(grid_lines(made.grids, UNICODE, 80)) == (
        "matrix m.yaml:1  model x prompt: 1 of 9 cells change\n"
        "      model  x  y    z\n"
        "      a      =  =    =\n"
        "      b      =  -/+  =\n"
        "      c      =  =    =\n"
        "\n"
    )
