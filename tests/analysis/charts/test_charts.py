"""Charts by the data they carry, and the SVG they become."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import date
from xml.etree import ElementTree

import altair as alt
import pandas as pd

from analysis.cadence.changes import CHANGES
from analysis.cadence.crowding import count_crowding
from analysis.cadence.pushes import build_pushes, count_days, count_hours, count_weeks
from analysis.charts.base import WIDTH, render_svg
from analysis.charts.cadence import draw_crowding, draw_days, draw_hours, draw_weeks
from analysis.charts.content_columns import draw_column_lives
from analysis.columns.assign import assign_columns, describe_columns
from tests.support.charts import data_of
from tests.support.places import ROOT
from tests.support.small_frames import article, articles

SINCE, UNTIL = date(2026, 3, 2), date(2026, 4, 30)


def pushes() -> pd.DataFrame:
    return build_pushes(
        articles(
            [article("2026-03-02 20:00"), article("2026-03-03 20:30"), article("2026-03-16 07:00")]
        )
    )


def weeks_chart() -> alt.Chart:
    return draw_weeks(count_weeks(pushes()), since=SINCE, until=UNTIL, most=7)


def test_the_weeks_chart_shows_every_week_on_the_shared_scales() -> None:
    spec = weeks_chart().to_dict()
    assert [(row["week"], row["pushes"]) for row in data_of(weeks_chart())] == [
        ("2026-03-02T00:00:00+00:00", 2),
        ("2026-03-09T00:00:00+00:00", 0),
        ("2026-03-16T00:00:00+00:00", 1),
    ]
    assert spec["encoding"]["y"]["scale"]["domain"] == [0, 7]
    assert [
        (d["year"], d["month"], d["date"]) for d in spec["encoding"]["x"]["scale"]["domain"]
    ] == [(2026, 3, 2), (2026, 4, 30)]


def test_the_heat_map_shows_shares_of_the_accounts_own_pushes() -> None:
    chart = draw_hours(count_hours(pushes()))
    assert [(row["weekday"], row["hour"], row["pushes"]) for row in data_of(chart)] == [
        ("周一", 7, 1),
        ("周一", 20, 1),
        ("周二", 20, 1),
    ]
    assert sum(float(str(row["share"])) for row in data_of(chart)) == 1
    assert chart.to_dict()["encoding"]["color"]["field"] == "share"


def changes_at(*found: tuple[str, str, float, float]) -> pd.DataFrame:
    rows = [
        {
            "account_id": "id-甲",
            "account": "甲",
            "kind": kind,
            "date": pd.Timestamp(at),
            "before": before,
            "after": after,
        }
        for kind, at, before, after in found
    ]
    return pd.DataFrame(
        {
            column: pd.Series(
                [row.get(column, 0 if dtype == "int64" else None) for row in rows], dtype=dtype
            )
            for column, dtype in CHANGES.items()
        }
    )


def test_changes_are_marked_on_the_weeks_and_those_of_one_day_share_a_line() -> None:
    found = changes_at(
        ("rate", "2026-03-09", 2, 0.5), ("hour", "2026-03-09", 20, 7), ("pause", "2026-06-01", 1, 0)
    )
    spec = draw_weeks(
        count_weeks(pushes()), since=SINCE, until=UNTIL, most=7, changes=found
    ).to_dict()
    data = {
        layer["mark"]["type"] + str(number): spec["datasets"][layer["data"]["name"]]
        for number, layer in enumerate(spec["layer"])
    }
    assert [(row["date"], row["text"]) for row in data["text2"]] == [
        ("2026-03-09T00:00:00+00:00", "时刻变、频率变")
    ]
    assert [(row["from"], row["to"], row["rate"]) for row in data["rule3"]] == [
        ("2026-03-02T00:00:00+00:00", "2026-03-09T00:00:00+00:00", 2),
        ("2026-03-09T00:00:00+00:00", "2026-03-23T00:00:00+00:00", 0.5),
    ]
    assert (
        draw_weeks(
            count_weeks(pushes()), since=SINCE, until=UNTIL, most=7, changes=changes_at()
        ).to_dict()
        == weeks_chart().to_dict()
    )


def test_wechats_own_changes_are_marked_where_they_lie_in_the_window() -> None:
    weeks = count_weeks(
        build_pushes(articles([article("2018-03-05 20:00"), article("2021-03-01 20:00")]))
    )
    spec = draw_weeks(
        weeks, since=date(2018, 3, 5), until=date(2021, 3, 1), most=2, feed=True
    ).to_dict()
    assert [row["date"][:7] for row in spec["datasets"][spec["layer"][1]["data"]["name"]]] == [
        "2018-06",
        "2020-05",
    ]
    assert (
        "layer"
        not in draw_weeks(
            count_weeks(pushes()), since=SINCE, until=UNTIL, most=7, feed=True
        ).to_dict()
    )


def test_the_calendar_has_a_cell_for_each_day_with_a_push_in_its_week() -> None:
    chart = draw_days(count_days(pushes()), since=SINCE, until=UNTIL, most=2)
    assert [
        (row["weekday"], str(row["week"])[:10], str(row["next"])[:10], row["pushes"])
        for row in data_of(chart)
    ] == [
        ("周一", "2026-03-02", "2026-03-09", 1),
        ("周二", "2026-03-02", "2026-03-09", 1),
        ("周一", "2026-03-16", "2026-03-23", 1),
    ]
    assert chart.to_dict()["encoding"]["color"]["scale"]["domain"] == [0, 2]


def test_the_crowding_map_shows_pushes_a_week_and_frames_ones_own_slots() -> None:
    chart = draw_crowding(
        count_crowding(pushes()),
        own_hours=count_hours(build_pushes(articles([article("2026-03-04 12:00", account="我")]))),
    )
    spec = chart.to_dict()
    cells, frames = (spec["datasets"][layer["data"]["name"]] for layer in spec["layer"])
    assert [(row["weekday"], row["hour"], round(row["pushes_per_week"], 2)) for row in cells] == [
        ("周一", 7, 0.47),
        ("周一", 20, 0.47),
        ("周二", 20, 0.47),
    ]
    assert frames == [{"weekday": "周三", "hour": 12}]
    for drawn in (
        chart,
        draw_crowding(count_crowding(pushes()), own_hours=count_hours(pushes().head(0))),
    ):
        assert (
            float(ElementTree.fromstring(render_svg(drawn, name="c0", text="x")).attrib["width"])
            <= 360
        )


def test_an_svg_says_in_words_what_it_shows_and_fits_a_phone() -> None:
    svg = render_svg(weeks_chart(), name="c0", text='甲 "每周" <推送> & 次数')
    root = ElementTree.fromstring(svg)
    title = root.find("{http://www.w3.org/2000/svg}title")
    assert title is not None
    assert title.text == root.get("aria-label") == '甲 "每周" <推送> & 次数'
    assert float(root.attrib["width"]) <= WIDTH + 10 <= 360
    assert "PingFang SC" in svg


def test_the_same_chart_is_the_same_svg_however_often_it_is_drawn() -> None:
    assert render_svg(weeks_chart(), name="c0", text="x") == render_svg(
        weeks_chart(), name="c0", text="x"
    )


def test_the_readers_time_zone_moves_nothing() -> None:
    program = (
        "from tests.analysis.charts.test_charts import *; "
        "sys.stdout.buffer.write(render_svg(weeks_chart(), name='c0', text='x').encode())"
    )

    def draw_in(zone: str) -> bytes:
        around = {**os.environ, "TZ": zone, "PYTHONPATH": str(ROOT)}
        return subprocess.run(
            [sys.executable, "-c", program], env=around, capture_output=True, check=True
        ).stdout

    assert (
        draw_in("America/New_York")
        == draw_in("Asia/Shanghai")
        == render_svg(weeks_chart(), name="c0", text="x").encode()
    )


def test_hostile_names_stay_text() -> None:
    name = "<script>alert(1)</script>\x00\u202e\"'&]]>"
    frame = articles(
        [
            article(f"2026-03-{2 + 7 * n:02d} 08:00", f"避坑｜{word}")
            for n, word in enumerate(["铁锅", "瓷碗", "木瓢", "铝盆"])
        ]
    )
    assigned = assign_columns(frame)
    columns = describe_columns(frame, assigned)
    hostile = [
        part.assign(
            content_column=part["content_column"].where(part["content_column"].isna(), name)
        )
        for part in (columns, assigned)
    ]
    svg = render_svg(draw_column_lives(*hostile, since=SINCE, until=UNTIL), name="c0", text=name)
    tags = {element.tag.rpartition("}")[2] for element in ElementTree.fromstring(svg).iter()}
    assert tags <= {"svg", "title", "g", "path", "rect", "line", "text", "defs", "clipPath"}
    assert "\u202e" not in svg
    assert "\x00" not in svg


def test_life_lines_run_from_the_first_to_the_last_issue_with_a_mark_for_each() -> None:
    words = ["铁锅", "瓷碗", "木瓢", "铝盆"]
    rows = [
        article(f"2026-03-{2 + 7 * n:02d} 00:30", f"{name}｜{word}")
        for name in ("避坑", "街坊")
        for n, word in enumerate(words)
    ]
    frame = articles(
        [*rows, article("2026-04-06 08:00", "搬家前夜"), article("2026-06-29 08:00", "夜里有雨")]
    )
    assigned = assign_columns(frame)
    columns = describe_columns(frame, assigned).sort_values("content_column", ascending=False)
    spec = draw_column_lives(columns, assigned, since=SINCE, until=UNTIL).to_dict()
    lines, ticks = (spec["datasets"][layer["data"]["name"]] for layer in spec["layer"])
    assert [
        (row["content_column"], row["first"][:10], row["last"][:10], row["alive"]) for row in lines
    ] == [("避坑", "2026-03-02", "2026-03-23", False), ("街坊", "2026-03-02", "2026-03-23", False)]
    assert len(ticks) == 8
    assert [layer["encoding"]["y"]["sort"] for layer in spec["layer"]] == [["避坑", "街坊"]] * 2
    assert "避坑" in render_svg(
        draw_column_lives(columns, assigned, since=SINCE, until=UNTIL), name="x", text="t"
    )


def test_life_lines_of_nothing_are_drawn_as_nothing() -> None:
    frame = articles([article("2026-03-02 08:00", "搬家前夜")])
    assigned = assign_columns(frame)
    assert render_svg(
        draw_column_lives(describe_columns(frame, assigned), assigned, since=SINCE, until=UNTIL),
        name="x",
        text="t",
    ).startswith("<svg")


def test_a_chart_has_the_same_ids_however_many_were_drawn_before() -> None:
    chart = draw_days(count_days(pushes()), since=SINCE, until=UNTIL, most=2)
    assert render_svg(chart, name="d", text="日历") == render_svg(chart, name="d", text="日历")


def test_a_shortened_chart_keeps_every_cell_and_word() -> None:
    svg = render_svg(draw_hours(count_hours(pushes())), name="h", text="1.25 次")
    ElementTree.fromstring(svg)
    cells = [
        path
        for path in re.findall(r'<path d="([^"]*)" fill="#', svg)
        + re.findall(r'<path d="([^"]*)" fill="rgb', svg)
        if path
    ]
    assert sum(path.count("M") for path in cells) == 3
    assert svg.count("font-family") == 1
    assert "周三" in svg
    assert "1.25 次" in svg
