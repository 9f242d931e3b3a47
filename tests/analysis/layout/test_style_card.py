"""The style card: made from figures alone, safe whatever the figures hold, and in a browser as
large as it says.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import pytest

from analysis.layout.body.headings import HEADING_NAMES, NUMBERINGS
from analysis.layout.body.profile import measure_style
from analysis.layout.style_card import draw_specimen, render_style_card

TEMPLATE: dict[str, Any] = {
    "font_size_px": 15.0,
    "line_height": 1.75,
    "letter_spacing_px": 1.0,
    "side_px": 10.0,
    "text_align": "justify",
    "text_color": "#3f3f3f",
    "indent": None,
    "paragraph_gap": "margin",
    "heading_style": "bar",
    "heading_px": 17.0,
    "heading_color": "#b07c52",
    "heading_mark": "#b07c52",
    "heading_align": "left",
    "numbered": "01",
    "bold_color": "#b07c52",
    "accents": ["#b07c52"],
    "palette": ["#3f3f3f", "#b07c52"],
}


def test_a_card_names_its_account_figures_n_and_window() -> None:
    card = render_style_card("甲<b>", TEMPLATE, n=120, window="2025-01～2026-08")
    text = re.sub(r"<[^>]+>", "", card)
    assert "甲&lt;b&gt;" in text
    assert (
        "字号 15 px，行高 1.75，字间距 1 px，两侧边距 10 px，小标题左侧竖条；n = 120 篇，"
        "2025-01～2026-08" in text
    )
    assert "#3f3f3f" in text


def test_too_few_articles_make_no_card() -> None:
    card = render_style_card("甲", TEMPLATE, n=9, window="")
    assert "样本不足（n = 9）" in card
    assert "样文" not in card


@pytest.mark.parametrize("name", list(TEMPLATE))
@pytest.mark.parametrize(
    "garbage",
    [
        None,
        float("nan"),
        float("inf"),
        '"><script>alert(1)</script>',
        "red;background:url(//x)",
        ["#12345", "x"],
        -1e9,
    ],
)
def test_garbage_in_a_figure_reaches_no_style(name: str, garbage: object) -> None:
    card = render_style_card("甲", TEMPLATE | {name: garbage}, n=50, window="")
    assert "script" not in card
    assert "url(" not in card
    assert "nan" not in card
    assert "inf" not in card


def test_a_card_measures_what_it_was_made_from() -> None:
    found = measure_style(draw_specimen(TEMPLATE))
    assert (
        found.font_size_px,
        found.line_height,
        found.letter_spacing_px,
        found.text_align,
        found.text_color,
    ) == (15.0, 1.75, 1.0, "justify", "#3f3f3f")
    assert (found.heading_style, found.heading_mark, found.paragraph_gap, found.bold_color) == (
        "bar",
        "#b07c52",
        "margin",
        "#b07c52",
    )
    assert measure_style(draw_specimen(TEMPLATE | {"indent": "em"})).indent == "em"
    assert (
        measure_style(draw_specimen(TEMPLATE | {"paragraph_gap": "blank"})).paragraph_gap == "blank"
    )


@pytest.mark.parametrize(
    "style", ["filled", "bar", "boxed", "underline", "centered", "large", "bold", "coloured"]
)
def test_each_heading_style_is_drawn_so_that_it_measures_as_itself(style: str) -> None:
    color = "#c00000" if style == "coloured" else "#222222"
    size = 15.0 if style in ("bold", "coloured") else 18.0
    drawn = TEMPLATE | {
        "heading_style": style,
        "heading_color": color,
        "heading_px": size,
        "numbered": None,
    }
    assert measure_style(draw_specimen(drawn)).heading_style == style


def test_every_name_has_a_drawing() -> None:
    for style in HEADING_NAMES:
        for numbered in NUMBERINGS:
            assert "小标题样张" in draw_specimen(
                TEMPLATE | {"heading_style": style, "numbered": numbered}
            )


def test_the_browser_shows_the_specimen_a_phone_wide_in_the_true_size(
    visit: Callable[..., Any],
) -> None:
    page = visit(
        f"<!doctype html><meta charset=utf-8>{render_style_card('甲', TEMPLATE, n=50, window='x')}"
    )
    box = page.evaluate(
        "(() => "
        "{ const one = document.querySelector('figure div div'); return [one.offsetWidth, getComputedStyle(one.querySelector('p')).fontSize]; }"
        ")()"
    )
    assert box == [375, "15px"]
    assert page.said == []
    assert page.asked == []


def test_a_profile_of_one_article_can_be_drawn_too() -> None:
    profile = asdict(measure_style('<p style="font-size:14px;color:#888888">' + "字" * 60 + "</p>"))
    assert "font-size:14px" in draw_specimen(profile)
