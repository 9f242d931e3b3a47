"""A brand's accounts together: their frames as one account's, and which account does what."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analysis.cadence.intervals import compare_rates
from analysis.content.distinctive_words import compare_words
from analysis.peers.brand_roles import find_roles, label_articles

__all__ = ["compare_roles", "merge_brands"]

_ROLES = ("own", "direct", "adjacent", "benchmark")  # the nearest first


def merge_brands(frames: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """The frames with each brand's accounts as one account, named for the brand; accounts of no
    brand stay as they are. `frames` are studies of a group by name, `accounts` and `coverage` among
    them.
    """
    brands = frames["accounts"].dropna(subset=["brand"]).set_index("account_id")["brand"]
    merged = {name: _rename_owners(frame, brands) for name, frame in frames.items()}
    merged["accounts"] = _merge_accounts(merged["accounts"])
    merged["coverage"] = _merge_coverage(merged["coverage"])
    return merged


def _rename_owners(frame: pd.DataFrame, brands: pd.Series) -> pd.DataFrame:
    """The frame under brands' names; pushes of two accounts stay apart."""
    brand = frame["account_id"].map(brands).astype("str")
    renamed = frame.assign(
        account=brand.fillna(frame["account"]),
        account_id=("brand:" + brand).fillna(frame["account_id"]),
    )
    if "push_id" not in frame:
        return renamed
    return renamed.assign(push_id=frame["account_id"] + "/" + frame["push_id"])


def _merge_accounts(accounts: pd.DataFrame) -> pd.DataFrame:
    """One row per brand, with the nearest of its accounts' roles."""
    rank = {role: number for number, role in enumerate(_ROLES)}
    order = accounts["role"].astype("str").map(rank).fillna(len(_ROLES))
    ranked = accounts.assign(_order=order).sort_values(["_order", "account_id"], kind="stable")
    first = ranked.drop_duplicates("account_id")
    return first.drop(columns="_order").reset_index(drop=True)


def _merge_coverage(coverage: pd.DataFrame) -> pd.DataFrame:
    """articles ÷ (articles + missing) of all accounts together; unknown where one of them is."""
    grouped = coverage.groupby("account_id", as_index=False).agg(
        articles=("articles", "sum"),
        missing=("missing", "sum"),
        known=("coverage", "count"),
        all=("account_id", "size"),
    )
    share = grouped["articles"] / (grouped["articles"] + grouped["missing"])
    return grouped.assign(coverage=share.where(grouped["known"] == grouped["all"]))


def compare_roles(
    accounts: pd.DataFrame,
    articles: pd.DataFrame,
    pushes: pd.DataFrame,
    *,
    purposes: pd.DataFrame,
    columns: pd.DataFrame,
) -> pd.DataFrame:
    """Which account of a brand does what, as brand_roles.find_roles; words and rates are compared
    within each brand. `purposes` and `columns` have a row an article.
    """
    brands = accounts.dropna(subset=["brand"]).groupby("brand")["account_id"].agg(list)
    several = [ids for _, ids in brands.items() if len(ids) > 1]
    words = [compare_words(_of(articles, ids)) for ids in several]
    rates = [compare_rates(_of(pushes, ids)) for ids in several]
    return find_roles(
        accounts,
        articles,
        label_articles(articles, purposes=purposes, columns=columns),
        sent=pushes["account_id"].value_counts(),
        pairs=pd.concat(rates) if rates else compare_rates(pushes.head(0)),
        words=pd.concat(words) if words else compare_words(articles.head(0)),
    )


def _of(frame: pd.DataFrame, account_ids: list[str]) -> pd.DataFrame:
    return frame[frame["account_id"].isin(account_ids)].reset_index(drop=True)
