"""What must hold whatever happens. Each check returns sentences about what does not; none is what is wanted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from sgpctl.apply.outcome import Status
from sgpctl.errors import ExitCode
from sgpctl.plan.plan import Plan
from tests.simulation.world import KEY, Ended, Stored, World


def check_write(world: World, method: str, remote_id: str) -> list[str]:
    """Judges a PATCH or DELETE just before it has its effect."""
    stored = world.stored()
    one = stored.get(remote_id)
    if one is None:
        return [f"{method} of {remote_id}, which is not there"]
    if not one.is_ours:
        return [f"{method} of {remote_id} {one.name!r}, which is not ours"]
    if method != "DELETE" or not one.is_live:
        return []
    others = [two for two in stored.values() if two.id != one.id and two.is_ours and two.is_live]
    wanted = {desired.name: desired.digest for desired in world.desired}
    found = []
    if one.made_as in wanted and not any(two.digest == wanted[one.made_as] for two in others):
        found.append(f"{one.id} {one.name!r} is archived before its replacement is there")
    if one.metadata.get("sgpctl_protect") == "true" and not any(_is_twin(one, two) for two in others):
        found.append(f"{one.id} {one.name!r} is protected, and is archived")
    return found


def check_bill(world: World) -> list[str]:
    """Each digest is paid for once, and once more for each create that the network delivered twice."""
    mine = [entry for entry in world.store.ledger() if entry.evaluation_id not in world.made_by_hand]
    made, extra = world.network.made, world.network.extra_creates
    names = {made[entry.evaluation_id]: entry.name for entry in mine}
    billed = Counter(made[entry.evaluation_id] for entry in mine)
    return [
        f"{names[digest]!r} is paid for {times} times"
        for digest, times in billed.items()
        if times > 1 + extra.get(digest, 0)
    ]


def check_strangers(before: Mapping[str, Stored], after: Mapping[str, Stored]) -> list[str]:
    return [
        f"{one.id} {one.name!r} is not ours, and was changed"
        for one in before.values()
        if not one.is_ours and after.get(one.id) != one
    ]


def check_end(world: World, ended: Ended) -> list[str]:
    """The exit code tells the truth, and nothing that was said holds a secret."""
    found = [f"a traceback: {ended.crash}"] if ended.crash else []
    if any(KEY in text for text in (*world.said, *world.lines)):
        found.append("the key was shown or written down")
    if ended.exit_code is ExitCode.OK:
        found += [f"exit code 0, but {untrue}" for untrue in _untrue(world)]
    bugs = [
        str(result.message)
        for result in (ended.outcome.results if ended.outcome else ())
        if result.status is Status.UNCLEAR and "which is a bug" in str(result.message)
    ]
    return [*found, *bugs]


def check_rest(world: World, ended: Ended, left: Plan) -> list[str]:
    """After an undisturbed apply nothing is left to do, and no create is there twice."""
    found = (
        [] if ended.exit_code is ExitCode.OK else [f"it does not converge: {ended.exit_code} {_why(ended)}"]
    )
    if not left.is_empty or left.refusals:
        found.append(
            f"the next plan is not empty: {[(one.action, one.name, one.reasons) for one in left.changes]}"
        )
    nonces = Counter(
        one.metadata.get("sgpctl_nonce")
        for one in world.stored().values()
        if one.is_ours and one.is_live and one.name == one.made_as and one.id not in world.made_by_hand
    )
    return found + [f"{nonce} is there {times} times" for nonce, times in nonces.items() if times > 1]


def _is_twin(one: Stored, two: Stored) -> bool:
    return one.digest == two.digest or one.metadata.get("sgpctl_nonce") == two.metadata.get("sgpctl_nonce")


def _untrue(world: World) -> list[str]:
    live = [one for one in world.stored().values() if one.is_ours and one.is_live]
    found: list[str] = []
    for desired in world.desired:
        fitting = [one for one in live if one.name == desired.name and one.digest == desired.digest]
        if not fitting:
            found.append(f"{desired.name!r} is not there as declared")
        elif desired.description is not None and all(
            one.description != desired.description for one in fitting
        ):
            found.append(f"{desired.name!r} has another description than declared")
        elif sum(one.id not in world.made_by_hand for one in fitting) > 1 and not _may_hide_a_twin(world):
            found.append(f"{desired.name!r} is there twice")
    names = {desired.name for desired in world.desired}
    return found + [
        f"{one.name!r} is still there"
        for one in live
        if one.name == one.made_as and one.name not in names and one.id not in world.made_by_hand
        if not _may_hide_a_twin(world)
    ]


def _may_hide_a_twin(world: World) -> bool:
    """A request that the network repeated made a second one, which no list shows yet."""
    return world.schedule.repeats_requests and world.schedule.settle_seconds > 0


def _why(ended: Ended) -> str:
    results = ended.outcome.results if ended.outcome else ()
    words = [f"{one.change.action} {one.change.name}: {one.message}" for one in results if one.message]
    return "; ".join((ended.message, *words))
