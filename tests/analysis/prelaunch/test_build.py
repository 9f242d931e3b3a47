"""A plan against a group: each answer right, useful and honest, on groups that can
be seen whole.
"""

from __future__ import annotations

import json
import re
from datetime import date

import pandas as pd
import pytest

from analysis.cadence.calendar_cn import classify_days
from analysis.columns.assign import assign_columns
from analysis.frames import ARTICLES, empty_frame
from analysis.group import AccountGroup
from analysis.layout.body.profile import measure_style
from analysis.prelaunch.conclusions import draw_conclusions
from analysis.prelaunch.group import Group, gather_group
from analysis.prelaunch.launch import measure_holidays
from analysis.prelaunch.page import render_benchmark
from analysis.prelaunch.sheets import SHEETS, list_rows, render_json
from tests.support.small_briefs import competition, weekly
from tests.support.small_frames import accounts, articles, profiles
from tests.support.small_plans import FULL, LEAST, benchmark_of, group_of
from tests.support.trades import KITCHEN, KITCHEN_PHRASES, KITCHEN_PLAN, trade_rows

HOSTILE = '<script>alert(1)</script>\u202e"&amp;=1+1'


def empty_group() -> Group:
    frame = empty_frame(ARTICLES)
    return gather_group(
        AccountGroup.from_frames(
            articles=frame,
            accounts=accounts(),
            coverage=pd.DataFrame([]),
            profiles=profiles(),
            column_articles=assign_columns(frame),
        )
    )


def said(benchmark: object) -> dict[str, str]:
    return {
        finding.rule: re.sub("[\u2068\u2069]", "", finding.sentence + finding.basis)
        for finding in draw_conclusions(benchmark)
    }  # type: ignore[arg-type]


# columns


def test_a_column_three_brands_have_is_crowded_and_one_nobody_has_is_free() -> None:
    first, second = benchmark_of(FULL).columns.answers
    assert (first.name, first.verdict) == ("避坑", "crowded")
    assert {column.account for column in first.same} == {"红崖", "棠屿", "三斗"}
    assert all(column.examples and column.examples[0].url for column in first.same)
    assert (second.name, second.verdict, second.same) == ("阳台种菜", "free", ())


def test_three_accounts_of_one_brand_are_one_rival() -> None:
    group = group_of(competition(), brands=dict.fromkeys(("红崖", "棠屿", "三斗"), "一家"))
    assert benchmark_of(FULL, group).columns.answers[0].verdict == "shared"


def test_a_column_that_ended_crowds_nobody() -> None:
    rows = [
        row
        for name in ("甲", "乙", "丙")
        for row in weekly(name, days=(0,), column="避坑", weeks=6)
        + weekly(name, days=(2,), weeks=40)
    ]
    answer = benchmark_of(FULL, group_of(rows)).columns.answers[0]
    assert [column.status for column in answer.same] == ["ended"] * 3
    assert answer.verdict == "free"


def test_where_hardly_anybody_has_columns_nothing_is_called_free() -> None:
    answers = benchmark_of(FULL, group_of(weekly("甲", column="避坑"))).columns.answers
    assert [one.verdict for one in answers] == ["shared", "unknown"]


def test_a_name_hardly_different_is_the_same_kind() -> None:
    same = benchmark_of(
        LEAST + '\n[[columns]]\nname = "避坑！"\n[[columns]]\nname = "坑"'
    ).columns.answers
    assert [one.verdict for one in same] == ["crowded", "free"]


def test_a_free_column_on_a_topic_many_write_about_says_so() -> None:
    rows = competition() + [
        row | {"title": f"阳台{number}"}
        for name in ("红崖", "棠屿", "三斗")
        for number, row in enumerate(weekly(name, weeks=2, hour=8))
    ]
    benchmark = benchmark_of(FULL, group_of(rows))
    answer = benchmark.columns.answers[1]
    assert (answer.verdict, answer.topic_articles, answer.topic_accounts) == ("free", 6, 3)
    verdict = next(one for one in draw_conclusions(benchmark) if one.column == "阳台种菜")
    assert "没人做成栏目，题材有 3 家写过" in verdict.reason
    assert "“阳台”的有 3 家 6 篇" in re.sub("[\u2068\u2069]", "", verdict.basis)


def test_histories_of_weeks_cannot_tell_who_keeps_up() -> None:
    assert "没有对手收录满 26 周，谁守得住看不出来" in said(benchmark_of(FULL))["pace"]


# times


def test_a_planned_hour_is_crowded_shared_or_free_and_free_ones_are_near() -> None:
    monday, tuesday = benchmark_of(FULL).times.answers
    assert (monday.time.text, monday.verdict) == ("周一 20:00", "crowded")
    assert monday.slot is not None
    assert (monday.slot.accounts, monday.slot.pushes_per_week) == (
        4,
        pytest.approx(3 * 12 / 11.1 + 1, abs=0.6),
    )
    assert [(slot.weekday, slot.hour) for slot in monday.free] == [(0, 19), (0, 21), (0, 18)]
    assert tuesday.verdict == "shared"
    assert tuesday.rivals == ("三斗",)


def test_one_rival_makes_no_crowding_map() -> None:
    benchmark = benchmark_of(FULL, group_of(weekly("甲", weeks=40)))
    assert [one.verdict for one in benchmark.times.answers] == ["unknown", "unknown"]
    assert "样本不足" in render_benchmark(benchmark)


def test_proposed_times_are_free_waking_hours_on_days_apart() -> None:
    times = benchmark_of(LEAST).times.answers
    assert all(one.proposed and one.verdict == "free" and 7 <= one.time.hour < 23 for one in times)
    assert len({one.time.weekday for one in times}) == len(times) > 0


def test_proposed_days_follow_the_columns() -> None:
    text = (
        LEAST
        + '\n[[columns]]\nname = "周三见"\nrhythm = "每周三"\n[[columns]]\nname = "周日见"\nrhythm '
        '= "每周日"'
    )
    benchmark = benchmark_of(text)
    assert {2, 6} <= {one.time.weekday for one in benchmark.times.answers}
    assert benchmark.contradictions == ()


# pace


def test_the_pace_is_counted_over_the_last_half_year() -> None:
    rows = (
        weekly("甲", weeks=60, days=(0,))
        + weekly("乙", weeks=60, days=(0, 3))
        + weekly("丙", weeks=60, days=(0, 2, 4))
        + weekly("丁", weeks=2)
    )
    pace = benchmark_of(FULL, group_of(rows)).pace
    assert {one.account: round(one.pushes_per_week, 2) for one in pace.enough} == {
        "甲": 1.0,
        "乙": 2.0,
        "丙": 3.0,
    }
    assert [one.account for one in pace.steady] == ["丙", "乙", "甲"]
    assert pace.articles is not None
    assert (pace.articles.q1, pace.articles.median, pace.articles.q3) == (1.5, 2.0, 2.5)
    assert (pace.fewer_articles, len(pace.at_least_planned(pace.steady))) == (1, 2)


def test_an_account_that_misses_weeks_is_not_steady() -> None:
    rows = [row for row in weekly("甲", weeks=60) if int(row["published_at"][5:7]) % 3]
    assert benchmark_of(FULL, group_of(rows)).pace.steady == ()


def test_bylines_stand_for_the_size_of_a_team() -> None:
    rows = [row | {"author": name} for name in ("甲", "乙", "丙") for row in weekly(name, weeks=30)]
    rows += [
        row | {"author": f"人{number % 4}"} for number, row in enumerate(weekly("丁", weeks=30))
    ]
    pace = benchmark_of(FULL, group_of(rows)).pace
    assert {one.account for one in pace.small} == {"甲", "乙", "丙"}


def test_a_proposed_pace_is_the_lower_quartile_within_what_the_team_can_write() -> None:
    rows = [
        row
        for name, days in (("甲", (0, 1, 2)), ("乙", (0, 1, 2)), ("丙", (0, 1, 2, 3, 4)))
        for row in weekly(name, weeks=30, days=days)
    ]
    assert benchmark_of(LEAST, group_of(rows)).pace.pushes_per_week == 3
    small = benchmark_of(
        LEAST + "\n[team]\npeople = 1\narticles_per_person = 2", group_of(rows)
    ).pace
    assert (small.pushes_per_week, small.articles_per_push, small.pushes_proposed) == (2, 1, True)


# layout


def test_a_percentile_is_the_weighted_share_below_with_ties_counted_half() -> None:
    values = {one.feature: one for one in benchmark_of(FULL).layout.values}
    size = values["font_size_px"]
    assert (size.accounts, size.source, size.median) == (4, "plan", 16.0)
    assert (size.below, size.equal, size.percentile) == (
        0.0,
        pytest.approx(0.25),
        pytest.approx(12.5),
    )
    assert values["line_height"].verdict == "above"
    assert values["chars"].source == "proposed"


def test_below_three_accounts_there_is_no_percentile() -> None:
    layout = benchmark_of(FULL, group_of(competition(), sized={"红崖": 15.0, "棠屿": 16.0})).layout
    assert not layout.enough
    assert {one.feature for one in layout.values} == {"font_size_px", "line_height"}
    assert all(one.percentile is None and one.median is None for one in layout.values)


def test_a_draft_is_measured_and_a_value_that_differs_is_told() -> None:
    draft = measure_style('<p style="font-size:18px;line-height:1.5">' + "字" * 300 + "</p>")
    benchmark = benchmark_of(
        FULL.replace("font_size_px", 'draft = "d.html"\nfont_size_px'), draft=draft
    )
    values = {one.feature: one for one in benchmark.layout.values}
    assert (values["font_size_px"].value, values["font_size_px"].draft) == (15, 18)
    assert values["paragraph_chars"].source == "draft"
    assert any(
        one.rule == "layout" and "草稿量出来是 18 px" in one.sentence
        for one in benchmark.contradictions
    )


# norms


def test_reads_are_said_only_where_there_are_any() -> None:
    assert "reads" not in {one.key for one in benchmark_of(FULL).norms}
    frame = articles(competition())
    reads = {
        row.article_id: {"红崖": 100.0, "棠屿": 200.0, "三斗": 400.0}.get(row.account, 0)
        for row in frame.itertuples()
        if row.account in ("红崖", "棠屿", "三斗")
    }
    benchmark = benchmark_of(FULL, group_of(competition(), reads=reads))
    norm = next(one for one in benchmark.norms if one.key == "reads")
    assert norm.quartiles is not None
    assert (norm.accounts, norm.quartiles.median, norm.quartiles.high) == (3, 200, 400)
    assert "阅读目标：改。高于所有对手。目标 500；" in said(benchmark)["target"]
    assert not any("阅读高不高" in one.question for one in benchmark.questions)


# the calendar


def test_four_weeks_hold_each_column_on_its_days() -> None:
    launch = benchmark_of(FULL).launch
    assert [f"{one.at:%m-%d %H:%M}" for one in launch.pushes] == [
        "06-02 20:00",
        "06-08 20:00",
        "06-09 20:00",
        "06-15 20:00",
        "06-16 20:00",
        "06-22 20:00",
        "06-23 20:00",
        "06-29 20:00",
    ]
    assert [one.slots for one in launch.pushes[:3]] == [("避坑",), ("阳台种菜",), ("避坑",)]
    assert launch.articles == 8


def test_fortnightly_columns_of_one_day_take_turns() -> None:
    text = (
        LEAST
        + '\nlaunch = 2026-06-06\n[cadence]\nsend_times = ["周六 10:00"]\narticles_per_push = 1\n'
    )
    text += "\n".join(f'[[columns]]\nname = "{name}"\nrhythm = "每两周周六"' for name in "甲乙")
    launch = benchmark_of(text).launch
    assert [one.slots[0] for one in launch.pushes] == ["甲", "乙", "甲", "乙"]
    assert launch.unplaced == ()


def test_what_finds_no_place_is_told() -> None:
    benchmark = benchmark_of(FULL.replace('"每周二"', '"每周二、周五"'))
    assert {(one.column, one.why) for one in benchmark.launch.unplaced} >= {("避坑", "no_push")}
    assert any(
        "“避坑”定在周五，可推送只排在周一、周二" in re.sub("[\u2068\u2069]", "", one.sentence)
        for one in benchmark.contradictions
    )


def test_without_a_day_it_starts_on_the_next_monday() -> None:
    launch = benchmark_of(LEAST).launch
    assert (launch.first, launch.first_proposed) == (date(2026, 6, 8), True)


def test_holidays_are_held_against_each_accounts_own_working_days() -> None:
    daily = weekly("甲", weeks=60, days=(0, 1, 2, 3, 4))
    rare = [
        row
        for row in weekly("乙", weeks=60, days=(2,))
        if row["published_at"][5:10] not in ("05-01", "10-01")
    ]
    habit = measure_holidays(group_of(daily + rare).pushes)
    assert habit is not None
    own = pd.to_datetime([row["published_at"] for row in daily])
    kinds = classify_days(pd.Series(own.normalize().astype("datetime64[us]")))["kind"]
    assert habit.pushes >= (kinds == "holiday").sum() > 10
    assert habit.accounts == 2
    assert measure_holidays(group_of(weekly("甲", weeks=8)).pushes) is None


# contradictions


def test_eight_articles_a_day_by_one_person_is_named() -> None:
    text = (
        LEAST
        + '\n[team]\npeople = 1\n[cadence]\narticles_per_push = 8\nsend_times = ["每天 20:00"]'
    )
    found = {one.rule: one for one in benchmark_of(text).contradictions}
    sentence = re.sub("[\u2068\u2069]", "", found["capacity"].sentence)
    assert sentence.startswith(
        "每周 56 篇（每周 7 次，每次 8 篇），1 个人写，一人一周要写 56 篇，写得出的是 5 篇，"
        "按一人一周最多 5 篇的假定"
    )
    assert "没有一个发这么多" in sentence
    assert found["capacity"].advice == "减到每周 5 篇以内，或加人"


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (("pushes_per_week = 2", "pushes_per_week = 3"), "count"),
        (('"周一 20:00"', '"周二 8:00"'), "type"),
        (('"订阅号"', '"服务号"'), "type"),
        (("2026-06-02", "2026-05-26"), "launch"),
        (("2026-06-02", "2026-06-03"), "launch_day"),
        (('"每周"', '"每周 5 次"'), "columns"),
        (("line_height = 3", "images = 2\nimages_per_1000 = 9\nchars = 1000"), "layout"),
    ],
)
def test_each_contradiction_is_found_and_a_sound_plan_has_none(
    change: tuple[str, str], rule: str
) -> None:
    group = group_of(competition())
    assert benchmark_of(FULL, group).contradictions == ()
    assert rule in {one.rule for one in benchmark_of(FULL.replace(*change), group).contradictions}


# the whole


def test_a_positioning_alone_gets_a_whole_answer_marked_as_proposed() -> None:
    benchmark = benchmark_of(LEAST)
    page = render_benchmark(benchmark)
    assert benchmark.launch.pushes
    assert all(one.proposed for one in (*benchmark.columns.answers, *benchmark.times.answers))
    assert all(one.source == "proposed" for one in benchmark.layout.values)
    assert page.count("建议值") > 10
    assert {"rivals", "columns", "times", "pace"} <= said(benchmark).keys()


def test_one_tiny_rival_gives_no_quartiles_and_says_so() -> None:
    benchmark = benchmark_of(LEAST, group_of(weekly("甲", weeks=3)))
    page = render_benchmark(benchmark)
    assert "样本不足。够样本的对手只有 0 个" in said(benchmark)["pace"]
    assert (benchmark.pace.pushes, benchmark.pace.pushes_per_week, benchmark.launch.pushes) == (
        None,
        None,
        (),
    )
    assert all(one.quartiles is None for one in benchmark.norms)
    assert page.count("样本不足") >= 4


@pytest.mark.parametrize("text", [LEAST, FULL])
def test_an_empty_store_still_answers_what_the_plan_alone_can(text: str) -> None:
    benchmark = benchmark_of(text, empty_group())
    page = render_benchmark(benchmark)
    assert "还没有对手可比" in page
    drawn = draw_conclusions(benchmark)
    assert {one.verdict for one in drawn if one.rule != "calendar"} == {"unknown"}
    assert len(benchmark.launch.pushes) == (8 if text == FULL else 0)
    assert json.loads(render_json(benchmark))["rivals"] == []


def test_own_accounts_are_no_rivals() -> None:
    benchmark = benchmark_of(FULL, group_of(competition(), own_name="慢巷"))
    assert benchmark.group.own == ("慢巷", "自家")
    assert not {"慢巷", "自家"} & {one.account for one in benchmark.rivals}


def test_a_conclusion_that_rests_on_rivals_says_on_how_many() -> None:
    for verdict in draw_conclusions(benchmark_of(FULL)):
        of_rivals = verdict.verdict != "unknown" and verdict.rule != "calendar"
        assert (verdict.n > 0) is bool(verdict.unit)
        assert verdict.n > 0 or not of_rivals


def test_hostile_words_stay_words() -> None:
    rows = [
        row | {"title": f"避坑｜{HOSTILE}{number}", "account": HOSTILE, "account_id": "id-x"}
        for number, row in enumerate(weekly("甲", weeks=30))
    ]
    text = FULL.replace("阳台种菜", "<b>阳台</b>\u202e种菜").replace(
        "租房的人", "<img src=x onerror=1>"
    )
    benchmark = benchmark_of(text, group_of(competition() + rows))
    page = render_benchmark(benchmark)
    assert "<script" not in page
    assert "<img" not in page
    assert "<b>阳台" not in page
    assert "\u202e" not in page
    assert "script-src" not in page
    assert "default-src 'none'" in page


def test_the_same_plan_day_and_data_give_the_same_bytes_whatever_the_order_of_rows() -> None:
    rows = competition()
    numbered = [row | {"article_id": f"n{number}"} for number, row in enumerate(rows)]
    sized = {"红崖": 15.0, "棠屿": 16.0, "三斗": 17.0}
    first, second = (
        benchmark_of(FULL, group_of(held, sized=sized)) for held in (numbered, numbered[::-1])
    )
    assert render_benchmark(first) == render_benchmark(second)
    assert render_json(first) == render_json(second)


def test_every_sheet_has_rows_with_its_columns() -> None:
    text = (
        KITCHEN_PLAN
        + """
[cadence]
pushes_per_week = 1
articles_per_push = 1
send_times = ["周一 9:00", "周五 9:00"]
[layout]
font_size_px = 15
"""
    )
    phrases = KITCHEN_PHRASES | {"窗台": ("{}擦干再收", "{}的缝里有什么", "租来的{}能不能换")}
    group = group_of(trade_rows(KITCHEN * 2, phrases), brands={"灶上": "一家", "窗台": "另一家"})
    benchmark = benchmark_of(text, group)
    rows = list_rows(benchmark)
    assert rows.keys() == SHEETS.keys()
    assert [name for name, held in rows.items() if not held] == ["candidates"]
    for name, (_, columns) in SHEETS.items():
        known = {key for row in rows[name] for key in row}
        assert set(columns) - known == set() or name == "candidates"
    assert not any(
        "\u2068" in str(value) for held in rows.values() for row in held for value in row.values()
    )
    figures = json.loads(render_json(benchmark))
    assert figures["date"] == "2026-06-01"
    assert figures["pace"][0]["account"] == "计划"
