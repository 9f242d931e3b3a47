"""Articles of several accounts that are the same text, or about the same thing within a few days,
and who had it first.

By titles, and by bodies where sketches of them are given (body_sketches.py). An article is compared
with those of other accounts only.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from analysis.compute.cache import cached
from analysis.content.text_sketches import SKETCH_SIZE, SKETCHES
from analysis.frames import TIME, check_frame
from analysis.text.ngrams import fold_words
from analysis.text.title_vectors import weigh_titles

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
_SAME_TITLE = 0.7  # of all pairs of characters of both titles
_SAME_DAYS = 30  # a title that comes back later is another article
_LEAST_CHARS = 8  # a shorter title (招聘公告) is anybody's
_FORMULA = 3  # a wording that one account uses so often says nothing of the article
_SAME_TOPIC, _TOPIC_DAYS = 0.4, 3
_COMMON = 300  # a pair of characters in more titles names no topic
_BLOCK = 1000
_DIGITS = re.compile(r"\d+")
_LONGEST_TITLE = 200  # WeChat allows 64 characters
_BEFORE, _BEHIND = (
    re.compile(r"^\s*(?:【[^】]{1,10}】|[^|｜丨]{1,8}[|｜丨])"),
    re.compile(r"[|｜丨][^|｜丨]{1,8}$"),
)
_DAY_US, _BEIJING_US = 86_400_000_000, 8 * 3_600_000_000
_SAME_BODY = 0.5  # of the runs of eight characters of both texts
_COMMON_RUN = 100  # what stands in more bodies is a footer
_NOTHING = np.zeros(0, dtype=np.int64)
_DAY = pd.Timedelta(days=1)
_WIDTHS = {"second": pd.Timedelta(seconds=1), "minute": pd.Timedelta(minutes=1)}


@cached(OVERLAPS, {"articles": _NEEDED, "sketches": SKETCHES})
def find_overlaps(articles: pd.DataFrame, *, sketches: pd.DataFrame | None = None) -> pd.DataFrame:
    """Groups of articles of at least two accounts that are one text or one topic; of each account
    the earliest article is in a group.

    Kinds: "same_text", bodies alike (sketches of body_sketches.py share half); "same_title", titles
    that share 70 % of their pairs of characters (Jaccard) and all numbers, at most 30 days apart
    one from the next, where not both bodies are known; "same_topic", titles that share rare pairs
    of characters (cosine of TF-IDF of pairs that at most 300 titles have, from 0.4) within three
    days. Titles below eight characters and wordings that an account uses three times are no
    evidence. Articles without a time are left out.

    Returns one row per article and group, groups with most accounts first, then the newest; in a
    group by time. overlap_id int64 from 1; n_accounts int64; first boolean, whether it was the
    first, missing where the precision of times does not tell; behind_hours float64 after the
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
    at = (
        rows["published_at"]
        .dt.tz_convert("UTC")
        .dt.tz_localize(None)
        .to_numpy()
        .astype("datetime64[us]")
        .astype(np.int64)
    )
    told = _Told(rows, owners, at)
    same = _ask_bodies(told, _title_pairs(told), sketches)
    copies = _join(same, len(rows))
    topics = _topic_pairs(told, copies)
    found = pd.concat(
        [_describe(told, copies, same), _describe(told, _gather_topics(told, topics), topics)],
        ignore_index=True,
    )
    return _frame(_number(found))


class _Told:
    """The dated titles in order of time: who wrote them, when (microseconds), and the text of each
    as it is compared, "" where it tells nothing.
    """

    def __init__(
        self, rows: pd.DataFrame, owners: npt.NDArray[np.int64], at: npt.NDArray[np.int64]
    ) -> None:
        self.rows, self.owners, self.at = rows, owners, at
        folded = pd.Series(
            [fold_words(_strip_column(title)).replace(" ", "") for title in rows["title"].tolist()],
            dtype="str",
        )
        bare = folded.str.replace(_DIGITS, "", regex=True)
        often = bare.groupby([owners, bare]).transform("size")
        self.telling = (
            (folded.str.len() >= _LEAST_CHARS)
            & (bare.str.len() >= _LEAST_CHARS // 2)
            & (often < _FORMULA)
        ).to_numpy()
        number, texts = folded.where(self.telling, "").factorize()
        self.text_of, self.texts = number.astype(np.int64), [str(text) for text in texts]
        self.vectors = weigh_titles(self.texts)


def _strip_column(title: str) -> str:
    """A title without the column's name that an account sets before or behind a text it takes over
    (学术分享丨…, …丨某某推荐).
    """
    cut = title[:_LONGEST_TITLE]
    for edge in (_BEFORE, _BEHIND):
        rest = edge.sub("", cut)
        cut = rest if len(rest) >= _LEAST_CHARS else cut
    return cut


class _Pairs(NamedTuple):
    """Pairs of articles, i before j in order of time, how alike they are (0 to 1), and by what: a
    kind of OVERLAPS.
    """

    i: npt.NDArray[np.int64]
    j: npt.NDArray[np.int64]
    alike: npt.NDArray[np.float64]
    kind: npt.NDArray[np.object_]

    def only(self, kept: npt.NDArray[np.bool_]) -> _Pairs:
        return _Pairs(self.i[kept], self.j[kept], self.alike[kept], self.kind[kept])


def _pairs(i: Any, j: Any, alike: Any, kind: str) -> _Pairs:
    return _Pairs(
        np.asarray(i, np.int64),
        np.asarray(j, np.int64),
        np.asarray(alike, np.float64),
        np.full(len(i), kind, dtype=object),
    )


def _both(one: _Pairs, two: _Pairs) -> _Pairs:
    return _Pairs(*(np.concatenate(parts) for parts in zip(one, two, strict=True)))


def _title_pairs(told: _Told) -> _Pairs:
    """Titles of different accounts that are nearly the same, each paired with the next of its kind
    within the days.
    """
    numbers = [_DIGITS.findall(text) for text in told.texts]
    i, j = (side.tolist() for side in _alike_texts(told))
    links = [(a, b) for a, b in zip(i, j, strict=True) if numbers[a] == numbers[b]]
    graph = sparse.csr_matrix(
        (np.ones(len(links)), tuple(zip(*links, strict=True)) if links else ([], [])),
        shape=(len(told.texts),) * 2,
    )
    group = _components(graph)[told.text_of]
    rows = np.flatnonzero(told.telling)
    rows = rows[np.argsort(group[rows], kind="stable")]
    first, second = rows[:-1], rows[1:]
    near = (group[first] == group[second]) & (
        told.at[second] - told.at[first] <= _SAME_DAYS * _DAY_US
    )
    first, second = first[near], second[near]
    scored = [
        _jaccard(told.texts[told.text_of[a]], told.texts[told.text_of[b]])
        for a, b in zip(first, second, strict=True)
    ]
    return _pairs(first, second, scored, "same_title")


def _jaccard(one: str, two: str) -> float:
    first, second = ({text[at : at + 2] for at in range(len(text) - 1)} for text in (one, two))
    return len(first & second) / max(len(first | second), 1)


def _alike_texts(told: _Told) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Pairs of different texts whose pairs of characters have a Jaccard of at least _SAME_TITLE.

    Common pairs of characters are left out of the product and then allowed for: what could reach
    the threshold is counted in full.
    """
    marks = told.vectors.weights.copy()
    marks.data[:] = 1.0
    sizes = np.diff(marks.indptr)
    rare = _rare(marks, told.vectors.df)
    common, other = sizes - np.diff(rare.indptr), rare.T.tocsr()
    found = [np.zeros((2, 0), dtype=np.int64)]
    for begin in range(0, len(sizes), _BLOCK):
        shared = sparse.coo_matrix(rare[begin : begin + _BLOCK] @ other)
        i, j, held = shared.row.astype(np.int64) + begin, shared.col.astype(np.int64), shared.data
        needed = _SAME_TITLE / (1 + _SAME_TITLE) * (sizes[i] + sizes[j])
        likely = (i < j) & (held + np.minimum(common[i], common[j]) >= needed)
        i, j, needed = i[likely], j[likely], needed[likely]
        whole = (
            np.asarray(marks[i].multiply(marks[j]).sum(axis=1)).ravel() if len(i) else np.zeros(0)
        )
        found.append(np.stack([i, j])[:, whole >= needed])
    return tuple(np.concatenate(found, axis=1))


def _rare(weights: sparse.csr_matrix, df: npt.NDArray[np.int64]) -> sparse.csr_matrix:
    """The weights of what at most _COMMON titles have; the columns are sorted by that."""
    return weights[:, : int(np.searchsorted(df, _COMMON, side="right"))].tocsr()


def _topic_pairs(told: _Told, copies: npt.NDArray[np.int64]) -> _Pairs:
    """Each article and the earlier one of another account, at most three days before, whose rare
    words it shares most.
    """
    rare = _rare(told.vectors.weights, told.vectors.df)[told.text_of]
    found = _pairs([], [], [], "same_topic")
    for begin in range(0, len(told.at), _BLOCK):
        end = min(begin + _BLOCK, len(told.at))
        low = int(np.searchsorted(told.at, told.at[begin] - _TOPIC_DAYS * _DAY_US))
        shared = sparse.coo_matrix(rare[begin:end] @ rare[low:end].T)
        j, i = shared.row.astype(np.int64) + begin, shared.col.astype(np.int64) + low
        alike = shared.data >= _SAME_TOPIC
        i, j, held = i[alike], j[alike], shared.data[alike]
        kept = (
            (i < j)
            & (told.owners[i] != told.owners[j])
            & (told.at[j] - told.at[i] <= _TOPIC_DAYS * _DAY_US)
            & ((copies[i] < 0) | (copies[i] != copies[j]))
        )
        i, j, held = i[kept], j[kept], held[kept]
        order = np.lexsort((i, -held, j))
        best = order[np.unique(j[order], return_index=True)[1]]
        found = _both(found, _pairs(i[best], j[best], held[best], "same_topic"))
    return found


def _ask_bodies(told: _Told, pairs: _Pairs, sketches: pd.DataFrame | None) -> _Pairs:
    """Title pairs that no body contradicts, and pairs that bodies show; a pair whose bodies agree
    is the same text.
    """
    if sketches is None or sketches.empty:
        return pairs
    check_frame(sketches, SKETCHES, name="sketches")
    known = dict(zip(sketches["article_id"], sketches["sketch"], strict=True))
    held = [known.get(article_id, _NOTHING) for article_id in told.rows["article_id"]]
    agree = np.array(
        [_share(held[a], held[b]) for a, b in zip(pairs.i, pairs.j, strict=True)], dtype=np.float64
    )
    by_title = pairs.only(np.isnan(agree))
    by_body = _body_pairs(told, held)
    sure = agree >= _SAME_BODY
    return _both(
        by_title, _both(_pairs(pairs.i[sure], pairs.j[sure], agree[sure], "same_text"), by_body)
    )


def _share(one: npt.NDArray[np.int64], two: npt.NDArray[np.int64]) -> float:
    """The estimated Jaccard of two texts by their sketches: how many of the smallest numbers of
    both are in either; NaN where one has none.
    """
    size = min(len(one), len(two))
    if not size:
        return float("nan")
    both = np.sort(np.concatenate([one, two]))
    twice = np.flatnonzero(both[1:] == both[:-1])
    ranks = twice - np.arange(len(twice))  # among the different numbers
    return float(np.count_nonzero(ranks < size) / size)


def _body_pairs(told: _Told, held: Sequence[npt.NDArray[np.int64]]) -> _Pairs:
    """Bodies of different accounts that share half of their sketch, at most 30 days apart."""
    sizes = np.array([len(sketch) for sketch in held])
    _, values = np.unique(np.concatenate([*held, _NOTHING]), return_inverse=True)
    rows = np.repeat(np.arange(len(held)), sizes)
    few = (
        np.bincount(values, minlength=1)[values] <= _COMMON_RUN
        if len(values)
        else np.zeros(0, dtype=bool)
    )
    marks = sparse.csr_matrix(
        (np.ones(int(few.sum())), (rows[few], values[few])),
        shape=(len(held), int(values.max(initial=0)) + 1),
    )
    found = _pairs([], [], [], "same_text")
    for begin in range(0, len(held), _BLOCK):
        shared = sparse.coo_matrix(marks[begin : begin + _BLOCK] @ marks.T)
        i, j = shared.row.astype(np.int64) + begin, shared.col.astype(np.int64)
        kept = (
            (i < j)
            & (shared.data >= SKETCH_SIZE // 8)
            & (told.owners[i] != told.owners[j])
            & (told.at[j] - told.at[i] <= _SAME_DAYS * _DAY_US)
        )
        i, j = i[kept], j[kept]
        alike = np.array(
            [_share(held[a], held[b]) for a, b in zip(i, j, strict=True)], dtype=np.float64
        )
        found = _both(found, _pairs(i, j, alike, "same_text").only(alike >= _SAME_BODY))
    return found


def _components(graph: sparse.csr_matrix) -> npt.NDArray[np.int64]:
    """The number of the group that each place belongs to."""
    from scipy.sparse.csgraph import (
        connected_components,
    )  # 0.2 s to load, and needed for what is not kept only

    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)


def _join(pairs: _Pairs, n: int) -> npt.NDArray[np.int64]:
    """The group of each article, of those that pairs tie together; −1 of none."""
    graph = sparse.csr_matrix((np.ones(len(pairs.i)), (pairs.i, pairs.j)), shape=(n, n))
    labels = _components(graph)
    alone = np.bincount(labels, minlength=n)[labels] < 2
    labels[alone] = -1
    return labels


def _gather_topics(told: _Told, pairs: _Pairs) -> npt.NDArray[np.int64]:
    """As _join, but a topic takes in nothing more than three days after its first article: else one
    leads to the next for weeks.
    """
    groups = np.full(len(told.at), -1, dtype=np.int64)
    starts: list[int] = []
    for i, j in zip(
        pairs.i.tolist(), pairs.j.tolist(), strict=True
    ):  # by j, so that i's group is known
        if groups[i] < 0:
            groups[i] = len(starts)
            starts.append(int(told.at[i]))
        if told.at[j] - starts[groups[i]] <= _TOPIC_DAYS * _DAY_US:
            groups[j] = groups[i]
    return groups


def _describe(told: _Told, groups: npt.NDArray[np.int64], pairs: _Pairs) -> pd.DataFrame:
    """One row per article in a group of several accounts, each account's earliest, with who was
    first as far as times tell.
    """
    rows = told.rows.assign(group=groups, at=told.at).loc[groups >= 0]
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
    return rows.assign(**_tell_first(rows))


def _tell_first(rows: pd.DataFrame) -> dict[str, Any]:
    """Who was first in each group: each time lies within what its precision leaves open, and first
    is who must be before all others.
    """
    day = rows["published_at"].dt.tz_localize(None).to_numpy("datetime64[D]").astype("int64")
    timed = rows["time_precision"].isin(["second", "minute"]).to_numpy()
    low = np.where(timed, rows["at"], day * _DAY_US - _BEIJING_US)
    width = (
        rows["time_precision"]
        .astype("str")
        .map({"second": 1_000_000, "minute": 60_000_000})
        .fillna(_DAY_US)
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
    known = first.fillna(False).astype(bool)
    leader = bounds["at"].where(known & timed).groupby(bounds["group"]).transform("min")
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
    least, second = (ranked.loc[place == at].set_index("group")[name] for at in (0, 1))
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
    both are in; first, other_first int64 where the times tell which of the two was earlier, untold
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


def _is_before(both: pd.DataFrame, one: str, two: str) -> pd.Series:
    """Whether the one must have been earlier than the other, whatever their
    precision leaves open.
    """
    ends = both[f"published_at{one}"] + both[f"time_precision{one}"].map(_WIDTHS).fillna(_DAY)
    day = both[f"time_precision{one}"].isin(["second", "minute"])
    ends = ends.where(day, both[f"published_at{one}"].dt.normalize() + _DAY)
    begins = both[f"published_at{two}"].where(
        both[f"time_precision{two}"].isin(["second", "minute"]),
        both[f"published_at{two}"].dt.normalize(),
    )
    return ends <= begins
