"""How well the content columns hold on real accounts that the weights were not made from: floors,
pinned in tests/eval.
"""

from __future__ import annotations

import tomllib

import pandas as pd
import pytest

from analysis.columns.assign import assign_columns
from tests.support.places import ROOT, SHARED
from tests.support.small_frames import article, articles

FLOORS = tomllib.loads(
    (ROOT / "tests" / "eval" / "columns_floors.toml").read_text(encoding="utf-8")
)


def load_set(name: str) -> pd.DataFrame:
    path = SHARED / "sets" / f"{name}.csv.gz"
    if not path.exists():
        pytest.skip(f"real accounts (../shared/sets/{name}.csv.gz) are not here")
    return pd.read_csv(path, dtype=str, keep_default_na=False).rename(
        columns={"publish_time": "published_at", "pos_in_push": "position"}
    )


def find(gold: pd.DataFrame) -> pd.Series:
    """The column found for each row, missing for none."""
    times = gold["published_at"].where(gold["published_at"].str.len() >= 10).str[:19]
    rows = [
        article(
            None if pd.isna(at) else at,
            title,
            account=account,
            account_id=key,
            position=int(slot) if slot.isdigit() else None,
            article_id=f"a{n:07d}",
        )
        for n, (at, title, account, key, slot) in enumerate(
            zip(
                times,
                gold["title"],
                gold["account"],
                gold["account_id"],
                gold["position"],
                strict=True,
            )
        )
    ]
    return pd.Series(
        assign_columns(articles(rows))["content_column"].to_numpy(dtype=object), index=gold.index
    )


def pair_f1(truth: pd.Series, found: pd.Series) -> float:
    """F1 over pairs of rows; a row in no column pairs with nobody."""
    alone = pd.Series([f"alone {n}" for n in range(len(truth))], index=truth.index)
    truth, found = truth.where(truth != "", alone), found.where(found.notna(), alone)

    def pairs(labels: pd.Series) -> float:
        return float((labels.value_counts() * (labels.value_counts() - 1) / 2).sum())

    return 2 * pairs(truth + "\0" + found) / max(pairs(truth) + pairs(found), 1)


def test_columns_labelled_by_reading_are_found_and_no_others() -> None:
    gold = load_set("columns_by_hand")
    found = find(gold)
    inside, said = gold["column"] != "", found.notna()
    having = gold["account_id"].isin(gold.loc[inside, "account_id"])
    scores = [
        pair_f1(part["column"], found[part.index]) for _, part in gold[having].groupby("account_id")
    ]
    assert sum(scores) / len(scores) >= FLOORS["hand"]["pair_f1"]
    assert 2 * (inside & said).sum() / (inside.sum() + said.sum()) >= FLOORS["hand"]["in_column_f1"]
    assert said[~having].mean() <= FLOORS["hand"]["rows_of_accounts_without"]


def test_columns_whose_names_stand_in_the_titles_are_found() -> None:
    gold = load_set("column_gold")
    chosen = sorted(gold.loc[gold["source_set"] == "wechat-feeds", "account_id"].unique())[::3]
    gold = gold[gold["account_id"].isin(chosen)]
    found = find(gold)
    labelled = [part[part["column"] != ""] for _, part in gold.groupby("account_id")]
    scores = [
        pair_f1(part["column"], found[part.index])
        for part in labelled
        if len(part) >= 8 and part["column"].nunique() > 1
    ]
    assert sum(scores) / len(scores) >= FLOORS["visible"]["pair_f1"]
