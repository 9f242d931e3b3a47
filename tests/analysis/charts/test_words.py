"""Charts of purposes and words by the data they carry."""

from __future__ import annotations

import pandas as pd

from analysis.charts.base import WIDTH, render_svg
from analysis.charts.purpose import draw_needs, draw_purposes
from analysis.charts.titles import draw_words
from tests.support.charts import data_of

MIX = pd.DataFrame(
    {"purpose": ["招聘", "不确定", "干货教程"], "n": [6, 4, 2], "share": [0.5, 1 / 3, None]}
)
NEEDS = pd.DataFrame(
    {"need": ["优惠与独家信息", "其他"], "n": [3, 9], "share": [0.25, 0.75], "demand": [0.34, None]}
)
WORDS = pd.DataFrame({"word": ["搪瓷", "<b>"], "z": [8.5, 2.0], "n": [63, 5], "n_others": [0, 2]})


def test_purposes_stand_in_the_shared_order_on_the_shared_scale_and_without_share_not_at_all() -> (
    None
):
    chart = draw_purposes(MIX, purposes=["干货教程", "招聘", "不确定"], most=0.6)
    assert [(row["purpose"], row["n"]) for row in data_of(chart)] == [("招聘", 6), ("不确定", 4)]
    encoding = chart.to_dict()["layer"][0]["encoding"]
    assert encoding["x"]["scale"]["domain"] == [0, 0.6]
    assert encoding["y"]["scale"]["domain"] == ["干货教程", "招聘", "不确定"]


def test_needs_have_a_tick_only_where_a_share_of_readers_is_published() -> None:
    layers = draw_needs(NEEDS).to_dict()
    held = [layers["datasets"][layer["data"]["name"]] for layer in layers["layer"]]
    assert [[row["need"] for row in rows] for rows in held] == [
        ["优惠与独家信息", "其他"],
        ["优惠与独家信息"],
    ]


def test_words_show_both_counts_and_stay_text_on_a_phone() -> None:
    chart = draw_words(WORDS, most=8.5)
    assert [row["counts"] for row in data_of(chart)] == ["63／0", "5／2"]
    svg = render_svg(chart, name="w", text="甲的词")
    assert "<b>" not in svg
    assert float(svg.split('width="')[1].split('"')[0]) <= WIDTH + 10
