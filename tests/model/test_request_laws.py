"""Laws of the check that hold for any document, however odd."""

import copy
import json
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from sgpctl.model.finding import Finding, Severity
from sgpctl.model.located import Json
from sgpctl.model.request import check_manifest

ACCEPTED = [
    json.loads(file.read_text("utf-8")) for file in sorted((Path(__file__).parent / "accept").glob("*.json"))
]

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-5, 5)
    | st.floats(-2, 2)
    | st.sampled_from(
        [
            "",
            "item.",
            "item.x",
            "{{item.x}}",
            "{{ item. }}",
            "name",
            "metric",
            "const",
            "def f(): pass",
            "\ud800",
            "1e999",
        ]
    )
)
values = st.recursive(
    scalars,
    lambda parts: (
        st.lists(parts, max_size=3)
        | st.dictionaries(
            st.sampled_from(["op", "name", "value", "children", "data", "alias", "x"]), parts, max_size=3
        )
    ),
    max_leaves=6,
)


def places(value: Json, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    inner: list[tuple[str | int, Json]] = []
    if isinstance(value, dict):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value))
    return [path, *(place for step, part in inner for place in places(part, (*path, step)))]


def replaced(document: Json, path: tuple[str | int, ...], value: Json) -> Json:
    if not path:
        return value
    root = copy.deepcopy(document)
    here = root
    for step in path[:-1]:
        here = here[step]  # type: ignore[index]  # the path was taken from this document
    here[path[-1]] = value  # type: ignore[index]
    return root


def reaches(document: Json, finding: Finding) -> bool:
    here = document
    for step in finding.path:
        if isinstance(here, dict) and step in here:
            here = here[str(step)]
        elif isinstance(here, list) and isinstance(step, int) and step < len(here):
            here = here[step]
        else:
            return False
    return True


@settings(max_examples=300)
@given(st.data())
def test_no_damage_to_a_manifest_breaks_the_check_and_every_finding_points_into_it(
    data: st.DataObject,
) -> None:
    document = data.draw(st.sampled_from(ACCEPTED))
    place = data.draw(st.sampled_from(places(document)))
    damaged = replaced(document, place, data.draw(values))
    before = copy.deepcopy(damaged)
    manifest, findings = check_manifest(damaged)
    assert damaged == before
    assert (manifest is None) == any(finding.severity is Severity.ERROR for finding in findings)
    assert all(reaches(damaged, finding) for finding in findings)


@given(st.sampled_from(ACCEPTED), st.booleans())
def test_an_accepted_body_is_accepted_again_as_it_is(document: Json, protect: bool) -> None:
    assert isinstance(document, dict)
    manifest, _ = check_manifest({**document, "lifecycle": {"protect": protect}})
    assert manifest is not None
    again, findings = check_manifest(manifest.body)
    assert again is not None
    assert again.body is manifest.body
    assert findings == ()
    assert manifest.protect is protect
