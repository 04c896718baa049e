"""What a new run starts, counted before it is started."""

from __future__ import annotations

from sgpctl.model.evaluation import DesiredEvaluation, RemoteState
from sgpctl.model.executing import executes, has_run_condition
from sgpctl.plan.plan import Cost


def run_cost(one: DesiredEvaluation, state: RemoteState) -> Cost:
    """Rows times tasks. Every task that executes counts as one model call per row, metrics and functions too (API 3.1);
    contributor questions are counted apart, because people answer them.
    """
    rows = _row_count(one, state)
    executing = [task for task in one.tasks if executes(task)]
    questions = len(one.tasks) - len(executing)
    known = rows is not None
    count = rows or 0
    may_skip = any(has_run_condition(task) for task in executing) or (
        questions > 0 and bool(one.body.get("skip_prefilled_rows"))
    )
    return Cost(count * len(executing), count, count * questions, is_upper_bound=may_skip, is_known=known)


def _row_count(one: DesiredEvaluation, state: RemoteState) -> int | None:
    if one.rows is not None:
        return len(one.rows)
    if one.dataset_id is not None:
        return state.dataset_rows.get(one.dataset_id)
    return 0
