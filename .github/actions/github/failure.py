"""What a reviewer reads when there is no plan: `failure.py FILE`, where FILE holds what sgpctl said."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

_CHARS_MAX = 20_000


def failure_text(said: str, environment: str) -> str:
    """The words of sgpctl in a fence that nothing in them can end."""
    words = "".join(char for char in said if char in "\n\t" or char.isprintable()).strip()
    shown = words if len(words) <= _CHARS_MAX else f"{words[:_CHARS_MAX]}\n(cut here; the job's log has all)"
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", shown)), default=2))
    where = f" for `{environment}`" if re.fullmatch(r"[\w.-]+", environment) else ""
    return f"**There is no plan{where}**, so nothing can be applied:\n\n{fence}text\n{shown}\n{fence}\n"


if __name__ == "__main__":
    text = Path(sys.argv[1]).read_text(encoding="utf-8", errors="replace")
    print(failure_text(text, os.environ.get("SGPCTL_ENVIRONMENT", "")), end="")
