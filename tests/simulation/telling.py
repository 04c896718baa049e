"""Whether what a process said is what the platform's books say: its exit code, its summary, and that it kept its secrets."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from sgpctl.apply.outcome import ChangeResult, Outcome, Status
from sgpctl.errors import ExitCode
from sgpctl.plan.action import Action
from sgpctl.render.wording import DONE_WORDS
from tests.simulation.invariants import untrue
from tests.simulation.network import Effect, Kind
from tests.simulation.spoiling import PROXY_SECRET

if TYPE_CHECKING:
    from tests.simulation.parts import Printed
    from tests.simulation.runner import Ended, Runner
    from tests.simulation.world import World

_SUMMARY = re.compile(r"^(?:Applied|Incomplete|Interrupted): (.*)$", re.MULTILINE)
_DONE = re.compile(r"([\d,]+) (" + "|".join(DONE_WORDS.values()) + r")\b")
_STARTED = re.compile(r"^Started ([\d,]+) model calls?(?: on ([\d,]+) rows?)?", re.MULTILINE)


def check_end(world: World, runner: Runner, ended: Ended) -> list[str]:
    """Judges a process at the moment of its end."""
    found = [f"a traceback: {ended.crash}"] if ended.crash else []
    found += _secrets_told(runner)
    if ended.exit_code in {ExitCode.REFUSED, ExitCode.ERROR} and ended.effects:
        found.append(f"exit code {ended.exit_code:d}, but {ended.effects[0].kind} {ended.effects[0].name!r}")
    if ended.exit_code is ExitCode.OK and _is_undisturbed(world, runner):
        described = {one.name: one.description for one in runner.desired}
        found += [f"exit code 0, but {words}" for words in untrue(world, runner.line, described)]
    if ended.outcome is not None and ended.printed is not None:
        found += _untold(world, runner, ended, ended.outcome, ended.printed)
    return found


def _secrets_told(runner: Runner) -> list[str]:
    from tests.simulation.runner import KEY

    written = (*runner.said, *runner.machine.lines)
    found = [] if not any(KEY in text for text in written) else ["the key was shown or written down"]
    return found + (["a header was repeated"] if any(PROXY_SECRET in text for text in written) else [])


def _is_undisturbed(world: World, runner: Runner) -> bool:
    """Nobody else can have changed anything between its last look and its end."""
    ours = [one for one in world.runners if one.owner == runner.owner]
    return len(ours) == 1 and not any(one.weather.people for one in world.runners)


def _untold(world: World, runner: Runner, ended: Ended, outcome: Outcome, printed: Printed) -> Iterator[str]:
    document: Mapping[str, Any] = json.loads(printed.json)
    if document["exit_code"] != ended.exit_code:
        yield f"exit code {ended.exit_code}, and the JSON says {document['exit_code']}"
    for result in outcome.results:
        if result.status is Status.UNCLEAR and "which is a bug" in str(result.message):
            yield str(result.message)
    yield from _runs_untold(world, ended, outcome, document, printed.text)
    yield from _archives_untold(world, runner, ended, outcome)
    yield from _counts_untold(ended, outcome, document, printed.text)


def _runs_untold(
    world: World, ended: Ended, outcome: Outcome, document: Mapping[str, Any], text: str
) -> Iterator[str]:
    creates = {one.name: one for one in ended.effects if one.kind is Kind.CREATED}
    told = {one.change.name for one in outcome.results if one.started}
    unclear = {one.change.name for one in outcome.results if one.status is Status.UNCLEAR}
    for name in told - creates.keys():
        yield f"it says that a run of {name!r} was started, and none was"
    for name in creates.keys() - told - unclear:
        yield f"a run of {name!r} was started, and it does not say so"
    started = [create for name, create in creates.items() if name in told]
    rows, calls = _cost(world, started)
    if (document["cost"]["rows"], document["cost"]["model_calls"]) != (rows, calls):
        yield f"{calls} calls on {rows} rows were started, and the JSON says {document['cost']}"
    printed = _STARTED.search(text)
    said = (0, 0) if printed is None else (_number(printed[2]), _number(printed[1]))
    if said != (rows, calls):
        yield f"{calls} calls on {rows} rows were started, and the summary says {said[1]} on {said[0]}"


def _cost(world: World, started: list[Effect]) -> tuple[int, int]:
    """Rows and model calls of these creates."""
    ids = {one.evaluation_id for one in started}
    billed = [entry for entry in world.store.ledger() if entry.evaluation_id in ids]
    return sum(entry.rows for entry in billed), sum(entry.rows * entry.executable_tasks for entry in billed)


def _archives_untold(world: World, runner: Runner, ended: Ended, outcome: Outcome) -> Iterator[str]:
    archived = {one.evaluation_id for one in ended.effects if one.kind is Kind.ARCHIVED}
    told = {*outcome.folded, *(gone for one in outcome.results if _is_done(one) for gone in _gone(one))}
    maybe = {gone for one in outcome.results if not _is_done(one) for gone in _gone(one)}
    for remote_id in sorted(archived - told - maybe):
        yield f"{remote_id} was archived, and it does not say so"
    stored = world.stored()
    if _is_undisturbed(world, runner):
        for remote_id in sorted(told):
            if stored[remote_id].is_live:
                yield f"it says that {remote_id} was archived, and it is live"


def _gone(result: ChangeResult) -> Iterator[str]:
    """What a change archives."""
    if result.change.action is Action.ARCHIVE and result.change.remote_id is not None:
        yield result.change.remote_id
    yield from (old.remote_id for old in result.change.archives)


def _is_done(result: ChangeResult) -> bool:
    return result.status is Status.DONE


def _counts_untold(ended: Ended, outcome: Outcome, document: Mapping[str, Any], text: str) -> Iterator[str]:
    done = dict.fromkeys(Action, 0)
    for result in outcome.results:
        if _is_done(result):
            done[result.change.action] += 1
    sentence = _SUMMARY.search(text)
    printed = dict.fromkeys(DONE_WORDS.values(), 0)
    printed |= {word: _number(number) for number, word in _DONE.findall(sentence[1] if sentence else "")}
    for action, word in DONE_WORDS.items():
        if not printed[word] == document["summary"][action.value] == done[action]:
            yield f"{done[action]} {word}, and the summary says {printed[word]}"
    if len(document["folded"]) != len(outcome.folded):
        yield f"{len(outcome.folded)} folded, and the JSON says {len(document['folded'])}"
    creates = {one.nonce for one in ended.effects if one.kind is Kind.CREATED}
    if printed["created"] + printed["replaced"] > len(creates):
        yield f"{len(creates)} runs were started, and the summary counts more"


def _number(text: str | None) -> int:
    return int((text or "0").replace(",", ""))
