"""What one article's body measures, as a browser would see it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.styles import BASE_SIZE_PX, StyleProfile, measure_style


def size_of(style: str, *, parent: str = "font-size:20px") -> float | None:
    return measure_style(f'<section style="{parent}"><p style="{style}">字</p></section>').font_size_px


def test_a_whole_profile() -> None:
    body = '<p style="font-size:15px;text-align:center">一二三 四五</p><p>六</p><img><p style="font-size:15px">七八九十</p><img src="x">'
    assert measure_style(body) == StyleProfile(10, font_size_px=15.0, font_size_share=0.9, text_align="center", images=2, images_per_1000=200.0)


@pytest.mark.parametrize(
    ("style", "px"),
    [
        ("", 20), ("font-size:16px", 16), ("font-size: 1.5em", 30), ("font-size:1.5rem", 24), ("font-size:80%", 16), ("font-size:12pt", 16),
        ("FONT-SIZE:14PX", 14), ("font-size:small", 13), ("font-size:medium", 16), ("font-size:x-large", 24), ("font-size:larger", 24),
        ("font-size:inherit", 20), ("font-size:initial", 16), ("font-size:14px;font-size:15px", 15), ("font-size:14px !important;font-size:15px", 14),
        ("font-size:.5em", 10), ("font-size:1e1px", 10), ("font-size:99999px", 10000),
    ],
)  # fmt: skip
def test_a_size_is_resolved_against_its_parent(style: str, px: float) -> None:
    assert size_of(style) == px


@pytest.mark.parametrize(
    "garbage",
    [
        "font-size:-3px",
        "font-size:NaNpx",
        "font-size:px",
        "font-size:15",
        "font-size:calc(1px + 1em)",
        "font-size:;",
        ":::;;;",
        "font-size:14px;font-size:oops",
    ],
)
def test_garbage_is_ignored_as_a_browser_does(garbage: str) -> None:
    assert size_of(garbage) == (14 if "14px" in garbage else 20)


def test_sizes_multiply_down_the_tree_and_text_outside_falls_back_to_wechats_base() -> None:
    assert measure_style('<section style="font-size:2em"><section style="font-size:50%"><b>字</b></section></section>').font_size_px == BASE_SIZE_PX
    assert measure_style("字").font_size_px == BASE_SIZE_PX


def test_the_most_common_size_is_by_characters_not_by_elements() -> None:
    assert measure_style('<p style="font-size:12px">一</p><p style="font-size:12px">二</p><p style="font-size:15px">三四五</p>').font_size_px == 15


@pytest.mark.parametrize(
    "hidden",
    [
        '<p style="display:none">字</p>', '<p style="visibility:hidden">字</p>', "<p hidden>字</p>", '<p style="font-size:0">字</p>', "<script>字</script>",
        "<style>字</style>", "\u200b \u3000",
    ],
)  # fmt: skip
def test_what_nobody_sees_is_not_counted(hidden: str) -> None:
    assert measure_style(hidden) == StyleProfile(0, None, None, None, 0, None)


def test_a_visible_part_of_a_hidden_block_is_counted() -> None:
    assert measure_style('<p style="visibility:hidden">一二<b style="visibility:visible">三</b></p>').chars == 1


@pytest.mark.parametrize(
    ("body", "align"),
    [
        ("<p>字</p>", "justify"), ('<p style="text-align:left">字</p>', "left"), ('<p style="text-align:start">字</p>', "left"),
        ("<center>字</center>", "center"), ('<p align="right">字</p>', "right"), ('<section style="text-align:center"><p>字</p></section>', "center"),
        ('<p style="text-align:sideways">字</p>', "justify"),
    ],
)  # fmt: skip
def test_alignment_is_inherited(body: str, align: str) -> None:
    assert measure_style(body).text_align == align


@pytest.mark.parametrize(
    "body",
    [
        '<section style="font-size:1.01em">' * 20_000 + "字" + "</section>" * 20_000,
        "<b><i>" * 20_000 + "字",
        "<p>" + "字" * 700_000 + "</p>",
        '<p style="' + "a:b;" * 500_000 + '">字</p>',
        "<" * 100_000,
        "<p style='font-size:14px'>字</p>" * 30_000,
    ],
    ids=["nested", "unclosed", "one long paragraph", "one long style", "angle brackets", "many paragraphs"],
)
def test_monstrous_bodies_are_measured(body: str) -> None:
    assert measure_style(body).chars > 0


@given(st.text(max_size=200))
def test_any_body_is_measured(body: str) -> None:
    profile = measure_style(body)
    assert profile.chars >= 0
    assert (profile.font_size_px is None) == (profile.chars == 0)


@given(st.text(max_size=60))
def test_any_style_is_survived(style: str) -> None:
    quoted = style.replace('"', "'")
    assert measure_style(f'<p style="{quoted}">字</p>').chars in (0, 1)
