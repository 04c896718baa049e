"""`run_condition`: whether a guided-decoding task runs for a row (API 3.4).

leaf   {op: const, value}   {op: var, path: "item.<path>"}
cmp    {op: eq | ne | lt | lte | gt | gte, left, right}
set    {op: in | not_in, left, operands: [...]}
logic  {op: and | or | not | is_null | is_not_null, operands: [...]}
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping

from sgpctl.sandbox.locators import MISSING, look_up

_DEPTH_MAX = 50

_ORDERINGS: dict[str, Callable[[float, float], bool]] = {
    "lt": operator.lt,
    "lte": operator.le,
    "gt": operator.gt,
    "gte": operator.ge,
}
_COMPARISONS = frozenset({"eq", "ne", *_ORDERINGS})
_SETS = frozenset({"in", "not_in"})
_LOGIC = frozenset({"and", "or", "not", "is_null", "is_not_null"})


def checked_condition(condition: dict[str, object]) -> dict[str, object]:
    """`condition` as it is; ValueError when it does not follow the grammar."""
    _check(condition, depth=1)
    return condition


def holds(condition: object, row: Mapping[str, object]) -> bool:
    """True when the checked `condition` lets a task run for `row`. A path that leads nowhere is null."""
    return bool(_value(condition, row))


def _check(condition: object, *, depth: int) -> None:
    if depth > _DEPTH_MAX:
        raise ValueError(f"a run condition is at most {_DEPTH_MAX} levels deep")
    if not isinstance(condition, dict):
        raise ValueError("a run condition is an object with an `op`")  # noqa: TRY004 - pydantic turns it into a 422
    op = condition.get("op")
    match op:
        case "const":
            if "value" not in condition or isinstance(condition["value"], dict | list):
                raise ValueError("`const` needs a `value` that is a string, a number, a boolean or null")
        case "var":
            path = condition.get("path")
            if not isinstance(path, str) or not path.startswith("item."):
                raise ValueError("`var` needs a `path` that starts with `item.`")
        case str() if op in _COMPARISONS:
            _check(condition.get("left"), depth=depth + 1)
            _check(condition.get("right"), depth=depth + 1)
        case str() if op in _SETS:
            _check(condition.get("left"), depth=depth + 1)
            _check_operands(condition, depth=depth)
        case str() if op in _LOGIC:
            _check_operands(condition, depth=depth)
        case _:
            raise ValueError(f"unknown `op` {op!r} in a run condition")


def _check_operands(condition: dict[str, object], *, depth: int) -> None:
    operands = condition.get("operands")
    if not isinstance(operands, list) or not operands:
        raise ValueError(f"`{condition['op']}` needs a list of `operands`")
    for operand in operands:
        _check(operand, depth=depth + 1)


def _value(condition: object, row: Mapping[str, object]) -> object:
    if not isinstance(condition, dict):
        return None
    op = str(condition.get("op"))
    if op == "const":
        return condition.get("value")
    if op == "var":
        found = look_up(row, str(condition.get("path")).removeprefix("item."))
        return None if found is MISSING else found
    left, right = _value(condition.get("left"), row), _value(condition.get("right"), row)
    operands = condition.get("operands")
    return _applied(
        op, left, right, [_value(one, row) for one in operands] if isinstance(operands, list) else []
    )


def _applied(op: str, left: object, right: object, operands: list[object]) -> bool:
    match op:
        case "eq":
            return _same(left, right)
        case "ne":
            return not _same(left, right)
        case "in":
            return any(_same(left, operand) for operand in operands)
        case "not_in":
            return not any(_same(left, operand) for operand in operands)
        case "and":
            return all(operands)
        case "or":
            return any(operands)
        case "not":
            return not all(operands)
        case "is_null":
            return all(operand is None for operand in operands)
        case "is_not_null":
            return all(operand is not None for operand in operands)
        case _:
            return _ordered(op, left, right)


def _same(left: object, right: object) -> bool:
    return isinstance(left, bool) == isinstance(right, bool) and left == right


def _ordered(op: str, left: object, right: object) -> bool:
    """Numbers with numbers, texts with texts by their code points; anything else is never in order."""
    compare = _ORDERINGS[op]
    if isinstance(left, bool) or isinstance(right, bool):
        return False
    if isinstance(left, int | float) and isinstance(right, int | float):
        return compare(left, right)
    if isinstance(left, str) and isinstance(right, str):
        return compare((left > right) - (left < right), 0)
    return False
