"""Are changes of rhythm found where they are, and only there? Simulated histories with a weekly and
a holiday rhythm, and the sample.

python -m tests.eval.cadence_changes [N]     N histories of each sort (default 200)

steady one rhythm from beginning to end, of five sorts (clockwork, skipping, fixed weekdays, random
  working days, several a day, bursts),
          one to two years and a half, quiet on holidays and around 春节, half of them busier before
          618 and 双11: any change claimed is false
halved 60 weeks, three pushes a week or more, from week 30 on each left out with probability one
  half: found is a change of rate within
          four weeks of it
moved 60 weeks, from week 30 on every push comes 2 to 12 hours later: found is a change of the usual
  hour within four weeks of it;
          accounts with two usual hours half a day apart have no usual hour, and are left out
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import chinese_calendar
import numpy as np
import pandas as pd

from analysis.cadence.changes import find_changes
from analysis.cadence.pushes import PUSHES

SORTS = ("clockwork", "skipping", "weekdays", "working days", "several", "bursts")
LIVELY = SORTS[:-1]  # bursts have no rate that 60 weeks could tell from its half
Rng = np.random.Generator


def simulate(sort: str, rng: Rng, *, weeks: int, start: date, hours: int = 5) -> list[pd.Timestamp]:
    """The times of one steady history."""
    days = [start + timedelta(days=n) for n in range(7 * weeks)]
    chance = DAYS[sort](rng, days)
    if sort != "clockwork":
        chance = chance * np.where([_quiet(day) for day in days], rng.uniform(0, 0.5), 1)
        if rng.random() < 0.5:
            chance = np.maximum(
                chance, np.where([_sale(day) for day in days], rng.uniform(0.1, 0.5), 0)
            )
    counts = rng.poisson(chance) if sort == "several" else rng.random(len(days)) < chance
    clock = HOURS[rng.integers(hours)](rng, np.repeat([day.weekday() for day in days], counts))
    return [
        pd.Timestamp(day) + pd.Timedelta(hours=float(hour))
        for day, hour in zip(np.repeat(days, counts), clock, strict=True)
    ]


def _quiet(day: date) -> bool:
    return (
        chinese_calendar.is_holiday(day) and (day in chinese_calendar.holidays)
    ) or _around_spring(day)


def _around_spring(day: date) -> bool:
    return any(
        chinese_calendar.holidays.get(day + timedelta(days=off)) == "Spring Festival"
        for off in (-5, -3, 0, 3, 5)
    )


def _sale(day: date) -> bool:
    return (5, 20) <= (day.month, day.day) <= (6, 18) or (10, 20) <= (day.month, day.day) <= (
        11,
        11,
    )


def _weekdays(rng: Rng, days: list[date]) -> Any:
    fixed = rng.choice(7, size=rng.integers(1, 6), replace=False)
    return np.isin([day.weekday() for day in days], fixed) * rng.uniform(0.8, 0.98)


def _bursts(rng: Rng, days: list[date]) -> Any:
    busy = np.concatenate(
        [
            np.repeat([1.0, 0.0], [rng.integers(5, 12), rng.integers(9, 25)])
            for _ in range(len(days) // 10)
        ]
    )
    return busy[: len(days)] * 0.82


DAYS: dict[str, Callable[[Rng, list[date]], Any]] = {
    "clockwork": lambda rng, days: np.ones(len(days)),
    "skipping": lambda rng, days: np.full(len(days), rng.uniform(0.6, 0.97)),
    "weekdays": _weekdays,
    "working days": lambda rng, days: (
        np.array([day.weekday() < 5 for day in days]) * rng.uniform(0.3, 0.9)
    ),
    "several": lambda rng, days: np.full(len(days), rng.uniform(1, 4)),
    "bursts": _bursts,
}
HOURS: list[Callable[[Rng, Any], Any]] = [
    lambda rng, weekdays: 7.5 + rng.uniform(0, 0.02, len(weekdays)),
    lambda rng, weekdays: rng.uniform(6, 22) + rng.normal(0, 0.5, len(weekdays)),
    lambda rng, weekdays: rng.uniform(9, 17, len(weekdays)),
    lambda rng, weekdays: (23.9 + rng.normal(0, 0.3, len(weekdays))) % 24,
    lambda rng, weekdays: np.where(weekdays < 3, 10, 21.5) + rng.normal(0, 0.2, len(weekdays)),
]


def pushes_of(histories: dict[str, list[pd.Timestamp]]) -> pd.DataFrame:
    """The pushes frame of simulated histories by account."""
    parts = [
        pd.DataFrame({"account": name, "published_at": sorted(times)})
        for name, times in histories.items()
    ]
    rows = pd.concat(parts, ignore_index=True)
    rows["published_at"] = pd.to_datetime(rows["published_at"]).dt.tz_localize("Asia/Shanghai")
    rows = rows.assign(
        account_id=rows["account"], push_id=rows.index.astype(str), timed=True, articles=1
    )
    return rows[list(PUSHES)].astype(PUSHES)


def steady_histories(n: int, seed: int = 1) -> pd.DataFrame:
    """n histories in which nothing changes."""
    rng = np.random.default_rng(seed)
    made = {}
    for number in range(n):
        sort = SORTS[number % len(SORTS)]
        start = date(2022, 1, 1) + timedelta(days=int(rng.integers(0, 700)))
        made[f"{sort} {number}"] = simulate(
            sort, rng, weeks=int(rng.integers(52, 130)), start=start
        )
    return pushes_of(made)


def changed_histories(
    n: int, kind: str, seed: int = 2
) -> tuple[pd.DataFrame, dict[str, pd.Timestamp]]:
    """n histories of 60 weeks in which one thing changes at week 30, and when."""
    rng = np.random.default_rng(seed)
    made, when = {}, {}
    for number in range(n):
        sort = LIVELY[number % len(LIVELY)]
        start = date(2022, 1, 1) + timedelta(days=int(rng.integers(0, 1000)))
        change = pd.Timestamp(start) + pd.Timedelta(weeks=30)
        times, shift = (
            simulate(sort, rng, weeks=60, start=start, hours=4),
            pd.Timedelta(hours=float(rng.uniform(2, 12))),
        )
        while kind == "rate" and len(times) < 3 * 60:
            times = simulate(sort, rng, weeks=60, start=start)
        if kind == "rate":
            times = [at for at in times if at < change or rng.random() < 0.5]
        else:
            times = [
                at
                if at < change
                else at.normalize() + (at - at.normalize() + shift) % pd.Timedelta(days=1)
                for at in times
            ]
        made[f"{sort} {number}"], when[f"{sort} {number}"] = times, change
    return pushes_of(made), when


def found_near(
    changes: pd.DataFrame, when: dict[str, pd.Timestamp], kind: str, weeks: int
) -> set[str]:
    """Accounts whose change of this kind was found within so many weeks of it."""
    rows = changes[changes["kind"] == kind]
    off = (rows["date"] - rows["account"].map(when)).abs()
    return set(rows.loc[off <= pd.Timedelta(weeks=weeks), "account"])


def main(n: int) -> None:
    """Print the figures."""
    steady = find_changes(steady_histories(n))
    false = set(steady["account"])
    print(
        f"steady: {len(false)} of {n} with a change claimed ({len(false) / n:.1%}); by sort "
        f"{dict(Counter(name.rpartition(' ')[0] for name in false))}, "
        f"by kind {dict(steady.drop_duplicates(['account', 'kind'])['kind'].value_counts())}"
    )
    for kind in ("rate", "hour"):
        pushes, when = changed_histories(n, kind)
        changes = find_changes(pushes)
        near = {weeks: found_near(changes, when, kind, weeks) for weeks in (1, 4)}
        missed = Counter(name.rpartition(" ")[0] for name in set(when) - near[4])
        more = changes[changes["kind"].eq(kind)].groupby("account").size().gt(1).sum()
        print(
            f"{'halved' if kind == 'rate' else 'moved'}: {len(near[4])} of {n} found within four "
            f"weeks ({len(near[4]) / n:.1%}), {len(near[1]) / n:.1%} within one; "
            f"missed by sort {dict(missed)}; more than one claimed in {more}"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
