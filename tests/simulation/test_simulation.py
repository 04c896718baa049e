"""Whatever happens, nothing is paid for twice, and one undisturbed apply converges; and the checks of it can fail."""

from __future__ import annotations

import pytest

from tests.simulation.defects import DEFECTS
from tests.simulation.running import run_seed

SEEDS = range(320)
_CHUNK = 40
# The first seed from 0 on that catches each defect, which is one less than the schedules that it took; and how.
CAUGHT_AT = {
    "AdoptsByName": (2, "which is not ours"),
    "ArchivesFirst": (1, "is archived before its replacement is there"),
    "BelievesAnyAnswer": (58, "was archived, and it is live"),
    "DoesNotWait": (1, "is paid for 2 times"),
    "DropsItsTag": (0, "which is not ours"),
    "FinishesWithoutItsLease": (82, "sends a create, and its lease is lost"),
    "GivesItsTurnAwayTooSoon": (73, "is paid for 2 times"),
    "IgnoresRefusals": (3, "is protected, and is archived"),
    "KeepsNoJournal": (52, "is paid for 2 times"),
    "LetsNothingSettle": (2_258, "is paid for 2 times"),
    "ReadsNoArchive": (4, "is paid for 2 times"),
    "ReadsNothingBack": (1, "is archived before its replacement was read"),
    "ReadsOnePage": (21, "is paid for 3 times"),
    "RecoversNothing": (35, "is paid for 2 times"),
    "ResendsBlindly": (3, "is paid for 2 times"),
    "SaysAllIsWell": (1, "exit code 0, and the JSON says 130"),
    "SendsNoNonce": (0, "was started, and it does not say so"),
    "TakesAllForOurs": (0, "which is not ours"),
    "TakesBlindnessForAbsence": (3, "is paid for 3 times, all by one create"),
    "TakesNoTurns": (4, "is paid for 2 times"),
    "TakesRunsFromNextDoor": (4, "it does not converge"),
    "TakesTheRunsOfOthersForItsOwn": (274, "was started, and none was"),
    "TrustsLists": (52, "is paid for 2 times"),
    "TrustsTheTagFilter": (1_478, "which is not ours"),
    "VerifiesNothing": (73, "is paid for 2 times"),
    "WritesTheKeyDown": (0, "the key was shown or written down"),
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
