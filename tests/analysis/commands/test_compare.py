"""`duibiao compare` and the brief's options for it, run as a user runs them."""

from __future__ import annotations

import csv
import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from analysis.cli import app
from analysis.peers.dimensions import AxesError
from crawler.importer import import_files
from crawler.records import Account
from crawler.store import StoreError, open_store

RunCompared = Callable[..., Result]
BRANDS = {
    "半间厨具": ("半间", "direct"),
    "半间好锅": ("半间", "direct"),
    "橘灯书店": (None, "benchmark"),
}


@pytest.fixture(scope="module")
def store_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Two accounts of one brand that send in the same minute, one more, and one with a single
    article.
    """
    folder = tmp_path_factory.mktemp("compared")
    rows = []
    for name, title in (
        ("半间厨具", "如何给铁锅除锈，三步就好"),
        ("半间好锅", "诚聘门店店员"),
        ("橘灯书店", "灯下读书"),
    ):
        for week in range(10):
            for day in range(1, 3 if name == "半间厨具" else 2):
                date = f"2026-0{1 + (week * 7 + day) // 28}-{1 + (week * 7 + day) % 28:02}"
                rows.append(
                    f"{name},{title}第{week}{day}回,{date} 20:00,https://mp.weixin.qq.com/s/"
                    f"{ord(name[-1])}{week:02}{day}{'x' * 14}"
                )
    rows.append(
        "灶台边上,只有一篇,2026-02-01 20:00,https://mp.weixin.qq.com/s/onlyone000000000000001"
    )
    (folder / "rows.csv").write_text(
        "\n".join(["账号,标题,发布时间,链接", *rows]), encoding="utf-8"
    )
    url = f"sqlite:///{folder}/d.sqlite3"
    with open_store(url, clock=lambda: 1_780_000_000.0) as store:
        (report,) = import_files(store, [folder / "rows.csv"])
        assert (report.error, report.tally.new) == (None, 41)
        with store.writing() as writer:
            source_id = writer.source("accounts file", "test")
            for name, (brand, role) in BRANDS.items():
                writer.put_account(
                    source_id,
                    Account(name=name, brand=brand, role=role),
                    origin="accounts file",
                    seen_at=0,
                )
    return url


@pytest.fixture
def run_compared(store_url: str) -> RunCompared:
    """Run the command on that store in this process; what it raises is in the result."""

    def run(*arguments: str, check: int = 0) -> Result:
        done = CliRunner().invoke(app, list(arguments), env={"DUIBIAO_STORE": store_url})
        assert done.exit_code == check, f"{done.output}{done.exception!r}"
        return done

    return run


def rows_of(shown: str) -> list[dict[str, str]]:
    return list(csv.DictReader(shown.splitlines()))


def test_each_account_is_a_row_with_its_n_and_the_medians_come_last(
    run_compared: RunCompared,
) -> None:
    rows = rows_of(run_compared("compare", "--format", "csv").stdout)
    assert [row["row"] for row in rows] == ["account"] * 4 + ["median all"]
    kitchen = next(row for row in rows if row["account"] == "半间厨具")
    assert (kitchen["articles"], kitchen["pushes"], kitchen["brand"], kitchen["role"]) == (
        "20",
        "20",
        "半间",
        "direct",
    )
    assert float(kitchen["pushes_per_week"]) > 1
    small = next(row for row in rows if row["account"] == "灶台边上")
    assert (small["pushes_per_week"], small["titles"], small["regularity"]) == ("", "1", "样本不足")
    shown = run_compared("compare").stdout
    assert "同组中位数（含自己）" in shown
    assert (
        next(line for line in shown.splitlines() if line.startswith("灶台边上")).count("样本不足")
        >= 8
    )


def test_a_brand_is_one_row_of_its_accounts_together(run_compared: RunCompared) -> None:
    rows = rows_of(run_compared("compare", "--by", "brand", "--format", "csv").stdout)
    brand = next(row for row in rows if row["account"] == "半间")
    assert (brand["articles"], brand["pushes"]) == (
        "30",
        "30",
    )  # sent in the same minute, and still of two accounts
    assert "半间厨具" not in [row["account"] for row in rows]


def test_own_names_an_account_or_a_brand_and_accounts_are_listed_with_commas(
    run_compared: RunCompared,
) -> None:
    records = json.loads(
        run_compared(
            "compare", "--own", "橘灯书店", "--accounts", "半间厨具，半间好锅", "--format", "json"
        ).stdout
    )
    assert [(row["account"], row["own"]) for row in records[:3]] == [
        ("橘灯书店", True),
        ("半间厨具", False),
        ("半间好锅", False),
    ]
    both = json.loads(run_compared("compare", "--own", "半间", "--format", "json").stdout)
    assert [row["row"] for row in both][-2:] == ["median all", "median others"]
    assert {row["account"] for row in both if row["own"]} == {"半间厨具", "半间好锅"}
    for wrong in ("--own", "--accounts"):
        assert isinstance(run_compared("compare", wrong, "无此号", check=1).exception, StoreError)


def test_cells_and_positions_and_roles(run_compared: RunCompared, tmp_path: Path) -> None:
    cells = rows_of(run_compared("compare", "--show", "matrix", "--format", "csv").stdout)
    assert {row["dimension"] for row in cells} >= {"pushes_per_week", "self_share"}
    assert {row["account"] for row in cells} == {"半间厨具", "半间好锅", "橘灯书店", "灶台边上"}
    across = run_compared("compare", "--show", "matrix").stdout
    assert (
        next(line for line in across.splitlines() if line.startswith("更新频率")).count("(n=") == 3
    )
    placed = rows_of(
        run_compared("compare", "--axes", "更新频率,标题字数", "--format", "csv").stdout
    )
    assert (placed[0]["account"], placed[0]["x_axis"], placed[0]["y_axis"]) == (
        "半间厨具",
        "pushes_per_week",
        "title_length",
    )
    roles = rows_of(run_compared("compare", "--show", "roles", "--format", "csv").stdout)
    assert {(row["account"], row["aspect"], row["what"]) for row in roles} >= {
        ("半间好锅", "purpose", "招聘")
    }
    assert all(
        row["examples"].startswith("https://") for row in roles if row["aspect"] == "purpose"
    )
    run_compared("compare", "-o", str(tmp_path / "compare.xlsx"))
    assert (tmp_path / "compare.xlsx").exists()


def test_a_wrong_word_is_one_line_and_lists_what_there_is(
    run_compared: RunCompared,
    duibiao: Callable[..., subprocess.CompletedProcess[str]],
    store_url: str,
) -> None:
    done = duibiao("compare", "--axes", "人气,更新频率", store=store_url, check=1)
    assert done.stderr.startswith("错误：没有 '人气' 这个坐标轴；可以用 更新频率 pushes_per_week、")
    assert done.stderr.count("\n") == 1
    for option, wrong in (
        ("--by", "城市"),
        ("--show", "总分"),
        ("--format", "乱"),
        ("--accounts", "，"),
    ):
        assert run_compared("compare", option, wrong, check=2).stdout == ""


def test_a_store_without_articles_compares_nothing(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/empty.sqlite3"
    with open_store(url, clock=lambda: 1_780_000_000.0):
        pass
    for show in ("table", "matrix", "roles"):
        done = CliRunner().invoke(app, ["compare", "--show", show], env={"DUIBIAO_STORE": url})
        assert (done.exit_code, done.stdout) == (0, "（没有）\n")


def test_the_brief_takes_its_own_account_its_title_and_its_axes(
    run_compared: RunCompared, tmp_path: Path
) -> None:
    run_compared(
        "brief",
        "--own",
        "半间厨具",
        "--accounts",
        "半间好锅,橘灯书店",
        "--title",
        "<i>九月</i>",
        "--axes",
        "标题字数,更新频率",
        "--date",
        "2026-04-01",
        "-o",
        str(tmp_path / "b.html"),
    )
    page = (tmp_path / "b.html").read_text(encoding="utf-8")
    assert "<h1><bdi>&lt;i&gt;九月&lt;/i&gt;</bdi></h1>" in page
    assert "横轴标题字数，纵轴更新频率" in page
    assert "自己（" in page
    assert "灶台边上" not in page
    assert isinstance(run_compared("brief", "--axes", "标题字数", check=1).exception, AxesError)
