"""A plan in TOML: what it holds, and one clear line for each thing that is wrong with it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.prelaunch.plan import Plan, PlanError, PlannedColumn, load_plan, new_plan, parse_plan
from analysis.prelaunch.schedule import PlannedRhythm, SendTime, parse_rhythm, parse_send_times
from tests.support.places import ROOT

EXAMPLE = ROOT / "data" / "plan.example.toml"


def faults(text: str) -> str:
    with pytest.raises(PlanError) as caught:
        parse_plan(text)
    return str(caught.value)


def test_only_a_positioning_is_needed() -> None:
    assert parse_plan('positioning = " 给小户型 "') == Plan(positioning="给小户型")


def test_everything_that_can_be_said_is_read() -> None:
    plan = load_plan(EXAMPLE)
    assert (plan.name, plan.type, plan.launch, plan.people, plan.articles_per_person) == (
        "半檐日用",
        "订阅号",
        date(2026, 9, 22),
        1,
        3.0,
    )
    assert (plan.pushes_per_week, plan.articles_per_push, plan.send_times) == (
        2.0,
        1.0,
        (SendTime(1, 20, 0), SendTime(5, 10, 0)),
    )
    assert plan.columns[1] == PlannedColumn(
        "退货实录",
        ("这只挂钩为什么被退了三次", "上个月退回来的四样东西"),
        PlannedRhythm("每两周周六", (5,), 1, 2),
    )
    assert (plan.text_align, plan.layout["line_height"], plan.reads) == ("left", 1.75, 300.0)


def test_a_new_plan_is_valid_toml_that_asks_to_be_filled_in() -> None:
    assert "模板里的那句话" in faults(new_plan())
    filled = new_plan().replace("用一两句话写：给谁、做什么、和别人有什么不同", "给小户型")
    assert parse_plan(filled) == Plan(positioning="给小户型")
    every = "\n".join(
        line.removeprefix("# ") if " = " in line or line.startswith("# [[") else line
        for line in filled.splitlines()[4:]
    )
    assert parse_plan(every).send_times == (SendTime(1, 20, 0), SendTime(5, 10, 0))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "缺 positioning"),
        ('positioning = "  "', "positioning：是空的"),
        ("positioning = 3", "positioning：要写成一段文字，用引号括起来，现在是「3」"),
        ('positioning = "a', "不是 TOML"),
        ('positioning = "a"\nfoo = 1', "最外层不认识「foo」；可以写 name"),
        ('positioning = "a"\nsend_times = ["周二 20:00"]', "它该写在 [cadence] 下面"),
        (
            'positioning = "a"\n[cadence]\nsend_times = ["周二 25:00"]',
            "第 1 个：「周二 25:00」没有这个钟点：一天是 00:00 到 23:59；次日凌晨 1 "
            "点请写成第二天的 01:00",
        ),
        ('positioning = "a"\n[cadence]\nsend_times = ["周二 20:61"]', "没有这个分钟"),
        ('positioning = "a"\n[cadence]\nsend_times = ["20:00"]', "没说清星期几"),
        (
            'positioning = "a"\n[cadence]\nsend_times = ["每天 8:00", "周二 8:00"]',
            "周二 08:00 写了两遍",
        ),
        ('positioning = "a"\n[cadence]\narticles_per_push = 9', "9 不在 1 到 8 之间"),
        ('positioning = "a"\n[cadence]\npushes_per_week = true', "要写成数字"),
        ('positioning = "a"\n[cadence]\npushes_per_week = nan', "nan 不在"),
        ('positioning = "a"\n[team]\npeople = 1.5', "要写整数"),
        ('positioning = "a"\ncolumns = 3', "两层方括号"),
        ('positioning = "a"\n[[columns]]\nrhythm = "每周"', "第 1 个 [[columns]] 缺 name"),
        (
            'positioning = "a"\n[[columns]]\nname = "甲"\nrhythm = "偶尔"',
            "第 1 个 [[columns]].rhythm：看不懂「偶尔」",
        ),
        (
            'positioning = "a"\n[[columns]]\nname = "甲"\n[[columns]]\nname = "甲"',
            "栏目名「甲」写了两遍",
        ),
        ('positioning = "a"\n[layout]\ntext_align = "斜"', "可以写 左对齐、右对齐、居中、两端对齐"),
        ('positioning = "a"\nlaunch = "明天"', "「明天」不是日期"),
        ('positioning = "a"\nlayout = 1', "layout 要写成一节 [layout]"),
        ('positioning = "a\u202e"\nx\u202e = 1', "不是 TOML"),
    ],
)
def test_each_fault_is_one_clear_line(text: str, told: str) -> None:
    said = faults(text)
    assert told in said
    assert "\n" not in said


def test_all_faults_are_told_at_once() -> None:
    said = faults('foo = 1\n[cadence]\nsend_times = ["周二 25:00", "8:00"]').splitlines()
    assert said[0] == "PLAN.toml 有 4 处要改："
    assert len(said) == 5


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(PlanError, match="读不了计划"):
        load_plan(tmp_path / "none.toml")
    (tmp_path / "gbk.toml").write_bytes('positioning = "家"'.encode("gbk"))
    with pytest.raises(PlanError, match="UTF-8"):
        load_plan(tmp_path / "gbk.toml")


@given(st.text(max_size=40))
def test_no_text_breaks_the_reading_of_times(text: str) -> None:
    for read in (parse_send_times, parse_rhythm):
        try:
            said = str(read(text))
        except ValueError as error:
            said = str(error)
        assert text in said or "SendTime" in said


@pytest.mark.parametrize(
    ("text", "days", "clock"),
    [
        ("周二 20:00", (1,), (20, 0)),
        ("周二、五 7:5", (1, 4), (7, 5)),
        ("星期天 00：00", (6,), (0, 0)),
        ("工作日23:59", (0, 1, 2, 3, 4), (23, 59)),
        ("每天 7:30", (0, 1, 2, 3, 4, 5, 6), (7, 30)),
    ],
)
def test_times_as_people_write_them(
    text: str, days: tuple[int, ...], clock: tuple[int, int]
) -> None:
    assert parse_send_times(text) == tuple(SendTime(day, *clock) for day in days)


@pytest.mark.parametrize(
    ("text", "per_week", "days"),
    [
        ("每天", 7, (0, 1, 2, 3, 4, 5, 6)),
        ("工作日", 5, (0, 1, 2, 3, 4)),
        ("每周", 1, ()),
        ("每周二", 1, (1,)),
        ("每周二、周五", 2, (1, 4)),
        ("每周两次", 2, ()),
        ("每周 3 次", 3, ()),
        ("每两周", 0.5, ()),
        ("隔周", 0.5, ()),
        ("每两周周六", 0.5, (5,)),
        ("不定期", 0, ()),
    ],
)
def test_rhythms_as_people_write_them(text: str, per_week: float, days: tuple[int, ...]) -> None:
    rhythm = parse_rhythm(text)
    assert (rhythm.per_week, rhythm.weekdays) == (per_week, days)


def test_a_monthly_rhythm_is_twelve_times_a_year() -> None:
    assert parse_rhythm("每月 8 日").month_day == 8
    assert parse_rhythm("每月").per_week * 365.25 / 7 == pytest.approx(12)
