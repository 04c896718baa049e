"""`/v5/questions` (API 5): only the name can change; restoring is an endpoint of its own."""

from __future__ import annotations

import sqlite3
from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, Field, RootModel

from sgpctl.sandbox.bodies import checked
from sgpctl.sandbox.calls import Call, Endpoint, Reply
from sgpctl.sandbox.moments import next_created_at
from sgpctl.sandbox.paging import Listing, page_reply, read_page
from sgpctl.sandbox.problems import NotFound, Refused
from sgpctl.sandbox.task_models import Text
from sgpctl.sandbox.wire import CREATED_BY, json_object, json_text, stored

_KIND = "Question"


class Categorical(BaseModel):
    choices: Annotated[list[str], Field(min_length=1)]
    dropdown: bool | None = None
    multi: bool | None = None


class Rating(BaseModel):
    min_label: str
    max_label: str
    steps: Annotated[int, Field(ge=1)]


class Number(BaseModel):
    min: float | None = None
    max: float | None = None


class FreeText(BaseModel):
    min_length: int | None = None
    max_length: int | None = None


class Form(BaseModel):
    form_schema: dict[str, object]


class Timestamp(BaseModel):
    multi: bool | None = None


class _Question(BaseModel):
    name: Text
    prompt: str
    conditions: list[dict[str, object]] | None = None


class CategoricalQuestion(_Question):
    question_type: Literal["categorical"]
    configuration: Categorical


class RatingQuestion(_Question):
    question_type: Literal["rating"]
    configuration: Rating


class NumberQuestion(_Question):
    question_type: Literal["number"]
    configuration: Number | None = None


class FreeTextQuestion(_Question):
    question_type: Literal["free_text"]
    configuration: FreeText | None = None


class FormQuestion(_Question):
    question_type: Literal["form"]
    configuration: Form


class TimestampQuestion(_Question):
    question_type: Literal["timestamp"]
    configuration: Timestamp | None = None


Question: TypeAlias = Annotated[
    CategoricalQuestion
    | RatingQuestion
    | NumberQuestion
    | FreeTextQuestion
    | FormQuestion
    | TimestampQuestion,
    Field(discriminator="question_type"),
]


class QuestionCreate(RootModel[Question]):
    """The body is the question itself, of one of six types."""


class QuestionPatch(BaseModel):
    name: Text


def _create(call: Call) -> Reply:
    question = checked(QuestionCreate, call).root
    configuration = question.configuration
    question_id = call.new_id()
    call.db.execute(
        "INSERT INTO question (id, account, question_type, name, prompt, configuration, conditions, created_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            question_id,
            call.account,
            question.question_type,
            question.name,
            question.prompt,
            None if configuration is None else json_text(configuration.model_dump(mode="json")),
            None if question.conditions is None else json_text(question.conditions),
            next_created_at(call.db, call.now),
        ),
    )
    return _shown(call, question_id)


def _list(call: Call) -> Reply:
    where: list[str] = []
    params: dict[str, object] = {"account": call.account}
    if not call.query.flag("include_archived"):
        where.append("q.archived_at IS NULL")
    if ids := call.query.texts("ids"):
        where.append("q.id IN (SELECT value FROM json_each(:ids))")
        params["ids"] = json_text(ids)
    listing = Listing(
        source="question q",
        columns="q.*",
        scope="q.account = :account",
        where=tuple(where),
        params=params,
        identity="q.id",
        tiebreak="q.rowid",
        sort_keys={"created_at": "q.created_at", "name": "q.name", "id": "q.id"},
    )
    page = read_page(call, listing)
    return page_reply(page, (_text(row) for row in page.rows))


def _retrieve(call: Call) -> Reply:
    return _shown(call, call.path["question_id"])


def _update(call: Call) -> Reply:
    question_id = call.path["question_id"]
    if _find(call, question_id)["archived_at"] is not None:
        raise Refused("The question is archived. Restore it first.")
    name = checked(QuestionPatch, call).name
    call.db.execute("UPDATE question SET name = ? WHERE id = ?", (name, question_id))
    return _shown(call, question_id)


def _archive(call: Call) -> Reply:
    question_id = call.path["question_id"]
    if _find(call, question_id)["archived_at"] is None:
        call.db.execute("UPDATE question SET archived_at = ? WHERE id = ?", (call.now_text, question_id))
    elif not call.knobs.archive_twice_ok:
        raise Refused("The question is archived already.")
    return _shown(call, question_id)


def _restore(call: Call) -> Reply:
    row = _find(call, call.path["question_id"])
    call.db.execute("UPDATE question SET archived_at = NULL WHERE id = ?", (row["id"],))
    return _shown(call, row["id"])


def _find(call: Call, question_id: str) -> sqlite3.Row:
    row: sqlite3.Row | None = call.db.execute(
        "SELECT * FROM question WHERE id = ? AND account = ?", (question_id, call.account)
    ).fetchone()
    if row is None:
        raise NotFound(_KIND, question_id)
    return row


def _shown(call: Call, question_id: str) -> Reply:
    return Reply(_text(_find(call, question_id)))


def _text(row: sqlite3.Row) -> str:
    return json_object(
        id=json_text(row["id"]),
        question_type=json_text(row["question_type"]),
        name=json_text(row["name"]),
        prompt=json_text(row["prompt"]),
        configuration=stored(row["configuration"]),
        conditions=stored(row["conditions"]),
        created_at=json_text(row["created_at"]),
        created_by=CREATED_BY,
        archived_at=json_text(row["archived_at"]),
        object='"question"',
    )


ENDPOINTS = (
    Endpoint("POST", "/v5/questions", _create, writes=True),
    Endpoint("GET", "/v5/questions", _list),
    Endpoint("GET", "/v5/questions/{question_id}", _retrieve),
    Endpoint("PATCH", "/v5/questions/{question_id}", _update, writes=True),
    Endpoint("DELETE", "/v5/questions/{question_id}", _archive, writes=True),
    Endpoint("POST", "/v5/questions/{question_id}/restore", _restore, writes=True),
)
