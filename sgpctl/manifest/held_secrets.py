"""Evaluations that hold an API key, which would be sent, kept and shown to everyone who can read the evaluation."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from sgpctl.manifest.problem import Problem, error_at
from sgpctl.model.evaluation import DesiredEvaluation
from sgpctl.model.located import LocatedMap, value_mark, written_path
from sgpctl.model.secret import places_of_secret


def about_held(desired: Iterable[DesiredEvaluation], secrets: Collection[str]) -> Iterator[Problem]:
    """An error for every text in `desired` that holds one of `secrets`."""
    clean: dict[int, object] = {}  # evaluations share rows and files; what is kept has its id for itself
    for evaluation in desired if secrets else ():
        parts = {key: value for key, value in evaluation.body.items() if id(value) not in clean}
        paths = [path for secret in secrets for path in places_of_secret(parts, secret)]
        if not paths:
            clean.update((id(value), value) for value in parts.values())
        for path in paths:
            body = evaluation.body if isinstance(evaluation.body, LocatedMap) else None
            mark = value_mark(body, path) or evaluation.place
            message = "holds the API key that sgpctl was given; take it out"
            yield error_at(mark, message, written_path(body, path))
