"""The sandbox without a socket: an httpx transport that calls the app in this process."""

from __future__ import annotations

import httpx
from starlette.types import ASGIApp


def sandbox_transport(app: ASGIApp) -> httpx.AsyncBaseTransport:
    """A transport that leads every host to `app`. An error in the app becomes an answer with status 500."""
    return httpx.ASGITransport(app=app, raise_app_exceptions=False)
