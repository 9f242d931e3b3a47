"""Imported counts straight from a store."""

from __future__ import annotations

from collections.abc import Sequence

from crawler.store import Store
from crawler.store.store import shown_id

__all__ = ["load_reads"]


def load_reads(store: Store, *, accounts: Sequence[str] | None = None) -> dict[str, float]:
    """The latest read count of each article that has one, by article_id. Raises StoreError."""
    pks = None if accounts is None else [a["account_pk"] for a in store.find_accounts(accounts)]
    reads: dict[str, float] = {}
    for row in store.observations(accounts=pks):  # in order of time, so the latest stays
        if row["metric"] == "read" and row["value"] is not None:
            reads[shown_id(row["article_id"])] = float(row["value"])
    return reads
