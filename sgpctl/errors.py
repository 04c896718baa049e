"""Every error that sgpctl raises on purpose, and the exit code that each one means.

SgpctlError                    1   anything below; also a mistake in how the command was called
├── UsageError                 1   arguments that do not fit together
├── ProjectError               1   no project, or a project that cannot be used
├── ManifestError              1   manifests with problems; carries all of them, already worded
├── SettingsError              1   no key, the wrong account, an unknown environment
├── PlanFileError              1   a saved plan that cannot be read, or of another version
├── LocalStateError            1   a journal, a plan file or a sandbox database that cannot be written
├── ApiError                   1   the platform, or what stands before it
│   ├── NotReached             1   the request provably never arrived, however often it was tried
│   ├── Rejected               1   the platform answered, and the answer is no; nothing happened
│   ├── Unclear                1   sent, and nobody can say whether it took effect
│   └── BadAnswer              1   answered, but not with what this API answers (a read; nothing is at stake)
│       └── TooLarge           1   answered with more than is read at once; a page with fewer items may fit
├── RefusedError               3   a safety rail, a budget, a stale plan or another apply at work; nothing was changed
│   └── StalePlan              3   what would be done is no longer what was agreed to; lists the differences
└── InterruptedByUser        130   Ctrl-C or SIGTERM, before anything was changed
"""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What the process says to its caller. `CHANGES` is used only by `plan --detailed-exitcode`."""

    OK = 0
    ERROR = 1
    CHANGES = 2
    REFUSED = 3
    PARTIAL = 4
    INTERRUPTED = 130


class SgpctlError(Exception):
    """An error with a message for a person: what happened, where, and what to do next.

    The message is one line, whatever stands in the texts that it quotes, unless it `is_listing`: then each of its lines
    is ours, with nothing in it that could break it.
    """

    exit_code = ExitCode.ERROR
    is_listing = False

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(SgpctlError):
    """The command was called with arguments that do not fit together."""


class ProjectError(SgpctlError):
    """There is no project file, or it cannot be used."""


class ManifestError(SgpctlError):
    """One or more manifests have problems; the message lists every one, a line each."""

    is_listing = True


class SettingsError(SgpctlError):
    """The connection to an environment cannot be made up: a key, an account or an address is missing or wrong."""


class PlanFileError(SgpctlError):
    """A saved plan is unreadable, damaged or of a version that this sgpctl does not know."""


class LocalStateError(SgpctlError):
    """A file of ours (journal, plan, sandbox database) cannot be read or written."""


class ApiError(SgpctlError):
    """A request to the platform did not bring the answer that was needed."""

    def __init__(
        self, message: str, *, request: str, status: int | None = None, hint: str | None = None
    ) -> None:
        """`request` is method and path, without host, query or headers; `status` is the HTTP status, if any came."""
        super().__init__(message, hint=hint)
        self.request = request
        self.status = status


class NotReached(ApiError):
    """The request provably had no effect: no connection was made, or the server asked to come back later."""


class Rejected(ApiError):
    """The platform refused the request and said so (4xx other than 408, 409 and 429)."""


class Unclear(ApiError):
    """The request may or may not have taken effect: timeout, reset, 408, 409, 5xx, an unreadable answer to a write."""


class BadAnswer(ApiError):
    """A read was answered with something that is not this API: HTML, broken JSON, a page that never ends."""


class TooLarge(BadAnswer):
    """A read was answered with more than is held in memory at once."""


class RefusedError(SgpctlError):
    """A safety rail, the budget, a stale plan or another apply stopped the command before it changed anything."""

    exit_code = ExitCode.REFUSED


class StalePlan(RefusedError):
    """What would be done is no longer what was agreed to; the message lists the differences, a line each."""

    is_listing = True


class InterruptedByUser(SgpctlError):
    """Somebody stopped the command before it changed anything."""

    exit_code = ExitCode.INTERRUPTED
