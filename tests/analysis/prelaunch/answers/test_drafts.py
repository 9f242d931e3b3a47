"""The first titles proposed: from what rivals write and a column can take, never theirs."""

from __future__ import annotations

from typing import Any

import pytest

from analysis.prelaunch.answers.candidates import find_candidates
from analysis.prelaunch.answers.drafts import TitleDraft, draft_titles
from analysis.prelaunch.answers.title_forms import find_verb, shape_title
from analysis.prelaunch.page import render_benchmark
from analysis.prelaunch.plan import parse_plan
from tests.support.small_plans import benchmark_of, group_of
from tests.support.trades import (
    KITCHEN,
    KITCHEN_PHRASES,
    KITCHEN_PLAN,
    MODEL_PHRASES,
    MODEL_PLAN,
    MODELS,
    START,
    daily,
    trade_rows,
)

KITCHENS = trade_rows(KITCHEN, KITCHEN_PHRASES)
MODELLERS = trade_rows(MODELS, MODEL_PHRASES)


def drafts(plan: str, rows: list[dict[str, Any]], **more: Any) -> tuple[TitleDraft, ...]:
    return draft_titles(parse_plan(plan), group_of(rows), **more)


def topics(rows: list[dict[str, Any]]) -> set[str]:
    return {topic.shown for topic in find_candidates(group_of(rows)).topics}


def test_eight_are_proposed_each_with_topic_column_and_an_article_to_study() -> None:
    proposed = drafts(KITCHEN_PLAN, KITCHENS)
    assert len(proposed) == len({draft.topic for draft in proposed}) == 8
    assert {draft.column for draft in proposed} == {"小家收纳"}
    assert all(draft.topic in str(draft.example.title) and draft.example.url for draft in proposed)
    assert all(draft.brands >= 2 and draft.articles >= 3 for draft in proposed)


def test_none_is_a_rivals_title_or_on_what_the_plan_has() -> None:
    proposed = drafts(KITCHEN_PLAN, KITCHENS)
    titles = {row["title"] for row in KITCHENS}
    assert not {draft.title for draft in proposed} & titles
    assert not {"冰箱", "台面", "抽屉"} & {draft.topic for draft in proposed}  # in the positioning
    asked = [
        row | {"title": f"{thing}怎么收纳"} for thing, row in zip(KITCHEN, KITCHENS, strict=False)
    ]
    assert not any(draft.title for draft in drafts(KITCHEN_PLAN, KITCHENS + renumbered(asked)))


def trays(before: str = "") -> list[dict[str, Any]]:
    """More articles of both kitchens, about a thing the others don't have."""
    rows = [row | {"title": f"{before}烤盘，{row['title']}"} for row in KITCHENS[::7]]
    return renumbered(rows)


def renumbered(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows as other articles of the same accounts."""
    return [
        row | {"push_id": f"x{number}", "article_id": f"x{number}"}
        for number, row in enumerate(rows)
    ]


def test_latin_terms_are_proposed_as_most_write_them() -> None:
    shown = {draft.topic for draft in drafts(MODEL_PLAN, MODELLERS)}
    assert {"LoRA", "GPT-4o", "RAG"} <= shown
    assert not {"lora", "gpt-4o", "gpt"} & shown


def test_the_same_title_with_another_noun_comes_twice_at_most() -> None:
    proposed = drafts(KITCHEN_PLAN, KITCHENS)
    assert sum(draft.title is not None for draft in proposed) == 2
    page = render_benchmark(benchmark_of(KITCHEN_PLAN, group_of(KITCHENS)))
    assert page.count("选题：") == 6
    assert "角度：" in page


def test_an_angle_is_a_word_of_the_positioning_that_rivals_have_but_not_with_the_topic() -> None:
    plan = KITCHEN_PLAN.replace("租房的人", "租房的人、新手房东")
    assert {draft.angle for draft in drafts(plan, KITCHENS)} == {None}  # nobody has the word
    landlords = daily("灶上", ["房东来收水槽", "房东说烤箱", "房东与铁锅"], hour=8)
    proposed = drafts(plan, KITCHENS + landlords)
    with_angle = {draft.topic for draft in proposed if draft.angle == "房东"}
    assert len(with_angle) == 2
    assert not with_angle & {"水槽", "烤箱", "铁锅"}
    everywhere = [row | {"title": f"房东，{row['title']}"} for row in KITCHENS[::5]]
    assert {draft.angle for draft in drafts(plan, KITCHENS + renumbered(everywhere))} == {None}


def test_what_one_brand_alone_writes_about_is_nobodys_topic() -> None:
    own = daily("灶上", [f"{thing}配不配灵火架" for thing in KITCHEN] + ["灵火架到了"] * 3)
    assert "灵火架" not in topics(KITCHENS + own)
    assert "烤盘" in topics(KITCHENS + trays())


def test_an_accounts_name_is_no_topic() -> None:
    rows = [
        row | {"title": f"{row['title']}和岩茶铺"} if number % 9 == 0 else row
        for number, row in enumerate(KITCHENS)
    ]
    assert "岩茶铺" not in topics(rows + daily("岩茶铺", [f"{thing}旁边泡茶" for thing in KITCHEN]))


@pytest.mark.parametrize(
    "before",
    [
        "新品上新，限时优惠：",
        "抽奖开奖：",
        "招聘｜",
        "直播预约：",
        "关于停产的公告：",
        "春节年货：",
        "大会报名：",
    ],
)
def test_events_seasons_recruiting_notices_lotteries_and_advertising_are_left_out(
    before: str,
) -> None:
    assert "烤盘" in topics(KITCHENS + trays())
    assert "烤盘" not in topics(KITCHENS + trays(before))


def test_a_conference_with_its_year_is_no_topic_and_a_model_with_its_number_is() -> None:
    def shown(*named: str) -> set[str]:
        rows = [
            row | {"title": f"{named[number % len(named)]} 的第{number}条提示"}
            for number, row in enumerate(MODELLERS[::14])
        ]
        return topics(MODELLERS + renumbered(rows))

    assert {"ICLR", "GPT-4o"} <= shown("ICLR")
    dated = shown("ICLR 2025", "ICLR'26", "ICLR2026")
    assert "GPT-4o" in dated
    assert not any("ICLR" in topic for topic in dated)


def test_a_topic_far_from_the_plan_is_left_out() -> None:
    both = KITCHENS + trade_rows(MODELS, MODEL_PHRASES)
    assert {draft.topic for draft in drafts(KITCHEN_PLAN, both)} <= set(KITCHEN)


def test_too_few_topics_give_fewer_and_the_page_says_so() -> None:
    rows = trade_rows(KITCHEN[:8], KITCHEN_PHRASES)
    group = group_of(rows)
    proposed = benchmark_of(KITCHEN_PLAN, group).drafts
    assert 0 < len(proposed) < 8
    assert f"只拟得出 {len(proposed)} 个" in render_benchmark(benchmark_of(KITCHEN_PLAN, group))
    assert "只拟得出" not in render_benchmark(benchmark_of(KITCHEN_PLAN, group_of(KITCHENS)))


def test_a_dropped_column_gets_none_and_the_others_by_their_rhythm() -> None:
    text = KITCHEN_PLAN + '[[columns]]\nname = "退货实录"\nrhythm = "每两周周六"\n'
    counts = [draft.column for draft in drafts(text, KITCHENS)]
    assert (counts.count("小家收纳"), counts.count("退货实录")) == (6, 2)
    assert {draft.column for draft in drafts(text, KITCHENS, dropped=["小家收纳"])} == {"退货实录"}


def test_without_columns_topics_stand_in_none() -> None:
    proposed = drafts(KITCHEN_PLAN.split("[[")[0], KITCHENS)
    assert {draft.column for draft in proposed} == {None}
    assert all(draft.model is None for draft in proposed)


def test_what_was_written_before_the_window_is_no_topic() -> None:
    old = trade_rows(("擀面杖",), KITCHEN_PHRASES)
    early = [row | {"published_at": row["published_at"].replace("2026", "2024")} for row in old]
    assert "擀面杖" in topics(KITCHENS + renumbered(old))
    assert "擀面杖" not in topics(KITCHENS + renumbered(early))


@pytest.mark.parametrize(
    ("topic", "column", "titles", "title"),
    [
        ("冰箱", "小家收纳", ("冰箱收纳，分三格", "冰箱收纳"), "冰箱怎么收纳"),
        ("Llama", "周三", ("部署 llama", "怎么部署llama"), "Llama 怎么部署"),
        ("LoRA", "踩坑记", (), "LoRA 最容易踩的坑"),
        ("激子", "顶刊拆解", (), "一篇论文讲清激子"),
        ("SK-II", "测评", (), "SK-II 到底值不值"),
        ("空气炸锅", "退货实录", (), "空气炸锅为什么会被退回来"),
        ("冰箱", "小家收纳", ("冰箱收纳盒到了", "冰箱上新"), None),
        ("lora", "周三", ("用 lora 微调", "微调 lora"), None),
        ("台灯", "改了七版", (), None),
    ],
)
def test_a_title_is_a_sentence_or_there_is_none(
    topic: str, column: str, titles: tuple[str, ...], title: str | None
) -> None:
    assert shape_title(topic, column, titles) == title


def test_a_verb_needs_the_thing_as_its_object() -> None:
    assert find_verb("电解液", ["表征电解液", "电解液表征的新办法"]) == "表征"
    assert find_verb("电解液", ["电解液表征新办法"]) is None
    assert find_verb("机器学习", ["基于机器学习", "机器学习优化"]) is None


def test_the_topics_are_the_same_whatever_the_order_of_rows() -> None:
    assert START.weekday() == 0
    numbered = [row | {"article_id": f"n{number}"} for number, row in enumerate(KITCHENS)]
    first, second = (drafts(KITCHEN_PLAN, rows) for rows in (numbered, numbered[::-1]))
    assert first == second
