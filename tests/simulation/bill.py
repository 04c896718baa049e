"""What was paid for, and whether it had to be: judged on the creates that took effect, whoever says what of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.simulation.network import Effect, Kind

if TYPE_CHECKING:
    from tests.simulation.world import World


@dataclass
class Bill:
    """Each digest is paid for once.

    Once more for each machine that raced for it with its own journal and could not know of the others, but only when it
    was not there before; and once more where people took away what told it apart. What the network delivered twice is
    the network's doing, and is counted by nonce.
    """

    world: World
    _surplus: Counter[str] = field(default_factory=Counter)
    _known: Counter[str] = field(default_factory=Counter)

    def check(self) -> list[str]:
        """Judges everything that was paid for until now. Called when nothing is under way any more."""
        found = [*self._by_nonce(), *self._by_digest(), *self._by_process()]
        self._known = Counter(_nonces(self._creates()))
        return found

    def _by_nonce(self) -> Iterator[str]:
        times = Counter(one.nonce for one in self._creates())
        for one in {one.nonce: one for one in self._creates()}.values():
            if times[one.nonce] > 1 + self.world.network.repeated[one.nonce]:
                yield f"{one.name!r} is paid for {times[one.nonce]} times, all by one create"

    def _by_digest(self) -> Iterator[str]:
        times = _nonces(self._creates())
        names = {one.digest: one.name for one in self._creates()}
        for digest, count in times.items():
            allowed = 1 + self.world.people.extra_creates[digest]
            if self._known[digest] < allowed + self._surplus[digest]:
                untold = count - allowed - self._surplus[digest]
                self._surplus[digest] += max(0, min(self._racers(digest) - 1, untold))
            if count > allowed + self._surplus[digest]:
                yield f"{names[digest]!r} is paid for {count} times"

    def _by_process(self) -> Iterator[str]:
        times = Counter((process, digest) for process, digest, _ in set(_keys(self._creates())))
        for process, digest in (key for key, count in times.items() if count > 1):
            yield f"{process} paid for {digest} with several creates"

    def _racers(self, digest: str) -> int:
        """The machines that tried to have `digest` at once.

        A lease lets them in one by one; but it ends some time after its process died or could not renew it any more, and
        what that process had in flight may take effect later still.
        """
        if self.world.climate.has_lease and not any(one.lost_its_turn for one in self.world.runners):
            return 1
        wanting = {one.machine.name for one in self.world.runners if digest in one.line.wanted.values()}
        return max(1, len(wanting))

    def _creates(self) -> list[Effect]:
        return [one for one in self.world.network.effects if one.kind is Kind.CREATED]


def _nonces(creates: list[Effect]) -> Counter[str]:
    """How many different creates there were of each digest."""
    return Counter(digest for _, digest, _ in set(_keys(creates)))


def _keys(creates: list[Effect]) -> Iterator[tuple[str, str, str]]:
    return ((one.process, one.digest, one.nonce) for one in creates)
