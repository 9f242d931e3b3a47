"""The benchmark's page in a real browser: nothing leaves, nothing complains, nothing sticks out, on
a screen, a phone and paper.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from analysis.prelaunch.page import render_benchmark
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


def test_it_prints_on_a4(visit: Callable[..., Any], page_html: str) -> None:
    page = visit(page_html, width=794)
    page.emulate_media(media="print")
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 794
    assert page.pdf(format="A4", print_background=True).startswith(b"%PDF")
