"""Charts by the data they carry, and the SVG they become."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import altair as alt
import pandas as pd
from small_frames import article, articles

from analysis.cadence import build_pushes, count_hours, count_weeks
from analysis.charts.base import WIDTH, render_svg
from analysis.charts.cadence import draw_hours, draw_weeks
from analysis.charts.content_columns import draw_column_months
from analysis.content_columns import assign_columns, count_column_months

SINCE, UNTIL = date(2026, 3, 2), date(2026, 4, 30)
ROOT = Path(__file__).resolve().parent.parent


def pushes() -> pd.DataFrame:
    return build_pushes(articles([article("2026-03-02 20:00"), article("2026-03-03 20:30"), article("2026-03-16 07:00")]))


def data_of(chart: alt.Chart) -> list[dict[str, object]]:
    spec = chart.to_dict()
    return list(spec["datasets"][spec["data"]["name"]])


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
    assert [(d["year"], d["month"], d["date"]) for d in spec["encoding"]["x"]["scale"]["domain"]] == [(2026, 3, 2), (2026, 4, 30)]


def test_the_heat_map_shows_shares_of_the_accounts_own_pushes() -> None:
    chart = draw_hours(count_hours(pushes()))
    assert [(row["weekday"], row["hour"], row["pushes"]) for row in data_of(chart)] == [("周一", 7, 1), ("周一", 20, 1), ("周二", 20, 1)]
    assert sum(float(str(row["share"])) for row in data_of(chart)) == 1
    assert chart.to_dict()["encoding"]["color"]["field"] == "share"


def test_the_timeline_keeps_the_order_of_the_columns() -> None:
    rows = [article(f"2026-{month}-0{day} 08:00", f"{name}｜{month}{day}") for name in ("避坑", "早市") for month in ("03", "04") for day in (2, 9)]
    months = count_column_months(assign_columns(articles(rows))).sort_values("content_column", ascending=False)
    chart = draw_column_months(months, since=SINCE, until=UNTIL)
    assert chart.to_dict()["encoding"]["y"]["sort"] == ["避坑", "早市"]
    assert sorted((row["content_column"], row["month"], row["n"]) for row in data_of(chart)) == [
        ("早市", "2026-03-01T00:00:00+00:00", 2),
        ("早市", "2026-04-01T00:00:00+00:00", 2),
        ("避坑", "2026-03-01T00:00:00+00:00", 2),
        ("避坑", "2026-04-01T00:00:00+00:00", 2),
    ]


def test_an_svg_says_in_words_what_it_shows_and_fits_a_phone() -> None:
    svg = render_svg(weeks_chart(), name="c0", text='甲 "每周" <推送> & 次数')
    root = ElementTree.fromstring(svg)
    title = root.find("{http://www.w3.org/2000/svg}title")
    assert title is not None
    assert title.text == root.get("aria-label") == '甲 "每周" <推送> & 次数'
    assert float(root.attrib["width"]) <= WIDTH + 10 <= 360
    assert "PingFang SC" in svg


def test_the_same_chart_is_the_same_svg_however_often_it_is_drawn() -> None:
    assert render_svg(weeks_chart(), name="c0", text="x") == render_svg(weeks_chart(), name="c0", text="x")


def test_the_readers_time_zone_moves_nothing() -> None:
    program = "from test_charts import *; sys.stdout.buffer.write(render_svg(weeks_chart(), name='c0', text='x').encode())"

    def draw_in(zone: str) -> bytes:
        around = {**os.environ, "TZ": zone, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}"}
        return subprocess.run([sys.executable, "-c", program], env=around, capture_output=True, check=True).stdout

    assert draw_in("America/New_York") == draw_in("Asia/Shanghai") == render_svg(weeks_chart(), name="c0", text="x").encode()


def test_hostile_names_stay_text() -> None:
    name = "<script>alert(1)</script>\x00\u202e\"'&]]>"
    months = pd.DataFrame({"content_column": [name], "month": pd.to_datetime(["2026-03-01"]).astype("datetime64[us]"), "n": [3]})
    svg = render_svg(draw_column_months(months, since=SINCE, until=UNTIL), name="c0", text=name)
    tags = {element.tag.rpartition("}")[2] for element in ElementTree.fromstring(svg).iter()}
    assert tags <= {"svg", "title", "g", "path", "rect", "line", "text", "defs", "clipPath"}
    assert "\u202e" not in svg
    assert "\x00" not in svg
