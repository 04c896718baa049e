from __future__ import annotations

import signal
import socket
import subprocess
import sys
import threading

import httpx
import pytest

from sgpctl.errors import UsageError
from sgpctl.sandbox.app import create_app
from sgpctl.sandbox.server import serve, served
from sgpctl.sandbox.store import Store

_HEADERS = {"x-api-key": "key"}
_PROGRAM = """
from sgpctl.sandbox.knobs import Knobs
from sgpctl.sandbox.server import serve
from sgpctl.sandbox.store import open_store

store = open_store(None)
serve(store, "127.0.0.1", 0, Knobs(), lambda base_url: print(base_url, flush=True))
store.close()
print("closed", flush=True)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_server_in_order_and_in_silence(number: signal.Signals) -> None:
    process = subprocess.Popen(
        [sys.executable, "-W", "error", "-c", _PROGRAM],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    base_url = process.stdout.readline().strip()
    with httpx.Client(trust_env=False, verify=False, headers=_HEADERS) as client:
        assert client.get(f"{base_url}/v5/evaluations").json()["total"] == 0
        process.send_signal(number)
        output, errors = process.communicate(timeout=30)
    assert (process.returncode, output, errors) == (0, "closed\n", "")


def test_a_client_that_hangs_up_is_no_error() -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", _PROGRAM], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    port = int(process.stdout.readline().rpartition(":")[2])
    half = b"POST /v5/evaluations HTTP/1.1\r\nHost: x\r\nx-api-key: key\r\nContent-Length: 100\r\n\r\n{"
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(half)
        connection.shutdown(socket.SHUT_WR)
        connection.recv(1000)
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=30) == ("closed\n", "")


def test_a_server_in_a_thread_ends_with_its_block(store: Store) -> None:
    threads = threading.active_count()
    with served(create_app(store)) as base_url, httpx.Client(trust_env=False, verify=False) as client:
        response = client.get(f"{base_url}/public/v5/evaluations", headers=_HEADERS)
        assert response.status_code == 200
    assert threading.active_count() == threads
    with httpx.Client(trust_env=False, verify=False) as client, pytest.raises(httpx.ConnectError):
        client.get(base_url)


def test_an_address_in_use_is_named(store: Store) -> None:
    with served(create_app(store)) as base_url:
        port = int(base_url.rpartition(":")[2])
        with pytest.raises(UsageError, match=f"127.0.0.1 port {port}"):
            serve(store, "127.0.0.1", port)


def test_a_host_that_does_not_exist_is_named(store: Store) -> None:
    with pytest.raises(UsageError, match=r"nowhere\.invalid"):
        serve(store, "nowhere.invalid", 0)
