"""Where a store's articles lead their readers, read once from each body and kept while the body,
阅读原文 and this code are the same.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any

import pandas as pd

from analysis.compute.bodies import BodyReading, load_readings
from analysis.compute.cache import FrameCache
from analysis.content.leads import LEADS, read_leads, rows_of_leads
from crawler.store import Store

__all__ = ["load_leads"]


def load_leads(
    store: Store,
    *,
    accounts: Sequence[str] | None = None,
    cache: FrameCache | None = None,
    on_progress: Callable[[str], None] | None = None,
) -> pd.DataFrame:
    """Where the articles of a store (of some accounts) lead: LEADS, at least one row for each
    article with a body.

    Sorted by article_id, then in the order read_leads gives. Bodies are only unpacked where their
    digest is not the one kept. Raises StoreError for an unknown account.
    """
    wanted = {
        account["account_pk"]: _names(account)
        for account in (store.accounts() if accounts is None else store.find_accounts(accounts))
    }
    sources = store.extras(("source_url",), accounts=list(wanted))
    sources_of = {
        number: (sources.get(number, {}).get("source_url"), wanted[owner])
        for number, owner in store.owners(accounts=list(wanted)).items()
    }
    count = None if on_progress is None else lambda n: on_progress(f"看了 {n} 篇把读者带去哪里")
    return load_readings(
        store, _READING, accounts=list(wanted), context=sources_of, cache=cache, on_progress=count
    )


def _read(
    article_id: str, body: str, context: tuple[str | None, Collection[str]]
) -> Iterator[dict[str, Any]]:
    source_url, own = context
    yield from rows_of_leads(article_id, read_leads(body, source_url=source_url, own=own))


def _names(account: dict[str, Any]) -> tuple[str, ...]:
    return tuple(
        sorted(
            {
                str(name)
                for name in (
                    account.get("biz"),
                    account.get("name"),
                    account.get("alias"),
                    *(account.get("names") or ()),
                )
                if name
            }
        )
    )


_READING = BodyReading("leads", LEADS, _read)
