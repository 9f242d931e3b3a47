"""The brief: which conclusions are drawn, and a page that stands whatever it is given."""

from __future__ import annotations

import re
from collections import Counter
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.brief.findings import draw_findings
from analysis.brief.page import render_brief
from analysis.brief.summary import BriefSummary, summarise
from analysis.files import OutputError, save_file
from analysis.frames import ACCOUNTS, ARTICLES, FrameError, empty_frame
from analysis.report.findings import isolate_name
from analysis.report.safe_text import is_article_url
from tests.support.outline import HOSTILE, Outline
from tests.support.small_briefs import (
    MONDAY,
    ROLES,
    brief_of,
    competition,
    group_of,
    make_brief,
    page_of,
    unlike,
    weekly,
)
from tests.support.small_frames import MADE_ON, accounts, article, articles


def findings_of(brief: BriefSummary) -> dict[str, str]:
    return {
        finding.rule: re.sub("[\u2068\u2069]", "", finding.sentence)
        for finding in draw_findings(brief, most=99)
    }


def page_with(rows: list[dict[str, Any]], **more: Any) -> str:
    return page_of(brief_of(rows, **more))


# conclusions


def test_own_account_is_held_against_the_median_of_its_rivals_over_their_common_days() -> None:
    found = findings_of(brief_of(competition(), roles=ROLES))
    assert found["pace"] == (
        "自己（自家）每周推送 1.0 次，4 个对手的中位数是 2.5 次，自己排 5 个里的第 5。"
        "最勤的对手是三斗，每周 4.9 次。"
        "算上偶然起伏：3 个确实更勤，1 个看不出差别。"
    )


def test_every_conclusion_carries_its_n_and_window() -> None:
    for finding in draw_findings(brief_of(competition(), roles=ROLES)):
        assert finding.n > 0
        assert finding.first is not None
        assert finding.last is not None


def test_a_column_that_three_rivals_have_and_one_has_not_is_a_gap() -> None:
    assert (
        findings_of(brief_of(competition(), roles=ROLES))["gap"]
        == "3 个对手都有「避坑」一类的栏目，自己没有：三斗、棠屿、红崖。"
    )
    assert "gap" not in findings_of(brief_of(competition()))
    two = [row for row in competition() if row["account"] != "棠屿"]
    assert "gap" not in findings_of(brief_of(two, roles=ROLES))
    mine = competition() + weekly("自家", days=(3,), column="避坑")
    assert "gap" not in findings_of(brief_of(mine, roles=ROLES))


def test_a_weekly_column_that_keeps_its_day_is_told_and_one_that_does_not_is_not() -> None:
    assert (
        findings_of(brief_of(weekly("红崖", column="避坑")))["fixed day"]
        == "红崖的「避坑」每周一期，固定周一：12 篇全在这一天。"
    )
    moving = [
        article(
            f"{MONDAY + timedelta(days=7 * n + n % 7, hours=20):%Y-%m-%d %H:%M}",
            f"避坑｜{n}",
            account="红崖",
        )
        for n in range(12)
    ]
    assert "fixed day" not in findings_of(brief_of(moving))


def test_a_fixed_hour_needs_half_of_twenty_pushes() -> None:
    assert (
        findings_of(brief_of(weekly("红崖", weeks=20)))["hours"]
        == "发文钟点固定：红崖 100% 的推送在 20 点档。"
    )
    assert "hours" not in findings_of(brief_of(weekly("红崖", weeks=19)))


def test_below_ten_articles_or_eight_weeks_nothing_is_concluded() -> None:
    for rows in (weekly("红崖", weeks=9), weekly("红崖", weeks=3, days=(0, 1, 2, 3, 4))):
        found = findings_of(brief_of(rows))
        assert list(found) == ["sample"]
        assert "样本不足" in found["sample"]


def test_articles_without_a_date_do_not_count_towards_enough() -> None:
    rows = weekly("红崖", weeks=9) + [article(None, f"没日期{n}", account="红崖") for n in range(5)]
    brief = brief_of(rows)
    assert not brief.accounts[0].enough
    assert brief.accounts[0].undated == 5


def test_an_incomplete_history_makes_the_rate_a_lower_bound() -> None:
    found = findings_of(
        brief_of(weekly("红崖"), covered=({"account_id": "id-红崖", "coverage": 0.72},))
    )
    assert found["pace"].endswith("红崖最多只收到 72%，实际可能更勤。")


def test_accounts_of_different_years_are_not_ranked() -> None:
    found = findings_of(
        brief_of(weekly("红崖") + weekly("棠屿", start=MONDAY - timedelta(weeks=100)))
    )
    assert found["pace"] == "各账号收录的时间段没有 8 周以上重合，发文频率不放在一起比。"


def test_old_data_is_said_to_be_old() -> None:
    assert findings_of(brief_of(weekly("红崖")))["silence"].startswith(
        "收录停在 2026-05-18，距今已超过 8 周"
    )
    mixed = brief_of(weekly("红崖") + weekly("棠屿", weeks=26))
    assert (
        findings_of(mixed)["silence"]
        == "超过 8 周没有新收录：红崖（停在 2026-05-18）。可能停更，也可能没收到。"
    )


def test_an_own_account_too_small_to_compare_is_said_to_be() -> None:
    found = findings_of(brief_of(competition(), roles={"灶台": "own"}))
    assert "自己的账号也在其中" in found["sample"]
    assert "自己" not in found["pace"]


# figures


def test_own_account_comes_first_then_roles_then_size() -> None:
    assert [account.account for account in brief_of(competition(), roles=ROLES).accounts] == [
        "自家",
        "三斗",
        "棠屿",
        "红崖",
        "慢巷",
        "灶台",
    ]


def test_an_account_with_no_articles_is_kept_and_a_stranger_is_shown_by_its_own_name() -> None:
    known = accounts({"account": "空"})
    brief = summarise(group_of(articles(weekly("红崖")), known), date=MADE_ON)
    assert [
        (account.account, account.articles, account.cadence is None) for account in brief.accounts
    ] == [("红崖", 12, False), ("空", 0, True)]


def test_wrong_frames_are_refused_by_name() -> None:
    with pytest.raises(FrameError, match="articles"):
        group_of(empty_frame({"title": "str"}), empty_frame(ACCOUNTS))


# the page


def test_the_page_has_its_sections_in_order_and_says_what_is_user_provided() -> None:
    covered = (
        {
            "account_id": "id-红崖",
            "coverage": 0.72,
            "basis": "合集写明 40 篇，已知 30 篇",
            "permissions": ["运营者 2026-08-01 书面同意"],
        },
    )
    page = page_with(
        competition(), roles=ROLES, covered=covered, told={"红崖": {"followers": "9 万"}}
    )
    assert re.findall(r'<section id="(\w+)"', page) == [
        "front",
        "conclusions",
        "dossiers",
        "appendix",
        "accounts",
        "compare",
        "cadence",
        "columns",
        "words",
        "layout",
        "gaps",
        "method",
    ]
    said = [
        "至多 72%",
        "合集写明 40 篇，已知 30 篇",
        "运营者 2026-08-01 书面同意",
        "粉丝</bdi></b>：<bdi>9 万",
        "用户提供",
    ]
    for words in [*said, "自己", "直接对手", "邻近", "标杆"]:
        assert words in page
    drawn = (
        5 * 4 + 3 + 1 + 1 + 1
        # weeks, days, hours, needs of each account that is enough; columns of three; all rivals
        # together; the map; the phases
    )
    assert page.count("<svg ") == drawn


def test_the_same_figures_give_the_same_bytes_whatever_the_order_of_rows() -> None:
    rows = [row | {"article_id": f"a{n:07d}"} for n, row in enumerate(competition())]
    assert render_brief(make_brief(rows, roles=ROLES)) == render_brief(
        make_brief(rows[::-1], roles=ROLES)
    )


def test_an_empty_store_says_what_to_do_next() -> None:
    page = page_of(summarise(group_of(empty_frame(ARTICLES), empty_frame(ACCOUNTS)), date=MADE_ON))
    assert "duibiao import" in page
    assert "<svg" not in page
    assert "还没有文章" in page


def test_five_articles_are_listed_and_not_charted() -> None:
    page = page_with(weekly("红崖", weeks=5))
    assert "样本不足" in page
    assert "<svg" not in page
    assert unlike("红崖40") in page


def test_the_too_small_accounts_share_one_table() -> None:
    rows = [row for n in range(28) for row in weekly(f"号{n:02d}", weeks=1 + n % 3)]
    page = page_with(rows)
    assert page.count("<table") == 1
    assert "样本不足的账号（28 个）" in page


def test_nothing_is_fetched_from_anywhere() -> None:
    outline = Outline(page_with(competition(), roles=ROLES))
    policy = next(
        attrs["content"] or ""
        for tag, attrs in outline.tags
        if attrs.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy.startswith("default-src 'none';")
    assert "unsafe-inline" not in policy.partition("script-src")[2]
    assert not [
        tag
        for tag, attrs in outline.tags
        if "src" in attrs or tag in ("link", "iframe", "object", "embed", "image", "use")
    ]
    hrefs = [attrs["href"] or "" for tag, attrs in outline.tags if "href" in attrs]
    away = [href for href in hrefs if not href.startswith("#")]
    assert away
    assert all(href.startswith("https://mp.weixin.qq.com/s") for href in away)
    assert all(
        attrs.get("rel") == "noopener noreferrer"
        for tag, attrs in outline.tags
        if tag == "a" and attrs["href"] in away
    )


def test_every_link_inside_the_page_leads_to_one_place_in_it() -> None:
    tags = Outline(page_with(competition(), roles=ROLES)).tags
    places = Counter(attrs["id"] for _, attrs in tags if "id" in attrs)
    hrefs = [attrs["href"] or "" for tag, attrs in tags if tag == "a"]
    inside = {href[1:] for href in hrefs if href.startswith("#")}
    assert {name: places[name] for name in inside} == dict.fromkeys(inside, 1)
    chapters = {"accounts", "compare", "cadence", "columns", "words", "layout", "gaps", "method"}
    assert inside == {"top", "front", "dossiers", "appendix", "contents"} | chapters | {
        f"account-{place}" for place in range(1, 7)
    }


def test_headings_nest() -> None:
    tags = Outline(page_with(competition(), roles=ROLES)).tags
    levels = [int(tag[1]) for tag, _ in tags if re.fullmatch("h[1-6]", tag)]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(below - above <= 1 for above, below in pairwise(levels))


def test_the_appendix_says_nothing_of_one_account_alone_and_n_in_a_column() -> None:
    page = page_with(competition(), roles=ROLES, sized=dict.fromkeys(ROLES, 16.0))
    appendix = page.partition('<section id="appendix">')[2].partition("</main>")[0]
    assert "n = " not in appendix
    assert appendix.count("艾媒咨询") == 1
    assert not re.search("<code|<pre|--axes|四分位|到期必发|阵发|99xcs|90011|简书", appendix)
    method = appendix.index('<section id="method">')
    for word in ("重抽样", "置换检验", "Holm"):
        assert appendix.count(word) == 1
        assert appendix.index(word) > method
    assert len(re.findall("<svg ", appendix)) == 3  # crowding, map, beginnings


def test_names_in_tables_lead_to_the_accounts_pages() -> None:
    page = page_with(competition(), roles=ROLES)
    appendix = page.partition('<section id="appendix">')[2]
    rows = re.findall(
        r'<th scope="row"><a href="#account-(\d)"><bdi class="name">(\w+)</bdi>', appendix
    )
    assert set(rows) == {
        ("1", "自家"),
        ("2", "三斗"),
        ("3", "棠屿"),
        ("4", "红崖"),
        ("5", "慢巷"),
        ("6", "灶台"),
    }
    assert len(rows) > 30


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "javascript:alert(1)",
        "http://mp.weixin.qq.com/s/a",
        "https://mp.weixin.qq.com.evil.cn/s/a",
        "https://evil.cn/mp.weixin.qq.com",
        "https://a@mp.weixin.qq.com/s",
        "https://mp.weixin.qq.com:444/s/a",
        "//mp.weixin.qq.com/s/a",
        "https://mp.weixin.qq.com\\@evil.cn",
        "https://mp.weixin.qq.com/s/a\n",
        "https://[::1",
        " https://mp.weixin.qq.com/s",
    ],
)
def test_a_link_that_is_not_an_articles_is_shown_as_text(url: str | None) -> None:
    assert not is_article_url(url)
    rows = [article(title="看这里", url=url)]
    assert "看这里" in page_with(rows)
    links = [attrs["href"] or "" for tag, attrs in Outline(page_with(rows)).tags if tag == "a"]
    assert all(href.startswith("#") for href in links)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text_everywhere(text: str) -> None:
    calm = Outline(page_with(weekly("红崖", column="避坑"), told={"红崖": {"菜单": "商城"}}))
    rows = [
        row | {"account": text, "title": f"【{text[:20]}】{text}{n}"}
        for n, row in enumerate(weekly("红崖"))
    ]
    known = accounts(
        {
            "account": text,
            "account_id": "id-红崖",
            "brand": text,
            "signature": text,
            "facts": {text: text},
            "role": "own",
        }
    )
    covered = pd.DataFrame(
        [{"account_id": "id-红崖", "coverage": 0.5, "basis": text, "permissions": [text]}]
    )
    page = page_of(summarise(group_of(articles(rows), known, coverage=covered), date=MADE_ON))
    page.encode()
    outline = Outline(page)
    assert {tag for tag, _ in outline.tags} <= {tag for tag, _ in calm.tags} | {
        "dl",
        "dt",
        "dd",
        "h3",
        "small",
        "br",
        "b",
    }
    assert not [name for _, attrs in outline.tags for name in attrs if name.startswith("on")]
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x00\x08]", page)
    assert len(page) < 200_000


@settings(max_examples=6, deadline=None)
@given(st.lists(st.tuples(st.text(max_size=40), st.text(max_size=40)), min_size=1, max_size=12))
def test_any_titles_and_names_make_a_page_that_can_be_written(told: list[tuple[str, str]]) -> None:
    page = page_with(
        [
            article(
                title=title or None,
                account=name or "甲",
                url="https://mp.weixin.qq.com/s/abcdefghijklmnopqrstuv",
            )
            for title, name in told
        ]
    )
    assert page.encode().endswith(b"</html>")


def test_names_in_sentences_are_set_apart() -> None:
    assert isolate_name("abc\u202e" + "长" * 50) == "\u2068abc" + "长" * 20 + "…\u2069"
    assert "<bdi>红崖</bdi>的「<bdi>避坑</bdi>」" in page_with(weekly("红崖", column="避坑"))


def test_a_rate_that_changed_stands_beside_the_mean() -> None:
    daily, twice = (
        weekly("红崖", weeks=30, days=(0, 1, 2, 3, 4)),
        weekly("红崖", weeks=60, days=(0, 1)),
    )
    rows = list({row["push_id"]: row for row in daily + twice}.values())
    page = page_with(rows)
    assert "<small>2026-09-28 起 2.0</small>" in page
    assert "起 2.0</small>" not in page_with(weekly("红崖", weeks=30, days=(0, 1)))


# the file


def test_a_brief_is_never_overwritten_unasked(tmp_path: Path) -> None:
    path = tmp_path / "brief.html"
    save_file(path, "一")
    with pytest.raises(OutputError, match="--force"):
        save_file(path, "二")
    assert path.read_text(encoding="utf-8") == "一"
    save_file(path, "二", force=True)
    assert path.read_text(encoding="utf-8") == "二"
    assert [file.name for file in tmp_path.iterdir()] == ["brief.html"]


def test_a_folder_that_can_not_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "nowhere").write_text("a file in the way", encoding="utf-8")
    with pytest.raises(OutputError, match="nowhere"):
        save_file(tmp_path / "nowhere" / "brief.html", "一")


def test_a_brief_of_ten_accounts_stays_under_a_megabyte_and_a_half() -> None:
    rows = [
        row
        for n in range(10)
        for row in weekly(f"很长名字的公众号{n:02d}", weeks=90, days=(0, 2, 4), column=f"栏目{n}")
    ]
    sizes = {f"很长名字的公众号{n:02d}": 16.0 for n in range(10)}
    assert len(page_with(rows, sized=sizes).encode()) < 1_500_000


def test_a_brief_of_many_large_accounts_stays_under_three_megabytes() -> None:
    rows = [
        row
        for n in range(30)
        for row in weekly(f"很长名字的公众号{n:02d}", weeks=60, days=(0, 2), column=f"栏目{n}")
    ]
    assert len(page_with(rows).encode()) < 3_000_000
