"""Articles of several accounts that are the same text, or about the same thing within a few days,
and who had it first.

By titles, and by bodies where sketches of them are given (content.text_sketches). An article is
compared with those of other accounts only.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from analysis.compute.cache import cached
from analysis.content.text_sketches import SKETCHES
from analysis.frames import TIME, check_frame
from analysis.peers.overlap_pairs import (
    DAY_US,
    TOPIC_DAYS,
    DatedTitles,
    Pairs,
    apply_bodies,
    find_title_pairs,
    find_topic_pairs,
    label_components,
)

__all__ = ["OVERLAPS", "PAIRS", "count_pairs", "find_overlaps"]

OVERLAPS = {
    "overlap_id": "int64",
    "kind": "str",
    "n_accounts": "int64",
    "article_id": "str",
    "account_id": "str",
    "account": "str",
    "title": "str",
    "url": "str",
    "published_at": TIME,
    "time_precision": "str",
    "first": "boolean",
    "behind_hours": "float64",
    "behind_days": "Int64",
    "repost": "bool",
    "similarity": "float64",
}
PAIRS = {
    "account_id": "str",
    "account": "str",
    "other_id": "str",
    "other": "str",
    "kind": "str",
    "n": "int64",
    "first": "int64",
    "other_first": "int64",
    "untold": "int64",
    "overlap_ids": "object",
}
_NEEDED = {
    "article_id": "str",
    "account_id": "str",
    "account": "str",
    "title": "str",
    "url": "str",
    "published_at": TIME,
    "time_precision": "category",
    "kind": "category",
}
_BEIJING_US = 8 * 3_600_000_000
_DAY = pd.Timedelta(days=1)
_WIDTHS = {"second": pd.Timedelta(seconds=1), "minute": pd.Timedelta(minutes=1)}


@cached(OVERLAPS, {"articles": _NEEDED, "sketches": SKETCHES})
def find_overlaps(articles: pd.DataFrame, *, sketches: pd.DataFrame | None = None) -> pd.DataFrame:
    """Groups of articles of at least two accounts that are one text or one topic; of each account
    the earliest article is in a group.

    Kinds: "same_text", bodies alike (sketches of content.text_sketches share half); "same_title",
    titles that share 70 % of their pairs of characters (Jaccard) and all numbers, at most 30 days
    apart one from the next, where not both bodies have a sketch; "same_topic", titles that share
    rare pairs of characters (cosine of TF-IDF of pairs that at most 300 titles have, from 0.4)
    within three days. Titles below eight characters and wordings that an account uses three times
    are no evidence. Articles without a time are left out.

    Returns one row per article and group, groups with most accounts first, then the newest; in a
    group by time. overlap_id int64 from 1; n_accounts int64; first boolean, whether it was the
    first, missing where the precision of times leaves it open; behind_hours float64 after the
    earliest, missing where either is known to the day only; behind_days Int64, calendar days in
    Beijing; repost bool, declared a repost by its account; similarity float64 (0 to 1) to the
    article of the group most like it. Raises FrameError.
    """
    check_frame(articles, _NEEDED, name="articles")
    rows = articles.loc[articles["title"].notna() & articles["published_at"].notna(), list(_NEEDED)]
    rows = rows.sort_values(["published_at", "account_id", "article_id"], ignore_index=True)
    owners = rows["account_id"].factorize()[0].astype(np.int64)
    if rows["account_id"].nunique() < 2:
        return _frame(pd.DataFrame(columns=list(OVERLAPS)))
    times_us = (
        rows["published_at"]
        .dt.tz_convert("UTC")
        .dt.tz_localize(None)
        .to_numpy()
        .astype("datetime64[us]")
        .astype(np.int64)
    )
    titles = DatedTitles(rows, owners, times_us)
    same = apply_bodies(titles, find_title_pairs(titles), sketches)
    copies = _join(same, len(rows))
    topics = find_topic_pairs(titles, copies)
    overlaps = pd.concat(
        [_describe(titles, copies, same), _describe(titles, _group_topics(titles, topics), topics)],
        ignore_index=True,
    )
    return _frame(_number(overlaps))


def _join(pairs: Pairs, n: int) -> npt.NDArray[np.int64]:
    """The group of each article, of those that pairs tie together; −1 of none."""
    graph = sparse.csr_matrix((np.ones(len(pairs.i)), (pairs.i, pairs.j)), shape=(n, n))
    labels = label_components(graph)
    alone = np.bincount(labels, minlength=n)[labels] < 2
    labels[alone] = -1
    return labels


def _group_topics(titles: DatedTitles, pairs: Pairs) -> npt.NDArray[np.int64]:
    """As _join, but a topic takes nothing in that is more than three days after its first article:
    else one leads to the next for weeks.
    """
    groups = np.full(len(titles.times_us), -1, dtype=np.int64)
    starts: list[int] = []
    # by j, so that i has its group already
    for i, j in zip(pairs.i.tolist(), pairs.j.tolist(), strict=True):
        if groups[i] < 0:
            groups[i] = len(starts)
            starts.append(int(titles.times_us[i]))
        if titles.times_us[j] - starts[groups[i]] <= TOPIC_DAYS * DAY_US:
            groups[j] = groups[i]
    return groups


def _describe(titles: DatedTitles, groups: npt.NDArray[np.int64], pairs: Pairs) -> pd.DataFrame:
    """One row per article in a group of several accounts, each account's earliest, with who was
    first as far as the times show.
    """
    rows = titles.rows.assign(group=groups, at=titles.times_us).loc[groups >= 0]
    scored = (
        pd.DataFrame(
            {"row": np.concatenate([pairs.i, pairs.j]), "similarity": np.tile(pairs.alike, 2)}
        )
        .groupby("row")["similarity"]
        .max()
    )
    rows["similarity"] = scored.reindex(rows.index).clip(upper=1.0)
    text = set(groups[pairs.i[pairs.kind == "same_text"]].tolist())
    usual = "same_topic" if (pairs.kind == "same_topic").any() else "same_title"
    rows["repost"] = (rows["kind"] == "repost").fillna(False).astype(bool)
    rows["kind"] = ["same_text" if group in text else usual for group in rows["group"]]
    rows = rows.drop_duplicates(["group", "account_id"])
    rows["n_accounts"] = rows.groupby("group")["account_id"].transform("size")
    rows = rows[rows["n_accounts"] >= 2]
    return rows.assign(**_find_first(rows))


def _find_first(rows: pd.DataFrame) -> dict[str, Any]:
    """Who was first in each group: each time lies within what its precision leaves open, and first
    is who must be before all others.
    """
    day = rows["published_at"].dt.tz_localize(None).to_numpy("datetime64[D]").astype("int64")
    timed = rows["time_precision"].isin(["second", "minute"]).to_numpy()
    low = np.where(timed, rows["at"], day * DAY_US - _BEIJING_US)
    width = (
        rows["time_precision"]
        .astype("str")
        .map({"second": 1_000_000, "minute": 60_000_000})
        .fillna(DAY_US)
        .to_numpy("int64")
    )
    bounds = pd.DataFrame(
        {
            "group": rows["group"].to_numpy(),
            "low": low,
            "high": low + width,
            "day": day,
            "at": rows["at"].to_numpy(),
        },
        index=rows.index,
    )
    grouped = bounds.groupby("group")
    others_low = _least_of_others(bounds, "low")
    first = (bounds["high"] <= others_low).astype("boolean")
    after = _least_of_others(bounds, "high") <= bounds["low"]
    first = first.mask(~first & ~after)
    certain = first.fillna(False).astype(bool)
    leader = bounds["at"].where(certain & timed).groupby(bounds["group"]).transform("min")
    hours = ((bounds["at"] - leader) / 3_600_000_000).where(timed)
    return {
        "first": first,
        "behind_hours": hours,
        "behind_days": (bounds["day"] - grouped["day"].transform("min")).astype("Int64"),
    }


def _least_of_others(bounds: pd.DataFrame, name: str) -> pd.Series:
    """For each row the least value of the other rows of its group."""
    ranked = bounds.sort_values(["group", name], kind="stable")
    place = ranked.groupby("group").cumcount()
    least, second = (ranked.loc[place == rank].set_index("group")[name] for rank in (0, 1))
    leads = (place == 0).reindex(bounds.index)
    return bounds["group"].map(second).where(leads, bounds["group"].map(least))


def _number(rows: pd.DataFrame) -> pd.DataFrame:
    """Groups numbered from 1: most accounts first, then the newest."""
    keys = rows.assign(latest=rows.groupby(["kind", "group"])["at"].transform("max"))
    keys = keys.sort_values(
        ["n_accounts", "latest", "kind", "group", "at", "account_id"],
        ascending=[False, False, True, True, True, True],
        ignore_index=True,
    )
    return keys.assign(overlap_id=keys.groupby(["kind", "group"], sort=False).ngroup() + 1)


def _frame(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[list(OVERLAPS)].astype(OVERLAPS)


def count_pairs(overlaps: pd.DataFrame) -> pd.DataFrame:
    """How often each two accounts had the same text or topic, and who was first.

    Same titles count as same texts. Returns a row per two accounts and kind ("same_text",
    "same_topic"), each two once: account_id, account, other_id, other, kind str; n int64 groups
    both are in; first, other_first int64 where the times show which of the two was earlier, untold
    int64 where they don't; overlap_ids list of int. Those with most first, then by accounts. Raises
    FrameError.
    """
    check_frame(overlaps, OVERLAPS, name="overlaps")
    rows = overlaps.assign(kind=overlaps["kind"].replace("same_title", "same_text"))
    both = rows.merge(rows, on=["overlap_id", "kind"], suffixes=("", "_other"))
    both = both[both["account_id"] < both["account_id_other"]]
    sooner, later = _is_before(both, "", "_other"), _is_before(both, "_other", "")
    both = both.assign(first=sooner, other_first=later, untold=~sooner & ~later).rename(
        columns={"account_id_other": "other_id", "account_other": "other"}
    )
    grouped = both.groupby(["account_id", "account", "other_id", "other", "kind"])
    counted = (
        grouped[["first", "other_first", "untold"]]
        .sum()
        .assign(n=grouped.size(), overlap_ids=grouped["overlap_id"].agg(list))
        .reset_index()
    )
    return counted.sort_values(
        ["n", "account", "other", "kind"], ascending=[False, True, True, True], ignore_index=True
    )[list(PAIRS)].astype(PAIRS)


def _is_before(both: pd.DataFrame, suffix: str, other_suffix: str) -> pd.Series:
    """Whether the article of `suffix` must have been earlier than the other, whatever their
    precision leaves open.
    """
    ends = both[f"published_at{suffix}"] + both[f"time_precision{suffix}"].map(_WIDTHS).fillna(_DAY)
    day = both[f"time_precision{suffix}"].isin(["second", "minute"])
    ends = ends.where(day, both[f"published_at{suffix}"].dt.normalize() + _DAY)
    begins = both[f"published_at{other_suffix}"].where(
        both[f"time_precision{other_suffix}"].isin(["second", "minute"]),
        both[f"published_at{other_suffix}"].dt.normalize(),
    )
    return ends <= begins
