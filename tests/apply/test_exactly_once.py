"""Whatever happens to a request, nothing is paid for twice, and one undisturbed apply afterwards converges."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from sgpctl.api.evaluations import Evaluations
from sgpctl.apply.body import create_body
from sgpctl.apply.execution import Interruption, Listener
from sgpctl.apply.outcome import Status
from sgpctl.errors import ExitCode
from sgpctl.model.evaluation import DesiredEvaluation
from sgpctl.model.located import Json
from sgpctl.model.marks import Provenance
from sgpctl.plan.action import Action
from sgpctl.plan.plan import Cost
from sgpctl.sandbox.faults import (
    Answer,
    Effect,
    Fault,
    TotalOff,
    Truncated,
    html_page,
    lost_answer,
    not_json,
    too_many_requests,
)
from sgpctl.sandbox.knobs import Knobs
from tests.apply.site import OWNER, Site
from tests.plan.sides import chat, declare

CREATE = "/v5/evaluations"
ONE = "/v5/evaluations/*"
FILTER = "/v5/evaluations/filter"


def _three() -> list[DesiredEvaluation]:
    return [declare(name, tasks=[chat(name)]) for name in ("a", "b", "c")]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    site = Site(tmp_path, Knobs(run_seconds=0))
    yield site
    site.store.close()


def test_an_undisturbed_create_takes_one_request_each(site: Site) -> None:
    outcome = site.apply(_three())
    assert outcome.exit_code is ExitCode.OK
    assert Counter(site.requests)["POST /v5/evaluations"] == 3
    assert not [request for request in site.requests if "filter" in request and "POST" in request][3:]
    assert site.slept_seconds == 0


@pytest.mark.parametrize(
    "effect",
    [
        lost_answer(504),
        lost_answer(500),
        lost_answer(502),
        Answer(408, after_effect=True),
        Answer(409, after_effect=True),
        not_json(after_effect=True),
        Answer(200, '{"id": ', after_effect=True),
        Answer(200, "[]", after_effect=True),
        Truncated(40),
    ],
)
def test_a_create_whose_answer_is_lost_is_found_again_and_not_sent_twice(site: Site, effect: Effect) -> None:
    site.fail(Fault(effect, "POST", CREATE, nth=2))
    outcome = site.apply(_three())
    assert outcome.exit_code is ExitCode.OK
    assert site.billed == ["a", "b", "c"]


@pytest.mark.parametrize(
    "effect", [Answer(500), Answer(503), html_page(), Answer(408), Answer(409), not_json()]
)
def test_a_create_that_had_no_effect_is_sent_again_after_settling(site: Site, effect: Effect) -> None:
    site.fail(Fault(effect, "POST", CREATE, nth=1))
    outcome = site.apply(_three())
    assert outcome.exit_code is ExitCode.OK
    assert site.billed == ["a", "b", "c"]
    assert site.slept_seconds > 0


def test_a_429_is_waited_for_and_sent_again(site: Site) -> None:
    site.fail(Fault(too_many_requests("7"), "POST", CREATE, nth=1, times=2))
    assert site.apply(_three()).exit_code is ExitCode.OK
    assert site.billed == ["a", "b", "c"]
    assert site.slept_seconds >= 7


def test_a_new_evaluation_that_lists_show_late_is_not_created_again(tmp_path: Path) -> None:
    site = Site(tmp_path, Knobs(run_seconds=0, settle_seconds=6))
    site.fail(Fault(lost_answer(), "POST", CREATE, nth=1))
    outcome = site.apply(_three())
    assert outcome.exit_code is ExitCode.OK
    assert site.billed == ["a", "b", "c"]
    site.store.close()


def test_a_refused_create_fails_alone_with_the_servers_words(site: Site) -> None:
    site.fail(Fault(Answer(400, '{"detail":"the model is not available"}'), "POST", CREATE, nth=1))
    outcome = site.apply(_three())
    assert outcome.exit_code is ExitCode.PARTIAL
    (failed,) = outcome.failures
    assert "the model is not available" in (failed.message or "")
    assert len(site.billed) == 2
    assert outcome.summary[Action.CREATE] == 2
    assert outcome.cost == Cost(model_calls=6, rows=6)
    assert outcome.left is not None
    assert [change.name for change in outcome.left.changes] == [failed.change.name]
    assert site.apply(_three()).exit_code is ExitCode.OK


def test_a_platform_that_cannot_be_searched_is_not_sent_the_create_again(site: Site) -> None:
    site.fail(
        Fault(Answer(500), "POST", CREATE, times=None), Fault(Answer(500), "POST", FILTER, nth=2, times=None)
    )
    outcome = site.apply(_three()[:1])
    assert [result.status for result in outcome.results] == [Status.UNCLEAR]
    assert Counter(site.requests)["POST /v5/evaluations"] == 1


def test_a_replace_whose_archive_answer_is_lost_archives_once(site: Site) -> None:
    site.apply(_three())
    site.fail(Fault(lost_answer(), "DELETE", ONE))
    changed = [declare("a", tasks=[chat("changed")]), *_three()[1:]]
    assert site.apply(changed).exit_code is ExitCode.OK
    assert site.billed == ["a", "a", "b", "c"]


def test_a_lost_patch_is_read_then_left_alone(site: Site) -> None:
    site.apply(_three())
    site.fail(Fault(lost_answer(), "PATCH", ONE))
    site.requests.clear()
    described = [declare("a", tasks=[chat("a")], description="new"), *_three()[1:]]
    assert site.apply(described).exit_code is ExitCode.OK
    assert len([request for request in site.requests if request.startswith("PATCH")]) == 1


def test_a_restore_whose_answer_is_lost_is_done_once_and_costs_nothing(site: Site) -> None:
    site.apply(_three())
    changed = [declare("a", tasks=[chat("changed")]), *_three()[1:]]
    site.apply(changed)
    site.fail(Fault(lost_answer(), "PATCH", ONE))
    outcome = site.apply(_three())
    assert outcome.exit_code is ExitCode.OK
    assert outcome.cost == Cost()
    assert site.billed == ["a", "a", "b", "c"]


def test_nothing_is_archived_while_a_new_run_is_missing(site: Site) -> None:
    site.apply(_three())
    site.fail(Fault(Answer(400), "POST", CREATE))
    outcome = site.apply([*_three()[1:], declare("d", tasks=[chat("d")])])
    by_name = {result.change.name: result.status for result in outcome.results}
    assert by_name == {"a": Status.NOT_STARTED, "d": Status.FAILED}


def test_a_run_of_ours_that_only_lists_show_is_ours(site: Site) -> None:
    (one,) = _three()[:1]
    nothing = Answer(200, '{"items":[],"has_more":false,"total":0}')
    site.fail(Fault(lost_answer(), "POST", CREATE, times=None), Fault(nothing, "POST", FILTER, times=None))
    outcome = site.apply([one])
    assert [(result.status, result.started) for result in outcome.results] == [(Status.DONE, True)]


def test_an_interruption_starts_nothing_new_and_says_what_is_left(site: Site) -> None:
    desired = [declare(f"e{index}", tasks=[chat(str(index))]) for index in range(12)]

    def stop_at_the_first(interruption: Interruption) -> Listener:
        def finished(_: object) -> None:
            interruption.by_person = True

        return Listener(finished=finished)

    outcome = site.apply(desired, listener=stop_at_the_first)
    assert outcome.exit_code is ExitCode.INTERRUPTED
    done = [result for result in outcome.results if result.status is Status.DONE]
    assert 1 <= len(done) < 12
    assert len(site.billed) == len(done)
    assert site.apply(desired).exit_code is ExitCode.OK
    assert len(site.billed) == 12


def test_a_lost_lease_starts_nothing_new_and_what_was_done_is_read_back(site: Site) -> None:
    desired = [declare(f"e{index}", tasks=[chat(str(index))]) for index in range(12)]

    def lose_it_at_the_first(interruption: Interruption) -> Listener:
        def finished(_: object) -> None:
            interruption.is_lease_lost = lambda: True

        return Listener(finished=finished)

    outcome = site.apply(desired, listener=lose_it_at_the_first)
    assert outcome.exit_code is ExitCode.PARTIAL
    assert {one.message for one in outcome.results if one.status is Status.NOT_STARTED} == {
        "the lease was lost before it began"
    }
    assert len(site.billed) == sum(one.status is Status.DONE for one in outcome.results) < 12
    assert outcome.left is not None


@pytest.mark.parametrize("effect", [too_many_requests(), Answer(502)], ids=["429", "no answer"])
def test_a_create_under_way_is_not_sent_again_once_the_lease_is_lost(site: Site, effect: Effect) -> None:
    def lose_it_with_the_first_create(interruption: Interruption) -> Listener:
        interruption.is_lease_lost = lambda: f"POST {CREATE}" in site.requests
        return Listener()

    site.fail(Fault(effect, "POST", CREATE))
    outcome = site.apply([declare()], listener=lose_it_with_the_first_create)
    assert site.requests.count(f"POST {CREATE}") == 1
    assert site.billed == []
    (result,) = outcome.results
    assert result.status is Status.FAILED
    assert result.message == "POST /v5/evaluations was not sent: the lease of this apply was lost meanwhile"
    assert outcome.exit_code is ExitCode.PARTIAL
    assert site.apply([declare()]).exit_code is ExitCode.OK
    assert len(site.billed) == 1


def test_an_apply_that_died_after_the_commit_is_found_by_the_next_one_though_lists_are_stale(
    tmp_path: Path,
) -> None:
    site = Site(tmp_path, Knobs(run_seconds=0, settle_seconds=6))
    (one,) = _three()[:1]
    _die_after_the_first_create(site, one)
    assert site.billed == ["a"]
    outcome = site.apply([one])
    assert outcome.exit_code is ExitCode.OK
    assert site.billed == ["a"]
    site.store.close()


def test_two_of_one_create_are_folded_into_one(site: Site) -> None:
    (one,) = _three()[:1]
    site.apply([one])
    _deliver_again(site, one)
    assert len(site.billed) == 2
    outcome = site.apply([one])
    assert outcome.exit_code is ExitCode.OK
    assert site.plan([one]).is_empty


def test_one_that_was_archived_though_no_answer_said_so_counts_as_folded(site: Site) -> None:
    """Schedule 1095210 of the simulator, when it had other weather."""
    one = declare()

    def repeat_the_create(_: object) -> None:
        thread = Thread(target=_deliver_again, args=(site, one))
        thread.start()
        thread.join()

    reads_before_the_archive = 2
    site.fail(
        Fault(lost_answer(504), "DELETE", ONE, times=None),
        Fault(Answer(503), "GET", ONE, nth=reads_before_the_archive + 1, times=None),
    )
    outcome = site.apply([one], listener=lambda _: Listener(finished=repeat_the_create))
    assert outcome.exit_code is ExitCode.OK
    assert len(site.billed) == 2
    assert len(outcome.folded) == 1
    assert [request for request in site.requests if request.startswith("DELETE")] == [
        f"DELETE {CREATE}/{outcome.folded[0]}"
    ]


def test_an_evaluation_of_another_project_is_never_touched(site: Site) -> None:
    stranger = declare("theirs", tasks=[chat("x")], tags=["sgpctl:billing:prod"])
    _create_by_hand(site, {**stranger.body})
    site.apply([declare("theirs", tasks=[chat("y")])])
    assert site.plan([]).others == 1
    assert not [request for request in site.requests if request.startswith(("PATCH", "DELETE"))]


def _create_by_hand(site: Site, body: dict[str, Json]) -> None:
    async def work() -> None:
        async with site.client() as client:
            await Evaluations(client).create(body)

    asyncio.run(work())


def _deliver_again(site: Site, one: DesiredEvaluation) -> None:
    """The same create once more, as a proxy that repeats a request would send it."""
    _create_by_hand(site, create_body(one, OWNER, Provenance(None, "0"), "nonce-1"))


def _die_after_the_first_create(site: Site, one: DesiredEvaluation) -> None:
    """Journal and create as an apply does, and then nothing: the process is gone before it reads the answer."""
    site.journal.write("create", {"name": one.name, "nonce": "lost"})
    _create_by_hand(site, create_body(one, OWNER, Provenance(None, "0"), "lost"))


def test_a_search_that_came_incomplete_does_not_pass_for_not_found(site: Site) -> None:
    site.fail(
        Fault(lost_answer(), "POST", CREATE),
        Fault(Answer(200, '{"items": [], "has_more": false, "total": 1}'), "POST", FILTER, nth=2, times=None),
    )
    outcome = site.apply(_three()[:1])
    assert [result.status for result in outcome.results] == [Status.UNCLEAR]
    assert site.billed == ["a"]


def test_a_key_that_the_platform_drops_does_not_start_a_second_run(site: Site) -> None:
    metric: Json = {
        "task_type": "metric",
        "alias": "f1",
        "configuration": {
            "type": "f1",
            "candidate": "item.question",
            "reference": "item.question",
            "beta": 2,
        },
    }
    one = declare("scored", tasks=[metric])
    assert site.apply([one]).exit_code is ExitCode.OK
    assert site.apply([one]).results == ()
    assert site.billed == ["scored"]


def test_a_run_that_lists_show_late_is_not_paid_for_by_the_next_apply_either(tmp_path: Path) -> None:
    site = Site(tmp_path, Knobs(run_seconds=0, settle_seconds=60))
    (one,) = _three()[:1]
    assert site.apply([one]).exit_code is ExitCode.OK
    assert site.apply([one]).exit_code is ExitCode.OK
    assert site.billed == ["a"]
    site.store.close()


def test_a_closing_list_that_came_incomplete_is_not_called_true(site: Site) -> None:
    site.apply(_three())
    described = [declare("a", tasks=[chat("a")], description="new"), *_three()[1:]]
    site.fail(Fault(TotalOff(2), "GET", CREATE, nth=3, times=None))
    outcome = site.apply(described)
    assert outcome.unverified is not None
    assert outcome.exit_code is ExitCode.PARTIAL


def test_upper_case_tags_on_a_deployment_that_lowers_them_converge(tmp_path: Path) -> None:
    site = Site(tmp_path, Knobs(run_seconds=0, lowercase_tags=True))
    one = declare("a", tags=["Gate"])
    assert site.apply([one]).exit_code is ExitCode.OK
    assert site.plan([one]).is_empty
    described = declare("a", tags=["Gate"], description="new")
    site.fail(Fault(lost_answer(), "PATCH", ONE))
    assert site.apply([described]).exit_code is ExitCode.OK
    site.store.close()


def test_a_restore_that_the_platform_ignores_leaves_the_live_run_in_place(site: Site) -> None:
    first, second = [declare("a")], [declare("a", tasks=[chat("new")])]
    site.apply(first)
    site.apply(second)
    site.requests.clear()
    site.fail(Fault(Answer(200, "{}"), "PATCH", ONE, times=None))
    outcome = site.apply(first)
    assert outcome.exit_code is ExitCode.PARTIAL
    assert not [request for request in site.requests if request.startswith("DELETE")]


def test_a_revert_over_stale_lists_restores_the_run_that_no_list_shows(tmp_path: Path) -> None:
    site = Site(tmp_path, Knobs(run_seconds=0, settle_seconds=120))
    first, second = [declare("a")], [declare("a", tasks=[chat("new")])]
    assert site.apply(first).exit_code is ExitCode.OK
    assert site.apply(second).exit_code is ExitCode.OK
    assert site.apply(first).exit_code is ExitCode.OK
    assert site.billed == ["a", "a"]
    site.store.close()


def test_an_answer_of_null_is_not_taken_for_gone(site: Site) -> None:
    site.apply(_three())
    site.fail(Fault(Answer(200, "null"), "GET", ONE, times=None))
    outcome = site.apply([declare("d", tasks=[chat("d")]), *_three()[1:]])
    assert outcome.exit_code is ExitCode.PARTIAL
    assert len(site.billed) == 4
