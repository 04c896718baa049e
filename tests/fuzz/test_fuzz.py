"""A small campaign against each target, always the same one; and that the fuzzer finds what it is there for."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from sgpctl.manifest.glob import pattern_of
from tests.fuzz.archive import packed, put_into, unpacked
from tests.fuzz.campaign import Plan, run
from tests.fuzz.defective import DEFECTS
from tests.fuzz.judging import Bounds, Judge
from tests.fuzz.lines import Lines
from tests.fuzz.minimising import minimised
from tests.fuzz.mutation import Mutator
from tests.fuzz.targets import TARGETS

ROOT = Path(__file__).parents[2]
IN_A_PROCESS_OF_ITS_OWN = {"takes-memory": "took 6", "dies": "the process died with 3"}
HERE = sorted(DEFECTS.keys() - IN_A_PROCESS_OF_ITS_OWN)


@pytest.mark.parametrize("name", TARGETS)
def test_nothing_is_found_in_a_small_campaign(name: str, tmp_path: Path) -> None:
    arguments = f"--target {name} --inputs 100 --seconds 900 --fast --findings {tmp_path}".split()
    command = [sys.executable, "-m", "tests.fuzz", *arguments]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, ""), ended.stdout
    assert f"{name}: 100 inputs" in ended.stdout


def judge(name: str, folder: Path) -> Judge:
    return Judge(DEFECTS[name], folder, watches_lines=False, bounds=Bounds(seconds=0.3, memory_mib=10**6))


@pytest.mark.parametrize("name", HERE)
def test_a_defect_is_found_where_it_is_and_nowhere_else(name: str, tmp_path: Path) -> None:
    found = judge(name, tmp_path)
    assert found.verdict(b"harmless").finding is None
    assert found.verdict(b"hostile!").finding is not None
    assert found.verdict(b"harmless").finding is None


@pytest.mark.parametrize("name", IN_A_PROCESS_OF_ITS_OWN)
def test_what_ends_a_process_is_found_and_saved_and_the_campaign_goes_on(name: str, tmp_path: Path) -> None:
    tally = run(Plan(name, seconds=60, seed=1, findings=tmp_path, inputs=3, watches_lines=False))
    ((words, saved),) = tally.findings.items()
    assert words.startswith(IN_A_PROCESS_OF_ITS_OWN[name])
    assert b"!" in saved.read_bytes()


def test_a_finding_can_be_run_again_and_made_smaller(tmp_path: Path) -> None:
    found = judge("raises", tmp_path)
    shape = found.verdict(b"a long input ! with much in it").shape
    assert minimised(b"a long input ! with much in it", lambda one: found.verdict(one).shape == shape) == b"!"


def test_the_same_seed_makes_the_same_inputs() -> None:
    seeds = [*TARGETS["loader"].seeds()]

    def made(seed: int) -> list[bytes]:
        random = Random(seed)
        mutator = Mutator(random)
        return [mutator.mutated(random.choice(seeds), random.choice(seeds)) for _ in range(50)]

    assert made(1) == made(1)
    assert made(1) != made(2)


def test_the_files_of_an_archive_are_laid_out_in_its_folder_and_nowhere_else(tmp_path: Path) -> None:
    files = {"a.yaml": b"a: 1\n", "b/c.json": b"{}", "d": b""}
    assert unpacked(packed(files)) == files
    folder = tmp_path / "folder"
    folder.mkdir()
    put_into(
        folder, packed({**files, "../out": b"x", "/etc/x": b"x", "b": b"a folder is there", "e" * 190: b"y"})
    )
    assert {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} == {
        *files,
        "e" * 190,
    }
    assert [*tmp_path.iterdir()] == [folder]


def test_lines_that_were_never_run_are_new_once() -> None:
    lines = Lines()
    seen = []
    for glob in ("a", "a", "**/[a-c]*", "**/[a-c]*"):
        with lines.watched():
            pattern_of(glob)
        seen.append(lines.were_new)
    assert seen == [True, False, True, False]
