"""A plan as GitLab's own report of planned changes (`artifacts:reports:terraform`), shown in a merge request."""

from __future__ import annotations

from sgpctl.model.located import Json
from sgpctl.plan.action import Action
from sgpctl.plan.plan import Plan

_CREATES = frozenset({Action.CREATE, Action.REPLACE, Action.RESTORE})
_UPDATES = frozenset({Action.UPDATE, Action.RENAME, Action.ADOPT})


def gitlab_document(plan: Plan) -> dict[str, Json]:
    """Three counts of live evaluations: those that appear, those that are changed, and those that are archived, be it
    because another run takes their place.
    """
    actions = [change.action for change in plan.changes]
    superseded = sum(len(change.archives) for change in plan.changes)
    return {
        "create": sum(action in _CREATES for action in actions),
        "update": sum(action in _UPDATES for action in actions),
        "delete": sum(action is Action.ARCHIVE for action in actions) + superseded,
    }
