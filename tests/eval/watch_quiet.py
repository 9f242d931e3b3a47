"""Does a watch stay quiet where nothing changes? Simulated accounts looked at weekly over their
last thirty weeks.

python -m tests.eval.watch_quiet [N]     N accounts (default 60)

Rhythms are those of cadence_changes.steady_histories. Three articles in four belong to columns: by
weekday (kept nine times in ten), by chance, one in a while; titles forget their mark one time in
twenty. Each article is laid out by one of one to three templates, by chance. Printed: looks, and
news of change by kind; every one of them is invented.
"""

from __future__ import annotations

import sys
from collections import Counter
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from analysis.cadence.changes import find_changes
from analysis.cadence.pushes import build_pushes
from analysis.columns.assign import assign_columns, describe_columns
from analysis.layout.redesigns import find_redesigns
from analysis.layout.templates import assign_templates, describe_templates
from analysis.watch.news import WatchedFrames, detect_news
from analysis.watch.state import WatchState
from tests.eval.cadence_changes import steady_histories
from tests.support.small_frames import article, articles, profiles

LOOKS = 30
_SUBJECTS = [
    "收纳",
    "餐桌",
    "窗帘",
    "沙发",
    "台灯",
    "地毯",
    "阳台",
    "厨房",
    "卧室",
    "花瓶",
    "书架",
    "玄关",
    "浴室",
    "衣柜",
    "墙面",
    "门锁",
]
_WORDS = [
    "怎么选",
    "三步做好",
    "一次说清",
    "值不值得",
    "先看这里",
    "换季必看",
    "旧物改造",
    "省钱办法",
    "避坑指南",
    "真实体验",
]
_TEMPLATES = (
    {"font_size_px": 14.0},
    {"font_size_px": 17.0, "line_height": 2.0, "text_align": "justify"},
    {"font_size_px": 16.0, "text_align": "center", "text_color": "#3f3f3f"},
)


def made(n: int, seed: int = 3) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The articles of n quiet accounts and their layout profiles."""
    rng = np.random.default_rng(seed)
    rows: list[dict[str, Any]] = []
    looks: list[dict[str, Any]] = []
    for name, sent in steady_histories(n, seed).groupby("account"):
        weekday, templates = int(rng.integers(7)), int(rng.integers(1, 4))
        for at in sent["published_at"]:
            row = article(
                f"{at:%Y-%m-%d %H:%M:%S}",
                _title(rng, at, weekday),
                account=str(name),
                article_id=f"a{len(rows):07d}",
                push_id=f"p{len(rows)}",
                position=1,
            )
            rows.append(row)
            looks.append(
                {"article_id": row["article_id"], **_TEMPLATES[int(rng.integers(templates))]}
            )
    return articles(rows), profiles(*looks)


def _title(rng: np.random.Generator, at: pd.Timestamp, weekday: int) -> str:
    words = (
        f"{_SUBJECTS[rng.integers(16)]}{_WORDS[rng.integers(10)]}，"
        f"{_SUBJECTS[rng.integers(16)]}和{_SUBJECTS[rng.integers(16)]}"
    )
    mark = (
        "周末开箱"
        if at.weekday() == weekday and rng.random() < 0.9
        else "好物"
        if rng.random() < 0.4
        else "来信"
        if rng.random() < 0.05
        else ""
    )
    return f"{mark}｜{words}" if mark and rng.random() < 0.95 else words


def cut(frame: pd.DataFrame, looks_left: int) -> pd.DataFrame:
    """The articles up to so many weeks before each account's last."""
    last = frame.groupby("account_id")["published_at"].transform("max")
    return frame[frame["published_at"] <= last - pd.Timedelta(weeks=looks_left)].reset_index(
        drop=True
    )


def frames_of(frame: pd.DataFrame, looks: pd.DataFrame) -> WatchedFrames:
    """The frames of a look, as they are loaded from a store."""
    assigned = assign_columns(frame)
    looks = looks[looks["article_id"].isin(frame["article_id"])].reset_index(drop=True)
    templates = assign_templates(frame, looks)
    redesigns = find_redesigns(templates, describe_templates(templates, looks))
    return WatchedFrames(
        frame,
        describe_columns(frame, assigned),
        assigned,
        find_changes(build_pushes(frame)),
        redesigns,
    )


def main(n: int) -> None:
    frame, looks = made(n)
    state, reported = WatchState(), Counter[str]()
    for left in range(LOOKS, -1, -1):
        news, state.accounts = detect_news(
            frames_of(cut(frame, left), looks),
            state.accounts,
            today=date(2026, 9, 1),
            after=state.last,
        )
        state.add(news)
        reported.update(one.kind for one in news)
        for one in news:
            if one.kind not in ("begin", "articles"):
                print(f"{one.account} {one.kind} {one.sentence}")
    print(f"{n} accounts, {LOOKS} looks each: {dict(sorted(reported.items()))}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 60)
