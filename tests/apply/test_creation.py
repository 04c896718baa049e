"""A create happens exactly once, as far as the platform lets anyone know."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sgpctl.apply.creation import create_once, look_for
from sgpctl.apply.operations import Failed, Found, Got, Note, Noted, Problem, Unknown, Wait
from sgpctl.limits import CREATE_SENDS_MAX, SETTLING_PAUSES_SECONDS
from sgpctl.model.evaluation import RemoteEvaluation
from sgpctl.model.marks import NONCE
from tests.apply.script import Answer, play, writes
from tests.plan.sides import created, declare

NOT_FOUND: list[Answer] = [Found(())] * len(SETTLING_PAUSES_SECONDS)


def _made(nonce: str = "n1", remote_id: str = "id-1") -> RemoteEvaluation:
    remote = created(declare(), remote_id)
    return replace(remote, metadata={**remote.metadata, NONCE: nonce})


def test_the_undisturbed_case_is_one_request() -> None:
    made, asked = play(create_once("refunds", {}, "n1"), [Got(_made())])
    assert isinstance(made, RemoteEvaluation)
    assert writes(asked) == ["Create"]


def test_the_nonce_is_on_disk_before_anything_is_sent() -> None:
    _, asked = play(create_once("refunds", {}, "n1"), [Got(_made())])
    assert asked[0] == Note("create", {"name": "refunds", "nonce": "n1"})
    assert asked[-1] == Note("created", {"nonce": "n1", "remote_id": "id-1"}, is_durable=False)


def test_nothing_is_sent_when_the_journal_cannot_be_written() -> None:
    protocol = create_once("refunds", {}, "n1")
    assert isinstance(next(protocol), Note)
    with pytest.raises(StopIteration) as end:
        protocol.send(Failed("No space left on device"))
    assert isinstance(end.value.value, Problem)
    assert "nothing was sent" in end.value.value.message


def test_a_refusal_is_the_end_and_nothing_was_made() -> None:
    made, asked = play(create_once("refunds", {}, "n1"), [Failed("422: name too long")])
    assert made == Problem("422: name too long")
    assert writes(asked) == ["Create"]


def test_a_lost_answer_is_looked_for_and_found() -> None:
    made, asked = play(
        create_once("refunds", {}, "n1"), [Unknown("timeout"), Found(()), Found(()), Found((_made(),))]
    )
    assert isinstance(made, RemoteEvaluation)
    assert writes(asked) == ["Create", "Find", "Find", "Find"]


def test_it_is_sent_again_only_after_the_whole_settling_time() -> None:
    made, asked = play(create_once("refunds", {}, "n1"), [Unknown("timeout"), *NOT_FOUND, Got(_made())])
    assert isinstance(made, RemoteEvaluation)
    second = [index for index, operation in enumerate(asked) if type(operation).__name__ == "Create"][1]
    waited = sum(operation.seconds for operation in asked[:second] if isinstance(operation, Wait))
    assert waited == sum(SETTLING_PAUSES_SECONDS)


def test_it_is_never_sent_again_when_looking_did_not_work() -> None:
    blind: list[Answer] = [*NOT_FOUND[:-1], Failed("503")]
    made, asked = play(create_once("refunds", {}, "n1"), [Unknown("timeout"), *blind])
    assert isinstance(made, Problem)
    assert made.is_unclear
    assert writes(asked).count("Create") == 1


def test_after_several_unclear_sends_it_says_that_nobody_knows() -> None:
    made, asked = play(create_once("refunds", {}, "n1"), [Unknown("reset"), *NOT_FOUND] * CREATE_SENDS_MAX)
    assert isinstance(made, Problem)
    assert made.is_unclear
    assert writes(asked).count("Create") == CREATE_SENDS_MAX


def test_a_refusal_of_the_second_send_does_not_hide_a_late_first_one() -> None:
    made, _ = play(
        create_once("refunds", {}, "n1"),
        [Unknown("timeout"), *NOT_FOUND, Failed("400"), Found((_made(),))],
    )
    assert isinstance(made, RemoteEvaluation)


def test_an_answer_without_our_nonce_is_not_taken_for_ours() -> None:
    made, asked = play(create_once("refunds", {}, "n1"), [Got(_made("someone else's")), *NOT_FOUND])
    assert isinstance(made, Problem)
    assert made.is_unclear
    assert writes(asked).count("Create") == 1


def test_an_answer_that_left_the_metadata_out_is_looked_up() -> None:
    bare = replace(_made(), metadata={})
    made, asked = play(create_once("refunds", {}, "n1"), [Got(bare), Found((_made(),))])
    assert isinstance(made, RemoteEvaluation)
    assert writes(asked) == ["Create", "Find"]


def test_of_several_found_the_oldest_live_one_counts() -> None:
    late = replace(_made(remote_id="late"), created_at=_made().created_at.replace(year=2027))
    gone = replace(_made(remote_id="gone"), archived_at=_made().created_at)
    found, _ = play(look_for("n1"), [Found((late, gone, _made()))])
    assert isinstance(found, RemoteEvaluation)
    assert found.id == "id-1"


def test_looking_waits_before_it_looks() -> None:
    protocol = look_for("n1")
    assert isinstance(next(protocol), Wait)
    protocol.send(Noted())
    protocol.close()
