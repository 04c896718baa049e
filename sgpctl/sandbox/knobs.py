"""How the sandbox departs from its defaults: what the API leaves open, and what a test wants to be difficult."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Knobs:
    """Settings of one sandbox app. The defaults are the API reference's own choices (API 7).

    Faults of single requests (429, lost answers, broken bodies) are not knobs: see `FaultPlan`.
    """

    latency_ms: int = 0
    run_seconds: float = 2.0
    """How long an evaluation with executable tasks stays `running`; 0 completes it within its create."""
    settle_seconds: float = 0.0
    """How long a new evaluation is missing from list and filter. A read by id finds it at once."""
    failing_share: float = 0.0
    """The share of results, chosen by hash, that fail. An evaluation whose every row fails ends as `failed`."""
    lowercase_tags: bool = False
    strict_unknown_fields: bool = False
    archive_twice_ok: bool = False
    refusal_status: int = 400
    """The status of a refusal by a business rule: archived, duplicate alias, unknown member."""
    page_limit_max: int = 10_000
    body_bytes_max: int | None = None
    rows_max: int | None = None
    tags_max: int | None = None
    metadata_bytes_max: int | None = None
    api_keys: frozenset[str] | None = field(default=None, repr=False)
    """The keys that are accepted; None accepts every key that is not empty."""
