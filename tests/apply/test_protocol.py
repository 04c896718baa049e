"""The steps of each kind of change, and what stops them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sgpctl.apply import protocol
from sgpctl.apply.body import create_body, patch_body
from sgpctl.apply.operations import Failed, Got, Reply, Unknown
from sgpctl.apply.outcome import Status
from sgpctl.limits import READ_BACK_PAUSES_SECONDS, WRITE_TRIES_MAX
from sgpctl.model.evaluation import DesiredEvaluation, RemoteEvaluation
from sgpctl.model.located import Json
from sgpctl.model.marks import (
    COMMIT,
    NONCE,
    PROVENANCE_KEYS,
    RUN_URL,
    SOURCE,
    VERSION,
    Occasion,
    Provenance,
)
from sgpctl.plan.plan import Change
from tests.apply.script import play, writes
from tests.plan.sides import OWNER, archived, chat, created, declare, plan, the_change

PROVENANCE = Provenance("c0ffee", "0.1.0", Occasion("main", "412", "ann", "https://ci.example.com/88"))
OLD = declare()
NEW = declare(tasks=[chat("New.")])
LIVE = created(OLD, "old")


def _replace() -> tuple[Change, dict[str, Json], RemoteEvaluation]:
    change = the_change(plan([NEW], [LIVE]))
    made = created(NEW, "new")
    made = replace(made, metadata={**made.metadata, NONCE: "n1"})
    return change, create_body(NEW, OWNER, PROVENANCE, "n1"), made


def _patched(remote: RemoteEvaluation, body: dict[str, Json]) -> RemoteEvaluation:
    """What the platform shows after the PATCH `body`."""
    described = body.get("description", remote.description)
    assert described is None or isinstance(described, str)
    return replace(remote, description=described, metadata={**remote.metadata, **_map(body["metadata"])})


def _update() -> tuple[Change, DesiredEvaluation, RemoteEvaluation]:
    one = declare(description="new words")
    return the_change(plan([one], [LIVE])), one, replace(LIVE, description="new words")


def test_a_replace_creates_reads_back_and_only_then_archives() -> None:
    change, body, made = _replace()
    result, asked = play(
        protocol.replace(change, body, "n1"),
        [Got(LIVE), Got(made), Got(made), Got(LIVE), Got(archived(LIVE))],
    )
    assert (result.status, result.remote_id, result.started) == (Status.DONE, "new", True)
    assert writes(asked) == ["Get", "Create", "Get", "Get", "Archive"]


def test_a_replace_whose_old_evaluation_was_changed_starts_nothing() -> None:
    change, body, _ = _replace()
    result, asked = play(protocol.replace(change, body, "n1"), [Got(replace(LIVE, description="by hand"))])
    assert result.status is Status.FAILED
    assert not result.started
    assert "changed by someone" in (result.message or "")
    assert writes(asked) == ["Get"]


def test_a_replacement_that_cannot_be_read_leaves_the_old_one_in_place() -> None:
    change, body, made = _replace()
    result, asked = play(
        protocol.replace(change, body, "n1"),
        [Got(LIVE), Got(made), *[Got(None)] * len(READ_BACK_PAUSES_SECONDS)],
    )
    assert (result.status, result.started) == (Status.FAILED, True)
    assert "Archive" not in writes(asked)


def test_an_old_evaluation_that_was_touched_meanwhile_is_not_archived() -> None:
    change, body, made = _replace()
    result, asked = play(
        protocol.replace(change, body, "n1"),
        [Got(LIVE), Got(made), Got(made), Got(replace(LIVE, description="hm"))],
    )
    assert (result.status, result.started) == (Status.FAILED, True)
    assert "Archive" not in writes(asked)


def test_an_update_reads_then_patches() -> None:
    change, one, _ = _update()
    body = patch_body(change, one, OWNER, PROVENANCE)
    result, asked = play(protocol.patch(change, body), [Got(LIVE), Got(_patched(LIVE, body))])
    assert result.status is Status.DONE
    assert writes(asked) == ["Get", "Patch"]


def test_an_update_that_was_made_meanwhile_is_done() -> None:
    """By the request of an apply that was killed, say, which took effect only after this one had planned."""
    change, one, _ = _update()
    body = patch_body(change, one, OWNER, PROVENANCE)
    result, asked = play(protocol.patch(change, body), [Got(_patched(LIVE, body))])
    assert result.status is Status.DONE
    assert writes(asked) == ["Get"]


def test_an_evaluation_that_was_archived_meanwhile_is_not_as_wanted() -> None:
    change, one, _ = _update()
    body = patch_body(change, one, OWNER, PROVENANCE)
    result, asked = play(protocol.patch(change, body), [Got(archived(_patched(LIVE, body)))])
    assert result.status is Status.FAILED
    assert writes(asked) == ["Get"]


def test_an_unclear_patch_that_took_effect_is_not_sent_again() -> None:
    change, one, after = _update()
    body = patch_body(change, one, OWNER, PROVENANCE)
    marked = replace(after, metadata={**after.metadata, **_map(body["metadata"])})
    result, asked = play(protocol.patch(change, body), [Got(LIVE), Unknown("timeout"), Got(marked)])
    assert result.status is Status.DONE
    assert writes(asked) == ["Get", "Patch", "Get"]


def test_an_unclear_patch_that_took_no_effect_is_sent_again() -> None:
    change, one, _ = _update()
    body = patch_body(change, one, OWNER, PROVENANCE)
    result, asked = play(
        protocol.patch(change, body), [Got(LIVE), Unknown("timeout"), Got(LIVE), Got(_patched(LIVE, body))]
    )
    assert result.status is Status.DONE
    assert writes(asked).count("Patch") == 2


def test_a_patch_that_is_refused_is_a_failure_with_the_servers_words() -> None:
    change, one, _ = _update()
    result, _ = play(
        protocol.patch(change, patch_body(change, one, OWNER, PROVENANCE)),
        [Got(LIVE), Failed("403: no"), Got(LIVE)],
    )
    assert (result.status, result.message) == (Status.FAILED, "403: no")


def test_a_change_whose_evaluation_is_gone_fails_without_a_write() -> None:
    change, one, _ = _update()
    result, asked = play(protocol.patch(change, patch_body(change, one, OWNER, PROVENANCE)), [Got(None)])
    assert result.status is Status.FAILED
    assert writes(asked) == ["Get"]


def test_a_restore_brings_back_then_archives_the_live_one() -> None:
    run = archived(created(OLD, "first"))
    live = created(NEW, "second", day=3)
    change = the_change(plan([OLD], [live], archived=(run,)))
    body = patch_body(change, OLD, OWNER, PROVENANCE)
    back = replace(run, archived_at=None)
    result, asked = play(
        protocol.restore(change, body), [Got(run), Got(back), Got(back), Got(live), Got(archived(live))]
    )
    assert (result.status, result.remote_id) == (Status.DONE, "first")
    assert writes(asked) == ["Get", "Restore", "Get", "Get", "Archive"]


def test_a_run_that_was_restored_meanwhile_is_not_restored_again() -> None:
    run = archived(created(OLD, "first"))
    change = the_change(plan([OLD], [], archived=(run,)))
    back = replace(run, archived_at=None)
    result, asked = play(protocol.restore(change, patch_body(change, OLD, OWNER, PROVENANCE)), [Got(back)])
    assert (result.status, writes(asked)) == (Status.DONE, ["Get"])


def test_a_run_that_was_restored_and_changed_meanwhile_is_left_alone() -> None:
    run = archived(created(OLD, "first"))
    change = the_change(plan([OLD], [], archived=(run,)))
    other = replace(run, archived_at=None, description="by hand")
    result, asked = play(protocol.restore(change, patch_body(change, OLD, OWNER, PROVENANCE)), [Got(other)])
    assert (result.status, writes(asked)) == (Status.FAILED, ["Get"])


def test_a_restored_run_that_differs_is_patched_after_it_is_back() -> None:
    run = archived(created(OLD, "first"))
    one = declare(description="new words")
    change = the_change(plan([one], [], archived=(run,)))
    back = replace(run, archived_at=None)
    body = patch_body(change, one, OWNER, PROVENANCE)
    replies = [Got(run), Got(back), Got(back), Got(_patched(back, body))]
    _, asked = play(protocol.restore(change, body), replies)
    assert writes(asked) == ["Get", "Restore", "Get", "Patch"]


def test_a_restored_run_that_was_taken_from_us_is_not_patched() -> None:
    run = archived(created(OLD, "first"))
    one = declare(description="new words")
    change = the_change(plan([one], [], archived=(run,)))
    taken = replace(run, archived_at=None, tags=())
    body = patch_body(change, one, OWNER, PROVENANCE)
    result, asked = play(protocol.restore(change, body), [Got(run), Got(taken), Got(taken)])
    assert (result.status, writes(asked)) == (Status.FAILED, ["Get", "Restore", "Get"])


def test_archiving_what_is_archived_already_is_done() -> None:
    gone = created(declare("gone", tasks=[chat("y")]), "gone")
    change = the_change(plan([OLD], [LIVE, gone]))
    result, asked = play(protocol.archive(change), [Got(archived(gone))])
    assert result.status is Status.DONE
    assert writes(asked) == ["Get"]


def _duplicate() -> tuple[Change, RemoteEvaluation, RemoteEvaluation]:
    kept, gone = created(OLD, "kept"), created(OLD, "gone", day=1)
    return the_change(plan([OLD], [kept, gone])), kept, gone


def test_a_duplicate_goes_after_what_stays_was_read() -> None:
    change, kept, gone = _duplicate()
    updated = replace(kept, description="by an update of the same apply, say")
    result, asked = play(protocol.archive(change), [Got(gone), Got(updated), Got(archived(gone))])
    assert (result.status, result.remote_id) == (Status.DONE, "gone")
    assert writes(asked) == ["Get", "Get", "Archive"]


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        (Got(archived(created(OLD, "kept"))), "kept, which was to stay, was archived or given away"),
        (Got(replace(created(OLD, "kept"), tags=())), "kept, which was to stay, was archived or given away"),
        (Got(None), "kept, which was to stay, was archived or given away"),
        (Unknown("timeout"), "kept, which stays, could not be read: timeout"),
    ],
)
def test_a_duplicate_stays_where_the_other_one_does_not(shown: Reply, words: str) -> None:
    """Another apply planned when that one had run further, and keeps this one."""
    change, _, gone = _duplicate()
    result, asked = play(protocol.archive(change), [Got(gone), shown])
    assert (result.status, writes(asked)) == (Status.FAILED, ["Get", "Get"])
    assert words in (result.message or "")


def test_what_stays_is_read_again_before_an_archive_is_sent_again() -> None:
    change, kept, gone = _duplicate()
    replies: list[Reply] = [Got(gone), Got(kept), Unknown("timeout"), Got(gone), Got(archived(kept))]
    result, asked = play(protocol.archive(change), replies)
    assert (result.status, writes(asked)) == (Status.UNCLEAR, ["Get", "Get", "Archive", "Get", "Get"])


def test_provenance_goes_along_with_a_patch() -> None:
    change, one, _ = _update()
    body = patch_body(change, one, OWNER, PROVENANCE)
    assert _map(body["metadata"])[COMMIT] == "c0ffee"
    assert _map(body["metadata"])[SOURCE] == "refunds.yaml"
    assert _map(body["metadata"])[RUN_URL] == "https://ci.example.com/88"


def test_a_patch_takes_away_the_provenance_that_no_longer_applies() -> None:
    """After an apply in a CI, one at a desk must not leave the CI's address on what it wrote."""
    change, one, _ = _update()
    body = patch_body(change, one, OWNER, Provenance(None, "0.1.0"))
    metadata = _map(body["metadata"])
    assert {key for key in metadata if metadata[key] is None} == PROVENANCE_KEYS - {SOURCE, VERSION}


def test_a_create_says_nothing_of_what_is_not_known() -> None:
    body = create_body(declare(), OWNER, Provenance(None, "0.1.0"), "n1")
    assert None not in _map(body["metadata"]).values()


def test_a_patch_took_effect_whoever_wrote_it() -> None:
    """Another apply of the same change leaves its own provenance; that is no reason to call the change moved."""
    change, one, _ = _update()
    ours = patch_body(change, one, OWNER, PROVENANCE)
    theirs = patch_body(change, one, OWNER, Provenance("5a5a5a5", "0.1.0", Occasion(actor="ben")))
    result, asked = play(
        protocol.patch(change, ours), [Got(LIVE), Unknown("timeout"), Got(_patched(LIVE, theirs))]
    )
    assert (result.status, writes(asked).count("Patch")) == (Status.DONE, 1)


def test_the_body_of_a_create_carries_the_owner_tag_and_every_mark() -> None:
    body = create_body(declare(tags=["gate"], metadata={"team": "x"}), OWNER, PROVENANCE, "n1")
    assert body["tags"] == ["gate", "sgpctl:evals:prod"]
    assert {"team", "sgpctl_name", "sgpctl_digest", "sgpctl_nonce", "sgpctl_commit"} <= _map(
        body["metadata"]
    ).keys()


def _map(value: Json) -> dict[str, Json]:
    assert isinstance(value, dict)
    return value


def test_a_restore_that_is_answered_but_not_done_archives_nothing() -> None:
    run = archived(created(OLD, "first"))
    live = created(NEW, "second", day=3)
    change = the_change(plan([OLD], [live], archived=(run,)))
    ignored = [Got(run)] * (1 + 2 * WRITE_TRIES_MAX)
    result, asked = play(protocol.restore(change, patch_body(change, OLD, OWNER, PROVENANCE)), ignored)
    assert result.status is Status.FAILED
    assert "does not show it" in (result.message or "")
    assert "Archive" not in writes(asked)


def test_a_rename_reads_its_successor_back_before_it_archives() -> None:
    taken, moved = created(declare("a"), "taken"), created(declare("b", tasks=[chat("B")]), "moved")
    change = the_change(plan([declare("a", tasks=[chat("B")])], [taken, moved]))
    body = patch_body(change, declare("a", tasks=[chat("B")]), OWNER, PROVENANCE)
    after = replace(_patched(moved, body), name="a")
    result, asked = play(
        protocol.patch(change, body), [Got(moved), Got(after), Got(after), Got(taken), Got(archived(taken))]
    )
    assert result.status is Status.DONE
    assert writes(asked) == ["Get", "Patch", "Get", "Get", "Archive"]
