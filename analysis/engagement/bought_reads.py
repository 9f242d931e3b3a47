"""Signs that practitioners take for bought reads (刷量), each named with its figures and articles.
Signs, never a verdict: each has innocent causes too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from analysis.engagement.counts import COUNTS
from analysis.evidence import MIN_HABIT_ARTICLES
from analysis.frames import check_frame

__all__ = ["SIGNS", "SIGN_NAMES", "find_signs"]

SIGN_NAMES = {
    "lonely spike": "阅读冲高，点赞没跟上",
    "likes unmoved": "阅读差几倍，点赞不跟着变",
    "even reads": "每篇阅读几乎一样",
    "first minutes": "四十分钟内到齐七成阅读",
    "night growth": "半夜涨得和白天一样快",
    "straight line": "几天里匀速上涨",
    "reads fell": "阅读数回落",
}
SIGNS: Mapping[str, str] = {
    "account": "str",
    "account_id": "str",
    "sign": "str",
    "n": "int64",
    "of": "int64",
    "told": "str",
    "article_ids": "object",
    "urls": "object",
    "titles": "object",
}
_SPIKE = 5.0  # times the account's median reads
_LONELY = 0.2  # of the account's own median like rate
_EXPECTED_LIKES = 10.0  # likes the usual rate would have brought; below it their absence is chance
_SPREAD = 4.0  # 90th ÷ 10th percentile of reads from which likes should move too
_UNMOVED = 0.1  # rank correlation of reads and likes
_EVEN = 0.05  # interquartile range ÷ median
_MINUTES = 40 / 1440
_FIRST = 0.7
_NIGHT = range(6)  # Beijing hours in which readers sleep
_GROWTH = 500  # reads; smaller rises have any shape
_FALL = 0.1
_EXAMPLES = 3


def find_signs(counts: pd.DataFrame, judged: pd.DataFrame) -> pd.DataFrame:
    """The signs there are, by account.

    `counts` are one age's (counts.pick_counts), `judged` all observations with their ages
    (engagement.judge_observations): where an article was counted several times, how its reads grew
    is looked at too. Censored counts are never used. Returns SIGNS: sign is a key of SIGN_NAMES; n
    of the `of` articles looked at show it; told has the figures in Chinese; article_ids, titles and
    urls list up to three examples, largest reads first. Sorted by account, then in the order of
    SIGN_NAMES. No row says that reads were bought. Raises FrameError.
    """
    check_frame(counts, COUNTS, name="counts")
    about = counts.drop_duplicates("article_id").set_index("article_id")
    rows = []
    for (account, account_id), part in counts.groupby(["account", "account_id"], sort=True):
        exact = part[part["read"].gt(0) & ~part["read_censored"]]
        rows += [
            _row(account, account_id, sign_fields, about)
            for sign_fields in (_lonely_spike(exact), _likes_unmoved(exact), _even_reads(exact))
            if sign_fields
        ]
    read = judged[
        judged["why"].eq("")
        & judged["metric"].eq("read")
        & ~judged["censored"]
        & judged["seen_at"].notna()
    ]
    read = read[read["article_id"].isin(about.index)].sort_values(
        ["article_id", "seen_at", "source"]
    )
    for (account, account_id), part in read.groupby(["account", "account_id"], sort=True):
        rows += [
            _row(account, account_id, sign_fields, about) for sign_fields in _growth_signs(part)
        ]
    order = {sign: number for number, sign in enumerate(SIGN_NAMES)}
    rows.sort(key=lambda row: (row["account"], row["account_id"], order[row["sign"]]))
    return pd.DataFrame(
        {
            column: pd.Series([row[column] for row in rows], dtype=dtype)
            for column, dtype in SIGNS.items()
        }
    )


def _row(
    account: object,
    account_id: object,
    sign_fields: tuple[str, list[str], int, str],
    about: pd.DataFrame,
) -> dict[str, Any]:
    sign, article_ids, of, sentence = sign_fields
    shown = (
        about.loc[article_ids].sort_values("read", ascending=False, kind="stable").head(_EXAMPLES)
    )
    urls, titles = (
        [text if isinstance(text, str) else None for text in shown[name]]
        for name in ("url", "title")
    )
    row = {
        "account": account,
        "account_id": account_id,
        "sign": sign,
        "n": len(article_ids),
        "of": of,
        "told": sentence,
    }
    return row | {"article_ids": shown.index.tolist(), "urls": urls, "titles": titles}


def _lonely_spike(exact: pd.DataFrame) -> tuple[str, list[str], int, str] | None:
    """Reads five times the own median with a fifth of the own like rate at most."""
    liked = exact[exact["like"].notna() & ~exact["like_censored"]]
    if len(liked) < MIN_HABIT_ARTICLES:
        return None
    rate, usual = liked["like"] / liked["read"], float((liked["like"] / liked["read"]).median())
    median = float(liked["read"].median())
    spikes = liked[
        liked["read"].ge(_SPIKE * median)
        & rate.le(_LONELY * usual)
        & (usual * liked["read"]).ge(_EXPECTED_LIKES)
    ]
    if spikes.empty:
        return None
    worst = spikes.sort_values("read", ascending=False, kind="stable").iloc[0]
    sentence = (
        f"阅读 {worst['read']:,.0f}，是本号中位数 {median:,.0f} 的 "
        f"{worst['read'] / median:.1f} 倍；点赞率 {worst['like'] / worst['read']:.2%}，平时 "
        f"{usual:.2%}"
    )
    return "lonely spike", spikes["article_id"].tolist(), len(liked), sentence


def _likes_unmoved(exact: pd.DataFrame) -> tuple[str, list[str], int, str] | None:
    """Likes that don't rank with reads although reads differ fourfold and there are
    likes to move.
    """
    liked = exact[exact["like"].notna() & ~exact["like_censored"]]
    if len(liked) < MIN_HABIT_ARTICLES or liked["like"].median() < _EXPECTED_LIKES:
        return None
    low, high = liked["read"].quantile(0.1), liked["read"].quantile(0.9)
    together = (
        0.0
        if liked["like"].nunique() == 1
        else float(liked["read"].rank().corr(liked["like"].rank()))
    )
    if high < _SPREAD * low or together >= _UNMOVED:
        return None
    sentence = (
        f"阅读从 {low:,.0f} 到 {high:,.0f}（第 10 和第 90 百分位），点赞中位数 "
        f"{liked['like'].median():,.0f}，两者的秩相关 {together:.2f}"
    )
    return "likes unmoved", liked["article_id"].tolist(), len(liked), sentence


def _even_reads(exact: pd.DataFrame) -> tuple[str, list[str], int, str] | None:
    """Half of an account's reads within five per cent of its median."""
    if len(exact) < MIN_HABIT_ARTICLES:
        return None
    q1, median, q3 = exact["read"].quantile([0.25, 0.5, 0.75])
    if q3 - q1 > _EVEN * median or median < _GROWTH:
        return None
    inside = exact[exact["read"].between(q1, q3)]
    return (
        "even reads",
        inside["article_id"].tolist(),
        len(exact),
        f"一半文章的阅读在 {q1:,.0f} 到 {q3:,.0f} 之间，中位数 {median:,.0f}",
    )


def _growth_signs(read: pd.DataFrame) -> list[tuple[str, list[str], int, str]]:
    """The signs in how single articles grew, of one account."""
    articles_by_sign: dict[str, list[tuple[str, str]]] = {}
    several = [
        (str(article_id), part)
        for article_id, part in read.groupby("article_id", sort=True)
        if len(part) > 1
    ]
    for article_id, part in several:
        for sign, sentence in _read_growth(
            part["age_days"].to_numpy(), part["value"].to_numpy(), part["seen_at"]
        ):
            articles_by_sign.setdefault(sign, []).append((article_id, sentence))
    return [
        (
            sign,
            [article_id for article_id, _ in signed_articles],
            len(several),
            signed_articles[0][1],
        )
        for sign, signed_articles in articles_by_sign.items()
    ]


def _read_growth(age: np.ndarray, value: np.ndarray, seen_at: pd.Series) -> list[tuple[str, str]]:
    """The signs in the reads of one article counted several times, in order of time;
    ages in days.
    """
    signs = []
    final = int(value[-1])
    early = value[age <= _MINUTES]
    if len(early) and age[-1] >= 1 and final >= _GROWTH and early[-1] >= _FIRST * final:
        signs.append(
            ("first minutes", f"发布 40 分钟内 {early[-1]:,}，{age[-1]:.0f} 天后 {final:,}")
        )
    steps = np.diff(value)
    drop = int(np.argmin(steps))
    if -steps[drop] >= max(_FALL * value[drop], _GROWTH / 5):
        signs.append(("reads fell", f"从 {value[drop]:,} 变成 {value[drop + 1]:,}"))
    rates = steps / np.maximum(np.diff(age) * 24, 1e-9)
    if sentence := _night_growth(steps, rates, seen_at):
        signs.append(("night growth", sentence))
    if sentence := _straight_line(age, value, rates):
        signs.append(("straight line", sentence))
    return signs


def _night_growth(steps: np.ndarray, rates: np.ndarray, seen_at: pd.Series) -> str | None:
    """A step inside one night, two hours long at least, at no less than the pace of the day's step
    before it.
    """
    times = list(seen_at)
    for number in range(1, len(steps)):
        begin, end = times[number], times[number + 1]
        asleep = (
            begin.hour in _NIGHT
            and end.hour in _NIGHT
            and begin.date() == end.date()
            and (end - begin).total_seconds() >= 7200
        )
        if (
            asleep
            and steps[number] >= _GROWTH
            and steps[number - 1] > 0
            and rates[number] >= rates[number - 1]
        ):
            return (
                f"{begin:%m-%d %H:%M} 到 {end:%H:%M} 涨 {steps[number]:,}，每小时 "
                f"{rates[number]:,.0f}；之前每小时 {rates[number - 1]:,.0f}"
            )
    return None


def _straight_line(age: np.ndarray, value: np.ndarray, rates: np.ndarray) -> str | None:
    """Five counts over two days or more after the first day, on one line, the last pace no less
    than four fifths of the first.
    """
    later = age >= 1
    if (
        later.sum() < 5
        or age[later][-1] - age[later][0] < 2
        or value[later][-1] - value[later][0] < _GROWTH
    ):
        return None
    together = float(np.corrcoef(age[later], value[later])[0, 1])
    paces = rates[-(int(later.sum()) - 1) :]
    if together**2 < 0.995 or paces[0] <= 0 or paces[-1] < 0.8 * paces[0]:
        return None
    return (
        f"第 {age[later][0]:.0f} 到第 {age[later][-1]:.0f} 天从 {value[later][0]:,} 涨到 "
        f"{value[later][-1]:,}，每小时始终约 {np.median(paces):,.0f}"
    )
