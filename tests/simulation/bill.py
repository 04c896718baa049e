"""What was paid for, and whether it had to be: judged on the creates that took effect, whoever says what of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from sgpctl.model.marks import Owner
from tests.simulation.network import Effect, Kind

if TYPE_CHECKING:
    from tests.simulation.world import World


_Wanted: TypeAlias = tuple[Owner, str]
"""A digest, and who wants it."""


@dataclass
class Bill:
    """Each digest is paid for once by each project.

    Once more for each machine that raced for it with its own journal and could not know of the others, but only when it
    was not there before; and once more where people took away what told it apart. What the network delivered twice is
    the network's doing, and is counted by nonce.
    """

    world: World
    _surplus: Counter[_Wanted] = field(default_factory=Counter)
    _known: Counter[_Wanted] = field(default_factory=Counter)

    def check(self) -> list[str]:
        """Judges everything that was paid for until now. Called when nothing is under way any more."""
        found = [*self._by_nonce(), *self._by_digest(), *self._by_process(), *self._by_ledger()]
        self._known = Counter(_nonces(self._creates()))
        return found

    def _by_nonce(self) -> Iterator[str]:
        times = Counter(one.nonce for one in self._creates())
        for one in {one.nonce: one for one in self._creates()}.values():
            if times[one.nonce] > 1 + self.world.network.repeated[one.nonce]:
                yield f"{one.name!r} is paid for {times[one.nonce]} times, all by one create"

    def _by_digest(self) -> Iterator[str]:
        times = _nonces(self._creates())
        names = {_wanted(one): one.name for one in self._creates()}
        for wanted, count in times.items():
            allowed = 1 + self.world.people.extra_creates[wanted]
            if self._known[wanted] < allowed + self._surplus[wanted]:
                untold = count - allowed - self._surplus[wanted]
                self._surplus[wanted] += max(0, min(self._racers(*wanted) - 1, untold))
            if count > allowed + self._surplus[wanted]:
                yield f"{names[wanted]!r} is paid for {count} times"

    def _by_process(self) -> Iterator[str]:
        times = Counter((process, digest) for process, (_, digest), _ in set(_keys(self._creates())))
        for process, digest in (key for key, count in times.items() if count > 1):
            yield f"{process} paid for {digest} with several creates"

    def _by_ledger(self) -> Iterator[str]:
        """What the network saw being made is what the platform wrote down, line for line."""
        made = {one.evaluation_id: (one.name, one.nonce) for one in self._creates()}
        ledger = [one for one in self.world.store.ledger() if one.evaluation_id not in self.world.people.made]
        if [(one.evaluation_id, (one.name, one.nonce or "")) for one in ledger] != list(made.items()):
            yield f"the ledger has {ledger}, and the network made {made}"

    def _racers(self, owner: Owner, digest: str) -> int:
        """The machines that tried to have `digest` at once.

        A lease lets them in one by one; but it ends some time after its process died or could not renew it any more, and
        what that process had sent before may take effect later still.
        """
        runners = [one for one in self.world.runners if one.owner == owner]
        wanting = {one.machine.name for one in runners if digest in one.line.wanted.values()}
        if not self.world.climate.has_lease:
            return max(1, len(wanting))
        late = {one.machine.name for one in runners if one.lost_its_turn and digest in one.line.sent}
        return min(1 + len(late), max(1, len(wanting)))

    def _creates(self) -> list[Effect]:
        return [one for one in self.world.network.effects if one.kind is Kind.CREATED]


def _nonces(creates: list[Effect]) -> Counter[_Wanted]:
    """How many different creates there were of each digest."""
    return Counter(wanted for _, wanted, _ in set(_keys(creates)))


def _keys(creates: list[Effect]) -> Iterator[tuple[str, _Wanted, str]]:
    return ((one.process, _wanted(one), one.nonce) for one in creates)


def _wanted(create: Effect) -> _Wanted:
    return create.owner, create.digest
