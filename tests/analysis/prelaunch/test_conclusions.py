"""A verdict for each question of a plan, each when its rule says so and not otherwise."""

from __future__ import annotations

import re
from typing import Any

import pytest

from analysis.prelaunch.answers.verdicts import VERDICTS, Verdict
from analysis.prelaunch.conclusions import draw_conclusions
from analysis.prelaunch.group import HABIT_DAYS, RECENT_DAYS
from analysis.prelaunch.page import render_benchmark
from tests.support.small_briefs import competition, weekly
from tests.support.small_frames import articles
from tests.support.small_plans import FULL, LEAST, benchmark_of, group_of
from tests.support.trades import KITCHEN_PHRASES, KITCHEN_PLAN, all_trades, nobodys_word, trade_rows

SIZED = {"红崖": 15.0, "棠屿": 16.0, "三斗": 17.0, "慢巷": 16.0}
ONE_COLUMN = LEAST + '\n[[columns]]\nname = "避坑"\nrhythm = "每周"\n'


def verdicts(
    text: str, rows: list[dict[str, Any]] | None = None, **more: Any
) -> dict[str, Verdict]:
    """The verdicts by rule, those of columns by the column's name."""
    group = group_of(competition() if rows is None else rows, **({"sized": SIZED} | more))
    drawn = draw_conclusions(benchmark_of(text, group))
    return {verdict.column or verdict.rule: verdict for verdict in drawn}


def plain(text: str) -> str:
    return re.sub("[\u2068\u2069]", "", text)


def test_every_question_has_one_verdict_with_a_short_reason() -> None:
    found = verdicts(FULL)
    assert list(found) == [
        "rivals", "避坑", "阳台种菜", "times", "pace", "layout", "calendar", "target",
    ]  # fmt: skip
    for verdict in found.values():
        assert verdict.verdict in VERDICTS
        assert 0 < len(plain(verdict.reason)) <= 40
        assert not verdict.reason.endswith("。")


# the position


@pytest.mark.parametrize(
    ("plan", "verdict"), [(KITCHEN_PLAN, "do"), ('positioning = "古镇民宿露营路线"', "unknown")]
)
def test_few_near_is_room_and_nobody_near_is_nothing_to_judge(plan: str, verdict: str) -> None:
    found = verdicts(plan, all_trades(), roles=nobodys_word())["rivals"]
    assert found.verdict == verdict
    assert ("附近没有同类账号" in found.reason) is (verdict == "unknown")


def test_three_brands_near_ask_to_be_different() -> None:
    kitchens = {f"灶{number}": KITCHEN_PHRASES["灶上"] for number in range(3)}
    rows = trade_rows(("台面", "冰箱", "砧板", "铁锅"), kitchens)
    roles = nobodys_word(*kitchens)
    found = verdicts(KITCHEN_PLAN, rows, roles=roles)["rivals"]
    assert (found.verdict, found.n) == ("change", 3)
    assert "“抽屉”写到最前面" in plain(found.advice)  # nobody writes about it
    brands = verdicts(KITCHEN_PLAN, rows, roles=roles, brands=dict.fromkeys(kitchens, "一家"))
    assert brands["rivals"].verdict == "do"


# columns


def test_a_column_is_done_changed_or_left() -> None:
    assert verdicts(FULL)["避坑"].verdict == "change"
    one = weekly("甲", column="避坑") + weekly("乙") + weekly("丙")
    assert verdicts(ONE_COLUMN, one)["避坑"].verdict == "do"
    ended = [
        row
        for name in ("甲", "乙", "丙")
        for row in weekly(name, column="避坑", weeks=6) + weekly(name, days=(2,), weeks=40)
    ]
    found = verdicts(ONE_COLUMN, ended)["避坑"]
    assert (found.verdict, found.reason) == ("drop", "3 家做过，都停了")


def test_a_free_column_is_done_where_its_topic_is_written_about_and_unknown_where_not() -> None:
    assert verdicts(FULL)["阳台种菜"].verdict == "unknown"
    rows = competition() + [
        row | {"title": f"阳台{number}"}
        for name in ("红崖", "棠屿", "三斗")
        for number, row in enumerate(weekly(name, weeks=2, hour=8))
    ]
    assert verdicts(FULL, rows)["阳台种菜"].verdict == "do"


def test_more_columns_than_can_be_written_leave_the_most_crowded() -> None:
    text = (
        FULL.replace("people = 1", "people = 1\narticles_per_person = 1")
        .replace("pushes_per_week = 2", "pushes_per_week = 1")
        .replace('["周二 20:00", "周一 20:00"]', '["周二 20:00"]')
    )
    benchmark = benchmark_of(text)
    assert benchmark.dropped == ("避坑",)
    assert verdicts(text)["避坑"].verdict == "drop"
    assert "避坑" not in {draft.column for draft in benchmark.drafts}
    assert benchmark_of(FULL).dropped == ()


def test_advice_to_send_more_is_for_those_who_can_write_more() -> None:
    text = FULL.replace('"每周"', '"每周 5 次"')
    able = text.replace("people = 1", "people = 1\narticles_per_person = 9")
    unable = text.replace("people = 1", "people = 1\narticles_per_person = 3")
    said = {
        name: next(
            case.advice for case in benchmark_of(plan).contradictions if case.rule == "columns"
        )
        for name, plan in (("able", able), ("unable", unable))
    }
    assert "多发" in said["able"]
    assert "多发" not in said["unable"]


# times


def test_a_crowded_hour_is_moved_and_a_quiet_one_kept() -> None:
    found = verdicts(FULL)["times"]
    assert found.verdict == "change"
    assert "周一 20:00 挪到周一 19 点档" in found.advice
    quiet = verdicts(FULL.replace('"周一 20:00"', '"周日 10:00"').replace('"周二 20:00", ', ""))
    assert quiet["times"].verdict == "do"
    assert quiet["times"].advice == ""


def test_hours_that_are_not_planned_are_proposed_and_few_pushes_say_nothing() -> None:
    assert verdicts(LEAST)["times"].verdict == "propose"
    assert verdicts(FULL, weekly("甲", weeks=5))["times"].verdict == "unknown"


# pace


@pytest.mark.parametrize(
    ("pushes", "each", "verdict"), [(2, 1, "do"), (6, 1, "do"), (7, 3, "change")]
)
def test_a_pace_is_done_where_rivals_keep_it(pushes: int, each: int, verdict: str) -> None:
    text = (
        LEAST + f"\n[team]\npeople = 9\n[cadence]\npushes_per_week = {pushes}\n"
        f"articles_per_push = {each}"
    )
    rows = [
        row
        for name, days in (("甲", (0,)), ("乙", (0, 2, 4)), ("丙", (0, 1, 2, 3, 4, 5)))
        for row in weekly(name, weeks=30, days=days)
    ]
    assert verdicts(text, rows)["pace"].verdict == verdict


def test_a_pace_beyond_the_team_is_changed_and_no_more_is_ever_proposed() -> None:
    over = FULL.replace("people = 1", "people = 1\narticles_per_person = 1")
    found = verdicts(over)["pace"]
    assert (found.verdict, found.advice) == ("change", "减到每周 1 篇以内，或加人")
    rows = [row for name in "甲乙丙" for row in weekly(name, weeks=30, days=(0, 1, 2, 3))]
    for capacity in (0.5, 1, 2.5, 3):
        text = LEAST + f"\n[team]\npeople = 1\narticles_per_person = {capacity}"
        pace = benchmark_of(text, group_of(rows)).pace
        assert pace.articles_per_week is not None
        assert pace.articles_per_week <= capacity
    start = verdicts(
        LEAST + "\n[team]\npeople = 7\narticles_per_person = 1\n[cadence]\npushes_per_week = 7\n"
        "articles_per_push = 1",
        [row for name in "甲乙丙" for row in weekly(name, weeks=30, days=(0, 1, 2))],
    )["pace"]
    assert (start.verdict, start.advice) == ("change", "先按每周 3 篇起步，守住四周再加")


def test_a_size_that_is_proposed_fits_the_team_too() -> None:
    rows = [
        row | {"push_id": row["push_id"], "position": place}
        for name in "甲乙丙"
        for row in weekly(name, weeks=30, days=(0, 3))
        for place in (1, 2, 3)
    ]
    text = LEAST + "\n[team]\npeople = 1\narticles_per_person = 3\n[cadence]\npushes_per_week = 2"
    pace = benchmark_of(text, group_of(rows)).pace
    assert (pace.articles_per_push, pace.articles_per_week) == (1, 2)


# layout, calendar, target


def test_a_layout_is_changed_where_a_value_is_out_of_the_ordinary() -> None:
    found = verdicts(FULL)["layout"]
    assert found.verdict in ("do", "change")
    usual = FULL.replace("line_height = 3\n", "").replace("font_size_px = 15", "font_size_px = 16")
    assert verdicts(usual)["layout"].verdict == "do"
    odd = verdicts(usual.replace("font_size_px = 16", "font_size_px = 30"))["layout"]
    assert (odd.verdict, odd.reason) == ("change", "正文字号偏大")
    assert verdicts(FULL, sized={"红崖": 15.0})["layout"].verdict == "unknown"
    assert verdicts(LEAST)["layout"].verdict == "propose"


def test_a_calendar_that_collides_is_changed() -> None:
    assert verdicts(FULL)["calendar"].verdict == "do"
    assert verdicts(FULL.replace("2026-06-02", "2026-06-03"))["calendar"].verdict == "change"
    assert verdicts(LEAST, weekly("甲", weeks=3))["calendar"].verdict == "unknown"


def test_a_target_is_judged_by_reads_that_were_imported() -> None:
    assert verdicts(FULL)["target"].verdict == "unknown"
    frame = articles(competition())
    reads = {
        row.article_id: {"红崖": 100.0, "棠屿": 200.0, "三斗": 400.0}[row.account]
        for row in frame.itertuples()
        if row.account in ("红崖", "棠屿", "三斗")
    }
    assert verdicts(FULL, reads=reads)["target"].verdict == "change"
    assert (
        verdicts(FULL.replace("reads = 500", "reads = 150"), reads=reads)["target"].verdict == "do"
    )
    assert "target" not in verdicts(FULL.replace("reads = 500\n", ""))


# one window


def test_one_window_is_everybodys_and_those_who_stopped_are_out_of_it() -> None:
    rows = weekly("甲", weeks=60) + weekly("乙", weeks=60, days=(3,)) + weekly("停了的", weeks=40)
    group = group_of(rows)
    assert group.window is not None
    assert (group.window[1] - group.window[0]).days == RECENT_DAYS - 1
    assert group.stopped == {"id-停了的"}
    assert {rival.account for rival in benchmark_of(FULL, group).pace.paces} == {"甲", "乙"}
    page = render_benchmark(benchmark_of(FULL, group))
    assert page.count("每个账号都看这一段") == 1
    assert "停了的</bdi>最后一次推送" in page


def test_one_that_paused_for_less_than_the_habit_has_not_stopped() -> None:
    rows = weekly("甲", weeks=60) + weekly("歇着的", weeks=60 - HABIT_DAYS // 7)
    assert group_of(rows).stopped == frozenset()


def test_a_column_of_one_who_stopped_is_no_running_one() -> None:
    rows = [row for name in "甲乙" for row in weekly(name, weeks=60)]
    rows += weekly("停了的", weeks=12, column="避坑")
    answer = benchmark_of(ONE_COLUMN, group_of(rows)).columns.answers[0]
    assert [(column.account, column.running) for column in answer.same] == [("停了的", False)]


def test_old_data_is_said_and_fresh_is_not() -> None:
    assert "数据比做计划那天早" not in render_benchmark(benchmark_of(FULL))
    old = [
        row | {"published_at": row["published_at"].replace("2026", "2024")}
        for name in "甲乙丙"
        for row in weekly(name)
    ]
    assert "数据比做计划那天早" in render_benchmark(benchmark_of(FULL, group_of(old)))


# the page


def test_the_page_opens_with_all_verdicts_and_folds_their_figures() -> None:
    page = render_benchmark(benchmark_of(FULL))
    top = page.split('id="verdicts"')[1].split("</section>")[0]
    assert top.count("<details><summary>") == len(verdicts(FULL))
    assert page.index('id="verdicts"') < page.index('id="titles"') < page.index('id="rivals"')
    for rule in re.findall(r'href="#(\w+)"', top):
        assert f'id="{rule}"' in page


def test_sentences_hold_no_n_and_no_words_of_the_workshop() -> None:
    for text in (FULL, LEAST, KITCHEN_PLAN):
        page = render_benchmark(benchmark_of(text))
        body = page.split("</style>")[1]
        assert "n =" not in body
        assert "duibiao " not in body.replace("由 duibiao（对标）", "")
        for word in ("send_times", "pushes_per_week", "四分位", "audience", "team.people"):
            assert word not in body
