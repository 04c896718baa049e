"""Leases as `sgpctl unlock` shows them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sgpctl.model.lease import Lease
from sgpctl.render.layout import Line, Span
from sgpctl.render.safe_text import safe


def lease_lines(leases: Sequence[Lease], now: datetime) -> list[Line]:
    """A line for each: who holds it or waits for it, since when, and until when."""
    lines: list[Line] = []
    for number, lease in enumerate(leases):
        does = "works" if number == 0 else "waits"
        ends = "has expired" if lease.expires_at < now else f"ends {_moment(lease.expires_at)} if not renewed"
        lines.append((Span(f"{safe(lease.holder)} {does} since {_moment(lease.created_at)}; {ends}"),))
    return lines


def _moment(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S UTC")
