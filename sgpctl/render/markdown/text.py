r"""Text from manifests and from the platform, as parts of Markdown that cannot be anything but text.

GitHub and GitLab look for mentions (@name), references (#12, GH-12, commit hashes) and addresses in the finished HTML,
where an entity or a backslash in the source is not to be seen any more. Only inside code do they leave text alone. So
everything that is not of our own words is written as code, and of our own messages every word that is more than letters:

text             in Markdown                     why
grounded-7       `grounded-7`                    nothing in it ends a code span or a cell
a|b              <code>a&#124;b</code>           parsers disagree on how `\|` in a code span ends a cell
a`b              <code>a&#96;b</code>            it would end the span
'x' asks @team   `x` asks `@team`                a message: its plain words stay as they are
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from sgpctl.limits import MESSAGE_CELLS_MAX, NAME_CELLS_MAX, NAMES_TOGETHER_MAX
from sgpctl.render.counting import counted
from sgpctl.render.safe_text import entities, safe, shortened

ELLIPSIS = "…"

_FENCE_MIN = 3
_PART = re.compile(
    r"""(?P<lead>[("]*)
        (?: `(?P<command>[^`]+)` | '(?P<quoted>[^']+)' | (?P<word>[^ ]+?) )
        (?P<tail>[.,;:!?)"']*)
        (?=[ ]|$)""",
    re.VERBOSE,
)
_PLAIN_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*|[0-9]+(?:,[0-9]{3})*|[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LIKE_A_COMMIT = re.compile(r"[0-9a-fA-F]{7,}")


def code(text: str, cells_max: int = NAME_CELLS_MAX) -> str:
    """`text` as code on one line, which shows exactly it, unless it is longer than `cells_max`."""
    return whole_code(shortened(text, cells_max, ELLIPSIS))


def whole_code(text: str) -> str:
    """`text` as code on one line, however long it is."""
    shown = safe(text)
    if not shown or "`" in shown or "|" in shown or shown != shown.strip(" "):
        return f"<code>{entities(shown)}</code>"
    return f"`{shown}`"


def prose(text: str, cells_max: int = MESSAGE_CELLS_MAX) -> str:
    """A message on one line. Names in quotes, commands in backticks and all that is no plain word become code."""
    shown = shortened(text, cells_max, ELLIPSIS)
    return " ".join(_part(found) for found in _PART.finditer(shown)) or code("")


def fenced(lines: Iterable[str], language: str) -> str:
    """Lines in a fence that none of them can end."""
    shown = [safe(line) for line in lines]
    longest = max((len(run) for line in shown for run in re.findall("`+", line)), default=0)
    fence = "`" * max(_FENCE_MIN, longest + 1)
    return "\n".join([f"{fence}{language}", *shown, fence])


def row(*cells: str) -> str:
    """A row of a table. Cells come from this module or hold only our own words."""
    return f"| {' | '.join(cells)} |"


def table_head(*titles: str) -> str:
    return f"{row(*titles)}\n{row(*['---'] * len(titles))}\n"


def folded(summary: str) -> tuple[str, str]:
    """What stands before and after a part that a reader opens. `summary` holds only our own words."""
    return f"<details>\n<summary>{summary}</summary>\n\n", "\n\n</details>"


def of_evaluations(names: Sequence[str]) -> str:
    """A few names, or how many there are."""
    if len(names) > NAMES_TOGETHER_MAX:
        return counted(len(names), "evaluation")
    return ", ".join(map(code, names))


def name_lists(titled: Iterable[tuple[str, Sequence[str]]]) -> list[str]:
    """All the names below their titles, a name to each item, so that they can end after any."""
    items: list[str] = []
    for title, names in titled:
        items += [
            f"\n- {counted(len(names), 'evaluation')}, {title}: {code(names[0])}",
            *(f", {code(name)}" for name in names[1:]),
        ]
    return items


def _part(found: re.Match[str]) -> str:
    lead, tail, word = found["lead"], found["tail"], found["word"]
    if word is None:
        return f"{lead}{code(found['command'] or found['quoted'])}{tail}"
    opens_a_list = found.start() == 0 and word.isdigit()
    begins_an_address = word.lower() == "www"  # with the full stop of a sentence after it
    if _PLAIN_WORD.fullmatch(word) and not (
        _LIKE_A_COMMIT.fullmatch(word) or opens_a_list or begins_an_address
    ):
        return f"{lead}{word}{tail}"
    return f"{lead}{code(word)}{tail}"
