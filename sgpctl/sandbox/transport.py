"""The sandbox without a socket: an httpx transport that calls the app in this process."""

from __future__ import annotations

from pathlib import Path

import httpx
from starlette.types import ASGIApp

from sgpctl.errors import LocalStateError
from sgpctl.sandbox.app import DATABASE_FAILED


def sandbox_transport(app: ASGIApp) -> httpx.AsyncBaseTransport:
    """A transport that leads every host to `app`. An error in the app becomes an answer with status 500."""
    return httpx.ASGITransport(app=app, raise_app_exceptions=False)


class EmbeddedTransport(httpx.AsyncBaseTransport):
    """The same for an app on a database of our own, whose failures are errors here and not answers of a platform.

    What is raised says that nothing was carried out: there is no need to wait, to ask again or to look.
    """

    def __init__(self, app: ASGIApp, database: Path) -> None:
        self._inner = sandbox_transport(app)
        self._database = database

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Raises LocalStateError."""
        response = await self._inner.handle_async_request(request)
        why = response.headers.get(DATABASE_FAILED)
        if why is not None:
            raise LocalStateError(
                f"{self._database}: the sandbox database cannot be used: {why}",
                hint="Free the disk, or give it the right to write there.",
            )
        return response
