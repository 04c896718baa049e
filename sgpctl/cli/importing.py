"""An import, from the evaluations that were asked for to manifests that are proven: read, write, load, plan.

What is written is loaded with everything else of the project, and the next plan is made of it. An evaluation that
this plan would not adopt for nothing loses its files again; so do all when the command fails or is stopped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sgpctl.api.importing import Reader
from sgpctl.api.together import together
from sgpctl.cli.console import Console
from sgpctl.cli.planning import reconciliation_of
from sgpctl.cli.platform import Platform
from sgpctl.cli.workspace import Workspace
from sgpctl.errors import ManifestError
from sgpctl.manifest.loader import Loaded, load
from sgpctl.manifest.problem import listing
from sgpctl.manifest.project import Project
from sgpctl.manifest.writing.disk import Written, absent_folders, is_taken, remove_empty, write_all
from sgpctl.manifest.writing.manifest import NotWritable, RowsPlace, manifest_files
from sgpctl.manifest.writing.names import stem_of, unique
from sgpctl.model.declaring import Declared, declared
from sgpctl.model.evaluation import RemoteEvaluation
from sgpctl.model.importable import Fate, Verdict, sorted_out
from sgpctl.model.readback import NotImportable
from sgpctl.plan.action import Action
from sgpctl.plan.evidence import is_proven_equal
from sgpctl.plan.plan import Change
from sgpctl.render.layout import Span
from sgpctl.render.wording import calls_text

_PROBLEMS_TOLD_MAX = 3
_ARCHIVED = (
    "is archived, and what is archived is not adopted, unless it is restored on the platform before the import: "
    "the next plan would make a new run of it"
)


@dataclass(frozen=True, slots=True)
class Draft:
    """A manifest that is not proven yet, and the digest that it must have; `written` is None in a dry run."""

    remote: RemoteEvaluation
    digest: str
    notes: tuple[str, ...]
    files: tuple[str, ...]
    written: Written | None

    def verdict(self, fate: Fate, *words: str) -> Verdict:
        return Verdict(self.remote, fate, words, self.files if fate is Fate.IMPORTED else ())

    def remove(self) -> None:
        if self.written is not None:
            self.written.remove()


@dataclass(frozen=True, slots=True)
class Importing:
    """One import into one folder of the project; `folder` is relative to the project's."""

    workspace: Workspace
    platform: Platform
    console: Console
    folder: str
    rows: RowsPlace | None
    archived_too: bool
    is_dry_run: bool
    parallelism: int

    async def run(self, found: Sequence[RemoteEvaluation]) -> tuple[Verdict, ...]:
        """What became of each evaluation that was found. Raises ManifestError before anything is written."""
        known = self._loaded()
        _raise_errors(known, self.workspace.project)
        declared_at = {one.name: one.place for one in known.desired}
        chosen, skipped = sorted_out(found, self.workspace.owner, declared_at, archived_too=self.archived_too)
        drafts: list[Draft] = []
        absent = absent_folders(self._folder)
        try:
            refused = await self._draft(chosen, drafts)
            judged = self._unproven(drafts) if self.is_dry_run else await self._prove(drafts)
        except BaseException:
            for draft in drafts:
                draft.remove()
            raise
        finally:
            remove_empty(absent)
        return (*skipped, *refused, *judged)

    async def _draft(self, chosen: Sequence[RemoteEvaluation], drafts: list[Draft]) -> list[Verdict]:
        """Read and write, a few at a time; what is written is in `drafts` at once, and the others are returned."""
        reader = Reader(self.platform.evaluations)
        stems = _stems(chosen)
        verdicts: list[Verdict] = []
        for start in range(0, len(chosen), self.parallelism):
            part = chosen[start : start + self.parallelism]
            last = start + len(part)
            self.console.tell([(Span(f"Reading evaluations {start + 1:,} to {last:,} of {len(chosen):,}."),)])
            async with together() as tasks:
                reads = {
                    one.id: tasks.create_task(self._declared(reader, one, stems[one.id])) for one in part
                }
            for remote in part:
                read = reads[remote.id].result()
                ended = read if isinstance(read, Verdict) else self._write(remote, read, stems[remote.id])
                if isinstance(ended, Draft):
                    drafts.append(ended)
                else:
                    verdicts.append(ended)
        return verdicts

    async def _declared(self, reader: Reader, remote: RemoteEvaluation, stem: str) -> Declared | Verdict:
        if is_taken(self._folder, stem):
            why = f"would be {self._name(f'{stem}.yaml')}, where something is already; --into chooses another folder"
            return Verdict(remote, Fate.SKIPPED, (why,))
        try:
            read = declared(await reader.read(remote))
        except NotImportable as error:
            return Verdict(remote, Fate.REFUSED, (str(error),))
        if not is_proven_equal(read.desired, remote, read.contents, {}):
            return Verdict(remote, Fate.REFUSED, ("is not proven equal to the manifest that was made of it",))
        return read

    def _write(self, remote: RemoteEvaluation, read: Declared, stem: str) -> Draft | Verdict:
        try:
            files = manifest_files(
                read.document, stem, self.rows, comment=f"Imported from evaluation {remote.id}."
            )
        except NotWritable as error:
            return Verdict(remote, Fate.REFUSED, (f"holds what no manifest can: {error}",))
        if any(self.console.redacted(text) != text for text in files.values()):
            return Verdict(remote, Fate.REFUSED, ("holds the API key that sgpctl was given",))
        written = None
        if not self.is_dry_run:
            written = write_all(self._folder, stem, files)
        return Draft(remote, read.desired.digest, read.notes, tuple(map(self._name, files)), written)

    def _unproven(self, drafts: Sequence[Draft]) -> list[Verdict]:
        return [
            draft.verdict(Fate.IMPORTED, *draft.notes, *([_ARCHIVED] if draft.remote.is_archived else []))
            for draft in drafts
        ]

    async def _prove(self, drafts: Sequence[Draft]) -> list[Verdict]:
        """Load what was written and plan it; whatever would not be adopted for nothing is removed."""
        if not drafts:
            return []
        loaded, verdicts = self._load(drafts)
        refused = {verdict.evaluation.id for verdict in verdicts}
        planning, _ = reconciliation_of(self.workspace, self.platform, loaded, self.workspace.policy())
        # Archives bear no digest; what a manifest brings about does.
        changes = {change.name: change for change in (await planning.plan()).changes if change.digest}
        for draft in drafts:
            if draft.remote.id not in refused:
                verdict = _judged(draft, changes.get(draft.remote.name))
                verdicts.append(verdict)
                if verdict.fate is not Fate.IMPORTED:
                    draft.remove()
        return verdicts

    def _load(self, drafts: Sequence[Draft]) -> tuple[Loaded, list[Verdict]]:
        """The project without the drafts that cannot be loaded; those are removed."""
        loaded = self._loaded()
        verdicts: list[Verdict] = []
        for draft in drafts:
            own = [str(error) for error in loaded.errors if error.file in draft.files]
            if own:
                draft.remove()
                words = "; ".join(own[:_PROBLEMS_TOLD_MAX])
                verdicts.append(
                    draft.verdict(Fate.REFUSED, f"makes a manifest that cannot be loaded: {words}")
                )
        if verdicts:
            loaded = self._loaded()
        loaded.raise_errors()
        return loaded, verdicts

    def _loaded(self) -> Loaded:
        return load(self.workspace.project, self.workspace.environment, secrets=self.console.secrets)

    @property
    def _folder(self) -> Path:
        return self.workspace.project.root / self.folder

    def _name(self, file: str) -> str:
        return file if self.folder == "." else f"{self.folder}/{file}"


def _raise_errors(loaded: Loaded, project: Project) -> None:
    """Raise ManifestError, except for a manifest folder that holds nothing yet: that may be why one imports."""
    errors = [
        error
        for error in loaded.errors
        if not (error.file == project.file and error.path.startswith("manifests"))
    ]
    if errors:
        raise ManifestError(listing(errors))


def _stems(chosen: Sequence[RemoteEvaluation]) -> Mapping[str, str]:
    """A file name for each evaluation, by its id."""
    stems: dict[str, str] = {}
    taken: set[str] = set()
    for remote in chosen:
        default = f"evaluation-{stem_of(remote.id, 'x')[:8]}"
        stems[remote.id] = unique(stem_of(remote.name, default), taken)
        taken.add(stems[remote.id])
    return stems


def _judged(draft: Draft, change: Change | None) -> Verdict:
    notes = draft.notes
    if change is None:
        return draft.verdict(
            Fate.REFUSED, "has the name of another evaluation that this project owns already"
        )
    if draft.remote.is_archived and change.digest == draft.digest:
        return draft.verdict(Fate.IMPORTED, *notes, f"{_ARCHIVED}, for {calls_text(change.cost)}")
    if change.action is not Action.ADOPT:
        why = "; ".join(change.reasons) or "something differs"
        what = f"the next plan would {change.action.value} instead, for {calls_text(change.cost)}"
        return draft.verdict(Fate.REFUSED, f"would not be adopted: {what} ({why})")
    words = [*notes]
    if change.remote_id != draft.remote.id:
        words.append(
            f"has a twin of the same contents, {change.remote_id}, which the next plan adopts instead"
        )
    if change.fields:
        paths = ", ".join(field.path for field in change.fields)
        words.append(f"gets another {paths} from the project's own settings with the next apply")
    return draft.verdict(Fate.IMPORTED, *words)
