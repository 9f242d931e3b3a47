"""How regularly accounts send: gaps, bursts, fixed days and hours, as figures and in words, each
word with its rule.

All functions take the pushes frame of pushes.build_pushes. Hours need pushes whose hour is known;
days need none.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from analysis.cadence.pushes import PUSHES, count_days, owners_of
from analysis.evidence import MIN_DAYS, MIN_PUSHES, MIN_SHOWN_PUSHES
from analysis.frames import TIME, check_frame

__all__ = [
    "BLOCK_DAYS",
    "LAGS",
    "REGULARITY",
    "REGULARITY_RULES",
    "RHYTHM",
    "Regularity",
    "classify_regularity",
    "describe_regularity",
    "measure_days",
    "measure_gaps",
    "measure_hours",
    "measure_rhythm",
    "name_regularity",
]

LAGS = (1, 7, 14)
# weekdays are compared within twelve weeks, so that a change of days is not taken for irregularity
BLOCK_DAYS = 84
_WINDOW_MIN = 60
_OWNER = {"account_id": "str", "account": "str"}
GAPS = {
    **_OWNER,
    "gaps": "int64",
    "gap_median_days": "float64",
    "gap_mean_days": "float64",
    "burstiness": "float64",
    "memory": "float64",
    "longest_silence_days": "float64",
    "silent_from": TIME,
    "silent_to": TIME,
}
HOURLY = {
    **_OWNER,
    "pushes_timed": "int64",
    "busiest_hour": "Int64",
    "busiest_hour_share": "float64",
    "hour_of_week_entropy": "float64",
    "usual_minute": "Int64",
    "usual_time_share": "float64",
}
DAILY = {
    **_OWNER,
    "days": "int64",
    "active_days": "int64",
    "active_day_share": "float64",
    "weekday_fit": "float64",
    "clustering": "float64",
    **{f"autocorrelation_{lag}": "float64" for lag in LAGS},
}
RHYTHM = {**GAPS, **HOURLY, **DAILY}
REGULARITY = {**_OWNER, "regularity": "str", "regularity_because": "str"}
DAILY_SHARE, CLOCK_SHARE, WEEKDAY_FIT, CLUSTERING = 0.85, 0.7, 0.5, 0.3
REGULARITY_RULES = {
    "样本不足": f"不到 {MIN_PUSHES} 次推送，或首末相隔不到 {MIN_DAYS} 天",
    "每天固定时间": (
        f"至少 {DAILY_SHARE:.0%} 的日子发文，且至少 {CLOCK_SHARE:.0%} "
        "的发文日有一次落在同一小时窗口"
    ),
    "每天不定时": f"至少 {DAILY_SHARE:.0%} 的日子发文，但没有固定的一小时，或时间只知道到天",
    "每周固定几天": (
        f"知道星期几，就能解释至少 {WEEKDAY_FIT:.0%} 的发与不发（每 {BLOCK_DAYS // 7} "
        "周一段，已扣除偶然）"
    ),
    "一阵一阵": f"发文日扎堆：扎堆程度至少 {CLUSTERING}（0 是随机，1 是极端扎堆）",
    "不规律": "以上都不是",
}


@dataclass(frozen=True, slots=True)
class Regularity:
    """How regularly one account sends: a class and the figures that decide it, as columns of RHYTHM
    have them; a float that is missing is NaN.
    """

    name: str  # a key of REGULARITY_RULES
    pushes: int
    days: int
    active_day_share: float
    usual_time_share: float
    usual_minute: int | None  # since midnight
    weekday_fit: float
    clustering: float

    @property
    def clock(self) -> str | None:
        """When the busiest hour-long stretch begins, as HH:MM."""
        minute = self.usual_minute
        return None if minute is None else f"{minute // 60:02d}:{minute % 60:02d}"


def measure_rhythm(pushes: pd.DataFrame) -> pd.DataFrame:
    """All figures of regularity: measure_gaps, measure_hours and measure_days side by side, one row
    per account, sorted by account.
    """
    parts = [measure_gaps(pushes), measure_hours(pushes), measure_days(pushes)]
    return pd.concat([parts[0], *(part.drop(columns=list(_OWNER)) for part in parts[1:])], axis=1)


def measure_gaps(pushes: pd.DataFrame) -> pd.DataFrame:
    """The gaps between an account's pushes, and how bursty they are.

    burstiness: Kim & Jo (2016), for n gaps with r = sd/mean: (√(n+1)·r − √(n−1)) / ((√(n+1) − 2)·r
    + √(n−1)); −1 clockwork, 0 Poisson, 1 bursts. memory: Goh & Barabási (2008), the correlation of
    each gap with the next, −1 to 1.

    Returns one row per account: gaps int64 (pushes − 1); gap_median_days, gap_mean_days float64;
    burstiness, memory float64; longest_silence_days float64 with its ends silent_from, silent_to
    (Asia/Shanghai; the earliest of several). Missing: gaps below 5 pushes, burstiness where all are
    in one second, memory where gaps don't vary or are under four. Sorted by account.
    Raises FrameError.
    """
    check_frame(pushes, PUSHES, name="pushes")
    owners, owner = owners_of(pushes)
    order = np.lexsort((_microseconds(pushes), owner))
    at, whose = _microseconds(pushes)[order], owner[order]
    inside = whose[1:] == whose[:-1]
    gap, gap_owner, begins = (np.diff(at) / 86_400e6)[inside], whose[1:][inside], at[:-1][inside]
    n = np.bincount(gap_owner, minlength=len(owners))
    mean, sd = _moments(gap, gap_owner, n)
    gaps = owners.assign(
        gaps=n,
        gap_mean_days=mean,
        burstiness=burstiness_of(mean, sd, n),
        memory=_memory(gap, gap_owner, len(owners)),
    )
    gaps["gap_median_days"] = (
        pd.Series(gap).groupby(gap_owner).median().reindex(range(len(owners))).to_numpy()
    )
    longest = (
        pd.DataFrame({"owner": gap_owner, "gap": gap, "at": begins})
        .sort_values(["gap", "at"], ascending=[False, True])
        .drop_duplicates("owner")
    )
    longest = longest.set_index("owner").reindex(range(len(owners)))
    gaps["longest_silence_days"] = longest["gap"].to_numpy()
    gaps["silent_from"] = _times(longest["at"])
    gaps["silent_to"] = _times(longest["at"] + longest["gap"] * 86_400e6)
    few = gaps["gaps"] + 1 < MIN_SHOWN_PUSHES
    for column in list(GAPS)[3:]:
        gaps[column] = gaps[column].mask(few)
    return gaps[list(GAPS)].astype(GAPS)


def burstiness_of(mean: Any, sd: Any, n: Any) -> Any:
    """Kim & Jo's finite-size burstiness of n gaps; NaN below two gaps or where all are zero."""
    with np.errstate(divide="ignore", invalid="ignore"):
        r = sd / mean
        up, down = np.sqrt(n + 1), np.sqrt(np.maximum(n - 1, 0))
        burstiness = (up * r - down) / ((up - 2) * r + down)
    return np.where((n >= 2) & (mean > 0), burstiness, np.nan)


def _moments(value: Any, owner: Any, n: Any) -> tuple[Any, Any]:
    """Mean and population standard deviation by account; NaN where there are no values."""
    with np.errstate(invalid="ignore"):
        mean = np.bincount(owner, weights=value, minlength=len(n)) / n
        return mean, np.sqrt(
            np.bincount(owner, weights=(value - mean[owner]) ** 2, minlength=len(n)) / n
        )


def _memory(gap: Any, owner: Any, owners: int) -> Any:
    pair = owner[1:] == owner[:-1]
    before, after, whose = gap[:-1][pair], gap[1:][pair], owner[1:][pair]
    n = np.bincount(whose, minlength=owners)
    (m1, s1), (m2, s2) = _moments(before, whose, n), _moments(after, whose, n)
    with np.errstate(divide="ignore", invalid="ignore"):
        memory = (
            np.bincount(whose, weights=(before - m1[whose]) * (after - m2[whose]), minlength=owners)
            / n
            / (s1 * s2)
        )
    return np.where((n >= 3) & (s1 > 1e-9) & (s2 > 1e-9), np.clip(memory, -1, 1), np.nan)


def measure_hours(pushes: pd.DataFrame) -> pd.DataFrame:
    """The hours an account sends at, of its pushes whose hour is known.

    hour_of_week_entropy: Shannon's entropy over the 168 hours of the week ÷ log 168; 0 one hour
    only, 1 all alike. usual_time_share: of the days with a timed push, the share that has one
    inside the busiest hour-long stretch of the clock, which begins at usual_minute; a day is
    counted from half a day before that stretch.

    Returns one row per account: pushes_timed int64; busiest_hour Int64 0–23, the earlier on a tie,
    with busiest_hour_share float64 of pushes_timed; hour_of_week_entropy float64; usual_minute
    Int64 since midnight; usual_time_share float64. Missing below 5 timed pushes. Sorted by account.
    Raises FrameError.
    """
    check_frame(pushes, PUSHES, name="pushes")
    owners, owner = owners_of(pushes)
    timed = pushes["timed"].to_numpy()
    whose, minute = (
        owner[timed],
        _microseconds(pushes)[timed] // 60_000_000 + 480,
    )  # Beijing is eight hours ahead
    n = np.bincount(whose, minlength=len(owners))
    week = _histogram(
        whose, (minute // 60 + 72) % 168, len(owners), 168
    )  # from Monday: 1970-01-01 was a Thursday
    hours = week.reshape(-1, 7, 24).sum(axis=1)
    start = _busiest_stretch(_histogram(whose, minute % 1440, len(owners), 1440))
    with np.errstate(divide="ignore", invalid="ignore"):
        share = week / n[:, None]
        entropy = -np.where(share > 0, share * np.log(share), 0).sum(axis=1) / np.log(168)
        rows = owners.assign(
            pushes_timed=n,
            busiest_hour_share=hours.max(axis=1) / n,
            hour_of_week_entropy=np.maximum(entropy, 0),
        )
        on_time = (minute - start[whose]) % 1440 < _WINDOW_MIN
        day = (
            minute - start[whose] + 690
        ) // 1440  # with the stretch in its middle, so that one across midnight is of one day
        rows["usual_time_share"] = _distinct(whose[on_time], day[on_time], len(owners)) / _distinct(
            whose, day, len(owners)
        )
    rows["busiest_hour"], rows["usual_minute"] = hours.argmax(axis=1), start
    for column in list(HOURLY)[3:]:
        rows[column] = rows[column].mask(rows["pushes_timed"] < MIN_SHOWN_PUSHES)
    return rows[list(HOURLY)].astype(HOURLY)


def _busiest_stretch(minutes: Any) -> Any:
    """The minute of the day at which the hour with most pushes begins; of several the earliest that
    begins with a push.
    """
    if not len(minutes):
        return np.zeros(0, dtype="int64")
    total = np.cumsum(np.concatenate([minutes, minutes[:, : _WINDOW_MIN - 1]], axis=1), axis=1)
    total[:, _WINDOW_MIN:] = total[:, _WINDOW_MIN:] - total[:, :-_WINDOW_MIN]
    return np.where(minutes > 0, total[:, _WINDOW_MIN - 1 :], -1).argmax(axis=1)


def measure_days(pushes: pd.DataFrame) -> pd.DataFrame:
    """The days an account sends on, from its first to its last push, both counted.

    weekday_fit: how much of sending or not sending the weekday explains: R² of a 0/1 day on its
    weekday, within stretches of twelve weeks, adjusted for chance; about 0 where weekdays say
    nothing, 1 where the same weekdays are always used. clustering: burstiness (see measure_gaps) of
    the gaps between days with a push. autocorrelation_k: of pushes a day with those k days later,
    about −1 to 1.

    Returns one row per account: days, active_days int64; active_day_share, weekday_fit, clustering,
    autocorrelation_1, _7, _14 float64. Missing: shares below 5 pushes; the others below 56 days
    too, and where all days are alike. Sorted by account. Raises FrameError.
    """
    check_frame(pushes, PUSHES, name="pushes")
    owners, owner = owners_of(pushes)
    calendar = count_days(pushes)
    whose = owners_of(calendar)[1]
    days = np.bincount(whose, minlength=len(owners))
    sent = calendar["pushes"].to_numpy()
    active = (sent > 0).astype("float64")
    rows = owners.assign(
        days=days,
        active_days=np.bincount(whose, weights=active, minlength=len(owners)).astype("int64"),
    )
    rows["active_day_share"] = rows["active_days"] / rows["days"]
    rows["weekday_fit"] = _weekday_fit(active, whose, days)
    rows["clustering"] = _clustering(active, whose, len(owners))
    for lag in LAGS:
        rows[f"autocorrelation_{lag}"] = _autocorrelation(sent.astype("float64"), whose, days, lag)
    few = np.bincount(owner, minlength=len(owners)) < MIN_SHOWN_PUSHES
    rows["active_day_share"] = rows["active_day_share"].mask(few)
    for column in list(DAILY)[5:]:
        rows[column] = rows[column].mask(few | (rows["days"] < MIN_DAYS))
    return rows[list(DAILY)].astype(DAILY)


def _weekday_fit(active: Any, owner: Any, days: Any) -> Any:
    """R² of a 0/1 day on its weekday within blocks of twelve weeks (what is left joins the last),
    adjusted for its degrees of freedom.
    """
    number = np.arange(len(active)) - np.repeat(np.cumsum(days) - days, days)
    blocks = np.maximum(days // BLOCK_DAYS, 1)
    block = (
        np.minimum(number // BLOCK_DAYS, blocks[owner] - 1) + (np.cumsum(blocks) - blocks)[owner]
    )
    weekday = number % 7  # from each account's first day: only sameness matters
    total, between = (_scatter(active, group) for group in (block, block * 7 + weekday))
    by_owner = [np.bincount(owner, weights=part, minlength=len(days)) for part in (total, between)]
    with np.errstate(divide="ignore", invalid="ignore"):
        unexplained = by_owner[1] / by_owner[0] * (days - blocks) / (days - 7 * blocks)
    return np.where((by_owner[0] > 1e-9) & (days > 7 * blocks), 1 - unexplained, np.nan)


def _scatter(value: Any, group: Any) -> Any:
    """Squared distance of each value from the mean of its group."""
    n = np.bincount(group)
    with np.errstate(invalid="ignore"):
        return (value - (np.bincount(group, weights=value) / n)[group]) ** 2


def _clustering(active: Any, owner: Any, owners: int) -> Any:
    on = np.flatnonzero(active)
    pair = owner[on][1:] == owner[on][:-1]
    gap, whose = np.diff(on)[pair].astype("float64"), owner[on][1:][pair]
    n = np.bincount(whose, minlength=owners)
    return burstiness_of(*_moments(gap, whose, n), n)


def _autocorrelation(value: Any, owner: Any, days: Any, lag: int) -> Any:
    off = (
        value - (np.bincount(owner, weights=value, minlength=len(days)) / days)[owner]
        if len(value)
        else value
    )
    same = owner[lag:] == owner[: max(len(owner) - lag, 0)]
    product = (off[lag:] * off[: max(len(off) - lag, 0)])[same]
    variance = np.bincount(owner, weights=off**2, minlength=len(days))
    together = np.bincount(owner[lag:][same], weights=product, minlength=len(days))
    return np.divide(together, variance, out=np.full(len(days), np.nan), where=variance > 1e-9)


def classify_regularity(row: Mapping[Any, Any]) -> Regularity:
    """The first of REGULARITY_RULES that holds of one account's row, with the figures that decide:
    the columns of RHYTHM are read, what is missing may be None or NaN.
    """
    minute = row["usual_minute"]
    figures = Regularity(
        name="不规律",
        pushes=int(row["gaps"]) + 1,
        days=int(row["days"]),
        active_day_share=_figure(row["active_day_share"]),
        usual_time_share=_figure(row["usual_time_share"]),
        usual_minute=None if pd.isna(minute) else int(minute),
        weekday_fit=_figure(row["weekday_fit"]),
        clustering=_figure(row["clustering"]),
    )
    return replace(figures, name=_class_of(figures))


def _figure(value: Any) -> float:
    return math.nan if pd.isna(value) else float(value)


def _class_of(figures: Regularity) -> str:
    if figures.pushes < MIN_PUSHES or figures.days < MIN_DAYS:
        return "样本不足"
    if figures.active_day_share >= DAILY_SHARE:
        return "每天固定时间" if figures.usual_time_share >= CLOCK_SHARE else "每天不定时"
    if figures.weekday_fit >= WEEKDAY_FIT:
        return "每周固定几天"
    return "一阵一阵" if figures.clustering >= CLUSTERING else "不规律"


def describe_regularity(regularity: Regularity) -> str:
    """The figures a regularity rests on, in Chinese."""
    share, on_time = regularity.active_day_share, regularity.usual_time_share
    if regularity.name == "样本不足":
        return f"{regularity.pushes} 次推送，{regularity.days} 天"
    if regularity.name == "每天固定时间":
        clock = regularity.clock
        return f"{share:.0%} 的日子发文，其中 {on_time:.0%} 在 {clock} 起的一小时里"
    if regularity.name == "每天不定时":
        return f"{share:.0%} 的日子发文，" + (
            "时间只知道到天" if np.isnan(on_time) else f"最多只有 {on_time:.0%} 在同一小时里"
        )
    weekday_fit = max(regularity.weekday_fit, 0)
    return f"看星期几能说准 {weekday_fit:.0%}，扎堆程度 {regularity.clustering:.2f}"


def name_regularity(rhythm: pd.DataFrame) -> pd.DataFrame:
    """Regularity in words, by the first of REGULARITY_RULES that holds, from measure_rhythm's
    frame.

    Returns one row per account in the frame's order: account_id, account str; regularity str, a key
    of REGULARITY_RULES; regularity_because str, the figures it rests on. Raises FrameError.
    """
    check_frame(rhythm, RHYTHM, name="rhythm")
    regularities = [classify_regularity(row) for row in rhythm.to_dict("records")]
    words = rhythm[list(_OWNER)].assign(
        regularity=[regularity.name for regularity in regularities],
        regularity_because=[describe_regularity(regularity) for regularity in regularities],
    )
    return words.astype(REGULARITY)


def _microseconds(pushes: pd.DataFrame) -> Any:
    return pushes["published_at"].to_numpy("datetime64[us]").astype("int64")


def _times(microseconds: pd.Series[Any]) -> pd.Series[Any]:
    whole = pd.Series(microseconds.round().astype("Int64").to_numpy(), dtype="Int64")
    return (
        pd.to_datetime(whole, unit="us", utc=True).dt.tz_convert("Asia/Shanghai").dt.as_unit("us")
    )


def _histogram(owner: Any, value: Any, owners: int, values: int) -> Any:
    return np.bincount(owner * values + value, minlength=owners * values).reshape(owners, values)


def _distinct(owner: Any, day: Any, owners: int) -> Any:
    """How many different days each account has."""
    pairs = pd.DataFrame({"owner": owner, "day": day}).drop_duplicates()
    return np.bincount(pairs["owner"], minlength=owners)
