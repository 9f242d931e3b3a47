"""Articles -> content columns (栏目), as far as albums and recurring title marks show them. Nothing here reads the words between.

First version. A mark that comes back is taken for a column: a city, a person or a medium that often stands before ｜ or ： can't be
told from one yet, and a column without album or mark is not found. Briefs must say so.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from analysis.frames import TIME, check_frame
from analysis.marks import find_marks, fold_text

__all__ = ["ASSIGNED", "COLUMNS", "COLUMN_MONTHS", "assign_columns", "count_column_months", "describe_columns", "find_columns"]

ASSIGNED = {
    "article_id": "str", "account_id": "str", "account": "str", "published_at": TIME, "title": "str", "url": "str", "content_column": "str", "kind": "str",
}  # fmt: skip
COLUMNS = {
    "account_id": "str", "account": "str", "content_column": "str", "kind": "str", "n": "int64", "share": "float64", "first": TIME, "last": TIME,
    "interval_days": "float64", "weekday": "Int64", "weekday_share": "float64", "hour": "Int64", "hour_share": "float64", "n_timed": "int64",
    "slot": "Int64", "slot_share": "float64", "examples": "object",
}  # fmt: skip
COLUMN_MONTHS = {"account_id": "str", "account": "str", "content_column": "str", "month": "datetime64[us]", "n": "int64"}
_NEEDED = {"article_id": "str", "account_id": "str", "account": "str", "title": "str", "published_at": TIME, "albums": "object"}
_KIND = {"numbered": "series", "dated": "series"}
_STRENGTH = ("album", "series", "marker")
_SAME = 0.6  # two marks that share this much of their articles (Jaccard) are one column under two names


@dataclass(slots=True)
class _Candidate:
    key: str
    weak: bool  # a colon, or words behind the last bar: part of the sentence more often than a name
    members: set[int] = field(default_factory=set)
    names: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)

    @property
    def kind(self) -> str:
        """An album if it is one at all, else what most of its articles show."""
        return "album" if self.kinds["album"] else min(self.kinds, key=lambda kind: (-self.kinds[kind], _STRENGTH.index(kind)))


def assign_columns(articles: pd.DataFrame, *, min_articles: int = 3, min_weeks: int = 2) -> pd.DataFrame:
    """Which content column each article is in: at most one, the most specific of those that fit.

    A column is an album or a title mark with at least `min_articles` differently titled articles in at least `min_weeks` different
    weeks (Monday to Sunday, Beijing) of one account: an advertisement sent again and again is none, nor is the account's own name.
    Names are as most often written.

    Returns one row per article in the order given: article_id, account_id, account, published_at, title, url as given;
    content_column str, missing where there is none; kind str: album, marker (a recurring bracket, separator…) or series (numbered or
    dated). Raises FrameError.
    """
    check_frame(articles, _NEEDED, name="articles")
    names: dict[int, tuple[str, str]] = {}
    weeks = _week_numbers(articles["published_at"])
    wordings = [title if isinstance(title, str) else i for i, title in enumerate(articles["title"].array)]
    places = articles.reset_index(drop=True).groupby("account_id", sort=True).indices
    for indices in places.values():
        candidates = _collect(articles, [int(i) for i in indices])
        for candidate, members in _choose(candidates, weeks, wordings, min_articles, min_weeks):
            name = min(candidate.names, key=lambda text: (-candidate.names[text], text))
            names.update(dict.fromkeys(members, (name, candidate.kind)))
    found: dict[str, Any] = {column: articles[column].array for column in ASSIGNED if column in articles}
    found["content_column"] = [names[i][0] if i in names else None for i in range(len(articles))]
    found["kind"] = [names[i][1] if i in names else None for i in range(len(articles))]
    return pd.DataFrame({column: pd.Series(found.get(column, [None] * len(articles)), dtype=dtype) for column, dtype in ASSIGNED.items()})


def _week_numbers(times: pd.Series) -> list[int | None]:
    return [None if pd.isna(at) else (at.toordinal() - 1) // 7 for at in times]  # ordinal 1 was a Monday


def _collect(articles: pd.DataFrame, indices: list[int]) -> list[_Candidate]:
    """Every album and mark of one account with its articles, those that are the same one under two names made one."""
    found: dict[tuple[str, bool], _Candidate] = {}
    titles, albums, accounts = (articles[column].array for column in ("title", "albums", "account"))
    for i in indices:
        for key, kind, weak, name in _signs(titles[i], albums[i], str(accounts[i])):
            candidate = found.setdefault((key, weak), _Candidate(key, weak))
            candidate.members.add(i)
            candidate.names[name] += 1
            candidate.kinds[kind] += 1
    return _merge_same(sorted(found.values(), key=lambda c: (c.weak, _STRENGTH.index(c.kind), -len(c.members), c.key)))


def _signs(title: object, albums: object, account: str) -> Iterator[tuple[str, str, bool, str]]:
    own = fold_text(account)
    for album in albums if isinstance(albums, (list, tuple)) else ():
        yield fold_text(album), "album", False, album
    for mark in find_marks(title) if isinstance(title, str) else ():
        if mark.key != own:
            yield mark.key, _KIND.get(mark.kind, "marker"), mark.kind == "colon" or (mark.kind == "separator" and mark.place == "end"), mark.name


def _merge_same(candidates: list[_Candidate]) -> list[_Candidate]:
    """Fold each candidate into a stronger one that holds nearly the same articles."""
    kept: list[_Candidate] = []
    holders: dict[int, list[_Candidate]] = defaultdict(list)
    for candidate in candidates:
        shared = Counter(id(other) for i in candidate.members for other in holders[i])
        same = next((o for o in kept if shared[id(o)] and shared[id(o)] >= _SAME * len(o.members | candidate.members)), None) if shared else None
        if same is not None:
            same.members |= candidate.members
            continue
        kept.append(candidate)
        if len(candidate.members) > 1:
            for i in candidate.members:
                holders[i].append(candidate)
    return kept


def _choose(
    candidates: list[_Candidate], weeks: list[int | None], wordings: list[str | int], min_articles: int, min_weeks: int
) -> Iterator[tuple[_Candidate, set[int]]]:
    """Give each article to the smallest candidate that holds it, names before weak ones; a candidate left with too few gets none."""
    taken: set[int] = set()
    for candidate in sorted(candidates, key=lambda c: (c.weak, len(c.members), _STRENGTH.index(c.kind), c.key)):
        free = candidate.members - taken
        if len({wordings[i] for i in free}) >= min_articles and len({weeks[i] for i in free} - {None}) >= min_weeks:
            taken |= free
            yield candidate, free


def describe_columns(articles: pd.DataFrame, assigned: pd.DataFrame, *, n_examples: int = 3) -> pd.DataFrame:
    """The content columns with their rhythm: one row per account and column, biggest first within an account.

    Returns account_id, account, content_column, kind str; n int64 articles; share float64, of the account's articles that have a title
    or an album; first, last (Asia/Shanghai, NaT without times); interval_days float64, median days between days it appeared on, NaN
    below two; weekday Int64 (0 = Monday) and hour Int64 its most common, with their shares; hour only from times known to the second
    or minute, n_timed of them; slot Int64 (1 = headline) and slot_share; examples, lists of the newest article_ids with different titles.
    """
    check_frame(articles, {**_NEEDED, "position": "Int64", "time_precision": "category"}, name="articles")
    check_frame(assigned, ASSIGNED, name="assigned")
    seen = articles["title"].notna() | articles["albums"].map(bool)
    totals = Counter(articles.loc[seen.to_numpy(dtype=bool), "account_id"])
    joined = assigned.merge(articles[["article_id", "position", "time_precision"]], on="article_id").dropna(subset=["content_column"])
    rows = [
        {**dict(zip(("account_id", "account", "content_column", "kind"), key, strict=True)), **_describe(part, n_examples), "share": len(part) / totals[key[0]]}
        for key, part in joined.groupby(["account_id", "account", "content_column", "kind"])
    ]
    frame = pd.DataFrame({column: pd.Series([row[column] for row in rows], dtype=dtype) for column, dtype in COLUMNS.items()})
    return frame.sort_values(["account", "account_id", "n", "content_column"], ascending=[True, True, False, True], ignore_index=True)


def find_columns(articles: pd.DataFrame, *, min_articles: int = 3, min_weeks: int = 2) -> pd.DataFrame:
    """The content columns of every account: assign_columns, then describe_columns."""
    return describe_columns(articles, assign_columns(articles, min_articles=min_articles, min_weeks=min_weeks))


def _describe(part: pd.DataFrame, n_examples: int) -> dict[str, object]:
    times = part["published_at"].dropna().sort_values()
    days = times.dt.normalize().drop_duplicates()
    timed = part.loc[part["time_precision"].isin(["second", "minute"]), "published_at"].dropna()
    weekday, weekday_share = _mode(times.dt.day_of_week)
    hour, hour_share = _mode(timed.dt.hour)
    slot, slot_share = _mode(part["position"].dropna())
    newest = part.sort_values(["published_at", "article_id"], ascending=[False, True])
    newest = newest[newest["title"].isna() | ~newest["title"].duplicated()]
    return {
        "n": len(part), "first": times.min(), "last": times.max(), "interval_days": (days.diff().dt.total_seconds() / 86400).median(),
        "weekday": weekday, "weekday_share": weekday_share, "hour": hour, "hour_share": hour_share, "n_timed": len(timed),
        "slot": slot, "slot_share": slot_share, "examples": newest["article_id"].head(n_examples).tolist(),
    }  # fmt: skip


def _mode(values: pd.Series) -> tuple[int | None, float | None]:
    """The most common value, the smallest of several, and its share; (None, None) of nothing."""
    if values.empty:
        return None, None
    counts = values.value_counts()
    top = int(min(counts.index[counts == counts.max()]))
    return top, float(counts.max() / len(values))


def count_column_months(assigned: pd.DataFrame) -> pd.DataFrame:
    """How many articles each content column had in each month it appeared in.

    Returns account_id, account, content_column str; month datetime64[us] (its first day, Beijing, no zone); n int64; sorted.
    """
    check_frame(assigned, ASSIGNED, name="assigned")
    dated = assigned.dropna(subset=["content_column", "published_at"])
    month = dated["published_at"].dt.tz_localize(None).dt.to_period("M").dt.to_timestamp().astype("datetime64[us]")
    keys = ["account_id", "account", "content_column", "month"]
    counted = dated.assign(month=month).groupby(keys, sort=True).size().rename("n").reset_index()
    return counted.astype(COLUMN_MONTHS)
