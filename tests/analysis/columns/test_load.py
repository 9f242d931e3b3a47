"""Accounts know nothing of each other: found on one core or on several, their columns
are the same.
"""

from __future__ import annotations

from functools import partial
from itertools import product

import pandas as pd
import pytest

from analysis.columns import load as column_making
from analysis.columns.assign import assign_columns
from analysis.compute.cache import call_uncached
from analysis.compute.parallel import parallel_map
from tests.support.small_frames import article, articles


def several(accounts: int) -> pd.DataFrame:
    words = ("阳台", "玄关", "厨房", "书桌", "衣柜", "浴室", "走廊", "窗台")
    rows = []
    for n, at in product(range(accounts), range(24)):
        title = (
            f"【{words[n]}手记】{words[at % 8]}怎么收{at}"
            if at % 2
            else f"周末去看{words[at % 8]}的{at}件小事"
        )
        rows.append(article(f"2025-0{1 + at // 8}-0{1 + at % 8} 20:00", title, account=f"第{n}家"))
    return articles(rows).sample(frac=1, random_state=7).reset_index(drop=True)


def test_several_cores_find_what_one_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = several(5)
    monkeypatch.setattr("analysis.compute.parallel.cpu_count", lambda: 2)
    parts = [
        {"articles": part.reset_index(drop=True), "themes": True}
        for _, part in frame.groupby("account_id")
    ]
    made = pd.concat(parallel_map(partial(call_uncached, column_making.assign), parts)).set_index(
        "article_id", drop=False
    )
    pd.testing.assert_frame_equal(
        made.loc[frame["article_id"]].reset_index(drop=True), assign_columns(frame, themes=True)
    )
    assert made["content_column"].notna().sum() >= 5 * 12
