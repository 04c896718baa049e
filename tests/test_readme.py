"""What the README says is so."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from sgpctl import limits
from sgpctl.cli.main import cli
from sgpctl.errors import ExitCode
from sgpctl.model.lease import lease_tag
from sgpctl.model.marks import Owner
from tests.simulation.defects import DEFECTS

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_it_starts_with_what_it_is_and_a_picture_of_a_plan() -> None:
    title, what, picture = README.split("\n\n")[:3]
    assert title == "# sgpctl"
    assert what.count(". ") + what.endswith(".") == 2
    assert picture.startswith("```text\n$ sgpctl plan\n")


def test_the_two_commands_stand_in_it_as_ci_runs_them() -> None:
    assert (
        "\npython3 -m venv .venv && .venv/bin/pip install . && .venv/bin/sgpctl apply examples/quickstart --yes\n"
        in README
    )
    assert "\n.venv/bin/pip install -e '.[dev]' && .venv/bin/pytest -n auto\n" in README
    ci = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert ".venv/bin/pip install --quiet -e '.[dev]'" in ci
    assert "\n.venv/bin/pytest -n auto\n" in ci


def test_every_verb_is_in_the_table_of_commands() -> None:
    context = click.Context(cli)
    named = set(re.findall(r"^\| `sgpctl (\w+)", README, re.MULTILINE))
    assert named == set(cli.list_commands(context))


@pytest.mark.parametrize("code", [int(code) for code in ExitCode])
def test_every_exit_code_is_in_the_table(code: int) -> None:
    assert re.search(rf"^\| {code} \| ", README, re.MULTILINE)


def test_the_numbers_are_those_in_force() -> None:
    assert f"settling time ({sum(limits.SETTLING_PAUSES_SECONDS):g} seconds)" in README
    assert f"a manifest of {limits.MANIFEST_BYTES_MAX // limits.MIB} MiB" in README
    assert f"an included file of {limits.INCLUDED_FILE_BYTES_MAX // limits.MIB} MiB" in README
    assert f"{limits.ROWS_PER_EVALUATION_MAX:,} rows" in README
    assert f"read for it; default {limits.ROWS_COMPARED_MAX:,}; 0: none" in README
    assert f"stays under {limits.COMMENT_BYTES_MAX:,} bytes" in README
    assert f"a key of fewer than {limits.SECRET_CHARS_MIN} characters" in README.lower()
    assert f"an answer of {limits.ANSWER_BYTES_MAX // limits.MIB} MiB" in README
    assert f"--parallelism N` (default {limits.PARALLELISM_DEFAULT})" in README


def test_the_owner_tag_is_as_described() -> None:
    assert Owner("<project>", "<environment>").tag in README


def test_the_lease_is_as_described() -> None:
    assert lease_tag(Owner("<project>", "<environment>")) in README
    assert (limits.LEASE_SECONDS, "free two minutes after its holder died" in README) == (120, True)
    notices = limits.LEASE_SECONDS / limits.LEASE_RENEWALS
    assert (notices, "within half a minute its apply notices" in README) == (30, True)


def test_the_planted_defects_are_counted() -> None:
    assert f"can fail on {len(DEFECTS)} planted defects" in README


@pytest.mark.parametrize("link", re.findall(r"\]\((?!https?:)([^)#]+)\)", README))
def test_every_link_leads_somewhere(link: str) -> None:
    assert (ROOT / link).exists()


def test_the_options_that_it_names_exist() -> None:
    context = click.Context(cli)
    known = {"--help", "--version"}
    for verb in cli.list_commands(context):
        command = cli.get_command(context, verb)
        assert command is not None
        commands = [command, *command.commands.values()] if isinstance(command, click.Group) else [command]
        known |= {option for one in commands for parameter in one.params for option in parameter.opts}
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", README)) <= known
