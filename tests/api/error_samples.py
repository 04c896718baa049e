"""Every error of the network as a user would read it, for the golden files and the search for the key in them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path

import httpx

from sgpctl.api import request as requests
from sgpctl.api.evaluations import Evaluations
from sgpctl.api.settings import Connection
from sgpctl.errors import ApiError
from sgpctl.model.located import Json
from tests.api.servers import CONNECTION, Script, Step, answer, client_of, failure_of

GOLDEN = Path(__file__).parent / "golden"
REFUSE = Path(__file__).parent.parent / "hostile" / "api" / "refuse"
ACCEPT = Path(__file__).parent.parent / "hostile" / "api" / "accept"

READ = requests.get("evaluations", query={"limit": 1})
CREATE = requests.write("POST", "evaluations", body={"name": "a"})
PATCH = requests.write("PATCH", "evaluations", "5Kc0", body={"name": "b"})

_HTML = {"content-type": "text/html"}
_LOGIN = b"<!doctype html><html><head><title>Sign in</title></head><body>...</body></html>"
_VALIDATION: Json = {
    "detail": [
        {"loc": ["body", "tasks", 0, "alias"], "msg": "String should have at least 1 character", "type": "x"},
        {"loc": ["body", "name"], "msg": "Field required", "type": "missing"},
    ]
}

Sample = tuple[requests.Request, Step, Connection]

SAMPLES: Mapping[str, Sample] = {
    "wrong key": (READ, answer({"detail": "Invalid API key"}, status=401), CONNECTION),
    "role": (CREATE, answer({"detail": "Requires one of: admin, manager, editor"}, status=403), CONNECTION),
    "no account": (
        READ,
        answer({"detail": "No account"}, status=403),
        Connection(CONNECTION.base_url, None, CONNECTION.api_key),
    ),
    "nothing there": (READ, answer({"detail": "Not Found"}, status=404), CONNECTION),
    "validation": (CREATE, answer(_VALIDATION, status=422), CONNECTION),
    "refused in a text": (PATCH, httpx.Response(400, content=b"archived, restore first\n"), CONNECTION),
    "refused without a word": (PATCH, httpx.Response(400), CONNECTION),
    "refused with another shape": (PATCH, answer({"error": {"message": "quota"}}, status=402), CONNECTION),
    "refused with an unknown shape": (PATCH, answer({"code": 7}, status=418), CONNECTION),
    "too large": (
        CREATE,
        httpx.Response(413, headers=_HTML, content=b"<html><title>413</title>"),
        CONNECTION,
    ),
    "login page": (READ, httpx.Response(200, headers=_HTML, content=_LOGIN), CONNECTION),
    "login page for a write": (CREATE, httpx.Response(200, headers=_HTML, content=_LOGIN), CONNECTION),
    "page with 403": (READ, httpx.Response(403, headers=_HTML, content=_LOGIN), CONNECTION),
    "page with 502": (READ, httpx.Response(502, headers=_HTML, content=_LOGIN), CONNECTION),
    "redirect": (
        READ,
        httpx.Response(302, headers={"location": "https://sso.example.org/in?x=1"}),
        CONNECTION,
    ),
    "redirect of a write": (CREATE, httpx.Response(307, headers={"location": "/elsewhere"}), CONNECTION),
    "put off": (READ, httpx.Response(429, headers={"retry-after": "1"}), CONNECTION),
    "put off a write": (CREATE, answer({"detail": "slow down"}, status=429), CONNECTION),
    "server fault": (READ, answer({"detail": "boom"}, status=500), CONNECTION),
    "server fault in a write": (CREATE, answer({"detail": "boom"}, status=500), CONNECTION),
    "conflict in a write": (PATCH, answer({"detail": "locked"}, status=409), CONNECTION),
    "unknown status": (READ, httpx.Response(599), CONNECTION),
    "no json": (READ, httpx.Response(200, content=b"OK"), CONNECTION),
    "cut json": (READ, httpx.Response(200, content=b'{"items": [{"id": "e1", "na'), CONNECTION),
    "cut json for a write": (CREATE, httpx.Response(201, content=b'{"id": "e1", "na'), CONNECTION),
    "refused connection": (READ, httpx.ConnectError("x"), CONNECTION),
    "slow connection": (CREATE, httpx.ConnectTimeout("x"), CONNECTION),
    "no answer in time": (READ, httpx.ReadTimeout("x"), CONNECTION),
    "no answer in time for a write": (CREATE, httpx.ReadTimeout("x"), CONNECTION),
    "broken connection": (READ, httpx.RemoteProtocolError("x"), CONNECTION),
    "broken connection for a write": (CREATE, httpx.ReadError("x"), CONNECTION),
    "proxy": (READ, httpx.ProxyError("407 Proxy Authentication Required"), CONNECTION),
}

_CONTENT_TYPES = {".json": "application/json", ".html": "text/html", ".txt": "text/plain"}


def file_answer(path: Path) -> httpx.Response:
    return httpx.Response(
        200, headers={"content-type": _CONTENT_TYPES[path.suffix]}, content=path.read_bytes()
    )


def list_failure(path: Path) -> ApiError:
    """What becomes of a list that is answered with the content of `path`."""

    async def ask() -> ApiError:
        async with client_of(Script(file_answer(path))) as client:
            try:
                await Evaluations(client).list_all()
            except ApiError as error:
                return error
        raise AssertionError(f"{path.name} was accepted")

    return asyncio.run(ask())


def worded(error: ApiError) -> str:
    hint = f"\n    hint: {error.hint}" if error.hint else ""
    return f"{type(error).__name__} [{error.request}] [{error.status}]\n    {error.message}{hint}\n"


def errors_text() -> str:
    parts = [
        f"# {name}\n{worded(failure_of(Script(step), asked, connection=at))}"
        for name, (asked, step, at) in SAMPLES.items()
    ]
    return "\n".join(parts)


def hostile_text() -> str:
    return "\n".join(f"# {path.name}\n{worded(list_failure(path))}" for path in sorted(REFUSE.iterdir()))


FILES: Mapping[str, Callable[[], str]] = {"errors.txt": errors_text, "hostile.txt": hostile_text}
