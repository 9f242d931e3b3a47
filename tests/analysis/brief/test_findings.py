"""When each conclusion appears, and when it must not."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from analysis.brief.findings import MOST, draw_findings
from analysis.brief.rules.cadence import find_changed, find_clockwork, find_crowded
from analysis.brief.rules.columns import find_column_news, find_fixed_days
from analysis.brief.rules.layout import find_redesigned
from analysis.brief.sections.cadence import measure_cadences
from analysis.brief.sections.columns import Column
from analysis.brief.sections.layout import Layout, Redesign
from analysis.brief.summary import BriefSummary
from analysis.cadence.pushes import build_pushes
from analysis.layout.words import Difference
from tests.support.small_briefs import MONDAY, ROLES, brief_of, competition, page_of, weekly
from tests.support.small_frames import article, articles


def told(findings: Any) -> list[str]:
    return [re.sub("[\u2068\u2069]", "", finding.sentence) for finding in findings]


def sent(account: str, days: list[int], *, hour: int = 20) -> list[dict[str, Any]]:
    """One push on each of the days, counted from the Monday."""
    at = [MONDAY + timedelta(days=day, hours=hour) for day in days]
    return [
        article(
            f"{one:%Y-%m-%d %H:%M}",
            f"{account}第{n}天",
            account=account,
            push_id=f"{account}{n}",
            position=1,
        )
        for n, one in enumerate(at)
    ]


def on(weekdays: tuple[int, ...], weeks: range) -> list[int]:
    return [week * 7 + day for week in weeks for day in weekdays]


def test_at_most_five_conclusions_follow_what_was_looked_at_and_no_rule_drowns_another() -> None:
    brief = brief_of(competition(), roles=ROLES)
    rules = [finding.rule for finding in draw_findings(brief)]
    assert rules[:2] == ["sample", "silence"]
    assert len(rules[2:]) <= MOST
    every = Counter(finding.rule for finding in draw_findings(brief, most=99))
    assert len(every) >= 5
    assert max(Counter(rules[2:]).values()) == 1


SLOWER = [*on((0, 1, 2, 3, 4), range(30)), *on((0, 3), range(30, 60))]


def test_a_halved_rate_is_told_with_its_date_and_a_steady_one_is_not() -> None:
    assert told(find_changed(brief_of(sent("红崖", SLOWER)))) == [
        "红崖的节奏变了：2026-09-28 那周起，推送从每周 5.0 次降到 2.0 次。"
    ]
    assert told(find_changed(brief_of(sent("红崖", on((0, 1, 2), range(60)))))) == []


def test_a_change_more_than_a_year_before_the_last_article_is_no_news() -> None:
    assert told(find_changed(brief_of(sent("红崖", [*SLOWER, *on((0, 3), range(60, 120))])))) == []


def test_below_26_weeks_no_change_is_told_and_the_page_says_so() -> None:
    brief = brief_of(sent("红崖", [*on((0, 1, 2, 3, 4), range(12)), *on((0,), range(12, 24))]))
    assert told(find_changed(brief)) == []
    assert "不到 26 个，不找变化" in page_of(brief)


def test_a_pause_is_told_as_what_is_not_held() -> None:
    assert told(find_changed(brief_of(sent("红崖", [*range(150), *range(200, 300)])))) == [
        "红崖的节奏变了：2026-07-30 起收录里没有文章；2026-09-18 恢复，之后每周 7.0 次。"
    ]


def crowd(hour: int) -> list[dict[str, Any]]:
    """Three rivals on Mondays at 20, the own account on Mondays at `hour`."""
    rivals = [row for name in ("红崖", "棠屿", "三斗") for row in weekly(name, weeks=30, hour=20)]
    return rivals + weekly("自家", weeks=30, hour=hour)


def test_the_own_slot_is_told_where_rivals_crowd_it_and_not_where_it_is_its_own() -> None:
    roles = {"自家": "own", "红崖": "direct", "棠屿": "direct", "三斗": "direct"}
    assert told(find_crowded(brief_of(crowd(20), roles=roles))) == [
        "自己最常用的周一 20 点档，3 个对手也用过，每周合计 3.1 次推送；最近的空档是周一 19 点档，"
        "对手合计不到四周一次。"
    ]
    assert told(find_crowded(brief_of(crowd(9), roles=roles))) == [
        "4 个账号里有 3 个最常在 20 点档推送，这个点最挤。"
    ]


def test_crowding_needs_two_rivals_and_twenty_pushes_with_an_hour() -> None:
    assert brief_of(weekly("红崖", weeks=30)).crowding is None
    assert brief_of(weekly("红崖", weeks=9) + weekly("棠屿", weeks=9)).crowding is None
    days = [
        row | {"published_at": row["published_at"][:10], "time_precision": "day"}
        for row in crowd(20)
    ]
    assert brief_of(days).crowding is None
    page = page_of(brief_of(days))
    assert "只知道日期，不画钟点" in page
    assert "点档 1" not in page


def test_clockwork_is_told_of_a_daily_account_and_not_of_a_weekly_one() -> None:
    assert told(find_clockwork(brief_of(sent("红崖", list(range(60)), hour=7)))) == [
        "红崖天天准点：100% 的日子发文，其中 100% 在 07:00 起的一小时里。"
    ]
    assert told(find_clockwork(brief_of(weekly("红崖", weeks=30)))) == []


def columned(**changed: Any) -> BriefSummary:
    """A brief of one rival with one weekly column, its record changed at will."""
    brief = brief_of(weekly("红崖", weeks=30, column="避坑"))
    account = brief.accounts[0]
    column: Column = replace(account.columns[0], strength=0.9, **changed)
    return replace(
        brief, accounts=(replace(account, columned=replace(account.columned, shown=(column,))),)
    )


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (
            {"status": "ended", "n": 30, "silent_days": 90},
            "红崖的「避坑」停了：出过 30 篇，每 7 天一期，2026-09-21 以后 90 天没再出。",
        ),
        (
            {"status": "new", "n": 5},
            "红崖的「避坑」是新栏目：2026-03-02 开始，已出 5 篇，每 7 天一期。",
        ),
        ({"status": "ended", "n": 9, "silent_days": 90}, None),
        ({"status": "new", "n": 3}, None),
        ({"status": "active", "n": 30}, None),
    ],
)
def test_columns_that_began_or_stopped_are_news_from_enough_issues_on(
    changed: dict[str, Any], said: str | None
) -> None:
    assert told(find_column_news(columned(**changed))) == ([said] if said else [])


def test_the_own_columns_are_no_news_to_oneself() -> None:
    rows = weekly("红崖", weeks=30, column="避坑")
    assert told(find_fixed_days(brief_of(rows, roles={"红崖": "own"}))) == []
    assert len(told(find_fixed_days(brief_of(rows)))) == 1


def redesigned(at: datetime, n: int = 20) -> BriefSummary:
    brief = brief_of(weekly("红崖", weeks=60), sized={"红崖": 15.0})
    account = brief.accounts[0]
    layout: Layout | None = account.layout
    assert layout is not None
    one = Redesign(
        at,
        "a1",
        n,
        n,
        1.0,
        1.0,
        (Difference("正文字号", "14 px", "15 px"), Difference("首行缩进", "缩进", None)),
    )
    return replace(brief, accounts=(replace(account, layout=replace(layout, redesigns=(one,))),))


def test_a_redesign_is_told_in_words_while_it_is_news() -> None:
    brief = redesigned(datetime.fromisoformat("2027-01-04T20:00+08:00"))
    assert told(find_redesigned(brief)) == [
        "红崖 2027-01-04 起换了模板：正文字号 14 px → 15 px，首行缩进 缩进 → 无。"
    ]
    assert "2027-01-04" in page_of(brief)
    assert told(find_redesigned(redesigned(datetime.fromisoformat("2026-03-09T20:00+08:00")))) == []
    assert told(find_redesigned(brief_of(weekly("红崖", weeks=60), sized={"红崖": 15.0}))) == []


def test_rivals_are_held_against_the_own_account_whichever_comes_first() -> None:
    brief = brief_of(
        weekly("乙", weeks=30) + weekly("甲", weeks=30, days=(0, 1, 2)) + weekly("丙", weeks=30),
        roles={"乙": "own"},
    )
    versus = {
        account.account: account.cadence.versus for account in brief.accounts if account.cadence
    }
    assert versus["乙"] is None
    for name, differs in (("甲", True), ("丙", False)):
        one = versus[name]
        assert one is not None
        assert one.low is not None
        assert one.high is not None
        assert one.low < one.ratio < one.high
        assert one.differs is differs
    assert versus["甲"] is not None
    assert versus["甲"].ratio == pytest.approx(3, rel=0.05)


def test_no_articles_are_no_cadence() -> None:
    assert measure_cadences(build_pushes(articles([]))) == {}
