"""What people read, file by file. After a wanted change: `python -m tests.render.regenerate`, then read the diff."""

from __future__ import annotations

import pytest

from tests.render.samples import GOLDEN, SAMPLES


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_the_output_is_the_golden_file(name: str) -> None:
    assert SAMPLES[name]().encode("utf-8") == (GOLDEN / name).read_bytes()


def test_every_golden_file_is_compared() -> None:
    assert {path.name for path in GOLDEN.iterdir()} == set(SAMPLES)


@pytest.mark.parametrize("name", [name for name in sorted(SAMPLES) if "ascii" in name])
def test_the_ascii_form_is_ascii(name: str) -> None:
    assert SAMPLES[name]().isascii()
