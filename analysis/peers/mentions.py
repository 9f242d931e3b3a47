"""Accounts outside the store that stored articles point to: name cards, reposts' sources, links.
Whom else to watch.

A pointer is evidence that an account exists and that an account of the store refers to it; nothing
is known of its quality.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd
from selectolax.lexbor import LexborHTMLParser

from analysis.frames import check_frame
from crawler.records import biz_of_number, clean_text, is_biz, parse_article_url
from crawler.store import Store
from crawler.store.store import shown_id

__all__ = ["MENTIONS", "POINTERS", "WAYS", "count_mentions", "load_pointers", "read_pointers"]

# a name card in the body; the source of a repost; an article link in the body or under 阅读原文
WAYS = ("card", "repost", "link")
POINTERS: Mapping[str, str] = {
    "article_id": "str",
    "way": "str",
    "candidate_id": "str",
    "candidate": "str",
    "signature": "str",
    "link": "str",
}
MENTIONS: Mapping[str, str] = {
    "candidate": "str",
    "candidate_id": "str",
    "accounts": "int64",
    "articles": "int64",
    "cards": "int64",
    "reposts": "int64",
    "links": "int64",
    "pointed_from": "object",
    "examples": "object",
    "signature": "str",
}
_CARDS = "mp-common-profile, .mp_profile_iframe"
_ARTICLES = {"article_id": "str", "account": "str", "account_id": "str", "url": "str"}
_ACCOUNTS = {"account_id": "str", "account": "str", "names": "object"}
_EXAMPLES = 3


def load_pointers(store: Store, *, accounts: Sequence[str] | None = None) -> pd.DataFrame:
    """Every pointer of the stored articles: see POINTERS and read_pointers. Raises StoreError for
    an unknown account.
    """
    account_pks = (
        None if accounts is None else [a["account_pk"] for a in store.find_accounts(accounts)]
    )
    details = (
        (shown_id(row["article_id"]), json.loads(row["more"]))
        for row in store.articles(accounts=account_pks)
    )
    bodies = (
        (shown_id(article_pk), body) for article_pk, body in store.bodies(accounts=account_pks)
    )
    return read_pointers(bodies, details)


def read_pointers(
    bodies: Iterable[tuple[str, str]], details: Iterable[tuple[str, Mapping[str, Any]]]
) -> pd.DataFrame:
    """The accounts that articles point to.

    `bodies` are (article_id, inner HTML); `details` are (article_id, what else is known of the
    article: source_name, source_biz, reprint_url, source_url). Returns one row per article, way and
    account: article_id, way str (see WAYS); candidate_id str, its biz; candidate str, its name;
    signature str, from a card; link str, a link that names no account (a short one), where id and
    name are missing: elsewhere at least one of them is there. Sorted by article_id, way,
    candidate_id, candidate, link.
    """
    rows = [
        {"article_id": article_id, **row} for article_id, body in bodies for row in _read_body(body)
    ]
    rows += [
        {"article_id": article_id, **row}
        for article_id, article_details in details
        for row in _read_details(article_details)
    ]
    frame = pd.DataFrame(
        {
            column: pd.Series([row.get(column) for row in rows], dtype=dtype)
            for column, dtype in POINTERS.items()
        }
    )
    keys = ["article_id", "way", "candidate_id", "candidate", "link"]
    return frame.sort_values([*keys, "signature"], ignore_index=True).drop_duplicates(
        keys, ignore_index=True
    )


def _read_body(body: str) -> Iterable[dict[str, Any]]:
    if "profile" not in body and "href" not in body:
        return
    tree = LexborHTMLParser(body)
    for node in tree.css(_CARDS):
        attributes = node.attributes
        row = {
            "candidate_id": biz_of_number(attributes.get("data-id")),
            "candidate": clean_text(attributes.get("data-nickname")),
        }
        if any(row.values()):
            yield {"way": "card", **row, "signature": clean_text(attributes.get("data-signature"))}
    for node in tree.css("a[href]"):
        yield from _read_link(node.attributes.get("href"))


def _read_details(details: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    link = parse_article_url(details.get("reprint_url"))
    source = details.get("source_biz") or (link.biz if link else None)
    if source or details.get("source_name"):
        yield {"way": "repost", "candidate_id": source, "candidate": details.get("source_name")}
    yield from _read_link(details.get("source_url"))


def _read_link(url: object) -> Iterable[dict[str, Any]]:
    link = parse_article_url(url)
    if link is not None:
        yield {"way": "link", "candidate_id": link.biz, "link": None if link.biz else link.url}


def count_mentions(
    pointers: pd.DataFrame, articles: pd.DataFrame, accounts: pd.DataFrame
) -> pd.DataFrame:
    """The accounts pointed to that are not in the store, by how many stored accounts point there,
    then how many articles.

    Names without an id go with the one id that cards and reposts give that name; an account is in
    the store when its id is, or, where it or the stored one has no biz, its name or an old one.
    Returns MENTIONS: candidate str, most often used, missing where only links know it;
    candidate_id str, its biz, missing where only a name is known; accounts, articles int64 that
    point there; cards, reposts, links int64, articles by way; pointed_from list of str, names of
    the accounts; examples list of str, up to three articles' links; signature str, from a card.
    Raises FrameError.
    """
    check_frame(pointers, POINTERS, name="pointers")
    check_frame(articles, _ARTICLES, name="articles")
    check_frame(accounts, _ACCOUNTS, name="accounts")
    identified = pointers.dropna(subset=["candidate_id", "candidate"], how="all")
    named = identified.dropna(subset=["candidate_id", "candidate"]).groupby("candidate")[
        "candidate_id"
    ]
    only = named.first()[named.nunique() == 1]
    identified = identified.assign(
        candidate_id=identified["candidate_id"].fillna(
            identified["candidate"].map(only).astype("str")
        )
    )
    keyed = identified.assign(key=identified["candidate_id"].fillna(identified["candidate"]))
    joined = keyed[~_is_stored(keyed, accounts)].merge(articles[list(_ARTICLES)], on="article_id")
    rows = [_count(part) for _, part in joined.groupby("key", sort=True)]
    frame = pd.DataFrame(
        {
            column: pd.Series([row[column] for row in rows], dtype=dtype)
            for column, dtype in MENTIONS.items()
        }
    )
    return frame.sort_values(
        ["accounts", "articles", "candidate_id", "candidate"],
        ascending=[False, False, True, True],
        ignore_index=True,
    )


def _is_stored(identified: pd.DataFrame, accounts: pd.DataFrame) -> pd.Series:
    """Whether each is an account of the store."""
    ids = set(accounts["account_id"])
    names = {
        str(key): {shown, *(old or ())}
        for key, shown, old in zip(
            accounts["account_id"], accounts["account"], accounts["names"], strict=True
        )
    }
    all_names = {name for account_names in names.values() for name in account_names}
    names_without_biz = {
        name for key, account_names in names.items() if not is_biz(key) for name in account_names
    }
    by_name = identified["candidate"].isin(names_without_biz) | (
        identified["candidate_id"].isna() & identified["candidate"].isin(all_names)
    )
    return identified["candidate_id"].isin(ids) | by_name


def _count(part: pd.DataFrame) -> dict[str, Any]:
    ways = {f"{way}s": part.loc[part["way"] == way, "article_id"].nunique() for way in WAYS}
    names = part["candidate"].dropna()
    signatures = part["signature"].dropna()
    return {
        "candidate": min(names.mode()) if len(names) else None,
        "candidate_id": part["candidate_id"].iat[0],
        "accounts": part["account_id"].nunique(),
        "articles": part["article_id"].nunique(),
        **ways,
        "pointed_from": sorted(part["account"].unique()),
        "examples": part.drop_duplicates("article_id")["url"].dropna().head(_EXAMPLES).tolist(),
        "signature": min(signatures) if len(signatures) else None,
    }
