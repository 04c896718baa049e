"""Styled lines as text with colour codes; the only module of this room that needs rich."""

from __future__ import annotations

from collections.abc import Sequence

from rich.color import ColorSystem
from rich.style import Style as RichStyle

from sgpctl.render.layout import Line, Span, Style, inert

# The sixteen colours of the terminal's own theme, so that they are readable on light and dark alike.
_LOOKS = {
    Style.STRONG: RichStyle(bold=True),
    Style.FAINT: RichStyle(dim=True),
    Style.ADD: RichStyle(color="green"),
    Style.CHANGE: RichStyle(color="yellow"),
    Style.REPLACE: RichStyle(color="magenta", bold=True),
    Style.REMOVE: RichStyle(color="red"),
    Style.BRING_BACK: RichStyle(color="cyan"),
    Style.WARNING: RichStyle(color="yellow", bold=True),
    Style.ERROR: RichStyle(color="red", bold=True),
    Style.GOOD: RichStyle(color="green", bold=True),
}


def ansi(lines: Sequence[Line]) -> str:
    """The lines as `plain` gives them, with colour codes around the styled pieces."""
    return "".join("".join(_coloured(span) for span in inert(line)) + "\n" for line in lines)


def _coloured(span: Span) -> str:
    look = _LOOKS.get(span.style)
    return span.text if look is None else look.render(span.text, color_system=ColorSystem.STANDARD)
