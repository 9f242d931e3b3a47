"""Articles -> content columns (栏目): which article is in which, and what each column is like.
Frames in, frames out.

What recurs is columns/candidates.py's, what of it is a column columns/scoring.py's and
columns/account_columns.py's, a user's corrections columns/edits.py's. An article in no column stays
in none.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, count
from statistics import median
from typing import Any

import pandas as pd

from analysis.columns.account_columns import AccountColumn, find_account_columns
from analysis.columns.attribution import ATTRIBUTES, read_attributes
from analysis.columns.candidates import Title, read_titles
from analysis.columns.life_cycle import classify_status, measure_rhythm, most_common
from analysis.columns.scoring import History
from analysis.compute.cache import cached_by_account
from analysis.evidence import MIN_READS
from analysis.frames import TIME, check_frame
from analysis.text.normalize import normalize_key

__all__ = [
    "ASSIGNED",
    "COLUMNS",
    "assign_columns",
    "describe_columns",
    "find_columns",
    "name_column",
]

ASSIGNED = {
    "article_id": "str",
    "account_id": "str",
    "account": "str",
    "published_at": TIME,
    "title": "str",
    "url": "str",
    "content_column": "str",
    "kind": "str",
    "strength": "float64",
    "column_id": "str",
}
COLUMNS = {
    "account_id": "str",
    "account": "str",
    "content_column": "str",
    "kind": "str",
    "n": "int64",
    "share": "float64",
    "first": TIME,
    "last": TIME,
    "interval_days": "float64",
    "weekday": "Int64",
    "weekday_share": "float64",
    "hour": "Int64",
    "hour_share": "float64",
    "n_timed": "int64",
    "slot": "Int64",
    "slot_share": "float64",
    "examples": "object",
    "column_id": "str",
    "strength": "float64",
    "n_reposted": "int64",
    "interval_iqr_days": "float64",
    "adherence": "float64",
    "due": "Int64",
    "status": "str",
    "silent_days": "Int64",
    "chars": "float64",
    "images": "float64",
    "n_bodies": "int64",
    "reads_ratio": "float64",
    "n_reads": "int64",
}
_Membership = tuple[str, str, float, str]  # content_column, kind, strength, column_id
_NEEDED = {
    "article_id": "str",
    "account_id": "str",
    "account": "str",
    "title": "str",
    "published_at": TIME,
    "albums": "object",
}
_FOR_THEMES = {"position": "Int64", "time_precision": "category", "push_id": "str"}
_LEAST_THEME = 3


def assign_columns(articles: pd.DataFrame, *, themes: bool = False) -> pd.DataFrame:
    """Which content column each article is in: at most one, and none where the evidence is too
    weak.

    A column is an album, or what recurs in at least two differently worded titles of one account
    (three where it has fewer than ten, or more than a hundred over months) and is more likely than
    not an editorial series, by its form, its words and its rhythm. Found on each account's whole
    history as given; titles of one wording are together; names are as most often written. An
    article without the mark joins where it was due, or where it bears what only that column's
    articles bear: `articles` may have author, opening, closing and template
    (columns/attribution.py; see load.py for where they come from). With `themes`, what is in no
    column and yet belongs together by text, form and place is a theme
    (columns/unmarked/clusters.py): no claim that a column exists.

    Returns one row per article in the order given: article_id, account_id, account, published_at,
    title, url as given; content_column str, kind str (album, marker, suffix, series, slot, formula
    or theme), strength float64 (0 to 1, how well founded the membership is) and column_id str (the
    same when articles are added; a theme's is not), all four missing where it is in none. Raises
    FrameError.
    """
    check_frame(articles, _NEEDED | _FOR_THEMES if themes else _NEEDED, name="articles")
    memberships: list[_Membership | None] = [None] * len(articles)
    places = articles.reset_index(drop=True).groupby("account_id", sort=True).indices
    for account_id, indices in places.items():
        ordered = _in_order(articles, [int(i) for i in indices])
        account_memberships = _assign_account(articles, ordered, str(account_id))
        if themes:
            account_memberships = _add_themes(
                articles.iloc[ordered].reset_index(drop=True), account_memberships, str(account_id)
            )
        for place, membership in zip(ordered, account_memberships, strict=True):
            memberships[place] = membership
    columns: dict[str, Any] = {
        column: articles[column].array for column in ASSIGNED if column in articles
    }
    for at, field in enumerate(("content_column", "kind", "strength", "column_id")):
        columns[field] = [
            None if membership is None else membership[at] for membership in memberships
        ]
    return pd.DataFrame(
        {
            column: pd.Series(columns.get(column, [None] * len(articles)), dtype=dtype)
            for column, dtype in ASSIGNED.items()
        }
    )


def _assign_account(
    articles: pd.DataFrame, ordered: Sequence[int], account_id: str
) -> list[_Membership | None]:
    memberships: list[_Membership | None] = [None] * len(ordered)
    columns = find_account_columns(*_read_account(articles, ordered))
    ids = articles["article_id"].array
    for column, name in zip(columns, _names(columns), strict=True):
        column_id = name_column(account_id, column.key or str(ids[ordered[min(column.members)]]))
        for place, strength in column.members.items():
            memberships[place] = (name, column.kind, strength, column_id)
    return memberships


def _add_themes(
    part: pd.DataFrame, memberships: list[_Membership | None], account_id: str
) -> list[_Membership | None]:
    """Clusters of what is in no column; the columns hold theirs together and apart, so that what is
    left gathers around neither.
    """
    from threadpoolctl import (
        threadpool_limits,
    )  # here, as what learns takes seconds to import and is needed for what is not kept only

    from analysis.columns.unmarked.cluster_labels import describe_clusters
    from analysis.columns.unmarked.clusters import find_clusters

    seeds = pd.Series(
        [None if membership is None else membership[3] for membership in memberships], dtype="str"
    )
    with threadpool_limits(
        1
        # many small matrices: threads of the algebra library get in each other's way, up to ten
        # times as slow on a busy machine
    ):
        clusters = find_clusters(part, seeds=seeds)
    loose = clusters["label"].where(seeds.isna(), -1)
    described = describe_clusters(part, loose)
    names = {membership[0] for membership in memberships if membership is not None}
    extended = list(memberships)
    for row in described[described["n"] >= _LEAST_THEME].to_dict("records"):
        places = [int(i) for i in clusters.index[loose == row["label"]]]
        name = _free_name(row["name"] if isinstance(row["name"], str) else "未命名主题", names)
        key = name_column(account_id, f"theme:{part['article_id'].array[min(places)]}")
        for place in places:
            extended[place] = (name, "theme", float(clusters["strength"].array[place]), key)
    return extended


def _free_name(name: str, taken: set[str]) -> str:
    """The name itself, or with the first free number; from then on taken."""
    free = next(
        text for text in chain([name], (f"{name}（{n}）" for n in count(2))) if text not in taken
    )
    taken.add(free)
    return free


def name_column(account_id: str, key: str) -> str:
    """The id of a content column: of its account and the key it is known by."""
    return (
        "c"
        + hashlib.blake2b(
            f"{account_id}\0{key}".encode("utf-8", "surrogatepass"), digest_size=5
        ).hexdigest()
    )


def _in_order(articles: pd.DataFrame, indices: Sequence[int]) -> list[int]:
    """By time, slot and id, so that the order of rows can't matter."""
    part = articles.iloc[list(indices)].assign(_at=list(indices))
    keys = [key for key in ("published_at", "position", "article_id") if key in part]
    return [int(i) for i in part.sort_values(keys, kind="stable")["_at"]]


def _read_account(
    articles: pd.DataFrame, ordered: Sequence[int]
) -> tuple[list[Title], list[Sequence[str]], History, list[tuple[str | None, ...]]]:
    part = articles.iloc[list(ordered)]
    titles = read_titles([title if isinstance(title, str) else "" for title in part["title"].array])
    albums: list[Sequence[str]] = [
        albums if isinstance(albums, (list, tuple)) else () for albums in part["albums"].array
    ]
    days = [None if pd.isna(at) else at.toordinal() for at in part["published_at"]]
    slots = (
        [None if pd.isna(slot) else int(slot) for slot in part["position"].array]
        if "position" in part
        else [None] * len(part)
    )
    moments = part["published_at"].astype("int64").tolist()
    sent = part["push_id"].tolist() if "push_id" in part else [None] * len(part)
    pushes = [
        mid if isinstance(mid, str) else moment for mid, moment in zip(sent, moments, strict=True)
    ]
    return (
        titles,
        albums,
        History(normalize_key(str(part["account"].iat[0])), days, pushes, slots),
        _read_attributes(part),
    )


def _read_attributes(part: pd.DataFrame) -> list[tuple[str | None, ...]]:
    """What each article bears, in the order of BORNE; None where the frame does not know it."""
    columns = [part[kind].array if kind in part else [None] * len(part) for kind in ATTRIBUTES]
    return [read_attributes(values) for values in zip(*columns, strict=True)]


def _names(columns: Sequence[AccountColumn]) -> list[str]:
    """A different name for each column of an account."""
    taken: set[str] = set()
    return [_free_name(column.name, taken) for column in columns]


@cached_by_account(
    COLUMNS,
    {
        "articles": ("title", "albums", "published_at", "article_id", "position", "time_precision"),
        "assigned": ASSIGNED,
        "profiles": ("article_id", "chars", "images"),
    },
)
def describe_columns(
    articles: pd.DataFrame,
    assigned: pd.DataFrame,
    *,
    profiles: pd.DataFrame | None = None,
    reads: Mapping[str, float] | None = None,
    n_examples: int = 3,
) -> pd.DataFrame:
    """The content columns with their figures: one row per account and column, biggest first within
    an account.

    `profiles` are layout profiles (article_id, chars, images), `reads` latest read counts by
    article_id. Returns account_id, account, content_column, kind str; n int64 articles; share
    float64, of the account's articles that have a title or an album; first, last (Asia/Shanghai,
    NaT without times); interval_days float64, median days between days it appeared on, NaN below
    two; weekday Int64 (0 = Monday) and hour Int64 its most common, with their shares; hour only
    from times known to the second or minute, n_timed of them; slot Int64 (1 = headline) and
    slot_share; examples, lists of the newest article_ids with different titles; column_id str;
    strength float64, mean of its articles'; n_reposted int64, articles whose title an earlier one
    had; interval_iqr_days, adherence, due and status as columns/life_cycle.py defines them, missing
    where there are too few issues; silent_days Int64 between its last and the account's last
    article; chars, images float64 medians over n_bodies int64 articles; reads_ratio float64, its
    median reads over the account's, from n_reads int64 articles, NaN below five. Raises FrameError.
    """
    check_frame(
        articles, {**_NEEDED, "position": "Int64", "time_precision": "category"}, name="articles"
    )
    check_frame(assigned, ASSIGNED, name="assigned")
    seen = articles["title"].notna() | articles["albums"].map(bool)
    totals = Counter(articles.loc[seen.to_numpy(dtype=bool), "account_id"])
    spans = {
        key: (part.min(), part.max())
        for key, part in articles["published_at"].groupby(articles["account_id"])
    }
    usual = _usual_reads(articles, reads or {})
    bodies = (
        {}
        if profiles is None
        else {
            key: (chars, images)
            for key, chars, images in zip(
                profiles["article_id"], profiles["chars"], profiles["images"], strict=True
            )
        }
    )
    joined = assigned.dropna(subset=["content_column"]).merge(
        articles[["article_id", "position", "time_precision"]], on="article_id"
    )
    rows = []
    for key, part in joined.groupby(
        ["account_id", "account", "content_column", "kind", "column_id"], sort=True
    ):
        row = dict(
            zip(("account_id", "account", "content_column", "kind", "column_id"), key, strict=True)
        )
        row |= (
            _describe(part, spans[key[0]], n_examples)
            | _describe_bodies(part, bodies)
            | _describe_reads(part, reads or {}, usual.get(str(key[0])))
        )
        rows.append(row | {"share": len(part) / totals[key[0]]})
    frame = pd.DataFrame(
        {
            column: pd.Series([row[column] for row in rows], dtype=dtype)
            for column, dtype in COLUMNS.items()
        }
    )
    return frame.sort_values(
        ["account", "account_id", "n", "content_column"],
        ascending=[True, True, False, True],
        ignore_index=True,
    )


def find_columns(articles: pd.DataFrame) -> pd.DataFrame:
    """The content columns of every account: assign_columns, then describe_columns."""
    return describe_columns(articles, assign_columns(articles))


def _describe(part: pd.DataFrame, span: tuple[Any, Any], n_examples: int) -> dict[str, Any]:
    times = sorted(at for at in part["published_at"] if not pd.isna(at))
    days = sorted({at.toordinal() for at in times})
    timed = [
        at.hour
        for at, precision in zip(part["published_at"], part["time_precision"], strict=True)
        if precision in ("second", "minute") and not pd.isna(at)
    ]
    weekday, weekday_share = most_common([at.weekday() for at in times])
    hour, hour_share = most_common(timed)
    slot, slot_share = most_common([int(slot) for slot in part["position"] if not pd.isna(slot)])
    rhythm = measure_rhythm(days)
    status = (
        classify_status(days, first=span[0].toordinal(), last=span[1].toordinal()) if days else None
    )
    titles = part["title"].dropna()
    return {
        "n": len(part),
        "first": times[0] if times else pd.NaT,
        "last": times[-1] if times else pd.NaT,
        "interval_days": rhythm.interval_days,
        "interval_iqr_days": rhythm.interval_iqr_days,
        "adherence": rhythm.adherence,
        "due": rhythm.due,
        "status": status,
        "silent_days": span[1].toordinal() - days[-1] if days else None,
        "weekday": weekday,
        "weekday_share": weekday_share,
        "hour": hour,
        "hour_share": hour_share,
        "n_timed": len(timed),
        "slot": slot,
        "slot_share": slot_share,
        "strength": float(part["strength"].mean()),
        "n_reposted": len(titles) - titles.nunique(),
        "examples": list(_newest(part, n_examples)),
    }


def _newest(part: pd.DataFrame, n: int) -> Iterator[str]:
    rows = sorted(
        zip(part["published_at"], part["article_id"], part["title"], strict=True),
        key=lambda row: (pd.isna(row[0]), 0 if pd.isna(row[0]) else -row[0].value, row[1]),
    )
    titles: set[str] = set()
    for _, article_id, title in rows:
        if n and (pd.isna(title) or title not in titles):
            n -= 1
            titles.add(title)
            yield article_id


def _describe_bodies(part: pd.DataFrame, bodies: Mapping[str, tuple[int, int]]) -> dict[str, Any]:
    described = [bodies[article_id] for article_id in part["article_id"] if article_id in bodies]
    chars, images = (
        (float(median(values)) for values in zip(*described, strict=True))
        if described
        else (None, None)
    )
    return {"chars": chars, "images": images, "n_bodies": len(described)}


def _usual_reads(articles: pd.DataFrame, reads: Mapping[str, float]) -> dict[str, float]:
    """The median of each account's counted articles, from five on."""
    counted = articles.assign(reads=articles["article_id"].map(reads)).dropna(subset=["reads"])
    return {
        str(key): float(part.median())
        for key, part in counted.groupby("account_id")["reads"]
        if len(part) >= MIN_READS
    }


def _describe_reads(
    part: pd.DataFrame, reads: Mapping[str, float], usual: float | None
) -> dict[str, Any]:
    counted = [reads[article_id] for article_id in part["article_id"] if article_id in reads]
    return {
        "reads_ratio": median(counted) / usual if usual and len(counted) >= MIN_READS else None,
        "n_reads": len(counted),
    }
