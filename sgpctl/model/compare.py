"""Whether what was declared still holds remotely, blind to what a typed server fills in (API 8.5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sgpctl.model.alias import effective_alias
from sgpctl.model.evaluation import DesiredEvaluation, RemoteEvaluation
from sgpctl.model.located import Json
from sgpctl.model.marks import Owner, is_reserved_tag, read_marks


def holds(declared: Json, actual: Json) -> bool:
    """True when `actual` says everything that `declared` says; keys it has beyond that do not count.

    Nulls are as good as absent, 1 equals 1.0, a bool never equals a number, lists are compared in order.
    """
    if isinstance(declared, str):
        return declared == actual
    if isinstance(declared, dict):
        if not isinstance(actual, dict):
            return False
        for key, part in declared.items():
            if part is not None and not holds(part, actual.get(key)):
                return False
        return True
    if isinstance(declared, list):
        return isinstance(actual, list) and len(declared) == len(actual) and all(map(holds, declared, actual))
    if declared is None or isinstance(declared, bool):
        return declared is actual
    return not isinstance(actual, bool) and isinstance(actual, int | float) and declared == actual


def equals(left: Json, right: Json) -> bool:
    """True when both say the same: `holds` in both directions."""
    return holds(left, right) and holds(right, left)


def tasks_hold(declared: Sequence[Mapping[str, Json]], actual: Sequence[Mapping[str, Json]]) -> bool:
    """True when the remote tasks are exactly the declared ones, by alias, whatever the order."""
    mine, theirs = tasks_by_alias(declared), tasks_by_alias(actual)
    return mine.keys() == theirs.keys() and all(
        _task_holds(task, theirs[alias]) for alias, task in mine.items()
    )


def contradicts(declared: Json, actual: Json) -> bool:
    """True when `actual` says something else than `declared`; what it is silent about does not count."""
    if declared is None or actual is None:
        return False
    if isinstance(declared, dict) and isinstance(actual, dict):
        for key, part in declared.items():
            other = actual.get(key)
            if isinstance(part, str):
                if part != other and other is not None:
                    return True
            elif contradicts(part, other):
                return True
        return False
    if isinstance(declared, list) and isinstance(actual, list):
        return len(declared) != len(actual) or any(map(contradicts, declared, actual))
    return not holds(declared, actual)


def tasks_untouched(declared: Sequence[Mapping[str, Json]], actual: Sequence[Mapping[str, Json]]) -> bool:
    """True when nothing in the remote tasks contradicts the declared ones, from which they were created.

    A deployment drops configuration keys that it does not know. A key that is only missing is therefore no sign that
    somebody edited the tasks, and must not be a reason to pay for a new run.
    """
    pairs = _paired(declared, actual)
    return pairs is not None and not any(
        mine.get("task_type") != theirs.get("task_type")
        or contradicts(mine.get("configuration"), theirs.get("configuration"))
        for mine, theirs in pairs
    )


def _paired(
    declared: Sequence[Mapping[str, Json]], actual: Sequence[Mapping[str, Json]]
) -> list[tuple[Mapping[str, Json], Mapping[str, Json]]] | None:
    """Each declared task with its remote one; None when one of either side is left over.

    The platform's default alias may be another than we think, for a type that we do not know: then the only remote
    task of that type which is left is meant.
    """
    left = tasks_by_alias(actual)
    pairs: list[tuple[Mapping[str, Json], Mapping[str, Json]]] = []
    for alias, mine in tasks_by_alias(declared).items():
        if alias not in left and "alias" not in mine:
            same_type = [
                key for key, theirs in left.items() if theirs.get("task_type") == mine.get("task_type")
            ]
            alias = same_type[0] if len(same_type) == 1 else alias  # noqa: PLW2901 - the alias that it has there
        if alias not in left:
            return None
        pairs.append((mine, left.pop(alias)))
    return None if left else pairs


def dataset_agrees(one: DesiredEvaluation, remote: RemoteEvaluation) -> bool:
    """True when `remote` takes its rows from the dataset that `one` names, or from none when it names none."""
    if one.dataset_id is not None:
        return one.dataset_id in remote.dataset_ids
    dataset = one.body.get("dataset")
    if isinstance(dataset, dict):
        return dataset.get("name") in remote.dataset_names
    return not remote.dataset_ids


def same_tags(left: Iterable[str], right: Iterable[str]) -> bool:
    """Tags are a set, and some deployments lower-case them (API 7)."""
    return {tag.lower() for tag in left} == {tag.lower() for tag in right}


def may_be_adopted(one: DesiredEvaluation, remote: RemoteEvaluation, owner: Owner) -> bool:
    """True when nothing but the contents is left to be proven: the declared tags are there, or it was ours under this
    name before somebody took the tags away. What bears another project's owner tag never is.
    """
    if any(is_reserved_tag(tag) for tag in remote.tags):
        return False
    marks = read_marks(remote)
    was_ours = (
        marks.name == one.name and marks.digest == one.digest and marks.repository in {None, owner.repository}
    )
    return was_ours or carries_tags(remote, one.tags or ())


def carries_tags(remote: RemoteEvaluation, tags: Iterable[str]) -> bool:
    """True when `remote` has all of `tags`, compared as `same_tags` does."""
    return {tag.lower() for tag in tags} <= {tag.lower() for tag in remote.tags}


def tasks_by_alias(tasks: Sequence[Mapping[str, Json]]) -> dict[str, Mapping[str, Json]]:
    """The tasks under their effective aliases; one whose alias cannot be told goes under its position."""
    return {effective_alias(task) or f"#{index}": task for index, task in enumerate(tasks)}


def _task_holds(mine: Mapping[str, Json], theirs: Mapping[str, Json]) -> bool:
    return mine.get("task_type") == theirs.get("task_type") and holds(
        mine.get("configuration"), theirs.get("configuration")
    )
