"""References by name: what manifests ask the platform for, and what it knows of each (API 5).

Names are not unique on the platform, and its own search finds substrings; so every answer is compared exactly.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias


class Kind(StrEnum):
    """What can be referred to by its name. The values are the words of `${dataset.NAME}` and `${question.NAME}`."""

    DATASET = "dataset"
    QUESTION = "question"


@dataclass(frozen=True, slots=True, order=True)
class Named:
    """One thing on the platform, as a manifest names it."""

    kind: Kind
    name: str


@dataclass(frozen=True, slots=True)
class Bearer:
    """One thing that bears a name. Where the platform does not say that it is archived, its list has to."""

    id: str
    name: str
    created_at: datetime
    is_archived: bool = False


@dataclass(frozen=True, slots=True)
class LookedUp:
    """What the platform has of one name: the live ones, the archived ones, and other names that were seen."""

    live: tuple[Bearer, ...] = ()
    archived: tuple[Bearer, ...] = ()
    others: tuple[str, ...] = ()


Answers: TypeAlias = Mapping[Named, LookedUp]
"""What has been looked up."""
