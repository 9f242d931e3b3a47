"""`duibiao compare` and the brief's options for it, run as a user runs them."""

from __future__ import annotations

import csv
import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Duibiao = Callable[..., subprocess.CompletedProcess[str]]

ACCOUNTS = """
[[accounts]]
name = "半间厨具"
brand = "半间"
role = "direct"
files = ["rows.csv"]

[[accounts]]
name = "半间好锅"
brand = "半间"
role = "direct"

[[accounts]]
name = "橘灯书店"
role = "benchmark"
"""


@pytest.fixture
def held(duibiao: Duibiao, tmp_path: Path) -> Duibiao:
    rows = []
    for name, titles in (("半间厨具", "如何给铁锅除锈，三步就好"), ("半间好锅", "诚聘门店店员"), ("橘灯书店", "灯下读书")):
        for week in range(10):
            for day in range(1, 3 if name == "半间厨具" else 2):
                date = f"2026-0{1 + (week * 7 + day) // 28}-{1 + (week * 7 + day) % 28:02}"
                rows.append(f"{name},{titles}第{week}{day}回,{date} 20:00,https://mp.weixin.qq.com/s/{ord(name[-1])}{week:02}{day}{'x' * 15}")
    rows.append("灶台边上,只有一篇,2026-02-01 20:00,https://mp.weixin.qq.com/s/onlyone0000000000000001")
    (tmp_path / "rows.csv").write_text("\n".join(["账号,标题,发布时间,链接", *rows]), encoding="utf-8")
    (tmp_path / "accounts.toml").write_text(ACCOUNTS, encoding="utf-8")
    duibiao("import", "rows.csv", check=0)
    duibiao("import", "accounts.toml", check=0)
    return duibiao


def rows_of(shown: str) -> list[dict[str, str]]:
    return list(csv.DictReader(shown.splitlines()))


def test_each_account_is_a_row_with_its_n_and_the_medians_come_last(held: Duibiao) -> None:
    rows = rows_of(held("compare", "--format", "csv", check=0).stdout)
    assert [row["row"] for row in rows] == ["account"] * 4 + ["median all", "median others"]
    kitchen = next(row for row in rows if row["account"] == "半间厨具")
    assert (kitchen["articles"], kitchen["pushes"], kitchen["brand"], kitchen["role"]) == ("20", "20", "半间", "direct")
    assert float(kitchen["pushes_per_week"]) > 1
    small = next(row for row in rows if row["account"] == "灶台边上")
    assert (small["pushes_per_week"], small["titles"], small["regularity"]) == ("", "1", "样本不足")
    shown = held("compare", check=0).stdout
    assert "同组中位数（不含自己）" in shown
    assert next(line for line in shown.splitlines() if line.startswith("灶台边上")).count("样本不足") >= 8


def test_a_brand_is_one_row_of_its_accounts_together(held: Duibiao) -> None:
    rows = rows_of(held("compare", "--by", "brand", "--format", "csv", check=0).stdout)
    brand = next(row for row in rows if row["account"] == "半间")
    assert (brand["articles"], brand["pushes"]) == ("30", "30")  # sent in the same minute, and still of two accounts
    assert "半间厨具" not in [row["account"] for row in rows]


def test_own_names_an_account_or_a_brand_and_accounts_are_listed_with_commas(held: Duibiao) -> None:
    told = json.loads(held("compare", "--own", "橘灯书店", "--accounts", "半间厨具，半间好锅", "--format", "json", check=0).stdout)
    assert [(row["account"], row["own"]) for row in told[:3]] == [("橘灯书店", True), ("半间厨具", False), ("半间好锅", False)]
    both = json.loads(held("compare", "--own", "半间", "--format", "json", check=0).stdout)
    assert {row["account"] for row in both if row["own"]} == {"半间厨具", "半间好锅"}
    for wrong in (("--own", "无此号"), ("--accounts", "无此号")):
        done = held("compare", *wrong, check=1)
        assert "无此号" in done.stderr
        assert done.stderr.count("\n") == 1


def test_cells_and_positions_and_roles(held: Duibiao, tmp_path: Path) -> None:
    cells = rows_of(held("compare", "--show", "matrix", "--format", "csv", check=0).stdout)
    assert {row["dimension"] for row in cells} >= {"pushes_per_week", "self_share"}
    assert {row["account"] for row in cells} == {"半间厨具", "半间好锅", "橘灯书店", "灶台边上"}
    across = held("compare", "--show", "matrix", check=0).stdout
    assert next(line for line in across.splitlines() if line.startswith("更新频率")).count("(n=") == 3
    placed = rows_of(held("compare", "--axes", "更新频率,标题字数", "--format", "csv", check=0).stdout)
    assert [(row["account"], row["x_axis"], row["y_axis"]) for row in placed][0] == ("半间厨具", "pushes_per_week", "title_length")
    roles = rows_of(held("compare", "--show", "roles", "--format", "csv", check=0).stdout)
    assert {(row["account"], row["aspect"], row["what"]) for row in roles} >= {("半间好锅", "purpose", "招聘")}
    assert all(row["examples"].startswith("https://") for row in roles if row["aspect"] == "purpose")
    held("compare", "-o", "compare.xlsx", check=0)
    assert (tmp_path / "compare.xlsx").exists()


def test_a_wrong_word_is_one_line_and_lists_what_there_is(held: Duibiao) -> None:
    assert "栏目化程度 column_share" in held("compare", "--axes", "人气,更新频率", check=1).stderr
    assert "account、brand" in held("compare", "--by", "城市", check=2).stderr
    assert "roles" in held("compare", "--show", "总分", check=2).stderr


def test_an_empty_store_compares_nothing(duibiao: Duibiao, tmp_path: Path) -> None:
    (tmp_path / "none.csv").write_text("账号,标题,发布时间,链接\n", encoding="utf-8")
    duibiao("import", "none.csv")
    for show in ("table", "matrix", "roles"):
        assert duibiao("compare", "--show", show, check=0).stdout == "（没有）\n"
        assert len(duibiao("compare", "--show", show, "--format", "csv", check=0).stdout.splitlines()) == 1


def test_the_brief_takes_its_own_account_its_title_and_its_axes(held: Duibiao, tmp_path: Path) -> None:
    held("brief", "--own", "半间厨具", "--accounts", "半间好锅,橘灯书店", "--title", "<i>九月</i>", "--axes", "标题字数,更新频率", "--date", "2026-04-01", "-o", "b.html", check=0)
    page = (tmp_path / "b.html").read_text(encoding="utf-8")
    assert "<h1><bdi>&lt;i&gt;九月&lt;/i&gt;</bdi></h1>" in page
    assert "横轴标题字数，纵轴更新频率" in page
    assert "自己（" in page
    assert "灶台边上" not in page
    assert "坐标轴" in held("brief", "--axes", "标题字数", check=1).stderr
