"""The bodies that are sent: what the manifest declares, and our marks."""

from __future__ import annotations

from sgpctl.model.applied import APPLIED, applied_mark
from sgpctl.model.evaluation import DesiredEvaluation
from sgpctl.model.located import Json
from sgpctl.model.marks import NONCE, PROVENANCE_KEYS, Owner, Provenance, identity_marks, provenance_marks
from sgpctl.plan.plan import Change


def create_body(one: DesiredEvaluation, owner: Owner, provenance: Provenance, nonce: str) -> dict[str, Json]:
    """The request for `POST /v5/evaluations` (API 2.3); the rows are shared with `one`, not copied."""
    tags: list[Json] = [*dict.fromkeys(one.tags or ()), owner.tag]
    metadata: dict[str, Json] = {
        **one.metadata,
        **identity_marks(one),
        **provenance_marks(one, owner, provenance),
        APPLIED: applied_mark(one),
        NONCE: nonce,
    }
    return {**one.body, "tags": tags, "metadata": metadata}


def patch_body(
    change: Change, one: DesiredEvaluation, owner: Owner, provenance: Provenance
) -> dict[str, Json]:
    """The PATCH body of a change (API 2.7), with the provenance that goes along with it.

    What is not known this time is taken away: the address of an earlier run would be untrue of this change.
    """
    planned = change.patch.get("metadata")
    metadata: dict[str, Json] = {
        **(planned if isinstance(planned, dict) else {}),
        **dict.fromkeys(sorted(PROVENANCE_KEYS)),
        **provenance_marks(one, owner, provenance),
        APPLIED: applied_mark(one),
    }
    return {**change.patch, "metadata": metadata}
