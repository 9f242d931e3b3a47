"""What a brief remembers is what it would make again, and is made again only where something is new."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import altair as alt
import pandas as pd
import pytest
from small_briefs import competition
from small_frames import articles

from analysis.brief import remembering
from analysis.brief.remembering import kept_charts, load_purposes, load_titles
from analysis.charts import base
from analysis.charts.base import render_svg
from analysis.kept import Kept
from analysis.purpose import assign_purposes
from analysis.titles import describe_titles


def count_calls(monkeypatch: pytest.MonkeyPatch, module: Any, name: str) -> list[Any]:
    """What a function of a module is called with from now on."""
    called: list[Any] = []
    real = getattr(module, name)

    def counting(first: Any, *args: Any, **more: Any) -> Any:
        called.append(first)
        return real(first, *args, **more)

    monkeypatch.setattr(module, name, counting)
    return called


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    return Kept(tmp_path / "kept")


def test_purposes_and_titles_are_what_the_articles_give_the_first_time_and_from_disk(kept: Kept) -> None:
    frame = articles([*competition(), {**competition()[0], "title": None, "article_id": "a9999999"}])
    for _ in range(2):
        pd.testing.assert_frame_equal(load_purposes(kept, frame), assign_purposes(frame))
        pd.testing.assert_frame_equal(load_titles(kept, frame), describe_titles(frame))


def test_only_the_account_with_a_new_title_is_worked_out_again(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = competition()
    load_purposes(kept, articles(rows))
    called = count_calls(monkeypatch, remembering, "assign_purposes")
    changed = articles([rows[0] | {"title": "诚聘店长"}, *rows[1:]])
    pd.testing.assert_frame_equal(load_purposes(kept, changed), assign_purposes(changed))
    assert [set(frame["account"]) for frame in called] == [{rows[0]["account"]}]


def test_a_window_and_some_accounts_leave_what_is_kept_of_everything(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    frame = articles(competition())
    load_titles(kept, frame)
    load_titles(kept, frame.head(20), window=True)
    load_titles(kept, frame[frame["account"] == "红崖"], whole=False)
    called = count_calls(monkeypatch, remembering, "describe_titles")
    load_titles(kept, frame)
    assert called == []


def test_no_articles_are_no_rows(kept: Kept) -> None:
    none = articles([])
    for _ in range(2):
        assert load_purposes(kept, none).empty
        assert load_titles(kept, none).empty


def test_a_chart_is_rendered_once_and_again_only_when_it_differs(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    def chart(high: int) -> alt.Chart:
        return alt.Chart(pd.DataFrame({"n": [1, high]})).mark_bar().encode(x="n:Q")

    plain = render_svg(chart(2), name="a", text="图")
    rendered = count_calls(monkeypatch, base, "_render")
    drawn = []
    for _ in range(2):
        with kept_charts(kept):
            drawn.append([render_svg(chart(high), name="a", text="图") for high in (2, 3)])
    assert drawn[0] == drawn[1]
    assert drawn[0][0] == plain
    assert len(rendered) == 2
    with kept_charts(kept):
        assert 'aria-label="别的"' in render_svg(chart(2), name="a", text="别的")
    assert len(rendered) == 3
