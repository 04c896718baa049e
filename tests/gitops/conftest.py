"""One account, one GitHub repository and one project, for each test anew."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from sgpctl.sandbox.app import create_app
from sgpctl.sandbox.knobs import Knobs
from sgpctl.sandbox.server import served
from sgpctl.sandbox.store import Store, open_store
from tests.gitops.actions import Job, JobEnd
from tests.gitops.github_server import GitHubServer, github_served
from tests.gitops.repositories import Clone, Remote, remote_of_example

KEY = "sk-of-the-gitops-tests-0123456789"


@dataclass
class Site:
    """Where everything happens. Every job gets a checkout of its own, as on a runner."""

    folder: Path
    store: Store
    base_url: str
    github: GitHubServer
    remote: Remote
    ada: Clone
    jobs: int = 0
    secrets: dict[str, str] = field(default_factory=lambda: {"api_key": KEY})

    def plan(self, branch: str, number: int = 1, **inputs: str) -> JobEnd:
        """The job of a pull request, which sees the branch merged into main."""
        checkout = self._checkout()
        checkout.git("checkout", "--quiet", "main")
        checkout.git("merge", "--quiet", "--no-ff", "--message", "merged by GitHub", f"origin/{branch}")
        head = checkout.git("rev-parse", f"origin/{branch}")
        event = {"pull_request": {"number": number, "head": {"sha": head}}}
        return self._job(checkout, event, checkout.git("rev-parse", "HEAD")).run(
            "plan", **{"environment": "prod", **self.secrets, **inputs}
        )

    def merge(self, branch: str, number: int = 1) -> str:
        """A person merges the pull request; returns the commit on main."""
        checkout = self._checkout()
        checkout.git("checkout", "--quiet", "main")
        checkout.git("merge", "--quiet", "--no-ff", "--message", f"Merge {branch}", f"origin/{branch}")
        checkout.git("push", "--quiet", "origin", "main")
        commit = checkout.git("rev-parse", "HEAD")
        self.github.merge(commit, number, checkout.git("rev-parse", f"origin/{branch}"))
        return commit

    def apply(self, commit: str, **inputs: str) -> JobEnd:
        """The job of a push to main."""
        checkout = self._checkout()
        checkout.git("checkout", "--quiet", commit)
        return self._job(checkout, {}, commit).run("apply", environment="prod", **{**self.secrets, **inputs})

    def drift(self, **inputs: str) -> JobEnd:
        checkout = self._checkout()
        commit = checkout.git("rev-parse", "origin/main")
        return self._job(checkout, {}, commit).run("drift", environment="prod", **{**self.secrets, **inputs})

    def snapshot(self) -> Path:
        checkout = self._checkout()
        job = self._job(checkout, {}, checkout.git("rev-parse", "origin/main"))
        end = job.run("snapshot", environment="prod", **self.secrets)
        assert end.code == 0, end.log
        return job.temp / "snapshot.json"

    def runs_paid_for(self) -> int:
        return len(self.store.ledger())

    def live(self) -> dict[str, str]:
        """Names of what is live, with their ids."""
        with self.store.transaction(writes=False) as db:
            rows = db.execute(
                "SELECT name, id FROM evaluation WHERE archived_at IS NULL ORDER BY name"
            ).fetchall()
        return {row["name"]: row["id"] for row in rows}

    def branch(self, name: str) -> Clone:
        """Ada begins a branch at the newest main."""
        self.ada.git("fetch", "--quiet", "origin")
        self.ada.git("checkout", "--quiet", "-B", name, "origin/main")
        return self.ada

    def push(self, name: str, message: str) -> None:
        self.ada.commit(message)
        self.ada.git("push", "--quiet", "--force", "origin", name)

    def _checkout(self) -> Clone:
        self.jobs += 1
        return self.remote.clone(f"runner-{self.jobs}")

    def _job(self, checkout: Clone, event: Mapping[str, object], commit: str) -> Job:
        temp = self.folder / f"temp-{self.jobs}"
        temp.mkdir()
        return Job(checkout.folder, temp, self.github, json.loads(json.dumps(event)), commit)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    store = open_store(tmp_path / "platform.db")
    with served(create_app(store, Knobs(run_seconds=0))) as base_url, github_served() as github:
        remote = remote_of_example(tmp_path, base_url)
        yield Site(tmp_path, store, base_url, github, remote, remote.clone("ada"))
    store.close()
