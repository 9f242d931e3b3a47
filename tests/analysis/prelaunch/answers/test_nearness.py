"""Who is near a plan: accounts that write about the same, whatever anybody is called."""

from __future__ import annotations

from typing import Any

import pytest

from analysis.prelaunch.answers.nearness import NEAR, Nearness, measure_nearness, near_group
from analysis.prelaunch.page import render_benchmark
from analysis.prelaunch.plan import Plan, parse_plan
from tests.support.small_plans import benchmark_of, group_of
from tests.support.trades import (
    KITCHEN,
    KITCHEN_PHRASES,
    KITCHEN_PLAN,
    MODEL_PLAN,
    TEA,
    all_trades,
    nobodys_word,
    trade_rows,
)

FAR = 'positioning = "周末带老人孩子自驾：古镇、民宿、露营的路线"'


def measured(plan: str | Plan, rows: list[dict[str, Any]], **more: Any) -> dict[str, Nearness]:
    parsed = parse_plan(plan) if isinstance(plan, str) else plan
    return {row.account: row for row in measure_nearness(parsed, group_of(rows, **more))}


@pytest.mark.parametrize(
    ("plan", "near"),
    [(KITCHEN_PLAN, {"灶上", "案板边"}), (MODEL_PLAN, {"算盘珠", "晶格"}), (FAR, set())],
)
def test_accounts_of_the_trade_are_near_and_no_others(plan: str, near: set[str]) -> None:
    rows = measured(plan, all_trades(), roles=nobodys_word())
    assert {name for name, row in rows.items() if row.near} == near


def test_where_nobody_is_near_it_is_said_and_nobody_is_ranked() -> None:
    benchmark = benchmark_of(
        FAR + '\n[cadence]\nsend_times = ["周二 20:00"]',
        group_of(all_trades(), roles=nobodys_word()),
    )
    page = render_benchmark(benchmark)
    assert (benchmark.rivals, benchmark.drafts, benchmark.group.accounts.empty) == ((), (), True)
    assert "附近没有同类账号" in page
    assert not any(name in page for name in nobodys_word())
    near = render_benchmark(
        benchmark_of(KITCHEN_PLAN, group_of(all_trades(), roles=nobodys_word()))
    )
    assert "附近没有同类账号" not in near
    assert "算盘珠" not in near


def test_a_rival_that_somebody_named_is_compared_but_not_ranked() -> None:
    group = group_of(all_trades(), roles=nobodys_word() | {"青石茶室": "direct"})
    plan = parse_plan(KITCHEN_PLAN)
    rows = measure_nearness(plan, group)
    assert set(near_group(group, rows).accounts["account"]) == {"灶上", "案板边", "青石茶室"}
    assert set(near_group(group, rows, chosen=True).accounts["account"]) == set(nobodys_word())
    assert {rival.account for rival in benchmark_of(KITCHEN_PLAN, group).rivals} == {
        "灶上",
        "案板边",
    }


@pytest.mark.parametrize("place", ["positioning", "column"])
def test_a_shared_name_makes_nobody_alike(place: str) -> None:
    tea = {
        "青石家居": tuple(f"青石｜{phrase}" for phrase in ("{}怎么存三年", "{}差五度", "{}倒掉"))
    }
    rows = trade_rows(TEA, tea) + trade_rows(KITCHEN, KITCHEN_PHRASES)
    plain = KITCHEN_PLAN
    named = 'name = "青石小灶"\n' + (
        plain.replace("给小户型", "青石，给小户型")
        if place == "positioning"
        else plain.replace("小家收纳", "青石收纳")
    )
    roles = nobodys_word("青石家居", *KITCHEN_PHRASES)
    shared, bare = measured(named, rows, roles=roles), measured(plain, rows, roles=roles)
    assert not any("青石" in word for word in shared["青石家居"].words)
    assert shared["青石家居"].shared == bare["青石家居"].shared == 0
    assert not shared["青石家居"].near
    assert shared["灶上"].near


def test_accounts_of_one_name_are_alike_where_they_write_the_same() -> None:
    rows = trade_rows(KITCHEN, {"青石灶间": KITCHEN_PHRASES["灶上"]})
    roles = nobodys_word("青石灶间")
    assert measured('name = "青石小灶"\n' + KITCHEN_PLAN, rows, roles=roles)["青石灶间"].near


def test_a_word_of_the_name_that_others_write_about_stays_a_topic() -> None:
    rows = all_trades() + trade_rows(
        ("LoRA", "RAG", "提示词"), {"大模型灯塔": ("大模型{}入门", "微调{}的显存", "部署{}")}
    )
    roles = nobodys_word() | {"大模型灯塔": None}
    row = measured('name = "大模型小报"\n' + MODEL_PLAN, rows, roles=roles)["大模型灯塔"]
    assert "大模型" in row.words
    assert row.near


def test_one_common_word_is_no_trade() -> None:
    rows = trade_rows(TEA, {"茶台": ("台面上的{}", "台面与{}", "擦台面，收{}")})
    row = measured(KITCHEN_PLAN, rows, roles=nobodys_word("茶台"))["茶台"]
    assert row.words == ("台面",)
    assert not row.near
    assert row.nearness < NEAR or len(row.words) < row.asked
