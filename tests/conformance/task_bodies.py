"""A realistic task of each of the ten types, for rows with the columns of `ROWS`."""

from __future__ import annotations

from typing import Any, cast

from scale_gp_beta import SGPClient
from scale_gp_beta.types import Evaluation

ROWS: list[dict[str, object]] = [
    {
        "question": "How long is the refund window?",
        "reference": "30 days",
        "context": {"id": "p-1"},
        "lang": "en",
    },
    {
        "question": "Wie lange kann ich umtauschen?",
        "reference": "30 Tage",
        "context": {"id": "p-2"},
        "lang": "de",
    },
]

_CHAT = {
    "model": "openai/gpt-4o",
    "messages": [
        {"role": "system", "content": "Answer from the policy {{item.context.id}}."},
        {"role": "user", "content": "{{ item.question }}"},
    ],
    "temperature": 0,
    "max_completion_tokens": 200,
    "stop": ["\n\n"],
    "tools": [{"type": "function", "function": {"name": "search", "parameters": {"type": "object"}}}],
    "provider_hint": "eu",
}
_RUN_CONDITION = {
    "op": "and",
    "operands": [
        {
            "op": "eq",
            "left": {"op": "var", "path": "item.lang"},
            "right": {"op": "const", "value": "en"},
        },
        {"op": "is_not_null", "operands": [{"op": "var", "path": "item.reference"}]},
    ],
}
_LAYOUT = {
    "direction": "row",
    "children": [
        {"data": "item.question", "label": "Question"},
        {"children": [{"data": "item.reference"}, {"data": "item.context.id"}]},
    ],
}
_FUNCTION = """
def brevity(question, reference, limit=40):
    import re
    words = len(re.findall(r"\\w+", question))
    return {"score": min(1.0, words / limit), "detail": {"words": words}}
"""

TASKS: dict[str, dict[str, object]] = {
    "chat_completion": {"task_type": "chat_completion", "alias": "answer", "configuration": _CHAT},
    "inference": {
        "task_type": "inference",
        "configuration": {
            "model": "launch/reranker",
            "args": {"text": "item.question", "top_n": 3},
            "inference_configuration": {"num_retries": 2, "timeout_seconds": 30},
        },
    },
    "application_variant": {
        "task_type": "application_variant",
        "configuration": {
            "application_variant_id": "b0a1",
            "inputs": {"question": "item.question"},
            "history": [{"request": "Hello", "response": "Hello, how can I help?"}],
            "overrides": {"concurrent": True, "initial_state": {"current_node": "start", "state": {}}},
        },
    },
    "agentex_output": {
        "task_type": "agentex_output",
        "configuration": {
            "agentex_agent_id": "agent-7",
            "input_column": "item.question",
            "agent_task_params": {"config_id": "item.context.id"},
            "timeout_seconds": 900,
        },
    },
    "metric": {
        "task_type": "metric",
        "configuration": {"type": "rougeL", "candidate": "item.question", "reference": "item.reference"},
    },
    "auto_evaluation.question": {
        "task_type": "auto_evaluation.question",
        "configuration": {
            "model": "openai/gpt-4o",
            "prompt": "Is {{item.reference}} right?",
            "question_id": "unknown-here",
        },
    },
    "auto_evaluation.guided_decoding": {
        "task_type": "auto_evaluation.guided_decoding",
        "alias": "judge",
        "configuration": {
            "model": "openai/gpt-4o",
            "prompt": "Judge {{item.question}}",
            "choices": ["grounded", "not grounded"],
            "run_condition": _RUN_CONDITION,
        },
    },
    "auto_evaluation.agent": {
        "task_type": "auto_evaluation.agent",
        "configuration": {
            "name": "tone",
            "definition": "Is the question polite?",
            "output_rules": ["Answer yes or no."],
            "output_values": ["yes", "no"],
            "designated_to": {"agent_name": "APEAgent", "config": {"model": "openai/gpt-4o"}},
        },
    },
    "contributor_evaluation.question": {
        "task_type": "contributor_evaluation.question",
        "configuration": {"question_id": "q-1", "layout": _LAYOUT},
    },
    "custom_function": {
        "task_type": "custom_function",
        "configuration": {
            "function_source": _FUNCTION,
            "config_args": {"limit": 20},
            "outputs": [{"path": "score"}, {"path": "detail.words"}],
        },
    },
}


def create(client: SGPClient, **body: object) -> Evaluation:
    """Creates through the SDK; its argument is a union of typed dictionaries that a test cannot spell out."""
    return client.evaluations.create(evaluation=cast("Any", {"name": "run", "data": ROWS} | body))


def create_from_dataset(client: SGPClient, dataset_id: str, **body: object) -> Evaluation:
    whole = {"name": "run", "dataset_id": dataset_id} | body
    return client.evaluations.create(evaluation=cast("Any", whole))


def update(client: SGPClient, evaluation_id: str, **patch: object) -> Evaluation:
    return client.evaluations.update(evaluation_id, evaluation=cast("Any", patch))
