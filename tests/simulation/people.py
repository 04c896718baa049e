"""People who edit the account by hand, between two applies or in the middle of one; and a second project in it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random
from typing import Any

import httpx

from sgpctl.model.evaluation import DesiredEvaluation
from sgpctl.model.marks import Owner, identity_marks
from tests.plan.sides import chat, declare
from tests.simulation.stored import OWNER, Stored
from tests.simulation.versions import NAMES

_URL = "http://sandbox.localhost/v5/evaluations"
_HEADERS = {"x-api-key": "someone-else", "x-selected-account-id": "acct"}
_NAMESAKES = 2


class Deed(StrEnum):
    """What people do by hand."""

    DESCRIBE = "describe"
    RENAME = "rename"
    ARCHIVE = "archive"
    RESTORE = "restore"
    COPY = "copy"
    STRIP = "strip the digest"
    DISOWN = "take the owner tag away"
    TAG = "tag"
    MAKE = "make by hand what is declared"


@dataclass
class People:
    """`made` are the evaluations that they made, `made_as_declared` those with what a manifest declares, by id and with
    its digest. `extra_creates` counts, by project and digest, the runs that it may start
    once more because somebody took away what told it apart. `changed` is told after each deed.
    """

    server: httpx.AsyncBaseTransport
    random: Random
    stored: Callable[[], Mapping[str, Stored]]
    changed: Callable[[str], None]
    desired: Sequence[DesiredEvaluation] = ()
    made: set[str] = field(default_factory=set)
    made_as_declared: dict[str, str] = field(default_factory=dict)
    archived: set[str] = field(default_factory=set)
    disowned: set[str] = field(default_factory=set)
    extra_creates: Counter[tuple[Owner, str]] = field(default_factory=Counter)
    done: list[Deed] = field(default_factory=list)

    async def settle(self) -> None:
        """Something of a project that is never applied, with one of our names, and evaluations that somebody made by hand."""
        other = {"tags": ["sgpctl:billing:prod"], "metadata": identity_marks(declare(NAMES[0]))}
        await self._create({**declare(NAMES[0]).body, **other})
        for name in self.random.sample(NAMES, _NAMESAKES):
            await self._create(declare(name, tasks=[chat("by hand")]).body)

    async def act(self, deed: Deed | None = None) -> bool:
        """Do `deed`, or something, to one of ours; False when there is nothing that it can be done to."""
        deed = deed or self.random.choice(list(Deed))
        if deed is Deed.MAKE:
            return await self._make()
        is_wanted_live = deed is not Deed.RESTORE
        ours = [one for one in self.stored().values() if one.is_ours and one.is_live is is_wanted_live]
        if not ours:
            return False
        await self._do(deed, self.random.choice(ours))
        self.done.append(deed)
        return True

    async def stir(self) -> None:
        """Somebody creates or archives what is none of our business."""
        made = [one for one in self.stored().values() if one.id in self.made and one.is_live]
        strangers = [one for one in made if one.is_a_strangers]
        if strangers and self.random.random() < 0.5:
            await self._request("DELETE", f"/{self.random.choice(strangers).id}")
        else:
            await self._create(declare(self.random.choice(NAMES), tasks=[chat("by hand")]).body)

    async def _do(self, deed: Deed, one: Stored) -> None:
        match deed:
            case Deed.DESCRIBE:
                await self._request("PATCH", f"/{one.id}", {"description": "by hand"})
            case Deed.RENAME:
                await self._request("PATCH", f"/{one.id}", {"name": f"{one.name} by hand"[:100]})
            case Deed.ARCHIVE:
                self.archived.add(one.id)
                await self._request("DELETE", f"/{one.id}")
            case Deed.RESTORE:
                await self._request("PATCH", f"/{one.id}", {"restore": True})
            case Deed.STRIP:
                # Nothing but its name tells what it is any more: with a rename on top, the plan asks to pay again.
                self.extra_creates[OWNER, one.digest] += 1
                await self._request("PATCH", f"/{one.id}", {"metadata": {"sgpctl_digest": None}})
            case Deed.DISOWN:
                # The same: it is only adopted again under the name that it was made for, and while it is live.
                self.extra_creates[OWNER, one.digest] += 1
                self.disowned.add(one.id)
                tags = [tag for tag in one.tags if tag != OWNER.tag]
                await self._request("PATCH", f"/{one.id}", {"tags": tags})
            case Deed.TAG:
                tags = [*dict.fromkeys([*one.tags, "by-hand"])]
                await self._request("PATCH", f"/{one.id}", {"tags": tags})
            case _:
                whole = (await self._request("GET", f"/{one.id}?views=tasks")).json()
                kept = {key: whole[key] for key in ("tags", "metadata", "tasks")}
                await self._create(
                    {**kept, "name": f"Copy of {one.name}"[:100], "data": [{"question": "0?"}]}
                )

    async def _make(self) -> bool:
        if not self.desired:
            return False
        one = self.random.choice(self.desired)
        self.made_as_declared[await self._create(one.body)] = one.digest
        self.done.append(Deed.MAKE)
        return True

    async def _create(self, body: Mapping[str, Any]) -> str:
        remote_id = str((await self._request("POST", "", body)).json()["id"])
        self.made.add(remote_id)
        return remote_id

    async def _request(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> httpx.Response:
        """Over a good line."""
        request = httpx.Request(method, f"{_URL}{path}", json=body, headers=_HEADERS)
        response = await self.server.handle_async_request(request)
        await response.aread()
        assert response.is_success, response.text
        self.changed(f"{method} {path} {'' if body is None else json.dumps(body)}"[:200])
        return response
