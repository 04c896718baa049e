"""An editor without a screen: speaks the language server protocol over standard input and output."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import Any

ANSWER_SECONDS_MAX = 20
CURSOR = "|"


class Editor:
    """One folder, opened in one language server with the settings that an editor would hand to it."""

    def __init__(self, command: Sequence[str], folder: Path, settings: Mapping[str, Any]) -> None:
        self._folder = folder
        self._settings = settings
        self._received: Queue[dict[str, Any]] = Queue()
        self._diagnostics: dict[str, list[dict[str, Any]]] = {}
        self._asked = 0
        self._version = 0
        self._server = subprocess.Popen(
            command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self._reader = Thread(target=self._receive, daemon=True)
        self._reader.start()
        self._ask("initialize", self._introduction())
        self._tell("initialized", {})
        self._tell("workspace/didChangeConfiguration", {"settings": {"yaml": settings}})

    def close(self) -> None:
        self._server.kill()
        self._server.wait()
        self._reader.join()
        for stream in (self._server.stdin, self._server.stdout):
            if stream is not None:
                stream.close()

    def complaints(self, path: str, text: str) -> list[str]:
        """What is wrong with a file called `path` of this text, each as line and message."""
        uri = self._open(path, text)
        found = self._diagnostics[uri]
        return sorted(f"{one['range']['start']['line'] + 1}: {one['message']}" for one in found)

    def completions(self, path: str, text: str) -> list[str]:
        """The labels that are offered where the cursor stands in `text`."""
        answer = self._at_cursor("textDocument/completion", path, text)
        return [item["label"] for item in answer["items"]]

    def hover(self, path: str, text: str) -> str:
        """What is shown when the pointer rests where the cursor stands in `text`."""
        answer = self._at_cursor("textDocument/hover", path, text)
        return str(answer["contents"]["value"]) if answer else ""

    def wait_for_complaints(self, path: str, text: str) -> None:
        """Until there is one: settings and schemas reach the server some time after it has started."""
        uri = self._open(path, text)
        while not self._diagnostics[uri]:
            self._handle(self._next())

    def _at_cursor(self, method: str, path: str, marked: str) -> Any:
        before, _, after = marked.partition(CURSOR)
        uri = self._open(path, before + after)
        position = {"line": before.count("\n"), "character": len(before) - before.rfind("\n") - 1}
        return self._ask(method, {"textDocument": {"uri": uri}, "position": position})

    def _open(self, path: str, text: str) -> str:
        """Open a file that need not exist, and wait for the first word about it."""
        uri = (self._folder / path).as_uri()
        self._version += 1  # the server remembers what it read by name and version
        document = {"uri": uri, "languageId": "yaml", "version": self._version, "text": text}
        self._tell("textDocument/didClose", {"textDocument": {"uri": uri}})
        self._ask("textDocument/documentSymbol", {"textDocument": {"uri": uri}})
        self._diagnostics.pop(uri, None)
        self._tell("textDocument/didOpen", {"textDocument": document})
        while uri not in self._diagnostics:
            self._handle(self._next())
        return uri

    def _introduction(self) -> dict[str, Any]:
        uri = self._folder.as_uri()
        text = {
            "completion": {"completionItem": {"snippetSupport": True}},
            "hover": {"contentFormat": ["markdown"]},
        }
        return {
            "processId": None,
            "rootUri": uri,
            "workspaceFolders": [{"uri": uri, "name": self._folder.name}],
            "capabilities": {
                "textDocument": text,
                "workspace": {"configuration": True, "workspaceFolders": True},
            },
        }

    def _ask(self, method: str, parameters: object) -> Any:
        self._asked += 1
        number = self._asked
        self._send({"id": number, "method": method, "params": parameters})
        while True:
            message = self._next()
            if message.get("id") == number and "method" not in message:
                assert "error" not in message, message
                return message["result"]
            self._handle(message)

    def _tell(self, method: str, parameters: object) -> None:
        self._send({"method": method, "params": parameters})

    def _handle(self, message: dict[str, Any]) -> None:
        match message:
            case {"method": "workspace/configuration", "id": number, "params": {"items": items}}:
                answers = [self._settings if item["section"] == "yaml" else None for item in items]
                self._send({"id": number, "result": answers})
            case {"method": str(), "id": number}:
                self._send({"id": number, "result": None})
            case {"method": "textDocument/publishDiagnostics", "params": {"uri": uri, "diagnostics": found}}:
                self._diagnostics[uri] = found
            case _:
                pass  # a word in the log, or an answer that nobody waits for any more

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode("utf-8")
        assert self._server.stdin is not None
        self._server.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self._server.stdin.flush()

    def _next(self) -> dict[str, Any]:
        """The next message. Raises queue.Empty when none comes for too long."""
        return self._received.get(timeout=ANSWER_SECONDS_MAX)

    def _receive(self) -> None:
        stream = self._server.stdout
        assert stream is not None
        length = 0
        while line := stream.readline():
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
            elif line == b"\r\n":
                self._received.put(json.loads(stream.read(length)))
