"""Invented groups and plans for tests of the pre-launch benchmark."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from analysis.columns.assign import assign_columns
from analysis.group import AccountGroup
from analysis.layout.body.profile import StyleProfile
from analysis.prelaunch.benchmark import Benchmark, benchmark_plan
from analysis.prelaunch.group import Group, gather_group
from analysis.prelaunch.plan import parse_plan
from tests.support.small_briefs import ROLES, competition
from tests.support.small_frames import accounts, articles, coverage, profiles

PLANNED_ON = date(2026, 6, 1)  # a Monday
LEAST = 'positioning = "教小户型的人挑锅"'
FULL = """
name = "自家"
type = "订阅号"
positioning = "教小户型的人挑锅"
audience = "租房的人"
launch = 2026-06-02
[team]
people = 1
[cadence]
pushes_per_week = 2
articles_per_push = 1
send_times = ["周二 20:00", "周一 20:00"]
[[columns]]
name = "避坑"
titles = ["这只锅别买"]
rhythm = "每周二"
[[columns]]
name = "阳台种菜"
titles = ["番茄怎么搭架", "薄荷怎么过冬"]
rhythm = "每周"
[layout]
font_size_px = 15
line_height = 3
text_align = "左对齐"
[targets]
reads = 500
followers = 3000
others = ["三个月卖一百只锅"]
"""


_GROUPS: dict[str, Group] = {}


def group_of(rows: list[dict[str, Any]], **more: Any) -> Group:
    """The group as make_group makes it, one for all who ask for the same; nobody may change its
    frames.
    """
    key = repr((rows, sorted(more.items())))
    if key not in _GROUPS:
        _GROUPS[key] = make_group(rows, **more)
    return _GROUPS[key]


def make_group(
    rows: list[dict[str, Any]],
    *,
    sized: dict[str, float] | None = None,
    reads: dict[str, float] | None = None,
    **more: Any,
) -> Group:
    """The group of the rows' accounts, with profiles of every article of the accounts in `sized`,
    their type size there. Who is in no role of `roles` is a direct rival; None is nobody's word.
    """
    frame = articles(rows)
    roles = more.get("roles", ROLES)
    owners = accounts(
        *(
            {
                "account": name,
                "role": roles.get(name, "direct"),
                "brand": more.get("brands", {}).get(name),
            }
            for name in sorted({row["account"] for row in rows})
        )
    )
    laid_out = profiles(
        *(
            {"article_id": row.article_id, "font_size_px": sized[row.account]}
            for row in frame.itertuples()
            if row.account in (sized or {})
        )
    )
    covered = more.get("covered", ())
    shares = coverage(*covered) if covered else pd.DataFrame([])
    group = AccountGroup.from_frames(
        articles=frame,
        accounts=owners,
        coverage=shares,
        profiles=laid_out,
        column_articles=assign_columns(frame),
        reads=reads or {},
    )
    return gather_group(group, own_name=more.get("own_name"))


def benchmark_of(
    text: str, group: Group | None = None, *, draft: StyleProfile | None = None
) -> Benchmark:
    """A plan compared with a group, by default one of five rivals that share a column."""
    members = group or group_of(
        competition(), sized={"红崖": 15.0, "棠屿": 16.0, "三斗": 17.0, "慢巷": 16.0}
    )
    return benchmark_plan(parse_plan(text), members, date=PLANNED_ON, draft=draft)
