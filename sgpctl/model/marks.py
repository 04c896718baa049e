"""What sgpctl writes on a remote evaluation to know it again: the owner tag and flat metadata keys.

Values are always strings, because the filter endpoint compares strings (API 2.6). Keys have no dots.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from sgpctl.model.evaluation import DesiredEvaluation, RemoteEvaluation
from sgpctl.model.located import Json

TAG_PREFIX = "sgpctl:"
LEASE_TAG_PREFIX = "sgpctl-lock:"
KEY_PREFIX = "sgpctl_"

OWNER_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
"""What a project or an environment may be called, because both are parts of the owner tag."""

NAME = "sgpctl_name"
DIGEST = "sgpctl_digest"
DATA_DIGEST = "sgpctl_data_digest"
NONCE = "sgpctl_nonce"
PROTECT = "sgpctl_protect"
DECLARED = "sgpctl_declared"  # which mutable fields the manifest spoke of, so that a removal can be seen
REPOSITORY = "sgpctl_repository"
SOURCE = "sgpctl_source"
COMMIT = "sgpctl_commit"
VERSION = "sgpctl_version"
BRANCH = "sgpctl_branch"
PULL_REQUEST = "sgpctl_pull_request"
ACTOR = "sgpctl_actor"
RUN_URL = "sgpctl_run_url"

# What says where the last change came from. None of them ever causes a change, or decides whether one took effect.
PROVENANCE_KEYS = frozenset({SOURCE, COMMIT, VERSION, BRANCH, PULL_REQUEST, ACTOR, RUN_URL})


@dataclass(frozen=True, slots=True)
class Owner:
    """Who keeps an evaluation: a project in one of its environments, out of one repository.

    `repository` is the normalised address of the Git remote, None when there is no remote.
    """

    project: str
    environment: str
    repository: str | None = None

    @property
    def tag(self) -> str:
        return f"{TAG_PREFIX}{self.project}:{self.environment}"


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a command is run for: a branch, a pull request (its number), a person, a run of a CI (its address)."""

    branch: str | None = None
    pull_request: str | None = None
    actor: str | None = None
    run_url: str | None = None


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a change came from. Written along with other changes; never a reason for one."""

    commit: str | None
    version: str
    occasion: Occasion = field(default_factory=Occasion)


@dataclass(frozen=True, slots=True)
class LastChange:
    """Where the last change to a remote evaluation came from, as its marks say; None where one is missing."""

    commit: str | None
    version: str | None
    source: str | None
    occasion: Occasion


@dataclass(frozen=True, slots=True)
class Marks:
    """Our marks as read from one remote evaluation; None where a mark is missing or is not a string."""

    name: str | None
    digest: str | None
    data_digest: str | None
    nonce: str | None
    protect: bool
    declared: frozenset[str]
    repository: str | None


def is_reserved_tag(tag: str) -> bool:
    """Tags that only sgpctl may set. Compared without case: some deployments lower-case tags (API 7)."""
    return tag.lower().startswith((TAG_PREFIX, LEASE_TAG_PREFIX))


def is_lease(remote: RemoteEvaluation) -> bool:
    """True for what says that somebody works on a project; it is no evaluation to anybody."""
    return any(tag.lower().startswith(LEASE_TAG_PREFIX) for tag in remote.tags)


def is_reserved_key(key: str) -> bool:
    """Metadata keys that only sgpctl may set."""
    return key.lower().startswith(KEY_PREFIX)


def is_owned_by(remote: RemoteEvaluation, owner: Owner) -> bool:
    """True when our owner tag is the only owner tag on it."""
    owner_tags = {tag.lower() for tag in remote.tags if is_reserved_tag(tag)}
    return owner_tags == {owner.tag.lower()}


def other_owners(remote: RemoteEvaluation, owner: Owner) -> tuple[str, ...]:
    """The owner tags on `remote` that are not ours."""
    return tuple(tag for tag in remote.tags if is_reserved_tag(tag) and tag.lower() != owner.tag.lower())


def effective_name(remote: RemoteEvaluation) -> str:
    """The name that sgpctl gave it, which a rename by hand does not change; else the name that it bears."""
    return _text(remote, NAME) or remote.name


def read_marks(remote: RemoteEvaluation) -> Marks:
    """The marks that `remote` carries, tolerant of anything a person may have done to them."""
    for known in remote.marks_read:
        if isinstance(known, Marks):
            return known
    marks = Marks(
        name=_text(remote, NAME),
        digest=_text(remote, DIGEST),
        data_digest=_text(remote, DATA_DIGEST),
        nonce=_text(remote, NONCE),
        protect=_text(remote, PROTECT) == "true",
        declared=_declared_fields(_text(remote, DECLARED)),
        repository=_text(remote, REPOSITORY),
    )
    remote.marks_read.append(marks)
    return marks


def last_change(remote: RemoteEvaluation) -> LastChange:
    """What the marks of `remote` say about where it came from, as tolerant as `read_marks`."""
    return LastChange(
        commit=_text(remote, COMMIT),
        version=_text(remote, VERSION),
        source=_text(remote, SOURCE),
        occasion=Occasion(
            branch=_text(remote, BRANCH),
            pull_request=_text(remote, PULL_REQUEST),
            actor=_text(remote, ACTOR),
            run_url=_text(remote, RUN_URL),
        ),
    )


def identity_marks(desired: DesiredEvaluation) -> dict[str, str]:
    """The marks that follow from the manifest alone; a difference in one of them is worth a patch."""
    marks = {
        NAME: desired.name,
        DIGEST: desired.digest,
        PROTECT: "true" if desired.protect else "false",
        DECLARED: json.dumps(sorted(declared_fields(desired)), ensure_ascii=False),
    }
    if desired.data_digest is not None:
        marks[DATA_DIGEST] = desired.data_digest
    return marks


def provenance_marks(desired: DesiredEvaluation, owner: Owner, provenance: Provenance) -> dict[str, str]:
    """The marks that say where a change came from; what is not known has none."""
    occasion = provenance.occasion
    marks = {
        SOURCE: desired.place[0],
        VERSION: provenance.version,
        REPOSITORY: owner.repository,
        COMMIT: provenance.commit,
        BRANCH: occasion.branch,
        PULL_REQUEST: occasion.pull_request,
        ACTOR: occasion.actor,
        RUN_URL: occasion.run_url,
    }
    return {key: value for key, value in marks.items() if value is not None}


def declared_fields(desired: DesiredEvaluation) -> frozenset[str]:
    """The mutable fields that the manifest speaks of: `description`, `tags` and `metadata.<key>`."""
    fields = {f"metadata.{key}" for key in desired.metadata}
    if desired.description is not None:
        fields.add("description")
    if desired.tags is not None:
        fields.add("tags")
    return frozenset(fields)


def own_metadata(metadata: Mapping[str, Json]) -> dict[str, Json]:
    """`metadata` without our marks."""
    return {key: value for key, value in metadata.items() if not is_reserved_key(key)}


def _text(remote: RemoteEvaluation, key: str) -> str | None:
    value = remote.metadata.get(key)
    return value if isinstance(value, str) and value else None


@lru_cache(maxsize=1024)  # the manifests of a project speak of the same few fields
def _declared_fields(text: str | None) -> frozenset[str]:
    try:
        fields = json.loads(text) if text else []
    except ValueError:
        return frozenset()
    return (
        frozenset(field for field in fields if isinstance(field, str))
        if isinstance(fields, list)
        else frozenset()
    )
