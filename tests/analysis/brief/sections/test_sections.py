"""The brief's sections as records: columns as a tree and between accounts, purposes, titles,
layout.
"""

from __future__ import annotations

from dataclasses import replace

from analysis.brief.sections.columns import TreeNode, grow_tree, measure_columns
from analysis.brief.sections.layout import measure_layout_sections
from analysis.brief.sections.words import measure_words
from analysis.columns.assign import assign_columns
from analysis.content.purpose import assign_purposes
from analysis.content.titles import describe_titles
from analysis.layout.report import report_layouts
from tests.support.small_briefs import ROLES, brief_of, competition, page_of, weekly
from tests.support.small_frames import accounts, article, articles, profiles


def leaves(node: TreeNode) -> int:
    return sum(child.n for child in node.children)


def test_the_tree_goes_from_brands_to_columns_and_adds_up() -> None:
    frame = articles(competition())
    assigned = assign_columns(frame, themes=True)
    known = accounts(
        *(
            {"account": name, "brand": "甲乙" if name in ("红崖", "棠屿") else None}
            for name in frame["account"].unique()
        )
    )
    tree = grow_tree(assigned, known, measure_columns(frame, assigned, profiles()))
    assert sum(brand.n for brand in tree) == len(frame)
    both = next(brand for brand in tree if brand.name == "甲乙")
    assert [account.name for account in both.children] == ["棠屿", "红崖"]
    assert leaves(both) == both.n
    column = next(one for one in both.children[0].children if one.name == "避坑")
    assert (column.level, column.kind, column.n) == ("column", "marker", 12)
    assert 1 <= len(column.examples) <= 3


def test_more_columns_than_are_listed_are_counted() -> None:
    frame = articles(
        [
            row
            for n in range(14)
            for row in weekly(
                "红崖", weeks=12, column=f"{'甲乙丙丁戊己庚辛壬癸子丑寅卯'[n]}字栏", hour=8 + n % 12
            )
        ]
    )
    assigned = assign_columns(frame, themes=True)
    (brand,) = grow_tree(
        assigned, accounts({"account": "红崖"}), measure_columns(frame, assigned, profiles())
    )
    (account,) = brand.children
    listed = [child for child in account.children if child.name != "未归栏"]
    assert (len(listed), account.hidden) == (10, 4)


def test_a_column_of_three_accounts_is_one_kind_with_its_members() -> None:
    kind = next(
        one for one in brief_of(competition(), roles=ROLES).column_types if one.name == "避坑"
    )
    assert kind.accounts == ["id-三斗", "id-棠屿", "id-红崖"]
    assert kind.n == 36
    assert {member.n for member in kind.members} == {12}


def test_purposes_count_every_article_and_give_no_share_below_ten() -> None:
    rows = [article(title="诚聘设计师三名", account="多")] * 12 + [
        article(title="诚聘设计师三名", account="少")
    ] * 3
    frame = articles(rows)
    found, _ = measure_words(frame, assign_purposes(frame), describe_titles(frame))
    many, few = found["id-多"], found["id-少"]
    assert (many.articles, sum(one.n for one in many.mix) + many.unsure) == (12, 12)
    assert many.mix[0].share == 1
    assert few.self_share is None
    assert [one.share for one in few.mix] == [None]


def test_titles_of_an_account_tell_its_own_words() -> None:
    rows = [article(title=f"搪瓷杯怎么洗才干净{n}", account="杯") for n in range(40)] + [
        article(title=f"床单换洗的讲究{n}", account="床") for n in range(40)
    ]
    frame = articles(rows)
    _, found = measure_words(frame, assign_purposes(frame), describe_titles(frame))
    assert "搪瓷" in "".join(word.word for word in found["id-杯"].words)
    assert all(word.n_others == 0 for word in found["id-杯"].words if "搪瓷" in word.word)
    assert found["id-床"].titles == 40


def test_layout_needs_ten_articles_of_text() -> None:
    frame = articles(
        [article(f"2026-03-{day:02d} 20:00", account="多") for day in range(1, 13)]
        + [article(account="少")]
    )
    profiled = profiles(*({"article_id": article_id} for article_id in frame["article_id"]))
    found = measure_layout_sections(frame, profiled, report_layouts(frame, profiled))
    assert found["id-多"].enough
    assert found["id-多"].template_now is not None
    assert found["id-多"].distances == ()
    assert not found["id-少"].enough


def test_every_section_says_where_there_is_too_little() -> None:
    page = page_of(brief_of(weekly("红崖", weeks=20), sized={"红崖": 16.0}))
    for words in (
        "样本不足：知道钟点的对手推送不到 20 次",
        "样本不足，整周不到 26 个，不找节奏变化：<bdi>红崖</bdi>（18 周）",
        "样本不足：正文够 10 篇的账号不到四个",
    ):
        assert words in page


def test_every_table_has_its_n_and_one_place_has_windows_and_coverage() -> None:
    covered = ({"account_id": "id-红崖", "coverage": 0.72},)
    page = page_of(
        brief_of(weekly("红崖", weeks=20, column="避坑"), covered=covered, sized={"红崖": 16.0})
    )
    parts = {
        section: page.partition(f'<section id="{section}">')[2].partition("</section>")[0]
        for section in ("accounts", "cadence", "words", "layout")
    }
    for section, unit in (("cadence", "次"), ("cadence", "篇"), ("words", "篇"), ("layout", "篇")):
        assert f'data-label="n（{unit}）" data-v="20">20</td>' in parts[section]
    assert "2026-03-02" in parts["accounts"]
    assert "至多 72%" in parts["accounts"]
    assert "覆盖率至多" not in "".join(parts.values())


def test_an_account_without_columns_is_named_as_such() -> None:
    brief = brief_of(weekly("红崖", weeks=20))
    account = brief.accounts[0]
    bare = replace(
        brief, accounts=(replace(account, columned=replace(account.columned, shown=(), n=0)),)
    )
    assert "没有看出固定栏目：<bdi>红崖</bdi>（20 篇" in page_of(bare)
