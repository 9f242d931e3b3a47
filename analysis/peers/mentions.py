"""Accounts that held articles point to and that are not held: name cards, reposts' sources, links.
Whom else to watch.

What an article says is evidence that an account exists and that somebody in the store thinks of it;
nothing is known of its quality.
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

WAYS = (
    "card",
    "repost",
    "link",
)  # a name card in the body; the source of a repost; an article link in the body or under 阅读原文
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
    """Every pointer of the held articles: see POINTERS and read_pointers. Raises StoreError for an
    unknown account.
    """
    numbers = None if accounts is None else [a["number"] for a in store.find_accounts(accounts)]
    said = (
        (shown_id(row["article_id"]), json.loads(row["more"]))
        for row in store.articles(accounts=numbers)
    )
    bodies = ((shown_id(number), body) for number, body in store.bodies(accounts=numbers))
    return read_pointers(bodies, said)


def read_pointers(
    bodies: Iterable[tuple[str, str]], said: Iterable[tuple[str, Mapping[str, Any]]]
) -> pd.DataFrame:
    """The accounts that articles point to.

    `bodies` are (article_id, inner HTML); `said` are (article_id, what else is known of the
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
        for article_id, facts in said
        for row in _read_facts(facts)
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
        said = node.attributes
        row = {
            "candidate_id": biz_of_number(said.get("data-id")),
            "candidate": clean_text(said.get("data-nickname")),
        }
        if any(row.values()):
            yield {"way": "card", **row, "signature": clean_text(said.get("data-signature"))}
    for node in tree.css("a[href]"):
        yield from _read_link(node.attributes.get("href"))


def _read_facts(facts: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    link = parse_article_url(facts.get("reprint_url"))
    source = facts.get("source_biz") or (link.biz if link else None)
    if source or facts.get("source_name"):
        yield {"way": "repost", "candidate_id": source, "candidate": facts.get("source_name")}
    yield from _read_link(facts.get("source_url"))


def _read_link(url: object) -> Iterable[dict[str, Any]]:
    link = parse_article_url(url)
    if link is not None:
        yield {"way": "link", "candidate_id": link.biz, "link": None if link.biz else link.url}


def count_mentions(
    pointers: pd.DataFrame, articles: pd.DataFrame, accounts: pd.DataFrame
) -> pd.DataFrame:
    """The accounts pointed to that are not in the store, by how many held accounts point there,
    then how many articles.

    Names without an id go with the one id that cards and reposts give that name; an account is in
    the store when its id is, or, where it or the held one has no biz, its name or an old one.
    Returns CANDIDATES: candidate str, most often used, missing where only links know it;
    candidate_id str, its biz, missing where only a name is known; accounts, articles int64 that
    point there; cards, reposts, links int64, articles by way; pointed_from list of str, names of
    the accounts; examples list of str, up to three articles' links; signature str, from a card.
    Raises FrameError.
    """
    check_frame(pointers, POINTERS, name="pointers")
    check_frame(articles, _ARTICLES, name="articles")
    check_frame(accounts, _ACCOUNTS, name="accounts")
    known = pointers.dropna(subset=["candidate_id", "candidate"], how="all")
    named = known.dropna(subset=["candidate_id", "candidate"]).groupby("candidate")["candidate_id"]
    only = named.first()[named.nunique() == 1]
    known = known.assign(
        candidate_id=known["candidate_id"].fillna(known["candidate"].map(only).astype("str"))
    )
    keyed = known.assign(key=known["candidate_id"].fillna(known["candidate"]))
    joined = keyed[~_held(keyed, accounts)].merge(articles[list(_ARTICLES)], on="article_id")
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


def _held(known: pd.DataFrame, accounts: pd.DataFrame) -> pd.Series:
    """Whether each is an account of the store."""
    ids = set(accounts["account_id"])
    names = {
        str(key): {shown, *(old or ())}
        for key, shown, old in zip(
            accounts["account_id"], accounts["account"], accounts["names"], strict=True
        )
    }
    everybody = {name for some in names.values() for name in some}
    unsure = {name for key, some in names.items() if not is_biz(key) for name in some}
    by_name = known["candidate"].isin(unsure) | (
        known["candidate_id"].isna() & known["candidate"].isin(everybody)
    )
    return known["candidate_id"].isin(ids) | by_name


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
