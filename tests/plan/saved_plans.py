"""Hypothesis strategies for plans with anything in them that a manifest or the platform could put there."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from hypothesis import strategies as st

from sgpctl.model.located import Json
from sgpctl.model.marks import OWNER_NAME, Occasion
from sgpctl.plan.action import Action
from sgpctl.plan.plan import (
    Change,
    ColumnChange,
    Cost,
    Excerpt,
    FieldChange,
    Plan,
    PlanHeader,
    Precondition,
    Refusal,
    RowChange,
    RowKind,
    RowsChange,
    Superseded,
    Target,
)


def _survives_json(text: str) -> bool:
    """False for two surrogates that JSON would read as one character; no JSON or YAML reader produces them."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass") == text


texts = st.text(st.characters(), max_size=12).filter(_survives_json)
names = st.from_regex(OWNER_NAME, fullmatch=True)
counts = st.integers(min_value=0, max_value=10**9)
moments = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - Hypothesis adds the zone
places = st.tuples(texts, st.integers(1, 9999), st.integers(1, 200))
json_values: st.SearchStrategy[Json] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
_excerpts = (
    st.none()
    | json_values.filter(lambda value: value is not None).map(
        lambda value: Excerpt(json.dumps(value, ensure_ascii=False))
    )
    | st.builds(Excerpt, texts, st.just(True))
)
row_changes = st.builds(
    RowChange,
    kind=st.sampled_from(RowKind),
    key=st.none() | texts,
    columns=st.lists(st.builds(ColumnChange, texts, _excerpts, _excerpts), max_size=3).map(tuple),
    more_columns=counts,
)
rows_changes = st.builds(
    RowsChange,
    *(st.none() | counts for _ in range(6)),
    key=st.none() | texts,
    keyless=counts,
    columns=st.lists(st.tuples(texts, counts), max_size=3).map(tuple),
    more_columns=counts,
    sample=st.lists(row_changes, max_size=3).map(tuple),
)
costs = st.builds(Cost, counts, counts, counts, st.booleans(), st.booleans())
parts = st.dictionaries(texts, texts, max_size=2)
needs = st.builds(Precondition, texts, texts, st.lists(texts, max_size=2).map(tuple), parts)
changes = st.builds(
    Change,
    action=st.sampled_from(Action),
    name=texts,
    remote_id=st.none() | texts,
    place=st.none() | places,
    digest=st.none() | texts,
    reasons=st.lists(texts, max_size=2).map(tuple),
    fields=st.lists(
        st.builds(FieldChange, texts, json_values, json_values, st.none() | places), max_size=2
    ).map(tuple),
    rows=st.none() | rows_changes,
    cost=costs,
    preconditions=st.lists(needs, max_size=2).map(tuple),
    archives=st.lists(st.builds(Superseded, texts, texts, moments, needs), max_size=2).map(tuple),
    patch=st.dictionaries(texts, json_values, max_size=2),
    is_duplicate=st.booleans(),
    parts=parts,
)
saved_plans = st.builds(
    Plan,
    changes=st.lists(changes, max_size=3, unique_by=lambda change: change.address).map(tuple),
    unchanged=st.lists(texts, max_size=2).map(tuple),
    notes=st.lists(texts, max_size=2).map(tuple),
    warnings=st.lists(texts, max_size=2).map(tuple),
    refusals=st.lists(st.builds(Refusal, texts, texts), max_size=2).map(tuple),
    desired=counts,
    owned=counts,
    others=counts,
)
headers = st.builds(
    PlanHeader,
    project=names,
    environment=names,
    target=st.builds(Target, texts, texts, st.none() | texts, st.booleans()),
    commit=st.none() | texts,
    generated_at=moments,
    sgpctl_version=texts,
    manifest_files=counts,
    occasion=st.builds(Occasion, *(st.none() | texts for _ in range(4))),
)
