"""Writes the golden files anew: `python -m tests.api.regenerate`. Read the difference before you commit it."""

from __future__ import annotations

from tests.api.error_samples import FILES, GOLDEN


def regenerate() -> None:
    GOLDEN.mkdir(exist_ok=True)
    for name, text in FILES.items():
        (GOLDEN / name).write_bytes(text().encode("utf-8"))


if __name__ == "__main__":
    regenerate()
