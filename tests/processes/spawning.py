"""Real `sgpctl` processes, forked from one that has imported everything already, so that a thousand of them are cheap."""

from __future__ import annotations

import ctypes
import importlib
import json
import os
import pkgutil
import resource
import signal
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NoReturn

import certifi

_POLL_SECONDS = 0.05
_SECONDS_MAX = 120.0
_CAPABILITY_VERSION = 0x20080522
_IMPORTED_LATE = ("anyio._backends._asyncio", "certifi", "deepdiff", "httpcore", "pwd")  # at their first use


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a process finds when it starts. Streams are paths; without one, output is kept for `Done`.

    No file may grow beyond `file_bytes_max`, as on a disk that is full. Who is `unprivileged` may not write
    what permissions forbid, the superuser included.
    """

    stdin: str = os.devnull
    stdout: str | None = None
    stderr: str | None = None
    file_bytes_max: int | None = None
    unprivileged: bool = False


@dataclass(frozen=True, slots=True)
class Done:
    """How a process ended; `code` is negative for the signal that killed it."""

    code: int
    out: str
    err: str

    @property
    def is_tidy(self) -> bool:
        """It did not show what only its makers understand."""
        return not any(words in self.err for words in ("Traceback", "Exception", "bug"))


@dataclass(frozen=True, slots=True)
class Process:
    """One that was started. Its streams and its end are files that begin with `files`."""

    pid: int
    files: Path

    def send(self, number: int) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)

    @property
    def is_over(self) -> bool:
        return Path(f"{self.files}.code").exists()

    def wait(self) -> Done:
        self._poll("an end", lambda: self.is_over)
        return Done(int(Path(f"{self.files}.code").read_text()), self.text("out"), self.text("err"))

    def wait_until_it_says(self, words: str) -> None:
        self._poll(words, lambda: self.is_over or words in self.text("err"))

    def wait_until_it_opens(self, path: Path) -> None:
        self._poll(str(path), lambda: self.is_over or path.resolve() in self._open_files())

    def text(self, stream: str) -> str:
        """What is on `out` or `err` so far."""
        path = Path(f"{self.files}.{stream}")
        return path.read_text() if path.exists() else ""

    def _open_files(self) -> set[Path]:
        found = set()
        with suppress(OSError):  # it ends, or closes one, in this moment
            for link in Path(f"/proc/{self.pid}/fd").iterdir():
                found.add(link.readlink())
        return found

    def _poll(self, what: str, is_so: Callable[[], bool]) -> None:
        give_up = time.monotonic() + _SECONDS_MAX
        while not is_so():
            assert time.monotonic() < give_up, f"no {what} of process {self.pid}: {self.text('err')[-2000:]}"
            time.sleep(_POLL_SECONDS)


class Spawner:
    """Starts processes through a parent without threads, from which forking is safe."""

    def __init__(self, parent: subprocess.Popen[str], folder: Path) -> None:
        self._parent = parent
        self._folder = folder
        self._lock = threading.Lock()
        self._number = 0

    def start(
        self,
        arguments: Sequence[str],
        environ: Mapping[str, str],
        surroundings: Surroundings = Surroundings(),
    ) -> Process:
        with self._lock:
            self._number += 1
            files = self._folder / str(self._number)
            order = {"arguments": [*arguments], "environ": {**environ}, "files": str(files)}
            assert self._parent.stdin is not None
            assert self._parent.stdout is not None
            self._parent.stdin.write(json.dumps({**order, "surroundings": asdict(surroundings)}) + "\n")
            self._parent.stdin.flush()
            return Process(int(self._parent.stdout.readline()), files)


class Reader:
    """Whoever reads a pipe that a process writes to, until they leave."""

    def __init__(self, path: Path) -> None:
        os.mkfifo(path)
        self.path = str(path)
        self._handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK)

    def read(self) -> str:
        """What is in the pipe now."""
        return os.read(self._handle, 1 << 16).decode()

    def leave(self, _: Process | None = None) -> None:
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1


@contextmanager
def reading(path: Path) -> Iterator[Reader]:
    reader = Reader(path)
    try:
        yield reader
    finally:
        reader.leave()


@contextmanager
def spawning(folder: Path) -> Iterator[Spawner]:
    parent = subprocess.Popen(
        [sys.executable, "-m", "tests.processes.spawning"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    try:
        yield Spawner(parent, folder)
    finally:
        assert parent.stdin is not None
        assert parent.stdout is not None
        parent.stdin.close()
        parent.wait()
        parent.stdout.close()


def _parent() -> None:
    """Forks for every order on standard input; a child of each child waits for nobody, so there are two forks."""
    _import_everything()
    for line in sys.stdin:
        order = json.loads(line)
        read_end, write_end = os.pipe()
        if os.fork() == 0:
            _watch(order, write_end)
        os.close(write_end)
        sys.stdout.write(f"{int(os.read(read_end, 20))}\n")
        sys.stdout.flush()
        os.close(read_end)
        with suppress(ChildProcessError):
            os.waitpid(-1, os.WNOHANG)


def _import_everything() -> None:
    """What is imported here need not be imported by every child."""
    import sgpctl

    ours = (module.name for module in pkgutil.walk_packages(sgpctl.__path__, "sgpctl."))
    for name in (*ours, *_IMPORTED_LATE):
        importlib.import_module(name)


def _watch(order: Mapping[str, Any], write_end: int) -> NoReturn:
    """Start the process of an order, and write down how it ended."""
    files = str(order["files"])
    pid = os.fork()
    if pid == 0:
        _run(order["arguments"], order["environ"], files, Surroundings(**order["surroundings"]))
    os.write(write_end, str(pid).encode())
    os.close(write_end)
    _, status = os.waitpid(pid, 0)
    Path(f"{files}.code.new").write_text(str(os.waitstatus_to_exitcode(status)))
    Path(f"{files}.code.new").replace(f"{files}.code")
    os._exit(0)


def _run(arguments: list[str], environ: dict[str, str], files: str, around: Surroundings) -> NoReturn:
    code = 70
    try:
        _settle_in(environ, files, around)
        from sgpctl.cli.main import run

        run(arguments)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 71
    finally:
        code = _flushed(code)
        os._exit(code)


def _settle_in(environ: dict[str, str], files: str, around: Surroundings) -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)  # whatever whoever started the tests ignores
    outputs = ((1, around.stdout or f"{files}.out"), (2, around.stderr or f"{files}.err"))
    for number, path in outputs:
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), number)
    os.dup2(os.open(around.stdin, os.O_RDONLY | os.O_NOCTTY), 0)
    sys.stdin = os.fdopen(0, closefd=False)
    os.environ.clear()
    os.environ.update(environ, SSL_CERT_FILE=_a_certificate(files))
    if around.file_bytes_max is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (around.file_bytes_max, around.file_bytes_max))
    if around.unprivileged and os.geteuid() == 0:
        _drop_capabilities()


def _a_certificate(files: str) -> str:
    """A file with one certificate: to read all of them takes longer than all else, and nobody here speaks TLS."""
    end = "-----END CERTIFICATE-----\n"
    first = Path(certifi.where()).read_text(encoding="ascii").partition(end)[0]
    Path(f"{files}.pem").write_text(first + end)
    return f"{files}.pem"


def _drop_capabilities() -> None:
    """The superuser without them is held to the permissions of files, and still owns those that the tests wrote."""
    libc = ctypes.CDLL(None, use_errno=True)
    header = struct.pack("Ii", _CAPABILITY_VERSION, 0)
    if libc.capset(header, bytes(24)) != 0:
        raise OSError(ctypes.get_errno(), "capset")


def _flushed(code: int) -> int:
    """Python ends with 120 when what is still in its streams cannot be written."""
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        return 120
    return code


if __name__ == "__main__":
    _parent()
