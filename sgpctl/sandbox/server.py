"""The sandbox behind a socket: for a person until Ctrl-C, or for a test inside a `with`."""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

import uvicorn
from starlette.types import ASGIApp

from sgpctl.errors import UsageError
from sgpctl.sandbox.app import create_app
from sgpctl.sandbox.knobs import Knobs
from sgpctl.sandbox.store import Store

LOOPBACK = "127.0.0.1"

_SHUTDOWN_SECONDS = 5


class _Server(uvicorn.Server):
    """Leaves signals alone: whoever runs it decides who may stop it."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def serve(
    store: Store,
    host: str = LOOPBACK,
    port: int = 0,
    knobs: Knobs = Knobs(),  # noqa: B008 - a frozen value
    on_ready: Callable[[str], None] = lambda _base_url: None,
) -> None:
    """Serves until SIGINT or SIGTERM, finishes what is in flight, and returns. Port 0 takes a free one.

    `on_ready` is told the base URL once connections are accepted. UsageError when the address cannot be had.
    """
    with _listening(host, port) as listener:
        server = _server(create_app(store, knobs))
        with _stopped_by_signals(server):
            on_ready(_base_url(listener))
            server.run(sockets=[listener])


@contextmanager
def served(app: ASGIApp, host: str = LOOPBACK) -> Iterator[str]:
    """Serves `app` in a thread for as long as the `with` lasts; the value is the base URL."""
    with _listening(host, 0) as listener:
        server = _server(app)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield _base_url(listener)
        finally:
            server.should_exit = True
            thread.join()


def _server(app: ASGIApp) -> _Server:
    return _Server(
        uvicorn.Config(
            app,
            loop="asyncio",
            http="h11",
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=_SHUTDOWN_SECONDS,
        )
    )


@contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=128)
    except (OSError, OverflowError) as error:
        raise UsageError(
            f"The sandbox cannot listen on {host} port {port}: {_reason(error)}.",
            hint="Choose another --port, or 0 for a free one, and an address of this machine as --host.",
        ) from error
    with listener:
        # Connections inherit it here; without it every answer waits some 40 ms for a delayed acknowledgement.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield listener


def _reason(error: Exception) -> str:
    """Python adds to the system's words what it tried to do, which is said already."""
    words = error.strerror if isinstance(error, OSError) else None
    return (words or str(error)).partition(" (while ")[0]


def _base_url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


@contextmanager
def _stopped_by_signals(server: uvicorn.Server) -> Iterator[None]:
    """The first SIGINT or SIGTERM stops the server gently, the next one at once."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(_number: int, _frame: FrameType | None) -> None:
        server.force_exit = server.should_exit
        server.should_exit = True

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
