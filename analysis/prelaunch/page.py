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
from analysis.prelaunch.answers.drafts import MOST_DRAFTS, TitleDraft
from analysis.prelaunch.answers.nearness import NEAR, NEAR_WORDS
from analysis.prelaunch.answers.pace import Pace
from analysis.prelaunch.answers.times import REPEATED
from analysis.prelaunch.answers.verdicts import VERDICTS
from analysis.prelaunch.benchmark import Benchmark
from analysis.prelaunch.conclusions import draw_conclusions
from analysis.prelaunch.group import HABIT_DAYS
from analysis.report.environment import make_environment, page_style
from analysis.report.findings import isolate_name

__all__ = ["CROWDS", "HOURS", "render_benchmark"]

CROWDS = {"crowded": "拥挤", "shared": "有人做", "free": "空着", "unknown": "样本不足"}
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
            verdicts=VERDICTS,
            title_of=_shown_title,
            data_age=_data_age(benchmark),
            chart=_draw_map(benchmark),
            style=style,
            crowds=CROWDS,
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
            near=NEAR,
            near_words=NEAR_WORDS,
            habit_days=HABIT_DAYS,
            repeated=REPEATED,
            stopped=[benchmark.group.names[key] for key in sorted(benchmark.group.stopped)],
            most_drafts=MOST_DRAFTS,
        )
    )


def _shown_paces(benchmark: Benchmark) -> list[Pace]:
    """Every rival's pace where they are few, else those of the nearest rivals."""
    nearest = {rival.account_id for rival in benchmark.rivals}
    few = len(benchmark.pace.paces) <= _MOST_ROWS
    return [pace for pace in benchmark.pace.paces if few or pace.account_id in nearest]


def _shown_title(draft: TitleDraft) -> str:
    """The title, or the topic and the angle where there is none; in isolates as isolate_name's."""
    if draft.title is not None:
        return isolate_name(draft.title, longest=40)
    topic = f"选题：{isolate_name(draft.topic)}"
    if draft.angle is not None:
        return f"{topic} · 角度：从“{isolate_name(draft.angle)}”写起，对手标题里还没有"
    if draft.model is not None:
        return f"{topic} · 角度：照“{isolate_name(draft.model, longest=40)}”那样写"
    return topic


def _data_age(benchmark: Benchmark) -> int:
    """Days from the last push of those compared to the day of the plan; 0 without any."""
    window = benchmark.group.window
    return 0 if window is None else (benchmark.date - window[1].date()).days


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
        f"{times.accounts} 个对手近三个月固定在发的钟点，{times.pushes} 次推送，和计划的 "
        f"{len(planned)} 个时间"
    )
    return Markup(
        render_svg(
            draw_crowding(times.frame, own_hours=planned if len(planned) else None),
            name="crowding",
            text=text,
        )
    )
