"""Accounts know nothing of each other: found on one core or on several, their columns are the same."""

from __future__ import annotations

from itertools import product

import pandas as pd
import pytest
from small_frames import article, articles

from analysis.columns import making as column_making
from analysis.content_columns import assign_columns


def several(accounts: int) -> pd.DataFrame:
    words = ("阳台", "玄关", "厨房", "书桌", "衣柜", "浴室", "走廊", "窗台")
    rows = []
    for n, at in product(range(accounts), range(24)):
        title = f"【{words[n]}手记】{words[at % 8]}怎么收{at}" if at % 2 else f"周末去看{words[at % 8]}的{at}件小事"
        rows.append(article(f"2025-0{1 + at // 8}-0{1 + at % 8} 20:00", title, account=f"第{n}家"))
    return articles(rows).sample(frac=1, random_state=7).reset_index(drop=True)


def test_several_cores_find_what_one_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = several(5)
    monkeypatch.setattr(column_making, "_SPREAD_ROWS", 1)
    monkeypatch.setattr("analysis.spread.os.cpu_count", lambda: 2)
    spread = column_making.assign(frame, themes=True)
    pd.testing.assert_frame_equal(spread, assign_columns(frame, themes=True))
    assert spread["content_column"].notna().sum() >= 5 * 12
