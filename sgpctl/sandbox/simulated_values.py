"""What a simulated task answers. Every text says that it is simulated; every value follows from a hash.

chat, inference, application, agentex     "[simulated] <alias> <mark>"
metric                                    a number from 0 to 1
question                                  one of its choices, a rating, a number or a text
guided decoding                           one of the choices, or an object after the schema
agent                                     one of its output values, or a value of its output type
custom function                           a number, or the object that its outputs are taken from
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_SCHEMA_DEPTH_MAX = 8
_INTEGER_MAX = 10


@dataclass(frozen=True, slots=True)
class Draw:
    """A source of values that are the same for the same seed, on every machine."""

    seed: bytes

    @classmethod
    def of(cls, *parts: str) -> Draw:
        return cls(hashlib.sha256("\0".join(parts).encode()).digest())

    def child(self, label: str) -> Draw:
        """Another source, as independent of this one as hashes are."""
        return Draw(hashlib.sha256(self.seed + label.encode()).digest())

    @property
    def share(self) -> float:
        """A number from 0 up to 1."""
        return int.from_bytes(self.seed[:6], "big") / 2**48

    @property
    def rounded(self) -> float:
        return round(self.share, 4)

    def whole(self, below: int) -> int:
        return int.from_bytes(self.seed[6:12], "big") % below

    def pick(self, choices: Sequence[object]) -> object:
        return choices[self.whole(len(choices))]

    def text(self, label: str) -> str:
        return f"[simulated] {label} {self.seed[-4:].hex()}"


def simulated_value(
    task_type: str,
    alias: str,
    configuration: Mapping[str, object],
    question: Mapping[str, object],
    draw: Draw,
) -> object:
    """The result of one task for one row. `question` is what the task's `question_id` names, empty if unknown."""
    match task_type:
        case "metric":
            return draw.rounded
        case "auto_evaluation.question":
            return _answer(question, alias, draw)
        case "auto_evaluation.guided_decoding" | "auto_evaluation.agent":
            return _judgement(configuration, alias, draw)
        case "custom_function":
            return _returned(configuration, draw)
        case _:
            return draw.text(alias)


def _answer(question: Mapping[str, object], alias: str, draw: Draw) -> object:
    configuration = question.get("configuration")
    settings = configuration if isinstance(configuration, dict) else {}
    match question.get("question_type"):
        case "categorical":
            choice = draw.pick(settings["choices"])
            return [choice] if settings.get("multi") else choice
        case "rating":
            return 1 + draw.whole(settings["steps"])
        case "number":
            return draw.rounded
        case _:
            return draw.text(alias)


def _judgement(configuration: Mapping[str, object], alias: str, draw: Draw) -> object:
    choices = configuration.get("choices") or configuration.get("output_values")
    if isinstance(choices, list) and choices:
        return draw.pick(choices)
    response_format = configuration.get("response_format")
    if isinstance(response_format, dict):
        return _structured(response_format, alias, draw)
    match configuration.get("output_type"):
        case "integer":
            return draw.whole(_INTEGER_MAX + 1)
        case "float":
            return draw.rounded
        case "boolean":
            return draw.whole(2) == 1
        case _:
            return draw.text(alias)


def _structured(response_format: dict[str, object], alias: str, draw: Draw) -> object:
    wrapper = response_format.get("json_schema")
    inner = wrapper.get("schema") if isinstance(wrapper, dict) else None
    value = _after_schema(inner if isinstance(inner, dict) else response_format, alias, draw, depth=1)
    return value if isinstance(value, dict) else {alias: value}


def _after_schema(schema: object, label: str, draw: Draw, *, depth: int) -> object:
    if not isinstance(schema, dict) or depth > _SCHEMA_DEPTH_MAX:
        return draw.text(label)
    for fixed in ("enum", "examples"):
        if isinstance(schema.get(fixed), list) and schema[fixed]:
            return draw.pick(schema[fixed])
    if "const" in schema:
        return schema["const"]
    properties = schema.get("properties")
    if isinstance(properties, dict):
        return {
            name: _after_schema(member, name, draw.child(name), depth=depth + 1)
            for name, member in properties.items()
        }
    match schema.get("type"):
        case "array":
            return [_after_schema(schema.get("items"), label, draw.child("items"), depth=depth + 1)]
        case kind:
            return _plain(kind, label, draw)


def _plain(kind: object, label: str, draw: Draw) -> object:
    match kind[0] if isinstance(kind, list) and kind else kind:
        case "number":
            return draw.rounded
        case "integer":
            return draw.whole(_INTEGER_MAX + 1)
        case "boolean":
            return draw.whole(2) == 1
        case "null":
            return None
        case "object":
            return {}
        case _:
            return draw.text(label)


def _returned(configuration: Mapping[str, object], draw: Draw) -> object:
    outputs = configuration.get("outputs")
    if not isinstance(outputs, list) or not outputs:
        return draw.rounded
    value: dict[str, object] = {}
    for output in outputs:
        here = value
        *above, last = str(output["path"]).split(".")
        for step in above:
            inner = here.setdefault(step, {})
            if not isinstance(inner, dict):  # two outputs of which one lies inside the other
                inner = here[step] = {}
            here = inner
        here.setdefault(last, draw.child(str(output["path"])).rounded)
    return value
