"""What stands in a `matrix`: its axes, the entries of `exclude` and `include`, and its bound."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from sgpctl.limits import PROBLEMS_PER_FILE_MAX
from sgpctl.manifest.problem import Problem, error_at, quoted
from sgpctl.manifest.resolving.references import Unresolved, inline_text
from sgpctl.manifest.resolving.scope import Meaning
from sgpctl.model.located import LocatedList, LocatedMap, Mark, Path
from sgpctl.model.nearest import Hints

INCLUDE = "include"
EXCLUDE = "exclude"
MAX = "max"
RESERVED = (INCLUDE, EXCLUDE, MAX)
_AXIS_NAME = re.compile(r"[\w-]+")
_NEEDS_A_LABEL = "what a name on the platform stands for is not known yet, so it cannot be a label; write a map from a label to it"
_AN_AXIS = "an axis is a list of single values, or a map from a label to the value behind it"

Axes: TypeAlias = "dict[str, dict[str, Meaning]]"
"""By axis and label, the value behind the label."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of `exclude` or `include`: labels by axis, and the values of labels that are its own."""

    mark: Mark
    labels: Mapping[str, str]
    own: Mapping[str, Meaning]


@dataclass(frozen=True, slots=True)
class Parts:
    axes: Axes
    exclude: tuple[Entry, ...] = ()
    include: tuple[Entry, ...] = ()
    cells_max: int | None = None


def read_parts(matrix: LocatedMap, path: Path, hints: Hints) -> tuple[Parts, tuple[Problem, ...]]:
    """The parts of `matrix`, which stands at `path`, and what is wrong with them."""
    reader = _Reader(matrix, path, hints)
    parts = Parts(
        axes=reader.read_axes(),
        exclude=tuple(reader.read_entries(EXCLUDE)),
        include=tuple(reader.read_entries(INCLUDE)),
        cells_max=reader.read_max(),
    )
    return parts, tuple(reader.problems)


@dataclass(slots=True)
class _Reader:
    matrix: LocatedMap
    path: Path
    hints: Hints
    problems: list[Problem] = field(default_factory=list)
    axes: Axes = field(default_factory=dict)

    def read_axes(self) -> Axes:
        for name, value in self.matrix.items():
            if name in RESERVED:
                continue
            mark = self.matrix.values_at[name]
            if not _AXIS_NAME.fullmatch(name):
                message = "an axis has a name of letters, digits, `_` and `-`, so that ${matrix.NAME} can refer to it"
                self._refuse(self.matrix.keys_at[name], message, name)
                continue
            if isinstance(value, LocatedMap):
                self.axes[name] = {
                    label: Meaning(part, value.values_at[label]) for label, part in value.items()
                }
            elif isinstance(value, LocatedList):
                self.axes[name] = self._single_values(value, name)
            else:
                self._refuse(mark, _AN_AXIS, name)
                continue
            if not value:
                self._refuse(mark, "the axis has no values, so the matrix has no cells", name)
        return self.axes

    def read_entries(self, key: str) -> list[Entry]:
        """The entries of `exclude` or `include`, as far as they can be read."""
        listed = self.matrix.get(key)
        if listed is None:
            return []
        if not isinstance(listed, LocatedList):
            self._refuse(self.matrix.values_at[key], "must be a list of maps from axis to label", key)
            return []
        entries: list[Entry] = []
        for index, (value, mark) in enumerate(zip(listed, listed.values_at, strict=True)):
            if isinstance(value, LocatedMap) and value:
                entries.append(self._entry(value, mark, key, index))
            else:
                self._refuse(mark, "must be a map from axis to label", key, index)
        return entries

    def read_max(self) -> int | None:
        most = self.matrix.get(MAX)
        if most is None or (isinstance(most, int) and not isinstance(most, bool) and most > 0):
            return most
        self._refuse(self.matrix.values_at[MAX], "must be a number of cells, like 100", MAX)
        return None

    def _single_values(self, values: LocatedList, name: str) -> dict[str, Meaning]:
        axis: dict[str, Meaning] = {}
        for index, (value, mark) in enumerate(zip(values, values.values_at, strict=True)):
            if isinstance(value, dict | list):
                self._refuse(mark, f"{_AN_AXIS}; give this value a label", name, index)
                continue
            if isinstance(value, Unresolved):
                self._refuse(mark, _NEEDS_A_LABEL, name, index)
                continue
            label = inline_text(value)
            if label in axis:
                self._refuse(mark, f"the label {quoted(label)} stands here a second time", name, index)
            axis[label] = Meaning(value, mark)
        return axis

    def _entry(self, value: LocatedMap, mark: Mark, key: str, index: int) -> Entry:
        labels: dict[str, str] = {}
        own: dict[str, Meaning] = {}
        for axis, part in value.items():
            place = value.values_at[axis]
            if axis not in self.axes and axis in self.matrix and axis not in RESERVED:
                continue  # that axis has an error of its own
            if axis not in self.axes:
                message = f"the matrix has no axis {quoted(axis)}{self.hints.did_you_mean(axis, self.axes)}"
                self._refuse(value.keys_at[axis], message, key, index, axis)
            elif key == INCLUDE and isinstance(part, LocatedMap) and len(part) == 1:
                ((label, inner),) = part.items()
                labels[axis] = label
                own[axis] = Meaning(inner, part.values_at[label])
                if label in self.axes[axis]:
                    message = (
                        f"the axis has the label {quoted(label)} already; write it alone, or choose another"
                    )
                    self._refuse(part.keys_at[label], message, key, index, axis)
            elif isinstance(part, dict | list):
                self._refuse(place, "must be one label of the axis", key, index, axis)
            elif isinstance(part, Unresolved):
                self._refuse(place, _NEEDS_A_LABEL, key, index, axis)
            else:
                labels[axis] = inline_text(part)
                self._check_label(axis, labels[axis], place, key, index)
        return Entry(mark, labels, own)

    def _check_label(self, axis: str, label: str, mark: Mark, key: str, index: int) -> None:
        if label in self.axes[axis]:
            return
        new = f"; write {{{label}: value}} to add one" if key == INCLUDE else ""
        hint = self.hints.did_you_mean(label, self.axes[axis])
        message = f"the axis {quoted(axis)} has no label {quoted(label)}{hint}{new}"
        self._refuse(mark, message, key, index, axis)

    def _refuse(self, mark: Mark, message: str, *below: str | int) -> None:
        if len(self.problems) < PROBLEMS_PER_FILE_MAX:
            self.problems.append(error_at(mark, message, (*self.path, *below)))
