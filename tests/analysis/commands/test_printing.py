"""Rows on the terminal and in files."""

from __future__ import annotations

import csv
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from analysis.commands.printing import print_rows, save_rows
from analysis.files import OutputError, neutral
from crawler.records import BEIJING

COLUMNS = {"account": "账号", "title": "标题", "at": "时间", "n": "数"}
ROWS: list[dict[str, Any]] = [
    {
        "account": "半间厨房",
        "title": '=HYPERLINK("http://evil.test","点我")',
        "at": datetime(2025, 6, 1, 0, 30, tzinfo=BEIJING),
        "n": 3,
    },
    {"account": "@abc", "title": '逗号,引号"和\n换行', "at": None, "n": -1.5},
]


def test_a_table_lines_up_marks_that_take_no_room_of_their_own(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_rows(
        [{"a": "กี่", "b": 1}, {"a": "e\u0301é", "b": 2}, {"a": "甲", "b": 3}],
        {"a": "a", "b": "b"},
        format="table",
    )
    assert capsys.readouterr().out.splitlines() == [
        "a   b",
        "──  ─",
        "กี่   1",
        "e\u0301é  2",
        "甲  3",
    ]


def test_csv_on_stdout_is_raw(capsys: pytest.CaptureFixture[str]) -> None:
    print_rows(ROWS, COLUMNS, format="csv")
    rows = list(csv.DictReader(capsys.readouterr().out.splitlines(keepends=True)))
    assert [row["title"] for row in rows] == [row["title"] for row in ROWS]
    assert (rows[0]["at"], rows[1]["at"], rows[1]["n"]) == ("2025-06-01T00:30:00+08:00", "", "-1.5")


def test_json_keeps_values(capsys: pytest.CaptureFixture[str]) -> None:
    print_rows(ROWS, COLUMNS, format="json")
    assert json.loads(capsys.readouterr().out)[1] == {
        "account": "@abc",
        "title": '逗号,引号"和\n换行',
        "at": None,
        "n": -1.5,
    }


def test_a_table_lines_chinese_up_and_shows_titles_whole(
    capsys: pytest.CaptureFixture[str],
) -> None:
    title = "很长的标题" * 12
    print_rows(
        [
            {"account": "甲", "title": title, "at": None, "n": 1},
            {"account": "半间厨房", "title": "短\u202e", "at": None, "n": 2},
        ],
        COLUMNS,
        format="table",
    )
    head, rule, first, second = capsys.readouterr().out.splitlines()
    assert title in first
    assert first.startswith("甲" + " " * 6 + "  ")
    assert "\u202e" not in second
    assert set(rule) == {"─", " "}
    assert head.split() == ["账号", "标题", "时间", "数"]


@pytest.mark.parametrize("value", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1"])
def test_cells_a_spreadsheet_would_run_are_neutralised(value: str) -> None:
    assert neutral(value) == "'" + value


@pytest.mark.parametrize("value", ["1+1", "标题", "", -1, 2.5, None])
def test_other_cells_stay(value: object) -> None:
    assert neutral(value) == value


def test_files_neutralise_what_came_from_outside(tmp_path: Path) -> None:
    for name in ("a.csv", "a.xlsx"):
        save_rows(ROWS, COLUMNS, tmp_path / name)
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as lines:
        assert [row["title"][:2] for row in csv.DictReader(lines)] == ["'=", "逗号"]
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").active
    assert sheet is not None
    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert cells[0] == ["账号", "标题", "时间", "数"]
    assert cells[1] == ["半间厨房", "'" + ROWS[0]["title"], datetime(2025, 6, 1, 0, 30), 3]
    assert cells[2][0] == "'@abc"
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_parquet_keeps_types(tmp_path: Path) -> None:
    save_rows(ROWS, COLUMNS, tmp_path / "a.parquet")
    frame = pd.read_parquet(tmp_path / "a.parquet")
    assert frame["at"].iloc[0] == pd.Timestamp("2025-06-01T00:30:00+08:00")
    assert list(frame["n"]) == [3, -1.5]


def test_the_same_rows_give_the_same_bytes(tmp_path: Path) -> None:
    for ending in ("csv", "xlsx", "parquet", "json"):
        save_rows(ROWS, COLUMNS, tmp_path / f"a.{ending}")
        save_rows(ROWS, COLUMNS, tmp_path / f"b.{ending}")
        assert (tmp_path / f"a.{ending}").read_bytes() == (tmp_path / f"b.{ending}").read_bytes()


def test_a_file_is_never_silently_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(OutputError, match="已经存在"):
        save_rows(ROWS, COLUMNS, path)
    assert path.read_text(encoding="utf-8") == "mine"
    save_rows(ROWS, COLUMNS, path, force=True)
    assert path.read_text(encoding="utf-8-sig").startswith("account,")
    assert [p.name for p in tmp_path.iterdir()] == ["a.csv"]


def test_an_unknown_ending_says_what_is_possible(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"\.parquet"):
        save_rows(ROWS, COLUMNS, tmp_path / "a.doc")


def test_an_empty_table_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    print_rows([], COLUMNS, format="table")
    assert capsys.readouterr().out == "（没有）\n"
