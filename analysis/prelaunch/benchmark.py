"""A plan and a group -> the whole benchmark as one record of raw figures. No wording beyond what
rules say, no drawing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from analysis.layout.profile import StyleProfile
from analysis.prelaunch.columns import ColumnsAnswer, answer_columns
from analysis.prelaunch.contradictions import Contradiction, find_contradictions
from analysis.prelaunch.group import Group
from analysis.prelaunch.launch import HolidayHabit, Launch, measure_holidays, plan_launch
from analysis.prelaunch.layout import LayoutAnswer, answer_layout
from analysis.prelaunch.norms import Norm, measure_norms
from analysis.prelaunch.pace import PaceAnswer, answer_pace
from analysis.prelaunch.plan import Plan
from analysis.prelaunch.questions import Question, ask_questions
from analysis.prelaunch.rivals import Candidate, Rival, find_rivals, pick_candidates
from analysis.prelaunch.times import TimesAnswer, answer_times

__all__ = ["Benchmark", "benchmark_plan"]


@dataclass(frozen=True, slots=True, eq=False)
class Benchmark:
    """All answers to a plan; see the modules that make them."""

    date: date
    plan: Plan
    group: Group
    rivals: tuple[Rival, ...]
    columns: ColumnsAnswer
    times: TimesAnswer
    looks: LayoutAnswer
    pace: PaceAnswer
    norms: tuple[Norm, ...]
    launch: Launch
    holidays: HolidayHabit | None
    contradictions: tuple[Contradiction, ...]
    questions: tuple[Question, ...]
    candidates: tuple[Candidate, ...]


def benchmark_plan(
    plan: Plan,
    group: Group,
    *,
    date: date,
    draft: StyleProfile | None = None,
    candidates: pd.DataFrame | None = None,
) -> Benchmark:
    """Hold a plan against a group, as of `date`; `draft` is the profile of its draft article,
    `candidates` are candidates.count_candidates' accounts.
    """
    columns = answer_columns(plan, group)
    needed = tuple(one.rhythm for one in columns.answers if one.rhythm and not one.proposed)
    pace = answer_pace(plan, group, rhythms=needed)
    times = answer_times(plan, group, pushes_per_week=pace.pushes_per_week, rhythms=needed)
    looks = answer_layout(plan, group, draft=draft)
    norms = measure_norms(group, pace)
    launch = plan_launch(
        plan.launch or _next_monday(date),
        times.answers,
        columns.answers,
        pace,
        first_proposed=plan.launch is None,
    )
    return Benchmark(
        date=date,
        plan=plan,
        group=group,
        rivals=find_rivals(plan, group),
        columns=columns,
        times=times,
        looks=looks,
        pace=pace,
        norms=norms,
        launch=launch,
        holidays=measure_holidays(group.pushes),
        contradictions=find_contradictions(plan, pace, looks, launch, made_on=date),
        questions=ask_questions(plan, group, pace, columns, times, norms),
        candidates=pick_candidates(candidates),
    )


def _next_monday(day: date) -> date:
    return day + timedelta(days=7 - day.weekday())
