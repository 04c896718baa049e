"""What an import did, as lines for standard error."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sgpctl.model.importable import Fate, Verdict
from sgpctl.render.counting import counted
from sgpctl.render.glyphs import Glyphs
from sgpctl.render.layout import Line, Span, Style
from sgpctl.render.wording import short_id

_TOLD_ONE_BY_ONE_MAX = 5  # skipped for one and the same reason

_WORDS = {
    Fate.IMPORTED: Span("imported  ", Style.GOOD),
    Fate.SKIPPED: Span("skipped   ", Style.FAINT),
    Fate.REFUSED: Span("refused   ", Style.ERROR),
}
_WOULD = Span("would be  ", Style.GOOD)


def verdict_lines(verdicts: Sequence[Verdict], glyphs: Glyphs, *, is_dry_run: bool) -> list[Line]:
    """A line for each evaluation, by name; many that were skipped for one reason become one line."""
    alike = Counter(verdict.words for verdict in verdicts if verdict.fate is Fate.SKIPPED)
    crowds = {words for words, count in alike.items() if count > _TOLD_ONE_BY_ONE_MAX}
    lines: list[Line] = [
        (
            _WORDS[Fate.SKIPPED],
            Span(f"{counted(alike[words], 'evaluation')}, of which each {'; '.join(words)}"),
        )
        for words in sorted(crowds)
    ]
    for verdict in sorted(verdicts, key=lambda each: (each.evaluation.name, each.evaluation.id)):
        if verdict.fate is not Fate.SKIPPED or verdict.words not in crowds:
            lines += _verdict(verdict, glyphs, _WOULD if is_dry_run else _WORDS[Fate.IMPORTED])
    return lines


def _verdict(verdict: Verdict, glyphs: Glyphs, imported: Span) -> list[Line]:
    remote = verdict.evaluation
    who = f"{remote.name} ({short_id(remote.id, glyphs)})"
    if verdict.fate is not Fate.IMPORTED:
        return [(_WORDS[verdict.fate], Span(f"{who} {'; '.join(verdict.words)}"))]
    status = "" if remote.status == "completed" else f", {remote.status}"
    lines: list[Line] = [(imported, Span(f"{who}{status}: {verdict.files[0]}"))]
    return lines + [(Span("  warning: ", Style.WARNING), Span(f"it {words}")) for words in verdict.words]


def import_summary(verdicts: Sequence[Verdict], *, is_dry_run: bool) -> list[Line]:
    """How many there were of each, and what comes next."""
    fates = Counter(verdict.fate for verdict in verdicts)
    files = sum(len(verdict.files) for verdict in verdicts)
    imported = counted(fates[Fate.IMPORTED], "evaluation")
    into = f" into {counted(files, 'file')}" if files else ""
    rest = f"; {fates[Fate.SKIPPED]:,} skipped, {fates[Fate.REFUSED]:,} refused."
    if is_dry_run:
        return [(Span(f"Would import {imported}{into}{rest} Nothing was written."),)]
    live = sum(verdict.fate is Fate.IMPORTED and not verdict.evaluation.is_archived for verdict in verdicts)
    plan = f" The next plan adopts {counted(live, 'evaluation')}, for 0 calls." if live else ""
    return [(Span(f"Imported {imported}{into}{rest}{plan}"),)]
