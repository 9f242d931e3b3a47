"""Names beside an axis fit, stay apart and stay whole characters."""

from __future__ import annotations

import re
from datetime import date
from itertools import product

import pytest

from analysis.charts.base import render_svg
from analysis.charts.content_columns import draw_column_lives
from analysis.charts.labels import fit_labels, measure_label
from analysis.columns.assign import assign_columns, describe_columns
from tests.support.small_frames import article, articles


def test_a_name_that_fits_is_whole_and_one_that_does_not_is_cut() -> None:
    names = [
        "一二三四五六七八九",
        "一二三四五六七八九十",
        "Kitchen notes of the week",
        "📚每日读书🎉分享会第一季",
    ]
    assert list(fit_labels({name: name for name in names}, 100).values()) == [
        "一二三四五六七八九",
        "一二三四五六七八…",
        "Kitchen notes…",
        "📚每日读书🎉分享…",
    ]
    assert all(
        measure_label(text) <= 100
        for text in fit_labels({name: name for name in names}, 100).values()
    )


def test_names_cut_alike_are_told_apart() -> None:
    names = [f"一二三四五六七八九十{end}" for end in "甲乙丙"]
    shown = fit_labels({name: name for name in names}, 100)
    assert list(shown) == names
    assert list(shown.values()) == ["一二三四五六七八…", "一二三四五六七…2", "一二三四五六七…3"]
    assert fit_labels({"a1": "北窗", "a2": "北窗"}, 100) == {"a1": "北窗", "a2": "北窗2"}


def test_a_sign_made_of_several_leaves_no_joiner_behind() -> None:
    assert fit_labels({"a": "一二三四五六七👩\u200d🍳的厨房"}, 100) == {"a": "一二三四五六七👩…"}


@pytest.mark.parametrize(("length", "sign"), list(product((8, 10, 14), "🎉📚")))
def test_a_column_with_an_emoji_anywhere_in_its_name_is_drawn(length: int, sign: str) -> None:
    frame = articles(
        [
            article(f"2026-03-{2 + 7 * week:02d} 08:00", f"避坑｜{word}")
            for week, word in enumerate(["铁锅", "瓷碗", "木瓢", "铝盆"])
        ]
    )
    assigned = assign_columns(frame)
    columns = describe_columns(frame, assigned)
    for at in range(length):
        name = (
            "每日读书分享会指南栏目一二三四"[:at]
            + sign
            + "每日读书分享会指南栏目一二三四"[at:length]
        )
        found, issues = (
            one.assign(
                content_column=one["content_column"].mask(one["content_column"] == "避坑", name)
            )
            for one in (columns, assigned)
        )
        svg = render_svg(
            draw_column_lives(found, issues, since=date(2026, 3, 1), until=date(2026, 7, 1)),
            name="c",
            text="t",
        )
        (label,) = fit_labels({name: name}, 100).values()
        assert label in re.findall(r"<text[^>]*>([^<]*)</text>", svg)
