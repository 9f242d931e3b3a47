"""`duibiao purpose` and `duibiao titles`, run as a user runs them."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from tests.support.command import Run

TITLES = (
    [f"招聘｜第{number}号店找店员" for number in range(6)]
    + [f"如何给{what}除锈，三步就好" for what in ("铁锅", "剪刀", "水管", "门轴")]
    + ["新品｜第三代搪瓷锅"]
)


@pytest.fixture
def filled(duibiao: Run, tmp_path: Path) -> Run:
    rows = [
        f"半间厨具,{title},2026-03-{day:02} 20:00,https://mp.weixin.qq.com/s/word{day:018}"
        for day, title in enumerate(TITLES, 1)
    ]
    rows += [
        f"橘灯书店,秋日来信{day}：灯下读书,2026-04-{day:02} 20:00,https://mp.weixin.qq.com/s/"
        f"book{day:018}"
        for day in range(1, 4)
    ]
    rows += [
        f"青禾影院,放映第{day}夜，影院见,2026-05-{day:02} 20:00,https://mp.weixin.qq.com/s/"
        f"film{day:018}"
        for day in range(1, 13)
    ]
    (tmp_path / "rows.csv").write_text(
        "\n".join(["账号,标题,发布时间,链接", *rows]), encoding="utf-8"
    )
    duibiao("import", "rows.csv", check=0)
    return duibiao


def test_every_article_gets_a_purpose_and_what_said_so(filled: Run) -> None:
    rows = list(
        csv.DictReader(
            filled("purpose", "--articles", "--format", "csv", check=0).stdout.splitlines()
        )
    )
    assert len(rows) == 26
    hired = [row for row in rows if row["title"].startswith("招聘")]
    assert {(row["purpose"], row["signal"], row["account"]) for row in hired} == {
        ("招聘", "标记：招聘", "半间厨具")
    }
    assert all(
        row["url"] and row["account_id"] and 0 <= float(row["strength"]) <= 1 for row in rows
    )


def test_the_table_says_both_readings_and_where_it_knows_too_little(filled: Run) -> None:
    shown = filled("purpose", check=0).stdout
    assert "优惠与独家信息 9%（读者 34%）" in shown
    assert "艾媒咨询" in shown
    assert "自说自话 1 篇，9%" in shown
    assert "橘灯书店（3 篇）读者的五种需要：优惠与独家信息 样本不足" in shown


def test_a_users_list_is_heard_and_a_bad_one_refused_in_one_line(
    filled: Run, tmp_path: Path
) -> None:
    (tmp_path / "own.txt").write_text("早晚问候 标题 灯下\n", encoding="utf-8")
    rows = json.loads(
        filled(
            "purpose", "--lexicon", "own.txt", "--account", "橘灯书店", "--format", "json", check=0
        ).stdout
    )
    assert [(row["purpose"], row["n"], row["share"]) for row in rows] == [("早晚问候", 3, None)]
    (tmp_path / "own.txt").write_text("八卦 标题 灯下\n", encoding="utf-8")
    done = filled("purpose", "--lexicon", "own.txt", check=1)
    assert done.stderr.count("\n") == 1
    assert "第 1 行" in done.stderr


def test_titles_are_described_per_account_and_per_article(filled: Run) -> None:
    rows = {
        row["account"]: row
        for row in csv.DictReader(filled("titles", "--format", "csv", check=0).stdout.splitlines())
    }
    assert rows["半间厨具"]["how_to_share"] == str(4 / 11)
    assert rows["橘灯书店"]["how_to_share"] == ""
    assert "样本不足" in filled("titles", check=0).stdout
    each = list(
        csv.DictReader(
            filled("titles", "--articles", "--format", "csv", check=0).stdout.splitlines()
        )
    )
    assert len(each) == 26


def test_words_of_an_account_with_enough_titles_are_listed(filled: Run, tmp_path: Path) -> None:
    (tmp_path / "own.txt").write_text("找店员\n", encoding="utf-8")
    rows = list(
        csv.DictReader(
            filled(
                "titles", "--words", "--user-words", "own.txt", "--format", "csv", check=0
            ).stdout.splitlines()
        )
    )
    assert ("青禾影院", "影院", "12", "0") in [
        (row["account"], row["word"], row["n"], row["n_others"]) for row in rows
    ]
    assert {row["account"] for row in rows} <= {"半间厨具", "青禾影院"}
    reference = filled(
        "titles",
        "--words",
        "--user-words",
        "own.txt",
        "--tokenizer",
        "jieba",
        "--format",
        "csv",
        check=0,
    ).stdout
    assert (
        reference
        == filled("titles", "--words", "--user-words", "own.txt", "--format", "csv", check=0).stdout
    )


def test_wrong_usage_is_said(filled: Run) -> None:
    assert filled("titles", "--words", "--articles").returncode == 2
    assert filled("titles", "--tokenizer", "pkuseg").returncode == 2
    assert filled("titles", "--user-words", "none.txt").returncode == 1
