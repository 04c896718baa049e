from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sgpctl.model.evaluation import DesiredEvaluation, RemoteEvaluation
from sgpctl.model.located import Json
from sgpctl.model.marks import (
    PROVENANCE_KEYS,
    LastChange,
    Occasion,
    Owner,
    Provenance,
    declared_fields,
    identity_marks,
    is_owned_by,
    is_reserved_key,
    is_reserved_tag,
    last_change,
    own_metadata,
    provenance_marks,
    read_marks,
)

OWNER = Owner("support-evals", "prod", "github.com/acme/evals")


def desired(protect: bool = False, data_digest: str | None = "v1:d", **body: Json) -> DesiredEvaluation:
    return DesiredEvaluation(
        name="returns",
        body={"name": "returns", **body},
        digest="v1:s",
        data_digest=data_digest,
        place=("evals/returns.yaml", 3, 1),
        protect=protect,
    )


def remote(tags: tuple[str, ...] = (), metadata: Mapping[str, Json] | None = None) -> RemoteEvaluation:
    return RemoteEvaluation(
        id="e1",
        name="returns",
        status="completed",
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
        tags=tags,
        metadata=metadata or {},
    )


def test_an_owner_tag_names_project_and_environment() -> None:
    assert OWNER.tag == "sgpctl:support-evals:prod"


@pytest.mark.parametrize("tags", [("sgpctl:support-evals:prod",), ("nightly", "SGPCTL:Support-Evals:Prod")])
def test_the_owner_tag_makes_an_evaluation_ours_whatever_its_case(tags: tuple[str, ...]) -> None:
    assert is_owned_by(remote(tags), OWNER)


@pytest.mark.parametrize(
    "tags",
    [
        (),
        ("support-evals",),
        ("sgpctl:support-evals:staging",),
        ("sgpctl:support-evals:prod", "sgpctl:other:prod"),
    ],
    ids=["none", "look-alike", "another environment", "two owners"],
)
def test_any_other_tags_do_not(tags: tuple[str, ...]) -> None:
    assert not is_owned_by(remote(tags), OWNER)


@pytest.mark.parametrize("protect", [True, False])
def test_the_marks_that_are_written_are_read_back(protect: bool) -> None:
    evaluation = desired(protect, tags=["a"], metadata={"team": "x", "k": 1})
    written = {
        **identity_marks(evaluation),
        **provenance_marks(evaluation, OWNER, Provenance("9f2c1e7", "0.1.0")),
    }
    marks = read_marks(remote(metadata={**written, "sgpctl_nonce": "n1"}))
    assert marks.name == "returns"
    assert marks.digest == "v1:s"
    assert marks.data_digest == "v1:d"
    assert marks.nonce == "n1"
    assert marks.protect is protect
    assert marks.declared == {"tags", "metadata.team", "metadata.k"}
    assert marks.repository == "github.com/acme/evals"


def test_the_provenance_that_is_written_is_read_back() -> None:
    occasion = Occasion("main", "412", "ann", "https://ci.example.com/88")
    written = provenance_marks(desired(), OWNER, Provenance("9f2c1e7", "0.1.0", occasion))
    assert written.keys() - {"sgpctl_repository"} == PROVENANCE_KEYS
    assert last_change(remote(metadata=written)) == LastChange(
        "9f2c1e7", "0.1.0", "evals/returns.yaml", occasion
    )


def test_every_mark_is_a_string_under_a_reserved_key_without_dots() -> None:
    evaluation = desired(description="d")
    marks = {**identity_marks(evaluation), **provenance_marks(evaluation, OWNER, Provenance("c", "v"))}
    assert all(isinstance(value, str) for value in marks.values())
    assert all(is_reserved_key(key) and "." not in key for key in marks)


def test_what_is_not_known_is_not_written() -> None:
    unknown = provenance_marks(desired(), Owner("p", "e"), Provenance(None, "0.1.0"))
    assert unknown.keys() == {"sgpctl_source", "sgpctl_version"}
    assert last_change(remote(metadata=unknown)) == LastChange(
        None, "0.1.0", "evals/returns.yaml", Occasion()
    )
    assert "sgpctl_data_digest" not in identity_marks(desired(data_digest=None))


damaged = (
    st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.lists(st.integers(), max_size=2)
)
keys = st.sampled_from(
    ["sgpctl_name", "sgpctl_digest", "sgpctl_nonce", "sgpctl_protect", "sgpctl_declared", "sgpctl_branch"]
)


@given(st.dictionaries(keys, damaged))
def test_marks_that_people_have_damaged_are_read_as_missing(metadata: dict[str, Json]) -> None:
    marks = read_marks(remote(metadata=metadata))
    assert marks.name is None or marks.name == metadata["sgpctl_name"]
    assert marks.protect == (metadata.get("sgpctl_protect") == "true")
    branch = last_change(remote(metadata=metadata)).occasion.branch
    assert branch is None or branch == metadata["sgpctl_branch"]


@pytest.mark.parametrize("declared", ["", "{", "5", '{"a": 1}', '["tags", 5]'])
def test_a_damaged_list_of_declared_fields_holds_what_can_be_read(declared: str) -> None:
    expected = {"tags"} if "tags" in declared else set()
    assert read_marks(remote(metadata={"sgpctl_declared": declared})).declared == expected


def test_only_mutable_fields_count_as_declared() -> None:
    evaluation = desired(description="d", tags=[], metadata={"a": 1}, tasks=[], data=[])
    assert declared_fields(evaluation) == {"description", "tags", "metadata.a"}
    assert declared_fields(desired()) == frozenset()


@pytest.mark.parametrize("name", ["sgpctl:", "sgpctl:a:b", "SGPCTL:a"])
def test_tags_with_our_prefix_are_reserved(name: str) -> None:
    assert is_reserved_tag(name)


@pytest.mark.parametrize("name", ["sgpctl", "my-sgpctl:", "nightly"])
def test_other_tags_are_free(name: str) -> None:
    assert not is_reserved_tag(name)


def test_our_marks_are_told_from_the_metadata_of_others() -> None:
    assert own_metadata({"team": "x", "sgpctl_name": "n", "SGPCTL_Odd": 1, "sgpctl": 2}) == {
        "team": "x",
        "sgpctl": 2,
    }
