"""Plans: of no changes and of few, cold and warm, beside the floors and beside what would be used instead."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.benchmarks import others, terraform_plan
from tests.benchmarks.measuring import Command, Run, Unavailable, median, median_told, side_by_side
from tests.benchmarks.projects import write_matrix_project, write_project
from tests.benchmarks.results import Line, Report, Target
from tests.benchmarks.serving import SGPCTL, fill, serving, surroundings

_NO_CHANGES = "No changes."
_SECONDS_MAX = 1800.0
_DBT_JOBS = 1000  # more take minutes
_MIB_MAX = 400.0
_LARGE_MIB_MAX = 2000.0


def measure_plans(report: Report, folder: Path, size: int, rounds: int, *, with_others: bool) -> None:
    """A project of `size` manifests against as many evaluations, and the same with 1 % changed."""
    project, changed, database = folder / "project", folder / "changed", folder / "remote.db"
    write_project(project, size)
    write_project(changed, size, changed=max(1, size // 100))
    fill(database, project)
    with serving(database) as address:
        environment = surroundings(address)
        commands = {
            "sgpctl, cold": _plan(project, environment, _NO_CHANGES, prepare=_without_cache(project)),
            "sgpctl, warm": _plan(project, environment, _NO_CHANGES),
            "sgpctl, 1 % changed, cold": _plan(
                changed, environment, "to replace", prepare=_without_cache(changed)
            ),
            "sgpctl, 1 % changed, warm": _plan(
                changed, environment, "to replace", prepare=_with_cache_of(project, changed)
            ),
            "SDK script": _module("sdk_script", str(project), address, environment=environment),
            **_floors(project, address, environment),
        }
        missing: dict[str, Unavailable] = {}
        for name, contender in _contenders(folder, project, size, with_others=with_others).items():
            if isinstance(contender, Unavailable):
                missing[name] = contender
            else:
                commands[name] = contender
        runs = side_by_side(commands, rounds)
    benchmark = f"plan of {size:,}"
    for name, measured in runs.items():
        report.lines.append(_line(benchmark, name, measured))
    report.lines += [Line.of(benchmark, name, contender) for name, contender in missing.items()]
    _judge(report, size, {name: median(measured) for name, measured in runs.items()}, runs)


def measure_large_plan(report: Report, folder: Path, size: int, small_size: int, rounds: int) -> None:
    """As many, beside the smaller number: is the time linear?"""
    medians: dict[int, Run] = {}
    for count in (small_size, size):
        project, database = folder / f"project-{count}", folder / f"remote-{count}.db"
        write_project(project, count)
        fill(database, project)
        with serving(database) as address:
            environment = surroundings(address)
            runs = side_by_side(
                {
                    "sgpctl, cold": _plan(project, environment, _NO_CHANGES, prepare=_without_cache(project)),
                    "sgpctl, warm": _plan(project, environment, _NO_CHANGES),
                },
                rounds,
            )
        report.lines += [
            _line(f"large: plan of {count:,}", name, measured) for name, measured in runs.items()
        ]
        medians[count] = median(runs["sgpctl, cold"])
    ratio = medians[size].seconds / medians[small_size].seconds
    report.targets += [
        Target(f"plan of {size:,} / of {small_size:,}, cold", ratio, 1.1 * size / small_size),
        Target(f"plan of {size:,}, cold, MiB", medians[size].peak_mib, _LARGE_MIB_MAX),
    ]


def measure_matrix(report: Report, folder: Path, size: int, rounds: int) -> None:
    """As many evaluations, fifty out of each manifest, checked offline."""
    project = folder / "matrix"
    write_matrix_project(project, size)
    arguments = (str(SGPCTL), "validate", str(project))
    commands = {
        "sgpctl validate, cold": Command(arguments, surroundings(), prepare=_without_cache(project)),
        "sgpctl validate, warm": Command(arguments, surroundings()),
    }
    for name, measured in side_by_side(commands, rounds).items():
        report.lines.append(_line(f"matrix of {size:,}", name, measured))


def _plan(
    project: Path, environment: Mapping[str, str], says: str, prepare: Callable[[], None] | None = None
) -> Command:
    arguments = (str(SGPCTL), "plan", str(project))
    return Command(arguments, environment, says=says, prepare=prepare, seconds_max=_SECONDS_MAX)


def _module(name: str, *arguments: str, environment: Mapping[str, str]) -> Command:
    return Command(
        (sys.executable, "-m", f"tests.benchmarks.{name}", *arguments), environment, seconds_max=_SECONDS_MAX
    )


def _floors(project: Path, address: str, environment: Mapping[str, str]) -> dict[str, Command]:
    return {
        "floor: YAML": _module("floors", "yaml", str(project), environment=environment),
        "floor: JSON": _module("floors", "json", address, environment=environment),
        "floor: wire": _module("floors", "wire", address, environment=environment),
    }


def _contenders(
    folder: Path, project: Path, size: int, *, with_others: bool
) -> dict[str, Command | Unavailable]:
    if not with_others:
        return {}
    found: dict[str, Command | Unavailable] = {
        _terraform(form): terraform_plan.no_op_plan(project, folder / f"terraform-{form.name}", form)
        for form in terraform_plan.Form
    }
    installed = others.install(others.OCTODNS, folder / "octodns-environment")
    if isinstance(installed, Unavailable):
        found["octoDNS"] = installed
    else:
        found[f"octoDNS {installed.version}"] = others.octodns_plan(installed, folder / "octodns", size)
    return found


def measure_dbt(report: Report, folder: Path, rounds: int) -> None:
    """dbt-jobs-as-code with fewer jobs, because it asks one question for each."""
    benchmark = f"plan of {_DBT_JOBS:,}"
    installed = others.install(others.DBT_JOBS, folder / "dbt-environment")
    if isinstance(installed, Unavailable):
        report.lines.append(Line.of(benchmark, "dbt-jobs-as-code", installed))
        return
    for latency_ms in (0, 20):
        with others.dbt_stand_in(_DBT_JOBS, latency_ms=latency_ms) as address:
            command = others.dbt_plan(installed, folder / f"dbt-{latency_ms}", _DBT_JOBS, address)
            name = f"dbt-jobs-as-code {installed.version}, {latency_ms} ms"
            report.lines.append(_line(benchmark, name, side_by_side({name: command}, rounds)[name]))


def _without_cache(project: Path) -> Callable[[], None]:
    return lambda: shutil.rmtree(project / ".sgpctl", ignore_errors=True)


def _with_cache_of(source: Path, target: Path) -> Callable[[], None]:
    """Before each round the other project knows just what the source knew: all but what it has changed."""

    def prepare() -> None:
        shutil.rmtree(target / ".sgpctl", ignore_errors=True)
        shutil.copytree(source / ".sgpctl", target / ".sgpctl")

    return prepare


def _line(benchmark: str, name: str, runs: list[Run]) -> Line:
    if name.startswith("floor"):
        return Line(benchmark, name, median_told(runs), note="the work alone, without the start of Python")
    return Line.of(benchmark, name, median(runs))


def _judge(report: Report, size: int, medians: Mapping[str, Run], runs: Mapping[str, list[Run]]) -> None:
    cold, warm = medians["sgpctl, cold"], medians["sgpctl, warm"]
    floors = sum(median_told(runs[name]) for name in runs if name.startswith("floor"))
    about = f"plan of {size:,}"
    report.targets += [
        Target(f"{about}, cold / sum of its floors", cold.seconds / floors, 2.0),
        Target(f"{about}, warm / cold", warm.seconds / cold.seconds, 0.25),
        Target(f"{about}, cold, MiB", cold.peak_mib, _MIB_MAX),
        Target(
            f"{about}, 1 % changed / no change, cold",
            medians["sgpctl, 1 % changed, cold"].seconds / cold.seconds,
            1.2,
        ),
        Target(
            f"{about}, 1 % changed / no change, warm",
            medians["sgpctl, 1 % changed, warm"].seconds / warm.seconds,
            1.2,
        ),
    ]
    for name in map(_terraform, terraform_plan.Form):
        if name in medians:
            ratio = medians[name].seconds / cold.seconds
            report.targets.append(Target(f"{about}, {name} / cold", ratio, 10.0, at_least=True))


def _terraform(form: terraform_plan.Form) -> str:
    return f"Terraform, {form.value}"
