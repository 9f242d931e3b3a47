"""Provided counts and leads in the brief: each conclusion when it appears and when it must not, and
nothing said where there is nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd
import pytest

from analysis.brief.findings import draw_findings
from analysis.brief.rules.engagement import (
    find_later_slots,
    find_other_leads,
    find_read_columns,
    find_shared,
)
from analysis.brief.summary import BriefSummary, summarise
from analysis.content.leads import LEADS, rows_of_leads
from analysis.report.findings import Finding
from tests.support.counts import counted, observations
from tests.support.small_briefs import group_of, page_of, unlike
from tests.support.small_frames import MADE_ON, accounts, articles


def told(findings: Iterable[Finding]) -> list[str]:
    return [re.sub("[\u2068\u2069]", "", finding.sentence) for finding in findings]


def brief_of(
    frame: pd.DataFrame,
    *,
    roles: dict[str, str] | None = None,
    seen: pd.DataFrame | None = None,
    leads: pd.DataFrame | None = None,
    column: Sequence[str] = (),
) -> BriefSummary:
    """A brief of the articles; those of the article_ids in `column` are in the column 专栏."""
    known = accounts(
        *(
            {"account": name, "role": (roles or {}).get(name)}
            for name in sorted(frame["account"].unique())
        )
    )
    frame = frame.assign(
        title=[
            f"专栏｜{unlike(key)}" if key in column else unlike(key) for key in frame["article_id"]
        ]
    ).astype({"title": "str"})
    frame = frame.sort_values(
        ["account", "published_at", "position", "article_id"], ignore_index=True
    )
    group = group_of(frame, known, observations=seen, leads=leads)
    return summarise(group, date=MADE_ON)


def read_as(columned: list[int], others: list[int], *, role: str = "direct") -> BriefSummary:
    """An account with one article of its column 专栏 a week and one of no column, read so many
    times.
    """
    values = [value for pair in zip(columned, others, strict=True) for value in pair]
    frame, seen = counted({"甲": values})
    days = pd.to_timedelta(
        [number // 2 * 7 + number % 2 * 3 for number in range(len(values))], unit="D"
    )
    start = pd.Timestamp("2026-01-01 20:00", tz="Asia/Shanghai")
    frame["published_at"] = (start + days).as_unit("us")
    seen["seen_at"] = (start + days + pd.Timedelta(days=7)).as_unit("us")
    return brief_of(frame, roles={"甲": role}, seen=seen, column=list(frame["article_id"][::2]))


def test_a_column_read_clearly_more_is_told_with_what_to_try() -> None:
    (finding,) = find_read_columns(
        read_as([3000 + n for n in range(20)], [1000 + n for n in range(20)])
    )
    assert told([finding])[0].startswith(
        "甲的「专栏」读的人明显更多：第 7 天的阅读中位数 3,010，是同位置文章的 1.5 倍（95% 区间 "
        "1.5–1.5）（用户提供）。"
    )
    assert finding.n == 20
    assert "试 4 期" in finding.advice
    assert finding.expected.startswith("看它第 7 天的阅读中位数")
    (own,) = find_read_columns(
        read_as([3000 + n for n in range(20)], [1000 + n for n in range(20)], role="own")
    )
    assert told([own])[0].startswith("自己（甲）的「专栏」")
    assert "试 4 期" not in own.advice


def test_a_column_of_too_few_or_like_the_others_is_not_told() -> None:
    assert (
        told(find_read_columns(read_as([3000 + n for n in range(9)], [1000 + n for n in range(9)])))
        == []
    )
    assert (
        told(
            find_read_columns(read_as([1000 + n for n in range(20)], [1000 + n for n in range(20)]))
        )
        == []
    )
    assert (
        told(
            find_read_columns(
                read_as([200 if n % 2 else 9000 for n in range(20)], [1000 + n for n in range(20)])
            )
        )
        == []
    )


def slotted(second: list[int], *, role: str = "own") -> BriefSummary:
    """An account with a headline read 5,000 times and a second article read as often as said."""
    first, seen = counted({"甲": [5000 + n for n in range(len(second))]}, position=1)
    later, more = counted({"甲": second}, position=2)
    later, more = (
        frame.assign(article_id=frame["article_id"] + "b").astype({"article_id": "str"})
        for frame in (later, more)
    )
    return brief_of(
        pd.concat([first, later], ignore_index=True),
        roles={"甲": role},
        seen=pd.concat([seen, more], ignore_index=True),
    )


def test_later_slots_far_below_the_headline_are_told_of_the_own_account_only() -> None:
    assert told(find_later_slots(slotted([1000 + n for n in range(20)]))) == [
        "自己（甲）头条第 7 天的阅读中位数 5,010，后面的位置差得多：第 2 条 1,010（20%）"
        "（用户提供）。"
    ]
    assert told(find_later_slots(slotted([1000 + n for n in range(20)], role="direct"))) == []
    assert told(find_later_slots(slotted([3000 + n for n in range(20)]))) == []
    assert told(find_later_slots(slotted([1000 + n for n in range(9)]))) == []


def shared(rate: float, n: int = 20) -> BriefSummary:
    reads = [1000 + 10 * number for number in range(n)]
    frame, seen = counted({"甲": reads}, share={"甲": [int(value * rate) for value in reads]})
    return brief_of(frame, seen=seen)


def test_a_share_rate_over_the_line_is_told_and_one_at_it_is_not() -> None:
    (finding,) = find_shared(shared(0.08))
    assert told([finding])[0].startswith("甲的文章爱被转发：每百次阅读转发 8.0 次")
    assert len(finding.examples) == 2
    assert told(find_shared(shared(0.05))) == []
    assert told(find_shared(shared(0.08, n=9))) == []


def led(**shares: tuple[int, int]) -> pd.DataFrame:
    """Leads by account: n of so many articles lead to a group."""
    rows = [
        row
        for name, (n, of) in shares.items()
        for number in range(of)
        for row in rows_of_leads(
            f"{name}{number:04d}", {"group": [("进群", None)]} if number < n else {}
        )
    ]
    return pd.DataFrame(
        {
            column: pd.Series([row[column] for row in rows], dtype=dtype)
            for column, dtype in LEADS.items()
        }
    )


def leading(**shares: tuple[int, int]) -> BriefSummary:
    frame, _ = counted({name: [None] * of for name, (_, of) in shares.items()})
    return brief_of(frame, roles={"我": "own"}, leads=led(**shares))


def test_where_rivals_lead_and_the_own_account_does_not_is_told() -> None:
    (finding,) = find_other_leads(leading(我=(1, 40), 甲=(20, 40), 乙=(40, 40), 丙=(0, 40)))
    assert told([finding]) == [
        "3 个对手里有 2 个常把读者带去「进群」（乙、甲，各占 50% 到 100% 的文章）；自己 40 "
        "篇里只有 1 篇。"
    ]
    assert finding.n == 120
    assert finding.advice
    assert finding.expected


@pytest.mark.parametrize(
    "shares",
    [
        {"我": (10, 40), "甲": (20, 40), "乙": (40, 40)},  # the own account does too
        {"我": (0, 40), "甲": (20, 40), "乙": (0, 40), "丙": (0, 40)},  # one rival of three
        {"我": (0, 19), "甲": (20, 40), "乙": (40, 40)},  # too few own bodies
        {"我": (0, 40), "甲": (9, 19), "乙": (9, 19)},  # too few of the rivals'
        {"甲": (20, 40), "乙": (40, 40)},  # no own account
    ],
)
def test_where_too_little_speaks_for_it_no_lead_is_told(shares: dict[str, tuple[int, int]]) -> None:
    assert told(find_other_leads(leading(**shares))) == []


def test_without_counts_or_bodies_nothing_is_said_but_one_line() -> None:
    frame, _ = counted({"甲": [None] * 30})
    brief = brief_of(frame, seen=observations([]), leads=led())
    page = page_of(brief)
    assert brief.engagement is None
    assert 'id="engagement"' not in page
    assert 'id="leads"' not in page
    assert "阅读、在看、转发不公开，没有用到" in page
    assert not {finding.rule for finding in draw_findings(brief, most=99)} & {
        "read column",
        "later slots",
        "shared",
        "leads",
    }


def section(page: str, name: str) -> str:
    return page.partition(f'<section id="{name}">')[2].partition("</section>")[0]


def test_counts_are_labelled_with_their_age_source_and_n() -> None:
    frame, seen = counted(
        {"甲": [1000 + n for n in range(19)] + [100_000, None], "乙": [100_000] * 12, "丙": [5]},
        like={"甲": range(21)},
    )
    page = page_of(brief_of(frame, seen=seen))
    part = section(page, "engagement")
    assert '<h3>互动</h3> <span class="tag mark">用户提供</span>' in page
    for words in (
        "表.csv",
        "<b>第 7 天</b>",
        "20 篇，另有 1 篇没有数，1 篇 10万+",
        "≥100,000",
        "样本不足：这个年龄有阅读数的只有 1 篇",
        "WCI 14.2 无在看、转发",
    ):
        assert words in part, words
    assert "没有用到" not in page
    assert page == page_of(
        brief_of(frame, seen=seen.sample(frac=1, random_state=1).reset_index(drop=True))
    )


def test_hostile_words_of_a_source_stay_text() -> None:
    frame, seen = counted({"甲": [1000 + n for n in range(20)]})
    evil = "<script>alert(1)</script>"
    rows = [
        row
        for key in frame["article_id"]
        for row in rows_of_leads(key, {"source": [(evil, "shop.example")], "card": [(evil, None)]})
    ]
    leads = pd.DataFrame(
        {
            column: pd.Series([row[column] for row in rows], dtype=dtype)
            for column, dtype in LEADS.items()
        }
    )
    page = page_of(
        brief_of(frame, seen=seen.assign(source=evil).astype({"source": "str"}), leads=leads)
    )
    assert evil not in page
    assert "shop.example" in section(page, "leads")
    assert 'href="https://shop.example' not in page


def test_few_bodies_are_named_without_shares() -> None:
    part = section(page_of(leading(我=(1, 40), 甲=(2, 3))), "leads")
    assert "<bdi>甲</bdi>（3 篇）" in part
    assert "进群 3%" in part


def test_articles_of_one_day_and_none_make_a_brief_with_counts(*_: Any) -> None:
    for n in (1, 2, 9):
        frame, seen = counted({"甲": [1000] * n}, days=7)
        assert "样本不足：这个年龄有阅读数的只有" in page_of(brief_of(frame, seen=seen))
    assert (
        summarise(
            group_of(articles([]), accounts(), observations=observations([]), leads=led()),
            date=MADE_ON,
        ).engagement
        is None
    )
