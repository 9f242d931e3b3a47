"""How often the plan means to send, against what rivals of the group keep up: where it would stand,
and who keeps such a pace steadily.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Any

import pandas as pd

from analysis.cadence.regularity import measure_rhythm, name_regularity
from analysis.evidence import MIN_ACCOUNTS, MIN_ARTICLES, MIN_DAYS
from analysis.prelaunch.group import Group
from analysis.prelaunch.plan import Plan
from analysis.prelaunch.schedule import PlannedRhythm
from analysis.rows import rows_of, to_time

__all__ = [
    "STEADY_SHARE",
    "STEADY_WEEKS",
    "Pace",
    "PaceAnswer",
    "Quartiles",
    "answer_pace",
    "quartiles_of",
]

STEADY_WEEKS = 26
STEADY_SHARE = 0.9  # of the last 26 weeks with a push: two missed weeks in half a year are holidays
# articles a week one person writes at most, where the plan doesn't say: one a working day. An
# assumption, and shown as one
_PER_PERSON = 5.0


@dataclass(frozen=True, slots=True)
class Quartiles:
    """Over accounts: how many, least, quartiles (linear) and most."""

    accounts: int
    low: float
    q1: float
    median: float
    q3: float
    high: float


@dataclass(frozen=True, slots=True)
class Pace:
    """One rival in the window, or from its first push on. `bylines` are different names under its
    articles, None where there are none.
    """

    account: str
    account_id: str
    role: str | None
    pushes: int
    articles: int
    days: int
    first: datetime | None
    last: datetime | None
    pushes_per_week: float
    articles_per_week: float
    articles_per_push: float
    weeks: int
    weeks_sent: int
    regularity: str
    bylines: int | None
    coverage: float | None
    enough: bool

    @property
    def steady(self) -> bool:
        """Whether it sent in nine of ten weeks over half a year."""
        return (
            self.enough
            and self.weeks >= STEADY_WEEKS
            and self.weeks_sent >= self.weeks * STEADY_SHARE
        )


@dataclass(frozen=True, slots=True)
class PaceAnswer:
    """The planned pace (proposed where the plan names none; None where nothing can be proposed)
    and the group's.

    `fewer` rivals send fewer pushes a week than planned, `fewer_articles` fewer articles; `keep_up`
    of the steady ones send at least as many articles, `small` are those with no more bylines than
    the plan has people, `small_keep_up` of them send at least as many articles.
    """

    pushes_per_week: float | None
    pushes_proposed: bool
    articles_per_push: float | None
    size_proposed: bool
    capacity: float | None
    capacity_assumed: bool
    paces: tuple[Pace, ...]
    pushes: Quartiles | None
    articles: Quartiles | None
    steady_articles: Quartiles | None
    first: datetime | None
    last: datetime | None
    people: int | None

    @property
    def articles_per_week(self) -> float | None:
        """Planned articles a week."""
        planned = self.pushes_per_week is not None and self.articles_per_push is not None
        return self.pushes_per_week * self.articles_per_push if planned else None  # type: ignore[operator]

    @property
    def enough(self) -> tuple[Pace, ...]:
        """The rivals that carry a comparison."""
        return tuple(pace for pace in self.paces if pace.enough)

    @property
    def steady(self) -> tuple[Pace, ...]:
        """Those that sent in nine of ten weeks over half a year."""
        return tuple(pace for pace in self.paces if pace.steady)

    @property
    def small(self) -> tuple[Pace, ...]:
        """Those with no more bylines than the plan has people."""
        return tuple(
            pace
            for pace in self.enough
            if self.people and pace.bylines is not None and pace.bylines <= self.people
        )

    def at_least_planned(self, among: Sequence[Pace]) -> tuple[Pace, ...]:
        """Those that send at least as many articles a week as planned."""
        planned = self.articles_per_week
        return (
            ()
            if planned is None
            else tuple(pace for pace in among if pace.articles_per_week >= planned - 1e-9)
        )

    @property
    def fewer(self) -> int:
        """How many send fewer pushes a week than planned."""
        return sum(
            pace.pushes_per_week < (self.pushes_per_week or 0) - 1e-9 for pace in self.enough
        )

    @property
    def fewer_articles(self) -> int:
        """How many send fewer articles a week than planned."""
        return sum(
            pace.articles_per_week < (self.articles_per_week or 0) - 1e-9 for pace in self.enough
        )


def answer_pace(plan: Plan, group: Group, *, rhythms: Sequence[PlannedRhythm] = ()) -> PaceAnswer:
    """The plan's pace compared with the group's. A pace that is not planned is proposed: as many
    pushes a week as the lower quartile of the steady rivals (of all where fewer than three are
    steady), and enough for the columns' `rhythms`, within the team's capacity; as many articles a
    push as the median.
    """
    paces = _measure_paces(group)
    enough = [pace for pace in paces if pace.enough]
    steady = [pace for pace in enough if pace.steady]
    articles = quartiles_of([pace.articles_per_week for pace in enough])
    capacity = (
        None if plan.people is None else plan.people * (plan.articles_per_person or _PER_PERSON)
    )
    size, pushes = plan.articles_per_push, _planned_pushes(plan)
    sizes = quartiles_of([pace.articles_per_push for pace in enough])
    if size is None and sizes is not None:
        most = 8.0 if capacity is None else capacity / max(pushes or 1.0, 1.0)
        size = float(max(min(round(sizes.median), int(most)), 1))
    proposed = (
        None
        if pushes is not None
        else _propose_pushes(
            steady if len(steady) >= MIN_ACCOUNTS else enough,
            capacity,
            size,
            sum(rhythm.per_week for rhythm in rhythms),
        )
    )
    return PaceAnswer(
        pushes_per_week=pushes if pushes is not None else proposed,
        pushes_proposed=pushes is None and proposed is not None,
        articles_per_push=size,
        size_proposed=plan.articles_per_push is None and size is not None,
        capacity=capacity,
        capacity_assumed=capacity is not None and plan.articles_per_person is None,
        paces=tuple(paces),
        pushes=quartiles_of([pace.pushes_per_week for pace in enough]),
        articles=articles,
        steady_articles=quartiles_of([pace.articles_per_week for pace in steady]),
        first=min((pace.first for pace in enough if pace.first), default=None),
        last=max((pace.last for pace in enough if pace.last), default=None),
        people=plan.people,
    )


def _planned_pushes(plan: Plan) -> float | None:
    if plan.pushes_per_week is not None:
        return plan.pushes_per_week
    return float(len(plan.send_times)) if plan.send_times else None


def _propose_pushes(
    paces: Sequence[Pace], capacity: float | None, size: float | None, needed: float
) -> float | None:
    quartiles = quartiles_of([pace.pushes_per_week for pace in paces])
    if quartiles is None:
        return None
    most = 7.0 if capacity is None else min(capacity / (size or 1), 7.0)
    most = float(int(most)) if most >= 1 else most  # below one a week, every second week or so
    return min(max(float(round(quartiles.q1)), 1.0, float(ceil(needed / (size or 1) - 1e-9))), most)


def quartiles_of(values: Sequence[float]) -> Quartiles | None:
    """The quartiles of one value an account; None below MIN_ACCOUNTS of them."""
    if len(values) < MIN_ACCOUNTS:
        return None
    quantiles = pd.Series(values, dtype="float64").quantile([0, 0.25, 0.5, 0.75, 1]).tolist()
    return Quartiles(len(values), *quantiles)


def _measure_paces(group: Group) -> list[Pace]:
    """Every rival that still sends, most articles a week first."""
    if group.window is None:
        return []
    start, end = group.window
    regularities = rows_of(name_regularity(measure_rhythm(group.pushes)))
    recent_pushes = dict(iter(group.recent.groupby("account_id")))
    first = group.pushes.groupby("account_id")["published_at"].min().dt.normalize()
    roles = dict(zip(group.accounts["account_id"], group.accounts["role"], strict=True))
    signed = group.in_window(group.articles).dropna(subset=["author"])
    bylines = signed.groupby("account_id")["author"].nunique()
    paces = []
    for key, part in recent_pushes.items():
        days = (end - max(start, first[key])).days + 1
        paces.append(
            _pace(
                part,
                end,
                days,
                regularities[str(key)]["regularity"],
                roles.get(key),
                bylines.get(key),
                group.coverage.get(str(key)),
            )
        )
    return sorted(paces, key=lambda pace: (not pace.enough, -pace.articles_per_week, pace.account))


def _pace(
    part: pd.DataFrame,
    end: pd.Timestamp,
    days: int,
    regularity: str,
    role: Any,
    bylines: Any,
    coverage: float | None,
) -> Pace:
    weeks = max(days / 7, 1.0)
    pushes, articles = len(part), int(part["articles"].sum())
    back = (end - part["published_at"].dt.normalize()).dt.days // 7
    return Pace(
        account=str(part["account"].iat[0]),
        account_id=str(part["account_id"].iat[0]),
        role=role if isinstance(role, str) else None,
        pushes=pushes,
        articles=articles,
        days=days,
        first=to_time(part["published_at"].min()),
        last=to_time(part["published_at"].max()),
        pushes_per_week=pushes / weeks,
        articles_per_week=articles / weeks,
        articles_per_push=articles / pushes,
        weeks=days // 7,
        weeks_sent=int(back[back < days // 7].nunique()),
        regularity=regularity,
        bylines=None if bylines is None else int(bylines),
        coverage=coverage,
        enough=articles >= MIN_ARTICLES and days >= MIN_DAYS,
    )
