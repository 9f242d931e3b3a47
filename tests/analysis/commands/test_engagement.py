"""`duibiao engagement` and `duibiao leads` as a person runs them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from analysis.cli import app
from crawler.records import Account, Article, Observation
from crawler.store import open_store
from crawler.store.claims import Sighting

Run = Callable[..., Any]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command in this process, in an empty folder, on a store of 24 articles with bodies
    and week-old counts.
    """
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DUIBIAO_STORE", f"sqlite:///{tmp_path}/counts.sqlite3")
    with open_store(f"sqlite:///{tmp_path}/counts.sqlite3") as store, store.writing() as writer:
        writer.put(writer.source("file", "表.csv"), [seen(number) for number in range(24)])

    def invoke(*arguments: str, check: int = 0) -> Any:
        done = CliRunner().invoke(app, list(arguments))
        assert done.exit_code == check, (
            f"exit {done.exit_code}\n{done.stdout}\n{done.stderr}\n{done.exception!r}"
        )
        return done

    return invoke


def seen(number: int) -> Sighting:
    at = datetime(2026, 1, 1, 12, tzinfo=UTC) + timedelta(days=number)
    article = Article(
        biz="MzAwMDAwMDAwMQ==",
        mid=str(2_650_000_000 + number),
        idx=1,
        title=f"第{number}篇",
        account_name="甲",
        published_at=at,
        time_precision="second",
        kind="article",
        status="fetched",
    )
    later = at + timedelta(days=7)
    counts = (
        Observation(
            metric="read",
            value=100_000 if number == 23 else 1000 + number,
            censored=number == 23,
            seen_at=later,
        ),
        Observation(metric="like", value=10 + number % 3, seen_at=later),
    )
    body = "<p>正文。</p><p>关注我们</p>" if number % 2 else "<p>正文。</p>"
    return Sighting(
        article,
        origin="table",
        seen_at=number,
        account=Account(biz=article.biz, name="甲"),
        body=body,
        counts=counts,
    )


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_each_table_is_told_raw_and_in_words(run: Run) -> None:
    (raw,) = rows(run("engagement", "--format", "csv").stdout)
    assert (raw["n"], raw["left_out"], raw["n_censored"], raw["median"], raw["age"]) == (
        "24",
        "0",
        "1",
        "1011.5",
        "第 7 天",
    )
    for show in ("accounts", "rates", "outliers", "wci", "signs"):
        assert run("engagement", "--show", show).stdout
    assert "≥100,000" in run("engagement", "--show", "outliers").stdout
    assert "1.08%" in run("engagement", "--show", "rates").stdout
    found = json.loads(run("engagement", "--show", "wci", "--format", "json").stdout)
    assert [(one["version"], one["without"], one["at_least"]) for one in found] == [
        ("14.2", ["在看", "转发"], True),
        ("2.0", [], True),
    ]


def test_articles_and_groups(run: Run) -> None:
    found = rows(run("engagement", "--articles", "--format", "csv").stdout)
    assert len(found) == 24
    assert (found[0]["read"], found[0]["age_days"], found[0]["source"]) == (
        "1000.0",
        "7.0",
        "表.csv",
    )
    assert [
        row["group"] for row in rows(run("engagement", "--by", "slot", "--format", "csv").stdout)
    ] == ["头条"]
    assert (
        sum(
            int(row["n"])
            for row in rows(run("engagement", "--by", "purpose", "--format", "csv").stdout)
        )
        == 24
    )


def test_ages_and_windows_without_counts_say_so(run: Run) -> None:
    (raw,) = rows(run("engagement", "--age", "30", "--format", "csv").stdout)
    assert (raw["n"], raw["left_out"], raw["median"]) == ("0", "24", "")
    assert "样本不足" in run("engagement", "--age", "30").stdout
    for wrong in (("--age", "5"), ("--show", "all"), ("--by", "author"), ("--format", "xml")):
        assert "可以用" in run("engagement", *wrong, check=2).stderr


def test_a_store_without_counts_is_one_clear_line(
    duibiao: Callable[..., Any], tmp_path: Path
) -> None:
    store = f"sqlite:///{tmp_path}/empty.sqlite3"
    open_store(store).close()
    done = duibiao("engagement", store=store, check=1)
    assert (
        done.stderr
        == "错误：没有导入过阅读、点赞这些数：它们不公开，有的话放进表格用 duibiao import 导入\n"
    )
    assert done.stdout == ""


def test_leads_by_account_and_by_article(run: Run) -> None:
    (raw,) = rows(run("leads", "--format", "csv").stdout)
    assert (raw["kind"], raw["n"], raw["bodies"], raw["share"]) == ("follow", "12", "24", "0.5")
    assert "关注本号" in run("leads").stdout
    found = rows(run("leads", "--articles", "--format", "csv").stdout)
    assert len(found) == 24
    assert {row["kind"] for row in found} == {"follow", ""}
    assert run("leads", "--since", "2027-01-01").stdout == "（没有）\n"
