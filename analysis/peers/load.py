"""From a store to what a comparison needs: every analysis once over the same articles, by account
or with a brand's accounts together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from analysis.cadence.formats import count_formats, count_slots
from analysis.cadence.intervals import compare_rates
from analysis.cadence.pushes import build_pushes
from analysis.cadence.summary import describe_cadence
from analysis.columns.assign import describe_columns
from analysis.columns.load import find_edits_file, load_columns
from analysis.content.purpose import assign_purposes, count_purposes, measure_self_talk
from analysis.content.titles import compare_words, describe_titles, measure_habits
from analysis.frames import load_accounts, load_coverage
from analysis.layout.fixed_parts import EDITOR_NAMES
from analysis.layout.measures import measure_layouts
from analysis.layout.report import LayoutReport, report_layouts
from analysis.peers.brand_roles import find_roles, label_articles
from analysis.peers.matrix import Measured, build_matrix, summarize_sizes, total_columns
from crawler.store import Store

__all__ = ["Loaded", "compare_brands", "compare_roles", "load_compared", "measure_all", "set_own"]

_TOP_PURPOSES = 3
_TIERS = ("own", "direct", "adjacent", "benchmark")


@dataclass(frozen=True, slots=True, eq=False)
class Loaded:
    """What is compared, as the store and the first analyses give it; `pushes`, `purposes` and
    `titles` are already by account.
    """

    accounts: pd.DataFrame
    coverage: pd.DataFrame
    articles: pd.DataFrame
    assigned: pd.DataFrame
    profiles: pd.DataFrame
    pushes: pd.DataFrame
    purposes: pd.DataFrame
    titles: pd.DataFrame


def load_compared(
    store: Store,
    *,
    accounts: Sequence[str] | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    own: str | None = None,
) -> Loaded:
    """The accounts of a store (or some of them, and the own one) with their articles of a window.
    Raises StoreError.
    """
    wanted = [*accounts, own] if accounts and own else accounts
    loaded = load_columns(
        store, accounts=wanted, since=since, until=until, edits=find_edits_file(store)
    )
    owners = set_own(load_accounts(store), store, own)
    if wanted:
        owners = owners[
            owners["account_id"].isin([a["account_id"] for a in store.find_accounts(wanted)])
        ].reset_index(drop=True)
    return Loaded(
        owners,
        load_coverage(store, accounts=wanted),
        loaded.articles,
        loaded.assigned,
        loaded.profiles,
        build_pushes(loaded.articles),
        assign_purposes(loaded.articles),
        describe_titles(loaded.articles),
    )


def set_own(accounts: pd.DataFrame, store: Store, own: str | None) -> pd.DataFrame:
    """The accounts frame with the named account (or brand) as the own one, whatever roles said
    before. Raises StoreError.
    """
    if own is None:
        return accounts
    ids = [a["account_id"] for a in store.find_accounts([own])]
    mine = accounts["account_id"].isin(ids)
    role = accounts["role"].mask(accounts["role"].eq("own") & ~mine).mask(mine, "own")
    return accounts.assign(role=role)


def compare_brands(loaded: Loaded) -> Loaded:
    """The same with each brand's accounts as one account, named for the brand; accounts of no brand
    stay as they are.

    What was found account by account (pushes, columns, purposes, titles) stays so: only the
    counting is of the brand.
    """
    brands = loaded.accounts.dropna(subset=["brand"]).set_index("account_id")["brand"]
    regrouped = {
        name: _regroup(getattr(loaded, name), brands)
        for name in ("accounts", "coverage", "articles", "assigned", "pushes", "purposes", "titles")
    }
    return Loaded(
        **{
            **regrouped,
            "accounts": _merge_accounts(regrouped["accounts"]),
            "coverage": _merge_coverage(regrouped["coverage"]),
        },
        profiles=loaded.profiles,
    )


def _regroup(frame: pd.DataFrame, brands: pd.Series) -> pd.DataFrame:
    """The frame under brands' names; pushes of two accounts stay apart."""
    brand = frame["account_id"].map(brands).astype("str")
    made = frame.assign(
        account=brand.fillna(frame["account"]),
        account_id=("brand:" + brand).fillna(frame["account_id"]),
    )
    return (
        made.assign(push_id=frame["account_id"] + "/" + frame["push_id"])
        if "push_id" in frame
        else made
    )


def _merge_accounts(accounts: pd.DataFrame) -> pd.DataFrame:
    """One row per brand, with the nearest of its accounts' roles."""
    order = (
        accounts["role"]
        .astype("str")
        .map({role: number for number, role in enumerate(_TIERS)})
        .fillna(len(_TIERS))
    )
    ranked = (
        accounts.assign(_order=order)
        .sort_values(["_order", "account_id"], kind="stable")
        .drop_duplicates("account_id")
    )
    return ranked.drop(columns="_order").reset_index(drop=True)


def _merge_coverage(coverage: pd.DataFrame) -> pd.DataFrame:
    """held ÷ (held + missing) of all accounts together; unknown where one of them is."""
    grouped = coverage.groupby("account_id", as_index=False).agg(
        articles=("articles", "sum"),
        missing=("missing", "sum"),
        known=("coverage", "count"),
        all=("account_id", "size"),
    )
    return grouped.assign(
        coverage=(grouped["articles"] / (grouped["articles"] + grouped["missing"])).where(
            grouped["known"] == grouped["all"]
        )
    )


def measure_all(loaded: Loaded) -> pd.DataFrame:
    """The matrix of what is loaded: see compare.build_matrix."""
    articles = loaded.articles
    report = report_layouts(articles, loaded.profiles)
    seen = articles["title"].notna() | articles["albums"].map(bool).astype(bool)
    measured = Measured(
        sizes=summarize_sizes(articles),
        coverage=loaded.coverage.astype({"coverage": "float64", "account_id": "str"}),
        cadence=describe_cadence(loaded.pushes),
        columns=total_columns(describe_columns(articles, loaded.assigned)),
        titled=articles.loc[seen.to_numpy(dtype=bool), "account_id"].value_counts(),
        purposes=_purposes(loaded.purposes),
        titles=measure_habits(loaded.titles),
        layouts=_layouts(report, measure_layouts(articles, loaded.profiles)),
        formats=count_formats(articles),
        slots=count_slots(articles),
    )
    return build_matrix(loaded.accounts, measured)


def _purposes(assigned: pd.DataFrame) -> pd.DataFrame:
    talk = measure_self_talk(assigned).rename(columns={"articles": "purpose_n"})
    mix = count_purposes(assigned)
    return talk.assign(
        top_purposes=_objects([_top_purposes(mix, key) for key in talk["account_id"]])
    )


def _top_purposes(mix: pd.DataFrame, account_id: str) -> dict[str, float]:
    """An account's largest purposes with their shares, from purpose.count_purposes; none below its
    least articles, 不确定 left out.
    """
    own = (
        mix[(mix["account_id"] == account_id) & (mix["purpose"] != "不确定")]
        .dropna(subset=["share"])
        .head(_TOP_PURPOSES)
    )
    return {
        str(purpose): float(share)
        for purpose, share in zip(own["purpose"], own["share"], strict=True)
    }


def _layouts(report: LayoutReport, layouts: pd.DataFrame) -> pd.DataFrame:
    line = report.measures[report.measures["feature"] == "line_height"].set_index("account_id")[
        "median"
    ]
    held = report.consistency.set_index("account_id")
    made = report.parts[report.parts["kind"] == "editor"]
    rows = layouts.rename(columns={"n": "layout_n", "n_text": "text_n"})
    rows = rows.assign(
        line_height=rows["account_id"].map(line),
        consistency=rows["account_id"].map(held["consistency"]),
    )
    rows["consistency_n"] = rows["account_id"].map(held["n"]).fillna(0).astype("int64")
    shares = [made[made["account_id"] == key] for key in rows["account_id"]]
    rows["made_with"] = _objects(
        [
            {
                EDITOR_NAMES[name]: float(share)
                for name, share in zip(one["name"], one["share"], strict=True)
            }
            for one in shares
        ]
    )
    return rows.astype({"line_height": "float64", "consistency": "float64"})


def _objects(values: Sequence[object]) -> pd.Series:
    return pd.Series(list(values), dtype="object")


def compare_roles(loaded: Loaded) -> pd.DataFrame:
    """Which account of a brand does what: see brand_roles.find_roles; words are compared within
    each brand.
    """
    brands = loaded.accounts.dropna(subset=["brand"]).groupby("brand")["account_id"].agg(list)
    several = [ids for _, ids in brands.items() if len(ids) > 1]
    words = [
        compare_words(
            loaded.articles[loaded.articles["account_id"].isin(ids)].reset_index(drop=True)
        )
        for ids in several
    ]
    rates = [
        compare_rates(loaded.pushes[loaded.pushes["account_id"].isin(ids)].reset_index(drop=True))
        for ids in several
    ]
    nobody = loaded.articles.head(0)
    return find_roles(
        loaded.accounts,
        loaded.articles,
        label_articles(loaded.articles, purposes=loaded.purposes, columns=loaded.assigned),
        sent=loaded.pushes["account_id"].value_counts(),
        pairs=pd.concat(rates) if rates else compare_rates(loaded.pushes.head(0)),
        words=pd.concat(words) if words else compare_words(nobody),
    )
