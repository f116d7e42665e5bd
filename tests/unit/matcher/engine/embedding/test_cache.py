"""A converted model is made once, however many processes want it and whichever of them dies."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest

from matcher.engine.embedding import cache

WRITTEN = b"weights"


def test_a_second_call_finds_what_the_first_one_wrote(tmp_path: Path) -> None:
    cache.converted(tmp_path / "model", _write)
    assert cache.converted(tmp_path / "model", _refuse).joinpath("part/model.bin").read_bytes() == WRITTEN


def test_a_finished_cache_may_be_read_only(tmp_path: Path) -> None:
    cache.converted(tmp_path / "model", _write)
    (tmp_path / "model.lock").unlink()
    cache.converted(tmp_path / "model", _refuse)
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


def test_two_at_once_write_once(tmp_path: Path) -> None:
    writers: list[int] = []
    is_writing, may_finish = threading.Event(), threading.Event()

    def write(part: Path) -> None:
        writers.append(threading.get_ident())
        is_writing.set()
        assert may_finish.wait(10)
        _write(part)

    threads = [threading.Thread(target=cache.converted, args=(tmp_path / "model", write)) for _ in range(3)]
    for thread in threads:
        thread.start()
    assert is_writing.wait(10)
    may_finish.set()
    for thread in threads:
        thread.join(10)
    assert len(writers) == 1
    assert (tmp_path / "model/part/model.bin").read_bytes() == WRITTEN


def test_what_a_killed_writer_left_is_never_taken_for_the_model_and_is_removed(tmp_path: Path) -> None:
    writer = _half_way_writer(tmp_path / "model")
    assert not (tmp_path / "model").exists()
    os.kill(writer.pid, signal.SIGKILL)
    writer.communicate()
    assert len(list(tmp_path.glob("model.part-*"))) == 1

    cache.converted(tmp_path / "model", _write)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["model", "model.lock"]
    assert (tmp_path / "model/part/model.bin").read_bytes() == WRITTEN


def test_a_failed_conversion_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="no space"):
        cache.converted(tmp_path / "model", _run_out_of_space)
    assert [path.name for path in tmp_path.iterdir()] == ["model.lock"]


@pytest.mark.parametrize("name", ["part/model.bin", "manifest.json"])
def test_a_damaged_folder_is_made_again(tmp_path: Path, name: str) -> None:
    cache.converted(tmp_path / "model", _write)
    (tmp_path / "model" / name).write_bytes(b"?")
    cache.converted(tmp_path / "model", _write)
    assert (tmp_path / "model/part/model.bin").read_bytes() == WRITTEN


def test_other_users_of_the_machine_can_read_the_cache(tmp_path: Path) -> None:
    folder = cache.converted(tmp_path / "model", _write_privately)
    assert {oct(path.stat().st_mode & 0o777) for path in (folder, folder / "part")} == {"0o755"}
    assert oct((folder / "part/model.bin").stat().st_mode & 0o777) == "0o644"


def _write(part: Path) -> None:
    (part / "part").mkdir()
    (part / "part/model.bin").write_bytes(WRITTEN)


def _write_privately(part: Path) -> None:
    _write(part)
    (part / "part").chmod(0o700)
    (part / "part/model.bin").chmod(0o600)


def _refuse(part: Path) -> None:
    raise AssertionError(f"written again: {part}")


def _run_out_of_space(part: Path) -> None:
    _write(part)
    raise OSError("no space left")


def _half_way_writer(folder: Path) -> subprocess.Popen[str]:
    """Another process that has written half a model and is still at it."""
    script = f"""
        import sys, pathlib
        from matcher.engine.embedding import cache
        def write(part):
            (part / "model.bin").write_bytes(b"wei")
            print("half way", flush=True)
            sys.stdin.read()
        cache.converted(pathlib.Path({str(folder)!r}), write)
    """
    command = [sys.executable, "-c", textwrap.dedent(script)]
    writer = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    assert writer.stdout.readline() == "half way\n"
    return writer
