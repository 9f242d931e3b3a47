"""The benchmark's page in a real browser: nothing leaves, nothing complains, nothing sticks out, on
a screen, a phone and paper.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from analysis.prelaunch.page import render_benchmark
from tests.support.axe import find_serious
from tests.support.small_briefs import competition, weekly
from tests.support.small_plans import FULL, benchmark_of, group_of

WIDEST = (
    "() => Math.max(...[...document.querySelectorAll('body *')].map(e => "
    "e.getBoundingClientRect().right))"
)


@pytest.fixture(scope="module")
def page_html() -> str:
    """A plan with words as long as they come, against rivals with names as odd."""
    odd = weekly("W" * 80, column="无空格的栏目名" * 3) + [
        row | {"account": "مقهى الصباح｜咖啡"} for row in weekly("咖啡", column="早\u202e市")
    ]
    text = FULL.replace("阳台种菜", "L" * 90).replace(
        "租房的人", "https://example.invalid/" + "x" * 200
    )
    return render_benchmark(
        benchmark_of(
            text, group_of(competition() + odd, sized={"红崖": 15.0, "棠屿": 16.0, "三斗": 17.0})
        )
    )


def test_nothing_is_requested_and_nothing_is_complained_of(
    visit: Callable[..., Any], page_html: str
) -> None:
    page = visit(page_html)
    assert (page.asked, page.said) == ([], [])
    assert page.locator("script").count() == 0
    assert page.locator("svg").count() == 1


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_nothing_is_wider_than_the_window(
    visit: Callable[..., Any], page_html: str, width: int
) -> None:
    page = visit(page_html, width=width)
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width
    assert page.evaluate(WIDEST) <= width


def test_all_verdicts_are_on_the_first_screen_of_a_phone(visit: Callable[..., Any]) -> None:
    page = visit(render_benchmark(benchmark_of(FULL)), width=390)
    assert page.locator("#verdicts li").count() == 8
    assert (
        page.evaluate("() => document.querySelector('#verdicts').getBoundingClientRect().bottom")
        < 844
    )


def test_the_figures_behind_a_verdict_are_one_tap_away_without_scripts(
    visit: Callable[..., Any],
) -> None:
    page = visit(render_benchmark(benchmark_of(FULL)), width=390, scripts=False)
    figures = page.locator("#verdicts details div").nth(1)
    assert not figures.is_visible()
    page.locator("#verdicts summary").nth(1).click()
    assert figures.is_visible()


def test_what_is_folded_stands_open_on_paper(visit: Callable[..., Any]) -> None:
    page = visit(render_benchmark(benchmark_of(FULL)), width=794)
    table = page.locator("#pace table")
    assert not table.is_visible()
    page.emulate_media(media="print")
    assert table.is_visible()
    assert table.bounding_box()["height"] > 100


def test_nothing_serious_keeps_anybody_out(visit: Callable[..., Any], page_html: str) -> None:
    assert find_serious(visit(page_html)) == []


def test_it_prints_on_a4(visit: Callable[..., Any], page_html: str) -> None:
    page = visit(page_html, width=794)
    page.emulate_media(media="print")
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 794
    assert page.pdf(format="A4", print_background=True).startswith(b"%PDF")
