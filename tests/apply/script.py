"""Plays the platform for one protocol: each operation is answered by the next line of a script."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from sgpctl.apply.operations import Note, Noted, Operation, Protocol, Reply, Wait

_Result = TypeVar("_Result")

Answer = Reply | Callable[[Operation], Reply]


def play(protocol: Protocol[_Result], answers: Sequence[Answer]) -> tuple[_Result, list[Operation]]:
    """The protocol's result and the operations it asked for; waits and notes are answered without the script.

    Fails when the protocol asks for more than the script holds, or for less.
    """
    left = list(answers)
    asked: list[Operation] = []
    try:
        operation = next(protocol)
        while True:
            asked.append(operation)
            if isinstance(operation, Wait | Note):
                reply: Reply = Noted()
            else:
                assert left, f"unexpected {operation}"
                answer = left.pop(0)
                reply = answer(operation) if callable(answer) else answer
            operation = protocol.send(reply)
    except StopIteration as end:
        assert not left, f"never asked for: {left}"
        result: _Result = end.value
        return result, asked


def writes(asked: Sequence[Operation]) -> list[str]:
    """The kinds of operations that reach the platform, in order."""
    return [type(operation).__name__ for operation in asked if not isinstance(operation, Wait | Note)]
