"""Which account of a brand does what (矩阵分工): what sets each of its accounts apart from its
siblings, with counts and examples.

Siblings are the brand's other accounts taken together. Nothing is measured here that another
analysis measures: labels, rates and words are handed in.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from analysis.evidence import MIN_ARTICLES, MIN_ISSUES
from analysis.frames import TIME, check_frame

__all__ = ["ASPECTS", "ROLES", "find_roles", "label_articles"]

ASPECTS = {
    "purpose": "内容目的",
    "column": "栏目",
    "format": "形式",
    "cadence": "更新频率",
    "word": "用词",
    "alike": "看不出差别",
    "few": "样本不足",
}
ROLES = {
    "brand": "str",
    "account": "str",
    "account_id": "str",
    "aspect": "str",
    "what": "str",
    "value": "float64",
    "n": "int64",
    "of": "int64",
    "others_value": "float64",
    "others_n": "int64",
    "others_of": "int64",
    "examples": "object",
}
_LABELS = {"account_id": "str", "article_id": "str", "aspect": "str", "label": "str"}
_ACCOUNTS = {"account_id": "str", "account": "str", "brand": "str"}
_PAIRS = {
    "account_id": "str",
    "other_id": "str",
    "pushes_per_week": "float64",
    "other_pushes_per_week": "float64",
    "differs": "boolean",
}
_WORDS = {
    "account_id": "str",
    "word": "str",
    "n": "int64",
    "n_others": "int64",
    "words": "int64",
    "words_others": "int64",
}
_Z = 2.58  # two-sided 1 %: several labels are looked at
_LEAST_N = 3
_LEAST_GAP, _LEAST_TIMES = 0.1, 1.5  # a difference a reader would notice
_MOST = {"purpose": 3, "column": 3, "format": 2, "word": 5}
_EXAMPLES = 3
_EMPTY: Mapping[str, Any] = {
    "what": None,
    "value": None,
    "others_value": None,
    "others_n": 0,
    "others_of": 0,
    "examples": [],
}


def label_articles(
    articles: pd.DataFrame, *, purposes: pd.DataFrame, columns: pd.DataFrame
) -> pd.DataFrame:
    """What find_roles compares, one row per article and label: its purpose (不确定 is none), its
    content column (themes are none), its format.

    `articles` as load_articles, `purposes` as purpose.assign_purposes, `columns` as
    columns.assign.assign_columns. Returns account_id, article_id, aspect (purpose, column,
    format), label str; newest articles first, those without a time last. Raises FrameError.
    """
    check_frame(
        articles,
        {"account_id": "str", "article_id": "str", "kind": "category", "published_at": TIME},
        name="articles",
    )
    check_frame(
        purposes, {"account_id": "str", "article_id": "str", "purpose": "str"}, name="purposes"
    )
    check_frame(
        columns,
        {"account_id": "str", "article_id": "str", "content_column": "str", "kind": "str"},
        name="columns",
    )
    real_columns = columns[columns["kind"].ne("theme").fillna(False).astype(bool)]
    parts = (
        (purposes[purposes["purpose"] != "不确定"], "purpose", "purpose"),
        (real_columns, "content_column", "column"),
        (articles, "kind", "format"),
    )
    rows = [
        part[["account_id", "article_id"]].assign(aspect=aspect, label=part[column].astype("str"))
        for part, column, aspect in parts
    ]
    labels = (
        pd.concat(rows, ignore_index=True)
        .dropna(subset=["label"])
        .merge(articles[["article_id", "published_at"]], on="article_id", how="left")
    )
    labels = labels.sort_values(
        ["published_at", "article_id", "aspect"], ascending=[False, True, True], ignore_index=True
    )
    return labels[list(_LABELS)].astype(_LABELS)


def find_roles(
    accounts: pd.DataFrame,
    articles: pd.DataFrame,
    labels: pd.DataFrame,
    *,
    sent: pd.Series,
    pairs: pd.DataFrame,
    words: pd.DataFrame,
) -> pd.DataFrame:
    """What each account of a brand with several accounts does more than its siblings.

    `accounts` as load_accounts, `articles` as load_articles, `labels` as label_articles, `sent`
    pushes by account_id, `pairs` as intervals.compare_rates, `words` as
    distinctive_words.compare_words, computed within each brand. A purpose or format is
    listed where the two shares differ beyond chance (two-proportion z ≥ 2.58, pooled), by a tenth
    and by half as much again, on three articles at least; a column of four issues that no sibling
    runs; the pace where it differs from every sibling's, all in one direction; the words that
    distinguish its titles from theirs.

    Returns ROLES: aspect (a key of ASPECTS; "alike" where nothing is listed, "few" below
    MIN_ARTICLES articles), what str the label; value float64, the account's share (0–1) or pushes
    per week, n of `of` counted; others_… the same of the siblings (pace: the nearest sibling's);
    examples lists of the newest article_ids. Sorted by brand, account, the order of ASPECTS, n
    falling. Raises
    FrameError.
    """
    check_frame(accounts, _ACCOUNTS, name="accounts")
    check_frame(labels, _LABELS, name="labels")
    check_frame(pairs, _PAIRS, name="pairs")
    check_frame(words, _WORDS, name="words")
    sizes = articles["account_id"].value_counts()
    siblings = (
        accounts[accounts["account_id"].isin(list(sizes.index))]
        .dropna(subset=["brand"])
        .sort_values(["brand", "account", "account_id"])
    )
    rows = [
        row
        for brand, part in siblings.groupby("brand")
        if len(part) > 1
        for row in _describe_brand(part, sizes, sent, labels, pairs, words)
    ]
    return pd.DataFrame(
        {
            column: pd.Series([row[column] for row in rows], dtype=dtype)
            for column, dtype in ROLES.items()
        }
    )


def _describe_brand(
    part: pd.DataFrame,
    sizes: pd.Series,
    sent: pd.Series,
    labels: pd.DataFrame,
    pairs: pd.DataFrame,
    words: pd.DataFrame,
) -> Iterator[dict[str, Any]]:
    ids = list(part["account_id"])
    inside = labels[labels["account_id"].isin(ids)]
    between = _both_ways(pairs[pairs["account_id"].isin(ids) & pairs["other_id"].isin(ids)])
    for who in _records(part[["brand", "account", "account_id"]]):
        key, n = who["account_id"], int(sizes[who["account_id"]])
        siblings = sum(int(sizes[other]) for other in ids if other != key)
        if n < MIN_ARTICLES or siblings < MIN_ARTICLES:
            yield {**who, **_EMPTY, "aspect": "few", "n": n, "of": n}
            continue
        features = [
            *_compare_labels(key, inside, n, siblings),
            *_compare_pace(key, between, sent, len(ids)),
            *_list_words(key, words),
        ]
        for row in features or [{**_EMPTY, "aspect": "alike", "n": n, "of": n}]:
            yield {**who, **row}


def _compare_labels(
    key: str, labels: pd.DataFrame, of: int, others_of: int
) -> Iterator[dict[str, Any]]:
    mine, theirs = labels[labels["account_id"] == key], labels[labels["account_id"] != key]
    for aspect in ("purpose", "column", "format"):
        counts, others = (
            part.loc[part["aspect"] == aspect, "label"].value_counts() for part in (mine, theirs)
        )
        ranked = sorted(counts.items(), key=lambda item: (-item[1], str(item[0])))
        counted = [(str(label), int(n), int(others.get(label, 0))) for label, n in ranked]
        for label, n, others_n in [
            candidate for candidate in counted if _stands_out(aspect, *candidate[1:], of, others_of)
        ][: _MOST[aspect]]:
            examples = list(
                mine.loc[(mine["aspect"] == aspect) & (mine["label"] == label), "article_id"].head(
                    _EXAMPLES
                )
            )
            yield {
                "aspect": aspect,
                "what": label,
                "value": n / of,
                "n": n,
                "of": of,
                "others_value": others_n / others_of,
                "others_n": others_n,
                "others_of": others_of,
                "examples": examples,
            }


def _stands_out(aspect: str, n: int, others_n: int, of: int, others_of: int) -> bool:
    if aspect == "column":
        return n >= MIN_ISSUES and others_n == 0
    share, other = n / of, others_n / others_of
    pooled = (n + others_n) / (of + others_of)
    error = math.sqrt(pooled * (1 - pooled) * (1 / of + 1 / others_of))
    return (
        n >= _LEAST_N
        and share - other >= max(_LEAST_GAP, _Z * error)
        and share >= _LEAST_TIMES * other
    )


def _both_ways(pairs: pd.DataFrame) -> list[dict[str, Any]]:
    turned = pairs.rename(
        columns={
            "account_id": "other_id",
            "other_id": "account_id",
            "pushes_per_week": "other_pushes_per_week",
            "other_pushes_per_week": "pushes_per_week",
        }
    )
    return _records(pd.concat([pairs[list(_PAIRS)], turned[list(_PAIRS)]]))


def _compare_pace(
    key: str, between: list[dict[str, Any]], sent: pd.Series, accounts: int
) -> Iterator[dict[str, Any]]:
    """The account's pushes per week, where they differ from each of its siblings' and
    all one way.
    """
    mine = [
        row
        for row in between
        if row["account_id"] == key and row["differs"] is not pd.NA and bool(row["differs"])
    ]
    more = {row["pushes_per_week"] > row["other_pushes_per_week"] for row in mine}
    if len(mine) == accounts - 1 and len(more) == 1:
        nearest = min(
            mine,
            key=lambda row: (
                abs(row["pushes_per_week"] - row["other_pushes_per_week"]),
                row["other_id"],
            ),
        )
        what = "更勤" if more == {True} else "更少"
        n, others_n = int(sent[key]), int(sent[nearest["other_id"]])
        yield {
            **_EMPTY,
            "aspect": "cadence",
            "what": what,
            "value": nearest["pushes_per_week"],
            "n": n,
            "of": n,
            "others_value": nearest["other_pushes_per_week"],
            "others_n": others_n,
            "others_of": others_n,
        }


def _list_words(key: str, words: pd.DataFrame) -> Iterator[dict[str, Any]]:
    for row in words[words["account_id"] == key].head(_MOST["word"]).pipe(_records):
        yield {
            "aspect": "word",
            "what": row["word"],
            "value": row["n"] / row["words"],
            "n": row["n"],
            "of": row["words"],
            "others_value": row["n_others"] / row["words_others"],
            "others_n": row["n_others"],
            "others_of": row["words_others"],
            "examples": [],
        }


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]
