"""The few endpoints of GitHub's API that the actions use, on a loopback port, keeping what they write."""

from __future__ import annotations

import io
import json
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

BOT = {"login": "github-actions[bot]", "type": "Bot"}
PERSON = {"login": "mallory", "type": "User"}


@dataclass
class GitHubServer:
    """A repository with comments, issues, artifacts and merged pull requests. `may_write` is what the job's token may."""

    repository: str = "acme/evals"
    token: str = "token-of-the-job-0123456789"
    address: str = ""
    may_write: bool = True
    comments: list[dict[str, Any]] = field(default_factory=list)
    issues: list[dict[str, Any]] = field(default_factory=list)
    artifacts: list[dict[str, Any]] = field(default_factory=list)
    merged: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    tokens_at_storage: list[str | None] = field(default_factory=list)
    _files: dict[str, bytes] = field(default_factory=dict)

    def write_comment(self, user: dict[str, str], body: str) -> None:
        self.comments.append(self._item(len(self.comments) + 1, user, body))

    def keep_artifact(self, name: str, path: Path, *, head_sha: str, is_of_fork: bool = False) -> None:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as files:
            files.writestr(path.name, path.read_bytes())
        number = str(len(self.artifacts) + 1)
        self._files[number] = packed.getvalue()
        run = {"repository_id": 1, "head_repository_id": 2 if is_of_fork else 1, "head_sha": head_sha}
        url = f"{self.address}/repos/{self.repository}/actions/artifacts/{number}/zip"
        self.artifacts.insert(
            0, {"name": name, "expired": False, "workflow_run": run, "archive_download_url": url}
        )

    def merge(self, commit: str, number: int, head_sha: str) -> None:
        self.merged[commit] = [
            {
                "number": number,
                "merged_at": "2026-11-25T10:00:00Z",
                "merge_commit_sha": commit,
                "head": {"sha": head_sha},
            }
        ]

    def answer(self, method: str, path: str, query: dict[str, list[str]], body: Any) -> tuple[int, Any]:
        """The status and the JSON of one request."""
        if method != "GET" and not self.may_write:
            return 403, {"message": "Resource not accessible by integration"}
        match method, path.strip("/").split("/"):
            case "GET", ["commits", commit, "pulls"]:
                return 200, self.merged.get(commit, [])
            case "GET", ["actions", "artifacts"]:
                named = [one for one in self.artifacts if one["name"] == query["name"][0]]
                return 200, {"artifacts": _page(named, query)}
            case "GET", ["issues", _, "comments"]:
                return 200, _page(self.comments, query)
            case "POST", ["issues", number, "comments"] if self._issue(number) is None:
                self.write_comment(BOT, body["body"])
                return 201, self.comments[-1]
            case "POST", ["issues", number, "comments"]:
                return 201, self._item(int(number), BOT, body["body"])
            case "PATCH", ["issues", "comments", number]:
                self.comments[int(number) - 1]["body"] = body["body"]
                return 200, self.comments[int(number) - 1]
            case "GET", ["issues"]:
                return 200, _page([one for one in self.issues if one["state"] == query["state"][0]], query)
            case "POST", ["issues"]:
                self.issues.append(
                    {**self._item(len(self.issues) + 1, BOT, body["body"]), "state": "open", **body}
                )
                return 201, self.issues[-1]
            case "PATCH", ["issues", number]:
                issue = self._issue(number)
                assert issue is not None
                issue.update(body)
                return 200, issue
            case _:
                return 404, {"message": f"{method} {path} is not there"}

    def _issue(self, number: str) -> dict[str, Any] | None:
        return next((one for one in self.issues if str(one["number"]) == number), None)

    def _item(self, number: int, user: dict[str, str], body: str) -> dict[str, Any]:
        url = f"https://github.example/{self.repository}/{number}"
        return {"id": number, "number": number, "user": user, "body": body, "html_url": url}

    def download(self, number: str) -> bytes:
        return self._files[number]


def _page(items: list[dict[str, Any]], query: dict[str, list[str]]) -> list[dict[str, Any]]:
    size, page = int(query["per_page"][0]), int(query["page"][0])
    return items[(page - 1) * size : page * size]


@contextmanager
def github_served() -> Iterator[GitHubServer]:
    """A server on a free loopback port, for as long as the block lasts."""
    github = GitHubServer()

    class Handler(BaseHTTPRequestHandler):
        def _handle(self) -> None:
            parts = urlsplit(self.path)
            data = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if parts.path.startswith("/storage/"):
                github.tokens_at_storage.append(self.headers.get("Authorization"))
                self._send(200, github.download(parts.path.rsplit("/", 1)[-1]))
                return
            assert self.headers["Authorization"] == f"Bearer {github.token}"
            path = parts.path.removeprefix(f"/repos/{github.repository}")
            if path.endswith("/zip"):
                # Storage is another host: the same server by another name.
                where = github.address.replace("127.0.0.1", "localhost")
                self._send(302, b"", f"{where}/storage/{path.split('/')[-2]}")
                return
            status, answer = github.answer(
                self.command, path, parse_qs(parts.query), json.loads(data) if data else None
            )
            self._send(status, json.dumps(answer).encode())

        do_GET = do_POST = do_PATCH = _handle  # noqa: N815 - the names that http.server calls

        def _send(self, status: int, data: bytes, location: str | None = None) -> None:
            self.send_response(status)
            if location is not None:
                self.send_header("Location", location)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            """Tests read what the job prints, not what the server does."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    github.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield github
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
