"""What a project and a command line allow one plan to do."""

from __future__ import annotations

from dataclasses import dataclass, field

from sgpctl.limits import ARCHIVE_COUNT_DEFAULT, ARCHIVE_SHARE_DEFAULT


@dataclass(frozen=True, slots=True)
class Spending:
    """The most that one apply may start; None means no bound."""

    model_calls: int | None = None
    rows: int | None = None
    human_tasks: int | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """The safety rails in force (design 8).

    `max_archive` is a count, a share of what is owned, or None for the default. `allow_archive` is the exact number that
    a person named for this plan. `acks` are the tokens that were given for it, `acks_of_commit` those in the message of the
    commit, which may be meant for another plan. `take_over` lets evaluations that another repository made be treated as ours.
    `destroy` plans the archive of everything owned.
    """

    max_archive: int | float | None = None
    budget: Spending = field(default_factory=Spending)
    allow_archive: int | None = None
    take_over: bool = False
    destroy: bool = False
    acks: frozenset[str] = frozenset()
    acks_of_commit: frozenset[str] = frozenset()

    def archives_allowed(self, owned: int) -> int:
        """How many removals pass without being named: never all, unless a count in the project says so."""
        match self.max_archive:
            case int():
                return self.max_archive
            case float():
                return min(int(owned * self.max_archive), max(owned - 1, 0))
            case None:
                return min(max(ARCHIVE_COUNT_DEFAULT, int(owned * ARCHIVE_SHARE_DEFAULT)), max(owned - 1, 0))
