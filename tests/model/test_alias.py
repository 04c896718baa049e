import pytest

from sgpctl.model.alias import effective_alias, output_columns, result_columns
from sgpctl.model.located import Json


@pytest.mark.parametrize(
    ("task_type", "alias"),
    [
        ("chat_completion", "chat_completion"),
        ("inference", "inference"),
        ("application_variant", "application_variant"),
        ("agentex_output", "agentex_output"),
        ("auto_evaluation.question", "auto_evaluation_question"),
        ("auto_evaluation.guided_decoding", "auto_evaluation_guided_decoding"),
        ("auto_evaluation.agent", "auto_evaluation_agent"),
        ("contributor_evaluation.question", "contributor_evaluation_question"),
    ],
)
def test_the_default_alias_is_the_type_without_dots(task_type: str, alias: str) -> None:
    assert effective_alias({"task_type": task_type, "configuration": {}}) == alias


@pytest.mark.parametrize("metric", ["bleu", "rougeL"])
def test_the_default_alias_of_a_metric_is_its_measure(metric: str) -> None:
    assert effective_alias({"task_type": "metric", "configuration": {"type": metric}}) == metric


@pytest.mark.parametrize(
    "source",
    [
        "def score(a): return 1",
        "\n# a comment\nimport math\n\n@cached\ndef  score (a):\n    def inner(): pass\n",
        "def score(a): return 1\ndef other(): pass",
    ],
)
def test_the_default_alias_of_a_custom_function_is_its_name(source: str) -> None:
    task: dict[str, Json] = {"task_type": "custom_function", "configuration": {"function_source": source}}
    assert effective_alias(task) == "score"


def test_a_declared_alias_wins() -> None:
    assert (
        effective_alias({"task_type": "metric", "alias": "mine", "configuration": {"type": "f1"}}) == "mine"
    )


@pytest.mark.parametrize(
    "task",
    [
        {},
        {"task_type": None},
        {"task_type": "metric"},
        {"task_type": "metric", "configuration": {"type": 1}},
        {"task_type": "custom_function", "configuration": {"function_source": "f = lambda x: 1"}},
    ],
)
def test_an_alias_that_cannot_be_told_is_none(task: dict[str, Json]) -> None:
    assert effective_alias(task) is None


def test_an_output_without_alias_has_its_path_without_dots() -> None:
    outputs: Json = [{"path": "a.b"}, {"path": "c", "alias": "second"}, {"alias": "third"}, "odd"]
    assert output_columns({"configuration": {"outputs": outputs}}) == ("a_b", "second", "third")


def test_result_columns_are_aliases_and_outputs() -> None:
    tasks: list[dict[str, Json]] = [
        {"task_type": "metric", "configuration": {"type": "f1"}},
        {"task_type": "custom_function", "alias": "score", "configuration": {"outputs": [{"path": "a.b"}]}},
        {"task_type": "metric"},
    ]
    assert result_columns([*tasks]) == {"f1", "score", "a_b"}
