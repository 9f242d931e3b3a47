"""Invented competitor frames big enough for a brief's conclusions, for tests of the brief and of
its page.

A summary takes two seconds and a page three, so what is asked for again in the same process is
given again, and the same chart is drawn once. Where two must be made to be compared, use
`make_brief` and `render_brief` themselves.
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from unittest.mock import patch

import pandas as pd
import vl_convert

from analysis.brief.page import render_brief
from analysis.brief.summary import BriefSummary, summarise
from analysis.group import AccountGroup
from tests.support.small_frames import MADE_ON, accounts, article, articles, coverage, profiles

MONDAY = datetime(2026, 3, 2)
_CHARACTERS = (
    "锅碗瓢盆灯椅床柜鞋伞帘毯杯勺刀桌窗门墙砖雨雪风云山河湖海春夏秋冬早晚晨昏红黄蓝绿黑"
    "白轻重长短新旧冷暖远近高低圆方"
)


def weekly(
    account: str,
    *,
    weeks: int = 12,
    days: tuple[int, ...] = (0,),
    hour: int = 20,
    column: str | None = None,
    start: datetime = MONDAY,
) -> list[dict[str, Any]]:
    """One push a week on each of `days`; those of the first day under `column` where
    one is named.
    """
    rows = []
    for week in range(weeks):
        for day in days:
            at = start + timedelta(weeks=week, days=day, hours=hour)
            title = (
                f"{column}｜第{week}只锅"
                if column and day == days[0]
                else unlike(f"{account}{week}{day}")
            )
            number = f"{account}{week}{day}"
            url = f"https://mp.weixin.qq.com/s/{hash_of(number):022d}"
            rows.append(
                article(
                    f"{at:%Y-%m-%d %H:%M}",
                    title,
                    account=account,
                    push_id=number,
                    position=1,
                    url=url,
                )
            )
    return rows


def unlike(text: str) -> str:
    """A title for the text that shares nothing with any other's, so that no column is
    seen in them.
    """
    digest = hashlib.blake2b(text.encode(), digest_size=8).digest()
    return "".join(_CHARACTERS[byte % len(_CHARACTERS)] for byte in digest)


def hash_of(text: str) -> int:
    """A number of the text, the same in every process."""
    return int.from_bytes(text.encode(), "big") % 10**20


def competition() -> list[dict[str, Any]]:
    """One own account without columns, three direct rivals that share one, an adjacent one, and one
    of three articles.
    """
    rows = weekly("自家", days=(1,), hour=9)
    for name, days in (("红崖", (0, 2)), ("棠屿", (0, 2, 4)), ("三斗", (0, 1, 2, 3, 4))):
        rows += weekly(name, days=days, column="避坑")
    return rows + weekly("慢巷", days=(5,), hour=21) + weekly("灶台", weeks=3)


_BRIEFS: dict[str, BriefSummary] = {}
_PAGES: dict[
    tuple[int, str], tuple[BriefSummary, str]
] = {}  # by identity: the brief stays in memory, so that no other takes its place
_draw = vl_convert.vegalite_to_svg


def brief_of(rows: list[dict[str, Any]], **more: Any) -> BriefSummary:
    """The summary of the rows as make_brief makes it, one for all who ask for the same; nobody may
    change its frames.
    """
    key = repr((rows, sorted(more.items())))
    if key not in _BRIEFS:
        _BRIEFS[key] = make_brief(rows, **more)
    return _BRIEFS[key]


def make_brief(
    rows: list[dict[str, Any]],
    *,
    roles: dict[str, str] | None = None,
    covered: tuple[dict[str, Any], ...] = (),
    **more: Any,
) -> BriefSummary:
    """The summary of the rows; `roles` by account, `covered` rows of the coverage frame, `told`
    facts by account, `sized` type sizes by account.
    """
    names = sorted({row["account"] for row in rows})
    owners = accounts(
        *(
            {
                "account": name,
                "role": (roles or {}).get(name),
                "facts": more.get("told", {}).get(name, {}),
            }
            for name in names
        )
    )
    frame = articles(rows)
    sizes = more.get("sized", {})
    sized = profiles(
        *(
            {"article_id": row.article_id, "font_size_px": sizes[row.account]}
            for row in frame.itertuples()
            if row.account in sizes
        )
    )
    shares = coverage(*covered) if covered else None
    return summarise(group_of(frame, owners, coverage=shares, profiles=sized), date=MADE_ON)


def group_of(
    articles: pd.DataFrame, accounts: pd.DataFrame, **studies: pd.DataFrame | None
) -> AccountGroup:
    """A group of these frames, without coverage and bodies where none are given."""
    columns = ["account_id", "account", "coverage", "articles", "missing", "basis", "permissions"]
    least = {"coverage": pd.DataFrame(columns=columns), "profiles": profiles()}
    given = {name: frame for name, frame in studies.items() if frame is not None}
    return AccountGroup.from_frames(articles=articles, accounts=accounts, **least | given)


def page_of(brief: BriefSummary, *, lang: str = "zh") -> str:
    """The brief's page as render_brief makes it, once for a brief and a language; charts of the
    same specification are drawn once.
    """
    key = (id(brief), lang)
    if key not in _PAGES:
        with patch.object(
            vl_convert,
            "vegalite_to_svg",
            lambda spec, **options: _draw_once(json.dumps(spec), json.dumps(options)),
        ):
            _PAGES[key] = (brief, render_brief(brief, lang=lang))
    return _PAGES[key][1]


@cache
def _draw_once(spec: str, options: str) -> str:
    return str(_draw(json.loads(spec), **json.loads(options)))


ROLES = {
    "自家": "own",
    "红崖": "direct",
    "棠屿": "direct",
    "三斗": "direct",
    "慢巷": "adjacent",
    "灶台": "benchmark",
}
