"""Which of the remote evaluations that were asked for get a manifest, and why the others do not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from sgpctl.model.evaluation import RemoteEvaluation
from sgpctl.model.located import Mark
from sgpctl.model.marks import Owner, is_owned_by, is_reserved_tag


class Fate(Enum):
    """What became of one evaluation in an import."""

    IMPORTED = auto()
    SKIPPED = auto()  # there is nothing to do, or it was not asked for
    REFUSED = auto()  # it was asked for, and cannot be


@dataclass(frozen=True, slots=True)
class Verdict:
    """One evaluation, what became of it, and why; the words follow its name. `files` are relative to the project."""

    evaluation: RemoteEvaluation
    fate: Fate
    words: tuple[str, ...] = ()
    files: tuple[str, ...] = ()


def sorted_out(
    found: Sequence[RemoteEvaluation],
    owner: Owner,
    declared_at: Mapping[str, Mark],
    *,
    archived_too: bool,
) -> tuple[tuple[RemoteEvaluation, ...], tuple[Verdict, ...]]:
    """Those to import, sorted by name, each name once; and a verdict about every other one."""
    verdicts: list[Verdict] = []
    by_name: dict[str, list[RemoteEvaluation]] = defaultdict(list)
    for remote in found:
        why = _why_not(remote, owner, declared_at, archived_too=archived_too)
        if why is None:
            by_name[remote.name].append(remote)
        else:
            verdicts.append(Verdict(remote, Fate.SKIPPED, (why,)))
    chosen: list[RemoteEvaluation] = []
    for name in sorted(by_name):
        best, *others = sorted(by_name[name], key=_newest_completed)
        chosen.append(best)
        why = f"is one of {len(others) + 1} of this name, of which the newest completed one ({best.id}) is imported"
        verdicts += [Verdict(other, Fate.SKIPPED, (why,)) for other in others]
    return tuple(chosen), tuple(verdicts)


def _why_not(
    remote: RemoteEvaluation, owner: Owner, declared_at: Mapping[str, Mark], *, archived_too: bool
) -> str | None:
    if is_owned_by(remote, owner):
        return "is owned by this project already"
    owner_tags = [tag for tag in remote.tags if is_reserved_tag(tag)]
    if owner_tags:
        return f"is not free: it carries the owner tag {', '.join(owner_tags)}"
    if remote.is_archived and not archived_too:
        return "is archived; --archived writes a manifest for it, too"
    if remote.name in declared_at:
        file, line, _ = declared_at[remote.name]
        return f"has a name that {file}:{line} declares already"
    return None


def _newest_completed(remote: RemoteEvaluation) -> tuple[object, ...]:
    return (
        remote.is_archived,
        remote.status != "completed",
        -remote.created_at.timestamp(),
        remote.id,
    )
