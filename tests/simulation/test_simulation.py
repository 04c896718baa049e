"""Whatever happens, nothing is paid for twice, and one undisturbed apply converges; and the checks of it can fail."""

from __future__ import annotations

import pytest

from tests.simulation.defects import DEFECTS
from tests.simulation.running import run_seed

SEEDS = range(320)
_CHUNK = 40
# The first seed from 0 on that catches each defect, which is one less than the schedules that it took; and how.
CAUGHT_AT = {
    "ResendsBlindly": (2, "is paid for 2 times"),
    "SendsNoNonce": (0, "is paid for 2 times"),
    "DoesNotWait": (15, "is paid for 2 times"),
    "KeepsNoJournal": (16, "is paid for 2 times"),
    "TrustsLists": (38, "is paid for 2 times"),
    "RecoversNothing": (283, "is paid for 2 times"),
    "WritesTheKeyDown": (0, "the key was shown or written down"),
    "ReadsOnePage": (29, "is paid for 2 times"),
    "ArchivesFirst": (11, "is archived before its replacement is there"),
    "TakesAllForOurs": (0, "which is not ours"),
    "IgnoresRefusals": (18, "is protected, and is archived"),
    "VerifiesNothing": (28, "is there twice"),
    "SaysAllIsWell": (52, "is not there as declared"),
    "ReadsNoArchive": (55, "is paid for 2 times"),
    "DropsItsTag": (0, "which is not ours"),
}


@pytest.mark.parametrize("first", SEEDS[::_CHUNK])
def test_every_schedule_keeps_the_promise(first: int) -> None:
    verdicts = [run_seed(seed) for seed in range(first, first + _CHUNK)]
    failed = [
        f"python -m tests.simulation --seeds {one.seed}  # {one.wrong[0]}" for one in verdicts if one.wrong
    ]
    assert not failed, "\n".join(failed)


@pytest.mark.parametrize("name", sorted(DEFECTS))
def test_a_planted_defect_is_caught(name: str) -> None:
    seed, words = CAUGHT_AT[name]
    assert any(words in wrong for wrong in run_seed(seed, DEFECTS[name]).wrong)
    assert not run_seed(seed).wrong


def test_a_seed_is_the_same_schedule_every_time() -> None:
    told: tuple[list[str], list[str]] = ([], [])
    for lines in told:
        run_seed(7, tell=lines.append)
    assert told[0] == told[1]
