"""The brief in a real browser: nothing leaves, nothing complains, nothing sticks out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.axe import find_serious
from tests.support.small_briefs import ROLES, brief_of, competition, page_of, weekly

COLUMN = (
    "() => [...document.querySelectorAll('#cadence > table:first-of-type tbody tr')].map(row "
    "=> row.cells[1].dataset.v)"
)
WIDEST = (
    "() => Math.max(...[...document.querySelectorAll('body *')].map(e => "
    "e.getBoundingClientRect().right))"
)


@pytest.fixture(scope="module")
def page_html() -> str:
    """A brief of six accounts, one of them with names as long and as odd as they come."""
    odd = weekly("W" * 80, column="无空格的栏目名" * 3) + [
        row | {"account": "مقهى الصباح｜咖啡"} for row in weekly("咖啡", column="早\u202e市")
    ]
    covered = (
        {
            "account_id": "id-红崖",
            "coverage": 0.72,
            "basis": "合集写明 120 篇，已知 79 篇；106 次推送中 4 次写明条数",
            "permissions": ["同意" * 60],
        },
    )
    return page_of(
        brief_of(
            competition() + odd,
            roles=ROLES,
            covered=covered,
            told={"红崖": {"菜单": "x" * 300}},
            sized={"红崖": 15.0, "棠屿": 16.0},
        )
    )


def unfold(page: Any) -> None:
    """Open every chapter, as a reader does."""
    for summary in page.locator(".chapter > summary").all():
        summary.click()


def test_nothing_is_requested_and_nothing_is_complained_of(
    visit: Callable[..., Any], page_html: str
) -> None:
    page = visit(page_html)
    page.evaluate("() => window.scrollTo(0, document.body.scrollHeight)")
    assert page.asked == []
    assert page.said == []


@pytest.mark.parametrize("width", [320, 390, 768, 900, 1100, 1280])
def test_nothing_is_wider_than_the_window(
    visit: Callable[..., Any], page_html: str, width: int
) -> None:
    page = visit(page_html, width=width)
    unfold(page)
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width
    assert page.evaluate(WIDEST) <= width


@pytest.mark.parametrize("width", [320, 900, 1280])
def test_nothing_is_wider_than_the_window_in_english(visit: Callable[..., Any], width: int) -> None:
    brief = brief_of(competition(), roles=ROLES, sized=dict.fromkeys(ROLES, 15.0))
    page = visit(page_of(brief, lang="en"), width=width)
    unfold(page)
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width


def test_a_table_too_wide_for_its_box_fades_where_it_goes_on(visit: Callable[..., Any]) -> None:
    page = visit(page_of(brief_of(competition(), roles=ROLES)), width=390)
    unfold(page)
    mask = "e => getComputedStyle(e).maskImage"
    box = page.locator(".scroll").first
    assert box.evaluate(mask) == "none"
    box.locator("table").evaluate("e => e.style.width = '900px'")
    page.wait_for_function(f"e => ({mask})(e) !== 'none'", arg=box.element_handle())


def test_chart_text_is_legible_on_a_phone(visit: Callable[..., Any], page_html: str) -> None:
    page = visit(page_html, width=390)
    unfold(page)
    scale = page.evaluate(
        "() => Math.min(...[...document.querySelectorAll('svg')].map(svg => "
        "svg.getBoundingClientRect().width / svg.viewBox.baseVal.width))"
    )
    assert scale * 11 > 9.5


def test_all_of_it_can_be_read_with_scripts_off(visit: Callable[..., Any], page_html: str) -> None:
    with_scripts, without = (visit(page_html, scripts=scripts) for scripts in (True, False))
    for page in (with_scripts, without):
        unfold(page)
    assert without.locator("main").inner_text() == with_scripts.locator("main").inner_text()
    assert without.locator("svg").count() == with_scripts.locator("svg").count() > 10
    assert without.locator("thead button").count() == 0


def test_a_click_on_a_heading_sorts_and_a_second_one_turns_round(
    visit: Callable[..., Any], page_html: str
) -> None:
    page = visit(page_html)
    unfold(page)
    before = [float(text) for text in page.evaluate(COLUMN)]
    heading = page.locator("#cadence thead button", has_text="推送/周").first
    heading.click()
    assert [float(text) for text in page.evaluate(COLUMN)] == sorted(before, reverse=True)
    heading.click()
    assert [float(text) for text in page.evaluate(COLUMN)] == sorted(before)
    assert page.locator("#cadence th[aria-sort=ascending]").count() == 1


def test_typing_filters_a_long_table(visit: Callable[..., Any]) -> None:
    page = visit(
        page_of(brief_of([row for n in range(12) for row in weekly(f"号{n:02d}", weeks=1)]))
    )
    unfold(page)
    page.get_by_label("筛选这张表").fill("号07")
    assert page.locator("#accounts tbody tr:visible").count() == 1


def test_the_whole_page_can_be_narrowed_to_some_accounts(
    visit: Callable[..., Any], page_html: str
) -> None:
    page = visit(page_html)
    unfold(page)
    everything = page.locator("main").inner_text()
    narrow = page.locator("#account-filter")
    narrow.fill("红崖")
    assert page.locator(
        "#cadence > table:first-of-type tbody tr:visible .name"
    ).all_inner_texts() == ["红崖"]
    assert set(page.locator(".dossier:visible h3 .name").all_inner_texts()) == {"红崖"}
    narrow.fill("直接对手")
    assert sorted(
        page.locator("#cadence > table:first-of-type tbody tr:visible .name").all_inner_texts()
    ) == sorted(["红崖", "棠屿", "三斗"])
    narrow.fill("")
    assert page.locator("main").inner_text() == everything


@pytest.mark.parametrize("scripts", [True, False])
def test_a_chapter_opens_when_a_link_leads_into_it(
    visit: Callable[..., Any], page_html: str, scripts: bool
) -> None:
    page = visit(page_html, width=390, scripts=scripts)
    shut = page.locator(".chapter:not([open])").count()
    assert page.locator(".chapter[open]").count() == 0
    page.locator(".parts a", has_text="附录").click()
    page.locator("#contents a", has_text="排版").press("Enter")
    assert page.locator(".chapter[open] > summary h3").all_inner_texts() == ["排版"]
    assert page.locator(".chapter:not([open])").count() == shut - 1
    heading = page.locator(".chapter[open] > summary").bounding_box()
    assert -1 <= heading["y"] <= 100  # the heading of the chapter is in sight
    page.locator("#layout .back a").click()
    assert -1 <= page.locator("#contents").bounding_box()["y"] <= 100
    page.locator(".to-top").click()
    assert page.locator("h1").bounding_box()["y"] >= -1


def test_a_name_in_a_table_leads_to_the_accounts_page(
    visit: Callable[..., Any], page_html: str
) -> None:
    page = visit(page_html)
    page.locator("#contents a").first.click()
    page.locator("#accounts tbody th a", has_text="红崖").click()
    page.wait_for_function("() => location.hash.startsWith('#account-')")
    place = page.evaluate("() => location.hash.slice(1)")
    assert page.locator(f"#{place} h3 .name").first.inner_text() == "红崖"
    assert abs(page.locator(f"#{place}").bounding_box()["y"]) < 100


def test_hostile_titles_stay_text(visit: Callable[..., Any]) -> None:
    titles = [
        "<script>window.hit=1</script>",
        "</script><img src=x onerror=window.hit=1>",
        "javascript:window.hit=1",
        "a\u202eb\u2066c",
        "长" * 10_000,
    ]
    rows = [
        row | {"title": titles[number % 5]}
        for number, row in enumerate(weekly("<img src=x onerror=window.hit=1>", days=(0, 2)))
    ]
    page = visit(page_of(brief_of(rows)))
    page.locator("body").click()
    assert page.evaluate("() => window.hit") is None
    assert page.locator("main img, main script").count() == 0
    assert page.locator("a[href^='javascript']").count() == 0
    assert (page.asked, page.said) == ([], [])


@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing_serious(visit: Callable[..., Any], page_html: str, width: int) -> None:
    page = visit(page_html, width=width)
    assert find_serious(page) == []
    unfold(page)
    assert find_serious(page) == []


def test_the_tables_headings_are_there_for_a_keyboard(
    visit: Callable[..., Any], page_html: str
) -> None:
    page = visit(page_html)
    page.locator(".chapter > summary").first.focus()
    page.keyboard.press("Enter")
    page.locator("#accounts thead button").nth(2).focus()
    page.keyboard.press("Enter")
    assert page.locator("#accounts th[aria-sort=descending]").inner_text().startswith("收录")


def test_it_prints_on_a4(visit: Callable[..., Any], page_html: str) -> None:
    page = visit(page_html, width=794)
    page.emulate_media(media="print")
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 794
    assert page.pdf(format="A4", print_background=True).startswith(b"%PDF")
