"""Accounts know nothing of each other: found on one core or on several, their columns are the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import product
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from small_frames import article, articles

from analysis.columns import making as column_making
from analysis.content_columns import assign_columns
from analysis.kept import Kept, keeping
from analysis.spread import spread


def several(accounts: int) -> pd.DataFrame:
    words = ("阳台", "玄关", "厨房", "书桌", "衣柜", "浴室", "走廊", "窗台")
    rows = []
    for n, at in product(range(accounts), range(24)):
        title = f"【{words[n]}手记】{words[at % 8]}怎么收{at}" if at % 2 else f"周末去看{words[at % 8]}的{at}件小事"
        rows.append(article(f"2025-0{1 + at // 8}-0{1 + at % 8} 20:00", title, account=f"第{n}家"))
    return articles(rows).sample(frac=1, random_state=7).reset_index(drop=True)


def test_several_cores_find_what_one_finds(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    few = several(5)
    frame = pd.concat([few.assign(article_id=few["article_id"] + f"-{n}", account_id=few["account_id"] + f"-{n}") for n in range(36)], ignore_index=True)
    parts: list[int] = []

    def told(task: Callable[[Any], Any], some: Iterable[Any]) -> list[Any]:
        listed = list(some)
        parts.append(len(listed))
        return spread(task, listed)

    monkeypatch.setattr("analysis.kept.spread", told)
    monkeypatch.setattr("analysis.spread.os.cpu_count", lambda: 2)
    with keeping(Kept(tmp_path)):
        found = column_making.assign(frame, themes=False)
    assert parts == [8]
    pd.testing.assert_frame_equal(found, assign_columns(frame, themes=False))
    assert found["content_column"].notna().sum() >= 36 * 5 * 12
