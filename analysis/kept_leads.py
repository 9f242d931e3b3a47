"""Leads of a store's articles: read once from each body, kept beside the store, read again only where body, 阅读原文 or this code changed."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

import pandas as pd
from sqlalchemy import select

from analysis.kept import Kept, kept_beside, key_of_code
from analysis.leads import LEADS, read_leads, rows_of_leads
from crawler import schema as t
from crawler.store import Store, shown_id

__all__ = ["load_leads"]

_MADE_BY = ("leads.py", "kept_leads.py", "lexicons/lead_words.toml")
_NAME = "leads"
_SAID_EVERY = 5000


def load_leads(store: Store, *, accounts: Sequence[str] | None = None, kept: Kept | None = None, say: Callable[[str], None] | None = None) -> pd.DataFrame:
    """Where the articles of a store (of some accounts) lead: LEADS, at least one row for each article with a body.

    Sorted by article_id, then in the order read_leads gives. Bodies are only unpacked where their digest is not the one kept. Raises StoreError
    for an unknown account.
    """
    wanted = store.accounts() if accounts is None else store.find_accounts(accounts)
    shelf, code = kept or kept_beside(store), key_of_code(_MADE_BY, repr(LEADS))
    now = _digests(store, [account["number"] for account in wanted])
    old = shelf.load(_NAME, code)
    old = _empty() if old is None else old
    known = dict(zip(old["article_id"], old["key"], strict=True))
    fresh = {article_id: key for article_id, key in now.items() if known.get(article_id) != key}
    if fresh:
        read = pd.DataFrame(_read(store, wanted, fresh, say), columns=list(_empty()))
        old = pd.concat([old[~old["article_id"].isin(list(fresh))], read], ignore_index=True).astype(_empty().dtypes.to_dict())
        old = old.sort_values(["article_id", "order"], ignore_index=True)
        shelf.save(_NAME, code, old)
        known |= fresh
    shown = old if now.keys() == known.keys() else old[old["article_id"].map(now.keys().__contains__)]
    return shown[list(LEADS)].reset_index(drop=True)


def _empty() -> pd.DataFrame:
    return pd.DataFrame({column: pd.Series([], dtype=dtype) for column, dtype in {**LEADS, "key": "str", "order": "int64"}.items()})


def _digests(store: Store, numbers: Sequence[int]) -> dict[str, str]:
    """One key of what is read of each article with a body, by article_id."""
    b, a = t.bodies.c, t.articles.c
    bodies = select(b.article_id, b.sha256).join(t.articles, a.article_id == b.article_id).where(a.account_id.in_(list(numbers)))
    links = select(a.article_id, a.more).where(a.account_id.in_(list(numbers)), a.more.contains('"source_url"'))
    with store.clear_errors(), store.engine.connect() as conn:
        held: dict[int, str] = {}
        for number, digest in conn.execute(bodies.order_by(b.article_id, b.seen_at.desc(), b.source_id)):
            held.setdefault(number, digest)  # the newest, as Store.bodies gives it
        for number, more in conn.execute(links):
            if number in held:
                held[number] += f" {json.loads(more)['source_url']}"
    return {shown_id(number): key for number, key in held.items()}


def _read(store: Store, accounts: Sequence[dict[str, Any]], fresh: Mapping[str, str], say: Callable[[str], None] | None) -> Iterator[dict[str, Any]]:
    for account in accounts:
        own = _names(account)
        sources = {shown_id(row["article_id"]): json.loads(row["more"]).get("source_url") for row in store.articles(accounts=[account["number"]])}
        for done, (number, body) in enumerate(store.bodies(accounts=[account["number"]]), 1):
            article_id = shown_id(number)
            if article_id in fresh:
                found = read_leads(body, source_url=sources.get(article_id), own=own)
                rows = rows_of_leads(article_id, found)
                yield from ({**row, "key": fresh[article_id], "order": order} for order, row in enumerate(rows))
            if say and done % _SAID_EVERY == 0:
                say(f"看了「{account['name']}」{done} 篇把读者带去哪里…")


def _names(account: dict[str, Any]) -> Collection[str]:
    return {str(one) for one in (account.get("biz"), account.get("name"), account.get("alias"), *(account.get("names") or ())) if one}
