"""A benchmark as one HTML page that asks nothing of any network and runs no script. Wording is
conclusions.py's and the template's.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from markupsafe import Markup

from analysis.cadence.calendar_cn import KINDS_OF_DAY
from analysis.charts.base import render_svg
from analysis.charts.cadence import draw_crowding
from analysis.evidence import MIN_ARTICLES, MIN_TIMED
from analysis.layout.distance import shown_figure
from analysis.layout.measures import FEATURES
from analysis.prelaunch.answers.columns import ALIKE, ALIKE_NAMES, ALIKE_TITLES, CROWDED
from analysis.prelaunch.answers.pace import Pace
from analysis.prelaunch.benchmark import Benchmark
from analysis.prelaunch.conclusions import draw_conclusions
from analysis.report.environment import make_environment, page_style

__all__ = ["HOURS", "VERDICTS", "render_benchmark"]

VERDICTS = {"crowded": "拥挤", "shared": "有人做", "free": "空着", "unknown": "样本不足"}
HOURS = {"crowded": "挤", "shared": "有人发", "free": "空档", "unknown": "样本不足"}
_MOST_ROWS = 15
_TEMPLATES = Path(__file__).parent / "templates"


def render_benchmark(benchmark: Benchmark) -> str:
    """The page, the same bytes for the same benchmark."""
    style = page_style() + Markup((_TEMPLATES / "prelaunch.css").read_text(encoding="utf-8"))
    return (
        make_environment(_TEMPLATES)
        .get_template("prelaunch.html.j2")
        .render(
            b=benchmark,
            findings=draw_conclusions(benchmark),
            chart=_draw_map(benchmark),
            style=style,
            verdicts=VERDICTS,
            hours=HOURS,
            features=FEATURES,
            shown=shown_figure,
            paces=_shown_paces(benchmark),
            fixed=lambda value, digits: f"{value:,.{digits}f}",
            day_kinds=KINDS_OF_DAY,
            alike=ALIKE,
            alike_names=ALIKE_NAMES,
            alike_titles=ALIKE_TITLES,
            crowded_brands=CROWDED,
            min_articles=MIN_ARTICLES,
            min_timed=MIN_TIMED,
        )
    )


def _shown_paces(benchmark: Benchmark) -> list[Pace]:
    """Every rival's pace where they are few, else those of the nearest rivals."""
    nearest = {rival.account_id for rival in benchmark.rivals}
    few = len(benchmark.pace.paces) <= _MOST_ROWS
    return [pace for pace in benchmark.pace.paces if few or pace.account_id in nearest]


def _draw_map(benchmark: Benchmark) -> Markup | None:
    """The crowding map with the plan's hours framed; None where there is too little for one."""
    times = benchmark.times
    if not times.enough:
        return None
    planned = pd.DataFrame(
        {
            "weekday": [answer.time.weekday for answer in times.answers],
            "hour": [answer.time.hour for answer in times.answers],
            "pushes": 1,
        }
    )
    text = (
        f"{times.accounts} 个对手近半年的推送在一周里的分布，{times.pushes} 次推送，和计划的 "
        f"{len(planned)} 个时间"
    )
    return Markup(
        render_svg(
            draw_crowding(times.frame, own_hours=planned if len(planned) else None),
            name="crowding",
            text=text,
        )
    )
