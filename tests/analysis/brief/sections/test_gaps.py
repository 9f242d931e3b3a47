"""Beginnings, gaps and overlaps as the brief shows them: which conclusions appear and which must
not, actions, the chart, the page, the commands.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from analysis.brief.page import render_brief
from analysis.brief.rules.gaps import find_behind, find_gaps, find_good_starts, find_own_only
from analysis.brief.sections.gaps import Gap, Shared, list_actions
from analysis.brief.summary import BriefSummary
from analysis.charts.beginnings import draw_beginnings, list_events
from tests.support.command import Run
from tests.support.small_briefs import (
    ROLES,
    brief_of,
    competition,
    make_brief,
    page_of,
    unlike,
    weekly,
)
from tests.support.small_frames import article

OWN = {"自家": "own"}


def said(findings: Any) -> list[str]:
    return [re.sub("[\u2068\u2069]", "", finding.sentence) for finding in findings]


def gap(**more: Any) -> Gap:
    at = datetime(2026, 3, 2)
    usual: dict[str, Any] = {
        "side": "missing",
        "level": "column",
        "name": "避坑",
        "why": "three",
        "accounts": 3,
        "names": ["甲"],
        "columns": ["避坑"],
        "n": 36,
        "per_month": 4.3,
        "interval_days": 7.0,
        "running": 3,
        "first": at,
        "last": at,
        "own_articles": 0,
        "examples": (),
    }
    return Gap(**usual | more)


def topics(n: int, *, own_first: int) -> list[dict[str, Any]]:
    """The own account and one rival with `n` topics in common, `own_first` of them first at the own
    account.
    """
    rows = weekly("自家", weeks=14) + weekly("红崖", weeks=14, days=(1,))
    for at in range(n):
        thing, day = unlike(f"thing{at}"), datetime(2026, 3, 5) + timedelta(days=5 * at)
        for name, hour in (("自家", 9 if at < own_first else 18), ("红崖", 12)):
            rows.append(
                article(
                    f"{day + timedelta(hours=hour):%Y-%m-%d %H:%M}",
                    f"{thing}{unlike(name + str(at))[:3]}",
                    account=name,
                    push_id=f"t{name}{at}",
                    position=1,
                )
            )
    return rows


def test_a_gap_says_who_runs_it_and_ends_in_what_to_do() -> None:
    (finding,) = find_gaps(brief_of(competition(), roles=ROLES))
    assert said([finding]) == ["3 个对手都有「避坑」一类的栏目，自己没有：三斗、棠屿、红崖。"]
    assert finding.n == 36
    assert finding.advice.endswith("按对手的间隔（中位 7 天）先出 4 期，够不够写再定。")
    assert finding.expected
    assert len(finding.examples) == 3


def test_two_rivals_an_own_column_or_no_own_account_are_no_gap_to_conclude_on() -> None:
    assert not said(find_gaps(brief_of(competition())))
    assert not said(
        find_gaps(brief_of([row for row in competition() if row["account"] != "棠屿"], roles=ROLES))
    )
    assert not said(
        find_gaps(brief_of(competition() + weekly("自家", days=(3,), column="避坑"), roles=ROLES))
    )
    few = [row for row in competition() if row["account"] != "自家"] + weekly("自家", weeks=3)
    assert not said(find_gaps(brief_of(few, roles=ROLES)))


def test_a_column_that_only_we_run_is_told_against_three_rivals() -> None:
    rows = weekly("自家", column="避坑") + [
        row
        for name, day in (("红崖", 1), ("棠屿", 2), ("三斗", 3))
        for row in weekly(name, days=(day,))
    ]
    assert said(find_own_only(brief_of(rows, roles=OWN))) == [
        "「避坑」只有自己在做：12 篇，3 个对手都没有。"
    ]
    assert not said(
        find_own_only(
            brief_of(weekly("自家", column="避坑") + weekly("红崖", days=(1,)), roles=OWN)
        )
    )
    assert not said(
        find_own_only(brief_of(rows + weekly("红崖", column="避坑", days=(4,)), roles=OWN))
    )


def test_following_and_leading_on_topics_need_five_and_a_clear_majority() -> None:
    assert said(find_behind(brief_of(topics(6, own_first=1), roles=OWN))) == [
        "和红崖撞题 6 次，能分先后的 6 次里自己有 5 次在后。"
    ]
    assert said(find_behind(brief_of(topics(6, own_first=6), roles=OWN))) == [
        "和红崖撞题 6 次，能分先后的 6 次里自己有 6 次在前。"
    ]
    assert not said(find_behind(brief_of(topics(6, own_first=3), roles=OWN)))
    assert not said(find_behind(brief_of(topics(4, own_first=0), roles=OWN)))
    assert not said(find_behind(brief_of(topics(6, own_first=1))))


def with_shared(brief: BriefSummary, *shared: Shared) -> BriefSummary:
    assert brief.rivals is not None
    held = tuple(replace(one, held=True) for one in brief.rivals.beginnings)
    return replace(brief, rivals=replace(brief.rivals, beginnings=held, shared=shared))


def test_a_good_start_is_told_only_where_the_difference_holds() -> None:
    brief = brief_of(competition(), roles=ROLES)
    assert not said(find_good_starts(brief))
    told = with_shared(brief, Shared("每周推送次数", 4, 2.0, 5, 5.0, 0.02))
    assert said(find_good_starts(told)) == [
        "头 90 天就分得出来，4 个发得稳的对 5 个没稳住的（中位数）：每周推送次数 2 对 5。"
    ]


def test_actions_stand_by_impact_then_effort_each_by_its_rule() -> None:
    many, few, short = (
        gap(name="多"),
        gap(name="少", accounts=1, n=30, per_month=1.0),
        gap(name="短", accounts=2, n=23, per_month=9.0),
    )
    light = gap(name="轻", per_month=1.5)
    assert [
        (one.gap.name, one.impact, one.effort) for one in list_actions([short, few, many, light])
    ] == [("轻", "高", "低"), ("多", "高", "中"), ("少", "中", "低"), ("短", "低", "高")]
    assert len(list_actions([gap(name=str(n)) for n in range(30)])) == 10


def test_the_chart_has_a_bar_a_phase_and_marks_where_something_happened() -> None:
    brief = brief_of(competition(), roles=ROLES)
    assert brief.rivals is not None
    frame = brief.rivals.phases_frame
    frame = frame.assign(
        redesigns=pd.Series([["2026-03-20"]] + [[]] * (len(frame) - 1), dtype="object")
    )
    events = list_events(frame, frame["account"])
    assert events[events["event"] == "换模板"].to_dict("records") == [
        {"name": frame["account"].iat[0], "event": "换模板", "week": 2.0}
    ]
    chart = draw_beginnings(frame, frame["account"]).to_dict()
    rows = [row for rows in chart["datasets"].values() for row in rows if "week_from" in row]
    assert {row["name"] for row in rows} == set(frame["account"])
    alike = draw_beginnings(frame, pd.Series("同一个名字", index=frame.index)).to_dict()
    rows = [row for rows in alike["datasets"].values() for row in rows if "week_from" in row]
    assert len({row["name"] for row in rows}) == frame["account_id"].nunique() > 1


def test_the_page_says_what_it_has_and_what_is_too_little() -> None:
    page = page_of(brief_of(competition(), roles=ROLES))
    section = page[
        page.index('<section id="gaps">') : page.index(
            "</section>", page.index('<section id="gaps">')
        )
    ]
    assert "避坑" in section
    assert "样本不足：5 个账号里，没有一个能确定收到了最早的文章" in section
    assert "还没标出哪个" not in section
    without = page_of(brief_of(competition()))
    assert "还没标出哪个是自己的账号，所以不比缺什么" in without
    few = page_of(brief_of(weekly("红崖", weeks=3)))
    assert "看不出怎么起步、缺什么" in few


def test_hostile_names_stay_text_in_the_section() -> None:
    rows = (
        competition()
        + weekly("<script>alert(1)</script>", column="<b>避坑", days=(1,))
        + weekly("\u202e反", days=(2,))
    )
    page = page_of(brief_of(rows, roles=ROLES))
    assert "<script>alert" not in page
    assert "\u202e" not in page


def test_the_same_frames_give_the_same_page() -> None:
    assert render_brief(make_brief(topics(6, own_first=1), roles=OWN)) == render_brief(
        make_brief(topics(6, own_first=1), roles=OWN)
    )


def test_the_commands_print_rows_and_refuse_what_they_do_not_know(
    duibiao: Run, tmp_path: Path
) -> None:
    lines = ["公众号,标题,发布时间,mid,idx"]
    lines += [
        f"{row['account']},{row['title']},{row['published_at']},{2247480000 + at},1"
        for at, row in enumerate(topics(6, own_first=1))
    ]
    (tmp_path / "a.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    duibiao("import", "a.csv", check=0)
    found = json.loads(duibiao("gaps", "--show", "overlap", "--format", "json", check=0).stdout)
    assert {row["kind"] for row in found} == {"same_topic"}
    assert len(found) == 12
    assert "没有标明哪个是自己的账号" in duibiao("gaps", check=0).stderr
    phases = json.loads(duibiao("beginnings", "--format", "json", check=0).stdout)
    assert {row["account"] for row in phases} == {"自家", "红崖"}
    assert "样本不足" in duibiao("beginnings", "--show", "accounts", check=0).stdout
    assert (
        len(
            json.loads(
                duibiao("beginnings", "--show", "shared", "--format", "json", check=0).stdout
            )
        )
        == 9
    )
    assert duibiao("gaps", "--show", "x").returncode == 2
    assert duibiao("beginnings", "--show", "x").returncode == 2


@pytest.mark.parametrize("show", ["gaps", "own", "overlap"])
def test_an_empty_store_gives_empty_tables(duibiao: Run, tmp_path: Path, show: str) -> None:
    (tmp_path / "a.csv").write_text(
        "公众号,标题,发布时间\n甲,一口锅,2026-03-02 20:00\n", encoding="utf-8"
    )
    duibiao("import", "a.csv", check=0)
    assert json.loads(duibiao("gaps", "--show", show, "--format", "json", check=0).stdout) == []
