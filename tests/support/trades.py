"""Invented accounts of three trades whose titles can be read: kitchens, language models, tea.

An account's titles are every thing of the trade in every one of its own phrases, one push a day
from START on in an order of its own, so that half a year holds all.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from tests.support.small_briefs import hash_of
from tests.support.small_frames import article

START = datetime(2026, 2, 2)  # a Monday
KITCHEN = ("台面", "冰箱", "砧板", "空气炸锅", "铁锅", "电饭煲", "水槽", "油烟机", "碗柜", "烤箱")
KITCHEN_PHRASES = {
    "灶上": ("租房厨房的{}别乱放", "小户型的{}收纳", "一个人住，{}还要不要"),
    "案板边": ("换{}之前先量尺寸", "{}放不下怎么办", "厨房收纳：{}这样摆"),
}
MODELS = ("LoRA", "RAG", "GPT-4o", "Llama", "注意力机制", "提示词", "知识图谱", "向量库", "思维链")
MODEL_PHRASES = {
    "算盘珠": ("大模型里的{}要多少显存", "部署{}的三个坑", "优化{}，先看代码"),
    "晶格": ("微调大模型，{}改了什么", "{}的显存开销", "开源的{}哪家快"),
}
TEA = ("岩茶", "白茶", "盖碗", "茶席", "普洱", "水温")
TEA_PHRASES = {"青石茶室": ("{}怎么存三年", "第一泡的{}要不要倒", "{}差五度差多少")}
KITCHEN_PLAN = """
positioning = "给小户型和租房的人讲厨房收纳：台面、抽屉、冰箱怎么放得下"
[[columns]]
name = "小家收纳"
titles = ["三层抽屉怎么分"]
rhythm = "每周二"
"""
MODEL_PLAN = """
positioning = "帮开发者看懂大模型：微调、部署、检索，讲代码和显存"
[[columns]]
name = "论文一分钟"
titles = ["一张图看懂微调"]
rhythm = "每周三"
"""


def trade_rows(
    things: Sequence[str], phrases: dict[str, tuple[str, ...]], *, hour: int = 20
) -> list[dict[str, Any]]:
    """The rows of a trade's accounts."""
    rows = []
    for place, (account, own) in enumerate(phrases.items()):
        titles = [phrase.format(thing) for phrase in own for thing in things]
        rows += daily(account, titles, hour=hour + place)
    return rows


def daily(
    account: str, titles: Sequence[str], *, start: datetime = START, hour: int = 20, step: int = 1
) -> list[dict[str, Any]]:
    """A push every `step` days, a title each."""
    rows = []
    for number, title in enumerate(titles):
        at = start + timedelta(days=number * step, hours=hour)
        key = f"{account}{title}{number}"
        url = f"https://mp.weixin.qq.com/s/{hash_of(key):022d}"
        rows.append(
            article(
                f"{at:%Y-%m-%d %H:%M}", title, account=account, push_id=key, position=1, url=url
            )
        )
    return rows


def all_trades() -> list[dict[str, Any]]:
    """Two accounts about kitchens, two about language models, one about tea."""
    return [
        *trade_rows(KITCHEN, KITCHEN_PHRASES),
        *trade_rows(MODELS, MODEL_PHRASES),
        *trade_rows(TEA, TEA_PHRASES),
    ]


def nobodys_word(*accounts: str) -> dict[str, None]:
    """Roles for small_plans.make_group: nobody has said that these are rivals."""
    names = accounts or (*KITCHEN_PHRASES, *MODEL_PHRASES, *TEA_PHRASES)
    return dict.fromkeys(names)
