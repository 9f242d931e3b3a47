"""Killed, cut off from power, without room, without the right to write, by a clock that jumps back:
nothing acknowledged is lost.
"""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pandas as pd
import pytest

from analysis.compute.cache import FrameCache
from analysis.files import OutputError, save_file
from crawler.importer import import_files
from crawler.run import cooling_until
from crawler.store import StoreError, open_store
from tests.reliability.hostile import hostile_page
from tests.reliability.kill import SCENES, acknowledged, content_of, integrity, kill_often
from tests.reliability.old_structure import make_old, open_old
from tests.support.command import Run


def saved(folder: Path, mids: range, *, padding: int = 0) -> Path:
    folder.mkdir(exist_ok=True)
    noise = random.Random(1)
    for mid in mids:
        body = noise.randbytes(padding).hex() if padding else "正文"
        (folder / f"{mid}.html").write_bytes(hostile_page(mid, body=body))
    return folder


def fill(file: Path, mids: range) -> None:
    with open_store(f"sqlite:///{file}", clock=lambda: 1_780_000_000.0) as store:
        assert all(
            report.error is None
            for report in import_files(store, [saved(file.parent / "saved", mids)])
        )


# kill -9


def test_killed_at_random_moments_nothing_acknowledged_is_lost_or_doubled() -> None:
    outcome = kill_often(
        9, seed=7, scenes=tuple(scene for scene in SCENES if scene.name != "features")
    )
    assert outcome.faults == 0, outcome
    assert sum(outcome.kills.values()) == 9


def test_an_older_structure_is_brought_up_whole_or_not_at_all(tmp_path: Path) -> None:
    fill(tmp_path / "d.sqlite3", range(1, 4))
    whole = content_of(tmp_path / "d.sqlite3")
    make_old(str(tmp_path / "d.sqlite3"))
    with closing(sqlite3.connect(tmp_path / "d.sqlite3")) as raw:
        assert "album_list" in str(
            raw.execute("SELECT sql FROM sqlite_master WHERE name = 'articles'").fetchone()
        )
    assert open_old(str(tmp_path / "d.sqlite3")) == 3
    assert content_of(tmp_path / "d.sqlite3") == whole


# power cuts


def _log_of(folder: Path) -> tuple[bytes, bytes, list[int]]:
    """A store file and its log as they lie after ten commits, with the log's length behind each."""
    file = folder / "d.sqlite3"
    fill(file, range(1, 2))
    lengths = []
    with open_store(f"sqlite:///{file}") as store:
        with store.engine.connect() as conn:
            conn.exec_driver_sql("PRAGMA wal_autocheckpoint=0")
        for number in range(10):
            store.write_meta(f"fact {number}", "x" * 3000)
            lengths.append((folder / "d.sqlite3-wal").stat().st_size)
        return file.read_bytes(), (folder / "d.sqlite3-wal").read_bytes(), lengths


def _facts(file: Path) -> list[str]:
    with closing(sqlite3.connect(file)) as raw:
        return [
            key
            for (key,) in raw.execute("SELECT key FROM meta WHERE key LIKE 'fact %' ORDER BY key")
        ]


def test_a_log_whose_last_pages_are_missing_or_garbled_gives_every_whole_commit(
    tmp_path: Path,
) -> None:
    (tmp_path / "first").mkdir()
    main, log, lengths = _log_of(tmp_path / "first")
    rng = random.Random(5)
    assert lengths == sorted(set(lengths))
    for number in range(60):
        at = rng.randrange(33, len(log))
        broken = (
            log[:at]
            if number % 2
            else log[:at] + bytes([log[at] ^ 0x5A]) + rng.randbytes(len(log) - at - 1)
        )
        file = tmp_path / f"cut-{number}.sqlite3"
        file.write_bytes(main)
        (tmp_path / f"{file.name}-wal").write_bytes(broken)
        with open_store(f"sqlite:///{file}", create=False) as store:
            assert len(list(store.articles())) == 1
            store.write_meta("works", "again")
        assert integrity(file) == "ok"
        assert _facts(file) == [f"fact {n}" for n, end in enumerate(lengths) if end <= at]


def test_a_commit_waits_for_the_disk(tmp_path: Path) -> None:
    with open_store(f"sqlite:///{tmp_path}/d.sqlite3") as store, store.engine.connect() as conn:
        assert (
            conn.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        )  # FULL: in WAL mode NORMAL loses the last commits at a power cut
        assert conn.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"


def test_a_kept_file_that_is_cut_or_garbled_anywhere_is_made_again(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "article_id": [f"a{n}" for n in range(200)],
            "size": [n / 7 for n in range(200)],
            "parts": [[str(n)] for n in range(200)],
        }
    )
    kept = FrameCache(tmp_path)
    assert kept.save("profiles", "key", frame)
    file, rng = tmp_path / "profiles.parquet", random.Random(3)
    whole = file.read_bytes()
    assert (
        pd.read_parquet(file)["size"].tolist() == frame["size"].tolist()
    )  # still a file that any reader of Parquet opens
    for number in range(300):
        at = rng.randrange(len(whole))
        file.write_bytes(
            whole[:at]
            if number % 3 == 0
            else whole[:at] + bytes([whole[at] ^ (1 << rng.randrange(8))]) + whole[at + 1 :]
        )
        assert kept.load("profiles", "key") is None
    file.write_bytes(whole)
    back = kept.load("profiles", "key")
    assert back is not None
    pd.testing.assert_frame_equal(back, frame, check_dtype=False)


def test_a_writer_that_dies_halfway_leaves_the_old_file_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "out.csv"
    path.write_bytes(b"old")

    def die(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.replace", die)
    with pytest.raises(OutputError, match="写不了"):
        save_file(path, b"new" * 1000, force=True)
    assert path.read_bytes() == b"old"
    assert [one.name for one in tmp_path.iterdir()] == ["out.csv"]


# no room, no right to write


@contextmanager
def mounted(folder: Path, *how: str) -> Iterator[Path]:
    """A file system of its own at `folder`; the test is skipped where mounting is not allowed."""
    folder.mkdir(exist_ok=True)
    done = (
        subprocess.run(["mount", *how, str(folder)], capture_output=True, text=True)
        if shutil.which("mount")
        else None
    )
    if done is None or done.returncode != 0:
        pytest.skip(f"mounting is not allowed here ({done.stderr.strip() if done else 'no mount'})")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_is_one_clear_line_and_loses_nothing(duibiao: Run, tmp_path: Path) -> None:
    few, many = (
        saved(tmp_path / "few", range(1, 4)),
        saved(tmp_path / "many", range(10, 60), padding=60_000),
    )
    with mounted(tmp_path / "small", "-t", "tmpfs", "-o", "size=3m", "tmpfs") as small:
        (small / "ballast").write_bytes(bytes(1_200_000))
        store = f"sqlite:///{small}/d.sqlite3"
        duibiao("import", few, store=store, check=0)
        full = duibiao("import", many, store=store, check=1)
        assert full.stderr.strip().splitlines()[-1].endswith("磁盘满了；已存的都在，腾出空间再运行")
        assert "Traceback" not in full.stderr
        assert integrity(small / "d.sqlite3") == "ok"
        held = acknowledged(small / "d.sqlite3")
        assert {"1:1", "2:1", "3:1"} <= set(held)
        listed = duibiao("articles", "-o", small / "out.csv", store=store)
        assert listed.returncode in (0, 1)
        assert (listed.returncode == 0) == (small / "out.csv").exists()
        (small / "ballast").unlink()
        duibiao("import", few, many / "59.html", store=store, check=0)
        assert set(held) < set(acknowledged(small / "d.sqlite3"))


def test_a_store_in_a_folder_that_cannot_be_written_is_read(duibiao: Run, tmp_path: Path) -> None:
    inside = tmp_path / "here"
    inside.mkdir()
    fill(inside / "d.sqlite3", range(1, 4))
    with mounted(inside, "--bind", str(inside)):
        subprocess.run(["mount", "-o", "remount,ro,bind", str(inside)], check=True)
        store = f"sqlite:///{inside}/d.sqlite3"
        assert duibiao("articles", "--format", "csv", store=store, check=0).stdout.count("\n") == 4
        duibiao("layout", store=store, check=0)
        told = (
            duibiao("import", saved(tmp_path / "more", range(7, 8)), store=store, check=1)
            .stderr.strip()
            .splitlines()
        )
        assert (
            told[-1]
            == f"错误：存储 {store} 是只读的：检查文件和文件夹的权限，是数据库的换成能写的主库"
        )
        with pytest.raises(OutputError, match="Read-only"):
            save_file(inside / "out.csv", b"x")
    duibiao("import", tmp_path / "more", store=store, check=0)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_the_right_to_write_is_read_too(tmp_path: Path) -> None:
    fill(tmp_path / "d.sqlite3", range(1, 4))
    tmp_path.chmod(0o555)
    try:
        with open_store(f"sqlite:///{tmp_path}/d.sqlite3", create=False) as store:
            assert len(list(store.articles())) == 3
            with pytest.raises(StoreError, match="只读"):
                store.write_meta("a", "b")
    finally:
        tmp_path.chmod(0o755)


# the clock


def test_a_clock_that_jumps_back_loses_nothing(tmp_path: Path) -> None:
    at = [1_780_000_000.0]
    with open_store(f"sqlite:///{tmp_path}/d.sqlite3", clock=lambda: at[0]) as store:
        list(import_files(store, [saved(tmp_path / "one", range(1, 4))]))
        at[0] -= 400 * 86400
        list(import_files(store, [saved(tmp_path / "two", range(3, 6))]))
        assert sorted(row["mid"] for row in store.articles()) == ["1", "2", "3", "4", "5"]
        assert {row["status"] for row in store.articles()} == {"fetched"}


def test_a_cool_down_that_began_in_the_future_lasts_six_hours_from_now(tmp_path: Path) -> None:
    from crawler.run import _start_cooling

    at = [1_900_000_000.0]
    with open_store(f"sqlite:///{tmp_path}/d.sqlite3", clock=lambda: at[0]) as store:
        _start_cooling(store, "x", "验证页")
        at[0] = 1_780_000_000.0
        assert cooling_until(store, "x") == 1_780_000_000 + 6 * 3600
        at[0] += 6 * 3600
        assert cooling_until(store, "x") is None
