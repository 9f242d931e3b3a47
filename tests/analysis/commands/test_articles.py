"""articles: one table of all articles, as a spreadsheet that people sort."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from pathlib import Path

import openpyxl

from tests.support.command import Run

HISTORY = """公众号,标题,链接,发布时间,阅读,点赞
北窗家居,=晾衣杆怎么选,https://mp.weixin.qq.com/s/BBBBBBBBBBBBBBBBBBBB01,2024-01-02 00:30:05,1203,31
北窗家居,毛巾多久换一次,https://mp.weixin.qq.com/s/BBBBBBBBBBBBBBBBBBBB02,2024-01-05 20:00:00,10万+,
"""


def imported(duibiao: Run, folder: Path) -> None:
    (folder / "history.csv").write_text(HISTORY, encoding="utf-8")
    duibiao("import", folder / "history.csv", check=0)


def test_a_workbook_has_numbers_as_numbers_and_times_as_beijing_times(
    duibiao: Run, tmp_path: Path
) -> None:
    imported(duibiao, tmp_path)
    duibiao("articles", "-o", "a.xlsx", check=0)
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["文章"]
    headings, first, second = ([cell.value for cell in row] for row in sheet.iter_rows())
    articles = [dict(zip(headings, row, strict=True)) for row in (first, second)]
    assert [row["发布时间"] for row in articles] == [
        datetime(2024, 1, 2, 0, 30, 5),
        datetime(2024, 1, 5, 20, 0),
    ]
    assert sheet.cell(2, headings.index("发布时间") + 1).number_format == "yyyy-mm-dd hh:mm"
    assert [(row["阅读"], row["点赞"]) for row in articles] == [(1203, 31), (100_000, None)]
    assert [row["只知道至少这么多的"] for row in articles] == [None, "阅读"]
    assert articles[0]["标题"] == "'=晾衣杆怎么选"
    assert (articles[0]["状态"], articles[0]["来源"]) == ("只有条目", "表格")
    assert {"栏目", "目的"} <= set(headings)


def test_csv_has_its_columns_of_old_and_new_ones_at_the_end(duibiao: Run, tmp_path: Path) -> None:
    imported(duibiao, tmp_path)
    rows = list(csv.DictReader(io.StringIO(duibiao("articles", "--format", "csv").stdout)))
    assert list(rows[0])[:3] == ["account", "account_id", "published_at"]
    assert list(rows[0])[15:18] == ["article_id", "content_column", "purpose"]
    assert [(row["read"], row["like"], row["at_least"]) for row in rows] == [
        ("1203", "31", ""),
        ("100000", "", "read"),
    ]
    assert rows[0]["status"] == "listed"


def test_the_same_articles_give_the_same_workbook(duibiao: Run, tmp_path: Path) -> None:
    imported(duibiao, tmp_path)
    for name in ("a.xlsx", "b.xlsx"):
        duibiao("articles", "-o", name, check=0)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_a_file_that_is_there_is_noticed_before_the_work(duibiao: Run, tmp_path: Path) -> None:
    """Before the store is even opened: there is none."""
    for name in ("a.xlsx", "brief.pdf", "p-1.png"):
        (tmp_path / name).write_text("mine")
    for command in ("articles", "status", "columns", "cadence", "titles", "compare", "leads"):
        assert "已经存在" in duibiao(command, "-o", "a.xlsx", check=1).stderr
    assert "认不出" in duibiao("articles", "-o", "a.docx", check=1).stderr
    assert "是文件夹" in duibiao("articles", "-o", tmp_path, check=1).stderr
    imported(duibiao, tmp_path)
    assert "已经存在" in duibiao("brief", "-o", "brief.pdf", check=1).stderr
    assert "p-1.png 已经存在" in duibiao("brief", "-o", "p.png", check=1).stderr
    assert "已经存在" in duibiao("import", tmp_path, "--rejects", "a.xlsx", check=1).stderr
