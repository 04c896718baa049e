"""The contents of `sgpctl.yaml` as a model: which keys there are, and which values they take."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    ValidationError,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

from sgpctl.limits import ROW_KEY_CHARS_MAX, ROWS_COMPARED_MAX
from sgpctl.manifest.problem import quoted
from sgpctl.model.finding import Finding
from sgpctl.model.keys import unknown_keys
from sgpctl.model.located import Json
from sgpctl.model.marks import OWNER_NAME
from sgpctl.model.nearest import did_you_mean
from sgpctl.model.reading import FreeForm, Part, Reading
from sgpctl.model.wording import findings_of

VERSION = 1
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,62}")
_SHARE = re.compile(r"([0-9]{1,3}(?:\.[0-9]+)?)[ ]?%")
_LOOPBACK = re.compile(r"localhost|127\.[0-9.]+|::1")


def _refusal(message: str) -> PydanticCustomError:
    return PydanticCustomError("refused", "{message}", {"message": message})


def _version(value: object) -> object:
    if value != VERSION or isinstance(value, bool):
        raise _refusal(f"must be {VERSION}")
    return value


def _slug(value: str) -> str:
    if not OWNER_NAME.fullmatch(value):
        raise _refusal(
            f"{quoted(value)} cannot be a name: lower-case letters, digits and hyphens, at most 63, "
            "not starting with a hyphen"
        )
    return value


def _variable_name(value: str) -> str:
    if not _VARIABLE.fullmatch(value):
        raise _refusal(
            f"{quoted(value)} cannot be a variable: letters, digits, _ and -, not starting with a digit or a hyphen"
        )
    return value


def _relative(value: str) -> str:
    path = PurePosixPath(value)
    if not value or "\0" in value:
        raise _refusal("the path is empty" if not value else "the path holds a NUL character")
    if path.is_absolute() or ".." in path.parts:
        raise _refusal(f"{quoted(value)} must be relative to the project's folder and stay inside it")
    return value


def _database(value: str) -> str:
    if ".git" in {part.lower() for part in PurePosixPath(value).parts}:
        raise _refusal(f"{quoted(value)} lies in .git, where nothing of ours may be")
    return value


def _base_url(value: str) -> str:
    """Checks an address to which a key will be sent; it is not repeated where it might hold a password."""
    try:
        parts = urlsplit(value)
        host = parts.hostname or ""
        parts.port  # noqa: B018 - reading it is the check
    except ValueError as error:
        raise _refusal("is not an address") from error
    if parts.username is not None or parts.password is not None:
        raise _refusal("must not hold a user name or password; the key comes from SGP_API_KEY")
    is_plain = value.isascii() and value.isprintable() and not {" ", "\\"} & {*value}
    if parts.scheme not in ("https", "http") or not host or not is_plain:
        raise _refusal("must be an address like https://api.example.com")
    if parts.query or parts.fragment:
        raise _refusal("must end before any ? or #")
    if parts.scheme == "http" and not _LOOPBACK.fullmatch(host):
        raise _refusal("http:// would send the key readable for anyone on the way; use https://")
    return value.rstrip("/")


def _account_id(value: str) -> str:
    if not all("!" <= char <= "~" for char in value):  # it is sent in a header, and printed in every plan
        raise _refusal("must not hold spaces, control characters or letters outside ASCII")
    return value


def _archive_bound(value: object) -> object:
    """A number of evaluations, or the share that a text like "25%" names."""
    if value is None or (isinstance(value, int) and not isinstance(value, bool) and value >= 0):
        return value
    share = _SHARE.fullmatch(value) if isinstance(value, str) else None
    if share is not None and float(share.group(1)) <= 100:
        return float(share.group(1)) / 100
    raise _refusal('must be a number of evaluations, like 3, or a share of the owned, like "25%"')


# What JSON Schema can say of each; the validators say the rest.
_SLUG_SCHEMA = {"type": "string", "pattern": f"^{OWNER_NAME.pattern}$"}
_PATH_SCHEMA = {"type": "string", "pattern": r"^(?!/)(?!(?:[\s\S]*/)?\.\.(?:/|(?![\s\S])))[\s\S]"}
_BOUND_SCHEMA = {
    "anyOf": [
        {"type": "integer", "minimum": 0},
        {"type": "string", "pattern": f"^{_SHARE.pattern}$"},
        {"type": "null"},
    ]
}

Version = Annotated[int, BeforeValidator(_version), WithJsonSchema({"const": VERSION})]
Slug = Annotated[str, AfterValidator(_slug), WithJsonSchema(_SLUG_SCHEMA)]
RelativePath = Annotated[str, AfterValidator(_relative), WithJsonSchema(_PATH_SCHEMA)]
DatabasePath = Annotated[RelativePath, AfterValidator(_database)]
BaseUrl = Annotated[
    str, AfterValidator(_base_url), WithJsonSchema({"type": "string", "pattern": "^[Hh][Tt]{2}[Pp][Ss]?://."})
]
AccountId = Annotated[str, Field(min_length=1), AfterValidator(_account_id)]
ArchiveBound = Annotated[int | float | None, BeforeValidator(_archive_bound), WithJsonSchema(_BOUND_SCHEMA)]
Count = Annotated[int, Field(ge=0)]
VariableName = Annotated[
    str,
    AfterValidator(_variable_name),
    WithJsonSchema({"type": "string", "pattern": f"^{_VARIABLE.pattern}$"}),
]


Variables = dict[VariableName, object]


class EnvironmentSection(Part):
    """A place where evaluations run."""

    target: (
        Literal["sandbox", "production", "production-multitenant", "staging", "development", "local"] | None
    ) = Field(
        default=None, description="Where it is: the emulator in this process, or a host of the platform."
    )
    base_url: BaseUrl | None = Field(
        default=None, description="The address of the API, where `target` names no host; https only."
    )
    account_id: AccountId | None = Field(default=None, description="Pins the account: any other is refused.")
    database: DatabasePath | None = Field(
        default=None, description="The file of the emulator; .sgpctl/<environment>.db when not given."
    )
    lock: bool | None = Field(
        default=None,
        description="Whether an apply keeps a lease on the platform, so that runners on several machines wait for "
        "one another; true when not given, but for the sandbox.",
    )
    variables: Variables | None = Field(
        default=None, description="Values of variables in this environment; each replaces the project's."
    )
    defaults: FreeForm | None = Field(
        default=None,
        description="A part of a manifest that is merged over every manifest in this environment, last of all.",
    )

    @model_validator(mode="after")
    def _fits_together(self) -> EnvironmentSection:
        if self.target is not None and self.base_url is not None:
            raise _refusal("has a target and a base_url; remove one of them")
        if self.target == "sandbox" and self.account_id is not None:
            raise _refusal("pins an account_id, and the sandbox has no accounts; remove it")
        if self.target != "sandbox" and self.database is not None:
            raise _refusal("names a database, which only `target: sandbox` has")
        return self


class SafetySection(Part):
    """What needs a person's consent."""

    max_archive: ArchiveBound = Field(
        default=None,
        description='How many evaluations one apply may archive: a number, or a share of the owned like "25%"; '
        "when not given one, or 25 % where that is more. More need --allow-archive.",
    )


class BudgetSection(Part):
    """The most that one apply may start; a plan beyond it is refused."""

    model_calls: Count | None = Field(default=None, description="The most model calls.")
    rows: Count | None = Field(default=None, description="The most rows that are run.")
    human_tasks: Count | None = Field(default=None, description="The most questions to people.")


class ReviewSection(Part):
    """What a plan shows of the rows of evaluations that it replaces; nothing of it changes what is done."""

    row_key: Annotated[str, Field(min_length=1, max_length=ROW_KEY_CHARS_MAX)] | None = Field(
        default=None,
        description="The column by which rows are known again, where a manifest names none in `lifecycle.row_key`.",
    )
    rows_compared: Count | None = Field(
        default=None,
        description="The most old rows of one evaluation that are read to be compared, 0 for none; "
        f"{ROWS_COMPARED_MAX:,} when not given.",
    )


class ProjectSection(Part):
    """The whole file."""

    version: Version = Field(description="The version of this file's format.")
    project: Slug = Field(
        description="The project's name; part of the tag by which sgpctl knows what it owns. "
        "Another name is another project."
    )
    manifests: list[RelativePath] | None = Field(
        default=None,
        description="Folders or globs of the manifests; everything below this folder when not given.",
    )
    exclude: list[RelativePath] | None = Field(
        default=None, description="Folders or globs of files that are no manifests."
    )
    allow_ignored: list[RelativePath] | None = Field(
        default=None, description="Folders or globs of files that $file may use although Git ignores them."
    )
    environments: dict[Slug, EnvironmentSection | None] | None = Field(
        default=None, description="The places where evaluations run, by name."
    )
    default_environment: str | None = Field(
        default=None, description="The environment that commands act on where --env names none."
    )
    variables: Variables | None = Field(
        default=None, description="Values that manifests refer to as ${var.NAME}; each may refer to others."
    )
    defaults: FreeForm | None = Field(
        default=None,
        description="A part of a manifest that all manifests are merged over: maps merge, scalars and lists are "
        "replaced, null removes, tags are joined.",
    )
    safety: SafetySection | None = Field(default=None, description="What needs a person's consent.")
    budget: BudgetSection | None = Field(default=None, description="The most that one apply may start.")
    review: ReviewSection | None = Field(
        default=None, description="What a plan shows of the rows of evaluations that it replaces."
    )


def read_section(root: Json) -> tuple[ProjectSection | None, tuple[Finding, ...]]:
    """The contents of a project file, and all that is wrong with them."""
    if not isinstance(root, dict):
        return None, (Finding((), "a project file is a map with `version: 1` and `project`"),)
    version = root.get("version")
    if isinstance(version, int) and version > VERSION:  # its keys may be newer, too, and say nothing
        message = (
            f"this project needs a newer sgpctl: version {version} is beyond {VERSION}, the newest known here"
        )
        return None, (Finding(("version",), message),)
    reading = Reading()
    section = None
    findings: list[Finding] = []
    try:
        section = ProjectSection.model_validate(root, context=reading)
    except ValidationError as error:
        findings += findings_of(error, reading)
    findings += unknown_keys(root, reading)
    findings += _default_findings(root)
    return section, tuple(findings)


def _default_findings(root: dict[str, Json]) -> Iterator[Finding]:
    wanted, environments = root.get("default_environment"), root.get("environments")
    names = environments if isinstance(environments, dict) else {}
    if isinstance(wanted, str) and wanted not in names:
        message = f"there is no environment {quoted(wanted)}{did_you_mean(wanted, names)}"
        yield Finding(("default_environment",), message)
