"""A project in one of its environments, as one call of the command sees it."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sgpctl.cli.own_files import own_path
from sgpctl.cli.provenance import read_provenance
from sgpctl.cli.repository import read_message, read_repository
from sgpctl.errors import UsageError
from sgpctl.manifest.project import Environment, Project, choose_environment, find_project
from sgpctl.model.marks import Owner, Provenance
from sgpctl.plan.ack import is_token, tokens_in_message
from sgpctl.plan.plan import PlanHeader, Target
from sgpctl.plan.policy import Policy, Spending
from sgpctl.private_files import STATE_FOLDER


@dataclass(frozen=True, slots=True)
class Workspace:
    """What every verb that looks at the remote side starts from."""

    project: Project
    environment: Environment
    owner: Owner
    provenance: Provenance

    @classmethod
    def open(cls, start: Path, environment: str | None, environ: Mapping[str, str] = os.environ) -> Workspace:
        """Find the project at or above `start` and choose its environment (None: the project's default)."""
        project = find_project(start)
        chosen = choose_environment(project, environment)
        repository = read_repository(project.root)
        return cls(
            project,
            chosen,
            Owner(project.name, chosen.name, repository.address),
            read_provenance(project.root, repository, environ),
        )

    @property
    def journal_path(self) -> Path:
        return self.own_path(f"{STATE_FOLDER}/journal-{self.environment.name}.jsonl")

    @property
    def lock_path(self) -> Path:
        return self.own_path(f"{STATE_FOLDER}/lock-{self.environment.name}")

    def own_path(self, name: str) -> Path:
        """A file below the project's folder into which sgpctl itself writes.

        Raises LocalStateError for a link on the way: whoever wrote the repository would choose what is overwritten.
        """
        return own_path(self.project.root, name)

    def policy(
        self,
        *,
        allow_archive: int | None = None,
        acks: Sequence[str] = (),
        take_over: bool = False,
        destroy: bool = False,
    ) -> Policy:
        """The project's safety rails with what the command line, and the message of the commit, say about them.

        Raises UsageError for an ack that is no token.
        """
        for ack in acks:
            if not is_token(ack):
                raise UsageError(f"--ack {ack}: this is no token", hint="Copy the one that the plan prints.")
        budget = self.project.budget
        return Policy(
            max_archive=self.project.safety.max_archive,
            budget=Spending(budget.model_calls, budget.rows, budget.human_tasks),
            allow_archive=allow_archive,
            take_over=take_over,
            destroy=destroy,
            acks=frozenset(acks),
            acks_of_commit=frozenset() if destroy else tokens_in_message(read_message(self.project.root)),
        )

    def header(
        self, target: Target, manifest_files: int, policy: Policy, *, against: datetime | None = None
    ) -> PlanHeader:
        return PlanHeader(
            project=self.project.name,
            environment=self.environment.name,
            target=target,
            commit=self.provenance.commit,
            generated_at=datetime.now(UTC),
            sgpctl_version=self.provenance.version,
            manifest_files=manifest_files,
            allow_archive=policy.allow_archive,
            take_over=policy.take_over,
            occasion=self.provenance.occasion,
            acks=tuple(sorted(policy.acks)),
            against=against,
        )
