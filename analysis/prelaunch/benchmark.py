"""A plan and a group -> the whole benchmark as one record of raw figures. No wording beyond what
rules say, no drawing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from analysis.layout.body.profile import StyleProfile
from analysis.prelaunch.answers.columns import ColumnsAnswer, answer_columns
from analysis.prelaunch.answers.drafts import TitleDraft, draft_titles
from analysis.prelaunch.answers.layout import LayoutAnswer, answer_layout
from analysis.prelaunch.answers.nearness import Nearness, measure_nearness, near_group
from analysis.prelaunch.answers.norms import Norm, measure_norms
from analysis.prelaunch.answers.pace import PaceAnswer, answer_pace
from analysis.prelaunch.answers.rivals import MentionedAccount, Rival, find_rivals, select_mentions
from analysis.prelaunch.answers.times import TimesAnswer, answer_times
from analysis.prelaunch.contradictions import Contradiction, find_contradictions, pick_dropped
from analysis.prelaunch.group import Group
from analysis.prelaunch.launch import HolidayHabit, Launch, measure_holidays, plan_launch
from analysis.prelaunch.plan import Plan
from analysis.prelaunch.questions import Question, ask_questions

__all__ = ["Benchmark", "benchmark_plan"]


@dataclass(frozen=True, slots=True, eq=False)
class Benchmark:
    """All answers to a plan; see the modules that compute them. `group` are the accounts it is
    compared with, `nearness` all of the store; `dropped` the columns there is no room for.
    """

    date: date
    plan: Plan
    group: Group
    nearness: tuple[Nearness, ...]
    rivals: tuple[Rival, ...]
    columns: ColumnsAnswer
    times: TimesAnswer
    layout: LayoutAnswer
    pace: PaceAnswer
    norms: tuple[Norm, ...]
    launch: Launch
    holidays: HolidayHabit | None
    contradictions: tuple[Contradiction, ...]
    questions: tuple[Question, ...]
    mentions: tuple[MentionedAccount, ...]
    dropped: tuple[str, ...]
    drafts: tuple[TitleDraft, ...]


def benchmark_plan(
    plan: Plan,
    group: Group,
    *,
    date: date,
    draft: StyleProfile | None = None,
    mentions: pd.DataFrame | None = None,
    chosen: bool = False,
) -> Benchmark:
    """Compare a plan with those of a group that are near it, as of `date`; `draft` is the profile
    of its draft article, `mentions` are mentions.count_mentions' accounts. `chosen`: the reader has
    named the accounts of the group, and all are compared.
    """
    nearness = measure_nearness(plan, group)
    group = near_group(group, nearness, chosen=chosen)
    columns = answer_columns(plan, group)
    rhythms = tuple(
        column.rhythm for column in columns.answers if column.rhythm and not column.proposed
    )
    pace = answer_pace(plan, group, rhythms=rhythms)
    times = answer_times(plan, group, pushes_per_week=pace.pushes_per_week, rhythms=rhythms)
    layout = answer_layout(plan, group, draft=draft)
    norms = measure_norms(group, pace)
    launch = plan_launch(
        plan.launch or _next_monday(date),
        times.answers,
        columns.answers,
        pace,
        first_proposed=plan.launch is None,
    )
    dropped = pick_dropped(pace, columns)
    return Benchmark(
        date=date,
        plan=plan,
        group=group,
        nearness=nearness,
        rivals=find_rivals(plan, group, nearness),
        columns=columns,
        times=times,
        layout=layout,
        pace=pace,
        norms=norms,
        launch=launch,
        holidays=measure_holidays(group.pushes),
        contradictions=find_contradictions(plan, pace, layout, launch, as_of=date),
        questions=ask_questions(plan, group, pace, columns, times, norms),
        mentions=select_mentions(mentions),
        dropped=dropped,
        drafts=draft_titles(plan, group, dropped=dropped),
    )


def _next_monday(day: date) -> date:
    return day + timedelta(days=7 - day.weekday())
