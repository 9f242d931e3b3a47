"""How accounts began: whether a beginning is held, where phases are cut, who is steady, and what
the steady ones share.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pandas as pd
import pytest

from analysis.cadence.changes import find_changes
from analysis.cadence.pushes import build_pushes
from analysis.columns.assign import assign_columns
from analysis.columns.runs import list_runs
from analysis.frames import ARTICLES, empty_frame
from analysis.peers.history.beginnings import BEGINNINGS, classify_beginnings
from analysis.peers.history.phases import PHASES, cut_phases
from analysis.peers.history.steadiness import SHARED, STEADY, classify_steady, compare_steady
from tests.support.small_briefs import unlike
from tests.support.small_frames import article, articles

BASE = 2**31 + 100_000_000
START = datetime(2024, 3, 4, 20)


def sent(
    account: str,
    days: list[int],
    *,
    start: datetime = START,
    number: int | None = BASE + 1,
    step: int = 3,
    titles: list[str] | None = None,
) -> list[dict[str, Any]]:
    """One article on each of the days after the start; push numbers from `number` on."""
    rows = []
    for at, day in enumerate(days):
        title = titles[at] if titles and at < len(titles) else unlike(f"{account}{day}")
        push = f"{account}{at}" if number is None else str(number + at * step)
        rows.append(
            article(
                f"{start + timedelta(days=day):%Y-%m-%d %H:%M}",
                title,
                account=account,
                push_id=push,
                position=1,
            )
        )
    return rows


def every(step: int, until: int, *, since: int = 0) -> list[int]:
    return list(range(since, until, step))


def told(
    rows: list[dict[str, Any]], **more: Any
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    frame = articles(rows) if rows else empty_frame(ARTICLES)
    pushes, assigned = build_pushes(frame), assign_columns(frame)
    began, changes = classify_beginnings(frame, pushes, **more), find_changes(pushes)
    phases = cut_phases(
        frame, pushes, assigned, began=began, changes=changes, runs=list_runs(assigned)
    )
    steady = classify_steady(pushes, phases, changes)
    return began, phases, steady, compare_steady(phases, steady)


def signs(rows: list[dict[str, Any]], **more: Any) -> tuple[bool, list[str], list[str]]:
    row = next(told(rows, **more)[0].itertuples())
    return row.held, row.because, row.against


def test_numbers_of_send_outs_tell_whether_anything_came_before() -> None:
    assert signs(sent("甲", every(7, 200))) == (True, ["number"], [])
    assert signs(sent("甲", every(7, 200), number=BASE + 4000)) == (False, [], ["number"])
    assert signs(sent("甲", every(7, 200), number=2_650_000_000)) == (False, [], [])
    assert signs(sent("甲", every(7, 200), number=None)) == (False, [], [])


def test_an_opening_and_a_first_issue_speak_for_a_beginning_and_a_late_issue_against() -> None:
    assert signs(sent("甲", every(7, 200), number=None, titles=["发刊词：我们为什么做这个号"])) == (
        True,
        ["opening"],
        [],
    )
    assert signs(sent("甲", every(7, 200), number=None, titles=["家里的光 第1期｜玄关"])) == (
        True,
        ["first issue"],
        [],
    )
    late = [f"家里的光 第{57 + n}期｜{unlike(str(n))}" for n in range(4)]
    assert signs(sent("甲", every(7, 200), titles=late)) == (False, ["number"], ["late issue"])


def test_accounts_that_begin_together_were_cut_and_not_founded() -> None:
    rows = sent("甲", every(7, 200)) + sent("乙", every(6, 200)) + sent("丙", every(5, 200))
    assert [(row.held, row.against) for row in told(rows)[0].itertuples()] == [
        (False, ["together"])
    ] * 3
    apart = (
        sent("甲", every(7, 200))
        + sent("乙", every(6, 200))
        + sent("丙", every(5, 200), start=START + timedelta(days=40))
    )
    assert [row.held for row in told(apart)[0].itertuples()] == [True, True, True]


def test_a_window_a_limit_and_a_low_coverage_are_no_beginning() -> None:
    assert signs(sent("甲", every(7, 200)), since=pd.Timestamp("2024-03-01", tz="Asia/Shanghai"))[
        2
    ] == ["since"]
    assert (
        signs(sent("甲", every(7, 200)), since=pd.Timestamp("2023-03-01", tz="Asia/Shanghai"))[2]
        == []
    )
    assert signs(sent("甲", every(7, 200)), coverage={"id-甲": 0.4})[2] == ["coverage"]
    assert signs(sent("甲", every(7, 200)), coverage={"id-甲": None})[2] == []
    same = [
        row
        for k, name in enumerate("甲乙丙")
        for row in sent(name, every(2, 120), start=START + timedelta(days=30 * k))
    ]
    assert [row.against for row in told(same)[0].itertuples()] == [["limit"]] * 3


def test_the_first_ninety_days_are_a_phase_only_where_they_are_held() -> None:
    held = told(sent("甲", every(7, 365)))[1]
    assert [(row.kind, row.days) for row in held.itertuples()] == [("beginning", 90), ("run", 275)]
    assert held["pushes"].tolist() == [13, 40]
    assert held["pushes_per_week"].iat[0] == pytest.approx(13 / 90 * 7)
    assert held[["week_from", "week_to"]].to_numpy().tolist() == [[0.0, 90 / 7], [90 / 7, 365 / 7]]
    cut = told(sent("甲", every(7, 365), number=BASE + 9000))[1]
    assert [(row.kind, row.days) for row in cut.itertuples()] == [("run", 365)]


def test_a_change_of_rate_and_a_pause_cut_phases() -> None:
    days = [*every(7, 364), *every(1, 728, since=364)]
    changed = told(sent("甲", days, number=None))[1]
    assert [row.kind for row in changed.itertuples()] == ["run", "run"]
    assert changed["pushes_per_week"].round(1).tolist() == [1.0, 7.0]
    paused = told(sent("甲", [*every(3, 200), *every(3, 500, since=300)], number=None))[1]
    assert [row.kind for row in paused.itertuples()] == ["run", "pause", "run"]
    assert paused["pushes_per_week"].isna().tolist() == [False, True, False]


def test_columns_that_ran_when_a_cut_history_begins_did_not_start_there() -> None:
    titles = [f"避坑｜{unlike(str(n))}" for n in range(60)]
    assert told(sent("甲", every(7, 365), titles=titles))[1]["started"].tolist() == [["避坑"], []]
    assert told(sent("甲", every(7, 365), titles=titles, number=None))[1]["started"].tolist() == [
        []
    ]
    late = [unlike(f"x{n}") for n in range(20)] + [f"避坑｜{unlike(str(n))}" for n in range(40)]
    (phase,) = told(sent("甲", every(7, 365), titles=late, number=None))[1].itertuples()
    assert (phase.started, phase.started_on) == (["避坑"], ["2024-07-22"])


def test_steady_is_a_year_without_pause_or_fall_and_still_sending() -> None:
    rows = (
        sent("稳", every(7, 500))
        + sent("停", [*every(3, 200), *every(3, 500, since=300)])
        + sent("断", every(7, 400))
        + sent("短", every(7, 500, since=400))
    )
    found = {
        row.account: (None if pd.isna(row.steady) else bool(row.steady), row.because)
        for row in told(rows)[2].itertuples()
    }
    assert found["稳"] == (True, "")
    assert found["停"] == (False, "停更过")
    assert found["断"] == (False, "后来没再发")
    assert found["短"] == (None, "样本不足")
    falling = sent("少", [*every(1, 364), *every(7, 728, since=364)], number=None)
    assert told(falling)[2]["because"].tolist() == ["越发越少"]


def group(n_steady: int, n_others: int) -> list[dict[str, Any]]:
    """Steady accounts that began weekly beside others that began daily and fell to weekly; all
    begin apart, and end together.
    """
    rows, end = [], 900
    for at in range(n_steady + n_others):
        first = at * 10
        days = (
            every(7, end, since=first)
            if at < n_steady
            else [*every(1, first + 180, since=first), *every(7, end, since=first + 180)]
        )
        rows += sent(f"号{at}", days)
    return rows


def test_what_the_steady_share_is_told_only_from_three_of_each_and_where_it_holds() -> None:
    shared = told(group(6, 6))[3].set_index("figure")
    assert (
        shared.loc["pushes_per_week", "n_steady"],
        shared.loc["pushes_per_week", "n_others"],
    ) == (6, 6)
    assert bool(shared.loc["pushes_per_week", "holds"])
    assert not bool(shared["holds"].fillna(False).astype(bool).drop("pushes_per_week").any())
    few = told(group(2, 6))[3]
    assert few["holds"].isna().all()
    assert few["p"].isna().all()


@pytest.mark.parametrize("n", [0, 1, 2, 9])
def test_few_articles_are_no_phase_with_a_rate(n: int) -> None:
    began, phases, steady, shared = told(sent("甲", every(2, 2 * n)) if n else [])
    assert phases["pushes_per_week"].isna().all()
    for frame, columns in (
        (began, BEGINNINGS),
        (phases, PHASES),
        (steady, STEADY),
        (shared, SHARED),
    ):
        assert {name: str(dtype) for name, dtype in frame.dtypes.items()} == columns
