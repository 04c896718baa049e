from __future__ import annotations

import os
from pathlib import Path

import pytest

from sgpctl.manifest.problem import Broken
from sgpctl.manifest.text import mark_of, read_text


def refusal(path: Path, bytes_max: int = 100) -> str:
    with pytest.raises(Broken) as caught:
        read_text(path, path.name, bytes_max)
    return str(caught.value)


def test_text_is_taken_verbatim_with_its_line_ends(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_bytes("a\r\nb\rc\n é\t\f".encode())
    assert read_text(path, "a.md", 100).text == "a\r\nb\rc\n é\t\f"


def test_a_byte_order_mark_is_left_out_with_a_warning(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_bytes(b"\xef\xbb\xbfa")
    source = read_text(path, "a.md", 100)
    assert source.text == "a"
    assert [str(problem) for problem in source.problems] == [
        "a.md:1:1: the file starts with a byte order mark, which is ignored; save it without"
    ]


def test_a_file_of_exactly_the_bound_is_read_and_one_byte_more_is_not(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_bytes(b"a" * 100)
    assert read_text(path, "a.md", 100).text == "a" * 100
    path.write_bytes(b"a" * 101)
    assert "too large" in refusal(path)


def test_a_file_that_claims_to_be_empty_is_still_bounded() -> None:
    claimed_empty = Path("/proc/self/status")
    if not claimed_empty.exists():
        pytest.skip("only where there is /proc")
    assert "too large: it has more" in refusal(claimed_empty, bytes_max=10)


def test_a_file_that_claims_to_be_empty_and_is_not_is_refused() -> None:
    claimed_empty = Path("/proc/self/environ")
    if not claimed_empty.exists():
        pytest.skip("only where there is /proc")
    assert "it is made up by the system, as in /proc" in refusal(claimed_empty, bytes_max=1 << 20)


def test_a_file_of_100_mb_is_refused_by_its_size(tmp_path: Path) -> None:
    path = tmp_path / "big.yaml"
    path.touch()
    os.truncate(path, 100 * 1000 * 1000)  # sparse: it takes no room
    message = refusal(path, bytes_max=16 * 1024 * 1024)
    assert message == "big.yaml:1:1: the file is too large: it has 95.4 MiB, and at most 16 MiB are read"


def test_what_is_no_regular_file_is_refused_without_waiting_for_it(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.yaml"
    os.mkfifo(pipe)
    assert refusal(pipe) == "pipe.yaml:1:1: this is a named pipe, not a file"
    folder = tmp_path / "folder.yaml"
    folder.mkdir()
    assert refusal(folder) == "folder.yaml:1:1: this is a folder, not a file"
    assert refusal(Path("/dev/null")) == "null:1:1: this is a device, not a file"


def test_a_missing_file_is_refused_with_the_systems_reason(tmp_path: Path) -> None:
    assert refusal(tmp_path / "a.md") == "a.md:1:1: the file cannot be read: no such file or directory"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_refused_with_the_systems_reason(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("a")
    path.chmod(0)
    assert refusal(path) == "a.md:1:1: the file cannot be read: permission denied"


def test_a_byte_that_is_not_utf_8_is_named_with_its_place_in_characters(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_bytes("é\nüx".encode() + b"\xff")
    assert refusal(path).startswith("a.md:2:3: the byte 0xff is not valid UTF-8")


def test_a_control_character_is_named_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_bytes(b"a\r\nb\x1b[31m")
    assert refusal(path).startswith("a.md:2:2: the control character U+001B is not allowed")


def test_marks_count_lines_by_any_line_end_and_columns_in_characters() -> None:
    text = "a\r\né😀b\rc\nd"
    assert [mark_of(text, text.index(char), "f")[1:] for char in "abcd"] == [(1, 1), (2, 3), (3, 1), (4, 1)]
