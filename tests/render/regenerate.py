"""Writes the golden files anew: `python -m tests.render.regenerate`. Read the difference before you commit it."""

from __future__ import annotations

from tests.render.samples import GOLDEN, SAMPLES


def regenerate() -> None:
    GOLDEN.mkdir(exist_ok=True)
    for name, text in SAMPLES.items():
        (GOLDEN / name).write_bytes(text().encode("utf-8"))


if __name__ == "__main__":
    regenerate()
