"""A hostile platform: it repeats the key of every request, in errors or within what evaluations hold."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sgpctl.sandbox.wire import json_text

Spelling = Callable[[str], str]


def error_echo(status: int, spelling: Spelling) -> ASGIApp:
    """Answers everything with `status` and the headers that came, in the body and in headers of its own."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        spelled = spelling(Request(scope).headers["x-api-key"])
        detail = f"not with x-api-key: {spelled}, accept: application/json"
        echoes = {"x-request-id": " ".join(spelled.split()), "location": f"https://{len(spelled)}.example/x"}
        answer = Response(json_text({"detail": detail}), status, echoes, "application/json")
        await answer(scope, receive, send)

    return app


class ContentEcho:
    """A platform that puts the key, spelled as the n-th of `spellings`, wherever `echo:n:` was stored in it.

    It does so once it `is_hostile`; until then it is as sound as `app`.
    """

    def __init__(self, app: ASGIApp, spellings: Sequence[Spelling]) -> None:
        self.is_hostile = False
        self._app = app
        self._spellings = spellings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started: list[Message] = []

        async def echo(message: Message) -> None:
            if message["type"] == "http.response.start":
                started.append(message)
                return
            text = self._with_echoes(message["body"].decode(), Request(scope).headers["x-api-key"])
            answer = Response(text, started[0]["status"], media_type="application/json")
            await answer(scope, receive, send)

        await self._app(scope, receive, echo if self.is_hostile else send)

    def _with_echoes(self, text: str, key: str) -> str:
        for number, spelling in enumerate(self._spellings):
            text = text.replace(f"echo:{number}:", json_text(spelling(key))[1:-1])
        return text
