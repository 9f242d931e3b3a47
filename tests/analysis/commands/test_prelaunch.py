"""The prelaunch command as a person runs it, on a small store."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import openpyxl

from tests.support.command import Run
from tests.support.places import PAGES

LEAST = 'positioning = "厨房和收纳，给小户型"\n'


def test_a_new_plan_is_written_once_and_asks_to_be_filled_in(duibiao: Run, tmp_path: Path) -> None:
    assert duibiao("prelaunch", "--new", check=0).stdout.strip() == "plan.toml"
    assert "--force" in duibiao("prelaunch", "--new", check=1).stderr
    duibiao("import", PAGES)
    refused = duibiao("prelaunch", "plan.toml", check=1)
    assert "positioning 还是模板里的那句话" in refused.stderr
    assert not (tmp_path / "prelaunch.html").exists()


def test_a_page_a_calendar_a_workbook_and_the_figures(duibiao: Run, tmp_path: Path) -> None:
    duibiao("import", PAGES)
    (tmp_path / "p.toml").write_text(
        LEAST + '[cadence]\nsend_times = ["周二 20:00"]\n', encoding="utf-8"
    )
    made = duibiao(
        "prelaunch", "p.toml", "--date", "2026-09-01", "--calendar", "launch.ics", check=0
    )
    assert made.stdout.strip() == "prelaunch.html"
    page = (tmp_path / "prelaunch.html").read_text(encoding="utf-8")
    assert "附近没有同类账号" in page
    assert "半间厨房" not in page
    assert (tmp_path / "launch.ics").read_bytes().count(b"BEGIN:VEVENT\r\n") == 4
    assert "已经存在" in duibiao("prelaunch", "p.toml", "-o", "prelaunch.html", check=1).stderr
    duibiao("prelaunch", "p.toml", "--date", "2026-09-01", "-o", "p.xlsx", check=0)
    book = openpyxl.load_workbook(tmp_path / "p.xlsx")
    assert book.sheetnames[:4] == ["结论", "对不上的地方", "对手", "栏目"]
    assert book["头四周"]["A2"].value == datetime(2026, 9, 8, 20, 0)
    figures = json.loads(
        duibiao("prelaunch", "p.toml", "--date", "2026-09-01", "--format", "json", check=0).stdout
    )
    assert figures["plan"]["positioning"] == "厨房和收纳，给小户型"
    assert [row["account"] for row in figures["pace"]] == []
    only = json.loads(
        duibiao("prelaunch", "p.toml", "--account", "半间厨房", "--format", "json", check=0).stdout
    )
    assert [row["account"] for row in only["pace"]] == ["半间厨房"]


def test_what_is_wrong_is_one_line(duibiao: Run, tmp_path: Path) -> None:
    duibiao("import", PAGES)
    (tmp_path / "late.toml").write_text(
        LEAST + '[cadence]\nsend_times = ["周二 25:00"]\n', encoding="utf-8"
    )
    assert duibiao("prelaunch", "late.toml", check=1).stderr.splitlines() == [
        "错误：late.toml：cadence.send_times 第 1 个：「周二 25:00」没有这个钟点：一天是 00:00 到 "
        "23:59；次日凌晨 1 点请写成第二天的 01:00"
    ]
    (tmp_path / "draft.toml").write_text(
        LEAST + '[layout]\ndraft = "none.html"\n', encoding="utf-8"
    )
    assert "读不了 none.html" in duibiao("prelaunch", "draft.toml", check=1).stderr
    (tmp_path / "p.toml").write_text(LEAST, encoding="utf-8")
    assert "认不出 p.docx" in duibiao("prelaunch", "p.toml", "-o", "p.docx", check=2).stderr
    assert "要一份计划" in duibiao("prelaunch", check=2).stderr
    assert "没人叫这个" in duibiao("prelaunch", "p.toml", "--account", "没人叫这个", check=1).stderr
