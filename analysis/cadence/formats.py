"""What a push is made of: the mix of formats over time, which slots are filled, and which at fixed
hours of the week.
"""

from __future__ import annotations

import pandas as pd

from analysis.evidence import MIN_RATE_WEEKS
from analysis.frames import TIME, check_frame

__all__ = [
    "FIXED_SLOTS",
    "FORMATS",
    "KIND_NAMES",
    "SLOTS",
    "count_formats",
    "count_slots",
    "find_fixed_slots",
]

FORMATS = {
    "account_id": "str",
    "account": "str",
    "month": "datetime64[us]",
    "kind": "str",
    "articles": "int64",
    "share": "float64",
}
SLOTS = {
    "account_id": "str",
    "account": "str",
    "position": "int64",
    "articles": "int64",
    "share": "float64",
    "push_share": "float64",
    "articles_unplaced": "int64",
}
FIXED_SLOTS = {
    "account_id": "str",
    "account": "str",
    "position": "int64",
    "weekday": "int64",
    "hour": "int64",
    "n": "int64",
    "weeks": "int64",
    "share": "float64",
    "first": TIME,
    "last": TIME,
}
KIND_NAMES = {
    "article": "图文",
    "image": "贴图",
    "video": "视频",
    "audio": "音频",
    "text": "文字",
    "repost": "转载",
    "unknown": "类型不明",
}
_OWNER = ["account", "account_id"]
_MOSTLY = 0.6  # three weeks in five: below that an hour is used, not kept


def count_formats(articles: pd.DataFrame) -> pd.DataFrame:
    """Articles by format and calendar month. Articles without a time are left out; those whose
    format no source says are "unknown".

    Returns a row per account, month and format that occurs: month datetime64[us], its first day
    (Beijing, no zone); kind str, a key of KIND_NAMES; articles int64; share float64 of the
    account's articles that month, summing to 1. Sorted by account, month, kind. Raises FrameError.
    """
    check_frame(
        articles,
        {"account_id": "str", "account": "str", "published_at": TIME, "kind": "category"},
        name="articles",
    )
    rows = articles.dropna(subset=["published_at"])[[*_OWNER, "published_at", "kind"]]
    local = rows["published_at"].dt.tz_localize(None)
    rows = rows.assign(
        month=local.to_numpy().astype("datetime64[M]").astype("datetime64[us]"),
        kind=rows["kind"].astype("str").fillna("unknown"),
    )
    counts = rows.groupby([*_OWNER, "month", "kind"]).size().rename("articles").reset_index()
    counts["share"] = counts["articles"] / counts.groupby(["account_id", "month"])[
        "articles"
    ].transform("sum")
    return counts[list(FORMATS)].astype(FORMATS)


def count_slots(articles: pd.DataFrame) -> pd.DataFrame:
    """Articles by their slot in the push: 1 the headline (头条), 2 the second (次条). A slot of a
    push that is named twice counts once.

    Returns a row per account and slot that occurs: position int64; articles int64; share float64 of
    the account's articles with a known slot, summing to 1; push_share float64 of the account's
    pushes (with a push_id and a known slot) that fill it; articles_unplaced int64, the account's
    articles whose slot no source says. Sorted by account, position. Raises FrameError.
    """
    check_frame(
        articles,
        {"account_id": "str", "account": "str", "push_id": "str", "position": "Int64"},
        name="articles",
    )
    placed = articles.dropna(subset=["position"])
    placed = placed[
        ~(placed.duplicated(["account_id", "push_id", "position"]) & placed["push_id"].notna())
    ]
    slots = (
        placed.groupby([*_OWNER, "position"])
        .agg(articles=("position", "size"), pushed=("push_id", "count"))
        .reset_index()
    )
    slots["share"] = slots["articles"] / slots.groupby("account_id")["articles"].transform("sum")
    pushes = placed.groupby("account_id")["push_id"].nunique()
    slots["push_share"] = slots["pushed"] / slots["account_id"].map(pushes).astype("float64").where(
        lambda n: n > 0
    )
    unplaced = articles["position"].isna().groupby(articles["account_id"]).sum()
    slots["articles_unplaced"] = slots["account_id"].map(unplaced).astype("int64")
    return slots[list(SLOTS)].astype(SLOTS)


def find_fixed_slots(articles: pd.DataFrame) -> pd.DataFrame:
    """Slots of the push that an account fills at one hour of the week in most weeks. Articles known
    to the day, or without a slot, are left out.

    Returns a row per account, position (1 the headline), weekday (0 = Monday) and hour (Beijing)
    filled in at least eight weeks and in three of five weeks from the first time to the last: n
    int64 the weeks with one, weeks int64 from first to last, share float64 = n ÷ weeks, first and
    last its articles' times. Sorted by account, position, weekday, hour. Raises FrameError.
    """
    needed = {
        "account_id": "str",
        "account": "str",
        "published_at": TIME,
        "time_precision": "category",
        "position": "Int64",
    }
    check_frame(articles, needed, name="articles")
    timed = articles.dropna(subset=["published_at", "position"])
    timed = timed[timed["time_precision"].isin(["second", "minute"])]
    at = timed["published_at"].dt.tz_localize(None)
    days = at.dt.normalize()
    rows = timed[[*_OWNER, "position", "published_at"]].assign(
        weekday=at.dt.day_of_week,
        hour=at.dt.hour,
        monday=days - pd.to_timedelta(at.dt.day_of_week, unit="D"),
    )
    grouped = rows.groupby([*_OWNER, "position", "weekday", "hour"])
    slots = grouped.agg(
        n=("monday", "nunique"),
        begun=("monday", "min"),
        ended=("monday", "max"),
        first=("published_at", "min"),
        last=("published_at", "max"),
    ).reset_index()
    slots["weeks"] = (slots["ended"] - slots["begun"]).dt.days // 7 + 1
    slots["share"] = slots["n"] / slots["weeks"]
    fixed = slots[(slots["n"] >= MIN_RATE_WEEKS) & (slots["share"] >= _MOSTLY)]
    return fixed[list(FIXED_SLOTS)].reset_index(drop=True).astype(FIXED_SLOTS)
