"""What conclusions advise, what they expect to be looked at, and the rules on words, layout,
formats and holidays.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd
import pytest

from analysis.brief.findings import MOST, draw_findings
from analysis.brief.rules.cadence import find_changed, find_crowded
from analysis.brief.rules.columns import find_columned, find_fixed_days
from analysis.brief.rules.general import find_pace
from analysis.brief.rules.layout import find_group_layout, find_layout_apart
from analysis.brief.rules.sending import find_formats, find_seasons
from analysis.brief.rules.words import find_self_talk, find_title_apart, find_unmet_need
from analysis.brief.sections.layout import Distance, Layout
from analysis.brief.sections.sending import Event
from analysis.brief.summary import AccountSummary, BriefSummary
from analysis.report.findings import Finding
from tests.support.small_briefs import MONDAY, ROLES, brief_of, competition, unlike, weekly
from tests.support.small_frames import article


@pytest.fixture(scope="module")
def brief() -> BriefSummary:
    """One own account, three direct rivals, one adjacent, one too small."""
    return brief_of(competition(), roles=ROLES)


def plain(text: str) -> str:
    return re.sub("[\u2068\u2069]", "", text)


def change(
    brief: BriefSummary, changed: Callable[[AccountSummary], AccountSummary]
) -> BriefSummary:
    return replace(brief, accounts=tuple(changed(account) for account in brief.accounts))


def without_own(brief: BriefSummary) -> BriefSummary:
    return change(brief, lambda account: replace(account, role="direct"))


def test_every_conclusion_advises_links_and_promises_nothing(brief: BriefSummary) -> None:
    findings = [one for one in draw_findings(brief) if one.rule not in ("sample", "silence")]
    assert 3 <= len(findings) <= MOST
    for one in findings:
        assert one.advice
        assert "再看" in one.expected or "再重" in one.expected
        assert 1 <= len(one.examples) <= 3
        assert not re.search("提升|增长|必|爆|一定会", plain(one.advice + one.expected))
        clauses = re.split("[，；。：]", plain(one.sentence + one.advice + one.expected))
        assert max(map(len, clauses)) <= 60


def pace_at(brief: BriefSummary, own_days: tuple[int, ...]) -> Finding:
    rows = [row for row in competition() if row["account"] != "自家"] + weekly(
        "自家", days=own_days, hour=9
    )
    return next(iter(find_pace(brief_of(rows, roles=ROLES))))


def test_more_is_advised_only_where_most_rivals_surely_send_more(brief: BriefSummary) -> None:
    assert (
        next(iter(find_pace(brief))).advice
        == "想跟上就先加到每周 2 次，加的放在固定的一天，守满 8 周再加。"
    )
    assert pace_at(brief, (1, 3, 5)).advice == "次数和对手差不多，先不动。"
    busy = pace_at(brief, (0, 1, 2, 3, 4, 5))
    assert busy.advice == "次数已经比多数对手多，先不加，力气放在选题和固定栏目上。"
    assert plain(busy.expected) == "10 月 27 日再看：对手的中位数有没有追上来。"


def test_no_more_than_one_push_a_day_is_advised_to_who_never_sent_more() -> None:
    def sent(account: str, *hours: int, days: int = 7) -> list[dict[str, Any]]:
        times = [
            MONDAY + timedelta(weeks=week, days=day, hours=hour)
            for week in range(12)
            for day in range(days)
            for hour in hours
        ]
        return [
            article(
                f"{at:%Y-%m-%d %H:%M}",
                unlike(f"{account}{at}"),
                account=account,
                push_id=f"{account}{at}",
            )
            for at in times
        ]

    def advice(*rows: list[dict[str, Any]]) -> Finding:
        return next(
            iter(find_pace(brief_of([row for part in rows for row in part], roles={"自家": "own"})))
        )

    rivals = (sent("红崖", 9, 20), sent("棠屿", 8, 12, 18))
    daily = advice(sent("自家", 9), *rivals)
    assert (
        daily.advice
        == "次数到顶了：多数公众号一天只能群发一次。要跟上就加每次的篇数，先加 1 篇，守满 8 "
        "周再加。"
    )
    assert daily.expected.endswith("再看：自己每次有没有多发 1 篇，中间断没断。")
    assert advice(sent("自家", 9), sent("自家", 15)[:7], *rivals).advice.startswith(
        "次数到顶了"
    )  # a second one now and then is no quota
    assert advice(sent("自家", 9, days=2), *rivals).advice.startswith("想跟上就先加到每周 7 次")
    assert advice(sent("自家", 9, 20, days=3), *rivals).advice.startswith(
        "想跟上就先加到每周 18 次"
    )  # it may, as it has shown
    assert next(iter(find_pace(brief_of(rivals[0] + rivals[1])))).advice.startswith(
        "这些号多半天天推"
    )


def test_the_pace_is_what_holds_since_the_last_change_of_rate() -> None:
    def slowed(weeks: int) -> list[dict[str, Any]]:
        """Six a week for thirty weeks, then one."""
        rest = [
            row
            for row in weekly("红崖", weeks=30 + weeks)
            if row["published_at"]
            >= article(f"{MONDAY + timedelta(weeks=30):%Y-%m-%d %H:%M}")["published_at"]
        ]
        return weekly("红崖", weeks=30, days=(0, 1, 2, 3, 4, 5)) + rest

    told = next(
        iter(
            find_pace(
                brief_of(
                    slowed(30) + weekly("自家", weeks=60, days=(1,), hour=9), roles={"自家": "own"}
                )
            )
        )
    )
    assert plain(told.sentence).endswith("从 2026-09-28 那周算起：红崖那周换了频率。")
    assert plain(told.sentence).startswith("红崖每周推送 1.0 次，自己（自家）每周推送 1.0 次。")
    assert told.advice == "次数和对手差不多，先不动。"
    assert told.first == date(2026, 9, 28)
    short = next(
        iter(
            find_pace(
                brief_of(
                    slowed(3) + weekly("自家", weeks=33, days=(1,), hour=9), roles={"自家": "own"}
                )
            )
        )
    )
    assert "算起" not in short.sentence  # three weeks are too few to go by
    mine = [
        row | {"account": "自家", "account_id": "id-自家", "push_id": f"自{row['push_id']}"}
        for row in slowed(30)
    ]
    own = next(
        iter(
            find_pace(
                brief_of(mine + weekly("棠屿", weeks=60, days=(0, 2, 4)), roles={"自家": "own"})
            )
        )
    )
    assert own.advice.startswith("想跟上就先加到每周 3 次")  # over the whole time both send alike


def test_without_an_own_account_the_middle_is_a_start_and_a_plan_is_quoted(
    brief: BriefSummary,
) -> None:
    assert next(iter(find_pace(without_own(brief)))).advice.startswith(
        "自己的号可以从每周 2 次起步"
    )
    planned = brief_of(
        competition(), roles={"灶台": "own"}, told={"灶台": {"发文计划": "每周两次"}}
    )
    assert (
        plain(next(iter(find_pace(planned))).advice)
        == "自己的计划是每周两次（用户提供）。先照它守满 8 周，再看要不要靠近 2.0 次。"
    )


def test_an_hour_that_a_rival_left_is_worth_a_try_and_an_own_change_a_question() -> None:
    days = [week * 7 + day for week in range(60) for day in (0, 2, 4)]
    rows = [
        article(
            f"{MONDAY + timedelta(days=day, hours=18 if day < 210 else 21):%Y-%m-%d %H:%M}",
            f"第{day}天",
            account="红崖",
            push_id=f"p{day}",
        )
        for day in days
    ]
    told = next(iter(find_changed(brief_of(rows))))
    assert told.advice == "它原来的 18:00 前后空出来了，可以拿一天试发 8 周。"
    assert [one.title for one in told.examples] == ["第210天", "第212天", "第214天"]
    assert next(iter(find_changed(brief_of(rows, roles={"红崖": "own"})))).advice.startswith(
        "先查是不是自己定的"
    )


def test_an_hour_three_accounts_share_is_left_for_an_emptier_one() -> None:
    rows = [row for name in ("红崖", "棠屿", "三斗") for row in weekly(name, weeks=30)]
    told = next(iter(find_crowded(brief_of(rows))))
    assert told.advice == "避开 20 点档，先试 19 点档，守满 8 周。"
    near = rows + [
        row
        for hour in (18, 19, 21, 22)
        for row in weekly(f"邻{hour}", weeks=30, days=(0, 1, 2), hour=hour)
    ]
    crowded = brief_of(near + [row for name in ("四", "五") for row in weekly(name, weeks=30)])
    assert [one.advice for one in find_crowded(crowded)] == [""]


def test_a_kept_day_is_left_for_the_day_rivals_send_least() -> None:
    told = next(
        iter(
            find_fixed_days(
                brief_of(weekly("红崖", weeks=30, column="避坑") + weekly("棠屿", weeks=30))
            )
        )
    )
    assert told.advice == "同类内容错开周一，放在对手最少的周二（合计每周 0.0 次），连出 8 期。"
    daily = weekly("红崖", weeks=30, days=tuple(range(7)), column="避坑") + weekly(
        "棠屿", weeks=30, days=tuple(range(7))
    )
    assert (
        next(iter(find_fixed_days(brief_of(daily)))).advice
        == "同类内容错开周一；非要同一天，就写它没写过的角度。"
    )


def test_columns_are_advised_only_to_who_has_far_fewer(brief: BriefSummary) -> None:
    assert next(iter(find_columned(brief))).advice.startswith("自己先定两个固定栏目")
    mine = [row for row in competition() if row["account"] != "自家"] + weekly(
        "自家", column="避坑"
    )
    assert [one.advice for one in find_columned(brief_of(mine, roles=ROLES))] == [""]


def news(brief: BriefSummary, shares: dict[str, float]) -> BriefSummary:
    def changed(account: AccountSummary) -> AccountSummary:
        purposes = account.purposes
        if purposes is None:
            return account
        return replace(
            account,
            purposes=replace(
                purposes, articles=100, news_n=round(100 * shares.get(account.account, 0))
            ),
        )

    return change(brief, changed)


def test_talk_of_oneself_is_told_where_it_is_more_than_rivals(brief: BriefSummary) -> None:
    told = next(iter(find_self_talk(news(brief, {"自家": 0.3, "红崖": 0.1}))))
    assert (
        told.sentence == "自己有 30% 的文章是周年、获奖、会议这类自家新闻；4 个对手的中位数是 0%。"
    )
    assert told.advice.startswith("自家新闻攒成每月一篇，占比先减到一半")
    assert "15% 以下" in told.expected
    assert not list(find_self_talk(news(brief, {"自家": 0.08})))
    assert not list(
        find_self_talk(
            news(brief, {"自家": 0.3, "红崖": 0.3, "棠屿": 0.3, "三斗": 0.3, "慢巷": 0.3})
        )
    )
    assert not list(
        find_self_talk(news(brief, {"红崖": 0.4}))
    )  # a rival's fault is no conclusion beside an own account


def test_without_an_own_account_the_rival_that_talks_of_itself_most_is_named(
    brief: BriefSummary,
) -> None:
    strangers = without_own(brief)
    assert plain(next(iter(find_self_talk(news(strangers, {"红崖": 0.4})))).sentence).startswith(
        "红崖最爱说自己，40% 的文章"
    )
    assert not list(find_self_talk(news(strangers, {"红崖": 0.05})))


def needs(brief: BriefSummary, shares: dict[str, float]) -> BriefSummary:
    def changed(account: AccountSummary) -> AccountSummary:
        if account.purposes is None:
            return account
        frame = pd.DataFrame(
            {"need": ["热门话题"], "share": [shares[account.account]], "demand": [0.26]}
        )
        return replace(account, purposes=replace(account.purposes, needs=frame))

    return change(brief, changed)


def test_a_need_is_told_where_the_own_account_serves_it_less_than_every_rival(
    brief: BriefSummary,
) -> None:
    shares = {"自家": 0.02, "红崖": 0.2, "棠屿": 0.3, "三斗": 0.3, "慢巷": 0.4, "灶台": 0.0}
    told = next(iter(find_unmet_need(needs(brief, shares))))
    assert (
        told.sentence == "热门话题：自己 2% 的文章，4 个对手的中位数是 30%。旧调查里 26% "
        "的读者为此关注公众号（艾媒，约 2014 年，只作对照）。"
    )
    assert told.advice == "每 10 篇里先排 3 篇这一类，放进固定栏目。"
    assert not list(find_unmet_need(needs(brief, shares | {"红崖": 0.02})))
    assert not list(find_unmet_need(needs(brief, dict.fromkeys(shares, 0.1) | {"自家": 0.02})))
    assert not list(find_unmet_need(needs(without_own(brief), shares)))


def titled(
    brief: BriefSummary,
    own: dict[str, Any],
    rivals: tuple[float, ...] = (0.4, 0.5, 0.5, 0.6),
    n: int = 30,
) -> BriefSummary:
    theirs = iter(rivals)
    same = {
        "question_share": 0.1,
        "how_to_share": 0.1,
        "list_share": 0.1,
        "length_median": 16.0,
        "titles": n,
    }

    def changed(account: AccountSummary) -> AccountSummary:
        if account.titles is None or not account.enough:
            return account
        figures = (
            {"with_digits_share": 0.5} | same | own
            if account.own
            else same | {"with_digits_share": next(theirs)}
        )
        return replace(account, titles=replace(account.titles, **figures))

    return change(brief, changed)


def test_titles_are_told_where_a_habit_lies_beyond_all_rivals(brief: BriefSummary) -> None:
    told = next(iter(find_title_apart(titled(brief, {"with_digits_share": 0.1}))))
    assert told.sentence == "自己 10% 的标题带数字，4 个对手在 40% 到 60% 之间，中位数 50%。"
    assert (
        told.advice == "接下来每 10 个标题里，带数字的加到 5 个：把几件、几步、几天、多少钱写进去。"
    )
    assert (
        next(iter(find_title_apart(titled(brief, {"with_digits_share": 0.9})))).advice
        == "接下来每 10 个标题里，带数字的减到 5 个。"
    )
    assert not list(find_title_apart(titled(brief, {"with_digits_share": 0.45})))
    assert not list(find_title_apart(titled(brief, {"with_digits_share": 0.1}, n=29)))
    assert (
        next(iter(find_title_apart(titled(brief, {"length_median": 24.0})))).sentence
        == "自己的标题中位 24 字，4 个对手在 16 到 16 字之间。"
    )
    assert not list(find_title_apart(titled(brief, {"length_median": 19.0})))


SIZED = {"自家": 18.0, "红崖": 15.0, "棠屿": 15.0, "三斗": 16.0, "慢巷": 15.0}


def test_the_own_layout_is_told_where_it_lies_beyond_the_whole_group() -> None:
    told = next(iter(find_layout_apart(brief_of(competition(), roles=ROLES, sized=SIZED))))
    assert (
        told.sentence
        == "自己的排版有 1 处超出 4 个同组账号的范围：正文字号 18 px（同组 15 px 至 16 px）。"
    )
    assert told.advice == "改到同组的中位数：正文字号 15 px；别的先不动。"
    assert not list(
        find_layout_apart(brief_of(competition(), roles=ROLES, sized=SIZED | {"自家": 16.0}))
    )
    assert not list(find_layout_apart(brief_of(competition(), roles=ROLES)))


def test_an_indent_the_group_does_without_is_advised_in_words() -> None:
    brief = brief_of(competition(), roles=ROLES, sized=SIZED)
    layout: Layout | None = brief.accounts[0].layout
    assert layout is not None
    indented = replace(
        layout, distances=(Distance("首行缩进的字", "87%", "0%", "0%", "0%", outside=True),)
    )
    told = next(
        iter(
            find_layout_apart(
                replace(
                    brief,
                    accounts=(replace(brief.accounts[0], layout=indented), *brief.accounts[1:]),
                )
            )
        )
    )
    assert told.advice == "改到同组的中位数：首行不缩进；别的先不动。"


def test_how_long_articles_are_is_no_layout() -> None:
    brief = brief_of(competition(), roles=ROLES, sized=SIZED | {"自家": 15.0})
    layout: Layout | None = brief.accounts[0].layout
    assert layout is not None
    longer = replace(
        layout,
        distances=(
            Distance("字数", "3000 字/篇", "900 字/篇", "800 字/篇", "990 字/篇", outside=True),
        ),
    )
    assert not list(
        find_layout_apart(
            replace(
                brief, accounts=(replace(brief.accounts[0], layout=longer), *brief.accounts[1:])
            )
        )
    )


def test_without_an_own_layout_the_groups_is_a_start() -> None:
    theirs = {name: size for name, size in SIZED.items() if name != "自家"}
    told = next(iter(find_group_layout(brief_of(competition(), roles=ROLES, sized=theirs))))
    assert told.sentence == "4 个账号的正文字号从 15 到 16 px，中位数 15 px；4 个以两端对齐为主。"
    assert told.advice == "自己的模板先定 15 px、两端对齐，一套用到底。"
    assert not list(find_group_layout(brief_of(competition(), roles=ROLES, sized=SIZED)))
    assert not list(
        find_group_layout(brief_of(competition(), roles=ROLES, sized={"红崖": 15.0, "棠屿": 15.0}))
    )


def filmed(own: int, *, of: int = 5) -> BriefSummary:
    """Half of the rivals send every second article as a video; the own account its first `own`."""
    rows = [
        row for name in ("红崖", "棠屿", "三斗", "慢巷") for row in weekly(name, weeks=20)
    ] + weekly("自家", weeks=20)
    count: dict[str, int] = {}
    for row in rows:
        number = count[row["account"]] = count.get(row["account"], 0) + 1
        if (row["account"] in ("红崖", "棠屿") and number % of == 0) or (
            row["account"] == "自家" and number <= own
        ):
            row["kind"] = "video"
    return brief_of(rows, roles=ROLES)


def test_a_format_half_the_rivals_use_is_told_where_the_own_account_does_not() -> None:
    told = next(iter(find_formats(filmed(0))))
    assert (
        plain(told.sentence)
        == "近半年 4 个对手里有 2 个在发视频：棠屿 20%，红崖 20%；自己几乎没有。"
    )
    assert told.advice == "先按每 10 篇 2 条的量试 8 周视频，做不动就停。"
    assert len(told.examples) == 2
    assert not list(find_formats(filmed(3)))
    assert not list(find_formats(filmed(0, of=15)))
    assert not list(find_formats(brief_of(weekly("红崖", weeks=20) + weekly("棠屿", weeks=20))))


def seasoned(brief: BriefSummary, ratios: tuple[float | None, ...]) -> BriefSummary:
    first = datetime.fromisoformat("2026-06-01")
    theirs = iter(ratios)

    def changed(account: AccountSummary) -> AccountSummary:
        ratio = next(theirs, None)
        event = Event("618 2026", first, first + timedelta(days=17), 0 if ratio == 0 else 9, ratio)
        return (
            replace(account, sending=replace(account.sending, events={"618": event}))
            if account.sending
            else account
        )

    return change(brief, changed)


@pytest.mark.parametrize(
    ("ratios", "said", "advice"),
    [
        (
            (1.5, 2.0, 1.4),
            "618 2026（06-01 至 06-18），3 个账号里有 3 个加更，中位数是平时的 1.5 倍。",
            "下个 618 按平时的 1.5 倍备稿，5 月 20 日前备齐。",
        ),
        (
            (0.0, 0.0, 1.0),
            "618 2026（06-01 至 06-18），3 个账号里有 2 个少发，2 个一次没发。",
            "下个 618 发不发先定下来：要发，5 月 20 日前把稿排好。",
        ),
        ((1.5, 2.0), None, None),
        ((1.0, 1.2, 2.0), None, None),
    ],
)
def test_a_season_is_told_where_three_accounts_changed_their_rate(
    brief: BriefSummary, ratios: tuple[float | None, ...], said: str | None, advice: str | None
) -> None:
    found = [(one.sentence, one.advice) for one in find_seasons(seasoned(brief, ratios))]
    assert found == ([(said, advice)] if said else [])
