"""Whether a reviewed plan is still the plan, and where it is not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from sgpctl.plan.plan import Change, Plan


def differences(reviewed: Plan, current: Plan) -> tuple[str, ...]:
    """What the current plan has that the reviewed one has not, and the other way round, a line each, sorted by name."""
    before = {change.address: change for change in reviewed.changes}
    after = {change.address: change for change in current.changes}
    replaced = _replaced(before, after)
    lines: list[tuple[str, str]] = []
    for address, change in before.items():
        if address in replaced:
            lines.append((change.name, f"{_title(change)} would now be a {replaced[address].action.value}"))
        elif address not in after:
            lines.append((change.name, f"{_title(change)} was planned and is no longer needed"))
        elif _moved(change, after[address]):
            why = _why(change, after[address])
            lines.append((change.name, f"{_title(change)} would not do the same any more: {why}"))
    shown = {change.address for change in replaced.values()} | before.keys()
    lines += [
        (change.name, f"{_title(change)} is new") for address, change in after.items() if address not in shown
    ]
    return tuple(line for _, line in sorted(lines))


def _replaced(
    before: Mapping[tuple[str, str, str], Change], after: Mapping[tuple[str, str, str], Change]
) -> dict[tuple[str, str, str], Change]:
    """The changes that are no longer planned, with the one change that is planned for that name instead."""
    new: dict[str, list[Change]] = defaultdict(list)
    for address, change in after.items():
        if address not in before:
            new[change.name].append(change)
    return {
        address: new[change.name][0]
        for address, change in before.items()
        if address not in after and len(new[change.name]) == 1
    }


def _title(change: Change) -> str:
    return f"{change.action.value} of {change.name!r}"


def _moved(before: Change, after: Change) -> bool:
    return Plan(changes=(before,)).digest != Plan(changes=(after,)).digest


def _why(before: Change, after: Change) -> str:
    if before.digest != after.digest:
        return "its manifest changed"
    if before.preconditions != after.preconditions:
        return "the remote evaluation was changed by someone"
    if before.cost != after.cost:
        return "it would start another number of calls, rows or questions"
    if before.declared != after.declared:
        return "what its manifest declares beside the spec changed"
    return "what it replaces or patches is no longer the same"
