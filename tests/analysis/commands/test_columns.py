"""duibiao columns: what it prints, what it keeps, what it refuses."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
from pathlib import Path

import pandas as pd
import pytest

from tests.support.command import Run

WORDS = [
    "铁锅生锈",
    "瓷碗裂了",
    "木瓢发霉",
    "铝盆发黑",
    "竹筷长毛",
    "砧板太滑",
    "菜刀卷口",
    "水壶结垢",
    "冰箱空了",
    "夜里有雨",
    "搬家前夜",
    "邻居的笋",
]


@pytest.fixture
def filled(duibiao: Run, tmp_path: Path) -> Run:
    """A store with one account: eight weekly issues of a column, four other articles."""
    lines = ["account,title,published_at,position,url"]
    for n, word in enumerate(WORDS):
        title = f"避坑｜{word}" if n < 8 else word
        lines.append(
            f"甲,{title},2026-{3 + n // 4:02d}-{2 + 7 * (n % 4):02d} 07:30,1,https://"
            f"mp.weixin.qq.com/s/x{n:021d}"
        )
    (tmp_path / "list.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    duibiao("import", "list.csv", check=0)
    return duibiao


def rows_of(done: subprocess.CompletedProcess[str]) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(done.stdout)))


def test_one_row_per_column_with_its_figures(filled: Run) -> None:
    (row,) = rows_of(filled("columns", "--format", "csv", check=0))
    assert (
        row["account"],
        row["content_column"],
        row["kind"],
        row["n"],
        row["slot"],
        row["weekday"],
        row["interval_days"],
    ) == ("甲", "避坑", "marker", "8", "1", "0", "7.0")
    assert row["adherence"] == "1.0"
    assert row["examples"].count("https://mp.weixin.qq.com/s/") == 3
    assert row["reads_ratio"] == ""


def test_one_row_per_article(filled: Run) -> None:
    rows = rows_of(filled("columns", "--articles", "--format", "csv", check=0))
    assert [row["content_column"] for row in rows[:8]] == ["避坑"] * 8
    assert {row["kind"] for row in rows[8:]} <= {"", "theme"}
    assert all(row["url"] and row["account_id"] for row in rows)
    assert all(
        (row["kind"] == "") == (row["strength"] == "") == (row["content_column"] == "")
        for row in rows
    )


def test_themes_are_listed_when_asked_for_and_called_so(filled: Run) -> None:
    rows = rows_of(filled("columns", "--themes", "--format", "csv", check=0))
    assert [row["kind"] for row in rows if row["content_column"] == "避坑"] == ["marker"]
    assert {row["kind"] for row in rows if row["content_column"] != "避坑"} <= {"theme"}


def test_the_table_and_json_say_the_same(filled: Run) -> None:
    table = filled("columns", check=0).stdout
    assert "避坑" in table
    assert "周一" in table
    (row,) = json.loads(filled("columns", "--format", "json", check=0).stdout)
    assert row["n"] == 8
    assert row["share"] == pytest.approx(8 / 12)


def test_a_window_shows_less_but_finds_on_all(filled: Run) -> None:
    (row,) = rows_of(filled("columns", "--since", "2026-04-20", "--format", "csv", check=0))
    assert (row["content_column"], row["n"]) == ("避坑", "1")


def test_corrections_beside_the_store_are_respected_and_bad_ones_are_one_line(
    filled: Run, tmp_path: Path
) -> None:
    (tmp_path / "columns.toml").write_text(
        '[[rename]]\ncolumn = "避坑"\nto = "买前看看"\n\n[[drop]]\ncolumn = "没有"\n',
        encoding="utf-8",
    )
    done = filled("columns", "--format", "csv", check=0)
    assert [row["content_column"] for row in rows_of(done)] == ["买前看看"]
    assert "[[drop]] 没有" in done.stderr
    (tmp_path / "other.toml").write_text("[[rename]\n", encoding="utf-8")
    refused = filled("columns", "--edits", "other.toml", check=1)
    assert refused.stderr.startswith("错误：other.toml 不是 TOML")
    assert len(refused.stderr.splitlines()) == 1


def test_what_was_found_is_kept_and_found_again_when_articles_come(
    filled: Run, tmp_path: Path
) -> None:
    first = filled("columns", "--articles", "--format", "csv", check=0).stdout
    kept = tmp_path / "d.sqlite3.cache" / "columns.load.assign.parquet"
    stamp = kept.stat().st_mtime_ns
    assert filled("columns", "--articles", "--format", "csv", check=0).stdout == first
    assert kept.stat().st_mtime_ns == stamp
    (tmp_path / "more.csv").write_text(
        "account,title,published_at,position,url\n甲,避坑｜电饭煲夹生,2026-05-25 07:30,1,https://"
        "mp.weixin.qq.com/s/y00000000000000000001\n",
        encoding="utf-8",
    )
    filled("import", "more.csv", check=0)
    (row,) = rows_of(filled("columns", "--format", "csv", check=0))
    assert row["n"] == "9"
    assert (
        row["column_id"] == next(line for line in csv.DictReader(io.StringIO(first)))["column_id"]
    )


def test_what_is_forgotten_does_not_live_on_in_what_was_made_of_it(
    filled: Run, tmp_path: Path
) -> None:
    filled("columns", "--format", "csv", check=0)
    assert list((tmp_path / "d.sqlite3.cache").glob("*.parquet"))
    filled("forget", "1", check=0)
    assert not list((tmp_path / "d.sqlite3.cache").glob("*.parquet"))


def test_a_file_is_written_and_never_silently_over(filled: Run, tmp_path: Path) -> None:
    assert filled("columns", "-o", "out.csv", check=0).stdout == "out.csv\n"
    assert "已经存在" in filled("columns", "-o", "out.csv", check=1).stderr
    assert (tmp_path / "out.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_a_folder_that_cannot_be_written_costs_only_time(filled: Run, tmp_path: Path) -> None:
    if os.geteuid() == 0:
        (tmp_path / "d.sqlite3.cache").write_text("a file in the way", encoding="utf-8")
    else:
        tmp_path.chmod(0o500)
    assert rows_of(filled("columns", "--format", "csv", check=0))[0]["n"] == "8"


@pytest.mark.parametrize("n", [0, 1, 2, 9])
def test_small_stores_give_no_nonsense(duibiao: Run, tmp_path: Path, n: int) -> None:
    lines = ["account,title,published_at,url"] + [
        f"甲,{word},2026-03-{at + 1:02d} 07:30,https://mp.weixin.qq.com/s/z{at:021d}"
        for at, word in enumerate(WORDS[:n])
    ]
    (tmp_path / "list.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    duibiao("import", "list.csv", check=0 if n else None)
    assert duibiao("columns", "--format", "csv", check=0).stdout.count("\n") == 1
    assert duibiao("columns", "--articles", "--format", "csv", check=0).stdout.count("\n") == n + 1


def test_without_themes_none_is_looked_for_and_the_columns_are_the_same(
    filled: Run, tmp_path: Path
) -> None:
    plain = filled("columns", "--format", "csv", check=0).stdout
    kept = pd.read_parquet(tmp_path / "d.sqlite3.cache" / "columns.load.assign.parquet")
    assert len(kept)
    assert "theme" not in set(kept["kind"])
    with_themes = filled("columns", "--themes", "--format", "csv", check=0).stdout.splitlines()
    assert [line for line in with_themes if ",theme," not in line] == plain.splitlines()
