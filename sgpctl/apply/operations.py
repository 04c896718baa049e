"""What a change can ask for, and what it can be told: the whole vocabulary between the protocols and the driver."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from sgpctl.model.evaluation import RemoteEvaluation
from sgpctl.model.located import Json


@dataclass(frozen=True, slots=True)
class Find:
    """Look for evaluations with this nonce, archived ones too. Answered with `Found`."""

    nonce: str


@dataclass(frozen=True, slots=True)
class Create:
    """Send the create request, once. The body carries its nonce."""

    body: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Get:
    """Read one evaluation, archived or not. Answered with `Got`; its remote is None where there is none."""

    remote_id: str


@dataclass(frozen=True, slots=True)
class Patch:
    remote_id: str
    body: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Restore:
    remote_id: str


@dataclass(frozen=True, slots=True)
class Archive:
    remote_id: str


@dataclass(frozen=True, slots=True)
class Wait:
    """Let time pass. Answered with `Noted`."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Note:
    """Write a line to the journal. Answered with `Noted`, or `Failed` when it cannot be written.

    One that ends a create need not outlast a failure of power: what was begun is looked for then, and found.
    """

    event: str
    fields: Mapping[str, str]
    is_durable: bool = True


@dataclass(frozen=True, slots=True)
class Got:
    """The platform answered with this evaluation; None where there is none or the answer did not show it."""

    remote: RemoteEvaluation | None


@dataclass(frozen=True, slots=True)
class Found:
    remotes: tuple[RemoteEvaluation, ...]


@dataclass(frozen=True, slots=True)
class Noted:
    """It is done, and there is nothing more to tell."""


@dataclass(frozen=True, slots=True)
class Failed:
    """It provably had no effect."""

    message: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """It may or may not have had an effect."""

    message: str


Operation: TypeAlias = Find | Create | Get | Patch | Restore | Archive | Wait | Note
Reply: TypeAlias = Got | Found | Noted | Failed | Unknown

_Result = TypeVar("_Result")
Protocol: TypeAlias = Generator[Operation, Reply, _Result]


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a step did not come to its end; `is_unclear` when it may have taken effect all the same."""

    message: str
    is_unclear: bool = False
