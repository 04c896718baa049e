"""Who works on an environment, and who waits for whom."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from math import ceil

from sgpctl.model.lease import Lease, first_of
from sgpctl.render.counting import counted
from sgpctl.render.layout import Line, Span
from sgpctl.render.safe_text import safe


def waiting_line(holder: str, seconds: float, since: datetime | None = None) -> Line:
    """What somebody reads who waits `seconds` at most for `holder`."""
    begun = f" since {since:%H:%M:%S UTC}" if since is not None else ""
    words = f"Waiting up to {seconds:.0f} s for {holder}, which works on this project and environment{begun}."
    return (Span(words),)


def settling_line(seconds: float) -> Line:
    """What somebody reads whose turn has come just after another one's, or when nobody can tell."""
    words = f"Waiting {ceil(seconds)} s until lists show what another machine may have made just now."
    return (Span(words),)


def lease_lines(leases: Sequence[Lease], now: datetime) -> list[Line]:
    """A line for each: who holds it or waits for it, since when, and until when."""
    first = first_of(leases, now)
    return [(Span(_said_of(lease, first, now)),) for lease in leases]


def leases_named(leases: Sequence[Lease]) -> str:
    """One by its holder, several by their number; safe to be asked about."""
    if len(leases) == 1:
        return f"the lease of {safe(leases[0].holder)}"
    return counted(len(leases), "lease")


def _said_of(lease: Lease, first: Lease | None, now: datetime) -> str:
    begun = f"since {_moment(lease.created_at)}"
    if lease.expires_at < now:
        return f"{lease.holder} was there {begun}; the lease has expired"
    does = "works" if lease == first else "waits"
    return f"{lease.holder} {does} {begun}; the lease ends {_moment(lease.expires_at)} if it is not renewed"


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S UTC}"
