"""Two readings of purposes: what readers follow accounts for, and talking about oneself."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analysis.content.purpose import ASSIGNED
from analysis.evidence import MIN_ARTICLES
from analysis.frames import check_frame

__all__ = [
    "NEEDS",
    "DEMAND",
    "DEMAND_SOURCE",
    "NEED_SHARES",
    "SELF_TALK",
    "measure_needs",
    "measure_self_talk",
]

NEEDS: Mapping[str, tuple[str, ...]] = {
    "优惠与独家信息": ("推广营销", "活动预告"),
    "热门话题": ("资讯汇总", "观点评论"),
    "娱乐消遣": ("娱乐消遣", "情感故事", "早晚问候"),
    "社交互动": ("用户互动", "人物访谈"),
    "其他": ("行业研究", "干货教程", "招聘", "通知公告", "政策解读", "企业动态"),
}


DEMAND: Mapping[str, float | None] = {
    "优惠与独家信息": 0.34,
    "热门话题": 0.26,
    "娱乐消遣": 0.229,
    "社交互动": None,
    "其他": None,
}


DEMAND_SOURCE = (
    "艾媒咨询《中国微信公众平台用户研究报告》，约 2014 年；社交互动和其他合计约 17%，没有分开公布"
)


_READER = (
    "资讯汇总",
    "活动预告",
    "行业研究",
    "干货教程",
    "政策解读",
    "人物访谈",
    "观点评论",
    "情感故事",
    "娱乐消遣",
    "用户互动",
    "早晚问候",
)


NEED_SHARES = {
    "account_id": "str",
    "account": "str",
    "need": "str",
    "n": "int64",
    "share": "float64",
    "demand": "float64",
    "articles": "int64",
}


SELF_TALK = {
    "account_id": "str",
    "account": "str",
    "self_n": "int64",
    "self_share": "float64",
    "reader_n": "int64",
    "reader_share": "float64",
    "neither_n": "int64",
    "articles": "int64",
}


def measure_needs(assigned: pd.DataFrame) -> pd.DataFrame:
    """How an account's articles spread over the five needs readers name, beside the shares of
    readers who named them.

    Demand: iMedia Research, China WeChat Public Platform User Research Report, about 2014; it gives
    no separate share for 社交互动 and 其他 (together .171 is left). Two different things stand
    beside each other, articles and readers: a contrast, not a gap to be closed. NEEDS says which
    purposes count for which need; 不确定 counts for none, so the shares need not sum to 1.

    Returns one row per account and need: account_id, account, need str; n int64; share float64,
    missing below MIN_ARTICLES articles; demand float64, missing where not published; articles
    int64. Sorted by account, need in the order of NEEDS. Raises FrameError.
    """
    check_frame(assigned, ASSIGNED, name="assigned")
    need_of = {purpose: need for need, purposes in NEEDS.items() for purpose in purposes}
    accounts = assigned.groupby(["account", "account_id"], as_index=False).agg(
        articles=("article_id", "size")
    )
    grid = accounts.merge(
        pd.DataFrame(
            {
                "need": pd.Series(list(NEEDS), dtype="str"),
                "demand": pd.Series(list(DEMAND.values()), dtype="float64"),
            }
        ),
        how="cross",
    )
    counted = (
        assigned.assign(need=assigned["purpose"].map(need_of).astype("str"))
        .groupby(["account_id", "need"], as_index=False)
        .agg(n=("article_id", "size"))
    )
    rows = grid.merge(counted, on=["account_id", "need"], how="left")
    rows["n"] = rows["n"].fillna(0).astype("int64")
    rows["share"] = (rows["n"] / rows["articles"]).where(rows["articles"] >= MIN_ARTICLES)
    return rows[list(NEED_SHARES)].astype(NEED_SHARES)


def measure_self_talk(assigned: pd.DataFrame) -> pd.DataFrame:
    """Talking about oneself (自说自话: anniversaries, awards, visits, meetings, and own products
    without an offer or a question of the reader's) against serving the reader.

    Returns one row per account: account_id, account; self_n, reader_n, neither_n int64 (recruiting,
    notices, offers and 不确定 are neither); self_share, reader_share float64 of all articles,
    missing below MIN_ARTICLES; articles int64. Sorted by account. Raises FrameError.
    """
    check_frame(assigned, ASSIGNED, name="assigned")
    marked = assigned.assign(
        self_n=assigned["self_talk"].fillna(False).astype("int64"),
        reader_n=assigned["purpose"].isin(_READER).astype("int64"),
    )
    rows = marked.groupby(["account", "account_id"], as_index=False).agg(
        self_n=("self_n", "sum"), reader_n=("reader_n", "sum"), articles=("article_id", "size")
    )
    rows["neither_n"] = rows["articles"] - rows["self_n"] - rows["reader_n"]
    enough = rows["articles"] >= MIN_ARTICLES
    for name in ("self", "reader"):
        rows[f"{name}_share"] = (rows[f"{name}_n"] / rows["articles"]).where(enough)
    return rows[list(SELF_TALK)].astype(SELF_TALK)
