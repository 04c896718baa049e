"""The one id that a name stands for on the platform, or why there is none."""

from __future__ import annotations

from collections.abc import Sequence

from sgpctl.manifest.problem import printable, quoted
from sgpctl.model.names import Bearer, LookedUp, Named
from sgpctl.model.nearest import Hints

_SHOWN_MAX = 5


def id_of(named: Named, looked_up: LookedUp, hints: Hints) -> str:
    """The id of the only live one of exactly this name. Raises LookupError, with the message for a person."""
    what = f"{named.kind} {quoted(named.name)}"
    match looked_up.live:
        case (only,):
            return only.id
        case ():
            raise LookupError(_about_none(what, named, looked_up, hints))
        case several:
            raise LookupError(
                f"{len(several)} live {named.kind}s are called {quoted(named.name)}: {_listed(several)}; "
                f"write the id of the one that is meant"
            )


def _about_none(what: str, named: Named, looked_up: LookedUp, hints: Hints) -> str:
    if looked_up.archived:
        return f"the {what} is archived: {_listed(looked_up.archived)}; restore it, or name another"
    near = hints.nearest(named.name, looked_up.others)
    others = [near] if near is not None else []
    others += [name for name in sorted(set(looked_up.others)) if name != near]
    if not others:
        return f"there is no {what} on the platform"
    shown = ", ".join(quoted(name) for name in others[:_SHOWN_MAX])
    if near is not None:
        more = (
            f" (others: {', '.join(quoted(name) for name in others[1:_SHOWN_MAX])})"
            if len(others) > 1
            else ""
        )
        return f"there is no {what} on the platform; did you mean {quoted(near)}?{more}"
    return f"there is no {what} on the platform; there are {shown}"


def _listed(bearers: Sequence[Bearer]) -> str:
    shown = [f"{printable(one.id)} of {one.created_at:%Y-%m-%d %H:%M}" for one in bearers[:_SHOWN_MAX]]
    more = len(bearers) - len(shown)
    return ", ".join([*shown, f"and {more} more"] if more else shown)
