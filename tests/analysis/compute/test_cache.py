"""What is kept is given back under its own key only, and a damaged file costs time, not truth."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from analysis.compute.cache import FrameCache, cache_for
from analysis.compute.keys import key_of
from analysis.frames import TIME
from crawler.store import open_store

FRAME = pd.DataFrame(
    {
        "title": pd.Series(["栏目", None], dtype="str"),
        "at": pd.Series(pd.to_datetime(["2024-01-01T00:30+08:00", None])).astype(TIME),
        "n": pd.Series([1, None], dtype="Int64"),
    }
)


def test_a_frame_comes_back_as_it_was_under_its_key_and_no_other(tmp_path: Path) -> None:
    kept = FrameCache(tmp_path / "deep" / "kept")
    assert kept.load("marks", "a") is None
    assert kept.save("marks", "a", FRAME)
    back = kept.load("marks", "a")
    assert back is not None
    pd.testing.assert_frame_equal(back, FRAME)
    assert kept.load("marks", "b") is None
    assert kept.save("marks", "b", FRAME.head(1))
    assert kept.load("marks", "a") is None
    assert [path.name for path in kept.folder.iterdir()] == ["marks.parquet"]


def test_a_cut_off_file_is_as_if_nothing_was_kept(tmp_path: Path) -> None:
    kept = FrameCache(tmp_path)
    kept.save("marks", "a", FRAME)
    file = tmp_path / "marks.parquet"
    for length in (0, 3, file.stat().st_size // 2, file.stat().st_size - 1):
        file.write_bytes(file.read_bytes()[:length])
        assert kept.load("marks", "a") is None
        kept.save("marks", "a", FRAME)
        assert kept.load("marks", "a") is not None


def test_where_nothing_can_be_written_nothing_is_kept(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert not FrameCache(tmp_path / "file").save("marks", "a", FRAME)


def test_keys_tell_apart_what_is_cut_elsewhere() -> None:
    assert key_of(["ab", "c"]) != key_of(["a", "bc"])
    assert key_of(["a\ud800"]) == key_of([b"a\xed\xa0\x80"])


def test_the_folder_lies_beside_the_store(tmp_path: Path) -> None:
    with open_store(f"sqlite:///{tmp_path}/s.sqlite3") as store:
        assert cache_for(store).folder == tmp_path / "s.sqlite3.cache"


def test_what_is_cleared_is_gone_and_other_files_stay(tmp_path: Path) -> None:
    kept = FrameCache(tmp_path / "kept")
    kept.clear()
    kept.save("marks", "a", FRAME)
    (kept.folder / "mine.txt").write_text("not kept by us", encoding="utf-8")
    kept.clear()
    assert [path.name for path in kept.folder.iterdir()] == ["mine.txt"]
    assert kept.load("marks", "a") is None


def test_frames_of_other_names_are_removed_once_and_nothing_else(tmp_path: Path) -> None:
    old = tmp_path / "s.sqlite3.kept"
    old.mkdir()
    (old / "columns.making.assign.parquet").write_bytes(b"frames of 0.1.0")
    (old / "mine.txt").write_text("a person's own", encoding="utf-8")
    with open_store(f"sqlite:///{tmp_path}/s.sqlite3") as store:
        cache_for(store)
        assert [path.name for path in old.iterdir()] == ["mine.txt"]
        (old / "mine.txt").unlink()
        cache_for(store)
        assert not old.exists()
