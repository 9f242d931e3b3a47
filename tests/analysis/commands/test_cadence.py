"""`duibiao cadence` as a person runs it, and its overview against the naive yardstick of the
benchmark.
"""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from analysis.cadence.pushes import build_pushes
from analysis.cadence.summary import OVERVIEW, describe_cadence
from analysis.cli import app
from analysis.commands.cadence import VIEWS
from analysis.frames import ARTICLES, SEND_TIMES, empty_frame, load_articles, load_send_times
from crawler.records import BEIJING
from crawler.store import open_store
from tests.bench.cadence import make_articles, naive_figures
from tests.support.command import Run
from tests.support.sample_frames import sample_articles
from tests.support.small_frames import article, articles

PROMISED = [
    "account",
    "account_id",
    "pushes",
    "articles",
    "first",
    "last",
    "pushes_per_week",
    "articles_per_push",
    "busiest_hour",
    "busiest_hour_share",
    "hour_of_week_entropy",
    "burstiness",
    "active_day_share",
]


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def history(path: Path, *lines: str) -> Path:
    path.write_text(
        "公众号,gh_id,标题,发布时间,mid,idx\n" + "\n".join(lines) + "\n", encoding="utf-8"
    )
    return path


def test_the_overview_is_what_plain_loops_find() -> None:
    frame = make_articles(6000, 12, seed=3)
    found = describe_cadence(build_pushes(frame)).set_index("account_id")
    expected = naive_figures(frame)
    pd.testing.assert_frame_equal(
        found[expected.columns].astype("float64"),
        expected.astype("float64"),
        check_names=False,
        check_dtype=False,
    )
    assert {
        column: str(dtype)
        for column, dtype in describe_cadence(build_pushes(empty_frame(ARTICLES))).dtypes.items()
    } == OVERVIEW


def test_the_overview_says_nothing_where_there_is_too_little() -> None:
    row = describe_cadence(
        build_pushes(articles([article("2026-03-02 20:00"), article("2026-03-04 20:00")]))
    ).iloc[0]
    assert (row["pushes"], row["articles_per_push"], row["regularity"]) == (2, 1, "样本不足")
    assert (
        row[
            [
                "pushes_per_week",
                "pushes_per_week_low",
                "busiest_hour",
                "busiest_hour_share",
                "burstiness",
                "active_day_share",
            ]
        ]
        .isna()
        .all()
    )


def test_the_command_on_the_sample_is_one_row_an_account_with_full_precision(
    duibiao: Run, tmp_path: Path
) -> None:
    frame = sample_articles()
    few = frame[frame["account"].isin(["sandou", "jiashi"])]
    lines = [
        f"{row.account},gh_{row.account},{number},{row.published_at:%Y-%m-%d %H:%M:%S},"
        f"{row.push_id},{row.position}"
        for number, row in enumerate(few.itertuples())
    ]
    duibiao("import", history(tmp_path / "h.csv", *lines), check=0)
    table = {
        row["account_id"]: row
        for row in rows(duibiao("cadence", "--format", "csv", check=0).stdout)
    }
    assert list(table) == ["gh_jiashi", "gh_sandou"]
    assert list(table["gh_jiashi"])[:2] == ["account", "account_id"]
    assert set(PROMISED) <= set(table["gh_jiashi"])
    assert table["gh_jiashi"]["regularity"] == "每天固定时间"
    assert (
        float(table["gh_sandou"]["burstiness"])
        == describe_cadence(build_pushes(few)).set_index("account").loc["sandou", "burstiness"]
    )
    again = duibiao("cadence", "--format", "csv", "-o", "c.csv", check=0)
    assert again.stdout.strip() == "c.csv"
    assert "--force" in duibiao("cadence", "-o", "c.csv", check=1).stderr
    views = {
        name: json.loads(duibiao("cadence", "--show", name, "--format", "json", check=0).stdout)
        for name in ("changes", "events", "pairs")
    }
    assert [(row["account"], row["kind"], row["date"][:10]) for row in views["changes"]] == [
        ("sandou", "hour", "2025-12-29"),
        ("sandou", "rate", "2025-12-29"),
    ]
    assert {row["event"] for row in views["events"]} >= {"春节 2026", "双11 2025"}
    assert [row["differs"] for row in views["pairs"]] == [True]
    assert "每天固定时间" in duibiao("cadence", check=0).stdout
    assert "0.00" in duibiao("cadence", "--show", "crowding", "--near", "周二21", check=0).stdout
    window = rows(
        duibiao(
            "cadence",
            "--show",
            "months",
            "--account",
            "sandou",
            "--since",
            "2026-01-01",
            "--until",
            "2026-02-28",
            "--format",
            "csv",
            check=0,
        ).stdout
    )
    assert [row["month"][:7] for row in window] == ["2026-01", "2026-02"]


def test_every_view_of_an_account_with_one_article_and_one_without_hours(
    duibiao: Run, tmp_path: Path
) -> None:
    lines = [
        "甲,gh_a,一,2026-03-02 20:00:01,2650000100,1",
        *(f"乙,gh_b,第{n}篇,2026-03-{n:02d} 00:00:00,265000000{n},1" for n in range(1, 9)),
    ]
    duibiao("import", history(tmp_path / "h.csv", *lines), check=0)
    for view in VIEWS:
        shown = CliRunner().invoke(
            app,
            ["cadence", "--show", view, "--store", f"sqlite:///{tmp_path}/d.sqlite3"],
            catch_exceptions=False,
        )
        assert shown.exit_code == 0
        assert "2 个账号，9 次推送（知道几点的 1 次）" in shown.stdout
        if view == "accounts":
            assert "时间只到天" in shown.stdout
            assert "样本不足" in shown.stdout
        if view == "changes":
            assert "样本不足（整周不到 26 周，不找变化）：乙、甲" in shown.stdout


def test_sendings_are_the_articles_frame_without_what_cadence_needs_not(
    duibiao: Run, tmp_path: Path
) -> None:
    lines = [
        f"{name},gh_{name},第{n}篇,2026-03-{n:02d} {clock},265000000{n},{n}"
        for name, clock in (("甲", "20:00:01"), ("乙", "00:00:00"))
        for n in range(1, 9)
    ]
    duibiao("import", history(tmp_path / "h.csv", *lines, "丙,gh_c,没有时间,,2650000001,"), check=0)
    with open_store(f"sqlite:///{tmp_path}/d.sqlite3", create=False) as opened:
        for window in (
            {},
            {"accounts": ["甲"]},
            {
                "since": datetime(2026, 3, 3, tzinfo=BEIJING),
                "until": datetime(2026, 3, 5, tzinfo=BEIJING),
            },
        ):
            whole, lean = load_articles(opened, **window), load_send_times(opened, **window)
            order = ["account", "published_at", "push_id"]
            pd.testing.assert_frame_equal(
                lean.sort_values(order, ignore_index=True),
                whole[list(SEND_TIMES)].sort_values(order, ignore_index=True),
            )
        assert len(load_send_times(opened)) == 17
        assert {
            column: str(dtype)
            for column, dtype in load_send_times(
                opened, until=datetime(2013, 1, 1, tzinfo=BEIJING)
            ).dtypes.items()
        } == SEND_TIMES


def test_an_empty_store_gives_headings_and_no_rows(duibiao: Run, tmp_path: Path) -> None:
    duibiao("import", history(tmp_path / "h.csv", "甲,gh_a,一,昨天,2650000001,1"))
    assert duibiao("cadence", check=0).stdout == "（没有）\n"
    assert duibiao("cadence", "--format", "csv", check=0).stdout.splitlines() == [
        ",".join(OVERVIEW)
    ]


def test_articles_without_a_time_are_said(duibiao: Run, tmp_path: Path) -> None:
    duibiao(
        "import",
        history(
            tmp_path / "h.csv",
            "甲,gh_a,一,,2650000001,1",
            "甲,gh_a,二,2026-03-02 20:00:01,2650000002,1",
        ),
        check=0,
    )
    done = duibiao("cadence", "--format", "csv", check=0)
    assert "1 篇没有发布时间" in done.stderr
    assert [row["pushes"] for row in rows(done.stdout)] == ["1"]


def test_sources_that_disagree_on_the_time_are_said_and_the_stronger_stands(
    duibiao: Run, tmp_path: Path
) -> None:
    duibiao(
        "import",
        history(tmp_path / "h.csv", "甲,gh_a,一,2026-03-02 20:00:01,2650000001,1"),
        check=0,
    )
    duibiao(
        "import",
        history(tmp_path / "g.csv", "甲,gh_a,一,2026-03-02 21:30:09,2650000001,1"),
        check=0,
    )
    done = duibiao("cadence", "--format", "csv", check=0)
    assert "1 篇的发布时间各来源不一致" in done.stderr
    assert [row["pushes"] for row in rows(done.stdout)] == ["1"]


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("--show", "years"), 2, "accounts、weeks"),
        (("--near", "周三20"), 2, "--show crowding"),
        (("--show", "crowding", "--near", "周三25"), 2, "周三20"),
        (("--format", "xml"), 2, "table、csv、json"),
        (("--since", "昨天"), 2, "2025-01-31"),
        ((), 1, "还没有存储"),
    ],
)
def test_bad_input_is_one_clear_line_and_an_exit_code(
    duibiao: Run, arguments: tuple[str, ...], code: int, message: str
) -> None:
    done = duibiao("cadence", *arguments, check=code)
    assert message in done.stderr
    assert "Traceback" not in done.stderr
