"""How often and when accounts send (发文节奏): the pushes of the articles frame, and their counts.

All times are Asia/Shanghai; weeks start on Monday. Cadence counts pushes, volume counts articles.
What is not held can't be counted: every rate is of what is held, and coverage says how much that
is. How regular it is: regularity.py; when it changed: changes.py.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from analysis.frames import TIME, check_frame

__all__ = [
    "DAYS",
    "HOURS",
    "MONTHS",
    "PUSHES",
    "PUSH_SIZES",
    "RATES",
    "RECENT_DAYS",
    "USUAL_TIMES",
    "WEEKS",
    "build_pushes",
    "count_days",
    "count_hours",
    "count_months",
    "count_push_sizes",
    "count_weeks",
    "find_usual_times",
    "measure_rates",
    "owners_of",
]

PUSHES = {
    "account_id": "str",
    "account": "str",
    "push_id": "str",
    "published_at": TIME,
    "timed": "bool",
    "articles": "int64",
}
RATES = {
    "account_id": "str",
    "account": "str",
    "pushes": "int64",
    "articles": "int64",
    "first": TIME,
    "last": TIME,
    "days": "int64",
    "weeks": "int64",
    "pushes_per_week": "float64",
    "articles_per_week": "float64",
    "articles_per_push": "float64",
    "pushes_timed": "int64",
}
_COUNTS = {"pushes": "int64", "articles": "int64"}
WEEKS = {"account_id": "str", "account": "str", "week": "datetime64[us]", **_COUNTS}
MONTHS = {"account_id": "str", "account": "str", "month": "datetime64[us]", **_COUNTS}
DAYS = {"account_id": "str", "account": "str", "day": "datetime64[us]", **_COUNTS}
HOURS = {
    "account_id": "str",
    "account": "str",
    "weekday": "int64",
    "hour": "int64",
    "pushes": "int64",
    "share": "float64",
}
PUSH_SIZES = {
    "account_id": "str",
    "account": "str",
    "size": "int64",
    "pushes": "int64",
    "share": "float64",
}
RECENT_DAYS = 84  # twelve weeks: long enough for a weekly rhythm, short enough to be today's
USUAL_TIMES = {
    "account_id": "str",
    "account": "str",
    "weekday": "Int64",
    "weekday_share": "float64",
    "pushes": "int64",
    "hour": "Int64",
    "hour_share": "float64",
    "pushes_timed": "int64",
    "recent_hour": "Int64",
    "recent_hour_share": "float64",
    "recent_timed": "int64",
    "recent_pushes": "int64",
}
_NEEDED = {
    "account_id": "str",
    "account": "str",
    "push_id": "str",
    "position": "Int64",
    "published_at": TIME,
    "time_precision": "category",
}
_MINUTE_US = 60_000_000


def build_pushes(articles: pd.DataFrame) -> pd.DataFrame:
    """The send-outs: one row per account and push_id, at the time of its first article.

    Where push_id is missing, articles of one account less than a minute apart are one push, and
    join a push with a push_id that is among them. Times known only to the day say the same for all
    of that day, so those are one push a day. Articles whose push has no time at all are left out. A
    slot of a push that the source names twice is one article.

    Returns account_id, account, push_id str (one made from the time where it is missing);
    published_at (Asia/Shanghai); timed bool, true where the hour is known (to the second or
    minute); articles int64; sorted by account, published_at, push_id. Raises FrameError.
    """
    check_frame(articles, _NEEDED, name="articles")
    rows = articles[list(_NEEDED)]
    rows = rows[
        ~(
            rows.duplicated(["account_id", "push_id", "position"])
            & rows["push_id"].notna()
            & rows["position"].notna()
        )
    ]
    rows = rows.assign(owner=rows["account_id"].factorize()[0]).sort_values(
        ["owner", "published_at", "push_id"], ignore_index=True
    )
    rows["push_id"] = _name_pushes(rows)
    rows["timed"] = rows["published_at"].where(rows["time_precision"].isin(["second", "minute"]))
    rows = rows.dropna(subset=["push_id"])
    grouped = rows.assign(push=rows["push_id"].factorize()[0]).groupby(
        ["owner", "push"], sort=False
    )
    pushes = grouped[["account_id", "account", "push_id"]].last()
    pushes["articles"] = grouped.size()
    first, timed = grouped["published_at"].min(), grouped["timed"].min()
    pushes["published_at"], pushes["timed"] = timed.fillna(first), timed.notna()
    pushes = pushes.dropna(subset=["published_at"])[list(PUSHES)].astype(PUSHES)
    return pushes.sort_values(
        ["account", "account_id", "published_at", "push_id"], ignore_index=True
    )


def _name_pushes(rows: pd.DataFrame) -> pd.Series[str]:
    """The push_id of each row (sorted by account and time), with one made up where it is missing;
    missing where there is no time either.
    """
    missing = rows["push_id"].isna()
    if not missing.any():
        return rows["push_id"]
    at = rows["published_at"].dt.tz_convert("UTC").dt.tz_localize(None)
    apart = (rows["owner"] != rows["owner"].shift()) | ~(
        at.diff() < pd.Timedelta(_MINUTE_US, unit="us")
    )
    group = apart.cumsum()
    named = rows.groupby(group)["push_id"].transform("first")
    dated = (
        rows.groupby(group)["published_at"]
        .transform("first")
        .dt.strftime("at-%Y%m%dT%H%M%S")
        .astype("str")
    )
    return rows["push_id"].fillna(named.where(rows["published_at"].notna())).fillna(dated)


def owners_of(frame: pd.DataFrame) -> tuple[pd.DataFrame, Any]:
    """The accounts of a frame, sorted by account and account_id, and the number of each row's
    account among them (int64 array).
    """
    codes, ids = frame["account_id"].factorize()
    names = (
        frame["account"].array[np.unique(codes, return_index=True)[1]]
        if len(frame)
        else frame["account"].array
    )
    owners = pd.DataFrame(
        {"account_id": pd.Series(ids, dtype="str"), "account": pd.Series(names, dtype="str")}
    )
    order = owners.sort_values(["account", "account_id"]).index.to_numpy()
    rank = np.empty(len(order), dtype="int64")
    rank[order] = np.arange(len(order))
    return owners.take(order).reset_index(drop=True), rank[codes]


def measure_rates(pushes: pd.DataFrame) -> pd.DataFrame:
    """Pushes and articles per week: counts over the days from the first to the last push, both
    counted, ÷ 7.

    Returns one row per account: account_id, account str; pushes, articles int64; first, last
    (Asia/Shanghai); days int64, ≥ 1; weeks int64, calendar weeks touched; pushes_per_week,
    articles_per_week float64, high and shaky over few days; articles_per_push float64; pushes_timed
    int64, pushes whose hour is known. Sorted by account. Raises FrameError.
    """
    check_frame(pushes, PUSHES, name="pushes")
    owners, owner = owners_of(pushes)
    grouped = pushes.groupby(owner)
    rates = owners.assign(
        pushes=grouped.size(),
        articles=grouped["articles"].sum(),
        first=grouped["published_at"].min(),
        last=grouped["published_at"].max(),
    )
    rates["pushes_timed"] = grouped["timed"].sum()
    rates["days"] = (_day(rates["last"]) - _day(rates["first"])).dt.days + 1
    rates["weeks"] = (_monday(rates["last"]) - _monday(rates["first"])).dt.days // 7 + 1
    rates["pushes_per_week"] = rates["pushes"] / rates["days"] * 7
    rates["articles_per_week"] = rates["articles"] / rates["days"] * 7
    rates["articles_per_push"] = rates["articles"] / rates["pushes"]
    return rates[list(RATES)].astype(RATES)


def count_weeks(pushes: pd.DataFrame) -> pd.DataFrame:
    """Pushes and articles in every week from an account's first push to its last; weeks with none
    are zeros.

    Returns account_id, account str; week datetime64[us], the Monday (Beijing, no zone); pushes,
    articles int64; sorted by account, week. The first and the last week may be only partly covered.
    Raises FrameError.
    """
    check_frame(pushes, PUSHES, name="pushes")
    number = (_days_since_1970(pushes["published_at"]) + 3) // 7  # 1970-01-01 was a Thursday
    weeks = _count_periods(pushes, number, "week")
    weeks["week"] = (
        (weeks["week"] * 7 - 3).to_numpy().astype("datetime64[D]").astype("datetime64[us]")
    )
    return weeks.astype(WEEKS)


def count_months(pushes: pd.DataFrame) -> pd.DataFrame:
    """Pushes and articles in every calendar month from an account's first push to its last; months
    with none are zeros.

    Returns account_id, account str; month datetime64[us], its first day (Beijing, no zone); pushes,
    articles int64; sorted by account, month. The first and the last month may be only partly
    covered. Raises FrameError.
    """
    check_frame(pushes, PUSHES, name="pushes")
    at = pushes["published_at"].dt
    months = _count_periods(
        pushes, (at.year * 12 + at.month - 1 - 1970 * 12).to_numpy("int64"), "month"
    )
    months["month"] = months["month"].to_numpy().astype("datetime64[M]").astype("datetime64[us]")
    return months.astype(MONTHS)


def count_days(pushes: pd.DataFrame) -> pd.DataFrame:
    """The calendar: pushes and articles on every day from an account's first push to its last; days
    with none are zeros.

    Returns account_id, account str; day datetime64[us] (Beijing, no zone); pushes, articles int64;
    sorted by account, day. Raises FrameError.
    """
    check_frame(pushes, PUSHES, name="pushes")
    days = _count_periods(pushes, _days_since_1970(pushes["published_at"]), "day")
    days["day"] = days["day"].to_numpy().astype("datetime64[D]").astype("datetime64[us]")
    return days.astype(DAYS)


def _count_periods(pushes: pd.DataFrame, number: Any, name: str) -> pd.DataFrame:
    """Pushes and articles in every numbered period from each account's first to its last."""
    owners, owner = owners_of(pushes)
    if owners.empty:
        return pd.DataFrame(
            {
                "account_id": [],
                "account": [],
                name: pd.Series([], dtype="int64"),
                "pushes": [],
                "articles": [],
            }
        )
    spans = (
        pd.DataFrame({"owner": owner, "number": number})
        .groupby("owner")["number"]
        .agg(["min", "max"])
    )
    length = (spans["max"] - spans["min"] + 1).to_numpy()
    start = np.concatenate([[0], np.cumsum(length)[:-1]])
    row = start[owner] + number - spans["min"].to_numpy()[owner]
    whose = np.repeat(np.arange(len(owners)), length)
    return pd.DataFrame(
        {
            "account_id": owners["account_id"].array[whose],
            "account": owners["account"].array[whose],
            name: np.arange(length.sum()) - start[whose] + spans["min"].to_numpy()[whose],
            "pushes": np.bincount(row, minlength=length.sum()),
            "articles": np.bincount(
                row, weights=pushes["articles"].to_numpy(), minlength=length.sum()
            ).astype("int64"),
        }
    )


def count_hours(pushes: pd.DataFrame) -> pd.DataFrame:
    """Pushes by weekday and hour, of pushes whose hour is known; those known to the day are refused
    (measure_rates counts both).

    Returns all 168 cells of each account that has any such push: account_id, account str; weekday
    int64, 0 = Monday; hour int64, 0–23; pushes int64; share float64 of the account's pushes with a
    known hour, summing to 1. Sorted by account, weekday, hour. Raises FrameError.
    """
    check_frame(pushes, PUSHES, name="pushes")
    timed = pushes[pushes["timed"]]
    owners, owner = owners_of(timed)
    at = timed["published_at"].dt
    schedule_slot = owner * 168 + at.day_of_week.to_numpy("int64") * 24 + at.hour.to_numpy("int64")
    counts = np.bincount(schedule_slot, minlength=len(owners) * 168).reshape(-1, 168)
    hours = pd.DataFrame(
        {
            "account_id": owners["account_id"].repeat(168).array,
            "account": owners["account"].repeat(168).array,
            "weekday": np.tile(np.repeat(np.arange(7), 24), len(owners)),
            "hour": np.tile(np.arange(24), 7 * len(owners)),
            "pushes": counts.ravel(),
            "share": (counts / counts.sum(axis=1, keepdims=True)).ravel(),
        }
    )
    return hours.astype(HOURS)


def count_push_sizes(pushes: pd.DataFrame) -> pd.DataFrame:
    """Pushes by their number of articles (as held: slots nobody has seen are not counted).

    Returns account_id, account str; size, pushes int64; share float64 of the account's pushes;
    sorted by account, size. Raises FrameError.
    """
    check_frame(pushes, PUSHES, name="pushes")
    sizes = (
        pushes.rename(columns={"articles": "size"})
        .groupby(["account", "account_id", "size"])
        .size()
        .rename("pushes")
        .reset_index()
    )
    sizes["share"] = sizes["pushes"] / sizes.groupby("account_id")["pushes"].transform("sum")
    return sizes[list(PUSH_SIZES)].astype(PUSH_SIZES)


def find_usual_times(pushes: pd.DataFrame) -> pd.DataFrame:
    """The most used weekday and the most used hour of each account, the earliest of several.

    Returns one row per account: account_id, account str; weekday Int64 (0 = Monday) with
    weekday_share float64 of pushes int64; hour Int64 with hour_share float64 of pushes_timed int64,
    NA where no hour is known; the same for the last twelve weeks before the account's last push as
    recent_hour, recent_hour_share, recent_timed, with recent_pushes int64 in them. Sorted by
    account. Raises FrameError.
    """
    check_frame(pushes, PUSHES, name="pushes")
    owners, owner = owners_of(pushes)
    at, timed = pushes["published_at"], pushes["timed"].to_numpy()
    recent = (at > at.groupby(owner).transform("max") - pd.Timedelta(days=RECENT_DAYS)).to_numpy()
    hour, n = at.dt.hour.to_numpy("int64"), len(owners)
    weekdays = _most_used(owner, at.dt.day_of_week.to_numpy("int64"), n, 7)
    hours = _most_used(owner[timed], hour[timed], n, 24)
    late = _most_used(owner[timed & recent], hour[timed & recent], n, 24)
    usual = owners.assign(
        weekday=weekdays[0],
        weekday_share=weekdays[1],
        pushes=weekdays[2],
        hour=hours[0],
        hour_share=hours[1],
        pushes_timed=hours[2],
        recent_hour=late[0],
        recent_hour_share=late[1],
        recent_timed=late[2],
        recent_pushes=np.bincount(owner[recent], minlength=n),
    )
    return usual[list(USUAL_TIMES)].astype(USUAL_TIMES)


def _most_used(owner: Any, value: Any, owners: int, values: int) -> tuple[Any, Any, Any]:
    """For each account the value it has most often (the least of several; NA where it has none),
    its share, and how many values it has.
    """
    counts = np.bincount(owner * values + value, minlength=owners * values).reshape(owners, values)
    n = counts.sum(axis=1)
    most = pd.array(counts.argmax(axis=1), dtype="Int64")
    most[n == 0] = pd.NA
    return most, np.divide(counts.max(axis=1), n, out=np.full(owners, np.nan), where=n > 0), n


def _day(times: pd.Series[Any]) -> pd.Series[Any]:
    day: pd.Series[Any] = times.dt.tz_localize(None).dt.normalize()
    return day


def _days_since_1970(times: pd.Series[Any]) -> Any:
    return times.dt.tz_localize(None).to_numpy("datetime64[D]").astype("int64")


def _monday(times: pd.Series[Any]) -> pd.Series[Any]:
    days = _day(times)
    monday: pd.Series[Any] = days - pd.to_timedelta(days.dt.day_of_week, unit="D")
    return monday
