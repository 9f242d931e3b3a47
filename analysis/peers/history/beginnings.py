"""Whether the stored articles of an account reach back to its beginning, classified from the data
alone. A history that starts where an archive was cut is no beginning.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from analysis.cadence.pushes import PUSHES
from analysis.frames import TIME, check_frame
from analysis.rows import frame_of
from analysis.text.title_marks import find_marks

__all__ = ["BEGINNINGS", "FIRST_DAYS", "NEAR_CUT_DAYS", "classify_beginnings"]

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
FIRST_DAYS = 90
NEAR_CUT_DAYS = 28  # a change of rate this near the end of the first 90 days is that same end
_TOGETHER, _TOGETHER_DAYS = 3, 3  # accounts that begin within so many days were cut, not founded
# several accounts of one round number of articles were imported up to a limit
_LIMIT_STEP, _LIMIT_LEAST = 10, 50
_FIRST_PUSHES, _LATE_ISSUE = 5, 3
# where the numbers of every account's send-outs that began after about 2014 start
_MID_BASE = 2**31 + 100_000_000
_MID_SPAN = 50_000_000
_MID_BEFORE = 5  # so many send-outs, drafts among them, may be missing before the first
_OPENING = re.compile(
    r"发刊词|创刊|开刊|开通(?:啦|了)|正式(?:上线|开通|启用|亮相)|公众号(?:上线|开通|来了)|试运营|"
    r"第一篇|首期|开篇|初次见面|你好，?世界|[Hh]ello,? ?[Ww]orld|我们来(?:啦|了)"
)
_LOW_COVERAGE = 0.5


def classify_beginnings(
    articles: pd.DataFrame,
    pushes: pd.DataFrame,
    *,
    coverage: Mapping[str, float | None] | None = None,
    since: pd.Timestamp | None = None,
) -> pd.DataFrame:
    """Whether the stored articles of each account start where the account did.

    Signs for it (`because`): "number", the first send-out's number is at most about five send-outs
    (of the account's median step) above the number every newer account's begin with; "first issue",
    the first five pushes hold a series' first issue; "opening", one of the first five pushes says
    so in its title. Signs against it (`against`): "number", far above; "late issue", a numbered
    series begins later than its third issue in the first 90 days; "together", three accounts begin
    within three days; "limit", three have the same round number of articles; "since", it begins
    with the window asked for; "coverage", less than half is stored. `held` is true where there is a
    sign for it and none against; without any sign it stays open, and false.

    `pushes` are pushes.build_pushes of `articles`; `coverage` shares by account_id; `since` the
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
        rows.append(row | _own_signs(titles[str(account_id)], part, first))
    _add_common_signs(rows, coverage or {}, since)
    for row in rows:
        row["held"] = bool(row["because"]) and not row["against"]
    return frame_of(rows, BEGINNINGS)


def _own_signs(
    articles: pd.DataFrame, pushes: pd.DataFrame, first: pd.Timestamp
) -> dict[str, list[str]]:
    """The signs for and against in one account's own articles."""
    because: list[str] = []
    against: list[str] = []
    starts_at_base = _starts_at_base(pushes["push_id"].tolist())
    if starts_at_base is not None:
        (because if starts_at_base else against).append("number")
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


def _starts_at_base(push_ids: Sequence[str]) -> bool | None:
    """Whether the numbers of the send-outs begin at their base; None for older accounts', whose
    base is unknown, and for invented ones.
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


def _add_common_signs(
    rows: list[dict[str, Any]], coverage: Mapping[str, float | None], since: pd.Timestamp | None
) -> None:
    """Adds the signs that several accounts give together: archives are cut for many at once."""
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
        if since is not None and row["first"] - since <= pd.Timedelta(days=NEAR_CUT_DAYS):
            row["against"].append("since")
        share = coverage.get(row["account_id"])
        if share is not None and share < _LOW_COVERAGE:
            row["against"].append("coverage")
