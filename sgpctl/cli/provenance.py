"""Where the work of this call comes from: what Git says about the folder, and its CI about the job.

Branch names, users and addresses are the words of others, and are written where many can read them: credentials,
invisible characters and excess length are taken out of them here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from sgpctl import __version__
from sgpctl.cli.ci import CiRun, ci_run
from sgpctl.cli.repository import Repository, git_user, normalised
from sgpctl.limits import PROVENANCE_CHARS_MAX
from sgpctl.model.marks import Occasion, Provenance
from sgpctl.render.safe_text import hides

DIRTY = "+dirty"

_HASH = re.compile(r"[0-9a-f]{7,64}")
_CREDENTIALS = re.compile(r"://[^/?#\s]*@")


def read_provenance(folder: Path, repository: Repository, environ: Mapping[str, str]) -> Provenance:
    """The provenance of what is done from `folder`, of which Git knows `repository`.

    In a CI, a branch and a pull request are those of its run, unless the folder is of another repository than the run;
    the commit is what Git finds checked out, and the CI's word counts where there is no Git.
    """
    job = ci_run(environ)
    if job is None:
        here = Occasion(branch=cleaned(repository.branch), actor=cleaned(git_user(folder)))
        return Provenance(_commit(repository), __version__, here)
    is_about_it = _is_about(job, folder, repository)
    occasion = Occasion(
        branch=cleaned(job.branch if is_about_it else repository.branch),
        pull_request=cleaned(job.pull_request) if is_about_it else None,
        actor=cleaned(job.actor),
        run_url=web_address(job.run_url),
    )
    return Provenance(
        _commit(repository) or (_hash(job.commit) if is_about_it else None), __version__, occasion
    )


def cleaned(text: str | None) -> str | None:
    """`text` without credentials and without what cannot be seen, cut to a bounded length; None when nothing is left."""
    visible = "".join(char for char in text or "" if not hides(char))
    return _CREDENTIALS.sub("://", visible)[:PROVENANCE_CHARS_MAX].strip() or None


def web_address(text: str | None) -> str | None:
    """The address of a page, without what may hold a secret; None for anything that is none, or is too long."""
    try:
        parts = urlsplit(text or "")
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not host:
        return None
    shown_host = f"[{host}]" if ":" in host else host
    address = f"{parts.scheme}://{shown_host}{'' if port is None else f':{port}'}{parts.path}"
    return address if cleaned(address) == address and " " not in address else None


def _commit(repository: Repository) -> str | None:
    commit = _hash(repository.commit)
    return f"{commit}{DIRTY}" if commit is not None and repository.is_dirty else commit


def _hash(text: str | None) -> str | None:
    return text if text is not None and _HASH.fullmatch(text) else None


def _is_about(job: CiRun, folder: Path, repository: Repository) -> bool:
    """Whether the job's branch and pull request are those of `folder`: a job may check out other repositories too."""
    if repository.address is not None and job.repository is not None:
        return normalised(job.repository).casefold() == repository.address.casefold()
    if job.checkout is None:
        return False
    try:
        return folder.resolve().is_relative_to(Path(job.checkout).expanduser().resolve())
    except (OSError, RuntimeError):  # a home that nobody has, links in a circle
        return False
