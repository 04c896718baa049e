"""`${...}` in the scalars of a document: reserved for variables. `$${` writes a literal `${`."""

from __future__ import annotations

import re

from sgpctl.manifest.problem import Problem, error_at, quoted
from sgpctl.model.located import Json, LocatedList, LocatedMap, Mark, Path

_REFERENCE = re.compile(r"(\$?)\$\{([^}]*)\}?")


def without_references(root: Json, mark: Mark) -> tuple[Json, tuple[Problem, ...]]:
    """`root` with `$${` turned into `${`, changed in place, and an error for every `${name}` and every such key."""
    walk = _Walk()
    return walk.value(root, mark, ()), tuple(walk.problems)


class _Walk:
    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self._seen: set[int] = set()  # aliases share maps and lists

    def value(self, value: Json, mark: Mark, path: Path) -> Json:
        if isinstance(value, str):
            return self._text(value, mark, path) if "${" in value else value
        if isinstance(value, LocatedMap | LocatedList) and id(value) not in self._seen:
            self._seen.add(id(value))
            if isinstance(value, LocatedMap):
                self._map(value, path)
            else:
                for index, part in enumerate(value):
                    value[index] = self.value(part, value.values_at[index], (*path, index))
        return value

    def _map(self, holder: LocatedMap, path: Path) -> None:
        for key, part in holder.items():
            if "${" in key:
                message = "a key cannot hold ${; references are for values"
                self.problems.append(error_at(holder.keys_at[key], message, (*path, key)))
            holder[key] = self.value(part, holder.values_at[key], (*path, key))

    def _text(self, text: str, mark: Mark, path: Path) -> str:
        for escape, name in _REFERENCE.findall(text):
            if not escape:
                message = (
                    f"unknown reference {quoted(f'${{{name}}}')}: variables are not supported yet; "
                    "write $${ for a literal ${"
                )
                self.problems.append(error_at(mark, message, path))
        return _REFERENCE.sub(lambda found: found.group()[1:] if found.group(1) else found.group(), text)
