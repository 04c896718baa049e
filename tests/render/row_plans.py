"""Plans whose rows differ, as the planner would make them of the rows of both sides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from sgpctl.model.located import Json
from sgpctl.plan.plan import Change, Plan, RowsChange
from sgpctl.plan.row_difference import RowParts, row_difference, rows_of
from sgpctl.plan.row_sample import sampled
from tests.render import plans

_PASSAGE = (
    "Shoes may be returned within 30 days of delivery, counted from the day on which the parcel was handed over, as "
    "long as they were worn indoors only and come back in the box in which they were sent. "
)


def rows_change(before: Iterable[RowParts], after: Iterable[RowParts], key: str | None = None) -> RowsChange:
    return sampled(row_difference(rows_of(before), rows_of(after), key), key)


def replaced(rows: RowsChange, name: str = "policy-recall") -> Change:
    """An evaluation in which nothing but the rows is another."""
    return replace(plans.replace_rows(), name=name, reasons=(), fields=(), rows=rows)


def by_key() -> Plan:
    """Of 29 tickets 15 were corrected, one in a long text; two are gone, three are new, and two rows have no number."""
    before = [_ticket(number) for number in range(1, 30)]
    after: list[RowParts] = [(_corrected(dict(data)), files) for data, files in before[2:]]
    after += [_ticket(number) for number in (31, 32, 33)]
    without: list[RowParts] = [({"question": "Is there a shop in Graz?", "reference": "No."}, None)]
    again: list[RowParts] = [({"question": "Is there a shop in Linz?", "reference": "Yes."}, None)]
    rows = rows_change([*before, *without], [*after, *again], "ticket_id")
    return plans.plan_of(replaced(rows), replaced(rows, "policy-recall-strict"))


def by_content() -> Plan:
    before = [_ticket(number) for number in range(1, 30)]
    after = [*before[1:], _ticket(31)]
    return plans.plan_of(replaced(rows_change(before, after)))


def every_row() -> Plan:
    """Whole columns came and went, in more rows and columns than anybody wants to see."""
    before: list[RowParts] = [
        ({"id": number, **{f"score_{n}": n for n in range(12)}}, None) for number in range(1_200)
    ]
    after: list[RowParts] = [
        ({"id": number, **{f"score_{n}": n + 1 for n in range(12)}}, None) for number in range(1_200)
    ]
    return plans.plan_of(replaced(rows_change(before, after, "id")))


def tricks(texts: Iterable[str]) -> list[Change]:
    """Changes whose rows hold `texts` wherever a row can hold any, by key and by content."""
    changes: list[Change] = []
    for number, text in enumerate(texts):
        column, row = text or "empty", f"{number}{text}"
        before: list[RowParts] = [({column: row, f"x{text}": text}, {text: text}), ({"gone": text}, None)]
        after: list[RowParts] = [({column: row, f"x{text}": [text]}, None), ({"new": text}, None)]
        changes += [
            replaced(rows_change(before, after, column), f"by key {number}"),
            replaced(rows_change(before, after), f"by content {number}"),
        ]
    return changes


def _ticket(number: int) -> RowParts:
    data: dict[str, Json] = {
        "ticket_id": f"T-{number:03}",
        "question": f"How long can I return order {number}?",
        "passage": _PASSAGE,
        "reference": "30 days",
    }
    return data, {"screenshot": f"file-{number:04}"} if number % 10 == 0 else None


def _corrected(data: dict[str, Json]) -> Mapping[str, Json]:
    number = int(str(data["ticket_id"])[2:])
    if number % 2:
        data["reference"] = "14 days"
    if number == 11:
        data["passage"] = _PASSAGE.replace("30 days", "14 days")
        data["language"] = "en"
    if number == 12:
        data["passage"] = f"{_PASSAGE * 3}Sale items are kept."
    return data
