"""What must hold whatever happens. Each check returns sentences about what does not; none is what is wanted."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import httpx

from sgpctl.model.marks import Owner, is_reserved_tag
from sgpctl.plan.plan import Plan
from tests.simulation.line import Line
from tests.simulation.network import Kind
from tests.simulation.people import Deed
from tests.simulation.stored import Stored

if TYPE_CHECKING:
    from tests.simulation.runner import Ended
    from tests.simulation.world import World


def check_write(world: World, line: Line, request: httpx.Request) -> list[str]:
    """Judges a PATCH or DELETE just before it has its effect.

    Nobody can help what others do between the last look and the write, so it is judged by that last look; but there must
    have been one.
    """
    remote_id = request.url.path.rsplit("/", 1)[-1]
    one, seen = world.stored().get(remote_id), line.seen.get(remote_id)
    if one is None:
        return [f"{request.method} of {remote_id}, which is not there"]
    was_ours = seen is not None and seen.belongs_to(line.owner)
    if not one.belongs_to(line.owner) and not was_ours and not _adopts(world, line, seen or one, request):
        return [f"{request.method} of {remote_id} {one.name!r}, which is not ours"]
    if seen is None:
        return [f"{request.method} of {remote_id} {one.name!r}, which was not read before"]
    return _check_archive(world, line, one) if request.method == "DELETE" and one.is_live else []


def _adopts(world: World, line: Line, one: Stored, request: httpx.Request) -> bool:
    """Somebody's own evaluation, equal to what is declared, becomes ours: the one thing that may be done to it.

    Equal is what was made of the same declaration, by people or by us before people took our tag away; what the platform
    shows of it does not decide here.
    """
    people = world.people
    made_of = people.made_as_declared.get(one.id) or (
        _digest(world, one) if one.id in people.disowned else None
    )
    return (
        request.method == "PATCH"
        and line.owner.tag in request.content.decode()
        and not any(is_reserved_tag(tag) for tag in one.tags)
        and made_of is not None
        and line.wanted.get(one.name) == made_of
    )


def _check_archive(world: World, line: Line, one: Stored) -> list[str]:
    others = [two for two in world.stored().values() if two.id != one.id and _stands(world, line, two)]
    has_twin = any(_is_twin(world, one, two) for two in others)  # of two runs of one create, one is enough
    wanted = line.wanted.get(one.made_as)
    found = []
    if wanted is not None:
        fitting = [two.id for two in others if _digest(world, two) == wanted]
        if not fitting and not has_twin:
            found.append(f"{one.id} {one.name!r} is archived before its replacement is there")
        elif fitting and not any(line.was_shown(remote_id) for remote_id in fitting):
            found.append(f"{one.id} {one.name!r} is archived before its replacement was read")
    if one.is_protected and not has_twin:
        found.append(f"{one.id} {one.name!r} is protected, and is archived")
    return found


def _stands(world: World, line: Line, two: Stored) -> bool:
    """It is there, or it was until somebody else took it away, of which this process cannot know.

    Of two that want the same, neither takes away what the other keeps.
    """
    if two.is_live:
        return two.belongs_to(line.owner) or _was_made(world, two)
    if two.id in world.people.archived:
        return True
    others = {one.name for one in world.runners if one.owner == line.owner and one.line.wanted != line.wanted}
    return any(
        one.kind is Kind.ARCHIVED and one.evaluation_id == two.id and one.process in others
        for one in world.network.effects
    )


def _was_made(world: World, two: Stored) -> bool:
    return any(one.kind is Kind.CREATED and one.evaluation_id == two.id for one in world.network.effects)


def _digest(world: World, two: Stored) -> str:
    """What it was made of; people may strip the mark that says so."""
    made = (one.digest for one in world.network.effects if one.evaluation_id == two.id and one.digest)
    return next(made, two.digest)


def _is_twin(world: World, one: Stored, two: Stored) -> bool:
    return _digest(world, one) == _digest(world, two) or one.nonce == two.nonce


def check_strangers(world: World) -> list[str]:
    """What belongs to no project looks as people left it; what they made as declared may have been adopted."""
    after = world.stored()
    return [
        f"{one.id} {one.name!r} is not ours, and was changed"
        for one in world.strangers.values()
        if after.get(one.id) != one and one.id not in world.people.made_as_declared
    ]


def untrue(world: World, wanted_by: Line, descriptions: dict[str, str | None]) -> list[str]:
    """What an exit code of 0 would be a lie about."""
    live = [one for one in world.stored().values() if one.belongs_to(wanted_by.owner) and one.is_live]
    found: list[str] = []
    for name, digest in wanted_by.wanted.items():
        fitting = [one for one in live if one.name == name and one.digest == digest]
        description = descriptions[name]
        if not fitting:
            if not _was_taken_over(world, wanted_by, digest):
                found.append(f"{name!r} is not there as declared")
        elif description is not None and all(one.description != description for one in fitting):
            found.append(f"{name!r} has another description than declared")
        elif sum(one.id not in world.people.made for one in fitting) > 1 and not _may_hide_a_twin(world):
            found.append(f"{name!r} is there twice")
    return found + [
        f"{one.name!r} is still there"
        for one in live
        if one.name == one.made_as and one.name not in wanted_by.wanted and one.id not in world.people.made
        if not _may_hide_a_twin(world)
    ]


def _was_taken_over(world: World, line: Line, digest: str) -> bool:
    """Two projects adopted one and the same evaluation, and the platform keeps only the tags that came last."""
    patched = {
        one.evaluation_id
        for one in world.network.effects
        if one.kind is Kind.PATCHED and one.process == line.process
    }
    return any(
        one.id in patched and one.digest == digest
        for one in world.stored().values()
        if not one.belongs_to(line.owner) and not one.is_a_strangers
    )


def _may_hide_a_twin(world: World) -> bool:
    """A request that the network repeated made a second one, which no list shows yet."""
    return bool(world.network.repeated)


def check_rest(world: World, owner: Owner, ended: Ended, left: Plan) -> list[str]:
    """After an undisturbed apply nothing is left to do, and no run is there twice.

    But for one case that is left to people: of two protected runs of one spec, they took from one what says so.
    """
    if ended.exit_code == 3 and Deed.STRIP in world.people.done and "is protected" in ended.message:
        return []
    found = [] if ended.exit_code == 0 else [f"it does not converge: {ended.exit_code} {_why(ended)}"]
    if not left.is_empty or left.refusals:
        found.append(
            f"the next plan is not empty: {[(one.action, one.name, one.reasons) for one in left.changes]}"
        )
    runs = Counter(
        (one.name, one.digest)
        for one in world.stored().values()
        if one.belongs_to(owner) and one.is_live
        if one.name == one.made_as and one.id not in world.people.made
    )
    return found + [f"{name!r} is there {times} times" for (name, _), times in runs.items() if times > 1]


def _why(ended: Ended) -> str:
    results = ended.outcome.results if ended.outcome else ()
    words = [f"{one.change.action} {one.change.name}: {one.message}" for one in results if one.message]
    return "; ".join((ended.message, *words))
