"""From a store and a plan to a benchmark: load what it needs, and write its page or its sheets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date as Date
from pathlib import Path

from analysis.columns.load import find_edits_file, load_columns, load_reads
from analysis.frames import load_accounts, load_coverage
from analysis.layout.load import load_profiles
from analysis.layout.profile import StyleProfile, measure_page
from analysis.peers.mentions import count_mentions, load_pointers
from analysis.prelaunch.benchmark import Benchmark, benchmark_plan
from analysis.prelaunch.group import gather_group
from analysis.prelaunch.plan import Plan, PlanError
from crawler.store import Store

__all__ = ["load_benchmark", "load_draft"]

_MOST_BYTES = 20_000_000


def load_benchmark(
    store: Store,
    plan: Plan,
    *,
    date: Date,
    accounts: Sequence[str] | None = None,
    draft: StyleProfile | None = None,
    on_progress: Callable[[str], None] | None = None,
) -> Benchmark:
    """Hold a plan against a store's accounts, or some of them. Raises StoreError for an unknown
    account.
    """
    loaded = load_columns(store, accounts=accounts, edits=find_edits_file(store))
    owners = load_accounts(store)
    known = (
        owners
        if accounts is None
        else owners[
            owners["account_id"].isin([a["account_id"] for a in store.find_accounts(accounts)])
        ]
    )
    group = gather_group(
        loaded.articles,
        known.reset_index(drop=True),
        load_coverage(store, accounts=accounts),
        load_profiles(store, accounts=accounts, on_progress=on_progress),
        assigned=loaded.assigned,
        reads=load_reads(store, accounts=accounts),
        own_name=plan.name,
    )
    candidates = count_mentions(load_pointers(store, accounts=accounts), group.articles, owners)
    return benchmark_plan(plan, group, date=date, draft=draft, mentions=candidates)


def load_draft(plan: Plan, folder: Path) -> StyleProfile | None:
    """The layout of the plan's draft, a path relative to `folder`; None where it names none. Raises
    PlanError for a file that is no HTML.
    """
    if plan.draft is None:
        return None
    path = folder / plan.draft
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise PlanError(f"layout.draft：读不了 {path}：{error.strerror}") from None
    if len(raw) > _MOST_BYTES or b"\0" in raw[:4096] or b"<" not in raw:
        raise PlanError(f"layout.draft：{path} 不是一篇网页草稿")
    return measure_page(raw)
