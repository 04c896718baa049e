"""What the manifests of the project say, one version after another, read by the real loader; and how people change it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import TypeAlias

from sgpctl.manifest.loader import load_or_raise
from sgpctl.model.evaluation import DesiredEvaluation
from tests.manifest.projects import make_project

NAMES = ("alpha", "beta", "gamma", "delta", "epsilon", "zeta")
PROTECTED = "kept"
_PROTECTED_KEY = 99
_ROWS_MAX = 3


@dataclass(frozen=True, slots=True)
class Slot:
    """One evaluation of one version. Its prompt is its own, so that its digest stands for it alone."""

    key: int
    name: str
    revision: int = 0
    description: str | None = None
    protect: bool = False

    @property
    def manifest(self) -> str:
        """The YAML of it."""
        rows = [{"question": f"{number}?"} for number in range(1 + self.key % _ROWS_MAX)]
        return "\n".join(
            [
                f"name: {self.name}",
                *([f"description: {self.description}"] if self.description else ()),
                f"data: {json.dumps(rows)}",
                "tasks:",
                "  - task_type: chat_completion",
                "    alias: answer",
                "    configuration:",
                "      model: openai/gpt-4o-mini",
                "      messages:",
                f"        - {{role: system, content: 'Prompt {self.key}.{self.revision}.'}}",
                "        - {role: user, content: '{{item.question}}'}",
                *(["lifecycle: {protect: true}"] if self.protect else ()),
                "",
            ]
        )


Version: TypeAlias = "tuple[Slot, ...]"
Edit: TypeAlias = "Callable[[Random, list[Version]], Version]"


def desired_of(version: Version) -> tuple[DesiredEvaluation, ...]:
    return _loaded(frozenset(version))


@lru_cache(maxsize=5_000)
def _loaded(slots: frozenset[Slot]) -> tuple[DesiredEvaluation, ...]:
    """A folder with a manifest for each slot, as the command reads it; schedules often come to the same manifests."""
    with TemporaryDirectory() as folder:
        manifests = {f"evaluations/{slot.name}.yaml": slot.manifest for slot in slots}
        return load_or_raise(make_project(Path(folder), manifests)).desired


def drawn_versions(random: Random, count: int) -> list[Version]:
    versions = [first_version(random)]
    while len(versions) < count:
        versions.append(next_version(random, versions))
    return versions


def first_version(random: Random) -> Version:
    return beginning(random.randint(1, 3), protects=random.random() < 0.3)


def beginning(count: int, *, protects: bool = False) -> Version:
    first = tuple(Slot(key, NAMES[key]) for key in range(count))
    return (*first, Slot(_PROTECTED_KEY, PROTECTED, protect=True)) if protects else first


def next_version(random: Random, earlier: list[Version]) -> Version:
    """The last of `earlier` with one or two edits."""
    version = earlier[-1]
    for _ in range(random.randint(1, 2)):
        version = random.choice(EDITS)(random, [*earlier, version])
    return version


def added(random: Random, versions: list[Version]) -> Version:
    free = _free_names(versions[-1])
    key = 1 + max(slot.key % _PROTECTED_KEY for version in versions for slot in version)
    return (*versions[-1], Slot(key, random.choice(free))) if free else versions[-1]


def edited(random: Random, versions: list[Version]) -> Version:
    revision = 1 + max(slot.revision for version in versions for slot in version)
    return _changed(random, versions[-1], lambda slot: replace(slot, revision=revision))


def renamed(random: Random, versions: list[Version]) -> Version:
    free = _free_names(versions[-1])
    if not free:
        return versions[-1]
    return _changed(random, versions[-1], lambda slot: replace(slot, name=random.choice(free)))


def removed(random: Random, versions: list[Version]) -> Version:
    gone = random.randrange(len(versions[-1]))
    left = versions[-1][:gone] + versions[-1][gone + 1 :]
    return left if any(not slot.protect for slot in left) else versions[-1]


def reverted(random: Random, versions: list[Version]) -> Version:
    return random.choice(versions)


def described(random: Random, versions: list[Version]) -> Version:
    return _changed(random, versions[-1], lambda slot: replace(slot, description=f"as of {len(versions)}"))


def swapped(random: Random, versions: list[Version]) -> Version:
    free = [slot for slot in versions[-1] if not slot.protect]
    if len(free) < 2:
        return versions[-1]
    one, other = random.sample(free, 2)
    names = {one.key: other.name, other.key: one.name}
    return tuple(replace(slot, name=names.get(slot.key, slot.name)) for slot in versions[-1])


def untouched(random: Random, versions: list[Version]) -> Version:
    return versions[-1]


EDITS: tuple[Edit, ...] = (added, edited, renamed, removed, reverted, described, swapped, untouched)


def with_its_protected(version: Version, first: Version) -> Version:
    """`version` with what was protected in `first`, without which no plan passes."""
    others = tuple(slot for slot in version if slot.name != PROTECTED)
    return (*others, *(slot for slot in first if slot.protect))


def _free_names(version: Version) -> list[str]:
    taken = {slot.name for slot in version}
    return [name for name in NAMES if name not in taken]


def _changed(random: Random, version: Version, change: Callable[[Slot], Slot]) -> Version:
    at = random.randrange(len(version))
    changed = change(version[at])
    if version[at].protect and (changed.name, changed.revision) != (version[at].name, version[at].revision):
        return version
    return (*version[:at], changed, *version[at + 1 :])
