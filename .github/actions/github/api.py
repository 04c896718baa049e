"""What the actions ask of GitHub's API, with nothing but the standard library: a runner has Python and no more."""

from __future__ import annotations

import json
import os
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_SECONDS_MAX = 30.0
_PAGE_ITEMS = 100
_PAGES_MAX = 50
_ANSWER_BYTES_MAX = 300 * 1024 * 1024


class Failed(Exception):
    """GitHub could not be asked, or said no. The message is for the job's log."""


class _OnlyWithinHost(urllib.request.HTTPRedirectHandler):
    """A download is redirected to a storage host, which must not see the token."""

    def redirect_request(
        self, req: urllib.request.Request, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        request = super().redirect_request(req, fp, code, msg, headers, newurl)
        if request is not None and _host(newurl) != _host(req.full_url):
            request.remove_header("Authorization")
        return request


@dataclass(frozen=True)
class GitHub:
    """One repository, seen with the token of the job."""

    address: str
    token: str
    repository: str

    @classmethod
    def of_job(cls, environ: Mapping[str, str] = os.environ) -> GitHub:
        """Raises Failed when the job has no token."""
        token = environ.get("GITHUB_TOKEN", "")
        if not token:
            raise Failed("there is no token to ask GitHub with")
        address = environ.get("GITHUB_API_URL", "https://api.github.com")
        return cls(address.rstrip("/"), token, environ["GITHUB_REPOSITORY"])

    def get(self, path: str, **query: str | int) -> Any:
        return self._json("GET", f"{path}?{urllib.parse.urlencode(query)}" if query else path, None)

    def send(self, method: str, path: str, body: Mapping[str, object]) -> Any:
        return self._json(method, path, body)

    def pages(self, path: str, key: str | None = None, **query: str | int) -> Iterator[Mapping[str, Any]]:
        """Every item of a list; `key` names it where the answer is a map."""
        for page in range(1, _PAGES_MAX + 1):
            answer = self.get(path, per_page=_PAGE_ITEMS, page=page, **query)
            items = answer if key is None else answer[key]
            yield from items
            if len(items) < _PAGE_ITEMS:
                return

    def download(self, url: str) -> bytes:
        return self._answer("GET", url, None)

    def _json(self, method: str, path: str, body: Mapping[str, object] | None) -> Any:
        data = self._answer(method, f"{self.address}/repos/{self.repository}/{path}", body)
        try:
            return json.loads(data) if data else None
        except ValueError as error:
            raise Failed(f"{method} {path}: the answer is not JSON") from error

    def _answer(self, method: str, url: str, body: Mapping[str, object] | None) -> bytes:
        request = urllib.request.Request(  # noqa: S310 - the address is the runner's own
            url,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Accept": "application/vnd.github+json",
                "Authorization": f"Bearer {self.token}",
                "X-GitHub-Api-Version": "2022-11-28",
                **({} if body is None else {"Content-Type": "application/json"}),
            },
        )
        what = f"{method} {urllib.parse.urlsplit(url).path}"
        try:
            with urllib.request.build_opener(_OnlyWithinHost).open(request, timeout=_SECONDS_MAX) as answer:
                data: bytes = answer.read(_ANSWER_BYTES_MAX + 1)
        except urllib.error.HTTPError as error:
            with error:
                raise Failed(f"{what} was answered with {error.code} {error.reason}") from error
        except OSError as error:
            raise Failed(f"{what}: {error}") from error
        if len(data) > _ANSWER_BYTES_MAX:
            raise Failed(f"{what}: the answer is larger than {_ANSWER_BYTES_MAX:,} bytes")
        return data


def is_of_bot(item: Mapping[str, Any]) -> bool:
    """Whether a job wrote it. What people write is never taken for ours, whatever it says."""
    user = item.get("user") or {}
    return user.get("type") == "Bot"


def marker(kind: str, project: str, environment: str) -> str:
    """The first line by which a job finds again what an earlier one wrote."""
    return f"<!-- sgpctl {kind} {_plain(project)} {_plain(environment)} -->"


def warn(message: str) -> None:
    """A warning on the job, in one line."""
    escaped = message.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    print(f"::warning title=sgpctl::{escaped}", file=sys.stderr)


def _plain(text: str) -> str:
    """Nothing that could end the HTML comment."""
    return "".join(char if char.isalnum() or char in "._/" else "-" for char in text)


def _host(url: str) -> str | None:
    return urllib.parse.urlsplit(url).netloc
