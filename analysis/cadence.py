"""How often and when accounts send (发文节奏): one function per statistic on the pushes of the articles frame.

All times are Asia/Shanghai; weeks start on Monday. Cadence counts pushes, volume counts articles. What is not held can't be counted:
every rate is of what is held, and coverage says how much that is.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from analysis.frames import TIME, check_frame

__all__ = [
    "HOURS",
    "PUSHES",
    "PUSH_SIZES",
    "RATES",
    "RECENT_DAYS",
    "USUAL_TIMES",
    "WEEKS",
    "build_pushes",
    "count_hours",
    "count_push_sizes",
    "count_weeks",
    "find_usual_times",
    "measure_rates",
]

PUSHES = {"account_id": "str", "account": "str", "push_id": "str", "published_at": TIME, "timed": "bool", "articles": "int64"}
RATES = {
    "account_id": "str", "account": "str", "pushes": "int64", "articles": "int64", "first": TIME, "last": TIME, "days": "int64", "weeks": "int64",
    "pushes_per_week": "float64", "articles_per_week": "float64", "articles_per_push": "float64", "pushes_timed": "int64",
}  # fmt: skip
WEEKS = {"account_id": "str", "account": "str", "week": "datetime64[us]", "pushes": "int64", "articles": "int64"}
HOURS = {"account_id": "str", "account": "str", "weekday": "int64", "hour": "int64", "pushes": "int64", "share": "float64"}
PUSH_SIZES = {"account_id": "str", "account": "str", "size": "int64", "pushes": "int64", "share": "float64"}
RECENT_DAYS = 84  # twelve weeks: long enough for a weekly rhythm, short enough to be today's
USUAL_TIMES = {
    "account_id": "str", "account": "str", "weekday": "Int64", "weekday_share": "float64", "pushes": "int64", "hour": "Int64", "hour_share": "float64",
    "pushes_timed": "int64", "recent_hour": "Int64", "recent_hour_share": "float64", "recent_timed": "int64", "recent_pushes": "int64",
}  # fmt: skip
_NEEDED = {"account_id": "str", "account": "str", "push_id": "str", "published_at": TIME, "time_precision": "category"}
_ACCOUNT = ["account_id", "account"]
_MINUTE = pd.Timedelta(minutes=1)


def build_pushes(articles: pd.DataFrame) -> pd.DataFrame:
    """The send-outs: one row per account and push_id, at the time of its first article.

    Where push_id is missing, articles of one account less than a minute apart are one push, and join a push with a push_id that is
    among them. Times known only to the day say the same for all of that day, so those are one push a day. Articles whose push has
    no time at all are left out.

    Returns account_id, account, push_id str (one made from the time where it is missing); published_at (Asia/Shanghai); timed bool,
    true where the hour is known (to the second or minute); articles int64; sorted by account, published_at, push_id. Raises FrameError.
    """
    check_frame(articles, _NEEDED, name="articles")
    rows = articles[list(_NEEDED)].sort_values(["account_id", "published_at", "push_id"]).reset_index(drop=True)
    rows["push_id"] = _name_pushes(rows)
    rows["timed"] = rows["published_at"].where(rows["time_precision"].isin(["second", "minute"]))
    rows = rows.dropna(subset=["push_id"])
    grouped = rows.groupby(["account_id", "push_id"], as_index=False)
    pushes = grouped.agg(account=("account", "last"), first=("published_at", "min"), first_timed=("timed", "min"), articles=("account", "size"))
    pushes["published_at"] = pushes["first_timed"].fillna(pushes["first"])
    pushes["timed"] = pushes["first_timed"].notna()
    pushes = pushes.dropna(subset=["published_at"])[list(PUSHES)].astype(PUSHES)
    return pushes.sort_values(["account", "account_id", "published_at", "push_id"], ignore_index=True)


def _name_pushes(rows: pd.DataFrame) -> pd.Series[str]:
    """The push_id of each row (sorted by account and time), with one made up where it is missing; missing where there is no time either."""
    apart = (rows["account_id"] != rows["account_id"].shift()) | ~(rows["published_at"].diff() < _MINUTE)
    group = apart.cumsum()
    known = rows.groupby(group)["push_id"].transform("first")
    made = rows.groupby(group)["published_at"].transform("first").dt.strftime("at-%Y%m%dT%H%M%S").astype("str")
    return rows["push_id"].fillna(known.where(rows["published_at"].notna())).fillna(made)


def measure_rates(pushes: pd.DataFrame) -> pd.DataFrame:
    """Pushes and articles per week: counts over the days from the first to the last push, both counted, ÷ 7.

    Returns one row per account: account_id, account str; pushes, articles int64; first, last (Asia/Shanghai); days int64, ≥ 1; weeks
    int64, calendar weeks touched; pushes_per_week, articles_per_week float64, high and shaky over few days; articles_per_push float64;
    pushes_timed int64, pushes whose hour is known. Sorted by account.
    """
    check_frame(pushes, PUSHES, name="pushes")
    grouped = pushes.groupby(["account", "account_id"], as_index=False)
    rates = grouped.agg(
        pushes=("push_id", "size"), articles=("articles", "sum"), first=("published_at", "min"), last=("published_at", "max"), pushes_timed=("timed", "sum")
    )
    first, last = rates["first"].dt.tz_localize(None).dt.normalize(), rates["last"].dt.tz_localize(None).dt.normalize()
    rates["days"] = (last - first).dt.days + 1
    rates["weeks"] = (_monday(rates["last"]) - _monday(rates["first"])).dt.days // 7 + 1
    rates["pushes_per_week"] = rates["pushes"] / rates["days"] * 7
    rates["articles_per_week"] = rates["articles"] / rates["days"] * 7
    rates["articles_per_push"] = rates["articles"] / rates["pushes"]
    return rates[list(RATES)].astype(RATES)


def count_weeks(pushes: pd.DataFrame) -> pd.DataFrame:
    """Pushes and articles in every week from an account's first push to its last; weeks with none are zeros.

    Returns account_id, account str; week datetime64[us], the Monday (Beijing, no zone); pushes, articles int64; sorted by account, week.
    The first and the last week may be only partly covered.
    """
    check_frame(pushes, PUSHES, name="pushes")
    grouped = pushes.assign(week=_monday(pushes["published_at"])).groupby(["account", "account_id", "week"])
    weekly = grouped.agg(pushes=("push_id", "size"), articles=("articles", "sum")).reset_index()
    parts = [_fill_weeks(part) for _, part in weekly.groupby(["account", "account_id"])]
    return pd.concat(parts, ignore_index=True).astype(WEEKS) if parts else _empty(WEEKS)


def _fill_weeks(part: pd.DataFrame) -> pd.DataFrame:
    every = pd.date_range(part["week"].min(), part["week"].max(), freq="7D", name="week")
    filled = part.set_index("week")[["pushes", "articles"]].reindex(every, fill_value=0).reset_index()
    owner = part[["account_id", "account"]].head(1)
    return owner.merge(filled, how="cross")


def count_hours(pushes: pd.DataFrame) -> pd.DataFrame:
    """Pushes by weekday and hour, of pushes whose hour is known; those known to the day are refused (measure_rates counts both).

    Returns all 168 cells of each account that has any such push: account_id, account str; weekday int64, 0 = Monday; hour int64,
    0–23; pushes int64; share float64 of the account's pushes with a known hour, summing to 1. Sorted by account, weekday, hour.
    """
    check_frame(pushes, PUSHES, name="pushes")
    timed = pushes[pushes["timed"]]
    if timed.empty:
        return _empty(HOURS)
    at = timed["published_at"].dt
    counted = timed.assign(weekday=at.day_of_week, hour=at.hour).groupby(["account", "account_id", "weekday", "hour"]).size()
    owners = timed[["account", "account_id"]].drop_duplicates().sort_values(["account", "account_id"])
    cells = owners.merge(pd.MultiIndex.from_product([range(7), range(24)], names=["weekday", "hour"]).to_frame(index=False), how="cross")
    cells["pushes"] = counted.reindex(pd.MultiIndex.from_frame(cells), fill_value=0).to_numpy()
    cells["share"] = cells["pushes"] / cells.groupby("account_id")["pushes"].transform("sum")
    return cells[list(HOURS)].astype(HOURS)


def count_push_sizes(pushes: pd.DataFrame) -> pd.DataFrame:
    """Pushes by their number of articles (as held: slots nobody has seen are not counted).

    Returns account_id, account str; size, pushes int64; share float64 of the account's pushes; sorted by account, size.
    """
    check_frame(pushes, PUSHES, name="pushes")
    sizes = pushes.rename(columns={"articles": "size"}).groupby(["account", "account_id", "size"]).size().rename("pushes").reset_index()
    sizes["share"] = sizes["pushes"] / sizes.groupby("account_id")["pushes"].transform("sum")
    return sizes[list(PUSH_SIZES)].astype(PUSH_SIZES)


def find_usual_times(pushes: pd.DataFrame) -> pd.DataFrame:
    """The most used weekday and the most used hour of each account, the earliest of several.

    Returns one row per account: account_id, account str; weekday Int64 (0 = Monday) with weekday_share float64 of pushes int64; hour
    Int64 with hour_share float64 of pushes_timed int64, NA where no hour is known; the same for the last twelve weeks before the account's
    last push as recent_hour, recent_hour_share, recent_timed, with recent_pushes int64 in them. Sorted by account.
    """
    check_frame(pushes, PUSHES, name="pushes")
    rows: list[dict[str, Any]] = []
    for (account, account_id), part in pushes.groupby(["account", "account_id"]):
        timed = part.loc[part["timed"], "published_at"]
        days = part["published_at"].dt.day_of_week.value_counts().sort_index()
        hours = timed.dt.hour.value_counts().sort_index()
        since = part["published_at"].max() - pd.Timedelta(days=RECENT_DAYS)
        late = timed[timed > since].dt.hour.value_counts().sort_index()
        rows.append({
            "account_id": account_id, "account": account, "weekday": days.idxmax(), "weekday_share": days.max() / len(part), "pushes": len(part),
            "hour": None if hours.empty else hours.idxmax(), "hour_share": None if hours.empty else hours.max() / len(timed), "pushes_timed": len(timed),
            "recent_hour": None if late.empty else late.idxmax(), "recent_hour_share": None if late.empty else late.max() / late.sum(),
            "recent_timed": int(late.sum()), "recent_pushes": int((part["published_at"] > since).sum()),
        })  # fmt: skip
    return pd.DataFrame({column: pd.Series([row[column] for row in rows], dtype=dtype) for column, dtype in USUAL_TIMES.items()})


def _monday(times: pd.Series[Any]) -> pd.Series[Any]:
    days: pd.Series[Any] = times.dt.tz_localize(None).dt.normalize()
    monday: pd.Series[Any] = days - pd.to_timedelta(days.dt.day_of_week, unit="D")
    return monday


def _empty(columns: dict[str, str]) -> pd.DataFrame:
    return pd.DataFrame({column: pd.Series([], dtype=dtype) for column, dtype in columns.items()})
