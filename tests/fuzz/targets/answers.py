"""What a server may answer: a first line `STATUS CONTENT-TYPE ENCODING`, then the bytes, to some questions in turn."""

from __future__ import annotations

import gzip
import json
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from zlib import crc32

import httpx

from sgpctl.api.client import Client
from sgpctl.api.evaluations import Evaluations
from sgpctl.api.importing import Reader
from sgpctl.api.lookup import Lookup
from sgpctl.errors import ApiError
from sgpctl.limits import ANSWER_BYTES_MAX, MIB
from sgpctl.model.evaluation import RemoteEvaluation
from sgpctl.model.located import Json
from sgpctl.model.names import Kind, Named
from sgpctl.model.readback import NotImportable
from sgpctl.render.glyphs import UNICODE
from sgpctl.render.json_text import json_text
from sgpctl.render.layout import plain
from sgpctl.render.list_text import list_document, list_lines
from sgpctl.render.problems_text import error_lines
from tests.api.servers import SECRET, Chunks, client_of, page, run
from tests.fuzz.targets.target import hostile_files, is_printable, promise

_FILE = "answer"
_NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
_QUESTIONS_ASKED = 3  # with one input, chosen by what it holds
_PIECE_BYTES = 5000
_BOMB_BYTES = ANSWER_BYTES_MAX - MIB
_EVALUATION: dict[str, Json] = {
    "id": "e1",
    "name": "a",
    "status": "completed",
    "created_at": "2026-11-01T00:00:00Z",
    "archived_at": None,
    "tags": ["sgpctl:demo:prod"],
    "metadata": {"sgpctl_name": "a", "sgpctl_digest": "v1:x"},
    "tasks": [{"task_type": "metric", "alias": "f1", "configuration": {"type": "f1"}}],
    "datasets": [{"id": "d1", "name": "d"}],
    "error_count": 1,
    "progress": {"items": {"total": 3, "successful": 1, "failed": 1, "pending": 1}},
}
_ITEM: dict[str, Json] = {
    "id": "i1",
    "evaluation_id": "e1",
    "data": {"q": "x", "f1": 0.5},
    "files": {"a": "f1"},
    "dataset_item_id": "x",
}
_SCHEMA = {
    "fields": [{"field_name": "q", "source": "data"}, {"field_name": "f1", "source": "task_result_cache"}]
}
_PROBLEMS = {"detail": [{"loc": ["body", "tasks", 0, "alias"], "msg": "wrong", "type": "x"}]}

Question = Callable[[Evaluations], Awaitable[object]]
QUESTIONS: tuple[Question, ...] = (
    lambda api: api.list_all(),
    lambda api: api.list_tagged("sgpctl:demo:prod", include_archived=True),
    lambda api: api.find("sgpctl_nonce", "n1", tag=None),
    lambda api: api.get("e1"),
    lambda api: api.create({"name": "a"}),
    lambda api: api.archive("e1"),
    lambda api: api.contents("e1", frozenset({"f1"}), rows_max=100),
    lambda api: api.schema("e1"),
    lambda api: api.dataset_row_count("d1"),
    lambda api: api.dataset_version("d1"),
    lambda api: Reader(api).read(RemoteEvaluation("e1", "a", "completed", _NOW)),
    lambda api: Lookup(api._client).look_up([Named(Kind.DATASET, "a"), Named(Kind.QUESTION, "b")]),
)


class Answers:
    name = "client"
    outputs = ()

    def seeds(self) -> Iterator[bytes]:
        for path in hostile_files("api"):
            yield b"200 application/json\n" + path.read_bytes()
        for status in (200, 201, 204, 302, 400, 401, 403, 404, 409, 413, 422, 429, 500, 503):
            yield b"%d application/json\n%s" % (status, json.dumps(_PROBLEMS).encode())
            yield b"%d text/html\n<html><head><title>a &amp; b</title></head></html>" % status
        for body in (
            _EVALUATION,
            page([_EVALUATION]),
            page([_ITEM], total=1),
            _SCHEMA,
            {"current_version_num": 3},
        ):
            yield b"200 application/json\n" + json.dumps(body).encode()
            yield b"200 application/json gzip\n" + json.dumps(body).encode()
        wide = '{"items": ["\U0001f600'.encode()
        for start, bomb, length in (
            (b"[", b"[],", _BOMB_BYTES),
            (wide, b"x", _BOMB_BYTES),
            (b"", b" ", 9 * _BOMB_BYTES),
        ):
            bomb_body = start + bomb * (length // len(bomb))
            yield b"200 application/json raw-gzip\n" + gzip.compress(bomb_body, 1, mtime=0)

    def prepare(self, data: bytes, folder: Path) -> None:
        (folder / _FILE).write_bytes(data)

    def run(self, folder: Path) -> str:
        data = (folder / _FILE).read_bytes()
        chosen = Random(crc32(data)).sample(QUESTIONS, _QUESTIONS_ASKED)

        async def endings(client: Client) -> list[str]:
            return [await _ending(client, question) for question in chosen]

        return "\n".join(run(client_of(httpx.MockTransport(lambda _: _answer(data))), endings))


def _answer(data: bytes) -> httpx.Response:
    head, _, body = data.partition(b"\n")
    words = [*head.decode("ascii", "replace").split(), "", "", ""]
    status = int(words[0]) if words[0].isdecimal() and 100 < int(words[0][:4]) < 600 else 200
    headers = {"content-type": words[1] if words[1].isprintable() else ""}
    if words[2]:
        headers["content-encoding"] = "gzip" if words[2].endswith("gzip") else words[2][:20]
    if words[2] == "gzip":
        body = gzip.compress(body, 1)
    pieces = (body[start : start + _PIECE_BYTES] for start in range(0, len(body), _PIECE_BYTES))
    return httpx.Response(status, headers=headers, stream=Chunks(*pieces))


async def _ending(client: Client, question: Question) -> str:
    try:
        answer = await question(Evaluations(client))
    except ApiError as error:
        promise(error.message.isprintable() and len(error.message) < 1000, "an error that is no line")
        promise(SECRET not in f"{error.message}{error.hint}", "the key in an error")
        promise(is_printable(plain(error_lines(error))), "an error that steers the terminal")
        return f"{type(error).__name__}: {error.message}"
    except NotImportable as error:
        promise(is_printable(str(error)), "an error that steers the terminal")
        return str(error)
    items = getattr(answer, "items", ())
    found = [
        one
        for one in (answer, *(items if isinstance(items, tuple) else ()))
        if isinstance(one, RemoteEvaluation)
    ]
    text = plain(list_lines(found, _NOW, UNICODE, width=80))
    promise(is_printable(text), "a list that steers the terminal")
    promise(is_printable(json_text(list_document(found, _NOW))), "JSON that steers the terminal")
    return f"{type(answer).__name__} with {len(found)}"
