"""How accounts began: the first 90 days and the phases after, each with its rhythm, columns and
formats; what the steady ones had in common.

A history that starts where an archive was cut is no beginning. Whether one is held is judged by
judge_beginnings, from the data alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from analysis.cadence.changes import CHANGES
from analysis.cadence.pushes import PUSHES
from analysis.columns.runs import RUNS
from analysis.compute.cache import cached_by_account
from analysis.frames import TIME, check_frame
from analysis.text.title_marks import find_marks

__all__ = [
    "BEGINNINGS",
    "FIRST_DAYS",
    "PHASES",
    "SHARED",
    "STEADY",
    "STEADY_RULE",
    "compare_steady",
    "cut_phases",
    "classify_beginnings",
    "classify_steady",
]

BEGINNINGS = {
    "account_id": "str",
    "account": "str",
    "first": TIME,
    "last": TIME,
    "articles": "int64",
    "pushes": "int64",
    "held": "bool",
    "because": "object",
    "against": "object",
}
PHASES = {
    "account_id": "str",
    "account": "str",
    "phase": "int64",
    "kind": "str",
    "since": TIME,
    "until": TIME,
    "days": "int64",
    "week_from": "float64",
    "week_to": "float64",
    "pushes": "int64",
    "pushes_per_week": "float64",
    "articles": "int64",
    "articles_per_push": "float64",
    "n_kinds": "int64",
    "article_share": "float64",
    "image_share": "float64",
    "video_share": "float64",
    "columns": "int64",
    "column_share": "float64",
    "started": "object",
    "started_on": "object",
    "dropped": "object",
    "dropped_on": "object",
    "hours_moved": "object",
    "redesigns": "object",
    "n_bodies": "int64",
    "template": "Int64",
    "template_share": "float64",
    "font_size_px": "float64",
    "images": "float64",
}
STEADY = {
    "account_id": "str",
    "account": "str",
    "weeks": "float64",
    "pushes": "int64",
    "sending": "bool",
    "pauses": "int64",
    "rate_first": "float64",
    "rate_last": "float64",
    "steady": "boolean",
    "because": "str",
}
SHARED = {
    "figure": "str",
    "n_steady": "int64",
    "steady_median": "float64",
    "n_others": "int64",
    "others_median": "float64",
    "p": "float64",
    "holds": "boolean",
}
FIRST_DAYS = 90
_LEAST_PUSHES, _LEAST_DAYS = 5, 28  # below either a phase has no rate
_NEAR_CUT_DAYS = 28  # a change of rate this near the end of the first 90 days is that same end
_TOGETHER, _TOGETHER_DAYS = 3, 3  # accounts that begin within so many days were cut, not founded
_LIMIT_STEP, _LIMIT_LEAST = (
    10,
    50,
)  # several accounts of one round number of articles were taken up to a limit
_FIRST_PUSHES, _LATE_ISSUE = 5, 3
_MID_BASE = (
    2**31 + 100_000_000
)  # where the numbers of every account's send-outs that began after about 2014 start
_MID_SPAN = 50_000_000
_MID_BEFORE = 5  # so many send-outs, drafts among them, may be missing before the first
_OPENING = re.compile(
    r"发刊词|创刊|开刊|开通(?:啦|了)|正式(?:上线|开通|启用|亮相)|公众号(?:上线|开通|来了)|试运营|"
    r"第一篇|首期|开篇|初次见面|你好，?世界|[Hh]ello,? ?[Ww]orld|我们来(?:啦|了)"
)
_LOW_COVERAGE = 0.5
STEADY_RULE = (
    "满 52 周且有 20 次推送；还在发（最后一次离全部收录的最后一天不到 28 天，"
    "或不到自己常见间隔的 3 倍）；没有停更；最后一段的每周推送不低于第一段的八成"
)
_STEADY_DAYS, _STEADY_PUSHES, _STILL_DAYS, _STILL_GAPS, _NOT_FALLING = 364, 20, 28, 3, 0.8
_FIGURES = (
    "pushes_per_week",
    "articles_per_push",
    "columns",
    "column_share",
    "article_share",
    "image_share",
    "video_share",
    "font_size_px",
    "images",
)
_LEAST_STEADY = 3
_SETTLED_DAYS, _LEAST_BODIES = 60, 5
_FORMATS = {"article": ("article", "repost"), "image": ("image",), "video": ("video",)}
_ALPHA = 0.05


def classify_beginnings(
    articles: pd.DataFrame,
    pushes: pd.DataFrame,
    *,
    coverage: Mapping[str, float | None] | None = None,
    since: pd.Timestamp | None = None,
) -> pd.DataFrame:
    """Whether what is held of each account starts where the account did.

    For it speak (`because`): "number", the first send-out's number is at most about five send-outs
    (of the account's median step) above the number every newer account's begin with; "first issue",
    the first five pushes hold a series' first issue; "opening", one of the first five pushes says
    so in its title. Against it (`against`): "number", far above; "late issue", a numbered series
    begins later than its third issue in the first 90 days; "together", three accounts begin within
    three days; "limit", three hold the same round number of articles; "since", it begins with the
    window asked for; "coverage", less than half is held. Held is what something speaks for and
    nothing against: with neither nobody can tell.

    `pushes` are cadence.build_pushes of `articles`; `coverage` shares by account_id; `since` the
    window's beginning. Returns one row per account with a dated push: first, last (Asia/Shanghai);
    articles, pushes int64; held bool; because, against lists. Sorted by account. Raises FrameError.
    """
    check_frame(
        articles,
        {"account_id": "str", "title": "str", "published_at": TIME, "push_id": "str"},
        name="articles",
    )
    check_frame(pushes, PUSHES, name="pushes")
    dated = articles.dropna(subset=["published_at"])
    sizes, titles = (
        dated.groupby("account_id").size(),
        {str(key): part for key, part in dated.groupby("account_id")},
    )
    rows = []
    for (account, account_id), part in pushes.groupby(["account", "account_id"]):
        first, last = part["published_at"].min(), part["published_at"].max()
        row = {
            "account_id": account_id,
            "account": account,
            "first": first,
            "last": last,
            "articles": int(sizes.get(account_id, 0)),
            "pushes": len(part),
        }
        rows.append(row | _read_signs(titles[str(account_id)], part, first))
    _compare_starts(rows, coverage or {}, since)
    for row in rows:
        row["held"] = bool(row["because"]) and not row["against"]
    return _frame(rows, BEGINNINGS)


def _read_signs(
    articles: pd.DataFrame, pushes: pd.DataFrame, first: pd.Timestamp
) -> dict[str, list[str]]:
    """What one account's own articles say for and against."""
    because: list[str] = []
    against: list[str] = []
    number = _judge_number(pushes["push_id"].tolist())
    if number is not None:
        (because if number else against).append("number")
    opening = articles[
        articles["published_at"] <= pushes["published_at"].iloc[min(_FIRST_PUSHES, len(pushes)) - 1]
    ]["title"].dropna()
    early = articles[articles["published_at"] < first + pd.Timedelta(days=FIRST_DAYS)][
        "title"
    ].dropna()
    if any(min(issues) > _LATE_ISSUE for issues in _find_issues(early).values() if len(issues) > 1):
        against.append("late issue")
    elif any(1 in issues for issues in _find_issues(opening).values()):
        because.append("first issue")
    if opening.str.contains(_OPENING).any():
        because.append("opening")
    return {"because": because, "against": against}


def _judge_number(push_ids: Sequence[str]) -> bool | None:
    """Whether the numbers of the send-outs begin at their base; None for older accounts', whose
    base nobody knows, and for made-up ones.
    """
    numbers = np.array(
        [int(push_id) for push_id in push_ids if push_id.isdecimal() and len(push_id) < 15],
        dtype=np.int64,
    )
    if len(numbers) < _FIRST_PUSHES or not (_MID_BASE <= numbers[0] <= _MID_BASE + _MID_SPAN):
        return None
    step = max(float(np.median(np.abs(np.diff(numbers)))), 1.0)
    return bool((numbers[0] - _MID_BASE) / step <= _MID_BEFORE)


def _find_issues(titles: Iterable[str]) -> dict[str, set[int]]:
    """The issues of each numbered series in the titles."""
    issues: dict[str, set[int]] = {}
    for title in titles:
        for mark in find_marks(title):
            if mark.kind == "numbered" and mark.number is not None and mark.number.isdecimal():
                issues.setdefault(mark.key, set()).add(int(mark.number))
    return issues


def _compare_starts(
    rows: list[dict[str, Any]], coverage: Mapping[str, float | None], since: pd.Timestamp | None
) -> None:
    """What the accounts say of each other: archives are cut for many at once."""
    days = np.array(
        [row["first"].tz_localize(None).to_datetime64() for row in rows], dtype="datetime64[D]"
    ).astype(np.int64)
    totals = [row["articles"] for row in rows]
    for row, day in zip(rows, days, strict=True):
        if (np.abs(days - day) <= _TOGETHER_DAYS).sum() >= _TOGETHER:
            row["against"].append("together")
        if (
            row["articles"] >= _LIMIT_LEAST
            and row["articles"] % _LIMIT_STEP == 0
            and totals.count(row["articles"]) >= _TOGETHER
        ):
            row["against"].append("limit")
        if since is not None and row["first"] - since <= pd.Timedelta(days=_NEAR_CUT_DAYS):
            row["against"].append("since")
        share = coverage.get(row["account_id"])
        if share is not None and share < _LOW_COVERAGE:
            row["against"].append("coverage")


@cached_by_account(
    PHASES,
    {
        "articles": ("article_id", "published_at", "kind"),
        "pushes": PUSHES,
        "assigned": ("article_id", "content_column", "kind", "column_id"),
        "began": BEGINNINGS,
        "changes": CHANGES,
        "runs": RUNS,
        "layouts": ("article_id", "template", "font_size_px", "images"),
        "redesigns": ("account_id", "at"),
    },
)
def cut_phases(
    articles: pd.DataFrame,
    pushes: pd.DataFrame,
    assigned: pd.DataFrame,
    *,
    began: pd.DataFrame,
    changes: pd.DataFrame,
    runs: pd.DataFrame,
    layouts: pd.DataFrame | None = None,
    redesigns: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Each account's time in phases: the first 90 days where its beginning is held, then from
    change to change of its rate, pauses between.

    `pushes`, `changes` (timing.changes.find_changes), `runs` (column_runs.list_runs), `began`
    (judge_beginnings) and `assigned` (content_columns.assign_columns) are of `articles`; `layouts`
    are article_id, template, font_size_px, images of articles whose body is held, `redesigns`
    account_id and at. Changes of the usual hour and redesigns cut nothing: they are told within the
    phase they fall in.

    Returns one row per account and phase from 1: kind str "beginning", "run" or "pause"; since,
    until (Beijing midnights, until is not in it), days int64; week_from, week_to float64 weeks
    since the first push's day; pushes int64, pushes_per_week float64, missing below 5 pushes or 28
    days; articles int64, articles_per_push float64; n_kinds int64 articles whose format is known,
    article_, image_, video_share float64 of them; columns int64 content columns (no themes) that
    ran in it, column_share float64 of its articles in them; started, dropped lists of columns with
    the days of their first and last issue in started_on, dropped_on (what ran from a cut history's
    first 60 days on did not start there); hours_moved, redesigns lists of ISO days; n_bodies int64,
    template Int64 the commonest with template_share, font_size_px, images float64 medians, missing
    below 5 bodies. Sorted by account, phase. Raises FrameError.
    """
    check_frame(
        articles,
        {"article_id": "str", "account_id": "str", "published_at": TIME, "kind": "category"},
        name="articles",
    )
    check_frame(began, BEGINNINGS, name="began")
    check_frame(changes, CHANGES, name="changes")
    check_frame(runs, RUNS, name="runs")
    told = _tell_articles(articles, assigned, layouts)
    rows = []
    for one in began.to_dict("records"):
        own = _Own(
            one["account_id"], told, pushes, runs[runs["kind"] != "theme"], changes, redesigns
        )
        edges = _find_edges(one, own.changes)
        for number, (kind, begin, end) in enumerate(edges, 1):
            row = {
                "account_id": one["account_id"],
                "account": one["account"],
                "phase": number,
                "kind": kind,
            }
            rows.append(
                row | _measure_phase(own, begin, end, first=edges[0][1], held=bool(one["held"]))
            )
    return _frame(rows, PHASES)


def _tell_articles(
    articles: pd.DataFrame, assigned: pd.DataFrame, layouts: pd.DataFrame | None
) -> pd.DataFrame:
    """Dated articles with their day, whether they are in a content column, and their layout where a
    body is held.
    """
    dated = articles.loc[
        articles["published_at"].notna(), ["article_id", "account_id", "published_at", "kind"]
    ]
    inside = assigned.loc[
        assigned["content_column"].notna() & (assigned["kind"] != "theme"),
        ["article_id", "column_id"],
    ]
    joined = dated.merge(inside, on="article_id", how="left")
    empty = pd.DataFrame(
        {
            "article_id": pd.Series(dtype="str"),
            **{name: pd.Series(dtype="float64") for name in ("template", "font_size_px", "images")},
        }
    )
    return joined.merge(empty if layouts is None else layouts, on="article_id", how="left").assign(
        day=_days(joined["published_at"])
    )


def _days(times: Any) -> Any:
    return pd.Series(times).dt.tz_localize(None).to_numpy("datetime64[D]").astype(np.int64)


class _Own:
    """What of each frame is one account's, by day (days since 1970 in Beijing)."""

    def __init__(
        self,
        account_id: str,
        told: pd.DataFrame,
        pushes: pd.DataFrame,
        runs: pd.DataFrame,
        changes: pd.DataFrame,
        redesigns: pd.DataFrame | None,
    ) -> None:
        self.articles = told[told["account_id"] == account_id]
        self.push_days = _days(pushes.loc[pushes["account_id"] == account_id, "published_at"])
        self.runs = runs[runs["account_id"] == account_id]
        self.run_days = _days(self.runs["first"]), _days(self.runs["last"])
        own = changes[changes["account_id"] == account_id]
        self.changes = list(
            zip(
                own["kind"],
                own["date"].to_numpy("datetime64[D]").astype(np.int64).tolist(),
                strict=True,
            )
        )
        self.redesigns = (
            []
            if redesigns is None
            else _days(redesigns.loc[redesigns["account_id"] == account_id, "at"]).tolist()
        )


def _find_edges(
    one: Mapping[Any, Any], changes: Sequence[tuple[str, int]]
) -> list[tuple[str, int, int]]:
    """The kind, first day and day after the last of each phase."""
    begin, end = int(_days([one["first"]])[0]), int(_days([one["last"]])[0]) + 1
    grown = (
        begin + FIRST_DAYS if one["held"] and end - begin > FIRST_DAYS + _NEAR_CUT_DAYS else None
    )
    cuts = {
        day
        for kind, day in changes
        if kind in ("pause", "resume")
        or (kind == "rate" and (grown is None or abs(day - grown) > _NEAR_CUT_DAYS))
    }
    cuts |= {grown} if grown is not None else set()
    edges = [begin, *sorted(day for day in cuts if begin < day < end), end]
    silent = {day for kind, day in changes if kind == "pause"}
    young = end if grown is None else grown
    return [
        (
            "pause" if low in silent else "beginning" if one["held"] and high <= young else "run",
            low,
            high,
        )
        for low, high in pairwise(edges)
    ]


def _measure_phase(own: _Own, begin: int, end: int, *, first: int, held: bool) -> dict[str, Any]:
    part = own.articles[(own.articles["day"] >= begin) & (own.articles["day"] < end)]
    pushes, days = int(((own.push_days >= begin) & (own.push_days < end)).sum()), end - begin
    kinds = part["kind"].dropna()
    shares = {
        f"{name}_share": float(kinds.isin(which).mean()) if len(kinds) else None
        for name, which in _FORMATS.items()
    }
    moved = [_iso(day) for kind, day in own.changes if kind == "hour" and begin <= day < end]
    return {
        "since": _midnight(begin),
        "until": _midnight(end),
        "days": days,
        "week_from": (begin - first) / 7,
        "week_to": (end - first) / 7,
        "pushes": pushes,
        "pushes_per_week": pushes / days * 7
        if pushes >= _LEAST_PUSHES and days >= _LEAST_DAYS
        else None,
        "articles": len(part),
        "articles_per_push": len(part) / pushes if pushes else None,
        "n_kinds": len(kinds),
        **shares,
        "columns": part["column_id"].nunique(),
        "column_share": float(part["column_id"].notna().mean()) if len(part) else None,
        **_come_and_go(own, begin, end, first=first, held=held),
        "hours_moved": moved,
        "redesigns": [_iso(day) for day in own.redesigns if begin <= day < end],
        **_measure_layout(part),
    }


def _come_and_go(
    own: _Own, begin: int, end: int, *, first: int, held: bool
) -> dict[str, list[str]]:
    firsts, lasts = own.run_days
    began = (firsts >= begin) & (firsts < end) & (held | (firsts - first > _SETTLED_DAYS))
    ended = (
        (lasts >= begin)
        & (lasts < end)
        & (own.runs["status"] == "ended").fillna(False).to_numpy(dtype=bool)
    )
    names = own.runs["content_column"].to_numpy()
    return {
        "started": [str(name) for name in names[began]],
        "started_on": [_iso(int(day)) for day in firsts[began]],
        "dropped": [str(name) for name in names[ended]],
        "dropped_on": [_iso(int(day)) for day in lasts[ended]],
    }


def _measure_layout(part: pd.DataFrame) -> dict[str, Any]:
    laid_out = part.dropna(subset=["template"])
    enough = len(laid_out) >= _LEAST_BODIES
    common = laid_out["template"].value_counts().sort_index()
    return {
        "n_bodies": len(laid_out),
        "template": int(common.index[int(common.argmax())]) if enough else None,
        "template_share": common.max() / len(laid_out) if enough else None,
        "font_size_px": laid_out["font_size_px"].median() if enough else None,
        "images": laid_out["images"].median() if enough else None,
    }


def _midnight(day: int) -> pd.Timestamp:
    return pd.Timestamp(day * 86_400, unit="s").tz_localize("Asia/Shanghai").as_unit("us")


def _iso(day: int) -> str:
    return f"{pd.Timestamp(day * 86_400, unit='s'):%Y-%m-%d}"


def classify_steady(
    pushes: pd.DataFrame, phases: pd.DataFrame, changes: pd.DataFrame
) -> pd.DataFrame:
    """Which accounts grew steady: STEADY_RULE, of what is held.

    Returns one row per account: weeks float64 from first to last push; pushes int64; sending bool,
    whether its last push is less than 28 days, or three of its median gaps, before the last push of
    all accounts; pauses int64; rate_first, rate_last float64 pushes per week of its first and last
    phase that has a rate; steady boolean, missing below 52 weeks or 20 pushes; because str, the
    first thing that speaks against it. Sorted by account. Raises FrameError.
    """
    check_frame(pushes, PUSHES, name="pushes")
    check_frame(phases, PHASES, name="phases")
    check_frame(changes, CHANGES, name="changes")
    newest = pushes["published_at"].max()
    rows = []
    for (account, account_id), own in pushes.groupby(["account", "account_id"]):
        times = own["published_at"].sort_values()
        gap = times.diff().median() if len(times) > 1 else pd.Timedelta(0)
        rates = phases.loc[phases["account_id"] == account_id, "pushes_per_week"].dropna()
        row = {
            "account_id": account_id,
            "account": account,
            "weeks": (times.iloc[-1] - times.iloc[0]) / pd.Timedelta(weeks=1),
            "pushes": len(own),
            "sending": bool(
                newest - times.iloc[-1] <= max(pd.Timedelta(days=_STILL_DAYS), _STILL_GAPS * gap)
            ),
            "pauses": int(
                ((changes["account_id"] == account_id) & (changes["kind"] == "pause")).sum()
            ),
            "rate_first": rates.iloc[0] if len(rates) else None,
            "rate_last": rates.iloc[-1] if len(rates) else None,
        }
        rows.append(row | _weigh_steady(row))
    return _frame(rows, STEADY)


def _weigh_steady(row: Mapping[str, Any]) -> dict[str, Any]:
    if (
        row["weeks"] * 7 < _STEADY_DAYS
        or row["pushes"] < _STEADY_PUSHES
        or row["rate_first"] is None
    ):
        return {"steady": None, "because": "样本不足"}
    if not row["sending"]:
        return {"steady": False, "because": "后来没再发"}
    if row["pauses"]:
        return {"steady": False, "because": "停更过"}
    if row["rate_last"] < _NOT_FALLING * row["rate_first"]:
        return {"steady": False, "because": "越发越少"}
    return {"steady": True, "because": ""}


def compare_steady(phases: pd.DataFrame, steady: pd.DataFrame) -> pd.DataFrame:
    """What the accounts that grew steady did in their first 90 days that the others didn't: only
    accounts whose beginning is held.

    Returns one row per figure of phases: n_steady, n_others int64 accounts that have it, their
    medians float64; p float64, Mann–Whitney two-sided, corrected for the number of figures compared
    (Holm 1979); holds boolean, p below 0.05, missing with fewer than three steady or three other
    accounts, as p is. In the order of the figures. Raises FrameError.
    """
    check_frame(phases, PHASES, name="phases")
    check_frame(steady, STEADY, name="steady")
    first = (
        phases[(phases["kind"] == "beginning") & (phases["phase"] == 1)]
        .merge(steady[["account_id", "steady"]], on="account_id")
        .dropna(subset=["steady"])
    )
    rows: list[dict[str, Any]] = []
    for figure in _FIGURES:
        ours, others = (
            first.loc[first["steady"] == which, figure].dropna().astype("float64")
            for which in (True, False)
        )
        enough = len(ours) >= _LEAST_STEADY and len(others) >= _LEAST_STEADY
        differ = enough and (
            ours.nunique() > 1 or others.nunique() > 1 or ours.iloc[0] != others.iloc[0]
        )
        p = _mann_whitney(ours, others) if differ else None
        rows.append(
            {
                "figure": figure,
                "n_steady": len(ours),
                "steady_median": ours.median(),
                "n_others": len(others),
                "others_median": others.median(),
                "p": p,
            }
        )
    for row, corrected in zip(rows, _correct([row["p"] for row in rows]), strict=True):
        row |= {"p": corrected, "holds": None if corrected is None else corrected < _ALPHA}
    return _frame(rows, SHARED)


def _mann_whitney(ours: pd.Series, others: pd.Series) -> float:
    from scipy.stats import (
        mannwhitneyu,
    )  # takes 0.7 s to load: only where both sides have accounts enough

    return float(mannwhitneyu(ours, others).pvalue)


def _correct(values: Sequence[float | None]) -> list[float | None]:
    """Holm's correction of those that are known."""
    known = sorted((value, at) for at, value in enumerate(values) if value is not None)
    found: list[float | None] = [None] * len(values)
    highest = 0.0
    for rank, (value, at) in enumerate(known):
        highest = max(highest, min(1.0, value * (len(known) - rank)))
        found[at] = highest
    return found


def _frame(rows: Sequence[Mapping[str, Any]], columns: Mapping[str, str]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            column: pd.Series([row[column] for row in rows], dtype=dtype)
            for column, dtype in columns.items()
        }
    )
