"""Query parameters, read as leniently as the API reads them and refused as FastAPI refuses them (API 1.7)."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sgpctl.sandbox.problems import Invalid

_TRUE = frozenset({"true", "1", "on", "yes"})
_FALSE = frozenset({"false", "0", "off", "no"})


class Query:
    """The parameters of one request. An empty value counts as absent."""

    def __init__(self, pairs: Sequence[tuple[str, str]]) -> None:
        self._pairs = [(name.removesuffix("[]"), value) for name, value in pairs if value]

    def text(self, name: str) -> str | None:
        """The last value given for `name`."""
        found = [value for key, value in self._pairs if key == name]
        return found[-1] if found else None

    def texts(self, name: str) -> tuple[str, ...]:
        """An array, whether comma-joined, repeated or written `name[]`."""
        return tuple(part for key, value in self._pairs if key == name for part in value.split(",") if part)

    def choices(self, name: str, allowed: Collection[str]) -> frozenset[str]:
        """An array whose elements must be among `allowed`."""
        chosen = frozenset(self.texts(name))
        if unknown := sorted(chosen - set(allowed)):
            raise Invalid.at(
                ("query", name), f"Input should be one of {sorted(allowed)}, not {unknown[0]!r}", "enum"
            )
        return chosen

    def choice(self, name: str, allowed: Collection[str], default: str) -> str:
        value = self.text(name) or default
        if value not in allowed:
            raise Invalid.at(
                ("query", name), f"Input should be one of {sorted(allowed)}, not {value!r}", "enum"
            )
        return value

    def flag(self, name: str) -> bool:
        """A boolean, false when absent."""
        value = (self.text(name) or "false").lower()
        if value not in _TRUE | _FALSE:
            raise Invalid.at(("query", name), "Input should be a valid boolean", "bool_parsing")
        return value in _TRUE

    def whole(self, name: str, *, least: int, most: int | None = None) -> int | None:
        """A whole number within bounds, None when absent."""
        value = self.text(name)
        if value is None:
            return None
        if not (value.removeprefix("-").isdecimal() and value.isascii()) or len(value) > 18:
            raise Invalid.at(("query", name), "Input should be a valid integer", "int_parsing")
        if int(value) < least:
            raise Invalid.at(
                ("query", name), f"Input should be greater than or equal to {least}", "greater_than_equal"
            )
        if most is not None and int(value) > most:
            raise Invalid.at(
                ("query", name), f"Input should be less than or equal to {most}", "less_than_equal"
            )
        return int(value)
