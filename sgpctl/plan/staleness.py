"""Whether a reviewed plan is still the plan, and where it is not."""

from __future__ import annotations

from sgpctl.plan.plan import Change, Plan


def differences(reviewed: Plan, current: Plan) -> tuple[str, ...]:
    """What the current plan has that the reviewed one has not, and the other way round, a line each, sorted by name."""
    before = {change.address: change for change in reviewed.changes}
    after = {change.address: change for change in current.changes}
    lines: list[tuple[str, str]] = []
    for address, change in before.items():
        if address not in after:
            lines.append((change.name, f"{_title(change)} was planned and is no longer needed"))
        elif _moved(change, after[address]):
            lines.append(
                (
                    change.name,
                    f"{_title(change)} would not do the same any more: {_why(change, after[address])}",
                )
            )
    lines += [
        (change.name, f"{_title(change)} is new")
        for address, change in after.items()
        if address not in before
    ]
    return tuple(line for _, line in sorted(lines))


def _title(change: Change) -> str:
    return f"{change.action.value} of {change.name!r}"


def _moved(before: Change, after: Change) -> bool:
    return Plan(changes=(before,)).digest != Plan(changes=(after,)).digest


def _why(before: Change, after: Change) -> str:
    if before.digest != after.digest:
        return "its manifest changed"
    if before.preconditions != after.preconditions:
        return "the remote evaluation was changed by someone"
    return "what it replaces or patches is no longer the same"
