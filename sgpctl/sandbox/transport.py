"""The sandbox without a socket: an httpx transport that calls the app in this process."""

from __future__ import annotations

import httpx
from starlette.types import ASGIApp

BASE_URL = "http://sandbox"


def sandbox_transport(app: ASGIApp) -> httpx.AsyncBaseTransport:
    """A transport for `httpx.AsyncClient(transport=..., base_url=BASE_URL)`. An error in the app becomes a 500."""
    return httpx.ASGITransport(app=app, raise_app_exceptions=False)
