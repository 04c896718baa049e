"""The `sgpctl` command: finds the verb, runs it, and turns whatever ends it into an exit code."""

from __future__ import annotations

import gc
import importlib
import io
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from types import FrameType
from typing import NoReturn

import click

from sgpctl import __version__
from sgpctl.errors import ExitCode, SgpctlError

# Verb, module below sgpctl.cli, and the line that `sgpctl --help` shows; a module is imported when its verb is called.
_VERBS = {
    "init": ("init", "Write a new project that applies as it is."),
    "validate": ("validate", "Check every manifest, offline."),
    "fmt": ("fmt", "Bring manifests and the project file to one style."),
    "plan": ("plan", "Show what apply would do, and what it would cost."),
    "apply": ("apply", "Make the remote side what the manifests declare."),
    "destroy": ("destroy", "Archive everything that the project owns in an environment."),
    "show": ("show", "Show a saved plan."),
    "render": ("render", "Print the evaluations with everything resolved."),
    "list": ("list", "List what the project owns remotely."),
    "history": ("history", "Show the runs of one evaluation, and what changed between them."),
    "snapshot": ("snapshot", "Write the remote state to a file, for plans without a key."),
    "drift": ("drift", "Report what people changed on the platform since the last apply."),
    "unlock": ("unlock", "Show who works on an environment, and end their lease."),
    "import": ("import_", "Write manifests for evaluations that exist, to adopt them."),
    "schema": ("schema", "Print the JSON Schema of manifests, or set up editors with it."),
    "sandbox": ("sandbox", "Serve or reset the embedded sandbox."),
    "version": ("version", "Print the version."),
}

_EPILOG = """\b
A first look, without an account or a key:
  sgpctl init demo && sgpctl apply demo

\b
Exit codes:
  0    done; with `plan --detailed-exitcode`: no changes
  1    error, mistakes in the call included
  2    `plan --detailed-exitcode`: there are changes; `drift`: something drifted
  3    refused by a safety rail, the budget, a stale plan or another apply at work; nothing was changed
  4    applied in part; what is left was printed
  130  interrupted, by Ctrl-C or SIGTERM
"""


_HELP_COLUMNS_MAX = 80
_TRACEBACK_VARIABLE = "SGPCTL_TRACEBACK"
# Most of what a call makes lives to its end: looking through it again and again took a quarter of the time of a plan.
_COLLECTOR = (50_000, 50, 100)
# Else pydantic looks through every installed package for plugins, which takes longer than checking a manifest.
_NO_PLUGINS = ("PYDANTIC_DISABLE_PLUGINS", "__all__")


class _Verbs(click.Group):
    """Imports a verb's module only when that verb is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _VERBS:
            return None
        module = importlib.import_module(f"sgpctl.cli.{_VERBS[cmd_name][0]}")
        command: click.Command = module.command
        return command

    def invoke(self, ctx: click.Context) -> object:
        """Click itself would write to standard error when it is interrupted, and fail where that cannot be written."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            _tell("")  # below the `^C` that the terminal shows
            raise click.Abort from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(verb, line) for verb, (_, line) in _VERBS.items()])


@click.command(cls=_Verbs, epilog=_EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "--version", prog_name="sgpctl", message="%(prog)s %(version)s")
def cli() -> None:
    """Keep evaluations on the Scale GenAI Platform as code.

    A directory of manifests says which evaluations there should be; `plan` shows what that takes, `apply` does it.
    """


def run(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and exit with one of `ExitCode`."""
    gc.set_threshold(*_COLLECTOR)
    os.environ.setdefault(*_NO_PLUGINS)
    with _terminated_as_interrupted():
        code = _run(arguments)
    sys.exit(code)


def _run(arguments: Sequence[str] | None) -> int:
    try:
        ended = cli.main(arguments, prog_name="sgpctl", standalone_mode=False, terminal_width=_help_width())
        if sys.stdout is not None:
            sys.stdout.flush()
    except click.ClickException as error:
        words = io.StringIO()
        error.show(words)
        _tell(words.getvalue().rstrip("\n"))
        return ExitCode.ERROR
    except (click.Abort, KeyboardInterrupt):
        _tell("interrupted")
        return ExitCode.INTERRUPTED
    except SgpctlError as error:
        _show(error)
        return error.exit_code
    except BrokenPipeError:
        _silence_standard_output()
        return ExitCode.ERROR
    except OSError as error:
        _silence_standard_output()
        _show(SgpctlError(f"{error.filename or 'standard output'}: {error.strerror or error}"))
        return ExitCode.ERROR
    except Exception as error:  # the last door: a person gets a sentence, and the traceback on request
        if os.environ.get(_TRACEBACK_VARIABLE):
            raise
        _show(_as_bug(error))
        return ExitCode.ERROR
    return ended if isinstance(ended, int) else ExitCode.OK


def _help_width() -> int:
    """As click reckons it; only that click loads shutil for this, and every compression with it."""
    columns = os.environ.get("COLUMNS", "")
    try:
        width = int(columns) if columns.isdecimal() else 0
        width = width or os.get_terminal_size(1).columns
    except (OSError, ValueError):  # standard output is no terminal
        width = 0
    return max(min(width or _HELP_COLUMNS_MAX, _HELP_COLUMNS_MAX) - 2, 50)


@contextmanager
def _terminated_as_interrupted() -> Iterator[None]:
    """SIGTERM is a machine's Ctrl-C: files are tidied up, leases given back, and the exit code is the same."""
    before = signal.getsignal(signal.SIGTERM)
    has_a_say = False
    with suppress(ValueError):  # only the main thread of a process has one
        signal.signal(signal.SIGTERM, _interrupt)
        has_a_say = True
    try:
        yield
    finally:
        if has_a_say:
            signal.signal(signal.SIGTERM, before)


def _interrupt(_number: int, frame: FrameType | None) -> None:
    on_interrupt = signal.getsignal(signal.SIGINT)
    if not callable(on_interrupt):  # a shell starts what runs in the background so that Ctrl-C passes it by
        raise KeyboardInterrupt
    on_interrupt(signal.SIGINT, frame)


def _silence_standard_output() -> None:
    from sgpctl.cli.console import silence

    if sys.stdout is not None:
        silence(sys.stdout)


def _as_bug(error: Exception) -> SgpctlError:
    words = str(error).splitlines()
    return SgpctlError(
        f"this is a bug in sgpctl: {type(error).__name__}: {words[0] if words else 'without words'}",
        hint=f"Please report it, with the output of the same command under {_TRACEBACK_VARIABLE}=1.",
    )


def _tell(words: str) -> None:
    from sgpctl.cli.console import Console
    from sgpctl.render.layout import Span

    Console.of_process().tell([(Span(line),) for line in words.split("\n")])


def _show(error: SgpctlError) -> None:
    from sgpctl.cli.console import Console
    from sgpctl.render.problems_text import error_lines

    Console.of_process().tell(error_lines(error))
